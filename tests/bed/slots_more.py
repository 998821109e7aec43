"""Other invented people, places, answers and words than those of the practice sets: what a new set must not share."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from . import check, spoken
from .slots_numbers import CARD_STEMS
from .value import Formed, Habit, Number, Slot, Words, cut, digits, letters

FIRST = """Alan Bridget Carlos Denise Everett Francesca Graham Helena Isaac Joyce Kieran Lorna Martina Nadia Owen
    Paula Ramona Stuart Teresa Vernon Wesley Yvonne Anita Brendan Colette Desmond Elaine Fergus Glenda Hassan Irene
    Jamal Katrina Louis Miriam Neville Olga Patrick Renee Sunil Trudy Meera Rohan Lakshmi Declan Bruce""".split()
LAST = """Ashworth Barlow Carmichael Donnelly Ellison Fitzgerald Garrison Hendricks Ingram Jefferson Kowalski Lambert
    Mendoza Norwood Ortega Prescott Quigley Ramirez Sheridan Templeton Upton Vaughan Wainwright Yates Zimmerman
    Banerjee Desai Gallagher Haddad Krishnan Lombardi Murphy Nguyen Osborne Pereira Reddy Sinclair Tremblay
    Venter Walsh""".split()
STREETS = """Birchwood Chestnut Orchard Prospect Granville Sycamore Winston Meadowbrook Fairview Stanhope Linden
    Beaumont Heather Crescent Ridgeway Thornton Walnut Ashgrove Highfield Laurel Clifton Magnolia""".split()
WAYS: Mapping[str, tuple[str, ...]] = {
    "uk": ("Road", "Gardens", "Terrace", "Way", "Hill"),
    "us": ("Road", "Lane", "Avenue", "Place", "Circle"),
    "au": ("Street", "Road", "Drive", "Parade"),
    "ie": ("Road", "Park", "Grove", "Terrace"),
    "in": ("Society", "Enclave", "Towers", "Residency"),
}
TOWNS: Mapping[str, tuple[str, ...]] = {
    "uk": ("Marlford", "Easterby", "Wickton", "Stonebridge", "Longmere"),
    "us": ("Brookdale, Kansas", "Harmon, Indiana", "Westfield, Vermont", "Pine Ridge, Georgia", "Norwood, Nevada"),
    "au": ("Kangaroo Point", "Bluewater", "Redgum", "Tallawong"),
    "ie": ("Ballymore", "Kilbrack", "Castlefin", "Dunmoyle"),
    "in": ("M G Road, Bangalore", "Salt Lake, Kolkata", "Anna Nagar, Chennai", "Banjara Hills, Hyderabad"),
}
MAIL_HOSTS = """gmail dot com|gmail dot com|icloud dot com|proton mail dot com|b t internet dot com|yahoo dot co dot uk|
    comcast dot net|greenlark dot ie|live dot in|optus net dot com dot A U""".split("|")
CONDITIONS = """shingles|pneumonia|glaucoma|Crohn's disease|lupus|bipolar disorder|tinnitus|a slipped disc|angina|
    dermatitis|an irregular heartbeat|osteoporosis|a stomach ulcer|high cholesterol|vertigo|type one diabetes""".split(
    "|"
)
MEDICINES = """losartan|tramadol|codeine|penicillin|montelukast|pantoprazole|citalopram|simvastatin|hydrocortisone|
    methotrexate|diazepam|ramipril|clopidogrel|paracetamol""".split("|")
PASSWORD_WORDS = """orange kettle sunrise panther bramble castle pickle dolphin winter guitar rainbow hammer cactus
    butterfly pirate teapot""".split()
TEACHERS = ("Mister Abbott", "Mrs Costello", "Miss Pringle", "Mister Okafor", "Sister Bernadette")
FOODS = ("mushroom risotto", "lamb curry", "apple crumble", "fish tacos", "masala dosa")
HONEYMOONS = ("Corfu", "Niagara Falls", "Bali", "Lake Garda", "Goa")
NICKNAMES = ("Squeak", "Bean", "Tiger", "Chips", "Little Bear")
JOBS = ("a paper round", "at a bakery", "lifeguard", "in my uncle's garage", "picking strawberries")


def _spell(text: str, habit: Habit) -> str:
    """Return the letters of text; long words are spelled with bare letters."""
    signs = [sign for sign in text if sign.isalpha()]
    form = habit.letters if len(signs) < 8 else "plain"
    return " ".join(spoken.letter(sign, form) for sign in signs)


def someone(rng: Random) -> Formed:
    """First and last name. Parts: first, last, spelled (the last name), firstspelled, backwards (last, first)."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    return Formed(
        {
            "": lambda _habit, _rng: f"{first} {last}",
            "first": lambda _habit, _rng: first,
            "last": lambda _habit, _rng: last,
            "spelled": lambda habit, _rng: _spell(last, habit),
            "firstspelled": lambda habit, _rng: _spell(first, habit),
            "backwards": lambda _habit, _rng: f"{last}, {first}",
        }
    )


