"""What a person gets who asks for his calls: a zip of recordings, transcripts, consents, and who saw what.

Of others only what belongs to the calls is in it: no pseudonyms, and of who saw a call the role, not the name.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.adapters.audio_files import Staged, not_written, publish
from pipeline.adapters.index.calls import details
from pipeline.adapters.index.consents import consents_of
from pipeline.adapters.index.schema import CallState
from pipeline.adapters.sql import Database
from pipeline.adapters.stored_calls import StoredCalls, key_of
from pipeline.core.audit import Entry

SCHEMA = "callshield.access/1"
ABOUT = ("call", "started_ms", "ended_ms", "duration_ms", "language", "jurisdiction", "retention_class", "due_ms")
SEEN = ("purpose", "outcome", "reason", "state", "request", "retention_class")
Seen = Mapping[tuple[str, str, int], Sequence[dict[str, Any]]]


def seen(entries: Iterable[Entry]) -> Seen:
    """By call, what was done with it: when, what and in which role. Of the whole audit log."""
    found: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for entry in entries:
        told = entry.facts
        if "call" in told and "started_ms" in told:
            key = str(told.get("tenant", "")), str(told["call"]), int(told["started_ms"])
            more = {name: told[name] for name in ("role", *SEEN) if name in told}
            found.setdefault(key, []).append({"at_ms": entry.at_ms, "act": entry.act, **more})
    return found


def write_package(
    out: Path, request: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], stored: StoredCalls, index: Database,
    acts: Seen, *, force: bool,
) -> int:  # fmt: skip
    """Write it, for this user only. request: what is told of it. rows: of the calls. Returns how many of them have a
    recording or transcript in it. Raises OutputError, and what `StoredCalls` raises.
    """
    staged = Staged.create(out, force=force)
    try:
        staged.write(b"")
        with os.fdopen(os.dup(staged.fd), "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            calls = [_call(package, row, stored, index, acts) for row in rows]
            package.writestr("calls.json", _text({"schema": SCHEMA, "request": dict(request), "calls": calls}))
        staged.seal()
        publish([staged], force=force)
    except OSError as error:
        raise not_written(out, error) from None
    finally:
        staged.discard()
    return sum(bool(call["files"]) for call in calls)


def _call(
    package: zipfile.ZipFile, row: Mapping[str, Any], stored: StoredCalls, index: Database, acts: Seen
) -> dict[str, Any]:
    with index.read() as connection:
        hidden, told = details(connection, row["id"])["findings"], consents_of(connection, row["id"])
    key = key_of(row)
    files, folder = [], f"{row['call']}-{row['started_ms']}"
    for name, data in (stored.files(key) if row["state"] == CallState.STORED else {}).items():
        content = data
        if name == "manifest.json":
            content = _text({k: v for k, v in json.loads(data).items() if k not in ("labels", "objects")}).encode()
        files.append(f"{folder}/{name}")
        package.writestr(
            files[-1], content, zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
        )  # fmt: skip
    return {
        **{name: row[name] for name in ABOUT}, "state": row["state"], "restricted": bool(row["restricted"]),
        "files": files, "hidden": hidden, "consents": told,
        "seen": list(acts.get((key.tenant, key.call, key.started_ms), ())),
    }  # fmt: skip


def _text(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
