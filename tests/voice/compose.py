"""A script made into sound and truth: speakers in turn, pauses, overlap, the telephone line."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from .script import ROLES, Piece, Script, ScriptError, Turn, parse, pause_ms
from .speak import SPEAKERS, Audio, Speaker, Spoken, Voice, keypad

GAP_MS = (300, 900)  # between turns
SENTENCE_GAP_MS = (60, 220)  # inside a turn, beside the silence the voice leaves itself
KEYS_GAP_MS = 300  # between speech and keypad tones
LEAD_MS, TAIL_MS = 400, 600
PEAK = 0.89
_BANDS_HZ = {8000: (200.0, 3500.0), 16000: (80.0, 7200.0), 44100: (60.0, 16000.0)}


@dataclass(frozen=True, slots=True)
class Word:
    """One word or key. Half-open sample span; `run` counts the stretches said without a written pause."""

    text: str
    entity: str | None
    start: int
    end: int
    piece: int
    run: int
    keys: bool


@dataclass(frozen=True, slots=True)
class Call:
    """sound: float32 (samples, channels). truth: as written to truth.json."""

    sound: NDArray[np.float32]
    truth: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """One turn's sound in a call: who, from which sample, and its words in samples of the call."""

    role: str
    start: int
    audio: Audio
    words: tuple[Word, ...]


class Speech(Protocol):
    """Whatever can say a sentence (speak.Voice)."""

    def say(self, words: list[str], speaker: Speaker, rate_hz: int) -> Spoken:
        """Return the sound of the words and the span of each."""


Line = Callable[[Script, Sequence[Placed], int, np.random.Generator], NDArray[np.float32]]


