"""The part of a policy file that says what to look for, hide or leave alone by words of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.adapters.yaml_lines import Entry, meant, word
from pipeline.core.entities import CUSTOM, KEYPAD, NAMES, UNJUDGED
from pipeline.core.errors import ConfigError
from pipeline.core.terms import (
    NAME,
    RECOGNISERS_MAX,
    TERMS_MAX,
    WITHIN_S,
    WITHIN_S_MAX,
    Recogniser,
    Term,
    Terms,
    pattern_problem,
    phrase_problem,
    tenants_problem,
)

KEYS = ("custom", "allow", "deny")
_RECOGNISER = ("name", "entity", "phrases", "pattern", "whole", "context", "within_s", "tenants")
_FINDABLE = sorted(NAMES - {KEYPAD, UNJUDGED})


def terms_of(fields: Mapping[str, Entry]) -> Terms:
    """The terms of a file. fields: its keys. Raises ConfigError that names file and line."""
    custom = _recognisers(fields["custom"]) if "custom" in fields else ()
    allow, deny = (_terms(fields[key]) if key in fields else () for key in ("allow", "deny"))
    try:
        return Terms(custom, allow, deny)
    except ConfigError as error:
        first = next(fields[key] for key in KEYS if key in fields)
        raise first.fail(str(error)) from None


def check_heard(fields: Mapping[str, Entry], keeps: Callable[[str], bool]) -> None:
    """Raises ConfigError if what the file wants hidden is of a kind its policy lets pass. keeps: by entity."""
    mend = "hide that under entities"
    if "deny" in fields and keeps(CUSTOM):
        raise fields["deny"].fail(f"deny hides as {CUSTOM}, and this policy lets {CUSTOM} pass; {mend}")
    for item in fields["custom"].items("recogniser") if "custom" in fields else ():
        below = item.fields("key", _RECOGNISER)
        entity = below["entity"].text() if "entity" in below else CUSTOM
        if keeps(entity):
            raise item.fail(f"it hides as {entity}, and this policy lets {entity} pass; {mend}, or choose another")


def _recognisers(entry: Entry) -> tuple[Recogniser, ...]:
    out: list[Recogniser] = []
    for item in _few(entry, "recogniser", RECOGNISERS_MAX):
        recogniser = _recogniser(item)
        if any(recogniser.name == other.name for other in out):
            raise item.fail(f"a second recogniser{word(recogniser.name)}; give it another name")
        out.append(recogniser)
    return tuple(out)


def _recogniser(item: Entry) -> Recogniser:
    fields = item.fields("key", _RECOGNISER)
    if "name" not in fields:
        raise item.fail("a recogniser without a name; give it one, such as LOYALTY_NUMBER")
    name = fields["name"].text()
    if not NAME.fullmatch(name):
        raise fields["name"].fail("name must be up to 64 capitals, digits and _, a letter first")
    pattern = fields["pattern"].text() if "pattern" in fields else ""
    if pattern and (problem := pattern_problem(pattern)):
        raise fields["pattern"].fail(problem)
    phrases = _phrases(fields["phrases"]) if "phrases" in fields else ()
    if not phrases and not pattern:
        raise item.fail(f"{name} finds nothing; give it phrases, a pattern or both")
    if "within_s" in fields and "context" not in fields:
        raise fields["within_s"].fail("within_s goes with context only")
    if "whole" in fields and not pattern:
        raise fields["whole"].fail("whole goes with pattern only")
    return Recogniser(
        name,
        _entity(fields["entity"]) if "entity" in fields else CUSTOM,
        phrases,
        pattern,
        whole="whole" in fields and fields["whole"].choice("switch", ("on", "off")) == "on",
        context=_phrases(fields["context"]) if "context" in fields else (),
        within_s=_within(fields["within_s"]) if "within_s" in fields else WITHIN_S,
        tenants=_tenants(fields["tenants"]) if "tenants" in fields else (),
    )


def _entity(entry: Entry) -> str:
    name = entry.text()
    if name not in _FINDABLE:
        hint = meant(name, _FINDABLE) or "; callshield policy show lists them"
        raise entry.fail(f"entity{word(name)} is none that words can be{hint}")
    return name


def _terms(entry: Entry) -> tuple[Term, ...]:
    return tuple(_term(item) for item in _few(entry, "phrase", TERMS_MAX))


def _term(item: Entry) -> Term:
    if isinstance(item.value, str):
        return Term(_phrase(item))
    fields = item.fields("key", ("phrase", "tenants"))
    if "phrase" not in fields:
        raise item.fail("phrase is missing; write the phrase itself, or {phrase: ..., tenants: [...]}")
    return Term(_phrase(fields["phrase"]), _tenants(fields["tenants"]) if "tenants" in fields else ())


def _phrases(entry: Entry) -> tuple[str, ...]:
    items = _few(entry, "phrase", TERMS_MAX)
    if not items:
        raise entry.fail(f"{entry.key} is empty; give a phrase, or leave the key out")
    return tuple(_phrase(item) for item in items)


def _phrase(entry: Entry) -> str:
    text = entry.text()
    if problem := phrase_problem(text):
        raise entry.fail(problem)
    return text


def _tenants(entry: Entry) -> tuple[str, ...]:
    tenants = tuple(item.text() for item in _few(entry, "tenant", TERMS_MAX))
    if not tenants:
        raise entry.fail("tenants is empty: that would be nobody; give one, or leave the key out for all")
    if problem := tenants_problem(tenants):
        raise entry.fail(problem)
    return tenants


def _within(entry: Entry) -> int:
    if not 1 <= (within_s := entry.whole()) <= WITHIN_S_MAX:
        raise entry.fail(f"within_s must be a whole number from 1 to {WITHIN_S_MAX}")
    return within_s


def _few(entry: Entry, kind: str, most: int) -> tuple[Entry, ...]:
    items = entry.items(kind)
    if len(items) > most:
        raise items[most].fail(f"more than {most} in {entry.key}")
    return items
