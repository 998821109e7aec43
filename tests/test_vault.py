"""The vault: originals of a running call kept once, whatever crashes or is away, and opened by who may only."""

from __future__ import annotations

import io
import stat
import time
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import here
from hypothesis import given
from hypothesis import strategies as st
from memory import PURPOSES, Cluster, Line, NoMeter
from shelves import Shelves
from test_pipeline_memory import PIN, POLICY, feed, made, released, specs

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.index.schema import calls
from pipeline.adapters.operator_tokens import Issuer
from pipeline.adapters.policy_file import load_policy, preset
from pipeline.adapters.vault import ObjectVault, joined, vault_key
from pipeline.core.consent import OPEN, Access
from pipeline.core.entities import NAMES
from pipeline.core.errors import ConfigError, KeyLostError, OutputError, TamperedError, WireError
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import Audio, Head, Judgement, Sealed, WrappedKey
from pipeline.core.operator import Role
from pipeline.core.originals import GUARD_MS, NEVER, Original, kept
from pipeline.core.pin import Pin
from pipeline.core.policy import Late
from pipeline.core.span import Span
from pipeline.core.topics import AUDIO, DEAD, SEALED, VERDICTS
from pipeline.core.vault_names import Segment
from pipeline.core.verdict import Verdict
from pipeline.ports.lane import Record, Spec
from pipeline.stages import vault
from pipeline.stages.mask import Budget, MaskLane
from pipeline.stages.vault import HELD_BYTES_MAX, VaultLane

WANTED = frozenset({"CARD_NUMBER", "PERSON_NAME"})
KEEPING = replace(PIN, policies={"storage": replace(POLICY, vault=WANTED), "analytics": POLICY})
HEAD = Head("acme", "c1", "main", KEEPING.sha256, 8_000, 2, 1_700_000_000_000, WrappedKey("k", b""))
KEY = vault_key(HEAD.tenant, HEAD.call, HEAD.started_ms)
GUARD = GUARD_MS * 8


def line(cluster: Cluster, meter: NoMeter, pin: Pin = KEEPING, **more: Any) -> list[Spec]:
    """All stages, the vault too."""
    shelves = Shelves(cluster.folder / "kept")
    keeps = ObjectVault(shelves.calls, shelves.index)
    return [
        *specs(cluster, meter, pin, **more),
        Spec("vault", vault.INPUTS, lambda p, _: VaultLane(vault=keeps, pins=cluster.pins, meter=meter, partition=p)),
    ]


def judged(cluster: Cluster, call: str) -> dict[int, set[Finding]]:
    """All that the log says of a call, by channel."""
    found: dict[int, set[Finding]] = {}
    for m in cluster.messages(VERDICTS):
        assert isinstance(m, Judgement)
        if m.head.call == call and m.sequence >= 0:
            for verdict in m.verdicts:
                found.setdefault(verdict.channel, set()).update(verdict.findings)
    return found


def expected(cluster: Cluster, call: str, length: int) -> list[Segment]:
    """The segments a call must have, by its verdicts alone."""
    return sorted(
        Segment(channel, span, entity)
        for channel, findings in judged(cluster, call).items()
        for entity, span in kept(findings, WANTED, Span(0, length), GUARD)
    )


def segments(shelves: Shelves, row: dict[str, Any]) -> dict[Segment, np.ndarray]:
    """What lies in the vault of a call."""
    key = vault_key(row["tenant"], row["call"], row["started_ms"])
    reader = ObjectVault(shelves.calls, shelves.index)
    plain = reader.contents(key)
    if plain is None:
        return {}
    found = [Segment.read(s["name"].removeprefix("vault/")) for s in plain["segments"]]
    return {s: reader.segment(key, s).pcm for s in found if s is not None}


