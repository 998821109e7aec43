"""Settings of Kafka that cannot work are refused by name; a broker that does not take us is told in one line."""

from __future__ import annotations

import datetime
import logging
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import errors as faults
from broker import Broker
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.adapters.kafka_connect import Kafka, reach, reason, told
from pipeline.cli.kafka import kafka as from_settings
from pipeline.core.errors import BrokerError, ConfigError
from pipeline.settings import Settings

SECRET = "correct-horse"
NAME = "CALLSHIELD_KAFKA_"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(SECRET + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate nobody's broker has, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(1)
    )
    signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "cert.pem").write_bytes(signed.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    (folder / "locked.pem").write_bytes(key.private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"x")))
    return folder / "cert.pem", folder / "key.pem"


def refused(kafka: Kafka) -> str:
    with pytest.raises(ConfigError) as caught:
        kafka.options()
    text = str(caught.value)
    assert text.isprintable()
    assert SECRET not in text
    return text


def test_plain_options_need_nothing_else() -> None:
    assert Kafka("a:1, b").options() == {"bootstrap_servers": ["a:1", "b:9092"], "security_protocol": "PLAINTEXT"}
    assert Kafka("[::1]:9093").addresses() == [("[::1]", 9093)]


def test_options_for_a_login_over_tls(password: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    made = Kafka("a:1", "sasl_tls", cert, cert, key, user="hear", password_file=password)
    options = made.options()
    context = options.pop("ssl_context")
    assert options == {
        "bootstrap_servers": ["a:1"], "security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "hear", "sasl_plain_password": SECRET,
    }  # fmt: skip
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert SECRET not in repr(made)


def test_a_key_may_lie_in_the_file_of_its_certificate(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join(path.read_bytes() for path in certificate))
    Kafka(security="tls", cert_file=both).options()


@pytest.mark.parametrize("servers", ["", "a:1,", "a:0", "a:65536", "http://a:1", "a b:1", "a:1;b:2"])
def test_servers_are_host_and_port(servers: str) -> None:
    assert refused(Kafka(servers)).startswith(f"{NAME}SERVERS: ")


def test_settings_that_do_not_go_together(password: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    for kafka, name in (
        (Kafka(ca_file=cert), "CA_FILE"),
        (Kafka(cert_file=cert), "CERT_FILE"),
        (Kafka(key_file=key), "KEY_FILE"),
        (Kafka(security="tls", key_file=key), "KEY_FILE"),
        (Kafka(user="hear"), "USER"),
        (Kafka(security="tls", user="hear"), "USER"),
        (Kafka(security="tls", password_file=password), "PASSWORD_FILE"),
        (Kafka(security="sasl_tls", password_file=password), "USER"),
        (Kafka(security="sasl_tls", user="hear"), "PASSWORD_FILE"),
        (Kafka(security="sasl_plaintext", mechanism="PLAIN", user="hear", password_file=password), "MECHANISM"),
    ):
        assert refused(kafka).startswith(NAME + name), kafka


def test_files_that_cannot_be_used(tmp_path: Path, password: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    gone, other = tmp_path / "gone", tmp_path / "other.pem"
    other.write_text("no certificate", encoding="utf-8")
    for wrong in (
        {"ca_file": gone}, {"ca_file": tmp_path}, {"ca_file": other}, {"cert_file": gone, "key_file": key},
        {"cert_file": cert, "key_file": gone}, {"cert_file": cert, "key_file": other}, {"cert_file": cert},
        {"cert_file": cert, "key_file": key.with_name("locked.pem")},
    ):  # fmt: skip
        text = refused(replace(Kafka(security="tls"), **wrong))
        assert text.startswith((f"{NAME}CA_FILE: ", f"{NAME}CERT_FILE", f"{NAME}KEY_FILE: ")), text
        assert any(str(path) in text for path in wrong.values()), text
    assert refused(Kafka(security="sasl_tls", user="u", password_file=gone)).startswith(f"{NAME}PASSWORD_FILE: ")


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"\xff\xfe", b"x" * 5000])
def test_a_password_file_holds_one_line(password: Path, content: bytes) -> None:
    password.write_bytes(content)
    text = refused(Kafka(security="sasl_tls", user="u", password_file=password))
    assert text.startswith(f"{NAME}PASSWORD_FILE: ")
    assert "two" not in text


def test_a_password_file_everybody_may_change_is_refused_one_they_may_read_is_not(password: Path) -> None:
    kafka = Kafka(security="sasl_tls", user="u", password_file=password)
    password.chmod(0o444)  # as secrets are mounted into containers
    assert kafka.options()["sasl_plain_password"] == SECRET
    password.chmod(0o602)
    assert "chmod o-w" in refused(kafka)


def test_settings_become_the_connection(password: Path) -> None:
    settings = Settings(kafka_servers="a:1", kafka_security="sasl_tls", kafka_user="u", kafka_password_file=password)
    assert from_settings(settings) == Kafka("a:1", "sasl_tls", user="u", password_file=password)


async def test_nobody_there_is_told_in_one_line(unused_tcp_port: int) -> None:
    for servers in (f"127.0.0.1:{unused_tcp_port}", f"localhost:{unused_tcp_port}"):
        with pytest.raises(BrokerError, match="not reachable") as caught:
            await reach(Kafka(servers))
        assert str(caught.value).startswith(f"Kafka at {servers}: ")
        assert f"{NAME}SERVERS" in str(caught.value)


async def test_errors_of_the_library_leave_as_ours() -> None:
    with pytest.raises(BrokerError, match="callshield topics apply --acls"):
        async with told(Kafka()):
            raise faults.TopicAuthorizationFailedError("calls.audio")
    assert "too few copies" in reason(faults.NotEnoughReplicasError(), Kafka())
    assert "UnknownError" in reason(faults.UnknownError(), Kafka())


def test_the_librarys_log_shows_no_requests() -> None:
    assert logging.getLogger("aiokafka.conn").getEffectiveLevel() == logging.WARNING


@pytest.fixture(scope="module")
def secure() -> Iterator[Broker]:
    with Broker(users=("hear",)) as broker:
        yield broker


@pytest.mark.kafka
async def test_a_broker_with_logins_takes_the_right_one_and_says_what_is_wrong_with_others(
    secure: Broker, password: Path, certificate: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    plain = Kafka(secure.servers)
    right = Kafka(
        secure.addresses["KAFKA_SECURE_BOOTSTRAP_SERVERS"], "sasl_tls", Path(secure.addresses["KAFKA_CA_FILE"]),
        user="hear", password_file=Path(secure.addresses["KAFKA_PASSWORDS"]) / "hear",
    )  # fmt: skip
    await reach(plain)
    await reach(right)
    await reach(replace(plain, servers=f"127.0.0.1:1,{plain.servers}"))
    for wrong, said in (
        (replace(right, password_file=password), "refused the login"),
        (replace(right, user="nobody"), "refused the login"),
        (replace(right, mechanism="SCRAM-SHA-256"), f"check {NAME}MECHANISM"),
        (replace(right, ca_file=None), f"not trusted (self-signed certificate); check {NAME}CA_FILE"),
        (replace(right, ca_file=certificate[0]), f"check {NAME}CA_FILE"),
        (replace(plain, servers=right.servers), f"{NAME}SECURITY (plaintext)"),
        (replace(right, servers=plain.servers), f"{NAME}SECURITY (sasl_tls)"),
        (replace(right, servers=plain.servers, security="sasl_plaintext", ca_file=None), "takes no login there"),
    ):
        with pytest.raises(BrokerError) as caught:
            await reach(wrong)
        text = str(caught.value)
        assert said in text
        assert text.isprintable()
        assert SECRET not in text
    assert capfd.readouterr() == ("", "")
