"""What one call hides, or leaves alone, by words of the policy and of the customer's profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.core.brief import Brief
from pipeline.core.custom import Text
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.profile import Tail, found
from pipeline.core.spoken.tokens import Token, hull

CONTEXTS_MAX = 4_096  # recognisers of all purposes of a call; a snapshot of more is none


class Own:
    """Utterances come in the order of their ends, channels mixed. rate: samples per second.

    It remembers when the context of a recogniser was last said. And for a profile the last digits of each channel.
    """

    def __init__(self, rate: int, brief: Brief) -> None:
        self._rate = rate
        self._said: dict[int, int] = {}  # by recogniser: the sample its context was last said at
        self._tails: dict[int, Tail] = {}  # by channel
        self.adopt(brief)

    def adopt(self, brief: Brief) -> None:
        """Judge by `brief` from here on."""
        self._custom, self._profile = brief.custom, brief.profile
        self._contexts = any(f.context for f in brief.custom.finders)

    def over(
        self, channel: int, tokens: Sequence[Token], others: Iterable[Sequence[Token]], marks: Sequence[Mark]
    ) -> list[Mark]:
        """`marks` of an utterance with what is hidden here, without what is left alone.

        others: tokens of utterances that overlap it, of which a context may be part.
        """
        if not tokens:
            return list(marks)
        custom = self._custom
        own: list[Mark] = []
        if self._profile is not None:
            own, self._tails[channel] = found(self._profile, tokens, self._tails.get(channel, Tail()), self._rate)
        if custom.empty:
            return [*marks, *own]
        text = Text.of(tokens)
        if self._contexts:
            self._hear(text)
            for other in others:
                self._hear(Text.of(other), upto=hull(tokens).end)
        start = tokens[0].span.start
        out = [*marks]
        for number, finder in enumerate(custom.finders):
            at = self._said.get(number)
            soon = at is not None and (start - at) <= finder.within_s * self._rate
            if finder.context is None or soon:
                out += [Mark(a, b, finder.entity, Reason.CUSTOM, 1.0) for a, b in finder.found(text)]
        return custom.unless_allowed(text, out) + custom.denied(text) + own

    def allowed(self, tokens: Sequence[Token], marks: Sequence[Mark]) -> list[Mark]:
        """`marks` of another reading of an utterance, without what is left alone."""
        if not tokens or self._custom.empty:
            return list(marks)
        return self._custom.unless_allowed(Text.of(tokens), list(marks))

    def snapshot(self) -> dict[str, Any]:
        """What it knows of the call, as plain values. It may hold digits of secrets: seal it."""
        return {
            "said": [list(item) for item in sorted(self._said.items())],
            "tails": [[channel, tail.symbols, tail.end] for channel, tail in sorted(self._tails.items())],
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        said = {int(number): int(at) for number, at in plain["said"]}
        if len(said) > CONTEXTS_MAX:
            raise ValueError("a snapshot of more recognisers than there can be; its call must be silenced")
        self._said = said
        self._tails = {int(channel): Tail(str(symbols), int(end)) for channel, symbols, end in plain["tails"]}

    def _hear(self, text: Text, upto: int | None = None) -> None:
        """Note the contexts said. upto: only words that begin before count."""
        for number, finder in enumerate(self._custom.finders):
            if finder.context is None:
                continue
            for first, last in finder.context.found(text):
                span = hull(text.tokens[first:last])
                if upto is None or span.start < upto:
                    self._said[number] = max(self._said.get(number, span.end), span.end)
