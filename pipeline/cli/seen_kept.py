"""What is kept, and the ways to it: register, tombstones, store, index. Nothing is made that is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.adapters.database_url import is_local, read_database_url
from pipeline.adapters.index.seen import index_facts
from pipeline.adapters.objects import open_objects
from pipeline.adapters.sql import Database
from pipeline.cli.custody import key_provider, key_register
from pipeline.cli.kafka import kafka
from pipeline.cli.seen_files import DATABASES, variable
from pipeline.core.errors import CallShieldError, ConfigError
from pipeline.core.facts import NO_KEYS, IndexFacts, Line, Register, Unseen
from pipeline.settings import Settings

PROBE = "callshield-check"  # no object has this name


def lines(settings: Settings) -> Iterator[Line]:
    """Every way from this machine that a setting names. Raises ConfigError."""
    connection = kafka(settings)
    yield Line("the line to Kafka", all(is_local(host) for host, _ in connection.addresses()), connection.tls)
    for name in DATABASES:
        url = read_database_url(getattr(settings, name))
        yield Line(f"the line to the database of {variable(name)}", url.local, url.encrypted)
    kind, _, where = settings.key_provider.partition(":")
    if kind == "transit":
        address = urlsplit(where)
        yield Line("the line to transit", is_local(address.hostname or ""), address.scheme == "https")


def walls(settings: Settings) -> Iterator[str]:
    """What lies together and should not."""
    if settings.key_register == settings.index_url:
        yield "key register and index are one database"
    store = None if "://" in settings.store_url else Path(settings.store_url).resolve()
    for name in ("keys_file", "tombstones_file", "audit_dir"):
        path = getattr(settings, name)
        if store is not None and path is not None and path.resolve().is_relative_to(store):
            yield f"{variable(name)} lies in the store"
    register = read_database_url(settings.key_register).file
    if store is not None and register is not None and register.resolve().is_relative_to(store):
        yield f"{variable('key_register')} lies in the store"


def register_seen(settings: Settings) -> Register | Unseen:
    """The register, and whether the key provider answers."""
    if settings.key_provider == "file" and settings.keys_file is None:
        return NO_KEYS
    try:
        if not there(settings.key_register):
            return Unseen("no key was registered yet")
        current = key_provider(settings).current()
        register = key_register(settings)
        try:
            counts = register.counts()
        finally:
            register.close()
    except CallShieldError as error:
        return Unseen(str(error), broken=True)
    every = sum(counts.values())
    return Register(every, every - counts.get(current, 0))


def tombstones_seen(settings: Settings, register: Register | Unseen) -> int | Unseen:
    """How many there are, if the register knows each. register: as it was seen."""
    if isinstance(register, Unseen):
        return register
    try:
        opened = key_register(settings)
        try:
            return opened.verify()
        finally:
            opened.close()
    except CallShieldError as error:
        return Unseen(str(error), broken=True)


def store_seen(settings: Settings) -> bool | Unseen:
    """Whether it answers. Raises ConfigError, OutputError."""
    if "://" not in settings.store_url and not Path(settings.store_url).exists():
        return Unseen("nothing was stored yet")
    open_objects(settings.store_url).get(PROBE)
    return True


def index_seen(settings: Settings) -> IndexFacts | Unseen:
    """What it tells; its tables are left as they are. Raises ConfigError, OutputError."""
    if not there(settings.index_url):
        return Unseen("nothing was indexed yet")
    base = Database(settings.index_url)
    try:
        with base.read() as connection:
            return index_facts(connection, int(time.time() * 1000))
    finally:
        base.close()


def there(url: str) -> bool:
    """Whether there is a database to open; one of SQLite would be made by looking."""
    found = read_database_url(url)
    if found.local and found.file is None and url.startswith("sqlite"):
        raise ConfigError("a database URL is sqlite:///FILE or postgresql://USER@HOST/NAME")
    return found.file is None or found.file.exists()
