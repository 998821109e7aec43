"""The command `callshield`. Every error is one line on standard error that says what to do."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.blas import one_thread
from pipeline.adapters.corpus import Call
from pipeline.adapters.log import configure
from pipeline.adapters.provenance import release
from pipeline.cli import (
    audit,
    calls,
    consent,
    dead,
    holds,
    incidents,
    keys,
    models,
    policy,
    profile,
    pseudonym,
    retention,
    tokens,
    topics,
    vault,
)
from pipeline.cli import eval as evaluation
from pipeline.cli.asked import app as requests_app
from pipeline.cli.bench.command import EXAMPLES as BENCH_EXAMPLES
from pipeline.cli.bench.command import bench
from pipeline.cli.check import EXAMPLES as CHECK_EXAMPLES
from pipeline.cli.check import check_deployment
from pipeline.cli.console import obey_no_color
from pipeline.cli.inputs import Job
from pipeline.cli.inventory import EXAMPLES as INVENTORY_EXAMPLES
from pipeline.cli.inventory import inventory
from pipeline.cli.live import EXAMPLES as LIVE_EXAMPLES
from pipeline.cli.live import live
from pipeline.cli.plan import EXAMPLES as PLAN_EXAMPLES
from pipeline.cli.plan import plan_calls
from pipeline.cli.recording import Options, Redactor
from pipeline.cli.redact import EXAMPLES, EngineName, Language, ModelsDir, PolicyName, Threads, open_redactor, redact
from pipeline.cli.redact_text import EXAMPLES as TEXT_EXAMPLES
from pipeline.cli.redact_text import redact_text
from pipeline.cli.replay import EXAMPLES as REPLAY_EXAMPLES
from pipeline.cli.replay import replay
from pipeline.cli.ropa import EXAMPLES as ROPA_EXAMPLES
from pipeline.cli.ropa import ropa
from pipeline.cli.run import EXAMPLES as RUN_EXAMPLES
from pipeline.cli.run import run as run_stage
from pipeline.cli.sweep import EXAMPLES as SWEEP_EXAMPLES
from pipeline.cli.sweep import sweep
from pipeline.cli.verify import EXAMPLES as VERIFY_EXAMPLES
from pipeline.cli.verify import verify
from pipeline.core.errors import CallShieldError
from pipeline.settings import load_settings

STOP_AGAIN_S = 2.0  # clean-up takes less

app = typer.Typer(
    name="callshield",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Hides card numbers, codes, names and illnesses in call audio before anyone can record or read them.",
    epilog="Example: callshield redact call.wav --out redacted",
)
app.command("redact", epilog=EXAMPLES)(redact)
app.command("redact-text", epilog=TEXT_EXAMPLES)(redact_text)
app.command("verify", epilog=VERIFY_EXAMPLES)(verify)
app.add_typer(models.app, name="models")
app.add_typer(policy.app, name="policy")
app.add_typer(profile.app, name="profile")
app.add_typer(consent.app, name="consent")
app.add_typer(pseudonym.app, name="pseudonym")
app.command("run", epilog=RUN_EXAMPLES)(run_stage)
app.command("replay", epilog=REPLAY_EXAMPLES)(replay)
app.command("live", epilog=LIVE_EXAMPLES)(live)
app.add_typer(topics.app, name="topics")
app.add_typer(keys.app, name="keys")
app.add_typer(tokens.app, name="tokens")
app.add_typer(audit.app, name="audit")
app.add_typer(calls.app, name="calls")
app.add_typer(vault.app, name="vault")
app.add_typer(retention.app, name="retention")
app.add_typer(holds.app, name="holds")
app.add_typer(requests_app, name="requests")
app.command("sweep", epilog=SWEEP_EXAMPLES)(sweep)
app.add_typer(dead.app, name="dead")
app.add_typer(incidents.app, name="incidents")
app.command("plan", epilog=PLAN_EXAMPLES)(plan_calls)
app.command("check", epilog=CHECK_EXAMPLES)(check_deployment)
app.command("bench", epilog=BENCH_EXAMPLES)(bench)
app.command("inventory", epilog=INVENTORY_EXAMPLES)(inventory)
app.command("ropa", epilog=ROPA_EXAMPLES)(ropa)


@app.callback(invoke_without_command=True)
def common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Runs before every command."""
    if version:
        typer.echo(release())
        raise typer.Exit
    configure(load_settings().log_level)


@app.command("eval", epilog="Example: callshield eval tests/samples --out out/eval")
def evaluate(
    corpus: Annotated[Path, typer.Argument(help="A folder of calls, each with its audio and truth.json.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for report, HTML page and redacted calls.")] = Path(
        "out/eval"
    ),
    policy: PolicyName = "",
    engine: EngineName = "",
    language: Language = "",
    models_dir: ModelsDir = None,
    threads: Threads = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an earlier report.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report on standard output.")] = False,
) -> None:
    """Redact a corpus with known truth and score how much of its secrets is still audible."""
    with open_redactor(load_settings(), policy, engine, language, models_dir, threads) as redactor:
        subject = evaluation.Subject(redactor.engine.identity, redactor.policy.name, redactor.policy.sha256)
        code = evaluation.evaluate(
            corpus, out, _redacts(redactor, out, force), subject,
            ["callshield", *(shown(Path(a)) for a in sys.argv[1:])], force=force, as_json=as_json,
        )  # fmt: skip
    raise typer.Exit(code)


def _redacts(redactor: Redactor, out: Path, force: bool) -> evaluation.RedactCall:
    options = Options(out, force=force)

    def one(call: Call) -> evaluation.Redacted:
        done = redactor.redact(Job(call.audio, Path(call.name)), options)
        return evaluation.Redacted(done.audio, done.wall_s)

    return one


def _stop(_signal: int, _frame: object) -> None:
    """Leave by the way of errors, so that partial files are removed.

    Python swallows an exception that strikes inside a finaliser: then the signal is repeated until it counts.
    """
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, STOP_AGAIN_S)
    raise SystemExit(143)


def run() -> None:
    """Entry point: maps errors to lines and exit codes."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    obey_no_color()
    one_thread()
    if "" in sys.argv[1:]:  # an unset shell variable: as a path it would mean the current folder
        typer.echo("error: an argument is empty; check the command for unset variables", err=True)
        sys.exit(2)
    try:
        code = app(standalone_mode=False, prog_name="callshield")
        sys.exit(code if isinstance(code, int) else 0)
    except typer.TyperException as error:
        typer.echo(f"error: {_usage(error)}; see: callshield --help", err=True)
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("error: stopped", err=True)
        sys.exit(130)
    except CallShieldError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader left; nothing is lost, and Python's own complaint at exit helps nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:  # the last line of defence
        # Not the error's text and not its values: they could hold what was said on the call.
        place = _place(error)
        fault = f"a fault in callshield ({type(error).__name__} in {place})"
        typer.echo(f"error: {fault}; the call in work was not released", err=True)
        sys.exit(1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # it counted; the interpreter that goes has no handler any more


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, on one line."""
    message = getattr(error, "format_message", lambda: str(error))()
    return " ".join(str(message).split()).rstrip(".") or "a command is missing"


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"


if __name__ == "__main__":
    run()
