"""Policies: what they mean, what they refuse and on which line, when their hashes are equal."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.adapters import policy_file
from pipeline.adapters.policy_file import PRESETS, load_policy, preset
from pipeline.cli.policy import app
from pipeline.core.entities import ENTITIES, NAMES
from pipeline.core.errors import ConfigError
from pipeline.core.finding import Finding, Reason
from pipeline.core.policy import DEFAULT_CLASSES, HOLD_MS_LEAST, HOLD_MS_MOST, DataClass, Policy, Rule
from pipeline.core.release import Release
from pipeline.core.span import Span
from pipeline.core.tone import Action, Tone

NEVER_KEPT = {"PIN", "SECURITY_CODE", "PASSWORD", "KEYPAD", "UNJUDGED"}
HIDING = [Action.BEEP, Action.SILENCE, Action.NOISE]


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("policy") / "policy.yaml"


@pytest.fixture
def load(path):
    def _load(text: str | bytes) -> Policy:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_policy(path)

    return _load


def error_of(path: Path, content: bytes) -> str | None:
    """The message if the content is refused; anything but ConfigError fails the test."""
    path.write_bytes(content)
    try:
        load_policy(path)
    except ConfigError as error:
        message = str(error)
        assert message.startswith(f"{path}:")
        assert message.isprintable()
        return message
    return None


# What a policy means


def test_the_least_file_hides_everything_known(load):
    policy = load("name: mine")
    assert set(policy.rules) == NAMES
    assert Action.KEEP not in policy.actions.values()
    assert policy.sha256 == preset("default").sha256
    assert (policy.name, policy.version, policy.tone) == ("mine", 1, Tone())


def test_a_file_changes_what_it_names_and_nothing_else(load):
    policy = load(
        """
name: my-center
version: 7
extends: pci
tone: {frequency_hz: 800, level_dbfs: -26.5}
hold_ms: 30_000
entities:
  PERSON_NAME: noise
  SSN: {action: silence, class: account}
  CARD_NUMBER: {class: identity}
