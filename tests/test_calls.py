"""`callshield calls`: stored calls found, read by who may, and their index made anew, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import random
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import s3
import soundfile
from command import Result, files, here
from measure_index import due, plan, searches
from postgres import server
from shelves import token
from sqlalchemy import insert, update
from test_store import STARTED_MS, Bench, block, finding, head, part, stream

from pipeline.adapters.index.calls import Wanted, call_id, count, ensure, find, query, set_state
from pipeline.adapters.index.schema import CallState, calls, labels
from pipeline.core.errors import OutputError
from pipeline.ports.key_register import KeyName, Use

DAY_MS = 86_400_000


@pytest.fixture(params=["folder and sqlite", "s3 and postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Five calls of two tenants on three days."""
    urls: tuple[str, ...] = ()
    if request.param == "s3 and postgresql":
        s3.reachable(monkeypatch)
        urls = f"s3://{s3.bucket()}/calls", server().database()
    made = Bench(tmp_path / "kept", *urls)
    for number in range(5):
        one = head(f"c{number}", "acme" if number < 4 else "umbrella", started_ms=STARTED_MS + number // 2 * DAY_MS)
        pcm = stream(1000 * (number + 1), seed=number)
        findings = (finding(5, 60, entity="PIN" if number % 2 else "CARD_NUMBER"),)
        made.send(part(0, "[PIN]", last=True, call=one), block(pcm, 0, len(pcm), one, findings=findings))
    made.run()
    assert made.open == []
    return made


def ask(bench: Bench, *words: object, **more: Any) -> Result:
    return here("calls", *words, env=bench.shelves.environment, **more)


def listed(bench: Bench, *words: object) -> list[str]:
    document = ask(bench, *words, "--json").document
    assert document["found"] >= len(document["calls"])
    return [row["call"] for row in document["calls"]]


def test_calls_are_listed_and_searched(bench: Bench) -> None:
    assert listed(bench, "list") == ["c4", "c3", "c2", "c1", "c0"]
    assert listed(bench, "list", "--tenant", "acme", "--limit", "2") == ["c3", "c2"]
    assert listed(bench, "list", "--from", "2026-01-03", "--to", "2026-01-03") == ["c3", "c2"]
    assert listed(bench, "list", "--state", "quarantined") == []
    assert listed(bench, "search", "--entity", "CARD_NUMBER") == ["c4", "c2", "c0"]
    assert listed(bench, "search", "--entity", "CARD_NUMBER", "--tenant", "acme") == ["c2", "c0"]
    with bench.shelves.index.begin() as connection:
        rows = find(connection, Wanted(), 9)
        for row, pseudonym in zip(rows, "ababa", strict=True):
            connection.execute(insert(labels).values(call_id=row["id"], kind="caller", key_id="k", pseudonym=pseudonym))
        connection.execute(update(calls).where(calls.c.call == "c1").values(jurisdiction="eu", language="de"))
    assert listed(bench, "search", "--pseudonym", "a") == ["c4", "c2", "c0"]
    assert listed(bench, "search", "--pseudonym", "a", "--pseudonym", "b", "--label", "caller", "--limit", "1") == [
        "c4"
    ]
    assert listed(bench, "search", "--pseudonym", "a", "--label", "agent") == []
    assert listed(bench, "search", "--jurisdiction", "eu", "--language", "de") == ["c1"]
    text = ask(bench, "list", "--limit", "2").out.splitlines()
    assert text[0].split() == [
        "2026-01-04T00:00:00+00:00",
        "0:00:01",
        "stored",
        f"umbrella/c4@{STARTED_MS + 2 * DAY_MS}",
    ]
    assert text[-1] == "2 of 5 calls; more with --limit"


def test_pages_follow_each_other(bench: Bench) -> None:
    seen: list[str] = []
    with bench.shelves.index.read() as connection:
        after = None
        while rows := find(connection, Wanted(after=after), 2):
            seen += [row["call"] for row in rows]
            after = rows[-1]["started_ms"], rows[-1]["id"]
        assert count(connection, Wanted()) == 5
    assert seen == ["c4", "c3", "c2", "c1", "c0"]


def test_searches_go_by_an_index(bench: Bench) -> None:
    """None reads all calls, but in the order they are shown in; tests/measure_index.py says how long they take."""
    if bench.shelves.index.postgres:
        return  # it plans by size, and five rows are read at once
    with bench.shelves.index.read() as connection:
        for what, wanted in searches().items():
            steps = plan(connection, query(wanted(random.Random(2))).limit(50)).split("; ")
            scans = [step for step in steps if step.startswith("SCAN") and "USING INDEX" not in step]
            assert scans == [], what
        assert "SCAN" not in plan(connection, due(random.Random(2)))


def test_a_call_is_shown(bench: Bench) -> None:
    plain = ask(bench, "show", "acme/c1", "--json").document
    assert (plain["duration_ms"], plain["channels"], plain["state"]) == (250, 2, "stored")
    assert {o["kind"] for o in plain["objects"]} == {"manifest", "recording", "transcript"}
    lying = set(bench.shelves.calls.objects.names("acme/2026-01-02/c1/"))
    assert {(o["name"], o["bytes"]) for o in plain["objects"]} == lying
    assert plain["findings"] == [{"entity": "PIN", "reason": "pattern", "spans": 1, "hidden_ms": 7}]
    text = ask(bench, "show", f"acme/c1@{STARTED_MS}").out
    assert "started_ms: 2026-01-02T00:00:00+00:00" in text
    assert "hidden: PIN (pattern): 1 times, 7 ms" in text


def test_a_call_is_read_by_who_may_and_the_log_tells(bench: Bench, tmp_path: Path) -> None:
    reader, auditor = token(bench.shelves, "reader"), token(bench.shelves, "auditor")
    out = tmp_path / "out"
    for wrong in ((), ("--token-file", auditor)):
        assert ask(bench, "get", "acme/c1", "--out", out, *wrong).code == 6
    assert not out.exists()
    done = ask(bench, "get", "acme/c1", "--out", out, "--token-file", reader)
    assert done.code == 0, done.err
    assert files(out) == ["manifest.json", "recording.flac", "transcript.json"]
    assert {stat.S_IMODE((out / name).stat().st_mode) for name in files(out)} == {0o600}
    pcm, rate = soundfile.read(out / "recording.flac", dtype="int16", always_2d=True)
    assert np.array_equal(pcm, stream(2000, seed=1))
    assert rate == 8000
    assert json.loads((out / "transcript.json").read_text())["turns"][0]["text"] == "[PIN]"
    assert ask(bench, "get", "acme/c1", "--out", out, "--token-file", reader).code == 2
    assert ask(bench, "get", "acme/c1", "--out", out, "--force", "--token-file", reader).code == 0
    log = here("audit", "show", "--json", "--token-file", auditor, env=bench.shelves.environment).out
    assert log.count('"call.read"') == 5, "two refusals, three readings"


def test_what_may_not_be_read_is_not(bench: Bench, tmp_path: Path) -> None:
    reader = ("--out", tmp_path / "out", "--token-file", token(bench.shelves, "reader"))
    with bench.shelves.index.begin() as connection:
        connection.execute(update(calls).where(calls.c.call == "c0").values(restricted=True))
    assert "restricted" in ask(bench, "get", "acme/c0", *reader).error
    bench.shelves.calls.register.destroy(KeyName("acme", "c1", STARTED_MS, Use.STORE), "erasure", 1)
    assert ask(bench, "get", "acme/c1", *reader).code == 4
    for name in ("acme/none", "acme", "/c1", "acme/c1@yesterday"):
        assert ask(bench, "get", name, *reader).code == 2
    assert not (tmp_path / "out").exists()


def test_of_several_of_one_name_the_start_tells_which(bench: Bench) -> None:
    again = head("c1", started_ms=STARTED_MS + 7)
    bench.send(part(0, last=True, call=again), block(stream(100), 0, 100, again))
    bench.run()
    assert f"the newest is acme/c1@{STARTED_MS + 7}" in ask(bench, "show", "acme/c1").error
    assert ask(bench, "show", f"acme/c1@{STARTED_MS}", "--json").document["duration_ms"] == 250


def test_the_index_is_made_anew_from_the_manifests(bench: Bench, tmp_path: Path) -> None:
    operator = ("--token-file", token(bench.shelves, "operator"))
    before = [ask(bench, "show", f"{row['tenant']}/{row['call']}", "--json").document for row in bench.shelves.rows()]
    bench.shelves.environment["CALLSHIELD_INDEX_URL"] = f"sqlite:///{tmp_path}/anew.sqlite3"
    assert listed(bench, "list") == []
    assert ask(bench, "reindex").code == 6
    for _ in range(2):
        done = ask(bench, "reindex", *operator)
        assert (done.code, done.out) == (0, "5 calls indexed\n")
    after = [ask(bench, "show", f"{row['tenant']}/{row['call']}", "--json").document for row in before]
    by_name = [({**row, "id": 0, "objects": sorted(row["objects"], key=lambda o: o["name"])}) for row in before]
    assert [({**row, "id": 0, "objects": sorted(row["objects"], key=lambda o: o["name"])}) for row in after] == by_name


def test_reindexing_tells_what_it_could_not_read(bench: Bench, tmp_path: Path) -> None:
    operator = ("--token-file", token(bench.shelves, "operator"))
    bench.shelves.environment["CALLSHIELD_INDEX_URL"] = f"sqlite:///{tmp_path}/anew.sqlite3"
    bench.shelves.calls.register.destroy(KeyName("acme", "c1", STARTED_MS, Use.STORE), "erasure", 1)
    done = ask(bench, "reindex", *operator)
    assert (done.code, done.out) == (0, "1 calls could not be read: KeyLostError\n4 calls indexed\n")
    objects = bench.shelves.calls.objects
    name = f"acme/2026-01-02/c0/{STARTED_MS}/manifest"
    sealed = objects.get(name) or b""
    objects.delete(name)
    objects.put(name, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    done = ask(bench, "reindex", "--json", *operator)
    assert done.code == 2
    assert done.document["indexed"] == 3
    assert {"object": name, "error": "BrokenSealError"} in done.document["failed"]
    assert sorted(listed(bench, "list")) == ["c0", "c2", "c3", "c4"], "as it was indexed before"


def test_a_call_that_is_gone_says_why(bench: Bench, tmp_path: Path) -> None:
    bench.shelf.withdraw(head("c1"))
    gone = ask(bench, "get", "acme/c1", "--out", tmp_path / "out", "--token-file", token(bench.shelves, "reader"))
    assert (gone.code, "was destroyed (withdrawal)" in gone.error) == (4, True)


def test_what_became_of_a_call_stays_when_it_is_indexed_again(bench: Bench) -> None:
    key = KeyName("acme", "c1", STARTED_MS, Use.STORE)
    with bench.shelves.index.begin() as connection:
        number = call_id(connection, key)
        assert number is not None
        set_state(connection, number, CallState.WITHDRAWN)
    bench.shelves.stored.reindex(key)
    assert bench.shelves.rows(call="c1")[0]["state"] == "withdrawn"


def test_a_call_can_be_known_before_it_is_finished(bench: Bench) -> None:
    known = {
        "tenant": "acme", "call": "c9", "started_ms": STARTED_MS, "rate_hz": 8000, "channels": 2, "pin": "p",
        "fleet": "main", "jurisdiction": "eu",
    }  # fmt: skip
    with bench.shelves.index.begin() as connection:
        number = ensure(connection, known)
        assert ensure(connection, {**known, "jurisdiction": "us"}) == number
    (row,) = bench.shelves.rows(call="c9")
    assert (row["state"], row["jurisdiction"]) == ("running", "eu")
    one = replace(head("c9"), jurisdiction="eu")
    bench.send(part(0, last=True, call=one), block(stream(100), 0, 100, one))
    bench.run()
    (row,) = bench.shelves.rows(call="c9")
    assert (row["id"], row["state"], row["jurisdiction"], row["pin"]) == (number, "stored", "eu", "ab" * 32)


@pytest.mark.parametrize("words", ["list --from yesterday", "search --to 2026-13-01", "list --limit 0"])
def test_what_makes_no_sense_is_told(bench: Bench, words: str) -> None:
    assert ask(bench, *words.split()).code == 2


def test_a_folder_that_is_in_the_way_is_told(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    key = KeyName("acme", "c1", STARTED_MS, Use.STORE)
    with pytest.raises(OutputError):
        bench.shelves.stored.export(key, tmp_path / "file", force=False)
