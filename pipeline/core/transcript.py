"""The words of a call without its secrets: what touches a hidden stretch goes, a placeholder stays.

Text can be searched, sound cannot. So what was hidden once is hidden in the text wherever the call repeats
it, also where nobody recognised it as a secret.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance, Word
from pipeline.core.repeats import Repeats
from pipeline.core.span import Span, covered, merge

MARGIN_MS = 50  # word times are that uncertain at best: a word this near a hidden stretch may belong to it


class Role(StrEnum):
    """Who speaks on a channel."""

    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Piece:
    """One word, or the placeholder of something hidden. `span` in samples of the call's native rate."""

    span: Span
    text: str = field(repr=False)  # a repr may end in a log or an error
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said between two pauses. `pieces`: at least one, in order."""

    channel: int
    role: Role
    pieces: tuple[Piece, ...]

    @property
    def span(self) -> Span:
        """From the first piece's start to the furthest end, in samples."""
        return Span(self.pieces[0].span.start, max(p.span.end for p in self.pieces))

    @property
    def text(self) -> str:
        """Words and placeholders, one space between two."""
        return " ".join(p.text for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Transcript:
    """Turns of all channels by start. rate: native samples per second."""

    rate: int
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Something hidden on one channel; what of one entity touches is one."""

    span: Span
    entity: str
    late: bool

    @property
    def placeholder(self) -> str:
        return f"[{self.entity}]"


def transcript(
    utterances: Iterable[tuple[int, Utterance]], hidden: Iterable[Finding], *, rate: int, roles: Sequence[str]
) -> Transcript:
    """The call's turns, each hidden stretch as one placeholder.

    utterances: (channel, utterance) in any order; hidden: every finding whose stretch is not audible; both in
    samples at `rate` Hz. roles: one of `Role` per channel. A word within MARGIN_MS of a hidden stretch goes;
    the words and numbers inside one go from the whole call. ValueError for a channel without a role.
    """
    spoken, stretches = list(utterances), _stretches(hidden)
    known = [Role(role) for role in roles]
    if rate < 1 or not all(0 <= c < len(known) for c in [*stretches, *(c for c, _ in spoken)]):
        raise ValueError(f"not a call of {len(known)} roles at {rate} Hz")
    margin = -(-MARGIN_MS * rate // 1000)
    repeats = Repeats()
    cut: list[tuple[int, list[list[Piece]]]] = []
    learned: list[tuple[_Stretch, list[Word]]] = []
    for channel in sorted({c for c, _ in spoken} | set(stretches)):
        heard = sorted((u for c, u in spoken if c == channel), key=_order)
        own = stretches.get(channel, [])
        cut.append((channel, _cut(heard, own, margin)))
        learned += _inside(heard, own)
    for stretch, words in sorted(learned, key=lambda s: s[0].late):  # a real name before "not judged"
        repeats.learn([w.text for w in words], stretch.placeholder)
    turns = [
        Turn(channel, known[channel], _joined(_swept(pieces, repeats)))
        for channel, lists in cut
        for pieces in lists
        if pieces
    ]
    return Transcript(rate, tuple(sorted(turns, key=lambda t: (t.span, t.channel))))


def _order(utterance: Utterance) -> tuple[Span, list[tuple[Span, str]]]:
    """Complete, so that the order of arrival decides nothing."""
    return utterance.span, [(w.span, w.text) for w in utterance.words]


def _stretches(hidden: Iterable[Finding]) -> dict[int, list[_Stretch]]:
    """By channel, sorted. A finding without samples hides what touches it all the same."""
    spans: dict[tuple[int, str, bool], list[Span]] = {}
    for f in hidden:
        grown = Span(f.span.start, max(f.span.end, f.span.start + 1))
        spans.setdefault((f.channel, f.entity, f.reason is Reason.LATE), []).append(grown)
    out: dict[int, list[_Stretch]] = {}
    for (channel, entity, late), own in spans.items():
        out.setdefault(channel, []).extend(_Stretch(s, entity, late) for s in merge(own))
    return {c: sorted(own, key=lambda s: (s.span, s.entity)) for c, own in out.items()}


def _touched(span: Span, hidden: Sequence[Span], margin: int) -> bool:
    """True within `margin` samples of a hidden stretch, edges included. hidden: sorted, disjoint."""
    at = bisect_left(hidden, span.start - margin, key=lambda h: h.end)
    return at < len(hidden) and hidden[at].start <= span.end + margin


def _near(a: Span, b: Span, margin: int) -> bool:
    """True if at most `margin` samples lie between the two."""
    return a.start <= b.end + margin and b.start <= a.end + margin


def _cut(heard: Sequence[Utterance], stretches: Sequence[_Stretch], margin: int) -> list[list[Piece]]:
    """One channel: the pieces left of each utterance, then those of stretches outside all utterances."""
    union = merge(s.span for s in stretches)
    out = [[Piece(w.span, _plain(w.text)) for w in u.words if not _touched(w.span, union, margin)] for u in heard]
    out = [[p for p in pieces if p.text] for pieces in out]
    for stretch in stretches:
        piece = Piece(stretch.span, stretch.placeholder, hidden=True)
        home = _home(stretch, heard, margin)
        if home is None:
            out.append([piece])
        else:
            out[home].append(piece)
    return [sorted(pieces, key=lambda p: p.span) for pieces in out]


def _home(stretch: _Stretch, heard: Sequence[Utterance], margin: int) -> int | None:
    """The utterance that shares most with the stretch, or else the first it takes a word from, or None."""
    best, most = None, 0
    for n, utterance in enumerate(heard):
        if not _near(utterance.span, stretch.span, margin):
            continue
        part = utterance.span.clip(stretch.span)
        shared = part.size if part else 0
        if shared > most:
            best, most = n, shared
        elif best is None and any(_near(w.span, stretch.span, margin) for w in utterance.words):
            best = n
    return best


def _inside(heard: Sequence[Utterance], stretches: Sequence[_Stretch]) -> list[tuple[_Stretch, list[Word]]]:
    """Words that lie at least half in hidden stretches, by stretch. The others were only too near to one."""
    union = merge(s.span for s in stretches)
    found: list[tuple[_Stretch, Word]] = []
    for word in (w for u in heard for w in u.words if _touched(w.span, union, 0)):
        if 2 * covered(word.span, union) >= word.span.size:
            near = [s for s in stretches if _near(word.span, s.span, 0)]
            found.append((max(near, key=lambda s: covered(word.span, [s.span])), word))
    return [(s, [w for _, w in group]) for s, group in groupby(found, key=lambda item: item[0])]


def _plain(text: str) -> str:
    """A word on one line, without what could pass for a placeholder."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.replace("[", "(").replace("]", ")").split())


def _swept(pieces: Sequence[Piece], repeats: Repeats) -> list[Piece]:
    """Words that repeat a secret become its placeholder."""
    found = repeats.find([None if p.hidden else p.text for p in pieces])
    return [p if name is None else Piece(p.span, name, hidden=True) for p, name in zip(pieces, found, strict=True)]


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbouring placeholders of one kind as one."""
    out: list[Piece] = []
    for piece in pieces:
        if out and piece.hidden and out[-1].hidden and out[-1].text == piece.text:
            out[-1] = replace(piece, span=out[-1].span.hull(piece.span))
        else:
            out.append(piece)
    return tuple(out)
