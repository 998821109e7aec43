"""`callshield inventory` and `callshield ropa`: what is kept, counted and recorded, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from command import files, here
from kept import keep
from postgres import server
from shelves import Shelves
from sqlalchemy import insert

from pipeline.adapters.declared_file import load_declared
from pipeline.adapters.index.schema import calls, findings, objects
from pipeline.adapters.ropa_page import html
from pipeline.cli.stages import pin
from pipeline.core.checks import RULES
from pipeline.core.declared import EEA
from pipeline.core.dpia import RISKS
from pipeline.core.errors import ConfigError
from pipeline.core.inventory import OBJECTS, Sensitivity, by_sensitivity, object_holdings, topic_holdings
from pipeline.core.topics import topics
from pipeline.settings import load_settings

ABOUT = """
controller: {name: Example Support Ltd, address: "1 High Street", contact: privacy@example.org}
officer: {name: The officer, contact: officer@example.org}
subjects: [callers, agents, minors]
purposes:
  storage: {why: "disputes <about> orders", basis: "Art. 6(1)(f)"}
  analytics: {why: waiting times, basis: "Art. 6(1)(a)"}
recipients:
  - {name: Example Hosting, role: processor, gets: stored calls, country: ie}
  - {name: Example Insight, role: controller, gets: transcripts, country: us}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def shelves(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelves]:
    """Three calls: two kept, with findings, one of them with originals; and one that is disposed of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLSHIELD_KAFKA_SERVERS", "127.0.0.1:1")
    monkeypatch.setattr("pipeline.cli.seen.models", lambda _: ())
    made = Shelves(tmp_path / "shelf", index=server().database() if request.param == "postgresql" else "")
    keep(made, "c1", 1, originals=True, jurisdiction="eu-de", pseudonyms=[("caller", "k", "p1")])
    keep(made, "c2", 2)
    keep(made, "c3", 3, state="disposed")
    with made.index.begin() as connection:
        numbers = dict(connection.execute(calls.select().with_only_columns(calls.c.call, calls.c.id)).all())
        for call, entity, spans in (
            ("c1", "CARD_NUMBER", 2), ("c2", "CARD_NUMBER", 1), ("c2", "MEDICAL", 4), ("c3", "PHONE", 9),
        ):  # fmt: skip
            row = {"call_id": numbers[call], "entity": entity, "reason": "pattern", "spans": spans, "hidden_ms": 1000}
            connection.execute(insert(findings).values(row))
        row = {"call_id": numbers["c1"], "name": "r", "kind": "recording", "use": "store", "bytes": 70, "sha256": "0"}
        connection.execute(insert(objects).values(row))
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield made
    made.index.close()


def test_the_inventory_counts_what_is_kept_and_nothing_that_went(shelves: Shelves) -> None:
    found = here("inventory", "--json").document
    by = {(row["where"], row["name"]): row for row in found["holdings"]}
    assert found["entities"] == [
        {"entity": "CARD_NUMBER", "calls": 2, "spans": 3, "hidden_ms": 2000},
        {"entity": "MEDICAL", "calls": 1, "spans": 4, "hidden_ms": 1000},
    ]
    segment = by["store", "segment (vault key)"]
    assert (segment["sensitivity"], segment["count"], segment["sealed"]) == ("raw", 1, True)
    assert by["store", "recording (store key)"]["bytes"] == 70
    assert by["key register", "k"]["count"] == 4
    assert by["index", "calls by state: stored"]["count"] == 2
    assert by["index", "calls by state: disposed"]["count"] == 1
    assert by["index", "calls by jurisdiction: eu-de"]["count"] == 1
    assert by["index", "pseudonyms by kind: caller"]["count"] == 1
    assert by["file", "CALLSHIELD_KEYS_FILE"]["sensitivity"] == "secret"
    assert by["Kafka", "calls.audio"]["kept_ms"] == 6 * 3_600_000
    assert found["unseen"] == {}
    levels = [list(Sensitivity).index(Sensitivity(row["sensitivity"])) for row in found["holdings"]]
    assert levels == sorted(levels)
    told = here("inventory", env={"NO_COLOR": "1"})
    assert "found in kept calls: CARD_NUMBER, 3 times in 2 calls" in told.out
    assert "\x1b" not in told.out


def test_an_inventory_of_nothing_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = here("inventory", "--json").document
    assert {row["where"] for row in found["holdings"]} == {"Kafka"}
    assert files(tmp_path) == []


def test_what_cannot_be_read_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "index.sqlite3").write_bytes(b"no database at all" * 100)
    (tmp_path / "keys.sqlite3").write_bytes(b"no database at all" * 100)
    found = here("inventory", "--json").document
    assert set(found["unseen"]) == {"index", "key register"}


def test_every_topic_is_held_to_what_it_carries() -> None:
    levels = {one.name: one.sensitivity for one in topic_holdings(topics(("storage",)).values())}
    assert levels["calls.intake"] == levels["calls.audio"] == levels["calls.dead"] == levels["chat.raw"] == "raw"
    assert levels["calls.state.hear"] == "raw"
    assert levels["calls.redacted.storage"] == levels["calls.events"] == "personal"
    assert levels["calls.pins"] == "internal"


def test_an_object_of_a_kind_nobody_knows_counts_as_raw() -> None:
    rows = [{"kind": kind, "use": "store", "objects": 1, "bytes": 1} for kind in ("manifest", "new")]
    found = by_sensitivity(object_holdings(rows))
    assert [one.sensitivity for one in found] == [Sensitivity.RAW, Sensitivity.PERSONAL]
    assert "new" not in OBJECTS


def record(about: Path | None = None, **settings: str) -> Any:
    env = {f"CALLSHIELD_{name.upper()}": value for name, value in settings.items()}
    return here("ropa", "--json", *(["--about", about] if about else []), env=env).document


def test_the_record_says_what_is_so(shelves: Shelves, tmp_path: Path) -> None:
    about = tmp_path / "center.yaml"
    about.write_text(ABOUT)
    (tmp_path / "few.yaml").write_text("name: few\nextends: pci\nentities: {POSTCODE: keep}\n")
    made = record(about, retention="eu-gdpr", consent_rules="eu-gdpr", purposes="storage=default,analytics=few.yaml")
    assert made["controller"]["name"] == "Example Support Ltd"
    assert made["subjects"] == ["callers", "agents", "minors"]
    storage, analytics = made["purposes"]
    assert (storage["why"], storage["basis"], storage["heard"]) == ("disputes <about> orders", "Art. 6(1)(f)", [])
    assert "POSTCODE" in analytics["heard"]
    assert storage["consent"][0]["consent"] == "required"
    assert made["calls"] == 2
    card, medical = made["categories"]
    assert (card["entity"], card["spans"], card["data_class"], card["special"]) == ("CARD_NUMBER", 3, "payment", "")
    assert card["treated"] == {"storage": "silence", "analytics": "beep"}
    assert medical["special"] == "special category (Art. 9)"
    assert [one["name"] for one in made["transfers"]] == ["Example Insight"]
    terms = {row["purpose"]: row["max_ms"] for row in made["retention"]}
    assert terms["storage"] == 90 * 86_400_000
    assert {row["rule"] for row in made["measures"]} == {rule.name for rule in RULES}
    assert made["open"] == ["which safeguard covers the transfer to Example Insight in us (Art. 30(1)(e))"]


def test_a_record_nobody_told_anything_lists_what_is_open(shelves: Shelves) -> None:
    made = record()
    told = " ".join(made["open"])
    for wanted in ("controller is", "officer", "purpose storage is for", "purpose analytics stands", "who else gets"):
        assert wanted in told
    assert "no retention rules" in told
    assert made["controller"] is None


def test_purposes_told_of_and_not_configured_are_open(shelves: Shelves, tmp_path: Path) -> None:
    about = tmp_path / "center.yaml"
    about.write_text(ABOUT)
    assert "the purpose analytics is told of and not configured" in record(about, purposes="storage=default")["open"]


def test_the_models_of_the_record_are_those_that_calls_are_pinned_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLSHIELD_KAFKA_SERVERS", "127.0.0.1:1")
    made = {model["name"]: model["sha256"] for model in record(engine="whisper")["models"]}
    judged_by = pin(load_settings())
    assert judged_by.engine == "whisper"
    assert made[judged_by.model] == judged_by.model_sha256


class Page(HTMLParser):
    """Checks that tags are closed in order, and collects what the page shows."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text, self.links = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_escaped_and_needs_nothing_from_outside(shelves: Shelves, tmp_path: Path) -> None:
    about, out = tmp_path / "center.yaml", tmp_path / "out" / "record.html"
    about.write_text(ABOUT)
    result = here("ropa", "--about", about, "--html", out)
    assert result.out.splitlines()[0] == str(out)
    assert any(line.startswith("open: ") for line in result.out.splitlines())
    page = Page()
    page.feed(out.read_text())
    assert page.open == []
    assert page.links == []
    assert "<script" not in out.read_text()
    for shown in ("Example Support Ltd", "disputes <about> orders", "CARD_NUMBER", "Calls kept: 2", "Open: "):
        assert shown in page.text, shown
    assert here("ropa", "--html", out).code == 2  # it is there
    assert here("ropa", "--html", out, "--force").code == 0


