"""Text without its secrets: each stretch that a policy hides becomes one placeholder, all else stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.core.doubt import DOUBTS
from pipeline.core.entities import NUMBER
from pipeline.core.finding import Finding
from pipeline.core.judged import fused, without_doubles
from pipeline.core.policy import Policy
from pipeline.core.report import action_of
from pipeline.core.span import Span, merge
from pipeline.core.tone import Action

CLOSE_CHARS = 1  # stretches of one kind with no more between them are one


def settled(findings: Sequence[Finding], policy: Policy) -> tuple[Finding, ...]:
    """The findings of one message for a report: close ones of a kind as one, without doubles. Spans of characters."""
    return tuple(without_doubles(fused(findings, CLOSE_CHARS), lambda f: hides(f, policy)))


def hides(finding: Finding, policy: Policy) -> bool:
    """Whether a policy hides the stretch. Whatever its action, in text hidden means a placeholder."""
    return action_of(finding, policy.action, policy.doubt) is not Action.KEEP


def redacted(text: str, findings: Sequence[Finding], policy: Policy) -> str:
    """`text` with [ENTITY] for each hidden stretch. findings: spans of its characters, in any order; kinds may overlap.

    Where several kinds share characters, the surest names them; what one kind leaves of another has a placeholder too.
    """
    out: list[str] = []
    at = 0
    for span, name in _stretches(text, [f for f in findings if hides(f, policy)]):
        out += [text[at : span.start], f"[{name}]"]
        at = span.end
    return "".join([*out, text[at:]])


def _stretches(text: str, hidden: Sequence[Finding]) -> list[tuple[Span, str]]:
    """What is hidden, cut where the name changes. A part without a letter or digit belongs to the one before it."""
    out: list[tuple[Span, str]] = []
    for whole in merge(f.span for f in hidden):
        inside = sorted((f for f in hidden if f.span.overlaps(whole)), key=_sureness, reverse=True)
        edges = sorted({whole.start, whole.end, *(e for f in inside for e in (f.span.start, f.span.end))})
        first = len(out)
        for start, end in pairwise(edges):
            name = next(f.entity for f in inside if f.span.start <= start and end <= f.span.end)
            bare = not any(c.isalnum() for c in text[start:end])
            if len(out) > first and (bare or out[-1][1] == name):
                out[-1] = (Span(out[-1][0].start, end), out[-1][1])
            else:
                out.append((Span(start, end), name))
    return out


def _sureness(f: Finding) -> tuple[bool, bool, float, int, str]:
    return f.entity != NUMBER, f.reason not in DOUBTS, f.confidence, -f.span.size, f.entity
