"""Who answers or calls gives his name, in whatever words: "City parking, Crispin here", "this is a lending".

In a greeting the place where the name stands is known; there it is hidden, whatever was recognised.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.finding import Reason
from pipeline.core.lists import Lists
from pipeline.core.marks import Mark
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, UNITS

INTRODUCTIONS = (
    "=this is", "=you've got", "=you're speaking with|to", "=you are speaking with|to",
    "=you're chatting|talking to|with",
    "=my name is", "=my name's", "=you're through to", "=you've come|got through to", "=i'm", "=it's", "=i am",
    "=you've reached",
)  # fmt: skip
GREETERS = (
    "=thanks|thank for calling|ringing|holding", "=you for calling|ringing|holding|getting", "=welcome to",
    "=who am i", "=how can|may|could|might i|we", "=who do i", "=what can i|we", "=can|may i help|take|have", "=who's",
    "=speaking with|to", "=recorded line", "=may i|we", "=how are you", "=do for you", "=who is",
)  # fmt: skip
"""So speaks who answers for a company."""

OPENERS = frozenset("who who's how what what's can may could am where which why when is are do did".split())
"""With one of them a question begins, right behind the name."""

BEHIND = OPENERS | frozenset("on from at in with speaking here calling and your for i i'm".split())
NOT_INTRODUCED = frozenset(
    "line call department team desk office helpline message automated recorded regarding about bank number support "
    "service services sales billing reception calling courtesy quick reminder switchboard claims customer customers "
    "returns orders bookings reservations information enquiries emergency hotline voicemail out complaints "
    "not just really so very my your our the their it concerning accounts care afraid sorry going trying looking glad "
    "happy pleased able still ready here".split()
)
"""Where one of them follows, no person is introduced: "this is a courtesy call"."""

GARBLED_WORDS = 3
HERE_WORDS = 3
NOT_HERE = frozenset(
    "is are am was be been i i'm i've we we're you you're it it's he's she's they're they from right over out in "
    "anyone anybody somebody someone everyone everybody nobody up down around live work hi hello yes no".split()
)
"""With these "here" is a place."""

COMPANY_WORDS = 2
NAME_WORDS = 4
SIGN_OFF = "speaking"


def greeting_marks(tokens: Sequence[Token], lists: Lists) -> list[Mark]:
    """Of the first words of a speaker."""
    out = _here(tokens)
    for cue in find(INTRODUCTIONS, tokens):
        out += _misheard(tokens, cue.last) + _introduced(tokens, cue.last)
    return out + _last_sentence(tokens, lists)


def is_company(tokens: Sequence[Token], mark: Mark, *, greeting: bool) -> bool:
    """What is called like people is a company: "Summit Reynolds, what can I get you?", "calling from Barrett Life"."""
    before = [t.text for t in tokens[max(0, mark.first - 2) : mark.first]]
    begins = mark.first <= COMPANY_WORDS and not any(t.pause or t.text in FILLERS for t in tokens[: mark.first])
    greets = greeting and begins and mark.last < len(tokens)
    asked = greets and (bool(find(GREETERS, tokens)) or tokens[mark.last].text in OPENERS | {"good", "hello"})
    return asked or before == ["calling", "from"]


def signed_off(tokens: Sequence[Token]) -> list[Mark]:
    """ "It is Imogen Fairweather speaking": what stands between the filler and the sign-off, wherever it is said."""
    out: list[Mark] = []
    for at, token in enumerate(tokens):
        if token.text != SIGN_OFF or not (at + 1 == len(tokens) or token.pause):
            continue
        first = at
        while first > 0 and at - first < NAME_WORDS + 2 and not tokens[first - 1].pause:
            if tokens[first - 1].text in {"is", "it's", "i'm", "am", "this", "was"}:
                break
            first -= 1
        if 0 < at - first <= NAME_WORDS + 1:
            out.append(Mark(first, at, "PERSON_NAME", Reason.CUE, 0.6))
    return out


def _misheard(tokens: Sequence[Token], first: int) -> list[Mark]:
    """ "City parking, this is window on a recorded line.\""""
    if first < len(tokens) and tokens[first].text in UNITS - FILLERS and not tokens[first].symbols:
        return [Mark(first, first + 1, "PERSON_NAME", Reason.CUE, 0.4)]
    return []


def _introduced(tokens: Sequence[Token], first: int) -> list[Mark]:
    """ "This is a lending who am I speaking with?": the few words up to the question or the end of the sentence."""
    if not find(GREETERS, tokens):
        return []
    last = first
    while last < len(tokens) and last - first <= GARBLED_WORDS and tokens[last].text not in BEHIND:
        last += 1
        if tokens[last - 1].pause:
            break
    said = tokens[first:last]
    closed = last == len(tokens) or tokens[last - 1].pause or tokens[last].text in BEHIND
    asked = last < len(tokens) and tokens[last].text in OPENERS
    if not said or len(said) > GARBLED_WORDS or not closed or any(t.text in NOT_INTRODUCED for t in said):
        return []
    telling = any(t.text not in FILLERS for t in said) and (asked or said[0].text not in {"a", "an"})
    return [Mark(first, last, "PERSON_NAME", Reason.CUE, 0.4)] if telling else []


def _last_sentence(tokens: Sequence[Token], lists: Lists) -> list[Mark]:
    """ "Reservations, the Lakeside. Sanji pier": a few last words behind those of a company, one of them unknown."""
    first = len(tokens)
    while first > 0 and not (tokens[first - 1].stop and first < len(tokens)):
        first -= 1
    said = tokens[first:]
    company = [t for t in tokens[:first] if t.text not in FILLERS]
    about_self = any(t.text in {"i", "i'm", "my", "we", "i've", "i'd"} for t in tokens)
    if not 0 < len(said) <= HERE_WORDS or len(company) < COMPANY_WORDS or about_self or tokens[-1].asks:
        return []
    if tokens[first - 1].asks or any(t.text in {u.text for u in company} for t in said):
        return []
    unknown = any(not lists.is_ordinary(t.text) and not t.symbols and t.text not in lists.towns for t in said)
    return [Mark(first, len(tokens), "PERSON_NAME", Reason.CUE, 0.4)] if lists.words and unknown else []


def _here(tokens: Sequence[Token]) -> list[Mark]:
    """ "Premier banking, Crispin here." The word between a pause and "here" is a name.

    So are up to three words, garbled or not, of a sentence that ends there: "Premier banking. Make a here."
    """
    out: list[Mark] = []
    for i, token in enumerate(tokens):
        closes = token.pause or i + 1 == len(tokens) or tokens[i + 1].text in {"from", "at"}
        if token.text != "here" or not closes:
            continue
        first = i
        while first > 0 and not tokens[first - 1].pause:
            first -= 1
        said = tokens[first:i]
        garbled = first > 0 and not any(t.text in NOT_HERE for t in said)
        if 0 < len(said) <= HERE_WORDS + 1 and garbled and any(t.text not in FILLERS for t in said):
            out.append(Mark(first, i, "PERSON_NAME", Reason.CUE, 0.6))
    return out
