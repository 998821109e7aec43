"""What a customer may say of name, address and numbers: the sayings a profile is made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from pipeline.core.entities import CUSTOM, ENTITIES, NAMES, Shape
from pipeline.core.errors import ConfigError
from pipeline.core.pattern import literal
from pipeline.core.profile import CASED, CHARS_MAX, HASHES_MAX, WINDOWS, WORDS, WORDS_MAX, Ordinary, hashed, words_of
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, MONTHS, UNITS

Saying = tuple[str, str]
"""Kind and normalised text, see core/profile."""

SHORT = {
    "name": "PERSON_NAME", "address": "POSTAL_ADDRESS", "phone": "PHONE", "account": "BANK_ACCOUNT",
    "member": "MEMBER_NUMBER", "card": "CARD_NUMBER", "number": "NUMBER", "word": CUSTOM,
}  # fmt: skip
"""Short names of entities for whoever writes a profile."""
LAST_DIGITS = 4
SINGLE_LETTERS = 4  # a word of an address that is shorter is known beside another only
NAME_LETTERS = 3  # a shorter name alone is known with a capital only
PLACES = frozenset(
    "street road avenue lane drive close court place way square crescent terrace high north south east west house flat "
    "apartment floor building park hill green view gardens grove mews row upper lower great little old new the and of "
    "united kingdom states america county city town village london york county state".split()
)
"""Words of many addresses."""
COMMON = FILLERS | PLACES
ROW_WORDS, ROW_CHARS = 4, 5  # words one behind the other that are known without the rest; shorter ones say little
_WORDY = frozenset(e.name for e in ENTITIES if e.shape is Shape.FREE) | {CUSTOM}
_BARRED = frozenset({"KEYPAD", "UNJUDGED"})


def entity_of(kind: str) -> str | None:
    """The entity of what stands before the colon of a line: a short name, or an entity in any case; None: unknown."""
    name = SHORT.get(kind.lower(), kind.upper())
    return name if name in NAMES - _BARRED else None


def sayings(entity: str, text: str, ordinary: Ordinary, *, last_four: bool = False) -> set[Saying]:
    """All of one line. ordinary: see Ordinary. last_four: four last digits of a number count alone.

    Raises ConfigError, without repeating the line.
    """
    out: set[Saying] = set()
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    for form in {text, plain}:
        tokens = literal(form)
        if entity == "EMAIL":
            tokens = literal(form.split("@")[0].replace(".", " ").replace("_", " "))
        if entity in _WORDY:
            out |= set(_words(entity, tokens, ordinary))
        else:
            out |= set(_windows(tokens, last_four=last_four))
    if not out:
        need = "a word of three letters" if entity in _WORDY else f"{WINDOWS[0]} digits or letters"
        raise ConfigError(f"{entity} is too short to be told from other talk; it needs {need}")
    return out


def profile_hashes(key: bytes, lines: Iterable[tuple[str, set[Saying]]]) -> Mapping[str, Mapping[bytes, str]]:
    """Hashes by kind, as a Profile takes them. lines: entities and their sayings. Raises ConfigError for too many."""
    out: dict[str, dict[bytes, str]] = {}
    for entity, own in lines:
        for kind, text in sorted(own):
            out.setdefault(kind, {}).setdefault(hashed(key, kind, text), entity)
    if sum(map(len, out.values())) > HASHES_MAX:
        raise ConfigError(f"a profile of more than {HASHES_MAX} hashes; give fewer or shorter lines")
    return out


def _words(entity: str, tokens: tuple[Token, ...], ordinary: Ordinary) -> Iterator[Saying]:
    whole = words_of(tokens)
    if 1 < len(tokens) <= WORDS_MAX and len(whole) <= CHARS_MAX:
        yield WORDS, whole
    if entity == CUSTOM and len(tokens) > 1:  # a phrase, of which no part says anything
        return
    single = SINGLE_LETTERS if entity == "POSTAL_ADDRESS" else NAME_LETTERS
    for token in tokens:
        text = words_of([token])
        if not 2 <= len(text) <= CHARS_MAX or token.is_digits or (entity == "POSTAL_ADDRESS" and text in PLACES):
            continue
        common = text in FILLERS or text in MONTHS or text in UNITS or ordinary(text)
        yield CASED if common or len(text) < single else WORDS, text
    for size in range(2, ROW_WORDS + 1):
        for first in range(len(tokens) - size + 1):
            row = tokens[first : first + size]
            text = words_of(row)
            if ROW_CHARS <= len(text) <= CHARS_MAX and not text.isdigit() and not {t.text for t in row} <= COMMON:
                yield WORDS, text


def _windows(tokens: tuple[Token, ...], *, last_four: bool) -> Iterator[Saying]:
    symbols = "".join(t.symbols if t.is_digits else t.text for t in tokens)
    size = min(len(symbols), WINDOWS[-1])
    if size < WINDOWS[0]:
        return
    for start in range(len(symbols) - size + 1):
        yield str(size), symbols[start : start + size]
    if last_four:
        yield str(LAST_DIGITS), symbols[-LAST_DIGITS:]
