"""Who took part in a call, as keyed hashes: the same person gives the same pseudonym, and without the key nobody can
tell or try which person it is.

    pseudonym = HMAC-SHA-256(key of the tenant, kind and normalised value), 128 bits
    key of the tenant = HMAC-SHA-256(key of the file, tenant)

So two tenants never share a pseudonym, and a new key in the file makes all of them new; the old ones stay for search.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

HASH_BYTES = 16
VALUE_CHARS_MAX = 256


class Kind(StrEnum):
    """Whom a label names. Add, never rename."""

    CALLER = "caller"  # by telephone number or address of the line
    CUSTOMER = "customer"  # by number or id
    AGENT = "agent"  # by name or id
    NAME = "name"  # of the customer


@dataclass(frozen=True, slots=True)
class Label:
    """One pseudonym. key_id: which key of the file it was made with. pseudonym: 32 hex digits."""

    kind: str
    key_id: str
    pseudonym: str


def pseudonym(key: bytes, tenant: str, kind: Kind, value: str) -> str:
    """32 hex digits. value: as `normal` gives it, or a telephone number in one form."""
    own = hmac.digest(key, f"callshield pseudonym 1\n{tenant}".encode(), "sha256")
    return hmac.digest(own, f"{kind}\n{value}".encode(), "sha256")[:HASH_BYTES].hex()


def normal(kind: Kind, value: str) -> str:
    """A value in one form, whoever typed it: no case, accents or punctuation, and the words of a name in one order.

    Empty: there is nothing in it to tell one from another.
    """
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", value[:VALUE_CHARS_MAX]).casefold())
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    parts = "".join(c if c.isalnum() else " " for c in letters.replace("'", "").replace("\u2019", "")).split()
    return " ".join(sorted(parts)) if kind in (Kind.NAME, Kind.AGENT) else "".join(parts)
