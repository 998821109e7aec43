"""What of an utterance answers an open question: those tokens are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.core.asking import asks_back
from pipeline.core.entities import Entity, Shape
from pipeline.core.finding import Reason
from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.marks import Mark
from pipeline.core.misheard import MISHEARD_AS_FILLERS, TAILED, with_misheard
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.counted import is_ordinal
from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, MONTHS, SIGNS, UNITS
from pipeline.core.unclear import (
    DOUBT_CONFIDENCE,
    QUESTION_CLEAR,
    STALLS,
    lost_marks,
    mean_confidence,
    stutters,
    unclear_marks,
)

# A clause that begins so goes on talking; it does not go on answering.
TALK = frozenset(
    "i i'm i've i'd i'll we we're we've we'd but so because since can could would is are do does did what "
    "when where how why who thanks thank please and".split()
)
LABELS = frozenset(
    "my card cards debit credit visa mastercard master american express amex discover maestro rupay barclaycard social "
    "security insurance pan aadhaar passport licence license driving driver's membership member policy booking order "
    "tracking reservation confirmation reference account savings checking current bank sort routing expiry expires "
    "date birth dob born mobile cell phone landline home work number numbers digits code pin cvv is it's says it "
    "starts begins with ends ending in".split()
)
"""What a speaker calls his number or his card before he reads it: heard clearly, it is no garbled digit."""
REST_TOKENS = 5
LOOPED_TOKENS = 12  # of a short answer that a recogniser wrote several times over
SPELLED_TOKENS = 8
CLEARING = frozenset({"for", "after", "like", "as", "in", "and"})
BETWEEN_RUNS = 3  # words between two parts of a number that cannot be told from garbled digits


def numeric_marks(
    tokens: Sequence[Token],
    start: int,
    entities: Sequence[Entity],
    rate: int,
    *,
    doubt: bool,
    plain: bool = True,
    lists: Lists = NO_LISTS,
) -> list[Mark]:
    """Hide the numbers from token `start` on, and what may be garbled digits beside them.

    doubt: a short reply without digits is hidden too, if it was plainly asked for a number. lists: to know words that
    are none.
    """
    part = tokens[start:]
    if doubt and (lost := lost_marks(tokens, start, entities[0], lists)):
        return lost
    dates = any(e.shape is Shape.DATE for e in entities)
    least = min(e.least for e in entities)
    found = [r for r in runs(part, lenient=True, dates=dates) if not _is_amount(r, dates)]
    if all(e.shape is Shape.DATE for e in entities):
        found = [r for r in found if _is_date(part, r) or _stands_alone(part, r)]
    found = _joined(part, found) if found else []
    joined = [r for r in found if (_may_be_date(part, r) if dates else r.symbols >= least)] or [
        r for r in found if _stands_alone(part, r)
    ]
    if not joined:
        return unclear_marks(tokens, start, entities[0]) if doubt and plain else []
    best = entity_for(entities, joined)
    return [
        Mark(start + first, start + last, best.name, Reason.ANSWER, mean_confidence(part[first:last]))
        for first, last in _widened(part, joined, rate, spelled=best.shape is Shape.ALNUM)
    ]


def _is_amount(run: Run, dates: bool) -> bool:
    return run.counted and not dates and len(run.digits) < 6


def _may_be_date(tokens: Sequence[Token], run: Run) -> bool:
    """More than the "one" of "one moment" and the "second" of "just a second"."""
    said = tokens[run.first : run.last]
    if [t.text for t in said] == ["second"]:
        return any(t.text in {"the", "of", "month"} for t in tokens[max(0, run.first - 1) : run.last + 1])
    return run.symbols > 1 or any(t.text in MONTHS or is_ordinal(t) for t in said)


def _is_date(tokens: Sequence[Token], run: Run) -> bool:
    """What counts or measures is no date, unless a month is in it: "between twelve and two", "the second month"."""
    said = [t.text for t in tokens[run.first : run.last + 1]]
    return not run.counted or any(w in MONTHS for w in said) or said[-1] in {"month", "of"}


def _stands_alone(tokens: Sequence[Token], run: Run) -> bool:
    """Nothing but fillers around it: a short or cut answer."""
    if [t.text for t in tokens[run.first : run.last]] == ["one"] and run.last < len(tokens):
        return False  # "yes, one moment"
    rest = [t.text for t in (*tokens[: run.first], *tokens[run.last :])]
    return all(w in FILLERS for w in rest)


def _joined(tokens: Sequence[Token], found: Sequence[Run]) -> list[Run]:
    """Runs with only a few uncertain words between them are parts of one number."""
    out: list[Run] = [found[0]]
    for run in found[1:]:
        last = out[-1]
        between = tokens[last.last : run.first]
        talk = len(between) > BETWEEN_RUNS or (len(between) > 1 and all(t.text in FILLERS for t in between))
        if talk:
            out.append(run)
        else:
            out[-1] = Run(last.first, run.last, last.digits + run.digits, last.letters + run.letters, False)
    return out


def _widened(
    tokens: Sequence[Token], found: Sequence[Run], rate: int, *, spelled: bool = False
) -> list[tuple[int, int]]:
    """Each run, widened over uncertain words beside it and over a short rest of its clause.

    "605, 118, out as an apple" was "A as in apple": what is left of the clause is part of the number.
    """
    out = []
    parts = clauses(tokens, rate)
    for run in found:
        begin = next(a for a, b in parts if a <= run.first < b)
        end = next(b for a, b in parts if a < run.last <= b)
        first, last = run.first, run.last
        while first > begin and _garbled(tokens[first - 1]):
            first -= 1
        while last < end and _garbled(tokens[last]):
            last += 1
        if _short_rest(tokens[begin:first]) or (spelled and _garbled_letters(tokens[begin:first])):
            first = begin
        elif first > begin and tokens[first - 1].text == "the" and is_ordinal(tokens[first]):
            first -= 1
        if _short_rest(tokens[last:end]):
            last = end
        out.append((first, last))
    return out


def _short_rest(tokens: Sequence[Token]) -> bool:
    unknown = [t for t in tokens if t.text not in FILLERS | UNITS and not (t.text in LABELS and not _garbled(t))]
    return 0 < len(tokens) <= REST_TOKENS and bool(unknown) and not any(t.text in TALK for t in tokens)


def _garbled_letters(tokens: Sequence[Token]) -> bool:
    """ "Hey, after father, I'll be for papa": letters and the words that were to make them clear."""
    labelled = any(t.text in LABELS - CLEARING for t in tokens)
    return 0 < len(tokens) <= SPELLED_TOKENS and not labelled and any(t.text in CLEARING for t in tokens[1:])


def _garbled(token: Token) -> bool:
    return token.text not in FILLERS and token.confidence < DOUBT_CONFIDENCE


def free_marks(
    tokens: Sequence[Token], start: int, entities: Sequence[Entity], rate: int, *, begun: bool = False
) -> list[Mark]:
    """Hide everything from token `start` on that may answer, up to where the speaker goes on talking.

    begun: there was an answer before this utterance.
    """
    out: list[Mark] = []
    entity = next(e for e in entities if e.shape is Shape.FREE)
    if not begun and len(tokens[start:]) <= LOOPED_TOKENS and stutters(tokens[start:]):
        return [Mark(start, len(tokens), entity.name, Reason.ANSWER, mean_confidence(tokens[start:]))]
    open_ended = any(e.words_max > 6 for e in entities if e.shape is Shape.FREE)
    for first, last in _answering(tokens, start, rate, open_ended, answered=begun):
        part = tokens[first:last]
        if entity.name == "PERSON_NAME" and _measures(part):
            continue
        words = [i for i, t in enumerate(part) if t.text not in FILLERS or (t.symbols and len(t.symbols) > 1)]
        if entity.name in MISHEARD_AS_FILLERS:
            words = with_misheard(part, words, tail=entity.name in TAILED, begun=bool(out))
        if words:
            garbled = mean_confidence(part) < DOUBT_CONFIDENCE  # then the fillers are not to be believed either
            a, b = (first, last) if garbled else (first + words[0], first + words[-1] + 1)
            out.append(Mark(a, b, entity.name, Reason.ANSWER, mean_confidence(tokens[a:b])))
    return out


def _measures(clause: Sequence[Token]) -> bool:
    """ "And I do sixty thousand miles in it": that is no name."""
    return any(a.is_digits and b.text in UNITS for a, b in pairwise(clause)) and not any(t.is_letter for t in clause)


def _answering(
    tokens: Sequence[Token], start: int, rate: int, open_ended: bool, *, answered: bool
) -> list[tuple[int, int]]:
    """Clauses of the answer. After the first real words, a clause that talks on ends a short answer."""
    out: list[tuple[int, int]] = []
    for a, b in clauses(tokens[start:], rate, commas=True):
        clause = tokens[start + a : start + b]
        content = [t for t in clause if t.text not in FILLERS]
        spelled = any(t.is_letter or t.text in SIGNS or t.text == "at" for t in clause)
        talk = clause[0].text in TALK and len(clause) > 2 and not spelled
        if not answered and content and all(t.text in STALLS for t in content) and not any(t.symbols for t in clause):
            continue
        if answered and talk and not any(t.symbols for t in clause):
            break
        if asks_back(clause) and not spelled and mean_confidence(clause) >= QUESTION_CLEAR:
            if answered:
                break
            continue
        if (
            talk
            and len(clause) > 4
            and not answered
            and not open_ended
            and clause[0].text in TALK - {"i", "i'm", "and"}
        ):
            continue
        answered = answered or bool(content)
        out.append((start + a, start + b))
    return out


def entity_for(entities: Sequence[Entity], found: Sequence[Run]) -> Entity:
    """Which of several kinds asked for at once a number answers, by its length."""
    if len(entities) == 1 or not found:
        return entities[0]
    size = max(r.symbols for r in found)
    return min(entities, key=lambda e: abs(e.enough - size))
