"""Calls made of text: words with times, what a recogniser reports of them and when, and what must be hidden.

A line of a dialogue is `A: words` or `C +2.5: words`: who speaks (A agent, channel 0; C customer, channel 1) and
how many seconds after the last word so far (0.6 unless told; below 0 they talk at once). Among its
words `[...]` must be hidden, every other word must stay, `~word` may go either way, `?word` was heard with little
confidence, `<1.5>` is a pause and `#0.8` sound without words, both in seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from pipeline.core.edges import EDGE_MS, PAD_MS, REACH_MS
from pipeline.core.errors import EngineError
from pipeline.core.finding import Finding
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.identify import Identify
from pipeline.core.level import Frames
from pipeline.core.rates import RateMap
from pipeline.core.sound import Sound
from pipeline.core.span import Span, covered, merge
from pipeline.core.verdict import Verdict
from pipeline.ports.engine import ModelIdentity, Pcm16

RATE = 8_000
WORD_MS, BETWEEN_MS = 300, 50
LEAD_MS, TAIL_MS = 80, 200  # how far an utterance reaches around its words
SPLIT_MS = 700  # a pause that ends an utterance
LATE_MS = 400  # an utterance is told this long after its end
LOOK_MS = 500  # between two looks at an open utterance
BEHIND_MS = 300  # in silence "heard up to" lags by this
SPEAKERS = "AC"
LOUD, SOFT, THRESHOLD = 0.1, 0.0001, 0.003
_LINE = re.compile(r"([AC])(?: ([+-][\d.]+))?: (.*)")


def samples(seconds: float) -> int:
    """Seconds as samples of RATE."""
    return round(seconds * RATE)


def words(text: str, start: int = 0, *, confidence: float = 0.9) -> tuple[Word, ...]:
    """Words of one breath, the first at sample `start`."""
    step, size = (WORD_MS + BETWEEN_MS) * RATE // 1000, WORD_MS * RATE // 1000
    return tuple(
        Word(Span(start + i * step, start + i * step + size), text, confidence) for i, text in enumerate(text.split())
    )


def utterance(text: str, start: int = 0, *, confidence: float = 0.9) -> Utterance:
    """One utterance whose first word begins at sample `start`."""
    return around(words(text, start, confidence=confidence))


def around(spoken: Sequence[Word]) -> Utterance:
    """The utterance a recogniser cuts out around words."""
    first, last = spoken[0].span.start, spoken[-1].span.end
    return Utterance(Span(max(0, first - LEAD_MS * RATE // 1000), last + TAIL_MS * RATE // 1000), tuple(spoken))


@dataclass(slots=True)
class Script:
    """A whole call. By channel: utterances, where it is loud; and the words to hide and to keep."""

    channels: int = 2
    utterances: list[list[Utterance]] = field(default_factory=list)
    loud: list[list[Span]] = field(default_factory=list)
    hide: list[tuple[int, Word]] = field(default_factory=list)
    keep: list[tuple[int, Word]] = field(default_factory=list)
    sounds: list[tuple[int, Span]] = field(default_factory=list)  # without words
    length: int = 0


def dialogue(*lines: str, mono: bool = False, lead_s: float = 1.0, rest_s: float = 2.0) -> Script:
    """Lines of a call as a Script. mono: both speakers are on one channel."""
    n = 1 if mono else 2
    script = Script(n, [[] for _ in range(n)], [[] for _ in range(n)])
    now = samples(lead_s - 0.6)
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match, line
        who, pause, text = match.groups()
        channel = 0 if mono else SPEAKERS.index(who)
        now = max(now, _speak(script, channel, text, now + samples(float(pause or 0.6))))
    script.length = now + samples(rest_s)
    for of_channel in script.utterances:
        of_channel[:] = sorted(_disjoint(of_channel), key=lambda u: u.span)
    return script


def _speak(script: Script, channel: int, text: str, at: int) -> int:
    """Put one line at sample `at`. Returns where its last word ends."""
    breath: list[Word] = []
    hidden = False
    end = at
    for part in text.split():
        if part[0] in "<#":
            size = samples(float(part.strip("<>#")))
            if part[0] == "#":
                script.loud[channel].append(Span(at, at + size))
                script.sounds.append((channel, Span(at, at + size)))
                end = at + size
            elif size * 1000 >= SPLIT_MS * RATE and breath:
                script.utterances[channel].append(around(breath))
                breath = []
            at += size
            continue
        hidden = hidden or part.startswith("[")
        confidence = 0.3 if "?" in part[:2] and len(part) > 1 else 0.9
        word = words(part.lstrip("[~?").rstrip("]"), at, confidence=confidence)[0]
        breath.append(word)
        script.loud[channel].append(word.span)
        if hidden:
            script.hide.append((channel, word))
        elif "~" not in part[:2]:
            script.keep.append((channel, word))
        hidden = hidden and not part.endswith("]")
        end = word.span.end
        at = end + BETWEEN_MS * RATE // 1000
    if breath:
        script.utterances[channel].append(around(breath))
    return end


def _disjoint(utterances: Iterable[Utterance]) -> Iterator[Utterance]:
    """Utterances of one channel do not overlap: the lead of one gives way to the tail of another."""
    end = 0
    for item in sorted(utterances, key=lambda u: u.span):
        assert item.words[0].span.start >= end, "one channel says two things at once"
        yield Utterance(Span(max(item.span.start, end), item.span.end), item.words)
        end = item.span.end


def told(script: Sequence[Utterance], before: int, now: int) -> Heard:
    """What a recogniser that had told of `before` samples tells when `now` are pushed: a function of the two."""
    late, behind = LATE_MS * RATE // 1000, BEHIND_MS * RATE // 1000
    new = tuple(u for u in script if before < u.span.end + late <= now)
    coming = [u.span.start for u in script if u.span.end + late > now]
    return Heard(max(0, min([now - behind, *coming])), new)


def looked(script: Sequence[Utterance], before: int, now: int) -> Early | None:
    """What a recogniser tells of the open utterance that looks at it every LOOK_MS, if it looked since `before`."""
    for u in script:
        if u.span.start < now < u.span.end + LATE_MS * RATE // 1000:
            return so_far(u.span.start, u.words, before, now, LOOK_MS * RATE // 1000)
    return None


def so_far(start: int, words: Iterable[Word], before: int, now: int, step: int) -> Early | None:
    """Words of the utterance from `start` on that two looks, `step` samples apart, have in common."""
    looks = (now - start) // step
    if looks < 2 or looks <= (before - start) // step:
        return None
    known = tuple(w for w in words if w.span.end <= start + (looks - 1) * step)
    return Early(Span(start, known[-1].span.end), known) if known else None


def sounds(script: Script, channel: int, cuts: Iterable[int] = (), *, early: bool = False) -> list[Sound]:
    """The news of one channel when its audio comes in parts. cuts: positions, any order. early: words of open
    utterances, too.
    """
    out: list[Sound] = []
    before = 0
    for now in sorted({c for c in cuts if 0 < c < script.length}):
        heard = told(script.utterances[channel], before, now)
        if early:
            heard = replace(heard, early=looked(script.utterances[channel], before, now))
        out.append(Sound(channel, heard, (), max(0, now - samples(0.1)), _frames(script, channel, before, now)))
        before = now
    late = LATE_MS * RATE // 1000
    rest = tuple(u for u in script.utterances[channel] if u.span.end + late > before)
    end = script.length
    frames = _frames(script, channel, before, end)
    return [*out, Sound(channel, Heard(end, rest), (), end, frames, ended=True)]


def _frames(script: Script, channel: int, before: int, now: int) -> Frames:
    first, end = before * 100 // RATE, now * 100 // RATE
    rms = np.full(end - first, SOFT, np.float32)
    for span in script.loud[channel]:
        lo, hi = span.start * 100 // RATE, -(-span.end * 100 // RATE)
        rms[max(0, lo - first) : max(0, hi - first)] = LOUD
    return Frames(RATE, first, rms, np.full(rms.size, THRESHOLD, np.float32))


def in_turn(per_channel: Sequence[Sequence[Sound]]) -> list[Sound]:
    """Parts of all channels, one of each in turn."""
    most = max(map(len, per_channel))
    return [parts[i] for i in range(most) for parts in per_channel if i < len(parts)]


def verdicts(script: Script, feed: Iterable[Sound] | None = None) -> list[Verdict]:
    """What Identify says of a call. feed: by default every channel in blocks of 250 ms."""
    if feed is None:
        cuts = range(0, script.length, RATE // 4)
        feed = in_turn([sounds(script, c, cuts) for c in range(script.channels)])
    identify = Identify(script.channels, RATE)
    return [v for sound in feed for v in identify.push(sound)]


def findings(script: Script) -> list[Finding]:
    """Everything hidden of a call."""
    return [f for v in verdicts(script) for f in v.findings]


def hidden(found: Iterable[Finding], channel: int) -> tuple[Span, ...]:
    """The hidden samples of one channel."""
    return merge(f.span for f in found if f.channel == channel)


def leaks(script: Script, found: Sequence[Finding]) -> list[str]:
    """Words that had to be hidden and are not, or not whole."""
    return [w.text for c, w in script.hide if covered(w.span, hidden(found, c)) < w.span.size]


def lost(script: Script, found: Sequence[Finding]) -> list[str]:
    """Words that had to stay and are mostly gone. Those as near to a hidden word as edges move do not count."""
    near = (EDGE_MS + REACH_MS + PAD_MS) * RATE // 1000
    wide = [(c, Span(max(0, w.span.start - near), w.span.end + near)) for c, w in script.hide]
    wide += [(c, Span(max(0, s.start - near), s.end + near)) for c, s in script.sounds]
    return [
        w.text
        for c, w in script.keep
        if not any(c == other and w.span.overlaps(span) for other, span in wide)
        and 2 * covered(w.span, hidden(found, c)) > w.span.size
    ]


def audio(script: Script, *, rate: int = RATE, seed: int = 1) -> NDArray[np.int32]:
    """(n, channels) 16-bit samples: noise where the script is loud, all samples above 0 and different."""
    size = script.length * rate // RATE
    rng = np.random.default_rng(seed)
    out = rng.integers(1, 6, (size, script.channels), dtype=np.int32)
    for channel, loud in enumerate(script.loud):
        for span in loud:
            part = out[span.start * rate // RATE : span.end * rate // RATE, channel]
            part += rng.integers(2_000, 12_000, part.size, dtype=np.int32)
    return out


def doubted(script: Script) -> Script:
    """`script` with two other readings of every utterance: one without its last word, one of other words."""
    for utterances in script.utterances:
        for n, u in enumerate(utterances):
            other = tuple(replace(w, text=f"x{w.text}", confidence=w.confidence / 2) for w in u.words)
            utterances[n] = replace(u, alternatives=(u.words[:-1], other))
    return script


class ScriptedRecogniser:
    """Hears a script by the clock of what is pushed. Implements ports.engine.Recogniser."""

    def __init__(self, script: Sequence[Utterance], engine: ScriptedEngine) -> None:
        self._script, self._engine = script, engine
        self._map = RateMap(RATE, engine.rate)
        self._pushed = self._before = 0

    def push(self, pcm: Pcm16) -> Heard:
        self._pushed += pcm.size
        now = self._pushed * RATE // self._engine.rate
        if self._engine.dies_at is not None and now >= self._engine.dies_at:
            raise EngineError("the scripted engine died; open another")
        if self._engine.deaf_from is not None and now > self._engine.deaf_from:
            return Heard(self._map.to_engine_start(told(self._script, 0, self._engine.deaf_from).upto))
        heard, self._before = told(self._script, self._before, now), now
        return self._at_engine_rate(heard)

    def flush(self) -> Heard:
        late = LATE_MS * RATE // 1000
        spoken = self._pushed * RATE // self._engine.rate  # what the script says later was never in the audio
        rest = Heard(0, tuple(u for u in self._script if u.span.end + late > self._before and u.span.start < spoken))
        return Heard(self._pushed, () if self._deaf else self._at_engine_rate(rest).utterances)

    def reset(self) -> None:
        self._pushed = self._before = 0

    @property
    def _deaf(self) -> bool:
        return self._engine.deaf_from is not None and self._pushed * RATE // self._engine.rate > self._engine.deaf_from

    def _at_engine_rate(self, heard: Heard) -> Heard:
        return Heard(
            self._map.to_engine_start(heard.upto),
            tuple(
                Utterance(self._clipped(u.span), self._reading(u.words), tuple(map(self._reading, u.alternatives)))
                for u in heard.utterances
            ),
        )

    def _reading(self, words: Sequence[Word]) -> tuple[Word, ...]:
        return tuple(Word(self._clipped(w.span), w.text, w.confidence) for w in words)

    def _clipped(self, span: Span) -> Span:
        mapped = self._map.to_engine(span)
        return Span(min(mapped.start, self._pushed), min(mapped.end, self._pushed))


@dataclass
class ScriptedEngine:
    """Implements ports.engine.Engine. `open` gives out the channels of `script` in turn, call after call.

    dies_at: every recogniser raises EngineError once it is pushed that many samples (of RATE).
    deaf_from: from there on nothing more is reported, and "heard up to" stands still.
    """

    script: Script
    rate: int = RATE
    dies_at: int | None = None
    deaf_from: int | None = None
    identity: ModelIdentity = field(default_factory=lambda: ModelIdentity("scripted", "1", "none", "en", "0" * 64))
    side_by_side: int = 2
    waiting: int = 0
    _opened: Iterator[int] = field(default_factory=count)

    def open(self) -> ScriptedRecogniser:
        """A recogniser for the next channel."""
        return ScriptedRecogniser(self.script.utterances[next(self._opened) % self.script.channels], self)
