"""Tempting numbers that nobody needs to hide: prices, times, dates, quantities, models, sizes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from . import spoken
from .value import Slot, Words

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MODELS = """the X T four hundred|the Corvo nine hundred|the M six fifty|the Pixie three A|the T five twenty|
    the Zeta seven two one|the B R forty|the K twelve eighty|the series five|the H P fifty two hundred""".split("|")


def _words(*choices: str) -> Slot:
    return lambda rng: Words({"": rng.choice(choices).strip()})


def _money(rng: Random, major: str, minor: str) -> Words:
    whole, part = rng.choice((rng.randint(3, 99), rng.randint(100, 980))), rng.choice((0, 20, 45, 50, 75, 99))
    said = spoken.cardinal(whole, british=major == "pounds")
    if not part:
        return Words({"": f"{said} {major}"})
    tail = spoken.below_hundred(part)
    return Words({"": rng.choice((f"{said} {major} {tail}", f"{said} {major} and {tail} {minor}", f"{said} {tail}"))})


def _fee(rng: Random, major: str) -> Words:
    whole, part = rng.randint(2, 19), rng.choice((0, 0, 25, 50, 80, 95))
    said = spoken.below_hundred(whole)
    return Words({"": f"{said} {major} {spoken.below_hundred(part)}" if part else f"{said} {major}"})


def _rupees(rng: Random) -> Words:
    thousands, hundreds = rng.randint(1, 40), rng.randint(0, 9)
    tail = f" {spoken.ONES[hundreds]} hundred" if hundreds else ""
    return Words({"": f"{spoken.below_hundred(thousands)} thousand{tail} rupees"})


def _time(rng: Random) -> Words:
    hour, minute = rng.randint(1, 12), rng.choice((0, 5, 10, 15, 20, 30, 40, 45, 50))
    now, after = spoken.below_hundred(hour), spoken.below_hundred(hour % 12 + 1)
    if minute == 0:
        return Words({"": rng.choice((f"{now} o'clock", f"{now} in the morning", f"{now} p m"))})
    forms = [f"{now} {'oh ' if minute < 10 else ''}{spoken.below_hundred(minute)}"]
    if minute == 15:
        forms.append(f"quarter past {now}")
    if minute == 30:
        forms.append(f"half past {now}")
    if minute == 45:
        forms.append(f"quarter to {after}")
    return Words({"": rng.choice(forms)})


def _date(rng: Random) -> Words:
    day, month = rng.randint(1, 28), rng.choice(spoken.MONTHS)
    forms = (
        f"the {spoken.ordinal(day)} of {month}",
        f"{month} {spoken.ordinal(day)}",
        f"{rng.choice(DAYS)} the {spoken.ordinal(day)}",
    )
    return Words({"": rng.choice(forms)})


def _between(low: int, high: int, unit: str = "") -> Slot:
    return lambda rng: Words({"": f"{spoken.cardinal(rng.randint(low, high))} {unit}".strip()})


def _decimal(low: int, high: int, unit: str) -> Slot:
    def draw(rng: Random) -> Words:
        return Words({"": f"{spoken.cardinal(rng.randint(low, high))} point {spoken.ONES[rng.randint(1, 9)]} {unit}"})

    return draw


def _version(rng: Random) -> Words:
    parts = [rng.randint(1, 19), rng.randint(0, 12), rng.randint(0, 9)][: rng.choice((2, 3))]
    return Words({"": " point ".join(spoken.below_hundred(part) for part in parts)})


SLOTS: Mapping[str, Slot] = {
    "pounds": lambda rng: _money(rng, "pounds", "pence"),
    "dollars": lambda rng: _money(rng, "dollars", "cents"),
    "fee_pounds": lambda rng: _fee(rng, "pounds"),
    "fee_dollars": lambda rng: _fee(rng, "dollars"),
    "rupees": _rupees,
    "time": _time,
    "date": _date,
    "day": _words(*DAYS),
    "month": _words(*spoken.MONTHS),
    "few": _between(2, 9),
    "some": _between(10, 48),
    "many": _between(110, 950),
    "thousands": lambda rng: Words({"": spoken.cardinal(rng.randint(2, 90) * 1000 + rng.choice((0, 0, 500)))}),
    "minutes": lambda rng: Words({"": f"{spoken.below_hundred(5 * rng.randint(1, 11))} minutes"}),
    "percent": _decimal(1, 14, "percent"),
    "degrees": _between(16, 75, "degrees"),
    "litres": _between(2, 60, "litres"),
    "megabits": lambda rng: Words(
        {"": f"{rng.choice(('fifty', 'one hundred', 'two fifty', 'nine hundred'))} megabits"}
    ),
    "kilos": _decimal(2, 28, "kilos"),
    "miles": _between(3, 320, "miles"),
    "inches": _between(11, 75, "inches"),
    "model": _words(*MODELS),
    "flight": lambda rng: Words({"": f"flight {spoken.in_pairs(str(rng.randint(111, 989)), 'oh')}"}),
    "room": lambda rng: Words({"": f"room {spoken.in_pairs(str(rng.randint(101, 989)), 'oh')}"}),
    "floor": lambda rng: Words({"": f"the {spoken.ordinal(rng.randint(2, 14))} floor"}),
    "option": _words("one", "two", "three", "four", "five", "zero", "nine"),
    "bus": lambda rng: Words({"": spoken.cardinal(rng.randint(2, 98))}),
    "years": lambda rng: Words({"": f"{spoken.below_hundred(rng.randint(2, 25))} years"}),
    "weeks": lambda rng: Words({"": f"{spoken.below_hundred(rng.randint(2, 12))} weeks"}),
    "pastyear": lambda rng: Words({"": spoken.year(rng.randint(1995, 2025), rng)}),
    "version": _version,
}
