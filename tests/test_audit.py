"""The audit log: whatever is done to it afterwards is found, nothing secret fits in, crashes lose nothing."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.audit_log import AuditLog
from pipeline.core import chain
from pipeline.core.audit import FACTS, Problem, Wrong
from pipeline.core.errors import InputError

ACTS = ["call.read", "vault.unseal", "key.destroyed", "refused"]


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit", tmp_path / "anchor")


def lines(log: AuditLog) -> list[bytes]:
    return (log.folder / "log.jsonl").read_bytes().splitlines(keepends=True)


def put(log: AuditLog, data: bytes | list[bytes]) -> None:
    (log.folder / "log.jsonl").write_bytes(data if isinstance(data, bytes) else b"".join(data))


def wrongs(log: AuditLog) -> set[Wrong]:
    return {problem.wrong for problem in log.verify().problems}


# --- what is written


def test_entries_are_what_was_told(log: AuditLog) -> None:
    first = log.append("call.read", "dana", tenant="acme", call="c-1", started_ms=5)
    second = log.append("call.read", "robin", tenant="acme", call="c-2")
    assert [(e.seq, e.who, e.act, dict(e.facts)) for e in log.entries()] == [
        (1, "dana", "call.read", {"tenant": "acme", "call": "c-1", "started_ms": 5}),
        (2, "robin", "call.read", {"tenant": "acme", "call": "c-2"}),
    ]
    assert list(log.entries()) == [first, second]
    assert log.verify().problems == ()
    assert (log.verify().entries, log.verify().heads) == (2, 2)


def test_many_at_once_are_under_one_head(log: AuditLog) -> None:
    made = log.append_all([("key.destroyed", "sweep", {"call": f"c-{n}"}) for n in range(100)])
    assert [entry.seq for entry in made] == list(range(1, 101))
    assert (log.verify().entries, log.verify().heads, log.verify().problems) == (100, 1, ())
    assert log.append_all([]) == []


def test_an_empty_log_is_fine(log: AuditLog) -> None:
    assert log.verify().entries == 0
    assert list(log.entries()) == []


# --- what may be in it


@pytest.mark.parametrize(
    ("name", "value"),
    [("reason", "he said so"), ("reason", "4111111111111111"), ("reason", "+14155550100"), ("matter", "415-555-0100"),
     ("purpose", "a b"), ("request", "olivia@example.com"), ("pseudonym", "+14155550100"), ("operator", "Olivia Smith"),
     ("calls", -1), ("calls", "3"), ("calls", True), ("tenant", ""), ("call", "a\nb"), ("reason", 5)],
)  # fmt: skip
def test_what_could_be_a_secret_is_refused(log: AuditLog, name: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        log.append("call.read", "dana", **{name: value})
    assert str(value) not in str(caught.value) or len(str(value)) < 3
    assert not (log.folder / "log.jsonl").exists()


def test_an_unknown_fact_is_a_fault_of_the_program(log: AuditLog) -> None:
    with pytest.raises(ValueError, match="words"):
        log.append("call.read", "dana", words="hello")


def test_every_fact_stands_in_the_page() -> None:
    page = (Path(__file__).parents[1] / "docs" / "audit.md").read_text()
    for name, (kind, meaning) in FACTS.items():
        assert f"| `{name}` | {kind} | {meaning} |" in page


# --- what is found


def forge(links: list[chain.Link]) -> list[bytes]:
    """The same bodies in a chain made anew, hashes and all."""
    made: list[chain.Link] = []
    for link in links:
        made.append(chain.link(made[-1] if made else None, link.body))
    return [chain.line(link) for link in made]


def tampered(data: list[bytes], how: str, chance: random.Random) -> list[bytes]:
    at, to = chance.randrange(len(data)), chance.randrange(len(data))
    out, links = list(data), [chain.read_line(line) for line in data]
    if how == "flip":
        line = bytearray(out[at])
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
        out[at] = bytes(line)
    elif how == "delete":
        del out[at]
    elif how == "swap":
        out[at], out[to] = out[to], out[at]
    elif how == "repeat":
        out.insert(to, out[at])
    elif how == "cut":
        out = out[:at]
    elif how == "tear":
        out[-1] = out[-1][: chance.randrange(len(out[-1]))]
    elif how == "edit and make anew":
        links[at] = chain.Link(0, "", {**links[at].body, "who": "nobody"}, "")
        out = forge(links)
    elif how == "delete and make anew":
        del links[at]
        out = forge(links)
    elif how == "swap and make anew":
        links[at], links[to] = links[to], links[at]
        out = forge(links)
    elif how == "add":
        out.append(chain.line(chain.link(links[-1], links[at].body)))
    elif how == "insert blank":
        out.insert(at, b"\n")
    return out


HOW = ["flip", "delete", "swap", "repeat", "cut", "tear", "edit and make anew", "delete and make anew",
       "swap and make anew", "add", "insert blank"]  # fmt: skip


@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 99), st.booleans()), min_size=1, max_size=8),
    how=st.sampled_from(HOW),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tampering_is_found(tmp_path: Path, acts: list[tuple[str, int, bool]], how: str, seed: int) -> None:
    shutil.rmtree(tmp_path / "audit", ignore_errors=True)
    shutil.rmtree(tmp_path / "anchor", ignore_errors=True)
    log = AuditLog(tmp_path / "audit", tmp_path / "anchor")
    for act, number, many in acts:
        log.append_all([(act, "dana", {"call": f"c-{number}"})] * (3 if many else 1))
    before = lines(log)
    assert log.verify().problems == ()
    put(log, tampered(before, how, random.Random(seed)))
    assert (lines(log) == before) == (log.verify().problems == ())


def test_a_log_that_is_gone_is_found(log: AuditLog) -> None:
    log.append("call.read", "dana")
    (log.folder / "log.jsonl").unlink()
    assert wrongs(log) == {Wrong.CUT}


def test_heads_that_are_gone_or_changed_are_found(log: AuditLog) -> None:
    for _ in range(3):
        log.append("call.read", "dana")
    heads = log.anchor / "heads.jsonl"
    whole = heads.read_bytes()
    heads.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert log.verify().problems == (Problem(Wrong.UNSIGNED, 3),)
    heads.unlink()
    assert log.verify().problems == (Problem(Wrong.UNSIGNED, 1),)
    heads.write_bytes(whole.replace(b'"seq":3', b'"seq":9'))
    assert Wrong.FORGED in wrongs(log)
    heads.write_bytes(whole + b"no head\n")
    assert log.verify().problems == (Problem(Wrong.FORGED, 4),)


def test_a_history_signed_by_another_key_is_found(log: AuditLog, tmp_path: Path) -> None:
    log.append("call.read", "dana")
    kept = tmp_path / "public.pem"
    shutil.copy(log.anchor / "public.pem", kept)
    shutil.rmtree(log.folder)
    shutil.rmtree(log.anchor)
    log = AuditLog(log.folder, log.anchor)
    log.append("call.read", "nobody")
    assert log.verify().problems == ()
    assert {p.wrong for p in log.verify(kept).problems} == {Wrong.FORGED, Wrong.UNSIGNED}
