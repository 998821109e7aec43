"""Invented people: names of many origins, addresses, mail, dates of birth, answers, illnesses. Nobody real."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from . import spoken
from .value import Formed, Habit, Number, Slot, Words, digits, letters

FIRST = """Annelise Bartholomew Chiamaka Dmitri Eleni Farid Gwendolyn Hiroshi Ingrid Jarek Kavita Lorenzo Mairead
    Nkechi Oluwaseun Priyanka Quentin Rosalind Sanjeev Tamsin Ulrich Valentina Wilhelmina Ximena Yusuf Zainab Arjun
    Beatriz Cormac Deepika Emeka Fatima Gustavo Harriet Imran Jocelyn Keisha Leonard Marisol Naveen Odette Percy
    Rajesh Shanice Terrence Ursula Vikram Winifred Yolanda Clifford Delphine Edmund Florence Geraldine""".split()
LAST = """Abernathy Brightwater Castellano Dunmore Eriksson Falkenberg Gallowmere Hathersage Iyengar Jankowski
    Kirkbride Lindqvist Mwangi Nakamura Okonjo Papadakis Quillfeather Ramaswamy Szymanski Thistlewood Underhill
    Vasquez Whitlock Yamazaki Zielinski Adeyemi Bhattacharya Crowhurst Delacroix Featherstone Grimshaw Holloway
    Kulkarni Marchetti Nightingale Pemberton Rutherford Subramaniam Trevelyan Wetherby Chowdhury Fernandes
    Goldsworthy Mahmood Petrov Chaudhry""".split()
STREETS = """Alder Bramble Candlewick Dovecote Elderflower Foxglove Gorse Hawthorn Ironstone Juniper Kingfisher
    Larkspur Mulberry Nettlebed Oakhollow Primrose Quarry Rosemary Saddlers Tanners Windmill Yarrow Cobblers
    Pepperbox Harebell""".split()
UK_WAYS, US_WAYS, AU_WAYS = "Road Lane Close Street Avenue".split(), "Street Drive Avenue Court Boulevard".split(), (
    "Street Parade Crescent Terrace".split()
)  # fmt: skip
UK_TOWNS = "Barrowmere Thornbury Wexcombe Hollinfield Ashbrook Penmoor Kelsall".split()
US_TOWNS = ("Cedar Falls, Iowa", "Mapleton, Oregon", "Rockdale, Texas", "Clayville, Ohio", "Fairmont, Nebraska")
AU_TOWNS = ("Wattle Creek", "Kooringal", "Emerald Bay", "Mount Banksia")
IN_PLACES = ("Shanti Nagar, Pune", "Gandhi Colony, Nagpur", "Lake View Layout, Mysore", "Ashok Vihar, Jaipur")
POSTAL_AREAS = "LS BN CF EH PL SO WR NG TQ KY".split()
MAIL_HOSTS = """gmail|gmail|outlook|yahoo|hotmail|example|fernpost|bluekettle|tarnworks""".split("|")
ILLNESSES = """asthma|type two diabetes|high blood pressure|migraine|eczema|epilepsy|arthritis|depression|bronchitis|
    sciatica|an underactive thyroid|anxiety|kidney stones|psoriasis|a heart murmur|anaemia|gout|sleep apnea""".split(
    "|"
)
DRUGS = """metformin|lisinopril|amoxicillin|sertraline|atorvastatin|salbutamol|levothyroxine|omeprazole|ibuprofen|
    prednisone|warfarin|gabapentin|amlodipine|insulin|fluoxetine|naproxen""".split("|")
PETS = "Biscuit Pickles Mabel Rufus Snowball Tango Waffles Domino Clementine Bandit".split()
SCHOOLS = ("Saint Brannock's", "Oakmere Primary", "Lincoln Elementary", "Hillcrest High", "Riverbend Academy")
BAND_WORDS = ("the velvet foxes", "the paper lanterns", "silver harbour", "midnight tractor")
CARS = ("a blue Fiat Panda", "a Morris Minor", "a Ford Escort", "an old Toyota Corolla", "a Vauxhall Nova")


def name(rng: Random) -> Formed:
    """First and last name. Parts: first, last, spelled (the last name by letters), formal."""
    first, last = rng.choice(FIRST), rng.choice(LAST)

    def spelled(habit: Habit, rng: Random) -> str:
        form = habit.letters if len(last) < 8 else "plain"
        return " ".join(spoken.letter(sign, form) for sign in last)

    return Formed(
        {
            "": lambda _habit, _rng: f"{first} {last}",
            "first": lambda _habit, _rng: first,
            "last": lambda _habit, _rng: last,
            "spelled": spelled,
        }
    )


def dob(rng: Random) -> Formed:
    """A date of birth in all usual orders. Parts: "" (any), digits (all digits), keys (as typed)."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1938, 2006)

    def numeric(habit: Habit, rng: Random, *, american: bool | None = None) -> str:
        zero = "oh" if habit.zero == "nought" else habit.zero
        pair = [f"{zero} {spoken.ONES[n]}" if n < 10 else spoken.below_hundred(n) for n in (day, month)]
        if american if american is not None else rng.random() < 0.5:
            pair.reverse()
        mark = rng.choice((", ", " ", " slash "))
        tail = rng.choice((spoken.year(year, rng), spoken.group(f"{year % 100:02d}", "pairs", zero, rng)))
        return mark.join((*pair, tail))

    def say(habit: Habit, rng: Random) -> str:
        full, nth, said = spoken.MONTHS[month - 1], spoken.ordinal(day), spoken.year(year, rng)
        forms = (
            f"the {nth} of {full}, {said}", f"{full} {nth}, {said}", f"{nth} {full} {said}",
            f"{full} the {nth}, {said}", f"{spoken.below_hundred(day)} {full} {said}", f"{said}, {full} the {nth}",
            numeric(habit, rng), numeric(habit, rng),
        )  # fmt: skip
        return rng.choice(forms)

    return Formed({"": say, "digits": numeric, "keys": lambda _habit, _rng: f"{day:02d}{month:02d}{year}"})


