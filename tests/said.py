"""How people say numbers, codes and addresses on the phone, and what recognisers write for it.

Every function takes a source of randomness and returns words as a recogniser would write them, in lower case.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

UNITS = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = "january february march april may june july august september october november december".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
NATO = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey x-ray yankee zulu"
).split()
OTHER = (
    "apple boy cat david elephant freddie george harry ink jack kite lemon mother nancy orange peter queen robert "
    "sugar tommy umbrella violet water xylophone yellow zebra"
).split()
MISHEARD = {"4": "for", "2": "to", "8": "ate", "1": "won"}
HESITATIONS = ("um", "uh", "and", "then")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CONSONANTS = "bcdfghjklmnpqrstvwxyz"
WORDS = "marmalade windmill kettle orchard velvet trumpet saffron badger lantern pickle walnut biscuit".split()
HOSTS = (
    "gmail dot com", "yahoo dot co dot uk", "outlook dot com", "hot mail dot com", "proton dot me",
    "thistle crafts dot org", "icloud dot com", "bluebell dot studio", "gmail.com", "rediffmail dot com",
)  # fmt: skip
HANDLES = ("okaxis", "ok s b i", "ybl", "paytm", "ok h d f c bank", "upi", "axl", "ibl", "ok i c i c i", "apl")
COUNTRY_CODES = ("forty four", "four four", "three five three", "one", "ninety one", "nine one", "sixty one", "six one")
SIGNS = ("hash", "dash", "underscore", "exclamation mark", "star", "at sign", "dollar sign", "question mark", "dot")


def digits(rng: Random, size: int) -> str:
    """`size` random digits, the first not a zero."""
    return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(size - 1))


def below_hundred(n: int) -> str:
    """ "forty one" for 41."""
    if n < 10:
        return UNITS[n]
    if n < 20:
        return TEENS[n - 10]
    return TENS[n // 10] + (" " + UNITS[n % 10] if n % 10 else "")


def digit(rng: Random, d: str) -> str:
    """One digit by its name or as a figure."""
    if d == "0":
        return rng.choice(("oh", "zero", "nought", "0"))
    return rng.choice((UNITS[int(d)], UNITS[int(d)], d))


def number(rng: Random, value: str, *, misheard: bool = True, short: bool = False) -> str:
    """Digits read out in groups, each group in a way of its own. short: no long figures, no hundreds."""
    out: list[str] = []
    at = 0
    while at < len(value):
        rest = value[at:]
        same = len(rest) - len(rest.lstrip(rest[0]))
        way = rng.choice(("one", "one", "one", "pair", "group", "hundred", "same"))
        if way == "same" and same >= 2:
            times = min(same, rng.choice((2, 3)))
            out.append(f"{ {2: 'double', 3: rng.choice(('triple', 'treble'))}[times] } {digit(rng, rest[0])}".strip())
            at += times
        elif way == "pair" and len(rest) >= 2 and rest[0] != "0":
            out.append(below_hundred(int(rest[:2])))
            at += 2
        elif way == "group" and not short:
            size = min(len(rest), rng.choice((2, 3, 4)))
            out.append(rest[:size] + rng.choice(("", ",", ".")))
            at += size
        elif way == "hundred" and not short and len(rest) >= 3 and rest[0] != "0" and rest[1] != "0":
            tail = int(rest[1:3])
            out.append(f"{UNITS[int(rest[0])]} hundred {rng.choice(('', 'and '))}{below_hundred(tail)}")
            at += 3
        else:
            # No more than one in a row is misheard, and never the first or last: those have nobody to vouch for them.
            inside = 0 < at < len(value) - 1 and (not out or out[-1] not in MISHEARD.values())
            lost = misheard and inside and rest[0] in MISHEARD and rng.random() < 0.15
            out.append(MISHEARD[rest[0]] if lost else digit(rng, rest[0]))
            at += 1
        if at < len(value) and rng.random() < 0.05:
            out.append(rng.choice(HESITATIONS))
    return " ".join(out)


def letter(rng: Random, c: str) -> str:
    """One letter, bare or with a word that makes it clear."""
    i = LETTERS.index(c)
    return rng.choice(
        (
            c, c, c.upper(), NATO[i], f"{c} for {NATO[i]}", f"{c} for {OTHER[i]}", f"{c} as in {OTHER[i]}",
            f"{c} like {OTHER[i]}", f"{c} as in {NATO[i]}",
        )
    )  # fmt: skip


def code(rng: Random, value: str) -> str:
    """Letters and digits in order, digits beside each other as numbers are."""
    out: list[str] = []
    at = 0
    while at < len(value):
        if value[at].isdigit():
            end = at
            while end < len(value) and value[end].isdigit():
                end += 1
            out.append(number(rng, value[at:end], misheard=False))
            at = end
        else:
            out.append(letter(rng, value[at]))
            at += 1
    return " ".join(out)


def mixed(rng: Random, form: str) -> str:
    """A value of a form: A a letter, 9 a digit."""
    return "".join(rng.choice(CONSONANTS) if c == "A" else str(rng.randint(0, 9)) for c in form)


def card(rng: Random) -> str:
    """A payment card's number with its check digit."""
    body = rng.choice("345") + digits(rng, 14)
    total = sum(sum(divmod(2 * int(c), 10)) if i % 2 == 0 else int(c) for i, c in enumerate(body))
    return body + str(-total % 10)


