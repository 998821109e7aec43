"""Calls as folders of a local disk: DIR/<tenant>/<day it started, UTC>/<call>/, made of what comes while it runs.

With a proof a call lies below DIR/.unproven until it is proven, and is then moved to its place as a whole, or below
DIR/.quarantine. No tenant's name can begin with a dot, and one folder is one file system, so that moving is one step.

While a call runs its folder holds `recording.part`, raw samples, and `journal.part`, what they are. Samples are
written at their own place and forced to the disk before the journal's line about them, so writing again, also by a
worker that was thought dead, changes nothing. A lock on the journal, which the system lifts when its holder dies,
lets one worker write at a time. A folder with `manifest.json` is finished, and then never touched again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.adapters.audio_files import sync_folder
from pipeline.adapters.log import get_log
from pipeline.adapters.shelf_files import MANIFEST, leftovers, write_call
from pipeline.adapters.shelf_journal import Known, entry, heading, known
from pipeline.adapters.shelf_quarantine import Quarantine, incident_id, move
from pipeline.core.errors import InputError, OutputError
from pipeline.core.messages import Head
from pipeline.ports.shelf import Batch, Finished, Proof, Shelved

RECORDING_PART = "recording.part"
JOURNAL_PART = "journal.part"
PARTS = (RECORDING_PART, JOURNAL_PART)
UNPROVEN = ".unproven"
CLOSED = 0o700  # of folders only this user may look into
NAME_BYTES_MAX = 200  # file systems take 255
_REASONS = {
    errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EACCES: "not_allowed", errno.EPERM: "not_allowed",
    errno.EROFS: "not_allowed",
}  # fmt: skip


class FolderShelf:
    """A `Shelf` in one folder, which several workers of one machine may share."""

    def __init__(self, folder: Path, proof: Proof | None = None, purposes: Sequence[str] = ()) -> None:
        """folder: made when the first call comes. proof: what a call must pass; None: nothing. purposes: who else got
        it live.
        """
        self._folder = folder
        self._proof = proof
        self._quarantine = Quarantine(folder, purposes)

    def open(self, head: Head) -> Shelved:
        """See `Shelf`."""
        work = self._work(head)
        with _told(head):
            if (done := self._done(head)) is not None:
                return done
            self._adopt(head)
            if self._proof is not None:
                (self._folder / UNPROVEN).mkdir(CLOSED, parents=True, exist_ok=True)
            work.mkdir(parents=True, exist_ok=True)
            with _journal(work, os.O_CREAT) as journal:
                if (done := self._done(head)) is not None:  # finished this moment
                    return done
                found = known((work / JOURNAL_PART).read_bytes(), head)
                if not found.begun:
                    self._begin(work, head, journal)
        return Shelved(found.position, found.last is not None)

    def _done(self, head: Head) -> Shelved | None:
        """Of a call that is finished: that it is, and what a worker that died may have left is removed."""
        for place, incident in (
            (self.place(head), ""),
            (self._quarantine.place(self._within(head)), incident_id(head)),
        ):
            if (place / MANIFEST).exists():
                leftovers(place, PARTS)
                return Shelved(0, finished=True, incident=incident)
        return None

    def _adopt(self, head: Head) -> None:
        """A call that was begun with a proof goes on without, or the other way round: the setting was changed."""
        begun = self._folder / UNPROVEN / self._within(head) if self._proof is None else self.place(head)
        if (begun / JOURNAL_PART).exists():
            move(begun, self._work(head), CLOSED if self._proof is not None else None)

    def _begin(self, place: Path, head: Head, journal: int) -> None:
        """A new call: its files, and last the line that says they are there."""
        with contextlib.closing(_File(place / RECORDING_PART, os.O_WRONLY | os.O_CREAT)) as spool:
            os.fsync(spool.fd)
        for folder in (place, *place.parents[: 3 if self._proof is None else 4]):
            sync_folder(folder)
        _append(journal, heading(head))

    def keep(self, head: Head, batch: Batch) -> None:
        """See `Shelf`. Takes two writes forced to the disk, however large the batch."""
        place = self._work(head)
        with _told(head):
            try:
                with _journal(place) as journal:
                    if batch.end > batch.start:
                        _write_samples(place / RECORDING_PART, head, batch)
                    _append(journal, entry(batch))
            except FileNotFoundError:
                if self._done(head) is None:
                    raise

    def finish(self, head: Head) -> Finished | None:
        """See `Shelf`. Raises EngineError if the proof was stopped."""
        if self._proof is None:
            return self._finish(head)
        with self._proof.turn() as ours:
            return self._finish(head) if ours else None

    def _finish(self, head: Head) -> Finished:
        work = self._work(head)
        with _told(head):
            try:
                with _journal(work):
                    if (work / MANIFEST).exists() and self._proof is None:
                        leftovers(work, PARTS)
                        return Finished()
                    leftovers(work, (MANIFEST,))  # of a worker that died before the proof: more may have come since
                    found = known((work / JOURNAL_PART).read_bytes(), head)
                    write_call(work, head, found, work / RECORDING_PART)
                    return self._judged(work, head, found)
            except FileNotFoundError:
                if (done := self._done(head)) is None:
                    raise
                return Finished(done.incident)

    def _judged(self, work: Path, head: Head, found: Known) -> Finished:
        """Written, and nobody else's while the journal is locked: to its place, or where nobody opens it."""
        problems = self._proof.problems(work, head) if self._proof is not None else ()
        place = self.place(head)
        if problems:
            place = self._quarantine.place(self._within(head))
            self._quarantine.record(head, self._within(head), found, problems)
            get_log().error("incident", call=head.call, spans=len(problems))
        if place != work:
            move(work, place, CLOSED if problems else None)
        leftovers(place, PARTS)
        return Finished(incident_id(head) if problems else "")

    def _work(self, head: Head) -> Path:
        """Where a call lies while it is made."""
        return self.place(head) if self._proof is None else self._folder / UNPROVEN / self._within(head)

    def _within(self, head: Head) -> Path:
        return self.place(head).relative_to(self._folder)

    def place(self, head: Head) -> Path:
        """The folder of a call. Raises InputError for a name that is no name of a folder."""
        for name in (head.tenant, head.call):
            if name.startswith(".") or not name.isprintable() or not {"/", "\\"}.isdisjoint(name):
                raise InputError("a tenant or call whose name cannot be that of a folder")
            if not 0 < len(name.encode(errors="replace")) <= NAME_BYTES_MAX:
                raise InputError(f"a tenant or call whose name is not 1 to {NAME_BYTES_MAX} bytes long")
        try:
            day = datetime.fromtimestamp(head.started_ms / 1000, UTC).date().isoformat()
        except (OverflowError, ValueError, OSError):
            raise InputError("a call that started at no time there is") from None
        return self._folder / head.tenant / day / head.call


