"""Figures of calls in a SQLite file that anybody can query while it grows: calls, channels, spans.

The running sums of a call are in its row, so that one transaction says both how far it is known and what was found up
to there: a message counts once, whoever dies when. Several workers of one machine may share the file.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.adapters.log import get_log
from pipeline.core.errors import InputError, OutputError
from pipeline.core.messages import Head
from pipeline.core.talk import FRAMES_PER_SECOND, Talk

WAIT_S = 5.0  # for other workers' transactions, which take milliseconds

_TABLES = """
CREATE TABLE IF NOT EXISTS calls (
    tenant TEXT, call TEXT, started_ms INTEGER NOT NULL, pin TEXT NOT NULL, rate_hz INTEGER NOT NULL,
    samples INTEGER NOT NULL, lost_samples INTEGER NOT NULL, lost_parts INTEGER NOT NULL, complete INTEGER NOT NULL,
    seconds REAL NOT NULL, silence_s REAL NOT NULL, crosstalk_s REAL NOT NULL,
    longest_silence_s REAL NOT NULL, longest_hold_s REAL NOT NULL, state TEXT,
    PRIMARY KEY (tenant, call)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS channels (
    tenant TEXT, call TEXT, channel INTEGER, talk_s REAL NOT NULL, talk_share REAL, music_s REAL NOT NULL,
    hidden_s REAL NOT NULL, words INTEGER NOT NULL, words_per_minute REAL, interruptions INTEGER NOT NULL,
    PRIMARY KEY (tenant, call, channel)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spans (
    tenant TEXT, call TEXT, channel INTEGER, start_sample INTEGER, end_sample INTEGER, entity TEXT, reason TEXT,
    seconds REAL NOT NULL,
    PRIMARY KEY (tenant, call, channel, start_sample, end_sample, entity, reason)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS withdrawn (tenant TEXT, call TEXT, PRIMARY KEY (tenant, call)) WITHOUT ROWID;
"""
_FORGOTTEN = "INSERT OR IGNORE INTO withdrawn VALUES (?, ?)"
_KNOWN = "SELECT complete, state FROM calls WHERE tenant = ? AND call = ?"
_CALL = "INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_CHANNEL = "INSERT OR REPLACE INTO channels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SPAN = "INSERT OR IGNORE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_CUT = "UPDATE spans SET seconds = MAX(0, MIN(end_sample, ?) - start_sample) / ? WHERE tenant = ? AND call = ?"


class SqliteTally:
    """A `Tally` in one file. Safe to call from any thread."""

    def __init__(self, path: Path) -> None:
        """path: made if need be. Raises OutputError."""
        self._lock = threading.Lock()
        with _told(), self._lock:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, WAIT_S, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA secure_delete = ON")  # what was withdrawn is overwritten
            self._base.execute("PRAGMA synchronous = FULL")  # a commit is on the disk before its offset is done
            self._base.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def change(self, head: Head, change: Callable[[Talk], None]) -> bool:
        """See `Tally`."""
        with _told(head.call), self._lock, self._transaction():
            row = self._base.execute(_KNOWN, (head.tenant, head.call)).fetchone()
            if (row is not None and row[0]) or self._forgotten(head):
                return False
            try:
                talk = Talk.begin(head.rate, head.channels) if row is None else Talk.of(json.loads(row[1]))
                if (talk.rate, len(talk.voices)) != (head.rate, head.channels):
                    raise ValueError("another rate or number of channels")
                change(talk)
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(f"a message that does not fit its call: {error}") from None
            self._write(head, talk)
            return talk.complete

    def forget(self, head: Head) -> None:
        """See `Tally`."""
        key = (head.tenant, head.call)
        with _told(head.call), self._lock, self._transaction():
            self._base.execute(_FORGOTTEN, key)
            for table in ("calls", "channels", "spans"):
                self._base.execute(f"DELETE FROM {table} WHERE tenant = ? AND call = ?", key)  # noqa: S608

    def _forgotten(self, head: Head) -> bool:
        found = self._base.execute("SELECT 1 FROM withdrawn WHERE tenant = ? AND call = ?", (head.tenant, head.call))
        return found.fetchone() is not None

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        finally:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")

    def _write(self, head: Head, talk: Talk) -> None:
        key, total = (head.tenant, head.call), talk.totals
        state = None if talk.complete else json.dumps(talk.plain(), separators=(",", ":"))
        self._base.execute(
            _CALL,
            (
                *key, head.started_ms, head.pin, head.rate, talk.position, talk.lost_samples, talk.lost_parts,
                talk.complete, talk.position / head.rate, _s(total.silence), _s(total.crosstalk),
                _s(total.longest_silence), _s(total.longest_hold), state,
            ),
        )  # fmt: skip
        for channel, voice in enumerate(talk.voices):
            talk_s = _s(voice.talk)
            share = voice.talk / total.frames if total.frames else None
            pace = voice.words / (talk_s / 60) if talk_s else None
            self._base.execute(
                _CHANNEL,
                (*key, channel, talk_s, share, _s(voice.music), _s(voice.hidden), voice.words, pace,
                 voice.interruptions),
            )  # fmt: skip
        self._base.executemany(
            _SPAN,
            [(*key, *found, (found[2] - found[1]) / head.rate) for found in sorted(talk.found)],
        )
        if talk.ended:  # a stretch may be told to reach beyond the end of the call
            self._base.execute(_CUT, (talk.position, float(head.rate), *key))


def _s(frames: int) -> float:
    return frames / FRAMES_PER_SECOND


@contextlib.contextmanager
def _told(call: str = "") -> Iterator[None]:
    """Turns errors of SQLite and the system into ours, and logs them by a code."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorname", None) or type(error).__name__
        get_log().warning("tally_failed", call=call, error=code)
        raise OutputError(
            f"figures cannot be written ({code}); it is tried again: free some space, or make their file writable"
        ) from None
