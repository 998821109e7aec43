"""What a recorder tells of a call beside its audio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.pseudonym import Kind


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a recorder tells of a call, of the fields that are allowed; whatever else it sends is not looked at.

    jurisdiction: codes by commas. direction: inbound, outbound or internal. people: in clear; they end in accept, which
    makes labels of them. What was not told, or badly, is empty.
    """

    jurisdiction: str = ""
    language: str = ""
    direction: str = ""
    people: Mapping[Kind, str] = field(default_factory=dict, repr=False)


NO_METADATA = Metadata()
