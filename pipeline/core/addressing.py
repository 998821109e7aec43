"""Names somebody is addressed by, however they were heard: "what's your date of birth, I'll waste it?".

Who gave his name is called by it. A few odd words where a name would stand are that name, misheard once more; and what
sounds like a name given before is that name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from pipeline.core.asking import is_request
from pipeline.core.finding import Reason
from pipeline.core.lists import Lists
from pipeline.core.marks import Mark
from pipeline.core.questions import asked_for
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.phrases import distance, find, sound
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, UNITS

CALLED_WORDS = 3  # of a clause that is a name and no more
HEARD_WORDS = 3  # words one name may be taken for
KEY_LETTERS = 4  # of the sound of a name; shorter ones sound like much else
LETTERS_AN_EDIT = 4
THAT_YOU = ("=is that|this you|yourself",)
SEEING = ("=see|seeing|have|got|showing|showing|says|it's|is|here|for|am", "=i'm seeing|showing|getting", "=looking at")
COURTESIES = (
    "=talk|speak|talking|speaking to|with you", "=meet|meeting you", "=hear|hearing from you",
    "=for that|waiting|holding|confirming|calling|ringing", "=your patience|help|time", "=there you go",
)  # fmt: skip
CALLING_WORDS = 3  # that address somebody
CALLED_FEW = 2  # words between commas that name him
CALLED_TALK = frozenset(
    "i i'm i'll i've we you it it's that's there's let let's problem worries rush news question thing things idea bad "
    "perfect understood noted done wonderful fantastic excellent awesome super sounds gotcha agreed deal course no not "
    "now then so but and or if when because well actually basically apparently unfortunately luckily honestly "
    "obviously anyway finally first firstly second lastly next one two three today tomorrow yesterday oh ah um "
    "uh look listen see hang hold bear give do don't my your the a".split()
)
"""With one of them nobody is called."""
SEEN_WORDS = 8
NAMED_WORDS = 5
ADDRESSING = frozenset(
    "thanks thank you okay ok right hi hello hey sorry well great lovely perfect so please bye goodbye cheers morning "
    "afternoon evening brilliant alright now then yes no appreciated worries problem".split()
)
"""Behind them stands who is spoken to."""

TAILS = FILLERS | UNITS | frozenset(
    "exactly today time rush hurry begin start security purposes records sir madam ma'am again either instead maybe "
    "perhaps more else anything something possible may if any by way for me or and but handy available there "
    "tomorrow yesterday sharing asking confirm verify check number numbers details order".split()
)  # fmt: skip
"""What else a question ends with."""


def addressing_marks(tokens: Sequence[Token], lists: Lists, names: Collection[str], rate: int) -> list[Mark]:
    """Of one utterance. names: those hidden on the call so far, word by word."""
    out = _asked_back(tokens)
    out += _greeted(tokens) if names else []
    if not names:
        return out
    return out + _behind_questions(tokens, lists, rate) + _by_sound(tokens, names, rate) + _called(tokens)


def _behind_questions(tokens: Sequence[Token], lists: Lists, rate: int) -> list[Mark]:
    """A short clause behind one that asks, with a word in it that nobody asks with."""
    parts = clauses(tokens, rate, commas=True)
    out: list[Mark] = []
    for (a, b), (first, last) in pairwise(parts):
        said = tokens[first:last]
        ends = last == len(tokens) or tokens[last - 1].stop
        if len(said) > CALLED_WORDS or not ends or not is_request(tokens[a:b]) or any(t.is_digits for t in said):
            continue
        secret = tokens[b - 1].asks and asked_for(tokens[a:b], final=False)
        odd = any(_odd(tokens, i, lists) for i in range(first, last))
        if odd or (secret and last == len(tokens) and any(t.text not in TAILS for t in said)):
            out.append(Mark(first, last, "PERSON_NAME", Reason.CUE, 0.4))
    return out


def _greeted(tokens: Sequence[Token]) -> list[Mark]:
    """ "Pleased to talk to you, I'll waste and let's": a few odd words behind a courtesy and a pause."""
    out: list[Mark] = []
    for cue in find(COURTESIES, tokens):
        first = last = cue.last
        if first >= len(tokens) or not tokens[first - 1].pause or tokens[first - 1].stop:
            continue
        while last < len(tokens) and last - first <= CALLED_WORDS and tokens[last].text not in {"and", "so"}:
            last += 1
            if tokens[last - 1].pause:
                break
        said = tokens[first:last]
        if 0 < len(said) <= CALLED_WORDS and any(t.text not in TAILS for t in said):
            out.append(Mark(first, last, "PERSON_NAME", Reason.CUE, 0.4))
    return out


def _called(tokens: Sequence[Token]) -> list[Mark]:
    """ "Okay, in these, that'll be ready": one or two words between commas, behind a word that addresses somebody."""
    first = next((i for i, t in enumerate(tokens) if t.text not in ADDRESSING), len(tokens))
    if not 0 < first <= CALLING_WORDS or not tokens[first - 1].pause or tokens[first - 1].stop:
        return []
    for last in range(first + 1, min(first + CALLED_FEW, len(tokens) - 1) + 1):
        said = tokens[first:last]
        if said[-1].stop or said[-1].is_digits:
            return []
        if said[-1].pause:
            named = not any(t.text in CALLED_TALK for t in said) and any(t.text not in TAILS for t in said)
            return [Mark(first, last, "PERSON_NAME", Reason.CUE, 0.4)] if named else []
    return []


def _asked_back(tokens: Sequence[Token]) -> list[Mark]:
    """ "I'm seeing all the lean gringer. Is that you?": the few words before it, behind what leads in."""
    out: list[Mark] = []
    for cue in find(THAT_YOU, tokens):
        end = cue.first
        first = max(0, end - 1)
        while first > 0 and end - first < SEEN_WORDS and not tokens[first - 1].stop:
            first -= 1
        led = [m.last for m in find(SEEING, tokens[first:end])]
        first += max(led, default=0)
        if led and 0 < end - first <= NAMED_WORDS and any(t.text not in FILLERS for t in tokens[first:end]):
            out.append(Mark(first, end, "PERSON_NAME", Reason.CUE, 0.5))
    return out


def _odd(tokens: Sequence[Token], at: int, lists: Lists) -> bool:
    """A word in capitals, one that nobody knows, or letters."""
    token = tokens[at]
    if token.text in TAILS:
        return False
    capital = token.cased and at > 0 and not tokens[at - 1].stop
    return token.is_letter or capital or (bool(lists.words) and not lists.is_ordinary(token.text))


def _by_sound(tokens: Sequence[Token], names: Collection[str], rate: int) -> list[Mark]:
    """ "Pleased to talk to you, I'll waste": words where somebody is addressed that sound like a name."""
    keys = {key for name in names if len(key := sound(name)) >= KEY_LETTERS}
    out: list[Mark] = []
    for begin, end in clauses(tokens, rate, commas=True):
        for first in range(begin, end):
            led = first == begin or all(t.text in ADDRESSING for t in tokens[max(begin, first - 1) : first])
            if not led:
                break
            for last in range(first + 1, min(first + HEARD_WORDS, end) + 1):
                said = tokens[first:last]
                telling = any(t.text not in FILLERS for t in said)
                if telling and _sounds_like(sound("".join(t.text for t in said)), keys):
                    out.append(Mark(first, last, "PERSON_NAME", Reason.READ_BACK, 0.4))
    return out


def _sounds_like(said: str, keys: Collection[str]) -> bool:
    return len(said) >= KEY_LETTERS and any(
        said[0] == key[0] and abs(len(said) - len(key)) <= 1 and distance(said, key) <= len(key) // LETTERS_AN_EDIT
        for key in keys
    )
