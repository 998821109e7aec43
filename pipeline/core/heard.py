"""What a recogniser reports: words with sample ranges, and how far it has heard."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.span import Span


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word. `span` in samples of the rate its holder states, confidence 0..1."""

    span: Span
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech between two pauses. `words` are sorted by start and lie inside `span`.

    alternatives: other readings of the same stretch, best first, without the one in `words`; each like `words`. Most
    utterances have none: an engine gives them where it was in doubt. They may hide more, never less.
    """

    span: Span
    words: tuple[Word, ...]
    alternatives: tuple[tuple[Word, ...], ...] = ()

    @property
    def readings(self) -> tuple[tuple[Word, ...], ...]:
        """All readings, `words` first."""
        return (self.words, *self.alternatives)


@dataclass(frozen=True, slots=True)
class Early:
    """Words of an utterance that has not ended, as far as they will hardly change. They decide nothing but how far
    audio may leave.

    span: from the start of the utterance to the sample below which all its words are told. words: as in Utterance.
    """

    span: Span
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """New utterances, and the sample below which the recogniser will report nothing more.

    Sent in silence too: `upto` grows while nobody speaks. It never shrinks. early: of the utterance that is open, if
    there is news of it; it begins at `upto` or later, behind all utterances told.
    """

    upto: int
    utterances: tuple[Utterance, ...] = ()
    early: Early | None = None