def year(rng: Random, y: int) -> str:
    """A year in the usual ways."""
    ways = [str(y)]
    if y < 2000:
        tail = y % 100
        ways += [f"nineteen {below_hundred(tail) if tail >= 10 else 'oh ' + UNITS[tail]}"]
        ways += [below_hundred(tail)] if tail >= 10 else []
    else:
        tail = y % 100
        ways += [f"two thousand and {below_hundred(tail)}" if tail else "two thousand"]
        ways += [f"twenty {below_hundred(tail)}"] if tail >= 10 else []
    return rng.choice(ways)


def day(rng: Random, d: int) -> str:
    """A day of the month."""
    ordinal = ORDINALS[d - 1] if d <= 20 else f"{TENS[d // 10]} {ORDINALS[d % 10 - 1]}" if d % 10 else "thirtieth"
    suffix = "th" if 10 < d < 14 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    return rng.choice((ordinal, f"{d}{suffix}", below_hundred(d)))


def date(rng: Random) -> str:
    """A date of birth in the usual orders."""
    d, m, y = rng.randint(1, 31), rng.randint(1, 12), year(rng, rng.randint(1930, 2008))
    on, month = day(rng, d), MONTHS[m - 1]
    return rng.choice(
        (
            f"{on} {month} {y}", f"the {on} of {month} {y}", f"{month} {on} {y}", f"{month} the {on} {y}",
            f"{below_hundred(d)} {below_hundred(m)} {y}", f"the {on} of the {day(rng, m)} {y}",
            f"oh {UNITS[d % 10]} oh {UNITS[m % 10]} {y}",
        )
    )  # fmt: skip


def expiry(rng: Random) -> str:
    """When a card runs out."""
    m, y = rng.randint(1, 12), rng.randint(26, 34)
    month = rng.choice((MONTHS[m - 1], below_hundred(m), f"oh {UNITS[m]}" if m < 10 else below_hundred(m), f"{m:02d}"))
    year_said = below_hundred(y), f"twenty {below_hundred(y)}", str(y), f"20{y}", f"two thousand {below_hundred(y)}"
    slash = (f"{m}/{y}", f"{m:02d}/{y}", f"{m:02d}{y}", f"{month} slash {below_hundred(y)}")
    return rng.choice((*(f"{month} {said}" for said in year_said), *slash))


def email(rng: Random) -> str:
    """A mail address."""
    first, second = rng.sample(WORDS, 2)
    two = number(rng, digits(rng, 2), misheard=False)
    local = rng.choice(
        (
            f"{first} dot {second}", f"{first} {second}", f"{first} underscore {second}", f"{first} {two}",
            f"{letter(rng, 'm')} dot {first}", " ".join(first), f"{first} {second} all one word",
            f"{first} dash {second}", f"{first} dot {second} {below_hundred(rng.randint(10, 99))}",
        )
    )  # fmt: skip
    return f"{local} at {rng.choice(HOSTS)}"


def upi(rng: Random) -> str:
    """An address for payments in India."""
    first = rng.choice(WORDS)
    two = number(rng, digits(rng, 2), misheard=False)
    local = rng.choice((first, f"{first} dot {letter(rng, 'd')}", f"{first} {two}", number(rng, digits(rng, 10))))
    return f"{local} at {rng.choice(HANDLES)}"


def ip(rng: Random) -> str:
    """An internet address."""
    parts = [rng.randint(1, 254) for _ in range(4)]
    if rng.random() < 0.2:
        return ".".join(map(str, parts))
    return f" {rng.choice(('dot', 'point'))} ".join(number(rng, str(p), misheard=False) for p in parts)


def password(rng: Random) -> str:
    """A password: words, spelled letters, cases, digits and signs."""
    first, second = rng.sample(WORDS, 2)
    ending = f"{number(rng, digits(rng, 2), misheard=False, short=True)} {rng.choice(SIGNS)}"
    return rng.choice(
        (
            f"{first} {second}", f"capital {letter(rng, first[0])} {' '.join(first[1:])} {ending}", f"{first} {ending}",
            f"{first} with a capital {first[0]} {ending}", f"{first} {rng.choice(SIGNS)} {second}",
            f"{first} {second} all lower case", f"uppercase {first[0]} lowercase {first[1]} {ending}",
            f"{code(rng, mixed(rng, 'AA99A'))} {rng.choice(SIGNS)}",
        )
    )  # fmt: skip


