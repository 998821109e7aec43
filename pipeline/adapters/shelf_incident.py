"""The record of a call that failed its proof: where and what, never what was said, and what had gone out live."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from typing import Any

from pipeline.adapters.shelf_parts import Known
from pipeline.core.messages import Head
from pipeline.core.proof import Problem
from pipeline.core.topics import REDACTED, TRANSCRIPTS

SCHEMA, VERSION = "callshield.incident", "2.0"


def incident_id(head: Head) -> str:
    """The name of what may be wrong with a call: the same whoever finds it, and however often."""
    whole = json.dumps([head.tenant, head.call, head.started_ms])
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def incident_of(head: Head, found: Known, problems: Sequence[Problem], purposes: Sequence[str]) -> dict[str, Any]:
    """The record. purposes: everybody who got the call live."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "incident": incident_id(head),
        "at_ms": time.time_ns() // 1_000_000,
        "tenant": head.tenant,
        "call": head.call,
        "started_ms": head.started_ms,
        "pin": head.pin,
        "fleet": head.fleet,
        "rate_hz": head.rate,
        "channels": head.channels,
        "samples": found.position,
        "problems": [_plain(p) for p in problems],
        "live": _live(head, found, purposes),
    }


def _live(head: Head, found: Known, purposes: Sequence[str]) -> list[dict[str, Any]]:
    """What went out of a call. Of purposes other than storage only the key and the partition's number are known."""
    live = [
        {
            "topic": p.topic, "partition": p.partition, "key": head.subject, "first_offset": p.first,
            "last_offset": p.last, "start_sample": p.start, "end_sample": p.end,
        }
        for p in sorted(found.read.values(), key=lambda p: (p.topic, p.partition))
    ]  # fmt: skip
    known = {p.topic for p in found.read.values()}
    partitions = sorted({p.partition for p in found.read.values()})
    for topic in (of + purpose for purpose in purposes for of in (REDACTED, TRANSCRIPTS)):
        live += [
            {
                "topic": topic, "partition": partition, "key": head.subject, "first_offset": None,
                "last_offset": None, "start_sample": 0, "end_sample": found.position,
            }
            for partition in partitions
            if topic not in known
        ]  # fmt: skip
    return live


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "kind": str(problem.kind), "channel": problem.channel, "start_sample": problem.span.start,
        "end_sample": problem.span.end, "entity": problem.entity, "reason": problem.reason,
        "level_dbfs": problem.level_dbfs,
    }  # fmt: skip
