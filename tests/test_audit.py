"""The audit log: whatever is done to it afterwards is found, nothing secret fits in, crashes lose nothing."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import ROOT, here
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_operator_tokens import Office

from pipeline.adapters.audit_log import AuditLog
from pipeline.core import chain
from pipeline.core.audit import FACTS, Problem, Wrong, fits
from pipeline.core.errors import ConfigError, InputError, OutputError, TamperedError

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


@given(
    name=st.sampled_from([name for name, (kind, _) in FACTS.items() if kind != "number"]),
    words=st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1), min_size=2, max_size=4),
    blank=st.sampled_from([" ", "\n", "\t", "\u00a0", ", "]),
)
def test_no_sentence_fits_any_fact(name: str, words: list[str], blank: str) -> None:
    assert not fits(name, blank.join(words))


@given(
    name=st.sampled_from([name for name, (kind, _) in FACTS.items() if kind in ("id", "code", "codes", "number")]),
    digits=st.from_regex(r"\+?[0-9]{3}([ .:/-]?[0-9]{1,4}){1,5}", fullmatch=True),
)
def test_no_number_of_a_card_or_telephone_fits_what_people_type(name: str, digits: str) -> None:
    assert not fits(name, digits)


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
    elif how == "edit with its hash":
        before = links[at - 1] if at else None
        out[at] = chain.line(chain.link(before, {**links[at].body, "who": "nobody"}))
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
    elif how == "write otherwise":  # the same content, in other bytes
        out[at] = json.dumps(json.loads(out[at])).encode() + b"\n"
    elif how == "insert much":
        out.insert(at, b"x" * chance.randrange(1, 20_000))
    return out


HOW = ["flip", "delete", "swap", "repeat", "cut", "tear", "edit and make anew", "edit with its hash",
       "delete and make anew", "swap and make anew", "add", "insert blank", "insert much",
       "write otherwise"]  # fmt: skip


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


# --- crashes, full disks, several writers, clocks


def test_a_line_a_crash_left_torn_is_told_mended_and_never_counted(log: AuditLog) -> None:
    log.append("call.read", "dana")
    whole = b"".join(lines(log))
    log.append("call.read", "robin")
    torn = b"".join(lines(log))[len(whole) : -20]
    put(log, whole + torn)
    heads = log.anchor / "heads.jsonl"  # the crash came before the head, too
    heads.write_bytes(heads.read_bytes().splitlines(keepends=True)[0])
    assert wrongs(log) == {Wrong.TORN}
    assert [entry.who for entry in log.entries()] == ["dana"]
    assert log.append("call.read", "kim").seq == 3
    assert [(e.who, e.act, dict(e.facts)) for e in log.entries()] == [
        ("dana", "call.read", {}), ("callshield", "audit.mended", {"bytes": len(torn)}), ("kim", "call.read", {}),
    ]  # fmt: skip
    assert log.verify().problems == ()


def test_entries_without_a_head_are_told_of_before_they_are_signed(log: AuditLog) -> None:
    log.append("call.read", "dana")
    log.append("call.read", "robin")
    heads = log.anchor / "heads.jsonl"
    heads.write_bytes(heads.read_bytes().splitlines(keepends=True)[0])
    assert wrongs(log) == {Wrong.UNSIGNED}
    assert log.sign().seq == 3
    assert [dict(e.facts) for e in log.entries() if e.act == "audit.mended"] == [{"entries": 1}]
    assert log.verify().problems == ()


def test_a_torn_head_is_mended(log: AuditLog) -> None:
    log.append("call.read", "dana")
    heads = log.anchor / "heads.jsonl"
    whole = heads.read_bytes()
    log.append("call.read", "robin")
    heads.write_bytes(heads.read_bytes()[:-9])
    assert wrongs(log) == {Wrong.UNSIGNED}
    log.append("call.read", "kim")
    assert heads.read_bytes().startswith(whole)
    assert log.verify().problems == ()


def test_nothing_is_written_to_a_log_that_was_cut_or_replaced(log: AuditLog) -> None:
    for who in ("dana", "robin", "kim"):
        log.append("call.read", who)
    whole = lines(log)
    other = forge([chain.link(None, {**chain.read_line(whole[0]).body, "who": "nobody"})] * 3)
    for data in (whole[:2], [], other, [*whole[:2], whole[2][:-5]], [*whole[:2], b"x" * 20_000]):
        put(log, data)
        with pytest.raises(TamperedError, match="restore"):
            log.append("call.read", "dana")
        assert lines(log) == b"".join(data).splitlines(keepends=True)
    put(log, whole)
    assert log.append("call.read", "dana").seq == 4


def test_a_full_disk_writes_nothing_and_is_told(log: AuditLog) -> None:
    log.append("call.read", "dana")
    before = lines(log)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for spare in (0, 100):
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before[0]) + spare, hard))
        try:
            with pytest.raises(OutputError, match="full"):
                log.append("call.read", "robin")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert lines(log) == before
    assert log.append("call.read", "kim").seq == 2
    assert log.verify().problems == ()


def test_an_anchor_that_is_away_stops_acts_and_is_made_up_for(log: AuditLog) -> None:
    log.append("call.read", "dana")
    away = log.anchor.rename(log.anchor.with_name("away"))
    log.anchor.write_bytes(b"")
    with pytest.raises(OutputError):
        log.append("call.read", "robin")
    log.anchor.unlink()
    with pytest.raises(ConfigError, match="anchor"):  # an empty mount point, say
        AuditLog(log.folder, log.anchor).append("call.read", "robin")
    assert not log.anchor.exists()
    away.rename(log.anchor)
    log.append("call.read", "kim")
    assert log.verify().problems == ()
    assert [e.who for e in log.entries() if e.act == "call.read"] == ["dana", "kim"]


def test_a_clock_that_goes_back_changes_no_order(tmp_path: Path) -> None:
    now = [2_000.0]
    log = AuditLog(tmp_path / "audit", clock=lambda: now[0])
    for at in (2_000.0, 1_000.0, -5.0, 3_000.0):
        now[0] = at
        log.append("call.read", "dana")
    assert [(e.seq, e.at_ms) for e in log.entries()] == [(1, 2_000_000), (2, 1_000_000), (3, 0), (4, 3_000_000)]
    assert (log.verify().problems, log.verify().clock_back) == ((), 2)


def test_many_processes_and_threads_write_one_chain(log: AuditLog) -> None:
    script = (
        "import sys; from pathlib import Path; from concurrent.futures import ThreadPoolExecutor\n"
        "from pipeline.adapters.audit_log import AuditLog\n"
        "log = AuditLog(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    list(pool.map(lambda n: log.append('call.read', sys.argv[3], calls=n), range(25)))\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(log.folder), str(log.anchor), who], env=env)
        for who in ("one", "two", "three")
    ]
    for _ in range(20):
        assert not {p.wrong for p in log.verify().problems}
    assert [each.wait(120) for each in running] == [0, 0, 0]
    found = list(log.entries())
    assert [e.seq for e in found] == list(range(1, 76))
    assert {(e.who, e.facts["calls"]) for e in found} == {(w, n) for w in ("one", "two", "three") for n in range(25)}
    assert (log.verify().problems, log.verify().heads) == ((), 75)


def test_a_process_that_is_killed_leaves_a_log_that_goes_on(log: AuditLog) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from pipeline.adapters.audit_log import AuditLog\n"
        "log = AuditLog(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "for n in range(10_000): log.append('call.read', 'dana', calls=n); print(n, flush=True)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    for round_ in range(3):
        before = len(list(log.entries()))
        with subprocess.Popen(
            [sys.executable, "-c", script, str(log.folder), str(log.anchor)], env=env, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            told = [running.stdout.readline() for _ in range(3 + round_)]
            running.kill()
            told += running.stdout.readlines()
        log.append("call.read", "robin")
        assert log.verify().problems == ()
        kept = [e for e in list(log.entries())[before:] if e.who == "dana"]
        assert [e.facts["calls"] for e in kept][: len(told)] == [int(line) for line in told if line.endswith("\n")]


def test_two_logs_do_not_share_an_anchor(log: AuditLog, tmp_path: Path) -> None:
    log.append("call.read", "dana")
    with pytest.raises(TamperedError, match="signed"):
        AuditLog(tmp_path / "other", log.anchor).append("call.read", "dana")
    (log.anchor / "heads.jsonl").unlink()
    with pytest.raises(TamperedError, match="another audit log"):
        AuditLog(tmp_path / "other", log.anchor).append("call.read", "dana")


# --- heads in an object store


class Bucket:
    """Objects in memory, there or not."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.away = False

    def put(self, name: str, data: bytes) -> bool:
        if self.away:
            raise OutputError("away")
        return self.kept.setdefault(name, data) == data

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        return iter(sorted((n, len(d)) for n, d in self.kept.items() if n.startswith(prefix)))


