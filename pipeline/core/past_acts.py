"""What the audit log remembers that the index must not have forgotten: open holds, and certificates of disposals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.core.audit import Entry

DISPOSED, SWEPT = "call.disposed", "sweep.finished"
PLACED, LIFTED = "hold.placed", "hold.lifted"
Certified = tuple[str, str, int, str]  # tenant, call, started_ms, use


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold that was placed and not lifted. calls: how many it names."""

    matter: str
    calls: int


@dataclass(frozen=True, slots=True)
class Past:
    """holds: by id. certificates: their numbers, since the last sweep that was finished: a crash may have kept those
    from the index.
    """

    holds: dict[str, OpenHold] = field(default_factory=dict)
    certificates: dict[Certified, int] = field(default_factory=dict)


def last_number(entries: Iterable[Entry], kind: str) -> int:
    """The highest number that something of this kind ever had: "request" of request-12; 0: there was none."""
    names = (str(entry.facts[kind]).removeprefix(f"{kind}-") for entry in entries if kind in entry.facts)
    return max((int(name) for name in names if name.isdecimal()), default=0)


def past(entries: Iterable[Entry]) -> Past:
    """Of the whole log, in order."""
    found = Past()
    for entry in entries:
        told = entry.facts
        if entry.act == PLACED:
            found.holds[str(told["hold"])] = OpenHold(str(told["matter"]), int(told["calls"]))
        elif entry.act == LIFTED:
            found.holds.pop(str(told["hold"]), None)
        elif entry.act == SWEPT:
            found.certificates.clear()
        elif entry.act == DISPOSED:
            name = (str(told["tenant"]), str(told["call"]), int(told["started_ms"]), str(told.get("use", "store")))
            found.certificates[name] = entry.seq
    return found
