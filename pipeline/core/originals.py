"""Originals of hidden stretches, where a policy keeps them: what may leave mask for the vault, and what never may.

A sample is kept only if it lies in a stretch surely labelled with an entity the policy names. What was hidden by doubt
or because it was late is not, and around whatever may never be kept there is a gap, since word times are not exact.
What is kept of a chunk is a function of its samples and its findings, so a replay keeps the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pipeline.core.entities import KEYPAD, NAMES, NUMBER, UNJUDGED
from pipeline.core.finding import Finding, Reason
from pipeline.core.hold import Due, Samples
from pipeline.core.span import Span, complement, merge
from pipeline.core.tone import Action

GUARD_MS = 250  # around what may never be kept: word times are wrong by about as much, after edges went to silence
_AUTHENTICATION = "sensitive authentication data may not be stored, even encrypted (PCI DSS 3.3.1)"
NEVER = MappingProxyType(
    {
        "SECURITY_CODE": _AUTHENTICATION,
        "PIN": _AUTHENTICATION,
        KEYPAD: "keys may be a PIN, and that may not be stored, even encrypted (PCI DSS 3.3.1)",
        "PASSWORD": "whoever hears a password can use it",
        "ONE_TIME_CODE": "whoever hears a one-time code can use it",
        "SECURITY_ANSWER": "whoever hears a security answer can use it",
        NUMBER: "digits nobody named may be a security code or a PIN",
        UNJUDGED: "nobody judged what it is",
    }
)
"""What no policy may keep, and why."""
CERTAIN = frozenset(
    {
        Reason.PATTERN, Reason.CUE, Reason.ANSWER, Reason.READ_BACK, Reason.CONTINUED, Reason.CUSTOM, Reason.PROFILE,
    }
)  # fmt: skip
"""Reasons that are sure of the entity. Others are doubts, keys, and what was late."""


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """Samples as they were spoken. pcm: (n,) int16, of one channel, from `start` on."""

    channel: int
    start: int
    entity: str
    pcm: NDArray[np.int16]

    @property
    def span(self) -> Span:
        """Where it lies."""
        return Span(self.start, self.start + len(self.pcm))


def unkeepable(entity: str, action: Action) -> str | None:
    """Why no policy may keep originals of an entity that it hides so; None: it may."""
    if entity in NEVER:
        return f"originals of {entity} are never kept: {NEVER[entity]}"
    if action is Action.KEEP:
        return f"{entity} is not hidden by this policy, so there are no originals of it; hide it, or take it out"
    return None


def keepable() -> tuple[str, ...]:
    """Every entity whose originals a policy may keep."""
    return tuple(sorted(NAMES - NEVER.keys()))


def kept(findings: Iterable[Finding], wanted: Iterable[str], within: Span, guard: int) -> Iterator[tuple[str, Span]]:
    """What of `within` may be kept as which entity, by findings of one channel; sorted. guard: in samples."""
    found = list(findings)
    never = merge(
        Span(max(0, f.span.start - guard), f.span.end + guard)
        for f in found
        if f.span.size and (f.entity in NEVER or f.reason in (Reason.KEYPAD, Reason.LATE))
    )
    for entity in sorted(set(wanted) - NEVER.keys()):
        sure = (f.span.clip(within) for f in found if f.entity == entity and f.reason in CERTAIN)
        for span in merge(s for s in sure if s is not None):
            yield from ((entity, part) for part in complement(never, span))


class Originals:
    """Of one call. wanted: entities the policy keeps. rate in Hz."""

    def __init__(self, wanted: frozenset[str], rate: int) -> None:
        self._wanted = wanted - NEVER.keys()
        self._guard = -(-GUARD_MS * rate // 1000)
        self._clean: list[tuple[int, Samples]] = []
        self._found: list[dict[Finding, None]] = []

    @property
    def wants(self) -> bool:
        """False: nothing is ever kept of this call."""
        return bool(self._wanted)

    @property
    def margin(self) -> int:
        """Samples around what leaves of which findings must be known."""
        return self._guard if self._wanted else 0

    def push(self, due: Due) -> None:
        """What leaves now, as it was spoken."""
        if not self._wanted:
            return
        if len(due.clean):
            self._clean.append((due.start, due.clean))
        self._found += [{} for _ in range(len(due.hidden) - len(self._found))]
        for known, hidden in zip(self._found, due.hidden, strict=True):
            known.update(dict.fromkeys(hidden))

    def take(self, chunk: Span) -> list[Original]:
        """What is kept of a chunk of which the last sample was pushed. One of which not all was is none of ours: it
        left before, and what was kept of it is on its way since.
        """
        if not self._wanted:
            return []
        pcm = self._cut(chunk)
        out = []
        for channel, found in enumerate(self._found):
            if pcm is not None:
                for entity, span in kept(found, self._wanted, chunk, self._guard):
                    piece = pcm[span.start - chunk.start : span.end - chunk.start, channel]
                    out.append(Original(channel, span.start, entity, piece.astype(np.int16)))
            self._found[channel] = {f: None for f in found if f.span.end + self._guard > chunk.end}
        return out

    def _cut(self, chunk: Span) -> Samples | None:
        """The samples of a chunk, (n, channels); None: not all are here. Those below its end are let go."""
        parts, left, at = [], [], chunk.start
        for start, clean in self._clean:
            end = start + len(clean)
            if start <= at < end and at < chunk.end:
                parts.append(clean[at - start : chunk.end - start])
                at = min(end, chunk.end)
            if end > chunk.end:
                left.append((max(start, chunk.end), clean[max(0, chunk.end - start) :]))
        self._clean = left
        return np.concatenate(parts) if at == chunk.end and parts else None
