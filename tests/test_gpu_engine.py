"""The example of an engine for GPUs, on a CPU with real weights: what an engine must be, and batches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import speech, turns

from pipeline.adapters.model_store import ModelStore
from pipeline.cli.engines import engine_identity, load_engine
from pipeline.core.errors import EngineError
from pipeline.core.heard import Utterance
from pipeline.ports.engine import Engine, Recogniser

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
NAME = "gpu_engine:on_cpu"


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield
    assert "gpu_engine" in sys.modules


@cache
def engine() -> Engine:
    """As hear loads it."""
    return load_engine(NAME, "en", ModelStore(Path("models")), 2)


def heard(recogniser: Recogniser, pcm: Any, size: int) -> list[Utterance]:
    out: list[Utterance] = []
    upto = 0
    for at in range(0, len(pcm), size):
        found = recogniser.push(pcm[at : at + size])
        assert found.upto >= upto
        assert all(u.span.start >= upto for u in found.utterances)
        upto = found.upto
        out += found.utterances
    last = recogniser.flush()
    assert last.upto == len(pcm)
    return [*out, *last.utterances]


def plain(found: list[Utterance]) -> str:
    """Letters and digits of all words."""
    return "".join(c for u in found for w in u.words for c in w.text.lower() if c.isalnum())


def test_it_hears_words_where_they_are() -> None:
    found = heard(engine().open(), speech(16_000), 4_000)
    assert sum(len(u.words) for u in found) > 20
    said = turns(16_000)
    words = [word for utterance in found for word in utterance.words]
    near = [w for w in words if any(w.span.start < t.end + 8_000 and t.start < w.span.end + 8_000 for t in said)]
    assert len(near) >= 0.9 * len(words)
    for utterance in found:
        starts = [w.span.start for w in utterance.words]
        assert starts == sorted(starts)
        for word in utterance.words:
            assert utterance.span.start <= word.span.start < word.span.end <= utterance.span.end
            assert 0 <= word.confidence <= 1
    assert "letter about my last bill" in " ".join(w.text.lower() for w in words)


def test_how_the_feed_is_cut_changes_nothing() -> None:
    pcm = speech(16_000)[: 15 * 16_000]
    assert heard(engine().open(), pcm, 4_000) == heard(engine().open(), pcm, 777)


def test_reset_is_as_good_as_new() -> None:
    pcm = speech(16_000)[: 8 * 16_000]
    recogniser = engine().open()
    first = heard(recogniser, pcm, 4_000)
    recogniser.reset()
    assert heard(recogniser, pcm, 4_000) == first


def test_what_many_calls_say_at_once_is_read_in_batches_and_each_gets_its_own() -> None:
    one, other = speech(16_000)[: 10 * 16_000], speech(16_000)[10 * 16_000 : 20 * 16_000]
    alone = [heard(engine().open(), pcm, 4_000) for pcm in (one, other)]
    batcher = engine()._batcher  # type: ignore[attr-defined]
    batcher.sizes.clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pcm: heard(engine().open(), pcm, len(pcm)), [one, other] * 2))
    assert max(batcher.sizes) > 1
    for n, utterances in enumerate(found):
        assert [u.span for u in utterances] == [u.span for u in alone[n % 2]]
        # In another batch int8 may spell otherwise, so not to the letter.
        own, others = (SequenceMatcher(None, plain(utterances), plain(alone[i])).ratio() for i in (n % 2, 1 - n % 2))
        assert own > others + 0.3


def test_in_a_batch_each_gets_its_own_wherever_it_lies_on_the_tape() -> None:
    """The library tells times to 10 ms, rounded down: a word may seem to begin before its clip."""
    pcm = speech(16_000).astype(np.float32) / 32_768
    letter, would = pcm[int(3.7 * 16_000) : int(7.8 * 16_000)], pcm[int(29.6 * 16_000) : 31 * 16_000]
    clips = [clip[: clip.size - odd] for odd in (1, 77, 159) for clip in (letter, would)]
    found = engine()._batcher._together(clips)  # type: ignore[attr-defined]
    texts = [" ".join(text.lower() for text, *_ in words) for words in found]
    assert ["letter" in text for text in texts] == [True, False] * 3, texts
    assert ["that would" in text for text in texts] == [False, True] * 3, texts
    for words, clip in zip(found, clips, strict=True):
        assert all(-0.02 <= start <= end <= clip.size / 16_000 + 0.5 for _, start, end, _ in words)


def test_a_device_that_dies_fails_those_who_wait_and_not_those_after(monkeypatch: pytest.MonkeyPatch) -> None:
    batcher = engine()._batcher  # type: ignore[attr-defined]
    working = batcher._together
    pcm = speech(16_000)[: 8 * 16_000]

    def broken(clips: list[Any]) -> list[Any]:
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(batcher, "_together", broken)
    with pytest.raises(EngineError) as error:
        heard(engine().open(), pcm, 4_000)
    assert "CUDA" not in str(error.value), "our own line, not the device's"
    monkeypatch.setattr(batcher, "_together", working)
    assert heard(engine().open(), pcm, 4_000)


def test_it_is_known_by_its_weights_device_and_precision_before_anything_is_loaded() -> None:
    found = engine_identity(NAME, "en", ModelStore(Path("models")))
    assert found == engine().identity
    assert found.model == "model-cpu-int8"
    assert len(found.sha256) == 64
    import gpu_engine

    fresh = gpu_engine.on_cpu()
    assert fresh.waiting == 0
    assert "_batcher" not in fresh.__dict__


def test_silence_is_not_read() -> None:
    batcher = engine()._batcher  # type: ignore[attr-defined]
    batcher.sizes.clear()
    assert heard(engine().open(), np.zeros(5 * 16_000, np.int16), 4_000) == []
    assert batcher.sizes == []
