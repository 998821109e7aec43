"""What somebody suffers from or takes: by lists, by their sound, and on calls about health by what announces it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.finding import Reason
from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.marks import Mark
from pipeline.core.spoken.health import PHRASES, illness_ranges
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, UNITS

HEALTH_TOPIC = (
    "doctor|doctor's|doctors|nurse|gp|clinic|practice|surgery|hospital|pharmacy|pharmacist|patient|physician|"
    "medical|prescription|health|dentist|therapist|appointment|diagnosed|allergic|allergies|medication|medications|"
    "symptom|symptoms|injury|injuries|illness|disability|refill|refills|drug|drugs|drugstore|chemist|medicine|"
    "medicines|tablets|pills|surgeon|ward|diagnosis",
    "anybody|anyone|nobody|somebody|someone|body|anybody's|who|you|one hurt|injured|unwell",
)
HEALTH_CUES = (
    "=about my|her|his|the", "=i|he|she|we|they|been|who have|has|had|having|got", "=i've|he's|she's got|had",
    "=dad|mum|mom|father|mother|brother|sister|husband|wife|partner|son|daughter|gran|nan|grandma|grandpa|grandad|"
    "grandmother|grandfather|aunt|uncle|cousin|kid|baby|family has|had|have|got|gets",
    "=struggling|struggled|dealing|living|lived with", "=think|thought|reckon|said|says|suspect|suspects it's|its",
    "=turned|turns out to be", "=confirmed|confirmed it's|it|as", "=complications|flare|bout of|up",
    "=died of|from", "=died of|from a|an", "=managed|controlled|under control with",
    "=gave|given|giving him|her|me|them",
    "=suffering from", "=suffer from", "=diagnosed with",
    "=allergic to", "=treated for", "=treatment for", "=prescribed", "=prescription for", "=refill of|for|on",
    "=symptoms of", "=because of", "=taking|take|takes|took", "=history of", "=due to", "=on a|my|some|any",
    "=operation on|for",
)  # fmt: skip
TAKING_CUES = (
    "=put|puts|started|starts|got|have|had me|him|her|us|them on",
    "=prescribed|prescribe|prescribing me|him|her",
    "=prescribed|prescribing",
    "=pharmacy|record|records|file|chart|notes shows|show|showing|says|has",
    "=take|takes|took|taking|taken|using|use it|that|this|them|these for",
    "=doc|doctor|gp|consultant|specialist|nurse|surgeon|dentist|therapist says|said|thinks|reckons|suspects|found",
)
"""On a call about health a drug or an illness follows, whatever was recognised: "put me on that or rest it in"."""

TAKING_WORDS = 5
AFTER_TAKING = frozenset("which and but because since doesn't isn't didn't don't aren't won't".split())
"""Where the name of a drug has ended."""

NOT_TAKEN = frozenset("hold i we you he she they that's".split())
"""What is said behind such a cue of something else: "put me on hold", "the doctor said you can"."""

SURE_CUES = (
    "=diagnosed with",
    "=suffering|suffer|suffers|suffered from",
    "=allergic to",
    "=recovering from",
    "=treated for",
    "=came|come|coming|comes down with",
    "=tested|testing positive for",
    "=died of|from",
)
"""What follows is about health on any call."""

BODY = frozenset(
    "collarbone pelvis cheekbone tailbone hamstring tendon ligament cartilage disc eardrum calf thigh shin heel groin "
    "forehead wrist ankle knee hip shoulder elbow leg arm foot toe finger thumb hand back neck spine rib ribs head "
    "skull jaw eye ear nose chest stomach liver kidney kidneys heart lung lungs skin throat tooth teeth womb "
    "bladder bowel".split()
)
SURE_BODY = BODY - frozenset("foot hand back neck head eye heart arm skin chest finger nose".split())
"""The others are parts of much else: "the back of the card", "a hand", "the left foot of the table"."""

INJURIES = frozenset(
    "broken broke fractured fracture sprained injured injury hurts hurt hurting swollen sore painful pain "
    "pains aching ache aches dislocated torn bleeding infected infection operation surgery replacement x-ray "
    "replaced numb break breaking tore ruptured twisted pulled fracturing".split()
)
ASKING = frozenset("are do does did is any have has can could may what which".split())
"""A question begins so; in small letters it has no mark."""

ASKED = frozenset({"are you", "do you", "did you", "is he", "is she", "does he", "does she", "are they"})
OWNERS = frozenset("my his her your their left right bad lower upper".split())
INJURY_TOKENS = 3  # words between a part of the body and what ails it
HEALTH_STOPS = FILLERS | frozenset(
    "since for and or that which who but now so been also appointment results question questions time number "
    "card problem idea look moment monday tuesday wednesday thursday friday saturday sunday weekend bus train "
    "day".split()
)
HEALTH_WORDS = 3
HEALTH_LEAD_INS = 2
UNKNOWN_REACH = 3  # words
REST_WORDS = 3  # of a name that was garbled into several
REST_STOPS = frozenset("for at on to with my the today yesterday tomorrow now again please you i".split())
LEAD_INS = frozenset("just some a an the my really very this these been also bad severe".split())


def is_about_health(tokens: Sequence[Token]) -> bool:
    """The call is, from here on, one where illnesses are spoken of."""
    return bool(find(HEALTH_TOPIC, tokens))


def health_marks(tokens: Sequence[Token], lists: Lists = NO_LISTS) -> list[Mark]:
    """What a caller says he has or takes, on a call about health."""
    return _told(tokens, HEALTH_CUES, lists) + [
        m for cue in find(TAKING_CUES, tokens) for m in _taken(tokens, cue.last)
    ]


def _taken(tokens: Sequence[Token], first: int) -> list[Mark]:
    """The words from token `first` to the next pause or conjunction, garbled or not."""
    last = first
    while last < len(tokens) and last - first < TAKING_WORDS and tokens[last].text not in AFTER_TAKING:
        last += 1
        if tokens[last - 1].pause and last - first > 1:
            break
    taken = last > first and tokens[first].text not in NOT_TAKEN
    return [Mark(first, last, "MEDICAL", Reason.CUE, 0.5)] if taken else []


def _asks(tokens: Sequence[Token]) -> bool:
    begin = next((t.text for t in tokens if t.text not in {"and", "so", "okay", "ok", "right"}), "")
    return begin in ASKING


def _told(tokens: Sequence[Token], cues: Sequence[str], lists: Lists = NO_LISTS) -> list[Mark]:
    out: list[Mark] = []
    if tokens and (tokens[-1].asks or _asks(tokens)):
        return out  # "does he have any allergies?" tells nothing yet
    for cue in find(cues, tokens):
        if " ".join(t.text for t in tokens[max(0, cue.first - 2) : cue.first]) in ASKED:
            continue  # "... are you taking any medication"
        first = cue.last
        while first < len(tokens) and first - cue.last < HEALTH_LEAD_INS and tokens[first].text in LEAD_INS:
            first += 1
        last = first
        while last < len(tokens) and last - first < HEALTH_WORDS and not _ends_illness(tokens[last]):
            last += 1
            if tokens[last - 1].pause:
                break
        rest = _with_rest(tokens, last) if last > first else last
        last = max(rest, _with_unknown(tokens, last, lists))
        if last > first:
            out.append(Mark(cue.last, last, "MEDICAL", Reason.CUE, 0.5))
    return out


def _with_unknown(tokens: Sequence[Token], at: int, lists: Lists) -> int:
    """The end of what was told up to token `at`, with a word nobody knows close behind: "tons of lightus"."""
    end = at
    for i in range(at, min(at + UNKNOWN_REACH, len(tokens))):
        if i and tokens[i - 1].pause:
            break
        if lists.words and not tokens[i].symbols and not lists.is_ordinary(tokens[i].text):
            end = i + 1
    return end


def _with_rest(tokens: Sequence[Token], at: int) -> int:
    """The end of what was told up to token `at`, with the rest of a garbled name: a word or two to the next pause."""
    end = at
    while end < len(tokens) and end - at < REST_WORDS and not tokens[end - 1].pause:
        if tokens[end].text in AFTER_TAKING | REST_STOPS or tokens[end].text in UNITS:
            return at
        end += 1
    return end if end == len(tokens) or tokens[end - 1].pause else at


def _ends_illness(token: Token) -> bool:
    return token.text in HEALTH_STOPS or token.is_digits or token.text in UNITS


def illness_marks(tokens: Sequence[Token], lists: Lists, *, on_health_call: bool) -> list[Mark]:
    """Illnesses and drugs by name. on_health_call: symptoms tell something too."""
    known = illness_ranges(tokens, on_health_call=on_health_call)
    for i, token in enumerate(tokens):
        two = " ".join(t.text for t in tokens[i : i + 2])
        if " " in two and two in lists.illnesses and not token.pause:
            known.append((i, i + 2))
        if not token.symbols and lists.is_medicine(token.text, by_sound=on_health_call):
            known.append((i, i + 1))
    if on_health_call:
        heard = find(PHRASES, tokens, by_sound=True)
        known += [(m.first, m.last) for m in heard if any(t.text not in FILLERS for t in tokens[m.first : m.last])]
    known += _injuries(tokens)
    return [Mark(a, b, "MEDICAL", Reason.PATTERN, 0.7) for a, b in sorted(set(known))] + _told(tokens, SURE_CUES)


def _injuries(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """ "My wrist is broken", "a sprained ankle", "an operation on her hip"."""
    out = []
    for i, token in enumerate(tokens):
        if token.text not in BODY:
            continue
        near = range(max(0, i - INJURY_TOKENS), min(len(tokens), i + INJURY_TOKENS + 1))
        hurt = [j for j in near if tokens[j].text in INJURIES]
        between = [t for j in hurt for t in tokens[min(i, j) : max(i, j)]]
        owned = token.text in SURE_BODY or (i > 0 and tokens[i - 1].text in OWNERS)
        if hurt and owned and not any(t.stop for t in between):
            out.append((min(i, *hurt), max(i, *hurt) + 1))
    return out