def test_a_page_of_a_record_shows_every_risk_and_question(shelves: Shelves) -> None:
    made = record()
    page = Page()
    page.feed(html(made))
    for risk in made["assessment"]["risks"]:
        assert risk["what"] in page.text
    for question in made["assessment"]["questions"]:
        assert question in page.text


def test_risks_name_rules_that_exist_and_every_measure_counts_somewhere() -> None:
    named = {name for risk in RISKS for name in risk.rules}
    known = {rule.name for rule in RULES}
    assert named <= known
    assert known - named == {"metrics_address"}
    assert len(EEA) == 30


def test_how_must_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = here("ropa")
    assert (result.code, "--html FILE" in result.error) == (2, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("controler: {name: x}", "did you mean controller"),
        ("controller: {address: x}", "name is missing"),
        ("recipients: [{name: x, role: processor, gets: y}]", "needs country"),
        ("recipients: [{name: x, role: friend, gets: y, country: ie}]", "unknown role"),
        ("recipients: [{name: x, role: processor, gets: y, country: Ireland}]", "two small letters"),
        ("purposes: {Storage: {why: x}}", "no name for a purpose"),
        ("purposes: [storage]", "purposes must hold lines"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "center.yaml"
    path.write_text(f"\n{text}\n")
    with pytest.raises(ConfigError) as caught:
        load_declared(path)
    assert told in str(caught.value)
    assert f"{path}:2" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="check the path"):
        load_declared(tmp_path / "none.yaml")


def test_no_password_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.cli.seen.models", lambda _: ())
    url = "postgresql://audit:hunter2hunter2@127.0.0.1:1/index"
    result = here("ropa", "--json", env={"CALLSHIELD_INDEX_URL": url, "CALLSHIELD_KAFKA_SERVERS": "127.0.0.1:1"})
    assert json.loads(result.out)["calls"] is None
    assert "hunter2" not in result.out + result.err
