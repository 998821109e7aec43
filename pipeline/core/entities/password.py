"""A password or pass phrase."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PASSWORD",
    category=Category.CREDENTIAL,
    shape=Shape.FREE,
    asks=(
        "password|passwords|passphrase|passcode|passport",
        "pass word|phrase",
        "secret word|phrase",
        "memorable word|name|place|information",
        "security word|phrase",
        "code word",
        "codeword",
        "letters|characters of|from|in",
    ),
    cues=(
        "password is",
        "password",
        "memorable word",
        "pass phrase|word",
    ),
    enough=30,
    least=3,
    words_max=10,
)
