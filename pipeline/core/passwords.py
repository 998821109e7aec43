"""Passwords and security answers that somebody tells unasked: "rusty kettle is my password", "my first dog was"."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import CASES, COUNTED_BEFORE, FILLERS, MONTHS, SIGNS, UNITS

NAMED = (
    "=is|was|as my|the|our|her|his|your password|passphrase|passcode|pass",
    "=is|was|as my|the|our|her|his|your memorable|secret|security|pass|code word|phrase",
    "=for my|the|our password|passphrase|passcode",
)
"""What stands before, from the beginning of the clause or behind USING, is the password."""

USING = (
    "=use|used|using|have|had|has|set|chose|choose|chosen|picked|pick|put|entered|typed|want|like|wanted|need|got",
)
NAMED_WORDS = 8
UNTOLD = frozenset(
    "what which where when how why who that this it there here not never forgot forgotten lost remember know wrong "
    "change changed reset same else nothing something anything wants only problem issue thing reason don't can't "
    "doesn't didn't isn't wasn't haven't won't cannot nobody anybody tell share give".split()
)
"""With one of them nothing is told: "what is my password", "that was the password I forgot"."""

PAUSED = (
    "=my|the|our|your|one|a|this|old|new|current|own|temporary password|passphrase|passcode",
    "=my|the|our memorable|secret|security word",
)
TALKING = frozenset(
    "i i'm i've i'd i'll we we've but because since can could would will do does did please thanks thank now if when "
    "and or so then for to how what where why which is are you you'll there no not".split()
)
"""A clause that begins so tells no password behind a pause."""

ANSWERS = (
    "=first|childhood|favourite|favorite|oldest pet|dog|cat|teacher|school|street|friend|car|hero|holiday|band|film|"
    "movie|book|team|concert|job|boss|song|singer|color|colour|food|sport is|was|were|is|was called|named",
    "=answer to my|the|that|your security|secret question|word is|was", "=security|secret answer is|was",
    "=grew up on|in", "=was born in", "=went to school at|in",
)  # fmt: skip
"""Behind them stands what is asked of somebody to know him by; the answer to a question nobody heard."""

DEMANDED = frozenset(
    "must needs need should least contain contains include includes at characters character has have case-sensitive "
    "sensitive matters matter if caps-lock lock".split()
)
"""With one of them it is told how passwords are made, not which."""

MADE_OF = frozenset("words letters numbers digits characters symbols random long longer goes tries attempts".split())
"""The same, where words and digits stand together: "three or four random words"."""
ANSWER_WORDS = 5
NOTHING = FILLERS | frozenset(
    "wrong right correct incorrect different out up late broken free closed off over being very really too quite gone "
    "about working coming".split()
)


LOGGING_IN = (
    "=password|passwords|passphrase|passcode|login|logon|username|userid|wifi|portal",
    "=pass|past where|word|phrase|wear",
    "=log|logged|logging|sign|signed|signing in|on", "=locked|shut out", "=wi fi", "=temporary one",
)  # fmt: skip
"""Where these are spoken of, passwords are told without being called so."""

CHOOSING = (
    "=would you like|prefer|want instead", "=you like|want|prefer it|that|this to be", "=should|shall it be",
    "=what should|shall we|i make|use|set|put", "=choose|pick a|another new|one",
    "=word|one|thing you chose|picked|set",
    "=what do|would you want|like|prefer instead|it",
)  # fmt: skip
SET_TO = (
    "=setting|set|sets|changing|changed|change|resetting|reset|making|made|make|putting|put|updating|updated|update|"
    "swapping|swapped|switching|switched it|that|this|yours|mine|ours|password|passcode|one to|as|into",
)
"""Behind them, where passwords are told, stands the new one."""
SET_WORDS = 8
CASED = (
    "=all|in|with lower|upper|small|capital case|letters|letter", "=lower|upper case", "=lowercase|uppercase",
    "=all caps|lowercase|uppercase|capitals|small|one",
    "=capital|cap a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z",
)  # fmt: skip
CASED_WORDS = 14
SHORT_WORDS = 3  # of a clause whose way of writing is told behind it
TELLING = frozenset(
    "is was are were starts start begins ends takes took cost costs owe owes on until till today tomorrow monday "
    "tuesday wednesday thursday friday saturday sunday sum total paper post posted posts valid followed "
    "dial sent".split()
)
"""With one of them numbers are told, not passwords."""
LINKS = frozenset({"or", "and", "to", "for"})  # four, two and the like, misheard
CODED_WORDS = 9
CODED_DIGITS = 2
WORD_LETTERS = 3
SIGN_PAIRS = frozenset(
    {("under", "score"), ("dollar", "sign"), ("pound", "sign"), ("question", "mark"), ("exclamation", "mark"),
     ("percent", "sign"), ("plus", "sign"), ("equals", "sign"), ("hash", "tag"), ("at", "sign")}
)  # fmt: skip
SETTING = frozenset(
    "was make it its it's let's say i'll have use put go for with try please yes yeah okay ok then so um uh maybe "
    "how about "
    "set to as is that's that be type enter just a the and i'd like want choose my new old one".split()
)
"""Before a password that is chosen."""


def is_about_logging_in(tokens: Sequence[Token]) -> bool:
    """The call is, from here on, one where passwords are told."""
    return bool(find(LOGGING_IN, tokens))


def asks_for_another(tokens: Sequence[Token]) -> bool:
    """On a call about logging in: a new password is to be chosen, however that is put."""
    return bool(find(CHOOSING, tokens))


def password_marks(tokens: Sequence[Token], rate: int, *, logging_in: bool = False) -> list[Mark]:
    """All of them in one utterance. logging_in: the call is about it."""
    out = _named(tokens) + _behind_a_pause(tokens) + _answers(tokens)
    if not logging_in:
        return out
    parts = {*clauses(tokens, rate), *clauses(tokens, rate, commas=True)}
    for first, last in sorted(parts):
        out += _coded(tokens, first, last) + _dotted(tokens, first, last)
    return out + _written(tokens) + _set_to(tokens)


def _dotted(tokens: Sequence[Token], first: int, last: int) -> list[Mark]:
    """ "So we'll mean a dot goals worthy": words around a sign, as log-in names are told."""
    signs = [i for i in range(first + 1, last - 1) if tokens[i].text in {"dot", "underscore"}]
    while first < last and tokens[first].text in SETTING:
        first += 1
    odd = signs and any(t.text not in FILLERS and not t.symbols for t in tokens[first : signs[0]])
    return [Mark(first, last, "USER_NAME", Reason.CUE, 0.5)] if odd and 0 < last - first <= CODED_WORDS else []


def _coded(tokens: Sequence[Token], first: int, last: int) -> list[Mark]:
    """ "Make it compass five eleven": words and digits or signs, and nothing else is said."""
    while first < last and tokens[first].text in SETTING and not tokens[first].symbols:
        first += 1
    said = tokens[first:last]
    digits = sum(len(t.symbols) for t in said if t.is_digits)
    signs = any(t.text in SIGNS for t in said)
    signed = {
        i + n
        for i in range(len(said))
        if (said[i].text, *[t.text for t in said[i + 1 : i + 2]]) in SIGN_PAIRS
        for n in (0, 1)
    }
    signs = signs or bool(signed)
    words = [t for i, t in enumerate(said) if not t.symbols and t.text not in SIGNS and i not in signed]
    plain = FILLERS | UNITS | MONTHS | COUNTED_BEFORE
    named = any(len(t.text) >= WORD_LETTERS and t.text not in plain for t in words)
    talk = any(t.text in UNTOLD | TELLING | (TALKING - LINKS) | UNITS | MONTHS | COUNTED_BEFORE for t in words)
    made = any(t.text in MADE_OF for t in words)
    if not named or talk or made or len(said) > CODED_WORDS or not (digits >= CODED_DIGITS or signs) or said[-1].asks:
        return []
    return [Mark(first, last, "PASSWORD", Reason.CUE, 0.5)]


def _written(tokens: Sequence[Token]) -> list[Mark]:
    """ "Type acorn, all lower case, then five nine": how letters are written is told of nothing else."""
    out: list[Mark] = []
    for cue in find(CASED, tokens):
        begin = _sentence(tokens, cue.first)
        if begin == cue.first > 0 and begin - (before := _sentence(tokens, begin - 1)) <= SHORT_WORDS:
            begin = before
        end = next((i + 1 for i in range(cue.last - 1, len(tokens)) if tokens[i].stop), len(tokens))
        end = min(end, cue.last + CASED_WORDS)
        whole = tokens[begin:end]
        while begin < cue.first and tokens[begin].text in SETTING | FILLERS and not tokens[begin].symbols:
            begin += 1
        demanded = any(t.text in DEMANDED for t in whole) or whole[-1].asks
        if not demanded and any(t.text not in FILLERS | CASES for t in tokens[begin:end]):
            out.append(Mark(begin, end, "PASSWORD", Reason.CUE, 0.5))
    return out


def _set_to(tokens: Sequence[Token]) -> list[Mark]:
    """ "I'm setting it to rainbow dash panther." To the end of the sentence."""
    out: list[Mark] = []
    for cue in find(SET_TO, tokens):
        end = next((i + 1 for i in range(cue.last, len(tokens)) if tokens[i].stop or tokens[i].pause), len(tokens))
        said = tokens[cue.last : min(end, cue.last + SET_WORDS)]
        if (
            said
            and said[0].text not in UNTOLD | TALKING | NOTHING
            and not any(t.text in DEMANDED | UNITS for t in said)
        ):
            out.append(Mark(cue.last, cue.last + len(said), "PASSWORD", Reason.CUE, 0.5))
    return out


def _named(tokens: Sequence[Token]) -> list[Mark]:
    """ "I always use rusty kettle nine as my password.\""""
    out: list[Mark] = []
    for cue in find(NAMED, tokens):
        begin = _sentence(tokens, cue.first)
        if any(t.text in UNTOLD for t in tokens[begin : cue.first]) or tokens[cue.last - 1].asks:
            continue
        used = [m.last for m in find(USING, tokens[begin : cue.first])]
        first = begin + max(used, default=0)
        if tokens[cue.first].text in {"as", "for"} and not used:
            continue
        said = tokens[first : cue.first]
        if 0 < len(said) <= NAMED_WORDS and any(t.text not in FILLERS or t.symbols for t in said):
            out.append(Mark(first, cue.first, "PASSWORD", Reason.CUE, 0.6))
    return out


