"""An engine that reads words written into the samples: what it hears depends on the audio and on nothing else.

    CALLSHIELD_ENGINE=written:open_engine        (with tests/ on PYTHONPATH; or tests.written:open_engine)

`write` makes the audio of a script. A word is loud noise; at its first samples stand four values that the noise
never takes (it is above 0), where the word's utterance begins and ends, how long the word is, its confidence and
its letters. So a recogniser may be opened anywhere in a call: of every word whose beginning it was given it knows all.
What is told, and when, is what tests/scripted.py tells of the same script. Utterances are those of the script:
keep them under 10 s, as real engines do.

Native rate and engine rate must be the same, or the words do not come through the resampler: 8 kHz, as `write`
and the engine have it unless told otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

try:
    import scripted
except ImportError:  # as tests.written, from the root of the project
    from tests import scripted

from pipeline.core.errors import EngineError
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.span import Span
from pipeline.ports.engine import ModelIdentity, Pcm16

IDENTITY = ModelIdentity("written", "1", "none", "en", "0" * 64)
MAGIC = (-32_109, 30_211, -27_427, -21_013)
FIELDS = 8  # after MAGIC: see `_header`; the letters follow
TEXT_MAX = 100
DIGIT = 1 << 14  # positions take two samples of this base
ALL = len(MAGIC) + FIELDS
QUIET, LOUD = (1, 6), (2_000, 12_000)  # noise: from, below


def write(script: scripted.Script, rate: int = scripted.RATE, seed: int = 1) -> NDArray[np.int16]:
    """(n, channels) int16: the call as audio. Raises ValueError if a word is too long or too short for its letters."""
    scale = _scale(rate)
    rng = np.random.default_rng(seed)
    out = rng.integers(*QUIET, (script.length * scale, script.channels), dtype=np.int16)
    for channel in range(script.channels):
        for span in script.loud[channel]:
            part = out[span.start * scale : span.end * scale, channel]
            part += rng.integers(*LOUD, part.size, dtype=np.int16)
        for utterance in script.utterances[channel]:
            for word in utterance.words:
                header = _header(utterance, word, scale)
                at = word.span.start * scale
                if (
                    not 0 < len(word.text) <= TEXT_MAX
                    or len(header) > min(word.span.size, scripted.samples(0.05)) * scale
                ):
                    raise ValueError(f"a word of {len(word.text)} letters does not fit into {word.span.size} samples")
                out[at : at + len(header), channel] = header
    return out


def _scale(rate: int) -> int:
    if rate % scripted.RATE:
        raise ValueError(f"words are written at multiples of {scripted.RATE} Hz, not at {rate}")
    return rate // scripted.RATE


def _header(utterance: Utterance, word: Word, scale: int) -> list[int]:
    """What stands at the beginning of a word."""
    before = (word.span.start - utterance.span.start) * scale
    after = (utterance.span.end - word.span.start) * scale
    fields = [*divmod(before, DIGIT), *divmod(after, DIGIT), *divmod(word.span.size * scale, DIGIT)]
    return [*MAGIC, *fields, round(word.confidence * 10_000), len(word.text), *map(ord, word.text)]


@dataclass(frozen=True, slots=True)
class WrittenEngine:
    """Implements ports.engine.Engine. mortal_s: a recogniser raises EngineError once it was pushed that much.
    late_ms: how long after its end an utterance is told. identity: the same whatever the other knobs are: they change
    no word.
    """

    rate: int = scripted.RATE
    mortal_s: float | None = None
    late_ms: int = scripted.LATE_MS
    identity: ModelIdentity = IDENTITY
    side_by_side: int = 2
    waiting: int = 0

    def open(self) -> WrittenRecogniser:
        """A recogniser for one channel of any call."""
        return WrittenRecogniser(self)

    def open_early(self) -> WrittenRecogniser:
        """One that tells words of open utterances, too."""
        return WrittenRecogniser(self, early=True)


class WrittenRecogniser:
    """Reads one channel. Implements ports.engine.Recogniser."""

    def __init__(self, engine: WrittenEngine, *, early: bool = False) -> None:
        self._engine, self._early = engine, early
        scale = _scale(engine.rate)
        self._late = engine.late_ms * scripted.RATE // 1000 * scale
        self._look = scripted.LOOK_MS * scripted.RATE // 1000 * scale
        self._lead = scripted.LEAD_MS * scripted.RATE // 1000 * scale
        self._behind = scripted.BEHIND_MS * scripted.RATE // 1000 * scale
        self.reset()

    def reset(self) -> None:
        """The next sample is sample 0 again."""
        self._pushed = 0
        self._rest: Pcm16 = np.zeros(0, np.int16)  # may be the beginning of a word
        self._open: dict[Span, list[Word]] = {}  # utterances begun, oldest first

    def push(self, pcm: Pcm16) -> Heard:
        """Take (n,) int16. Raises EngineError once a mortal one was pushed too much."""
        before = self._pushed
        self._read(pcm)
        mortal_s = self._engine.mortal_s
        if mortal_s is not None and self._pushed >= mortal_s * self._engine.rate:
            raise EngineError("the recogniser failed in mid-call; open another")
        ripe = [span for span in self._open if span.end + self._late <= self._pushed]
        told = tuple(Utterance(span, tuple(self._open.pop(span))) for span in ripe)
        early = None
        if self._early and self._open:
            span, words = next(iter(self._open.items()))
            early = scripted.so_far(span.start, words, before, self._pushed, self._look)
        return Heard(max(0, min([self._pushed - self._behind, *(span.start for span in self._open)])), told, early)

    def flush(self) -> Heard:
        """What is left, clipped to the end of the audio."""
        told = tuple(
            Utterance(self._clipped(span), tuple(Word(self._clipped(w.span), w.text, w.confidence) for w in words))
            for span, words in self._open.items()
        )
        self._open = {}
        return Heard(self._pushed, told)

    def _read(self, pcm: Pcm16) -> None:
        audio = np.concatenate((self._rest, pcm)) if self._rest.size else pcm
        begin = self._pushed - self._rest.size
        self._pushed += pcm.size
        keep = audio.size
        for at in np.flatnonzero(audio == MAGIC[0]).tolist():
            head = audio[at : at + ALL].tolist()
            if tuple(head[: len(MAGIC)]) != MAGIC[: len(head)]:
                continue
            whole = len(head) == ALL
            if whole and not 0 < head[-1] <= TEXT_MAX:
                continue
            if not whole or at + ALL + head[-1] > audio.size:
                keep = at
                break
            self._word(begin + at, head[len(MAGIC) :], audio[at + ALL : at + ALL + head[-1]])
        self._rest = audio[keep:].copy()

    def _word(self, at: int, head: list[int], letters: Pcm16) -> None:
        """A word that begins at `at`, unless its head was damaged."""
        b1, b0, a1, a0, s1, s0, confidence, _ = head
        before, after, size = b1 * DIGIT + b0, a1 * DIGIT + a0, s1 * DIGIT + s0
        if min(before, size, confidence, *letters) < 0 or after < size or confidence > 10_000:
            return
        whole = Span(max(0, at - before), at + after)
        word = Word(Span(at, at + size), "".join(map(chr, letters.tolist())), confidence / 10_000)
        for span, words in self._open.items():
            if span.end == whole.end:
                words.append(word)
                return
        # If words before it were lost, silence was told of up to here, but never as far as this.
        self._open[Span(max(whole.start, at - self._lead), whole.end)] = [word]

    def _clipped(self, span: Span) -> Span:
        return Span(min(span.start, self._pushed), min(span.end, self._pushed))


def identity() -> ModelIdentity:
    """What `open_engine().identity` will be."""
    return IDENTITY


def open_engine() -> WrittenEngine:
    """The engine as it is."""
    return WrittenEngine()


def open_newer() -> WrittenEngine:
    """The engine of a newer release: it hears the same, and is another one."""
    return WrittenEngine(identity=replace(IDENTITY, engine_version="2"))


def open_mortal() -> WrittenEngine:
    """Every recogniser dies after 20 s of audio; whoever opens another each time gets through any call."""
    return WrittenEngine(mortal_s=20.0)


def open_dying() -> WrittenEngine:
    """Every recogniser dies after 1 s: a call cannot be heard with it."""
    return WrittenEngine(mortal_s=1.0)


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh")
_FIRST = ("maria", "john", "priya", "tom", "aisha", "robert", "helen", "carlos")
_LAST = ("smith", "jones", "patel", "garcia", "miller", "khan", "wilson", "brown")
_THINGS = ("the blue kettle", "two garden chairs", "a train ticket", "the small shed", "my phone contract")
_SMALL_TALK = (
    ("A: how is the weather with you today", "C: oh it has been raining since the morning"),
    ("A: is there anything else i can help with", "C: no that was all thank you"),
    ("A: let me look that up for you", "A +2.5: yes i can see it here"),
    ("C: sorry could you say that again", "A: of course take your time"),
)


def _spoken(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(_DIGITS) for _ in range(count))


def _card(rng: random.Random) -> list[str]:
    return [
        "A: what is the long number on your card",
        f"C: sure [{_spoken(rng, 8)}]",
        "A -0.3: mm hmm",
        f"C: [{_spoken(rng, 8)}]",
        "A: and the three digits on the back",
        f"C: [{_spoken(rng, 3)}]",
    ]


def _code(rng: random.Random) -> list[str]:
    return ["A: we sent you a code by text could you read it to me", f"C: it says [{_spoken(rng, 6)}]"]


def _name(rng: random.Random) -> list[str]:
    return ["A: could i take your full name please", f"C: my name is [{rng.choice(_FIRST)} {rng.choice(_LAST)}]"]


def _price(rng: random.Random) -> list[str]:
    return [
        f"C: i want to ask about {rng.choice(_THINGS)}",
        f"A: that is {rng.choice(_DIGITS[1:10])} hundred dollars and it comes in {rng.choice(_DIGITS[2:10])} days",
    ]


def calls(seed: int, n: int, seconds: float) -> Iterator[tuple[scripted.Script, NDArray[np.int16]]]:
    """n calls of two channels, all different, about `seconds` long (never shorter): script and audio of each."""
    for number in range(n):
        rng = random.Random(f"{seed}/{number}")
        lines: list[str] = []
        script = scripted.dialogue("A: good morning how can i help")
        while script.length < seconds * scripted.RATE:
            turn = rng.choice((_card, _code, _name, _price, _price, None, None))
            lines += turn(rng) if turn else rng.choice(_SMALL_TALK)
            script = scripted.dialogue("A: good morning how can i help", *lines)
        yield script, write(script, seed=seed * 100_003 + number)
