"""Key providers: one suite over the key file, transit and AWS KMS, and what each does when something is wrong.

The key file is the real one. KMS is moto's server. Transit is tests/transit_server.py; with TRANSIT_SERVER set
to a real Vault or OpenBao ("URL TOKEN", its transit engine mounted at transit/) the suite runs on that, too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import aws
import boto3
import httpx
import pytest
from botocore.stub import Stubber
from moto.kms.models import kms_backends as moto_kms
from transit_server import Transit, serving

from pipeline.adapters.keyring import KeyFile, add_key, read_key_file, write_key_file
from pipeline.adapters.keys.aws_kms import AwsKmsKeys
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.keys.transit import TransitKeys
from pipeline.cli.custody import key_provider
from pipeline.core.errors import ConfigError, KeyLostError, KeyServiceError
from pipeline.core.messages import WrappedKey
from pipeline.ports.key_provider import KeyProvider
from pipeline.settings import Settings

DATA_KEY = bytes(range(32))
CONTEXT, OTHER = b"callshield/acme/c-1/1000/store", b"callshield/acme/c-2/1000/store"


@dataclass
class Case:
    """A provider and what can be done to it from outside. open: as a process opens it. other: with other keys."""

    open: Callable[[], KeyProvider]
    other: Callable[[], KeyProvider]
    lose: Callable[[str], None]  # destroy the key-encryption key of this id
    down: Callable[[], contextlib.AbstractContextManager[object]] | None = None
    keep: list[object] = field(default_factory=list)


def file_case(folder: Path) -> Case:
    path, other = folder / "keys.json", folder / "other.json"
    for each in (path, other):
        write_key_file(each, add_key(each, KeyFile("", {})))

    def lose(kek: str) -> None:
        known = read_key_file(path)
        write_key_file(path, KeyFile(known.current, {n: k for n, k in known.keys.items() if n != kek}))

    return Case(lambda: FileKeys(path), lambda: FileKeys(other), lose)


def transit_case(folder: Path, transit: Transit) -> Case:
    token = folder / "token"
    token.touch(0o600)
    token.write_text(transit.token + "\n")
    transit.keys |= {"callshield": [os.urandom(32)], "other": [os.urandom(32)]}

    def lose(kek: str) -> None:
        transit.oldest["callshield"] = int(kek.rpartition(":v")[2]) + 1

    @contextlib.contextmanager
    def down() -> Iterator[None]:
        transit.failing = 503
        yield
        transit.failing = 0

    def opened(name: str) -> Callable[[], KeyProvider]:
        return lambda: TransitKeys(f"{transit.url}/{name}", token, clock=_later())

    return Case(opened("callshield"), opened("other"), lose, down)


def real_transit_case(folder: Path, url: str, secret: str) -> Case:
    token = folder / "token"
    token.touch(0o600)
    token.write_text(secret)
    names = [f"k{uuid.uuid4().hex[:8]}" for _ in range(2)]
    http = httpx.Client(base_url=f"{url}/v1/transit/keys", headers={"X-Vault-Token": secret}, trust_env=False)
    for name in names:
        http.post(f"/{name}", json={"type": "aes256-gcm96"}).raise_for_status()

    def lose(kek: str) -> None:
        least = int(kek.rpartition(":v")[2]) + 1
        http.post(f"/{names[0]}/config", json={"min_decryption_version": least}).raise_for_status()

    def opened(name: str) -> Callable[[], KeyProvider]:
        return lambda: TransitKeys(f"{url}/transit/{name}", token, clock=_later())

    return Case(opened(names[0]), opened(names[1]), lose)


def kms_case(patch: pytest.MonkeyPatch) -> Case:
    aws.reachable(patch)
    kms = boto3.client("kms")
    names = [f"alias/{uuid.uuid4().hex[:12]}" for _ in range(2)]
    for name in names:
        kms.create_alias(AliasName=name, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])

    def lose(kek: str) -> None:
        # AWS takes a week at least, and moto opens with keys that wait for their deletion
        moto_kms["123456789012"][aws.REGION].keys.pop(kek.rpartition("/")[2])

    @contextlib.contextmanager
    def down() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as inner:
            aws.reachable(inner, f"http://127.0.0.1:{_closed_port()}")
            yield

    return Case(lambda: AwsKmsKeys(names[0], _later()), lambda: AwsKmsKeys(names[1], _later()), lose, down)


def _later() -> Callable[[], float]:
    """A clock that runs so fast that nothing is remembered."""
    now = [0.0]

    def clock() -> float:
        now[0] += 10
        return now[0]

    return clock


def _closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


REAL = os.environ.get("TRANSIT_SERVER", "")  # "http://127.0.0.1:8200 TOKEN"


@pytest.fixture(params=["file", "transit", "aws-kms", *(["real transit"] if REAL else [])])
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    if request.param == "file":
        yield file_case(tmp_path)
    elif request.param == "aws-kms":
        yield kms_case(monkeypatch)
    elif request.param == "real transit":
        yield real_transit_case(tmp_path, *REAL.split())
    else:
        with serving(Transit(secrets.token_hex(8))) as transit:
            yield transit_case(tmp_path, transit)


def lost(case: Case) -> tuple[type[Exception], ...]:
    """What a key that is gone or another's gives. moto denies access where AWS says that it is not there or wrong."""
    return (KeyLostError, KeyServiceError) if case.open().kind == "aws-kms" else (KeyLostError,)


