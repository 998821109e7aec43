"""The sample calls as live calls, through a whole pipeline on this machine: python -m tests.demo_live OUT

Which broker it runs on is said first: the one KAFKA_BOOTSTRAP_SERVERS names, else Apache Kafka, else the embedded one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from broker import described, serving  # noqa: E402

from pipeline.core.topics import STAGES  # noqa: E402

CALLS, START_S_MAX, END_S_MAX = 14, 90, 240
COMMAND = [sys.executable, "-m", "pipeline"]


def main() -> int:
    """Returns an exit code."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/live").resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    print(described())
    with serving() as servers:
        environment = {
            **os.environ,
            "CALLSHIELD_KAFKA_SERVERS": servers,
            "CALLSHIELD_KEYS_FILE": str(out / "keys.json"),
            "CALLSHIELD_STORE_URL": str(out / "store"),
            "CALLSHIELD_INDEX_URL": f"sqlite:///{out}/index.sqlite3",
            "CALLSHIELD_KEY_REGISTER": f"sqlite:///{out}/register.sqlite3",
            "CALLSHIELD_TOMBSTONES_FILE": str(out / "tombstones.jsonl"),
            "CALLSHIELD_AUDIT_DIR": str(out / "audit"),
            "CALLSHIELD_ISSUER_KEY_FILE": str(out / "issuer.pem"),
            "CALLSHIELD_ISSUER_PUBLIC_FILE": str(out / "issuer.pub"),
            "CALLSHIELD_TOKEN_FILE": str(out / "token"),
            "CALLSHIELD_ANALYTICS_DB": str(out / "analytics.sqlite3"),
            "CALLSHIELD_PARTITIONS": "2",
            "CALLSHIELD_METRICS_PORT": "0",
            "CALLSHIELD_LOG_LEVEL": "error",
        }
        for words in (
            ["keys", "create", out / "keys.json"],
            ["tokens", "init", out / "issuer.pem", out / "issuer.pub"],
            ["tokens", "issue", "--name", "demo", "--role", "reader", "--out", out / "token"],
            ["topics", "apply"],
        ):
            done = _callshield(environment, *words)
            if done.returncode:
                sys.stderr.write(done.stderr)
                return done.returncode
        with (out / "workers.log").open("wb") as log:
            crew = subprocess.Popen([*COMMAND, "run", "all"], env=environment, stderr=log, stdout=log)
        try:
            return _play(out, environment)
        finally:
            crew.terminate()
            crew.wait()


def _play(out: Path, environment: dict[str, str]) -> int:
    """Speak all sample calls, wait for their recordings, say where they are."""
    said = out / "workers.log"
    if not _within(START_S_MAX, lambda: said.read_text().count("ready on") >= len(STAGES)):
        sys.stderr.write(said.read_text())
        return 1
    replay = [*COMMAND, "replay", str(HERE / "samples"), "--calls", str(CALLS), "--speed", "4"]
    if code := subprocess.run(replay, env=environment, check=False).returncode:
        return code
    if not _within(END_S_MAX, lambda: len(_stored(environment)) == CALLS):
        sys.stderr.write(said.read_text())
        return 1
    print(f"{CALLS} calls heard, judged, let out and kept, encrypted: {out / 'store'}")
    for call in _stored(environment):
        done = _callshield(environment, "calls", "get", f"{call['tenant']}/{call['call']}", "--out", out / call["call"])
        if done.returncode:
            sys.stderr.write(done.stderr)
            return done.returncode
    print(f"Read back for whoever has the role reader, recordings and transcripts: {out}/<call>")
    print(f"What analytics made of them: {out / 'analytics.sqlite3'}. What the workers said: {said}")
    return 0


def _stored(environment: dict[str, str]) -> list[dict[str, str]]:
    """What the index says is stored."""
    found: list[dict[str, str]] = json.loads(_callshield(environment, "calls", "list", "--json").stdout)["calls"]
    return found


def _callshield(environment: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, words)], env=environment, capture_output=True, text=True, check=False)


def _within(seconds: float, true) -> bool:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(1)
    return False


if __name__ == "__main__":
    sys.exit(main())
