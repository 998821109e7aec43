"""How this machine reaches Kafka: settings → options of every aiokafka client, and its errors → one line each.

aiokafka says only "Unable to bootstrap" when a password or a certificate is wrong and logs the reason; `reach` asks
the brokers itself first, so that the reason becomes the error. Its debug log would show requests with passwords and
audio in them: it is kept at warnings, and nothing of it gets to the terminal.
"""

from __future__ import annotations

import contextlib
import logging
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aiokafka import errors as faults
from aiokafka.conn import create_conn
from aiokafka.protocol.metadata import MetadataRequest

from pipeline.core.errors import BrokerError, ConfigError

REACH_MS_MAX = 10_000  # per broker: a handshake over a slow line takes a second
SECRET_BYTES_MAX = 4096
PORT_DEFAULT, PORT_MAX = 9092, 65_535
SERVER = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>\d{1,5}))?")
PROTOCOLS = {"plaintext": "PLAINTEXT", "tls": "SSL", "sasl_plaintext": "SASL_PLAINTEXT", "sasl_tls": "SASL_SSL"}
SETTING = "CALLSHIELD_KAFKA_"

logging.getLogger("aiokafka").addHandler(logging.NullHandler())
logging.getLogger("aiokafka").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Kafka:
    """Where Kafka is and who we are. Holds the password's file, never the password.

    servers: host:port, several by commas. All files PEM but password_file, whose first line is the password.
    """

    servers: str = "localhost:9092"
    security: Literal["plaintext", "tls", "sasl_plaintext", "sasl_tls"] = "plaintext"
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    user: str = ""
    password_file: Path | None = None

    @property
    def tls(self) -> bool:
        """Is the line encrypted?"""
        return self.security in {"tls", "sasl_tls"}

    @property
    def sasl(self) -> bool:
        """Do we log in with user and password?"""
        return self.security in {"sasl_plaintext", "sasl_tls"}

    def options(self) -> dict[str, Any]:
        """Arguments for any aiokafka client; files are read now. Raises ConfigError naming the wrong setting."""
        self._check()
        chosen: dict[str, Any] = {
            "bootstrap_servers": [f"{host}:{port}" for host, port in self.addresses()],
            "security_protocol": PROTOCOLS[self.security],
        }
        if self.tls:
            chosen["ssl_context"] = self._context()
        if self.sasl:
            chosen["sasl_mechanism"] = self.mechanism
            chosen["sasl_plain_username"] = self.user
            chosen["sasl_plain_password"] = self._password()
        return chosen

    def addresses(self) -> list[tuple[str, int]]:
        """Host and port of each broker, in the order given. Raises ConfigError."""
        found = []
        for text in self.servers.split(","):
            match = SERVER.fullmatch(text.strip())
            port = int(match["port"] or PORT_DEFAULT) if match else 0
            if match is None or not 0 < port <= PORT_MAX:
                raise ConfigError(f"{SETTING}SERVERS: {text.strip()!a} is not host:port; example: kafka-1:9092")
            found.append((match["host"], port))
        return found

    def _check(self) -> None:
        """Settings that do not go together: guessing which one is meant would drop protection."""
        for name, is_set, used, needed in (
            ("CA_FILE", self.ca_file, self.tls, "tls or sasl_tls"),
            ("CERT_FILE", self.cert_file, self.tls, "tls or sasl_tls"),
            ("KEY_FILE", self.key_file, self.tls, "tls or sasl_tls"),
            ("USER", self.user, self.sasl, "sasl_tls"),
            ("PASSWORD_FILE", self.password_file, self.sasl, "sasl_tls"),
        ):
            if is_set and not used:
                raise ConfigError(
                    f"{SETTING}{name} is set, but {SETTING}SECURITY is {self.security}; set it to {needed}"
                )
        if self.key_file is not None and self.cert_file is None:
            raise ConfigError(f"{SETTING}KEY_FILE is set without {SETTING}CERT_FILE; set both or none")
        if self.sasl and not self.user:
            raise ConfigError(f"{SETTING}USER is empty, but {SETTING}SECURITY is {self.security}; set the user")
        if self.sasl and self.password_file is None:
            raise ConfigError(f"{SETTING}PASSWORD_FILE is not set; name a file with the password of {SETTING}USER")
        if self.sasl and not self.tls and self.mechanism == "PLAIN":
            raise ConfigError(
                f"{SETTING}MECHANISM PLAIN sends the password in clear without TLS; "
                f"set {SETTING}SECURITY to sasl_tls, or use SCRAM-SHA-512"
            )

    def _context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer; the broker's certificate and name are always verified."""
        for name, path in (("CA_FILE", self.ca_file), ("CERT_FILE", self.cert_file), ("KEY_FILE", self.key_file)):
            if path is not None:
                _read(name, path)
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (ssl.SSLError, ValueError):
            raise ConfigError(f"{SETTING}CA_FILE: {self._shown(self.ca_file)} holds no certificate in PEM") from None
        if self.cert_file is None:
            return context
        try:
            context.load_cert_chain(
                self.cert_file, self.key_file, password=lambda: ""
            )  # else OpenSSL asks on the terminal
        except (ssl.SSLError, ValueError, OSError):
            raise ConfigError(
                f"{SETTING}CERT_FILE and {SETTING}KEY_FILE: {self._shown(self.cert_file)} and "
                f"{self._shown(self.key_file or self.cert_file)} are not a PEM certificate and its unencrypted key"
            ) from None
        return context

    def _password(self) -> str:
        assert self.password_file is not None
        data = _read("PASSWORD_FILE", self.password_file, secret=True)
        try:
            lines = data.decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise ConfigError(f"{SETTING}PASSWORD_FILE: {self._shown(self.password_file)} is not UTF-8 text") from None
        if not lines or not lines[0] or any(lines[1:]):
            raise ConfigError(
                f"{SETTING}PASSWORD_FILE: {self._shown(self.password_file)} must hold the password on one line"
            )
        return lines[0]

    @staticmethod
    def _shown(path: Path | None) -> str:
        return ascii(str(path))[1:-1]


