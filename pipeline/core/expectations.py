"""Questions that still wait for their answer: opened by asking, closed by answers, new topics and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.core.entities import Category
from pipeline.core.plain import known_entity
from pipeline.core.questions import Question
from pipeline.core.span import Span

EXPECT_MS_MAX = 45_000  # "let me find my glasses" takes this long, no longer
FREE_ANSWER_MS = 20_000  # nobody takes longer to say a name or an address
FREE_GAP_MONO_MS = 1_500  # with all on one channel the next to speak is the asker again
FREE_GAP_MS = 5_000  # a second part of a free answer follows within this
BACK_CHANNEL_TOKENS = 4  # "mm hmm", "okay, go ahead": the asker listens on
PATIENCE_TOKENS = 12  # "no problem, take your time": he still waits for an answer that has not come
AGAIN_MS = 60_000  # what was asked longer ago is not what is to be repeated
VERIFYING_MS = 20_000  # between two questions of a series
LOST_ANSWER_MS = 600  # a name that the recogniser found no words in is longer than a breath
EARLY_MS = 300  # an answer may begin before the question has quite ended
FLEETING = frozenset({Category.IDENTITY, Category.CONTACT, Category.HEALTH})
"""Kinds of free answers that are over once somebody moves on. A password is waited for."""


@dataclass(slots=True)
class Expectation:
    """One question and the sample from which its answer no longer counts. answered_at: end of the last answer."""

    question: Question
    closes_at: int
    answered_at: int | None = None
    first_answer_at: int | None = None
    symbols: int = 0  # digits and letters hidden as its answer so far


class Expectations:
    """All questions of one call. targets: with one channel, everybody is on it."""

    def __init__(self, channels: int, rate: int) -> None:
        self._channels = channels
        self._rate = rate
        self._open: list[Expectation] = []
        self._latest: Question | None = None

    def again(self, channel: int, at: int) -> Question | None:
        """What `channel` asked for last, asked once more at sample `at`; None: nothing, or too long ago."""
        latest = self._latest
        if latest is None or latest.channel != channel or at - latest.at > AGAIN_MS * self._rate // 1000:
            return None
        return replace(latest, at=at)

    def verifying(self, channel: int, at: int) -> bool:
        """At sample `at` `channel` is going through questions one is known by: more of them are to come."""
        latest = self._latest
        if latest is None or latest.channel != channel or at - latest.at > VERIFYING_MS * self._rate // 1000:
            return False
        return any(e.name == "SECURITY_ANSWER" for e in latest.entities)

    def hear_speech(
        self, channel: int, start: int, tokens: int, asks: Sequence[Question], *, moves_on: bool = False
    ) -> None:
        """Channel `channel` began to speak at `start`: unless it only nods, its earlier questions are over.

        moves_on: it asks for something that is no secret.
        """
        if tokens <= BACK_CHANNEL_TOKENS and not asks and not moves_on:
            return
        # With all on one channel an utterance may hold a number that was asked for, and the next question.
        next_at = start if self._channels > 1 or not asks else max(start, asks[0].at)
        if self._channels > 1 or asks:
            for item in self._open:
                patient = not asks and item.answered_at is None and tokens <= PATIENCE_TOKENS
                patient = patient and not (moves_on and _is_fleeting(item.question))
                if item.question.channel == channel and item.question.at <= start and not patient:
                    item.closes_at = min(item.closes_at, start if item.question.free else next_at)
        for question in asks:
            self._latest = question
            self._open.append(Expectation(question, question.at + EXPECT_MS_MAX * self._rate // 1000))

    def passed(self, waiting: Sequence[Expectation], run: Span) -> None:
        """Sound without words over `run` may have been the answer: of a fleeting one no more is waited for than goes on
        behind it."""
        if run.size * 1000 < LOST_ANSWER_MS * self._rate:
            return
        for item in waiting:
            if item.answered_at is None and _is_fleeting(item.question):
                item.answered_at = item.first_answer_at = run.end

    def waiting(self, channel: int, start: int, end: int) -> list[Expectation]:
        """Questions that an utterance of `channel` over start..end may answer, the newest first."""
        early = EARLY_MS * self._rate // 1000 if end > start else 0
        out = []
        for item in self._open:
            asked_by_other = self._channels == 1 or item.question.channel != channel
            in_time = item.question.at - early < max(end, start + 1) and start < item.closes_at
            if asked_by_other and in_time and not self._is_over(item, start):
                out.append(item)
        return sorted(out, key=lambda e: e.question.at, reverse=True)

    def _is_over(self, item: Expectation, start: int) -> bool:
        if item.answered_at is None:
            return False
        if not item.question.free:
            return item.symbols >= sum(e.enough for e in item.question.entities)
        gap_ms = FREE_GAP_MS if self._channels > 1 else FREE_GAP_MONO_MS
        too_long = start - (item.first_answer_at or start) > FREE_ANSWER_MS * self._rate // 1000
        return too_long or start - item.answered_at > gap_ms * self._rate // 1000

    def asked(self, start: int) -> list[int]:
        """Where the questions end that are still open at sample `start`, or will be opened behind it."""
        return [e.question.at for e in self._open if e.closes_at > start and not self._is_over(e, start)]

    def forget(self, before: int) -> None:
        """Drop questions that closed before sample `before`."""
        self._open = [e for e in self._open if e.closes_at > before]

    def snapshot(self) -> dict[str, Any]:
        """The open questions as plain values, in the order they were asked."""
        return {
            "open": [
                [e.question.channel, e.question.at, [k.name for k in e.question.entities],
                 e.closes_at, e.answered_at, e.first_answer_at, e.symbols, e.question.sure]
                for e in self._open
            ],
            "latest": _plain(self._latest) if self._latest else None,
        }  # fmt: skip

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        self._open = [
            Expectation(
                Question(int(channel), int(at), tuple(known_entity(name) for name in entities), bool(sure)),
                int(closes_at), answered_at, first_answer_at, int(symbols),
            )
            for channel, at, entities, closes_at, answered_at, first_answer_at, symbols, sure in plain["open"]
        ]  # fmt: skip
        self._latest = None
        if plain["latest"] is not None:
            channel, at, entities, sure = plain["latest"]
            self._latest = Question(int(channel), int(at), tuple(known_entity(name) for name in entities), bool(sure))


def _plain(question: Question) -> list[Any]:
    return [question.channel, question.at, [k.name for k in question.entities], question.sure]


def _is_fleeting(question: Question) -> bool:
    return question.free and all(e.category in FLEETING for e in question.entities)