def test_heads_in_an_object_store_find_what_the_folder_cannot(tmp_path: Path) -> None:
    bucket = Bucket()
    log = AuditLog(tmp_path / "audit", tmp_path / "anchor", bucket)
    log.append("call.read", "dana")
    shutil.copytree(log.folder, tmp_path / "old")
    shutil.copytree(log.anchor, tmp_path / "old-anchor")
    log.append("call.read", "robin")
    log.sign()
    assert list(bucket.kept) == ["heads/000000000000002.json"]
    assert log.verify().problems == ()
    for name, old in ((log.folder, "old"), (log.anchor, "old-anchor")):  # both are cut
        shutil.rmtree(name)
        shutil.copytree(tmp_path / old, name)
    assert AuditLog(log.folder, log.anchor).verify().problems == ()
    assert log.verify().problems == (Problem(Wrong.CUT, 2),)
    bucket.kept["heads/000000000000002.json"] = b"{}"
    assert {p.wrong for p in log.verify().problems} == {Wrong.FORGED}


def test_an_object_store_that_is_away_is_tried_again(tmp_path: Path) -> None:
    bucket = Bucket()
    log = AuditLog(tmp_path / "audit", tmp_path / "anchor", bucket)
    bucket.away = True
    log.append_all([("call.read", "dana", {})] * 150)
    with pytest.raises(OutputError):
        log.sign()
    bucket.away = False
    log.append("call.read", "dana")
    log.append("call.read", "dana")
    assert list(bucket.kept) == ["heads/000000000000151.json"]


