"""The people of the test bed: one voice at other pitches, paces and accents; and words of other languages.

Length scale (pitch / pace) takes few values, so that what is spoken once serves several people.
"""

# ruff: noqa: RUF001 - phonetic signs

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..voice.speak import Speaker

SLOW, EVEN = 1.13, 1.02  # length scales: how long phonemes last at the model's own pitch


def _person(pitch: float, length_scale: float, level_dbfs: float, accent: str = "en-us") -> Speaker:
    return Speaker(pitch, pitch / length_scale, level_dbfs, accent)


CAST: Mapping[str, Speaker] = {
    "us_alto": _person(1.18, SLOW, -23.0),
    "us_low": _person(0.92, EVEN, -24.0),
    "us_plain": _person(1.00, EVEN, -22.0),
    "us_high": _person(1.30, SLOW, -25.0),
    "us_light": _person(1.10, EVEN, -26.0),
    "us_deep": _person(0.88, EVEN, -23.0),
    "uk_alto": _person(1.20, SLOW, -23.0, "en-gb-x-rp"),
    "uk_low": _person(0.93, EVEN, -24.0),
    "uk_high": _person(1.31, SLOW, -22.0),
    "uk_plain": _person(1.03, EVEN, -25.0, "en-gb-x-rp"),
    "scot_low": _person(0.95, EVEN, -24.0, "en-gb-scotland"),
    "in_brisk": _person(1.06, EVEN, -23.0, "en-029"),
    "in_alto": _person(1.22, SLOW, -24.0),
    "in_low": _person(0.94, EVEN, -25.0),
    "au_plain": _person(1.05, EVEN, -23.0),
    "au_alto": _person(1.25, SLOW, -24.0, "en-gb-x-rp"),
}
_BY_LAND = {
    "us": ("us_",),
    "uk": ("uk_", "scot_"),
    "in": ("in_",),
    "au": ("au_", "uk_low"),
}
LEXICON: Mapping[str, str] = {
    # Spanish digits
    "cero": "sˈɛɹoʊ", "uno": "ˈuːnoʊ", "dos": "dˈoʊs", "tres": "tɹˈɛs", "cuatro": "kwˈɑːtɹoʊ", "cinco": "sˈiːnkoʊ",
    "seis": "sˈeɪs", "siete": "sjˈɛteɪ", "ocho": "ˈoʊtʃoʊ", "nueve": "nwˈɛveɪ",
    # Hindi digits
    "shunya": "ʃˈuːnjə", "ek": "ˈeɪk", "dho": "dˈoʊ", "chaar": "tʃˈɑːɹ", "paanch": "pˈɑːntʃ", "chhe": "tʃˈeɪ",
    "saat": "sˈɑːt", "aath": "ˈɑːt", "nau": "nˈaʊ",
}  # fmt: skip


def pair(land: str, rng: Random) -> tuple[str, str]:
    """Return two different people of a land: agent and customer."""
    names = sorted(name for name in CAST if name.startswith(_BY_LAND[land]))
    agent, customer = rng.sample(names, 2)
    return agent, customer


def ordinary_pair(rng: Random) -> tuple[str, str]:
    """Return two different people in the accent of the voice itself: agent and customer."""
    names = sorted(name for name, who in CAST.items() if who.accent == "en-us")
    agent, customer = rng.sample(names, 2)
    return agent, customer
