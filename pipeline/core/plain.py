"""Utterances and findings as plain lists, for what a stage writes down of a running call.

Only numbers, texts and lists: any packer of plain values can carry them. What comes back is checked: a wrong shape
raises ValueError, KeyError or TypeError, and whoever restores a call by it must then silence that call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.core.entities import ENTITIES, NAMES, Entity
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance, Word
from pipeline.core.span import Span

_BY_NAME = {e.name: e for e in ENTITIES}


def plain_utterance(utterance: Utterance) -> list[Any]:
    """[start, end, texts, starts and ends of the words in turn, confidences]; positions in samples.

    The last three again for each other reading.
    """
    parts = [part for words in utterance.readings for part in _plain_words(words)]
    return [utterance.span.start, utterance.span.end, *parts]


def utterance_of(plain: Sequence[Any]) -> Utterance:
    """The utterance `plain_utterance` was made of. Raises ValueError or TypeError if it is none."""
    start, end, *parts = plain
    readings = [_words(*part) for part in zip(parts[::3], parts[1::3], parts[2::3], strict=True)]
    if not readings:
        raise ValueError("an utterance without its words; its call must be silenced")
    return Utterance(Span(start, end), readings[0], tuple(readings[1:]))


def _plain_words(words: Sequence[Word]) -> tuple[list[Any], ...]:
    ends = [at for w in words for at in (w.span.start, w.span.end)]
    return [w.text for w in words], ends, [w.confidence for w in words]


def _words(texts: Sequence[Any], ends: Sequence[Any], confidences: Sequence[Any]) -> tuple[Word, ...]:
    spans = [Span(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    return tuple(Word(s, str(t), float(c)) for s, t, c in zip(spans, texts, confidences, strict=True))


def plain_finding(finding: Finding) -> list[Any]:
    """[channel, start, end, entity, reason, confidence]; positions in samples."""
    span = finding.span
    return [finding.channel, span.start, span.end, finding.entity, str(finding.reason), finding.confidence]


def finding_of(plain: Sequence[Any]) -> Finding:
    """The finding `plain_finding` was made of. Raises ValueError or TypeError if it is none."""
    channel, start, end, entity, reason, confidence = plain
    return Finding(int(channel), Span(start, end), known_name(entity), Reason(reason), float(confidence))


def known_name(name: str) -> str:
    """`name`, if something hidden may be called so. Raises ValueError else."""
    if name not in NAMES:
        raise ValueError("a kind of secret this release does not know; its call must be silenced")
    return name


def known_entity(name: str) -> Entity:
    """The entity of that name. Raises ValueError if this release has none."""
    if name not in _BY_NAME:
        raise ValueError("a kind of secret this release does not know; its call must be silenced")
    return _BY_NAME[name]
