"""Judges utterance by utterance which stretches of a call are secret. Pure: the same utterances, the same findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.answers import free_marks, numeric_marks
from pipeline.core.asking import asks_again, is_request, moves_on
from pipeline.core.bare import Turns
from pipeline.core.brief import PLAIN, Brief
from pipeline.core.detect import NameSearch
from pipeline.core.doubt import DOUBTS
from pipeline.core.entities import NUMBER, Category, Shape
from pipeline.core.expectations import EARLY_MS, Expectation, Expectations
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance
from pipeline.core.illness import is_about_health
from pipeline.core.judged import NUMERIC, WORDLESS_MS, finding_of, wordless
from pipeline.core.marks import Mark
from pipeline.core.memory import Memory
from pipeline.core.own import Own
from pipeline.core.passwords import asks_for_another, is_about_logging_in
from pipeline.core.plain import known_entity
from pipeline.core.questions import Question, questions
from pipeline.core.span import Span
from pipeline.core.spoken.runs import amounts
from pipeline.core.spoken.tokens import Token, hull, tokenise
from pipeline.core.standalone import announced, cue_marks, free_cue_marks, pattern_marks, tells
from pipeline.core.unasked import unasked_marks

CODED = NUMERIC | {NUMBER}  # kinds that a second reading can be trusted to tell
GREETING_TOKENS = 4  # the first utterance that says something


class Judge:
    """The context of one call. Utterances come in order of their ends, channels mixed."""

    def __init__(self, channels: int, rate: int, aids: Aids = NO_AIDS, brief: Brief = PLAIN) -> None:
        self._aids = aids
        self._own = Own(rate, brief)
        self.adopt(brief)
        self._channels = channels
        self._rate = rate
        self._expectations = Expectations(channels, rate)
        self._memory = Memory(rate)
        self._turns = Turns(rate)
        self._health = False
        self._logging_in = False
        self._greeted: set[int] = set()  # channels that have begun to talk

    def adopt(self, brief: Brief) -> None:
        """Judge by `brief` from the first utterance on."""
        self._detect = brief.detect
        self._own.adopt(brief)
        if brief.detect.names is NameSearch.CUES:
            self._aids = replace(self._aids, tagger=None)

    def utterance(
        self,
        channel: int,
        utterance: Utterance,
        voiced: Sequence[Span],
        overlapping: Sequence[tuple[int, Utterance]] = (),
    ) -> tuple[Finding, ...]:
        """Findings of one utterance.

        voiced: where there is energy inside its span, sorted, disjoint. overlapping: utterances of other
        channels, by channel, that began before this one ended and end after it: a question may be in them.
        """
        tokens = tokenise(utterance.words)
        self._health = self._health or is_about_health(tokens)
        self._logging_in = self._logging_in or is_about_logging_in(tokens)
        asks = self._asks(channel, utterance)
        further = not asks and moves_on(tokens, self._rate)
        if self._channels == 1:
            self._expectations.hear_speech(channel, utterance.span.start, len(tokens), asks, moves_on=further)
        waiting = self._expectations.waiting(channel, utterance.span.start, utterance.span.end)
        if self._channels == 1 and tokens and is_request(tokens):
            # With all on one channel, who asks on is not the one who answered.
            waiting = [w for w in waiting if w.answered_at is None or not w.question.free]
        for other, speech in overlapping:
            waiting += [
                Expectation(question, utterance.span.end)
                for question in self._asks(other, speech)
                if question.at < utterance.span.end
            ]
        marks = self._marks(tokens, waiting, greeting=channel not in self._greeted)
        if any(m.entity in NUMERIC and m.reason not in DOUBTS for m in marks):
            self._turns.proves(utterance.span.end)
        due = any(e.shape is not Shape.FREE for w in waiting for e in w.question.entities)
        bare = self._turns.foreign(channel, tokens, self._aids.lists, due=due) + self._turns.reply(channel, tokens)
        marks += bare if self._detect.context else []
        if len(tokens) >= GREETING_TOKENS:
            self._greeted.add(channel)
        if self._channels > 1:
            self._expectations.hear_speech(channel, utterance.span.start, len(tokens), asks, moves_on=further)
        marks = self._own.over(channel, tokens, [tokenise(u.words) for _, u in overlapping], marks)
        second = self._second(channel, utterance, waiting, known=any(m.entity in CODED for m in marks))
        self._memory.learn(tokens, marks, self._aids.lists)
        if kind := announced(tokens):
            self._memory.announce(kind, tokens[-1].span.end)
        findings = [
            finding_of(channel, tokens, m, utterance.span, self._rate, spread=self._detect.edges) for m in marks
        ]
        findings += second
        if waiting:
            asked = waiting[0].question
            hidden = [f.span for f in findings]
            lost = wordless(utterance.span, tokens, voiced, hidden, asked.at, self._rate)
            findings += [Finding(channel, part, asked.entities[0].name, Reason.DOUBT_NO_WORDS, 0.3) for part in lost]
            for part in lost:
                self._expectations.passed(waiting, part)
        return tuple(sorted(findings))

    def gap(self, channel: int, run: Span) -> tuple[Finding, ...]:
        """Findings between utterances: sound in which no recogniser heard words while an answer was due."""
        waiting = self._expectations.waiting(channel, run.start, run.start)
        if not waiting or run.size < self._samples(WORDLESS_MS):
            return ()
        entity = waiting[0].question.entities[0].name
        self._expectations.passed(waiting, run)
        return (Finding(channel, run, entity, Reason.DOUBT_NO_WORDS, 0.3),)

    def asked(self, start: int) -> list[int]:
        """Where the questions end that are still open at sample `start`, or are put behind it."""
        return self._expectations.asked(start)

    def is_told(self, start: int) -> bool:
        """At sample `start` a secret is being told: what comes next may be the rest of it."""
        return self._memory.goes_on(start)

    def expects(self, channel: int, within: Span) -> bool:
        """Sound of `channel` that begins in `within` may be the answer to a question."""
        return bool(self._expectations.waiting(channel, within.start, within.end))

    def suspect(self, other: Judge) -> None:
        """Know of the call what `other` does, and take it for one about health and passwords: so more is found."""
        self.restore({**other.snapshot(), "health": True, "logging_in": True})

    def forget(self, before: int) -> None:
        """Nothing before sample `before` will be asked about again."""
        self._expectations.forget(before)

    def snapshot(self) -> dict[str, Any]:
        """What it knows of the call, as plain values. It holds secrets: seal it."""
        return {
            "expectations": self._expectations.snapshot(),
            "memory": self._memory.snapshot(),
            "turns": self._turns.snapshot(),
            "health": self._health,
            "logging_in": self._logging_in,
            "greeted": sorted(self._greeted),
            "own": self._own.snapshot(),
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        self._expectations.restore(plain["expectations"])
        self._memory.restore(plain["memory"])
        self._turns.restore(plain["turns"])
        self._health = bool(plain["health"])
        self._logging_in = bool(plain["logging_in"])
        self._own.restore(plain["own"])
        self._greeted = set(map(int, plain["greeted"]))

    def _asks(self, channel: int, utterance: Utterance) -> list[Question]:
        """Questions of an utterance, or of another reading of it if it has none itself."""
        if not self._detect.context:
            return []
        greeting = self._channels > 1 and channel not in self._greeted
        readings = (self._asked(channel, tokenise(words), greeting=greeting) for words in utterance.readings)
        found = next((found for found in readings if found), [])
        if not found and utterance.words and asks_again(tokenise(utterance.words)):
            again = self._expectations.again(channel, utterance.span.end)
            return [again] if again else []
        return found

    def _asked(self, channel: int, tokens: Sequence[Token], *, greeting: bool) -> list[Question]:
        """Questions of one reading; one for illnesses counts on a call about health only."""
        out: list[Question] = []
        start = tokens[0].span.start if tokens else 0
        proving = self._turns.proving(start) or self._expectations.verifying(channel, start)
        for question in questions(channel, tokens, self._rate, self._aids.meaning, greeting=greeting, proving=proving):
            entities = tuple(e for e in question.entities if self._health or e.category is not Category.HEALTH)
            if entities and not tells(tokens, question.at):
                out.append(replace(question, entities=entities))
        if self._logging_in and not out and asks_for_another(tokens):
            out.append(Question(channel, tokens[-1].span.end, (known_entity("PASSWORD"),)))
        return out

    def _marks(self, tokens: Sequence[Token], waiting: Sequence[Expectation], *, greeting: bool) -> list[Mark]:
        marks: list[Mark] = []
        for item in waiting:
            answers = self._answers(tokens, item)
            if answers:
                self._answered(item, tokens, answers)
            marks += answers
        marks += (
            pattern_marks(tokens)
            + cue_marks(tokens)
            + free_cue_marks(tokens, self._rate)
            + unasked_marks(
                tokens,
                self._aids,
                self._rate,
                greeting=greeting,
                health=self._health,
                logging_in=self._logging_in,
                names=self._memory.names,
            )
        )
        return marks + (self._memory.recall(tokens) if self._detect.context else [])

    def _second(
        self, channel: int, utterance: Utterance, waiting: Sequence[Expectation], *, known: bool
    ) -> list[Finding]:
        """Numbers that another reading of an utterance tells, but where the first one is an amount, "22,500".
        known: the first reading told one, too.
        """
        out: list[Finding] = []
        counting = amounts(tokenise(utterance.words)) if utterance.alternatives else []
        for words in utterance.alternatives:
            tokens = tokenise(words)
            marks = pattern_marks(tokens) + cue_marks(tokens)
            marks += self._memory.recall(tokens) if self._detect.context else []
            marks = [m for m in marks if not any(s.overlaps(hull(tokens[m.first : m.last])) for s in counting)]
            for item in waiting:
                answers = [m for m in self._answers(tokens, item) if m.reason is not Reason.DOUBT_WORDS]
                if any(m.entity in CODED for m in answers) and not known:
                    self._answered(item, tokens, answers)
                marks += answers
            marks = [replace(m, reason=Reason.ALTERNATIVE) for m in marks if m.entity in CODED and _tells(tokens, m)]
            marks = self._own.allowed(tokens, marks)
            if not known:
                self._memory.learn(tokens, marks, self._aids.lists)
            out += [
                finding_of(channel, tokens, m, utterance.span, self._rate, spread=self._detect.edges) for m in marks
            ]
        return out

    def _answered(self, item: Expectation, tokens: Sequence[Token], answers: Sequence[Mark]) -> None:
        item.answered_at = max(t.span.end for t in tokens)
        if item.first_answer_at is None:
            item.first_answer_at = item.answered_at
        item.symbols += sum(len(t.symbols) for m in answers for t in tokens[m.first : m.last])

    def _answers(self, tokens: Sequence[Token], item: Expectation) -> list[Mark]:
        at = item.question.at - (self._samples(EARLY_MS) if self._channels > 1 else 0)
        start = next((i for i, t in enumerate(tokens) if t.span.start >= at), len(tokens))
        if self._channels == 1:
            tokens = [t for t in tokens if t.span.start < item.closes_at]
        if start >= len(tokens):
            return []
        entities = item.question.entities
        numeric = [e for e in entities if e.shape is not Shape.FREE]
        doubt = self._channels > 1 or start == 0
        plain = item.question.sure or self._turns.proving(tokens[start].span.start)
        marks = (
            numeric_marks(tokens, start, numeric, self._rate, doubt=doubt, plain=plain, lists=self._aids.lists)
            if numeric
            else []
        )
        # Digits answer a question for a number and a name alike; words only the one for a name.
        if item.question.free and doubt and (item.answered_at is None or not numeric):
            marks += free_marks(tokens, start, entities, self._rate, begun=item.answered_at is not None)
        return marks

    def _samples(self, ms: int) -> int:
        return ms * self._rate // 1000


def _tells(tokens: Sequence[Token], mark: Mark) -> bool:
    """More than the lonely "two" that a second reading makes of silence."""
    return sum(len(t.symbols) for t in tokens[mark.first : mark.last]) > 1
