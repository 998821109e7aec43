"""The evaluation as a page of Markdown, for `docs/measurements/`. Figures only, no spoken text."""

from __future__ import annotations

from pipeline.adapters.eval_report import Document


def markdown(report: Document) -> str:
    """Totals, entities and calls of `eval_report.document`, with what made them."""
    totals = report["totals"]
    model, policy = report["model"], report["policy"]
    lines = [
        "# Evaluation",
        "",
        f"- date: {report['date']}",
        f"- machine: {report['machine']}",
        f"- command: `{report['command']}`",
        f"- commit: {report['commit']}",
        f"- model: {model['engine']} {model['engine_version']}, {model['model']} (`{model['sha256'][:12]}`)",
        f"- policy: {policy['name']} (`{policy['sha256'][:12]}`)",
        "",
        "| measure | value |",
        "| --- | --- |",
        f"| calls | {totals['calls']} ({totals['duration_s'] / 60:.1f} min) |",
        f"| recall of sensitive milliseconds | {totals['recall']:.4f} |",
        f"| leaky spans | {totals['leaky_spans']} of {totals['spans']} |",
        f"| over-redaction | {totals['over_redaction']:.4f} |",
        f"| real-time factor | {totals['real_time_factor']:.4f} |",
        f"| missing, misshapen | {totals['missing']}, {totals['misshapen']} |",
        "",
        "| entity | spans | recall | leaky |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {e['spans']} | {e['recall']:.3f} | {e['leaky_spans']} |" for name, e in report["entities"].items()
    ]
    lines += ["", "| call | recall | leaky | over-redaction |", "| --- | --- | --- | --- |"]
    for name, call in report["calls"].items():
        recall = "-" if call["recall"] is None else f"{call['recall']:.3f}"
        over = "-" if call["over_redaction"] is None else f"{call['over_redaction']:.3f}"
        lines.append(f"| {name} | {recall} | {call['leaky_spans']} of {call['spans']} | {over} |")
    return "\n".join(lines) + "\n"
