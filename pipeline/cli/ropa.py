"""`callshield ropa`: the record of processing activities and the skeleton of an impact assessment, of what runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_out import write_text_atomically
from pipeline.adapters.declared_file import load_declared
from pipeline.adapters.provenance import release
from pipeline.adapters.ropa_page import html
from pipeline.adapters.sql import Database
from pipeline.cli.inventory import take
from pipeline.cli.seen import look
from pipeline.core.checks import Preset, check
from pipeline.core.declared import Declared
from pipeline.core.errors import ConfigError
from pipeline.core.ropa import Service, record
from pipeline.settings import Settings, load_settings

EXAMPLES = "Example: callshield ropa --about center.yaml --html record.html"
HERE = "this machine"


def ropa(
    *,
    about: Annotated[
        Path | None, typer.Option("--about", help="What you say of yourself, YAML (docs/records.md).")
    ] = None,
    page: Annotated[Path | None, typer.Option("--html", help="Write it as a page to print, to this file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite that file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Write the GDPR Article 30 record, and what is known for an impact assessment, from the running configuration.

    It needs the settings of the workers. What nobody said is listed as open.
    """
    if page is None and not as_json:
        raise ConfigError("callshield ropa: say how: --html FILE, --json or both")
    document = document_of(load_settings(), load_declared(about) if about is not None else Declared())
    if page is not None:
        write_text_atomically(page, html(document), force)
    if as_json:
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    elif page is not None:
        typer.echo(shown(page))
        for text in document["open"]:
            typer.echo(f"open: {text}")


def document_of(settings: Settings, declared: Declared) -> dict[str, Any]:
    """The record as plain values."""
    facts = look(settings)
    return record(facts, check(facts, Preset.GDPR), declared, take(settings).entities, services(settings), release())


def services(settings: Settings) -> Iterator[Service]:
    """What the deployment runs on, as far as settings name it. No password is in it."""
    yield Service("Apache Kafka", "carries calls from stage to stage", settings.kafka_servers)
    store = urlsplit(settings.store_url)
    name, where = ("S3 service", f"bucket {store.netloc}") if store.scheme == "s3" else ("folder", HERE)
    yield Service(name, "keeps stored calls, encrypted", where)
    for url, part in ((settings.index_url, "says what is stored"), (settings.key_register, "keeps wrapped keys")):
        base = Database(url)
        yield Service("PostgreSQL" if base.postgres else "SQLite", part, (base.engine.url.host or HERE))
        base.close()
    kind, _, place = settings.key_provider.partition(":")
    name, where = {
        "transit": ("HashiCorp Vault or OpenBao, transit", urlsplit(place).netloc),
        "aws-kms": ("AWS KMS", "AWS"),
    }.get(kind, ("key file", HERE))
    yield Service(name, "holds key-encryption keys", where)
    yield Service(f"engine {settings.engine}", "hears words; audio stays on the workers", HERE)