def check(cluster: Cluster, spoken: dict[str, np.ndarray]) -> int:
    """Every call has exactly the segments it must have, to the sample. Returns how many there are in all."""
    shelves, count = Shelves(cluster.folder / "kept"), 0
    rows = {row["call"]: row for row in shelves.rows()}
    for name, pcm in spoken.items():
        found = segments(shelves, rows[name])
        assert sorted(found) == expected(cluster, name, len(pcm)), f"seed {cluster.seed}: {name}"
        for segment, samples in found.items():
            original = pcm[segment.span.start : segment.span.end, segment.channel]
            assert np.array_equal(samples, original), f"seed {cluster.seed}: {name} {segment.name}"
        count += len(found)
    assert not [name for name in shelves.names() if "/vault/parts/" in name], "parts are left"
    return count


@pytest.mark.parametrize("seed", range(1, 4))
def test_crashes_between_any_two_writes_keep_the_same_samples(tmp_path: Path, seed: int) -> None:
    cluster, meter = Cluster(tmp_path, seed), NoMeter()
    spoken = made(100 + seed, 3, 60)
    feed(cluster, spoken)
    run = Line(cluster, line(cluster, meter), crash_p=0.003)
    run.run()
    assert run.crashes > 5
    assert check(cluster, spoken) > 0, "nothing was kept: this proves nothing"
    assert cluster.messages(DEAD) == []
    assert all(sum(w.commit().values()) == 0 for w in run.workers.values()), "something is never finished"
    spoken_of = {f.entity for name in spoken for found in judged(cluster, name).values() for f in found}
    assert spoken_of & NEVER.keys(), "nothing that must never be kept was said"
    told = [m.original for m in cluster.messages(SEALED) if m.original]
    assert {o.entity for o in told} <= WANTED


def test_redacted_audio_is_the_same_with_and_without_a_vault(tmp_path: Path) -> None:
    spoken = made(200, 2, 40)
    out = []
    for name, pin in (("with", KEEPING), ("without", PIN)):
        (tmp_path / name).mkdir()
        cluster, meter = Cluster(tmp_path / name, 1), NoMeter()
        feed(cluster, spoken)
        Line(cluster, line(cluster, meter, pin)).run()
        out.append({(c, p): released(cluster, p, c) for c in spoken for p in PURPOSES})
        assert bool(cluster.messages(SEALED)) == (pin is KEEPING)
    assert all(np.array_equal(out[0][key], out[1][key]) for key in out[0])


def test_what_leaves_as_late_is_not_kept(tmp_path: Path) -> None:
    late = replace(KEEPING, policies={"storage": replace(POLICY, late=Late.SILENCE, vault=WANTED)})
    cluster, meter = Cluster(tmp_path, 3), NoMeter()
    feed(cluster, made(4, 1, 30))
    everything = line(cluster, meter, late)
    first = Line(cluster, [s for s in everything if s.stage in ("accept", "hear", "mask")])
    first.run()
    cluster.now_ms += POLICY.hold_ms + 1_000
    first.workers["mask"]._carry_out(first.workers["mask"].lane.tick(cluster.now_ms))
    Line(cluster, everything).run()
    assert [m.original for m in cluster.messages(SEALED)] == [None]


def test_mask_waits_until_it_knows_what_comes_behind() -> None:
    """A security code is judged only after the card number right before it might have left."""
    lane = MaskLane(
        fleet="main", purposes=PURPOSES, pins={KEEPING.sha256: KEEPING}, held_ms_max=600_000, budget=Budget(1 << 28),
        meter=NoMeter(),
    )  # fmt: skip
    outs: list[Any] = []

    def take(topic: str, offset: int, message: Any) -> None:
        outs.extend(lane.take(Record(topic, offset, 0, message), 0).outs)

    for n in range(4):
        pcm = np.full((2_000, 2), n + 1, np.int16)
        take(AUDIO, n, Audio(HEAD, n, n * 2_000, pcm, 0, last=n == 3, reason="ended" if n == 3 else ""))
    card = Finding(0, Span(0, 4_000), "CARD_NUMBER", Reason.ANSWER, 1.0)
    code = Finding(0, Span(4_100, 6_000), "SECURITY_CODE", Reason.ANSWER, 1.0)
    for n, (upto, found) in enumerate(((4_100, (card,)), (8_000, (code,)))):
        take(VERDICTS, n, Judgement(HEAD, n, (Verdict(0, upto, found), Verdict(1, upto, ())), 0))
    told = [out.message for out in outs if out.topic == SEALED]
    assert [m.original.span for m in told if m.original] == [Span(0, 2_000), Span(2_000, 4_100 - GUARD)]
    assert [m.last for m in told] == [False, False, True]


