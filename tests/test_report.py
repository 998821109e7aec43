"""The report says what was hidden, in the form it promises, and holds no spoken word; nor do the other texts."""

from __future__ import annotations

import json
import math
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from pipeline.adapters.report_files import CUE_CHARS_MAX, CUE_MS_MAX, SCHEMA_PATH, texts
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance, Word
from pipeline.core.report import AudioFacts, EngineFacts, PolicyFacts, hidden, report
from pipeline.core.span import Span
from pipeline.core.tone import Action
from pipeline.core.transcript import Role, transcript

DOCS = (Path(__file__).parent.parent / "docs" / "report.md").read_text()
SCHEMA = json.loads(SCHEMA_PATH.read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
ENGINE = EngineFacts("whisper", "1.2.1", "tiny.en", "en", "a" * 64)
POLICY = PolicyFacts("default", "b" * 64)
RATE, FRAMES = 8_000, 80_000


def actions(entity: str) -> Action:
    return {"PHONE": Action.KEEP, "UNJUDGED": Action.KEEP, "PIN": Action.SILENCE}.get(entity, Action.BEEP)


def made(findings: list[Finding], /, **changes: Any) -> dict[str, Any]:
    given_: dict[str, Any] = {
        "name": "calls/monday.wav",
        "program_version": "0.1.0",
        "audio": AudioFacts(RATE, 2, FRAMES, 16, "c" * 64, "d" * 64, ("rounded",), ("clipped",)),
        "engine": ENGINE,
        "policy": POLICY,
        "roles": ("agent", "customer"),
        "findings": findings,
        "actions": actions,
        "classes": str.lower,
        "processing_s": 0.5,
    }
    return report(**{**given_, **changes})


def found(channel: int, start: int, end: int, entity: str, reason: Reason = Reason.ANSWER) -> Finding:
    return Finding(channel, Span(start, end), entity, reason, 0.87654)


def test_a_span_is_told_exactly_and_in_seconds_rounded_outward() -> None:
    assert made([found(1, 8_001, 16_001, "PIN")])["spans"] == [
        {
            "channel": 1,
            "start_sample": 8_001,
            "end_sample": 16_001,
            "start_s": 1.0,
            "end_s": 2.001,
            "entity": "PIN",
            "data_class": "pin",
            "action": "silence",
            "reason": "answer",
            "confidence": 0.877,
        }
    ]


def test_spans_are_sorted_clipped_to_the_audio_and_listed_once() -> None:
    findings = [
        found(1, 0, 10, "PIN"),
        found(0, 79_000, 80_500, "PIN"),
        found(0, 100, 200, "PIN"),
        found(0, 80_000, 80_500, "PIN"),
        found(1, 0, 10, "PIN"),
    ]
    spans = [(s["channel"], s["start_sample"], s["end_sample"]) for s in made(findings)["spans"]]
    assert spans == [(0, 100, 200), (0, 79_000, 80_000), (1, 0, 10)]


def test_what_is_kept_is_listed_but_not_counted_as_hidden() -> None:
    findings = [found(0, 0, 8_000, "PHONE"), found(0, 16_000, 20_000, "PIN")]
    result = made(findings)
    assert [s["action"] for s in result["spans"]] == ["keep", "silence"]
    assert result["summary"] == {
        "spans_hidden": 1,
        "spans_kept": 1,
        "hidden_s": 0.5,
        "entities": {"PIN": {"spans": 1, "hidden_s": 0.5}},
        "channels": [
            {"channel": 0, "hidden_s": 0.5, "hidden_share": 0.05},
            {"channel": 1, "hidden_s": 0.0, "hidden_share": 0.0},
        ],
    }
    assert hidden(findings, actions) == (findings[1],)


def test_what_came_too_late_is_silence_whatever_the_policy_says() -> None:
    late = found(0, 0, 8_000, "UNJUDGED", Reason.LATE)
    assert made([late])["spans"][0]["action"] == "silence"
    assert hidden([late], actions) == (late,)


def test_overlapping_spans_count_once_in_time_and_each_in_number() -> None:
    summary = made([found(0, 0, 8_000, "PIN"), found(0, 4_000, 12_000, "NAME"), found(1, 0, 8_000, "PIN")])["summary"]
    assert summary["hidden_s"] == 2.5
    assert summary["entities"] == {"NAME": {"spans": 1, "hidden_s": 1.0}, "PIN": {"spans": 2, "hidden_s": 2.0}}
    assert [c["hidden_share"] for c in summary["channels"]] == [0.15, 0.1]
    assert made([found(0, 0, 1, "PIN")])["summary"]["channels"][0]["hidden_share"] == 0.0001


def test_the_real_time_factor_is_per_channel() -> None:
    assert made([])["timings"] == {"audio_s": 10.0, "processing_s": 0.5, "real_time_factor": 0.025}


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": ("agent",)},
        {"roles": ("agent", "boss")},
        {"processing_s": math.nan},
        {"processing_s": -1.0},
        {"findings": [found(2, 0, 10, "PIN")]},
        {"findings": [Finding(0, Span(0, 1), "PIN", Reason.CUE, math.nan)]},
    ],
)
def test_facts_that_do_not_fit_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"roles|Role|time|finding"):
        made([], **changes)


