"""Where somebody lives: house, street, town."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="POSTAL_ADDRESS",
    category=Category.CONTACT,
    shape=Shape.FREE,
    asks=(
        "=residence|suburb|locality|township|hometown",
        "=town|city|village or town|city|village",
        "=what|what's|which|and your|the house|flat|road",
        "=where's|where is it off|going|kept|headed|parked",
        "where it|this|that|they goes|go|going|meant|sent|delivered|supposed",
        "place meant|supposed to go|be",
        (
            "where to|is|should|are|do|shall|can it|this|that|we|i|you|they go|going|send|ship|deliver|"
            "shipping|sending|delivering|drop|meant"
        ),
        "where are|do you|we live|living|staying|based|deliver|sending|shipping",
        "whereabouts",
        "postal|delivery|shipping|mailing|billing|home address|area",
        "address on|we|you|i|have|should|is|please",
        "street",
        "which road|street|town|city|house|avenue|building",
        "house number",
        "=what|which|your|the|full|whole address",
        "number of|on|and street|road|house",
        "address",
        "house|flat|apartment|unit|building|door number|name",
        "number of|on the house|flat|building|door",
        "=what|which|whose|your|the|and|a|home city|town",
        "city|town please|do|are|is|did|was",
        "=which|what state|county|province|village|road|avenue",
        "live|lives",
        "living at|in|on|near|there|the",
        "where are you based|located|calling",
        "first line",
        "=which|what|your|the|and|home county",
        "road|avenue|lane",
    ),
    cues=(
        "=my|our|the|home|new|billing|delivery address is",
        "=deliver|ship|send it to",
        "address is",
        "=i live|am at|on|in",
        "=i|we|she|he|they|who live|lives|lived at|on|in",
        "=i'm|we're|am|are|is|she's|he's|they're living at|on|in",
        "house number|is",
    ),
    enough=4,
    words_max=14,
)
