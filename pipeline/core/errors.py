"""The one error tree. Every error is one line that says what is wrong and what to do.

CallShieldError
├── InputError          the audio or path given cannot be used               exit 2
├── ConfigError         a setting, policy or option is wrong                 exit 2
├── ModelError          weights are missing, unknown or do not verify        exit 2
├── OutputError         the result cannot be written                         exit 2
└── EngineError         the recogniser failed in mid-call                    exit 3
"""


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


class EngineError(CallShieldError):
    """The recogniser failed in mid-call. No output of that call exists."""

    exit_code = 3