def compose(
    script: Script, voice: Speech | None = None, line: Line | None = None, cast: Mapping[str, Speaker] = SPEAKERS
) -> Call:
    """Make the call of a script. The same script gives the same call. Raises ScriptError for a bad script.

    voice: who speaks; a Voice seeded by the call's name by default. line: what carries the turns; a telephone line
    with steady noise by default. cast: the speakers the script names.
    """
    seed = zlib.crc32(script.call_id.encode())
    rng = np.random.default_rng(seed)
    voice = voice or Voice(seed & 0x7FFFFFFF)
    placed: list[Placed] = []
    last_end = script.rate_hz * LEAD_MS // 1000
    free_from = dict.fromkeys(ROLES.values(), 0)
    for number, turn in enumerate(parse(script.turns), 1):
        speaker = cast[script.agent if turn.role == "agent" else script.customer]
        audio, words = _speak_turn(turn, voice, speaker, script.rate_hz, rng)
        natural = int(rng.integers(*GAP_MS)) if placed else 0
        gap_ms = natural if turn.gap_ms is None else turn.gap_ms
        at = max(0, last_end + script.rate_hz * gap_ms // 1000 - words[0].start)
        if at < free_from[turn.role]:
            raise ScriptError(f"{script.call_id}, turn {number}: starts before the same speaker has finished")
        words = [replace(word, start=word.start + at, end=word.end + at) for word in words]
        placed.append(Placed(turn.role, at, audio, tuple(words)))
        last_end = max(last_end, words[-1].end)
        free_from[turn.role] = words[-1].end
    length = max(turn.start + len(turn.audio) for turn in placed) + script.rate_hz * TAIL_MS // 1000
    sound = (line or telephone)(script, placed, length, rng)
    return Call(sound, _truth(script, [(turn.role, list(turn.words)) for turn in placed], length))


def write(script: Script, out_dir: Path) -> Path:
    """Make the call and write its audio and truth.json to out_dir/call_id. Returns that folder."""
    return save(script, compose(script), out_dir)


def save(script: Script, call: Call, out_dir: Path) -> Path:
    """Write the call's audio and truth.json to out_dir/call_id and return that folder."""
    folder = out_dir / script.call_id
    folder.mkdir(parents=True, exist_ok=True)
    sound, subtype = call.sound, script.subtype
    if subtype == "ULAW" and script.audio.endswith(".flac"):
        sound, subtype = _mu_law(sound, script.rate_hz), "PCM_16"
    sf.write(folder / script.audio, sound, script.rate_hz, subtype=subtype)
    (folder / "truth.json").write_text(_json(call.truth), encoding="utf-8")
    return folder


def _mu_law(sound: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """Return the sound as mu-law leaves it, which 16 bits hold exactly."""
    buffer = io.BytesIO()
    sf.write(buffer, sound, rate_hz, format="WAV", subtype="ULAW")
    buffer.seek(0)
    decoded: NDArray[np.float32] = sf.read(buffer, dtype="float32", always_2d=True)[0]
    return decoded


def _json(truth: dict[str, Any]) -> str:
    """Return the truth as JSON with one segment or word a line, so that a change is a readable diff."""
    lines = []
    for key, value in truth.items():
        if value and isinstance(value, list) and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            lines.append(f" {json.dumps(key)}: [\n  {rows}\n ]")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _speak_turn(
    turn: Turn, voice: Speech, speaker: Speaker, rate_hz: int, rng: np.random.Generator
) -> tuple[Audio, list[Word]]:
    """Say one turn. Returns its sound and its words, in samples from the turn's start."""
    parts: list[Audio] = []
    words: list[Word] = []
    at = run = 0

    def silence(ms: int) -> None:
        nonlocal at
        parts.append(np.zeros(rate_hz * ms // 1000, np.float32))
        at += len(parts[-1])

    for sentence in _sentences(turn.pieces):
        if isinstance(sentence, int):
            silence(sentence)
            run += 1
            continue
        keys = sentence[0][1].keys
        if words:
            silence(KEYS_GAP_MS if keys or words[-1].keys else int(rng.integers(*SENTENCE_GAP_MS)))
        texts = list(sentence[0][0]) if keys else [text for text, _, _ in sentence]
        owners = [sentence[0]] * len(texts) if keys else sentence
        spoken = keypad("".join(texts), rate_hz) if keys else _level(voice.say(texts, speaker, rate_hz), speaker)
        for text, (start, end), (_, piece, index) in zip(texts, spoken.spans, owners, strict=True):
            words.append(Word(text, piece.entity, start + at, end + at, index, run, keys))
        parts.append(spoken.audio)
        at += len(spoken.audio)
    return np.concatenate(parts), words


def _sentences(pieces: tuple[Piece, ...]) -> list[list[tuple[str, Piece, int]] | int]:
    """Split a turn into sentences of (word, piece, index of piece), keypad runs, and pauses in ms."""
    out: list[list[tuple[str, Piece, int]] | int] = []
    current: list[tuple[str, Piece, int]] = []

    def close() -> None:
        nonlocal current
        if current:
            out.append(current)
            current = []

    for index, piece in enumerate(pieces):
        if piece.keys:
            close()
            out.append([(piece.text.replace(" ", "").rstrip(",.;?!"), piece, index)])
            continue
        for token in piece.text.split():
            pause = pause_ms(token)
            if pause is not None:
                close()
                out.append(pause)
                continue
            current.append((token, piece, index))
            if token[-1] in ".?!":
                close()
    close()
    return out


def _level(spoken: Spoken, speaker: Speaker) -> Spoken:
    """Bring the speech to the speaker's level, measured where there is speech."""
    inside = np.concatenate([spoken.audio[start:end] for start, end in spoken.spans])
    rms = float(np.sqrt(np.mean(inside**2)))
    return replace(spoken, audio=spoken.audio * np.float32(10 ** (speaker.level_dbfs / 20) / rms))


def telephone(script: Script, placed: Sequence[Placed], length: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Mix the turns to channels as a telephone line carries them: band-limited, with steady noise."""
    sound = mixed(script, placed, length)
    noise = rng.standard_normal(sound.shape)
    noise *= 10 ** (script.noise_dbfs / 20) / np.sqrt(np.mean(band(noise, script.rate_hz) ** 2))
    return limited(band(sound + noise, script.rate_hz))


def mixed(script: Script, placed: Sequence[Placed], length: int) -> NDArray[np.float64]:
    """Return the turns on their channels, (length, channels): agent and customer, or one for both."""
    sound = np.zeros((length, 1 if script.mono else len(ROLES)))
    for turn in placed:
        channel = 0 if script.mono or turn.role == "agent" else 1
        sound[turn.start : turn.start + len(turn.audio), channel] += turn.audio
    return sound


def limited(sound: NDArray[np.float64]) -> NDArray[np.float32]:
    """Turn the whole call down if its loudest sample would clip."""
    return (sound * min(1.0, PEAK / np.abs(sound).max())).astype(np.float32)


def band(sound: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Keep the line's band, with edges a tenth of their frequency wide."""
    low, high = _BANDS_HZ[rate_hz]
    freq = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    gain = np.clip((freq - 0.9 * low) / (0.2 * low), 0, 1) * np.clip((1.1 * high - freq) / (0.2 * high), 0, 1)
    return np.fft.irfft(np.fft.rfft(sound, axis=0) * gain[:, None], len(sound), axis=0)


def _truth(script: Script, said: list[tuple[str, list[Word]]], length: int) -> dict[str, Any]:
    segments, flat = [], []
    for role, words in said:
        channel = 0 if script.mono or role == "agent" else 1
        for key in dict.fromkeys((word.piece, word.run) for word in words):
            mine = [word for word in words if (word.piece, word.run) == key]
            segments.append(
                {
                    "channel": channel,
                    "role": role,
                    "start": round(mine[0].start / script.rate_hz, 6),
                    "end": round(mine[-1].end / script.rate_hz, 6),
                    "text": ("" if mine[0].keys else " ").join(word.text for word in mine),
                    "entity": mine[0].entity,
                    "source": "dtmf" if mine[0].keys else "tts",
                }
            )
        flat += [
            {
                "channel": channel,
                "text": w.text.rstrip(",.?!;"),
                "start": w.start,
                "end": w.end,
                "entity": w.entity,
            }
            for w in words
        ]
    return {
        "call_id": script.call_id,
        "sample_rate": script.rate_hz,
        "seconds": round(length / script.rate_hz, 6),
        "channels": ["mixed"] if script.mono else list(ROLES.values()),
        "segments": sorted(segments, key=lambda s: (s["start"], s["channel"])),
        "words": sorted(flat, key=lambda w: (w["start"], w["channel"])),
    }
