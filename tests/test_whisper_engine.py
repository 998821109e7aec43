"""What is special to the embedded engine: no words where nobody speaks, and a second reading where it is in doubt."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import soundfile as sf
import soxr
from engines import SAMPLES, case, hear
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.whisper_decode import RATE, Decoder, Reading, Samples, size_of
from pipeline.adapters.whisper_desk import Asked, Desk
from pipeline.adapters.whisper_engine import OVERLAP
from pipeline.adapters.whisper_text import Piece, cut_loop, drop_echo
from pipeline.ports.engine import Pcm16

ENGINE = case("whisper").engine


def sample(name: str, channel: int) -> Pcm16:
    pcm, rate = sf.read(SAMPLES / name / "call.wav", dtype="int16", always_2d=True)
    return soxr.resample(pcm[:, channel], rate, RATE)


def noise(kind: str, seconds: int = 5) -> Pcm16:
    """Sound without a voice, between two seconds of nothing."""
    rng, n = np.random.default_rng(3), np.arange(seconds * RATE)
    if kind == "white":
        body = rng.normal(0, 6_000, n.size)
    elif kind == "tone":
        body = 12_000 * np.sin(2 * np.pi * 1_000 / RATE * n)
    elif kind == "gusts":
        walk = np.cumsum(rng.normal(0, 1, n.size))
        body = (walk - np.convolve(walk, np.ones(200) / 200, "same")) * np.repeat(rng.random(n.size // 4_000), 4_000)
        body *= 3_000 / body.std()
    else:
        notes = rng.choice([220.0, 262.0, 294.0, 330.0, 392.0, 440.0], (3, n.size // 8_000))
        swell = 1 + np.sin(2 * np.pi * 4 * n / RATE)
        body = sum(1_500 * swell * np.sin(2 * np.pi * np.repeat(chord, 8_000) * n / RATE) for chord in notes)
    gap = np.zeros(RATE)
    return np.concatenate((gap, np.clip(body, -32_768, 32_767), gap)).astype(np.int16)


@pytest.mark.parametrize("kind", ["white", "tone", "gusts", "chords"])
def test_no_words_where_nobody_speaks(kind: str) -> None:
    call = hear(ENGINE.open(), noise(kind))
    assert call.utterances, "the gate let it through: the decoder has to tell"
    assert all(not words for u in call.utterances for words in u.readings)


def test_doubtful_digits_have_a_second_reading() -> None:
    doubted = []
    for name in ("us_identity", "crosstalk", "uk_bank"):
        pcm = sample(name, 1)
        one, two = (hear(ENGINE.open(), pcm) for _ in range(2))
        assert one == two, "the same sound, the same readings"
        doubted += [u for u in one.utterances if u.alternatives]
    assert any(c.isdigit() for u in doubted for w in u.alternatives[0] for c in w.text)
    for utterance in doubted:
        texts = [["".join(filter(str.isalnum, w.text.lower())) for w in words] for words in utterance.readings]
        assert len(texts) == 2
        assert texts[0] != texts[1]


def test_plain_talk_has_one_reading_only() -> None:
    said = hear(ENGINE.open(), sample("tech_support", 0)).utterances
    assert sum(bool(u.alternatives) for u in said) <= len(said) // 3


@given(
    head=st.lists(st.integers(0, 9), max_size=6, unique=True),
    turn=st.lists(st.integers(10, 19), min_size=1, max_size=5, unique=True),
)
def test_of_a_loop_one_round_stays(head: list[int], turn: list[int]) -> None:
    assert cut_loop(head + turn) == head + turn
    assert cut_loop(head + turn * 5) == head + turn


def test_an_echo_is_dropped_and_a_repetition_is_not() -> None:
    said = [Piece("nine", 0.0, 0.4, 1.0), Piece("one", 0.5, 0.9, 1.0)]
    echo = [Piece("Nine,", 1.0, 1.02, 0.5), Piece("one.", 1.02, 1.04, 0.5)]
    again = [Piece("nine", 1.2, 1.6, 1.0), Piece("one", 1.7, 2.1, 1.0)]
    assert drop_echo(said + echo) == said
    assert drop_echo(said + again) == said + again


def stretches() -> list[Samples]:
    """Speech of many lengths, some with noise over it, some twice as fast: as real calls have it."""
    rng, out = np.random.default_rng(5), []
    for name in ("uk_bank", "us_identity", "card_payment"):
        for channel in (0, 1):
            pcm = sample(name, channel).astype(np.float32) / 32768.0
            for _ in range(6):
                start, size = int(rng.integers(0, pcm.size - 9 * RATE)), int(rng.integers(RATE // 3, 8 * RATE))
                noisy = pcm[start : start + size] + rng.normal(0, rng.choice([0, 0.02]), size)
                out.append(noisy.astype(np.float32))
    return out


def test_company_changes_nothing_of_what_is_heard() -> None:
    decoder: Decoder = ENGINE._desk._decoder  # type: ignore[attr-defined]
    given = stretches()
    alone = [decoder.read([pcm])[0] for pcm in given]
    assert sum(bool(reading.first) for reading in alone) > len(given) // 2
    assert any(reading.other for reading in alone)
    by_size: dict[int, list[int]] = {}
    for n, pcm in enumerate(given):
        by_size.setdefault(size_of(pcm.size), []).append(n)
    assert max(map(len, by_size.values())) > 4
    for numbers in by_size.values():
        assert decoder.read([given[n] for n in numbers]) == [alone[n] for n in numbers]


class Rounds:
    """A decoder that only writes down who came together, and dies of one stretch."""

    def __init__(self, poison: float) -> None:
        self.poison, self.rounds = poison, list[int]()
        self.gate, self.busy = threading.Event(), threading.Event()

    def read(self, given: list[Samples]) -> list[Reading]:
        self.busy.set()
        self.gate.wait(60)
        self.rounds.append(len(given))
        if any(pcm[0] == self.poison for pcm in given):
            raise RuntimeError("out of something")
        return [Reading((Piece(f"n{pcm[0]:.0f}", 0.0, 0.5, 1.0),)) for pcm in given]


def test_who_waits_goes_together_and_nobody_pays_for_another() -> None:
    decoder = Rounds(poison=3.0)
    desk = Desk(decoder, 1)  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(desk.readings, np.full(RATE // 2, 0, np.float32))]
        assert decoder.busy.wait(60)
        asked += [pool.submit(desk.readings, np.full(RATE // 2, n, np.float32)) for n in range(1, 8)]
        while desk.waiting < 7:
            time.sleep(0.01)
        decoder.gate.set()
        answers = [one.exception() or one.result()[0][0].text for one in asked]
    assert [str(a) for a in answers] == ["out of something" if n == 3 else f"n{n}" for n in range(8)]
    assert max(decoder.rounds) == 7
    assert desk.waiting == 0


def stretch(value: int) -> Samples:
    """Half a second by which `Rounds` knows it."""
    return np.full(RATE // 2, value, np.float32)


def test_what_nobody_waits_for_yet_is_read_when_nobody_waits() -> None:
    decoder = Rounds(poison=-1.0)
    desk = Desk(decoder, 1)  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(desk.readings, stretch(0))
        assert decoder.busy.wait(60)
        wanted, unwanted, later = (desk.foresee(stretch(n), 5) for n in (1, 2, 3))
        asked = pool.submit(desk.readings, stretch(4))
        known = pool.submit(desk.readings, stretch(1), 5, wanted)  # it has ended: now somebody waits
        while desk.waiting < 2:
            time.sleep(0.01)
        desk.forget(unwanted)
        decoder.gate.set()
        assert [f.result()[0][0].text for f in (first, asked, known)] == ["n0", "n4", "n1"]
    assert later.answer.result(60).first[0].text == "n3"
    assert decoder.rounds == [1, 2, 1]
    desk.forget(later)  # too late, and no harm
    assert desk.readings(stretch(3), 5, later)[0][0].text == "n3"
    assert decoder.rounds == [1, 2, 1]
    assert not unwanted.answer.done()


@pytest.mark.parametrize("every", [800, 4_000, 16_000])
def test_in_a_pause_the_words_are_read_before_the_utterance_has_ended(
    every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words, and after most utterances they are there when they are wanted."""
    pcm = sample("uk_bank", 1)[: 40 * RATE]
    plain = hear(ENGINE.open(), pcm, every=every)
    real, known = Desk.readings, list[bool]()

    def noted(self: Desk, pcm: Samples, due_ms: int = 0, foreseen: Asked | None = None) -> object:
        known.append(foreseen is not None)
        return real(self, pcm, due_ms, foreseen)

    monkeypatch.setattr(Desk, "readings", noted)
    recogniser = ENGINE.open()
    recogniser.due_ms = time.time_ns() // 1_000_000 + 60_000
    assert hear(recogniser, pcm, every=every).utterances == plain.utterances
    assert sum(known) >= (len(known) - 1 if every < 4_000 else len(known) // 2 if every == 4_000 else 0)
    known.clear()
    assert hear(ENGINE.open(), pcm, every=every).utterances == plain.utterances
    assert not any(known)  # a recording is not waited for: nothing is read that may be in vain


def monologue(seconds: int = 24) -> Pcm16:
    """Nobody breathes: all that is loud, end to end."""
    pcm = np.concatenate([sample(name, 0) for name in ("card_payment", "us_identity", "uk_bank")])
    frames = pcm[: pcm.size // 320 * 320].reshape(-1, 320)
    return frames[frames.astype(np.float32).std(axis=1) > 300].ravel()[: seconds * RATE]


def test_what_goes_on_behind_a_cut_is_heard_from_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real, given = Desk.readings, list[int]()

    def noted(self: Desk, pcm: Samples, due_ms: int = 0, foreseen: Asked | None = None) -> object:
        given.append(pcm.size)
        return real(self, pcm, due_ms, foreseen)

    monkeypatch.setattr(Desk, "readings", noted)
    pcm = monologue()
    whole = hear(ENGINE.open(), pcm, [])
    assert len(whole.utterances) > 2
    goes_on = [False, *(one.span.end == two.span.start for one, two in pairwise(whole.utterances))]
    assert sum(goes_on) >= 2
    assert given == [u.span.size + OVERLAP * more for u, more in zip(whole.utterances, goes_on, strict=True)]
    for utterance in whole.utterances:
        assert all(utterance.span.start <= w.span.start <= w.span.end <= utterance.span.end for w in utterance.words)
    assert hear(ENGINE.open(), pcm, every=1_001).utterances == whole.utterances
