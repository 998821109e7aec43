"""What a second hearing of redacted audio says of it: which findings are secrets that can still be heard.

The second hearing knows questions but not the answers, which are silent. So a finding counts only for what of it
sounds, has words, and lies outside what is hidden; and an answer counts only if nothing was hidden that can have been
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.core.entities import ENTITIES, KEYPAD, NUMBER, UNJUDGED, Shape
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance
from pipeline.core.level import Frames
from pipeline.core.proof import Kind, Problem, Stretch
from pipeline.core.span import Span, complement, covered, merge
from pipeline.core.spoken.tokens import tokenise

TOLERANCE_MS = 300  # around what is hidden: word times are wrong by this, and findings are padded
SOUND_MS_MIN = 100  # of a finding that sounds outside: as much as the published measure calls a leak
ANSWERED_S = 15  # what is hidden this long before a free answer, or since, was the answer
WEAK = frozenset({Reason.DOUBT_WORDS, Reason.DOUBT_NO_WORDS, Reason.ALTERNATIVE, Reason.LATE})
DIGITS_MIN = 3  # said after a hidden answer of the same kind, they may be more of it
DIGITS_MIN_OTHER = 2  # after one of another kind
NAMELESS = frozenset({NUMBER, KEYPAD, UNJUDGED})  # whatever is hidden as one of these may be any answer
FREE = frozenset(e.name for e in ENTITIES if e.shape is Shape.FREE)


def audible(
    findings: Iterable[Finding],
    utterances: Sequence[tuple[int, Utterance]],
    frames: Sequence[Frames],
    hidden: Sequence[Sequence[Span]],
    stretches: Sequence[Stretch] = (),
    *,
    keeps: Callable[[Finding], bool] = lambda _: False,
) -> tuple[Problem, ...]:
    """Problems, by channel and start.

    findings, utterances (by channel), frames (by channel, of the whole call): of the second hearing. hidden: by
    channel, sorted and disjoint; stretches: what it was said to be. keeps: whether the policy lets a finding pass.
    Doubt alone is none: it reasons over what it could not hear, and there is nothing to hear.
    """
    out = []
    for finding in sorted(findings):
        if finding.reason in WEAK or finding.entity == UNJUDGED or keeps(finding):
            continue
        own = frames[finding.channel]
        outside = _outside(finding.span, hidden[finding.channel], TOLERANCE_MS * own.rate // 1000)
        sounding = merge(v for part in outside for v in own.voiced(part))
        if sum(s.size for s in sounding) < SOUND_MS_MIN * own.rate // 1000:
            continue
        heard = [u for number, u in utterances if number == finding.channel and u.span.overlaps(finding.span)]
        # Keys are heard in the audio itself: there are no words.
        if finding.entity != KEYPAD and not _is_said(finding, sounding, heard, stretches, own.rate):
            continue
        out.append(
            Problem(
                finding.channel, Span(sounding[0].start, sounding[-1].end), Kind.AUDIBLE, finding.entity,
                str(finding.reason),
            )
        )  # fmt: skip
    return tuple(sorted(set(out)))


def _outside(span: Span, hidden: Sequence[Span], slack: int) -> tuple[Span, ...]:
    """What of `span` lies further than `slack` samples from all that is hidden."""
    return complement(merge(Span(max(0, s.start - slack), s.end + slack) for s in hidden), span)


def _is_said(
    finding: Finding, parts: Sequence[Span], heard: Sequence[Utterance], stretches: Iterable[Stretch], rate: int
) -> bool:
    """Whether there are words in `parts` that are no mere sequel to a hidden answer.

    If something is hidden shortly before it or since, that was the answer, and this was said after it. Of a number this
    is believed only while few digits sound: its second half may follow on a hidden first, and after a secret of another
    kind, to another question, fewer are enough.
    """
    if not any(2 * covered(w.span, parts) > w.span.size for u in heard for w in u.words):
        return False
    since = finding.span.start - ANSWERED_S * rate
    before = {
        s.entity
        for s in stretches
        if s.channel == finding.channel and since < s.span.end and s.span.start < finding.span.end
    }
    if finding.reason is not Reason.ANSWER or not before:
        return True
    least = DIGITS_MIN if before & {finding.entity, *NAMELESS} else DIGITS_MIN_OTHER
    return finding.entity not in FREE and _symbols(parts, heard) >= least


def _symbols(parts: Sequence[Span], heard: Sequence[Utterance]) -> int:
    """Digits and letters said in `parts`."""
    return sum(
        len(token.symbols)
        for utterance in heard
        for token in tokenise(utterance.words)
        if 2 * covered(token.span, parts) > token.span.size
    )
