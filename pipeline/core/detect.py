"""Parts of the detector that a policy may switch off. All are on unless it says so: each of them finds more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NameSearch(StrEnum):
    """How names of people and places are found."""

    CUES = "cues"  # by what announces them, and by what is asked
    STATISTICAL = "statistical"  # by a model of the language as well


@dataclass(frozen=True, slots=True)
class Detect:
    """context: questions make answers secret, what was hidden is known again. edges: the edges of what is hidden move
    outward to where the audio is quiet. names: how they are looked for.
    """

    context: bool = True
    edges: bool = True
    names: NameSearch = NameSearch.STATISTICAL


EVERYTHING = Detect()


def widest(parts: Iterable[Detect]) -> Detect:
    """What is on in any of them: a call is judged once for all who get its audio. EVERYTHING if there are none."""
    known = tuple(parts) or (EVERYTHING,)
    statistical = any(d.names is NameSearch.STATISTICAL for d in known)
    return Detect(
        context=any(d.context for d in known),
        edges=any(d.edges for d in known),
        names=NameSearch.STATISTICAL if statistical else NameSearch.CUES,
    )
