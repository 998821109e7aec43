"""How well people, places and health are found in text, and what it costs: `python tests/measure_names.py [PAGE]`.

Prints Markdown, or writes it to PAGE between the lines that mark it. Everything is made up text (people.yaml).
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scripted import RATE, dialogue
from test_people import TEXTS, in_small_letters, judged

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.lists import loaded_lists
from pipeline.adapters.tagger import SpacyTagger
from pipeline.core.aids import Aids
from pipeline.core.casing import has_capitals, restored
from pipeline.core.lists import NO_LISTS
from pipeline.core.people import strength
from pipeline.core.spoken.tokens import Token, tokenise
from pipeline.core.unasked import unasked_marks

MARKS = "<!-- measured -->", "<!-- /measured -->"
ROUNDS = 3


def main(arguments: list[str]) -> int:
    """Measure and print or write. Returns the exit code."""
    started = time.perf_counter()
    tagger = SpacyTagger()
    tagger(["Harriet"])
    tagger_s = time.perf_counter() - started
    started = time.perf_counter()
    loaded_lists()
    lists_s = time.perf_counter() - started
    text = "\n".join([*_head(), *_found(loaded_aids()), "", *_cost(loaded_aids(), tagger_s, lists_s), ""])
    if not arguments:
        sys.stdout.write(text)
        return 0
    page = Path(arguments[0])
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    page.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")
    return 0


def _head() -> Iterator[str]:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    yield f"- date: {datetime.now(UTC):%Y-%m-%dT%H:%M}Z, commit `{commit[:12]}`"
    yield f"- machine: {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    yield "- command: `python tests/measure_names.py docs/measurements/names.md`"
    yield ""


def _found(aids: Aids) -> Iterator[str]:
    variants = {
        "cues, lists, model": aids,
        "cues, lists": replace(aids, tagger=None),
        "cues": replace(aids, tagger=None, lists=NO_LISTS),
    }
    yield "| found by | letters | recall of words | lost beside secrets | lost in harmless talk |"
    yield "| --- | --- | --- | --- | --- |"
    for name, some in variants.items():
        for small in (False, True):
            left, beside, hide, keep = _sums("secret", some, small)
            _, harmless, _, harmless_keep = _sums("harmless", some, small)
            yield (
                f"| {name} | {'small only' if small else 'capitals'} | {1 - left / hide:.3f} | {beside / keep:.3f} "
                f"| {harmless / harmless_keep:.3f} |"
            )


def _sums(kind: str, aids: Aids, small: bool) -> tuple[int, int, int, int]:
    left = beside = hide = keep = 0
    for text in (text for texts in TEXTS[kind].values() for text in texts):
        said = in_small_letters(text) if small else text
        script = dialogue(*(turn.strip() for turn in said.split(" | ")))
        missed, lost, _ = judged(said, aids)
        left, beside = left + len(missed), beside + len(lost)
        hide, keep = hide + len(script.hide), keep + len(script.keep)
    return left, beside, hide, keep


def _utterances() -> list[tuple[Token, ...]]:
    texts = [text for kind in TEXTS.values() for several in kind.values() for text in several]
    scripts = [dialogue(*(turn.strip() for turn in text.split(" | "))) for text in texts]
    return [tokenise(u.words) for script in scripts for own in script.utterances for u in own]


def _cost(aids: Aids, tagger_s: float, lists_s: float) -> Iterator[str]:
    spoken = _utterances()
    shown = [
        tokens for tokens in spoken
        if any(strength(tokens, i, aids.lists, cased=has_capitals(tokens)) for i in range(len(tokens)))
    ]  # fmt: skip
    assert aids.tagger is not None
    model_ms = _mean_ms(lambda tokens: aids.tagger and aids.tagger(restored(tokens, aids.lists)), shown)
    rules_ms = _mean_ms(
        lambda tokens: unasked_marks(tokens, replace(aids, tagger=None), RATE, greeting=True, health=True), spoken
    )
    yield "| cost | |"
    yield "| --- | --- |"
    yield f"| rules and lists, an utterance of {sum(map(len, spoken)) / len(spoken):.1f} words | {rules_ms:.2f} ms |"
    yield f"| the model, an utterance it is shown | {model_ms:.2f} ms |"
    yield f"| utterances shown to the model | {len(shown)} of {len(spoken)} |"
    yield f"| model loaded and first used, in the background of a start | {tagger_s:.2f} s |"
    yield f"| lists read | {lists_s:.2f} s |"


def _mean_ms(work, spoken) -> float:  # type: ignore[no-untyped-def]
    for tokens in spoken[:20]:
        work(tokens)
    started = time.process_time()
    for _ in range(ROUNDS):
        for tokens in spoken:
            work(tokens)
    return (time.process_time() - started) * 1000 / (ROUNDS * len(spoken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
