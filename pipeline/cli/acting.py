"""Who runs a command that opens, erases, holds or releases: proven by a token, and written down before it is done."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.operator_tokens import TokenRefusedError, Tokens, read_token
from pipeline.cli.custody import audit_log
from pipeline.core.audit import fits
from pipeline.core.errors import RefusedError
from pipeline.core.operator import Operator, Role
from pipeline.settings import Settings

TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="Your operator token.", show_default="CALLSHIELD_TOKEN_FILE")
]


def acting(
    settings: Settings,
    role: Role,
    act: str,
    *,
    purpose: str | None = None,
    minutes: int | None = None,
    restricted: bool = False,
    token_file: Path | None = None,
    **facts: str | int,
) -> Operator:
    """Who acts, allowed to. The act is in the audit log when this returns; so is a refusal when it raises.

    act: a code such as "call.read". purpose: one the token must name, for acts that need one. minutes: how long after
    its issue a token counts for this, where that is bounded; the audit log tells until when. restricted: the call is
    only kept, nobody may use it. token_file: of the option, before that of the settings. facts: see core/audit.FACTS.
    Raises RefusedError (exit code 6), and what ports.audit.Audit raises: then the act must not be done.
    """
    log = audit_log(settings)
    told: dict[str, str | int] = {**facts, "role": str(role), **({"purpose": purpose} if purpose is not None else {})}
    try:
        operator = _operator(settings, token_file)
        _allowed(operator, role, purpose)
        if restricted:
            text = "the use of this call is restricted by its customer; see: callshield requests list"
            raise TokenRefusedError("restricted", text, operator.name)
        if minutes is not None:
            told["until_ms"] = _within(operator, minutes)
    except TokenRefusedError as refused:
        kept = {name: value for name, value in told.items() if fits(name, value)}  # a refusal is written down anyhow
        log.append("refused", refused.who, **{**kept, "wanted": act, "reason": refused.code})
        raise RefusedError(str(refused)) from None
    log.append(act, operator.name, **told, token=operator.token)
    return operator


def _operator(settings: Settings, token_file: Path | None) -> Operator:
    if settings.issuer_public_file is None:
        text = "operators are unknown here: CALLSHIELD_ISSUER_PUBLIC_FILE; see: callshield tokens init"
        raise TokenRefusedError("issuer", text)
    path = token_file or settings.token_file
    if path is None:
        raise TokenRefusedError("missing", "this needs an operator token: --token-file or CALLSHIELD_TOKEN_FILE")
    return Tokens(settings.issuer_public_file).operator(read_token(path), int(time.time()))


def _allowed(operator: Operator, role: Role, purpose: str | None) -> None:
    refusal = operator.refusal(role, purpose)
    if refusal == "role":
        raise TokenRefusedError(refusal, f"this needs the role {role}, which your token does not have", operator.name)
    if refusal == "purpose":
        text = f"your token does not name the purpose {ascii(purpose)[1:-1]}"
        raise TokenRefusedError(refusal, text, operator.name)


def _within(operator: Operator, minutes: int) -> int:
    """Until when the token counts for this, ms."""
    until_ms = operator.until_within(minutes)
    if time.time() * 1000 >= until_ms:
        text = f"your token is older than {minutes} minutes, too old for this; ask for another: callshield tokens issue"
        raise TokenRefusedError("timebox", text, operator.name)
    return until_ms
