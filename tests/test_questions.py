"""Questions: every kind of secret can be asked for in words of one's own, and small talk asks for none."""

from __future__ import annotations

import pytest
from scripted import RATE, words
from wordings import ASKED, HARMLESS

from pipeline.core.asking import is_request
from pipeline.core.entities import ENTITIES
from pipeline.core.questions import Meant, Question, questions
from pipeline.core.spoken.tokens import tokenise


def asked(said: str) -> tuple[Question, ...]:
    return questions(0, tokenise(words(said)), RATE)


def names(said: str) -> list[str]:
    return [e.name for q in asked(said) for e in q.entities]


def test_the_wordings_know_every_entity() -> None:
    assert set(ASKED) == {e.name for e in ENTITIES}
    assert len(HARMLESS) >= 60


@pytest.mark.parametrize(("entity", "said"), [(e, said) for e, both in ASKED.items() for said in both])
def test_a_question_opens_an_expectation_of_what_it_asks_for(entity: str, said: str) -> None:
    assert entity in names(said)


@pytest.mark.parametrize("said", HARMLESS)
def test_small_talk_asks_for_nothing(said: str) -> None:
    assert names(said) == []
    assert names(f"{said.capitalize()}.") == []


def test_a_question_is_put_where_its_words_end() -> None:
    said = words("sure and what is your postcode if you have it at hand")
    (question,) = questions(1, tokenise(said), RATE)
    assert question.channel == 1
    postcode = next(w for w in said if w.text == "postcode")
    assert postcode.span.end <= question.at < said[-1].span.end


def test_each_sentence_asks_on_its_own() -> None:
    first, second = asked("What is your sort code? And may I take a mobile number?")
    assert first.at < second.at
    assert "SORT_CODE" in {e.name for e in first.entities}
    assert "PHONE" in {e.name for e in second.entities}


def test_a_question_for_two_kinds_expects_both() -> None:
    assert {"SORT_CODE", "BANK_ACCOUNT"} <= set(names("what are the sort code and the account number please"))


@pytest.mark.parametrize(
    "said", ["And the postcode?", "and the postcode", "security code please", "Right, your surname?"]
)
def test_a_bare_noun_asks_too(said: str) -> None:
    assert names(said)


@pytest.mark.parametrize(
    "said", ["our street was flooded after the storm and the shops were shut", "my email stopped working on sunday"]
)
def test_telling_is_not_asking(said: str) -> None:
    assert names(f"{said} and now the lamp is broken too") == []


def test_a_question_misheard_still_asks() -> None:
    assert "SORT_CODE" in names("could i take your short code")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("can you see the light", True),
        ("please take a seat", True),
        ("is it plugged in", True),
        ("the garden gate fell over", False),
        ("we painted it green", False),
    ],
)
def test_a_request_is_known_by_its_form(said: str, expected: bool) -> None:
    assert is_request(tokenise(words(said))) is expected


def test_silence_asks_nothing() -> None:
    assert asked("") == ()


def meant(said: str, meaning: dict[str, Meant]) -> list[str]:
    """Kinds asked for when the clause means what `meaning` says of the first of its keys that is in it."""

    def lookup(clause: str) -> Meant:
        return next((means for word, means in meaning.items() if word in clause), Meant(None))

    return [e.name for q in questions(0, tokenise(words(said)), RATE, lookup) for e in q.entities]


def test_a_meaning_reaches_where_no_phrase_matches() -> None:
    surely = {"keypad": Meant("PIN", sure=True)}
    assert meant("now the little secret for the keypad", surely) == ["PIN"]
    assert meant("now the little key for the shed", surely) == []
    assert meant("i lost 4417 keypad keys in the lake", surely) == []  # numbers tell, they do not ask
    assert meant("my keypad fell into the lake", surely) == []


def test_a_meaning_that_is_not_sure_counts_in_requests_only() -> None:
    perhaps = {"keypad": Meant("PIN")}
    assert meant("what have you got for the keypad", perhaps) == ["PIN"]
    assert meant("now the little secret for the keypad", perhaps) == []


def test_meaning_and_phrases_add_up() -> None:
    assert set(meant("what is your postcode at the lake", {"lake": Meant("PHONE", sure=True)})) == {"POSTCODE", "PHONE"}


def test_a_harmless_meaning_outweighs_a_loose_phrase_but_no_plain_request_for_a_grave_secret() -> None:
    harmless = {"lake": Meant(None, harmless=True)}
    assert names("which street is by the lake") == ["POSTAL_ADDRESS"]
    assert meant("which street is by the lake", harmless) == []
    assert "SECURITY_CODE" in meant("What is the security code by the lake?", harmless)


@pytest.mark.parametrize(
    ("said", "greeting", "asks"),
    [
        ("the lakeside spa", False, True),
        ("the lakeside spa", True, False),
        ("what is it at the lakeside spa", True, True),
        ("Your postcode", True, True),
    ],
)
def test_a_short_clause_of_a_greeting_is_a_name_if_only_its_meaning_asks(said: str, greeting: bool, asks: bool) -> None:
    def meaning(clause: str) -> Meant:
        return Meant("MEDICAL" if "spa" in clause else None, sure="spa" in clause)

    assert bool(questions(0, tokenise(words(said)), RATE, meaning, greeting=greeting)) is asks


def test_who_tells_first_asks_for_nothing_behind_it() -> None:
    shed = {"shed": Meant("POSTAL_ADDRESS", sure=True)}
    assert meant("i told them which shed", shed) == []
    assert meant("which shed is it", shed) == ["POSTAL_ADDRESS"]


def test_an_address_said_asks_for_none() -> None:
    assert meant("couple underscore shed three", {"shed": Meant("PASSWORD", sure=True)}) == []


def test_words_that_lead_in_mean_nothing() -> None:
    heard = []

    def meaning(clause: str) -> Meant:
        heard.append(clause)
        return Meant(None)

    questions(0, tokenise(words("right okay thanks and now where do you keep it")), RATE, meaning)
    assert heard == ["where do you keep it"]
