"""`callshield requests`: what persons ask for: opened, checked, approved, closed, listed. The work is in asked.py."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.adapters.index import requests
from pipeline.adapters.index.turn import turn
from pipeline.adapters.sql import Database
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.custody import audit_log
from pipeline.cli.days import day_ms, moment
from pipeline.cli.holdings import index
from pipeline.cli.pseudonym import pseudonym_keys
from pipeline.cli.terms import retention_rules
from pipeline.core.audit import fits
from pipeline.core.errors import ConfigError, InputError, RefusedError
from pipeline.core.operator import Operator, Role
from pipeline.core.past_acts import last_number
from pipeline.core.pseudonym import VALUE_CHARS_MAX
from pipeline.core.pseudonym import Kind as Subject
from pipeline.core.requests import Kind, Request
from pipeline.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, help="Requests of persons: their calls given, corrected, restricted, erased.")
RequestName = Annotated[str, typer.Argument(help="The request, as list names it.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command(
    "open", epilog="Example: echo '+44 20 7946 0000' | callshield requests open erase --by caller --tenant acme"
)
def open_request(
    kind: Annotated[Kind, typer.Argument(help="What is asked for.", show_default=False)],
    *,
    by: Annotated[Subject, typer.Option("--by", help="What standard input holds of the person.", show_default=False)],
    tenant: Annotated[str, typer.Option("--tenant", help="Whose calls.", show_default=False)],
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="Where a number without a country is from.")] = "",
    received: Annotated[str, typer.Option("--received", help="It came on this day (UTC).", show_default="today")] = "",
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Read a number, id or name from standard input, keep its pseudonyms, and when it must be answered.

    The number, id or name itself is not kept. Needs the role privacy_officer, as the others here do.
    """
    settings = load_settings()
    rules, keys, base = retention_rules(settings), pseudonym_keys(settings), index(settings)
    value = sys.stdin.readline(VALUE_CHARS_MAX + 2).strip()
    made = keys.search(tenant, jurisdiction, by, value)
    if not made or len(value) > VALUE_CHARS_MAX or not fits("tenant", tenant):
        raise ConfigError(f"standard input must hold one line of at most {VALUE_CHARS_MAX} characters: the {by}")
    now_ms = _now_ms()
    received_ms = now_ms if not received else day_ms(received, "--received") or 0
    if received_ms > now_ms:
        raise ConfigError("--received: that day has not come yet")
    who = acting(
        settings, Role.PRIVACY_OFFICER, "request.open", token_file=token_file, kind=str(kind), tenant=tenant,
        label=str(by), received_ms=received_ms,
    )  # fmt: skip
    request, log = Request.opened(kind, who.name, received_ms, rules.deadline_ms), audit_log(settings)
    with turn(base), base.begin() as connection:
        number = requests.add(connection, tenant, request, made, above=last_number(log.entries(), "request"))
        calls = len(requests.meant(connection, number))
    name = requests.name_of(number)
    log.append(
        "request.opened", who.name, request=name, kind=str(kind), due_ms=request.due_ms, calls=calls
    )  # fmt: skip
    plain = {"request": name, "kind": str(kind), "due_ms": request.due_ms, "calls": calls}
    _say(plain, f"{name}: {calls} calls; to be answered by {moment(request.due_ms)}", as_json=as_json)


@app.command("check", epilog="Example: callshield requests check request-12 --how passport-seen")
def check(
    request: RequestName,
    *,
    how: Annotated[str, typer.Option("--how", help="How the identity was checked: a code or document id.")],
    token_file: TokenFile = None,
) -> None:
    """Record that the person is who he says. Before it nothing is given out or done."""
    if not fits("checked", how):
        raise ConfigError("--how: write a code such as passport-seen or letter-77; no names, no mere numbers")
    job = Job(request, Role.PRIVACY_OFFICER, "request.check", token_file, checked=how)
    job.save(job.request.check(how))
    typer.echo(f"{request}: the identity was checked by {how}")