def grouped(rng: Random, value: str) -> str:
    """Digits as recognisers write them down: "4539 1 48 8", "503-550-147", one of them lost or written twice."""
    at = rng.randrange(1, len(value))
    value = rng.choice((value, value, value[:at] + value[at + 1 :], value[:at] + value[at - 1] + value[at:]))
    parts = []
    while value:
        size = rng.choice((1, 2, 3, 4, 4))
        parts.append(value[:size])
        value = value[size:]
    joint = rng.choice((" ", " ", ", ", "-"))
    return joint.join(parts)


def phone(rng: Random) -> str:
    """A telephone number of Britain, Ireland, America, India or Australia, with or without its country's code."""
    national = rng.choice(("07999999999", "0208999999", "0877999999", "2029999999", "9899999999", "0499999999"))
    value = "".join(str(rng.randint(0, 9)) if c == "9" else c for c in national)
    if rng.random() < 0.3:
        return f"{rng.choice(('plus', 'double oh'))} {rng.choice(COUNTRY_CODES)} {number(rng, value.lstrip('0'))}"
    return number(rng, value)


def postcode(rng: Random) -> str:
    """A postcode of Britain or Canada, or a zip code."""
    form = rng.choice(("A9 9AA", "AA9 9AA", "AA99 9AA", "A9A 9A9", "99999", "99999"))
    value = mixed(rng, form)
    return number(rng, value, misheard=False, short=True) if form == "99999" else code(rng, value.replace(" ", ""))


SAID: dict[str, Callable[[Random], str]] = {
    "CARD_NUMBER": lambda r: number(r, card(r)),
    "SECURITY_CODE": lambda r: number(r, digits(r, r.choice((3, 3, 4)))),
    "PIN": lambda r: number(r, digits(r, r.choice((4, 4, 5, 6)))),
    "ONE_TIME_CODE": lambda r: number(r, digits(r, r.choice((4, 5, 6, 6, 8)))),
    "SSN": lambda r: number(r, digits(r, 9)),
    "AADHAAR": lambda r: number(r, digits(r, 12)),
    "BANK_ACCOUNT": lambda r: number(r, digits(r, r.choice((8, 9, 10, 12)))),
    "SORT_CODE": lambda r: number(r, digits(r, 6)),
    "ROUTING_NUMBER": lambda r: number(r, digits(r, 9)),
    "PHONE": phone,
    "POSTCODE": postcode,
    "IBAN": lambda r: code(r, mixed(r, "AA99AAAA99999999999999")),
    "NINO": lambda r: code(r, mixed(r, "AA999999A")),
    "PAN_INDIA": lambda r: code(r, mixed(r, "AAAAA9999A")),
    "PASSPORT": lambda r: code(r, mixed(r, r.choice(("999999999", "A9999999", "AA9999999")))),
    "DRIVING_LICENCE": lambda r: code(r, mixed(r, r.choice(("AAAAA999999AA9AA", "A9999999", "A999999999999")))),
    "VEHICLE_PLATE": lambda r: code(r, mixed(r, r.choice(("AA99AAA", "9AAA999", "AAA9999", "AA99AA9999")))),
    "MEMBER_NUMBER": lambda r: code(r, mixed(r, r.choice(("A99999", "AAA999999", "99999999")))),
    "BOOKING_REFERENCE": lambda r: code(r, mixed(r, r.choice(("A9AA9A", "AAA999", "999999")))),
    "DATE_OF_BIRTH": date,
    "CARD_EXPIRY": expiry,
    "EMAIL": email,
    "UPI_ID": upi,
    "IP_ADDRESS": ip,
    "PASSWORD": password,
}
"""By entity: one of its values, said."""

NUMBERS: dict[str, tuple[int, ...]] = {
    "CARD_NUMBER": (15, 16),
    "SECURITY_CODE": (3, 4),
    "PIN": (4, 6),
    "ONE_TIME_CODE": (4, 5, 6, 8),
    "SSN": (9,),
    "AADHAAR": (12,),
    "BANK_ACCOUNT": (8, 10, 12),
    "SORT_CODE": (6,),
    "ROUTING_NUMBER": (9,),
    "PHONE": (10, 11),
    "MEMBER_NUMBER": (8, 9),
    "PASSPORT": (9,),
    "POSTCODE": (5,),
}
"""By entity: how many digits those of its values have that are numbers."""
UNASKED = frozenset(
    "CARD_NUMBER SSN AADHAAR ROUTING_NUMBER PHONE IBAN NINO PAN_INDIA EMAIL VEHICLE_PLATE DRIVING_LICENCE".split()
)
"""What is known by its form alone, whoever says it."""
