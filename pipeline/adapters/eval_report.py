"""What an evaluation found, as JSON and as one self-contained HTML page. Figures only, never a spoken word.

The JSON is the source; the page is drawn from it. `SCHEMA_VERSION` grows when a key goes or changes its
meaning; new keys leave it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from pipeline.adapters.charts import Bar, Chart, round_limit, svg
from pipeline.core.score import CallScore, EntityScore, State, Timing, Totals, real_time_factor
from pipeline.ports.engine import ModelIdentity

SCHEMA_VERSION = 1

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """Where the figures come from. date: ISO 8601 with zone; sha256 as hex."""

    date: str
    machine: str
    command: str
    commit: str
    version: str
    model: ModelIdentity
    policy: str
    policy_sha256: str


@dataclass(frozen=True, slots=True)
class Result:
    """One call: its score, its shape, and in one line what went wrong, if anything did.

    timing: None for a call that failed, so that it counts in no real-time factor.
    """

    score: CallScore
    duration_s: float
    channels: int
    timing: Timing | None
    error: str | None = None


def document(run: Run, results: Sequence[Result], totals: Totals) -> Document:
    """The report as plain JSON values. Figures are not rounded."""
    sources = {key: value for key, value in asdict(run).items() if key not in ("model", "policy", "policy_sha256")}
    return {
        "schema": "callshield-eval",
        "schema_version": SCHEMA_VERSION,
        **sources,
        "model": asdict(run.model),
        "policy": {"name": run.policy, "sha256": run.policy_sha256},
        "totals": {
            "calls": totals.calls,
            "missing": totals.missing,
            "misshapen": totals.misshapen,
            **_entity(totals.all),
            "speech_ms": totals.speech_ms,
            "altered_ms": totals.altered_ms,
            "over_redaction": totals.over_redaction,
            "duration_s": sum(r.duration_s for r in results),
            "wall_s": sum(r.timing.wall_s for r in results if r.timing),
            "real_time_factor": real_time_factor(r.timing for r in results if r.timing),
        },
        "keypad": _entity(totals.keypad),
        "entities": {score.entity: _entity(score) for score in totals.entities},
        "entities_without_leak": [s.entity for s in totals.entities if not s.leaky_spans],
        "calls": {result.score.call: _call(result) for result in results},
    }


def page(report: Document) -> str:
    """The HTML page of a report made by `document`: one file, no scripts, nothing to fetch."""
    calls, totals = report["calls"], report["totals"]
    template = Template((files("pipeline.adapters") / "eval_report.html").read_text(encoding="utf-8"))
    return template.substitute(
        date=escape(report["date"][:10]),
        calls=totals["calls"],
        hours=_duration(totals["duration_s"]),
        totals=_tiles(totals),
        chart_entities=svg(_recall_chart(report["entities"]), "recall"),
        chart_leaked=svg(_leaked_chart(calls), "leaked"),
        chart_over=svg(_over_chart(calls), "over"),
        clean=escape(", ".join(map(_name, report["entities_without_leak"])) or "none"),
        entity_rows="\n".join(_entity_row(_name(name), score) for name, score in report["entities"].items()),
        entity_total="\n".join(_entity_total(report)),
        call_rows="\n".join(_call_row(name, call) for name, call in calls.items()),
        run=_run(report),
    )


def _entity(score: EntityScore) -> Document:
    return {
        "spans": score.spans,
        "leaky_spans": score.leaky_spans,
        "sensitive_ms": score.sensitive_ms,
        "audible_ms": score.audible_ms,
        "recall": score.recall,
    }


def _call(result: Result) -> Document:
    score, timing = result.score, result.timing
    return {
        "output": score.state.value,
        "error": result.error,
        **_entity(score.all),
        "speech_ms": score.speech_ms,
        "altered_ms": score.altered_ms,
        "over_redaction": score.over_redaction,
        "entities": {part.entity: _entity(part) for part in score.entities},
        "duration_s": result.duration_s,
        "channels": result.channels,
        "wall_s": timing.wall_s if timing else None,
        "real_time_factor": real_time_factor([timing]) if timing else None,
    }


def _name(entity: str) -> str:
    return entity.replace("_", " ").lower()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600} h {whole % 3600 // 60} min" if whole >= 3600 else f"{whole // 60} min {whole % 60} s"


def _tiles(totals: Mapping[str, Any]) -> str:
    leaks = f"{totals['leaky_spans']} of {totals['spans']}"
    lost = totals["missing"] + totals["misshapen"]
    shown = [
        ("Recall", f"{totals['recall']:.4f}", False),
        ("Leaky spans", leaks, totals["leaky_spans"] > 0),
        ("Over-redaction", f"{totals['over_redaction']:.4f}", False),
        ("Real-time factor", f"{totals['real_time_factor']:.3f}", False),
        ("Missing or misshapen", str(lost), lost > 0),
    ]
    return "\n".join(f"<div><dt>{label}</dt><dd{_mark(bad)}>{value}</dd></div>" for label, value, bad in shown)


def _mark(bad: bool) -> str:
    return ' class="bad"' if bad else ""


def _leaking(score: Mapping[str, Any]) -> str:
    """What the colour of a bar says, in words."""
    return f", {score['leaky_spans']} leaky" if score["leaky_spans"] else ""


def _recall_chart(entities: Mapping[str, Any]) -> Chart:
    bars = tuple(
        Bar(_name(name), score["recall"], f"{score['recall']:.3f}{_leaking(score)}", score["leaky_spans"] > 0)
        for name, score in sorted(entities.items(), key=lambda item: item[1]["recall"])
    )
    return Chart("Recall by entity", "recall", bars, 1.0)


def _leaked_chart(calls: Mapping[str, Any]) -> Chart:
    limit = round_limit(max((call["audible_ms"] for call in calls.values()), default=0))
    bars = tuple(
        Bar(name, call["audible_ms"], f"{call['audible_ms']} ms{_leaking(call)}", call["leaky_spans"] > 0)
        for name, call in calls.items()
    )
    return Chart("Leaked milliseconds by call", "ms", bars, limit)


def _over_chart(calls: Mapping[str, Any]) -> Chart:
    limit = round_limit(max((call["over_redaction"] for call in calls.values()), default=0))
    bars = tuple(Bar(name, call["over_redaction"], f"{call['over_redaction']:.3f}") for name, call in calls.items())
    return Chart("Over-redaction by call", "share", bars, limit)


def _leaks(score: Mapping[str, Any]) -> str:
    if not score["spans"]:
        return "<td>none to hide</td>"
    kind = "bad" if score["leaky_spans"] else "good"
    return f'<td class="{kind}">{score["leaky_spans"]}</td>'


def _entity_row(name: str, score: Mapping[str, Any]) -> str:
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{score["recall"]:.3f}</td>{_leaks(score)}'
        f"<td>{score['spans']}</td><td>{score['sensitive_ms'] / 1000:.2f}</td>"
        f"<td>{score['audible_ms'] / 1000:.2f}</td></tr>"
    )


def _entity_total(report: Document) -> list[str]:
    rows = [_entity_row("all", report["totals"])]
    if report["keypad"]["spans"]:
        rows.insert(0, _entity_row("of these, keyed on the telephone", report["keypad"]))
    return rows


def _call_row(name: str, call: Mapping[str, Any]) -> str:
    kind = "note" if call["output"] == State.SCORED.value and not call["error"] else "note bad"
    note = escape(call["output"] if not call["error"] else f"{call['output']}: {call['error']}")
    recall = f"{call['recall']:.3f}" if call["spans"] else "-"
    factor = call["real_time_factor"]
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{recall}</td>{_leaks(call)}'
        f"<td>{call['audible_ms'] / 1000:.2f}</td><td>{call['over_redaction']:.3f}</td>"
        f"<td>{'-' if factor is None else f'{factor:.3f}'}</td>"
        f'<td class="{kind}">{note}</td></tr>'
    )


def _run(report: Document) -> str:
    model, policy = report["model"], report["policy"]
    facts = {
        "date": report["date"],
        "machine": report["machine"],
        "command": report["command"],
        "commit": report["commit"],
        "version": report["version"],
        "engine": f"{model['engine']} {model['engine_version']}",
        "model": f"{model['model']} ({model['language']})",
        "model sha256": model["sha256"],
        "policy": policy["name"],
        "policy sha256": policy["sha256"],
    }
    return "\n".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
