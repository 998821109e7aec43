"""Keypad tones found in audio: on bad lines, at every rate, however the feed is cut, and never in a voice."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.core.keypad import (
    COLUMNS_HZ,
    DIGITS,
    HARMONIC_MAX,
    OFFSETS,
    PURITY_MIN,
    ROWS_HZ,
    SAMPLE_BITS,
    TWIST_DB_MAX,
    WAVE_SCALE,
    Keypad,
    KeypadHeard,
    KeyTone,
    Runs,
    _Ear,
    runs,
)
from pipeline.core.level import to_grid
from pipeline.core.span import Span, covered, merge

RATES = [8_000, 16_000, 44_100, 48_000]
SAMPLES = Path(__file__).parent / "samples"


def press(digits, rate, *, ms=60, gap_ms=60, dbfs=-20.0, twist_db=0.0, off=(0.0, 0.0), lead_ms=300):
    """Keys pressed one after another, and the span of each. dbfs: each tone's peak before the twist."""
    parts, spans, at = [np.zeros(lead_ms * rate // 1000)], [], lead_ms * rate // 1000
    time = np.arange(ms * rate // 1000) / rate
    pause = np.zeros(gap_ms * rate // 1000)
    for digit in digits:
        row, column = divmod(DIGITS.index(digit), 4)
        low = np.sin(2 * np.pi * ROWS_HZ[row] * (1 + off[0]) * time) * 10 ** ((dbfs + twist_db / 2) / 20)
        high = np.sin(2 * np.pi * COLUMNS_HZ[column] * (1 + off[1]) * time + 1)
        parts += [low + high * 10 ** ((dbfs - twist_db / 2) / 20), pause]
        spans.append(Span(at, at + time.size))
        at += time.size + pause.size
    return np.concatenate([*parts, np.zeros(lead_ms * rate // 1000)]), spans


def mu_law(x):
    """As a telephone line hands it on: 8 bits, logarithmic."""
    y = np.rint(np.sign(x) * np.log1p(255 * np.abs(np.clip(x, -1, 1))) / np.log(256) * 127) / 127
    return np.sign(y) * (256 ** np.abs(y) - 1) / 255


def noisy(x, dbfs, seed=0):
    return x + np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), x.size)


def hear(x, rate, bits=16):
    keypad = Keypad(rate, bits)
    return keypad.push(x).tones + keypad.flush().tones


def key_of(window, rate):
    """What the ear is said to do with one window: the key or -1, and its purity; all frequencies, no short cut."""

    def energy(hz):
        phase = 2 * np.pi * np.arange(window.size) * (hz / rate)
        waves = (np.rint(f(phase) * WAVE_SCALE) for f in (np.cos, np.sin))
        return sum(float(window @ wave) ** 2 for wave in waves) * 2 / window.size / WAVE_SCALE**2

    def strongest(keys):
        hz = [key * (1 + offset) for key in keys for offset in OFFSETS]
        best = int(np.argmax([energy(one) for one in hz]))
        return energy(hz[best]), best // len(OFFSETS), hz[best]

    total = float((window**2).sum() - window.sum() ** 2 / window.size)
    if total <= 10 ** (-55 / 10) * 2.0 ** (2 * SAMPLE_BITS - 2) * window.size:
        return -1, 0
    (low, row, _), (high, column, hz) = strongest(ROWS_HZ), strongest(COLUMNS_HZ)
    purity, twist = int(100 * (low + high) / total), 10 ** (TWIST_DB_MAX / 10)
    good = purity >= PURITY_MIN and low <= twist * high and high <= twist * low
    good = good and energy(2 * hz) <= HARMONIC_MAX * high
    return (4 * row + column, purity) if good else (-1, 0)


@pytest.mark.parametrize("rate", [8_000, 44_100])
@pytest.mark.parametrize("twist_db", [0.0, 8.5, -8.5])
def test_windows_judged_together_are_judged_as_one_by_one(rate, twist_db):
    hop = rate // 125
    x, _ = press("4*D", rate, ms=60, twist_db=twist_db)
    sound = 0.3 * voice(1.0, rate, 1)
    sound[: x.size] += x[: sound.size]
    sound[-rate // 4 :] = noisy(np.zeros(rate // 4), -30)
    hops = to_grid(sound[: sound.size // hop * hop], 16, SAMPLE_BITS).reshape(-1, hop)
    keys, purity = _Ear(rate, 3 * hop).keys(hops)
    alone = [key_of(hops[k : k + 3].ravel(), rate) for k in range(len(hops) - 2)]
    assert [*zip(keys.tolist(), purity.tolist(), strict=True)] == alone
    assert sum(key >= 0 for key, _ in alone) >= 10


def voice(seconds, rate, seed):
    """Vowels without end: a wandering pitch through three moving resonances, falling 6 dB per octave."""
    rng = np.random.default_rng(seed)
    n = int(seconds * rate)

    def wander(low, high, every):
        points = rng.uniform(low, high, int(seconds / every) + 2)
        return np.interp(np.arange(n) / rate, np.arange(points.size) * every, points)

    pitch = wander(85, 255, 0.3)
    formants = [
        (wander(300, 850, 0.15), 80),
        (wander(900, 2_200, 0.15), 100),
        (wander(2_300, 2_900, 0.15), 150),
    ]
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    out = np.zeros(n)
    for h in range(1, 40):
        hz = h * pitch
        gain = np.ones(n) / h
        for at, width in formants:
            gain = gain / np.hypot(1 - (hz / at) ** 2, width * hz / at**2)
        out += np.where(hz < 3_600, gain, 0) * np.sin(h * phase)
    return 0.3 * out / np.abs(out).max()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(
    "line",
    [
        {},
        {"ms": 40, "gap_ms": 40},
        {"dbfs": -36.0},
        {"twist_db": 8.0},
        {"twist_db": -8.0},
        {"off": (0.018, 0.018)},
        {"off": (-0.018, -0.018)},
        {"off": (0.015, -0.015), "twist_db": 6.0, "ms": 40},
    ],
    ids=str,
)
@pytest.mark.parametrize("snr_db", [None, 15])
def test_every_key_is_heard_once_and_its_whole_tone_is_covered(rate, line, snr_db):
    clean, spans = press(DIGITS, rate, **line)
    level = line.get("dbfs", -20.0)
    heard = hear(mu_law(clean if snr_db is None else noisy(clean, level - snr_db)), rate)
    assert "".join(t.digit for t in heard) == DIGITS
    for tone, span in zip(heard, spans, strict=True):
        margin = 20 * rate // 1000
        assert span.start - margin <= tone.span.start <= span.start
        assert span.end <= tone.span.end <= span.end + margin


@pytest.mark.parametrize("rate", [8_000, 48_000])
@pytest.mark.parametrize(("kind", "bits"), [(np.int16, 16), (np.int32, 24)])
def test_integer_samples_are_heard_like_floats(rate, kind, bits):
    x, _ = press("159D", rate)
    assert hear(np.rint(x * 2 ** (bits - 1)).astype(kind), rate, bits) == hear(x, rate)


def test_a_voice_under_the_keys_does_not_hide_them():
    x, spans = press(DIGITS, 8_000, ms=100, gap_ms=100)
    echo = voice(x.size / 8_000, 8_000, 5)[: x.size]
    echo *= 10 ** (-32 / 20) / np.sqrt((echo**2).mean())  # 12 dB below the keys
    found = runs(hear(mu_law(x + echo), 8_000), 8_000)
    assert all(covered(span, found) == span.size for span in spans)


def test_two_minutes_of_vowels_without_a_breath_are_not_a_number():
    """Harsher than any talk: measured on real and synthetic calls there is none in 47 minutes."""
    assert sum(len(hear(mu_law(voice(20, 8_000, seed)), 8_000)) for seed in range(6)) <= 1


def test_the_project_s_sample_calls_hold_keys_where_the_truth_says_and_nowhere_else():
    calls = sorted(SAMPLES.glob("*/call.wav"))
    assert SAMPLES / "keypad" / "call.wav" in calls
    for path in calls:
        truth = json.loads((path.parent / "truth.json").read_text())
        pcm, rate = soundfile.read(path, dtype="int16", always_2d=True)
        for channel in range(pcm.shape[1]):
            keys = [s for s in truth["segments"] if s["channel"] == channel and s["source"] == "dtmf"]
            heard = hear(np.ascontiguousarray(pcm[:, channel]), rate)
            found = runs(heard, rate)
            assert len(found) == len(keys), path.parent.name
            for key, run in zip(keys, found, strict=True):
                slack = 0.06 * rate
                assert run.start == pytest.approx(key["start"] * rate, abs=slack)
                assert run.end == pytest.approx(key["end"] * rate, abs=slack)


@pytest.mark.parametrize(
    "tones",
    [
        [(350, 1), (440, 1)],  # dial tone
        [(480, 1), (620, 1)],  # busy
        [(697, 1)],  # half a key
        [(1_336, 1)],
        [(697, 1), (1_209, 1), (2_418, 0.6)],  # a voice's column has a second harmonic
        [(697, 1), (1_209, 0.1)],  # twist of 20 dB
        [(697, 1), (1_270, 1)],  # 5 % off
        [(950, 1), (1_400, 1), (1_800, 1)],  # special information
    ],
    ids=str,
)
def test_other_tones_are_not_keys(tones):
    time = np.arange(16_000) / 8_000
    assert hear(sum(0.1 * a * np.sin(2 * np.pi * hz * time) for hz, a in tones), 8_000) == ()


def test_noise_silence_and_ticks_are_not_keys():
    assert hear(noisy(np.zeros(160_000), -20), 8_000) == ()
    assert hear(np.zeros(80_000, np.int16), 8_000) == ()
    assert hear(np.zeros(0, np.int16), 8_000) == ()
    assert hear(press("5", 8_000, ms=15)[0], 8_000) == ()
    assert hear(press("5", 8_000, dbfs=-70)[0], 8_000) == ()


def test_a_key_at_the_very_end_of_the_call_is_heard_and_ends_with_it():
    x, (span,) = press("7", 8_000, lead_ms=0, ms=45, gap_ms=0)
    (tone,) = hear(x, 8_000)
    assert tone == KeyTone(span, "7")


@settings(max_examples=30, deadline=None)
@given(
    rate=st.sampled_from([8_000, 44_100]),
    cuts=st.lists(st.floats(0, 1), max_size=20),
    every=st.sampled_from([10**6, 97, 400]),
    seed=st.integers(0, 3),
)
def test_cutting_changes_nothing_and_upto_is_kept(rate, cuts, every, seed):
    x, spans = press("48*0", rate, ms=70, gap_ms=90)
    x = noisy(x, -34 - seed, seed)
    keypad = Keypad(rate)
    edges = sorted({*range(0, x.size, every), x.size, *(int(c * x.size) for c in cuts)})
    tones, upto = [], 0
    for a, b in pairwise(edges):
        heard = keypad.push(x[a:b])
        assert heard.upto >= upto
        assert all(t.span.start >= upto for t in heard.tones)
        upto = heard.upto
        if not any(s.start <= b <= s.end + rate // 10 for s in spans):
            assert b - upto <= rate // 10
        tones += heard.tones
    last = keypad.flush()
    assert last.upto == x.size
    assert all(t.span.start >= upto for t in last.tones)
    assert tuple(tones) + last.tones == hear(x, rate)


def test_a_key_held_for_long_is_reported_in_parts_that_join():
    x, (span,) = press("3", 8_000, ms=7_000)
    keypad = Keypad(8_000)
    tones, at = [], 0
    for at in range(0, x.size, 2_000):
        heard = keypad.push(x[at : at + 2_000])
        tones += heard.tones
        assert at + 2_000 - heard.upto <= 2.2 * 8_000
    assert len(tones) == 4
    assert {t.digit for t in tones} == {"3"}
    (whole,) = merge(t.span for t in tones)
    assert covered(span, [whole]) == span.size


def test_a_rate_too_low_is_an_error():
    with pytest.raises(InputError, match="8000"):
        Keypad(7_999)


def test_presses_with_short_pauses_are_one_run():
    rate = 1_000
    tones = [KeyTone(Span(a, a + 60), "1") for a in (100, 200, 1_760, 3_321)]
    assert runs(tones, rate) == (Span(60, 1_860), Span(3_281, 3_421))
    assert runs([], rate) == ()
    with pytest.raises(ValueError, match="twice"):
        Runs(rate, gap_ms=10, pad_ms=6)


@given(
    steps=st.lists(st.tuples(st.integers(-10, 3_000), st.integers(20, 300), st.booleans()), max_size=12),
    wait=st.integers(0, 5_000),
)
def test_runs_told_bit_by_bit_are_the_runs_and_keep_their_upto(steps, wait):
    """Presses with pauses (overlapping by a hop at times), some told together, some after a silence."""
    stream, tones, waiting, at, upto, told = Runs(1_000), [], [], 20, 0, []

    def push(heard):
        nonlocal upto
        new_upto, spans = stream.push(heard)
        assert new_upto >= upto
        assert all(s.start >= upto for s in spans)
        upto = new_upto
        told.extend(spans)

    for pause, size, now in steps:
        start = max(at + pause, 0)
        if not waiting and pause > 1:
            push(KeypadHeard(start - 1))
        waiting.append(KeyTone(Span(start, start + size), "5"))
        at = start + size
        if now:
            tones += waiting
            push(KeypadHeard(at - 10 if at > 10 else 0, tuple(waiting)))
            waiting = []
    tones += waiting
    push(KeypadHeard(at + wait, tuple(waiting)))
    assert merge(told) == runs(tones, 1_000)
    if not tones or wait > 1_500:
        assert upto >= at + wait - 40
