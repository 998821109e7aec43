"""What recorders send is read as the contract says, or refused with a documented reason; the examples keep to it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import shutil
import sys
import time
import wave
from dataclasses import replace
from functools import cache
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import soundfile
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from broker import create
from command import ROOT
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters import intake_seal
from pipeline.adapters.intake import BYTES, Unusable, from_record, to_record
from pipeline.adapters.intake_consent import METADATA
from pipeline.adapters.intake_seal import PrivateKey, load_private_key
from pipeline.core.companding import companded, expanded
from pipeline.core.errors import ConfigError, WireError
from pipeline.core.messages import Intake
from pipeline.core.topics import INTAKE
from pipeline.stages.accept_call import Refused

CONTRACT = (ROOT / "docs" / "intake.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "examples"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PCM = np.random.default_rng(5).integers(-32_768, 32_767, (500, 2)).astype(np.int16)
GOOD = Intake("acme", "c-1.x_Y", None, 2, 8000, 3, 1500, PCM, False, TRACE)
Record = tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]


def same(one: Intake, other: Intake) -> bool:
    return np.array_equal(one.pcm, other.pcm) and _plain(one) == _plain(other)


def _plain(message: Intake) -> tuple[object, ...]:
    names = ("tenant", "call", "channel", "channels", "rate", "sequence", "start_sample", "final", "trace")
    return (*(getattr(message, name) for name in names), message.pcm.shape)


def altered(record: Record, **headers: bytes | None) -> Record:
    """The record with headers replaced, or removed by None."""
    key, value, old = record
    return key, value, [(n, v) for n, v in (dict(old) | headers).items() if v is not None]  # type: ignore[operator]


@cache
def pair() -> tuple[PrivateKey, bytes]:
    """A private key, and its public one as PEM."""
    key = rsa.generate_private_key(65537, 2048)
    return PrivateKey(key), key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_message_and_its_record() -> None:
    key, value, headers = to_record(GOOD)
    assert key == b"acme/c-1.x_Y"
    assert value == PCM.astype("<i2").tobytes()
    assert dict(headers) == {
        "ce_specversion": b"1.0", "ce_type": b"callshield.intake.v1", "ce_source": b"callshield",
        "ce_id": b"acme/c-1.x_Y/all/3", "ce_subject": b"acme/c-1.x_Y", "tenant": b"acme", "call": b"c-1.x_Y",
        "channels": b"2", "rate": b"8000", "codec": b"l16", "sequence": b"3", "first_sample": b"1500",
        "traceparent": TRACE.encode(),
    }  # fmt: skip
    assert same(from_record(key, value, tuple(headers)), GOOD)


@given(
    st.sampled_from(["l16", "pcmu", "pcma"]),
    st.sampled_from([None, 0, 2]),
    st.integers(0, 400),
    st.integers(0, 2**53),
    st.booleans(),
    st.booleans(),
)
def test_what_is_written_is_read(
    codec: str, channel: int | None, size: int, start: int, final: bool, seals: bool
) -> None:
    wide = 3 if channel is None else 1
    coded = np.random.default_rng(size).integers(0, 256, (size, wide)).astype(np.uint8)
    pcm = expanded("pcma" if codec == "l16" else codec, coded)
    message = Intake("t", "c", channel, 3, 16_000, 0, start, pcm, final or not size, profile='{"version":1}')
    private, public = pair() if seals else (None, None)
    assert same(from_record(*to_record(message, codec, public), private), message)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        *(({name: None}, Unusable.MISSING_HEADER) for name in dict(to_record(GOOD)[2]) if name != "traceparent"),
        ({"call": b""}, Unusable.MISSING_HEADER),
        ({"rate": b"\xff"}, Unusable.BAD_HEADER),
        ({"final": b"yes"}, Unusable.BAD_HEADER),
        *(({name: b"1" * 513}, Unusable.BAD_HEADER) for name in dict(to_record(GOOD)[2])),
        ({"encryption": b"x" * 513}, Unusable.BAD_HEADER),
        ({"encryption_key": b"x" * 1025}, Unusable.BAD_HEADER),
        ({f"x{k}": b"" for k in range(20)}, Unusable.BAD_HEADER),
        ({"ce_type": b"callshield.intake.v2"}, Unusable.UNKNOWN_VERSION),
        ({"ce_specversion": b"2.0"}, Unusable.UNKNOWN_VERSION),
        ({"ce_type": b"callshield.intake"}, Unusable.UNKNOWN_TYPE),
        ({"ce_type": b"callshield.intake.vx"}, Unusable.UNKNOWN_TYPE),
        ({"codec": b"opus"}, Unusable.UNKNOWN_CODEC),
        ({"tenant": b"a/b"}, Unusable.BAD_ID),
        ({"call": b"-c"}, Unusable.BAD_ID),
        ({"call": b"c" * 129}, Unusable.BAD_ID),
        ({"call": b"c\n"}, Unusable.BAD_ID),
        ({"call": b"other"}, Unusable.WRONG_KEY),
        ({"ce_subject": b"acme/other"}, Unusable.WRONG_KEY),
        ({"rate": b"7999"}, Unusable.BAD_RATE),
        ({"rate": b"48001"}, Unusable.BAD_RATE),
        ({"channels": b"0"}, Unusable.BAD_CHANNELS),
        ({"channels": b"17"}, Unusable.BAD_CHANNELS),
        ({"channel": b"2"}, Unusable.BAD_CHANNELS),
        ({"first_sample": b"-1"}, Unusable.BAD_NUMBER),
        ({"sequence": b"1.5"}, Unusable.BAD_NUMBER),
        ({"sequence": b"+1"}, Unusable.BAD_NUMBER),
        ({"sequence": "٣".encode()}, Unusable.BAD_NUMBER),
        ({"first_sample": b"%d" % (2**53 + 1)}, Unusable.BAD_NUMBER),
        ({"first_sample": b"9" * 500}, Unusable.BAD_NUMBER),
        ({"channels": b"3"}, Unusable.BAD_LENGTH),
        ({"encryption": b"none"}, Unusable.UNKNOWN_ENCRYPTION),
        ({"encryption": b"RSA-OAEP-256+A256GCM"}, Unusable.MISSING_HEADER),
        ({"encryption": b"RSA-OAEP-256+A256GCM", "encryption_key": b"k"}, Unusable.NO_PRIVATE_KEY),
    ],
)  # fmt: skip
def test_a_bad_header_has_its_reason(headers: dict[str, bytes | None], reason: Unusable) -> None:
    with pytest.raises(WireError) as error:
        from_record(*altered(to_record(GOOD), **headers))
    assert error.value.reason == reason
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"123", Unusable.BAD_LENGTH),
        (b"12", Unusable.BAD_LENGTH),
        (b"", Unusable.EMPTY),
        (None, Unusable.EMPTY),
        (bytes((1 << 20) + 4), Unusable.TOO_LARGE),
        (bytes(4 * 80_001), Unusable.TOO_LONG),
    ],
)
def test_a_bad_value_has_its_reason(value: bytes | None, reason: Unusable) -> None:
    key, _, headers = to_record(GOOD)
    with pytest.raises(WireError) as error:
        from_record(key, value, headers)
    assert error.value.reason == reason


@pytest.mark.parametrize("key", [None, b"", b"acme", b"acme/other"])
def test_the_key_is_the_call(key: bytes | None) -> None:
    _, value, headers = to_record(GOOD)
    with pytest.raises(WireError) as error:
        from_record(key, value, headers)
    assert error.value.reason == Unusable.WRONG_KEY


def test_ten_seconds_and_an_empty_end_are_fine() -> None:
    long = replace(GOOD, pcm=np.zeros((80_000, 2), np.int16))
    assert len(from_record(*to_record(long)).pcm) == 80_000
    assert from_record(*to_record(replace(GOOD, pcm=PCM[:0], final=True))).pcm.shape == (0, 2)


@pytest.mark.parametrize("trace", [b"", b"junk", TRACE[:-1].encode(), b"ff" + TRACE[2:].encode(), b"\xff"])
def test_a_trace_nobody_can_read_is_left_out(trace: bytes) -> None:
    assert from_record(*altered(to_record(GOOD), traceparent=trace)).trace == ""


def test_headers_nobody_knows_are_left_alone() -> None:
    assert same(from_record(*altered(to_record(GOOD), colour=b"\xff")), GOOD)


@pytest.mark.parametrize(
    ("key", "headers", "where"),
    [
        (b"acme/c-1.x_Y", {}, ("acme", "c-1.x_Y", 3, 1500)),
        (None, {}, ("acme", "c-1.x_Y", 3, 1500)),
        (b"acme/c-1.x_Y", {"tenant": None}, ("acme", "c-1.x_Y", 3, 1500)),
        (b"acme/c-1.x_Y", {"call": b"four five"}, ("acme", "c-1.x_Y", 3, 1500)),
        (b"\xff", {"call": b"four five", "sequence": b"-2"}, ("", "", -1, 1500)),
        (b"acme", {"call": None, "first_sample": b"\xff"}, ("acme", "", 3, -1)),
    ],
)
def test_what_cannot_be_read_says_where_it_belongs_as_far_as_that_can(
    key: bytes | None, headers: dict[str, bytes | None], where: tuple[str, str, int, int]
) -> None:
    _, value, changed = altered(to_record(GOOD), codec=b"opus", **headers)
    with pytest.raises(WireError) as caught:
        from_record(key, value, changed)
    error = caught.value
    assert (error.tenant, error.call, error.sequence, error.start_sample) == where


@given(st.binary(max_size=40), st.binary(max_size=60), st.dictionaries(st.text(max_size=9), st.binary(max_size=20)))
def test_no_rubbish_does_anything_but_be_refused(key: bytes, value: bytes, extra: dict[str, bytes]) -> None:
    good = dict(to_record(GOOD)[2])
    for headers in (extra, good | extra, good | dict(zip(good, extra.values(), strict=False))):
        with contextlib.suppress(WireError):
            from_record(key, value, list(headers.items()))


def test_reading_is_quick() -> None:
    records = [to_record(replace(GOOD, sequence=n, pcm=np.zeros((2000, 2), np.int16))) for n in range(2000)]
    started = time.process_time()
    for record in records:
        from_record(*record)
    assert (time.process_time() - started) / len(records) < 100e-6, "1,600 a second must not cost much of a core"


# --- codecs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("law", "subtype"), [("pcmu", "ULAW"), ("pcma", "ALAW")])
def test_companding_is_that_of_libsndfile(law: str, subtype: str) -> None:
    coded = np.arange(256, dtype=np.uint8)
    known, _ = soundfile.read(
        io.BytesIO(coded.tobytes()), dtype="int16", format="RAW", subtype=subtype, samplerate=8000, channels=1
    )
    np.testing.assert_array_equal(expanded(law, coded), known)
    np.testing.assert_array_equal(expanded(law, companded(law, known)), known)
    every = np.arange(-32_768, 32_768).astype(np.int16)
    wrong = np.abs(expanded(law, companded(law, every)).astype(int) - every)
    assert (wrong <= np.maximum(np.abs(every.astype(int)) / 16, 16)).all()


# --- encryption ------------------------------------------------------------------------------------------------


def test_only_the_private_key_reads_what_was_encrypted() -> None:
    private, public = pair()
    key, value, headers = to_record(GOOD, "l16", public)
    assert len(value) == 12 + PCM.nbytes + 16
    assert same(from_record(key, value, headers, private), GOOD)
    assert to_record(GOOD, "l16", public)[1] != value, "never the same nonce"
    other = PrivateKey(rsa.generate_private_key(65537, 2048))
    flipped = value[:-1] + bytes([value[-1] ^ 1])
    for record, who in (
        ((key, value, headers), other),
        ((key, flipped, headers), private),
        ((key, value[:11], headers), private),
        (altered((key, value, headers), ce_id=b"acme/c-1.x_Y/all/4"), private),
        (altered((key, value, headers), encryption_key=b"junk"), private),
    ):
        with pytest.raises(WireError) as error:
            from_record(*record, who)
        assert error.value.reason == Unusable.UNDECRYPTABLE


def test_a_key_is_unwrapped_once_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_seal, "UNWRAPPED_MAX", 2)
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private = PrivateKey(key)
    for call in ("c1", "c2", "c3", "c1"):
        first, second = (to_record(replace(GOOD, call=call, sequence=n), "l16", public) for n in (0, 1))
        assert dict(first[2])["encryption_key"] == dict(second[2])["encryption_key"]
        opened = [private.unwrap(dict(r[2])["encryption_key"]) for r in (first, second)]
        assert opened[0] is opened[1] is not None
        assert len(private._known) <= 2


def test_a_private_key_file(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    for key, wrong in (
        (rsa.generate_private_key(65537, 1024), "at least 2048 bits"),
        (ec.generate_private_key(ec.SECP256R1()), "RSA key"),
        (None, "openssl genpkey"),
    ):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) if key else b"junk"
        path.write_bytes(pem)
        with pytest.raises(ConfigError, match=wrong):
            load_private_key(path)
    with pytest.raises(ConfigError, match="No such file"):
        load_private_key(tmp_path / "none.pem")
    with pytest.raises(ConfigError, match="public key"):
        to_record(GOOD, "l16", b"junk")


# --- the contract ----------------------------------------------------------------------------------------------


def test_the_contract_names_every_header_codec_and_reason() -> None:
    named = set(re.findall(r"^\| `([\w-]+)`", CONTRACT, re.MULTILINE))
    headers = {*dict(to_record(GOOD)[2]), "channel", "final", "encryption", "encryption_key", "profile", *METADATA}
    assert named == headers | set(BYTES) | set(Unusable) | set(Refused)


# --- the examples ----------------------------------------------------------------------------------------------


async def played(servers: str, *words: str | Path) -> list[Intake]:
    """What an example sends of a WAV file of 9,000 samples a channel, two channels."""
    call = uuid4().hex
    path = Path(words[-1])
    with wave.open(str(path), "wb") as audio:
        audio.setparams((2, 2, 8000, 0, "NONE", ""))
        audio.writeframes(ramp().astype("<i2").tobytes())
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    known = await admin.list_topics()
    await admin.close()
    if INTAKE not in known:
        await create(servers, INTAKE, partitions=2)
    process = await asyncio.create_subprocess_exec(
        *map(str, words), call, servers, "acme", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    consumer = AIOKafkaConsumer(INTAKE, bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    messages: list[Intake] = []
    try:
        async with asyncio.timeout(20):
            while not (messages and messages[-1].final):
                record = await consumer.getone()
                if record.key == f"acme/{call}".encode():
                    messages.append(from_record(record.key, record.value, record.headers))
    finally:
        await consumer.stop()
    return messages


def ramp() -> np.ndarray:
    return np.arange(-4500, 4500, dtype=np.int16).reshape(-1, 2)


def check(messages: list[Intake]) -> None:
    assert [(m.sequence, m.start_sample, m.final) for m in messages] == [
        (0, 0, False),
        (1, 2000, False),
        (2, 4000, True),
    ]
    np.testing.assert_array_equal(np.concatenate([m.pcm for m in messages]), ramp())


@pytest.mark.kafka
async def test_the_python_example_keeps_the_contract(kafka: str, tmp_path: Path) -> None:
    check(await played(kafka, sys.executable, EXAMPLES / "producer.py", tmp_path / "a.wav"))


@pytest.mark.kafka
async def test_the_java_example_keeps_the_contract(kafka: str, tmp_path: Path) -> None:
    jars = sorted((Path.home() / ".cache" / "callshield" / "kafka").glob("*/kafka-clients-*.jar"))
    if not shutil.which("java") or not jars:
        pytest.skip("needs Java 17 and the JARs deploy/kafka/broker.py keeps")
    words = ["java", "-cp", f"{jars[-1].parent}/*", EXAMPLES / "Producer.java", tmp_path / "a.wav"]
    check(await played(kafka, *words))


@pytest.mark.parametrize("name", ["producer.py", "Producer.java"])
def test_an_example_is_short(name: str) -> None:
    code = [line for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(code) <= 45