def email(rng: Random) -> Formed:
    """A mail address. Parts: "" (said), spelled (the name by letters), host."""
    first, last, host = rng.choice(FIRST), rng.choice(LAST), rng.choice(MAIL_HOSTS)
    ending = rng.choice(("com", "com", "com", "org", "net", "co dot uk"))
    tail = digits(rng, 2, "123456789")
    style = rng.randrange(5)

    def local(habit: Habit, rng: Random) -> str:
        number = spoken.group(tail, rng.choice(("pairs", "plain")), "oh", rng)
        return (
            f"{first.lower()} dot {last.lower()}", f"{first.lower()} {number}", f"{first[0]} dot {last.lower()}",
            f"{last.lower()} underscore {number}", f"{first.lower()} dash {last.lower()} {number}",
        )[style]  # fmt: skip

    def spelled(habit: Habit, rng: Random) -> str:
        return " ".join(spoken.letter(sign, habit.letters if len(first) < 7 else "plain") for sign in first)

    return Formed(
        {
            "": lambda habit, rng: f"{local(habit, rng)} at {host} dot {ending}",
            "spelled": lambda habit, rng: f"{spelled(habit, rng)}, at {host} dot {ending}",
            "host": lambda _habit, _rng: f"{host} dot {ending}",
        }
    )


def address(rng: Random, land: str) -> Words:
    """House, street and town. Parts: street (house and street), town."""
    road = rng.choice(STREETS)
    if land == "uk":
        house = rng.choice(
            (spoken.cardinal(rng.randint(2, 180), british=True), "flat two, " + spoken.cardinal(rng.randint(3, 60)))
        )
        street, town = f"{house} {road} {rng.choice(UK_WAYS)}", rng.choice(UK_TOWNS)
    elif land == "us":
        number = rng.randint(101, 9899)
        house = spoken.in_pairs(str(number), "oh") if number % 100 else spoken.cardinal(number)
        street, town = f"{house} {road} {rng.choice(US_WAYS)}", rng.choice(US_TOWNS)
    elif land == "au":
        unit = f"unit {spoken.below_hundred(rng.randint(1, 30))}, " if rng.random() < 0.4 else ""
        street, town = (
            f"{unit}{spoken.cardinal(rng.randint(2, 250))} {road} {rng.choice(AU_WAYS)}",
            rng.choice(AU_TOWNS),
        )
    else:
        street = f"house number {spoken.below_hundred(rng.randint(3, 99))}, {road} Apartments"
        town = rng.choice(IN_PLACES)
    return Words({"": f"{street}, {town}", "street": street, "town": town})


def postcode(rng: Random) -> Number:
    """A British postcode, outward and inward."""
    return Number(
        (
            rng.choice(POSTAL_AREAS) + str(rng.randint(2, 29)),
            str(rng.randint(1, 9)) + letters(rng, 2, "ABDEFHJLNPQRSTUWXYZ"),
        )
    )


def upi(rng: Random) -> Formed:
    """A UPI id: a name or number and a handle."""
    first, tail = rng.choice(FIRST).lower(), digits(rng, rng.choice((2, 3)), "123456789")
    handle = rng.choice(("Y B L", "paytm", "O K axis", "U P I", "I B L", "O K S B I"))
    return Formed({"": lambda habit, rng: f"{first} {spoken.group(tail, habit.form, habit.zero, rng)} at {handle}"})


def username(rng: Random) -> Formed:
    """A login name."""
    first, last, tail = rng.choice(FIRST).lower(), rng.choice(LAST).lower(), digits(rng, 2, "123456789")
    style = rng.randrange(4)

    def say(habit: Habit, rng: Random) -> str:
        number = spoken.group(tail, rng.choice(("pairs", "plain")), habit.zero, rng)
        return (
            f"{first} dot {last}", f"{first[0].upper()} {last} {number}", f"{last} {number}",
            f"{first} underscore {last[0].upper()} {number}",
        )[style]  # fmt: skip

    return Formed({"": say})


def _one_of(choices: tuple[str, ...] | list[str]) -> Slot:
    return lambda rng: Words({"": rng.choice(choices).strip()})


SLOTS: Mapping[str, Slot] = {
    "name": name,
    "dob": dob,
    "email": email,
    "address_uk": lambda rng: address(rng, "uk"),
    "address_us": lambda rng: address(rng, "us"),
    "address_au": lambda rng: address(rng, "au"),
    "address_in": lambda rng: address(rng, "in"),
    "postcode": postcode,
    "zip": lambda rng: Number((digits(rng, 5),)),
    "postcode_au": lambda rng: Number((digits(rng, 4, "23456"),)),
    "pincode": lambda rng: Number((digits(rng, 3, "12345678"), digits(rng, 3))),
    "upi": upi,
    "username": username,
    "illness": _one_of(ILLNESSES),
    "drug": _one_of(DRUGS),
    "pet": _one_of(PETS),
    "school": _one_of(SCHOOLS),
    "band": _one_of(BAND_WORDS),
    "firstcar": _one_of(CARS),
    "maiden": _one_of(LAST),
    "birthtown": _one_of([*UK_TOWNS, *AU_TOWNS]),
}
