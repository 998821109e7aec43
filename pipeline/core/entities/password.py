"""A password or pass phrase."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PASSWORD",
    category=Category.CREDENTIAL,
    shape=Shape.FREE,
    asks=(
        "password|passwords|passphrase|passcode",
        "secret|memorable|security word|phrase|answer",
        "letters|letter|characters of|from|in",
        "capital|symbol in",
        "pass word|phrase",
        "secret word|phrase",
        "memorable word|name|place|information",
        "security word|phrase",
        "code word",
        "codeword",
        "=safe|duress|telephone|phone word|words|password",
        "=protected|secured|locked|unlocked with|by",
        "key for the network|router|wifi",
        "=wifi|fi|wireless|network|router key|code",
        "=pass|past where|were|wear|what|would|worth",
    ),
    cues=(
        "memorable word is",
        "pass phrase|word is",
        "password to you",
        "password is",
        "=my|the|your|his|her password|passphrase|passcode is|was",
        "password|passphrase was|should|will|would be",
        "password reads|says|goes",
        "secret|security|code|memorable|safe|pass word|phrase is|was",
        "=wifi|fi|wireless|network|router key|code is|was",
        "memorable place|name|information is|was",
    ),
    enough=30,
    least=3,
    words_max=18,
)
