"""Who acts on what is kept, and as what. Proven by a token (adapters/operator_tokens.py), never typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}")
PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Role(StrEnum):
    """What somebody may do. One does not hold another: who may unseal may not approve unless he has both."""

    READER = "reader"  # open redacted calls
    UNSEALER = "unsealer"  # hear originals of the vault, for a purpose
    PRIVACY_OFFICER = "privacy_officer"  # data-subject requests, late withdrawals
    APPROVER = "approver"  # second person of an erasure
    CUSTODIAN = "custodian"  # legal holds
    AUDITOR = "auditor"  # read the audit log
    OPERATOR = "operator"  # keys, sweeps, the index


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody with a valid token. token: its id. purposes: what originals may be opened for. since_ms, until_ms: when
    it was issued, and ends.
    """

    name: str
    roles: frozenset[Role]
    purposes: frozenset[str]
    token: str
    until_ms: int
    since_ms: int = 0

    def refusal(self, role: Role, purpose: str | None = None) -> str | None:
        """Why this may not be done, as a code: `role` or `purpose`; None: it may."""
        if role not in self.roles:
            return "role"
        return "purpose" if purpose is not None and purpose not in self.purposes else None

    def until_within(self, minutes: int) -> int:
        """When it ends for acts that a token is good for so long after it was issued only, ms."""
        return min(self.until_ms, self.since_ms + minutes * 60_000)
