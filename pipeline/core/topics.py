"""The topics of the live pipeline: the one table that creates, checks, secures and documents them.

All of them but `calls.pins` have the same number of partitions, and what concerns a call is in the partition of
the same number everywhere: a worker that holds partition 3 of `calls.audio` holds the verdicts on it as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

INTAKE = "calls.intake"
AUDIO = "calls.audio"
WORDS = "calls.words"
VERDICTS = "calls.verdicts"
SEALED = "calls.sealed"
EVENTS = "calls.events"
DEAD = "calls.dead"
PINS = "calls.pins"
REDACTED = "calls.redacted."
TRANSCRIPTS = "calls.transcripts."
STATE = "calls.state."
CHAT = "chat.raw"
CHAT_REDACTED = "chat.redacted."

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
DAY_MS = 24 * HOUR_MS
CHUNK_BYTES_MAX = 1 << 20  # half a second of 16 channels at 48 kHz and its envelope

STAGES = ("accept", "hear", "identify", "mask", "store", "analytics", "chat", "vault")
OUTSIDE = ("recorder",)  # who sends into calls.intake
MESSENGER = "messenger"  # who sends into chat.raw
OPERATOR = "operator"  # who looks at dead letters and sends them again


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. retention_ms: None for a compacted one. readers, writers: who may, as stages or roles.

    sealed: its payload is encrypted under the key of the call. carries: one line for the documentation.
    """

    name: str
    carries: str
    retention_ms: int | None
    readers: tuple[str, ...]
    writers: tuple[str, ...]
    sealed: bool = False
    max_bytes: int = CHUNK_BYTES_MAX
    partitions: int | None = None  # None: as many as all others

    @property
    def cleanup(self) -> str:
        """Kafka's cleanup.policy."""
        return "delete" if self.retention_ms is not None else "compact"


def topics(purposes: Sequence[str]) -> Mapping[str, Topic]:
    """The whole table, by name. purposes: who gets redacted audio, such as storage and analytics."""
    every = STAGES
    table = [
        Topic(INTAKE, "audio as recorders send it, in clear", HOUR_MS, ("accept",), (*OUTSIDE, OPERATOR)),
        Topic(AUDIO, "raw audio in order, 250 ms a message", 6 * HOUR_MS, ("hear", "mask"), ("accept",), sealed=True),
        Topic(WORDS, "what was heard in each of them", 6 * HOUR_MS, ("identify",), ("hear",), sealed=True),
        Topic(
            VERDICTS, "what to hide, and up to where that is final", 6 * HOUR_MS, ("identify", "mask"),
            ("identify", "mask"),
        ),
        Topic(
            SEALED, "originals of what was hidden, where a policy keeps them", 6 * HOUR_MS, ("vault",), ("mask",),
            sealed=True,
        ),
        Topic(
            EVENTS, "life of a call: started to ended or failed", 7 * DAY_MS, (*every, OPERATOR),
            ("accept", "hear", "identify", "mask", "store", OPERATOR),
        ),
        Topic(
            DEAD, "messages nobody could use: where and why", 7 * DAY_MS, (OPERATOR,), (*every, OPERATOR), sealed=True,
            max_bytes=2 * CHUNK_BYTES_MAX,
        ),
        Topic(
            PINS, "what calls and chats are judged by: policies, detector, engine", None, every, ("accept", "chat"),
            partitions=1,
        ),
        Topic(CHAT, "chat as it is written, in clear", 6 * HOUR_MS, ("chat",), (MESSENGER, OPERATOR)),
    ]  # fmt: skip
    table += [
        Topic(
            STATE + stage, f"what {stage} knows of running calls", None, (stage,), (stage,), sealed=True,
            max_bytes=4 * CHUNK_BYTES_MAX,
        )
        for stage in ("accept", "hear", "identify", "chat")
    ]  # fmt: skip
    for purpose in purposes:
        reader = "store" if purpose == "storage" else purpose
        table.append(Topic(REDACTED + purpose, f"masked audio for {purpose}", DAY_MS, (reader,), ("mask",)))
        table.append(Topic(TRANSCRIPTS + purpose, f"redacted words for {purpose}", DAY_MS, (reader,), ("identify",)))
        table.append(Topic(CHAT_REDACTED + purpose, f"redacted chat for {purpose}", DAY_MS, (reader,), ("chat",)))
    return MappingProxyType({topic.name: topic for topic in table})
