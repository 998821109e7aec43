"""Messages survive the wire whole; what was altered, moved, newer or unreadable is refused with its coordinates."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline.adapters.wire
from pipeline.adapters.keyring import KeyFile, Keyring, fresh_key, read_key_file, write_key_file
from pipeline.adapters.wire import SCHEMA_HEADER, Wire
from pipeline.adapters.wire_bodies import BODIES, BY_NAME
from pipeline.core.consent import Access
from pipeline.core.errors import ConfigError, KeyLostError, WireError
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.level import Frames
from pipeline.core.messages import (
    Audio,
    Dead,
    Event,
    EventKind,
    Head,
    Judgement,
    Message,
    Missing,
    Redacted,
    Sealed,
    State,
    TranscriptPart,
    Words,
)
from pipeline.core.originals import Original
from pipeline.core.pseudonym import Kind, Label
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.topics import topics
from pipeline.core.transcript import Piece, Role, Turn
from pipeline.core.verdict import Verdict

TOPICS = topics(["storage"])
TOPIC_OF = {
    Audio: "calls.audio", Words: "calls.words", Judgement: "calls.verdicts", Redacted: "calls.redacted.storage",
    Sealed: "calls.sealed", TranscriptPart: "calls.transcripts.storage", Event: "calls.events",
    State: "calls.state.hear", Dead: "calls.dead",
}  # fmt: skip
CANARY = "canary4929"


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    write_key_file(path, KeyFile("k1", {"k1": fresh_key()}))
    return Keyring(path)


@pytest.fixture(scope="module")
def wire(ring: Keyring) -> Wire:
    return Wire(TOPICS, ring, "hear")


def same(a: Any, b: Any) -> bool:
    """Equal to the last bit, arrays too."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all())
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


