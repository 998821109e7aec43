"""How people ask, whatever they ask for: requests, and wishes to hear an answer once more."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token

OPENERS = (
    "=what|what's|which|when|where|who|whom|whose",
    "=how do|is|old|are|can",
    "=can|could|may|might|would|will|shall|should|do|does|did|is|are|have i|you|we|it|that|there|she|he|they|your|the",
    "=confirm|verify|provide|spell|tell|give|enter|repeat|state|supply|type|read|share|quote|remind|say|pop|key",
    "=let's|let me|us|have|take|get|start|see",
    "=please",
)
"""How a request begins."""

REQUESTS = (
    "=can|could|may|might|would|will|shall i|you|we",
    "=please",
    "=i'll|i|i'd|we|we'll|you just|also|will|do|would|still need|want|require|like|take|have|ask",
    "=need|take|get|grab|have|ask|confirm|verify|check your|his|her|their|the|a|some|you|me|that",
    "=let me have|take|get|grab",
    "=have|need|like|want to ask",
    "=ready for|when",
    "=what's|what is|are|was|were",
    "=do you have|know|remember|recall",
    "=tell|give|read me|us",
    "what|what's|which|who|who's|whose|where|where's|when",
)
"""How one sounds wherever its words stand in a clause."""

LEAD_INS = frozenset(
    "and so okay ok right thanks thank you great lovely alright now then well first next just sure".split()
)
WAITING = frozenset(
    "again repeat sorry pardon excuse missed miss catch more say said saying spell spelled spelt louder slowly slower "
    "up come time rush hurry ready whenever hold wait moment sec second minute there hear hello got with what's".split()
)
"""Who says one of these still waits for an answer: "take your time", "sorry, what was that?"."""
AGAIN = (
    "=once|one more",
    "=one more time",
    "=again please|slowly|slower|for",
    "=say|read|repeat|tell|give|do that|it|those|them",
    "repeat",
    "slower",
    "=not|isn't|wasn't|very clear",
    "unclear",
    "breaking",
    "=didn't|couldn't|can't|not catch|get|hear",
    "=come|from again|the|scratch beginning|top|start",
    "=last|first|second|middle group|part|bit|few|half|set|digits",
    "pardon",
    "=end|rest|start|beginning of it|that",
    "=it|that again",
)
"""Who says one of these wants to hear once more what he asked for."""
ASKED_BACK = (
    "=how long|much|many|often|far|soon|do|does|is|are|can|would|about|come|big",
    "=what is|are|do|does|about|if|happens|time|kind|sort|was|the|in|for|it|makes|would|should",
    "=what's the|in|it|that|a|wrong|next|my", "=which one|ones|way|is|are|day|of",
    "=why is|do|does|are|can't|would|not",
    "=when is|do|does|will|can|are|would|did", "=where is|are|do|can|would|will|did", "=where's the|it|that",
    "=who is|does|do|makes|pays|runs|delivers|should|can|are", "=who's the|that",
    "=can|could|should|shall|may i|we|you|it|they", "=do|does|did|have|has|are|is i|you|we|they|it|there|he|she|that",
)  # fmt: skip
"""So begins a question that is put instead of an answer."""
BACK_LEAST = 3
AGAIN_TOKENS = 16
OPENING_TOKENS = 4
STATEMENTS = frozenset("my mine our i i'm i've it's we".split())  # who says these tells, he does not ask
TELLERS = STATEMENTS - {"it's"}


def is_request(clause: Sequence[Token]) -> bool:
    """The clause asks for something, by its mark or its words."""
    if clause[-1].asks:
        return True
    return opens(clause) or bool(find(REQUESTS, clause))


def asks_back(reply: Sequence[Token]) -> bool:
    """It is a question, put instead of an answer: "what's in the kit?"."""
    first = content_at(reply)
    said = reply[first:]
    return len(said) >= BACK_LEAST and any(not m.first for m in find(ASKED_BACK, said[: BACK_LEAST + 1]))


def moves_on(tokens: Sequence[Token], rate: int) -> bool:
    """An utterance that asks for no secret asks for something else, and not only to hear the answer again."""
    if any(t.text in WAITING for t in tokens):
        return False
    return any(is_request(tokens[a:b]) for a, b in clauses(tokens, rate))


def asks_again(tokens: Sequence[Token]) -> bool:
    """An utterance asks to hear an answer once more."""
    return len(tokens) <= AGAIN_TOKENS and bool(find(AGAIN, tokens))


def opens(clause: Sequence[Token], *, first: bool = False) -> bool:
    """It begins as requests do. first: before it says of whom it tells, unlike "I told them where to go"."""
    begin = content_at(clause)
    found = find(OPENERS, clause[begin : begin + OPENING_TOKENS])
    return any(not first or not any(t.text in TELLERS for t in clause[begin : begin + m.first]) for m in found)


def content_at(clause: Sequence[Token]) -> int:
    """Where it begins, after "right, and then"."""
    return next((i for i, t in enumerate(clause) if t.text not in LEAD_INS), 0)
