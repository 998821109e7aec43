"""However the feed of a call is cut, the same samples come out and the same things are found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import engines
import numpy as np
import pytest
import soundfile as sf
from command import SAMPLES, here
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scripted import Script, ScriptedEngine, audio, dialogue

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.policy_file import load_policy, preset
from pipeline.adapters.resample import Resampler
from pipeline.core.finding import Finding
from pipeline.core.heard import Utterance
from pipeline.core.policy import Policy
from pipeline.ports.engine import Engine
from pipeline.stages.call import Call

SCRIPT = dialogue(
    "A: thanks for calling what is the long number on the front of your card",
    "C: [four five three nine] <0.9> [one four eight eight oh three four three]",
    "A -0.4: mm hmm",
    "C +0.6: [six four six seven] thanks",
    "A: and your password please",
    "C -0.2: #0.9 <0.2> [zanzibar]",
    "A: my name is [Olivia Underwood] thank you have a nice day",
)
DEFAULT = preset("default")
AIDS = loaded_aids()
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that can be known of a call when it has ended."""

    pcm: NDArray[np.int32]
    findings: list[Finding]
    utterances: list[tuple[int, Utterance]]


def through(
    sound: NDArray[np.int32], cuts: Sequence[int], rate: int, engine: Engine, pool: Executor, policy: Policy = DEFAULT
) -> Outcome:
    """Push `sound`, cut at `cuts` (sorted, doubles make empty pushes), through the chain."""
    call = Call(
        sound.shape[1], rate, 16,
        engine=engine, policy=policy, aids=AIDS, resampler=Resampler, executor=pool,
    )  # fmt: skip
    blocks = [b for part in np.split(sound, cuts) for b in call.push(part)]
    blocks += call.flush()
    at = 0
    for block in blocks:
        assert block.start == at, "every sample once, in order"
        at += len(block.pcm)
    order = sorted(call.record.utterances, key=lambda u: (u[1].span, u[0]))
    return Outcome(np.concatenate([b.pcm for b in blocks]), call.record.findings, order)


def same(one: Outcome, other: Outcome) -> None:
    assert one.pcm.shape == other.pcm.shape
    assert np.array_equal(one.pcm, other.pcm)
    assert one.findings == other.findings
    assert one.utterances == other.utterances


def cuts_of(length: int) -> st.SearchStrategy[list[int]]:
    """Few and many cuts, at any sample, twice at the same one too."""
    few = st.lists(st.integers(0, length), max_size=20).map(sorted)
    step = st.tuples(st.integers(137, 30_000), st.integers(0, 136))
    return st.one_of(few, step.map(lambda s: list(range(s[1], length, s[0]))))


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as made:
        yield made


# --- a fake engine: fast, so many chunkings


