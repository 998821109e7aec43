"""Originals where they are kept for real: on a folder and SQLite, in an S3 bucket and PostgreSQL. Their term, their
erasure, and what a backup of them is worth.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import s3
from command import here
from kept import DAY_MS, disposed, states
from postgres import server
from shelves import Shelves
from test_store import Bench, block, part, stream
from test_vault import HEAD, KEY, original

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.retention_file import find_rules
from pipeline.adapters.stored_calls import key_of
from pipeline.adapters.sweep import Sweep
from pipeline.adapters.vault import ObjectVault
from pipeline.core.errors import KeyLostError, OutputError
from pipeline.core.span import Span
from pipeline.core.swept import Swept
from pipeline.core.vault_names import Segment
from pipeline.ports.key_register import Use

CARD, NAME = Segment(0, Span(0, 300), "CARD_NUMBER"), Segment(1, Span(500, 700), "PERSON_NAME")
ORIGINALS_DAYS, RECORDING_DAYS = 30, 90  # of eu-gdpr


@pytest.fixture(params=["folder and sqlite", "s3 and postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """One call of a second, with its recording and two segments of originals."""
    if request.param == "folder and sqlite":
        made = Bench(tmp_path)
    else:
        s3.reachable(monkeypatch)
        made = Bench(tmp_path, f"s3://{s3.bucket()}/calls", server().database())
    keeps = vault(made.shelves)
    keeps.keep(HEAD, [original(0, 200), original(500, 200, "PERSON_NAME", 1)])
    keeps.keep(HEAD, [original(100, 200)])
    keeps.keep(HEAD, [original(100, 200)])
    made.send(block(stream(8_000), 0, 8_000, HEAD), part(0, last=True, call=HEAD))
    made.run()
    keeps.finish(HEAD)
    return made


def vault(shelves: Shelves) -> ObjectVault:
    return ObjectVault(shelves.calls, shelves.index)


def segments(shelves: Shelves) -> list[str]:
    """As the command lists them."""
    listed = here("vault", "list", f"acme/{HEAD.call}", "--json", env=shelves.environment)
    return [item["segment"] for item in listed.document["segments"]]


def originals(shelves: Shelves) -> list[str]:
    """Names of all objects there are in the vault."""
    return [name for name in shelves.names() if "/vault/" in name]


def sweep(shelves: Shelves, days: float, *, restored: bool = False) -> Swept:
    """So long after the call."""
    clock, audit = HEAD.started_ms / 1000 + days * DAY_MS / 1000, AuditLog(shelves.folder / "audit")
    run = Sweep(shelves.calls, shelves.index, audit, find_rules("eu-gdpr"), lambda: clock)
    run.check(clock_is_right=True)
    return run.run("dana", lambda n, of: None, restored=restored)


def opened(shelves: Shelves) -> bytes:
    """The recording."""
    return shelves.stored.files(key_of(shelves.rows()[0]))["recording.flac"]


def copied(shelves: Shelves) -> dict[str, bytes]:
    """A backup of all objects."""
    return {name: shelves.calls.objects.get(name) or b"" for name in shelves.names()}


def test_originals_are_kept_and_read_wherever_they_lie(bench: Bench) -> None:
    shelves = bench.shelves
    assert segments(shelves) == [CARD.name, NAME.name]
    assert np.array_equal(vault(shelves).segment(KEY, CARD).pcm, np.arange(300))
    assert np.array_equal(vault(shelves).segment(KEY, NAME).pcm, np.arange(500, 700))
    assert len(originals(shelves)) == 3, "no part is left"
    (listed,) = here("vault", "list", "--json", env=shelves.environment).document["calls"]
    assert (listed["call"], listed["segments"]) == (HEAD.call, 2)
    before = copied(shelves)
    vault(shelves).keep(HEAD, [original(50)])
    vault(shelves).finish(HEAD)
    assert copied(shelves) == before, "what is complete does not change"


def test_a_worker_that_dies_between_any_two_writes_is_finished_by_the_next(bench: Bench) -> None:
    """Each put of an end is lost once, or its answer is."""
    for lost_before in (True, False):
        number = 0
        while True:
            number += 1
            head = replace(HEAD, call=f"d{number}-{lost_before}")
            keeps = vault(bench.shelves)
            keeps.keep(head, [original(0), original(500, 200, "PERSON_NAME", 1)])
            put, puts = bench.shelves.calls.objects.put, 0

            def dying(name: str, data: bytes, put=put, last=number, before=lost_before) -> bool:  # type: ignore[no-untyped-def]
                nonlocal puts
                puts += 1
                if puts == last and before:
                    raise OutputError("the store is away")
                done = put(name, data)
                if puts == last:
                    raise OutputError("the store is away")
                return done

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(bench.shelves.calls.objects, "put", dying)
                try:
                    keeps.finish(head)
                except OutputError:
                    pass
                else:
                    break  # there is no such put any more
            keeps.finish(head)
            plain = keeps.contents(replace(KEY, call=head.call))
            assert plain is not None
            assert [s["name"].rpartition("/")[2] for s in plain["segments"]] == [
                "00-000000000000000-000000000000100-CARD_NUMBER", NAME.name
            ]  # fmt: skip
        assert number == 4, "two segments and their list"


def test_originals_go_before_the_recording_each_with_a_certificate(bench: Bench) -> None:
    shelves, sound = bench.shelves, opened(bench.shelves)
    backup = copied(shelves)
    assert sweep(shelves, ORIGINALS_DAYS - 1).went == {}
    assert sweep(shelves, ORIGINALS_DAYS + 1).went == {("retention", "vault"): 1}
    assert (originals(shelves), segments(shelves)) == ([], [])
    assert (states(shelves), opened(shelves)) == ({HEAD.call: "stored"}, sound)
    assert sweep(shelves, ORIGINALS_DAYS + 2).went == {}
    for name, data in backup.items():
        shelves.calls.objects.put(name, data)
    for segment in (CARD, NAME):
        with pytest.raises(KeyLostError, match="retention"):
            vault(shelves).segment(KEY, segment)
    shelves.stored.reindex(key_of(shelves.rows()[0]))
    assert segments(shelves) == [], "an index made anew does not list what nobody can hear"
    assert sweep(shelves, ORIGINALS_DAYS + 3, restored=True).restored == 3
    assert opened(shelves) == sound
    assert sweep(shelves, RECORDING_DAYS + 1).went == {("retention", "store"): 1}
    assert shelves.names() == []
    assert disposed(shelves).keys() == {(HEAD.call, "store"), (HEAD.call, "vault")}
    log = AuditLog(shelves.folder / "audit")
    kinds = [(e.facts["use"], e.facts["objects"]) for e in log.entries() if e.act == "call.disposed"]
    assert kinds == [("vault", 3), ("store", 3)], "one certificate for each key, never two"
    assert log.verify().problems == ()


def test_of_originals_that_went_none_is_kept_again(bench: Bench) -> None:
    """Also by a worker that reads the topic once more."""
    sweep(bench.shelves, ORIGINALS_DAYS + 1)
    vault(bench.shelves).keep(HEAD, [original(0)])
    vault(bench.shelves).finish(HEAD)
    assert originals(bench.shelves) == []
    assert KEY.use is Use.VAULT
    with pytest.raises(KeyLostError):
        bench.shelves.calls.register.open(KEY)


def test_with_the_call_its_originals_go(bench: Bench) -> None:
    shelves, backup = bench.shelves, copied(bench.shelves)
    bench.shelf.withdraw(HEAD)
    assert shelves.names() == []
    assert states(shelves) == {HEAD.call: "withdrawn"}
    assert {key: why for key, (why, _) in disposed(shelves).items()} == {
        (HEAD.call, use): "withdrawal" for use in ("store", "vault")
    }
    for name, data in backup.items():
        shelves.calls.objects.put(name, data)
    with pytest.raises(KeyLostError, match="withdrawal"):
        vault(shelves).segment(KEY, CARD)
    assert sweep(shelves, 1, restored=True).restored == len(backup)
    assert shelves.names() == []
