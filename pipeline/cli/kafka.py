"""From settings to the connection that every command with Kafka uses."""

from __future__ import annotations

from pipeline.adapters.kafka_connect import Kafka
from pipeline.settings import Settings


def kafka(settings: Settings) -> Kafka:
    """How to reach Kafka, as CALLSHIELD_KAFKA_* say."""
    return Kafka(
        servers=settings.kafka_servers,
        security=settings.kafka_security,
        ca_file=settings.kafka_ca_file,
        cert_file=settings.kafka_cert_file,
        key_file=settings.kafka_key_file,
        mechanism=settings.kafka_mechanism,
        user=settings.kafka_user,
        password_file=settings.kafka_password_file,
    )