def test_audio_without_samples_has_no_report() -> None:
    with pytest.raises(ValueError, match="0 frames"):
        AudioFacts(8_000, 1, 0, 16, "", "")


def test_a_name_that_is_no_text_is_escaped() -> None:
    result = made([], name="a\udce9b\n.wav")
    assert result["name"] == "a\\udce9b\\n.wav"
    assert texts(result, transcript([], [], rate=RATE, roles=()))[".json"].encode()
    assert made([], name="Zo\u00eb.wav")["name"] == "Zo\u00eb.wav"


# The schema


def nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from nodes(child)


def test_the_schema_is_sound_and_closed() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    objects = [n for n in nodes(SCHEMA) if n.get("type") == "object"]
    assert len(objects) > 10
    for node in objects:
        if "properties" in node:
            assert node["additionalProperties"] is False
            assert set(node["required"]) == set(node["properties"])
        else:
            assert "propertyNames" in node


def test_the_schema_knows_every_code_of_the_program() -> None:
    definitions = SCHEMA["$defs"]
    assert definitions["reason"]["enum"] == [r.value for r in Reason]
    assert definitions["role"]["enum"] == [r.value for r in Role]
    assert definitions["span"]["properties"]["action"]["enum"] == [a.value for a in Action]


def test_the_schema_refuses_what_is_added_missing_or_of_another_version() -> None:
    good = made([found(0, 0, 10, "PIN")])
    VALIDATOR.validate(good)
    for bad in (
        {**good, "text": "spoken"},
        {**good, "version": "2.0"},
        {k: v for k, v in good.items() if k != "policy"},
        {**good, "spans": [{**good["spans"][0], "text": "spoken"}]},
        {**good, "spans": [{**good["spans"][0], "reason": "because"}]},
        {**good, "audio": {**good["audio"], "sha256_in": "none"}},
    ):
        with pytest.raises(ValidationError):
            VALIDATOR.validate(bad)


def test_the_examples_in_the_docs_are_valid() -> None:
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)]
    assert [e["schema"] for e in examples] == ["callshield.report", "callshield.transcript"]
    for example in examples:
        VALIDATOR.validate(example)


def test_every_field_and_code_is_in_the_docs() -> None:
    prose = re.sub(r"```.*?```", "", DOCS, flags=re.DOTALL)
    fields = {name for n in nodes(SCHEMA) for name in n.get("properties", {}) if isinstance(n["properties"], dict)}
    codes = {c for n in nodes(SCHEMA) for c in n.get("enum", []) if isinstance(c, str)}
    assert len(fields) > 30
    assert [word for word in sorted(fields | codes) if f"`{word}`" not in prose] == []


# The texts


