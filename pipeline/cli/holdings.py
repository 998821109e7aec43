"""From settings to what is kept: the object store, the calls in it, and the index of them."""

from __future__ import annotations

from pipeline.adapters.index.database import open_index
from pipeline.adapters.objects import open_objects
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.sql import Database
from pipeline.cli.custody import key_register
from pipeline.settings import Settings


def sealed_calls(settings: Settings) -> SealedCalls:
    """Whatever is kept of calls. Raises ConfigError, TamperedError, OutputError."""
    return SealedCalls(open_objects(settings.store_url), key_register(settings))


def index(settings: Settings) -> Database:
    """The index, with the tables of this release. Raises ConfigError, OutputError."""
    return open_index(settings.index_url)
