"""Judges written messages of one conversation: the rules of speech on words with places, and forms only writing has.

A message is an utterance on a time line of its own, some milliseconds a character, so that questions wait for their
answers, numbers go on over messages and what was hidden once is known again, just as on a call. Findings are spans of
characters. The same messages, the same findings, whenever they come. Whatever any of the finders calls secret is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.brief import PLAIN, Brief
from pipeline.core.custom import Phrases, Text
from pipeline.core.doubt import DOUBTS
from pipeline.core.entities import NUMBER
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance, Word
from pipeline.core.judge import Judge
from pipeline.core.plain import known_name
from pipeline.core.repeats import Repeats
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import tokenise
from pipeline.core.terms import NEVER_ALLOWED
from pipeline.core.written_forms import links, written_forms
from pipeline.core.written_labels import written_labels
from pipeline.core.written_spoken import HIDDEN_WORD, Rendering, placeholders, renderings, told_parts
from pipeline.core.written_text import MESSAGE_CHARS_MAX, SURE, Folded, Found, Part, folded, parts

Finder = Callable[[str], Iterable[Found]]
"""Finds secrets in folded text by the text alone. The same text, the same answer."""

FINDERS: tuple[Finder, ...] = (written_forms, written_labels)

RATE = 1_000  # ticks a second of the time line
CHAR_TICKS = 60  # as fast as people talk
LINE_TICKS = 800  # longer than a breath: a line is a clause of its own
TURN_TICKS = 2_000  # longer than the pause within an answer where speakers are not told apart
KEEP_TICKS = 120_000  # no question waits longer
LEARNED_MAX = 200  # stretches known again; bounds a conversation that never ends
WORDS_MAX = 40  # of one of them
JUDGED = 0.88  # below a form that leaves no doubt: that names what both find
SPEAKERS_MAX = 50  # told apart; of more, each message may answer any
_BY_LENGTH = frozenset({NUMBER, "CARD_NUMBER", "PHONE"})  # what the rules of speech call numbers by their length
_ADDRESSES = frozenset({"EMAIL", "UPI_ID", "IP_ADDRESS"})
_OPEN = frozenset({"PASSWORD", "SECURITY_ANSWER", "USER_NAME"})  # a full stop may be part of them


class Conversation:
    """push(speaker, text) → findings. With mono, speakers are not told apart: each message may answer any."""

    def __init__(
        self, *, mono: bool, aids: Aids = NO_AIDS, finders: Sequence[Finder] = FINDERS, brief: Brief = PLAIN
    ) -> None:
        """brief: what the policies of all who get the conversation look for and leave alone."""
        exact = replace(brief, detect=replace(brief.detect, edges=False))  # the places of written words are exact
        self._mono, self._context, self._finders = mono, brief.detect.context, tuple(finders)
        self._allow = brief.custom.allow
        self._judge = Judge(1 if mono else 2, RATE, aids, exact)
        self._now = 0
        self._speakers: dict[str, int] = {}
        self._others = 0  # messages of speakers nobody numbered
        self._learned: deque[tuple[tuple[str, ...], str]] = deque(maxlen=LEARNED_MAX)

    def push(self, speaker: str, text: str) -> tuple[Finding, ...]:
        """What of `text` is secret: spans of its characters, sorted; kinds may overlap.

        speaker: any name, the same one for the same person. Raises ValueError for more than MESSAGE_CHARS_MAX.
        """
        if len(text) > MESSAGE_CHARS_MAX:
            raise ValueError(f"a message of more than {MESSAGE_CHARS_MAX} characters; cut it")
        plain = folded(text)
        channel = self._channel(speaker)
        kept = [plain.span(a, b) for a, b, _ in placeholders(plain.text)]
        formed = [item for finder in self._finders for item in finder(plain.text)]
        words = told_parts(plain.text, _told(plain.text, formed))
        by_form = [
            Finding(channel, plain.span(f.first, f.last), known_name(f.entity), f.reason, f.confidence) for f in formed
        ]
        allowed = _allowed(plain, self._allow)
        by_form = _unless(allowed, by_form)
        found = [f for f in self._judged(channel, plain, words) if not _known_better(f, by_form)] + by_form
        if self._context:
            found += _unless(allowed, self._repeated(channel, plain, words))
            self._learn(text, found)
        found = [
            p for f in found for p in _outside(f, kept) if any(c.isalnum() for c in text[p.span.start : p.span.end])
        ]
        return tuple(sorted(set(found)))

    def snapshot(self) -> dict[str, Any]:
        """All it remembers, as plain values, bounded. It holds secrets: seal it."""
        return {
            "judge": self._judge.snapshot(),
            "mono": self._mono,
            "now": self._now,
            "speakers": list(self._speakers),
            "others": self._others,
            "learned": [[list(words), entity] for words, entity in self._learned],
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        if bool(plain["mono"]) is not self._mono:
            raise ValueError("a snapshot of another kind of conversation; it must be hidden")
        self._judge.restore(plain["judge"])
        self._now, self._others = int(plain["now"]), int(plain["others"])
        self._speakers = {str(name): n for n, name in enumerate(plain["speakers"])}
        learned = ((tuple(map(str, words)), known_name(entity)) for words, entity in plain["learned"])
        self._learned = deque(learned, maxlen=LEARNED_MAX)

    def _channel(self, speaker: str) -> int:
        if self._mono:
            return 0
        if speaker not in self._speakers and len(self._speakers) >= SPEAKERS_MAX:
            self._others += 1
            return SPEAKERS_MAX + self._others
        return self._speakers.setdefault(speaker, len(self._speakers))

    def _judged(self, channel: int, plain: Folded, words: Sequence[Part]) -> list[Finding]:
        """What the rules of speech find, as spans of characters."""
        if not words:
            return []
        spans = _ticks(plain.text, words, self._now)
        said = Utterance(
            Span(spans[0].start, spans[-1].end),
            tuple(Word(span, word.text, 1.0) for span, word in zip(spans, words, strict=True)),
        )
        self._now = said.span.end + TURN_TICKS
        found = self._judge.utterance(channel, said, ())
        self._judge.forget(self._now - KEEP_TICKS)
        out = []
        for f in found:
            inside = [n for n, span in enumerate(spans) if span.overlaps(f.span)]
            if inside:
                first, last = _bare(plain.text, words, inside, whole=f.entity in _OPEN)
                out.append(replace(f, span=plain.span(first, last), confidence=min(f.confidence, JUDGED)))
        return out

    def _repeated(self, channel: int, plain: Folded, words: Sequence[Part]) -> list[Finding]:
        """Words that say again what was hidden before."""
        if not self._learned:
            return []
        repeats = Repeats()
        for learned, entity in self._learned:
            repeats.learn(learned, entity)
        names = repeats.find([None if w.text.startswith(HIDDEN_WORD) else plain.text[w.first : w.last] for w in words])
        out = []
        for n, name in enumerate(names):
            if name is not None:
                span = plain.span(*_bare(plain.text, words, [n], whole=False))
                out.append(Finding(channel, span, name, Reason.READ_BACK, 0.6))
        return out

    def _learn(self, text: str, found: Sequence[Finding]) -> None:
        for f in found:
            words = tuple(folded(text[f.span.start : f.span.end]).text.split()[:WORDS_MAX])
            if words and f.reason not in DOUBTS and f.reason is not Reason.READ_BACK:
                if (words, f.entity) in self._learned:
                    self._learned.remove((words, f.entity))  # newest last: it is forgotten last
                self._learned.append((words, f.entity))


def _ticks(text: str, words: Sequence[Part], now: int) -> list[Span]:
    """Where words stand on the time line: by their characters, a line later by more."""
    out = []
    lines = at = 0
    for word in words:
        lines += text.count("\n", at, word.first)
        at = word.first
        start = now + word.first * CHAR_TICKS + lines * LINE_TICKS
        out.append(Span(start, start + (word.last - word.first) * CHAR_TICKS))
    return out


def _bare(text: str, words: Sequence[Part], inside: Sequence[int], *, whole: bool) -> tuple[int, int]:
    """First and last character of some words, without what punctuates the sentence."""
    first, last = words[inside[0]].first, words[inside[-1]].last
    if whole:
        return first, last
    bare = text[first:last].rstrip(".,;:!?")
    opened = bare.lstrip(".,;:!?'")
    if not opened:
        return first, last
    return first + len(bare) - len(opened), first + len(bare)


def _told(text: str, formed: Iterable[Found]) -> list[Rendering]:
    """What the rules of speech are told otherwise: addresses as one word, links as none, harmless forms as said."""
    out = renderings(text)
    addresses = [
        Rendering(f.first, f.last, HIDDEN_WORD) for f in formed if f.confidence >= SURE and f.entity in _ADDRESSES
    ]
    for item in [*addresses, *(Rendering(a, b, "") for a, b in links(text))]:
        if not any(r.first < item.last and item.first < r.last for r in out):
            out.append(item)
    return sorted(out)


def _allowed(plain: Folded, allow: Phrases) -> list[Span]:
    """Characters of what the policies leave alone."""
    if not (allow.joined or allow.numbers):
        return []
    words = parts(plain.text)
    spans = _ticks(plain.text, words, 0)
    tokens = tokenise([Word(span, word.text, 1.0) for span, word in zip(spans, words, strict=True)])
    out = []
    for first, last in allow.found(Text.of(tokens)):
        told = Span(tokens[first].span.start, tokens[last - 1].span.end)
        inside = [n for n, span in enumerate(spans) if span.overlaps(told)]
        out.append(plain.span(words[inside[0]].first, words[inside[-1]].last))
    return out


def _unless(allowed: Sequence[Span], found: Iterable[Finding]) -> list[Finding]:
    """`found` without what lies in a place that is left alone."""
    return [
        f for f in found
        if f.entity in NEVER_ALLOWED or not any(s.start <= f.span.start and f.span.end <= s.end for s in allowed)
    ]  # fmt: skip


def _known_better(found: Finding, by_form: Iterable[Finding]) -> bool:
    """The rules of speech named by its length what its form names for sure."""
    return (
        found.entity in _BY_LENGTH
        and found.reason is Reason.PATTERN
        and any(
            f.confidence >= SURE
            and f.entity != found.entity
            and f.span.start <= found.span.start
            and found.span.end <= f.span.end
            for f in by_form
        )
    )


def _outside(found: Finding, kept: Sequence[Span]) -> list[Finding]:
    """What of a finding is no placeholder already."""
    out = [found]
    for span in kept:
        out = [part for f in out for part in _without(f, span)]
    return out


def _without(found: Finding, span: Span) -> list[Finding]:
    if not found.span.overlaps(span):
        return [found]
    out = []
    if found.span.start < span.start:
        out.append(replace(found, span=Span(found.span.start, span.start)))
    if span.end < found.span.end:
        out.append(replace(found, span=Span(span.end, found.span.end)))
    return out
