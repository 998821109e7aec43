"""The audit log: who did what to which call, never what was said in it, nor who the caller was.

An entry is a link of core/chain.py. Its facts are codes, numbers and ids under names listed here; there is no place for
a sentence. Signed heads (number and hash of the last entry) are kept outside: against them `verify` finds what the
chain alone cannot tell, a cut tail and entries made anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.chain import Flaw, Flawed, Link, Plain, walk
from pipeline.core.errors import InputError, TamperedError

NUMBER_MAX = 2**63 - 1


class Kind(StrEnum):
    """What the value of a fact looks like."""

    NUMBER = "number"  # 0 or more
    CODE = "code"  # a word of this program, or of its configuration
    CODES = "codes"  # several, by commas
    NAME = "name"  # of a tenant or call, as it came
    ID = "id"  # of something outside, such as a ticket: never a mere number, which could be a telephone's
    HASH = "hash"  # hex


_FORMS = {
    Kind.CODE: re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}"),
    Kind.CODES: re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}(,[A-Za-z][A-Za-z0-9_.:-]{0,63}){0,31}"),
    Kind.NAME: re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,255}"),
    Kind.ID: re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,255}"),
    Kind.HASH: re.compile(r"[0-9a-f]{8,128}"),
}
_A_MERE_NUMBER = re.compile(r"[0-9._:/+=-]*[0-9]{3}[0-9._:/+=-]*")
_WHO = re.compile(r"[a-z0-9][a-z0-9._:-]{0,63}")

FACTS: dict[str, tuple[Kind, str]] = {  # name: kind, meaning. docs/audit.md lists them
    "tenant": (Kind.NAME, "whose call"),
    "call": (Kind.NAME, "which call"),
    "started_ms": (Kind.NUMBER, "when the call began"),
    "use": (Kind.CODE, "what a data key is for: store or vault"),
    "object": (Kind.NAME, "which stored object"),
    "kind": (Kind.CODE, "what kind of thing the act is about"),
    "entity": (Kind.CODE, "kind of secret"),
    "purpose": (Kind.CODE, "what it is done for"),
    "reason": (Kind.ID, "why: a code or a ticket"),
    "state": (Kind.CODE, "what it became"),
    "outcome": (Kind.CODE, "how it ended"),
    "step": (Kind.CODE, "which step of a longer act"),
    "wanted": (Kind.CODE, "the act that was refused"),
    "role": (Kind.CODE, "role it takes"),
    "roles": (Kind.CODES, "roles of an operator"),
    "purposes": (Kind.CODES, "purposes of an operator"),
    "operator": (Kind.CODE, "which operator it is about"),
    "token": (Kind.HASH, "id of an operator's token"),
    "request": (Kind.ID, "data-subject request"),
    "hold": (Kind.ID, "legal hold"),
    "matter": (Kind.ID, "legal matter or case"),
    "grant": (Kind.ID, "permission to unseal"),
    "sweep": (Kind.ID, "run of the sweep"),
    "incident": (Kind.ID, "incident of the store"),
    "checked": (Kind.ID, "how an identity was checked, or by which document"),
    "proof": (Kind.ID, "proof of a consent"),
    "notice": (Kind.ID, "version of a notice"),
    "label": (Kind.CODE, "kind of a pseudonym"),
    "pseudonym": (Kind.HASH, "keyed hash of a person"),
    "key": (Kind.ID, "id of a key, never a key"),
    "provider": (Kind.CODE, "who holds the key"),
    "retention_class": (Kind.CODE, "which terms apply"),
    "jurisdiction": (Kind.CODE, "which law applies"),
    "language": (Kind.CODE, "language of a consent or notice"),
    "rule": (Kind.CODE, "which rule"),
    "sha256": (Kind.HASH, "hash of a file or object"),
    "calls": (Kind.NUMBER, "how many calls"),
    "objects": (Kind.NUMBER, "how many objects"),
    "keys": (Kind.NUMBER, "how many data keys"),
    "spans": (Kind.NUMBER, "how many spans"),
    "entries": (Kind.NUMBER, "how many entries"),
    "approvals": (Kind.NUMBER, "how many approved"),
    "bytes": (Kind.NUMBER, "how many bytes"),
    "samples": (Kind.NUMBER, "how many samples"),
    "channel": (Kind.NUMBER, "channel of the call"),
    "start_sample": (Kind.NUMBER, "where it begins in the call"),
    "end_sample": (Kind.NUMBER, "where it ends in the call"),
    "due_ms": (Kind.NUMBER, "when it is or was due"),
    "until_ms": (Kind.NUMBER, "how long it is valid"),
    "received_ms": (Kind.NUMBER, "when it was received"),
    "certificate": (Kind.NUMBER, "number of another entry"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. at_ms: wall clock; seq tells the order, even where the clock went back. hash: of the whole entry."""

    seq: int
    at_ms: int
    who: str
    act: str
    facts: Mapping[str, Plain]
    hash: str


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The number and hash of the entry that was the last at `at_ms`, signed. key: id of the signing key."""

    seq: int
    hash: str
    at_ms: int
    key: str
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed."""
        return f"callshield.audit.head.v1/{self.seq}/{self.hash}/{self.at_ms}/{self.key}".encode()


