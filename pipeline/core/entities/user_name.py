"""A login name."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="USER_NAME",
    category=Category.CREDENTIAL,
    shape=Shape.FREE,
    asks=(
        "username|login|logon|userid|user",
        "=log in|on",
        "sign in name|id",
        "account|screen|display|profile|player|gamer|online name|id|tag",
        "gamertag",
        "handle",
    ),
    cues=(
        "username|login|logon|userid is",
        "user|login|logon|online|customer name|id is",
        "user name|id",
        "gamer|player|screen|display|profile|account tag|name|id|handle is",
        "=my|his|her|our|their handle|gamertag|nickname is",
        "login is|name",
        "=log in is",
        "user name|username|login|user id was|should|will|would be",
        "=sign|signed|log|logged|logging in|on|into as|is|with|under",
        "=i|we sign|signed|log|logged in|on this",
        r"=i|we sign|log in|on to(?=(?:\s\S+){1,8}\s\S*[0-9])",  # "to the hero she underscored you 65"
    ),
    enough=6,
    least=3,
    words_max=10,
)
