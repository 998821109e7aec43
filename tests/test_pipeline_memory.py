"""All stages over logs in memory: what leaves is what `Call` makes of the file, whatever crashes or is late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from memory import PURPOSES, Cluster, Entry, Line, NoMeter
from numpy.typing import NDArray
from shelves import Shelves
from written import IDENTITY, calls, open_engine

from pipeline.adapters.lists import loaded_lists
from pipeline.adapters.policy_file import preset
from pipeline.adapters.pseudonym_keys import PseudonymKeys
from pipeline.adapters.resample import Resampler
from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.consent import Answer, Told
from pipeline.core.consent_rules import Basis, Need, Rule, Rules
from pipeline.core.finding import Reason
from pipeline.core.joiner import Joiner
from pipeline.core.messages import Intake, Judgement
from pipeline.core.metadata import Metadata
from pipeline.core.pin import Pin
from pipeline.core.policy import Late, Policy
from pipeline.core.pseudonym import Kind
from pipeline.core.shelf_names import TOLD
from pipeline.core.span import Span
from pipeline.core.topics import AUDIO, DEAD, INTAKE, REDACTED, TRANSCRIPTS, VERDICTS, WORDS
from pipeline.ports.lane import Spec
from pipeline.stages import hear, identify, store
from pipeline.stages.accept import AcceptLane
from pipeline.stages.call import Call
from pipeline.stages.hear import HearLane
from pipeline.stages.identify import IdentifyLane
from pipeline.stages.mask import Budget, MaskLane
from pipeline.stages.store import StoreLane

RATE = 8_000
POLICY = preset("default")
PIN = Pin(
    dict.fromkeys(PURPOSES, POLICY), ("agent", "customer"), "d" * 64, IDENTITY.engine, IDENTITY.engine_version,
    IDENTITY.model, IDENTITY.language, IDENTITY.sha256, "test",
)  # fmt: skip


EARLY = replace(PIN, policies=dict.fromkeys(PURPOSES, replace(POLICY, early=True)))
KNOWING = Aids(lists=loaded_lists())  # without lists no word is known to be plain


def specs(cluster: Cluster, meter: NoMeter, pin: Pin = PIN, held_ms: int = 600_000, aids: Aids = NO_AIDS) -> list[Spec]:
    """The five stages as `callshield run` wires them, but for engine and meaning."""
    cluster.pins[pin.sha256] = pin
    engine, pins, shelf = open_engine(), cluster.pins, Shelves(cluster.folder / "kept").shelf()
    first = lambda found: {  # noqa: E731
        m.head.subject: m.sequence + 1 for m in found if isinstance(m, Judgement) and m.sequence >= 0
    }
    return [
        Spec("accept", AcceptLane.INPUTS, lambda p, _: AcceptLane(
            pin=pin.sha256, fleet="main", tenants=frozenset(), idle_ms=60_000, reorder_ms=2_000, keys=cluster.keys,
            meter=meter, partition=p, rules=pin.consent, purposes=PURPOSES), keeps_state=True),
        Spec("hear", hear.INPUTS, lambda _p, _b: HearLane(
            fleet="main", engine=engine, resampler=Resampler, pins=pins, meter=meter), keeps_state=True),
        Spec("identify", identify.INPUTS, lambda _p, found: IdentifyLane(
            fleet="main", detector=pin.detector, pins=pins, aids=aids, meter=meter, first_sequence=first(found)),
            keeps_state=True, reads_back=VERDICTS),
        Spec("mask", MaskLane.INPUTS, lambda _p, _b: MaskLane(
            fleet="main", purposes=PURPOSES, pins=pins, held_ms_max=held_ms, budget=Budget(1 << 28), meter=meter)),
        Spec("store", store.INPUTS, lambda p, _: StoreLane(
            shelf=shelf, meter=meter, partition=p)),
    ]  # fmt: skip


def speak(cluster: Cluster, name: str, pcm: NDArray[np.int16], chunk: int = 2_000) -> list[Intake]:
    """A call as messages of 250 ms, both channels in one."""
    starts = range(0, len(pcm), chunk)
    return [
        Intake("acme", name, None, pcm.shape[1], RATE, n, at, pcm[at : at + chunk], at + chunk >= len(pcm))
        for n, at in enumerate(starts)
    ]


def feed(cluster: Cluster, made: dict[str, NDArray[np.int16]]) -> None:
    """All calls at once, their messages mixed by chance."""
    waiting = [speak(cluster, name, pcm) for name, pcm in made.items()]
    while waiting:
        one = cluster.rng.choice(waiting)
        cluster.speak(one.pop(0))
        waiting = [w for w in waiting if w]


def by_file(pcm: NDArray[np.int16], policy: Policy = POLICY, aids: Aids = NO_AIDS) -> NDArray[np.int16]:
    """What `callshield redact` makes of it; it has the aids that workers have, too."""
    with ThreadPoolExecutor(1) as pool:
        call = Call(
            pcm.shape[1], RATE, 16, engine=open_engine(), policy=policy, resampler=Resampler, executor=pool, aids=aids
        )
        blocks = [*call.push(pcm.astype(np.int32)), *call.flush()]
    return np.concatenate([b.pcm for b in blocks]).astype(np.int16)


def released(cluster: Cluster, purpose: str, name: str) -> NDArray[np.int16]:
    """What a consumer of the redacted topic has of a call: every sample once, in order, and then the end."""
    blocks = [m for m in cluster.messages(REDACTED + purpose) if m.head.call == name]
    assert any(m.last for m in blocks), f"seed {cluster.seed}: {name} did not end"
    joiner = Joiner()
    return np.concatenate([joiner.push(m.start_sample, m.pcm) for m in blocks])


def made(seed: int, n: int, seconds: float) -> dict[str, NDArray[np.int16]]:
    return {f"c{i}": pcm for i, (_, pcm) in enumerate(calls(seed, n, seconds))}


@pytest.mark.parametrize("seed", range(3))
def test_live_calls_leave_as_files_do(tmp_path: Path, seed: int) -> None:
    cluster, meter = Cluster(tmp_path, seed), NoMeter()
    spoken = made(seed, 3, 25)
    feed(cluster, spoken)
    line = Line(cluster, specs(cluster, meter))
    line.run()
    assert any((by_file(pcm) != pcm).any() for pcm in spoken.values()), "nothing was hidden: this proves nothing"
    for name, pcm in spoken.items():
        expected = by_file(pcm)
        for purpose in PURPOSES:
            assert np.array_equal(released(cluster, purpose, name), expected), f"seed {seed}: {name} {purpose}"
    assert cluster.messages(DEAD) == []
    assert all(sum(w.commit().values()) == 0 for w in line.workers.values()), "something is never finished"
    cluster.now_ms += 3_600_000  # it is remembered for a while that a call is over
    line.run()
    assert [s.head.call for stage in ("hear", "identify") for s in cluster.states(stage)] == []


@pytest.mark.parametrize("seed", range(8))
def test_crashes_between_any_two_writes_change_nothing(tmp_path: Path, seed: int) -> None:
    cluster, meter = Cluster(tmp_path, seed), NoMeter()
    spoken = made(100 + seed, 3, 20)
    feed(cluster, spoken)
    line = Line(cluster, specs(cluster, meter), crash_p=0.003)
    line.run()
    assert line.crashes > 5
    for name, pcm in spoken.items():
        for purpose in PURPOSES:
            assert np.array_equal(released(cluster, purpose, name), by_file(pcm)), f"seed {seed}: {name} {purpose}"
    kept = Shelves(tmp_path / "kept")
    assert all(kept.export(name) for name in spoken)


@pytest.mark.parametrize("seed", range(3))
def test_early_watermarks_change_when_audio_leaves_and_nothing_else(tmp_path: Path, seed: int) -> None:
    """Also with a policy that says so for one purpose only, and then nothing is early."""
    spoken = made(200 + seed, 3, 25)
    one = {PURPOSES[0]: replace(POLICY, early=True)}
    judgements = []
    for n, pin in enumerate((EARLY, replace(PIN, policies={**PIN.policies, **one}), PIN)):
        (tmp_path / str(n)).mkdir()
        cluster = Cluster(tmp_path / str(n), seed)
        feed(cluster, spoken)
        Line(cluster, specs(cluster, NoMeter(), pin, aids=KNOWING)).run()
        for name, pcm in spoken.items():
            assert np.array_equal(released(cluster, "storage", name), by_file(pcm, aids=KNOWING)), (
                f"seed {seed}: {name}"
            )
        judgements.append(len(cluster.messages(VERDICTS)))
        early = [s.heard.early for w in cluster.messages(WORDS) for s in w.sounds if s.heard.early]
        assert bool(early) == (n == 0)
    assert judgements[0] > judgements[1] == judgements[2]


@pytest.mark.parametrize("seed", range(4))
def test_crashes_with_early_watermarks_change_nothing_either(tmp_path: Path, seed: int) -> None:
    cluster = Cluster(tmp_path, seed)
    spoken = made(300 + seed, 3, 20)
    feed(cluster, spoken)
    line = Line(cluster, specs(cluster, NoMeter(), EARLY, aids=KNOWING), crash_p=0.003)
    line.run()
    assert line.crashes > 5
    for name, pcm in spoken.items():
        assert np.array_equal(released(cluster, "storage", name), by_file(pcm, aids=KNOWING)), f"seed {seed}: {name}"


def tampered(cluster: Cluster, topic: str, at: int) -> None:
    """One record of a log can no longer be read."""
    entry = cluster.logs[topic][at]
    assert entry.value is not None
    cluster.logs[topic][at] = Entry(
        entry.key, entry.value[:-1] + bytes([entry.value[-1] ^ 1]), entry.headers, entry.at_ms
    )


@pytest.mark.parametrize("topic", [AUDIO, WORDS])
def test_what_cannot_be_read_is_hidden_and_the_call_ends(tmp_path: Path, topic: str) -> None:
    """A record of a sealed topic is damaged on its way: nothing unjudged leaves, every call still ends."""
    cluster, meter = Cluster(tmp_path, 5), NoMeter()
    spoken = made(7, 2, 20)
    feed(cluster, spoken)
    all_specs = specs(cluster, meter)
    line = Line(cluster, [s for s in all_specs if s.stage in ("accept", *(["hear"] if topic == WORDS else []))])
    line.run()
    victim = len(cluster.logs[topic]) // 2
    call, at = (m := cluster.messages(topic)[victim]).head.call, m.sequence * 2_000
    tampered(cluster, topic, victim)
    Line(cluster, all_specs).run()
    assert [m.reason for m in cluster.messages(DEAD)][:1] == ["forged"]
    for name, pcm in spoken.items():
        expected = by_file(pcm)
        out = released(cluster, "storage", name)
        assert out.shape == pcm.shape
        if name != call:
            assert np.array_equal(out, expected)
        elif topic == WORDS:
            shown = (out == pcm) & (pcm != 0)
            assert not shown[at:].any(), "samples that nobody judged were released"
        else:
            assert not out[at : at + 2_000].any()
            clean = out != 0
            assert ((out == pcm) | ~clean).all()


@pytest.mark.parametrize("lost", [1, 20])
def test_audio_only_hear_could_not_read_does_not_leave(tmp_path: Path, lost: int) -> None:
    """As when a new key reaches hear after mask: the audio is there, but nobody has heard it."""
    cluster, meter = Cluster(tmp_path, 5), NoMeter()
    spoken = made(7, 1, 20)
    feed(cluster, spoken)
    all_specs = specs(cluster, meter)
    Line(cluster, all_specs[:1]).run()
    whole = list(cluster.logs[AUDIO])
    victims = range(30, 30 + lost)
    for victim in victims:
        tampered(cluster, AUDIO, victim)
    Line(cluster, all_specs[1:2]).run()
    cluster.logs[AUDIO] = whole
    Line(cluster, all_specs).run()
    out, pcm = released(cluster, "storage", "c0"), spoken["c0"]
    assert out.shape == pcm.shape
    shown = (out == pcm) & (pcm != 0)
    assert not shown[30 * 2_000 : (30 + lost) * 2_000].any()
    assert shown[: 20 * 2_000].any()
    assert shown[(30 + lost) * 2_000 :].any() == (lost == 1), "after a long hole nobody knows what was asked"


def test_a_verdict_that_cannot_be_read_silences_the_rest(tmp_path: Path) -> None:
    cluster, meter = Cluster(tmp_path, 6), NoMeter()
    spoken = made(9, 2, 20)
    feed(cluster, spoken)
    all_specs = specs(cluster, meter)
    Line(cluster, [s for s in all_specs if s.stage in ("accept", "hear", "identify")]).run()
    victims = [n for n, m in enumerate(cluster.messages(VERDICTS)) if m.head.call == "c0"]
    victim = victims[len(victims) // 2]
    before = max(v.watermark for n in victims if n < victim for v in cluster.messages(VERDICTS)[n].verdicts)
    entry = cluster.logs[VERDICTS][victim]
    assert entry.value is not None
    cluster.logs[VERDICTS][victim] = Entry(entry.key, entry.value[:40], entry.headers, entry.at_ms)
    Line(cluster, all_specs, crash_p=0.003).run()
    out, pcm = released(cluster, "storage", "c0"), spoken["c0"]
    assert not ((out == pcm) & (pcm != 0))[before:].any()
    assert np.array_equal(released(cluster, "storage", "c1"), by_file(spoken["c1"]))


def test_without_verdicts_nothing_leaves_and_then_silence_does(tmp_path: Path) -> None:
    """identify is gone: audio is held; after the bound it leaves as silence, and the log says so."""
    cluster, meter = Cluster(tmp_path, 1), NoMeter()
    spoken = made(3, 2, 15)
    feed(cluster, spoken)
    line = Line(cluster, [s for s in specs(cluster, meter, held_ms=3_600_000) if s.stage in ("accept", "hear", "mask")])
    line.run()
    assert cluster.messages(REDACTED + "storage") == []
    cluster.now_ms += 3_601_000
    line.run()
    for name, pcm in spoken.items():
        out = released(cluster, "storage", name)
        assert out.shape == pcm.shape
        assert not out.any()
    asked = [m for m in cluster.messages(VERDICTS) if isinstance(m, Judgement)]
    assert {(m.sequence, m.reason) for m in asked} == {(-1, "held_too_long")}


def test_late_verdicts_are_ignored_where_the_log_says_silence(tmp_path: Path) -> None:
    """What leaves follows the order of the log: mask's own silence came first, so identify's verdict comes too late."""
    policy = replace(POLICY, late=Late.SILENCE)
    pin = replace(PIN, policies=dict.fromkeys(PURPOSES, policy))
    cluster, meter = Cluster(tmp_path, 2), NoMeter()
    spoken = made(4, 1, 15)
    feed(cluster, spoken)
    all_specs = specs(cluster, meter, pin)
    first = Line(cluster, [s for s in all_specs if s.stage in ("accept", "hear", "mask")])
    first.run()
    cluster.now_ms += policy.hold_ms + 1_000
    first.workers["mask"]._carry_out(first.workers["mask"].lane.tick(cluster.now_ms))  # the silence is in the log
    second = Line(cluster, all_specs)  # and mask dies before it obeyed
    second.run()
    assert not released(cluster, "storage", "c0").any()
    assert any(m.sequence >= 0 for m in cluster.messages(VERDICTS))


def test_a_call_of_another_fleet_is_left_to_it(tmp_path: Path) -> None:
    cluster, meter = Cluster(tmp_path, 3), NoMeter()
    feed(cluster, made(5, 1, 10))
    other = [s for s in specs(cluster, meter) if s.stage == "accept"]
    lane = AcceptLane(pin=PIN.sha256, fleet="blue", tenants=frozenset(), idle_ms=60_000, reorder_ms=2_000,
                      keys=cluster.keys, meter=meter, partition=0)  # fmt: skip
    blue = replace(other[0], make=lambda _p, _b: lane)
    line = Line(cluster, [blue, *(s for s in specs(cluster, meter) if s.stage != "accept")])
    line.run()
    assert cluster.messages(AUDIO)
    assert cluster.messages(WORDS) == []
    assert cluster.messages(REDACTED + "storage") == []
    assert all(sum(w.commit().values()) == 0 for w in line.workers.values())


def test_an_unknown_pin_is_silence(tmp_path: Path) -> None:
    cluster, meter = Cluster(tmp_path, 4), NoMeter()
    spoken = made(6, 1, 10)
    feed(cluster, spoken)
    all_specs = specs(cluster, meter)
    cluster.pins.clear()
    Line(cluster, all_specs).run()
    out = released(cluster, "storage", "c0")
    assert out.shape == spoken["c0"].shape
    assert not out.any()


def test_a_policy_that_changes_does_not_change_calls_under_way(tmp_path: Path) -> None:
    """Half of the call was taken by an accept with one pin; its successor has another: the call keeps the first."""
    cluster, meter = Cluster(tmp_path, 8), NoMeter()
    (pcm,) = made(11, 1, 20).values()
    messages = speak(cluster, "c0", pcm)
    for message in messages[: len(messages) // 2]:
        cluster.speak(message)
    first = Line(cluster, [s for s in specs(cluster, meter) if s.stage == "accept"])
    first.run()
    for message in messages[len(messages) // 2 :]:
        cluster.speak(message)
    kind = preset("pci")
    later = replace(PIN, policies=dict.fromkeys(PURPOSES, kind))
    Line(cluster, specs(cluster, meter, later)).run()
    assert {m.head.pin for m in cluster.messages(AUDIO)} == {PIN.sha256}
    assert np.array_equal(released(cluster, "storage", "c0"), by_file(pcm))


# --- consent

RULES = Rules("r", 1, (
    Rule("", "", {"storage": Need(), "analytics": Need(Basis.OBJECTION)}),
    Rule("", "us", {"storage": Need(Basis.OBJECTION, notice=False)}),
))  # fmt: skip
ASKED = replace(PIN, consent=RULES)
YES, NO, BACK = Answer.GRANTED, Answer.REFUSED, Answer.WITHDRAWN
CHUNK = 2_000
CALLS: dict[str, tuple[str, dict[int, Told]]] = {
    "all": ("de", {0: Told({"storage": YES}, notice="n1")}),
    "late": ("de", {13: Told(notice="n1"), 31: Told({"storage": YES})}),
    "none": ("de", {20: Told({"storage": YES})}),
    "refused": ("de", {0: Told({"storage": NO, "analytics": NO}, notice="n1")}),
    "back": ("de", {5: Told({"storage": YES}, notice="n1"), 40: Told({"storage": BACK}), 50: Told({"storage": YES})}),
    "us": ("us-ca", {44: Told({"storage": BACK, "analytics": YES}, notice="n1")}),
}
"""Jurisdiction, and what is told before the message of that number."""
HAD: dict[tuple[str, str], tuple[int, int | None]] = {
    ("all", "storage"): (0, None), ("all", "analytics"): (0, None),
    ("late", "storage"): (31, None), ("late", "analytics"): (13, None),
    ("back", "storage"): (5, 40), ("back", "analytics"): (5, None),
    ("us", "storage"): (0, 44),
}  # fmt: skip
"""By call and purpose, the first chunk it has, and the first it has no more; what is not here has nothing."""


def converse(cluster: Cluster, spoken: dict[str, NDArray[np.int16]]) -> None:
    """All calls at once, with what is told in them."""
    waiting = []
    for name, pcm in spoken.items():
        place, told = CALLS[name]
        out: list[Intake] = []
        for n, message in enumerate(speak(cluster, name, pcm)):
            if n in told:
                empty = np.zeros((0, 1), np.int16)
                out.append(replace(message, pcm=empty, final=False, told=told[n]))
            out.append(message)
        waiting.append([replace(message, metadata=Metadata(place, people=PEOPLE)) for message in out])
    while waiting:
        one = cluster.rng.choice(waiting)
        cluster.speak(one.pop(0))
        waiting = [w for w in waiting if w]


PEOPLE = {
    Kind.CALLER: "+44 20 7946 0123",
    Kind.NAME: "Ottoline Quillfeather",
    Kind.CUSTOMER: "QF-998877",
    Kind.AGENT: "Zanzibara",
}
CANARIES = [b"7946", b"79460123", b"uillfeather", b"UILLFEATHER", b"998877", b"anzibara"]


def check(cluster: Cluster, spoken: dict[str, NDArray[np.int16]]) -> None:
    for name, pcm in spoken.items():
        expected = by_file(pcm)
        words = {p: [m for m in cluster.messages(TRANSCRIPTS + p) if m.head.call == name] for p in PURPOSES}
        for purpose in PURPOSES:
            blocks = [m for m in cluster.messages(REDACTED + purpose) if m.head.call == name]
            if (name, purpose) not in HAD:
                assert blocks == words[purpose] == [], f"seed {cluster.seed}: {name} {purpose}"
                continue
            begin, end = (None if n is None else n * CHUNK for n in HAD[name, purpose])
            wanted = expected[:end].copy()
            wanted[:begin] = 0
            assert np.array_equal(released(cluster, purpose, name), wanted), f"seed {cluster.seed}: {name} {purpose}"
            assert {m.withdrawn for m in blocks if m.last} == {end is not None}
            before = {(f.channel, f.span) for m in blocks for f in m.hidden if f.reason is Reason.NO_CONSENT}
            assert before == ({(c, Span(0, begin)) for c in range(pcm.shape[1])} if begin else set())
            assert bool(words[purpose]) == (end is None)
            starts = [
                piece.span.start
                for part in words[purpose]
                for t in part.turns
                for piece in t.pieces
                if not piece.hidden
            ]
            assert all(start >= begin for start in starts)


@pytest.mark.parametrize("crash_p", [0.0, 0.002])
@pytest.mark.parametrize("seed", range(3))
def test_purposes_have_what_they_may_whatever_crashes(tmp_path: Path, seed: int, crash_p: float) -> None:
    cluster, meter = Cluster(tmp_path, seed), NoMeter()
    spoken = dict(zip(CALLS, made(200 + seed, len(CALLS), 16).values(), strict=True))
    converse(cluster, spoken)
    line = Line(cluster, specs(cluster, meter, ASKED), crash_p=crash_p)
    line.run()
    assert crash_p == 0 or line.crashes > 5
    check(cluster, spoken)
    assert cluster.messages(DEAD) == []
    rows = {row["call"]: row["state"] for row in Shelves(tmp_path / "kept").rows()}
    stored = {name for name, state in rows.items() if state == "stored"}
    assert stored == {name for (name, purpose), (_, end) in HAD.items() if purpose == "storage" and end is None}
    assert {name for name, state in rows.items() if state == "withdrawn"} == {"back", "us"}
    names = Shelves(tmp_path / "kept").names()
    kept = {name.split("/")[2] for name in names if f"/{TOLD}" not in name}
    assert kept == stored, "of the others there is nothing but what was told"
    assert all(sum(w.commit().values()) == 0 for w in line.workers.values()), "something is never finished"


def test_who_takes_part_is_nowhere_in_clear_behind_accept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In no message, sealed or not, no state, no file of store, keys or index, and nothing that was printed."""
    cluster, meter = Cluster(tmp_path, 7), NoMeter()
    keys = PseudonymKeys(cluster.folder / "keys.json")
    spoken = dict(zip(["all"], made(300, 1, 12).values(), strict=True))
    converse(cluster, spoken)
    all_specs = specs(cluster, meter, ASKED)
    lane = AcceptLane(
        pin=ASKED.sha256, fleet="main", tenants=frozenset(), idle_ms=60_000, reorder_ms=2_000, keys=cluster.keys,
        meter=meter, partition=0, rules=RULES, purposes=PURPOSES, pseudonyms=keys,
    )  # fmt: skip
    Line(cluster, [replace(all_specs[0], make=lambda _p, _b: lane), *all_specs[1:]]).run()
    raw = [part for e in cluster.logs[INTAKE] for part in (e.value or b"", *(v for _, v in e.headers))]
    assert all(any(canary in part for part in raw) for canary in (b"7946", b"uillfeather")), "they went in"
    messages = [m for topic in cluster.logs if topic != INTAKE for m in cluster.readable(topic)]
    opened = [part for m in messages for part in (repr(m).encode(), getattr(m, "body", None) or b"")]
    entries = [entry for topic, log in cluster.logs.items() if topic != INTAKE for entry in log]
    sealed = [part for e in entries for part in (e.key or b"", e.value or b"", *(v for _, v in e.headers))]
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    shelves = Shelves(tmp_path / "kept")
    exported = shelves.export("all")
    assert exported is not None
    files += [path.read_bytes() for path in exported.iterdir()]
    printed = "".join(capfd.readouterr()).encode()
    for canary in CANARIES:
        assert not [part for part in (*opened, *sealed, *files, printed) if canary in part], canary
    (head,) = {m.head for m in cluster.messages(AUDIO)}
    assert {label.kind for label in head.labels} == {"caller", "customer", "agent", "name"}
    for kind, value in PEOPLE.items():
        wanted = [label.pseudonym for label in keys.search("acme", "", kind, value)]
        assert [row["call"] for row in shelves.rows(label=str(kind), pseudonyms=wanted)] == ["all"]