class Wrong(StrEnum):
    """What `verify` finds."""

    UNREADABLE = "unreadable"
    EDITED = "edited"
    BROKEN = "broken"
    TORN = "torn"
    REMADE = "remade"  # a signed head has another hash for this entry
    CUT = "cut"  # a signed head is of an entry that is not there
    UNSIGNED = "unsigned"  # entries after the last signed head
    FORGED = "forged"  # a head whose signature does not fit


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: the line of the log, or the number of the entry for what heads tell."""

    wrong: Wrong
    at: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` saw. clock_back: times the wall clock was earlier than at the entry before."""

    entries: int
    heads: int
    clock_back: int
    problems: tuple[Problem, ...]


def body(at_ms: int, who: str, act: str, facts: Mapping[str, Plain]) -> dict[str, Plain | Mapping[str, Plain]]:
    """What an entry says. Raises InputError if a value could hold a secret, ValueError if a name is unknown."""
    if not _WHO.fullmatch(who) or not _FORMS[Kind.CODE].fullmatch(act) or not 0 <= at_ms <= NUMBER_MAX:
        raise ValueError("no such entry of the audit log")
    unknown = sorted(facts.keys() - FACTS.keys())
    if unknown:
        raise ValueError(f"facts the audit log has no place for: {', '.join(unknown)}")
    for name, value in facts.items():
        if not fits(name, value):
            kind = FACTS[name][0]
            raise InputError(
                f"audit log: {name}: write a {kind} without blanks, such as ticket-4711; no names, no mere numbers"
                if kind in (Kind.ID, Kind.NAME)
                else f"audit log: {name} must be a {kind}; see docs/audit.md"
            )
    return {"at_ms": at_ms, "who": who, "act": act, "facts": dict(facts)}


def fits(name: str, value: object) -> bool:
    """Whether a fact may have this value."""
    kind = FACTS[name][0]
    if kind is Kind.NUMBER:
        return type(value) is int and 0 <= value <= NUMBER_MAX
    if not isinstance(value, str) or not _FORMS[kind].fullmatch(value):
        return False
    return kind is not Kind.ID or not _A_MERE_NUMBER.fullmatch(value)


def entry(link: Link) -> Entry:
    """Of a link. Raises TamperedError if it is no entry."""
    plain = dict(link.body)
    at_ms, who, act, facts = (plain.pop(name, None) for name in ("at_ms", "who", "act", "facts"))
    good = not plain and type(at_ms) is int and isinstance(who, str) and isinstance(act, str)
    if not good or not isinstance(facts, Mapping):
        raise TamperedError(Flaw.UNREADABLE)
    return Entry(link.seq, at_ms, who, act, facts, link.hash)  # type: ignore[arg-type]


def verify(lines: Iterable[bytes], heads: Sequence[SignedHead], genuine: Callable[[SignedHead], bool]) -> Verified:
    """Everything wrong with a log, in the order of its lines; what heads tell comes last.

    lines: as written, with line breaks. heads: all that were kept, of all places. genuine: whether a signature fits.
    """
    problems: list[Problem] = []
    wanted: dict[int, set[str]] = {}
    forged = []
    for head in heads:
        if genuine(head):
            wanted.setdefault(head.seq, set()).add(head.hash)
        else:
            forged.append(Problem(Wrong.FORGED, head.seq))
    signed_upto = max(wanted, default=0)
    count, before_ms, clock_back, last = 0, 0, 0, 0
    for found in walk(lines):
        if isinstance(found, Flawed):
            problems.append(Problem(Wrong(str(found.flaw)), found.line))
            continue
        count += 1
        try:
            said = entry(found)
        except TamperedError:
            problems.append(Problem(Wrong.UNREADABLE, found.seq))
            continue
        clock_back += said.at_ms < before_ms
        before_ms, last = said.at_ms, max(last, said.seq)
        if wanted.pop(said.seq, {said.hash}) != {said.hash}:
            problems.append(Problem(Wrong.REMADE, said.seq))
    problems += [Problem(Wrong.CUT, seq) for seq in sorted(wanted)]
    if last > signed_upto:
        problems.append(Problem(Wrong.UNSIGNED, signed_upto + 1))
    return Verified(count, len(heads) - len(forged), clock_back, (*problems, *forged))
