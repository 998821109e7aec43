"""The one place where the call's sample clock and the engine's are related."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.span import Span


@dataclass(frozen=True, slots=True)
class RateMap:
    """Positions at `native_hz` (the call) against positions at `engine_hz` (what a recogniser hears).

    Engine sample `e` is the sound at native position (e - delay_samples) * native_hz / engine_hz.
    `delay_samples` is how much later, in engine samples, the resampler's output is than its input; ours
    delivers without delay. All arithmetic is in integers. Rounding goes outward only: starts down, ends up,
    so nothing that was inside a span falls out of it on the way. Positions before the start of the call
    become 0; ends may lie beyond the end of the call by less than one sample of the slower clock, rounded up,
    and are clipped by whoever knows its length.
    """

    native_hz: int
    engine_hz: int
    delay_samples: int = 0

    def __post_init__(self) -> None:
        if self.native_hz < 1 or self.engine_hz < 1 or self.delay_samples < 0:
            raise ValueError(f"not a rate map: {self.native_hz}, {self.engine_hz}, {self.delay_samples}")

    def to_native_start(self, engine_sample: int) -> int:
        """The last native position at or before `engine_sample`. For starts, and for "heard up to"."""
        return max(0, (engine_sample - self.delay_samples) * self.native_hz // self.engine_hz)

    def to_native_end(self, engine_sample: int) -> int:
        """The first native position at or after `engine_sample`. For ends."""
        return max(0, _ceil_div((engine_sample - self.delay_samples) * self.native_hz, self.engine_hz))

    def to_native(self, span: Span) -> Span:
        """The smallest native span that holds an engine span."""
        return Span(self.to_native_start(span.start), self.to_native_end(span.end))

    def to_engine_start(self, native_sample: int) -> int:
        """The last engine position at or before `native_sample`."""
        return native_sample * self.engine_hz // self.native_hz + self.delay_samples

    def to_engine_end(self, native_sample: int) -> int:
        """The first engine position at or after `native_sample`."""
        return _ceil_div(native_sample * self.engine_hz, self.native_hz) + self.delay_samples

    def to_engine(self, span: Span) -> Span:
        """The smallest engine span that holds a native span."""
        return Span(self.to_engine_start(span.start), self.to_engine_end(span.end))

    def engine_size(self, native_samples: int) -> int:
        """How many engine samples a call of `native_samples` becomes: a part of a sample counts as one."""
        return _ceil_div(native_samples * self.engine_hz, self.native_hz)


def _ceil_div(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
