"""A store of finished calls with all that belongs to it, for tests: objects, keys, index, and reading back."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.index.calls import Wanted, find
from pipeline.adapters.index.database import open_index
from pipeline.adapters.key_register import SqlKeyRegister
from pipeline.adapters.keyring import KeyFile, fresh_key, write_key_file
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.objects import open_objects
from pipeline.adapters.operator_tokens import Issuer
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.shelf import ObjectShelf
from pipeline.adapters.stored_calls import StoredCalls, key_of
from pipeline.adapters.tombstones import Tombstones
from pipeline.core.errors import CallShieldError
from pipeline.core.operator import Role
from pipeline.ports.key_register import KeyName
from pipeline.ports.shelf import Proof


class Shelves:
    """Everything below one folder, but for objects and index if their urls say otherwise."""

    def __init__(self, folder: Path, store: str = "", index: str = "") -> None:
        self.folder = folder
        self.keys = folder / "keys.json"
        folder.mkdir(parents=True, exist_ok=True)
        if not self.keys.exists():
            write_key_file(self.keys, KeyFile("k", {"k": fresh_key()}))
        self.environment = {
            "CALLSHIELD_STORE_URL": store or str(folder / "store"),
            "CALLSHIELD_INDEX_URL": index or f"sqlite:///{folder}/index.sqlite3",
            "CALLSHIELD_KEY_REGISTER": f"sqlite:///{folder}/register.sqlite3",
            "CALLSHIELD_TOMBSTONES_FILE": str(folder / "tombstones.jsonl"),
            "CALLSHIELD_KEYS_FILE": str(self.keys),
            "CALLSHIELD_AUDIT_DIR": str(folder / "audit"),
        }
        self.open()

    def open(self) -> None:
        """Open all of it, as a process does that starts."""
        settings = self.environment
        register = SqlKeyRegister(
            settings["CALLSHIELD_KEY_REGISTER"], Tombstones(Path(settings["CALLSHIELD_TOMBSTONES_FILE"])),
            FileKeys(Path(settings["CALLSHIELD_KEYS_FILE"])),
        )  # fmt: skip
        self.calls = SealedCalls(open_objects(settings["CALLSHIELD_STORE_URL"]), register)
        self.index = open_index(settings["CALLSHIELD_INDEX_URL"])
        self.stored = StoredCalls(self.calls, self.index)

    def shelf(self, proof: Proof | None = None, purposes: Sequence[str] = ()) -> ObjectShelf:
        return ObjectShelf(
            self.calls, self.index, AuditLog(Path(self.environment["CALLSHIELD_AUDIT_DIR"])), proof, purposes
        )

    def rows(self, **wanted: Any) -> list[dict[str, Any]]:
        """Of the index, the newest first."""
        with self.index.read() as connection:
            return find(connection, Wanted(**wanted), 10_000)

    def names(self) -> list[str]:
        """Of all objects."""
        return [name for name, _ in self.calls.objects.names("")]

    def export(self, call: str, tenant: str = "acme") -> Path | None:
        """The folder a finished call was read back to; None: it is not there, or may not be opened."""
        out = self.folder / "exported" / tenant / call
        if (out / "manifest.json").exists():
            return out
        rows = self.rows(tenant=tenant, call=call)
        try:
            return self.stored.export(key_of(rows[0]), out, force=True)[0].parent if rows else None
        except CallShieldError:
            return None

    def incidents(self) -> list[dict[str, Any]]:
        """Records of all calls that failed their proof."""
        found = [key_of(row) for row in self.rows()]
        with_one = [key for key in found if self.stored.manifest(key)["incident"]]
        return sorted((self.stored.incident(key) for key in with_one), key=lambda i: i["at_ms"])

    def manifest(self, key: KeyName) -> dict[str, Any]:
        return json.loads(json.dumps(self.stored.manifest(key)))  # type: ignore[no-any-return]


def token(shelves: Shelves, *roles: str, name: str = "dana") -> Path:
    """A file with an operator token of these roles; whoever runs commands in `environment` knows its issuer."""
    private, public = shelves.folder / "issuer.pem", shelves.folder / "issuer.pub"
    if not private.exists():
        Issuer.create(private, public)
    shelves.environment["CALLSHIELD_ISSUER_PUBLIC_FILE"] = str(public)
    out = shelves.folder / f"token-{name}-{'-'.join(roles)}"
    issuer = Issuer(private)
    out.write_text(issuer.issue(name, [Role(role) for role in roles], [], hours=1, now_s=int(time.time()))[0])
    out.chmod(0o600)
    return out