# --- the suite


def test_what_is_wrapped_opens_elsewhere_and_says_nothing(case: Case) -> None:
    one, two = case.open(), case.open()
    key = one.wrap(DATA_KEY, CONTEXT)
    assert two.unwrap(key, CONTEXT) == DATA_KEY
    assert key.kek_id == one.current() == two.current()
    assert DATA_KEY not in key.wrapped
    assert key.version > 1
    assert DATA_KEY.hex() not in repr(key)
    assert one.wrap(DATA_KEY, CONTEXT).wrapped != key.wrapped
    assert one.kind in ("file", "transit", "aws-kms")
    assert len(key.kek_id) <= 512


def test_a_key_of_one_call_does_not_open_for_another(case: Case) -> None:
    provider = case.open()
    key = provider.wrap(DATA_KEY, CONTEXT)
    for wrong in (OTHER, b"", CONTEXT + b"x"):
        with pytest.raises(KeyLostError):
            provider.unwrap(key, wrong)


def test_a_changed_key_does_not_open(case: Case) -> None:
    provider = case.open()
    key = provider.wrap(DATA_KEY, CONTEXT)
    middle = len(key.wrapped) * 2 // 3
    flipped = key.wrapped[:middle] + bytes([key.wrapped[middle] ^ 2]) + key.wrapped[middle + 1 :]
    for wrapped in (flipped, key.wrapped[:-9], b"", b"\xff" * 60):
        with pytest.raises(KeyLostError):
            provider.unwrap(dataclasses.replace(key, wrapped=wrapped), CONTEXT)


def test_a_key_of_other_keys_does_not_open(case: Case) -> None:
    key = case.open().wrap(DATA_KEY, CONTEXT)
    with pytest.raises(lost(case)):
        case.other().unwrap(dataclasses.replace(key, kek_id=case.other().current()), CONTEXT)


@pytest.mark.parametrize(("version", "algorithm"), [(1, "A256GCM"), (99, "A256GCM"), (None, "XC20P")])
def test_an_envelope_of_another_kind_is_told_apart(case: Case, version: int | None, algorithm: str) -> None:
    provider = case.open()
    key = provider.wrap(DATA_KEY, CONTEXT)
    other = dataclasses.replace(key, version=version or key.version, algorithm=algorithm)
    with pytest.raises(KeyLostError, match="provider"):
        provider.unwrap(other, CONTEXT)


