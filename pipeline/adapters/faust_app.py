"""Faust as this pipeline uses it: no tables, no web, no logs of its own, every message confirmed by the broker."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import faust

from pipeline.adapters.kafka_connect import Kafka

SESSION_S, HEARTBEAT_S, COMMIT_S = 6.0, 1.0, 0.5
TOPICS_MS = 10_000  # see kafka_runner.py
FETCH_BYTES_MAX, REQUEST_BYTES_MAX, BUFFERED_MAX = 1 << 21, 8 << 20, 512

for _name in ("faust", "mode"):  # their logs show messages; what concerns us leaves as an error or a metric
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


def faust_app(group: str, kafka: Kafka, folder: str) -> Any:
    """One application on the running loop. folder: Faust wants one, nothing is kept in it. Raises ConfigError."""
    return faust.App(
        group, loop=asyncio.get_running_loop(), autodiscover=False, store="memory://", web_enabled=False,
        datadir=folder,
        topic_allow_declare=False, topic_disable_leader=True, stream_wait_empty=False,
        stream_buffer_maxsize=BUFFERED_MAX, broker_session_timeout=SESSION_S,
        broker_heartbeat_interval=HEARTBEAT_S, broker_commit_interval=COMMIT_S,
        consumer_auto_offset_reset="earliest", consumer_metadata_max_age_ms=TOPICS_MS,
        consumer_max_fetch_size=FETCH_BYTES_MAX, producer_acks=-1,
        producer_max_request_size=REQUEST_BYTES_MAX, **faust_options(kafka),
    )  # fmt: skip


def faust_options(kafka: Kafka) -> dict[str, Any]:
    """Where Kafka is and who we are, as Faust takes it. Raises ConfigError naming the wrong setting."""
    options = kafka.options()
    chosen: dict[str, Any] = {"broker": [f"kafka://{server}" for server in options["bootstrap_servers"]]}
    context = options.get("ssl_context")
    if kafka.sasl:
        chosen["broker_credentials"] = faust.SASLCredentials(
            username=options["sasl_plain_username"], password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"], ssl_context=context,
        )  # fmt: skip
    elif kafka.tls:
        chosen["broker_credentials"] = faust.SSLCredentials(context)
    return chosen