@app.command("approve", epilog="Example: callshield requests approve request-12 --token-file approver.token")
def approve(request: RequestName, *, token_file: TokenFile = None) -> None:
    """Be the second person. Needs the role approver, and somebody else to have opened it and to carry it out."""
    job = Job(request, Role.APPROVER, "request.approve", token_file)
    job.save(job.allowed(lambda: job.request.approve(job.who.name)))
    typer.echo(f"{request}: approved by {job.who.name}")


@app.command("close", epilog="Example: callshield requests close request-12 --outcome answered")
def close(
    request: RequestName,
    *,
    outcome: Annotated[str, typer.Option("--outcome", help="How it ended, a code: answered.", show_default=False)],
    refused: Annotated[bool, typer.Option("--refused", help="It is refused; the outcome says why.")] = False,
    token_file: TokenFile = None,
) -> None:
    """End a request. Its pseudonyms are deleted with it."""
    if not fits("outcome", outcome):
        raise ConfigError("--outcome: write a code such as answered or unfounded")
    job = Job(request, Role.PRIVACY_OFFICER, "request.close", token_file, outcome=outcome)
    now_ms = _now_ms()
    if refused:
        job.save(job.request.refuse(outcome, now_ms))
    elif job.request.kind in (Kind.ERASE, Kind.RESTRICT):
        raise InputError(
            f"{request}: carry it out by: callshield requests {job.request.kind}; or close it as --refused"
        )
    else:
        job.save(job.allowed(lambda: job.request.settle(outcome, now_ms)))
    typer.echo(f"{request}: closed, {outcome}")


@app.command("list", epilog="Example: callshield requests list --overdue")
def list_requests(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are closed, too.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their day; exit code 1 if any.")] = False,
    as_json: Json = False,
) -> None:
    """What is open, the first due first."""
    now_ms = _now_ms()
    with index(load_settings()).read() as connection:
        found = requests.listed(connection, everything=everything)
    shown = [(request, row) for request, row in found if not overdue or request.overdue(now_ms)]
    if as_json:
        rows = [{"request": requests.name_of(row["id"]), **row, "overdue": r.overdue(now_ms)} for r, row in shown]
        sys.stdout.write(json.dumps({"requests": rows}, indent=1) + "\n")
    else:
        for request, row in shown:
            late = "  OVERDUE" if request.overdue(now_ms) else ""
            due = f"due {moment(request.due_ms)}{late}"
            typer.echo(f"{requests.name_of(row['id'])}  {row['tenant']}  {request.kind}  {request.state}  {due}")
        typer.echo(f"{len(shown)} requests")
    if overdue and shown:
        raise typer.Exit(1)


class Job:
    """One command on one request: who does it, and how far the request is. The act is in the audit log."""

    def __init__(self, name: str, role: Role, act: str, token_file: Path | None, **facts: Any) -> None:
        """Raises InputError if there is no such request, RefusedError if who asks may not do that."""
        self.name, self.act = name, act
        self.settings: Settings = load_settings()
        self.index: Database = index(self.settings)
        number = name.removeprefix("request-")
        self.number = int(number) if number.isdecimal() and len(number) < 18 else 0
        with self.index.read() as connection:
            self.request, self.row = requests.get(connection, self.number)
        self.name = requests.name_of(self.number)
        self.who: Operator = acting(self.settings, role, act, token_file=token_file, request=self.name, **facts)

    def allowed(self, step: Any) -> Any:
        """What `step` gives. A refusal is in the audit log when it raises."""
        try:
            return step()
        except RefusedError:
            audit_log(self.settings).append(
                "refused", self.who.name, wanted=self.act, request=self.name, reason="request", token=self.who.token
            )  # fmt: skip
            raise

    def carry_out(self, kind: Kind) -> None:
        """Whether it may be done now. Raises InputError, RefusedError."""
        approval = kind in retention_rules(self.settings).approved
        self.allowed(lambda: self.request.carry_out(kind, self.who.name, approval=approval))

    def save(self, request: Request) -> None:
        """Keep how far it is now."""
        with self.index.begin() as connection:
            requests.save(connection, self.number, request, _now_ms())
        self.request = request

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the calls that are meant."""
        with self.index.read() as connection:
            return requests.meant(connection, self.number)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _say(plain: dict[str, Any], line: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(plain, indent=1) if as_json else line)
