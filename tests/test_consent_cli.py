"""callshield consent and callshield pseudonym: rules explained, what was told, taking back, finding people."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from command import Result, here
from shelves import Shelves, token
from sqlalchemy import insert
from test_store import Bench, block, consent, head, lying, part, stream

from pipeline.adapters.index.schema import hold_calls, holds
from pipeline.adapters.keyring import KeyFile, add_key, fresh_key, read_key_file, write_key_file
from pipeline.adapters.pseudonym_keys import PseudonymKeys
from pipeline.core.pseudonym import Kind

NUMBER = "+44 20 7946 0000"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Two stored calls: c1, of who has NUMBER, under an old key; c2 of somebody else."""
    bench = Bench(tmp_path)
    path = tmp_path / "pseudonyms.json"
    write_key_file(path, KeyFile("old", {"old": fresh_key()}))
    bench.shelves.environment["CALLSHIELD_PSEUDONYM_KEY_FILE"] = str(path)
    pcm = stream(1000)
    for call, number in (("c1", NUMBER), ("c2", "+1 415 555 2671")):
        labels = PseudonymKeys(path).labels("acme", "gb", {Kind.CALLER: number})
        who = replace(head(call), jurisdiction="gb", labels=labels)
        bench.send(block(pcm, 0, 1000, who), part(0, last=True, call=who))
    bench.send(consent("granted"))
    bench.run()
    bench.run()
    return bench


def run(shelves: Shelves, *words: object, typed: str = "") -> Result:
    with mock.patch.object(sys, "stdin", io.StringIO(typed)):
        return here(*words, env=shelves.environment)


def audited(shelves: Shelves) -> list[dict[str, Any]]:
    """The audit log, which these commands are in."""
    folder = Path(shelves.environment["CALLSHIELD_AUDIT_DIR"])
    lines = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]
    return [line for line in lines if "act" in line]


def test_rules_are_explained(bench: Bench, tmp_path: Path) -> None:
    shown = run(bench.shelves, "consent", "check", "us-two-party")
    assert shown.code == 0
    assert "  training: a yes, notice, disclosure, proof\n" in shown.out
    rules = tmp_path / "rules.yaml"
    one = "name: r\nrules:\n  - jurisdiction: us\n    purposes:\n      storage: {consent: none, notice: no}\n"
    rules.write_text(one)
    bench.shelves.environment["CALLSHIELD_CONSENT_RULES"] = str(rules)
    asked = run(bench.shelves, "consent", "check", "--jurisdiction", "us-ca,us-tx", "--json").document
    assert asked["rules"][0]["needs"]["storage"]["consent"] == "none"
    assert asked["never"] == ["analytics"]
    assert "nobody has anything" in run(bench.shelves, "consent", "check", "--jurisdiction", "fr").out
    rules.write_text(one.replace("none", "perhaps"))
    wrong = run(bench.shelves, "consent", "check")
    assert (wrong.code, "rules.yaml:5" in wrong.error) == (2, True)
    assert run(bench.shelves, "consent", "check", "uk", "--jurisdiction", "US").code == 2
    bench.shelves.environment["CALLSHIELD_CONSENT_RULES"] = ""
    assert "name a file or a preset" in run(bench.shelves, "consent", "check").error


