"""A member, patient, record, policy or reference number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="MEMBER_NUMBER",
    category=Category.ACCOUNT,
    shape=Shape.ALNUM,
    asks=(
        "customer|client|user number|id|code",
        "=the|your id on|number",
        "frequent flyer|flier number",
        "number on your|the insurance|health|membership|loyalty",
        (
            "member|membership|record|policy|patient|insurance|claim|customer|client|loyalty|employee|staff|"
            "student|medicare|nhs|hospital|chart|case|file|plan|group|subscriber|meter|contract|certificate "
            "number|id|identification|code|digits"
        ),
        "reference number",
        "medical record",
        "=member|membership|policy|patient|customer|your i|id|number",
        "health number|card",
        "id number|card",
        "=your i d",
        "number on your|the id|letter|policy",
    ),
    cues=(
        "member|membership|record|policy|patient|claim|customer|loyalty|employee|medicare|nhs|case number|id|is",
        "reference number|is",
        "=my i|id|number",
    ),
    enough=9,
    least=3,
)
