"""Calls in the object store: parts while they run, then a recording, a transcript and, last, the manifest.

Everything is sealed under the call's key and written once. The manifest is put with "if none is there": it makes the
call finished, for everybody, once; a call that failed its proof says so in it, so there is no moment in which it could
be opened. Its row in the index comes after, and then the parts go. A crash between any two of these is mended by
whoever takes the call up again: its last message comes again until all of it was done.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.adapters.call_notes import CallNotes, apply
from pipeline.adapters.index.calls import record
from pipeline.adapters.index.consents import call_row
from pipeline.adapters.log import get_log
from pipeline.adapters.sealed_calls import SealedCalls, Stored
from pipeline.adapters.sealed_object import BrokenSealError
from pipeline.adapters.shelf_files import document_bytes, manifest, of_content, of_object, recording, transcript
from pipeline.adapters.shelf_incident import incident_id, incident_of
from pipeline.adapters.shelf_parts import audio, body, check, known, position
from pipeline.adapters.sql import Database
from pipeline.adapters.withdrawal import withdraw
from pipeline.core.errors import CallShieldError, InputError, OutputError
from pipeline.core.messages import REVOKED, Event, Head
from pipeline.core.shelf_names import INCIDENT, MANIFEST, PARTS, RELEASE, PartName, place
from pipeline.ports.audit import Audit
from pipeline.ports.key_register import KeyName, Use
from pipeline.ports.shelf import Batch, Finished, Proof, Shelved

STORAGE, WHO = "storage", "store"  # the purpose calls are kept for; who disposes, in the audit log


class ObjectShelf:
    """A `Shelf` that any number of workers may share."""

    def __init__(
        self,
        calls: SealedCalls,
        index: Database,
        audit: Audit,
        proof: Proof | None = None,
        purposes: Sequence[str] = (),
    ) -> None:
        """audit: is told of what was destroyed. proof: what a call must pass; None: nothing. purposes: who else got it
        live, for recall.
        """
        self._calls, self._index, self._proof, self._purposes = calls, index, proof, purposes
        self._audit, self._notes = audit, CallNotes(calls, index)

    def open(self, head: Head) -> Shelved:
        """See `Shelf`. A call whose key was destroyed is finished, and nothing of it is kept."""
        key = _key(head)
        with _told(head):
            if self._calls.register.tombstone(key) is not None:
                return Shelved(0, finished=True)
            names = [name for name, _ in self._calls.names(key)]
            if MANIFEST in names:
                return Shelved(0, finished=True, incident=self._settle(key).incident)
            self._calls.register.create(key)
            parts = _parts(names)
            if parts and (first := self._calls.get(key, parts[0].name)) is not None:
                check(first, head)
            return Shelved(position(parts), any(part.words_last for part in parts))

    def keep(self, head: Head, batch: Batch) -> None:
        """See `Shelf`. One object. What comes after the call was finished goes with the next look at it."""
        key = _key(head)
        with _told(head):
            data = body(head, batch)
            words_last = any(part.last for part in batch.parts)
            name = PartName.make(batch.start, batch.end, self._calls.tag(key, data), words_last=words_last).name
            self._calls.put(key, name, data)

    def finish(self, head: Head) -> Finished | None:
        """See `Shelf`. Raises EngineError if the proof was stopped."""
        with contextlib.nullcontext(True) if self._proof is None else self._proof.turn() as ours:
            if not ours:
                return None
            with _told(head):
                return self._finish(head, _key(head))

    def withdraw(self, head: Head) -> None:
        """See `Shelf`."""
        _key(head)
        with _told(head):
            withdraw(self._calls, self._index, self._audit, call_row(head), WHO)

    def note(self, event: Event) -> None:
        """See `Shelf`."""
        _key(event.head)
        with _told(event.head):
            self._notes.tell(event)
            if REVOKED in event.facts and ("purpose", STORAGE) in event.facts:
                self.withdraw(event.head)

    def _finish(self, head: Head, key: KeyName) -> Finished:
        names = [name for name, _ in self._calls.names(key)]
        if MANIFEST in names:
            return self._settle(key)
        found = known(head, ((p.name, self._part(key, p.name)) for p in _parts(names)))
        files: dict[str, dict[str, Any] | None] = {"recording": None, "transcript": None}
        made: list[tuple[str, str, bytes]] = []  # kind, name, content
        sound: bytes | None = None
        if found.position:
            file, sound = recording(head, audio(found, head.channels, lambda name: self._part(key, name)))
            files["recording"] = of_content(file, sound)
            made.append(("recording", f"recording-{self._calls.tag(key, sound)}", sound))
        if found.turns:
            words = transcript(head, found)
            files["transcript"] = {**of_content("transcript.json", words), "complete": found.whole}
            made.append(("transcript", f"transcript-{self._calls.tag(key, words)}", words))
        document = manifest(head, found, files)
        problems = self._proof.problems(document, sound, head) if self._proof is not None else ()
        if problems:
            incident = document_bytes(incident_of(head, found, problems, self._purposes))
            made.append((INCIDENT, f"{INCIDENT}-{self._calls.tag(key, incident)}", incident))
            document["incident"] = incident_id(head)
            get_log().error("incident", call=head.call, spans=len(problems))
        document["objects"] = [of_object(kind, self._calls.put_same(key, name, data)) for kind, name, data in made]
        self._calls.put(key, MANIFEST, document_bytes(document))  # or another was first: then theirs counts
        return self._settle(key)

    def _settle(self, key: KeyName) -> Finished:
        """Of a call that has its manifest: its row in the index, then what is not part of it is removed."""
        document, stored = read_manifest(self._calls, key)
        names = {name for name, _ in self._calls.names(key)}
        righted = self._notes.righted(key, names)
        with self._index.begin() as connection:
            apply(connection, record(connection, document, stored, released=RELEASE in names), righted)
        self._calls.delete(key, sorted(_leftovers(names, document)))
        return Finished(document["incident"] or "")

    def _part(self, key: KeyName, name: str) -> bytes:
        data = self._calls.get(key, name)
        if data is None:  # another worker finished the call this moment
            raise OutputError("a part of a call went while it was read; it is looked at again")
        return data


def read_manifest(calls: SealedCalls, key: KeyName) -> tuple[dict[str, Any], Stored]:
    """The manifest of a finished call, and how it lies there. Raises OutputError if there is none (yet), KeyLostError
    if the call is disposed of, and what SealedCalls raises.
    """
    found = calls.read(key, MANIFEST)
    if found is None:
        calls.register.open(key)  # says so if the call is gone for good
        raise OutputError("the manifest of a call is not there (any more)")
    document: dict[str, Any] = json.loads(found[0])
    return document, found[1]


def _leftovers(names: set[str], document: dict[str, Any]) -> set[str]:
    """What lies in the place of a finished call and is not part of it: of a running call, or of another's attempt."""
    kept = {MANIFEST, *(item["name"] for item in document["objects"])}
    kinds = (PARTS, "recording-", "transcript-", f"{INCIDENT}-")
    return {name for name in names - kept if name.startswith(kinds)}


def _parts(names: Sequence[str]) -> list[PartName]:
    return sorted((p for p in map(PartName.read, names) if p is not None), key=lambda p: p.name)


def _key(head: Head) -> KeyName:
    place(head.tenant, head.call, head.started_ms)
    return KeyName(head.tenant, head.call, head.started_ms, Use.STORE)


@contextlib.contextmanager
def _told(head: Head) -> Iterator[None]:
    """Logs what went wrong by a code. What was tampered with of a call does not mend by itself."""
    try:
        yield
    except BrokenSealError as error:
        get_log().error("store_failed", call=head.call, error="BrokenSealError")
        raise InputError(str(error)) from None
    except CallShieldError as error:
        get_log().warning("store_failed", call=head.call, error=type(error).__name__)
        raise
