"""What is fixed when a call starts, and the key its messages are sealed under."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.core.pseudonym import Label


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The data key of one call, encrypted under a key-encryption key: whoever has that one can read the call.

    version: of this form. algorithm: what the data key is used with. kek_id: which key-encryption key.
    """

    kek_id: str
    wrapped: bytes = field(repr=False)
    algorithm: str = "A256GCM"
    version: int = 1


@dataclass(frozen=True, slots=True)
class Head:
    """What is fixed when a call starts and travels with each of its messages.

    pin: sha256 of the `Pin` (policies, detector, engine, model) this call is judged by to its end. fleet: the
    workers that judge it. rate in Hz. trace: W3C traceparent, or empty. jurisdiction: codes by commas, or empty.
    labels: pseudonyms of who takes part; nothing in clear. language: spoken, if told.
    """

    tenant: str
    call: str
    fleet: str
    pin: str
    rate: int
    channels: int
    started_ms: int
    key: WrappedKey
    trace: str = ""
    jurisdiction: str = ""
    labels: tuple[Label, ...] = ()
    language: str = ""

    @property
    def subject(self) -> str:
        """Tenant and call id: the Kafka key, so that all of a call is in one partition."""
        return f"{self.tenant}/{self.call}"
