"""How far into an utterance its words are plain talk: up to the first that may still become a part of a secret.

An utterance is judged when it has ended. Before, only this is asked: which of its words no later word can make
sensitive. Whatever could begin a number, a code, a name or an address, or announces one, holds back all behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.addresses import HOSTS
from pipeline.core.asking import is_request
from pipeline.core.casing import begins_sentence, has_capitals
from pipeline.core.heard import Utterance
from pipeline.core.judged import LOST_MS, WORD_SLACK_MS, WORDLESS_MS
from pipeline.core.lists import Lists
from pipeline.core.span import Span, complement, merge
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.tokens import TELLING, Token, tokenise
from pipeline.core.spoken.vocabulary import (
    CODE_JOINERS,
    DIGIT_LIKE,
    FILLERS,
    LETTER_LIKE,
    MAGNITUDES,
    MONTHS,
    MULTIPLIER_LIKE,
    MULTIPLIERS,
    SIGNS,
    UNITS,
)
from pipeline.core.standalone import NOUNS

PAUSE_MS = 150  # silence this long is none inside a word, nor between two that belong together
TAIL_TOKENS = 2  # of the last words those that say something wait for what follows: "Rose", "mill", "cancer"
CLEAR = 0.35  # less confidence, and a word may have been anything
PLAIN_TOKENS = 7  # what is announced, or what names, is said by then
BACK_TOKENS = 6  # so many misheard digits may stand before one that was heard
GARBLED_TOKENS = 2  # and words that are nothing of the kind: "Chair d'S, 3 7", "The IBA and"
TALK = frozenset({"i", "i'm", "i'll", "i've", "i'd", "ok", "okay", "may", "march", "mar", "sep"})
"""Words of talk that are months, letters or capitals by their looks alone."""
CUES = (NOUNS.keys() | TELLING | HOSTS | SIGNS | MULTIPLIERS.keys() | MAGNITUDES | MONTHS) - TALK
"""They announce a secret, or are a part of one."""
BEFORE = DIGIT_LIKE.keys() | LETTER_LIKE.keys() | MULTIPLIER_LIKE | CODE_JOINERS | {"as", "in", "like", "is"}
"""Before a digit they may have been one."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An utterance that is not judged yet. open: it has not ended, its words are those of `Early`. voiced: where there
    is energy inside its span. paused: behind its last word it is quiet for PAUSE_MS.
    """

    channel: int
    utterance: Utterance
    voiced: tuple[Span, ...]
    open: bool
    paused: bool = False


def plain_upto(item: Pending, lists: Lists, rate: int, tail_chars: int = 0) -> int:
    """The sample of the utterance up to which no word may become sensitive, whatever follows. Of one that has ended the
    judge knows all words; only numbers in it may turn out to answer what is asked meanwhile.

    tail_chars: so long are sayings that are looked for word by word; the last words may begin one.
    """
    utterance = item.utterance
    tokens = tokenise(utterance.words)
    upto = utterance.span.end
    if item.open:
        first = _tail(tokens, tail_chars, 0 if item.paused else TAIL_TOKENS)
        upto = _start(tokens, first, utterance.span, rate) if tokens else utterance.span.start
    risky = _first_risky(tokens, lists) if item.open else next((i for i, t in enumerate(tokens) if t.symbols), None)
    if risky is not None:
        first = _garbled_before(tokens, max(0, risky - GARBLED_TOKENS))
        upto = min(upto, _start(tokens, first, utterance.span, rate))
    return min([upto, *_wordless(item, rate)])


def asks(item: Pending, rate: int) -> bool:
    """Something in it may be a question, or its beginning."""
    tokens = tokenise(item.utterance.words)
    return any(is_request(tokens[a:b]) for a, b in clauses(tokens, rate))


def _tail(tokens: Sequence[Token], chars: int, words: int) -> int:
    """The first of the tokens that wait for what follows. words: how many do that say something."""
    last = range(max(0, len(tokens) - words), len(tokens))
    first = next((i for i in last if tokens[i].text not in FILLERS), len(tokens))
    first = _garbled_before(tokens, first)
    while first > 0 and sum(len(t.text) for t in tokens[first:]) < chars:
        first -= 1
    return first


def _first_risky(tokens: Sequence[Token], lists: Lists) -> int | None:
    """The first that may become a part of a secret. A word that only might is plain once enough plain talk follows it,
    and the judge does not think otherwise; a digit or a letter never is.
    """
    risky = [i for i in range(len(tokens)) if _risky(tokens, i, lists)]
    for i, after in pairwise([*risky, len(tokens)]):
        if tokens[i].symbols or after - i <= PLAIN_TOKENS:
            return i
    return None


def _risky(tokens: Sequence[Token], at: int, lists: Lists) -> bool:
    token, text = tokens[at], tokens[at].text
    if token.symbols and text not in TALK:
        return True
    if text in CUES or not text[0].isalpha() or (token.confidence < CLEAR and text not in FILLERS):
        return True
    capital = token.cased and has_capitals(tokens) and not begins_sentence(tokens, at) and text not in TALK
    known = lists.is_ordinary(text) or text in FILLERS or text in UNITS
    return capital or not known or (token.cased and lists.is_name(text))


def _garbled_before(tokens: Sequence[Token], at: int) -> int:
    """The first token of what may be the beginning of the number that token `at` belongs to."""
    first = at
    while first > 0 and at - first < BACK_TOKENS and tokens[first - 1].text in BEFORE:
        first -= 1
    return first


def _start(tokens: Sequence[Token], at: int, utterance: Span, rate: int) -> int:
    """Where a finding that begins with token `at` begins at the earliest, see judged.finding_of."""
    if at == 0:
        return utterance.start
    if at == len(tokens):
        return tokens[-1].span.end
    start = tokens[at].span.start
    return max(min(start, tokens[at - 1].span.end), start - LOST_MS * rate // 1000)


def _wordless(item: Pending, rate: int) -> list[int]:
    """Where voice begins in which no words were heard."""
    heard = merge([w.span for w in item.utterance.words], gap=WORD_SLACK_MS * rate // 1000)
    silent = complement(heard, item.utterance.span)
    parts = (voice.clip(gap) for gap in silent for voice in item.voiced)
    return [p.start for p in parts if p is not None and p.size * 1000 >= WORDLESS_MS * rate]
