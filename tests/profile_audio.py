"""CPU of the audio paths in process, of whichever source PYTHONPATH names first: prints milliseconds per second of a
two-channel call at 8 kHz, by part, as JSON. For measure_profile.py.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from pipeline.adapters.resample import Resampler
from pipeline.adapters.vad import SpeechGate
from pipeline.core.keypad import Keypad
from pipeline.core.level import Level
from pipeline.core.pcm import to_float

SAMPLES = Path(__file__).parent / "samples"
SOUNDS = ("card_payment", "keypad", "tech_support", "uk_bank")


def main() -> None:
    """Push every channel through in blocks of 250 ms."""
    spent: dict[str, float] = defaultdict(float)
    seconds = 0.0

    def timed(part: str, work: Callable[..., Any], *given: Any) -> Any:
        began = time.process_time()
        out = work(*given)
        spent[part] += time.process_time() - began
        return out

    for name in SOUNDS:
        pcm, rate = soundfile.read(SAMPLES / name / "call.wav", dtype="int16", always_2d=True)
        for channel in range(pcm.shape[1]):
            sound = np.ascontiguousarray(pcm[:, channel]).astype(np.int32)
            seconds += len(sound) / rate / 2
            resampler, gate, keypad, level = Resampler(rate, 16_000), SpeechGate(16_000), Keypad(rate), Level(rate)
            for at in range(0, len(sound), rate // 4):
                block = sound[at : at + rate // 4]
                floats = timed("to the engine's rate (soxr)", to_float, block, 16)
                heard = timed("to the engine's rate (soxr)", resampler.push, floats)
                timed("speech gate (webrtcvad)", gate.push, heard)
                timed("keypad tones", keypad.push, block)
                timed("loudness", level.push, block)
                level.forget(level.upto)
    sys.stdout.write(json.dumps({part: 1000 * s / seconds for part, s in spent.items()}))


if __name__ == "__main__":
    main()
