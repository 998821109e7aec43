"""Word lists of spoken English: digits, tens, units, alphabets, fillers. Facts of the language, no call's text."""

from __future__ import annotations

DIGITS = {
    "zero": "0", "oh": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9",
}  # fmt: skip
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "20", "thirty": "30", "forty": "40", "fourty": "40", "fifty": "50", "sixty": "60",
    "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12", "thirteenth": "13",
    "fourteenth": "14", "fifteenth": "15", "sixteenth": "16", "seventeenth": "17", "eighteenth": "18",
    "nineteenth": "19", "twentieth": "20", "thirtieth": "30",
}  # fmt: skip
MULTIPLIERS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
MULTIPLIER_LIKE = frozenset(
    "devil purple ripple trouble bubble tribal temple dribble doubled nibble bell pebble".split()
)
"""What recognisers write for "double" and "triple" before a digit."""
MAGNITUDES = frozenset({"hundred", "thousand", "million", "billion", "lakh", "crore"})
MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec".split()
)

# What recognisers write for a digit or a letter in the middle of a number. Read so only next to digits.
DIGIT_LIKE = {
    "for": "4", "fore": "4", "to": "2", "too": "2", "won": "1", "ate": "8", "o": "0", "tree": "3", "free": "3",
    "sex": "6", "sicks": "6", "fife": "5", "nein": "9", "l": "1", "wan": "1", "foe": "4", "ait": "8", "tu": "2",
    "then": "10", "than": "10", "tan": "10", "know": "0", "hate": "8",
    "not": "0", "knot": "0", "naughty": "0", "nor": "0",
}  # fmt: skip
LETTER_LIKE = {
    "be": "b", "bee": "b", "see": "c", "sea": "c", "dee": "d", "ee": "e", "ef": "f", "eff": "f", "gee": "g",
    "aitch": "h", "eye": "i", "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "pee": "p",
    "queue": "q", "cue": "q", "are": "r", "ar": "r", "ess": "s", "es": "s", "tee": "t", "tea": "t", "you": "u",
    "vee": "v", "ex": "x", "why": "y", "zed": "z", "zee": "z",
}  # fmt: skip
ALPHABET = {
    "alpha": "a", "alfa": "a", "bravo": "b", "charlie": "c", "delta": "d", "echo": "e", "foxtrot": "f",
    "golf": "g", "hotel": "h", "india": "i", "juliet": "j", "juliett": "j", "kilo": "k", "lima": "l",
    "mike": "m", "november": "n", "oscar": "o", "papa": "p", "quebec": "q", "romeo": "r", "sierra": "s",
    "tango": "t", "uniform": "u", "victor": "v", "whiskey": "w", "whisky": "w", "xray": "x", "yankee": "y",
    "zulu": "z", "juliette": "j", "yankey": "y", "foxtrott": "f", "siera": "s", "oskar": "o", "viktor": "v",
}  # fmt: skip
JOINERS = frozenset("and dash hyphen space slash point dot comma then um uh er erm stroke underscore".split())
"""May stand between two parts of one number without ending it."""
SIGNS = frozenset(
    "dash hyphen minus underscore slash backslash stroke dot hash hashtag star asterisk exclamation ampersand plus "
    "apostrophe colon semicolon tilde caret bracket @ $ £ %".split()
)
"""Signs of a keyboard as they are said. "at", "point" and "question" are words like others."""
CASES = frozenset("capital capitals caps cap uppercase lowercase upper lower case small big".split())
"""How a letter of a password is written."""
CODE_JOINERS = (
    JOINERS
    | SIGNS
    | CASES
    | frozenset("letter number numeral figure digit followed by next finally mark sign at".split())
)
"""May stand between two parts of a code that was asked for."""
ALPHABET_LINKS = (
    ("as", "in"), ("like", "in"), ("is", "for"), ("is", "in"), ("as", "an"), ("is", "an"), ("as", "and"), ("is", "and"),
    ("has", "in"), ("was", "in"), ("for",), ("as",), ("like",), ("per",), ("of",),
)  # fmt: skip
"""Between a letter and the word that makes it clear: "b for bravo", "t as in tango"."""
ACRONYMS = frozenset(
    "ok tv pin id pc uk us usa eu iban bic swift cvv cvc ssn dob nhs paye vat upi pan atm usb wifi ip dns vpn pdf sms "
    "otp nino aba cid faq gps hr it am pm mr mrs ms dr po ac dc ad bc diy ceo isp lan wan hd led lcd url asap eta fyi "
    "gp gb mb tb kg km mph mg ml cm mm kw kwh dvla hmrc irs dmv aa rac bbc itv cd dvd suv iphone ios xl xxl cbb cbb2 "
    "cvb tbb cpb uid kyc kva kba ppi vans upis ibd ibdn codes cods psi "
    "amex visa no yes hi hello i'm oh um uh so the and".split()
)
"""Words written in capitals that spell nothing."""

