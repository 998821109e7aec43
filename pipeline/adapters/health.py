"""Tells Prometheus and whoever runs the containers how a worker is: /metrics, /healthz and /readyz."""

from __future__ import annotations

import errno
import io
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from pipeline.adapters.metrics import Metrics
from pipeline.core.errors import ConfigError

BEAT_S_MAX = 10.0  # an event loop silent this long is stuck: longer than any step, shorter than a broker's patience
REQUEST_S_MAX = 5.0  # to send a request and to take its answer
REQUEST_BYTES_MAX = 8192
VISITORS_MAX = 32  # at a time, each has a thread
TEXT = "text/plain; version=0.0.4; charset=utf-8"
HELP = "callshield worker: try /metrics, /healthz or /readyz\n"


class Status:
    """What a stage knows of itself. Its runner tells, from any thread; the server asks.

    Begins as alive and not ready. A stage that needs an engine is not ready before `engine(loaded=True)`.
    """

    def __init__(
        self, stage: str, ready_lag_s: float, needs_engine: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """ready_lag_s: further behind than this is not ready. clock: seconds, never goes back."""
        self.stage = stage
        self._ready_lag_s = ready_lag_s
        self._clock = clock
        self._beat_s = clock()
        self._engine = not needs_engine
        self._broker = False
        self._partitions: int | None = None
        self._lag_s = 0.0

    def alive(self) -> None:
        """The event loop runs. To be called from it at least every few seconds."""
        self._beat_s = self._clock()

    def assigned(self, partitions: int) -> None:
        """How many partitions this worker holds now. 0: there are more workers than partitions."""
        self._partitions = partitions

    def unassigned(self) -> None:
        """Partitions are being handed out anew."""
        self._partitions = None

    def engine(self, loaded: bool) -> None:
        """Whether the recogniser can be used."""
        self._engine = loaded

    def broker(self, reachable: bool) -> None:
        """Whether the broker answers."""
        self._broker = reachable

    def lag(self, seconds: float) -> None:
        """Age of the oldest message that is not finished, over all partitions."""
        self._lag_s = seconds

    @property
    def live(self) -> bool:
        """Whether the event loop has been heard of lately."""
        return self._clock() - self._beat_s <= BEAT_S_MAX

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not ready, as codes; none: it is."""
        checks = {
            "loop_stalled": not self.live,
            "no_broker": not self._broker,
            "not_assigned": self._partitions is None,
            "no_partitions": self._partitions == 0,
            "no_engine": not self._engine,
            "lag": not self._lag_s <= self._ready_lag_s,  # a lag that is not a number is none to trust
        }
        return tuple(code for code, holds in checks.items() if holds)


class HealthServer:
    """Answers on one port from a thread of its own, whatever the event loop does. A context manager."""

    def __init__(self, host: str, port: int, stages: Sequence[tuple[Status, Metrics]]) -> None:
        """Listens at once. port: 0 for any free one. stages: of this process; their metrics made beside each other.

        Also shows in the metrics what it answers. Raises ConfigError if it cannot listen there, ValueError if there
        is no stage or if their metrics are not on one page.
        """
        if not stages or not all(metrics.beside(stages[0][1]) for _, metrics in stages):
            raise ValueError("needs stages, and their metrics made beside each other")
        self._server = _listen(host, port, stages[0][1].page, tuple(status for status, _ in stages))
        for status, metrics in stages:
            metrics.watch("alive", lambda status=status: float(status.live))  # type: ignore[misc]
            metrics.watch("ready", lambda status=status: float(not status.reasons))  # type: ignore[misc]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="health", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop answering. May be called again."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> HealthServer:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close."""
        self.close()


class _Server(ThreadingHTTPServer):
    """Bounded in threads, and without the name look-up that http.server does when it binds."""

    request_queue_size = 2 * VISITORS_MAX  # those who knock at once; with 5 they would wait a second and knock again
    page: Callable[[], bytes]
    statuses: tuple[Status, ...]

    def __init__(self, address: tuple[str, int]) -> None:
        self._seats = threading.BoundedSemaphore(VISITORS_MAX)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "callshield", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._seats.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor that went away is nobody's business."""
        del request, client_address


class _Server6(_Server):
    """The same for an address with colons."""

    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    """One request per connection."""

    server: _Server
    server_version, sys_version = "callshield", ""

    def handle(self) -> None:
        head = self._head()
        if head:
            self.rfile = io.BufferedReader(io.BytesIO(head))
            self.handle_one_request()

    def _head(self) -> bytes:
        """The request up to the empty line; nothing if it is too long or takes too long."""
        head, end_s = b"", time.monotonic() + REQUEST_S_MAX
        while b"\r\n\r\n" not in head:
            left_s = end_s - time.monotonic()
            if left_s <= 0 or len(head) > REQUEST_BYTES_MAX:
                return b""
            self.connection.settimeout(left_s)
            try:
                more = self.connection.recv(4096)
            except OSError:  # time-outs too
                return b""
            if not more:
                return b""
            head += more
        self.connection.settimeout(REQUEST_S_MAX)
        return head

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        statuses = self.server.statuses
        if path == "/metrics":
            self._answer(200, TEXT, self.server.page())
        elif path == "/healthz":
            stalled = [_code(s, "loop_stalled", statuses) for s in statuses if not s.live]
            self._answer_json("alive", stalled)
        elif path == "/readyz":
            self._answer_json("ready", [_code(s, reason, statuses) for s in statuses for reason in s.reasons])
        else:
            self._answer(404, TEXT, HELP.encode())

    do_HEAD = do_GET  # noqa: N815

    def _answer_json(self, name: str, reasons: list[str]) -> None:
        body = json.dumps({name: not reasons, "reasons": reasons}) + "\n"
        self._answer(503 if reasons else 200, "application/json", body.encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What http.server refuses by itself: said in one line, without repeating what was asked."""
        self.close_connection = True
        self._answer(code, TEXT, HELP.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are not logged: probes come every few seconds, and strangers choose the words."""
        del format, args


def _code(status: Status, reason: str, statuses: tuple[Status, ...]) -> str:
    """The reason, with its stage before it if the process runs several."""
    return reason if len(statuses) == 1 else f"{status.stage}.{reason}"


def _listen(host: str, port: int, page: Callable[[], bytes], statuses: tuple[Status, ...]) -> _Server:
    """A bound server. Raises ConfigError."""
    try:
        server = (_Server6 if ":" in host else _Server)((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(f"port {port} is taken: set CALLSHIELD_METRICS_PORT to a free one, or to 0") from None
        if error.errno == errno.EACCES:
            raise ConfigError(f"port {port} is not allowed: set CALLSHIELD_METRICS_PORT above 1023, or to 0") from None
        raise ConfigError(
            "CALLSHIELD_METRICS_HOST is no address of this machine: try 127.0.0.1, or 0.0.0.0 for all"
        ) from None
    server.page = page
    server.statuses = statuses
    return server
