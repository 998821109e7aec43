"""moto's server in this process, speaking the protocols of KMS and S3 over HTTP, for the tests. s3.py has real ones."""

from __future__ import annotations

import functools
import uuid

import boto3
import pytest
from moto.server import ThreadedMotoServer

REGION = "us-east-1"


@functools.cache
def endpoint() -> str:
    """Where it listens: the one server of this run."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def reachable(patch: pytest.MonkeyPatch, url: str = "") -> None:
    """Set the variables AWS_* so that clients talk to it."""
    for name, value in {
        "AWS_ENDPOINT_URL": url or endpoint(), "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():  # fmt: skip
        patch.setenv(name, value)


def bucket() -> str:
    """Name of a new, empty bucket."""
    name = f"b{uuid.uuid4().hex[:12]}"
    client = boto3.client(
        "s3", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    client.create_bucket(Bucket=name)
    return name
