"""How well questions nobody trained on are understood: by phrases, by meaning, by both.

    python tests/measure_questions.py [PAGE.md]

Prints a table, or writes it as a page. Questions and harmless sentences: tests/questions_unseen.yaml. Each is put
twice: as a recogniser with punctuation and capitals writes it, and as one without.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from scripted import RATE, words

from pipeline.adapters.meaning import QuestionMeaning
from pipeline.core.questions import Meaning, questions
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.tokens import tokenise

HERE = Path(__file__).parent
UNSEEN = HERE / "questions_unseen.yaml"
HARMLESS = "HARMLESS"
COMMAND = "python tests/measure_questions.py docs/measurements/questions.md"

HEAD = """# Questions nobody taught

Made by {made}, commit
{commit}. {questions} questions over all kinds of secrets and {harmless} harmless sentences
(`tests/questions_unseen.yaml`), each written as a recogniser with punctuation writes it and as bare words.

- *kind right*: the right kind is among those the question makes the product expect.
- *asks for a secret, seen*: it expects anything at all.
- *false alarms*: harmless sentences after which it expects a secret.
- *ms*: processor time of one sentence.

{table}

The list was written before the texts the meaning is learned from were grown, by the same hand; no sentence is in both
(`tests/test_meaning.py`). It is not blind any more: its figures and misses were looked at while rules and thresholds
were set (what a request looks like without punctuation was changed in view of them), so expect less of new wordings.
The heads are fitted anew when a worker starts.

## Before

Phrases first, and the nearest of two to sixteen prototypes a kind where none matched; the same sentences:

{before}
"""
BEFORE = """| understood by | written | kind right | asks for a secret, seen | false alarms | secret or not, right |
| --- | --- | --- | --- | --- | --- |
| phrases only | with punctuation | 72.3% | 86.2% | 14.5% | 85.9% |
| phrases only | bare words | 71.8% | 85.6% | 13.9% | 85.9% |
| meaning only | with punctuation | 41.5% | 51.8% | 8.4% | 70.1% |
| meaning only | bare words | 41.5% | 51.3% | 8.4% | 69.8% |
| both | with punctuation | 75.4% | 91.3% | 17.5% | 87.3% |
| both | bare words | 74.4% | 90.3% | 16.3% | 87.3% |"""

Asked = Callable[[str], set[str]]
"""A sentence → names of the kinds it asks for."""


@dataclass(frozen=True, slots=True)
class Score:
    """Shares, 0..1. kind: questions of which the right kind is among those expected. asked: questions that open any
    expectation. alarms: harmless sentences that open one. clause_ms: time of one clause."""

    kind: float
    asked: float
    alarms: float
    clause_ms: float

    @property
    def told_apart(self) -> float:
        """Secret or not, right, over questions and harmless sentences alike."""
        return (self.asked * QUESTIONS + (1 - self.alarms) * HARMLESSES) / (QUESTIONS + HARMLESSES)


def unseen() -> tuple[list[tuple[str, str]], list[str]]:
    """(kind, question) of all questions, and the harmless sentences."""
    texts: dict[str, list[str]] = yaml.safe_load(UNSEEN.read_text(encoding="utf-8"))
    harmless = texts.pop(HARMLESS)
    return [(kind, said) for kind, several in texts.items() for said in several], harmless


QUESTIONS, HARMLESSES = len(unseen()[0]), len(unseen()[1])


def bare(said: str) -> str:
    """As a recogniser without capitals and punctuation writes it."""
    return re.sub(r"[.,?!;:-]+", " ", said.lower()).strip()


def by_rules(meaning: Meaning | None) -> Asked:
    """Asked as the judge asks."""

    def asked(said: str) -> set[str]:
        return {e.name for q in questions(0, tokenise(words(said)), RATE, meaning) for e in q.entities}

    return asked


def by_meaning(meaning: Meaning) -> Asked:
    """Every clause goes to the meaning, whatever phrases it matches."""

    def asked(said: str) -> set[str]:
        tokens = tokenise(words(said))
        return {k for a, b in clauses(tokens, RATE) if (k := meaning(" ".join(t.text for t in tokens[a:b])).kind)}

    return asked


def ways(meaning: Meaning) -> dict[str, Asked]:
    """The three ways of understanding, by name."""
    return {"phrases only": by_rules(None), "meaning only": by_meaning(meaning), "both": by_rules(meaning)}


def score(asked: Asked, form: Callable[[str], str] = str) -> Score:
    """What `asked` makes of all sentences, written by `form`."""
    put, harmless = unseen()
    began = time.process_time()
    answers = [(kind, asked(form(said))) for kind, said in put]
    alarms = sum(bool(asked(form(said))) for said in harmless)
    took_ms = (time.process_time() - began) * 1000 / (len(put) + len(harmless))
    return Score(
        sum(kind in found for kind, found in answers) / len(put),
        sum(bool(found) for _, found in answers) / len(put),
        alarms / len(harmless),
        took_ms,
    )


def table() -> str:
    """All scores as rows of Markdown."""
    rows = [
        "| understood by | written | kind right | asks for a secret, seen | false alarms | secret or not, right | ms |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, asked in ways(QuestionMeaning()).items():
        score(asked)  # once for nothing: caches of what is looked up fill
        for form, written in ((str, "with punctuation"), (bare, "bare words")):
            s = score(asked, form)
            figures = " | ".join(f"{share:.1%}" for share in (s.kind, s.asked, s.alarms, s.told_apart))
            rows.append(f"| {name} | {written} | {figures} | {s.clause_ms:.2f} |")
    return "\n".join(rows)


def page() -> str:
    """The table with what it was made by."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    made = f"`{COMMAND}`, {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}"
    return HEAD.format(
        made=made, commit=commit.stdout.strip(), questions=QUESTIONS, harmless=HARMLESSES, table=table(), before=BEFORE
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(table() + "\n")
