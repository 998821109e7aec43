"""Questions split over turns, put as menus or statements, for several kinds at once, or asked for by the customer."""

from __future__ import annotations

import pytest
from scripted import RATE, Script, dialogue, in_turn, leaks, lost, sounds
from test_harmless import aids

from pipeline.core.finding import Finding
from pipeline.core.identify import Identify

TURNS = {
    "two kinds": (
        "A: Can I take your name and date of birth?",
        "C: [Brunhilde Aspinall], the [ninth of june nineteen seventy two].",
    ),
    "split over breaths": ("A: And then the", "A: expiry?", "C: It's [oh four twenty nine]."),
    "split before the noun": (
        "A: For security, could you confirm", "A: the first line of your address?", "C: [eleven thistle crescent].",
    ),
    "split around a nod": (
        "A: I'll need your sort code,", "C: Okay.", "A: and then the account number.",
        "C: Sure it's [twenty forty fifty two] and [oh one double nine two three four six].",
    ),
    "the customer asks what is needed": (
        "C: What do you need from me?", "A: Your full name, your postcode and the last four digits of your card.",
        "C: [Brunhilde Aspinall], [k t three nine q l] and [seven seven one two].",
    ),
    "a menu": (
        "A: You can give me either your account number or your phone number.",
        "C: Okay then, [oh seven nine double four six one two three oh eight].",
    ),
    "a statement": (
        "A: I just need to verify a few details before we go on, so if you could start with your date of birth.",
        "C: [ninth of june seventy two].",
    ),
    "elliptic": (
        "A: What's the long number on the card?",
        "C: [five one nine nine two two four seven three oh double four nine one six seven].",
        "A: And the back three?", "C: [four nine two].",
    ),
    "asked again": ("A: What's your PIN?", "C: Sorry?", "A: Your four digit PIN.", "C: [seven seven one two]."),
    "an offer": ("C: Shall I give you my PIN?", "A: Yes please.", "C: [seven seven one two]."),
    "patience": (
        "A: What's the security code?", "C: Hang on I need my glasses.", "A: Are you still there?",
        "C: Yes, [four nine two].",
    ),
    "an offer of a date": ("C: Do you want the expiry date?", "A: I do, yes.", "C: [oh four twenty nine]."),
    "pointing back": (
        "A: We have texted a code to your mobile. What does it say?", "C: Okay, [for not ate].",
    ),
    "pointing back, misheard": (
        "A: Thank you for waiting for us.", "C: No worries.",
        "A: There is a security number on the back of your card. Read that to me.", "C: Sure, [not won].",
    ),
    "with a price in it": (
        "A: To settle the $212.40 please go ahead and read me the long number on your card.",
        "C: [sinko ocho sero webbing].",
    ),
    "the size of it": ("A: Kindly tell me your 6 digit banking pin.", "C: [They say, said oh web].",),
    "any you like": ("A: You can have any 6 numbers you like for the door.", "C: Let's go with [7 to 5 7 ate 1]."),
    "a series": (
        "A: What was the name of your first pet?", "C: [Marzipan.]", "A: And the street, growing up.",
        "C: [Candlewick.]",
    ),
    "a loop": ("A: What was the name of your first pet?", "C: [that yes, that yes,]"),
    "the same of somebody else": (
        "A: What's your date of birth?", "C: The [ninth of june seventy two].", "A: And your husband's?",
        "C: [second of may seventy].",
    ),
}  # fmt: skip
HARMLESS = {
    "pointing at a letter": ("A: We sent you a letter last week. Did you get it?", "C: Yes, three on the same day."),
    "pointing at a sign": ("A: There's a sign on the door. What does it say?", "C: Shut until the ninth."),
    "a price": ("A: Your bill is $212.40, is that right?", "C: I make it two hundred and ten."),
}
KNOWN = {"the same of somebody else"}


def found(script: Script) -> list[Finding]:
    identify = Identify(script.channels, RATE, aids())
    feed = in_turn([sounds(script, c, range(0, script.length, RATE // 4)) for c in range(script.channels)])
    return [f for sound in feed for v in identify.push(sound) for f in v.findings]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(lines, id=name, marks=[pytest.mark.xfail(strict=True)] if name in KNOWN else [])
        for name, lines in TURNS.items()
    ],
)
def test_what_is_asked_for_over_turns_is_hidden(lines: tuple[str, ...]) -> None:
    script = dialogue(*lines)
    assert leaks(script, found(script)) == []


@pytest.mark.parametrize("lines", HARMLESS.values(), ids=HARMLESS)
def test_what_points_at_nothing_secret_hides_nothing(lines: tuple[str, ...]) -> None:
    script = dialogue(*lines)
    assert lost(script, found(script)) == []