def _read(name: str, path: Path, *, secret: bool = False) -> bytes:
    """The content of a file a setting names.

    A secret may not be writable by everybody. Readable it may be: secrets mounted into containers are, and there
    the mount is what keeps others out.
    """
    shown = ascii(str(path))[1:-1]
    try:
        with path.open("rb") as file:
            if secret and path.stat().st_mode & 0o002:
                raise ConfigError(f"{SETTING}{name}: everybody may write to {shown}; run: chmod o-w {shown}")
            data = file.read(SECRET_BYTES_MAX + 1) if secret else file.read()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ConfigError(f"{SETTING}{name}: {shown}: {reason}; check the path and who may read it") from None
    if secret and len(data) > SECRET_BYTES_MAX:
        raise ConfigError(f"{SETTING}{name}: {shown} is longer than any password; is it the right file?")
    return data


async def reach(kafka: Kafka) -> None:
    """Return when one of the brokers takes us. Raises BrokerError with the first broker's reason, or ConfigError."""
    options = kafka.options()
    del options["bootstrap_servers"]
    first: BrokerError | None = None
    for host, port in kafka.addresses():
        try:
            connection = await create_conn(host.strip("[]"), port, request_timeout_ms=REACH_MS_MAX, **options)
            try:
                await connection.send(MetadataRequest([]))  # a listener that wants a login hangs up only now
            finally:
                connection.close()
        except (OSError, faults.KafkaError, ValueError) as error:  # ValueError: the broker's proof of SCRAM is wrong
            first = first or BrokerError(f"Kafka at {host}:{port}: {reason(error, kafka)}")
        else:
            return
    assert first is not None
    raise first


@contextlib.asynccontextmanager
async def told(kafka: Kafka) -> AsyncIterator[None]:
    """Around anything that talks to Kafka: its errors leave as BrokerError, one line each."""
    try:
        yield
    except (faults.KafkaError, OSError, NotImplementedError) as error:
        raise BrokerError(f"Kafka at {kafka.servers}: {reason(error, kafka)}") from error


def reason(error: BaseException, kafka: Kafka) -> str:
    """What an error of aiokafka, TLS or the network means and what to do about it; nothing of any message's content."""
    error = _root(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({error.verify_message.rstrip('.')}); check {SETTING}CA_FILE and the name"
        )
    if isinstance(error, ssl.SSLError):
        if error.reason and "ALERT" in error.reason:
            return f"it refused our certificate; check {SETTING}CERT_FILE and {SETTING}KEY_FILE"
        return f"it does not speak TLS there; check the port and {SETTING}SECURITY"
    for kinds, text in _SAID:
        if isinstance(error, kinds):
            return text.format(security=kafka.security)
    if isinstance(error, OSError):  # asyncio sums up the addresses of a name in an error without a number
        said = (error.strerror or "nobody listens there").lower()
        return f"not reachable ({said}); is it running, and is {SETTING}SERVERS right?"
    return f"it answered {type(error).__name__}; see the broker's log"


def _root(error: BaseException) -> BaseException:
    """aiokafka wraps what broke a connection: the cause, if it is one that says more."""
    while isinstance(error, faults.KafkaConnectionError) and isinstance(error.__cause__, OSError | faults.KafkaError):
        error = error.__cause__
    return error


_SAID: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((TimeoutError, faults.RequestTimedOutError, faults.KafkaTimeoutError),
     f"no answer in time; is it running, and is {SETTING}SERVERS right?"),
    ((faults.SaslAuthenticationFailed, ValueError),
     f"it refused the login; check {SETTING}USER, {SETTING}PASSWORD_FILE and {SETTING}MECHANISM"),
    ((faults.UnsupportedSaslMechanismError,), f"it does not offer this way to log in; check {SETTING}MECHANISM"),
    ((faults.IllegalSaslStateError,), f"it takes no login there; check the port and {SETTING}SECURITY"),
    ((faults.TopicAuthorizationFailedError, faults.GroupAuthorizationFailedError,
      faults.ClusterAuthorizationFailedError, faults.TransactionalIdAuthorizationFailed),
     "we may not do that there; an operator gives the right by: callshield topics apply --acls"),
    ((faults.UnknownTopicOrPartitionError,), "a topic is missing; make it by: callshield topics apply"),
    ((faults.MessageSizeTooLargeError, faults.RecordTooLargeError, faults.RecordListTooLargeError),
     "a message is larger than its topic takes; mend it by: callshield topics apply"),
    ((faults.NotEnoughReplicasError, faults.NotEnoughReplicasAfterAppendError),
     "too few copies of a topic are in sync; start the brokers that are down"),
    ((faults.SecurityDisabled,), "it has no authorizer, so ACLs mean nothing; set authorizer.class.name there"),
    ((faults.IncompatibleBrokerVersion, NotImplementedError), "it cannot do that: it is no Apache Kafka 3 or 4"),
    ((EOFError, ConnectionError, faults.KafkaConnectionError, faults.NodeNotReadyError),
     f"it is not reachable or hung up; is it running, and are {SETTING}SERVERS and {SETTING}SECURITY "
     "({security}) those of that port?"),
)  # fmt: skip
