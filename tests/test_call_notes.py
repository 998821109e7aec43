"""What is known of a call beside its recording comes back with an index made anew, and goes with the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import s3
from command import here
from kept import DAY_MS, disposed, states
from postgres import server
from shelves import Shelves, token
from test_store import EVENTS, STARTED_MS, Bench, block, consent, consents, head, lying, part, stream

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.call_notes import CallNotes, Righted
from pipeline.adapters.index.calls import Wanted, details
from pipeline.adapters.index.holds import lift, place
from pipeline.adapters.retention_file import find_rules
from pipeline.adapters.sweep import Sweep
from pipeline.core.errors import KeyLostError, KeyServiceError
from pipeline.core.messages import DENIED, REVOKED, Dead, Event, EventKind
from pipeline.core.pseudonym import Label
from pipeline.ports.key_register import KeyName, Use

KEY = KeyName("acme", "c1", STARTED_MS, Use.STORE)
ANN, BOB = Label("caller", "k1", "ab" * 16), Label("caller", "k1", "cd" * 16)


@pytest.fixture(params=["folder and sqlite", "s3 and postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    if request.param == "folder and sqlite":
        return Bench(tmp_path)
    s3.reachable(monkeypatch)
    return Bench(tmp_path, f"s3://{s3.bucket()}/calls", server().database())


def anew(bench: Bench) -> int:
    """Lose the index, and make it again by the command. Returns how many calls it knows."""
    env = bench.shelves.environment
    postgres = env["CALLSHIELD_INDEX_URL"].startswith("postgresql")
    env["CALLSHIELD_INDEX_URL"] = server().database() if postgres else f"sqlite:///{bench.folder}/anew.sqlite3"
    bench.shelves.open()
    done = here("calls", "reindex", "--json", "--token-file", token(bench.shelves, "operator"), env=env)
    assert (done.code, done.document["failed"]) == (0, []), done.err
    return int(done.document["indexed"])


def ended(denied: str, at_ms: int = 20) -> Event:
    return Event(head(), EventKind.ENDED, at_ms, "accept", "ended", ((DENIED, denied),) if denied else ())


def recorded(bench: Bench, *told: Event) -> None:
    who = replace(head(), jurisdiction="gb", language="en", labels=(ANN, BOB))
    bench.send(*told, block(stream(1000), 0, 1000, who), part(0, last=True, call=who))
    bench.run()
    bench.run()


def of_row(bench: Bench) -> tuple[str, str, set[str]]:
    """Jurisdiction, language and pseudonyms of the call."""
    (row,) = bench.shelves.rows()
    with bench.shelves.index.read() as connection:
        labels = details(connection, row["id"])["labels"]
    return row["jurisdiction"], row["language"], {item["pseudonym"] for item in labels}


def test_what_was_told_is_told_again_by_an_index_made_anew(bench: Bench) -> None:
    recorded(bench, consent("granted"), consent("granted"), consent("withdrawn", 9, "training"))
    before = consents(bench)
    assert before == [("storage", "granted", 5, "p1"), ("training", "withdrawn", 9, "p1")]
    assert len([name for name in bench.shelves.names() if "/told/" in name]) == 2, "each is put once"
    assert anew(bench) == 1
    assert consents(bench) == before
    assert states(bench.shelves) == {"c1": "stored"}
    assert anew(bench) == 1


def test_what_was_set_right_stays_right(bench: Bench) -> None:
    """In an index made anew, and where the end of the call comes once more."""
    recorded(bench)
    assert of_row(bench) == ("gb", "en", {ANN.pseudonym, BOB.pseudonym})
    notes = CallNotes(bench.shelves.calls, bench.shelves.index)
    number = bench.shelves.rows()[0]["id"]
    notes.set_right(KEY, number, Righted(30, {"language": "de"}))
    notes.set_right(KEY, number, Righted(40, {"language": "fr", "jurisdiction": "eu-fr"}, (BOB,)))
    wanted = ("eu-fr", "fr", {ANN.pseudonym})
    assert of_row(bench) == wanted
    bench.shelf.finish(head())
    assert of_row(bench) == wanted
    assert anew(bench) == 1
    assert of_row(bench) == wanted


def test_a_call_nobody_allowed_to_keep_ends_so(bench: Bench) -> None:
    bench.send(consent("refused"), consent("refused", purpose="analytics"), ended("analytics,storage"))
    bench.run()
    assert bench.open == []
    (row,) = bench.shelves.rows()
    assert (row["state"], row["ended_ms"]) == ("not_kept", 20)
    assert lying(bench) == ["told"]
    assert anew(bench) == 1
    assert states(bench.shelves) == {"c1": "not_kept"}
    assert [(p, state) for p, state, *_ in consents(bench)] == [("analytics", "refused"), ("storage", "refused")]
    inventory = here("inventory", "--json", env=bench.shelves.environment).document
    rows = {row["name"]: row["count"] for row in inventory["holdings"] if row["where"] == "index"}
    assert rows["calls by state: not_kept"] == 1
    record = here("ropa", "--json", env=bench.shelves.environment | {"CALLSHIELD_KAFKA_SERVERS": "127.0.0.1:1"})
    assert record.document["calls"] == 0


@pytest.mark.parametrize("denied", ["", "analytics", "storage-of-others"])
def test_the_end_of_another_call_says_nothing(bench: Bench, denied: str) -> None:
    bench.send(consent("granted"), ended(denied))
    bench.run()
    assert bench.open == []
    assert states(bench.shelves) == {"c1": "running"}


def test_an_end_of_which_nothing_was_told_makes_no_row(bench: Bench) -> None:
    bench.send(ended("storage"))
    bench.run()
    assert bench.open == []
    assert (bench.shelves.rows(), bench.shelves.names(), [*bench.shelves.calls.register.keys()]) == ([], [], [])


def test_an_end_does_not_hide_what_was_recorded(bench: Bench) -> None:
    recorded(bench, consent("granted"))
    bench.send(ended("storage"))
    bench.run()
    assert states(bench.shelves) == {"c1": "stored"}


def test_what_was_told_of_a_call_that_was_not_kept_goes_when_its_term_is_over(bench: Bench) -> None:
    bench.send(consent("refused"), ended("storage", STARTED_MS + 1000))
    bench.run()
    audit = AuditLog(bench.shelves.folder / "audit")

    def swept(days: int) -> int:
        clock = (STARTED_MS + days * DAY_MS) / 1000
        run = Sweep(bench.shelves.calls, bench.shelves.index, audit, find_rules("eu-gdpr"), lambda: clock)
        run.check(clock_is_right=True)
        return run.run("dana", lambda n, of: None).calls

    assert (swept(89), states(bench.shelves)) == (0, {"c1": "not_kept"})
    assert (swept(91), states(bench.shelves)) == (1, {"c1": "disposed"})
    assert bench.shelves.names() == []
    assert disposed(bench.shelves)["c1", "store"][0] == "retention"
    with pytest.raises(KeyLostError, match="retention"):
        bench.shelves.calls.register.open(KEY)


def test_of_a_destroyed_call_only_the_row_says_what_is_told(bench: Bench) -> None:
    recorded(bench, consent("granted"))
    bench.send(consent("withdrawn", 9, **dict([REVOKED])))
    bench.run()
    bench.send(consent("granted", 12))
    bench.run()
    assert [(state, at) for _, state, at, _ in consents(bench)] == [("granted", 5), ("withdrawn", 9), ("granted", 12)]
    assert bench.shelves.names() == []
    assert bench.open == []


def test_while_the_key_provider_is_away_nothing_told_is_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.send(consent("granted"))
    with monkeypatch.context() as patch:

        def away(name: KeyName) -> bytes:
            raise KeyServiceError("the key provider is away")

        patch.setattr(bench.shelves.calls.register, "create", away)
        bench.run()
        assert bench.open == [(EVENTS, 0)]
    bench.wait(60_000)
    assert bench.open == []
    assert len(consents(bench)) == 1


# --- withdrawal


def test_of_a_call_under_legal_hold_a_withdrawal_is_a_dead_letter_and_may_be_retried(bench: Bench) -> None:
    recorded(bench, consent("granted"))
    with bench.shelves.index.begin() as connection:
        place(connection, Wanted("acme"), "case-1", "claim", "cora", 1, 0)
    back = consent("withdrawn", 9, **dict([REVOKED]))
    bench.send(back)
    bench.run()
    assert bench.open == []
    letter = Dead("store", EVENTS, -1, 1, "refused", 0, "acme", "c1")
    assert (bench.dead, states(bench.shelves)) == ([letter], {"c1": "stored"})
    assert bench.meter.values["dead_letters_total:refused"] == 1
    with bench.shelves.index.begin() as connection:
        lift(connection, 1, 2)
    bench.send(back)  # as `callshield dead retry` does
    bench.run()
    assert (len(bench.dead), states(bench.shelves)) == (1, {"c1": "withdrawn"})
    assert bench.shelves.names() == []


class Died(BaseException):
    """The process, at this point."""


@contextmanager
def dying(shelves: Shelves, at: int) -> Iterator[None]:
    """Die at the at-th step: even ones before it is done, odd ones after."""
    count, patch = [0], pytest.MonkeyPatch()

    def step(done: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any) -> Any:
            number, count[0] = count[0], count[0] + 2
            if number == at:
                raise Died
            answer = done(*args)
            if number + 1 == at:
                raise Died
            return answer

        return stepped

    patch.setattr(shelves.calls.register, "destroy_all", step(shelves.calls.register.destroy_all))
    patch.setattr(shelves.calls.objects, "delete", step(shelves.calls.objects.delete))
    patch.setattr(AuditLog, "append_all", step(AuditLog.append_all))
    try:
        yield
    finally:
        patch.undo()


@pytest.mark.parametrize("at", range(6))
def test_a_withdrawal_that_dies_is_finished_with_one_certificate_for_each_key(tmp_path: Path, at: int) -> None:
    bench = Bench(tmp_path)
    recorded(bench, consent("granted"))
    back = consent("withdrawn", 9, **dict([REVOKED]))
    with dying(bench.shelves, at), pytest.raises(Died):
        bench.shelf.note(back)
    bench.shelf.note(back)
    bench.shelf.note(back)
    assert states(bench.shelves) == {"c1": "withdrawn"}
    assert bench.shelves.names() == []
    log = AuditLog(bench.shelves.folder / "audit")
    certificates = {(e.facts["call"], e.facts["use"]): e.seq for e in log.entries() if e.act == "call.disposed"}
    assert len([*log.entries()]) == len(certificates) == 2
    assert {key: (why, seq) for key, (why, seq) in disposed(bench.shelves).items()} == {
        key: ("withdrawal", seq) for key, seq in certificates.items()
    }
    assert of_row(bench) == ("gb", "en", set()), "nobody is found by a call that is gone"
    assert [state for _, state, *_ in consents(bench)] == ["granted", "withdrawn"], "why it went stays"
