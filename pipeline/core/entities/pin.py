"""A personal identification number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PIN",
    category=Category.CREDENTIAL,
    shape=Shape.DIGITS,
    asks=(
        "=which|what|any|choose|pick|your|another four|five|six|4|5|6 digits|numbers|figures",
        "like it|them|your|the|pin|one to be",
        "new pin",
        "phone|telephone|banking|bank passcode|passnumber|code|pin",
        "(?:four|4|six|6) digit passcode|code",
        "pin|pins",
        "=your|the|a (?:four|4|five|5|six|6) digit tin|pen|bin|ten|thin|been|pain|pine|spin|being",
        "pin number|code",
        "personal identification",
        "(?:four|4|six|6) digit pin|pass|security",
        "telephone|phone banking pin|code|number|pass",
        "secret number",
        "pass number",
    ),
    cues=(
        r"=(?<!\si\s)make it",
        "=my|the|your|new pin",
        "pin is|number|code",
        "=pin number|code",
        "=pin to",
        "=the pin's",
        "=telephone|phone banking passcode|pin|code",
        "pass number|code is",
    ),
    enough=4,
    least=3,
)
