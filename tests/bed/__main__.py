"""Makes the calls of the test bed: `python -m tests.bed --set held-out --out DIR`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from ..voice.compose import save
from ..voice.script import ScriptError
from .held import HELD_OUT
from .mouth import Mouth
from .practice import PRACTICE, PRACTICE_SECOND, PRACTICE_THIRD
from .sets import Group, Plan, train
from .shape import ShapeError

SETS: Mapping[str, Group] = {
    "held-out": HELD_OUT,
    "practice": PRACTICE,
    "practice-second": PRACTICE_SECOND,
    "practice-third": PRACTICE_THIRD,
}
TRUTH = "truth.json"  # written last: a call that has it is whole
EXAMPLES = """examples:
  python -m tests.bed --out out/held                        the held-out set at its default seed
  python -m tests.bed --seed 11 --out out/other             other people, numbers and lines, same shapes
  python -m tests.bed --limit 10 --out out/look             the first ten calls, each of another shape
  python -m tests.bed --harmless 0 --out out/secret         only calls with secrets
  python -m tests.bed --out out/held --resume               go on where it was interrupted
  python -m tests.bed --set train --out out/train           the calls of tests/voice
  python -m tests.bed --set practice --out out/practice     calls that were looked at while rules were changed
  callshield eval out/held --out out/held-eval              how much of it stays audible
"""


def main(arguments: list[str] | None = None) -> int:
    """Make the calls asked for. Returns the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        plans = _plans(asked.set, asked.seed, asked.harmless)[: asked.limit]
        asked.out.mkdir(parents=True, exist_ok=True)
        there = [plan for plan in plans if (asked.out / plan.script.call_id / TRUTH).exists()]
        if asked.resume:
            plans = tuple(plan for plan in plans if plan not in there)
        elif there and not asked.force:
            name = asked.out / there[0].script.call_id
            raise FileExistsError(f"{name}: exists; use --resume to keep what is there, --force to overwrite it")
        _make(plans, asked.out)
    except ModuleNotFoundError as error:
        return _failed(f"{error.name} is not installed; run: python -m pip install '.[voices]'")
    except (ScriptError, ShapeError, OSError) as error:
        return _failed(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bed",
        description="Makes calls with exact truth from shapes and grammars. The same set and seed make the same bytes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--set", choices=(*SETS, "train", "all"), default="held-out", help="which calls")
    seeds = ", ".join(f"{name} {group.seed}" for name, group in SETS.items())
    parser.add_argument("--seed", type=int, help=f"of the calls ({seeds}; train has none)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write <call>/call.flac and truth.json to")
    parser.add_argument("--limit", type=_count, help="at most so many calls")
    counts = ", ".join(f"{name} {group.harmless_calls}" for name, group in SETS.items())
    parser.add_argument("--harmless", type=_count, help=f"calls without a secret ({counts})")
    parser.add_argument("--resume", action="store_true", help="make only the calls that are not there yet")
    parser.add_argument("--force", action="store_true", help="overwrite calls that are there")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a count; write 0, 1, 2, ...")
    return int(text)


def _plans(name: str, seed: int | None, harmless: int | None) -> tuple[Plan, ...]:
    """The calls of a set; seed and harmless are None for the set's own."""
    out = train() if name in ("train", "all") else ()
    for other, group in SETS.items():
        if name in (other, "all"):
            out += group.plans(seed, harmless_calls=harmless)
    return out


def _make(plans: tuple[Plan, ...], out: Path) -> None:
    """Make the calls one by one and say how far it is on stderr."""
    mouth = Mouth() if any(plan.way for plan in plans) else None
    began, made_s = time.monotonic(), 0.0
    for number, plan in enumerate(plans, 1):
        call = plan.make(mouth)
        save(plan.script, call, out)
        made_s += call.truth["seconds"]
        sys.stderr.write(
            f"{number}/{len(plans)} {plan.script.call_id}: {made_s / 60:.1f} min of calls "
            f"in {(time.monotonic() - began) / 60:.1f} min\n"
        )
    if mouth:
        sys.stderr.write(f"spoken {mouth.spoken_s / 60:.1f} min, used {mouth.said_s / 60:.1f} min\n")


def _failed(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
