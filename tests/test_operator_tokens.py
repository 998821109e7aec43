"""Operator tokens: only ours, only while they last, only for what they say; every refusal is written down."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
from command import Result, here
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.ed25519 import read_private
from pipeline.adapters.operator_tokens import Issuer, TokenRefusedError, Tokens, revoked_path
from pipeline.cli.acting import acting
from pipeline.core.audit import Entry
from pipeline.core.errors import CallShieldError, ConfigError, InputError, OutputError, RefusedError
from pipeline.core.operator import Role
from pipeline.settings import Settings

NOW_S = 1_800_000_000


@dataclass(frozen=True)
class Office:
    """An issuer, and a machine where commands are run."""

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        return {
            "CALLSHIELD_ISSUER_KEY_FILE": str(self.folder / "issuer.pem"),
            "CALLSHIELD_ISSUER_PUBLIC_FILE": str(self.folder / "issuer.pub"),
            "CALLSHIELD_AUDIT_DIR": str(self.folder / "audit"),
            "CALLSHIELD_AUDIT_ANCHOR": str(self.folder / "anchor"),
        }

    @property
    def settings(self) -> Settings:
        plain: dict[str, Any] = {name.removeprefix("CALLSHIELD_").lower(): value for name, value in self.env.items()}
        return Settings(**plain)

    def call(self, *words: object) -> Result:
        return here(*words, env=self.env)

    def token(self, *roles: str, purposes: tuple[str, ...] = (), name: str = "dana") -> Path:
        path = self.folder / f"{name}-{time.monotonic_ns()}.token"
        words = [w for role in roles for w in ("--role", role)] + [w for p in purposes for w in ("--purpose", p)]
        assert self.call("tokens", "issue", "--name", name, *words, "--out", path).code == 0
        return path

    def entries(self, act: str) -> list[Entry]:
        return [e for e in AuditLog(self.folder / "audit", self.folder / "anchor").entries() if e.act == act]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert made.call("tokens", "init", tmp_path / "issuer.pem", tmp_path / "issuer.pub").code == 0
    return made


def refused(tokens: Tokens, token: str, now_s: int = NOW_S) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        tokens.operator(token, now_s)
    assert str(caught.value).isprintable()
    assert not token or token not in str(caught.value)
    return caught.value.code


def issued(office: Office, **other: Any) -> str:
    return Issuer(office.folder / "issuer.pem").issue("dana", [Role.READER], [], hours=8, now_s=NOW_S, **other)[0]


def test_a_token_says_who_and_what(office: Office) -> None:
    issuer, tokens = Issuer(office.folder / "issuer.pem"), Tokens(office.folder / "issuer.pub")
    text, token = issuer.issue("dana", [Role.UNSEALER, Role.READER], ["dispute"], hours=2, now_s=NOW_S)
    operator = tokens.operator(text, NOW_S + 7_199)
    assert (operator.name, operator.roles, operator.purposes) == ("dana", {"reader", "unsealer"}, {"dispute"})
    assert (operator.token, operator.until_ms) == (token, (NOW_S + 7_200) * 1000)
    assert operator.refusal(Role.UNSEALER, "dispute") is None
    assert operator.refusal(Role.UNSEALER, "training") == "purpose"
    assert operator.refusal(Role.APPROVER) == "role"
    assert refused(tokens, text, NOW_S + 7_200) == "expired"
    assert refused(tokens, text, NOW_S - 61) == "early"
    assert tokens.operator(text, NOW_S - 59)


def claims(**changed: Any) -> dict[str, Any]:
    plain = {"iss": "callshield", "aud": "callshield.operator", "sub": "dana", "jti": "ab" * 8, "iat": NOW_S,
             "exp": NOW_S + 600, "roles": ["reader"], "purposes": []}  # fmt: skip
    return {name: value for name, value in {**plain, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    "changed",
    [{"iss": "other"}, {"aud": "callshield.revoked"}, {"sub": None}, {"sub": "Dana Scully"}, {"exp": None},
     {"exp": NOW_S + 13 * 3600}, {"exp": NOW_S - 1}, {"exp": 1e12}, {"iat": "now"}, {"roles": []}, {"roles": ["root"]},
     {"roles": None}, {"purposes": ["A b"]}, {"jti": None}],
    ids=str,
)  # fmt: skip
def test_claims_that_are_not_as_we_make_them_count_for_nothing(office: Office, changed: dict[str, Any]) -> None:
    key, tokens = read_private(office.folder / "issuer.pem"), Tokens(office.folder / "issuer.pub")
    assert tokens.operator(jwt.encode(claims(), key, "EdDSA"), NOW_S)
    assert refused(tokens, jwt.encode(claims(**changed), key, "EdDSA")) == "forged"


def test_signatures_that_are_not_the_issuers_count_for_nothing(office: Office) -> None:
    tokens, text = Tokens(office.folder / "issuer.pub"), issued(office)
    public = (office.folder / "issuer.pub").read_bytes()
    head, body, signature = text.split(".")
    for forged in (
        jwt.encode(claims(), Ed25519PrivateKey.generate(), "EdDSA"),
        jwt.encode(claims(), None, "none"),
        jwt.api_jws.encode(b"{}", "x" * 40, "HS256"),
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body[:-2]}AA.{signature}",
        "", "a.b.c", public.decode(), "x" * 10_000,
    ):  # fmt: skip
        assert refused(tokens, forged) == "forged"


def test_a_revoked_token_ends_at_once(office: Office) -> None:
    first, second = office.token("reader"), office.token("reader", name="robin")
    shown = office.call("tokens", "show", "--token-file", first, "--json").document
    assert office.call("tokens", "revoke", shown["token"]).code == 0
    assert office.call("tokens", "show", "--token-file", first).code == 6
    assert office.call("tokens", "show", "--token-file", second).code == 0
    assert office.call("tokens", "revoke", "--operator", "robin").code == 0
    assert "revoked" in office.call("tokens", "show", "--token-file", second).error
    assert [e.facts for e in office.entries("token.revoked")] == [{"token": shown["token"]}, {"operator": "robin"}]


def test_without_its_revocation_list_nobody_is_believed(office: Office) -> None:
    token, path = office.token("reader"), revoked_path(office.folder / "issuer.pub")
    whole = path.read_text()
    other = jwt.encode({"iss": "callshield", "aud": "callshield.revoked", "iat": 1, "tokens": {}, "operators": {}},
                       Ed25519PrivateKey.generate(), "EdDSA")  # fmt: skip
    for text in (None, "", other, whole[:-6], token.read_text()):
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        assert "revocation list" in office.call("tokens", "show", "--token-file", token).error
    path.write_text(whole)
    assert office.call("tokens", "show", "--token-file", token).code == 0


def test_acting_is_written_down_before_and_so_is_every_refusal(office: Office) -> None:
    token = office.token("unsealer", purposes=("dispute",))
    operator = acting(
        office.settings, Role.UNSEALER, "vault.unseal", purpose="dispute", token_file=token, tenant="acme", call="c-1"
    )
    (entry,) = office.entries("vault.unseal")
    assert entry.who == operator.name == "dana"
    told = {"tenant": "acme", "call": "c-1", "role": "unsealer", "purpose": "dispute", "token": operator.token}
    assert dict(entry.facts) == told
    with pytest.raises(RefusedError, match="role approver"):
        acting(office.settings, Role.APPROVER, "request.approve", token_file=token, request="r-1")
    with pytest.raises(RefusedError, match="purpose training"):
        acting(office.settings, Role.UNSEALER, "vault.unseal", purpose="training", token_file=token)
    with pytest.raises(RefusedError, match="--token-file"):
        acting(office.settings, Role.READER, "call.read")
    assert [(e.who, e.facts["wanted"], e.facts["reason"]) for e in office.entries("refused")] == [
        ("dana", "request.approve", "role"), ("dana", "vault.unseal", "purpose"), ("unknown", "call.read", "missing"),
    ]  # fmt: skip
    assert len(office.entries("request.approve")) == 0


def test_a_refusal_is_written_down_whatever_was_typed_and_an_act_is_not(office: Office) -> None:
    with pytest.raises(RefusedError):
        acting(office.settings, Role.READER, "call.read", call="c-1", reason="he said so")
    (entry,) = office.entries("refused")
    assert dict(entry.facts) == {"call": "c-1", "role": "reader", "wanted": "call.read", "reason": "missing"}
    with pytest.raises(InputError, match="reason"):
        acting(office.settings, Role.READER, "call.read", token_file=office.token("reader"), reason="he said so")
    assert office.entries("call.read") == []


def test_who_cannot_be_written_down_does_not_act(office: Office) -> None:
    token = office.token("reader")
    blocked = office.settings.model_copy(update={"audit_dir": office.folder / "issuer.pem" / "audit"})
    with pytest.raises(OutputError):
        acting(blocked, Role.READER, "call.read", token_file=token)
    cut = office.folder / "audit" / "log.jsonl"
    cut.write_bytes(cut.read_bytes()[:10])
    with pytest.raises(CallShieldError, match="restore"):
        acting(office.settings, Role.READER, "call.read", token_file=token)


def test_a_token_others_may_read_is_refused(office: Office) -> None:
    token = office.token("reader")
    assert token.stat().st_mode & 0o777 == 0o600
    token.chmod(0o640)
    result = office.call("tokens", "show", "--token-file", token)
    assert result.code == 6
    assert "chmod 600" in result.error


def test_nobody_is_known_without_an_issuer(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="ISSUER_PUBLIC_FILE"):
        acting(Settings(audit_dir=tmp_path / "audit"), Role.READER, "call.read")


@pytest.mark.parametrize(
    ("words", "said"),
    [("--name Dana --role reader", "--name"), ("--name dana --role reader --hours 13", "12"),
     ("--name dana --role root", "root"), ("--name dana --role reader --purpose A", "purpose"),
     ("--name dana --role reader --hours 0", "--hours")],
)  # fmt: skip
def test_wrong_words_make_no_token(office: Office, tmp_path: Path, words: str, said: str) -> None:
    result = office.call("tokens", "issue", *words.split(), "--out", tmp_path / "t")
    assert result.code == 2
    assert said in result.error
    assert not (tmp_path / "t").exists()


def test_an_issuer_is_not_made_twice(office: Office) -> None:
    again = office.call("tokens", "init", office.folder / "issuer.pem", office.folder / "other.pub")
    assert (again.code, "exists" in again.error) == (2, True)
    with pytest.raises(ConfigError):
        Issuer(office.folder / "issuer.pub")
