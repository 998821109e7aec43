"""An internet address."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="IP_ADDRESS",
    category=Category.CONTACT,
    shape=Shape.ALNUM,
    asks=(
        "=i p",
        "ip address",
        "=ip",
        "network|computer address",
    ),
    cues=(
        "=i p address|is",
        "ip address|is",
        "=i p is|of",
        "=ip is|of",
        "address of the router|modem is",
    ),
    enough=8,
    least=4,
)