@pytest.mark.parametrize(
    ("purposes", "kept_to"),
    [
        (None, 4_000),
        ((Access("storage", Span(0, OPEN)),), 4_000),
        ((Access("storage", Span(0, 2_000)),), 2_000),  # withdrawn
        ((Access("analytics", Span(0, OPEN)),), 0),
        ((), 0),
    ],
)
def test_what_storage_may_not_have_has_no_originals(purposes: Any, kept_to: int) -> None:
    lane = MaskLane(
        fleet="main", purposes=PURPOSES, pins={KEEPING.sha256: KEEPING}, held_ms_max=600_000, budget=Budget(1 << 28),
        meter=NoMeter(),
    )  # fmt: skip
    outs: list[Any] = []
    for n in range(4):
        last = n == 3
        chunk = Audio(
            HEAD, n, n * 2_000, np.full((2_000, 2), n + 1, np.int16), 0, last=last, reason="ended" if last else "",
            purposes=purposes,
        )  # fmt: skip
        outs += lane.take(Record(AUDIO, n, 0, chunk), 0).outs
    card = Finding(0, Span(0, 4_000), "CARD_NUMBER", Reason.ANSWER, 1.0)
    verdicts = Judgement(HEAD, 0, (Verdict(0, 8_000, (card,)), Verdict(1, 8_000, ())), 0)
    outs += lane.take(Record(VERDICTS, 0, 0, verdicts), 0).outs
    told = [out.message.original for out in outs if out.topic == SEALED]
    assert told[-1] is None
    assert max((o.span.end for o in told if o), default=0) == kept_to


# --- the lane


class Vaulted:
    """A vault in memory that may be told to fail."""

    def __init__(self) -> None:
        self.kept: list[Original] = []
        self.finished = 0
        self.failing: list[Exception] = []

    def keep(self, head: Head, originals: Any) -> None:
        assert head == HEAD
        if self.failing:
            raise self.failing.pop(0)
        self.kept += originals

    def finish(self, head: Head) -> None:
        assert head == HEAD
        if self.failing:
            raise self.failing.pop(0)
        self.finished += 1


def original(start: int = 0, n: int = 100, entity: str = "CARD_NUMBER", channel: int = 0) -> Original:
    return Original(channel, start, entity, np.arange(start, start + n).astype(np.int16))


def sealed(found: Original | None, head: Head = HEAD) -> Sealed:
    return Sealed(head, found, 0, last=found is None)


class Driven:
    """A lane over a vault in memory."""

    def __init__(self, pin: Pin = KEEPING) -> None:
        self.vault, self.meter = Vaulted(), NoMeter()
        self.lane = VaultLane(vault=self.vault, pins={KEEPING.sha256: pin}, meter=self.meter, partition=0)
        self.done: list[int] = []
        self.dead: list[Any] = []
        self.jobs: list[Any] = []
        self.next = 0

    def carry(self, step: Any) -> None:
        self.done += [offset for _, offset in step.done]
        self.dead += [out.message for out in step.outs]
        self.jobs += step.jobs

    def take(self, message: Sealed, now_ms: int = 0) -> None:
        self.carry(self.lane.take(Record(SEALED, self.next, now_ms, message), now_ms))
        self.next += 1

    def work(self, now_ms: int = 0) -> None:
        while self.jobs:
            job = self.jobs.pop(0)
            self.carry(self.lane.finish(job, job.run(), now_ms))


