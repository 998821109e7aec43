"""A customer's own words are known by their hashes however they are said, on files and live, and by nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from command import here
from hypothesis import given, settings
from hypothesis import strategies as st
from memory import PURPOSES, Cluster, Line, NoMeter
from scripted import RATE, Script, ScriptedEngine, audio, dialogue
from test_pipeline_memory import PIN, released, speak, specs
from written import open_engine, write

from pipeline.adapters.keyring import KeyFile, write_key_file
from pipeline.adapters.policy_file import preset
from pipeline.adapters.profiles import ProfileKeys, profile_text
from pipeline.adapters.resample import Resampler
from pipeline.core.aids import NO_AIDS
from pipeline.core.errors import ConfigError
from pipeline.core.finding import Reason
from pipeline.core.heard import Word
from pipeline.core.messages import EventKind
from pipeline.core.policy import Policy
from pipeline.core.profile import HASHES_MAX, Profile, Tail, found
from pipeline.core.profile_make import entity_of, profile_hashes, sayings
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import Token, tokenise
from pipeline.core.terms import Recogniser, Terms
from pipeline.core.topics import AUDIO, EVENTS, STATE, VERDICTS, WORDS
from pipeline.stages import identify
from pipeline.stages.call import Call
from pipeline.stages.identify import IdentifyLane

KEY = bytes(range(32))
CUSTOMER = (
    "name: Brunhilda Will Zyx-Ostrander\n"
    "address: 12 Acacia Avenue, Xenley\n"
    "postcode: QX1 4ZB\n"
    "member: 4071 5588 23\n"
    "word: purple lighthouse\n"
)
ORDINARY = {"will", "purple"}.__contains__
DIGIT_WORDS = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def tokens(said: str, start: int = 0) -> tuple[Token, ...]:
    return tokenise(Word(Span(start + n * 300, start + n * 300 + 290), w, 0.9) for n, w in enumerate(said.split()))


def profile(lines: str = CUSTOMER, *, last_four: bool = False) -> Profile:
    made = []
    for line in lines.splitlines():
        kind, _, text = line.partition(":")
        entity = entity_of(kind)
        assert entity
        made.append((entity, sayings(entity, text, ORDINARY, last_four=last_four)))
    return Profile(KEY, profile_hashes(KEY, made))


PROFILE = profile()


def hidden(said: str, known: Profile = PROFILE) -> str:
    parts = tokens(said)
    marks, _ = found(known, parts, Tail(), RATE)
    assert all(m.reason is Reason.PROFILE for m in marks)
    return " ".join(t.text for n, t in enumerate(parts) if any(m.first <= n < m.last for m in marks))


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("hello brunhilda how are you", "brunhilda"),
        ("is that ostrander with o", "ostrander"),
        ("b r u n h i l d a ok", "b r u n h i l d a"),
        ("it is brun hilda", "brun hilda"),
        ("b for bravo r u n h i l d a", "b for bravo r u n h i l d a"),
        ("bravo romeo uniform november hotel india lima delta alpha", "all"),
        ("i will call you back", ""),
        ("thank you Will that helps", "will"),
        ("and brunhilda will then", "brunhilda will"),
        ("at twelve acacia avenue xenley", "twelve acacia avenue xenley"),
        ("the next avenue or street", ""),
        ("one two acacia", "one two acacia"),
        ("q x one four z b", "all"),
        ("q x one four", ""),
        ("four oh seven one double five double eight two three", "all"),
        ("it ends in fifty five eighty eight twenty three", "fifty five eighty eight twenty three"),
        ("four oh seven one five thanks", ""),
        ("that is forty pounds and 15 pence or 58 dollars", ""),
        ("a purple light house please", "purple light house"),
        ("a purple thing by the lighthouse", ""),
    ],
)
def test_it_is_known_however_it_is_said(said: str, secret: str) -> None:
    assert hidden(said) == (" ".join(t.text for t in tokens(said)) if secret == "all" else secret)


def test_last_four_digits_count_alone_if_asked_for() -> None:
    assert hidden("ending five eight two three yes") == ""
    assert hidden("ending eight eight two three yes") == ""
    assert hidden("ending eight eight two three yes", profile(last_four=True)) == "eight eight two three"


@settings(max_examples=80, deadline=None)
@given(st.text("0123456789", min_size=6, max_size=16), st.data())
def test_any_number_is_found_in_any_grouping_and_over_turns(number: str, data: st.DataObject) -> None:
    known = Profile(KEY, profile_hashes(KEY, [("NUMBER", sayings("NUMBER", number, ORDINARY))]))
    said, at = [], 0
    while at < len(number):
        form = data.draw(st.sampled_from(["one", "digits", "double"]))
        size = data.draw(st.integers(1, 4)) if form == "digits" else 2 if form == "double" else 1
        part = number[at : at + size]
        if form == "double" and len(part) == 2 and part[0] == part[1]:
            said.append(f"double {DIGIT_WORDS[int(part[0])]}")
        else:
            said.append(part if form == "digits" else " ".join(DIGIT_WORDS[int(c)] for c in part))
        at += len(part)
    cut = data.draw(st.integers(0, len(said)))
    first, second = tokens(" ".join(said[:cut]) + " hm"), tokens("so " + " ".join(said[cut:]), 40_000)
    marks, tail = found(known, first, Tail(), RATE)
    more, _ = found(known, second, tail, RATE)
    spoken = sum(len(t.symbols) or 0 for t in first)
    for parts, own, complete in ((first, marks, spoken), (second, more, len(number))):
        shown = {n for n, t in enumerate(parts) if t.is_digits and not any(m.first <= n < m.last for m in own)}
        assert not shown or complete < 6 or parts is first
    late, _ = found(known, tokens("so " + " ".join(said[cut:]), 90 * RATE), tail, RATE)
    assert len(late) <= len(more)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("hello the weather is fine four five pounds may i ask you today".split()), max_size=12))
def test_other_talk_stays(words: list[str]) -> None:
    assert hidden(" ".join(words)) == ""


def test_a_long_utterance_takes_milliseconds_not_seconds() -> None:

    parts = tokens("four five six brunhilda " * 60)
    started = time.perf_counter()
    found(PROFILE, parts, Tail(), RATE)
    assert time.perf_counter() - started < 1  # 25 ms on an idle machine


# --- the text


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "profile-keys.json"
    write_key_file(path, KeyFile("k1", {"k1": KEY, "k0": bytes(32)}))
    return path


def text_of(known: Profile = PROFILE, key: str = "k1") -> str:
    return profile_text(key, known.hashes)


def test_the_text_is_the_profile_and_says_nothing(keys: Path) -> None:
    text = text_of()
    assert ProfileKeys(keys).read(text).hashes == PROFILE.hashes
    for word in ("brunhilda", "ostrander", "acacia", "407155", "5588", "lighthouse", KEY.hex()):
        assert word not in text.lower()
    other = Profile(bytes(32), PROFILE.hashes)
    assert hidden("hello brunhilda", other) == ""


def test_the_form_is_the_documented_one() -> None:
    plain = json.loads(text_of())
    message = b"callshield profile 1\nwords\nbrunhilda"
    expected = base64.b64encode(hmac.new(KEY, message, hashlib.sha256).digest()[:16]).decode().rstrip("=")
    assert expected in plain["hashes"]["words"]["PERSON_NAME"]
    window = hmac.new(KEY, b"callshield profile 1\n6\n407155", hashlib.sha256).digest()[:16]
    assert base64.b64encode(window).decode().rstrip("=") in plain["hashes"]["6"]["MEMBER_NUMBER"]


GOOD: dict[str, Any] = json.loads(text_of())


@pytest.mark.parametrize(
    "text",
    [
        "", "?", "[]", "{}", "null", '"x"', "1" * 9_000, "[" * 5_000,
        json.dumps({**GOOD, "version": 2}),
        json.dumps({**GOOD, "more": 1}),
        json.dumps({**GOOD, "key": "k9"}),
        json.dumps({**GOOD, "hashes": []}),
        json.dumps({**GOOD, "hashes": {"words": ["x"]}}),
        json.dumps({**GOOD, "hashes": {"words": {"PERSON_NAME": ["AAAA"]}}}),
        json.dumps({**GOOD, "hashes": {"words": {"PERSON_NAME": ["no base 64"]}}}),
        json.dumps({**GOOD, "hashes": {"words": {"NOBODY": ["A" * 22]}}}),
        json.dumps({**GOOD, "hashes": {"7": {"PERSON_NAME": ["A" * 22]}}}),
    ],
)  # fmt: skip
def test_what_is_no_profile_is_refused_without_repeating_it(keys: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ProfileKeys(keys).read(text)
    assert len(str(caught.value)) < len(str(keys)) + 120


def test_a_key_added_later_is_found(keys: Path) -> None:
    reader = ProfileKeys(keys)
    write_key_file(keys, KeyFile("k2", {"k1": KEY, "k2": KEY}))
    assert reader.read(text_of(key="k2")).hashes == PROFILE.hashes


def test_too_many_hashes_are_refused() -> None:
    digits = "".join(str(int(c, 16) % 10) for n in range(9) for c in hashlib.sha256(bytes([n])).hexdigest())
    with pytest.raises(ConfigError, match=f"more than {HASHES_MAX}"):
        profile_hashes(KEY, [("NUMBER", sayings("NUMBER", digits, ORDINARY))])


# --- the command


@pytest.fixture
def run(keys: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def one(said: str, *words: object, engine: ScriptedEngine | None = None) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        return here(*words, engine=engine, env={"CALLSHIELD_PROFILE_KEY_FILE": str(keys)})

    return one


def test_the_command_prints_the_profile_of_its_input(run: Callable[..., Any], keys: Path) -> None:
    result = run(CUSTOMER, "profile", "hash")
    assert (result.code, result.err) == (0, "")
    made = ProfileKeys(keys).read(result.out)
    assert hidden("hello brunhilda", made) == "brunhilda"
    assert hidden("thanks i will call you", made) == ""  # an ordinary word, by the lists of the package
    assert run(CUSTOMER, "profile", "hash", "--key-file", keys).out == result.out
    assert run(CUSTOMER, "profile", "hash", "--last-four").out != result.out


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("", "standard input holds nothing"),
        ("\n\n", "standard input holds nothing"),
        ("name: Brunhilda\nBrunhilda", "line 2: write"),
        ("name: Brunhilda\nfoo: Brunhilda", "line 2: write"),
        ("keypad: 123456", "line 1: write"),
        ("number: 123", "line 1: NUMBER is too short"),
        ("name: -", "line 1: PERSON_NAME is too short"),
        ("name: " + "Brunhilda " * 30, "line 1: at most"),
        ("name: Brunhilda\n" * 65, "line 65: at most"),
    ],
)
def test_what_cannot_be_hashed_is_told_by_its_line(run: Callable[..., Any], said: str, wrong: str) -> None:
    result = run(said, "profile", "hash")
    assert (result.code, result.out) == (2, "")
    assert wrong in result.error
    assert "runhilda" not in result.error


def test_a_key_file_others_may_read_is_refused(run: Callable[..., Any], keys: Path) -> None:
    keys.chmod(0o644)
    assert "others may read the keys" in run(CUSTOMER, "profile", "hash").error


# --- on calls

TALK = dialogue(
    "A: so that is for brunhilda i think",
    "C: we always said so at home",
    "A: and the lighthouse is purple",
    "C: with the purple lighthouse behind",
)


def by_file(script: Script, policy: Policy, known: Profile | None, tenant: str | None = None) -> np.ndarray:
    with ThreadPoolExecutor(1) as pool:
        call = Call(
            2, RATE, 16, engine=open_engine(), policy=policy, resampler=Resampler, executor=pool, profile=known,
            tenant=tenant,
        )  # fmt: skip
        blocks = [*call.push(write(script).astype(np.int32)), *call.flush()]
    return np.concatenate([b.pcm for b in blocks]).astype(np.int16)


def test_a_recording_is_redacted_by_the_profile(run: Callable[..., Any], tmp_path: Path) -> None:
    call, text = tmp_path / "call.wav", tmp_path / "customer.json"
    soundfile.write(call, audio(TALK).astype(np.int16), RATE)
    text.write_text(run(CUSTOMER, "profile", "hash").out)
    engine = ScriptedEngine(TALK)
    assert run("", "redact", call, "--out", tmp_path / "plain", engine=engine).code == 0
    assert run("", "redact", call, "--out", tmp_path / "known", "--profile", text, engine=engine).code == 0
    plain, known = (json.loads((tmp_path / name / "call.json").read_text()) for name in ("plain", "known"))
    reasons = [(s["entity"], s["reason"]) for s in known["spans"]]
    assert ("PERSON_NAME", "profile") in reasons
    assert ("CUSTOM", "profile") in reasons
    assert not any(s["reason"] == "profile" for s in plain["spans"])
    said = (tmp_path / "known" / "call.transcript.json").read_text().lower()
    assert "brunhilda" not in said
    assert "we always said so at home" in said
    assert [s["channel"] for s in known["spans"] if s["entity"] == "CUSTOM"] == [1]  # the lighthouse alone stays
    text.write_text("{}")
    result = run("", "redact", call, "--out", tmp_path / "bad", "--profile", text, engine=engine)
    assert result.code == 2
    assert "this is no profile" in result.error
    assert not (tmp_path / "bad").exists()


def with_profiles(cluster: Cluster, meter: NoMeter, pin: Any, keys: Path | None) -> list[Any]:
    """The stages as `callshield run` wires them, identify with the keys of profiles."""
    out = specs(cluster, meter, pin)
    reader = ProfileKeys(keys) if keys else None

    def make(_p: int, published: Any) -> IdentifyLane:
        first = {m.head.subject: m.sequence + 1 for m in published if hasattr(m, "verdicts") and m.sequence >= 0}
        return IdentifyLane(
            fleet="main", detector=pin.detector, pins=cluster.pins, aids=NO_AIDS, meter=meter,
            first_sequence=first, profiles=reader,
        )  # fmt: skip

    return [replace(s, make=make) if s.stage == identify.STAGE else s for s in out]


def spoken(cluster: Cluster, script: Script, text: str) -> None:
    for n, message in enumerate(speak(cluster, "c0", write(script))):
        cluster.speak(replace(message, profile=text) if n == 0 else message)


@pytest.mark.parametrize(("seed", "crash_p"), [(0, 0.0), (1, 0.01), (2, 0.01), (3, 0.01)])
def test_a_live_call_is_redacted_by_profile_and_terms_as_a_file_is(
    tmp_path: Path, keys: Path, seed: int, crash_p: float
) -> None:
    finds = Recogniser("HOME", phrases=("at home",), context=("brunhilda",), tenants=("acme",))
    policy = replace(preset("default"), terms=Terms(custom=(finds,)))
    pin = replace(PIN, policies=dict.fromkeys(PURPOSES, policy))
    cluster, meter = Cluster(tmp_path, seed), NoMeter()
    spoken(cluster, TALK, text_of())
    Line(cluster, with_profiles(cluster, meter, pin, keys), crash_p=crash_p).run()
    expected = by_file(TALK, policy, PROFILE, "acme")
    assert not np.array_equal(expected, by_file(TALK, policy, None, "acme"))
    assert not np.array_equal(expected, by_file(TALK, policy, PROFILE, "other"))
    for purpose in PURPOSES:
        assert np.array_equal(released(cluster, purpose, "c0"), expected)
    assert not [e for e in cluster.messages(EVENTS) if e.kind is EventKind.PROFILE]
    assert [m.profile for m in cluster.messages(AUDIO) if m.profile] == [text_of()] * sum(
        m.sequence == 0 for m in cluster.messages(AUDIO)
    )
    for topic in (AUDIO, WORDS, VERDICTS, STATE + identify.STAGE):  # in clear it is on the recorders' topic alone
        assert not any(b"PERSON_NAME" in (e.value or b"") for e in cluster.logs.get(topic, []) if topic != VERDICTS)


@pytest.mark.parametrize(("text", "reason"), [("{}", "unreadable"), ("x" * 9_000, "unreadable"), ("{}", "no_key")])
def test_a_profile_nobody_can_read_is_told_and_the_call_goes_on(
    tmp_path: Path, keys: Path, text: str, reason: str
) -> None:
    cluster, meter = Cluster(tmp_path, 5), NoMeter()
    spoken(cluster, TALK, text)
    Line(cluster, with_profiles(cluster, meter, PIN, None if reason == "no_key" else keys)).run()
    assert np.array_equal(released(cluster, "storage", "c0"), by_file(TALK, preset("default"), None))
    assert {e.reason for e in cluster.messages(EVENTS) if e.kind is EventKind.PROFILE} == {reason}
    assert meter.counts["profiles_total"] == 1


def test_a_profile_on_a_later_message_is_not_looked_at(tmp_path: Path, keys: Path) -> None:
    cluster = Cluster(tmp_path, 6)
    for n, message in enumerate(speak(cluster, "c0", write(TALK))):
        cluster.speak(replace(message, profile=text_of()) if n == 3 else message)
    Line(cluster, with_profiles(cluster, NoMeter(), PIN, keys)).run()
    assert np.array_equal(released(cluster, "storage", "c0"), by_file(TALK, preset("default"), None))
