"""Originals in the object store, under the call's `vault` key: parts while it runs, then segments and, last, contents.

A part is one line of JSON, then samples, little-endian int16; a segment the samples alone. All of it is sealed and
written once. Names of segments and what is in them follow from the samples that were kept, so whoever finishes a call
again makes the same. A crash between any two writes is mended by the call's last message, which comes again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.adapters.index.vault import record_vault
from pipeline.adapters.log import get_log
from pipeline.adapters.sealed_calls import SealedCalls, Stored
from pipeline.adapters.shelf_files import document_bytes, of_object
from pipeline.adapters.sql import Database
from pipeline.core.errors import CallShieldError, InputError, OutputError
from pipeline.core.messages import Head, Pcm16
from pipeline.core.originals import Original
from pipeline.core.shelf_names import VAULT, place
from pipeline.core.vault_names import CONTENTS, PARTS, Segment, part_name
from pipeline.ports.key_register import KeyName, Use

VERSION = 1
SCHEMA = "callshield.vault"
_COPIED = ("tenant", "call", "started_ms", "fleet", "pin", "rate", "channels", "jurisdiction", "language")


class ObjectVault:
    """A `Vault` that any number of workers may share, and what reads it."""

    def __init__(self, calls: SealedCalls, index: Database) -> None:
        self._calls, self._index = calls, index

    def keep(self, head: Head, originals: Sequence[Original]) -> None:
        """See `Vault`. One object."""
        with _told(head):
            key = vault_key(head.tenant, head.call, head.started_ms)
            if self._destroyed(key):
                return
            self._calls.register.create(key)
            data = _part(head, originals)
            start, end = min(o.start for o in originals), max(o.span.end for o in originals)
            self._calls.put(key, part_name(start, end, self._calls.tag(key, data)), data)

    def finish(self, head: Head) -> None:
        """See `Vault`."""
        with _told(head):
            key = vault_key(head.tenant, head.call, head.started_ms)
            names = {name for name, _ in self._calls.names(key, VAULT)}
            if not names or self._destroyed(key):
                return
            if CONTENTS not in names:
                made = self._segments(key, head, sorted(name for name in names if name.startswith(PARTS)))
                plain = {"schema": SCHEMA, "version": VERSION, "head": _head(head), "segments": made}
                self._calls.put(key, CONTENTS, document_bytes(plain))  # or another was first: then theirs counts
            self._settle(key)

    def contents(self, key: KeyName) -> dict[str, Any] | None:
        """The list of a complete call's segments; None: it has none (yet). Raises what SealedCalls raises."""
        found = self._calls.read(key, CONTENTS)
        return None if found is None else _listed(found[0])

    def reindex(self, key: KeyName) -> None:
        """Make or mend the rows of the segments of a call, if it has any."""
        if (found := self._calls.read(key, CONTENTS)) is not None:
            self._record(key, _listed(found[0]), found[1])

    def segment(self, key: KeyName, wanted: Segment) -> Samples:
        """A segment, opened. Raises InputError if there is none of that name, and what SealedCalls raises."""
        plain = self.contents(key)
        item = next((s for s in plain["segments"] if s["name"] == wanted.object), None) if plain else None
        data = self._calls.get(key, wanted.object, item["sha256"]) if item else None
        if plain is None or data is None or len(data) != 2 * wanted.span.size:
            raise InputError(f"{wanted.name}: the call has no such segment; see: callshield vault list")
        return Samples(plain["head"]["rate"], np.frombuffer(data, "<i2"))

    def _destroyed(self, key: KeyName) -> bool:
        """Whether the call, or its originals, were erased."""
        store = KeyName(key.tenant, key.call, key.started_ms, Use.STORE)
        return any(self._calls.register.tombstone(name) is not None for name in (key, store))

    def _segments(self, key: KeyName, head: Head, parts: Sequence[str]) -> list[dict[str, Any]]:
        """Put all segments that parts make up. Returns how the contents name them."""
        pieces: list[Original] = []
        for name in parts:
            data = self._calls.get(key, name)
            if data is None:  # another worker finished the call this moment
                raise OutputError("a part of a call went while it was read; it is looked at again")
            pieces += _pieces(data, head)
        out = []
        for segment, pcm in joined(pieces):
            stored = self._calls.put_same(key, segment.object, pcm.astype("<i2").tobytes())
            out.append(of_object("segment", stored))
        return out

    def _settle(self, key: KeyName) -> None:
        """Of a call that has its contents: its rows in the index, then what is not part of it is removed."""
        found = self._calls.read(key, CONTENTS)
        if found is None:
            raise OutputError("the contents of a call's vault are not there (any more)")
        plain = _listed(found[0])
        self._record(key, plain, found[1])
        whole = {CONTENTS, *(s["name"] for s in plain["segments"])}
        self._calls.delete(key, sorted(name for name, _ in self._calls.names(key, VAULT) if name not in whole))

    def _record(self, key: KeyName, plain: dict[str, Any], stored: Stored) -> None:
        head = plain["head"]
        call = {name: head[name] for name in _COPIED if name != "rate"} | {"rate_hz": head["rate"]}
        base = place(key.tenant, key.call, key.started_ms)
        kept = [*plain["segments"], of_object("contents", stored)]
        with self._index.begin() as connection:
            record_vault(connection, call, [{**item, "name": base + item["name"]} for item in kept])


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """pcm: (n,) int16, at `rate` Hz."""

    rate: int
    pcm: Pcm16