@pytest.mark.parametrize("entity", sorted(NAMES))
def test_the_stage_keeps_only_what_the_policy_names_whatever_comes(entity: str) -> None:
    """Also where a policy names what none may: it cannot be loaded, but a stage must not rely on that."""
    careless = replace(POLICY)
    object.__setattr__(careless, "vault", WANTED | NEVER.keys())
    driven = Driven(replace(KEEPING, policies={"storage": careless}))
    driven.take(sealed(original(entity=entity)))
    driven.work()
    assert [o.entity for o in driven.vault.kept] == ([entity] if entity in WANTED else [])
    assert [d.reason for d in driven.dead] == ([] if entity in WANTED else ["forbidden"])
    assert driven.done == [0]


def test_originals_of_an_unknown_pin_are_not_kept() -> None:
    driven = Driven()
    driven.take(sealed(original(), replace(HEAD, pin="0" * 64)))
    driven.work()
    assert driven.vault.kept == []
    assert driven.dead[0].original is None


def test_offsets_are_done_when_all_of_them_is_durable() -> None:
    driven = Driven()
    for n in range(3):
        driven.take(sealed(original(n * 100)))
    driven.take(sealed(None))
    assert driven.done == []
    assert len(driven.jobs) == 1
    driven.work()
    assert driven.done == [0, 1, 2, 3]
    assert [o.start for o in driven.vault.kept] == [0, 100, 200]
    assert driven.vault.finished == 1
    assert driven.lane.calls == 0


def test_a_store_that_is_away_loses_nothing() -> None:
    driven = Driven()
    driven.vault.failing = [OutputError("away"), OutputError("away")]
    driven.take(sealed(original()))
    driven.work()
    assert driven.done == []
    driven.carry(driven.lane.tick(500))
    assert driven.jobs == []
    for now_ms in (1_000, 3_001):
        driven.carry(driven.lane.tick(now_ms))
        driven.work(now_ms)
    assert driven.done == [0]
    assert len(driven.vault.kept) == 1
    assert driven.meter.counts["output_errors_total"] == 2


def test_what_can_never_be_kept_is_told_and_the_call_goes_on() -> None:
    driven = Driven()
    driven.vault.failing = [TamperedError("not ours")]
    driven.take(sealed(original()))
    driven.take(sealed(original(100)))
    driven.work()
    assert [(d.reason, d.start_sample, d.original) for d in driven.dead] == [("refused", 0, None)]
    assert [o.start for o in driven.vault.kept] == [100]
    assert driven.done == [0, 1]


def test_reading_pauses_while_too_much_waits() -> None:
    driven = Driven()
    big = original(n=1 << 20)
    while not driven.lane.paused:
        driven.take(sealed(replace(big, start=driven.next << 20)))
        assert driven.next << 21 <= HELD_BYTES_MAX + (1 << 21)
    driven.work()
    assert driven.lane.paused == frozenset()


@pytest.mark.parametrize(
    "wrong", [original(start=-1), original(n=0), original(channel=2)], ids=["before", "empty", "channel"]
)
def test_what_is_no_original_is_refused(wrong: Original) -> None:
    with pytest.raises(WireError):
        Driven().take(sealed(wrong))


# --- what lies in the store


def keeping(folder: Path) -> tuple[Shelves, ObjectVault]:
    shelves = Shelves(folder)
    return shelves, ObjectVault(shelves.calls, shelves.index)


piece = st.tuples(st.integers(0, 1), st.sampled_from(sorted(WANTED)), st.integers(0, 400), st.integers(1, 90))
pieces = st.lists(piece)


@given(pieces, st.randoms())
def test_segments_are_the_same_whatever_pieces_they_are_made_of(cut: list[Any], rng: Any) -> None:
    found = [original(start, n, entity, channel) for channel, entity, start, n in cut]
    marked: dict[tuple[int, str], np.ndarray] = {}
    for o in found:
        marked.setdefault((o.channel, o.entity), np.zeros(600, bool))[o.start : o.span.end] = True
    rng.shuffle(found)
    out = [*joined(found)]
    for segment, pcm in out:
        assert np.array_equal(pcm, np.arange(segment.span.start, segment.span.end))
        own = marked[segment.channel, segment.entity]
        assert own[segment.span.start : segment.span.end].all()
        assert not own[segment.span.end]
        assert not segment.span.start or not own[segment.span.start - 1]
        assert Segment.read(segment.name) == segment
    assert sum(s.span.size for s, _ in out) == sum(int(m.sum()) for m in marked.values())


