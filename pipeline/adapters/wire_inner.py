"""Bodies of messages of our own stages alone, originals and states, to plain values and back (see wire_bodies)."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.core.messages import Head, Sealed, State
from pipeline.core.originals import Original


def sealed(message: Sealed) -> dict[str, Any]:
    """What Avro takes; where the original begins is in the envelope."""
    original = message.original
    if original is None:
        return {"channel": -1, "entity": "", "pcm": b""}
    pcm = original.pcm.astype("<i2", copy=False).tobytes()
    return {"channel": original.channel, "entity": original.entity, "pcm": pcm}


def sealed_of(head: Head, meta: Any, body: dict[str, Any]) -> Sealed:
    """The message. meta: of the envelope."""
    found = None
    if body["channel"] >= 0:
        pcm = np.frombuffer(body["pcm"], "<i2")
        found = Original(body["channel"], meta.start_sample, body["entity"], pcm)
    return Sealed(head, found, meta.spoken_ms, meta.last)


def state(message: State) -> dict[str, Any]:
    """What Avro takes."""
    return {"stage": message.stage, "version": message.version, "body": message.body}


def state_of(head: Head, _meta: Any, body: dict[str, Any]) -> State:
    """The message."""
    return State(head, body["stage"], body["version"], body["body"])