@pytest.mark.parametrize(("rate", "action"), [(8_000, "silence"), (8_000, "beep"), (11_025, "noise")])
def test_a_scripted_call(rate: int, action: str, pool: Executor, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(f"name: x\nothers: {action}\nentities: {{UNJUDGED: silence}}\n")
    policy, sound = load_policy(path), audio(SCRIPT, rate=rate)
    whole = through(sound, [], rate, ScriptedEngine(SCRIPT, rate=16_000), pool, policy)
    assert whole.pcm.shape == sound.shape
    assert {f.entity for f in whole.findings} >= {"PASSWORD", "PERSON_NAME"}
    assert (whole.pcm != sound).any()
    assert (whole.pcm == sound).any()

    @FEW
    @given(cuts_of(len(sound)))
    def cut(cuts: list[int]) -> None:
        same(through(sound, cuts, rate, ScriptedEngine(SCRIPT, rate=16_000), pool, policy), whole)

    cut()


@FEW
@given(st.data(), st.integers(1, 400))
def test_calls_of_any_length(pool: Executor, data: st.DataObject, length: int) -> None:
    """Also shorter than a block, a word, or what the recogniser waits for."""
    length = length * 137
    sound = audio(SCRIPT)[:length]
    script = Script(2, [[u for u in c if u.span.end < len(sound)] for c in SCRIPT.utterances], SCRIPT.loud)
    whole = through(sound, [], 8_000, ScriptedEngine(script), pool)
    assert whole.pcm.shape == sound.shape
    same(through(sound, data.draw(cuts_of(len(sound))), 8_000, ScriptedEngine(script), pool), whole)


@settings(FEW, max_examples=8)
@given(cuts=cuts_of(SCRIPT.length), deaf_from=st.integers(1, SCRIPT.length))
def test_a_recogniser_that_falls_silent(cuts: list[int], deaf_from: int, pool: Executor) -> None:
    """Audio then leaves unjudged, silent: at the same samples, however the feed is cut."""
    sound = audio(SCRIPT)
    sound = np.concatenate((sound, sound))  # longer than audio is held
    whole = through(sound, [], 8_000, ScriptedEngine(SCRIPT, deaf_from=deaf_from), pool)
    assert whole.pcm.shape == sound.shape
    same(through(sound, cuts, 8_000, ScriptedEngine(SCRIPT, deaf_from=deaf_from), pool), whole)


# --- the real engines


def clip(name: str, start_s: float, end_s: float) -> tuple[NDArray[np.int32], int]:
    (path,) = (SAMPLES / name).glob("call.*")
    sound, rate = sf.read(path, dtype="int16", always_2d=True)
    return sound[int(start_s * rate) : int(end_s * rate)].astype(np.int32), rate


def fixed(length: int) -> list[list[int]]:
    """Chunkings that are most unlike: telephone packets of odd size, big lumps, everything at the end."""
    rng = np.random.default_rng(7)
    return [
        list(range(161, length, 161)),
        sorted(int(n) for n in rng.integers(0, length, 9)),
        [1, 1, 2, length - 1],
    ]


@pytest.mark.parametrize(("name", "start_s", "end_s"), [("card_payment", 10.2, 19.6), ("names", 4.0, 9.0)])
def test_the_embedded_engine(name: str, start_s: float, end_s: float, engine: Engine, pool: Executor) -> None:
    sound, rate = clip(name, start_s, end_s)
    whole = through(sound, [], rate, engine, pool)
    assert whole.findings, "something is found, so there is something to lose"
    for cuts in fixed(len(sound)):
        same(through(sound, cuts, rate, engine, pool), whole)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_embedded_engine_at_any_cuts(data: st.DataObject, engine: Engine, pool: Executor) -> None:
    sound, rate = clip("booking_plate", 3.2, 7.0)
    cuts = data.draw(cuts_of(len(sound)))
    same(through(sound, cuts, rate, engine, pool), through(sound, [], rate, engine, pool))


def test_vosk(pool: Executor) -> None:
    """The Korean model: it makes other words of English, but of the same sound always the same."""
    korean = engines.case("vosk").engine
    sound, rate = clip("card_payment", 12.5, 19.6)
    sound = sound[:, 1:]
    whole = through(sound, [], rate, korean, pool)
    assert whole.utterances
    for cuts in fixed(len(sound))[:2]:
        same(through(sound, cuts, rate, korean, pool), whole)


# --- the command: files are read in pieces


@pytest.mark.parametrize("frames", [1, 333, 10_000_000])
def test_the_size_of_pieces_a_file_is_read_in_changes_nothing(
    tmp_path: Path, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = audio(SCRIPT)[:120_000]
    sf.write(tmp_path / "call.wav", sound.astype(np.int16), 8_000, subtype="PCM_16")

    def result(out: str) -> dict[str, bytes | str]:
        made = here("redact", tmp_path / "call.wav", "--out", tmp_path / out, engine=ScriptedEngine(SCRIPT))
        assert made.code == 0, made.err
        report = json.loads((tmp_path / out / "call.json").read_text())
        assert report["spans"]
        report.pop("timings")
        texts = {p.name: p.read_bytes() for p in (tmp_path / out).iterdir() if p.name != "call.json"}
        return {**texts, "report": json.dumps(report)}

    usual = result("usual")
    monkeypatch.setattr("pipeline.cli.recording.READ_FRAMES", frames)
    assert result("other") == usual
