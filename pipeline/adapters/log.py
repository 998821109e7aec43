"""The one log: structured lines on standard error, and only fields that are facts about speech, never speech."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# A field not listed here does not reach the log, whatever a caller passes.
ALLOWED = {
    "event", "level", "timestamp", "call", "channel", "channels", "rate", "frames", "entity", "reason", "action",
    "spans", "samples", "start_sample", "end_sample", "seconds", "wall_s", "engine", "model", "policy", "sha256",
    "error", "exit_code", "files", "stage", "topic", "partition", "offset",
}  # fmt: skip
WORD = re.compile(r"[\w.:/@+-]{1,200}")  # identifiers: no blanks, so no sentence gets through


def configure(level: str) -> None:
    """Set up the log once per process. level: debug, info, warning or error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop fields that are not on the list and texts that are not identifiers. A structlog processor."""
    return {
        name: value
        for name, value in event.items()
        if name in ALLOWED
        and (isinstance(value, int | float | bool) or (isinstance(value, str) and WORD.fullmatch(value)))
    }


def get_log() -> Any:
    """The logger all modules use. Unconfigured it would show every field, so it never is."""
    if not structlog.is_configured():
        configure("warning")
    return structlog.get_logger()
