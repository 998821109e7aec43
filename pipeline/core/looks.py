"""Looks at an utterance that has not ended: which of its words two of them, one behind the other, have in common.

There is one more in each pause: no word is cut in two there, and if nothing follows it has heard all there is.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.heard import Early, Word
from pipeline.core.span import Span


class Looks:
    """For a recogniser that can say what it has heard of an open utterance. every: samples of it between two looks.

    When to look follows from the utterance alone, so how the feed is cut cannot show.
    """

    def __init__(self, every: int) -> None:
        self._every = every
        self._start = -1  # of the utterance looked at
        self._count = 0
        self._size = 0  # of it, at the last look
        self._seen: tuple[Word, ...] = ()

    def due(self, heard: Span, *, pause: bool = False) -> bool:
        """It is time for a look. heard: of the open utterance; ask with every frame. pause: behind it nobody speaks."""
        if heard.start != self._start:
            self._start, self._count, self._size, self._seen = heard.start, 0, 0, ()
        before, self._count = self._count, max(self._count, heard.size // self._every)
        due = self._count > before or (pause and heard.size > self._size)
        self._size = heard.size if due else self._size
        return due

    def saw(self, words: Sequence[Word]) -> Early:
        """The words up to the first that the last look had otherwise. words: all there are by now."""
        same = agreed(self._seen, words)
        self._seen = tuple(words)
        return Early(Span(self._start, max((w.span.end for w in same), default=self._start)), same)


def agreed(before: Sequence[Word], now: Sequence[Word]) -> tuple[Word, ...]:
    """The words in which two hearings of an utterance agree from its start on, as the second one has them."""
    pairs = zip(before, now, strict=False)
    same = next((i for i, (a, b) in enumerate(pairs) if _said(a) != _said(b)), min(len(before), len(now)))
    return tuple(now[:same])


def _said(word: Word) -> str:
    """What is said, whatever stands behind it so far: "so", "So,"."""
    return "".join(c for c in word.text.lower() if c.isalnum())