def said(text: str, start: int, each: int = 2_000) -> Utterance:
    words = tuple(
        Word(Span(start + n * each, start + n * each + each // 2), word, 0.9) for n, word in enumerate(text.split())
    )
    return Utterance(Span(words[0].span.start, words[-1].span.end), words)


def test_texts_are_json_and_subtitles() -> None:
    spoken = [(0, said("is it <b>R&D</b>", 0)), (1, said("yes --> Zanzibar", 8_000))]
    findings = [found(1, 12_000, 13_000, "PASSWORD")]
    result = texts(made(findings), transcript(spoken, findings, rate=RATE, roles=("agent", "customer")))
    assert sorted(result) == [".json", ".transcript.json", ".vtt"]
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in result.values())
    assert json.loads(result[".json"]) == made(findings)
    spoken_json = json.loads(result[".transcript.json"])
    VALIDATOR.validate(spoken_json)
    assert spoken_json["name"] == "calls/monday.wav"
    assert spoken_json["turns"] == [
        {"channel": 0, "role": "agent", "start_s": 0.0, "end_s": 0.625, "text": "is it <b>R&D</b>"},
        {"channel": 1, "role": "customer", "start_s": 1.0, "end_s": 1.625, "text": "yes --> [PASSWORD]"},
    ]
    assert result[".vtt"] == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:00.625\n<v agent>is it &lt;b&gt;R&amp;D&lt;/b&gt;\n"
        "\n00:00:01.000 --> 00:00:01.625\n<v customer>yes --&gt; [PASSWORD]\n"
    )


def test_a_call_without_speech_has_all_its_texts() -> None:
    result = texts(made([]), transcript([], [], rate=RATE, roles=("agent", "customer")))
    assert result[".vtt"] == "WEBVTT\n"
    assert json.loads(result[".transcript.json"])["turns"] == []


def test_a_number_that_is_none_is_never_written() -> None:
    broken = {**made([]), "timings": {"audio_s": math.inf}}
    with pytest.raises(ValueError, match="JSON"):
        texts(broken, transcript([], [], rate=RATE, roles=()))


def test_channels_of_one_role_are_told_apart() -> None:
    spoken = [(0, said("hello", 0)), (1, said("hi", 8_000)), (2, said("bye", 16_000))]
    result = texts(made([]), transcript(spoken, [], rate=RATE, roles=("unknown", "agent", "unknown")))
    assert re.findall(r"<v (.*?)>", result[".vtt"]) == ["unknown 0", "agent", "unknown 2"]


def test_a_long_turn_is_cut_before_the_word_that_would_come_too_late() -> None:
    spoken = [(0, said("one two three four", 0, each=3 * RATE)), (1, said("aha", 5 * RATE))]
    call = transcript(spoken, [], rate=RATE, roles=("agent", "customer"))
    assert cues(texts(made([]), call)[".vtt"]) == [
        (0, 4_500, "agent", "one two"),
        (5_000, 5_125, "customer", "aha"),
        (6_000, 10_500, "agent", "three four"),
    ]


def test_a_long_hidden_stretch_is_announced() -> None:
    call = transcript([], [found(0, 0, 60 * RATE, "PIN")], rate=RATE, roles=("agent",))
    assert cues(texts(made([]), call)[".vtt"]) == [(0, CUE_MS_MAX, "agent", "[PIN]")]


def test_late_cues_have_hours() -> None:
    spoken = [(0, said("hello", 3_661 * RATE + 8))]
    result = texts(made([]), transcript(spoken, [], rate=RATE, roles=("agent",)))
    assert "\n01:01:01.001 --> 01:01:01.126\n" in result[".vtt"]


def cues(text: str) -> list[tuple[int, int, str, str]]:
    """Start and end in ms, voice, text: read back by a second reading of the format."""
    head, *blocks = text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    out = []
    for block in blocks:
        times, line = block.split("\n")
        stamp = r"(\d\d+):([0-5]\d):([0-5]\d)\.(\d{3})"
        match = re.fullmatch(rf"{stamp} --> {stamp}", times)
        assert match
        h, m, s, ms, h2, m2, s2, ms2 = map(int, match.groups())
        voice = re.fullmatch(r"<v ([a-z]+(?: \d+)?)>([^<>]+)", line)
        assert voice
        out.append((((h * 60 + m) * 60 + s) * 1_000 + ms, ((h2 * 60 + m2) * 60 + s2) * 1_000 + ms2, *voice.groups()))
    return out


words = st.text("abcdefghij", min_size=1, max_size=30)


@st.composite
def calls(draw: st.DrawFn) -> list[tuple[int, Utterance]]:
    out = []
    for _ in range(draw(st.integers(0, 4))):
        own = []
        start = at = draw(st.integers(0, 100_000))
        for word in draw(st.lists(words, min_size=1, max_size=30)):
            end = at + draw(st.integers(0, 20_000))
            own.append(Word(Span(at, end), word, 0.9))
            at = end + draw(st.integers(0, 8_000))
        out.append((draw(st.integers(0, 1)), Utterance(Span(start, own[-1].span.end), tuple(own))))
    return out


