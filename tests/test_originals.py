"""Which originals may leave mask: only what is surely of a kind the policy keeps, nothing near what never may."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.entities import NAMES
from pipeline.core.finding import Finding, Reason
from pipeline.core.hold import Due, Hold
from pipeline.core.messages import END
from pipeline.core.originals import CERTAIN, GUARD_MS, NEVER, Original, Originals, keepable, kept, unkeepable
from pipeline.core.span import Span
from pipeline.core.tone import Action

RATE = 1_000
GUARD = GUARD_MS
LENGTH = 6_000
CHUNK = 250
KINDS = ("CARD_NUMBER", "PERSON_NAME", "PHONE", *sorted(NEVER))
WANTED = frozenset({"CARD_NUMBER", "PERSON_NAME", *NEVER})  # as if a policy had got by its own check

spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 1_500)).map(lambda t: Span(t[0], t[0] + t[1]))
findings = st.lists(
    st.builds(
        Finding, st.integers(0, 1), spans, st.sampled_from(KINDS), st.sampled_from([*Reason]), st.just(1.0)
    ),
    max_size=12,
)  # fmt: skip
cuts = st.lists(st.integers(1, 900), min_size=1, max_size=60)


def test_every_kind_there_is_may_be_kept_or_may_not() -> None:
    assert set(keepable()) | set(NEVER) == NAMES
    assert {"SECURITY_CODE", "PIN", "PASSWORD", "ONE_TIME_CODE", "KEYPAD", "UNJUDGED"} <= NEVER.keys()
    assert set(Reason) - CERTAIN >= {
        Reason.DOUBT_WORDS, Reason.DOUBT_NO_WORDS, Reason.ALTERNATIVE, Reason.LATE, Reason.KEYPAD,
    }  # fmt: skip


@pytest.mark.parametrize("entity", sorted(NEVER))
@pytest.mark.parametrize("action", Action)
def test_what_must_never_be_kept_cannot_be_asked_for(entity: str, action: Action) -> None:
    problem = unkeepable(entity, action)
    assert problem
    assert entity in problem


def test_what_is_not_hidden_has_no_originals() -> None:
    assert unkeepable("PHONE", Action.KEEP)
    assert unkeepable("PHONE", Action.BEEP) is None


def by_sample(found: Sequence[Finding], entity: str) -> np.ndarray:
    """(LENGTH,) whether a sample may be kept as that entity: said once more, sample by sample."""
    sure, never = np.zeros(LENGTH, bool), np.zeros(LENGTH, bool)
    for f in found:
        if f.entity == entity and f.reason in CERTAIN and entity not in NEVER:
            sure[f.span.start : f.span.end] = True
        if f.entity in NEVER or f.reason in (Reason.LATE, Reason.KEYPAD):
            never[max(0, f.span.start - GUARD) : f.span.end + GUARD] = True
    return sure & ~never


def released(found: Sequence[Finding], pcm: np.ndarray, sizes: Sequence[int]) -> list[Original]:
    """What `Originals` gives as mask drives it: verdicts reach the hold in steps of any size."""
    made = Originals(WANTED, RATE)
    hold = Hold(2, margin=made.margin)
    hold.push_audio(pcm)
    out: list[Original] = []
    told = [0, 0]
    chunks = [Span(at, min(at + CHUNK, LENGTH)) for at in range(0, LENGTH, CHUNK)]

    def let_out(due: Due | None) -> None:
        if due is not None:
            made.push(due)
        while chunks and chunks[0].end <= hold.released:
            out.extend(made.take(chunks.pop(0)))

    n = 0
    while min(told) < LENGTH:
        channel = n % 2
        upto = min(LENGTH, told[channel] + sizes[n % len(sizes)])
        now = tuple(f for f in found if f.channel == channel and told[channel] <= f.span.start < upto)
        hold.push_verdict(channel, now, upto)
        told[channel] = upto
        let_out(hold.due())
        n += 1
    let_out(hold.rest())
    assert not chunks
    return out


@given(findings, cuts)
def test_what_is_kept_is_what_may_be_to_the_sample_however_it_is_cut(found: list[Finding], sizes: list[int]) -> None:
    pcm = np.arange(2 * LENGTH, dtype=np.int16).reshape(LENGTH, 2)
    marked = {(c, e): np.zeros(LENGTH, bool) for c in range(2) for e in KINDS}
    for original in released(found, pcm, sizes):
        at = original.span
        assert np.array_equal(original.pcm, pcm[at.start : at.end, original.channel])
        assert not marked[original.channel, original.entity][at.start : at.end].any(), "a sample came twice"
        marked[original.channel, original.entity][at.start : at.end] = True
    for (channel, entity), samples in marked.items():
        mine = [f for f in found if f.channel == channel]
        wanted = by_sample(mine, entity) if entity in WANTED else np.zeros(LENGTH, bool)
        assert np.array_equal(samples, wanted), (channel, entity)


@pytest.mark.parametrize("step", [250, 500, 900, 1_000, 1_100, 1_249])
def test_what_is_kept_waits_until_it_is_known_what_comes_behind(step: int) -> None:
    """The code is told after all that lies before it was judged, in steps that end anywhere."""
    card = Finding(0, Span(0, 1_000), "CARD_NUMBER", Reason.ANSWER, 1.0)
    code = Finding(0, Span(1_000, 1_300), "SECURITY_CODE", Reason.ANSWER, 1.0)
    out = released([card, code], np.ones((LENGTH, 2), np.int16), [step])
    assert max(o.span.end for o in out) == 1_000 - GUARD


@given(findings)
def test_no_sample_of_what_is_forbidden_or_near_it_is_ever_kept(found: list[Finding]) -> None:
    forbidden = [f.span for f in found if f.entity in NEVER or f.reason in (Reason.LATE, Reason.KEYPAD)]
    for entity, span in kept(found, NAMES, Span(0, LENGTH), GUARD):
        assert entity not in NEVER
        assert not any(span.overlaps(Span(max(0, f.start - GUARD), f.end + GUARD)) for f in forbidden)
        assert any(f.entity == entity and f.reason in CERTAIN and f.span.overlaps(span) for f in found)


def test_silence_to_the_end_of_the_call_ends_what_is_kept() -> None:
    found = [
        Finding(0, Span(100, 900), "CARD_NUMBER", Reason.ANSWER, 1.0),
        Finding(0, Span(700, END), "UNJUDGED", Reason.LATE, 1.0),
    ]
    assert [*kept(found, {"CARD_NUMBER"}, Span(0, LENGTH), 50)] == [("CARD_NUMBER", Span(100, 650))]


def test_a_chunk_that_was_not_there_whole_is_not_told_again() -> None:
    made = Originals(frozenset({"CARD_NUMBER"}), RATE)
    card = Finding(0, Span(0, 500), "CARD_NUMBER", Reason.ANSWER, 1.0)
    made.push(Due(100, np.ones((400, 1), np.int16), ((card,),)))
    assert made.take(Span(0, 250)) == []
    assert [o.span for o in made.take(Span(250, 500))] == [Span(250, 500)]


def test_without_a_vault_nothing_is_held_and_nothing_waits() -> None:
    made = Originals(frozenset(NEVER), RATE)
    assert not made.wants
    assert made.margin == 0
