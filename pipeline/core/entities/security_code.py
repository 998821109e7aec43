"""The three or four digits on a card: CVV, CVC, CID."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="SECURITY_CODE",
    category=Category.PAYMENT,
    shape=Shape.DIGITS,
    asks=(
        "(?:three|3|four|4) figure|figures|digit|digits number|code|on|above|below|under",
        "last three|3|four|4 digits|numbers|on",
        "security|secret|verification|validation code|number|digits",
        "=c v v|c",
        "cvv|cvc|cvv2|cvc2|cid|csc",
        (
            "(?:three|3|four|4|last) digits|digit|numbers|number|code on|of|at back|front|reverse|rear|"
            "signature|strip|card"
        ),
        "code|digits|number on|at back|reverse|rear|front",
        "signature strip|panel",
        "=and the code",
        "=and code",
        "three|3 digit|digits",
        "=the code",
        "=the three|3",
    ),
    cues=(
        "security code",
        "cvv|cvc",
        "three digits",
        "=the code is",
        "code on the back",
        "=c v v|c|two|2",
        "security number|digits",
        "=c i d",
        "verification code|number|value",
        "=last three",
        "three|four numbers|digits on|at",
        "=on the back is|it|are|of",
        "digits on the back|front|reverse|signature",
        "code on|at the back|front|reverse",
    ),
    enough=3,
    least=2,
)
