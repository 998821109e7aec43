"""The one place settings are read: defaults, then CALLSHIELD_* variables, then the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.core.errors import ConfigError

PREFIX = "CALLSHIELD_"


class Settings(BaseSettings):
    """What a machine or an operator sets once. Every field is also a variable: CALLSHIELD_MODELS_DIR and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    models_dir: Path = Field(default=Path("models"), description="where speech models lie")
    engine: Literal["auto", "whisper", "vosk"] = Field(default="auto", description="speech recogniser")
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", description="language spoken")
    policy: str = Field(default="default", description="preset name or policy file")
    threads: int = Field(default=2, ge=1, le=64, description="channels recognised side by side")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="log threshold")


def load_settings() -> Settings:
    """Settings of this process. Raises ConfigError naming the variable that is unknown or wrong."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name not in known:  # variables are told apart by case
            raise ConfigError(f"{ascii(name)[1:-1]}: no such setting; known are {', '.join(sorted(known))}")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise ConfigError(f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}") from None
