"""`callshield check` beside a real cluster: topics and rights as they are, and a cluster that grants everybody all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from command import here
from test_topics import SAID, Broker, as_user, give

from pipeline.adapters.kafka_acls import Acl
from pipeline.core.topics import STAGES


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, and no models to hash."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.cli.seen.models", lambda _: ())


def rules(env: dict[str, str]) -> dict[str, Any]:
    found = here("check", "--json", *SAID, env=env).document["rules"]
    return {row["rule"]: row for row in found}


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
def test_topics_and_rights_are_those_of_the_cluster() -> None:
    with Broker(users=(*STAGES, "recorder", "eve")) as broker:
        env = {"CALLSHIELD_KAFKA_SERVERS": broker.servers, "CALLSHIELD_PARTITIONS": "2"}
        found = rules(env)
        assert (found["topics"]["outcome"], found["acls"]["outcome"]) == ("bad", "bad")
        assert here("topics", "apply", "--acls", *SAID, env=env).code == 0
        found = rules(env)
        assert (found["topics"]["outcome"], found["acls"]["outcome"]) == ("good", "good")
        assert found["kafka_login"]["outcome"] == "bad"  # this listener takes anybody
        asyncio.run(give(broker.servers, Acl("User:eve", "topic", "calls.", "read", "prefixed")))
        found = rules(env)
        assert (found["acls"]["outcome"], "beyond: User:eve" in found["acls"]["told"]) == ("bad", True)
        found = rules(as_user(broker, "eve"))
        assert (found["kafka_login"]["outcome"], found["acls"]["outcome"]) == ("good", "unknown")


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
def test_a_cluster_without_an_authorizer_breaks_the_rule_of_rights(kafka: str) -> None:
    found = rules({"CALLSHIELD_KAFKA_SERVERS": kafka})
    assert (found["acls"]["outcome"], "no authorizer" in found["acls"]["told"]) == ("bad", True)
