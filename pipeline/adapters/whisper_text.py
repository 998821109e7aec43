"""What Whisper wrote, as words: loops and echoes cut, punctuation joined to the word before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ECHO_SHARE = 0.35  # time per word of an echo, against the words it repeats
LOOP_MIN = 3  # tokens that repeat to be a loop, when the decoder ran into its limit


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with times in seconds from the start of what was decoded."""

    text: str
    start_s: float
    end_s: float
    confidence: float


def text_tokens(ids: list[int], *, timestamp_begin: int, eot: int, full: bool) -> list[int]:
    """Text tokens up to the first closed segment that repeats, or up to where a loop begins.

    full: the decoder ran into its limit.
    """
    text: list[int] = []
    for segment in _segments(ids, timestamp_begin):
        # After the end of the speech the decoder starts the same sentence once more.
        if text and segment == text[: len(segment)]:
            break
        text += segment
    if full:
        text = cut_loop(text)
    return [i for i in text if i < eot]


def _segments(ids: list[int], timestamp_begin: int) -> list[list[int]]:
    """Token runs between time stamps."""
    out: list[list[int]] = [[]]
    for i in ids:
        if i < timestamp_begin:
            out[-1].append(i)
        elif out[-1]:
            out.append([])
    return [s for s in out if s]


def cut_loop(ids: list[int]) -> list[int]:
    """`ids` without a cyclic repetition at the end; its first round stays.

    Only for sequences known to have run into the length limit: "one one one" is speech, not a loop.
    """
    n = len(ids)
    for period in range(1, n // 2 + 1):
        first = n - period
        while first > 0 and ids[first - 1] == ids[first - 1 + period]:
            first -= 1
        repeated = n - period - first
        if repeated >= max(period, LOOP_MIN):
            return ids[: first + period]
    return ids


def drop_echo(pieces: list[Piece]) -> list[Piece]:
    """`pieces` without a repetition of the beginning that takes next to no time.

    Behind the end of the speech the decoder says the sentence again; its words are aligned to nothing.
    """
    texts = [p.text.strip(".,?!").lower() for p in pieces]
    for n in range(1, len(pieces)):
        if any(texts[n + k] != texts[k % n] for k in range(len(pieces) - n)):
            continue
        head = (pieces[n].start_s - pieces[0].start_s) / n
        tail = (pieces[-1].end_s - pieces[n].start_s) / (len(pieces) - n)
        if tail < ECHO_SHARE * head:
            return pieces[:n]
    return pieces


def as_pieces(aligned: list[dict[str, Any]]) -> list[Piece]:
    """Aligned tokens as words: punctuation joins the word before it."""
    out: list[Piece] = []
    for item in aligned:
        text = str(item["word"])
        start_s, end_s = float(item["start"]), float(item["end"])
        confidence = min(max(float(item["probability"]), 0.0), 1.0)
        joins = out and not text.startswith(" ")
        if joins:
            last = out[-1]
            spoken = any(c.isalnum() for c in text)
            out[-1] = Piece(
                last.text + text,
                last.start_s,
                end_s if spoken else last.end_s,
                min(last.confidence, confidence) if spoken else last.confidence,
            )
        else:
            out.append(Piece(text.strip(), start_s, end_s, confidence))
    return [p for p in out if any(c.isalnum() for c in p.text)]
