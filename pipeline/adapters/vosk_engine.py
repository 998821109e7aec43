"""Speech recognition by libvosk. It hears one utterance at a time; the clock is ours.

libvosk's own times drift after half an hour and jump after 600 s in one stretch. So the `Endpointer` decides
where utterances are, each is decoded for itself, and only the engine's times *within* it are used.
"""

from __future__ import annotations

import json
import math
from collections import deque
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import numpy as np

from pipeline.adapters import vosk_model
from pipeline.adapters.vad import SpeechGate
from pipeline.core.endpoint import EndpointConfig, Endpointer
from pipeline.core.errors import EngineError, ModelError
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.looks import Looks
from pipeline.core.span import Span
from pipeline.ports.engine import ModelIdentity, Pcm16

IDLE_MAX = 16  # warm decoders kept: more channels than this rarely speak in the same moment on one machine
EARLY_MS = 500  # of an open utterance between two looks at its words; whole frames
DECODER_S_MAX = 600  # of speech, then a new one: bounds what libvosk accumulates

# Kaldi models are trained with noise of one least significant bit; here every utterance gets the same noise.
# One second, repeated, and a frame to spare.
_DITHER = np.random.default_rng(0).standard_normal(16_000 + 320).round().astype(np.int32)


class _Decoder:
    """One libvosk recogniser, reused for one utterance after another: a new one takes seconds to warm up."""

    def __init__(self, model: Any, rate: int) -> None:
        self._raw = vosk_model.library().KaldiRecognizer(model, rate)
        self._raw.SetWords(True)
        self._raw.SetPartialWords(True)
        self._rate = rate
        self._at = 0  # samples fed in all: where the current utterance's samples are on libvosk's clock
        self._base = 0
        self._paused = False  # libvosk saw an endpoint of its own and waits for more
        self._items: list[dict[str, Any]] = []

    @property
    def is_worn(self) -> bool:
        """True if it has heard enough to be replaced."""
        return self._at > DECODER_S_MAX * self._rate

    def feed(self, pcm: Pcm16) -> None:
        """Hear the next samples of the utterance."""
        at = (self._at - self._base) % self._rate
        noisy = np.clip(pcm + _DITHER[at : at + pcm.size], -32768, 32767).astype(np.int16)
        self._paused = bool(self._raw.AcceptWaveform(noisy.tobytes()))
        self._at += pcm.size
        if self._paused:
            self._items += self._words(self._raw.Result(), "result")

    def partial(self) -> list[dict[str, Any]]:
        """The words so far, times in seconds of the utterance."""
        return self._items + self._words(self._raw.PartialResult(), "partial_result")

    def finish(self) -> list[dict[str, Any]]:
        """The utterance ended: its words. The next sample fed is the first of another utterance."""
        # Up to the next 64th of a second: libvosk keeps single precision and prints six decimals, and only
        # from there are times within the next utterance exact. Never nothing: right after an endpoint of
        # its own libvosk would carry its state over.
        grid = self._rate // 64
        self.feed(np.zeros(grid - self._at % grid, np.int16))
        out = self._items + self._words(self._raw.FinalResult(), "result")
        self._items, self._base, self._paused = [], self._at, False
        return out

    def _words(self, text: str, key: str) -> list[dict[str, Any]]:
        base_s = self._base / self._rate
        return [
            {**item, "start": round(item["start"] - base_s, 6), "end": round(item["end"] - base_s, 6)}
            for item in json.loads(text).get(key, ())
        ]


