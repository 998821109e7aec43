"""Check digits that make invented numbers well formed."""

from __future__ import annotations

_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_SHUFFLE = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_INVERSE = "0432156789"


def luhn(body: str) -> str:
    """Return body with its Luhn digit appended (cards)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def verhoeff(body: str) -> str:
    """Return body with its Verhoeff digit appended (Aadhaar)."""
    state = 0
    for place, digit in enumerate(reversed(body), 1):
        state = int(_DIHEDRAL[state][int(_SHUFFLE[place % 8][int(digit)])])
    return body + _INVERSE[state]


def routing(body: str) -> str:
    """Return eight digits with their ABA check digit appended."""
    return body + str(-sum(int(d) * w for d, w in zip(body, (3, 7, 1, 3, 7, 1, 3, 7), strict=True)) % 10)


def iban(country: str, rest: str) -> str:
    """Return the IBAN of a country and its domestic part, with the two check digits put in."""
    number = int("".join(str(int(sign, 36)) for sign in f"{rest}{country}00"))
    return f"{country}{98 - number % 97:02d}{rest}"