def test_consent_taken_back_leaves_nothing_of_the_call(bench: Bench) -> None:
    words = ("consent", "withdraw", "acme/c1", "--purpose", "storage", "--proof", "letter-77", "--yes")
    reader = token(bench.shelves, "reader")
    refused = run(bench.shelves, *words, "--token-file", reader)
    assert refused.code == 6
    assert lying(bench) == ["manifest", "recording", "told", "transcript"]
    done = run(bench.shelves, *words, "--token-file", token(bench.shelves, "privacy_officer"))
    assert done.code == 0, done.err
    assert lying(bench) == []
    assert lying(bench, "c2") == ["manifest", "recording", "transcript"]
    shown = run(bench.shelves, "consent", "show", "acme/c1", "--json").document
    assert shown["state"] == "withdrawn"
    told = [(row["purpose"], row["state"], row["proof"]) for row in shown["consents"]]
    assert told == [("storage", "granted", "p1"), ("storage", "withdrawn", "letter-77")]
    acts = [(entry["act"], entry["who"]) for entry in audited(bench.shelves)]
    gone = [("call.disposed", "dana")] * 2  # under each key
    assert acts == [("refused", "dana"), ("consent.withdraw", "dana"), *gone]
    again = run(bench.shelves, *words, "--token-file", token(bench.shelves, "privacy_officer"))
    assert again.code == 0, "it may be repeated"
    assert [entry["act"] for entry in audited(bench.shelves)].count("call.disposed") == 2
    assert run(bench.shelves, "consent", "show", "acme/c2").out == "stored; nothing was told\n"


@pytest.mark.parametrize(
    ("option", "value"), [("--purpose", "Storage!"), ("--proof", "020 7946 0000"), ("--proof", "02079460000")]
)
def test_a_withdrawal_names_a_purpose_and_no_person(bench: Bench, option: str, value: str) -> None:
    options = {"--purpose": "storage", "--proof": "letter-77", option: value}
    wrong = run(
        bench.shelves, "consent", "withdraw", "acme/c1", "--yes", *(w for pair in options.items() for w in pair)
    )
    assert wrong.code == 2
    assert option in wrong.error


def test_a_call_under_legal_hold_is_kept(bench: Bench) -> None:
    with bench.shelves.index.begin() as connection:
        hold = {"id": 1, "matter": "m1", "tenant": "acme", "reason": "suit", "by_whom": "dana", "placed_ms": 1}
        connection.execute(insert(holds), [hold])
        number = next(row["id"] for row in bench.shelves.rows() if row["call"] == "c1")
        connection.execute(insert(hold_calls), [{"hold_id": 1, "call_id": number}])
    officer = token(bench.shelves, "privacy_officer")
    refused = run(
        bench.shelves, "consent", "withdraw", "acme/c1", "--purpose", "storage", "--proof", "letter-77", "--yes",
        "--token-file", officer,
    )  # fmt: skip
    assert (refused.code, "legal hold" in refused.error) == (6, True)
    assert lying(bench) == ["manifest", "recording", "told", "transcript"]


def test_a_person_is_found_under_old_keys_too(bench: Bench) -> None:
    path = Path(bench.shelves.environment["CALLSHIELD_PSEUDONYM_KEY_FILE"])
    write_key_file(path, add_key(path, read_key_file(path)))
    officer = token(bench.shelves, "privacy_officer")
    words = ("pseudonym", "find", "caller", "--tenant", "acme", "--jurisdiction", "gb")
    assert run(bench.shelves, *words, typed=NUMBER).code == 6
    found = run(bench.shelves, *words, "--json", "--token-file", officer, typed="020 7946-0000\n").document
    assert [call["call"] for call in found["calls"]] == ["c1"]
    assert [p["key_id"] for p in found["pseudonyms"]][-1] == "old"
    assert run(bench.shelves, *words, "--token-file", officer, typed="\n").code == 2
    nobody = run(bench.shelves, *words, "--token-file", officer, typed="+44 20 7946 0001").out
    assert nobody.endswith("0 calls\n")
    assert "7946" not in nobody
    (*_, last) = audited(bench.shelves)
    assert last["act"] == "person.find"
    assert "7946" not in json.dumps(audited(bench.shelves))
    keys = run(bench.shelves, "pseudonym", "keys", "--json").document
    assert (keys["keys"]["old"], keys["lost"], keys["current"] == "old") == (2, [], False)
    write_key_file(path, KeyFile("new", {"new": fresh_key()}))
    assert "old  2 labels, and the file has no such key" in run(bench.shelves, "pseudonym", "keys").out
    del bench.shelves.environment["CALLSHIELD_PSEUDONYM_KEY_FILE"]
    assert "CALLSHIELD_PSEUDONYM_KEY_FILE" in run(bench.shelves, "pseudonym", "keys").error