def test_finishing_again_and_late_pieces_change_nothing(tmp_path: Path) -> None:
    shelves, keeps = keeping(tmp_path)
    keeps.keep(HEAD, [original(0), original(100, entity="PERSON_NAME")])
    keeps.keep(HEAD, [original(100)])
    keeps.finish(HEAD)
    before = {name: shelves.calls.objects.get(name) for name in shelves.names()}
    assert sorted(name.rpartition("/vault/")[2] for name in before) == [
        "00-000000000000000-000000000000200-CARD_NUMBER", "00-000000000000100-000000000000200-PERSON_NAME", "contents",
    ]  # fmt: skip
    keeps.keep(HEAD, [original(50)])
    keeps.finish(HEAD)
    assert {name: shelves.calls.objects.get(name) for name in shelves.names()} == before


def test_nothing_is_written_where_nothing_is_kept(tmp_path: Path) -> None:
    shelves, keeps = keeping(tmp_path)
    keeps.finish(HEAD)
    assert shelves.names() == []
    assert [*shelves.calls.register.keys()] == []


def test_the_index_knows_segments_and_is_made_again(tmp_path: Path) -> None:
    shelves, keeps = keeping(tmp_path)
    keeps.keep(HEAD, [original()])
    keeps.finish(HEAD)
    (row,) = shelves.rows()
    assert (row["state"], row["rate_hz"], row["call"]) == ("running", 8_000, "c1")
    got = here("vault", "list", "--json", env=shelves.environment).document["calls"]
    assert [(g["call"], g["segments"]) for g in got] == [("c1", 1)]
    (shelves.folder / "index.sqlite3").unlink()
    shelves.open()
    ObjectVault(shelves.calls, shelves.index).reindex(KEY)
    assert here("vault", "list", "--json", env=shelves.environment).document["calls"] == got


@pytest.mark.parametrize("use", ["vault", "store"])
def test_of_an_erased_call_nothing_more_is_kept_and_nothing_is_read(tmp_path: Path, use: str) -> None:
    shelves, keeps = keeping(tmp_path)
    keeps.keep(HEAD, [original()])
    keeps.finish(HEAD)
    before = shelves.names()
    shelves.calls.register.destroy(replace(KEY, use=use), "erasure", 1)  # type: ignore[arg-type]
    keeps.keep(HEAD, [original(5_000)])
    keeps.finish(HEAD)
    assert shelves.names() == before
    if use == "vault":
        with pytest.raises(KeyLostError):
            keeps.segment(KEY, Segment(0, Span(0, 100), "CARD_NUMBER"))


def test_no_original_lies_anywhere_in_clear(tmp_path: Path) -> None:
    _, keeps = keeping(tmp_path)
    loud = Original(0, 0, "CARD_NUMBER", np.frombuffer(b"a secret of sixteen digits" * 40, "<i2"))
    keeps.keep(HEAD, [loud])
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    keeps.finish(HEAD)
    files += [p for p in tmp_path.rglob("*") if p.is_file()]
    assert not [p for p in files if p.exists() and b"sixteen" in p.read_bytes()]


def test_a_segment_that_was_changed_is_told(tmp_path: Path) -> None:
    shelves, keeps = keeping(tmp_path)
    keeps.keep(HEAD, [original()])
    keeps.finish(HEAD)
    (path,) = (shelves.folder / "store").rglob("00-*")
    path.chmod(0o600)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(TamperedError):
        keeps.segment(KEY, Segment(0, Span(0, 100), "CARD_NUMBER"))


