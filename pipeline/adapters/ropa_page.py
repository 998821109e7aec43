"""The record of processing activities as one self-contained page to read and print: no script, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from pipeline.core.retention import DAY_MS, HOUR_MS

PARTIES = {
    "controller": "Controller", "joint": "Joint controller", "representative": "Representative",
    "officer": "Data-protection officer",
}  # fmt: skip
NOT_SAID = "not said"
HASH_CHARS = 64  # a SHA-256 may be broken anywhere, words may not
MARKS = {"good": "on", "bad": "missing", "unknown": "unknown"}

Document = Mapping[str, Any]


def html(document: Document) -> str:
    """The page of a record (core/ropa.py)."""
    template = Template((files("pipeline.adapters") / "ropa_page.html").read_text(encoding="utf-8"))
    return template.substitute(
        date=escape(document["made"][:10]),
        made=escape(document["made"]),
        release=escape(document["release"]),
        open=_open(document["open"]),
        parties=_table(("", "name", "address", "contact"), [_party(document, key) for key in PARTIES]),
        purposes=_table(
            ("purpose", "what for", "ground in law", "policy", "left audible", "originals kept", "consent"),
            [_purpose(row) for row in document["purposes"]],
        ),
        subjects=_list(document["subjects"]),
        categories=_categories(document),
        recipients=_table(
            ("who", "role", "gets", "country"),
            [(r["name"], r["role"], r["gets"], r["country"]) for r in document["recipients"]],
        ),
        transfers=_table(
            ("to", "country", "safeguard"),
            [(r["name"], r["country"], r["safeguard"] or NOT_SAID) for r in document["transfers"]],
        ),
        retention=_table(
            ("tenant", "jurisdiction", "class", "purpose", "at most", "at least"),
            [_kept(row) for row in document["retention"]],
        ),
        measures=_measures(document["measures"]),
        services=_table(("what", "for", "where"), [(s["name"], s["part"], s["where"]) for s in document["services"]]),
        models=_table(
            ("model", "engine", "language", "licence", "sha256"),
            [
                (m["name"], m["engine"], m["language"], m["licence"], m["sha256"] or "changed")
                for m in document["models"]
            ],
        ),
        risks=_table(
            ("what may happen", "measures", "what stays", "likelihood", "gravity"),
            [_risk(row) for row in document["assessment"]["risks"]],
        ),
        questions=_questions(document["assessment"]["questions"]),
    )


def _open(texts: Sequence[str]) -> str:
    if not texts:
        return '<p class="good">Nothing is open.</p>'
    return f'<div class="open"><strong>Open: {len(texts)}</strong>{_list(texts)}</div>'


def _party(document: Document, key: str) -> tuple[str, ...]:
    party = document[key] or {"name": NOT_SAID, "address": "", "contact": ""}
    return PARTIES[key], party["name"], party["address"], party["contact"]


def _purpose(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["purpose"], row["why"] or NOT_SAID, row["basis"] or NOT_SAID,
        f"{row['policy']}, version {row['policy_version']} ({row['policy_sha256'][:12]})",
        ", ".join(row["heard"]) or "nothing known as sensitive", ", ".join(row["originals"]) or "none",
        "; ".join(map(_consent, row["consent"])) or "not asked for",
    )  # fmt: skip


def _consent(need: Mapping[str, Any]) -> str:
    wanted = [f"consent {need['consent']}", *(name for name in ("notice", "disclosure", "proof") if need[name])]
    place = need["jurisdiction"] or "anywhere"
    return f"{place}: {', '.join(wanted)}"


def _categories(document: Document) -> str:
    rows = [
        (
            row["entity"], f"{row['data_class']}{', ' if row['special'] else ''}{row['special']}", row["calls"],
            row["spans"], ", ".join(f"{purpose}: {what}" for purpose, what in row["treated"].items()),
        )
        for row in document["categories"]
    ]  # fmt: skip
    calls = "not read" if document["calls"] is None else f"{document['calls']:,}"
    return f"<p>Calls kept: {calls}.</p>" + _table(("category", "kind of data", "calls", "times", "treated"), rows)


def _kept(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["tenant"] or "any", row["jurisdiction"] or "any", row["class"], row["purpose"], _term(row["max_ms"]),
        _term(row["min_ms"]) if row["min_ms"] else "",
    )  # fmt: skip


def _term(ms: int) -> str:
    return f"{ms // DAY_MS} days" if ms % DAY_MS == 0 else f"{ms / HOUR_MS:g} hours"


def _measures(rows: Iterable[Mapping[str, str]]) -> str:
    body = "".join(
        f'<tr><th scope="row">{escape(row["rule"])}</th>'
        f'<td class="{escape(row["outcome"])}">{MARKS[row["outcome"]]}</td>'
        f"<td>{escape(row['told'])}{escape('; mend: ' + row['mend'] if row['mend'] else '')}</td>"
        f'<td class="law">{escape(row["gdpr"])}</td></tr>'
        for row in rows
    )
    return f"<table>{_head(('measure', 'state', 'what was found', 'GDPR'))}<tbody>{body}</tbody></table>"


def _risk(row: Mapping[str, Any]) -> tuple[str, ...]:
    parts = (("on", row["measures"]), ("missing", row["missing"]), ("unknown", row["unknown"]))
    measures = "; ".join(f"{name}: {', '.join(rules)}" for name, rules in parts if rules)
    return row["what"], measures, row["left"], row["likelihood"], row["gravity"]


def _questions(texts: Sequence[str]) -> str:
    return "<ol>" + "".join(f'<li>{escape(text)}<div class="blank"></div></li>' for text in texts) + "</ol>"


def _list(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Everything is escaped."""
    if not rows:
        return "<p>None.</p>"
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table>{_head(head)}<tbody>{body}</tbody></table>"


def _head(names: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    shown = escape(str(value))
    return f'<td class="hash">{shown}</td>' if len(shown) == HASH_CHARS and shown.isalnum() else f"<td>{shown}</td>"