class VoskRecogniser:
    """Hears one channel. See `ports.engine.Recogniser`."""

    def __init__(self, engine: VoskEngine, config: EndpointConfig, *, early: bool = False) -> None:
        """early: tell of open utterances the words that two looks EARLY_MS apart agree in."""
        self._engine = engine
        self._config = config
        self._tells_early = early
        self.reset()

    def reset(self) -> None:
        """Forget the call; the next sample pushed is sample 0 again."""
        self.due_ms = 0  # each utterance is decoded as it comes: nobody to choose from
        self._gate = SpeechGate(self._config.rate)
        self._ends = Endpointer(self._config)
        self._decoder: _Decoder | None = None  # a fresh one is lent at the next utterance
        self._fed_from = self._fed_to = 0
        self._told_to = 0  # end of the last utterance
        self._pushed = 0
        self._ended = False
        self._looks = Looks(EARLY_MS * self._config.rate // 1000) if self._tells_early else None
        self._early: Early | None = None  # not told yet
        self._rest: Pcm16 = np.zeros(0, np.int16)
        self._tape: deque[Pcm16] = deque()  # whole frames, from `_tape_from` on
        self._tape_from = 0

    def push(self, pcm: Pcm16) -> Heard:
        """Take the next samples, (n,) int16. Raises EngineError if libvosk fails or the call had ended."""
        if self._ended:
            raise EngineError("vosk: samples after the end of the call; reset the recogniser first")
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise EngineError("vosk: expected mono int16 samples")
        size = self._config.frame_samples
        self._pushed += pcm.size
        joined = np.concatenate((self._rest, pcm))
        full = joined.size // size
        self._rest = joined[full * size :].copy()
        frames = joined[: full * size].reshape(full, size)
        flags = self._gate.push(joined[: full * size])
        out = [said for frame, flag in zip(frames, flags, strict=True) for said in self._hear(frame, flag)]
        early, self._early = self._early, None
        return Heard(self._ends.pending_from, tuple(out), early)

    def flush(self) -> Heard:
        """The call ended: report the open utterance. `upto` is the number of samples pushed."""
        out: list[Utterance] = []
        self._gate.push(self._rest)
        for flag in self._gate.flush():
            out += self._hear(self._rest, flag)
        out += [self._report(span) for span in self._ends.flush()]
        self._rest = np.zeros(0, np.int16)
        self._tape.clear()
        self._ended = True
        return Heard(self._pushed, tuple(out))

    def partial(self) -> tuple[Word, ...]:
        """The words of the open utterance so far. They may still change; nothing is decided by them."""
        if self._decoder is None:
            return ()
        return self._so_far(Span(self._ends.pending_from, self._fed_to))

    def _so_far(self, within: Span) -> tuple[Word, ...]:
        assert self._decoder is not None
        return _words(_guarded(self._decoder.partial), within, self._fed_from, self._config.rate)

    def _hear(self, frame: Pcm16, flag: bool) -> list[Utterance]:
        self._tape.append(frame.copy())
        out = [self._report(span) for span in self._ends.push(flag)]
        self._feed(Span(self._ends.pending_from, self._ends.settled_to))
        while self._tape and self._tape_from < self._ends.pending_from - self._config.lead_samples:
            self._tape_from += self._tape.popleft().size
        return out

    def _feed(self, span: Span) -> None:
        """Let the decoder hear the utterance `span` up to its end, as far as it has not."""
        if self._decoder is None:
            if not span.size:
                return
            self._decoder = self._engine.lend()
            self._fed_from = self._fed_to = max(self._told_to, span.start - self._config.lead_samples)
        while self._fed_to < span.end:
            frame = self._tape[(self._fed_to - self._tape_from) // self._config.frame_samples]
            _guarded(self._decoder.feed, frame)
            self._fed_to += frame.size
            within = Span(min(span.start, self._fed_to), self._fed_to)
            if self._looks is not None and within.size and self._looks.due(within):
                self._early = self._looks.saw(self._so_far(within))

    def _report(self, span: Span) -> Utterance:
        span = Span(span.start, min(span.end, self._pushed))  # the last frame may be a part of one
        self._feed(span)
        decoder, self._decoder = self._decoder, None
        assert decoder is not None
        items = _guarded(decoder.finish)
        self._engine.take_back(decoder)
        self._early = None
        self._told_to = span.end
        return Utterance(span, _words(items, span, self._fed_from, self._config.rate))


def _guarded(call: Any, *args: Any) -> Any:
    try:
        return call(*args)
    except Exception:  # the wrapper raises nothing more precise; its cause could quote words
        raise EngineError("vosk: the recogniser failed in mid-call; run the call again") from None


def _words(items: list[dict[str, Any]], within: Span, begun: int, rate: int) -> tuple[Word, ...]:
    """Words with sample ranges inside `within`. items: times in seconds since sample `begun`, at its start or before.

    What begins behind the end belongs to the next utterance: the decoder is ahead of a forced cut.
    """
    out: list[Word] = []
    at = within.start
    for item in items:
        start = max(at, begun + math.floor(item["start"] * rate))
        if start >= within.end:
            continue
        end = min(within.end, max(start + 1, begun + math.ceil(item["end"] * rate)))
        out.append(Word(Span(start, end), str(item["word"]), min(1.0, max(0.0, float(item["conf"])))))
        at = start
    return tuple(out)


def identity(model_name: str, language: str, sha256: str) -> ModelIdentity:
    """What an engine with these weights calls itself, without loading them."""
    return ModelIdentity("vosk", version("vosk"), model_name, language, sha256)


class VoskEngine:
    """Loaded Vosk weights. See `ports.engine.Engine`."""

    def __init__(self, model: Any, rate: int, identity: ModelIdentity, threads: int) -> None:
        self._model = model
        self._config = EndpointConfig(rate=rate)
        self._identity = identity
        self._threads = threads
        self._idle: deque[_Decoder] = deque(maxlen=IDLE_MAX)

    @classmethod
    def load(cls, model_dir: Path, *, language: str, model_name: str, sha256: str = "", threads: int = 2) -> Self:
        """Load the weights in `model_dir`. Raises ModelError if they are missing, damaged or of another kind.

        sha256: of the files, if the caller verified them; without it they are tried in a child process first,
        and the hash is computed here.
        """
        model = vosk_model.load(model_dir, trusted=bool(sha256))
        own = identity(model_name, language, sha256 or vosk_model.fingerprint(model_dir))
        engine = cls(model, vosk_model.rate(model_dir), own, threads)
        try:
            engine.take_back(engine.lend())  # the graph is joined here, and may turn out to be damaged
        except EngineError:
            raise ModelError(f"vosk model {model_dir}: the graph is damaged; fetch the model again") from None
        return engine

    @property
    def rate(self) -> int:
        """Sample rate the recognisers take, in Hz."""
        return self._config.rate

    @property
    def identity(self) -> ModelIdentity:
        """Name, version, language and hash of what is loaded."""
        return self._identity

    @property
    def side_by_side(self) -> int:
        """See Engine: each decodes for itself, so one per processor."""
        return self._threads

    @property
    def waiting(self) -> int:
        """See Engine: nobody does."""
        return 0

    def open(self) -> VoskRecogniser:
        """A fresh recogniser for one channel."""
        return VoskRecogniser(self, self._config)

    def open_early(self) -> VoskRecogniser:
        """One that tells words of open utterances, too."""
        return VoskRecogniser(self, self._config, early=True)

    def lend(self) -> _Decoder:
        """A decoder for one utterance, a warm one if there is any. What was heard before changes nothing."""
        try:
            return self._idle.pop()
        except IndexError:
            return _guarded(_Decoder, self._model, self.rate)  # type: ignore[no-any-return]

    def take_back(self, decoder: _Decoder) -> None:
        """The utterance is finished: keep its decoder for the next."""
        if not decoder.is_worn:
            self._idle.append(decoder)
