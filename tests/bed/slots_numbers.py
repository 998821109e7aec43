"""Secret numbers and codes, invented: test card ranges, numbers never issued, valid check digits."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from . import check, spoken
from .value import Formed, Habit, Number, Slot, Value, cut, digits, letters

CARD_STEMS = "400000 411111 424242 401288 510510 555555 545454 520082 222300 601111 353011 356600".split()
AMEX_STEMS = "378282 371449 378734 341111".split()
UNISSUED_NINO = "QQ ZZ NK TN KN BG".split()
SYMBOLS = "!#_-$*"
WORDS_OF_PASSWORDS = """marigold thunder pepper walrus copper meadow lantern biscuit falcon velvet cobalt puddle
    saffron tractor nimbus acorn parsnip compass magnet rocket""".split()


def card(rng: Random) -> Number:
    """A sixteen-digit card of a test range, Luhn-valid."""
    number = check.luhn(rng.choice(CARD_STEMS) + digits(rng, 9))
    return Number(cut(number, *rng.choice(((4, 4, 4, 4), (4, 4, 4, 4), (4, 4, 4, 4), (4, 2, 4, 2, 4), (8, 8)))))


def card_wrong(rng: Random) -> Number:
    """A card with its last digit misread, as happens."""
    number = check.luhn(rng.choice(CARD_STEMS) + digits(rng, 9))
    return Number(cut(f"{number[:-1]}{(int(number[-1]) + rng.randint(1, 9)) % 10}", 4, 4, 4, 4))


def amex(rng: Random) -> Number:
    """A fifteen-digit card, said four, six, five."""
    return Number(cut(check.luhn(rng.choice(AMEX_STEMS) + digits(rng, 8)), 4, 6, 5))


def expiry(rng: Random) -> Formed:
    """Month and year of a card, in the usual forms."""
    month, year = rng.randint(1, 12), rng.randint(27, 33)

    def say(habit: Habit, rng: Random) -> str:
        zero = "oh" if habit.zero == "nought" else habit.zero
        number = f"{zero} {spoken.ONES[month]}" if month < 10 else spoken.below_hundred(month)
        short, name = spoken.below_hundred(year), spoken.MONTHS[month - 1]
        forms = (
            f"{number} {short}", f"{number}, {short}", f"{number} slash {short}", f"{name} twenty {short}",
            f"{name} {short}", f"{number} of twenty {short}", f"the {spoken.ordinal(month)} of {short}",
        )  # fmt: skip
        return rng.choice(forms)

    return Formed({"": say, "keys": lambda _habit, _rng: f"{month:02d}{year}"})


def password(rng: Random) -> Formed:
    """A word or two, digits, a sign; said or spelled."""
    word, other = rng.sample(WORDS_OF_PASSWORDS, 2)
    tail = digits(rng, rng.choice((2, 2, 3, 4)), "123456789")
    sign = rng.choice(SYMBOLS)
    mixed = f"{letters(rng, 2).lower()}{digits(rng, 2)}{letters(rng, 3)}{digits(rng, 1)}"

    def said(habit: Habit, rng: Random) -> str:
        number = spoken.group(tail, habit.form, habit.zero, rng)
        mark = spoken.SYMBOLS[sign]
        return (
            f"{word} {number}", f"{word} {other} {number}", f"{word}, all lower case, then {number}",
            f"{word} {mark} {number}", f"{number} {word} {other} {mark}",
        )[len(word + tail) % 5]  # fmt: skip

    def spelled(habit: Habit, rng: Random) -> str:
        return spoken.signs(mixed, habit.form, habit.letters, habit.zero, rng)

    return Formed({"": said, "spelled": spelled, "word": lambda _h, _r: word})


def ip_address(rng: Random) -> Formed:
    """An address of the ranges kept for documentation."""
    net = rng.choice(("192.0.2", "198.51.100", "203.0.113"))
    parts = [*net.split("."), str(rng.randint(2, 254))]

    def say(habit: Habit, rng: Random) -> str:
        zero = "oh" if habit.zero == "nought" else habit.zero
        return " dot ".join(spoken.group(part, rng.choice(("plain", "runs")), zero, rng) for part in parts)

    return Formed({"": say})


def _fixed(count: int, *sizes: int, first: str = "0123456789") -> Slot:
    return lambda rng: Number(cut(digits(rng, count, first), *sizes))


def _iban(rng: Random) -> Number:
    country, bank, count = rng.choice((("GB", "TEST", 14), ("NL", "TEST", 10), ("IE", "TEST", 14), ("DE", "", 18)))
    return Number(cut(check.iban(country, bank + digits(rng, count)), 4, 4, 4, 4, 4, 4))


def _ssn(rng: Random) -> Number:
    area = rng.choice(("666", "900", f"9{rng.randint(0, 99):02d}", f"9{rng.randint(0, 99):02d}"))
    return Number((area, digits(rng, 2), digits(rng, 4)))


def _nino(rng: Random) -> Number:
    return Number((rng.choice(UNISSUED_NINO), *cut(digits(rng, 6), 2, 2, 2), rng.choice("ABCD")))


def aadhaar(rng: Random) -> Number:
    """Twelve digits with a Verhoeff digit: 9999... is kept for tests, 1... was never issued."""
    stem = rng.choice(("9999", "1"))
    return Number(cut(check.verhoeff(stem + digits(rng, 11 - len(stem))), 4, 4, 4))


def phone(rng: Random, land: str) -> Value:
    """A telephone number of a range kept for fiction (India has none: a leading five is not in use)."""
    if land == "uk":
        return Number(rng.choice((("07700", "900", digits(rng, 3)), ("020", "7946", "0" + digits(rng, 3)))))
    if land == "us":
        return Number((str(rng.randint(2, 9)) + digits(rng, 2, "1234"), "555", f"01{rng.randint(0, 99):02d}"))
    if land == "au":
        return Number(("0491", "570", rng.choice(("006", "156", "157", "158", "159", "110", "313", "737"))))
    return Number(cut(digits(rng, 10, "5"), 5, 5))


def _licence_uk(rng: Random) -> Number:
    return Number((letters(rng, 5), digits(rng, 1), digits(rng, 2, "01") + digits(rng, 3), letters(rng, 2)))


SLOTS: Mapping[str, Slot] = {
    "card": card,
    "card_wrong": card_wrong,
    "amex": amex,
    "cvv": _fixed(3),
    "cvv_amex": _fixed(4),
    "expiry": expiry,
    "pin": _fixed(4),
    "pin_six": _fixed(6, 3, 3),
    "otp": _fixed(6, 3, 3),
    "otp_pairs": _fixed(6, 2, 2, 2),
    "otp_four": _fixed(4),
    "otp_eight": _fixed(8, 4, 4),
    "account_uk": _fixed(8, 4, 4),
    "account_us": _fixed(10, 3, 3, 4),
    "account_in": _fixed(12, 4, 4, 4, first="0"),
    "account_au": _fixed(9, 3, 3, 3),
    "sort": _fixed(6, 2, 2, 2),
    "routing": lambda rng: Number(cut(check.routing("0" + digits(rng, 7)), 3, 3, 3)),
    "iban": _iban,
    "ssn": _ssn,
    "nino": _nino,
    "aadhaar": aadhaar,
    "pan": lambda rng: Number((letters(rng, 3), f"P{letters(rng, 1)}", digits(rng, 4), letters(rng, 1))),
    "passport_uk": _fixed(9, 3, 3, 3),
    "passport_us": lambda rng: Number((letters(rng, 1), *cut(digits(rng, 8), 4, 4))),
    "passport_in": lambda rng: Number((letters(rng, 1), *cut(digits(rng, 7), 3, 4))),
    "licence_us": lambda rng: Number((letters(rng, 1), *cut(digits(rng, 7), 3, 4))),
    "licence_uk": _licence_uk,
    "licence_au": _fixed(8, 2, 3, 3),
    "phone_uk": lambda rng: phone(rng, "uk"),
    "phone_us": lambda rng: phone(rng, "us"),
    "phone_au": lambda rng: phone(rng, "au"),
    "phone_in": lambda rng: phone(rng, "in"),
    "password": password,
    "member": lambda rng: Number((letters(rng, 2), *cut(digits(rng, 6), 3, 3))),
    "policy": lambda rng: Number((letters(rng, 3), *cut(digits(rng, 7), 3, 4))),
    "record": _fixed(8, 3, 3, 2, first="123456789"),
    "booking": lambda rng: Number(cut(letters(rng, 3) + digits(rng, 1) + letters(rng, 2), 3, 3)),
    "plate_uk": lambda rng: Number((letters(rng, 2) + digits(rng, 2, "2567"), letters(rng, 3))),
    "plate_us": lambda rng: Number((letters(rng, 3), digits(rng, 4))),
    "plate_au": lambda rng: Number((letters(rng, 3), digits(rng, 2) + letters(rng, 1))),
    "plate_in": lambda rng: Number(
        (rng.choice(("MH", "KA", "TN", "DL")), digits(rng, 2), letters(rng, 2), digits(rng, 4))
    ),
    "ip": ip_address,
}