def _behind_a_pause(tokens: Sequence[Token]) -> list[Mark]:
    """ "It's my old password, rusty kettle." To the end of the sentence."""
    out: list[Mark] = []
    for cue in find(PAUSED, tokens):
        last = cue.last
        if not tokens[last - 1].pause or tokens[last - 1].stop or last == len(tokens):
            continue
        end = next((i + 1 for i in range(last, len(tokens)) if tokens[i].stop), len(tokens))
        said = tokens[last:end]
        whole = tokens[_sentence(tokens, cue.first) : end]
        told = any(t.text not in FILLERS or t.symbols for t in said)
        if told and said[0].text not in TALKING and not any(t.text in UNTOLD - {"same", "it", "that"} for t in whole):
            out.append(Mark(last, end, "PASSWORD", Reason.CUE, 0.5))
    return out


def _answers(tokens: Sequence[Token]) -> list[Mark]:
    out: list[Mark] = []
    for cue in find(ANSWERS, tokens):
        last = cue.last
        while last < len(tokens) and last - cue.last < ANSWER_WORDS:
            last += 1
            if tokens[last - 1].pause:
                break
        said = tokens[cue.last : last]
        if said and any(t.text not in NOTHING for t in said) and not tokens[last - 1].asks:
            out.append(Mark(cue.last, last, "SECURITY_ANSWER", Reason.CUE, 0.6))
    return out


def _sentence(tokens: Sequence[Token], at: int) -> int:
    """Where the sentence or clause of token `at` begins."""
    while at > 0 and not tokens[at - 1].stop:
        at -= 1
    return at