# --- the command


def test_show_verify_and_anchor_by_command(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert office.call("tokens", "init", tmp_path / "issuer.pem", tmp_path / "issuer.pub").code == 0
    auditor, reader = office.token("auditor"), office.token("reader", name="robin")
    refused = office.call("audit", "show", "--token-file", reader)
    assert (refused.code, refused.out) == (6, "")
    shown = office.call("audit", "show", "--json", "--token-file", auditor).document["entries"]
    assert [e["act"] for e in shown] == ["issuer.made", "token.issued", "token.issued", "refused"]
    assert shown[-1]["who"] == "robin"
    text = office.call("audit", "show", "--act", "token.", "--limit", 1, "--token-file", auditor).out
    assert len(text.splitlines()) == 1
    assert "operator=robin" in text
    for words, count in ((("--who", "robin"), 1), (("--call", "c-1"), 0), (("--since", "2100-01-01"), 0)):
        assert len(office.call("audit", "show", "--json", *words, "--token-file", auditor).document["entries"]) == count
    assert office.call("audit", "verify").out.endswith("nothing wrong\n")
    assert office.call("audit", "anchor", "--json").document["seq"] == 9
    log = tmp_path / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"robin", b"nobod"))
    for words in ((), ("--json",), ("--public", tmp_path / "anchor" / "public.pem")):
        result = office.call("audit", "verify", *words)
        assert result.code == 5
        assert "robin" not in result.out
    assert office.call("audit", "verify", "--json").document["problems"][0] == {"wrong": "edited", "at": 3}
    assert "line 3 was changed" in office.call("audit", "verify").out
    assert office.call("audit", "show", "--token-file", auditor).code == 5


@pytest.mark.parametrize("anchor", ["a,b", "ftp://x", "s3://a,s3://b"])
def test_an_anchor_that_is_none_is_told(tmp_path: Path, anchor: str) -> None:
    result = here("audit", "verify", env={"CALLSHIELD_AUDIT_ANCHOR": anchor, "CALLSHIELD_AUDIT_DIR": str(tmp_path)})
    assert (result.code, "AUDIT_ANCHOR" in result.error) == (2, True)
