"""The S3 server tests run on: the one S3_SERVER names, else S3Proxy as deploy/s3 starts it if Java and its JAR can be
had, else moto's."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import aws
import boto3
import pytest
from broker import JAVA_MIN, SCRIPTS, java, loaded

DEPLOY = SCRIPTS / "s3"
CACHE = Path("~/.cache/callshield/s3").expanduser()
STOP_S_MAX = 30
ENVIRONMENT = "S3_SERVER"  # "http://127.0.0.1:9000 KEY SECRET", and perhaps a region
GIVEN, S3PROXY, MOTO = "given", "s3proxy", "moto"


@cache
def kind() -> str:
    """Which server tests get: GIVEN, S3PROXY or MOTO. A JAR that is not there yet is fetched first, once."""
    if os.environ.get(ENVIRONMENT):
        return GIVEN
    if java():
        try:
            loaded("server", DEPLOY).libraries(CACHE)
        except SystemExit:  # it has said why
            warnings.warn("S3Proxy cannot be had: what tests say of S3 they say of moto's server", stacklevel=1)
            return MOTO
        return S3PROXY
    return MOTO


def described() -> str:
    """Which server the tests run on: for the head of the report. Fetches nothing."""
    if given := os.environ.get(ENVIRONMENT):
        return f"s3: {given.split()[0]}, given by {ENVIRONMENT}"
    found = re.search(r"s3proxy-([\d.]+)-", (DEPLOY / "libs.sha256").read_text(encoding="utf-8"))
    assert found is not None
    proxy = f"S3Proxy {found[1]}, started by deploy/s3/server.py when a test needs it"
    if not java():
        return f"s3: moto's server, no real one, since there is no Java {JAVA_MIN}"
    if loaded("java", SCRIPTS).jars_folder(DEPLOY, CACHE).is_dir():
        return f"s3: {proxy}"
    if shutil.which("mvn"):
        return f"s3: {proxy} and Maven has fetched it; moto's server if it cannot, then a warning says so"
    return "s3: moto's server, no real one, since there is no Maven to fetch S3Proxy"


class Server:
    """S3Proxy in a process of its own. data: its folder; stop() and start() keep port, key and what lies there."""

    def __init__(self, data: Path) -> None:
        self.variables: dict[str, str] = {}
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Returns when it answers. Fails with the server's own words if it does not."""
        words = [sys.executable, str(DEPLOY / "server.py"), "--with-parent", "--data", str(self._data)]
        if self.variables:
            words += ["--port", self.variables["AWS_ENDPOINT_URL"].rpartition(":")[2]]
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=said)
            assert self._process.stdout is not None
            lines = [self._process.stdout.readline().decode().strip() for _ in range(4)]
            if not all(lines):
                self._process.wait(STOP_S_MAX)
                said.seek(0)
                raise AssertionError(said.read().decode())
        self.variables = dict(line.split("=", 1) for line in lines)

    def stop(self, *, kill: bool = False) -> None:
        """Stop it in order, or as kill -9 does: the server dies with its script."""
        if self._process is not None:
            assert self._process.stdout is not None
            (self._process.kill if kill else self._process.terminate)()
            self._process.wait(STOP_S_MAX)
            self._process.stdout.close()
            self._process = None


@cache
def variables() -> dict[str, str]:
    """The variables AWS_* of the one server of this run."""
    if kind() == GIVEN:
        url, key, secret, *region = os.environ[ENVIRONMENT].split()
        return _variables(url, key, secret, *region)
    if kind() == MOTO:
        return _variables(aws.endpoint(), "testing", "testing")
    folder = tempfile.TemporaryDirectory(prefix="s3-")
    server = Server(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(server.stop)  # before its folder goes
    return server.variables


def _variables(url: str, key: str, secret: str, region: str = aws.REGION) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url, "AWS_REGION": region, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret
    }  # fmt: skip


def reachable(patch: pytest.MonkeyPatch, **instead: str) -> None:
    """Set the variables AWS_* so that clients talk to it, with others instead of its own."""
    for name, value in {**variables(), **instead}.items():
        patch.setenv(name, value)


def client(of: dict[str, str] | None = None) -> Any:
    """boto3's client of it, or of the server with these variables."""
    given = of or variables()
    return boto3.client(
        "s3", endpoint_url=given["AWS_ENDPOINT_URL"], region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"], aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )  # fmt: skip


def bucket() -> str:
    """Name of a new, empty bucket. On a server that was given, it goes when the tests end."""
    name = f"callshield-test-{uuid.uuid4().hex[:12]}"
    client().create_bucket(Bucket=name)
    if kind() == GIVEN:
        atexit.register(_remove, name)
    return name


def _remove(name: str) -> None:
    service = client()
    for page in service.get_paginator("list_objects_v2").paginate(Bucket=name):
        for found in page.get("Contents", ()):
            service.delete_object(Bucket=name, Key=found["Key"])
    service.delete_bucket(Bucket=name)
