"""The audit log in a folder: entries chained by hashes, each append signed, the signatures kept in another folder.

    audit_dir/log.jsonl         the entries (core/audit.py)
    audit_dir/signing-key.pem   made at the first entry; readable by its owner only
    anchor/heads.jsonl          a signed head per append; anchor/public.pem: what they are checked by
    objects: heads/SEQ.json     optionally one every hundred entries and on demand, in a write-once object store

An append is refused where the log has fewer entries than were signed, or others: it was cut or replaced by an older
copy. Entries that no head covers (a crash came between the two, or somebody else wrote them) are told of in an entry
of their own, `audit.mended`, before they are signed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audit_heads import PUBLIC, HeadFile, genuine, head_line, read_head, sign
from pipeline.adapters.chain_file import ChainFile, Tail
from pipeline.adapters.ed25519 import public_pem, read_private, read_public, write_new, write_private
from pipeline.adapters.log import get_log
from pipeline.core.audit import Entry, Problem, SignedHead, Verified, Wrong, body, entry, verify
from pipeline.core.chain import Body, Flaw, Flawed, Plain, walk
from pipeline.core.errors import ConfigError, OutputError, TamperedError
from pipeline.ports.audit import Act
from pipeline.ports.objects import Objects

LOG, PRIVATE = "log.jsonl", "signing-key.pem"
ITSELF = "callshield"  # who mends the log
OUTSIDE_EVERY = 100  # entries from one head in the object store to the next
_HEADS = "heads/"


class AuditLog:
    """Implements ports.audit.Audit. Safe to use from any thread and process of this machine."""

    def __init__(
        self,
        folder: Path,
        anchor: Path | None = None,
        objects: Objects | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """anchor: folder of the signed heads; None: beside the log. objects: where some of them are kept, too.

        clock: wall clock in seconds.
        """
        self.folder, self.anchor, self._objects = folder, anchor or folder, objects
        self._outside = 0  # number of the newest head this process put there
        self._chain, self._heads = ChainFile(folder / LOG), HeadFile(self.anchor)
        self._clock = clock
        self._key: Ed25519PrivateKey | None = None

    def append(self, act: str, who: str, **facts: Plain) -> Entry:
        """See ports.audit.Audit."""
        return self.append_all([(act, who, facts)])[0]

    def append_all(self, acts: Sequence[Act]) -> list[Entry]:
        """See ports.audit.Audit."""
        at_ms = self._now_ms()
        bodies = [body(at_ms, who, act, facts) for act, who, facts in acts]
        if not bodies:
            return []
        with self._chain.locked() as tail:
            return self._write(tail, bodies)

    def sign(self) -> SignedHead:
        """Sign what a crash left unsigned. Raises as append_all, ConfigError if the log is empty."""
        with self._chain.locked() as tail:
            self._write(tail, [])
            head = self._heads.last()
        if head is None:
            raise ConfigError(f"{shown(self.folder)}: the audit log is empty; there is nothing to sign yet")
        if self._objects is not None:
            self._objects.put(_name(head), head_line(head))
        return head

    def entries(self) -> Iterator[Entry]:
        """All of them, in order. Raises TamperedError where one cannot be read, OutputError."""
        with self._chain.still() as end:
            pass
        for found in walk(self._chain.lines(end=end)):
            if not isinstance(found, Flawed):
                yield entry(found)
            elif found.flaw is not Flaw.TORN:
                raise TamperedError(f"{shown(self.folder / LOG)}: line {found.line}: see: callshield audit verify")

    def verify(self, public: Path | None = None) -> Verified:
        """Check everything. public: the key heads are checked by, else the anchor's.

        Raises OutputError if something cannot be read, ConfigError if there is no public key.
        """
        found = self._kept_outside()
        with self._chain.still() as end:
            found = [*self._heads.heads(), *found]
        if not end and not found:
            return Verified(0, 0, 0, ())
        key = read_public(public or self.anchor / PUBLIC)
        heads = [head for head in found if head is not None]
        seen = verify(self._chain.lines(end=end), heads, lambda head: genuine(head, key))
        unreadable = tuple(Problem(Wrong.FORGED, n) for n, head in enumerate(found, 1) if head is None)
        return Verified(seen.entries, seen.heads, seen.clock_back, seen.problems + unreadable)

    def _write(self, tail: Tail, bodies: Sequence[Body]) -> list[Entry]:
        signed, last = self._heads.last(), tail.last.seq if tail.last else 0
        signed_upto = signed.seq if signed else 0
        if signed and (last < signed.seq or (last == signed.seq and tail.last and tail.last.hash != signed.hash)):
            raise TamperedError(
                f"{shown(self.folder / LOG)}: has {last} entries, or others, and {signed.seq} were signed: it was cut, "
                "or is an old copy; restore the newest one. Nothing more is written to it"
            )
        if last and not signed and not (self.anchor / PUBLIC).exists():
            raise ConfigError(
                f"{shown(self.anchor)}: the anchor holds nothing of this audit log; is it mounted? A new one begins "
                "with a copy of the old"
            )
        mend = dict[str, Plain]()
        if tail.torn_bytes:
            mend["bytes"] = tail.torn_bytes
        if last > signed_upto:
            mend["entries"] = last - signed_upto
        if mend:
            bodies = [body(self._now_ms(), ITSELF, "audit.mended", mend), *bodies]
        if not bodies:
            return []
        key = self._signing_key()
        made = [entry(one) for one in tail.append(bodies)]
        head = sign(key, made[-1].seq, made[-1].hash, made[-1].at_ms)
        self._heads.append([head])
        self._keep_outside(head)
        return made[1:] if mend else made

    def _keep_outside(self, head: SignedHead) -> None:
        """Now and then. If that fails nothing stands still: the next entry tries again."""
        if self._objects is None or head.seq // OUTSIDE_EVERY <= self._outside // OUTSIDE_EVERY:
            return
        try:
            self._objects.put(_name(head), head_line(head))
            self._outside = head.seq
        except OutputError:
            get_log().warning("audit_anchor_failed", reason="object_store")

    def _kept_outside(self) -> list[SignedHead | None]:
        found: list[SignedHead | None] = []
        for name, _ in self._objects.names(_HEADS) if self._objects is not None else ():
            data = self._objects.get(name) if self._objects is not None else None
            try:
                found.append(read_head(data or b""))
            except TamperedError:
                found.append(None)
        return found

    def _signing_key(self) -> Ed25519PrivateKey:
        if self._key is None:
            path = self.folder / PRIVATE
            if not path.exists():
                if self._heads.last() is not None:
                    raise ConfigError(f"{shown(path)}: the signing key is gone; restore it, or begin a new audit log")
                write_private(path, Ed25519PrivateKey.generate())
            self._key = read_private(path)
            with contextlib.suppress(FileExistsError):
                write_new(self.anchor / PUBLIC, public_pem(self._key.public_key()), 0o644)
            self._same(self._key.public_key())
        return self._key

    def _same(self, public: Ed25519PublicKey) -> None:
        if public_pem(read_public(self.anchor / PUBLIC)) != public_pem(public):
            raise TamperedError(
                f"{shown(self.anchor / PUBLIC)}: the anchor is of another audit log; give each log a folder of its own"
            )

    def _now_ms(self) -> int:
        return max(0, int(self._clock() * 1000))


def _name(head: SignedHead) -> str:
    return f"{_HEADS}{head.seq:015d}.json"
