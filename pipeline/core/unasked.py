"""Free words nobody asked for and nobody has to: names, places and illnesses said on the way."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.aids import Aids
from pipeline.core.illness import health_marks, illness_marks
from pipeline.core.marks import Mark
from pipeline.core.names import name_marks
from pipeline.core.people import listed_marks, tagged_marks
from pipeline.core.places import place_marks
from pipeline.core.spoken.tokens import Token


def unasked_marks(tokens: Sequence[Token], aids: Aids, *, greeting: bool, health: bool) -> list[Mark]:
    """All marks of the kinds above. greeting: the speaker's first words. health: the call is about health."""
    lists = aids.lists
    marks = name_marks(tokens, lists, greeting=greeting)
    marks += listed_marks(tokens, lists) + tagged_marks(tokens, aids) + place_marks(tokens, lists)
    marks += illness_marks(tokens, lists, on_health_call=health)
    return marks + health_marks(tokens) if health else marks
