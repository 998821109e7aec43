"""How long audio of a running call waited: from the moment its last sample was spoken until it was let out.

Audio is counted in blocks of equal length. A block is not judged before what is being said is, and that not before the
other side is heard up to its end: if she begins to speak before the pause is long enough, they wait for her, too. So
delays are told three times: from the block itself, from the end of the turn it lies in, and from the end of the
exchange, turns without such a pause between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.span import Span, merge


@dataclass(frozen=True, slots=True)
class Wait:
    """One block of audio. at: its samples. delay_s: spoken to released. after_turn_s, after_exchange_s: from the end of
    what was being said; None in silence. hidden: in a turn of which something was hidden. cut: it had not left when
    watching ended, so all three were longer.
    """

    at: Span
    delay_s: float
    after_turn_s: float | None
    after_exchange_s: float | None
    hidden: bool
    cut: bool = False


def waits(
    released_s: Sequence[float | None],
    block: int,
    rate: int,
    *,
    turns: Sequence[Span],
    hidden: Sequence[Span],
    pause: int,
    now_s: float,
) -> list[Wait]:
    """The wait of every block. released_s: by block, seconds from the moment the first sample of the call was spoken.

    block: samples of each; rate: Hz. turns, hidden: of all channels, in samples. pause: samples between two turns that
    end an exchange. now_s: when watching ended.
    """
    speech, exchanges, secrets = sorted(turns), merge(turns, pause), merge(hidden)
    secret = merge([t for t in speech if any(t.overlaps(h) for h in secrets)])
    out: list[Wait] = []
    for n, left_s in enumerate(released_s):
        at = Span(n * block, (n + 1) * block)
        left = now_s if left_s is None else left_s
        ends = [_after(found, at, left, rate) for found in (speech, exchanges)]
        inside = any(s.overlaps(at) for part in (secret, secrets) for s in part)
        out.append(Wait(at, left - at.end / rate, ends[0], ends[1], inside, left_s is None))
    return out


def _after(spans: Sequence[Span], at: Span, left_s: float, rate: int) -> float | None:
    """From the end of the last of `spans` that is heard in `at`, or of `at` if that is later."""
    ends = [s.end for s in spans if s.overlaps(at)]
    return left_s - max([*ends, at.end]) / rate if ends else None
