"""Names of people after cues: free words that nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.finding import Reason
from pipeline.core.greetings import greeting_marks, signed_off
from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.marks import Mark
from pipeline.core.people import NOT_PEOPLE
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, UNITS

NAME_CUES = (
    "my|the|her|his|first|last|full name is", "=name's", "=this is", "=it's|is", "=you've got",
    "=was|is|am|i'm called", "=speaking with|to", "=you're through to", "=my name's", "=call me",
    "name|names of", "=calling for|about|on behalf of", "=i'm", "=i am", "=here is", "=it is", "=on behalf of",
    "=spoke|spoken|speak to|with", "=mister|mr|mrs|missus|miss|ms|doctor|dr|sir|madam",
    "=husband|wife|daughter|son|mother|father|brother|sister|partner|colleague|neighbor|neighbour|friend|boss",
    "=mum|mom|dad|uncle|aunt|cousin|grandson|granddaughter|fiance|girlfriend|boyfriend|manager",
)  # fmt: skip
STRONG_CUES = (
    "=my|her|his|first|last|full name is",
    "=in the name of",
    "=my name's",
)
PUT_THROUGH = ("=speaking with|to", "=you're through to", "=put me through to", "=mister|mr|mrs|missus|ms")
"""What follows is a name in capitals or not, unless it is a word that never is one."""

ENDING_CUES = (
    "=booked|booking|reservation|it's|is|account|filed|registered|down under",
    "=in the name of",
    "=am i talking|speaking|chatting to|with",
)
"""What follows to the end of the clause is a name, whatever it was recognised as."""

SPELLED_CUES = (
    "=spell|spelled|spelt",
    "=was that",
    "=thank you so much",
    "=surname|surname's",
    "=christian name",
    "=name from",
    "=someone|somebody|man|woman|guy|girl|boy|lady|gentleman|fellow|chap|person|colleague|agent|one named|called",
    "=word|meeting|appointment|call|chat with",
    "=booking|reservation|appointment|table|order|parcel|package|delivery|account for|under|as",
    "=down|known|filed|listed|registered as",
    "=go|goes|going by",
    "=i|we dealt|spoke|talked|chatted with|to was",
    "=we are|we're the",
    "=appreciated|cheers|ta|worries|problem",
    "=formerly|née|nee",
)
PLAIN_CUES = ("=this is", "=was|is|am|i'm called", "=call me", "=in the name of")
INTRODUCTIONS = ("=this is", "=you've got", "=you're speaking with|to", "=you are speaking with|to")
SURE_GREETINGS = (
    "=hi", "=hello", "=hello there", "=hi there", "=hey", "=thank you", "=thanks",
    "=good morning|afternoon|evening", "=thanks so|very much", "=thank you so|very much", "=goodbye", "=bye",
)  # fmt: skip
ADDRESSING = frozenset("you right okay thanks hello hi sorry well great lovely perfect so now please yes no".split())
NAME_WORDS = 4
SURE_WORDS = 2
NOT_NAMES = (
    FILLERS
    | UNITS
    | frozenset(
        "calling about speaking how what why where when who welcome from very glad sorry so not going trying just "
        "happy interested having been here looking ready today tomorrow customer support service team my his its "
        "this these those any some every everything anything nothing something everyone somebody again too also "
        "much for your their our we they he she but monday tuesday wednesday thursday friday saturday sunday "
        "great brilliant wonderful super excellent january february march april may june july august september "
        "october november december american english somewhere there's then that's isn't god bank insurance doing "
        "working waiting sir madam guys folks everybody both".split()
    )
)
KIN_CUES = (
    "=my|his|her|our|the husband|wife|daughter|son|mother|father|brother|sister|partner|colleague|neighbor|neighbour|"
    "friend|boss|mum|mom|dad|uncle|aunt|cousin|grandson|granddaughter|fiance|girlfriend|boyfriend|manager|carer|nephew|"
    "niece|grandmother|grandfather|landlord|tenant|assistant|accountant|solicitor|lawyer",
)
TITLES_ALONE = frozenset({"sir", "madam", "miss", "doctor", "boss"})
"""At the end of a sentence they name nobody."""

TITLES = frozenset("dr doctor professor prof mr mrs ms miss mister missus sir".split())
"""Behind them even a town is a name."""
KIN_WORDS = 5
AFTER_KIN = frozenset(
    "on at with he she they who i i'm i've i'll we it it's that but and because so is was has had will would can could "
    "does did do "
    "if to please not both which you unfortunately actually too also now then though anyway".split()
)
"""Behind "my husband," these tell of him, they do not name him."""

ENDING_WORDS = 3
NOT_UNDER = UNITS | frozenset(
    "the a an this that my our your their warranty guarantee contract review construction control pressure age cover "
    "insurance stress way which what where offer investigation maintenance there one no of".split()
)


def name_marks(tokens: Sequence[Token], lists: Lists = NO_LISTS, *, greeting: bool = False) -> list[Mark]:
    """Names a cue announces, a greeting addresses, or a "speaking" signs off.

    greeting: the speaker's first words on the call. There "this is" introduces somebody, in capitals or not.
    """
    cased = any(t.cased for t in tokens)
    out: list[Mark] = []
    for cue in find((*NAME_CUES, *PUT_THROUGH), tokens):
        if tokens[cue.last - 1].stop and tokens[cue.last - 1].text in TITLES_ALONE:
            continue
        strong = any(m.last == cue.last for m in find(STRONG_CUES, tokens[: cue.last]))
        through = any(m.last == cue.last for m in find(PUT_THROUGH, tokens[: cue.last]))
        plain = through or any(m.last == cue.last for m in find(PLAIN_CUES, tokens[: cue.last]))
        introduced = through or (greeting and any(m.last == cue.last for m in find(INTRODUCTIONS, tokens[: cue.last])))
        if not cased and not strong and not introduced and (lists.words or not plain):
            # Without capitals, "is a noise" and "is Rory" look the same; only lists tell.
            out += _unknown(tokens, cue.last, lists, cased=False)
            continue
        titled = tokens[cue.last - 1].text in TITLES
        if strong or plain or titled or not _is_place(tokens, cue.last, lists):
            out += _name_at(tokens, cue.last, cased=cased and not introduced, strong=strong)
    for hello in find(SURE_GREETINGS, tokens):
        out += _addressed(tokens, hello.last, cased)
    out += _vocatives(tokens, cased)
    out += [m for kin in find(KIN_CUES, tokens) for m in _relative(tokens, kin.last)]
    out += [m for cue in find(ENDING_CUES, tokens) for m in _to_the_end(tokens, cue.last)]
    named = [c for c in find(("=a|the|first|last|given|family|full name",), tokens) if tokens[c.last - 1].pause]
    out += [m for cue in named for m in _unknown(tokens, cue.last, lists, cased=cased)]
    out += [m for cue in find(SPELLED_CUES, tokens) for m in _unknown(tokens, cue.last, lists, cased=cased)]
    if greeting:
        out += greeting_marks(tokens, lists)
    return out + signed_off(tokens)


def _name_at(tokens: Sequence[Token], first: int, *, cased: bool, strong: bool) -> list[Mark]:
    last = first
    while last < len(tokens) and last - first < NAME_WORDS:
        # After "my name is" even a filler is a garbled name; after "this is" it is not.
        sure = strong and last - first < SURE_WORDS and not tokens[last].is_digits
        if not sure and not _may_be_name(tokens[last], cased and not strong):
            break
        last += 1
        if tokens[last - 1].pause:
            break
    if last == first:
        return []
    return [Mark(first, last, "PERSON_NAME", Reason.CUE, 0.8 if strong else 0.6)]


def _is_place(tokens: Sequence[Token], at: int, lists: Lists) -> bool:
    """A town by itself, not called like people are."""
    return at < len(tokens) and tokens[at].text in lists.towns and tokens[at].text not in lists.given


def _may_be_name(token: Token, must_be_cased: bool) -> bool:
    if token.text in NOT_NAMES or token.symbols.isdigit() or not token.text[0].isalpha():
        return False
    if token.text.endswith("ing") and not token.cased:
        return False  # "I'm wondering": what somebody does
    return token.cased or not must_be_cased


def _addressed(tokens: Sequence[Token], first: int, cased: bool) -> list[Mark]:
    """ "Thank you, Olivia." One capitalised word between pauses."""
    if not cased or first >= len(tokens):
        return []
    token = tokens[first]
    closes = token.pause or first + 1 == len(tokens)
    if closes and token.cased and not tokens[first - 1].stop and _may_be_name(token, True):
        return [Mark(first, first + 1, "PERSON_NAME", Reason.CUE, 0.6)]
    return []


def _vocatives(tokens: Sequence[Token], cased: bool) -> list[Mark]:
    """ "Right, Rory, ..." One capitalised word between pauses, behind a word that addresses somebody."""
    if not cased:
        return []
    return [
        Mark(i, i + 1, "PERSON_NAME", Reason.CUE, 0.5)
        for i in range(1, len(tokens))
        if tokens[i].pause and tokens[i - 1].pause and not tokens[i - 1].stop
        and tokens[i - 1].text in ADDRESSING and _may_be_name(tokens[i], True)
    ]  # fmt: skip


def _relative(tokens: Sequence[Token], first: int) -> list[Mark]:
    """ "My husband, airs in health." Behind a pause the words to the end of the sentence, if they are few."""
    if first >= len(tokens) or not tokens[first - 1].pause or tokens[first - 1].stop or tokens[first].text in AFTER_KIN:
        return []
    end = next((i + 1 for i in range(first, len(tokens)) if tokens[i].pause), len(tokens))
    said = tokens[first:end]
    told = any(t.text not in FILLERS for t in said) and not any(t.is_digits for t in said)
    return [Mark(first, end, "PERSON_NAME", Reason.CUE, 0.5)] if len(said) <= KIN_WORDS and told else []


def _to_the_end(tokens: Sequence[Token], first: int) -> list[Mark]:
    """ "It's under furthering him." Up to three words, if the clause ends there and none tells of anything else."""
    last = first
    while last < len(tokens) and last - first <= ENDING_WORDS and tokens[last].text not in NOT_UNDER:
        last += 1
        if tokens[last - 1].pause or last == len(tokens):
            return [Mark(first, last, "PERSON_NAME", Reason.CUE, 0.6)] if last - first <= ENDING_WORDS else []
    return []


def _unknown(tokens: Sequence[Token], first: int, lists: Lists, *, cased: bool) -> list[Mark]:
    """One or two words that are names or that nobody knows, in capitals if there are any."""
    last = first
    while last < len(tokens) and last - first < SURE_WORDS and _may_be_name(tokens[last], cased):
        text = tokens[last].text
        ordinary = lists.is_ordinary(text) and not (cased and lists.is_name(text))
        town = text in lists.towns and not (cased and text in lists.given)
        if ordinary or town or text in NOT_PEOPLE or tokens[last].symbols:
            break
        last += 1
        if tokens[last - 1].pause:
            break
    return [Mark(first, last, "PERSON_NAME", Reason.CUE, 0.6)] if last > first and lists.words else []
