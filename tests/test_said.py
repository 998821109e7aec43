"""Any valid number, code or address, said in any usual form, is found, and what is hidden covers all of it.

`seed` in a failure makes the value and its form again: `said("PIN", seed)`.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import HESITATIONS, NUMBERS, SAID, UNASKED, digits, grouped
from scripted import dialogue, findings, leaks

EXAMPLES = 25
LOOSE = frozenset({*HESITATIONS, "the", "of"})  # give nothing away
AROUND = (("", ""), ("", ""), ("yes it's", ""), ("sure that's", "okay"), ("um", "got that"), ("right", "thank you"))
ASKED = {
    "CARD_NUMBER": ("can you read me the long number on the card", "what's your card number please"),
    "SECURITY_CODE": ("and the three digits on the back", "what's the security code", "and the c v v please"),
    "PIN": ("please tell me your pin", "what is your four digit pin"),
    "ONE_TIME_CODE": ("what's the code we just texted you", "read me the one time passcode please"),
    "SSN": ("what's your social security number", "can i have your full social please"),
    "AADHAAR": ("may i have your aadhaar number", "what are the twelve digits of your aadhaar card"),
    "BANK_ACCOUNT": ("what's the account number", "can you give me your bank account number"),
    "SORT_CODE": ("and the sort code please", "what's your sort code"),
    "ROUTING_NUMBER": ("what is the routing number", "and the routing number on your check"),
    "PHONE": ("what's the best number to reach you on", "can i take a phone number", "and your mobile number"),
    "POSTCODE": ("and the postcode please", "what's your zip code"),
    "IBAN": ("can you read me the iban", "what's your iban please"),
    "NINO": ("what's your national insurance number", "and your national insurance number please"),
    "PAN_INDIA": ("can you tell me your pan number", "what's your pan card number"),
    "PASSPORT": ("what's your passport number", "and the number of your passport please"),
    "DRIVING_LICENCE": ("can i take your driving licence number", "what's the number on your driver's license"),
    "VEHICLE_PLATE": ("what's your registration plate", "and the license plate of the car please"),
    "MEMBER_NUMBER": ("can i take your membership number", "what is your member number"),
    "BOOKING_REFERENCE": ("what's your booking reference", "do you have the booking reference there"),
    "DATE_OF_BIRTH": ("what's your date of birth", "can you confirm your date of birth please"),
    "CARD_EXPIRY": ("and the expiry date", "when does the card expire"),
    "EMAIL": ("what's your email address", "which email should we send it to"),
    "UPI_ID": ("what's your u p i id", "tell me your upi address please"),
    "IP_ADDRESS": ("what's your ip address", "can you read me the ip address"),
    "PASSWORD": ("what's your password", "and the password on the account please"),
}
TOLD = {
    "CARD_NUMBER": "my card number is",
    "SECURITY_CODE": "the security code is",
    "PIN": "my pin is",
    "ONE_TIME_CODE": "the one time code is",
    "SSN": "my social security number is",
    "AADHAAR": "my aadhaar number is",
    "BANK_ACCOUNT": "my account number is",
    "SORT_CODE": "the sort code is",
    "ROUTING_NUMBER": "the routing number is",
    "PHONE": "my number is",
    "POSTCODE": "my postcode is",
    "IBAN": "the iban is",
    "NINO": "my national insurance number is",
    "PAN_INDIA": "my pan number is",
    "PASSPORT": "my passport number is",
    "DRIVING_LICENCE": "my driving licence number is",
    "VEHICLE_PLATE": "my number plate is",
    "MEMBER_NUMBER": "my membership number is",
    "BOOKING_REFERENCE": "my booking reference is",
    "DATE_OF_BIRTH": "my date of birth is",
    "CARD_EXPIRY": "the expiry date is",
    "EMAIL": "my email address is",
    "UPI_ID": "my upi id is",
    "IP_ADDRESS": "the ip address is",
    "PASSWORD": "my password is",
}
seeds = st.integers(0, 2**32)


def said(entity: str, seed: int) -> str:
    """One value of an entity, said."""
    return SAID[entity](Random(seed))


def marked(text: str) -> str:
    """A script's marks: every word must be hidden but those that give nothing away."""
    return " ".join(f"~{w}" if w in LOOSE else f"[{w}]" for w in text.split())


def open_words(text: str) -> str:
    return " ".join(f"~{w}" for w in text.split())


def check(*lines: str) -> None:
    script = dialogue(*lines)
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize("entity", SAID)
@settings(max_examples=EXAMPLES)
@given(seed=seeds)
def test_an_answer_in_any_form_is_hidden(entity: str, seed: int) -> None:
    rng = Random(seed)
    before, after = map(open_words, rng.choice(AROUND))
    check(f"A: {rng.choice(ASKED[entity])}", f"C: {before} {marked(said(entity, seed))} {after}")


def test_what_is_never_said_between_digits_is_one_between_few_on_both_sides() -> None:
    check("C: okay so the security code is [three] [2] ~and [won] ~and [nine]")


def test_a_day_called_one_needs_a_month_and_a_year_behind_it() -> None:
    check("C: okay so my date of birth is ~the [one] ~of ~the [four] [1963]")


@pytest.mark.parametrize("more", [0, 20])
def test_how_letters_are_written_may_be_the_first_words_of_all(more: int) -> None:
    """There is no sentence before them that could belong to it."""
    check("A: what is your password", "C: [capital] [m] [as] [in] [mike] [a] [r] [4]" + " ~please" * more)


@pytest.mark.parametrize("entity", SAID)
@settings(max_examples=EXAMPLES)
@given(seed=seeds)
def test_what_is_announced_in_any_form_is_hidden(entity: str, seed: int) -> None:
    check(f"C: okay so {TOLD[entity]} {marked(said(entity, seed))}")


@pytest.mark.parametrize("entity", sorted(UNASKED))
@settings(max_examples=EXAMPLES)
@given(seed=seeds)
def test_what_its_form_gives_away_needs_no_question(entity: str, seed: int) -> None:
    value = said(entity, seed)
    if entity in NUMBERS:  # "for" and "to" between short groups nobody asked for are words like others
        value = " ".join({"for": "four", "to": "two"}.get(w, w) for w in value.split())
    check(f"C: hello there {marked(value)} thank you")


@pytest.mark.parametrize("entity", NUMBERS)
@settings(max_examples=EXAMPLES)
@given(seed=seeds)
def test_a_number_written_down_in_groups_is_hidden(entity: str, seed: int) -> None:
    rng = Random(seed)
    value = grouped(rng, digits(rng, rng.choice(NUMBERS[entity])))
    check(f"A: {rng.choice(ASKED[entity])}", f"C: {marked(value)}")
    check(f"C: {TOLD[entity]} {marked(value)}")


@pytest.mark.parametrize("code", ["7000", "4000"])
def test_a_round_code_is_a_code(code: str) -> None:
    check(f"C: the security code is [{code}]")
    check("A: what is your pin please", f"C: [{code}]")
