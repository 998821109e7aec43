"""What is where and how sensitive it is: one table of everything that is kept of calls, and of what protects it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipeline.core.topics import CHAT, INTAKE, PINS, Topic


class Sensitivity(StrEnum):
    """What it would mean if others had it. From grave to slight."""

    SECRET = "secret"  # noqa: S105 - keys: who has them reads the rest
    RAW = "raw"  # speech or writing nobody redacted
    PERSONAL = "personal"  # redacted calls, pseudonyms, facts about a call: a person can still be found in them
    INTERNAL = "internal"  # no person's


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that is kept. count, bytes: None: not known. kept_ms: how long; None: until something ends it.

    sealed: encrypted by this program. where: such as Kafka or store; what: for people.
    """

    where: str
    name: str
    what: str
    sensitivity: Sensitivity
    sealed: bool
    count: int | None = None
    bytes: int | None = None
    kept_ms: int | None = None


OBJECTS: Mapping[str, tuple[str, Sensitivity]] = {
    "recording": ("redacted recordings", Sensitivity.PERSONAL),
    "transcript": ("redacted transcripts", Sensitivity.PERSONAL),
    "manifest": ("what is kept of a call, its findings and pseudonyms", Sensitivity.PERSONAL),
    "incident": ("what was still audible, and where", Sensitivity.PERSONAL),
    "segment": ("originals of hidden stretches", Sensitivity.RAW),
}
_OTHER = ("objects of another kind", Sensitivity.RAW)  # when in doubt


def topic_holdings(topics: Iterable[Topic]) -> Iterator[Holding]:
    """Topics as they are configured. Who keeps what is in them elsewhere is not known here."""
    for topic in topics:
        raw = topic.sealed or topic.name in (INTAKE, CHAT)
        level = Sensitivity.RAW if raw else Sensitivity.INTERNAL if topic.name == PINS else Sensitivity.PERSONAL
        yield Holding("Kafka", topic.name, topic.carries, level, topic.sealed, kept_ms=topic.retention_ms)


def object_holdings(rows: Iterable[Mapping[str, Any]]) -> Iterator[Holding]:
    """rows: kind, use, objects and bytes, as the index counts them. All objects are sealed."""
    for row in rows:
        what, level = OBJECTS.get(row["kind"], _OTHER)
        name = f"{row['kind']} ({row['use']} key)"
        yield Holding("store", name, what, level, sealed=True, count=row["objects"], bytes=row["bytes"])


def index_holdings(tallies: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[Holding]:
    """tallies: rows of the index by what they are of."""
    for name, rows in tallies.items():
        for row in rows:
            yield Holding(
                "index", f"{name}: {row['value'] or 'not told'}", name.partition(" by ")[0], Sensitivity.PERSONAL,
                sealed=False, count=row["rows"],
            )  # fmt: skip


def key_holdings(counts: Mapping[str, int]) -> Iterator[Holding]:
    """counts: data keys by the key-encryption key they are wrapped under."""
    for name, count in sorted(counts.items()):
        yield Holding("key register", name, "wrapped data keys of calls", Sensitivity.SECRET, sealed=True, count=count)


def by_sensitivity(holdings: Iterable[Holding]) -> list[Holding]:
    """The gravest first; of one level in the order given."""
    return sorted(holdings, key=lambda one: list(Sensitivity).index(one.sensitivity))
