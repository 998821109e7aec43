"""Health: the three addresses tell the truth, and no visitor can block or read more than them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from pipeline.adapters import health
from pipeline.adapters.health import BEAT_S_MAX, VISITORS_MAX, HealthServer, Status
from pipeline.adapters.metrics import Metrics
from pipeline.core.errors import ConfigError

HOST = "127.0.0.1"


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


def ready(clock: Clock, stage: str = "mask") -> Status:
    """A status with nothing to complain of."""
    status = Status(stage, ready_lag_s=30, clock=clock)
    status.broker(reachable=True)
    status.assigned(4)
    return status


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def status(clock: Clock) -> Status:
    return ready(clock)


@pytest.fixture
def server(status: Status) -> Iterator[HealthServer]:
    metrics = Metrics("mask")
    metrics.set("held_bytes", 77)
    with HealthServer(HOST, 0, [(status, metrics)]) as found:
        yield found


def ask(server: HealthServer, path: str, method: str = "GET") -> tuple[int, str, str]:
    """Status, content type and body."""
    connection = HTTPConnection(HOST, server.port, timeout=5)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", ""), answer.read().decode()
    finally:
        connection.close()


def told(server: HealthServer, path: str) -> tuple[int, dict[str, object]]:
    code, kind, body = ask(server, path)
    assert kind == "application/json"
    return code, json.loads(body)


def test_metrics_are_shown(server: HealthServer) -> None:
    code, kind, body = ask(server, "/metrics")
    assert code == 200
    assert kind.startswith("text/plain; version=0.0.4")
    assert 'callshield_held_bytes{stage="mask"} 77.0' in body


def test_a_worker_with_nothing_missing_is_alive_and_ready(server: HealthServer) -> None:
    assert told(server, "/healthz") == (200, {"alive": True, "reasons": []})
    assert told(server, "/readyz") == (200, {"ready": True, "reasons": []})


def test_a_silent_event_loop_is_not_alive_until_it_beats_again(
    server: HealthServer, status: Status, clock: Clock
) -> None:
    clock.now_s += BEAT_S_MAX
    assert told(server, "/healthz")[0] == 200
    clock.now_s += 0.1
    assert told(server, "/healthz") == (503, {"alive": False, "reasons": ["loop_stalled"]})
    assert told(server, "/readyz") == (503, {"ready": False, "reasons": ["loop_stalled"]})
    status.alive()
    assert told(server, "/healthz")[0] == 200
    assert told(server, "/readyz")[0] == 200


def test_ten_seconds_of_silence_are_what_the_documents_say() -> None:
    text = (Path(__file__).parents[1] / "docs/metrics.md").read_text(encoding="utf-8")
    assert f"not heard of for {BEAT_S_MAX:.0f} s" in text


@pytest.mark.parametrize(
    ("spoil", "mend", "reason"),
    [
        (lambda s: s.assigned(0), lambda s: s.assigned(1), "no_partitions"),
        (lambda s: s.unassigned(), lambda s: s.assigned(1), "not_assigned"),
        (lambda s: s.engine(loaded=False), lambda s: s.engine(loaded=True), "no_engine"),
        (lambda s: s.broker(reachable=False), lambda s: s.broker(reachable=True), "no_broker"),
        (lambda s: s.lag(30.5), lambda s: s.lag(30.0), "lag"),
        (lambda s: s.lag(float("nan")), lambda s: s.lag(0.0), "lag"),
    ],
    ids=["no_partitions", "not_assigned", "no_engine", "no_broker", "lag", "lag_nan"],
)
def test_each_condition_alone_makes_it_not_ready(server, status, spoil, mend, reason) -> None:  # type: ignore[no-untyped-def]
    spoil(status)
    assert told(server, "/readyz") == (503, {"ready": False, "reasons": [reason]})
    assert told(server, "/healthz")[0] == 200, "it is not ready, but a restart would not help"
    mend(status)
    assert told(server, "/readyz") == (200, {"ready": True, "reasons": []})


def test_the_metrics_say_what_the_probes_answer(server: HealthServer, status: Status, clock: Clock) -> None:
    def shown() -> list[str]:
        return [line[-3:] for line in ask(server, "/metrics")[2].splitlines() if "_alive{" in line or "_ready{" in line]

    assert shown() == ["1.0", "1.0"]
    status.assigned(0)
    assert shown() == ["1.0", "0.0"]
    clock.now_s += BEAT_S_MAX + 1
    assert shown() == ["0.0", "0.0"]


def test_stages_on_different_pages_are_a_mistake(status: Status) -> None:
    with pytest.raises(ValueError, match="beside"):
        HealthServer(HOST, 0, [(status, Metrics("mask")), (status, Metrics("hear"))])
    with pytest.raises(ValueError, match="needs stages"):
        HealthServer(HOST, 0, [])


def test_a_new_worker_is_alive_and_not_ready(clock: Clock) -> None:
    status = Status("hear", ready_lag_s=30, needs_engine=True, clock=clock)
    assert status.live
    assert set(status.reasons) == {"no_broker", "not_assigned", "no_engine"}


def test_a_process_with_several_stages_is_as_ready_as_its_worst_and_says_which(clock: Clock) -> None:
    bad = ready(clock, "hear")
    bad.engine(loaded=False)
    bad.lag(99)
    first = Metrics("mask")
    with HealthServer(HOST, 0, [(ready(clock), first), (bad, Metrics("hear", beside=first))]) as server:
        assert told(server, "/readyz") == (503, {"ready": False, "reasons": ["hear.no_engine", "hear.lag"]})
        assert told(server, "/healthz")[0] == 200
        clock.now_s += BEAT_S_MAX + 1
        bad.alive()
        assert told(server, "/healthz") == (503, {"alive": False, "reasons": ["mask.loop_stalled"]})


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz/x", "/../etc/passwd", "/my-name-is-olivia"])
def test_anything_else_is_not_found_in_one_line(server: HealthServer, path: str) -> None:
    code, _, body = ask(server, path)
    assert code == 404
    assert body.count("\n") == 1
    assert "/readyz" in body
    assert "olivia" not in body


def test_a_query_changes_nothing_and_head_has_no_body(server: HealthServer) -> None:
    assert ask(server, "/healthz?probe=1")[0] == 200
    assert ask(server, "/metrics", "HEAD")[::2] == (200, "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OLIVIA"])
def test_nothing_can_be_changed(server: HealthServer, method: str) -> None:
    code, _, body = ask(server, "/metrics", method)
    assert code == 501
    assert "OLIVIA" not in body


def test_requests_are_not_logged(server: HealthServer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(server, "/my-name-is-olivia")
    ask(server, "/metrics", "OLIVIA")
    with socket.create_connection((HOST, server.port)) as gone:
        gone.sendall(b"GET /met")
    ask(server, "/healthz")
    assert capfd.readouterr() == ("", "")


def test_a_visitor_who_dribbles_is_shown_the_door(server: HealthServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REQUEST_S_MAX", 0.3)
    began_s = time.monotonic()
    with socket.create_connection((HOST, server.port), timeout=5) as slow, pytest.raises(OSError):  # noqa: PT011, PT012
        while time.monotonic() - began_s < 4:
            slow.sendall(b"a")
            time.sleep(0.05)
    assert time.monotonic() - began_s < 3


def test_a_request_without_end_is_cut_off(server: HealthServer) -> None:
    began_s = time.monotonic()
    with socket.create_connection((HOST, server.port), timeout=5) as endless:
        with pytest.raises(OSError):  # noqa: PT012, PT011
            for _ in range(10_000):
                endless.sendall(b"x" * 1000)
        assert time.monotonic() - began_s < health.REQUEST_S_MAX / 2, "read on until time was up"
        assert ask(server, "/healthz")[0] == 200


def test_visitors_are_bounded_and_those_who_hold_the_line_do_not_stay(
    server: HealthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "REQUEST_S_MAX", 0.5)
    idle = [socket.create_connection((HOST, server.port), timeout=5) for _ in range(VISITORS_MAX)]
    try:
        end_s = time.monotonic() + 5
        refused = answered = False
        while not (refused and answered) and time.monotonic() < end_s:
            try:
                answered = ask(server, "/healthz")[0] == 200
            except OSError:
                refused = True
        assert refused, "one thread per visitor without end"
        assert answered, "held the line for good"
    finally:
        for line in idle:
            line.close()


def test_a_taken_port_is_one_line_that_names_the_setting(server: HealthServer, status: Status) -> None:
    with pytest.raises(ConfigError, match="CALLSHIELD_METRICS_PORT") as caught:
        HealthServer(HOST, server.port, [(status, Metrics("mask"))])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_foreign_address_is_one_line_that_names_the_setting(host: str, status: Status) -> None:
    with pytest.raises(ConfigError, match="CALLSHIELD_METRICS_HOST"):
        HealthServer(host, 0, [(status, Metrics("mask"))])


def test_it_stops_and_frees_its_port(status: Status) -> None:
    server = HealthServer(HOST, 0, [(status, Metrics("mask"))])
    port = server.port
    began_s = time.monotonic()
    server.close()
    server.close()
    assert time.monotonic() - began_s < 2
    with HealthServer(HOST, port, [(status, Metrics("mask"))]) as again:
        assert again.port == port


def test_it_answers_on_ipv6_too(status: Status) -> None:
    try:
        server = HealthServer("::1", 0, [(status, Metrics("mask"))])
    except ConfigError:
        pytest.skip("no IPv6 here")
    with server, socket.create_connection(("::1", server.port), timeout=5) as line:
        line.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.0 200")
