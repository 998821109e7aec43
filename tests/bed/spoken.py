"""Numbers and letters as people say them. Every choice is drawn from the random generator that is passed in."""

from __future__ import annotations

from random import Random

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
SPANISH = "cero uno dos tres cuatro cinco seis siete ocho nueve".split()
HINDI = "shunya ek dho teen chaar paanch chhe saat aath nau".split()
NATO = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        """alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec
        romeo sierra tango uniform victor whiskey xray yankee zulu""".split(),
        strict=True,
    )
)
HOMELY = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        """apple butter cherry dog egg fish green house igloo jelly kite lemon monkey nut orange paper queen river sugar
        table umbrella violet water xylophone yellow zebra""".split(),
        strict=True,
    )
)
ZEROS = ("zero", "oh", "oh", "nought")
SYMBOLS = {
    "!": "exclamation mark", "#": "hash", "@": "at sign", "_": "underscore", "-": "dash", "$": "dollar sign",
    "*": "asterisk", "&": "ampersand", "%": "percent sign", "+": "plus", ".": "dot", "/": "slash",
}  # fmt: skip
MONTHS = """January February March April May June July August September October November December""".split()
_ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
DIGIT_FORMS = ("plain", "plain", "runs", "runs", "pairs", "tens", "hundreds")


def below_hundred(number: int) -> str:
    """Return 0-99 in words: "forty two"."""
    if number < 10:
        return ONES[number]
    if number < 20:
        return TEENS[number - 10]
    return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")


def cardinal(number: int, *, british: bool = False) -> str:
    """Return 0-999,999 in words: "two hundred (and) five thousand, ..."."""
    if number < 100:
        return below_hundred(number)
    if number < 1000:
        rest = number % 100
        join = " and " if british else " "
        return f"{ONES[number // 100]} hundred" + (f"{join}{below_hundred(rest)}" if rest else "")
    head = f"{cardinal(number // 1000, british=british)} thousand"
    rest = number % 1000
    if not rest:
        return head
    return f"{head}{' and' if british and rest < 100 else ''} {cardinal(rest, british=british)}"


def ordinal(number: int) -> str:
    """Return 1-99 as an ordinal: "twenty first"."""
    if number in _ORDINALS:
        return _ORDINALS[number]
    if number < 20:
        return f"{below_hundred(number)}th"
    if number % 10:
        return f"{TENS[number // 10]} {ordinal(number % 10)}"
    return f"{TENS[number // 10][:-1]}ieth"


def year(number: int, rng: Random) -> str:
    """Return a year 1900-2099 as said: "nineteen oh four", "two thousand and six", "twenty twenty six"."""
    head, tail = divmod(number, 100)
    if 2000 <= number < 2010:
        return rng.choice(("two thousand", "two thousand and")) + f" {ONES[tail]}" if tail else "two thousand"
    if not tail:
        return f"{below_hundred(head)} hundred"
    return f"{below_hundred(head)} {'oh ' if tail < 10 else ''}{below_hundred(tail)}"


def one_by_one(digits: str, zero: str, table: list[str] | None = None) -> str:
    """Return digits one at a time; `zero` is how this speaker says 0."""
    table = table or [zero, *ONES[1:]]
    return " ".join(table[int(digit)] for digit in digits)


def in_runs(digits: str, zero: str) -> str:
    """Return digits with "double" and "triple" for equal neighbours."""
    out, at = [], 0
    while at < len(digits):
        run = 1
        while run < 3 and digits[at : at + run + 1] == digits[at] * (run + 1):
            run += 1
        out.append(("", "double ", "triple ")[run - 1] + one_by_one(digits[at], zero))
        at += run
    return " ".join(out)


def in_pairs(digits: str, zero: str) -> str:
    """Return digits two at a time: "forty one, oh six"; an odd first digit stands alone."""
    out = [one_by_one(digits[0], zero)] if len(digits) % 2 else []
    for at in range(len(digits) % 2, len(digits), 2):
        pair = digits[at : at + 2]
        out.append(one_by_one(pair, zero) if pair[0] == "0" else below_hundred(int(pair)))
    return " ".join(out)


def in_hundreds(digits: str, zero: str) -> str:
    """Return "forty five hundred" or "three hundred" where the group ends in zeros, else digits one at a time."""
    if len(digits) == 4 and digits.endswith("00") and digits[0] != "0" and digits[1] != "0":
        return f"{below_hundred(int(digits[:2]))} hundred"
    if len(digits) == 3 and digits.endswith("00") and digits[0] != "0":
        return f"{ONES[int(digits[0])]} hundred"
    return in_runs(digits, zero)


def group(digits: str, form: str, zero: str, rng: Random) -> str:
    """Return one group of digits in a form of DIGIT_FORMS, or es, hi (digits in Spanish or Hindi)."""
    if form == "es":
        return one_by_one(digits, zero, SPANISH)
    if form == "hi":
        return one_by_one(digits, zero, HINDI)
    if form == "tens":  # this speaker changes from group to group
        form = rng.choice(("pairs", "plain", "hundreds"))
    if form == "pairs":
        return in_pairs(digits, zero)
    if form == "hundreds":
        return in_hundreds(digits, zero)
    return in_runs(digits, zero) if form == "runs" else one_by_one(digits, zero)


def letter(sign: str, form: str) -> str:
    """Return one letter: plain ("T"), nato ("tango"), homely ("T for table"), as_in ("T as in tango")."""
    sign = sign.upper()
    if form == "nato":
        return NATO[sign]
    if form == "homely":
        return f"{sign} for {HOMELY[sign]}"
    if form == "as_in":
        return f"{sign} as in {NATO[sign]}"
    return sign


def signs(text: str, form: str, letters: str, zero: str, rng: Random) -> str:
    """Return mixed letters, digits and symbols: digits in `form` run by run, letters in `letters`."""
    out, at = [], 0
    while at < len(text):
        end = at + 1
        if text[at].isdigit():
            while end < len(text) and text[end].isdigit():
                end += 1
            out.append(group(text[at:end], form, zero, rng))
        elif text[at].isalpha():
            out.append(letter(text[at], letters))
        else:
            out.append(SYMBOLS[text[at]])
        at = end
    return " ".join(out)
