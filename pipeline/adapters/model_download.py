"""Resumable download of one archive over HTTP. What arrives is not trusted: the caller checks its sha256."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from pipeline.adapters.model_registry import safe_address
from pipeline.core.errors import ModelError

READ_BYTES = 1 << 18
ARCHIVE_BYTES_MAX = 6 << 30  # the largest published Vosk archive has 4.3 GB
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)

Progress = Callable[[int, int | None], None]  # bytes there, bytes in all if known

_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try. The pause doubles after every failure."""

    attempts: int = 4
    pause_s: float = 0.5
    timeout_s: float = 30.0


class _BrokenError(Exception):
    """This attempt failed, the next may go through."""


class _Redirects(HTTPRedirectHandler):
    """Follows redirects, but never from https to anything less."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        if not safe_address(newurl) or (req.type == "https" and urlsplit(newurl).scheme != "https"):
            raise ModelError(f"{req.full_url} redirects to an address that is not https; it was not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def discard(part: Path) -> None:
    """Remove a part file and its note."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def download(address: str, part: Path, size_bytes: int, progress: Progress, patience: Patience) -> None:
    """Complete the file `part` from `address`, from where it stands.

    size_bytes: the exact size it must have, 0 if not known. A resume asks for the rest only if the server can
    prove that the content is the same (ETag or Last-Modified, by If-Range); else it starts again. Short
    answers and dropped connections are tried again, without end as long as each try gets further. Raises
    ModelError; the part file is kept if going on makes sense.
    """
    opener = build_opener(_Redirects())
    failures, furthest = 0, 0
    while True:
        try:
            return _attempt(
                opener,
                address,
                part,
                size_bytes=size_bytes,
                progress=progress,
                timeout_s=patience.timeout_s,
            )
        except _BrokenError as failure:
            there = part.stat().st_size if part.exists() else 0
            failures = 1 if there > furthest else failures + 1
            furthest = max(furthest, there)
            if failures >= patience.attempts:
                raise ModelError(
                    f"cannot download {address}: {failure}; run the same command again to go on from here,"
                    " or bring the archive by hand with --from FILE"
                ) from failure
            time.sleep(patience.pause_s * 2 ** (failures - 1))


def _attempt(
    opener: OpenerDirector, address: str, part: Path, *, size_bytes: int, progress: Progress, timeout_s: float
) -> None:
    start, validator = _standing(part, address)
    if start and start == size_bytes:
        return progress(start, size_bytes)
    request = Request(address, headers={"Accept-Encoding": "identity"})  # noqa: S310 - safe_address holds
    if start:
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", validator)
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            start, total = _accepted(answer, start)
            total = _checked(total, size_bytes, part)
            _remember(part, address, answer, start)
            _copy(answer, part, start, total, progress)
    except HTTPError as error:
        with error:
            _refused(error, address, part, start)
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise ModelError(f"cannot download {address}: its certificate does not verify") from error
        raise _BrokenError(_line(reason)) from error
    return None


def _refused(error: HTTPError, address: str, part: Path, start: int) -> None:
    """Sort an HTTP error: returns if the part is complete, else raises _BrokenError or ModelError."""
    if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
        found = _RANGE.fullmatch(error.headers.get("Content-Range", ""))
        if found and found[2] == str(start):
            return
        discard(part)
        raise _BrokenError("the server no longer has what was begun")
    if error.code in PASSING or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _BrokenError(f"the server answered {error.code}")
    raise ModelError(
        f"cannot download {address}: the server answered {error.code}; check the address in the registry,"
        " or bring the archive by hand with --from FILE"
    )


def _accepted(answer: http.client.HTTPResponse, start: int) -> tuple[int, int | None]:
    """Where the body begins (`start` if the server goes on there, 0 if it sends all), and the whole size."""
    length = answer.headers.get("Content-Length", "")
    if answer.status != HTTPStatus.PARTIAL_CONTENT:
        return 0, int(length) if length.isdigit() else None
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if not start or not found or found[1] != str(start):
        raise _BrokenError("the server sent another part than was asked for")
    return start, int(found[2]) if found[2] != "*" else None


def _checked(total: int | None, size_bytes: int, part: Path) -> int | None:
    """The size to expect. Raises ModelError if it is not the registered one, or absurd."""
    total = total or size_bytes or None
    if size_bytes and total != size_bytes:
        discard(part)
        raise ModelError(
            f"the server offers {total} bytes, the registry says {size_bytes}; the archive was changed there,"
            " nothing was downloaded"
        )
    if total and total > ARCHIVE_BYTES_MAX:
        raise ModelError(f"the server offers {total} bytes, more than any model has; nothing was downloaded")
    return total


def _copy(answer: http.client.HTTPResponse, part: Path, start: int, total: int | None, progress: Progress) -> None:
    there = start
    try:
        sink = part.open("ab" if start else "wb")
    except OSError as error:
        raise ModelError(f"cannot write {part}: {error.strerror}") from error
    with sink:
        progress(there, total)
        while block := answer.read(READ_BYTES):
            there += len(block)
            if there > (total or ARCHIVE_BYTES_MAX):
                discard(part)
                raise ModelError("the server sends more than it announced; what arrived was deleted")
            try:
                sink.write(block)
            except OSError as error:
                raise ModelError(f"cannot write {part}: {error.strerror}; make room and run again") from error
            progress(there, total)
    if total is not None and there < total:
        raise _BrokenError(f"the connection broke off after {there} of {total} bytes")


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _standing(part: Path, address: str) -> tuple[int, str]:
    """Bytes that may be gone on from, and the validator that proves the server still has the same content."""
    try:
        note = json.loads(_note(part).read_text("utf-8"))
        if note["address"] == address and isinstance(note["validator"], str) and note["validator"]:
            return part.stat().st_size, note["validator"]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no note, no resume: starting again is always right
    return 0, ""


def _remember(part: Path, address: str, answer: http.client.HTTPResponse, start: int) -> None:
    if start:
        return  # the server just confirmed the validator on file
    tag = answer.headers.get("ETag", "")
    validator = tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")  # weak tags prove nothing
    try:
        part.unlink(missing_ok=True)  # never an old part beside a new note
        _note(part).write_text(json.dumps({"address": address, "validator": validator}), "utf-8")
    except OSError as error:
        raise ModelError(f"cannot write {part}: {error.strerror}") from error


def _line(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).splitlines() or [type(error).__name__])[0]