def test_rotation_and_rewrap(case: Case) -> None:
    provider, running = case.open(), case.open()
    old = provider.wrap(DATA_KEY, CONTEXT)
    assert provider.rewrap(old, CONTEXT) is old
    made = provider.rotate()
    assert made == provider.current() != old.kek_id
    assert provider.unwrap(old, CONTEXT) == DATA_KEY
    new = provider.rewrap(old, CONTEXT)
    assert new.kek_id == made
    assert new.wrapped != old.wrapped
    assert provider.unwrap(new, CONTEXT) == running.unwrap(new, CONTEXT) == DATA_KEY
    assert provider.wrap(DATA_KEY, CONTEXT).kek_id == made
    for wrong in (OTHER, b""):
        with pytest.raises(KeyLostError):
            provider.rewrap(old, wrong)


def test_a_key_encryption_key_that_is_gone_takes_its_data_keys_along(case: Case) -> None:
    provider = case.open()
    old = provider.wrap(DATA_KEY, CONTEXT)
    provider.rotate()
    new = provider.wrap(DATA_KEY, CONTEXT)
    case.lose(old.kek_id)
    fresh = case.open()
    for ask in (fresh.unwrap, fresh.rewrap):
        with pytest.raises(lost(case)) as caught:
            ask(old, CONTEXT)
        assert str(caught.value).isprintable()
    assert fresh.unwrap(new, CONTEXT) == DATA_KEY


def test_from_many_threads(case: Case) -> None:
    provider = case.open()

    def one(number: int) -> bool:
        context = f"call {number}".encode()
        return provider.unwrap(provider.wrap(DATA_KEY, context), context) == DATA_KEY

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(24)))


def test_only_data_keys_are_wrapped(case: Case) -> None:
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="32 bytes"):
            case.open().wrap(wrong, CONTEXT)


def test_a_service_that_is_down_loses_nothing(case: Case) -> None:
    if case.down is None:  # a file is there or not; a real server is not ours to stop
        return
    provider = case.open()
    key = provider.wrap(DATA_KEY, CONTEXT)
    with case.down():
        for ask in (provider.unwrap, provider.wrap, provider.rewrap):
            away = case.open() if provider.kind == "aws-kms" else provider
            with pytest.raises(KeyServiceError) as caught:
                getattr(away, ask.__name__)(DATA_KEY if ask == provider.wrap else key, CONTEXT)
            assert str(caught.value).isprintable()
        with pytest.raises(KeyServiceError):
            (case.open() if provider.kind == "aws-kms" else provider).current()
    assert case.open().unwrap(key, CONTEXT) == DATA_KEY


# --- transit


@pytest.fixture
def transit(tmp_path: Path) -> Iterator[Transit]:
    with serving(Transit(secrets.token_hex(8))) as made:
        yield made


@pytest.mark.parametrize("status", [301, 307, 404, 412, 429, 472, 473, 500, 502, 503])
def test_no_answer_of_transit_but_a_clear_one_means_a_lost_key(transit: Transit, tmp_path: Path, status: int) -> None:
    provider = transit_case(tmp_path, transit).open()
    key = provider.wrap(DATA_KEY, CONTEXT)
    transit.failing = status
    for ask in (lambda: provider.unwrap(key, CONTEXT), lambda: provider.wrap(DATA_KEY, CONTEXT), provider.current):
        with pytest.raises(KeyServiceError):
            ask()


def test_a_token_that_is_refused_may_be_renewed(transit: Transit, tmp_path: Path) -> None:
    provider = transit_case(tmp_path, transit).open()
    key = provider.wrap(DATA_KEY, CONTEXT)
    transit.token = secrets.token_hex(8)
    with pytest.raises(KeyServiceError, match="renew"):
        provider.unwrap(key, CONTEXT)
    (tmp_path / "token").write_text("")
    with pytest.raises(KeyServiceError, match="empty"):
        provider.unwrap(key, CONTEXT)
    (tmp_path / "token").write_text(transit.token)
    assert provider.unwrap(key, CONTEXT) == DATA_KEY


def test_no_key_is_made_of_a_wrong_name(transit: Transit, tmp_path: Path) -> None:
    transit_case(tmp_path, transit)
    provider = TransitKeys(f"{transit.url}/misspelt", tmp_path / "token")
    with pytest.raises(KeyLostError, match="not there"):
        provider.wrap(DATA_KEY, CONTEXT)
    assert "misspelt" not in transit.keys
    transit.keys["rsa"], transit.types["rsa"] = [b"x"], "rsa-4096"
    with pytest.raises(KeyLostError, match="aes256-gcm96"):
        TransitKeys(f"{transit.url}/rsa", tmp_path / "token").wrap(DATA_KEY, CONTEXT)


