"""The one error tree. Every error is one line that says what is wrong and what to do.

CallShieldError
├── InputError          the audio or path given cannot be used               exit 2
├── ConfigError         a setting, policy or option is wrong                 exit 2
├── ModelError          weights are missing, unknown or do not verify        exit 2
├── OutputError         the result cannot be written                         exit 2
│   └── OverwriteError  the object store would write over what lies there    exit 2
├── BrokerError         Kafka cannot be reached, or its topics are wrong     exit 4
├── KeyLostError        the key of a call cannot be had                      exit 4
├── KeyServiceError     who holds the keys cannot be reached                 exit 4
├── RefusedError        who asks may not do that                             exit 6
├── TamperedError       something kept is not what was written               exit 5
├── WireError           a message cannot be read                             dead letter
├── EngineError         the recogniser failed in mid-call                    exit 3
└── AudibleError        a redacted recording failed its proof                exit 5
"""

from typing import Any


class CallShieldError(Exception):
    """Base of all errors this program raises on purpose. `exit_code` is what the command returns."""

    exit_code = 1


class InputError(CallShieldError):
    """The audio or the path given cannot be used."""

    exit_code = 2


class ConfigError(CallShieldError):
    """A setting, a policy or an option is wrong."""

    exit_code = 2


class ModelError(CallShieldError):
    """Model weights are missing, unknown, or not the ones that were registered."""

    exit_code = 2


class OutputError(CallShieldError):
    """The result cannot be written. Nothing partial is left behind."""

    exit_code = 2


class OverwriteError(OutputError):
    """The object store does not refuse to write over what lies there. Nothing is kept in it."""


class EngineError(CallShieldError):
    """The recogniser failed in mid-call. No output of that call exists."""

    exit_code = 3


class AudibleError(CallShieldError):
    """Something sensitive is still audible in a redacted recording, or it is not what its report says."""

    exit_code = 5


class BrokerError(CallShieldError):
    """Kafka cannot be reached, refuses us, or its topics are not what they must be."""

    exit_code = 4


class KeyLostError(CallShieldError):
    """The key-encryption key of a call is not at hand: nobody can read it any more."""

    exit_code = 4


class KeyServiceError(CallShieldError):
    """Who holds the key-encryption keys cannot be reached. Nothing is lost: try again."""

    exit_code = 4


class RefusedError(CallShieldError):
    """Who asks has no valid token, or not the role, purpose or approval that this takes."""

    exit_code = 6


class TamperedError(CallShieldError):
    """A sealed object, a manifest or the audit log is not what was written."""

    exit_code = 5


class WireError(CallShieldError):
    """A message cannot be read. `reason` is the code its dead letter carries; the rest is what could be read: head is
    the `Head` of its call, or None.
    """

    exit_code = 4

    def __init__(
        self,
        reason: str,
        text: str,
        *,
        tenant: str = "",
        call: str = "",
        sequence: int = -1,
        start_sample: int = -1,
        head: Any = None,
    ) -> None:
        super().__init__(text)
        self.reason, self.head = reason, head
        self.tenant, self.call = tenant, call
        self.sequence, self.start_sample = sequence, start_sample
