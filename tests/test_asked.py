"""`callshield requests`: a person's calls found, given, set right, restricted and erased, by who may."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command import Result, here
from kept import change, disposed, keep, states
from postgres import server
from shelves import Shelves, token
from sqlalchemy import text
from test_store import STARTED_MS, Bench, block, finding, head, part, stream

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.keyring import KeyFile, add_key, fresh_key, write_key_file
from pipeline.adapters.pseudonym_keys import PseudonymKeys
from pipeline.core.pseudonym import Kind

VICTIM, OTHER = "+44 20 7946 0001", "+44 20 7946 0002"


class Office:
    """Calls of two persons, and the commands on them."""

    def __init__(self, folder: Path, index: str = "", rules: str = "eu-gdpr") -> None:
        self.shelves = Shelves(folder / "kept", "", index)
        keys = folder / "pseudonyms.json"
        write_key_file(keys, KeyFile("old", {"old": fresh_key()}))
        self.keys = PseudonymKeys(keys)
        self.shelves.environment |= {"CALLSHIELD_RETENTION": rules, "CALLSHIELD_PSEUDONYM_KEY_FILE": str(keys)}
        self.old = self.label(VICTIM)
        write_key_file(keys, add_key(keys, KeyFile("old", self.keys.file.keys)))
        self.keys = PseudonymKeys(keys)
        keep(self.shelves, "v1", 50, pseudonyms=[self.old])  # under a key that is not the current one any more
        keep(self.shelves, "v2", 20, pseudonyms=[self.label(VICTIM)], originals=True)
        keep(self.shelves, "o1", 20, pseudonyms=[self.label(OTHER)])
        keep(self.shelves, "alien", 20, "umbrella", pseudonyms=[self.label(VICTIM)])

    def label(self, number: str) -> tuple[str, str, str]:
        (made,) = self.keys.labels("acme", "gb", {Kind.CALLER: number})
        return made.kind, made.key_id, made.pseudonym

    def ask(self, *words: object, role: str = "privacy_officer", who: str = "dana", group: str = "requests") -> Result:
        return here(group, *words, "--token-file", token(self.shelves, role, name=who), env=self.shelves.environment)

    def open(self, kind: str, monkeypatch: pytest.MonkeyPatch, who: str = "dana", *more: object) -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO("020 7946 0001\n"))
        return self.ask("open", kind, "--by", "caller", "--tenant", "acme", "--jurisdiction", "gb", *more, who=who)

    def acts(self) -> list[str]:
        return [entry.act for entry in AuditLog(self.shelves.folder / "audit").entries()]

    def listed(self, *words: object) -> list[dict[str, Any]]:
        return here("requests", "list", *words, "--json", env=self.shelves.environment).document["requests"]  # type: ignore[no-any-return]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_erasure_takes_a_check_and_two_persons_and_leaves_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, "" if kind == "sqlite" else server().database())
    opened = office.open("erase", monkeypatch)
    assert opened.out.startswith("request-1: 2 calls; to be answered by "), opened.err
    assert [r["call"].split("@")[0] for r in office.ask("find", "request-1", "--json").document["calls"]] == [
        "acme/v2", "acme/v1"
    ]  # fmt: skip
    early = office.ask("erase", "request-1")
    assert (early.code, "identity was not checked" in early.error) == (6, True)
    assert office.ask("check", "request-1", "--how", "passport-seen").code == 0
    assert "second person" in office.ask("erase", "request-1").error
    assert "second person" in office.ask("approve", "request-1", role="approver").error
    assert office.ask("approve", "request-1", who="erin").code == 6  # without the role
    assert states(office.shelves)["v1"] == "stored"
    assert office.ask("approve", "request-1", role="approver", who="erin").code == 0
    done = office.ask("erase", "request-1", "--json")
    assert done.document == {"request": "request-1", "erased": 2, "left": [], "state": "done"}
    assert states(office.shelves) == {"v1": "erased", "v2": "erased", "o1": "stored", "alien": "stored"}
    assert {n.split("/")[2] for n in office.shelves.names()} == {"o1", "alien"}
    assert {key: why for key, (why, _) in disposed(office.shelves).items()} == {
        (call, use): "erasure" for call in ("v1", "v2") for use in ("store", "vault")
    }
    assert AuditLog(office.shelves.folder / "audit").verify().problems == ()
    facts = [e.facts for e in AuditLog(office.shelves.folder / "audit").entries() if e.act == "call.disposed"]
    assert {f["request"] for f in facts} == {"request-1"}
    assert office.acts().count("refused") == 4
    assert (office.listed(), office.listed("--all")[0]["state"]) == ([], "done")
    assert office.ask("find", "request-1", "--json").document["calls"] == []
    for file in office.shelves.folder.rglob("*"):  # nobody's number is anywhere
        assert not file.is_file() or b"79460001" not in file.read_bytes()


def test_what_must_be_kept_goes_when_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path, rules="india-dpdp")
    held = ("place", "--matter", "case-1", "--tenant", "acme", "--call", "v2", "--reason", "claim")
    assert office.ask(*held, role="custodian", group="holds").code == 0
    change(office.shelves, "v1", started_ms=STARTED_MS, ended_ms=1)  # long over
    office.open("erase", monkeypatch)
    office.ask("check", "request-1", "--how", "passport-seen")
    office.ask("approve", "request-1", role="approver", who="erin")
    done = office.ask("erase", "request-1", "--json").document
    assert done == {"request": "request-1", "erased": 1, "left": ["hold"], "state": "waiting"}
    refused = here(
        "calls", "get", "acme/v2", "--out", tmp_path / "out", "--token-file", token(office.shelves, "reader"),
        env=office.shelves.environment,
    )  # fmt: skip
    assert (refused.code, "restricted" in refused.error) == (6, True)
    sweep = ("--clock-is-right",)
    assert office.ask(*sweep, role="operator", group="sweep").code == 0
    assert states(office.shelves)["v2"] == "stored"
    assert office.ask("lift", "hold-1", "--reason", "settled", role="custodian", group="holds").code == 0
    swept = office.ask(*sweep, "--json", role="operator", group="sweep").document
    assert (swept["calls"], swept["stays"], swept["requests_closed"]) == (0, {"minimum": 1}, 0)
    assert swept["went"] == [{"reason": "erasure", "use": "vault", "calls": 1}]  # no law wants originals kept
    change(office.shelves, "v2", ended_ms=1)
    swept = office.ask(*sweep, "--json", role="operator", group="sweep").document
    assert (swept["went"][0]["reason"], swept["requests_closed"]) == ("erasure", 1)
    assert (states(office.shelves)["v2"], office.listed()) == ("erased", [])


def test_a_recording_the_law_wants_kept_is_waited_for_though_its_originals_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, rules="india-dpdp")
    office.open("erase", monkeypatch)
    office.ask("check", "request-1", "--how", "passport-seen")
    office.ask("approve", "request-1", role="approver", who="erin")
    done = office.ask("erase", "request-1", "--json").document
    assert done == {"request": "request-1", "erased": 0, "left": ["minimum", "minimum"], "state": "waiting"}
    assert {row["call"] for row in office.shelves.rows() if row["restricted"]} == {"v1", "v2"}
    assert not any("vault" in name for name in office.shelves.names())


def test_a_request_alone_erases_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep waits for a check and a second person as the command does."""
    office = Office(tmp_path, rules="uk")
    office.open("erase", monkeypatch)
    for step in ((), ("check", "request-1", "--how", "letter-77")):
        if step:
            assert office.ask(*step).code == 0
        swept = office.ask("--clock-is-right", "--json", role="operator", group="sweep").document
        assert (swept["calls"], swept["stays"]) == (0, {})
    assert office.ask("approve", "request-1", role="approver", who="erin").code == 0
    assert office.ask("--clock-is-right", "--json", role="operator", group="sweep").document["calls"] == 0
    assert set(states(office.shelves).values()) == {"stored"}


