"""`eval` from the corpus to the report, with a redactor of the test's own."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.adapters import provenance
from pipeline.adapters.charts import Bar, Chart, round_limit, svg, ticks
from pipeline.adapters.corpus import Call
from pipeline.adapters.eval_report import Result, Run, document, page
from pipeline.adapters.eval_table import print_tables
from pipeline.cli.eval import Redacted, Subject, evaluate
from pipeline.core.errors import EngineError, OutputError
from pipeline.core.score import CallScore, Segment, Sound, Timing, score_call, total
from pipeline.ports.engine import ModelIdentity

MODEL = ModelIdentity("fake", "1.0", "tiny <model>", "en", "ab" * 32)
SUBJECT = Subject(MODEL, "strict", "cd" * 32)
RUN = Run("2025-03-01T10:00:00+00:00", "m", "callshield eval a&b", "c" * 40, "1", MODEL, "strict", "cd" * 32)
SPOKEN = ("quokka", "wombat", "4111")
SECONDS = 4


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three calls of noise: two with secrets, `plain` without any."""
    rng = np.random.default_rng(0)
    for name, labels in (
        ("a<b", ["PIN", None, "PHONE"]),
        ("keyed", ["CARD_NUMBER", None]),
        ("plain", [None]),
    ):
        folder = tmp_path / "corpus" / name
        folder.mkdir(parents=True)
        soundfile.write(folder / "call.wav", rng.normal(0, 0.1, (SECONDS * 8000, 2)), 8000)
        rows = [
            {"channel": 1, "start": i * 1.5, "end": i * 1.5 + 1, "entity": label, "text": SPOKEN[i]}
            | ({"source": "dtmf"} if name == "keyed" else {})
            for i, label in enumerate(labels)
        ]
        (folder / "truth.json").write_text(json.dumps({"segments": rows}))
    return tmp_path / "corpus"


def redactor(folder: Path, change: Callable[[Call, np.ndarray], np.ndarray]) -> Callable[[Call], Redacted]:
    def redact_call(call: Call) -> Redacted:
        samples, rate = soundfile.read(call.audio, dtype="int16", always_2d=True)
        path = folder / f"{call.name}.flac"
        folder.mkdir(exist_ok=True)
        soundfile.write(path, change(call, samples), rate)
        return Redacted(path, 0.4)

    return redact_call


def hide_all(call: Call, samples: np.ndarray) -> np.ndarray:
    for seg in call.segments:
        if seg.entity:
            samples[int(seg.start_s * 8000) : int(seg.end_s * 8000), seg.channel] = 0
    return samples


def leak_pin(call: Call, samples: np.ndarray) -> np.ndarray:
    original = samples.copy()
    samples = hide_all(call, samples)
    if any(seg.entity == "PIN" for seg in call.segments):
        samples[:8000] = original[:8000]
    return samples


def run_eval(corpus: Path, out: Path, change: Callable[..., np.ndarray], **options: Any) -> tuple[int, Any]:
    code = evaluate(corpus, out, redactor(out.parent / "r", change), SUBJECT, ["callshield", "eval"], **options)
    return code, json.loads((out / "eval.json").read_text())


def test_report_says_what_leaked_and_what_did_not(corpus: Path, tmp_path: Path) -> None:
    code, report = run_eval(corpus, tmp_path / "out", leak_pin)
    assert code == 0
    assert (report["schema"], report["schema_version"]) == ("callshield-eval", 1)
    assert report["totals"]["recall"] == pytest.approx(2 / 3)
    assert (report["totals"]["leaky_spans"], report["totals"]["spans"]) == (1, 3)
    assert report["entities_without_leak"] == ["CARD_NUMBER", "PHONE"]
    assert report["entities"]["PIN"]["audible_ms"] == 1000
    assert (report["keypad"]["spans"], report["keypad"]["recall"]) == (1, 1.0)
    assert report["calls"]["a<b"]["entities"]["PIN"]["leaky_spans"] == 1
    assert report["totals"]["real_time_factor"] == pytest.approx(1.2 / (3 * SECONDS * 2))
    assert report["model"]["sha256"] == MODEL.sha256
    assert report["policy"] == {"name": "strict", "sha256": "cd" * 32}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", report["date"])


