"""What leaves of a conversation: each line, and its end, once for each purpose by its policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.core.entities import UNJUDGED
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import ChatRedacted, ChatRole, Head
from pipeline.core.pin import Pin
from pipeline.core.policy import Policy
from pipeline.core.span import Span
from pipeline.core.topics import CHAT_REDACTED
from pipeline.core.written_redact import hides, redacted, settled
from pipeline.ports.lane import Out
from pipeline.stages.chat_talk import Line, Over

WITHDRAWN = "withdrawn"  # reason of a purpose's last message


def line_outs(
    head: Head, pin: Pin | None, purposes: Iterable[str], line: Line, found: tuple[Finding, ...] | None, broken: str
) -> Iterator[Out]:
    """One line. found: None if nobody could judge it: then all of it is hidden. broken: the reason for that, a code."""
    reason = broken if found is None else str(Over.ENDED) if line.final else ""
    for purpose, policy in _policies(pin, purposes):
        text, hidden = _hidden(line.text) if found is None or policy is None else _shown(line.text, found, policy)
        message = ChatRedacted(
            head, purpose, line.sequence, line.author, line.role, text, hidden, line.at_ms, line.final, reason
        )
        yield Out(CHAT_REDACTED + purpose, message)


def timeout_outs(head: Head, pin: Pin | None, purposes: Iterable[str], at_ms: int) -> Iterator[Out]:
    """Nobody wrote any more, at_ms: since then it is over."""
    for purpose, _ in _policies(pin, purposes):
        end = ChatRedacted(head, purpose, -1, "", ChatRole.SYSTEM, "", (), at_ms, last=True, reason=str(Over.TIMEOUT))
        yield Out(CHAT_REDACTED + purpose, end)


def withdrawn_outs(head: Head, purposes: Iterable[str], at_ms: int) -> Iterator[Out]:
    """Consent was taken back: these get nothing more of the conversation."""
    for purpose in purposes:
        end = ChatRedacted(head, purpose, -1, "", ChatRole.SYSTEM, "", (), at_ms, last=True, reason=WITHDRAWN)
        yield Out(CHAT_REDACTED + purpose, end)


def _policies(pin: Pin | None, purposes: Iterable[str]) -> Iterator[tuple[str, Policy | None]]:
    """Those of the pin; a purpose of other settings than those the conversation began under gets nothing."""
    for purpose in purposes:
        if pin is None:
            yield purpose, None
        elif purpose in pin.policies:
            yield purpose, pin.policies[purpose]


def _hidden(text: str) -> tuple[str, tuple[Finding, ...]]:
    if not text:
        return "", ()
    return f"[{UNJUDGED}]", (Finding(0, Span(0, len(text)), UNJUDGED, Reason.LATE, 1.0),)


def _shown(text: str, found: tuple[Finding, ...], policy: Policy) -> tuple[str, tuple[Finding, ...]]:
    return redacted(text, found, policy), tuple(
        Finding(0, f.span, f.entity, f.reason, f.confidence) for f in settled(found, policy) if hides(f, policy)
    )