def test_restricted_calls_are_kept_and_not_used(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.open("restrict", monkeypatch)
    office.ask("check", "request-1", "--how", "letter-77")
    assert office.ask("restrict", "request-1").out == "request-1: 2 calls are kept and not used\n"
    assert {row["call"] for row in office.shelves.rows() if row["restricted"]} == {"v1", "v2"}
    change(office.shelves, "v1", ended_ms=1)
    office.ask("--clock-is-right", role="operator", group="sweep")
    assert states(office.shelves)["v1"] == "stored"
    assert office.listed("--overdue") == []
    assert office.ask("restrict", "request-1", "--lift").code == 0
    assert not any(row["restricted"] for row in office.shelves.rows())
    assert office.listed() == []


def test_a_request_is_refused_closed_and_overdue(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.open("erase", monkeypatch, "dana", "--received", "2026-01-02")
    late = here("requests", "list", "--overdue", env=office.shelves.environment)
    assert late.code == 1
    assert "OVERDUE" in late.out
    assert office.ask("close", "request-1", "--outcome", "erased").code == 2
    assert office.ask("close", "request-1", "--outcome", "unfounded", "--refused").code == 0
    assert here("requests", "list", "--overdue", env=office.shelves.environment).code == 0
    assert "is closed" in office.ask("check", "request-1", "--how", "letter-1").error
    assert "no such request" in office.ask("check", "request-9", "--how", "letter-1").error
    assert states(office.shelves)["v1"] == "stored"


def test_metadata_are_set_right(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.open("rectify", monkeypatch)
    office.ask("check", "request-1", "--how", "letter-77")
    assert (
        "not a call of this person" in office.ask("rectify", "request-1", "--call", "acme/o1", "--language", "de").error
    )
    assert (
        office.ask("rectify", "request-1", "--call", "acme/v1", "--language", "de", "--jurisdiction", "eu-de").code == 0
    )
    row = office.shelves.rows(call="v1")[0]
    assert (row["language"], row["jurisdiction"]) == ("de", "eu-de")
    assert office.ask("rectify", "request-1", "--call", "acme/v2", "--not-theirs").code == 0
    assert len(office.ask("find", "request-1", "--json").document["calls"]) == 1
    assert office.ask("close", "request-1", "--outcome", "rectified").code == 0
    assert office.acts().count("call.rectified") == 3


def test_a_person_gets_all_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path)
    bench = Bench(office.shelves.folder)
    one, pcm = head("real"), stream(2000)
    bench.send(part(0, "hello", last=True, call=one), block(pcm, 0, 2000, one, findings=(finding(5, 60),)))
    bench.run()
    change(office.shelves, "v1", state="quarantined")
    with office.shelves.index.begin() as connection:
        connection.execute(text(
            "UPDATE labels SET call_id = (SELECT id FROM calls WHERE call = 'real') WHERE call_id = "
            "(SELECT id FROM calls WHERE call = 'v2')"
        ))  # fmt: skip
    reader = token(office.shelves, "reader")
    env = office.shelves.environment
    assert here("calls", "get", "acme/real", "--out", tmp_path / "x", "--token-file", reader, env=env).code == 0
    office.open("access", monkeypatch)
    out = tmp_path / "package.zip"
    assert office.ask("access", "request-1", "--out", out).code == 6
    assert not out.exists()
    office.ask("check", "request-1", "--how", "passport-seen")
    done = office.ask("access", "request-1", "--out", out)
    assert "2 calls, 1 of them with" in done.out, done.err
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as package:
        names = set(package.namelist())
        about = json.loads(package.read("calls.json"))
        folder = f"real-{STARTED_MS}/"
        assert names == {"calls.json", *(folder + n for n in ("recording.flac", "transcript.json", "manifest.json"))}
        assert package.read(folder + "recording.flac") == (tmp_path / "x" / "recording.flac").read_bytes()
        whole = b"".join(package.read(name) for name in names)
    real = next(call for call in about["calls"] if call["call"] == "real")
    assert [(s["act"], s["role"]) for s in real["seen"]] == [("call.read", "reader")]
    assert real["hidden"][0]["entity"] == "CARD_NUMBER"
    assert b"pseudonym" not in whole.replace(b"pseudonyms", b"")
    assert b"dana" not in whole
    assert office.acts().count("call.read") == 3  # the reader's, and this one of both calls
    assert office.ask("close", "request-1", "--outcome", "answered").code == 0


def test_mistakes_are_one_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    words = ("open", "erase", "--by", "name", "--tenant", "acme")
    assert "standard input must hold one line" in office.ask(*words).error
    assert "has not come yet" in office.open("erase", monkeypatch, "dana", "--received", "2999-01-01").error
    assert office.ask(*words, role="reader").code == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("ann lee\n"))
    assert office.ask(*words, role="reader").code == 6
    office.open("erase", monkeypatch)
    assert "no mere numbers" in office.ask("check", "request-1", "--how", "0207946").error


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_number_is_never_given_twice_though_the_index_forgot_it(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, "" if kind == "sqlite" else server().database())
    place = ("place", "--matter", "case-1", "--tenant", "acme", "--all", "--reason", "claim")
    for number in (1, 2):
        assert office.open("access", monkeypatch).out.startswith(f"request-{number}: 2 calls")
        assert office.ask(*place, role="custodian", group="holds").out == f"hold-{number}: 3 calls stay\n"
    with office.shelves.index.begin() as connection:  # as a backup does that was made before
        for table in ("request_labels", "requests", "hold_calls", "holds"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert office.open("erase", monkeypatch).out.startswith("request-3: 2 calls")
    assert office.ask(*place, role="custodian", group="holds").out == "hold-3: 3 calls stay\n"
    for number in (1, 2):
        assert office.ask("lift", f"hold-{number}", "--reason", "lost", role="custodian", group="holds").code == 0
    stays = office.ask("--clock-is-right", "--json", role="operator", group="sweep").document
    assert stays["calls"] == 0
    assert {h["hold"] for h in here("holds", "list", "--json", env=office.shelves.environment).document["holds"]} == {
        "hold-3"
    }