# --- who may open it


def token(shelves: Shelves, *roles: str, purposes: tuple[str, ...] = ("dispute",), age_s: int = 0) -> Path:
    private, public = shelves.folder / "issuer.pem", shelves.folder / "issuer.pub"
    if not private.exists():
        Issuer.create(private, public)
    shelves.environment["CALLSHIELD_ISSUER_PUBLIC_FILE"] = str(public)
    out = shelves.folder / f"token-{'-'.join(roles)}-{age_s}"
    made = Issuer(private).issue("dana", [Role(r) for r in roles], purposes, hours=8, now_s=int(time.time()) - age_s)
    out.write_text(made[0])
    out.chmod(0o600)
    return out


@pytest.fixture
def stored(tmp_path: Path) -> Shelves:
    shelves, keeps = keeping(tmp_path)
    keeps.keep(HEAD, [original(800, 1_000)])
    keeps.finish(HEAD)
    return shelves


NAME = Segment(0, Span(800, 1_800), "CARD_NUMBER").name


def opened(shelves: Shelves, who: Path | None, *more: object, out: object = "", reason: str = "ticket-4711") -> Any:
    target = out or shelves.folder / "heard.wav"
    words = ["vault", "unseal", "acme/c1", NAME, "--purpose", "dispute", "--reason", reason, "--out", target, *more]
    return here(*words, *(["--token-file", who] if who else []), env=shelves.environment)


def log(shelves: Shelves) -> list[Any]:
    return [*AuditLog(Path(shelves.environment["CALLSHIELD_AUDIT_DIR"])).entries()]


def test_who_may_hears_the_original_and_the_log_tells(stored: Shelves) -> None:
    listed = here("vault", "list", "acme/c1", "--json", env=stored.environment).document["segments"]
    assert [item["segment"] for item in listed] == [NAME]
    done = opened(stored, token(stored, "unsealer"))
    assert (done.code, done.err) == (0, "")
    out = stored.folder / "heard.wav"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with wave.open(io.BytesIO(out.read_bytes())) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 8_000, 2)
        assert np.array_equal(np.frombuffer(file.readframes(10_000), "<i2"), np.arange(800, 1_800))
    (entry,) = log(stored)
    assert (entry.act, entry.who) == ("vault.unsealed", "dana")
    told = {"tenant": "acme", "call": "c1", "entity": "CARD_NUMBER", "channel": 0, "start_sample": 800,
            "end_sample": 1_800, "purpose": "dispute", "reason": "ticket-4711", "role": "unsealer"}  # fmt: skip
    assert told.items() <= entry.facts.items()
    assert 0 < entry.facts["until_ms"] - time.time() * 1000 <= 3_600_000


@pytest.mark.parametrize(
    ("roles", "more", "why"),
    [
        (("reader", "privacy_officer", "operator", "auditor", "custodian", "approver"), {}, "role"),
        (("unsealer",), {"purposes": ("quality",)}, "purpose"),
        (("unsealer",), {"purposes": ()}, "purpose"),
        (("unsealer",), {"age_s": 3_700}, "timebox"),
        (("unsealer",), {"age_s": 9 * 3_600}, "expired"),
    ],
)
def test_who_may_not_is_refused_and_the_log_tells(
    stored: Shelves, roles: tuple[str, ...], more: dict[str, Any], why: str
) -> None:
    done = opened(stored, token(stored, *roles, **more))
    assert done.code == 6
    assert done.error
    assert not (stored.folder / "heard.wav").exists()
    (entry,) = log(stored)
    assert (entry.act, entry.facts["wanted"], entry.facts["reason"]) == ("refused", "vault.unsealed", why)


def test_without_a_token_it_is_refused_and_the_log_tells(stored: Shelves) -> None:
    token(stored, "unsealer")
    assert opened(stored, None).code == 6
    assert [e.facts["reason"] for e in log(stored)] == ["missing"]


