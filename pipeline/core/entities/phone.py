"""A telephone number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PHONE",
    category=Category.CONTACT,
    shape=Shape.DIGITS,
    asks=(
        "=a|her|his|another number for|on",
        "best|good|which|what|another line",
        "landline",
        "cell|mobile too|as|please",
        "=on which number",
        "number we|you|i can|should|could|are",
        "what|which number",
        (
            "phone|telephone|mobile|cell|cellphone|contact|callback|landline|home|work|daytime|whatsapp "
            "number|numbers|digits"
        ),
        "number to|we|i|can|you call|reach|ring|contact|text|get|dial",
        "best|good|another|alternative|other|current|preferred|direct number",
        "call|reach|ring|contact|get you|back|hold on|at",
        "=phone please",
        "number for|on you|file|record",
        "number are you calling",
        "=your|the mobile|cell|phone|telephone|landline",
        "registered mobile|number",
        "area code",
        "call you back",
    ),
    cues=(
        "phone|telephone|mobile|cell|contact|landline|home|work number|is",
        "=my|the|her|his number|mobile|cell|phone|landline is",
        "call|reach|ring|text|try me on|at",
        "=try",
        "number is|on",
        "=it ends in|with",
        "under",
        "calling from",
    ),
    enough=10,
    least=3,
)