def vault_key(tenant: str, call: str, started_ms: int) -> KeyName:
    """Of the originals of a call. Raises InputError for names that cannot be those of folders."""
    place(tenant, call, started_ms)
    return KeyName(tenant, call, started_ms, Use.VAULT)


def joined(pieces: Iterable[Original]) -> Iterator[tuple[Segment, Pcm16]]:
    """Stretches made of pieces that touch or overlap, sorted. Those that overlap agree."""
    waiting: list[Original] = []
    for piece in sorted(pieces, key=lambda o: (o.channel, o.entity, o.start, -len(o.pcm))):
        if waiting and not _touches(waiting, piece):
            yield _one(waiting)
            waiting = []
        if not waiting or piece.span.end > waiting[-1].span.end:
            waiting.append(piece)
    if waiting:
        yield _one(waiting)


def _touches(waiting: Sequence[Original], piece: Original) -> bool:
    last = waiting[-1]
    return (last.channel, last.entity) == (piece.channel, piece.entity) and piece.start <= last.span.end


def _one(pieces: Sequence[Original]) -> tuple[Segment, Pcm16]:
    first = pieces[0]
    end, pcm = first.start, []
    for piece in pieces:
        pcm.append(piece.pcm[end - piece.start :])
        end = piece.span.end
    whole = np.concatenate(pcm)
    return Segment(first.channel, first.span.hull(pieces[-1].span), first.entity), whole.astype(np.int16)


def _part(head: Head, originals: Sequence[Original]) -> bytes:
    ordered = sorted(originals, key=lambda o: (o.start, o.channel, o.entity))
    pieces = [[o.channel, o.start, len(o.pcm), o.entity] for o in ordered]
    line = json.dumps({"part": VERSION, "head": _head(head), "pieces": pieces}, separators=(",", ":"))
    return b"\n".join((line.encode(), b"".join(o.pcm.astype("<i2").tobytes() for o in ordered)))


def _pieces(data: bytes, head: Head) -> Iterator[Original]:
    end = data.index(b"\n")
    plain: dict[str, Any] = json.loads(data[:end])
    if plain["part"] != VERSION or plain["head"] != _head(head):
        raise InputError("originals of another call, or of another version, lie in its place; move them away")
    at = end + 1
    for channel, start, samples, entity in plain["pieces"]:
        yield Original(channel, start, entity, np.frombuffer(data, "<i2", samples, at))
        at += 2 * samples


def _listed(data: bytes) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(data)
    if plain.get("schema") != SCHEMA or plain["version"] != VERSION:
        raise InputError("the contents of a vault are of another release; upgrade this one")
    return plain


def _head(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in _COPIED}


@contextlib.contextmanager
def _told(head: Head) -> Iterator[None]:
    """Logs what went wrong by a code."""
    try:
        yield
    except CallShieldError as error:
        get_log().warning("vault_failed", call=head.call, error=type(error).__name__)
        raise
