"""Key-encryption keys in HashiCorp Vault or OpenBao: the transit secrets engine, over its HTTP API.

The key is of type aes256-gcm96; a data key is encrypted there with the context as associated data, and the service's
own text ("vault:v3:...") is what we keep. `kek_id` is key and version, "callshield:v3". The engine's rewrap does not
take associated data (OpenBao 2.5), so a rewrap is a decryption and an encryption; the data key passes through here.

A token that is refused is no lost key: it may be renewed, so it counts as a service that cannot be reached.
"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from pipeline.adapters.audio_files import shown
from pipeline.core.errors import ConfigError, KeyLostError, KeyServiceError
from pipeline.core.messages import WrappedKey

VERSION, ALGORITHM = 3, "A256GCM"
KEY_BYTES = 32
WAIT_S = 5.0  # a call waits for it
CURRENT_S = 5.0  # how long another process's rotation may go unnoticed
TYPE = "aes256-gcm96"
_WRAPPED = re.compile(r"vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/=]{40,200}")
# What does not pass by waiting; the beginning or a part of what Vault and OpenBao say with 400.
_LOST = ("encryption key not found", "invalid ciphertext", "message authentication failed", "too old")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class TransitKeys:
    """Implements ports.key_provider.KeyProvider."""

    kind = "transit"

    def __init__(
        self, url: str, token_file: Path, ca_file: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """url: https://HOST:PORT/MOUNT/KEY. token_file: read for each request, so it may be renewed. Asks nothing yet.

        Raises ConfigError.
        """
        parsed = httpx.URL(url)
        mount, _, self._name = parsed.path.strip("/").rpartition("/")
        if parsed.scheme != "https" and parsed.host not in _LOOPBACK:
            raise ConfigError("CALLSHIELD_KEY_PROVIDER: transit needs https://, its answers are keys")
        if not mount or not self._name:
            raise ConfigError("CALLSHIELD_KEY_PROVIDER: write transit:https://HOST:PORT/MOUNT/KEY")
        self._token_file, self._clock = token_file, clock
        self._token()
        base = parsed.copy_with(path=f"/v1/{mount}/", query=None, fragment=None)
        try:
            trusted = ssl.create_default_context(cafile=ca_file) if ca_file else True
            self._http = httpx.Client(base_url=base, timeout=WAIT_S, verify=trusted, trust_env=False)
        except (OSError, ValueError):
            raise ConfigError("CALLSHIELD_KEY_PROVIDER_CA_FILE: no certificates can be read from it") from None
        self._lock = threading.Lock()
        self._latest, self._asked_s = 0, -CURRENT_S

    def current(self) -> str:
        """See KeyProvider."""
        with self._lock:
            known, asked_s = self._latest, self._asked_s
        if not known or self._clock() - asked_s > CURRENT_S:
            told = self._ask("GET", f"keys/{self._name}")
            known = told.get("latest_version", 0)
            if told.get("type") != TYPE or type(known) is not int or known < 1:
                raise KeyLostError(f"transit key {self._name}: its type must be {TYPE}; make another")
            self._know(known)
        return self._kek(known)

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """See KeyProvider."""
        if len(data_key) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        self.current()  # to encrypt under a name that is not there would make a key of it
        plain = {"plaintext": _text(data_key), "associated_data": _text(context)}
        told = str(self._ask("POST", f"encrypt/{self._name}", plain).get("ciphertext"))
        if (found := _WRAPPED.fullmatch(told)) is None:
            raise KeyServiceError("transit gave an answer that is none; is it Vault or OpenBao?")
        self._know(int(found[1]))
        return WrappedKey(self._kek(int(found[1])), told.encode(), ALGORITHM, VERSION)

    def unwrap(self, key: WrappedKey, context: bytes) -> bytes:
        """See KeyProvider."""
        if (key.version, key.algorithm) != (VERSION, ALGORITHM) or key.kek_id.rpartition(":")[0] != self._name:
            raise KeyLostError(f"a data key under {key.kek_id} is not of transit key {self._name}: another provider?")
        ciphertext = key.wrapped.decode("ascii", "replace")
        if _WRAPPED.fullmatch(ciphertext) is None:
            raise KeyLostError(f"transit key {self._name}: a data key is not as transit gave it: it was changed")
        plain = {"ciphertext": ciphertext, "associated_data": _text(context)}
        told = self._ask("POST", f"decrypt/{self._name}", plain).get("plaintext")
        try:
            data_key = base64.b64decode(str(told), validate=True)
        except binascii.Error:
            data_key = b""
        if len(data_key) != KEY_BYTES:
            raise KeyServiceError("transit gave an answer that is none; is it Vault or OpenBao?")
        return data_key

    def rewrap(self, key: WrappedKey, context: bytes) -> WrappedKey:
        """See KeyProvider."""
        return key if key.kek_id == self.current() else self.wrap(self.unwrap(key, context), context)

    def rotate(self) -> str:
        """See KeyProvider."""
        self._ask("POST", f"keys/{self._name}/rotate", {})
        with self._lock:
            self._latest = 0
        return self.current()

    def _kek(self, version: int) -> str:
        return f"{self._name}:v{version}"

    def _know(self, version: int) -> None:
        with self._lock:
            self._latest, self._asked_s = max(self._latest, version), self._clock()

    def _token(self) -> str:
        path = self._token_file
        try:
            mode, token = path.stat().st_mode, path.read_text("ascii").strip()
        except (OSError, UnicodeError):
            raise ConfigError(f"{shown(path)}: the token for transit cannot be read; write it there") from None
        if not token:
            raise ConfigError(f"{shown(path)}: the token for transit is empty; write it there")
        if mode & (stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP):
            raise ConfigError(f"{shown(path)}: others may read the token; run: chmod 600 {shown(path)}")
        return token

    def _ask(self, method: str, path: str, plain: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true"}
            answer = self._http.request(method, path, json=plain, headers=headers)
            told = answer.json() if answer.content else {}
        except ConfigError as error:  # the token is being replaced, or was lost while we run
            raise KeyServiceError(str(error)) from None
        except (httpx.HTTPError, ValueError) as error:
            raise KeyServiceError(f"transit cannot be reached ({type(error).__name__}); see that it runs") from None
        if answer.is_success and isinstance(told, dict):
            data = told.get("data")
            return data if isinstance(data, dict) else {}
        raise self._refused(method, path, answer.status_code, told)

    def _refused(self, method: str, path: str, status: int, told: Any) -> KeyLostError | KeyServiceError:
        """Lost is only what is known to be; all else may pass."""
        errors = " ".join(map(str, told.get("errors") or ())) if isinstance(told, dict) else "?"
        if status == 400 and any(text in errors for text in _LOST):
            return KeyLostError(
                f"transit key {self._name}: a data key does not open: another call's, or the key is gone"
            )
        if status == 404 and method == "GET" and not errors:
            return KeyLostError(f"transit key {self._name} is not there; make it, of type {TYPE}")
        if status == 403:
            return KeyServiceError("transit refuses our token: renew it, and let its policy allow the key")
        return KeyServiceError(f"transit answers {status} to {path.partition('/')[0]}; is it running and unsealed?")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