def test_no_spoken_word_gets_out(
    corpus: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    run_eval(corpus, tmp_path / "out", leak_pin)
    evaluate(corpus, tmp_path / "o2", redactor(tmp_path / "r", leak_pin), SUBJECT, [], as_json=True)
    written = [p.read_text() for p in tmp_path.rglob("eval.*")]
    assert len(written) == 6
    everything = "".join((*capfd.readouterr(), caplog.text, *written))
    assert "PIN" in everything
    assert not [word for word in SPOKEN if word in everything]


def test_json_on_stdout_is_the_report(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = run_eval(corpus, tmp_path / "out", hide_all, as_json=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out) == report
    assert printed.err == ""


def test_a_call_that_fails_counts_as_let_through(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(call: Call, samples: np.ndarray) -> np.ndarray:
        if call.name == "keyed":
            raise EngineError("the recogniser died; run again")
        return hide_all(call, samples)

    code, report = run_eval(corpus, tmp_path / "out", change)
    assert code == EngineError.exit_code
    keyed = report["calls"]["keyed"]
    assert (keyed["output"], keyed["recall"], keyed["leaky_spans"]) == ("missing", 0.0, 1)
    assert keyed["error"] == "the recogniser died; run again"
    assert keyed["real_time_factor"] is None
    assert report["totals"]["missing"] == 1
    assert report["totals"]["real_time_factor"] == pytest.approx(0.8 / (2 * SECONDS * 2))
    assert "missing: the recogniser died; run again" in (tmp_path / "out" / "eval.html").read_text()
    assert "keyed: the recogniser died; run again" in capsys.readouterr().out


def test_an_output_one_sample_short_is_a_fault_though_it_can_be_scored(corpus: Path, tmp_path: Path) -> None:
    code, report = run_eval(corpus, tmp_path / "out", lambda call, samples: hide_all(call, samples)[:-1])
    assert code == 1
    assert report["totals"]["misshapen"] == 0
    assert all("length" in call["error"] for call in report["calls"].values())


def test_an_output_of_one_channel_is_misshapen(corpus: Path, tmp_path: Path) -> None:
    code, report = run_eval(corpus, tmp_path / "out", lambda _, samples: 0 * samples[:, :1])
    assert code == 1
    assert report["totals"]["misshapen"] == 3
    assert report["totals"]["recall"] == 0


def test_existing_reports_are_kept_without_force(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "eval.html").write_text("older")
    called: list[Call] = []
    with pytest.raises(OutputError, match="--force"):
        evaluate(corpus, tmp_path / "out", called.append, SUBJECT, [])  # type: ignore[arg-type]
    assert not called
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["eval.html"]
    run_eval(corpus, tmp_path / "out", hide_all, force=True)
    assert "older" not in (tmp_path / "out" / "eval.html").read_text()


class Outline(HTMLParser):
    """Collects what the page must have to be read without eyes, scripts or a network."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "line", "rect", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_page_stands_alone_and_is_accessible(corpus: Path, tmp_path: Path) -> None:
    run_eval(corpus, tmp_path / "out", leak_pin)
    text = (tmp_path / "out" / "eval.html").read_text()
    outline = Outline(text)
    assert not outline.open
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("table")) == len(outline.all("caption")) == 2
    assert all("scope" in attrs for attrs in outline.all("th"))
    charts = outline.all("svg")
    assert len(charts) == 3
    ids = {attrs["id"] for _, attrs in outline.tags if "id" in attrs}
    for chart in charts:
        assert chart["role"] == "img"
        assert set((chart["aria-labelledby"] or "").split()) <= ids
    assert not outline.all("script")
    assert not outline.all("link")
    assert not [attrs for _, attrs in outline.tags if "src" in attrs or "href" in attrs]
    assert "url(" not in text
    assert "a&lt;b" in text
    assert "a<b" not in text
    assert "tiny &lt;model&gt;" in text
    assert "0.000, 1 leaky" in text
    assert "Kinds without a leak: card number, phone." in text


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_scheme_has_contrast() -> None:
    text = page(document(RUN, [], total([])))
    schemes = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", scheme))
        for name, least in (("ink", 7), ("soft", 4.5), ("alarm", 4.5), ("good", 4.5), ("bar", 3)):
            for ground in ("paper", "card"):
                pair = sorted((luminance(colours[name]), luminance(colours[ground])))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= least, (name, ground, scheme)


def scored(name: str, entity: str | None) -> CallScore:
    sound = Sound(np.random.default_rng(1).normal(0, 0.1, (16000, 1)), 8000)
    return score_call(name, sound, None, [Segment(0, 0.0, 1.0, entity)])


def test_a_run_without_secrets_or_calls_makes_a_page() -> None:
    call = scored("plain", None)
    for results in ([], [Result(call, 2.0, 1, Timing(0.1, 2.0, 1))]):
        report = document(RUN, results, total([r.score for r in results]))
        assert "Kinds without a leak: none." in page(report)
        assert json.loads(json.dumps(report)) == report


def test_tables_show_every_call_and_entity() -> None:
    calls = [scored("first", "PIN"), scored("second [bold]", None)]
    stream = io.StringIO()
    print_tables(Console(file=stream, width=100), calls, total(calls), 0.0321)
    text = stream.getvalue()
    assert "second [bold]" in text
    assert re.search(r"PIN +0\.000 +1/1 +1\.00", text)
    assert "recall 0.0000  leaky spans 1/1  over-redaction 0.0000  missing 2" in text
    assert "real-time factor 0.0321" in text


@given(st.floats(1e-6, 1e9))
def test_axes_end_at_a_round_number_that_holds_every_bar(value: float) -> None:
    limit = round_limit(value)
    assert value <= limit * (1 + 1e-9)
    assert limit <= value * 2 + 1e-12
    marks = ticks(limit)
    assert marks[0] == 0
    assert marks[-1] == pytest.approx(limit)
    assert 3 <= len(marks) <= 7


def test_bars_are_as_long_as_their_values() -> None:
    bars = (Bar("none", 0, "0"), Bar("half", 1, "1"), Bar("all", 2, "2", alarm=True))
    text = svg(Chart("Test", "ms", bars, 2.0), "x")
    none, half, full = (float(w) for w in re.findall(r'<rect class="bar[^"]*"[^>]* width="([\d.]+)"', text))
    assert none == 0
    assert math.isclose(full, 2 * half)
    assert text.count('class="bar alarm"') == 1


def test_a_long_name_is_cut_in_the_drawing_and_whole_in_its_description() -> None:
    name = "a" * 30 + "<end>"
    text = svg(Chart("Test", "ms", (Bar(name, 1, "1"),), 2.0), "x")
    label = re.search(r'<text class="label"[^>]*>([^<]*)<', text)
    assert label
    assert len(label[1]) < 40
    assert label[1].endswith("&lt;end&gt;")
    assert "a" * 30 + "&lt;end&gt; 1" in text


def test_commit_is_named_only_in_its_own_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = provenance.commit()
    assert here == "unknown" or re.fullmatch(r"[0-9a-f]{40}(-dirty)?", here)
    inside = tmp_path / "site" / "pipeline"
    inside.mkdir(parents=True)
    provenance._git(tmp_path, "init")
    monkeypatch.setattr(provenance.pipeline, "__file__", str(inside / "__init__.py"))
    assert provenance.commit() == "unknown"


def test_machine_is_described_without_its_name() -> None:
    import platform

    text = provenance.machine()
    assert "cores" in text
    assert "\n" not in text
    assert not platform.node() or f" {platform.node()}" not in text
