"""Findings made of what was judged: marks on tokens become spans of samples, close spans one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.core.doubt import DOUBTS
from pipeline.core.entities import ENTITIES, NUMBER, Shape
from pipeline.core.finding import Finding, Reason
from pipeline.core.marks import Mark
from pipeline.core.span import Span, complement, merge
from pipeline.core.spoken.tokens import Token, hull

WORDLESS_MS = 250  # voiced audio without words, that long, inside an expected answer: hidden by doubt
LOST_MS = 600  # word times late by more were not measured
WORD_SLACK_MS = 200  # word times are wrong by this much
NUMERIC = frozenset(e.name for e in ENTITIES if e.shape is not Shape.FREE)


def finding_of(
    channel: int, tokens: Sequence[Token], mark: Mark, utterance: Span, rate: int, *, spread: bool = True
) -> Finding:
    """The stretch of samples a mark hides. utterance: where its tokens were heard. spread: False: just its tokens.

    The first and last words of an utterance are squeezed into too little time by recognisers, and sound
    between a word that stays and one that goes belongs to the one that goes.
    """
    span = hull(tokens[mark.first : mark.last])
    if not spread:
        return Finding(channel, span, mark.entity, mark.reason, mark.confidence)
    reach = LOST_MS * rate // 1000
    start, end = utterance.start, utterance.end
    if mark.first:
        start = max(min(span.start, tokens[mark.first - 1].span.end), span.start - reach)
    if mark.last < len(tokens):
        end = min(max(span.end, tokens[mark.last].span.start), span.end + reach)
    return Finding(channel, Span(start, max(start, end)), mark.entity, mark.reason, mark.confidence)


def wordless(
    utterance: Span, tokens: Sequence[Token], voiced: Sequence[Span], hidden: Sequence[Span], asked_at: int, rate: int
) -> list[Span]:
    """Voiced stretches of an utterance from sample `asked_at` on that neither a word nor a hidden span covers."""
    heard = merge([t.span for t in tokens] + list(hidden), gap=WORD_SLACK_MS * rate // 1000)
    parts = (s.clip(silent) for silent in complement(heard, utterance) for s in voiced)
    return [p for p in parts if p and p.size * 1000 >= WORDLESS_MS * rate and p.start >= asked_at]


def fused(findings: Sequence[Finding], gap: int) -> tuple[Finding, ...]:
    """Findings of one channel, close ones of one entity as one. gap: samples up to which two stretches are close.

    Kinds stay apart, and so does what is only a doubt: a policy may keep one and hide the other. A doubt close to what
    is sure reaches up to it; one inside it is left out.
    """
    before: list[Finding] = []
    out = list(findings)
    while out != before:
        before, out = out, _bridged(_joined(out, gap), gap)
    return tuple(out)


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.entity, finding.reason if finding.reason in DOUBTS else ""


def _joined(findings: Sequence[Finding], gap: int) -> list[Finding]:
    out: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (*_kind(f), f.span)):
        if out and _kind(out[-1]) == _kind(finding) and finding.span.start <= out[-1].span.end + gap:
            best = min(out[-1], finding, key=_standing)
            out[-1] = replace(best, span=out[-1].span.hull(finding.span))
        else:
            out.append(finding)
    return sorted(out)


def _bridged(findings: Sequence[Finding], gap: int) -> list[Finding]:
    out = []
    for finding in findings:
        if finding.reason not in DOUBTS:
            out.append(finding)
            continue
        span = finding.span
        near = [f.span for f in findings if f.entity == finding.entity and _kind(f) != _kind(finding)]
        sure = [f.span for f in findings if f.entity == finding.entity and f.reason not in DOUBTS]
        if any(s.start <= span.start and span.end <= s.end for s in sure):
            continue
        start = min([span.start, *(s.end for s in near if 0 < span.start - s.end <= gap)])
        end = max([span.end, *(s.start for s in near if 0 < s.start - span.end <= gap)])
        out.append(replace(finding, span=Span(start, end)))
    return sorted(out)


def without_doubles(findings: Sequence[Finding], hides: Callable[[Finding], bool]) -> list[Finding]:
    """Findings of one channel for a report: a plain NUMBER inside the hidden stretch of a better name is left out."""
    named = [f.span for f in findings if f.entity in NUMERIC and hides(f)]
    return [
        f
        for f in findings
        if f.entity != NUMBER or not any(s.start <= f.span.start and f.span.end <= s.end for s in named)
    ]


_REASONS = (
    Reason.KEYPAD, Reason.ANSWER, Reason.READ_BACK, Reason.CUE, Reason.CONTINUED, Reason.PATTERN,
    Reason.PROFILE, Reason.CUSTOM, Reason.ALTERNATIVE, Reason.DOUBT_WORDS, Reason.DOUBT_NO_WORDS, Reason.LATE,
    Reason.NO_CONSENT,
)  # fmt: skip


def _standing(finding: Finding) -> int:
    return _REASONS.index(finding.reason)
