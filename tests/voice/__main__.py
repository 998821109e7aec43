"""Makes sample calls: `python -m tests.voice [--out DIR] [--set samples|dev] [CALL...]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .compose import write
from .script import ScriptError
from .shapes import SAMPLES

SETS = {"samples": SAMPLES}


def main() -> int:
    """Write the calls asked for. Returns the exit code."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(prog="tests.voice", description="Makes sample calls with exact truth.")
    parser.add_argument("calls", nargs="*", help="names of calls; all by default")
    parser.add_argument("--out", type=Path, default=here.parent / "samples", help="folder to write to")
    parser.add_argument("--set", choices=sorted(SETS), default="samples", help="which list of calls")
    arguments = parser.parse_args()
    scripts = {script.call_id: script for script in SETS[arguments.set]}
    unknown = sorted(set(arguments.calls) - set(scripts))
    if unknown:
        sys.stderr.write(f"no such call: {unknown[0]}; there are {', '.join(sorted(scripts))}\n")
        return 2
    try:
        for name in arguments.calls or scripts:
            sys.stdout.write(f"{write(scripts[name], arguments.out)}\n")
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
