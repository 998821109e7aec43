"""The bytes of every message of the live pipeline but those of `calls.intake`: Avro in an envelope, sealed if need be.

Headers are CloudEvents' (Kafka binding, binary mode), `ce_dataschema` names the schema and its version, `traceparent`
is passed on. The value is an Avro `Envelope`, which says of which call and what part of it this is and carries the
wrapped data key, and then the body: in clear, or a nonce and AES-256-GCM under the data key of the call with the
envelope and the topic as associated data, so that no part can be altered, moved or swapped.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastavro import parse_schema, schemaless_reader, schemaless_writer

from pipeline.adapters.keyring import Keyring
from pipeline.adapters.wire_bodies import BY_KIND, BY_NAME, Body, Meta, meta_of
from pipeline.core.errors import KeyLostError, WireError
from pipeline.core.messages import Dead, Head, Message, State, WrappedKey
from pipeline.core.pseudonym import Label
from pipeline.core.topics import Topic

Headers = list[tuple[str, bytes]]
Raw = tuple[bytes, bytes | None, Headers]
"""Key, value and headers, as Kafka takes them. A value of None is a tombstone."""

NONCE_BYTES = 12
SCHEMA_HEADER = "ce_dataschema"
_HEADS_MAX = 20_000  # calls whose head is kept encoded and decoded


@cache
def schema(name: str, version: int = 1) -> Any:
    """One of the schemas beside this file, parsed."""
    text = resources.files(__package__).joinpath("schemas", f"{name}-{version}.avsc").read_text(encoding="utf-8")
    return parse_schema(json.loads(text))


class Wire:
    """Encodes and decodes for one worker. stage: who writes, as told in `ce_source`.

    keyring: None for who has no keys: then what is sealed can neither be read nor written.
    """

    def __init__(self, topics: Mapping[str, Topic], keyring: Keyring | None, stage: str) -> None:
        self._topics = topics
        self._keyring = keyring
        self._source = f"/callshield/{stage}".encode()
        self._heads: dict[Head, bytes] = {}
        self._known: dict[bytes, Head] = {}
        self._dead_key: WrappedKey | None = None

    def encode(self, topic: str, message: Message) -> Raw:
        """The record of a message. Raises KeyLostError if its call's key cannot be had."""
        body = BY_KIND[type(message)]
        head = self._dead_head(message) if isinstance(message, Dead) else message.head  # type: ignore[union-attr]
        subject = head.subject.encode()
        if isinstance(message, State) and message.body is None:
            return subject, None, []
        meta = meta_of(message)
        envelope = _written("envelope", {
            "head": self._head_bytes(head), "sequence": meta.sequence, "start_sample": meta.start_sample,
            "spoken_ms": meta.spoken_ms, "last": meta.last, "reason": meta.reason,
        })  # fmt: skip
        content = _written(body.name, body.plain(message), body.version)
        if self._topics[topic].sealed:
            nonce = os.urandom(NONCE_BYTES)
            content = nonce + self._keys().cipher(head.key).encrypt(nonce, content, envelope + topic.encode())
        return subject, envelope + content, self._headers(body, head, meta, subject)

    def decode(self, topic: str, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Message:
        """The message of a record. Raises WireError with all that could be read of where it belongs."""
        body, version = self._body(topic, headers)
        if value is None:
            raise WireError("empty", f"{topic}: a message without value; it was dead-lettered")
        stream = io.BytesIO(value)
        try:
            plain: Any = schemaless_reader(stream, schema("envelope"), None)
            head = self._head(plain.pop("head"))
        except Exception:
            raise WireError("damaged", f"{topic}: a message whose envelope cannot be read; was it cut?") from None
        meta = Meta(**plain)
        known: dict[str, Any] = {
            "tenant": head.tenant, "call": head.call, "sequence": meta.sequence, "start_sample": meta.start_sample,
            "head": head,
        }  # fmt: skip
        at = stream.tell()
        content = value[at:]
        if self._topics[topic].sealed:
            content = self._opened(head, content, value[:at] + topic.encode(), known)
        try:
            # What an older release wrote has its new fields at their defaults.
            newest = schema(body.name, body.version)
            parsed: Any = schemaless_reader(io.BytesIO(content), schema(body.name, version), newest)
            return body.of(head, meta, parsed)
        except Exception:
            raise WireError("damaged", f"{topic}: a message whose body cannot be read", **known) from None

    def _keys(self) -> Keyring:
        if self._keyring is None:
            raise KeyLostError("there are no keys here; set CALLSHIELD_KEYS_FILE")
        return self._keyring

    def _opened(self, head: Head, content: bytes, bound: bytes, known: dict[str, Any]) -> bytes:
        try:
            cipher: AESGCM = self._keys().cipher(head.key)
            return cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound)
        except KeyLostError as error:
            raise WireError("key_lost", str(error), **known) from None
        except (InvalidTag, ValueError):
            raise WireError("forged", "a sealed message does not open: it was altered or moved", **known) from None

    def _body(self, topic: str, headers: Sequence[tuple[str, bytes]]) -> tuple[Body, int]:
        """What kind of message it is, and of which version its schema."""
        named = next((value for name, value in headers if name == SCHEMA_HEADER), None)
        try:
            product, name, version = (named or b"").decode().removeprefix("urn:").split(":")
            number = int(version)
            body = BY_NAME[name]
        except (ValueError, KeyError):
            raise WireError("no_schema", f"{topic}: a message that names no schema known here") from None
        if product != "callshield" or number < 1:
            raise WireError("no_schema", f"{topic}: a message that names no schema known here")
        if number > body.version:
            raise WireError(
                "newer_version", f"{topic}: {name} is version {number}, this release reads {body.version}: upgrade it"
            )
        return body, number

    def _headers(self, body: Body, head: Head, meta: Meta, subject: bytes) -> Headers:
        at = meta.sequence if meta.sequence >= 0 else meta.start_sample
        out = [
            ("ce_specversion", b"1.0"),
            ("ce_type", b"callshield.%s.v%d" % (body.name.encode(), body.version)),
            ("ce_source", self._source),
            ("ce_id", b"%s/%s/%d" % (subject, body.name.encode(), at)),
            ("ce_subject", subject),
            (SCHEMA_HEADER, b"urn:callshield:%s:%d" % (body.name.encode(), body.version)),
        ]
        if head.trace:
            out.append(("traceparent", head.trace.encode()))
        return out

    def _dead_head(self, message: Dead) -> Head:
        """Dead letters are sealed under a key of their own: the call's may be what is wrong with them."""
        if self._dead_key is None:
            self._dead_key = self._keys().new()
        return Head(message.tenant, message.call, "", "", 0, 0, 0, self._dead_key)

    def _head_bytes(self, head: Head) -> bytes:
        known = self._heads.get(head)
        if known is None:
            key = head.key
            plain = {
                "tenant": head.tenant, "call": head.call, "fleet": head.fleet, "pin": head.pin, "rate": head.rate,
                "channels": head.channels, "started_ms": head.started_ms, "trace": head.trace,
                "key_version": key.version, "key_algorithm": key.algorithm, "kek_id": key.kek_id,
                "wrapped_key": key.wrapped,
            }  # fmt: skip
            if head.labels or head.jurisdiction or head.language:
                # Behind all others, where a release that knows version 1 does not look.
                labels = [{"kind": x.kind, "key_id": x.key_id, "pseudonym": x.pseudonym} for x in head.labels]
                more = {"jurisdiction": head.jurisdiction, "labels": labels, "language": head.language}
                known = _written("head", {**plain, **more}, 2)
            else:
                known = _written("head", plain)
            _keep(self._heads, head, known)
        return known

    def _head(self, data: bytes) -> Head:
        known = self._known.get(data)
        if known is None:
            stream = io.BytesIO(data)
            p: Any = schemaless_reader(stream, schema("head"), None)
            if stream.tell() < len(data):
                p = schemaless_reader(io.BytesIO(data), schema("head", 2), None)
            key = WrappedKey(p["kek_id"], p["wrapped_key"], p["key_algorithm"], p["key_version"])
            labels = tuple(Label(x["kind"], x["key_id"], x["pseudonym"]) for x in p.get("labels", ()))
            known = Head(
                p["tenant"], p["call"], p["fleet"], p["pin"], p["rate"], p["channels"], p["started_ms"], key,
                p["trace"], p.get("jurisdiction", ""), labels, p.get("language", ""),
            )  # fmt: skip
            _keep(self._known, data, known)
        return known


def _keep(into: dict[Any, Any], key: Any, value: Any) -> None:
    into[key] = value
    if len(into) > _HEADS_MAX:
        into.pop(next(iter(into)))


def _written(name: str, plain: Mapping[str, Any], version: int = 1) -> bytes:
    stream = io.BytesIO()
    schemaless_writer(stream, schema(name, version), plain)
    return stream.getvalue()


Decode = Callable[[str, bytes | None, bytes | None, Sequence[tuple[str, bytes]]], Message]
"""(topic, key, value, headers) → message. Raises WireError."""
