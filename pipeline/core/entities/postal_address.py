"""Where somebody lives: house, street, town."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="POSTAL_ADDRESS",
    category=Category.CONTACT,
    shape=Shape.FREE,
    asks=(
        "address",
        "street",
        "house|flat|apartment|unit|building|door number|name",
        "number of|on the house|flat|building|door",
        "city",
        "town",
        "=which|what state|county|province|village|road|avenue",
        "live|living|lives",
        "where are you based|located|calling",
        "deliver|delivery|ship|shipping|shipped|send to|address",
        "first line",
        "county",
        "mailing|billing|home",
        "road|avenue|lane",
    ),
    cues=(
        "address is",
        "=i live|am at|on|in",
        "live|living|lives at|on|in",
        "delivered|deliver|ship|send to|it",
        "=moved to",
        "=my|the|our address|street|flat|house",
        "apartment|unit|flat|suite number",
        "house number|is",
    ),
    enough=4,
    words_max=14,
)
