"""`callshield sweep`: what is over goes, with a certificate each; repeated, it changes nothing."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.progress import Progress

from pipeline.adapters.sweep import Sweep
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.console import console
from pipeline.cli.custody import audit_log
from pipeline.cli.holdings import index, sealed_calls
from pipeline.cli.terms import retention_rules
from pipeline.core.operator import Role
from pipeline.core.swept import Swept
from pipeline.settings import load_settings

EXAMPLES = "Example: callshield sweep --dry-run; callshield sweep --token-file operator.token"
STAYED = {
    "hold": "a legal hold", "minimum": "the law wants them kept", "restricted": "their use is restricted",
}  # fmt: skip


def sweep(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, change nothing. No token.")] = False,
    restored: Annotated[
        bool,
        typer.Option("--restored", help="A backup of the store was restored: remove what is of erased calls again."),
    ] = False,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="Run though the clock is far ahead of the last sweep.")
    ] = False,
    token_file: TokenFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Dispose of calls and originals whose term is over: keys first, then objects, each with a certificate.

    Also finishes what a crash left half done, erases what a request waits for, and destroys keys that a backup brought
    back. Needs the role operator. Stopped at any moment, the next one goes on.
    """
    settings = load_settings()
    rules, log = retention_rules(settings), audit_log(settings)
    run = Sweep(sealed_calls(settings), index(settings), log, rules)
    run.check(clock_is_right=clock_is_right)
    if dry_run:
        swept = run.plan()
    else:
        who = acting(settings, Role.OPERATOR, "sweep", token_file=token_file)
        err = console(stderr=True)
        with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task("Sweeping", total=None)
            swept = run.run(who.name, lambda n, of: bar.update(task, completed=n, total=of), restored=restored)
    if as_json:
        sys.stdout.write(json.dumps({"dry_run": dry_run, **_plain(swept)}, indent=1) + "\n")
    else:
        _say(swept, "would go" if dry_run else "went")


def _plain(swept: Swept) -> dict[str, Any]:
    stays: dict[str, int] = {}
    for why in swept.stayed.values():
        stays[why] = stays.get(why, 0) + 1
    return {
        "calls": swept.calls,
        "went": [{"reason": r, "use": use, "calls": n} for (r, use), n in sorted(swept.went.items())],
        "stays": stays, "no_rule": swept.unruled, "without_row": swept.introduced, "keys_buried": swept.buried,
        "objects_restored": swept.restored, "requests_closed": swept.closed,
    }  # fmt: skip


def _say(swept: Swept, went: str) -> None:
    plain = _plain(swept)
    for item in plain["went"]:
        what = "calls" if item["use"] == "store" else "originals of calls"
        typer.echo(f"{item['calls']} {what} {went}: {item['reason']}")
    for why, calls in sorted(plain["stays"].items()):
        typer.echo(f"{calls} calls stay: {STAYED[why]}")
    if swept.unruled:
        typer.echo(f"{swept.unruled} calls stay: no rule is for them; see: callshield retention show")
    if swept.introduced:
        typer.echo(f"{swept.introduced} calls were known to the key register only; the index has rows of them now")
    if swept.buried or swept.restored:
        typer.echo(f"from backups: {swept.buried} keys and {swept.restored} objects of erased calls destroyed again")
    if swept.closed:
        typer.echo(f"{swept.closed} requests that waited are done")
    typer.echo(f"{swept.calls} calls {went}")
