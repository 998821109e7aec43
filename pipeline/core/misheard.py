"""Names and places that a recogniser took for small words: "with you" was a surname, "and there" a village."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.tokens import Token

MISHEARD_AS_FILLERS = frozenset({"PERSON_NAME", "POSTAL_ADDRESS", "MEDICAL", "SECURITY_ANSWER"})
"""Kinds that are answered in words no recogniser knows."""

TAILED = frozenset({"POSTAL_ADDRESS", "MEDICAL"})
"""Those whose answer goes on in other words: a town, another drug."""

SMALL = frozenset(
    "with at all let lets let's under the them then they of off until up us by but like as which were there there's on "
    "over if when where or and had bear find".split()
)
"""Words that nobody answers with: where they stand alone or begin an answer, something else was said."""

SAYINGS = (
    "let me", "let us", "let's see", "all right", "of course", "hold on", "hang on", "like i", "by the", "up to",
    "at the", "not at", "there you", "on the", "of the", "all of", "but i", "and i", "and the", "if you",
    "when you", "where do", "then i", "then we", "with you please", "with pleasure", "under the", "the same",
    "the other", "there is", "there's a", "there's no", "and you", "and that", "but it", "over the", "and then",
    "and it", "or the", "or is",
)  # fmt: skip
REPLIES = frozenset(
    "yes yeah yep no nope not now okay ok right righto sure alright all-right absolutely certainly definitely exactly "
    "correct perfect great lovely good fine hello hi hey morning afternoon evening please thanks thank you cheers bye "
    "sorry oh ah um uh er hmm mm mhm me my mine name is it's its it this that that's here's here is i i'm i'll "
    "i'd i've "
    "well so and just a one second moment minute then there quickly ready really still again actually happy glad do "
    "can could would should will help hang hold on bear first last full surname the same".split()
)
"""What an answer for a name that tells none consists of: "yes, of course, one moment"."""

TALKS = frozenset(
    "i i'll i'd i'm i've you you're we that'd that'll it'd it'll they can could do does would should what "
    "when where which how let let's have hold hang bear just of give".split()
)
"""So no misheard name of small words begins, as far as anybody can tell."""

PUT_OFF = frozenset({"hold on", "hang on", "bear with", "let me", "just a", "one moment", "one second", "give me"})
"""Who begins so does not answer yet."""

LEADS_OFF = frozenset("know of go going could give look us use until all them will wait read write think at".split())
"""What no name is led in by: "will go forester"."""

LETTERS = frozenset({"a", "i", "o", "oh"})
"""Words, but letters before other letters."""

OWNERS = frozenset("my his her our your the".split())
KIN = frozenset(
    "husband wife partner son daughter mother father mum mom dad brother sister uncle aunt cousin nephew niece friend "
    "neighbor neighbour colleague boss grandson granddaughter grandmother grandfather fiance girlfriend "
    "boyfriend".split()
)
"""Whose name it is, not the name."""

SMALL_WORDS = 3  # of an answer of small words only; longer ones are talk
NAME_GOES_ON = 4  # words of a further clause that may still be the name; longer ones are talk
TAIL_WORDS = 3  # small words behind an address that may be its town


def with_misheard(part: Sequence[Token], words: Sequence[int], *, tail: bool, begun: bool) -> list[int]:
    """Positions of the words of an answering clause that tell something, and of what may be misheard beside them.

    words: positions that tell something, sorted. tail: a town may follow. begun: a clause before was answer already.
    """
    if not tail and len(part) > 1 and part[0].text in OWNERS and part[1].text in KIN:
        words = [w for w in words if w > 1] or words
    if not tail and not begun and [t.text for t in part] == ["thank", "you"] and not part[-1].stop:
        return [0, 1]  # "Thank you, Shori": nobody thanks for being asked who he is
    begin = " ".join(t.text for t in part[:2])
    saying = begin in SAYINGS
    if not tail and begin in PUT_OFF and not any(t.cased for t in part[1:]):
        return []
    if not tail and all(t.text in {"a", "o"} and t.cased for t in part):
        return list(range(len(part)))  # letters, spelled
    spelled = any(t.is_letter for t in part)
    if not tail and begun and len(part) > NAME_GOES_ON and not spelled and not any(t.cased for t in part[1:]):
        return []
    if not words:
        small = part[0].text in SMALL or (not tail and _tells_no_reply(part))
        short = len(part) <= SMALL_WORDS and small and not saying
        return list(range(len(part))) if short and (tail or not begun or _tells_no_reply(part)) else []
    first, last = words[0], words[-1]
    before = SMALL | ({"be", "so", "or"} if tail else LEADS_OFF)
    while first > 0 and part[first - 1].text in before and not saying:
        first -= 1
    while first > 0 and part[first - 1].text in LETTERS and (part[first].is_letter or part[first].text in LETTERS):
        first -= 1
    rest = part[last + 1 :]
    if tail and 0 < len(rest) <= TAIL_WORDS and any(t.text in SMALL for t in rest):
        last = len(part) - 1
    if not tail and 0 < len(rest) <= TAIL_WORDS and any(t.text not in REPLIES for t in rest):
        last = len(part) - 1
    return list(range(first, last + 1))


def _tells_no_reply(part: Sequence[Token]) -> bool:
    """Small words that are no reply either: "know of", "is and all"."""
    return part[0].text not in TALKS and any(t.text not in REPLIES for t in part)
