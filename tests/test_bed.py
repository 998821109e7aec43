"""The test bed: a seed makes the same calls, every kind is in them, no sentence is one that rules were written on."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest
import yaml
from stdnum import iban, luhn, verhoeff
from stdnum.us import rtn

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the test bed is a package of its own: python -m tests.bed

from pipeline.adapters.corpus import TRUTH_LABELS, read_corpus  # noqa: E402
from tests.bed import cast, figures, sets, slots_more, slots_numbers, sound, spoken  # noqa: E402
from tests.bed.__main__ import main  # noqa: E402
from tests.bed.held import HELD_OUT  # noqa: E402
from tests.bed.mouth import Mouth  # noqa: E402
from tests.bed.practice import PRACTICE, PRACTICE_SECOND, PRACTICE_THIRD  # noqa: E402
from tests.bed.shape import SLOTS, Shape, ShapeError, fill, habit  # noqa: E402
from tests.bed.value import Habit  # noqa: E402
from tests.voice.compose import save  # noqa: E402
from tests.voice.script import ENTITIES, parse  # noqa: E402
from tests.voice.speak import Sentence  # noqa: E402

ZERO_LEAK = ("CARD_NUMBER", "CARD_CVV", "PIN", "OTP", "SSN", "AADHAAR", "PASSWORD", "DTMF")
ZERO_LEAK_SPANS, OTHER_SPANS = 30, 12
ZERO_LEAK_SHAPES, OTHER_SHAPES = 6, 4  # of the held-out set: so many different dialogues have the kind
SECOND_ZERO_LEAK_SPANS, SECOND_OTHER_SPANS = 12, 4
TELLING_WORDS = 4  # shorter sentences ("Thank you.", "Is that right?") belong to everybody
PLAIN = Habit("plain", "plain", "zero")
FIRST = PRACTICE.secret + PRACTICE.harmless
SECOND = PRACTICE_SECOND.secret + PRACTICE_SECOND.harmless
THIRD = PRACTICE_THIRD.secret + PRACTICE_THIRD.harmless
HELD = HELD_OUT.secret + HELD_OUT.harmless
SHAPES = FIRST + SECOND + THIRD + HELD
LATER = {"practice-second": PRACTICE_SECOND, "practice-third": PRACTICE_THIRD, "held-out": HELD_OUT}
WRITTEN = (
    "pipeline/adapters/questions.yaml",
    "tests/questions_unseen.yaml",
    "tests/harmless.yaml",
    "tests/people.yaml",
)

_SECRET = re.compile(r"\{[A-Z_]+[:#][^{}]*\}")
_SLOT = re.compile(r"\$[a-z_]+\d?(?:\.[a-z0-9]+)?")
_TURN = re.compile(r"^[AC](?: -?\d+)?: ")


class Hum:
    """A voice that hums: 60 ms a word. Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def sentence(self, words: list[str], length_scale: float, accent: str = "en-us") -> Sentence:
        self.asked += 1
        each = round(22050 * 0.06 * length_scale)
        tone = np.sin(np.arange(each * len(words)) * 2 * np.pi * 300 / 22050).astype(np.float32)
        return Sentence(tone * 0.1, tuple((each * i, each * (i + 1.0)) for i in range(len(words))), 22050)


@cache
def plans() -> tuple[sets.Plan, ...]:
    return PRACTICE.plans()


@cache
def second_plans() -> tuple[sets.Plan, ...]:
    return PRACTICE_SECOND.plans()


@cache
def held_plans() -> tuple[sets.Plan, ...]:
    return HELD_OUT.plans()


@cache
def entities(turns: str) -> Counter[str]:
    """Secret pieces of a script by kind; typed ones count as DTMF, too."""
    pieces = [piece for turn in parse(turns) for piece in turn.pieces if piece.entity]
    return Counter([piece.entity for piece in pieces] + ["DTMF" for piece in pieces if piece.keys])


def choices(text: str) -> list[str]:
    """All texts a line with (a|b) can become."""
    found = re.search(r"\(([^()]*)\)", text)
    if not found:
        return [text]
    return [out for one in found[1].split("|") for out in choices(text[: found.start()] + one + text[found.end() :])]


