"""Key-encryption keys in AWS KMS. Region and credentials are those of the AWS SDK (its variables, files, roles).

A data key is encrypted by KMS with a hash of the context as encryption context: AWS writes that into its own trail in
clear. `kek_id` is the ARN of the key. With an alias, rotation is a new key that the alias then names.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import ConfigError, KeyLostError, KeyServiceError
from pipeline.core.messages import WrappedKey

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

VERSION, ALGORITHM = 4, "A256GCM"
KEY_BYTES = 32
WAIT_S, TRIES = 5, 2  # a call waits for it
CURRENT_S = 5.0  # how long another process's rotation may go unnoticed
ALIAS = "alias/"
# What does not pass by waiting. A key that is disabled, or an identity that lost its right, may come back.
_LOST = {"InvalidCiphertextException", "IncorrectKeyException", "NotFoundException", "KMSInvalidStateException"}


class AwsKmsKeys:
    """Implements ports.key_provider.KeyProvider."""

    kind = "aws-kms"

    def __init__(self, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        """key: id, ARN or alias ("alias/callshield"). Asks nothing yet. Raises ConfigError."""
        import boto3  # noqa: PLC0415 - half a second, for those who use it
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        self._errors: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        waits = Config(connect_timeout=WAIT_S, read_timeout=WAIT_S, retries={"total_max_attempts": TRIES})
        try:
            self._kms: Any = boto3.client("kms", config=waits)
        except BotoCoreError as error:
            raise ConfigError(f"AWS KMS: {type(error).__name__}: set AWS_REGION and credentials of the SDK") from None
        self._key, self._clock, self._lock = key, clock, threading.Lock()
        self._arn, self._asked_s = "", -CURRENT_S

    def current(self) -> str:
        """See KeyProvider."""
        with self._lock:
            arn, asked_s = self._arn, self._asked_s
        if not arn or self._clock() - asked_s > CURRENT_S:
            arn = str(self._ask("describe_key", KeyId=self._key)["KeyMetadata"]["Arn"])
            with self._lock:
                self._arn, self._asked_s = arn, self._clock()
        return arn

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """See KeyProvider."""
        if len(data_key) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        told = self._ask("encrypt", KeyId=self._key, Plaintext=data_key, EncryptionContext=_context(context))
        return WrappedKey(str(told["KeyId"]), told["CiphertextBlob"], ALGORITHM, VERSION)

    def unwrap(self, key: WrappedKey, context: bytes) -> bytes:
        """See KeyProvider."""
        self._ours(key)
        told = self._ask("decrypt", KeyId=key.kek_id, CiphertextBlob=key.wrapped, EncryptionContext=_context(context))
        return bytes(told["Plaintext"])

    def rewrap(self, key: WrappedKey, context: bytes) -> WrappedKey:
        """See KeyProvider. The data key does not leave KMS."""
        self._ours(key)
        arn = self.current()
        if key.kek_id == arn:
            return key
        told = self._ask(
            "re_encrypt", CiphertextBlob=key.wrapped, SourceKeyId=key.kek_id, SourceEncryptionContext=_context(context),
            DestinationKeyId=arn, DestinationEncryptionContext=_context(context),
        )  # fmt: skip
        return WrappedKey(arn, told["CiphertextBlob"], ALGORITHM, VERSION)

    def rotate(self) -> str:
        """See KeyProvider. Raises ConfigError if the key was not named by an alias."""
        alias = self._key[self._key.find(ALIAS) :] if ALIAS in self._key else ""
        if not alias:
            raise ConfigError("CALLSHIELD_KEY_PROVIDER: to rotate, name the key by an alias: aws-kms:alias/NAME")
        made = self._ask("create_key", Description="CallShield: wraps data keys of stored calls")["KeyMetadata"]
        self._ask("update_alias", AliasName=alias, TargetKeyId=made["KeyId"])
        with self._lock:
            self._arn = ""
        return self.current()

    def _ours(self, key: WrappedKey) -> None:
        if (key.version, key.algorithm) != (VERSION, ALGORITHM):
            raise KeyLostError(f"key envelope {key.version}/{key.algorithm} is not of AWS KMS: another provider?")

    def _ask(self, what: str, **fields: Any) -> Any:
        try:
            return getattr(self._kms, what)(**fields)
        except self._errors as error:
            raise _told(what, error) from None


def _told(what: str, error: Exception | ClientError) -> KeyLostError | KeyServiceError:
    code = str(getattr(error, "response", {}).get("Error", {}).get("Code", "")) or type(error).__name__
    if code in _LOST:
        return KeyLostError(f"AWS KMS: {what}: {code}: another call's data key, or the key is gone")
    return KeyServiceError(f"AWS KMS: {what}: {code}; see that it can be reached and allows us the key")


def _context(context: bytes) -> dict[str, str]:
    return {"callshield": hashlib.sha256(context).hexdigest()}
