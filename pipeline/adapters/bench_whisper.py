"""faster-whisper as it comes, to compare with: every utterance padded to 30 s. And where ours spends its time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from numpy.typing import NDArray

from pipeline.core.errors import EngineError, ModelError

PARTS: Mapping[str, tuple[type, str]] = {
    "encode": (ctranslate2.models.Whisper, "encode"),
    "decode": (ctranslate2.models.Whisper, "generate"),
    "align": (ctranslate2.models.Whisper, "align"),
}
"""The library's calls inside a recognition, by what they do."""


class PaddedWhisper:
    """`WhisperModel.transcribe` with one thread, int8 and a beam of one: the cheapest way it offers with word times.

    Neither a second try at a higher temperature nor the text before costs it anything here.
    """

    def __init__(self, model_dir: Path, language: str) -> None:
        """Read the weights. Raises ModelError."""
        self._language = language
        try:
            self._model = WhisperModel(
                str(model_dir), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{model_dir}: Whisper weights do not load; run: callshield models verify") from error

    def hear(self, pcm: NDArray[np.int16]) -> int:
        """Transcribe one utterance, (n,) at 16 kHz. Returns how many words it gave. Raises EngineError."""
        try:
            segments, _ = self._model.transcribe(
                pcm.astype(np.float32) / 32768.0, language=self._language, beam_size=1, temperature=0.0,
                word_timestamps=True, condition_on_previous_text=False,
            )  # fmt: skip
            return sum(len(segment.words or ()) for segment in segments)
        except (RuntimeError, ValueError) as error:
            raise EngineError("the recogniser compared with failed") from error