"""
    )
    base = preset("pci")
    assert (policy.name, policy.version, policy.hold_ms) == ("my-center", 7, 30_000)
    assert policy.tone == Tone(frequency_hz=800, level_dbfs=-26.5)
    assert policy.rules["PERSON_NAME"] == Rule(Action.NOISE, "identity")
    assert policy.rules["SSN"] == Rule(Action.SILENCE, "account")
    assert policy.rules["CARD_NUMBER"] == Rule(Action.BEEP, "identity")
    named = {"PERSON_NAME", "SSN", "CARD_NUMBER"}
    assert all(policy.rules[name] == base.rules[name] for name in NAMES - named)


def test_nothing_leaves_early_unless_a_file_says_so(load, path):
    assert not any(preset(name).early for name in PRESETS)
    assert not load("name: a").early
    assert load("name: a\nearly: off").sha256 == load("name: a").sha256
    assert load("name: a\nearly: on").early
    assert json.loads(run("show", path, "--json").output)["early"] is True
    with pytest.raises(ConfigError, match=r":2: .*early|:2: .*switch"):
        load("name: a\nearly: yes please")


def test_others_rules_what_nobody_named(load):
    policy = load("name: a\nextends: pci\nothers: noise\nentities: {CARD_NUMBER: beep}")
    assert policy.action("CARD_NUMBER") is Action.BEEP
    assert policy.action("IBAN") is Action.NOISE
    assert policy.action("EMAIL") is Action.KEEP  # the preset names it
    assert policy.action("KEYPAD") is policy.action("UNJUDGED") is Action.SILENCE


def test_an_entity_without_a_rule_is_silenced():
    policy = Policy("a", 1, {"EMAIL": Rule(Action.KEEP, "contact")})
    assert policy.action("EMAIL") is Action.KEEP
    assert policy.action("CARD_NUMBER") is Action.SILENCE
    assert policy.action("LEARNT_LATER") is Action.SILENCE
    assert policy.data_class("LEARNT_LATER") == "unjudged"


@pytest.mark.parametrize("form", ["mapping", "function"])
def test_release_does_what_the_policy_says(form):
    policy = preset("pci")
    release = Release(
        1,
        8000,
        16,
        policy.actions if form == "mapping" else policy.action,
        policy.tone,
        hold_ms=policy.hold_ms,
    )
    clean = np.full((300, 1), 77, np.int32)
    spans = {"EMAIL": Span(0, 50), "CARD_NUMBER": Span(100, 150), "LEARNT_LATER": Span(200, 250)}
    findings = tuple(Finding(0, span, name, Reason.PATTERN, 1.0) for name, span in spans.items())
    blocks = [*release.push_audio(clean), *release.push_verdict(0, findings, 300), *release.flush()]
    out = np.concatenate([b.pcm for b in blocks])[:, 0]
    assert np.all(out[:100] == 77)
    assert np.all(out[100:150] != 77)
    assert np.any(out[100:150])
    assert not out[200:250].any()
    assert np.all(out[250:] == 77)


def test_a_policy_does_not_change_with_the_mapping_it_was_made_of():
    rules = {"EMAIL": Rule(Action.BEEP, "contact")}
    policy = Policy("a", 1, rules)
    before = policy.sha256
    rules["EMAIL"] = Rule(Action.KEEP, "contact")
    assert policy.action("EMAIL") is Action.BEEP
    assert policy.sha256 == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hold_ms": HOLD_MS_LEAST - 1}, "hold_ms"),
        ({"hold_ms": HOLD_MS_MOST + 1}, "hold_ms"),
        ({"rules": {"CARD_NUMER": Rule(Action.BEEP, "payment")}}, "CARD_NUMER"),
        ({"rules": {"EMAIL": Rule(Action.BEEP, "secret")}}, "secret"),
        *[({"rules": {name: Rule(Action.KEEP, "payment")}}, f"{name} cannot") for name in sorted(NEVER_KEPT)],
        *[
            ({"rules": {"UNJUDGED": Rule(action, "unjudged")}}, "always silence")
            for action in (Action.BEEP, Action.NOISE)
        ],
    ],
)
def test_a_policy_that_may_not_be_cannot_be_made(changes, said):
    with pytest.raises(ConfigError, match=said):
        replace(preset("default"), **changes)


# Presets


def test_the_presets_are_the_files_shipped():
    shipped = {file.stem for file in Path(policy_file.__file__).with_name("policies").iterdir()}
    assert shipped == set(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_every_entity_has_an_action_and_a_class_in_each_preset(name):
    policy = preset(name)
    assert policy.name == name
    assert set(policy.rules) == NAMES
    assert {rule.data_class for rule in policy.rules.values()} <= set(DataClass)
    assert policy.action("KEYPAD") is policy.action("UNJUDGED") is Action.SILENCE
    kept = {entity for entity, action in policy.actions.items() if action is Action.KEEP}
    paying = {e.name for e in ENTITIES if DEFAULT_CLASSES[e.name] in {"payment", "authentication"}}
    assert not kept & paying
    assert bool(kept) == (name == "pci")


def test_pci_lets_no_part_of_a_card_number_pass():
    policy = preset("pci")
    for entity in ("CARD_NUMBER", "CARD_EXPIRY", "SECURITY_CODE", "PIN", "KEYPAD", "NUMBER", "PHONE"):
        assert policy.action(entity) is not Action.KEEP
    assert policy.action("PERSON_NAME") is policy.action("MEDICAL") is Action.KEEP


def test_a_preset_hides_an_entity_it_was_not_written_for(monkeypatch):
    monkeypatch.setattr(policy_file, "NAMES", NAMES | {"RETINA"})
    monkeypatch.setattr(policy_file, "DEFAULT_CLASSES", {**DEFAULT_CLASSES, "RETINA": DataClass.IDENTITY})
    monkeypatch.setattr("pipeline.core.policy.NAMES", NAMES | {"RETINA"})
    assert all(preset(name).action("RETINA") in {Action.BEEP, Action.SILENCE} for name in PRESETS)


def test_an_unknown_preset_is_named():
    with pytest.raises(ConfigError, match=r"unknown preset pcii \(did you mean pci\?\)"):
        preset("pcii")
    with pytest.raises(ConfigError, match="unknown preset"):
        preset("../../etc/passwd")


# Errors name the line

HEAD = "name: a\n"
BAD = {
    "empty": (b"", 1, "empty"),
    "comment only": (b"# nothing\n\n", 1, "empty"),
    "empty text": (b"''", 1, "empty"),
    "a text": (b"\nhello", 2, "must hold lines"),
    "a list": (b"- name: a", 1, "must hold lines"),
    "no name": (b"version: 1", 1, "name is missing"),
    "name of a preset": (b"version: 1\nname: pci", 2, "preset's"),
    "name with a slash": (b"name: a/b", 1, "name must be"),
    "name with a line break": (b'name: "a\\nb"', 1, "name must be"),
    "name too long": (b"name: " + b"a" * 65, 1, "name must be"),
    "name a mapping": (b"name: {a: b}", 1, "name must be a word"),
    "name empty": (b"name:", 1, "name must be a word"),
    "version 0": (HEAD + "version: 0", 2, "from 1"),
    "version text": (HEAD + "version: one", 2, "whole number, not one"),
    "version fraction": (HEAD + "version: 1.5", 2, "whole number, not 1.5"),
    "unknown key": (HEAD + "\nentites: {}", 3, "unknown key entites (did you mean entities?)"),
    "unknown key, none near": (HEAD + "zzz: 1", 2, "unknown key zzz; known are name, version"),
    "unknown preset": (HEAD + "extends: hippa", 2, "unknown preset hippa (did you mean hipaa?)"),
    "preset a path": (HEAD + "extends: ./policy.yaml", 2, "unknown preset"),
    "preset a list": (HEAD + "extends: [pci]", 2, "unknown preset"),
    "unknown entity": (
        HEAD + "entities:\n  EMAIL: beep\n  CARD_NUMER: beep",
        4,
        "unknown entity CARD_NUMER (did you mean CARD_NUMBER?)",
    ),
    "entity in small letters": (HEAD + "entities: {email: beep}", 2, "did you mean EMAIL?"),
    "entity like none": (HEAD + "entities:\n  QQQQ: beep", 3, "callshield policy show"),
    "entities a list": (HEAD + "entities:\n- EMAIL", 2, "entities must hold lines"),
    "entities empty": (HEAD + "entities:", 2, "entities must hold lines"),
    "unknown action": (HEAD + "entities:\n\n  EMAIL: bep", 4, "unknown action bep (did you mean beep?)"),
    "action a truth value": (HEAD + "entities:\n  EMAIL: yes", 3, "unknown action yes"),
    "action missing": (HEAD + "entities:\n  EMAIL:", 3, "unknown action"),
    "action a list": (HEAD + "entities:\n  EMAIL: [beep]", 3, "EMAIL must be an action"),
    "action a mapping": (HEAD + "entities:\n  EMAIL:\n    action: {a: b}", 4, "unknown action"),
    "rule says nothing": (HEAD + "entities:\n  EMAIL: {}", 3, "says nothing"),
    "unknown key in a rule": (
        HEAD + "entities:\n  EMAIL:\n    action: beep\n    clas: contact",
        5,
        "unknown key clas (did you mean class?)",
    ),
    "unknown class": (
        HEAD + "entities:\n  EMAIL:\n    class: contacts",
        4,
        "unknown class contacts (did you mean contact?)",
    ),
    **{
        f"{name} kept": (HEAD + f"entities:\n  EMAIL: keep\n  {name}: keep", 4, f"{name} cannot be keep")
        for name in sorted(NEVER_KEPT)
    },
    "PIN kept says why": (HEAD + "entities:\n  PIN: keep", 3, "PCI DSS 3.3.1"),
    "PIN kept in long form": (HEAD + "entities:\n  PIN:\n    class: payment\n    action: keep", 5, "PCI DSS"),
    "UNJUDGED beeped": (HEAD + "entities: {UNJUDGED: beep}", 2, "always silence"),
    "others keep": (HEAD + "others: keep", 2, "others cannot be keep"),
    "others unknown": (HEAD + "others: mute", 2, "unknown action mute"),
    "tone a number": (HEAD + "tone: 1000", 2, "tone must hold lines"),
    "unknown key in tone": (HEAD + "tone:\n  frequency: 1000", 3, "did you mean frequency_hz?"),
    "frequency not a number": (HEAD + "tone:\n  frequency_hz: .nan", 3, "must be a number, not .nan"),
    "frequency infinite": (HEAD + "tone: {frequency_hz: .inf}", 2, "must be a number"),
    "frequency beyond floats": (HEAD + "tone: {frequency_hz: 1e999}", 2, "out of range"),
    "frequency negative": (HEAD + "tone: {frequency_hz: -5}", 2, "from 20 to 20000"),
    "frequency 0": (HEAD + "tone: {frequency_hz: 0}", 2, "from 20 to 20000"),
    "frequency beyond hearing": (HEAD + "tone: {frequency_hz: 20001}", 2, "from 20 to 20000"),
    "frequency in quotes": (HEAD + "tone: {frequency_hz: '1000'}", 2, "remove the quotes"),
    "frequency a truth value": (HEAD + "tone: {frequency_hz: true}", 2, "must be a number"),
    "frequency in sixties": (HEAD + "tone: {frequency_hz: '16:40'}", 2, "must be a number"),
    "level above full scale": (HEAD + "tone:\n  ramp_ms: 5\n  level_dbfs: 3", 4, "0 or below"),
    "noise above full scale": (HEAD + "tone:\n  noise_dbfs: .5", 3, "0 or below"),
    "ramp negative": (HEAD + "tone:\n  ramp_ms: -1", 3, "from 0 to 100"),
    "ramp too long": (HEAD + "tone:\n  ramp_ms: 100.1", 3, "from 0 to 100"),
    "hold too short": (HEAD + f"hold_ms: {HOLD_MS_LEAST - 1}", 2, "from 22000 to 60000"),
    "hold too long": (HEAD + f"hold_ms: {HOLD_MS_MOST + 1}", 2, "from 22000 to 60000"),
    "hold negative": (HEAD + "hold_ms: -30000", 2, "from 22000 to 60000"),
    "hold a fraction": (HEAD + "hold_ms: 22000.5", 2, "whole number"),
    "hold with ten thousand digits": (HEAD + "hold_ms: " + "9" * 10_000, 2, "whole number"),
    "hold octal": (HEAD + "hold_ms: 060000", 2, "whole number"),
    "hold missing": (HEAD + "hold_ms:", 2, "whole number"),
    "key twice": (HEAD + "others: beep\nothers: silence", 3, "others was given before, in line 2"),
    "entity twice": (HEAD + "entities:\n  PIN: beep\n  PIN: noise", 4, "PIN was given before, in line 3"),
    **{
        f"{key}: {case}": (f"name: a\n\n{key}:\n{content}", line, said)
        for key, case, content, line, said in [
            ("custom", "a mapping", "  name: A", 3, "custom must be a list"),
            ("custom", "a text in it", "- A", 4, "must hold lines"),
            ("custom", "unknown key", "- name: A\n  phrase: x", 5, "unknown key phrase (did you mean phrases?)"),
            ("custom", "no name", "- phrases: [ab]", 4, "without a name"),
            ("custom", "name in small letters", "- phrases: [ab]\n  name: abc", 5, "name must be up to 64 capitals"),
            (
                "custom",
                "name twice",
                "- {name: A, phrases: [ab]}\n- {name: A, phrases: [cd]}",
                5,
                "a second recogniser A",
            ),
            ("custom", "finds nothing", "- name: A\n  context: [ab]", 4, "A finds nothing"),
            ("custom", "entity", "- name: A\n  entity: CUSTM\n  phrases: [ab]", 5, "did you mean CUSTOM?"),
            (
                "custom",
                "entity of keys",
                "- name: A\n  entity: KEYPAD\n  phrases: [ab]",
                5,
                "entity KEYPAD is none that words can be",
            ),
            ("custom", "pattern", "- name: A\n  pattern: <digit", 5, "pattern: between < and >"),
            ("custom", "pattern a list", "- name: A\n  pattern: [a]", 5, "must be a word"),
            ("custom", "phrases a text", "- name: A\n  phrases: ab", 5, "phrases must be a list"),
            ("custom", "phrases empty", "- name: A\n  phrases: []", 5, "phrases is empty"),
            ("custom", "phrase of signs", "- name: A\n  phrases:\n  - ab\n  - '...'", 7, "must hold a word"),
            ("custom", "phrase a list", "- name: A\n  phrases:\n  - [ab]", 6, "must be a word"),
            ("custom", "phrase too long", f"- name: A\n  phrases:\n  - {'x' * 101}", 6, "more than 100 characters"),
            (
                "custom",
                "too many phrases",
                "- name: A\n  phrases:\n" + "  - abc\n" * 501,
                506,
                "more than 500 in phrases",
            ),
            ("custom", "too many", "- {name: A, phrases: [ab]}\n" * 65, 68, "more than 64 in custom"),
            ("custom", "within without context", "- name: A\n  phrases: [ab]\n  within_s: 5", 6, "goes with context"),
            ("custom", "within", "- name: A\n  phrases: [ab]\n  context: [c d]\n  within_s: 601", 7, "from 1 to 600"),
            ("custom", "whole without pattern", "- name: A\n  phrases: [ab]\n  whole: on", 6, "goes with pattern"),
            ("custom", "whole", "- name: A\n  pattern: ab\n  whole: yes", 6, "choose on or off"),
            ("custom", "tenants empty", "- name: A\n  phrases: [ab]\n  tenants: []", 6, "that would be nobody"),
            ("custom", "tenant", "- name: A\n  phrases: [ab]\n  tenants: [a/b]", 6, "tenants must match"),
            (
                "custom",
                "kept",
                "- name: A\n  phrases: [ab]\n- name: B\n  entity: EMAIL\n  phrases: [ab]\nextends: pci",
                6,
                "it hides as EMAIL, and this policy lets EMAIL pass",
            ),
            ("deny", "kept", "- ab\nentities: {CUSTOM: keep}", 3, "lets CUSTOM pass"),
            ("deny", "a text", "  ab", 3, "deny must be a list"),
            ("allow", "no phrase", "- tenants: [acme]", 4, "phrase is missing"),
            ("allow", "a letter", "- ab\n- a", 5, "several letters"),
            ("allow", "too many numbers", "- 1234\n" * 201, 3, "more than 200 phrases with digits"),
            ("doubt", "a text", "  keep", 3, "doubt must hold lines"),
            ("doubt", "unknown", "  word: keep", 4, "unknown doubt word (did you mean words?)"),
            ("doubt", "beep", "  words: beep", 4, "choose hide or keep"),
            ("detect", "unknown", "  edge: off", 4, "unknown part edge (did you mean edges?)"),
            ("detect", "no", "  context: no", 4, "choose on or off"),
            ("detect", "names", "  names: off", 4, "choose cues or statistical"),
        ]
    },
    "key a list": (HEAD + "? [a]\n: b", 2, "a key must be a word"),
    "anchor": (HEAD + "tone: &t\n  ramp_ms: 5", 2, "anchors"),
    "alias": (HEAD + "tone: *t", 2, "aliases"),
    "merge key": (HEAD + "<<: {others: beep}", 2, "unknown key"),
    "tag": (HEAD + "others: !!str beep", 2, "tags"),
    "tag of a language": (HEAD + "others: !!python/object/apply:os.system [ls]", 2, "tags"),
    "anchor in an unused list": (HEAD + "extends: [pci, &a b]", 2, "anchors"),
    "two documents": (HEAD + "---\nname: b", 2, "second document"),
    "second document empty": (HEAD + "---\n", 2, "second document"),
    "fault after the end": (HEAD + "...\n]", 3, "not YAML"),
    "tab": (HEAD + "tone:\n\tramp_ms: 5", 3, "a tab; indent with spaces"),
    "bracket open": (HEAD + "tone: {ramp_ms: 5\nhold_ms: 22000", 2, "not YAML"),
    "quote open": (HEAD + "others: 'beep\n\n\nhold_ms: 1", 2, "not YAML"),
    "value in a value": (HEAD + "others: beep: noise", 2, "not YAML"),
    "bad indent": (HEAD + "tone:\n  ramp_ms: 5\n level_dbfs: -3", 4, "not YAML"),
    "not UTF-8": (b"name: a\n# caf\xe9\nothers: beep", 2, "not UTF-8"),
    "UTF-16": ("name: a".encode("utf-16"), 1, "not UTF-8"),
    "NUL": (b"name: a\n\n\x00", 3, "a character that no text file holds"),
    "escape beyond Unicode": (HEAD + 'others: "\\Uffffffff"', 2, "not YAML"),
    "version of YAML with a long number": ("%YAML 1." + "9" * 5000 + "\n---\nname: a", 1, "not YAML"),
    "deep": (HEAD + "tone: " + "[" * 30_000, 2, "nested deeper"),
    "deep by dashes": (HEAD + "tone:\n" + "- " * 30_000, 3, "nested deeper"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_one_line_that_names_its_line(path, case):
    content, line, said = BAD[case]
    message = error_of(path, content if isinstance(content, bytes) else content.encode())
    assert message is not None
    assert message.startswith(f"{path}:{line}: ")
    assert said in message
    assert len(message) < len(str(path)) + 300


def test_lines_of_windows_and_a_byte_order_mark_are_taken(load, path):
    content = b"\xef\xbb\xbfname: a\r\nothers: noise\r\n"
    assert load(content).action("CARD_NUMBER") is Action.NOISE
    assert error_of(path, content + b"x: 1").startswith(f"{path}:3: unknown key x")


def test_aliases_that_multiply_are_refused_at_once(path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    assert "anchors" in error_of(path, "\n".join(lines).encode())


def test_a_large_file_is_refused_unread(path):
    filler = b"#" * 99 + b"\n"
    whole = b"name: a\n" + filler * (64 * 1024 // 100)
    assert error_of(path, whole[: 64 * 1024]) is None
    assert "larger than 64 KiB" in error_of(path, whole + filler)


@pytest.mark.parametrize("name", ["absent.yaml", ".", "a\0b"])
def test_a_path_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(ConfigError, match="check the path") as caught:
        load_policy(tmp_path / name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "content",
    [
        "my card is four five three nine: yes",
        "name: my card is four five three nine",
        "name: a\nothers: my card is four five three nine",
        "name: a\nhold_ms: my card is four five three nine",
        "name: a\nentities:\n  my card is four five three nine: beep",
        "name: a\nmy card is four five three nine: b\nmy card is four five three nine: b",
        "my card is four five three nine",
        "name: a\nothers: 'my card is four five three nine",
        "name: a\nothers: my card: is four five three nine",
    ],
)
def test_no_sentence_of_the_file_is_repeated(path, content):
    message = error_of(path, content.encode())
    assert message is not None
    assert "four" not in message


# Whatever the file holds

WORDS = [
    "name",
    "a",
    "version",
    "extends",
    "pci",
    "tone",
    "frequency_hz",
    "hold_ms",
    "22000",
    "entities",
    "others",
    "EMAIL",
    "PIN",
    "beep",
    "keep",
    "action",
    "class",
    "payment",
]
PIECES = [*WORDS, ": ", ":", "\n", "\n  ", "- ", "{", "}", "[", "]", ", ", "? ", "'", '"', "\\", "&a", "*a", "!t"]
PIECES += ["|", ">", "#", "%YAML 1.1", "---", "...", "\t", "\r", "\u2028", "\ufeff", "@", "`", "~", "<<", "\x85", " "]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_give_a_policy_or_an_error_of_ours(path, content):
    error_of(path, content)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join))
@example("? ")
@example("- - -\n- ")
@example("\ufeff---\ufeff")
def test_text_gives_a_policy_or_an_error_of_ours(path, text):
    error_of(path, text.encode("utf-8", "surrogatepass"))


KEYS = st.sampled_from(WORDS) | st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | KEYS | st.dates() | st.binary(max_size=4)
TREES = st.recursive(SCALARS, lambda t: st.lists(t, max_size=3) | st.dictionaries(KEYS, t, max_size=4), max_leaves=12)
TOPS = st.fixed_dictionaries(
    {"name": st.just("a")},
    optional={
        "version": SCALARS,
        "extends": SCALARS,
        "tone": st.dictionaries(st.sampled_from(["frequency_hz", "level_dbfs", "ramp_ms"]), TREES),
        "hold_ms": st.integers(0, 99_999) | TREES,
        "entities": st.dictionaries(st.sampled_from(sorted(NAMES)) | KEYS, TREES | st.sampled_from(WORDS)),
        "others": TREES,
    },
)


@settings(max_examples=200, deadline=None)
@given(TREES | TOPS)
def test_any_structure_gives_a_policy_or_an_error_of_ours(path, tree):
    error_of(path, yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass"))


@st.composite
def sound_files(draw):
    """A policy file without mistakes, as a mapping."""
    rules = {}
    for name in draw(st.lists(st.sampled_from(sorted(NAMES)), unique=True, max_size=10)):
        free = [*HIDING, Action.KEEP] if name not in NEVER_KEPT else HIDING
        action = Action.SILENCE if name == "UNJUDGED" else draw(st.sampled_from(free))
        long = {"action": str(action), "class": str(draw(st.sampled_from(list(DataClass))))}
        rules[name] = draw(st.sampled_from([str(action), long, {"action": str(action)}]))
    some = {
        "extends": st.sampled_from(sorted(PRESETS)),
        "others": st.sampled_from([str(a) for a in HIDING]),
        "hold_ms": st.integers(HOLD_MS_LEAST, HOLD_MS_MOST),
        "version": st.integers(1, 10**6),
        "tone": st.fixed_dictionaries(
            {},
            optional={
                "frequency_hz": st.integers(20, 20_000) | st.floats(20, 20_000),
                "level_dbfs": st.floats(-90, 0),
                "ramp_ms": st.floats(0, 100),
                "noise_dbfs": st.integers(-90, 0),
            },
        ),
    }
    return {"name": "mine", "entities": rules} | draw(st.fixed_dictionaries({}, optional=some))


def shuffled(tree, random):
    if not isinstance(tree, dict):
        return tree
    items = [(key, shuffled(value, random)) for key, value in tree.items()]
    random.shuffle(items)
    return dict(items)


def dumped(tree, **style) -> str:
    return yaml.safe_dump(tree, sort_keys=False, **style)


@settings(max_examples=60, deadline=None)
@given(tree=sound_files(), random=st.randoms(use_true_random=False), flow=st.booleans())
def test_the_hash_is_of_the_meaning_not_of_the_file(path, tree, random, flow):
    def load(text):
        path.write_text(text, "utf-8")
        return load_policy(path)

    policy = load(dumped(tree))
    for name, asked in tree["entities"].items():
        assert policy.action(name) == (asked if isinstance(asked, str) else asked["action"])
    other = load("# a comment\n" + dumped(shuffled(tree, random), default_flow_style=flow))
    assert other == policy
    assert other.sha256 == policy.sha256
    assert load(dumped(tree | {"name": "renamed", "version": 99})).sha256 == policy.sha256
    written_out = {
        "name": "full",
        "hold_ms": policy.hold_ms,
        "tone": {key: getattr(policy.tone, key) for key in Tone.__slots__},
        "entities": {name: {"action": str(r.action), "class": str(r.data_class)} for name, r in policy.rules.items()},
    }
    assert load(dumped(written_out)).sha256 == policy.sha256


def test_the_hash_tells_apart_what_is_done_differently(load):
    texts = [
        "name: a",
        "name: a\nextends: pci",
        "name: a\nhold_ms: 22001",
        "name: a\ntone: {frequency_hz: 1001}",
        "name: a\ntone: {noise_dbfs: -31}",
        "name: a\nothers: noise",
        "name: a\nearly: on",
        "name: a\nentities: {EMAIL: beep}",
        "name: a\nentities: {EMAIL: {class: identity}}",
    ]
    assert len({load(text).sha256 for text in texts}) == len(texts)


def test_numbers_that_are_equal_hash_alike(load):
    zero = [load(f"name: a\ntone: {{level_dbfs: {text}}}").sha256 for text in ("0", "-0.0", "0e5", "+0.")]
    assert len(set(zero)) == 1
    assert math.copysign(1, load("name: a\ntone: {level_dbfs: -0.0}").tone.level_dbfs) == -1
    assert load("name: a\ntone: {frequency_hz: 1000}").sha256 == preset("default").sha256
    assert replace(preset("default"), tone=Tone(frequency_hz=1000)).sha256 == preset("default").sha256
    bare = Policy("bare", 1, {})
    silent = {name: Rule(Action.SILENCE, DEFAULT_CLASSES[name]) for name in NAMES}
    assert bare.sha256 == Policy("silent", 1, silent).sha256


# The commands


def run(*words: str):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "40"})


def test_show_prints_every_entity_in_full():
    result = run("show")
    assert result.exit_code == 0
    rows = {line.split()[0]: line.split()[1:] for line in result.output.splitlines() if line.strip()}
    for name, rule in preset("default").rules.items():
        assert rows[name] == [str(rule.action), rule.data_class]
    assert rows["sha256"] == [preset("default").sha256]


def test_show_json_is_the_policy(path, load):
    policy = load("name: mine\nextends: pci\ntone: {ramp_ms: 7}")
    shown = json.loads(run("show", path, "--json").output)
    assert shown["sha256"] == policy.sha256
    assert shown["tone"]["ramp_ms"] == 7
    assert shown["entities"]["EMAIL"] == {"action": "keep", "class": "contact"}
    assert set(shown["entities"]) == NAMES


def test_check_prints_the_hash_or_raises_the_mistake(path, load):
    policy = load("name: mine")
    assert run("check", path).output == f"ok  mine, version 1  sha256 {policy.sha256}\n"
    assert json.loads(run("check", path, "--json").output)["sha256"] == policy.sha256
    path.write_text("name: mine\nx: 1")
    result = run("check", path)
    assert isinstance(result.exception, ConfigError)
    assert "ok" not in result.output


def test_presets_lists_all_of_them():
    listed = json.loads(run("presets", "--json").output)["presets"]
    assert [row["name"] for row in listed] == list(PRESETS)
    assert "EMAIL" in next(row for row in listed if row["name"] == "pci")["keeps"]
    assert all(name in run("presets").output for name in PRESETS)


def test_show_takes_a_file_or_a_preset(path, load):
    load("name: mine")
    assert isinstance(run("show", path, "--preset", "pci").exception, ConfigError)
    assert isinstance(run("show", "--preset", "").exception, ConfigError)


def test_the_guide_is_true(load):
    guide = (Path(__file__).parents[1] / "docs" / "policy.md").read_text("utf-8")
    policy = load(guide.split("```yaml\n")[1].split("```")[0])
    assert policy.action("PERSON_NAME") is Action.BEEP
    assert policy.action("EMAIL") is Action.KEEP
    assert all(f"`{word}`" in guide for word in [*PRESETS, *DataClass, *Action, *policy_file._KEYS])
