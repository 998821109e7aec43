"""Addresses of mail and of Indian payments, as they are said or written by a recogniser: no question is needed."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.runs import explained
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, JOINERS, SIGNS

HOSTS = frozenset(
    "gmail hotmail yahoo ymail outlook icloud aol googlemail protonmail proton btinternet rediffmail rediff fastmail "
    "comcast verizon sbcglobal bigpond optusnet talktalk virginmedia mailbox zoho gmx hushmail tutanota".split()
)
SPLIT_HOSTS = frozenset(
    {("hot", "mail"), ("g", "mail"), ("out", "look"), ("fast", "mail"), ("i", "cloud"), ("a", "o", "l")}
)
ENDS = frozenset("com org net edu gov uk co in io".split())
ENDS_BEHIND_AT = ENDS | frozenset(
    "me info biz eu au nz ca us de fr es it ie ac sch shop store online studio app dev tech site web ai tv care health "
    "school email mail name cloud group agency design media club life world money bank london scot wales".split()
)
"""Ends that are words or letters like others: "dot me" is an address only behind an "at"."""
JOINED_ENDS = frozenset({"com", "org", "net", "edu", "uk"})
BACK_TOKENS = 14  # parts a spoken address has before its "at"
HOST_TOKENS = 6  # words between the "at" and the end of the host
MANNERS = (
    ("all", "one", "word"), ("one", "word"), ("all", "lower", "case"), ("all", "lowercase"), ("lower", "case"),
    ("lowercase",), ("no", "spaces"), ("no", "space"), ("all", "together"), ("all", "small"), ("small", "letters"),
    ("all", "small", "letters"), ("in", "lowercase"), ("full", "stop"), ("the", "number"), ("the", "letter"),
)  # fmt: skip
"""How an address is written, said in its middle."""
HANDLES = (
    "ok",
    "ybl",
    "ibl",
    "axl",
    "apl",
    "yapl",
    "rapl",
    "waicici",
    "wasbi",
    "waaxis",
    "wahdfc",
    "naviaxis",
    "jupiter",
)
OK_BANKS = ("axis", "access", "sbi", "hdfc", "icici", "acis")
HANDLES_NAMED = (
    "paytm", "upi", "sbi", "icici", "hdfcbank", "axisbank", "axis", "kotak", "okbank", "airtel", "jio", "barodampay",
    "idfcbank", "freecharge", "phonepe", "gpay", "bank", "yesbank", "fbl", "cnrb", "pnb", "boi", "indus", "federal",
)  # fmt: skip
"""Names of banks and wallets: an address only behind what looks like one."""
HANDLES_HEARD = frozenset(
    "paidhim paidthem paidthen payteam paythem paytime paidam petm paytheme okayaxis okayaccess oakaxis okaxes okayses "
    "whybl yvl ybel whyb why ibiel isbl freecharge".split()
)
"""What "paytm" and others are taken for, behind a number and "at"."""
HANDLE_TOKENS = 7


def address_marks(tokens: Sequence[Token]) -> list[Mark]:
    """Mail and payment addresses in `tokens`."""
    return _mail(tokens) + _payment(tokens)


def _mail(tokens: Sequence[Token]) -> list[Mark]:
    out: list[Mark] = []
    for i, token in enumerate(tokens):
        size = _host(tokens, i)
        dotted = i > 0 and tokens[i - 1].text in {"dot", "point"}
        ends = dotted and (token.text in ENDS or (token.text in ENDS_BEHIND_AT and _behind_at(tokens, i)))
        joined = token.text in JOINED_ENDS and i > 0 and tokens[i - 1].span == token.span
        if not (size or ends or joined or token.text == "@"):
            continue
        last = i + max(size, 1)
        while last < len(tokens) and (tokens[last].text == "dot" or tokens[last].text in ENDS):
            last += 1
        out.append(Mark(_beginning(tokens, i), last, "EMAIL", Reason.PATTERN, 0.8))
    return out


def _host(tokens: Sequence[Token], i: int) -> int:
    """How many tokens from `i` on name a host of mail."""
    if tokens[i].text in HOSTS:
        return 1
    said = i > 0 and tokens[i - 1].text == "at"
    return next((len(h) for h in SPLIT_HOSTS if said and tuple(t.text for t in tokens[i : i + len(h)]) == h), 0)


def _behind_at(tokens: Sequence[Token], i: int) -> bool:
    """An "at" stands a few words before token `i`, and a word before it."""
    return any(t.text in {"at", "@"} for t in tokens[max(1, i - HOST_TOKENS) : i])


def _payment(tokens: Sequence[Token]) -> list[Mark]:
    out: list[Mark] = []
    for i, token in enumerate(tokens[:-1]):
        if token.text not in {"at", "@", "that", "add", "it"} or not i:
            continue
        named = token.text in {"at", "@", "it"} and _like_address(tokens, i)
        size = _handle(tokens, i + 1, certain=named, heard=named and tokens[i - 1].is_digits)
        if size:
            out.append(Mark(_beginning(tokens, i), i + 1 + size, "UPI_ID", Reason.PATTERN, 0.7))
    return out


def _handle(tokens: Sequence[Token], first: int, *, certain: bool, heard: bool = False) -> int:
    """How many tokens from `first` on are the handle of a payment address. heard: it may be garbled."""
    said = ""
    best = 0
    for n, token in enumerate(tokens[first : first + HANDLE_TOKENS], 1):
        said += "ok" if token.text in {"ok", "okay"} else token.text
        bank = said.startswith("ok") and said[2:].startswith(OK_BANKS)
        named = said in HANDLES_NAMED and certain
        if bank or said in HANDLES[1:] or named or (heard and said in HANDLES_HEARD):
            best = n
        if token.stop:
            break
    return best


def _like_address(tokens: Sequence[Token], at: int) -> bool:
    """What stands before an "at" is a number, a letter or has a dot in it; or nothing else is said."""
    before = tokens[max(0, at - 3) : at]
    return tokens[at - 1].is_digits or tokens[at - 1].is_letter or any(t.text in SIGNS for t in before) or at == 1


def _beginning(tokens: Sequence[Token], at: int) -> int:
    """The first token of an address whose "at" or host is token `at`."""
    first = at
    parts = 0
    clearing = explained(tokens)
    while first > 0 and parts < BACK_TOKENS:
        manner = _manner(tokens, first)
        if tokens[first - 1].stop and not tokens[first - 1].symbols:
            break
        joins = tokens[first - 1].text in JOINERS and tokens[first].is_digits and tokens[max(0, first - 2)].is_digits
        if not manner and not joins and first - 1 not in clearing and not _part(tokens[first - 1]):
            break
        first -= manner or 1
        parts += not tokens[first].symbols
    return first


def _manner(tokens: Sequence[Token], last: int) -> int:
    """How many tokens before `last` only say how the address is written."""
    return max((len(m) for m in MANNERS if tuple(t.text for t in tokens[max(0, last - len(m)) : last]) == m), default=0)


def _part(token: Token) -> bool:
    return token.text in SIGNS or token.text == "at" or bool(token.symbols) or token.text not in FILLERS
