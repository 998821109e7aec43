"""All kinds of secrets this program knows. A new one is a file beside this and a row here."""

from __future__ import annotations

from pipeline.core.entities import (
    aadhaar,
    bank_account,
    booking_reference,
    card_expiry,
    card_number,
    date_of_birth,
    driving_licence,
    email,
    iban,
    ip_address,
    medical,
    member_number,
    nino,
    one_time_code,
    pan_india,
    passport,
    password,
    person_name,
    phone,
    pin,
    postal_address,
    postcode,
    routing_number,
    security_answer,
    security_code,
    sort_code,
    ssn,
    upi_id,
    user_name,
    vehicle_plate,
)
from pipeline.core.entities.entity import Category, Entity, Shape

# Where two kinds claim the same answer, the one further up names it.
ENTITIES: tuple[Entity, ...] = (
    one_time_code.ENTITY,
    pin.ENTITY,
    sort_code.ENTITY,
    routing_number.ENTITY,
    iban.ENTITY,
    upi_id.ENTITY,
    nino.ENTITY,
    ssn.ENTITY,
    aadhaar.ENTITY,
    pan_india.ENTITY,
    passport.ENTITY,
    vehicle_plate.ENTITY,
    driving_licence.ENTITY,
    booking_reference.ENTITY,
    security_answer.ENTITY,
    password.ENTITY,
    user_name.ENTITY,
    card_expiry.ENTITY,
    date_of_birth.ENTITY,
    postcode.ENTITY,
    email.ENTITY,
    ip_address.ENTITY,
    security_code.ENTITY,
    bank_account.ENTITY,
    member_number.ENTITY,
    phone.ENTITY,
    card_number.ENTITY,
    medical.ENTITY,
    postal_address.ENTITY,
    person_name.ENTITY,
)

KEYPAD = "KEYPAD"  # tones of a telephone's keys
NUMBER = "NUMBER"  # digits that look like an identity but were not asked for
CUSTOM = "CUSTOM"  # what a policy's own words found
UNJUDGED = "UNJUDGED"  # audio nobody judged in time

NAMES: frozenset[str] = frozenset({e.name for e in ENTITIES} | {CUSTOM, KEYPAD, NUMBER, UNJUDGED})

__all__ = ["CUSTOM", "ENTITIES", "KEYPAD", "NAMES", "NUMBER", "UNJUDGED", "Category", "Entity", "Shape"]