class _File:
    """An open file. fd: its number."""

    def __init__(self, path: Path, flags: int) -> None:
        self.fd = os.open(path, flags | os.O_CLOEXEC, 0o600)

    def close(self) -> None:
        """Close it."""
        os.close(self.fd)


@contextlib.contextmanager
def _told(head: Head) -> Iterator[None]:
    """Turns the system's errors into ours, and logs them by a code."""
    try:
        yield
    except OutputError:
        get_log().warning("store_failed", call=head.call, error="not_written")
        raise
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, errno.errorcode.get(error.errno or 0, "unknown"))
        get_log().warning("store_failed", call=head.call, error=reason)
        raise OutputError(
            f"a recording cannot be written ({(error.strerror or 'unknown reason').lower()}); it is tried again: "
            "free some space, or make the folder of CALLSHIELD_STORE_DIR writable"
        ) from None


@contextlib.contextmanager
def _journal(place: Path, create: int = 0) -> Iterator[int]:
    """The journal, ours alone until the end of the block. Raises FileNotFoundError if the call was finished."""
    while True:
        file = _File(place / JOURNAL_PART, os.O_RDWR | os.O_APPEND | create)
        try:
            fcntl.flock(file.fd, fcntl.LOCK_EX)
            if os.fstat(file.fd).st_nlink:  # else it was finished while we waited
                yield file.fd
                return
        finally:
            file.close()
        if (place / MANIFEST).exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _append(journal: int, line: str) -> None:
    """One line, forced to the disk. A line before it that was cut short is ended first."""
    size = os.fstat(journal).st_size
    torn = size and os.pread(journal, 1, size - 1) != b"\n"
    _write(journal, ("\n" if torn else "").encode() + line.encode(), None)
    os.fdatasync(journal)


def _write_samples(path: Path, head: Head, batch: Batch) -> None:
    frame_bytes = 2 * head.channels
    with contextlib.closing(_File(path, os.O_WRONLY)) as spool:
        for start_sample, pcm in batch.pieces:
            _write(spool.fd, pcm.astype("<i2").tobytes(), start_sample * frame_bytes)
        if os.fstat(spool.fd).st_size < batch.end * frame_bytes:  # it ends with lost samples
            os.ftruncate(spool.fd, batch.end * frame_bytes)
        os.fdatasync(spool.fd)


def _write(fd: int, data: bytes, at: int | None) -> None:
    """All of it: the system may take less at a time."""
    left = memoryview(data)
    while left:
        n = os.write(fd, left) if at is None else os.pwrite(fd, left, at)
        left = left[n:]
        at = None if at is None else at + n
