#!/usr/bin/env python3
"""Starts S3Proxy, an S3 server over a folder, on 127.0.0.1 for tests and trials; needs Java 17 and, once, Maven.

Prints AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY once it answers; the key is made up and
every request must be signed with it. --bucket makes a bucket. Runs until SIGTERM or Ctrl-C, then stops and removes its
data. The JAR comes from Maven Central into a cache, pinned by pom.xml and verified by libs.sha256; with it there, no
network is used.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import java  # noqa: E402 - beside this folder

del sys.path[0]  # its folders are no packages

PRODUCT = "S3Proxy"
REGION = "us-east-1"
SETTINGS = """\
s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.authorization=aws-v4
s3proxy.identity={AWS_ACCESS_KEY_ID}
s3proxy.credential={AWS_SECRET_ACCESS_KEY}
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir={objects}
"""


def main(words: Sequence[str] | None = None) -> None:
    """Run the server until a signal or, with --with-parent, the parent's end. Exits with 1 if it ends by itself."""
    options = _options(words)
    parent = os.getppid() if options.with_parent else None
    java.stop_on_signals()
    jars = libraries(options.cache)
    with contextlib.ExitStack() as at_end:
        if options.data is None:
            data = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="s3-")))
        else:
            data = options.data.resolve()
        objects = data / "objects"
        for bucket in ("", *options.bucket):
            (objects / bucket).mkdir(parents=True, exist_ok=True)
        port, key = options.port or _free_port(), _key(data / "key")
        settings = data / "s3proxy.conf"
        java.write_secret(settings, SETTINGS.format(port=port, objects=objects, **key))
        command = ["java", "-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*"]
        command += ["-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener"]  # not of itself
        command += ["org.gaul.s3proxy.Main", "--properties", str(settings)]
        server = at_end.enter_context(java.running(command, LOG_LEVEL="warn"))
        java.wait_until_ready(server, PRODUCT, lambda: _answers(port))
        java.stay(
            server, PRODUCT, {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": REGION, **key}, parent
        )


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--cache", type=Path, default=Path("~/.cache/callshield/s3").expanduser(), metavar="DIR",
                       help="where the JAR is kept (default: %(default)s)")  # fmt: skip
    about.add_argument("--port", type=int, default=0, help="where to listen (default: a free one)")
    about.add_argument(
        "--data", type=Path, metavar="DIR", help="keep objects and key here, and go on with what is there"
    )
    about.add_argument("--bucket", action="append", default=[], metavar="NAME", help="make this bucket (repeatable)")
    about.add_argument("--with-parent", action="store_true", help="stop when the process that started this is gone")
    return about.parse_args(words)


def libraries(cache: Path) -> Path:
    """The folder with the JAR that libs.sha256 names, verified; fetched by Maven if it is not there yet."""
    return java.libraries(HERE, cache, PRODUCT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _key(path: Path) -> dict[str, str]:
    """The one key that may sign requests, as variables: made up the first time."""
    if not path.exists():
        key = {"AWS_ACCESS_KEY_ID": secrets.token_hex(10), "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30)}
        java.write_secret(path, json.dumps(key))
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _answers(port: int) -> bool:
    """Any answer will do: an unsigned request is refused."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    with contextlib.closing(asked):
        asked.request("GET", "/")
        return asked.getresponse().status > 0


if __name__ == "__main__":
    main()