UNITS = frozenset(
    "dollar dollars cent cents buck bucks pound pounds pence penny quid euro euros rupee rupees percent "
    "per second seconds minute minutes hour hours day days night nights week weeks weekend weekends month "
    "months year years am pm a.m p.m o'clock oclock clock times time mile miles kilometre kilometres "
    "kilometer kilometers meter meters metre metres foot feet inch inches gram grams kilo kilos kilogram "
    "kilograms milligram milligrams litre litres liter liters degree degrees volt volts watt watts "
    "gigabyte gigabytes megabyte megabytes megabit megabits gig gigs people person persons adult adults "
    "child children passenger passengers guest guests ticket tickets seat seats item items piece pieces "
    "box boxes bag bags bottle bottles chair chairs table tables room rooms bed beds floor floors stop "
    "stops point points page pages email emails call calls message messages letter letters order orders "
    "payment payments instalment instalments installment installments working business calendar star "
    "stars pack packs set sets pair pairs tablet tablets step steps ring rings line lines option options "
    "window windows door doors car cars user users licence licences license licenses device devices "
    "channel channels gallon gallons ounce ounces ton tons tonne tonnes acre acres square cubic grand "
    "gb mb tb kg km mph mg ml cm mm kw kwh lb lbs oz ft hrs hr mins min sec secs bedroom bedrooms session sessions "
    "class classes lesson lessons trip trips flight flights player players game games copies sheets photos "
    "pixels calories servings portions slices attempts tries percentage kilowatts kilowatt bars "
    "centimeters centimetres millimeters millimetres yards yard pints pint dozen fold".split()
)
"""After a number: it counts or measures something, it identifies nobody."""

COUNTED_BEFORE = frozenset(
    "error program programme step stage room row gate platform terminal floor level version channel "
    "option press button page chapter grade size aisle line zone windows bay lane table seat unit route "
    "bus about around roughly nearly almost approximately over under between within until till by at from "
    "quarter half past total fee costs cost price worth after before since week item part chapter "
    "question another only extra every size model series type volume episode season windows "
    "version stage phase class year top minus plus max maximum minimum least most".split()
)
"""Before a short number: it names a thing, a time or an amount, nobody's secret."""

FILLERS = frozenset(
    "a ah alright all and as at be because but bye can cheers correct could course do does exactly fine "
    "for give go going good got great hang have hello here hi hold hmm i i'll i'm i've if in is it it's "
    "its just know let lets let's like look lovely me mhm mm moment morning my minute no not now of off "
    "oh ok okay on one one's only or over perfect please quickly ready really right righto same second "
    "see should so sorry still sure take thank thanks that that'll that's the them then there there's "
    "they think this thought to uh um under until up us use wait was we well what when where which will "
    "with would yeah yep yes you your you're is that'd that would would it be it'd afternoon evening "
    "absolutely certainly definitely actually believe guess should under listed registered currently "
    "current called spelled spelt check find get grab read say says says said write down need ask asking "
    "one moment bear glad happy help you'd i'd he's she's under first last full number name code card "
    "address email phone mobile account date birth postcode zip username user password answer".split()
)
"""Words around an answer that give nothing away. Everything else in an expected free answer is hidden."""
