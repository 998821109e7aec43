#!/usr/bin/env python3
"""Starts Apache Kafka (KRaft, one node) on 127.0.0.1 for tests and trials; needs Java 17 and, the first time, Maven.

Prints KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:PORT once it answers, runs until SIGTERM or Ctrl-C, then stops and removes its
data. With --user a second listener takes SCRAM-SHA-512 over TLS; its address, its certificate and the folder with the
passwords made up, one file per user, are printed as well. There users may do only what ACLs allow; the plain listener
may do everything. The JARs come from Maven Central into a cache, pinned by pom.xml and verified by libs.sha256; with
them there, no network is used.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import socket
import string
import struct
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import java  # noqa: E402 - beside this folder

del sys.path[0]  # its folders are no packages

PRODUCT = "Apache Kafka"
API_VERSIONS_REQUEST = struct.pack(">ihhih", 10, 18, 0, 1, -1)  # size, key, version, correlation, no client id
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,SECURE:SASL_SSL
inter.broker.listener.name=PLAIN
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""
SECURE_SETTINGS = """\
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PKCS12
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""


def main(words: Sequence[str] | None = None) -> None:
    """Run the broker until a signal or, with --with-parent, the parent's end. Exits with 1 if Kafka ends by itself."""
    options = _options(words)
    parent = os.getppid() if options.with_parent else None
    java.stop_on_signals()
    jars = libraries(options.cache)
    with contextlib.ExitStack() as at_end:
        if options.data is None:
            data = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="kafka-")))
        else:
            data = options.data.resolve()
            data.mkdir(parents=True, exist_ok=True)
        ports = free_ports(options.port)
        addresses = prepare(data, jars, ports, tuple(options.user))
        command = ["java", "-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{jars}/*"]
        command += [
            f"-Dlog4j2.configurationFile={HERE}/log4j2.properties",
            "kafka.Kafka",
            str(data / "server.properties"),
        ]
        server = at_end.enter_context(java.running(command))
        java.wait_until_ready(server, PRODUCT, lambda: _answers(ports.plain))
        java.stay(server, PRODUCT, addresses, parent)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--cache", type=Path, default=Path("~/.cache/callshield/kafka").expanduser(), metavar="DIR",
                       help="where the JARs are kept (default: %(default)s)")  # fmt: skip
    about.add_argument("--port", type=int, default=0, help="port of the plain listener (default: a free one)")
    about.add_argument("--data", type=Path, metavar="DIR", help="keep the data here, and go on with what is there")
    about.add_argument("--user", action="append", default=[], metavar="NAME", help="add a SCRAM user (repeatable)")
    about.add_argument("--with-parent", action="store_true", help="stop when the process that started this is gone")
    return about.parse_args(words)


def libraries(cache: Path) -> Path:
    """The folder with the JARs that libs.sha256 names, verified; fetched by Maven if it is not there yet."""
    return java.libraries(HERE, cache, PRODUCT)


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of the listeners, all on 127.0.0.1."""

    plain: int
    secure: int
    controller: int


def free_ports(plain: int) -> Ports:
    """Ports nobody listens on; `plain` is taken as it is unless it is 0."""
    with contextlib.ExitStack() as held:
        found = []
        for _ in range(3):
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found.append(probe.getsockname()[1])
    return Ports(plain or found[0], found[1], found[2])


def prepare(data: Path, jars: Path, ports: Ports, users: tuple[str, ...]) -> dict[str, str]:
    """Write server.properties and format the storage unless it is formatted. Returns what to print."""
    listeners = {"PLAIN": ports.plain, "CONTROLLER": ports.controller}
    addresses = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{ports.plain}"}
    text = SETTINGS
    passwords = {}
    if users:
        listeners["SECURE"] = ports.secure
        certificate, secret = _certificate(data)
        text += SECURE_SETTINGS
        text += f"ssl.keystore.location={data / 'broker.p12'}\nssl.keystore.password={secret}\n"
        passwords = {user: _password(data / "users", user) for user in users}
        addresses["KAFKA_SECURE_BOOTSTRAP_SERVERS"] = f"localhost:{ports.secure}"
        addresses["KAFKA_CA_FILE"] = str(certificate)
        addresses["KAFKA_PASSWORDS"] = str(data / "users")
    every = ",".join(f"{name}://{_host(name)}:{port}" for name, port in listeners.items())
    open_to_clients = ",".join(f"{n}://{_host(n)}:{p}" for n, p in listeners.items() if n != "CONTROLLER")
    text += f"listeners={every}\nadvertised.listeners={open_to_clients}\n"
    text += f"controller.quorum.voters=1@127.0.0.1:{ports.controller}\nlog.dirs={data / 'log'}\n"
    settings = data / "server.properties"
    java.write_secret(settings, text)
    _format(data, jars, settings, passwords)
    return addresses


def _host(listener: str) -> str:
    return "localhost" if listener == "SECURE" else "127.0.0.1"


def _password(folder: Path, user: str) -> str:
    """The password of a user: one file per user, made up the first time."""
    if not user or set(user) - set(string.ascii_letters + string.digits + "-_"):
        java.fail(f"--user {user!r}: a name has letters, digits, - and _ only.")
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / user).exists():
        java.write_secret(folder / user, secrets.token_urlsafe(24))
    return (folder / user).read_text()


def _certificate(data: Path) -> tuple[Path, str]:
    """A key for localhost in broker.p12, its certificate as PEM, and the store's password."""
    secret, certificate = _password(data, "broker-store"), data / "broker.pem"
    if not certificate.exists():
        store = ["-alias", "broker", "-keystore", str(data / "broker.p12"), "-storetype", "PKCS12"]
        store += ["-storepass:file", str(data / "broker-store")]
        name = ["-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "30"]
        _java("keytool", "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", *name, *store)
        _java("keytool", "-exportcert", "-rfc", "-file", str(certificate), *store)
    return certificate, secret


def _format(data: Path, jars: Path, settings: Path, passwords: dict[str, str]) -> None:
    cluster = urlsafe_b64encode(b"\0" + secrets.token_bytes(15)).rstrip(b"=").decode()  # must not begin with a dash
    if (data / "log" / "meta.properties").exists():
        return
    words = [
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{jars}/*",
        "kafka.tools.StorageTool",
        "format",
        "-t",
        cluster,
        "-c",
        str(settings),
    ]
    for user, password in passwords.items():
        words += ["--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]"]
    arguments = data / "format.arguments"  # a file: the command line of a process is open to all users
    java.write_secret(arguments, "\n".join(f'"{word}"' for word in words))
    _java("java", f"@{arguments}")
    arguments.unlink()


def _java(program: str, *words: str) -> None:
    try:
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=java.READY_S_MAX, check=False)
    except FileNotFoundError:
        java.fail(f"{program} is not installed; Apache Kafka 4 needs Java 17 or newer.")
    if done.returncode:
        java.fail(f"{program} ended with code {done.returncode}: {(done.stderr or done.stdout).strip()}")


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1) as client:
        client.sendall(API_VERSIONS_REQUEST)
        return bool(client.recv(4))


if __name__ == "__main__":
    main()
