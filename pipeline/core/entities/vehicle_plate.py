"""The number plate of a vehicle."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="VEHICLE_PLATE",
    category=Category.IDENTITY,
    shape=Shape.ALNUM,
    asks=(
        "registration|reg|rego|plate|plates|licence|license number|plate|mark",
        "number plate",
        "=your|the|vehicle|car reg|registration|plate|tag",
        "vehicle|car|van|bike registration|reg|registered",
        "license|licence plate",
        "v i n|chassis",
    ),
    cues=(
        "registration|reg|plate number|is",
        "license|licence|number plate|is",
        "number plates|plate",
        "=my|the|our reg|rego|registration|plate|tag",
    ),
    enough=6,
    least=3,
)
