"""Makes sample calls: `python -m tests.voice [--set samples|dev|blind] [--out DIR] [--flac] [CALL...]`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from .compose import write
from .script import ScriptError
from .shapes import SAMPLES
from .shapes_blind_harmless import BLIND_HARMLESS
from .shapes_blind_life import BLIND_LIFE
from .shapes_blind_pay import BLIND_PAY
from .shapes_blind_people import BLIND_PEOPLE
from .shapes_dev_life import LIFE
from .shapes_dev_pay import PAY
from .shapes_dev_people import PEOPLE

SETS = {
    "samples": SAMPLES,
    "dev": PAY + PEOPLE + LIFE,
    "blind": BLIND_PAY + BLIND_PEOPLE + BLIND_LIFE + BLIND_HARMLESS,
}


def main() -> int:
    """Write the calls asked for. Returns the exit code."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(prog="tests.voice", description="Makes sample calls with exact truth.")
    parser.add_argument("calls", nargs="*", help="names of calls; all by default")
    parser.add_argument("--out", type=Path, help="folder to write to")
    parser.add_argument("--flac", action="store_true", help="write call.flac, as the scoring tools read it")
    parser.add_argument("--set", choices=sorted(SETS), default="samples", help="which list of calls")
    arguments = parser.parse_args()
    out = arguments.out or (here.parent / "samples" if arguments.set == "samples" else None)
    if out is None:
        parser.error("only the samples have a place in the repository; name a folder with --out")
    scripts = {script.call_id: script for script in SETS[arguments.set]}
    unknown = sorted(set(arguments.calls) - set(scripts))
    if unknown:
        sys.stderr.write(f"no such call: {unknown[0]}; there are {', '.join(sorted(scripts))}\n")
        return 2
    try:
        for name in arguments.calls or scripts:
            script = replace(scripts[name], audio="call.flac") if arguments.flac else scripts[name]
            sys.stdout.write(f"{write(script, out)}\n")
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
