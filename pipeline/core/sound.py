"""What `hear` tells `identify` about one channel: words, keypad entries and loudness, in native samples."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.heard import Heard
from pipeline.core.level import Frames
from pipeline.core.span import Span


@dataclass(frozen=True, slots=True)
class Sound:
    """News of one channel since the last one. All positions are samples of the call's native rate.

    keys: keypad entries to hide; below `keys_upto` no further one begins. frames: the loudness frames since
    the last news, without a hole. ended: there is no more audio. lost: audio that nobody could hear, begun since the
    last news; it may not leave.
    """

    channel: int
    heard: Heard
    keys: tuple[Span, ...]
    keys_upto: int
    frames: Frames
    ended: bool = False
    lost: tuple[Span, ...] = ()
