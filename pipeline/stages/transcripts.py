"""What was said and hidden of a running call, kept small, and the redacted transcripts made of it at its end.

At the end and not before: what was hidden once is hidden wherever the call repeats it, also where it was said before.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgpack

from pipeline.core.consent import OPEN, Accesses, allowed
from pipeline.core.finding import Finding
from pipeline.core.heard import Utterance
from pipeline.core.judged import fused, without_doubles
from pipeline.core.messages import END, Head, TranscriptPart
from pipeline.core.pin import Pin
from pipeline.core.plain import finding_of, plain_finding, plain_utterance, utterance_of
from pipeline.core.policy import Policy
from pipeline.core.report import action_of, hidden
from pipeline.core.span import Span
from pipeline.core.tone import Action
from pipeline.core.transcript import MARGIN_MS, Role, Turn, transcript

PART_TURNS = 200  # of one message: some tens of kilobytes, far below what a topic takes
UNPACKED_BYTES_MAX = 1 << 26  # a state that says more is none of ours


class Spoken:
    """Utterances and findings of one call, packed as they come: about 30 bytes a word."""

    def __init__(self) -> None:
        self._packed = bytearray()

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return len(self._packed)

    def say(self, channel: int, utterance: Utterance) -> None:
        """An utterance of `channel`, positions in samples. Confidences and other readings are not kept."""
        start, end, texts, edges, *_ = plain_utterance(utterance)
        self._packed += msgpack.packb([channel, start, end, texts, [at - start for at in edges]])

    def hide(self, finding: Finding) -> None:
        """A finding of a verdict that was published."""
        self._packed += msgpack.packb(plain_finding(finding))

    def snapshot(self) -> bytes:
        """All of it, compressed. It holds secrets: seal it."""
        return zlib.compress(self._packed, 1)

    def restore(self, packed: bytes) -> None:
        """Take up a `snapshot`. Raises ValueError or TypeError if it is none."""
        opened = zlib.decompressobj()
        try:
            self._packed = bytearray(opened.decompress(packed, UNPACKED_BYTES_MAX))
        except zlib.error:
            raise ValueError("words of a call that cannot be unpacked; the call must be silenced") from None
        if not opened.eof:
            raise ValueError("more words than one call has; it must be silenced")
        self._read()

    def parts(
        self, head: Head, pin: Pin, upto: int = END, purposes: Accesses | None = None
    ) -> tuple[TranscriptPart, ...]:
        """One transcript for each purpose of the pin that may have one. upto: sample up to which the call is judged.
        purposes: who may have what; None: not known, and then nobody does where consent is asked for.

        Never raises: a transcript that cannot be made has no turns.
        """
        if purposes is None and pin.consent is not None:
            purposes = ()
        spans = {purpose: allowed(purposes, purpose) for purpose in sorted(pin.policies)}
        given = {purpose: span.start for purpose, span in spans.items() if span is not None and span.end == OPEN}
        try:
            return tuple(self._parts(head, pin, upto, given))
        except Exception:  # better no text than a call that can never end
            return tuple(TranscriptPart(head, purpose, 0, (), last=True) for purpose in given)

    def _parts(self, head: Head, pin: Pin, upto: int, given: Mapping[str, int]) -> Iterator[TranscriptPart]:
        """given: by purpose, the sample from which on it may have the call."""
        utterances, findings = self._read()
        if upto < END:
            judged = upto - MARGIN_MS * head.rate // 1000 - 1  # beyond, a word may belong to a secret nobody told of
            utterances = [(c, part) for c, u in utterances if (part := _before(u, judged)) is not None]
            findings = [f for f in findings if f.span.start < upto]
        roles = _roles(pin, head.channels)
        for purpose, start in given.items():
            own = [f for f in findings if f.span.end > start]
            unheard = _unheard(own, pin.policies[purpose], head.channels)
            heard = [(c, part) for c, u in utterances if (part := _after(u, start)) is not None]
            said = heard or unheard
            turns = transcript(heard, unheard, rate=head.rate, roles=roles).turns if said else ()
            yield from _in_parts(head, purpose, turns)

    def _read(self) -> tuple[list[tuple[int, Utterance]], list[Finding]]:
        unpacker = msgpack.Unpacker(max_buffer_size=UNPACKED_BYTES_MAX)
        unpacker.feed(self._packed)
        utterances: list[tuple[int, Utterance]] = []
        findings: list[Finding] = []
        for item in unpacker:
            if len(item) == 5:
                utterances.append(_utterance(item))
            else:
                findings.append(finding_of(item))
        return utterances, findings


def _utterance(item: list[Any]) -> tuple[int, Utterance]:
    channel, start, end, texts, edges = item
    return channel, utterance_of([start, end, texts, [start + at for at in edges], [1.0] * len(texts)])


def _roles(pin: Pin, channels: int) -> tuple[Role, ...]:
    """Of each channel. A channel without one, or with everybody on it, is nobody's."""
    if channels == 1:
        return (Role.UNKNOWN,)
    known = [Role(role) if role in set(Role) else Role.UNKNOWN for role in pin.roles[:channels]]
    return (*known, *[Role.UNKNOWN] * (channels - len(known)))


def _before(utterance: Utterance, upto: int) -> Utterance | None:
    """The words of an utterance that end at or before sample `upto`."""
    words = tuple(w for w in utterance.words if w.span.end <= upto)
    if not words:
        return None
    return Utterance(Span(utterance.span.start, min(utterance.span.end, upto)), words)


def _after(utterance: Utterance, start: int) -> Utterance | None:
    """The words of an utterance that begin at or after sample `start`."""
    if utterance.span.start >= start:
        return utterance
    words = tuple(w for w in utterance.words if w.span.start >= start)
    return Utterance(Span(start, max(start, utterance.span.end)), words) if words else None


def _unheard(findings: list[Finding], policy: Policy, channels: int) -> tuple[Finding, ...]:
    """What is hidden under a policy, as the report of a recording says it."""
    whole = [fused([f for f in findings if f.channel == c], 0) for c in range(channels)]
    hides = lambda f: action_of(f, policy.action, policy.doubt) is not Action.KEEP  # noqa: E731
    named = [f for own in whole for f in without_doubles(own, hides)]
    return hidden(named, policy.action, policy.doubt)


def _in_parts(head: Head, purpose: str, turns: tuple[Turn, ...]) -> Iterator[TranscriptPart]:
    count = max(1, -(-len(turns) // PART_TURNS))
    for n in range(count):
        part = turns[n * PART_TURNS : (n + 1) * PART_TURNS]
        yield TranscriptPart(head, purpose, n, part, last=n == count - 1)
