"""What no program can know of itself and its controller has to say: who answers for it, why, and who else gets it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

COUNTRY = re.compile(r"[a-z]{2}")
EEA = frozenset(
    "at be bg cy cz de dk ee es fi fr gr hr hu ie is it li lt lu lv mt nl no pl pt ro se si sk".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who answers. contact: how to reach them."""

    name: str
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """why: what the purpose is for. basis: the ground in law it stands on."""

    why: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who else gets it. role: controller or processor; gets: what; country: two letters; safeguard: of a transfer."""

    name: str
    role: str
    gets: str
    country: str
    safeguard: str = ""

    @property
    def abroad(self) -> bool:
        """Whether it leaves the European Economic Area."""
        return self.country not in EEA


@dataclass(frozen=True, slots=True)
class Declared:
    """All of it; what is not said is asked for in the record."""

    controller: Party | None = None
    joint: Party | None = None
    representative: Party | None = None
    officer: Party | None = None
    subjects: tuple[str, ...] = ()
    purposes: Mapping[str, Why] = field(default_factory=dict, hash=False)
    recipients: tuple[Recipient, ...] | None = None
