"""Operator tokens: JSON Web Tokens signed by a local issuer (EdDSA), short-lived, revocable.

issuer.pem          private key of the issuer, only where tokens are issued
issuer.pub          public key, wherever commands are run
issuer.pub.revoked  beside it: what was revoked, itself a token of the issuer; without it no token is believed
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.adapters.audio_files import not_written, shown
from pipeline.adapters.ed25519 import key_id, public_pem, read_private, read_public, write_new, write_private
from pipeline.core.errors import ConfigError, RefusedError
from pipeline.core.operator import NAME, PURPOSE, Operator, Role

HOURS_MAX = 12
ISSUER, AUDIENCE, REVOKED = "callshield", "callshield.operator", "callshield.revoked"
SKEW_S = 60  # clocks of issuer and user may differ by this much
TOKEN_BYTES_MAX = 8_192
_CLAIMS = ["iss", "aud", "sub", "iat", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class Revoked:
    """tokens: id -> when it would have ended (s). operators: name -> tokens issued before then (s) are void."""

    tokens: dict[str, int] = field(default_factory=dict)
    operators: dict[str, int] = field(default_factory=dict)


class TokenRefusedError(RefusedError):
    """A token that is not believed. code: why, for the audit log; who: the operator, if the signature was good."""

    def __init__(self, code: str, text: str, who: str = "unknown") -> None:
        super().__init__(text)
        self.code, self.who = code, who


def revoked_path(public_file: Path) -> Path:
    """Where the revocation list of an issuer lies."""
    return public_file.with_name(public_file.name + ".revoked")


class Issuer:
    """Who makes tokens, and takes them back."""

    def __init__(self, key_file: Path) -> None:
        """Raises ConfigError if the key cannot be used."""
        self._key: Ed25519PrivateKey = read_private(key_file)
        self.id = key_id(self._key.public_key())

    @classmethod
    def create(cls, key_file: Path, public_file: Path) -> Issuer:
        """A new one, with an empty revocation list. Raises ConfigError if a file is there already, OutputError."""
        for path in (key_file, public_file, revoked_path(public_file)):
            if path.exists():
                raise ConfigError(f"{shown(path)} exists; move it away to make another issuer (its tokens end)")
        write_private(key_file, Ed25519PrivateKey.generate())
        issuer = cls(key_file)
        write_new(public_file, public_pem(issuer._key.public_key()), 0o644)
        issuer.write_revoked(public_file, Revoked(), now_s=0)
        return issuer

    def issue(
        self, name: str, roles: Sequence[Role], purposes: Sequence[str], *, hours: float, now_s: int
    ) -> tuple[str, str]:
        """The token and its id. Raises ConfigError."""
        if not NAME.fullmatch(name):
            raise ConfigError("--name: small letters, digits and . _ -, a letter first, 64 at most")
        if not roles or not all(PURPOSE.fullmatch(p) for p in purposes):
            raise ConfigError("a token needs a role; purposes are small letters, digits and dashes")
        if not 0 < hours <= HOURS_MAX:
            raise ConfigError(f"--hours: more than 0, up to {HOURS_MAX}")
        token_id = secrets.token_hex(8)
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": name, "jti": token_id, "iat": now_s,
            "exp": now_s + int(hours * 3600), "roles": sorted(set(roles)), "purposes": sorted(set(purposes)),
        }  # fmt: skip
        return self._encode(claims), token_id

    def write_revoked(self, public_file: Path, revoked: Revoked, now_s: int) -> None:
        """Replace the revocation list; what ended long ago is left out. Raises OutputError."""
        tokens = {name: end for name, end in revoked.tokens.items() if end + SKEW_S > now_s}
        text = self._encode(
            {"iss": ISSUER, "aud": REVOKED, "iat": now_s, "tokens": tokens, "operators": revoked.operators}
        )
        path = revoked_path(public_file)
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        write_new(part, text.encode(), 0o644)
        try:
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise not_written(path, error) from None

    def _encode(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.id})


class Tokens:
    """Who believes tokens of one issuer."""

    def __init__(self, public_file: Path) -> None:
        """Raises ConfigError if the public key cannot be used."""
        self._file = public_file
        self._key = read_public(public_file)

    def operator(self, token: str, now_s: int) -> Operator:
        """Who has this token. Raises TokenRefusedError."""
        claims = self._claims(token)
        who = str(claims["sub"])
        made_s, end_s = claims["iat"], claims["exp"]
        if now_s >= end_s:
            raise TokenRefusedError("expired", "the token has ended; ask for another: callshield tokens issue", who)
        if made_s > now_s + SKEW_S:
            raise TokenRefusedError("early", "the token was issued in the future; set the clock of this machine", who)
        revoked = self.revoked()
        if claims["jti"] in revoked.tokens or made_s < revoked.operators.get(who, 0):
            raise TokenRefusedError("revoked", "the token was revoked; ask for another: callshield tokens issue", who)
        return Operator(
            who, frozenset(Role(r) for r in claims["roles"]), frozenset(claims["purposes"]), claims["jti"],
            end_s * 1000, made_s * 1000,
        )  # fmt: skip

    def revoked(self) -> Revoked:
        """What was revoked. Raises TokenRefusedError if no list of this issuer is there: then nobody is believed."""
        path = revoked_path(self._file)
        try:
            plain = self._decode(path.read_text("ascii"), REVOKED, ["iss", "aud", "iat"])
            return Revoked(dict(plain["tokens"]), dict(plain["operators"]))
        except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError):
            raise TokenRefusedError(
                "revocations", f"{shown(path)}: no revocation list of this issuer; copy it from where tokens are issued"
            ) from None

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = self._decode(token, AUDIENCE, _CLAIMS)
            good = isinstance(claims["sub"], str) and NAME.fullmatch(claims["sub"]) is not None
            good = good and type(claims["iat"]) is int and type(claims["exp"]) is int
            good = good and 0 < claims["exp"] - claims["iat"] <= HOURS_MAX * 3600
            good = good and all(r in set(Role) for r in claims["roles"]) and len(claims["roles"]) > 0
            good = good and all(PURPOSE.fullmatch(p) for p in claims["purposes"])
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            good = False
        if not good:
            raise TokenRefusedError("forged", "this is no token of our issuer; ask for one: callshield tokens issue")
        return claims

    def _decode(self, text: str, audience: str, require: list[str]) -> dict[str, Any]:
        if len(text) > TOKEN_BYTES_MAX and audience == AUDIENCE:
            raise ValueError("too long for a token")
        # Times are compared by us, with the clock that we are given.
        return jwt.decode(
            text.strip(), self._key, algorithms=["EdDSA"], audience=audience, issuer=ISSUER,
            options={"require": require, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )  # fmt: skip


def read_token(path: Path) -> str:
    """The token of a file that its owner alone may read. Raises TokenRefusedError."""
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            text = file.read(TOKEN_BYTES_MAX + 1).decode("ascii").strip()
    except (OSError, UnicodeError):
        text = f"{shown(path)}: the token cannot be read; ask for one: callshield tokens issue"
        raise TokenRefusedError("missing", text) from None
    if mode & 0o077:
        raise TokenRefusedError("mode", f"{shown(path)}: others may read the token; run: chmod 600 {shown(path)}")
    return text
