"""The sweep: what is over goes, all of it and once, whatever dies on the way; what must stay stays."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import s3
from command import Result, here
from kept import DAY_MS, NOW_MS, change, disposed, keep, name, states
from postgres import server
from shelves import Shelves, token

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.index.calls import Wanted
from pipeline.adapters.index.holds import place
from pipeline.adapters.index.turn import turn
from pipeline.adapters.retention_file import find_rules
from pipeline.adapters.sweep import Sweep
from pipeline.core.errors import KeyLostError, OutputError, RefusedError
from pipeline.core.swept import Swept
from pipeline.ports.key_register import KeyName, Use

RULES = find_rules("eu-gdpr")


class Died(BaseException):
    """The process, at this point."""


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    return Shelves(tmp_path / "kept")


def swept(
    shelves: Shelves, now_ms: int = NOW_MS, *, restored: bool = False, rules: Any = RULES, clock_is_right: bool = True
) -> Swept:
    run = sweep(shelves, now_ms, rules)
    run.check(clock_is_right=clock_is_right)
    return run.run("dana", lambda n, of: None, restored=restored)


def sweep(shelves: Shelves, now_ms: int = NOW_MS, rules: Any = RULES) -> Sweep:
    return Sweep(shelves.calls, shelves.index, audit(shelves), rules, lambda: now_ms / 1000)


def audit(shelves: Shelves) -> AuditLog:
    return AuditLog(shelves.folder / "audit")


def certificates(shelves: Shelves) -> dict[tuple[str, str], list[int]]:
    """Numbers of certificates by call and use: one each, if all is well."""
    found: dict[tuple[str, str], list[int]] = {}
    for entry in audit(shelves).entries():
        if entry.act == "call.disposed":
            found.setdefault((str(entry.facts["call"]), str(entry.facts["use"])), []).append(entry.seq)
    return found


def registered(shelves: Shelves) -> list[tuple[KeyName, int]]:
    """Every data key, and when it was made."""
    return [(key, made_ms) for key, _, made_ms in shelves.calls.register.keys()]  # noqa: SIM118


def whole(shelves: Shelves) -> Any:
    """All that must be the same in the end."""
    keys = [key for key, _ in registered(shelves)]
    stones = [(stone.name, stone.reason) for stone in shelves.calls.register.tombstones()]
    reasons = {k: why for k, (why, _) in disposed(shelves).items()}
    return states(shelves), shelves.names(), keys, stones, reasons


def sound(shelves: Shelves) -> None:
    """One certificate for each disposal, and the index names it."""
    numbers = {key: [seq] for key, (_, seq) in disposed(shelves).items()}
    assert certificates(shelves) == numbers
    assert audit(shelves).verify().problems == ()


def mixed(folder: Path, *urls: str) -> Shelves:
    made = Shelves(folder, *urls)
    keep(made, "old", 91)
    keep(made, "new", 89)
    keep(made, "both", 100, originals=True)
    keep(made, "originals", 31, originals=True)
    keep(made, "running", 100, state="running")
    return made


@pytest.mark.parametrize("kind", ["folder and sqlite", "s3 and postgresql"])
def test_what_is_over_goes_with_a_certificate(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    urls: tuple[str, ...] = ()
    if kind == "s3 and postgresql":
        s3.reachable(monkeypatch)
        urls = f"s3://{s3.bucket()}/calls", server().database()
    shelves = mixed(tmp_path / "kept", *urls)
    before = shelves.names()
    planned = sweep(shelves).plan()
    assert shelves.names() == before
    found = swept(shelves)
    assert found.went == planned.went == {("retention", "store"): 3, ("retention", "vault"): 2}
    assert states(shelves) == {
        "old": "disposed", "both": "disposed", "running": "disposed", "new": "stored", "originals": "stored"
    }  # fmt: skip
    assert {n.split("/")[2] for n in shelves.names()} == {"new", "originals"}
    assert not any("vault" in n for n in shelves.names())
    sound(shelves)
    for call in ("old", "both"):
        with pytest.raises(KeyLostError, match="retention"):
            shelves.calls.register.open(name(call, NOW_MS - (91 if call == "old" else 100) * DAY_MS))
    after = whole(shelves)
    again = swept(shelves)
    assert (again.went, again.stayed) == ({}, {})
    assert whole(shelves) == after
    sound(shelves)


# --- crashes


@contextmanager
def dying(shelves: Shelves, at: int) -> Iterator[list[int]]:
    """Die at the at-th look at a store: even ones before, odd ones after it did what it was told. Counts looks."""
    count = [0]

    def wrapped(there: Any, method: str) -> Callable[..., Any]:
        done = getattr(there, method)

        def call(*args: Any, **more: Any) -> Any:
            number, count[0] = count[0], count[0] + 2
            if number == at:
                raise Died
            answer = done(*args, **more)
            if number + 1 == at:
                raise Died
            return answer

        return call

    patch = pytest.MonkeyPatch()
    patch.setattr(shelves.calls.register, "destroy_all", wrapped(shelves.calls.register, "destroy_all"))
    patch.setattr(shelves.calls.objects, "delete", wrapped(shelves.calls.objects, "delete"))
    append = wrapped(AuditLog, "append_all")
    patch.setattr(AuditLog, "append_all", lambda log, acts: append(log, acts))  # noqa: PLW0108
    begin = shelves.index.begin

    @contextmanager
    def transaction() -> Iterator[Any]:
        number, count[0] = count[0], count[0] + 2
        with begin() as connection:
            yield connection
            if number == at:
                raise Died  # not committed
        if number + 1 == at:
            raise Died

    patch.setattr(shelves.index, "begin", transaction)
    try:
        yield count
    finally:
        patch.undo()


def test_a_sweep_that_dies_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    plain = mixed(tmp_path / "plain")
    with dying(plain, -1) as looks:
        swept(plain)
    wanted = whole(plain)
    assert looks[0] > 20
    for at in range(looks[0]):
        shelves = mixed(tmp_path / f"died-{at}")
        with dying(shelves, at), pytest.raises(Died):
            swept(shelves)
        shelves.open()
        swept(shelves)
        assert whole(shelves) == wanted, at
        sound(shelves)
        shutil.rmtree(shelves.folder)


@pytest.mark.parametrize("reason", ["erasure", "withdrawal", "court-order"])
def test_what_others_began_is_finished_though_it_is_not_due(shelves: Shelves, reason: str) -> None:
    key = keep(shelves, "new", 1, originals=True)
    keep(shelves, "other", 1, originals=True)
    shelves.calls.register.destroy_all([key], reason, NOW_MS)
    swept(shelves)
    wanted = "withdrawn" if reason == "withdrawal" else "erased"
    assert states(shelves) == {"new": wanted, "other": "stored"}
    assert {n.split("/")[2] for n in shelves.names()} == {"other"}
    assert disposed(shelves)["new", "store"][0] == reason
    assert [key.call for key, _ in registered(shelves)] == ["other", "other"]
    sound(shelves)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_hold_that_is_placed_while_a_sweep_runs_counts(kind: str, tmp_path: Path) -> None:
    shelves = Shelves(tmp_path / "kept", "", "" if kind == "sqlite" else server().database())
    keep(shelves, "old", 91)
    with ThreadPoolExecutor(1) as pool:
        with turn(shelves.index):
            running = pool.submit(swept, shelves)
            with pytest.raises(TimeoutError):
                running.result(1)
            with shelves.index.begin() as connection:
                assert place(connection, Wanted("acme"), "case-1", "claim", "cora", NOW_MS, 0) == (1, 1)
        assert running.result(60).stayed == {1: "hold"}
    assert states(shelves) == {"old": "stored"}


def test_a_sweep_that_died_is_the_same_one(shelves: Shelves) -> None:
    keep(shelves, "old", 91)
    with dying(shelves, 2), pytest.raises(Died):
        swept(shelves)
    swept(shelves)
    acts = [(entry.act, entry.facts.get("sweep")) for entry in audit(shelves).entries()]
    assert acts == [("call.disposed", "sweep-1"), ("sweep.finished", "sweep-1")]
    swept(shelves)
    assert [entry.facts["sweep"] for entry in audit(shelves).entries()][-1] == "sweep-2"


# --- what stays


def test_what_is_held_restricted_or_without_rule_stays(tmp_path: Path) -> None:
    shelves = Shelves(tmp_path / "kept")
    for call in ("held", "restricted", "goes"):
        keep(shelves, call, 91)
    keep(shelves, "india", 91, jurisdiction="in")
    change(shelves, "restricted", restricted=True)
    path = tmp_path / "rules.yaml"
    path.write_text("name: r\nrules:\n  - preset: eu-gdpr\n  - {jurisdiction: in, preset: india-dpdp}\n")
    rules = find_rules(str(path))
    held = here(
        "holds", "place", "--matter", "case-1", "--tenant", "acme", "--call", "held", "--reason", "claim",
        "--json", "--token-file", token(shelves, "custodian"), env=shelves.environment,
    ).document  # fmt: skip
    assert held == {"hold": "hold-1", "matter": "case-1", "calls": 1}
    planned = sweep(shelves, rules=rules).plan()
    found = swept(shelves, rules=rules)
    assert sorted(found.stayed.values()) == sorted(planned.stayed.values()) == ["hold", "restricted"]
    assert states(shelves) == {"held": "stored", "restricted": "stored", "india": "stored", "goes": "disposed"}
    assert swept(shelves, NOW_MS + 310 * DAY_MS, rules=rules).calls == 1
    assert states(shelves)["india"] == "disposed"
    lifted = here(
        "holds", "lift", "hold-1", "--reason", "settled", "--token-file", token(shelves, "custodian"),
        env=shelves.environment,
    )  # fmt: skip
    assert lifted.code == 0, lifted.err
    assert swept(shelves, NOW_MS + 311 * DAY_MS, rules=rules).calls == 1
    assert states(shelves)["held"] == "disposed"
    sound(shelves)


def test_calls_of_no_rule_are_told_of(tmp_path: Path, shelves: Shelves) -> None:
    keep(shelves, "somewhere", 9_000, jurisdiction="fr")
    path = tmp_path / "rules.yaml"
    path.write_text("name: r\nrules:\n  - {jurisdiction: in, preset: india-dpdp}\n")
    rules = find_rules(str(path))
    assert sweep(shelves, rules=rules).plan().unruled == swept(shelves, rules=rules).unruled == 1
    assert states(shelves) == {"somewhere": "stored"}


def test_new_rules_reach_calls_that_are_kept(shelves: Shelves) -> None:
    keep(shelves, "c", 100)
    assert swept(shelves, rules=find_rules("uk")).calls == 0
    assert shelves.rows()[0]["retention_class"] == "uk"
    assert swept(shelves).calls == 1


def test_a_hold_the_index_has_lost_stops_the_sweep(shelves: Shelves) -> None:
    keep(shelves, "held", 91)
    base = shelves.folder / "index.sqlite3"
    shelves.index.scrub()
    backup = base.read_bytes()
    words = ("--matter", "case-1", "--tenant", "acme", "--all", "--reason", "claim")
    custodian = token(shelves, "custodian")
    assert here("holds", "place", *words, "--token-file", custodian, env=shelves.environment).code == 0
    shelves.index.close()
    for file in shelves.folder.glob("index.sqlite3*"):
        file.unlink()
    base.write_bytes(backup)
    shelves.open()
    with pytest.raises(RefusedError, match="hold-1"):
        sweep(shelves).check(clock_is_right=True)
    assert (
        here("holds", "lift", "hold-1", "--reason", "settled", "--token-file", custodian, env=shelves.environment).code
        == 0
    )
    assert swept(shelves).calls == 1


def test_a_clock_that_leapt_disposes_of_nothing(shelves: Shelves) -> None:
    keep(shelves, "new", 1)
    swept(shelves)
    with pytest.raises(RefusedError, match="100 days ahead"):
        swept(shelves, NOW_MS + 100 * DAY_MS, clock_is_right=False)
    assert states(shelves) == {"new": "stored"}
    assert swept(shelves, NOW_MS + 100 * DAY_MS).calls == 1


def test_what_only_the_register_knows_goes_by_the_shortest_rule(shelves: Shelves, tmp_path: Path) -> None:
    later = int(time.time() * 1000) + 2 * DAY_MS
    keep(shelves, "lost", 40 - (later - NOW_MS) / DAY_MS, row=False)
    path = tmp_path / "rules.yaml"
    path.write_text(
        "name: r\nrules:\n  - preset: uk\n"
        "  - {jurisdiction: us, preset: us, class: short, purposes: {storage: {max: 50 days}}}\n"
    )
    rules = find_rules(str(path))
    assert swept(shelves, later - 2 * DAY_MS, rules=rules).introduced == 0  # it may be running
    assert swept(shelves, later, rules=rules).introduced == 1
    assert shelves.rows()[0]["retention_class"] == "short:uk"
    assert swept(shelves, later + 15 * DAY_MS, rules=rules).calls == 1
    assert shelves.names() == []
    sound(shelves)


# --- backups


def test_restored_backups_bring_nothing_back(tmp_path: Path) -> None:
    shelves = mixed(tmp_path / "kept")
    shelves.index.scrub()
    saved = tmp_path / "saved"
    shutil.copytree(shelves.folder, saved)
    swept(shelves)
    gone = whole(shelves)
    for what in ("store", "index.sqlite3", "register.sqlite3"):
        shelves.index.close()
        shelves.calls.register.close()  # type: ignore[attr-defined]
        for file in shelves.folder.glob(f"{what}*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        for file in saved.glob(f"{what}*"):
            shutil.copytree(file, shelves.folder / file.name) if file.is_dir() else shutil.copy(file, shelves.folder)
        shelves.open()
        with pytest.raises(KeyLostError):
            shelves.calls.register.open(name("old", NOW_MS - 91 * DAY_MS))
        found = swept(shelves, restored=True)
        assert found.restored == (9 + 2 if what == "store" else 0)
        states_now, names, keys, stones, _ = whole(shelves)
        assert (names, keys, stones) == (gone[1], gone[2], gone[3])
        assert states_now == gone[0]


# --- all of it against the table


def test_the_index_finds_what_the_table_says(tmp_path: Path) -> None:
    shelves, chance = Shelves(tmp_path / "kept"), random.Random(5)
    for number in range(60):
        keep(shelves, f"c{number}", chance.choice([5, 31, 95, 370, 500]), chance.choice(["acme", "umbrella"]),
             originals=chance.random() < 0.4, jurisdiction=chance.choice(["", "us-ca", "in", "us,in"]),
             restricted=chance.random() < 0.2)  # fmt: skip
    path = tmp_path / "rules.yaml"
    path.write_text(
        "name: r\nrules:\n  - preset: eu-gdpr\n  - {jurisdiction: in, preset: india-dpdp}\n"
        "  - {jurisdiction: us, tenant: acme, preset: us}\n"
    )
    rules = find_rules(str(path))
    planned = sweep(shelves, rules=rules).plan()
    assert planned.went["retention", "store"] > 9
    assert planned.went["retention", "vault"] > 3
    found = swept(shelves, rules=rules)
    assert found.went["retention", "store"] == planned.went["retention", "store"]
    assert set(found.stayed) >= set(planned.stayed)
    assert sweep(shelves, rules=rules).plan().went == {}
    originals = {n.split("/")[2] for n in shelves.names() if "vault/" in n}
    assert {key.call for key, _ in registered(shelves) if key.use is Use.VAULT} == originals
    sound(shelves)


# --- the command


def command(shelves: Shelves, *words: object, role: str = "operator", rules: str = "eu-gdpr") -> Result:
    env = {**shelves.environment, "CALLSHIELD_RETENTION": rules}
    return here("sweep", *words, "--token-file", token(shelves, role), env={**env, **shelves.environment})


def test_the_command(shelves: Shelves) -> None:
    keep(shelves, "ancient", 3_000)
    assert command(shelves, rules="").error.startswith("error: CALLSHIELD_RETENTION: say how long")
    dry = command(shelves, "--dry-run", "--json", "--clock-is-right").document
    assert (dry["dry_run"], dry["calls"]) == (True, 1)
    assert states(shelves) == {"ancient": "stored"}
    refused = command(shelves, "--clock-is-right", role="reader")
    assert (refused.code, states(shelves)) == (6, {"ancient": "stored"})
    done = command(shelves, "--clock-is-right")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == ["1 calls went: retention", "1 calls went"]
    assert [e.act for e in audit(shelves).entries()] == ["refused", "sweep", "call.disposed", "sweep.finished"]
    assert states(shelves) == {"ancient": "disposed"}


def test_with_the_database_down_nothing_is_lost(tmp_path: Path) -> None:
    shelves = Shelves(tmp_path / "kept", "", server().database())
    keep(shelves, "ancient", 3_000)
    server().stop()
    try:
        down = command(shelves, "--clock-is-right")
        assert down.code == 2
        assert "the database cannot be used" in down.error
    finally:
        server().start()
    assert shelves.calls.register.open(name("ancient", NOW_MS - 3_000 * DAY_MS))
    assert command(shelves, "--clock-is-right").code == 0
    assert states(shelves) == {"ancient": "disposed"}


def test_with_the_store_down_the_rest_goes_next_time(shelves: Shelves, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(shelves, "old", 91)
    with monkeypatch.context() as patch:

        def down(*names: str) -> None:
            raise OutputError("the object store is away")

        patch.setattr(shelves.calls.objects, "delete", down)
        with pytest.raises(OutputError, match="away"):
            swept(shelves)
    assert states(shelves) == {"old": "stored"}
    assert certificates(shelves) == {}
    swept(shelves)
    assert (states(shelves), shelves.names()) == ({"old": "disposed"}, [])
    sound(shelves)
