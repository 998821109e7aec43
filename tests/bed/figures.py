"""The figures of an evaluated test bed beside their goals: `python -m tests.bed.figures OUT/eval.json`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ZERO_LEAK = ("CARD_NUMBER", "SECURITY_CODE", "PIN", "ONE_TIME_CODE", "SSN", "AADHAAR", "PASSWORD")
RECALL_MIN = 0.99
OTHER_LEAKY_MAX = 0.05
OVER_MAX, OVER_HARMLESS_MAX = 0.03, 0.01
_NUMBER = re.compile(r"_\d+$")

Report = Mapping[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Print the page. Returns the exit code: 0 if there was a report, whatever its figures say."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bed.figures",
        description="Prints what callshield eval found on the test bed, as Markdown, beside the goals.",
        epilog="example: python -m tests.bed.figures out/held-eval/eval.json",
    )
    parser.add_argument("report", type=Path, help="the eval.json that callshield eval wrote")
    asked = parser.parse_args(arguments)
    try:
        report = json.loads(asked.report.read_text(encoding="utf-8"))
        sys.stdout.write(page(report))
    except (OSError, ValueError, KeyError, TypeError):
        sys.stderr.write(f"{asked.report}: not a report of callshield eval; name its eval.json\n")
        return 2
    return 0


def page(report: Report) -> str:
    """Return the page: what was run, goals, entities, shapes. Raises KeyError for something else than a report."""
    totals, calls = report["totals"], report["calls"]
    harmless = [call for call in calls.values() if not call["spans"]]
    lines = [
        "# Held-out calls",
        "",
        "Calls composed by `python -m tests.bed` from shapes on which no rule was written; see",
        "[how they are made](README.md). Calls of one shape are alike: look at the shapes, too.",
        "",
        f"- date: {report['date']}",
        f"- machine: {report['machine']}",
        f"- command: `{report['command']}`",
        f"- commit: {report['commit']}",
        f"- model: {report['model']['model']} (`{report['model']['sha256'][:12]}`)",
        f"- policy: {report['policy']['name']} (`{report['policy']['sha256'][:12]}`)",
        f"- calls: {totals['calls']} ({totals['duration_s'] / 60:.1f} min), {len(harmless)} of them without a secret",
        "",
        *_table(("measure", "goal", "found", "met"), goals(report)),
        "",
        *_table(("entity", "spans", "recall", "leaky"), map(_entity, [*report["entities"].items(), _keypad(report)])),
        "",
        *_table(("shape", "calls", "recall", "leaky", "over-redaction"), shapes(calls)),
    ]
    return "\n".join(lines) + "\n"


def goals(report: Report) -> list[tuple[str, str, str, str]]:
    """Return (measure, goal, found, met) for each goal."""
    totals, entities = report["totals"], report["entities"]
    strict = [*((name, entities[name]) for name in ZERO_LEAK if name in entities), _keypad(report)]
    others = [score for name, score in entities.items() if name not in ZERO_LEAK]
    spans, leaky = (sum(score[key] for score in others) for key in ("spans", "leaky_spans"))
    share = leaky / spans if spans else 0.0
    harmless = over(call for call in report["calls"].values() if not call["spans"])
    recall, over_all = totals["recall"], totals["over_redaction"]
    return [
        ("recall of sensitive milliseconds", f">= {RECALL_MIN}", f"{recall:.4f}", _met(recall >= RECALL_MIN)),
        *(_strict(name, score) for name, score in strict),
        (
            "leaky spans of other kinds",
            f"<= {OTHER_LEAKY_MAX:.0%}",
            f"{leaky} of {spans} ({share:.1%})",
            _met(share <= OTHER_LEAKY_MAX),
        ),
        ("over-redaction of harmless speech", f"<= {OVER_MAX:.0%}", f"{over_all:.2%}", _met(over_all <= OVER_MAX)),
        (
            "altered speech in calls without a secret",
            f"<= {OVER_HARMLESS_MAX:.0%}",
            f"{harmless:.2%}",
            _met(harmless <= OVER_HARMLESS_MAX),
        ),
    ]


def shapes(calls: Mapping[str, Report]) -> list[tuple[str, ...]]:
    """Return (shape, calls, recall, leaky spans, over-redaction) for each shape, its calls taken together."""
    by_shape: dict[str, list[Report]] = {}
    for name, call in calls.items():
        by_shape.setdefault(_NUMBER.sub("", name), []).append(call)
    rows = []
    for name, mine in by_shape.items():
        sensitive, audible, spans, leaky = (
            sum(call[key] for call in mine) for key in ("sensitive_ms", "audible_ms", "spans", "leaky_spans")
        )
        recall = f"{1 - audible / sensitive:.3f}" if sensitive else "-"
        rows.append((name, str(len(mine)), recall, f"{leaky} of {spans}", f"{over(mine):.3f}"))
    return rows


def over(calls: Any) -> float:
    """Return the share of harmless speech altered in these calls, 0 if nobody spoke."""
    pairs = [(call["altered_ms"], call["speech_ms"]) for call in calls]
    speech = sum(ms for _, ms in pairs)
    return sum(ms for ms, _ in pairs) / speech if speech else 0.0


def _keypad(report: Report) -> tuple[str, Report]:
    return "keypad tones", report["keypad"]


def _entity(named: tuple[str, Report]) -> tuple[str, ...]:
    name, score = named
    recall = "-" if score["recall"] is None else f"{score['recall']:.3f}"
    return name, str(score["spans"]), recall, str(score["leaky_spans"])


def _strict(name: str, score: Report) -> tuple[str, str, str, str]:
    leaky = score["leaky_spans"]
    return f"leaky {name.lower().replace('_', ' ')}", "0", f"{leaky} of {score['spans']}", _met(not leaky)


def _met(met: bool) -> str:
    return "yes" if met else "no"


def _table(head: Sequence[str], rows: Any) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


if __name__ == "__main__":
    sys.exit(main())