spans = st.tuples(st.integers(0, 2**40), st.integers(0, 2**20)).map(lambda p: Span(p[0], p[0] + p[1]))
words_ = st.builds(Word, spans, st.text(max_size=12), st.floats(0, 1))
readings = st.lists(words_, max_size=3).map(tuple)
utterances = st.builds(Utterance, spans, readings, st.lists(readings, max_size=2).map(tuple))
earlies = st.none() | st.builds(Early, spans, readings)
findings = st.builds(
    Finding, st.integers(0, 3), spans, st.sampled_from(["PIN", "NUMBER"]), st.sampled_from(Reason), st.floats(0, 1)
)
many = st.lists(findings, max_size=3).map(tuple)
missing = st.lists(st.builds(Missing, st.integers(0, 1), spans), max_size=2).map(tuple)
pcm = st.lists(st.integers(-(2**15), 2**15 - 1), max_size=20).map(
    lambda x: np.array(x[: len(x) // 2 * 2], np.int16).reshape(-1, 2)
)
floats = st.lists(st.floats(0, 1, width=32), max_size=5).map(lambda x: np.array(x, np.float32))
code = st.text("abc_", max_size=8)
count = st.integers(0, 2**50)
spans_ = st.tuples(count, st.integers(0, 2**61)).map(lambda p: Span(p[0], p[0] + p[1]))
purposes = st.none() | st.lists(st.builds(Access, code, spans_), max_size=2).map(tuple)
labels = st.lists(st.builds(Label, st.sampled_from(Kind).map(str), code, st.just("ab" * 16)), max_size=3).map(tuple)


originals = st.none() | st.builds(
    lambda channel, start, entity, samples: Original(channel, start, entity, samples.reshape(-1)),
    st.integers(0, 9), count, code, pcm,
)  # fmt: skip


def message(head: Head, draw: st.DataObject) -> Message:
    """Any message of any type."""
    get = draw.draw
    rms = get(floats)
    sound = Sound(
        1, Heard(get(count), tuple(get(st.lists(utterances, max_size=2))), get(earlies)),
        tuple(get(st.lists(spans, max_size=2))),
        get(count), Frames(head.rate, get(count), rms, rms), get(st.booleans()),
        tuple(get(st.lists(spans, max_size=2))),
    )  # fmt: skip
    turn = Turn(0, Role.AGENT, (Piece(get(spans), get(st.text(max_size=9)), get(st.booleans())),))
    verdict = Verdict(1, get(count), get(many))
    choices: list[Message] = [
        Audio(head, get(count), get(count), get(pcm), get(count), get(missing), get(st.booleans()), get(code),
              get(code), get(purposes)),
        Words(head, get(count), (sound,), get(count), get(code), get(code), get(purposes)),
        Judgement(head, get(st.integers(-1, 9)), (verdict,), get(count), get(count), get(code), get(count)),
        Redacted(head, "storage", get(count), get(pcm), get(many), get(count), get(st.booleans()), get(missing),
                 get(st.booleans())),
        Sealed(head, get(originals), get(count), get(st.booleans())),
        TranscriptPart(head, "storage", get(count), (turn,), get(st.booleans())),
        Event(head, get(st.sampled_from(EventKind)), get(count), "hear", get(code), (("samples", "3"),)),
        State(head, "hear", 1, get(st.binary(max_size=40))),
        Dead("hear", "calls.audio", 3, get(count), get(code), get(count), "t", "c", get(count), get(count), b"x",
             (("h", b"v"),)),
    ]  # fmt: skip
    return get(st.sampled_from(choices))


def head_of(ring: Keyring, **changes: Any) -> Head:
    return replace(
        Head("acme", "c-1", "main", "ab" * 32, 8000, 2, 1_700_000_000_000, ring.new(), "00-ab-cd-01"), **changes
    )


@settings(max_examples=150, deadline=None)
@given(draw=st.data())
def test_every_message_comes_out_as_it_went_in(wire: Wire, ring: Keyring, draw: st.DataObject) -> None:
    sent = message(
        head_of(ring, jurisdiction=draw.draw(code), labels=draw.draw(labels), language=draw.draw(code)), draw
    )
    topic = TOPIC_OF[type(sent)]
    key, value, headers = wire.encode(topic, sent)
    assert key == (b"t/c" if isinstance(sent, Dead) else b"acme/c-1")
    assert same(sent, wire.decode(topic, value, tuple(headers)))


def an_audio(head: Head) -> Audio:
    return Audio(head, 7, 14_000, np.full((2000, 2), 1234, np.int16), 5)


def words_with(head: Head, text: str) -> Words:
    word = Word(Span(1, 2), text, 0.5)
    frames = Frames(8000, 0, np.zeros(0, np.float32), np.zeros(0, np.float32))
    return Words(head, 1, (Sound(0, Heard(9, (Utterance(Span(0, 9), (word,)),)), (), 0, frames),), 0)


@pytest.mark.parametrize("topic", [t.name for t in TOPICS.values() if t.sealed])
def test_sealed_topics_show_nothing_of_what_was_said(wire: Wire, ring: Keyring, topic: str) -> None:
    head = head_of(ring)
    by_topic: dict[str, Message] = {
        "calls.words": words_with(head, CANARY),
        "calls.dead": Dead("hear", "calls.words", 0, 1, "damaged", 0, original=CANARY.encode()),
        "calls.audio": Audio(head, 0, 0, np.frombuffer(CANARY.encode() + b"00", np.int16).reshape(-1, 2), 0),
    }
    message = by_topic.get(topic, State(head, "hear", 1, CANARY.encode()))
    _, value, headers = wire.encode(topic, message)
    assert value is not None
    assert CANARY.encode() not in value + b"".join(v for _, v in headers)
    clear = Wire({topic: replace(TOPICS[topic], sealed=False)}, ring, "hear").encode(topic, message)[1]
    assert clear is not None
    assert CANARY.encode() in clear  # the same search finds it where nothing is sealed


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed(wire: Wire, ring: Keyring, at: int, bit: int) -> None:
    _, value, headers = wire.encode("calls.audio", an_audio(head_of(ring)))
    assert value is not None
    altered = bytearray(value)
    altered[at % len(altered)] ^= 1 << bit
    with pytest.raises(WireError) as caught:
        wire.decode("calls.audio", bytes(altered), headers)
    assert caught.value.reason in ("damaged", "forged", "key_lost")


def test_a_message_cannot_be_moved_to_another_topic_or_call(wire: Wire, ring: Keyring) -> None:
    _, value, headers = wire.encode("calls.state.hear", State(head_of(ring), "hear", 1, b"x"))
    with pytest.raises(WireError, match="altered or moved"):
        wire.decode("calls.state.identify", value, headers)


def test_what_does_not_open_tells_where_it_belongs(wire: Wire, ring: Keyring) -> None:
    _, value, headers = wire.encode("calls.audio", an_audio(head_of(ring)))
    assert value is not None
    with pytest.raises(WireError) as caught:
        wire.decode("calls.audio", value[:-1] + bytes([value[-1] ^ 1]), headers)
    error = caught.value
    assert (error.reason, error.tenant, error.call) == ("forged", "acme", "c-1")
    assert (error.sequence, error.start_sample) == (7, 14_000)


def test_a_newer_schema_is_refused_and_says_so(wire: Wire, ring: Keyring) -> None:
    _, value, headers = wire.encode("calls.audio", an_audio(head_of(ring)))
    newer = [(n, b"urn:callshield:audio:4" if n == SCHEMA_HEADER else v) for n, v in headers]
    with pytest.raises(WireError, match="version 4, this release reads 3: upgrade it") as caught:
        wire.decode("calls.audio", value, newer)
    assert caught.value.reason == "newer_version"


def test_words_of_an_older_release_have_no_other_readings(
    wire: Wire, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = words_with(head_of(ring), "four")
    now = BY_NAME["words"]
    with monkeypatch.context() as patch:
        patch.setitem(pipeline.adapters.wire.BY_KIND, Words, replace(now, version=1))  # type: ignore[arg-type]
        _, value, headers = wire.encode("calls.words", sent)
    assert (SCHEMA_HEADER, b"urn:callshield:words:1") in headers
    assert same(sent, wire.decode("calls.words", value, headers))


def test_audio_of_an_older_release_has_no_profile(wire: Wire, ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = an_audio(head_of(ring))
    now = BY_NAME["audio"]
    with monkeypatch.context() as patch:
        patch.setitem(pipeline.adapters.wire.BY_KIND, Audio, replace(now, version=1))  # type: ignore[arg-type]
        _, value, headers = wire.encode("calls.audio", sent)
    assert (SCHEMA_HEADER, b"urn:callshield:audio:1") in headers
    assert same(sent, wire.decode("calls.audio", value, headers))


def test_words_of_an_older_release_are_of_utterances_that_ended(
    wire: Wire, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = words_with(head_of(ring), "four")
    early = Early(Span(9_000, 9_400), (Word(Span(9_000, 9_400), "so", 0.5),))
    (sound,) = sent.sounds
    open_ = replace(sent, sounds=(replace(sound, heard=replace(sound.heard, early=early)),))
    _, value, headers = wire.encode("calls.words", open_)
    assert same(open_, wire.decode("calls.words", value, headers))
    with monkeypatch.context() as patch:
        patch.setitem(pipeline.adapters.wire.BY_KIND, Words, replace(BY_NAME["words"], version=3))  # type: ignore[arg-type]
        _, value, headers = wire.encode("calls.words", open_)
    assert same(sent, wire.decode("calls.words", value, headers))


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("name", ["audio", "words"])
def test_what_an_older_release_wrote_asks_nobody(
    wire: Wire, ring: Keyring, monkeypatch: pytest.MonkeyPatch, name: str, version: int
) -> None:
    head = head_of(ring)
    sent: Audio | Words = an_audio(head) if name == "audio" else words_with(head, "four")
    with monkeypatch.context() as patch:
        patch.setitem(pipeline.adapters.wire.BY_KIND, type(sent), replace(BY_NAME[name], version=version))  # type: ignore[arg-type]
        _, value, headers = wire.encode(f"calls.{name}", replace(sent, purposes=(Access("storage", Span(0, 9)),)))
    assert same(sent, wire.decode(f"calls.{name}", value, headers))


def test_a_head_of_an_older_release_has_no_labels_and_ours_is_read_by_it(wire: Wire, ring: Keyring) -> None:
    plain = head_of(ring)
    label = replace(plain, jurisdiction="us-ca", labels=(Label("caller", "k", "ab" * 16),))
    old, new = (wire._head_bytes(head) for head in (plain, label))
    assert new.startswith(old), "a release that knows version 1 reads what it knows"
    assert wire._head(old) == plain
    assert wire._head(new) == label


@pytest.mark.parametrize(
    "named", [None, b"", b"urn:callshield:audio", b"urn:other:audio:1", b"urn:callshield:x:1", b"\xff"]
)
def test_a_message_of_no_known_schema_is_refused(wire: Wire, named: bytes | None) -> None:
    with pytest.raises(WireError) as caught:
        wire.decode("calls.audio", b"x", [] if named is None else [(SCHEMA_HEADER, named)])
    assert caught.value.reason == "no_schema"


@settings(max_examples=100, deadline=None)
@given(value=st.binary(max_size=200))
def test_noise_is_damaged_or_forged(wire: Wire, value: bytes) -> None:
    with pytest.raises(WireError) as caught:
        wire.decode("calls.audio", value, [(SCHEMA_HEADER, b"urn:callshield:audio:1")])
    assert caught.value.reason in ("damaged", "forged", "key_lost")


def test_the_trace_and_the_events_attributes_travel(wire: Wire, ring: Keyring) -> None:
    _, _, headers = wire.encode("calls.audio", an_audio(head_of(ring)))
    told = dict(headers)
    assert told["traceparent"] == b"00-ab-cd-01"
    assert told["ce_specversion"] == b"1.0"
    assert told["ce_id"] == b"acme/c-1/audio/7"
    assert told["ce_source"] == b"/callshield/hear"
    assert "traceparent" not in dict(wire.encode("calls.audio", an_audio(head_of(ring, trace="")))[2])


def test_rotation_opens_old_calls_and_destruction_closes_them(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first, second = fresh_key(), fresh_key()
    write_key_file(path, KeyFile("k1", {"k1": first}))
    ring, other = Keyring(path), Keyring(path)
    old = ring.new()
    write_key_file(path, KeyFile("k2", {"k1": first, "k2": second}))
    new = ring.new()
    assert (old.kek_id, new.kek_id) == ("k1", "k2")
    sealed = ring.cipher(new).encrypt(b"0" * 12, b"said", b"")
    assert other.cipher(new).decrypt(b"0" * 12, sealed, b"") == b"said"  # a worker that started before the rotation
    other.cipher(old)
    write_key_file(path, KeyFile("k2", {"k2": second}))
    assert Keyring(path).cipher(new)
    with pytest.raises(KeyLostError, match="k1 is not in"):
        Keyring(path).cipher(old)
    ring.new()  # reads the file again, and forgets what is gone
    with pytest.raises(KeyLostError):
        ring.cipher(old)


def test_a_running_worker_forgets_a_destroyed_key_in_seconds(tmp_path: Path) -> None:
    path, now = tmp_path / "keys.json", [0.0]
    first, second = fresh_key(), fresh_key()
    write_key_file(path, KeyFile("k1", {"k1": first, "k2": second}))
    ring = Keyring(path, clock=lambda: now[0])
    key = ring.new()
    write_key_file(path, KeyFile("k2", {"k2": second}))
    assert ring.cipher(key)
    now[0] = 5.1
    with pytest.raises(KeyLostError):
        ring.cipher(key)


def test_a_data_key_of_another_ring_does_not_open(tmp_path: Path, ring: Keyring) -> None:
    path = tmp_path / "keys.json"
    write_key_file(path, KeyFile("k1", {"k1": fresh_key()}))
    with pytest.raises(KeyLostError, match="does not open"):
        Keyring(path).cipher(ring.new())


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"current": "a", "keys": {}}', '{"current": "a", "keys": {"a": "eA=="}}',
             '{"current": "a", "keys": {"a": 3}}', json.dumps({"current": "a", "keys": {"a": "A" * 44}, "more": 1})],
)  # fmt: skip
def test_a_broken_key_file_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="callshield keys create") as caught:
        read_key_file(path)
    assert "\n" not in str(caught.value)


def test_a_key_file_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_key_file(path, KeyFile("a", {"a": fresh_key()}))
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o604)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_key_file(path)


def test_keys_do_not_show() -> None:
    key = b"0123456789abcdef0123456789abcdef"
    assert "0123" not in repr(KeyFile("a", {"a": key}))


def test_every_schema_is_used_and_documented() -> None:
    folder = Path(__file__).parents[1] / "pipeline" / "adapters" / "schemas"
    names = {f"{b.name}-{v}" for b in BODIES for v in range(1, b.version + 1)} | {"head-1", "head-2", "envelope-1"}
    assert {p.stem for p in folder.glob("*.avsc")} == names
