"""Names of others on a call: "our driver, Rory, is on his way", "this is Imogen, the daughter", "I'll ask Perpetua".

Who is spoken of stands behind what he is to somebody, or behind what is done with him.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.finding import Reason
from pipeline.core.lists import Lists
from pipeline.core.marks import Mark
from pipeline.core.misheard import KIN
from pipeline.core.people import NOT_PEOPLE
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, UNITS

ROLES = frozenset(
    "agent driver technician engineer vet solicitor adviser advisor therapist counselor counsellor midwife "
    "teacher tutor coach cleaner plumber electrician builder trainer stylist dentist surgeon consultant "
    "supervisor receptionist nurse caretaker pharmacist nanny childminder carer broker banker chef owner buyer "
    "seller bride groom roommate flatmate housemate lodger accountant lawyer secretary assistant landlord "
    "landlady tenant manager colleague principal headteacher foreman mechanic courier gardener doctor gp physio "
    "physiotherapist optician hygienist bookkeeper treasurer godmother godfather stepson stepdaughter stepmother "
    "stepfather".split()
)
OWNED = f"=my|our|his|her|the|your|their|this {'|'.join(sorted(ROLES | KIN))}"
DONE_WITH = (
    "=i'll|we'll|i|could|can|you|please|just|to put|ask|tell|text|ring|remind|message|warn|thank|pass",
    "=ask|asked|look|asking for", "=let me check|see", "=looked after|helped|served|seen by", "=message|note|word for",
    "=it was|were", "=with|and my colleague|manager|boss",
)  # fmt: skip
"""Behind them may stand whom it is done with; only what nobody knows, or is a name, counts."""
INTRODUCING = ("=this is", "=it's", "=that's", "=i'm", "=i am", "=here's", "=name's", "=name is")
NAME_WORDS = 2
BETWEEN_PAUSES = 3
INTRODUCED_WORDS = 4
GOES_ON = FILLERS | UNITS | frozenset(
    "he she they who i'm i've i'll we we're it's but because was has had will would could does did to please not both "
    "you unfortunately actually too also now however usually always never on with from by at in for any every some an "
    "said says told came comes can't won't isn't wasn't himself herself though anyway meanwhile apparently".split()
)  # fmt: skip
"""Behind a pause these tell of somebody, they do not name him."""


def role_marks(tokens: Sequence[Token], lists: Lists) -> list[Mark]:
    """All of them in one utterance."""
    out: list[Mark] = []
    for cue in find((OWNED,), tokens):
        last = _between_pauses(tokens, cue.last) or _known_name(tokens, cue.last, lists)
        out += [_mark(cue.last, last)] if last else []
    for cue in find(DONE_WITH, tokens):
        last = _known_name(tokens, cue.last, lists)
        out += [_mark(cue.last, last)] if last else []
    for cue in find(INTRODUCING, tokens):
        last = _before_role(tokens, cue.last)
        out += [_mark(cue.last, last)] if last else []
    return out


def _mark(first: int, last: int) -> Mark:
    return Mark(first, last, "PERSON_NAME", Reason.CUE, 0.5)


def _between_pauses(tokens: Sequence[Token], first: int) -> int | None:
    """ "The driver, all of your, will be back": the end of the few words between two commas, garbled or not."""
    if not tokens[first - 1].pause or tokens[first - 1].stop or first == len(tokens) or tokens[first].text in GOES_ON:
        return None
    for last in range(first + 1, min(first + BETWEEN_PAUSES, len(tokens)) + 1):
        if tokens[last - 1].is_digits:
            return None
        if tokens[last - 1].pause:
            return last
    return None


def _known_name(tokens: Sequence[Token], first: int, lists: Lists) -> int | None:
    """The end of one or two words that are names, or in capitals and no ordinary words."""
    last = first
    while last < len(tokens) and last - first < NAME_WORDS and _is_name(tokens[last], lists):
        last += 1
        if tokens[last - 1].pause:
            break
    return last if last > first else None


def _is_name(token: Token, lists: Lists) -> bool:
    text = token.text
    if not lists.words or token.symbols or text in NOT_PEOPLE or text in GOES_ON or not text[0].isalpha():
        return False
    if text in lists.towns and text not in lists.given:
        return False
    ordinary = lists.is_ordinary(text)
    return lists.is_name(text) and (token.cased or not ordinary) if ordinary or not token.cased else True


def _before_role(tokens: Sequence[Token], first: int) -> int | None:
    """ "This is all of you, the daughter": what stands between, whatever was recognised."""
    for last in range(first + 1, min(first + INTRODUCED_WORDS, len(tokens) - 2) + 1):
        if tokens[last - 1].pause:
            owned = tokens[last].text in {"the", "his", "her", "their", "my", "your", "our"}
            return last if owned and tokens[last + 1].text in ROLES | KIN and not tokens[last - 1].stop else None
    return None
