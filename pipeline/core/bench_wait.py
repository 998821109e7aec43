"""How long audio of a running call waited: from the moment its last sample was spoken until it was let out.

Audio is counted in blocks of equal length. A block is not judged before what is being said is, and that not before both
sides are heard up to its end and a little beyond: if somebody speaks again before that pause is over, it waits for
that, too. So delays are told three times: from the block itself, from the end of the turn it lies in, and from the end
of the turns that begin so soon behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.span import Span, merge


@dataclass(frozen=True, slots=True)
class Wait:
    """One block of audio. at: its samples. delay_s: spoken to released. after_turn_s: from the end of what was being
    said; after_next_s: also of what came close behind; None in silence. hidden: in a turn of which something was
    hidden. cut: it had not left when watching ended, so all three were longer.
    """

    at: Span
    delay_s: float
    after_turn_s: float | None
    after_next_s: float | None
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

    block: samples of each; rate: Hz. turns, hidden: of all channels, in samples. pause: samples behind a turn
    in which the next one must not begin, or it is waited for. now_s: when watching ended.
    """
    speech, secrets = sorted(turns), merge(hidden)
    secret = merge([t for t in speech if any(t.overlaps(h) for h in secrets)])
    out: list[Wait] = []
    for n, left_s in enumerate(released_s):
        at = Span(n * block, (n + 1) * block)
        left = now_s if left_s is None else left_s
        end = _end(speech, at)
        # Of the next ones only the turns count, not the pause in which they are looked for.
        later = None if end is None else max([end, *(t.end for t in speech if t.overlaps(Span(at.start, end + pause)))])
        inside = any(s.overlaps(at) for part in (secret, secrets) for s in part)
        turn_s, next_s = (None if e is None else left - e / rate for e in (end, later))
        out.append(Wait(at, left - at.end / rate, turn_s, next_s, inside, left_s is None))
    return out


def _end(turns: Sequence[Span], at: Span) -> int | None:
    """Where the last of `turns` that is heard in `at` ends, or `at` if that is later; None if nothing is heard."""
    ends = [t.end for t in turns if t.overlaps(at)]
    return max([*ends, at.end]) if ends else None
