"""Who may have which part of a call: a function of the rules and of what was told in the call, in the order of the log.

A purpose has a call from the first chunk on that begins where all it needs was told and agreed to, until its consent is
withdrawn: then, for the rest of this call, it gets nothing any more. What came before its beginning it never gets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from pipeline.core.consent_rules import Basis, Need, Needs, Tongue
from pipeline.core.span import Span

OPEN = 2**62  # "until it is withdrawn", as a sample; messages.END


class Answer(StrEnum):
    """What somebody said to one purpose. Add, never rename."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Access:
    """A purpose may have the samples of `span`; its end is OPEN until consent is withdrawn."""

    purpose: str
    span: Span

    @property
    def withdrawn(self) -> bool:
        """Whether it has ended."""
        return self.span.end < OPEN


Accesses = tuple[Access, ...]
"""All purposes that ever had something of the call, by name."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a recorder tells. answers: by purpose. notice, disclosure: ids of what was played, or empty. language:
    in which all of it was said, or empty. proof: an id under which the answers can be shown, or empty.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    notice: str = ""
    disclosure: str = ""
    language: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class _Heard:
    """Something that was told, and from which sample on it holds."""

    at: int
    language: str = ""
    proof: str = ""
    answer: str = ""


@dataclass(slots=True)
class Gate:
    """One running call. needs: of its jurisdiction, to its end. language: of the call, or empty."""

    needs: Needs
    language: str = ""
    _notice: _Heard | None = None
    _disclosure: _Heard | None = None
    _answers: dict[str, _Heard] = field(default_factory=dict)
    _begun: dict[str, int] = field(default_factory=dict)
    _over: dict[str, int] = field(default_factory=dict)
    _stopped: set[str] = field(default_factory=set)

    @classmethod
    def without_rules(cls, purposes: Iterable[str], *, begun: bool) -> Gate:
        """Where nobody asks: all purposes have the call until somebody says no. begun: they have had some of it."""
        names = sorted(purposes)
        gate = cls(dict.fromkeys(names, Need(Basis.OBJECTION, notice=False)))
        gate._begun = dict.fromkeys(names, 0) if begun else {}
        return gate

    def tell(self, told: Told, at: int) -> None:
        """What was said at sample `at`: a yes counts from there on, a no at once."""
        if told.notice:
            self._notice = self._better(self._notice, _Heard(at, told.language))
        if told.disclosure:
            self._disclosure = self._better(self._disclosure, _Heard(at, told.language))
        for purpose, answer in sorted(told.answers.items()):
            need = self.needs.get(purpose)
            if need is None or need.consent is Basis.NONE:
                continue
            before = self._answers.get(purpose)
            heard = _Heard(at, told.language, told.proof, str(answer))
            again = answer is Answer.GRANTED and before is not None and before.answer == Answer.GRANTED
            if again and before is not None and self._agreed(need, before):
                if self._agreed(need, heard) and at < before.at:  # told later of an earlier yes
                    self._answers[purpose] = heard
                continue  # a yes repeated does not begin anew
            self._answers[purpose] = heard
            if answer is not Answer.GRANTED and purpose in self._begun:
                self._stopped.add(purpose)

    def chunk(self, start: int) -> Accesses:
        """Who may have what, as the chunk that begins at `start` says it. Chunks are asked for in order."""
        out = []
        for purpose, need in sorted(self.needs.items()):
            begun = self._begun.get(purpose)
            if begun is None:
                since = self._since(purpose, need)
                if since is None or start < since:
                    continue
                begun = self._begun[purpose] = start
            elif purpose in self._stopped:
                self._over.setdefault(purpose, start)
            out.append(Access(purpose, Span(begun, self._over.get(purpose, OPEN))))
        return tuple(out)

    def end(self, at: int) -> list[str]:
        """Purposes that had begun and that a no has stopped since they were asked for last: they end at `at`."""
        ended = sorted(purpose for purpose in self._stopped if purpose not in self._over)
        self._over |= dict.fromkeys(ended, at)
        return ended

    @property
    def begun(self) -> frozenset[str]:
        """Purposes that have, or had, something of the call."""
        return frozenset(self._begun)

    @property
    def following(self) -> frozenset[str]:
        """Purposes that have something of the call, and were not stopped."""
        return frozenset(self._begun) - self._stopped

    @property
    def revocable(self) -> list[str]:
        """Purposes that a no ends; the others have the call by duty or contract."""
        return sorted(purpose for purpose, need in self.needs.items() if need.consent is not Basis.NONE)

    def _since(self, purpose: str, need: Need) -> int | None:
        """The sample from which on all that a purpose needs is there; None: it is not."""
        parts: list[_Heard | None] = []
        if need.notice:
            parts.append(self._notice if self._understood(need, self._notice) else None)
        if need.disclosure:
            parts.append(self._disclosure if self._understood(need, self._disclosure) else None)
        answer = self._answers.get(purpose)
        if need.consent is Basis.REQUIRED:
            parts.append(answer if self._agreed(need, answer) else None)
        elif need.consent is Basis.OBJECTION and answer is not None and answer.answer != Answer.GRANTED:
            return None
        return None if None in parts else max((part.at for part in parts if part is not None), default=0)

    def _agreed(self, need: Need, answer: _Heard | None) -> bool:
        if answer is None or answer.answer != Answer.GRANTED:
            return False
        return self._understood(need, answer) and (bool(answer.proof) or not need.proof)

    def _understood(self, need: Need, heard: _Heard | None) -> bool:
        if heard is None:
            return False
        if need.language is Tongue.CALL:
            return bool(heard.language) and _tongue(heard.language) == _tongue(self.language)
        return need.language is Tongue.ANY or bool(heard.language)

    def _better(self, before: _Heard | None, heard: _Heard) -> _Heard:
        """A notice that every purpose can use is not moved by another, unless that was played earlier and does, too."""
        if before is None or not self._serves(before):
            return heard
        return heard if self._serves(heard) and heard.at < before.at else before

    def _serves(self, heard: _Heard | None) -> bool:
        """Whether a notice was played in a way that every purpose can use."""
        return heard is not None and all(self._understood(need, heard) for need in self.needs.values())

    def snapshot(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "needs": {purpose: need.plain() for purpose, need in self.needs.items()},
            "language": self.language,
            "notice": self._notice and asdict(self._notice),
            "disclosure": self._disclosure and asdict(self._disclosure),
            "answers": {purpose: asdict(heard) for purpose, heard in self._answers.items()},
            "begun": dict(self._begun),
            "over": dict(self._over),
            "stopped": sorted(self._stopped),
        }

    @classmethod
    def restored(cls, plain: Mapping[str, Any]) -> Gate:
        """The gate a snapshot was made of. Raises KeyError, TypeError or ValueError if it was none."""
        return cls(
            {str(purpose): Need.of(need) for purpose, need in plain["needs"].items()},
            str(plain["language"]),
            _heard(plain["notice"]),
            _heard(plain["disclosure"]),
            {str(purpose): _Heard(**heard) for purpose, heard in plain["answers"].items()},
            {str(purpose): int(at) for purpose, at in plain["begun"].items()},
            {str(purpose): int(at) for purpose, at in plain["over"].items()},
            set(plain["stopped"]),
        )


def allowed(accesses: Accesses | None, purpose: str) -> Span | None:
    """The part of the call that a purpose may have; None: nothing. accesses: None: everybody may have all of it."""
    if accesses is None:
        return Span(0, OPEN)
    return next((access.span for access in accesses if access.purpose == purpose), None)


def _heard(plain: Mapping[str, Any] | None) -> _Heard | None:
    return None if plain is None else replace(_Heard(0), **plain)


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()
