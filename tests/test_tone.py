"""The replacement sounds: pitch, level, noise colour, fades, and independence of how a call is cut."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import ConfigError
from pipeline.core.tone import Action, Tone, fade, render

HIDING = [Action.BEEP, Action.SILENCE, Action.NOISE]


@given(
    action=st.sampled_from(HIDING),
    start=st.integers(0, 2 * 3600 * 48_000),
    cuts=st.lists(st.integers(0, 700), max_size=6),
    rate=st.sampled_from([8_000, 16_000, 44_100, 48_000]),
    bits=st.sampled_from([16, 24]),
)
def test_cutting_changes_no_bit(action, start, cuts, rate, bits):
    tone = Tone(frequency_hz=997.3)
    whole = render(action, start, 700, rate, bits, tone=tone)
    edges = sorted({0, 700, *cuts})
    parts = [render(action, start + a, b - a, rate, bits, tone=tone) for a, b in pairwise(edges)]
    assert whole.dtype == np.int32
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize(("hz", "dbfs"), [(1_000.0, -20.0), (440.0, -6.0), (1234.5, -40.0)])
def test_beep_is_a_pure_tone_of_the_pitch_and_level_asked_for(rate, hz, dbfs):
    start = 5_000_001
    wave = render(Action.BEEP, start, rate, rate, 24, tone=Tone(frequency_hz=hz, level_dbfs=dbfs))
    peak = 2**23 * 10 ** (dbfs / 20)
    wanted = peak * np.sin(2 * np.pi * ((start + np.arange(rate)) * hz % rate) / rate)
    assert np.abs(wave - wanted).max() < peak * 2e-4


def test_beep_phase_is_exact_hours_into_a_call():
    rate, hz = 48_000, 1_000.0
    late = 10 * 3600 * rate  # a whole number of periods
    assert np.array_equal(
        render(Action.BEEP, late, 500, rate, 24, tone=Tone(frequency_hz=hz)),
        render(Action.BEEP, 0, 500, rate, 24, tone=Tone(frequency_hz=hz)),
    )


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_noise_has_its_level_is_soft_and_does_not_repeat(rate):
    n = 2 * rate
    wave = render(Action.NOISE, 12_345, n, rate, 24, tone=Tone(noise_dbfs=-30)) / 2**23
    assert 20 * math.log10(np.sqrt((wave**2).mean())) == pytest.approx(-30, abs=0.3)
    spectrum = np.abs(np.fft.rfft(wave)) ** 2
    hz = np.fft.rfftfreq(n, 1 / rate)
    assert spectrum[(hz > 100) & (hz < 800)].mean() > 5 * spectrum[(hz > 1_600) & (hz < 3_900)].mean()
    echo = np.fft.irfft(np.abs(np.fft.rfft(wave, 2 * n)) ** 2)
    assert np.abs(echo[rate // 100 : n]).max() < 0.1 * echo[0]


def test_loudest_levels_stay_inside_full_scale():
    for action in (Action.BEEP, Action.NOISE):
        wave = render(action, 0, 4_000, 8_000, 16, tone=Tone(level_dbfs=0, noise_dbfs=0))
        assert wave.min() >= -(2**15)
        assert wave.max() <= 2**15 - 1
        assert wave.max() > 2**15 - 1_000


def test_silence_is_zero_and_keep_has_no_replacement():
    assert not render(Action.SILENCE, 7, 100, 8_000, 16, tone=Tone()).any()
    with pytest.raises(ValueError, match="KEEP"):
        render(Action.KEEP, 0, 10, 8_000, 16, tone=Tone())


def test_gain_scales_the_wave():
    gain = np.linspace(0, 1, 300)
    plain = render(Action.BEEP, 90, 300, 8_000, 16, tone=Tone())
    faded = render(Action.BEEP, 90, 300, 8_000, 16, tone=Tone(), gain=gain)
    assert np.abs(faded - plain * gain).max() <= 1
    assert faded[0] == 0


@given(codes=st.lists(st.integers(0, 3), min_size=1, max_size=60), ramp=st.integers(0, 12))
def test_fade_follows_the_distance_to_the_nearer_edge(codes, ramp):
    got = fade(np.array(codes, np.uint8), ramp)
    for i, code in enumerate(codes):
        a = b = i
        while a > 0 and codes[a - 1] == code:
            a -= 1
        while b < len(codes) - 1 and codes[b + 1] == code:
            b += 1
        near = min(i - a if a else ramp, b - i if b < len(codes) - 1 else ramp, ramp)
        want = 1.0 if near >= ramp else 0.5 - 0.5 * math.cos(math.pi * (near + 0.5) / ramp)
        assert got[i] == pytest.approx(want)


def test_fade_rises_from_near_nothing_without_a_step():
    gain = fade(np.repeat([0, 1, 0], [50, 400, 50]).astype(np.uint8), 40)[50:450]
    assert gain[0] < 0.01
    assert gain[-1] < 0.01
    assert np.all(gain[40:-40] == 1)
    assert np.abs(np.diff(gain)).max() < 0.05


@pytest.mark.parametrize(
    "bad",
    [
        {"frequency_hz": 0},
        {"frequency_hz": math.nan},
        {"level_dbfs": 1},
        {"level_dbfs": -math.inf},
        {"noise_dbfs": 3},
        {"ramp_ms": -1},
        {"ramp_ms": 101},
    ],
)
def test_bad_values_are_one_line_errors(bad):
    with pytest.raises(ConfigError) as error:
        Tone(**bad)
    assert "\n" not in str(error.value)


def test_a_pitch_the_call_cannot_carry_is_an_error():
    Tone(frequency_hz=3_999).check_rate(8_000)
    with pytest.raises(ConfigError, match="4000"):
        Tone(frequency_hz=4_000).check_rate(8_000)
