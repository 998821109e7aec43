"""Message bodies to plain values for Avro and back: one pair of functions per type of message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.adapters.wire_inner import sealed, sealed_of, state, state_of
from pipeline.core.consent import Access, Accesses
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.level import Frames
from pipeline.core.messages import (
    Audio,
    ChatRedacted,
    ChatRole,
    Dead,
    Event,
    EventKind,
    Head,
    Judgement,
    Message,
    Missing,
    Pcm16,
    Redacted,
    Sealed,
    State,
    TranscriptPart,
    Words,
)
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.transcript import Piece, Role, Turn
from pipeline.core.verdict import Verdict

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Meta:
    """The part of the envelope beside the head."""

    sequence: int = -1
    start_sample: int = -1
    spoken_ms: int = 0
    last: bool = False
    reason: str = ""


def _pcm(data: bytes, head: Head) -> Pcm16:
    return np.frombuffer(data, "<i2").reshape(-1, head.channels)


def _bytes(pcm: Pcm16) -> bytes:
    return pcm.astype("<i2", copy=False).tobytes()


def _missing(items: Iterable[Missing]) -> list[Plain]:
    return [{"channel": m.channel, "start": m.span.start, "end": m.span.end} for m in items]


def _missing_of(items: Iterable[Plain]) -> tuple[Missing, ...]:
    return tuple(Missing(m["channel"], Span(m["start"], m["end"])) for m in items)


def _findings(items: Iterable[Finding]) -> list[Plain]:
    return [
        {
            "channel": f.channel, "start": f.span.start, "end": f.span.end, "entity": f.entity, "reason": str(f.reason),
            "confidence": f.confidence,
        }
        for f in items
    ]  # fmt: skip


def _findings_of(items: Iterable[Plain]) -> tuple[Finding, ...]:
    return tuple(
        Finding(f["channel"], Span(f["start"], f["end"]), f["entity"], Reason(f["reason"]), f["confidence"])
        for f in items
    )


def _accesses(items: Accesses | None) -> list[Plain] | None:
    return None if items is None else [{"purpose": a.purpose, "start": a.span.start, "end": a.span.end} for a in items]


def _accesses_of(items: Iterable[Plain] | None) -> Accesses | None:
    return None if items is None else tuple(Access(a["purpose"], Span(a["start"], a["end"])) for a in items)


def _audio(m: Audio) -> Plain:
    missing, purposes = _missing(m.missing), _accesses(m.purposes)
    return {"pcm": _bytes(m.pcm), "missing": missing, "profile": m.profile, "purposes": purposes}


def _audio_of(head: Head, meta: Meta, body: Plain) -> Audio:
    pcm, missing = _pcm(body["pcm"], head), _missing_of(body["missing"])
    return Audio(
        head, meta.sequence, meta.start_sample, pcm, meta.spoken_ms, missing, meta.last, meta.reason, body["profile"],
        _accesses_of(body["purposes"]),
    )  # fmt: skip


def _words(m: Words) -> Plain:
    return {"sounds": [_sound(s) for s in m.sounds], "profile": m.profile, "purposes": _accesses(m.purposes)}


def _reading(words: Iterable[Word]) -> list[Plain]:
    return [{"start": w.span.start, "end": w.span.end, "text": w.text, "confidence": w.confidence} for w in words]


def _reading_of(words: Iterable[Plain]) -> tuple[Word, ...]:
    return tuple(Word(Span(w["start"], w["end"]), w["text"], w["confidence"]) for w in words)


def _ends(span: Span) -> Plain:
    return {"start": span.start, "end": span.end}


def _sound(s: Sound) -> Plain:
    early = s.heard.early
    return {
        "channel": s.channel,
        "upto": s.heard.upto,
        "utterances": [
            {
                **_ends(u.span),
                "words": _reading(u.words),
                "alternatives": [_reading(words) for words in u.alternatives],
            }
            for u in s.heard.utterances
        ],
        "keys": [_ends(k) for k in s.keys],
        "keys_upto": s.keys_upto,
        "frames_first": s.frames.first,
        "rms": s.frames.rms.astype("<f4", copy=False).tobytes(),
        "threshold": s.frames.threshold.astype("<f4", copy=False).tobytes(),
        "ended": s.ended,
        "lost": [_ends(k) for k in s.lost],
        "early": None if early is None else {**_ends(early.span), "words": _reading(early.words)},
    }


def _sound_of(head: Head, s: Plain) -> Sound:
    utterances = tuple(
        Utterance(Span(u["start"], u["end"]), _reading_of(u["words"]), tuple(map(_reading_of, u["alternatives"])))
        for u in s["utterances"]
    )
    loud = (np.frombuffer(s[name], "<f4") for name in ("rms", "threshold"))
    frames = Frames(head.rate, s["frames_first"], *loud)
    keys = tuple(Span(k["start"], k["end"]) for k in s["keys"])
    lost = tuple(Span(k["start"], k["end"]) for k in s["lost"])
    told = s["early"]
    early = None if told is None else Early(Span(told["start"], told["end"]), _reading_of(told["words"]))
    return Sound(s["channel"], Heard(s["upto"], utterances, early), keys, s["keys_upto"], frames, s["ended"], lost)


def _words_of(head: Head, meta: Meta, body: Plain) -> Words:
    sounds = tuple(_sound_of(head, s) for s in body["sounds"])
    purposes = _accesses_of(body["purposes"])
    return Words(head, meta.sequence, sounds, meta.spoken_ms, meta.reason, body["profile"], purposes)


def _judgement(m: Judgement) -> Plain:
    verdicts = [{"channel": v.channel, "watermark": v.watermark, "findings": _findings(v.findings)} for v in m.verdicts]
    return {"verdicts": verdicts, "silence_upto": m.silence_upto, "since": m.since}


def _judgement_of(head: Head, meta: Meta, body: Plain) -> Judgement:
    verdicts = tuple(Verdict(v["channel"], v["watermark"], _findings_of(v["findings"])) for v in body["verdicts"])
    silence = body["silence_upto"]
    return Judgement(head, meta.sequence, verdicts, meta.spoken_ms, silence, meta.reason, body["since"])


def _redacted(m: Redacted) -> Plain:
    return {
        "purpose": m.purpose, "pcm": _bytes(m.pcm), "hidden": _findings(m.hidden), "missing": _missing(m.missing),
        "withdrawn": m.withdrawn,
    }  # fmt: skip


def _redacted_of(head: Head, meta: Meta, body: Plain) -> Redacted:
    pcm, hidden, missing = _pcm(body["pcm"], head), _findings_of(body["hidden"]), _missing_of(body["missing"])
    return Redacted(
        head, body["purpose"], meta.start_sample, pcm, hidden, meta.spoken_ms, meta.last, missing, body["withdrawn"]
    )


def _transcript(m: TranscriptPart) -> Plain:
    turns = [
        {
            "channel": t.channel,
            "role": str(t.role),
            "pieces": [
                {"start": p.span.start, "end": p.span.end, "text": p.text, "hidden": p.hidden} for p in t.pieces
            ],
        }
        for t in m.turns
    ]
    return {"purpose": m.purpose, "turns": turns}


def _transcript_of(head: Head, meta: Meta, body: Plain) -> TranscriptPart:
    turns = tuple(
        Turn(
            t["channel"],
            Role(t["role"]),
            tuple(Piece(Span(p["start"], p["end"]), p["text"], p["hidden"]) for p in t["pieces"]),
        )
        for t in body["turns"]
    )
    return TranscriptPart(head, body["purpose"], meta.sequence, turns, meta.last)


def _chat(m: ChatRedacted) -> Plain:
    return {
        "purpose": m.purpose, "author": m.author, "role": str(m.role), "text": m.text, "hidden": _findings(m.hidden),
    }  # fmt: skip


def _chat_of(head: Head, meta: Meta, body: Plain) -> ChatRedacted:
    said = (body["author"], ChatRole(body["role"]), body["text"], _findings_of(body["hidden"]))
    return ChatRedacted(head, body["purpose"], meta.sequence, *said, meta.spoken_ms, meta.last, meta.reason)


def _event(m: Event) -> Plain:
    return {"kind": str(m.kind), "stage": m.stage, "facts": dict(m.facts)}


def _event_of(head: Head, meta: Meta, body: Plain) -> Event:
    facts = tuple(sorted(body["facts"].items()))
    return Event(head, EventKind(body["kind"]), meta.spoken_ms, body["stage"], meta.reason, facts)


def _dead(m: Dead) -> Plain:
    headers = [{"name": name, "value": value} for name, value in m.headers]
    place = {"stage": m.stage, "topic": m.topic, "partition": m.partition, "offset": m.offset}
    return {**place, "original": m.original, "headers": headers}


def _dead_of(head: Head, meta: Meta, body: Plain) -> Dead:
    headers = tuple((h["name"], h["value"]) for h in body["headers"])
    place = (body["stage"], body["topic"], body["partition"], body["offset"], meta.reason, meta.spoken_ms)
    return Dead(*place, head.tenant, head.call, meta.sequence, meta.start_sample, body["original"], headers)


def meta_of(message: Any) -> Meta:
    """What the envelope says of a message."""
    match message:
        case Audio():
            return Meta(message.sequence, message.start_sample, message.spoken_ms, message.last, message.reason)
        case Words():
            return Meta(message.sequence, spoken_ms=message.spoken_ms, reason=message.failed)
        case Judgement():
            return Meta(message.sequence, spoken_ms=message.spoken_ms, reason=message.reason)
        case Redacted() | Sealed():
            return Meta(start_sample=message.start_sample, spoken_ms=message.spoken_ms, last=message.last)
        case TranscriptPart():
            return Meta(message.sequence, last=message.last)
        case ChatRedacted():
            return Meta(message.sequence, spoken_ms=message.at_ms, last=message.last, reason=message.reason)
        case Event():
            return Meta(spoken_ms=message.at_ms, reason=message.reason)
        case Dead():
            return Meta(message.sequence, message.start_sample, message.at_ms, reason=message.reason)
        case _:
            return Meta()


@dataclass(frozen=True, slots=True)
class Body:
    """How one type of message is written. name: of its schema; version: the newest, all from 1 on are read."""

    name: str
    kind: type[Any]
    plain: Callable[[Any], Plain]
    of: Callable[[Head, Meta, Plain], Message]
    version: int = 1


BODIES: tuple[Body, ...] = (
    Body("audio", Audio, _audio, _audio_of, version=3),
    Body("words", Words, _words, _words_of, version=4),
    Body("judgement", Judgement, _judgement, _judgement_of),
    Body("redacted", Redacted, _redacted, _redacted_of, version=2),
    Body("sealed", Sealed, sealed, sealed_of),
    Body("transcript", TranscriptPart, _transcript, _transcript_of),
    Body("chat", ChatRedacted, _chat, _chat_of),
    Body("event", Event, _event, _event_of),
    Body("state", State, state, state_of),
    Body("dead", Dead, _dead, _dead_of),
)
BY_NAME: Mapping[str, Body] = {body.name: body for body in BODIES}
BY_KIND: Mapping[type[Any], Body] = {body.kind: body for body in BODIES}
