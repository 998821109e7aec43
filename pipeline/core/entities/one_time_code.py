"""A code sent to prove who one is."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

OTHER_CODES = "error promo discount area country dress voucher sort post zip dialling fault colour color".split()

ENTITY = Entity(
    name="ONE_TIME_CODE",
    category=Category.CREDENTIAL,
    shape=Shape.ALNUM,
    asks=(
        "one time|off code|pass|password|passcode|pin|number",
        "verification|authentication|authorisation|authorization|confirmation|access|activation code|number",
        "code we|i|just|that sent|texted|text|emailed|arrived|received",
        "code in|from text|message|email|app|sms",
        "(?:five|5|six|6|eight|8|four|4) digit|digits code|number",
        "texted|sent you|a code|number|passcode",
        "passcode",
        "what code",
        "message|sms|text sent|come|came|got read|showing|shows|says",
        "code on|from your|the screen|phone|device|app|authenticator",
        "read|tell me|back the code",
    ),
    cues=(
        "code is|says|reads",
        "passcode is",
        "code i got|have|received",
        "=" + "".join(rf"(?<!{kind}\s)" for kind in OTHER_CODES) + "code",
        "o t p",
        "otp",
        "one time password|passcode",
    ),
    enough=6,
    least=3,
)