def lines(turns: str) -> Iterator[str]:
    """Turns without who says them; a turn written in several lines is one."""
    turn = ""
    for line in (line.strip() for line in turns.strip().split("\n")):
        if _TURN.match(line):
            yield turn
            turn = _TURN.sub("", line)
        else:
            turn += f" {line}"
    yield turn


def templates(turns: str) -> set[str]:
    """The sentences of a dialogue in lower case, without marks, with every secret and slot as one sign."""
    out = set()
    for text in (text for line in lines(turns) for text in choices(line)):
        for sentence in re.split(r"[.?!]", re.sub(r"\[\d+\]", "", _SLOT.sub("*", _SECRET.sub("*", text)))):
            words = re.sub(r"[^a-z'* ]", "", sentence.lower()).split()
            if len([word for word in words if word != "*"]) >= TELLING_WORDS:
                out.add(" ".join(words))
    return out


def test_templates_see_through_slots_secrets_choices_and_turns_in_two_lines() -> None:
    first = "\n A: (Well,|) what is on the\n card of $name?\n C 200: {PIN: $pin} and that is it."
    second = "A: What is on the card of {PERSON: Ann}?\nC: {PIN: one two} and that is it."
    assert templates(second) == {"what is on the card of *", "* and that is it"}
    assert templates(second) <= templates(first)


