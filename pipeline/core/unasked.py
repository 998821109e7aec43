"""Free words nobody asked for and nobody has to: names, places, illnesses and passwords said on the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.core.addressing import addressing_marks
from pipeline.core.aids import Aids
from pipeline.core.greetings import is_company
from pipeline.core.illness import health_marks, illness_marks
from pipeline.core.marks import Mark
from pipeline.core.names import name_marks
from pipeline.core.passwords import password_marks
from pipeline.core.people import listed_marks, tagged_marks
from pipeline.core.places import place_marks
from pipeline.core.roles import role_marks
from pipeline.core.spoken.tokens import Token


def unasked_marks(
    tokens: Sequence[Token],
    aids: Aids,
    rate: int,
    *,
    greeting: bool,
    health: bool,
    logging_in: bool = False,
    names: Collection[str] = (),
) -> list[Mark]:
    """All marks of the kinds above.

    greeting: the speaker's first words. health, logging_in: what the call is about. names: hidden so
    far, word by word.
    """
    lists = aids.lists
    marks = name_marks(tokens, lists, greeting=greeting) + role_marks(tokens, lists)
    known = listed_marks(tokens, lists) + tagged_marks(tokens, aids)
    marks += [m for m in known if not is_company(tokens, m, greeting=greeting)] + place_marks(tokens, lists)
    marks += password_marks(tokens, rate, logging_in=logging_in) + addressing_marks(tokens, lists, names, rate)
    marks += illness_marks(tokens, lists, on_health_call=health)
    return marks + health_marks(tokens, lists) if health else marks
