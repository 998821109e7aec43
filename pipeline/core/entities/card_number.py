"""The long number of a payment card."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="CARD_NUMBER",
    category=Category.PAYMENT,
    shape=Shape.DIGITS,
    asks=(
        "card|credit|debit|visa|mastercard|amex number|numbers|digits",
        "long number",
        "number|numbers|digits on|across|printed|embossed front|card",
        "which|what card are|would|will|shall|do|you",
        "=(?:fifteen|sixteen|15|16) digit|digits",
        "(?:six|six) teen digit",
        "card details",
        "new|other|different card",
        "card will you be using|paying",
        "read|give me the card",
        "=the card you",
        "last four of|on",
        "=debit|credit|bank card please",
    ),
    cues=(
        "card number",
        "long number",
        "card is|ends|ending",
        "credit|debit card",
        "=the card",
        "new|other|another card",
        "=new|other|another one is|ends|starts|begins",
        "visa|mastercard|amex|american",
        "ending|ends in|with",
    ),
    enough=13,
    least=4,
)
