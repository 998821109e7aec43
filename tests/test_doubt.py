"""Doubts hide as the policy says, in audio, report and transcript alike; parts of the detector can be switched off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import RATE, ScriptedEngine, audio, dialogue, hidden

from pipeline.adapters.policy_file import load_policy, preset
from pipeline.adapters.resample import Resampler
from pipeline.core.aids import NO_AIDS, Aids, Tagged
from pipeline.core.brief import brief_of
from pipeline.core.detect import Detect, NameSearch, widest
from pipeline.core.doubt import ALL_DOUBTS, DOUBTS, NEVER_HEARD, Doubt
from pipeline.core.finding import Finding, Reason
from pipeline.core.hold import Due
from pipeline.core.judged import fused
from pipeline.core.masker import Masker
from pipeline.core.pin import Pin
from pipeline.core.policy import Policy
from pipeline.core.report import action_of
from pipeline.core.report import hidden as unheard
from pipeline.core.span import Span
from pipeline.core.tone import Action
from pipeline.stages.call import Call, Record

DEFAULT = preset("default")
CALL = dialogue("A: what is your account number please", "C: um #0.9 so yes", "A: lovely weather we are having today")


def through(policy: Policy, script=CALL, aids: Aids = NO_AIDS) -> tuple[np.ndarray, np.ndarray, Record]:
    """Samples in and out of a recorded call, and what is known of it."""
    before = audio(script)
    with ThreadPoolExecutor(1) as pool:
        call = Call(
            2, RATE, 16, engine=ScriptedEngine(script), policy=policy, resampler=Resampler, executor=pool, aids=aids
        )
        blocks = [*call.push(before), *call.flush()]
    return before, np.concatenate([b.pcm for b in blocks]), call.record


def test_a_doubt_that_is_kept_is_heard_and_still_reported() -> None:
    before, after, record = through(DEFAULT)
    doubts = [f for f in record.findings if f.reason is Reason.DOUBT_NO_WORDS]
    assert doubts, "the script has no doubt: this proves nothing"
    for f in doubts:
        assert not after[f.span.start : f.span.end, f.channel].any()
    keeps = replace(DEFAULT, doubt=Doubt(no_words=False))
    _, after, record = through(keeps)
    assert [f for f in record.findings if f.reason is Reason.DOUBT_NO_WORDS] == doubts
    others = hidden([f for f in record.findings if f.reason not in DOUBTS], 1)
    for f in doubts:
        inside = np.arange(f.span.start, f.span.end)
        free = np.array([not any(s.start - 100 <= i < s.end + 100 for s in others) for i in inside])
        assert free.any()
        assert np.array_equal(after[inside[free], f.channel], before[inside[free], f.channel])
        assert action_of(f, keeps.action, keeps.doubt) is Action.KEEP
        assert f not in unheard(record.findings, keeps.action, keeps.doubt)


FOUND = st.builds(
    lambda start, size, entity, reason: Finding(0, Span(start, start + size), entity, reason, 0.5),
    st.integers(0, 500),
    st.integers(1, 200),
    st.sampled_from(["PHONE", "PIN", "PASSWORD", "NUMBER"]),
    st.sampled_from(list(Reason)),
)
KNOBS = st.builds(Doubt, st.booleans(), st.booleans(), st.booleans())


@given(st.lists(FOUND, max_size=6), KNOBS, st.integers(0, 30))
def test_what_is_sure_is_hidden_whatever_doubts_may_do(found: list[Finding], doubt: Doubt, gap: int) -> None:
    whole = fused(found, gap)
    masker = Masker(RATE, 16, DEFAULT.action, DEFAULT.tone, doubt)
    pcm, _ = masker.mask(Due(0, np.full((800, 1), 1_000, np.int16), (whole,)))
    heard = np.flatnonzero(pcm[:, 0])
    for f in found:
        sure = f.reason not in DOUBTS or f.entity in NEVER_HEARD or getattr(doubt, DOUBTS[f.reason])
        assert not sure or not ((f.span.start <= heard) & (heard < f.span.end)).any()
    if doubt == ALL_DOUBTS:
        assert sum(s.size for s in hidden(found, 0)) <= 800 - heard.size


def test_a_doubt_alone_is_told_apart_from_what_is_sure_beside_it() -> None:
    sure = Finding(0, Span(0, 100), "PHONE", Reason.ANSWER, 0.9)
    doubt = Finding(0, Span(110, 200), "PHONE", Reason.DOUBT_WORDS, 0.3)
    assert fused([sure, doubt], 20) == (sure, replace(doubt, span=Span(100, 200)))
    assert fused([sure, replace(doubt, span=Span(20, 80))], 20) == (sure,)
    assert fused([sure, doubt], 5) == (sure, doubt)


@pytest.mark.parametrize("entity", sorted(NEVER_HEARD))
def test_no_policy_lets_the_doubt_of_a_code_be_heard(entity: str) -> None:
    nothing = Doubt(words=False, no_words=False, alternatives=False)
    for reason in DOUBTS:
        assert not nothing.keeps(Finding(0, Span(0, 1), entity, reason, 0.3))


def test_the_file_says_which_doubts_and_parts(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("name: a\ndoubt: {words: keep}\ndetect:\n  edges: off\n  names: cues\n")
    policy = load_policy(path)
    assert policy.doubt == Doubt(words=False)
    assert policy.detect == Detect(edges=False, names=NameSearch.CUES)
    pin = Pin({"x": policy}, (), "d", "e", "1", "m", "en", "s", "r")
    assert Pin.of(pin.plain()).policies["x"] == policy
    plain = preset("default")
    hashes = {replace(policy, doubt=plain.doubt).sha256, replace(policy, detect=plain.detect).sha256}
    assert len({*hashes, policy.sha256, plain.sha256}) == 4


def test_a_part_is_on_if_any_policy_has_it_on() -> None:
    off = Detect(context=False, edges=False, names=NameSearch.CUES)
    assert widest([off, off]) == off
    assert widest([off, Detect()]) == widest([]) == Detect()
    policies = [replace(DEFAULT, detect=d) for d in (off, replace(off, context=True))]
    assert brief_of(policies, "acme").detect == replace(off, context=True)


ASKED = dialogue("A: what is your account number please", "C: four oh seven [seven]", "A: thank you")


def test_without_context_no_answer_is_expected() -> None:
    assert {f.reason for f in through(DEFAULT, ASKED)[2].findings} & {Reason.ANSWER}
    off = replace(DEFAULT, detect=Detect(context=False))
    assert not {f.reason for f in through(off, ASKED)[2].findings} & {Reason.ANSWER, Reason.READ_BACK}


def test_without_edges_words_are_hidden_as_they_were_heard() -> None:
    off = replace(DEFAULT, detect=Detect(edges=False))
    exact = [f.span for f in through(off, ASKED)[2].findings if f.reason is Reason.ANSWER]
    wide = [f.span for f in through(DEFAULT, ASKED)[2].findings if f.reason is Reason.ANSWER]
    said = ASKED.utterances[1][0].words
    assert exact == [Span(said[0].span.start, said[-1].span.end)]
    assert wide[0].start < exact[0].start
    assert exact[0].end < wide[0].end


class Tagger:
    def __call__(self, words):
        return [Tagged(n, n + 1, "PERSON_NAME", 0.9) for n, w in enumerate(words) if w.startswith("Brunhild")]


def test_by_cues_only_the_model_is_not_asked() -> None:
    script = dialogue("A: i think Brunhilda is the best at that")
    asked = []

    class Counting(Tagger):
        def __call__(self, words):
            asked.append(words)
            return super().__call__(words)

    aids = Aids(tagger=Counting())
    through(DEFAULT, script, aids)
    assert asked
    asked.clear()
    through(replace(DEFAULT, detect=Detect(names=NameSearch.CUES)), script, aids)
    assert not asked