def test_what_is_no_transit_is_told(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    (tmp_path / "token").chmod(0o600)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi!")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        provider = TransitKeys(f"http://127.0.0.1:{listener.getsockname()[1]}/transit/k", tmp_path / "token")
        with pytest.raises(KeyServiceError):
            provider.current()
        thread.join()


# --- AWS KMS


@pytest.mark.parametrize(
    ("code", "error"),
    [("KMSInvalidStateException", KeyLostError), ("NotFoundException", KeyLostError),
     ("InvalidCiphertextException", KeyLostError), ("IncorrectKeyException", KeyLostError),
     ("DisabledException", KeyServiceError), ("AccessDeniedException", KeyServiceError),
     ("ExpiredTokenException", KeyServiceError), ("ThrottlingException", KeyServiceError),
     ("KeyUnavailableException", KeyServiceError), ("KMSInternalException", KeyServiceError), ("New", KeyServiceError)],
)  # fmt: skip
def test_what_kms_says_is_a_lost_key_or_a_service_to_ask_again(
    monkeypatch: pytest.MonkeyPatch, code: str, error: type[Exception]
) -> None:
    aws.reachable(monkeypatch)
    provider = AwsKmsKeys("alias/callshield")
    with Stubber(provider._kms) as stub:
        stub.add_client_error("decrypt", code)
        with pytest.raises(error, match=code):
            provider.unwrap(WrappedKey("arn:aws:kms:us-east-1:123456789012:key/1", b"x", version=4), CONTEXT)


# --- from settings


def test_settings_name_the_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_case(tmp_path)
    token = tmp_path / "token"
    token.write_text("t")
    token.chmod(0o600)
    aws.reachable(monkeypatch, "http://127.0.0.1:9")
    known = {"keys_file": tmp_path / "keys.json", "key_provider_token_file": token}
    where = {"file": "file", "transit": "transit:https://vault:8200/transit/k", "aws-kms": "aws-kms:alias/callshield"}
    for kind, value in where.items():
        assert key_provider(Settings(key_provider=value, **known)).kind == kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("plain", "said"),
    [({}, "KEYS_FILE"), ({"key_provider": "transit:https://v/transit/k"}, "TOKEN_FILE"),
     ({"key_provider": "transit:http://vault/transit/k", "key_provider_token_file": "token"}, "https"),
     ({"key_provider": "transit:https://v/transit/k", "key_provider_token_file": "gone"}, "cannot be read"),
     ({"key_provider": "transit:https://v/transit/k", "key_provider_token_file": "open"}, "chmod 600"),
     ({"key_provider": "transit:https://v/transit/k", "key_provider_token_file": "token",
       "key_provider_ca_file": "gone"}, "CA_FILE")],
)  # fmt: skip
def test_wrong_settings_are_told_before_a_call_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, mode in (("token", 0o600), ("open", 0o644)):
        Path(name).write_text("t")
        Path(name).chmod(mode)
    with pytest.raises(ConfigError, match=said):
        key_provider(Settings(**plain))  # type: ignore[arg-type]


def test_kms_without_a_region_or_an_alias_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="AWS_REGION"):
        AwsKmsKeys("alias/callshield")
    aws.reachable(monkeypatch)
    with pytest.raises(ConfigError, match="alias"):
        AwsKmsKeys("1234abcd-12ab-34cd-56ef-1234567890ab").rotate()


def test_of_keys_added_at_the_same_time_none_is_lost(tmp_path: Path) -> None:
    case = file_case(tmp_path)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: case.open().rotate(), range(12)))
    assert len(set(made)) == 12
    assert set(made) < set(read_key_file(tmp_path / "keys.json").keys)


def test_a_key_file_made_by_the_command_serves(tmp_path: Path) -> None:
    case = file_case(tmp_path)
    assert json.loads((tmp_path / "keys.json").read_text())["current"] == case.open().current()
