"""Rules files: presets, what builds on them, and mistakes named by their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.adapters.consent_file import PRESETS, find_rules, load_rules, rules_preset
from pipeline.core.consent_rules import Basis, Tongue
from pipeline.core.errors import ConfigError

GOOD = """\
name: my-center
version: 3
rules:
  - jurisdiction: [us-ca, us-fl]
    preset: us-two-party
  - jurisdiction: us
    preset: us-one-party
    purposes:
      training: deny
      coaching: {consent: required, notice: no}
  - tenant: acme
    purposes:
      storage: {consent: none, notice: no}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "consent.yaml"
    path.write_text(text)
    return path


def test_a_file_says_what_it_says(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path, GOOD))
    assert (rules.name, rules.version, len(rules.rules)) == ("my-center", 3, 4)
    assert rules.needs("any", "us-fl") == rules_preset("us-two-party").needs("any", "")
    texas = rules.needs("acme", "us-tx")
    assert set(texas) == {"storage", "quality", "analytics", "coaching"}
    assert (texas["coaching"].consent, texas["coaching"].notice) == (Basis.REQUIRED, False)
    assert rules.needs("acme", "fr")["storage"].consent is Basis.NONE
    assert rules.needs("other", "fr") == {}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_name_every_purpose_and_want_a_notice(name: str) -> None:
    needs = find_rules(name).needs("any", "zz")
    assert set(needs) == {"storage", "quality", "analytics", "training"}
    assert all(need.notice for need in needs.values())
    assert needs["training"].consent is Basis.REQUIRED
    if name in ("eu-gdpr", "india-dpdp"):
        assert {(n.consent, n.language, n.proof) for n in needs.values()} == {(Basis.REQUIRED, Tongue.CALL, True)}


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("name: my-center\n", "", 1, "name is missing"),
        ("my-center", "eu-gdpr", 1, "not that of a preset"),
        ("version: 3", "version: 0", 2, "whole number from 1"),
        ("us-two-party", "us-two-partie", 5, "did you mean us-two-party?"),
        ("[us-ca, us-fl]", "[]", 4, "empty list"),
        ("us-fl", "US_FL", 4, "such as us, us-ca"),
        ("jurisdiction: us\n", "jurisdiction: us-fl\n", 6, "have a rule already, in line 4"),
        ("training: deny", "training: denied", 9, "training must be deny"),
        ("coaching", "Coaching", 10, "no name for a purpose"),
        ("notice: no}\n  -", "notice: never}\n  -", 10, "choose required or no"),
        ("consent: none", "consent: nobody", 13, "choose none, objection or required"),
        ("consent: none", "consent: none, proof: required", 13, "a proof is of a yes"),
        ("tenant: acme", "tenant: a/b", 11, "tenant must be"),
        ("tenant: acme", "tenant: acme\n    preset: uk\n    more: 1", 13, "unknown key more"),
        ("    purposes:\n      storage: {consent: none, notice: no}\n", "", 11, "needs a preset, purposes or both"),
    ],
)
def test_a_mistake_is_named_by_its_line(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as told:
        load_rules(path)
    assert f"consent.yaml:{line}: " in str(told.value)
    assert problem in str(told.value)


def test_what_is_no_file_names_the_presets(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a preset: us-two-party"):
        find_rules(str(tmp_path / "none.yaml"))
    with pytest.raises(ConfigError, match="did you mean uk"):
        rules_preset("uk1")