def test_a_restricted_call_is_refused_and_the_log_tells(stored: Shelves) -> None:
    with stored.index.begin() as connection:
        connection.execute(calls.update().values(restricted=True))
    assert opened(stored, token(stored, "unsealer")).code == 6
    assert [e.facts["reason"] for e in log(stored)] == ["restricted"]


def test_nothing_is_shown_if_it_cannot_be_written_down(stored: Shelves) -> None:
    Path(stored.environment["CALLSHIELD_AUDIT_DIR"]).write_text("no folder")
    assert opened(stored, token(stored, "unsealer")).code != 0
    assert not (stored.folder / "heard.wav").exists()


@pytest.mark.parametrize("reason", ["he asked for it", "4111 1111", "07700900123", "a\nb"])
def test_a_reason_is_a_code_or_a_ticket(stored: Shelves, reason: str) -> None:
    done = opened(stored, token(stored, "unsealer"), reason=reason)
    assert done.code == 2
    assert "ticket-4711" in done.error
    assert not (stored.folder / "heard.wav").exists()


def test_a_file_that_is_there_is_left(stored: Shelves) -> None:
    (stored.folder / "heard.wav").write_text("mine")
    assert opened(stored, token(stored, "unsealer")).code == 2
    assert opened(stored, token(stored, "unsealer"), "--force").code == 0


@pytest.mark.parametrize("name", ["x", "00-000000000000800-000000000001801-CARD_NUMBER", "contents", "../manifest"])
def test_a_segment_that_is_not_there_is_told(stored: Shelves, name: str) -> None:
    words = ["vault", "unseal", "acme/c1", name, "--purpose", "dispute", "--reason", "t-1", "--out", "x.wav"]
    done = here(*words, "--token-file", token(stored, "unsealer"), env=stored.environment)
    assert done.code == 2
    assert "vault list" in done.error


# --- what a policy may ask for


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        *((f"vault: [PHONE, {entity}]", 2, "never kept") for entity in sorted(NEVER)),
        ("vault:\n  - PHONE\n  - PIN", 4, "PCI DSS 3.3.1"),
        ("vault: [CARD_NUMER]", 2, "did you mean CARD_NUMBER"),
        ("vault: [PHONE, PHONE]", 2, "given before"),
        ("vault: PHONE", 2, "must be a list"),
        ("vault: [PHONE]\nentities: {PHONE: keep}", 2, "not hidden by this policy"),
    ],
)
def test_a_policy_file_that_asks_for_too_much_is_refused_by_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\n{text}\n")
    with pytest.raises(ConfigError, match=says) as told:
        load_policy(path)
    assert f"mine.yaml:{line}: " in str(told.value)


def test_a_policy_file_says_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nvault: [PHONE, CARD_NUMBER]\n")
    assert load_policy(path).vault == {"PHONE", "CARD_NUMBER"}
    assert load_policy(path).sha256 != preset("default").sha256
    shown = here("policy", "show", path)
    assert "vault    CARD_NUMBER, PHONE" in shown.out
    assert here("policy", "show", path, "--json").document["vault"] == ["CARD_NUMBER", "PHONE"]


def test_a_policy_cannot_name_what_must_never_be_kept() -> None:
    for entity in sorted(NEVER):
        with pytest.raises(ConfigError, match="never kept"):
            replace(preset("default"), vault=frozenset({entity}))


def test_only_the_policy_of_storage_counts() -> None:
    KEEPING.check_vault()
    assert KEEPING.vault == WANTED
    other = replace(KEEPING, policies={"storage": POLICY, "analytics": replace(POLICY, vault=WANTED)})
    assert other.vault == frozenset()
    with pytest.raises(ConfigError, match="policy of analytics keeps originals of CARD_NUMBER"):
        other.check_vault()


def test_a_pin_tells_its_vault_and_older_pins_keep_their_name() -> None:
    assert Pin.of(KEEPING.plain()) == KEEPING
    assert "vault" not in PIN.plain()["policies"]["storage"]
    assert Pin.of(PIN.plain()).sha256 == PIN.sha256