def place(rng: Random, land: str) -> Formed:
    """House, road and town. Parts: house, road, street (both), town, roadspelled, townspelled."""
    name, way = rng.choice(STREETS), rng.choice(WAYS[land])
    town, count = rng.choice(TOWNS[land]), rng.choice((rng.randint(3, 99), rng.randint(101, 9650)))
    if land == "us":
        house = spoken.in_pairs(str(count), "oh") if count % 100 else spoken.cardinal(count)
    elif land == "in":
        house = f"flat {spoken.in_pairs(str(count % 900 + 101), 'oh')}"
    else:
        house = spoken.cardinal(count % 240 + 1, british=True)
    road = f"{name} {way}"
    one_by_one = spoken.one_by_one(str(count), rng.choice(("zero", "oh")))
    return Formed(
        {
            "": lambda _habit, _rng: f"{house} {road}, {town}",
            "house": lambda _habit, rng: rng.choice((house, one_by_one)) if land == "us" else house,
            "road": lambda _habit, _rng: road,
            "street": lambda _habit, _rng: f"{house} {road}",
            "town": lambda _habit, _rng: town.partition(",")[0],
            "roadspelled": lambda habit, rng: _spell(rng.choice((name, road)), habit),
            "townspelled": lambda habit, _rng: _spell(town.partition(",")[0], habit),
        }
    )


def mail(rng: Random) -> Formed:
    """A mail address. Parts: "" (said), spelled (the name by letters)."""
    first, last, host = rng.choice(FIRST), rng.choice(LAST), rng.choice(MAIL_HOSTS).strip()
    tail, style = digits(rng, 2, "123456789"), rng.randrange(4)

    def said(habit: Habit, rng: Random) -> str:
        number = spoken.group(tail, rng.choice(("pairs", "plain")), "oh", rng)
        local = (
            f"{first.lower()} {last.lower()}, all one word,", f"{first[0]} {last.lower()} {number}",
            f"{last.lower()} dot {first.lower()}", f"the {last.lower()} family",
        )[style]  # fmt: skip
        return f"{local} at {host}"

    return Formed({"": said, "spelled": lambda habit, _rng: f"{_spell(last, habit)}, at {host}"})


def login(rng: Random) -> Formed:
    """A login name. Parts: "" (said), spelled."""
    first, last, tail = rng.choice(FIRST).lower(), rng.choice(LAST).lower(), digits(rng, 3, "123456789")
    word, style = rng.choice(PASSWORD_WORDS), rng.randrange(4)

    def said(habit: Habit, rng: Random) -> str:
        number = spoken.group(tail, rng.choice(("plain", "runs")), habit.zero, rng)
        return (f"{word} {number}", f"{first} {last[0].upper()}", f"{last} dot {first}", f"{first} {word} {number}")[
            style
        ]

    def spelled(habit: Habit, rng: Random) -> str:
        return f"{_spell(last[:4], habit)} {spoken.group(tail, habit.form, habit.zero, rng)}"

    return Formed({"": said, "spelled": spelled})


def passphrase(rng: Random) -> Formed:
    """A password of common words. Parts: "" (said), spelled (a mix of signs), word."""
    one, two, three = rng.sample(PASSWORD_WORDS, 3)
    tail, style, sign = digits(rng, rng.choice((2, 3, 4))), rng.randrange(5), rng.choice("!#-*&+")
    mixed = f"{letters(rng, 3)}{digits(rng, 3)}{letters(rng, 1).lower()}{digits(rng, 2)}"

    def said(habit: Habit, rng: Random) -> str:
        number, mark = spoken.group(tail, habit.form, habit.zero, rng), spoken.SYMBOLS[sign]
        return (
            f"{one} {two} {three}", f"{one} with a capital {one[0].upper()}, then {number}",
            f"{one} {number} {mark}", f"{number} {one}", f"{one} dash {two} dash {number}",
        )[style]  # fmt: skip

    def spelled(habit: Habit, rng: Random) -> str:
        return spoken.signs(mixed, habit.form, habit.letters, habit.zero, rng)

    return Formed({"": said, "spelled": spelled, "word": lambda _habit, _rng: one})


def _card_fours(rng: Random) -> Number:
    return Number(cut(check.luhn(rng.choice(CARD_STEMS) + digits(rng, 9)), 4, 4, 4, 4))


def _phone_ie(rng: Random) -> Number:
    return Number(("020", "91" + digits(rng, 1), digits(rng, 4)))  # kept for drama


def _eircode(rng: Random) -> Number:
    return Number((letters(rng, 1, "DHKPVX") + digits(rng, 2), letters(rng, 1) + digits(rng, 2) + letters(rng, 1)))


def _one_of(choices: tuple[str, ...] | list[str]) -> Slot:
    return lambda rng: Words({"": rng.choice(choices).strip()})


SLOTS: Mapping[str, Slot] = {
    "someone": someone,
    "place_uk": lambda rng: place(rng, "uk"),
    "place_us": lambda rng: place(rng, "us"),
    "place_au": lambda rng: place(rng, "au"),
    "place_ie": lambda rng: place(rng, "ie"),
    "place_in": lambda rng: place(rng, "in"),
    "mail": mail,
    "login": login,
    "passphrase": passphrase,
    "card_fours": _card_fours,
    "phone_ie": _phone_ie,
    "eircode": _eircode,
    "euros": lambda rng: Words({"": f"{spoken.cardinal(rng.randint(12, 640), british=True)} euros"}),
    "condition": _one_of(CONDITIONS),
    "medicine": _one_of(MEDICINES),
    "teacher": _one_of(TEACHERS),
    "food": _one_of(FOODS),
    "honeymoon": _one_of(HONEYMOONS),
    "nickname": _one_of(NICKNAMES),
    "firstjob": _one_of(JOBS),
}