def texts(tree: object) -> Iterator[str]:
    """All strings of a YAML document, keys left out."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from texts(branch)


def test_no_sentence_is_shared_with_the_scripts_rules_were_written_on() -> None:
    known = set().union(*(templates(script.script.turns) for script in sets.train()))
    assert len(known) > 500
    for shape in SHAPES:
        mine = templates(shape.turns)
        assert mine, shape.name
        assert not mine & known, shape.name


@pytest.mark.parametrize("name", WRITTEN)
def test_no_held_out_sentence_is_one_the_product_was_taught_or_measured_with(name: str) -> None:
    written = texts(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))
    known = set().union(*(templates(f"A: {text}") for text in written))
    assert len(known) > 100
    assert [(shape.name, both) for shape in HELD if (both := templates(shape.turns) & known)] == []


def test_shapes_are_many_and_none_says_what_another_says() -> None:
    assert len(PRACTICE.secret) >= 26
    assert len(PRACTICE.harmless) >= 22
    assert len(PRACTICE_SECOND.secret) >= 24
    assert len(PRACTICE_SECOND.harmless) >= 12
    assert len(HELD_OUT.secret) >= 45
    assert len(HELD_OUT.harmless) >= 30
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)
    said = Counter(sentence for shape in SHAPES for sentence in templates(shape.turns))
    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_the_practice_set_has_as_many_calls_and_spans_as_it_promises() -> None:
    found = [entities(plan.script.turns) for plan in plans()]
    secret = [kinds for kinds in found if kinds]
    assert len(found) - len(secret) >= 200
    assert 130 <= len(secret) <= 170
    spans = sum(secret, Counter())
    assert set(spans) == ENTITIES | {"DTMF"}
    for kind, count in spans.items():
        assert count >= (ZERO_LEAK_SPANS if kind in ZERO_LEAK else OTHER_SPANS), kind


def test_the_held_out_set_has_as_many_calls_and_spans_as_it_promises() -> None:
    found = [entities(plan.script.turns) for plan in held_plans()]
    secret = [kinds for kinds in found if kinds]
    assert (len(secret), len(found) - len(secret)) == (HELD_OUT.secret_calls, HELD_OUT.harmless_calls)
    assert HELD_OUT.secret_calls >= 180
    assert HELD_OUT.harmless_calls >= 204
    spans = sum(secret, Counter())
    assert set(spans) == ENTITIES | {"DTMF"}
    for kind, count in spans.items():
        assert count >= (ZERO_LEAK_SPANS if kind in ZERO_LEAK else OTHER_SPANS), kind
    shapes = Counter(kind for shape in HELD_OUT.secret for kind in entities(fill(shape, Random(0))))
    for kind in spans:
        assert shapes[kind] >= (ZERO_LEAK_SHAPES if kind in ZERO_LEAK else OTHER_SHAPES), kind


def test_the_second_set_has_as_many_calls_and_spans_as_it_promises() -> None:
    found = [entities(plan.script.turns) for plan in second_plans()]
    secret = [kinds for kinds in found if kinds]
    assert (len(secret), len(found) - len(secret)) == (PRACTICE_SECOND.secret_calls, PRACTICE_SECOND.harmless_calls)
    spans = sum(secret, Counter())
    assert set(spans) == ENTITIES | {"DTMF"}
    for kind, count in spans.items():
        assert count >= (SECOND_ZERO_LEAK_SPANS if kind in ZERO_LEAK else SECOND_OTHER_SPANS), kind


def test_every_kind_is_in_two_shapes_of_the_second_set() -> None:
    shapes = Counter(kind for shape in PRACTICE_SECOND.secret for kind in entities(fill(shape, Random(0))))
    assert [kind for kind in ENTITIES | {"DTMF"} if shapes[kind] < 2] == []


@pytest.mark.parametrize("group", LATER.values(), ids=LATER)
def test_most_calls_of_the_later_sets_have_an_ordinary_voice_and_a_good_line(group: sets.Group) -> None:
    made = group.plans()
    ordinary = [
        plan
        for plan in made
        if plan.way
        and not plan.way.loss
        and plan.way.codec in sound.GOOD_CODECS_8K
        and {cast.CAST[who].accent for who in (plan.script.agent, plan.script.customer)} == {"en-us"}
    ]
    assert 0.65 <= len(ordinary) / len(made) <= 0.9
    rough = [plan for plan in made if plan not in ordinary]
    assert any(plan.way.loss for plan in rough if plan.way)
    assert any(plan.way.codec not in sound.GOOD_CODECS_8K for plan in rough if plan.way)
    assert {plan.script.rate_hz for plan in made} == {8000}


@pytest.mark.parametrize("group", LATER.values(), ids=LATER)
def test_the_later_sets_too_are_the_same_for_a_seed(group: sets.Group) -> None:
    made = group.plans()
    assert group.plans(group.seed) == made
    other = group.plans(group.seed + 1)
    assert [plan.script.call_id for plan in other] == [plan.script.call_id for plan in made]
    assert {plan.script.turns for plan in other} != {plan.script.turns for plan in made}
    assert set(group.plans(harmless_calls=2)) < set(made)


def test_every_call_has_a_name_of_its_own() -> None:
    made = plans() + second_plans() + PRACTICE_THIRD.plans() + held_plans() + sets.train()
    names = [plan.script.call_id for plan in made]
    assert len(set(names)) == len(names)


HARMLESS = PRACTICE.harmless + PRACTICE_SECOND.harmless + PRACTICE_THIRD.harmless + HELD_OUT.harmless
HARMLESS_MORE = {"euros"}  # slots of slots_more.py that are no secret


@pytest.mark.parametrize("shape", HARMLESS, ids=lambda shape: shape.name)
def test_a_harmless_shape_has_no_secret_slot(shape: Shape) -> None:
    assert "{" not in shape.turns
    kinds = {name.strip("$0123456789") for name in _SLOT.findall(shape.turns)}
    secret = (
        set(slots_numbers.SLOTS) | set(slots_more.SLOTS) - HARMLESS_MORE | {"name", "dob", "email", "illness", "drug"}
    )
    assert not kinds & secret


def test_every_label_of_the_truth_is_one_that_eval_knows() -> None:
    assert set(TRUTH_LABELS) >= ENTITIES


def test_a_seed_makes_the_same_calls_and_another_seed_others() -> None:
    assert PRACTICE.plans(PRACTICE.seed) == plans()
    other = PRACTICE.plans(PRACTICE.seed + 1)
    assert [plan.script.call_id for plan in other] == [plan.script.call_id for plan in plans()]
    same = [a.script.call_id for a, b in zip(plans(), other, strict=True) if a.script.turns == b.script.turns]
    assert not [name for name in same if name.startswith("h")]
    assert {plan.way for plan in other} != {plan.way for plan in plans()}


def test_fewer_harmless_calls_leave_the_others_as_they_are() -> None:
    few = PRACTICE.plans(harmless_calls=3)
    assert set(few) < set(plans())
    assert len(few) == PRACTICE.secret_calls + 3


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_filling_of_a_shape_is_a_script(shape: Shape) -> None:
    for seed in range(12):
        turns = fill(shape, Random(seed))
        assert not re.search(r"[$()|]", turns)
        for turn in parse(turns):
            assert all(piece.text.strip(" ,.?!") for piece in turn.pieces)
            assert not turn.pieces[-1].text.startswith(",")
            assert all(re.fullmatch(r"[0-9*#]+", piece.text) for piece in turn.pieces if piece.keys)
            spoken_words = [word for piece in turn.pieces if not piece.keys for word in piece.text.split()]
            assert not [word for word in spoken_words if any(sign.isdigit() for sign in word) and word[0] != "["]


def test_slots_without_a_use_there_are_none() -> None:
    used = {name.strip("$0123456789") for shape in SHAPES for name in re.findall(r"\$[a-z_]+", shape.turns)}
    assert set(SLOTS) - used == set()


def test_a_slot_is_the_same_number_at_each_mention_and_a_copy_is_another() -> None:
    said = fill(Shape("s", "A: $card.keys $card.keys $card2.keys $card.g1.\nC: {PIN# $pin.keys}"), Random(3))
    first, again, other = re.findall(r"\d{16}", said)
    assert first == again != other


@pytest.mark.parametrize("bad", ["$nothing", "$card.middle", "$card.g9", "$name.keys"])
def test_a_bad_slot_is_named_with_its_shape(bad: str) -> None:
    with pytest.raises(ShapeError, match=r"^odd: .*\$"):
        fill(Shape("odd", f"A: It is {bad} here."), Random(0))


def test_numbers_are_well_formed() -> None:
    def raw(name: str, seed: int) -> str:
        return str(slots_numbers.SLOTS[name](Random(seed)).say("keys", PLAIN, Random(0)))

    for seed in range(60):
        assert luhn.is_valid(raw("card", seed))
        assert luhn.is_valid(raw("amex", seed))
        assert not luhn.is_valid(raw("card_wrong", seed))
        assert verhoeff.is_valid(raw("aadhaar", seed))
        assert raw("aadhaar", seed).startswith(("9999", "1"))
        assert rtn.is_valid(raw("routing", seed))
        assert iban.is_valid(raw("iban", seed), check_country=False)
        assert raw("ssn", seed).startswith(("666", "9"))  # areas that were never issued
        assert raw("phone_us", seed)[3:8] == "55501"
        assert raw("phone_uk", seed).startswith(("07700900", "0207946"))
        assert raw("nino", seed)[:2] in slots_numbers.UNISSUED_NINO


def value_of(words: str) -> str:
    """Digits of a group said in any English form, or in Spanish or Hindi: read back by other means than it was made."""
    tables: list[Mapping[str, str]] = [
        {word: str(n) for n, word in enumerate(table)} for table in (spoken.ONES, spoken.SPANISH, spoken.HINDI)
    ]
    ones = {**tables[0], **tables[1], **tables[2], "oh": "0", "nought": "0"}
    teens = {word: str(n) for n, word in enumerate(spoken.TEENS, 10)}
    tens = {word: n for n, word in enumerate(spoken.TENS) if n > 1}
    out, times, ten = "", 1, False
    for word in words.split():
        if word in ("double", "triple"):
            times = {"double": 2, "triple": 3}[word]
        elif word in tens:
            out, ten = out + f"{tens[word]}0", True
            continue
        elif word == "hundred":
            out += "00"
        elif word in teens:
            out += teens[word]
        else:
            out = out[:-1] + ones[word] if ten and ones[word] != "0" else out + ones[word] * times
            times = 1
        ten = False
    return out


@pytest.mark.parametrize("form", [*spoken.DIGIT_FORMS, "es", "hi"])
def test_a_group_said_in_any_form_is_that_group(form: str) -> None:
    rng = Random(5)
    for _ in range(300):
        digits = "".join(rng.choice("0012345678994") for _ in range(rng.randint(1, 6)))
        words = spoken.group(digits, form, rng.choice(("zero", "oh", "nought")), rng)
        assert value_of(words) == digits, words


def test_people_say_numbers_in_every_form() -> None:
    habits = [habit(Random(seed)) for seed in range(300)]
    assert {how.form for how in habits} == set(spoken.DIGIT_FORMS)
    assert {how.letters for how in habits} == {"plain", "nato", "homely", "as_in"}
    assert {how.zero for how in habits} == set(spoken.ZEROS)
    assert spoken.letter("t", "homely") == "T for table"
    assert spoken.ordinal(31) == "thirty first"
    assert spoken.cardinal(12_005, british=True) == "twelve thousand and five"


def test_the_same_script_and_seed_make_the_same_bytes_whatever_was_made_before(tmp_path: Path) -> None:
    wanted = plans()[5]
    warm = Mouth(Hum())
    for plan in plans()[:8]:
        save(plan.script, plan.make(warm), tmp_path / "warm")
    folder = save(wanted.script, wanted.make(Mouth(Hum())), tmp_path / "cold")
    for name in ("call.flac", "truth.json"):
        assert (folder / name).read_bytes() == (tmp_path / "warm" / folder.name / name).read_bytes()
    calls = read_corpus(tmp_path / "warm")
    assert [call.name for call in calls] == sorted(plan.script.call_id for plan in plans()[:8])


def test_a_sentence_is_spoken_once_for_all_who_say_it_at_one_pace() -> None:
    hum = Hum()
    mouth = Mouth(hum)
    high = mouth.say(["good", "morning."], cast.CAST["us_alto"], 8000)
    assert len(mouth.say(["good", "morning."], cast.CAST["us_high"], 8000).audio) < len(high.audio)
    assert hum.asked == 1
    mouth.say(["good", "morning."], cast.CAST["us_deep"], 8000)
    assert hum.asked == 2


@pytest.mark.parametrize("codec", sorted(set(sound.CODECS_8K)))
def test_a_codec_moves_nothing(codec: str) -> None:
    rng = np.random.default_rng(1)
    given = np.zeros((8000, 2))
    given[3000:5000, 0] = np.sin(np.arange(2000) * 0.4) * 0.3 * rng.uniform(0.5, 1, 2000)
    heard = sound.coded(given, 8000, codec)
    assert heard.shape == given.shape
    lags = {lag: float(np.dot(np.roll(heard[:, 0], -lag), given[:, 0])) for lag in range(-8, 9)}
    assert max(lags, key=lags.__getitem__) == 0
    assert np.abs(heard[:, 1]).max() < 0.01


@pytest.mark.parametrize("kind", sound.NOISES)
def test_noise_has_the_level_it_is_asked_for(kind: str) -> None:
    made = sound.noise(kind, 16000, 8000, np.random.default_rng(2))
    assert np.sqrt(np.mean(made**2)) == pytest.approx(1)


def test_music_plays_only_while_both_are_silent() -> None:
    plan = next(plan for plan in plans() if plan.way and plan.way.hold)
    placed: list[object] = []

    def line(script: object, turns: object, length: int, rng: np.random.Generator) -> np.ndarray:
        placed.extend(turns)  # type: ignore[call-overload]
        return plan.way(script, turns, length, rng)  # type: ignore[arg-type, misc]

    from tests.voice.compose import compose

    call = compose(plan.script, Mouth(Hum()), line, cast.CAST)
    gaps = sound._gaps(placed, plan.script.rate_hz)  # type: ignore[arg-type]
    assert gaps
    music = sound.music(len(call.sound), plan.script.rate_hz, gaps)
    busy = np.zeros(len(call.sound), bool)
    for segment in call.truth["segments"]:
        busy[int(segment["start"] * plan.script.rate_hz) : int(segment["end"] * plan.script.rate_hz)] = True
    assert np.abs(music).max() > 0.05
    assert not np.abs(music[busy]).any()


def test_lost_packets_are_silent_and_the_rest_is_untouched() -> None:
    given = np.ones((8000, 1))
    heard = sound.dropped(given, 8000, 0.2, np.random.default_rng(3))
    packets = heard.reshape(-1, 160)
    assert set(packets.mean(axis=1)) == {0.0, 1.0}
    assert 2 < (packets[:, 0] == 0).sum() < 25


def test_the_command_refuses_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / held_plans()[0].script.call_id
    folder.mkdir()
    (folder / "truth.json").touch()
    assert main(["--limit", "1", "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "--force" in said
    assert said.count("\n") == 1
    assert main(["--limit", "1", "--out", str(tmp_path), "--resume"]) == 0  # and needs no voice for it
    assert not (folder / "call.flac").exists()
    with pytest.raises(SystemExit, match="2"):
        main(["--limit", "-3", "--out", str(tmp_path)])
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "examples:" in capsys.readouterr().out


def report(**changes: object) -> dict[str, object]:
    """A report of callshield eval with one secret and one harmless call."""
    score = {"spans": 4, "leaky_spans": 0, "sensitive_ms": 1000, "audible_ms": 0, "recall": 1.0}
    clean = {"spans": 0, "leaky_spans": 0, "sensitive_ms": 0, "audible_ms": 0, "recall": None}
    spoken_ms = {"speech_ms": 2000, "altered_ms": 40}
    made: dict[str, object] = {
        "date": "2026-01-01", "machine": "m", "command": "c", "commit": "abc",
        "model": {"model": "tiny", "sha256": "0" * 64}, "policy": {"name": "default", "sha256": "1" * 64},
        "totals": {"calls": 2, "duration_s": 60.0, "over_redaction": 0.02, **score},
        "entities": {"PIN": score, "PERSON_NAME": score | {"leaky_spans": 1}},
        "keypad": clean,
        "calls": {"h01_shop_01": {**score, "speech_ms": 2000, "altered_ms": 100}, "n01_bus_01": {**clean, **spoken_ms}},
    }  # fmt: skip
    return made | changes


def test_figures_stand_beside_their_goals() -> None:
    rows = {row[0]: row[1:] for row in figures.goals(report())}
    assert rows["recall of sensitive milliseconds"] == (">= 0.99", "1.0000", "yes")
    assert rows["leaky pin"] == ("0", "0 of 4", "yes")
    assert rows["leaky spans of other kinds"] == ("<= 5%", "1 of 4 (25.0%)", "no")
    assert rows["over-redaction of harmless speech"][2] == "yes"
    assert rows["altered speech in calls without a secret"] == ("<= 1%", "2.00%", "no")
    leaking = report(keypad={"spans": 3, "leaky_spans": 1, "recall": 0.5})
    assert {row[0]: row[3] for row in figures.goals(leaking)}["leaky keypad tones"] == "no"
    assert figures.shapes(report()["calls"])[0] == ("h01_shop", "1", "1.000", "0 of 4", "0.050")  # type: ignore[arg-type]
    assert "1 of them without a secret" in figures.page(report())


def test_figures_of_something_else_are_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "eval.json").write_text("[1]")
    assert figures.main([str(tmp_path / "eval.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_some_people_interrupt_and_some_lines_are_bad() -> None:
    turns = [turn for plan in plans() for turn in parse(plan.script.turns)]
    assert sum(turn.gap_ms is not None and turn.gap_ms < 0 for turn in turns) >= 20
    ways = [plan.way for plan in plans() if plan.way]
    assert {way.codec for way in ways} == {*sound.CODECS_8K, "PCM_16"}
    assert {way.noise for way in ways} == set(sound.NOISES)
    assert any(way.hold for way in ways)
    assert any(way.loss > 0 for way in ways)
    assert any(way.leak_db is not None for way in ways)
    scripts = [plan.script for plan in plans()]
    assert {script.rate_hz for script in scripts} == {8000, 16000}
    assert any(script.mono for script in scripts)
    assert any(shape.digits for shape in FIRST)