@given(
    calls(),
    st.lists(st.builds(found, st.integers(0, 1), st.just(60_000), st.integers(60_000, 300_000), st.just("PIN"))),
)
def test_subtitles_hold_all_turns_in_cues_that_can_be_read(
    spoken: list[tuple[int, Utterance]], findings: list[Finding]
) -> None:
    call = transcript(spoken, findings, rate=RATE, roles=("agent", "customer"))
    shown = cues(texts(made([]), call)[".vtt"])
    starts = [start for start, *_ in shown]
    assert starts == sorted(starts)
    for start, end, _, text in shown:
        assert start < end <= start + CUE_MS_MAX
        assert len(text) <= CUE_CHARS_MAX or " " not in text
    for role in ("agent", "customer"):
        told = sorted(w for _, _, voice, text in shown if voice == role for w in text.split())
        assert told == sorted(w for turn in call.turns if turn.role == role for w in turn.text.split())


@st.composite
def any_findings(draw: st.DrawFn) -> list[Finding]:
    span = st.builds(lambda a, n: Span(a, a + n), st.integers(0, FRAMES), st.integers(0, 20_000))
    entity = st.sampled_from(["PIN", "PHONE", "CARD_NUMBER", "UNJUDGED"])
    one = st.builds(Finding, st.integers(0, 1), span, entity, st.sampled_from(Reason), st.floats(0, 1))
    return draw(st.lists(one, max_size=8))


@given(any_findings(), st.sampled_from([8_000, 11_025, 44_100, 48_000]))
def test_every_report_is_valid_and_adds_up(findings: list[Finding], rate: int) -> None:
    result = made(findings, audio=AudioFacts(rate, 2, FRAMES, 24, "c" * 64, "d" * 64))
    VALIDATOR.validate(json.loads(json.dumps(result, allow_nan=False)))
    summary = result["summary"]
    assert summary["spans_hidden"] + summary["spans_kept"] == len(result["spans"])
    assert sum(e["spans"] for e in summary["entities"].values()) == summary["spans_hidden"]
    covered: set[tuple[int, int]] = set()
    for s in result["spans"]:
        assert s["start_s"] * rate <= s["start_sample"] + 1e-6
        assert s["end_s"] * rate >= s["end_sample"] - 1e-6
        assert s["start_sample"] < s["end_sample"] <= FRAMES
        if s["action"] != "keep":
            covered |= {(s["channel"], n) for n in range(s["start_sample"], s["end_sample"])}
    assert 0 <= summary["hidden_s"] - len(covered) / rate < 0.001_001


# The canary

CANARY = ["Zanzibar", "Quillfeather", "4929", "50315544", "739"]


@given(st.lists(st.sampled_from(CANARY), min_size=1, max_size=6), st.integers(0, 5), st.integers(0, 1))
def test_no_hidden_word_reaches_any_text_or_error(secrets: list[str], at: int, channel: int) -> None:
    plain = "so that is all then".split()
    utterance = said(" ".join([*plain[:at], *secrets, *plain[at:]]), 4_000)
    first, last = utterance.words[at].span, utterance.words[at + len(secrets) - 1].span
    findings = [Finding(channel, Span(first.start, last.end), "PASSWORD", Reason.ANSWER, 0.9)]
    again = said(" ".join(["thanks", *secrets[::-1]]), 200_000)
    call = transcript([(channel, utterance), (1 - channel, again)], findings, rate=RATE, roles=("agent", "customer"))
    result = texts(made(findings), call)
    everything = "".join(result.values()) + repr(call) + repr(result)
    for wrong in ({"roles": ()}, {"processing_s": math.inf}):
        with pytest.raises(ValueError, match=r"roles|time") as caught:
            made(findings, **wrong)
        everything += "".join(traceback.format_exception(caught.value))
    with pytest.raises(ValueError, match="call") as caught:
        transcript([(channel, utterance)], findings, rate=RATE, roles=())
    everything += "".join(traceback.format_exception(caught.value))
    digits = re.sub(r"[^0-9]", " ", re.sub(r"[0-9]+[:.][0-9:.]+|\"[a-z_]+\": [0-9.]+", "", everything))
    for secret in secrets:
        assert secret.lower() not in (digits if secret.isdigit() else everything.lower())
    assert "[PASSWORD]" in result[".vtt"]
