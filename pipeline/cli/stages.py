"""From settings to stages: what each needs, made once per worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.adapters import chat_intake
from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.consent_file import find_rules
from pipeline.adapters.detector import detector_sha256, text_detector_sha256
from pipeline.adapters.intake import from_record
from pipeline.adapters.intake_seal import PrivateKey, load_private_key
from pipeline.adapters.keyring import Keyring
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.objects import batch_ms
from pipeline.adapters.profiles import ProfileKeys
from pipeline.adapters.provenance import release
from pipeline.adapters.pseudonym_keys import PseudonymKeys
from pipeline.adapters.resample import Resampler
from pipeline.adapters.shelf import ObjectShelf
from pipeline.adapters.tally import SqliteTally
from pipeline.adapters.vault import ObjectVault
from pipeline.adapters.wire import Raw, Wire
from pipeline.cli.custody import audit_log
from pipeline.cli.engines import engine_identity, load_engine
from pipeline.cli.holdings import index, sealed_calls
from pipeline.cli.proving import STORAGE, Prover, StoreProof, second_engine
from pipeline.cli.redact import find_policy, parse_roles
from pipeline.cli.topics import purposes_named, topic_table
from pipeline.core.consent_rules import Rules
from pipeline.core.errors import ConfigError
from pipeline.core.messages import Judgement, Message
from pipeline.core.pin import Pin
from pipeline.core.topics import CHAT, INTAKE, VERDICTS
from pipeline.ports.lane import Meter, Pins, Spec
from pipeline.settings import Settings
from pipeline.stages import analytics, chat, hear, identify, store, vault
from pipeline.stages.accept import AcceptLane
from pipeline.stages.analytics import AnalyticsLane
from pipeline.stages.chat import ChatLane
from pipeline.stages.hear import HearLane
from pipeline.stages.identify import IdentifyLane
from pipeline.stages.mask import Budget, MaskLane
from pipeline.stages.store import StoreLane
from pipeline.stages.vault import VaultLane

MB = 1 << 20


def purposes(settings: Settings) -> dict[str, str]:
    """Policy name by purpose, of "storage=default,analytics=pci". Raises ConfigError."""
    found = dict(purposes_named(settings))
    for purpose, policy in found.items():
        if not policy:
            raise ConfigError(f"CALLSHIELD_PURPOSES: {purpose!a}: write purpose=policy, such as storage=default")
    return found


def pin(settings: Settings) -> Pin:
    """What calls that start now are judged by. Raises ConfigError or ModelError."""
    engine = engine_identity(settings.engine, settings.language, ModelStore(settings.models_dir))
    made = Pin(
        {purpose: find_policy(policy) for purpose, policy in purposes(settings).items()},
        parse_roles(settings.roles, "CALLSHIELD_ROLES"),
        detector_sha256(),
        engine.engine,
        engine.engine_version,
        engine.model,
        engine.language,
        engine.sha256,
        release(),
        consent_rules(settings),
    )
    made.check_size()
    made.check_vault()
    return made


def text_pin(settings: Settings) -> Pin:
    """What conversations that start now are judged by. Raises ConfigError."""
    policies = {purpose: find_policy(policy) for purpose, policy in purposes(settings).items()}
    made = Pin(policies, (), text_detector_sha256(), "text", "", "", "en", "", release(), consent_rules(settings))
    made.check_size()
    return made


def consent_rules(settings: Settings) -> Rules | None:
    """Who needs what before it may have a call; None: nobody asks. Raises ConfigError."""
    return find_rules(settings.consent_rules) if settings.consent_rules else None


def keyring(settings: Settings) -> Keyring:
    """The keys. Raises ConfigError if none are set up."""
    if settings.keys_file is None:
        raise ConfigError("CALLSHIELD_KEYS_FILE is not set; make keys with: callshield keys create FILE, and name it")
    return Keyring(settings.keys_file)


@dataclass(frozen=True)
class Codec:
    """Bytes and messages: our own topics by the wire format, those others write by their contracts."""

    wire: Wire
    private_key: PrivateKey | None

    def encode(self, topic: str, message: Message) -> Raw:
        """See Wire.encode."""
        return self.wire.encode(topic, message)

    def decode(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Message:
        """See Wire.decode, intake.from_record and chat_intake.from_record."""
        if topic == INTAKE:
            return from_record(key, value, headers, self.private_key)
        if topic == CHAT:
            return chat_intake.from_record(key, value, headers, self.private_key)
        return self.wire.decode(topic, value, headers)


def codec(settings: Settings, keys: Keyring, stage: str) -> Codec:
    """What this stage reads and writes with."""
    path = settings.intake_key_file
    return Codec(Wire(topic_table(settings), keys, stage), load_private_key(path) if path else None)


def spec(stage: str, settings: Settings, *, pin_sha256: str, keys: Keyring, pins: Pins, meter: Meter) -> Spec:
    """A stage as its runner takes it. Loads what it needs, such as the recogniser. Raises ConfigError, ModelError."""
    makers: dict[str, Callable[..., Spec]] = {
        "accept": _accept, "hear": _hear, "identify": _identify, "mask": _mask, "store": _store,
        "analytics": _analytics, "chat": _chat, "vault": _vault,
    }  # fmt: skip
    return makers[stage](settings, pin_sha256=pin_sha256, keys=keys, pins=pins, meter=meter)


def _accept(settings: Settings, *, pin_sha256: str, keys: Keyring, meter: Meter, **_: Any) -> Spec:
    tenants = _tenants(settings)
    rules = consent_rules(settings)
    pseudonyms = PseudonymKeys(settings.pseudonym_key_file) if settings.pseudonym_key_file else None
    known = tuple(purposes(settings))

    def make(partition: int, _: Iterable[Message]) -> AcceptLane:
        return AcceptLane(
            pin=pin_sha256, fleet=settings.fleet, tenants=tenants, idle_ms=settings.call_idle_s * 1000,
            reorder_ms=settings.reorder_ms, keys=keys, meter=meter, partition=partition, rules=rules,
            purposes=known, pseudonyms=pseudonyms,
        )  # fmt: skip

    return Spec("accept", AcceptLane.INPUTS, make, keeps_state=True)


def _tenants(settings: Settings) -> frozenset[str]:
    return frozenset(name.strip() for name in settings.tenants.split(",") if name.strip())


def _hear(settings: Settings, *, pins: Pins, meter: Meter, **_: Any) -> Spec:
    engine = load_engine(settings.engine, settings.language, ModelStore(settings.models_dir), settings.threads)

    def make(_p: int, _b: Iterable[Message]) -> HearLane:
        return HearLane(fleet=settings.fleet, engine=engine, resampler=Resampler, pins=pins, meter=meter)

    return Spec("hear", hear.INPUTS, make, keeps_state=True, jobs_max=engine.side_by_side)


def _identify(settings: Settings, *, pins: Pins, meter: Meter, **_: Any) -> Spec:
    detector, aids = detector_sha256(), loaded_aids()
    profiles = ProfileKeys(settings.profile_key_file) if settings.profile_key_file else None

    def make(_p: int, published: Iterable[Message]) -> IdentifyLane:
        first: dict[str, int] = {}
        for item in published:
            if isinstance(item, Judgement) and item.sequence >= 0:
                first[item.head.subject] = max(first.get(item.head.subject, 0), item.sequence + 1)
        return IdentifyLane(
            fleet=settings.fleet, detector=detector, pins=pins, aids=aids, meter=meter, first_sequence=first,
            profiles=profiles,
        )  # fmt: skip

    return Spec("identify", identify.INPUTS, make, keeps_state=True, reads_back=VERDICTS)


def _mask(settings: Settings, *, pins: Pins, meter: Meter, **_: Any) -> Spec:
    budget, known = Budget(settings.held_mb_max * MB), tuple(purposes(settings))

    def make(_p: int, _b: Iterable[Message]) -> MaskLane:
        return MaskLane(
            fleet=settings.fleet, purposes=known, pins=pins, held_ms_max=settings.held_s_max * 1000, budget=budget,
            meter=meter,
        )  # fmt: skip

    return Spec("mask", MaskLane.INPUTS, make)


def _store(settings: Settings, *, pins: Pins, meter: Meter, **_: Any) -> Spec:
    proof = _proof(settings, pins) if settings.store_proof == "on" else None
    calls = sealed_calls(settings)
    shelf = ObjectShelf(
        calls, index(settings), audit_log(settings), proof, [name for name, _ in purposes_named(settings)]
    )
    size_ms = batch_ms(calls.objects)

    def make(partition: int, _: Iterable[Message]) -> StoreLane:
        return StoreLane(shelf=shelf, meter=meter, batch_ms=size_ms, partition=partition)

    plain = Spec("store", store.INPUTS, make)
    return plain if proof is None else replace(plain, stop=proof.stop)


def _proof(settings: Settings, pins: Pins) -> StoreProof:
    """What hears stored calls again. One thread stays for the shelf, if there are two."""
    models = ModelStore(settings.models_dir)
    slots = max(1, settings.threads - 1)
    engine = second_engine(settings.proof_engine, settings.engine, settings.language, models, slots)
    policy = find_policy(purposes(settings).get(STORAGE, settings.policy))
    return StoreProof(Prover(engine), pins, policy, slots)


def _analytics(settings: Settings, *, meter: Meter, **_: Any) -> Spec:
    tally = SqliteTally(settings.analytics_db)

    def make(partition: int, _: Iterable[Message]) -> AnalyticsLane:
        return AnalyticsLane(tally=tally, meter=meter, partition=partition)

    return Spec("analytics", analytics.INPUTS, make)


def _chat(settings: Settings, *, pin_sha256: str, keys: Keyring, pins: Pins, meter: Meter, **_: Any) -> Spec:
    from pipeline.adapters.written_presidio import Analyzer  # noqa: PLC0415 - seconds of loading no other stage pays for

    detector, known, tenants = text_detector_sha256(), tuple(purposes(settings)), _tenants(settings)
    aids, finders, rules = loaded_aids(), (Analyzer(),), consent_rules(settings)

    def make(partition: int, _: Iterable[Message]) -> ChatLane:
        return ChatLane(
            pin=pin_sha256, detector=detector, pins=pins, fleet=settings.fleet, purposes=known, tenants=tenants,
            idle_ms=settings.chat_idle_s * 1000, reorder_ms=settings.reorder_ms, keys=keys, aids=aids,
            finders=finders, meter=meter, partition=partition, rules=rules,
        )  # fmt: skip

    return Spec("chat", chat.INPUTS, make, keeps_state=True)


def _vault(settings: Settings, *, pins: Pins, meter: Meter, **_: Any) -> Spec:
    kept = ObjectVault(sealed_calls(settings), index(settings))

    def make(partition: int, _: Iterable[Message]) -> VaultLane:
        return VaultLane(vault=kept, pins=pins, meter=meter, partition=partition)

    return Spec("vault", vault.INPUTS, make)
