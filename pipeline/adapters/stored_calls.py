"""Finished calls, for who may open them: read, written to a folder, let out of quarantine, indexed anew."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.adapters.audio_files import Staged, not_written, publish
from pipeline.adapters.call_notes import CallNotes, apply
from pipeline.adapters.index.calls import record
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.sealed_object import named
from pipeline.adapters.shelf import read_manifest
from pipeline.adapters.shelf_files import document_bytes
from pipeline.adapters.sql import Database
from pipeline.adapters.vault import ObjectVault, vault_key
from pipeline.core.errors import CallShieldError, InputError, KeyLostError, RefusedError, TamperedError
from pipeline.core.shelf_names import INCIDENT, MANIFEST, RELEASE, TOLD
from pipeline.ports.key_register import KeyName, Use

FILES = ("recording", "transcript")
FOLDERS = 4  # of a call's place: see core/shelf_names.py


class StoredCalls:
    """Raises what `SealedCalls` raises."""

    def __init__(self, calls: SealedCalls, index: Database) -> None:
        self._calls, self._index = calls, index
        self._vault, self._notes = ObjectVault(calls, index), CallNotes(calls, index)

    def manifest(self, key: KeyName) -> dict[str, Any]:
        """Of a finished call, quarantined or not."""
        return read_manifest(self._calls, key)[0]

    def quarantined(self, key: KeyName, manifest: Mapping[str, Any]) -> bool:
        """Whether nobody may open it: the store says so, not the index."""
        return bool(manifest["incident"]) and self._calls.get(key, RELEASE) is None

    def files(self, key: KeyName) -> dict[str, bytes]:
        """What there is of a call, by file name: recording, transcript, manifest. All checked against the manifest.

        Raises RefusedError if it is in quarantine.
        """
        document = self.manifest(key)
        if self.quarantined(key, document):
            raise RefusedError(f"the call is in quarantine; see: callshield incidents recall {document['incident']}")
        found = {"manifest.json": document_bytes(document)}
        for kind in FILES:
            if document[kind] is not None:
                data = self._object(key, document, kind)
                if hashlib.sha256(data).hexdigest() != document[kind]["sha256"]:
                    raise TamperedError(f"the {kind} of a call is not the one its manifest names")
                found[Path(document[kind]["file"]).name] = data
        return found

    def export(self, key: KeyName, folder: Path, *, force: bool) -> list[Path]:
        """Write the files of a call, in clear, for this user only; all or none. Raises OutputError if one is there."""
        return write_files(folder, self.files(key), force=force)

    def incident(self, key: KeyName) -> dict[str, Any]:
        """The record of a call that failed its proof; "released": None, or when, why and by whom. Raises InputError."""
        document = self.manifest(key)
        if not document["incident"]:
            raise InputError("the call has passed its proof, or was never proven: there is no incident")
        plain: dict[str, Any] = json.loads(self._object(key, document, INCIDENT))
        released = self._calls.get(key, RELEASE)
        return {**plain, "released": None if released is None else json.loads(released)}

    def release(self, key: KeyName, released: Mapping[str, Any]) -> None:
        """Let a call out after all. The first release counts; again only mends the index."""
        self._calls.put(key, RELEASE, document_bytes(dict(released)))
        self.reindex(key)

    def reindex(self, key: KeyName) -> None:
        """Make or mend the rows of a call: as its manifest says, if it has one, and what was set right and told."""
        names = [name for name, _ in self._calls.names(key)]
        if MANIFEST in names:
            self._record(key, names)
        self._notes.reindex(key, names)
        with contextlib.suppress(KeyLostError):  # originals go before the recording
            self._vault.reindex(vault_key(key.tenant, key.call, key.started_ms))

    def _record(self, key: KeyName, names: Sequence[str]) -> None:
        document, stored = read_manifest(self._calls, key)
        known = (document["tenant"], document["call"], document["started_ms"])
        if known != (key.tenant, key.call, key.started_ms):
            raise TamperedError("a manifest lies in the place of another call")
        released = bool(document["incident"]) and self._calls.get(key, RELEASE) is not None
        righted = self._notes.righted(key, names)
        with self._index.begin() as connection:
            apply(connection, record(connection, document, stored, released=released), righted)

    def indexable(self) -> list[str]:
        """Of every call that the index may know, the name of an object that tells which it is: the manifest of a
        finished one, else something that was told.
        """
        found: dict[str, str] = {}
        for name, _ in self._calls.objects.names(""):
            folder = "/".join(name.split("/")[:FOLDERS])
            if name == f"{folder}/{MANIFEST}" or (name.startswith(f"{folder}/{TOLD}") and folder not in found):
                found[folder] = name
        return list(found.values())

    def reindex_all(self, names: list[str], tell: Callable[[str, str], None]) -> Iterator[bool]:
        """Index every call anew, one at a time: True if it could be. names: of `indexable`. tell: told the name of one
        that could not be read, and why by a code: erased keys are no fault, but their calls are not known any more.
        """
        for name in names:
            try:
                sealed = self._calls.objects.get(name)
                if sealed is not None:
                    self.reindex(named(sealed)[0])
                yield sealed is not None
            except CallShieldError as error:
                tell(name, type(error).__name__)
                yield False

    def _object(self, key: KeyName, document: Mapping[str, Any], kind: str) -> bytes:
        item = next((o for o in document["objects"] if o["kind"] == kind), None)
        data = None if item is None else self._calls.get(key, item["name"], item["sha256"])
        if data is None:
            raise TamperedError(f"the {kind} of a call is not in the store, though its manifest names it")
        return data


def key_of(row: Mapping[str, Any]) -> KeyName:
    """The key of a call in the index."""
    return KeyName(row["tenant"], row["call"], row["started_ms"], Use.STORE)


def write_files(folder: Path, files: Mapping[str, bytes], *, force: bool) -> list[Path]:
    """Write files for this user only, all or none. Raises OutputError."""
    staged: list[Staged] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in files.items():
            staged.append(file := Staged.create(folder / name, force=force))
            file.write(data)
            file.seal()
        publish(staged, force=force)
    except OSError as error:
        raise not_written(folder, error) from None
    finally:
        for file in staged:
            file.discard()
    return [folder / name for name in files]
