"""Asks workers how they are: /metrics and /readyz over HTTP. One that does not answer is told as not there."""

from __future__ import annotations

import asyncio
import json
import math
import re
import ssl
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

from pipeline.core.board import Page, Series
from pipeline.core.errors import ConfigError
from pipeline.core.metric_table import METRICS, PREFIX, Kind

ANSWER_S_MAX = 0.8  # less than from one look to the next
PAGE_BYTES_MAX = 16 << 20
PORTS = {"http": 80, "https": 443}
CODE = re.compile(r"[a-z_]{1,40}", re.ASCII)  # what a stage or a reason of our own looks like; nothing else is shown


def check_address(text: str) -> str:
    """An address as --metrics takes it, without /metrics at its end. Raises ConfigError."""
    address = text.rstrip("/").removesuffix("/metrics")
    try:
        parts = urlsplit(address)
        good = parts.scheme in PORTS and bool(parts.hostname) and (parts.port or 1) > 0
        good = good and not (parts.username or parts.query or parts.fragment)
        good = good and bool(re.fullmatch(r"[!-~]+", address))
    except ValueError:
        good = False
    if not good:
        raise ConfigError(f"--metrics {text!a}: is no address of a worker; example: http://127.0.0.1:9464")
    return address


async def ask(addresses: Sequence[str]) -> list[Page]:
    """The pages of all workers, in the order of their addresses. Takes at most ANSWER_S_MAX."""
    return list(await asyncio.gather(*(_page(address) for address in addresses)))


async def _page(address: str) -> Page:
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            (code, metrics), (_, ready) = await asyncio.gather(_get(address, "/metrics"), _get(address, "/readyz"))
        if code != 200:
            return Page(address, answered=False)
        return page(address, metrics, ready)
    except (OSError, ValueError, EOFError):  # TimeoutError is an OSError
        return Page(address, answered=False)


async def _get(address: str, path: str) -> tuple[int, str]:
    """Status and body. By hand: unlike a thread that waits for a socket, this can be given up at once."""
    parts = urlsplit(address)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or PORTS[parts.scheme], ssl=context)
    try:
        writer.write(f"GET {parts.path}{path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode("ascii"))
        await writer.drain()
        answer = bytearray()
        while piece := await reader.read(1 << 16):
            answer += piece
            if len(answer) > PAGE_BYTES_MAX:
                raise ValueError("a page without end")
    finally:
        writer.close()
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    return int(head.split(None, 2)[1]), body.decode("utf-8")


def page(address: str, metrics: str, ready: str) -> Page:
    """What the two texts say. Only metrics of the table and plain codes get through. Raises ValueError."""
    lines = "\n".join(line for line in metrics.splitlines() if PREFIX in line)
    series: list[Series] = []
    buckets: dict[tuple[str, str], dict[float, float]] = {}
    for family in text_string_to_metric_families(lines + "\n"):
        for sample in family.samples:
            labels, name = dict(sample.labels), sample.name.removeprefix(PREFIX)
            stage = labels.pop("stage", "")
            if not CODE.fullmatch(stage) or not math.isfinite(sample.value):
                continue
            histogram = METRICS.get(name.removesuffix("_bucket"))
            if "le" in labels and histogram is not None and histogram.kind is Kind.HISTOGRAM:
                counts = buckets.setdefault((stage, histogram.name), {})
                counts[float(labels["le"])] = counts.get(float(labels["le"]), 0.0) + sample.value
            elif name in METRICS:
                series.append(Series(stage, name, tuple(sorted(labels.items())), sample.value))
    histograms = tuple((stage, name, counts) for (stage, name), counts in buckets.items())
    return Page(address, True, tuple(series), histograms, tuple(_reasons(ready)))


def _reasons(ready: str) -> Iterable[tuple[str, str]]:
    """(stage, code) of /readyz. stage: empty where the page is of one stage only."""
    try:
        plain = json.loads(ready)["reasons"]
    except (ValueError, KeyError, TypeError):
        return
    for reason in plain if isinstance(plain, list) else ():
        stage, _, code = str(reason).rpartition(".")
        if CODE.fullmatch(code) and (not stage or CODE.fullmatch(stage)):
            yield stage, code
