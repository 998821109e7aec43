"""The story of docs/story.md: its files and commands, in its order, on a real broker and real workers.

Commands are typed into a shell, as the page has them. What this file adds is the looking. A quick run has them forked
(tests/forks.py), a slow one starts each anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import shlex
import sqlite3
import subprocess
import sys
import time
import tomllib
import wave
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile
from broker import APACHE, Broker, kind
from command import ROOT, environment
from live import Live
from scripted import dialogue
from written import write

from pipeline.core.vault_names import Segment

pytestmark = pytest.mark.kafka
STAGES = ("accept", "hear", "identify", "mask", "store", "vault", "analytics")
PAGE = ROOT / "docs" / "story.md"
AT_ONCE = (
    "keys",
    "tokens",
    "calls",
    "kept",
    "unseal",
    "refused",
    "swept",
    "audit",
    "record",
)  # steps whose lines may be typed in several terminals
SPEECH = {
    "card.wav": (
        "A: what is the long number on your card",
        "C: [four five three nine one four eight eight oh three four three six four six seven]",
    ),
    "plain.wav": (
        "C: i want to ask about the blue kettle",
        "A: could i take your full name please",
        "C: my name is [priya patel]",
    ),
}
NUMBERS = (b"79460123", b"79460999", b"79460888", b"7946 0123", b"7946 0999", b"7946 0888")
TAKEN = (
    "PYTHONPATH", "CALLSHIELD_KAFKA_SERVERS", "CALLSHIELD_ENGINE", "CALLSHIELD_PARTITIONS", "CALLSHIELD_MODELS_DIR",
)  # fmt: skip
ANNS = (
    "ann-0000-2265b1f5", "ann-0001-1e2feb89", "ann-0002-c9e9c616", "ann-some-0000-2265b1f5", "ann-some-0001-1e2feb89",
)  # fmt: skip
CARDS_KEPT = 9  # of the sixteen stored calls, those of card.wav
DONE_S = 60


@dataclass(frozen=True, slots=True)
class Typed:
    """One line, and what it did."""

    line: str
    code: int
    out: str
    err: str


@dataclass
class Story:
    """The page, and a folder in which it happens."""

    folder: Path
    environment: dict[str, str]
    command: str
    steps: dict[str, list[str]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the files of the page. command: what `callshield` is in the shell."""
        for language, name, text in re.findall(r"^```(\w+) (\S+)\n(.*?)^```", PAGE.read_text(), re.M | re.S):
            if language == "sh":
                self.steps[name] = text.splitlines()
            else:
                (self.folder / name).write_text(text)
        bins = self.folder / "bin"
        bins.mkdir()
        (bins / "callshield").write_text(f'#!/bin/sh\nexec {self.command} "$@"\n')
        (bins / "callshield").chmod(0o700)
        self.environment["PATH"] = f"{bins}:{self.environment['PATH']}"
        (self.folder / "env.sh").write_text("")

    def step(self, name: str) -> list[Typed]:
        """Type the lines of a step. Each must end as the page says."""
        self.done.append(name)
        lines = self.steps[name]
        if name in AT_ONCE:
            with ThreadPoolExecutor(len(lines)) as pool:
                return list(pool.map(self._type, lines))
        return [self._type(line, keep=True) for line in lines]

    def variable(self, name: str) -> str:
        """What the page has put into a variable."""
        return self._type(f"printf %s ${name}").out

    def settings(self) -> dict[str, str]:
        """What the page has exported."""
        told = self._type("env -0").out.split("\0")
        return dict(item.split("=", 1) for item in told if item.startswith("CALLSHIELD_"))

    def _type(self, line: str, *, keep: bool = False) -> Typed:
        saved = "export -p > env.sh; " if keep else ""
        script = f"set -a; . ./env.sh; {line}\ncode=$?; {saved}exit $code"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=DONE_S, check=False,
        )  # fmt: skip
        wanted = re.search(r"# exit code (\d+)$", line)
        expected = int(wanted[1]) if wanted else 0
        assert done.returncode == expected, f"{line}\n{done.stdout}{done.stderr}"
        if expected not in (0, 5):
            assert re.fullmatch(r"error: .+\n", done.stderr), line
        return Typed(line, done.returncode, done.stdout, done.stderr)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One of its own."""
    if kind() != APACHE:
        pytest.skip("needs a broker of its own: Java 17 and Apache Kafka's JARs")
    with Broker(data=tmp_path / "kafka") as started:
        yield started


@pytest.fixture
def live(broker: Broker, tmp_path: Path) -> Iterator[Live]:
    """Workers that are started later, in the folder of the story and by its settings."""
    made = Live(tmp_path / "live", broker.servers)
    made.folder = tmp_path / "story"
    made.folder.mkdir()
    yield made
    made.close()


@pytest.fixture(params=["forked", pytest.param("started", marks=pytest.mark.slow)])
def command(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """What `callshield` is in the shell."""
    if request.param == "started":
        yield f"{shlex.quote(sys.executable)} -m pipeline"
        return
    script, where = ROOT / "tests" / "forks.py", tmp_path / "forks"
    server = subprocess.Popen([sys.executable, script, "serve", where])
    while not where.exists():
        assert server.poll() is None
        time.sleep(0.05)
    yield shlex.join([sys.executable, "-S", str(script), "ask", str(where)])
    server.kill()
    server.wait()


def speech(folder: Path) -> dict[str, np.ndarray]:
    """The two recordings of the story: (n, 2) int16."""
    folder.mkdir()
    spoken = {}
    for name, lines in SPEECH.items():
        spoken[name] = write(dialogue(*lines, lead_s=0.6, rest_s=1.0))
        soundfile.write(folder / name, spoken[name], 8_000, subtype="PCM_16")
    return spoken


def files(folder: Path) -> list[Path]:
    """All there are below it."""
    return [path for path in folder.rglob("*") if path.is_file()]


def anns_objects(story: Story) -> list[Path]:
    """What lies in the store of Ann's calls."""
    return [path for path in files(story.folder / "data" / "store") if any(name in path.parts for name in ANNS)]


def windows(pcm: np.ndarray) -> list[bytes]:
    """Bytes of loud parts of a recording, of either channel, as a file would have them in clear."""
    loud = [pcm[at : at + 40, channel] for channel in (0, 1) for at in range(8_000, len(pcm), 4_000)]
    return [part.astype("<i2").tobytes() for part in loud if np.abs(part).max() > 2_000]


def states(listed: str) -> dict[str, int]:
    """How many calls are in which state, as `callshield calls list` prints them."""
    return dict(Counter(line.split()[-2] for line in listed.splitlines()[:-1]))


def recorded(story: Story, live: Live) -> None:
    """Twenty calls are spoken, and the workers have done with them."""
    live.environment |= story.settings()
    for stage in STAGES:
        live.start(stage)
    story.step("tokens")
    asyncio.run(live.wait_ready())
    story.step("calls")
    deadline = time.monotonic() + DONE_S
    wanted = {"stored": 16, "not_kept": 4}, CARDS_KEPT, 9
    while (found := (*indexed(live.folder / "data"), analysed(live.folder / "data"))) != wanted:
        assert time.monotonic() < deadline, f"{found}\n{live.said()}"
        time.sleep(0.2)


def indexed(data: Path) -> tuple[dict[str, int], int]:
    """How many calls are in which state, and how many have originals."""
    with contextlib.closing(sqlite3.connect(data / "index.sqlite3")) as base:
        states = base.execute("SELECT state, COUNT(*) FROM calls GROUP BY state").fetchall()
        return dict(states), base.execute("SELECT COUNT(*) FROM objects WHERE kind = 'contents'").fetchone()[0]


def analysed(data: Path) -> int:
    """Calls that analytics has."""
    with contextlib.closing(sqlite3.connect(data / "analytics.sqlite3")) as base:
        rows = base.execute("SELECT call FROM calls WHERE complete").fetchall()
    assert {name.partition("-0")[0] for (name,) in rows} <= {"yes", "ann"}, "analytics has what it may not"
    return len(rows)


def who_gets_what(story: Story) -> None:
    listed, told = story.step("kept")
    assert states(listed.out) == {"stored": 16, "not_kept": 4}
    *answers, end = told.out.splitlines()
    assert [line.split()[1:3] for line in answers] == [["analytics", "refused"], ["storage", "refused"]]
    assert end == "not_kept; 2 times something was told"
    store = story.folder / "data" / "store"
    unkept = {p[4] for path in files(store) if (p := path.relative_to(store).parts)[2].startswith("no-")}
    assert unkept == {"told"}, "of who refused nothing is kept but that he did"
    story.step("letter")
    assert not any("yes-0005" in str(path) for path in files(story.folder / "data"))


def an_original_is_heard(story: Story, spoken: np.ndarray) -> None:
    listed, _ = story.step("originals")
    story.step("unseal")
    assert len(listed.out.splitlines()) == CARDS_KEPT
    segment = Segment.read(story.variable("SEGMENT"))
    assert segment is not None
    assert (segment.entity, segment.channel) == ("CARD_NUMBER", 1)
    with wave.open(io.BytesIO((story.folder / "heard.wav").read_bytes())) as file:
        heard = np.frombuffer(file.readframes(1 << 24), "<i2")
    assert np.array_equal(heard, spoken[segment.span.start : segment.span.end, segment.channel])
    assert len(heard) > 8_000
    assert not (story.folder / "no.wav").exists()


def ann_is_gone(story: Story, spoken: np.ndarray) -> None:
    """Everything of the backup comes back, and nothing of her can be read."""
    opened, *_, erased = story.step("erase")
    assert opened.out.startswith("request-1: 5 calls; ")
    assert erased.out == "request-1: 5 calls erased\n"
    assert not anns_objects(story)
    story.step("restore")
    objects = anns_objects(story)
    assert {path.parts[-3] for path in objects if path.name == "manifest"} == set(ANNS)
    whole = b"".join(path.read_bytes() for path in objects)
    assert not [w for w in (b"fLaC", b"kettle", b"notice-4", *windows(spoken)) if w in whole], "it lies there in clear"
    *_, reindexed = story.step("refused")
    asked, *_ = story.step("asked")
    assert "5 calls could not be read: KeyLostError" in reindexed.out
    assert "14 calls indexed" in reindexed.out
    assert asked.out.startswith("request-2: 5 calls"), "a number of a request is never used again"
    (swept,) = story.step("sweep")
    assert "5 calls went: erasure" in swept.out
    found, listed = story.step("swept")
    assert found.out.splitlines()[-1] == "0 calls"
    assert states(listed.out) == {"stored": 10, "erased": 5, "withdrawn": 1, "not_kept": 4}
    assert not anns_objects(story)


def old_keys_do_not_help(story: Story) -> None:
    *_, swept = story.step("register")
    assert "objects of erased calls destroyed again" in swept.out
    assert (story.folder / "kept" / "recording.flac").exists()
    story.step("tombstones")
    for name in ("ann", "ann.zip", "no.wav", "none", "gone"):
        assert not (story.folder / name).exists(), name


def the_log_tells(story: Story) -> None:
    verified, shown = story.step("audit")
    assert verified.out.endswith("nothing wrong\n")
    certificates = [line for line in shown.out.splitlines() if "reason=erasure" in line]
    assert {re.search(r" call=(\S+)", line)[1] for line in certificates} == set(ANNS)  # type: ignore[index]
    assert all(" request=request-1 " in line for line in certificates)
    _, _, changed, _, _, cut = story.step("tampered")
    assert re.search(r"line \d+ was changed", changed.out)
    assert re.search(r"entry \d+ was signed and is not there", cut.out)


def the_record_is_right(story: Story) -> None:
    """Held to the manifests that the other customer was given: those of all calls that are kept."""
    *_, given = story.step("others")
    assert given.out.startswith("other.zip: 10 calls, 10 of them with what was recorded")
    story.step("record")
    record = json.loads((story.folder / "record.json").read_text())
    found: dict[str, list[int]] = {}
    with zipfile.ZipFile(story.folder / "other.zip") as package:
        manifests = [json.loads(package.read(n)) for n in package.namelist() if n.endswith("/manifest.json")]
        about = json.loads(package.read("calls.json"))["calls"]
    for manifest in manifests:
        for entity, stretches in manifest["hidden"].items():
            sums = found.setdefault(entity, [0, 0])
            sums[0] += 1
            sums[1] += len(stretches)
    assert {row["entity"]: [row["calls"], row["spans"]] for row in record["categories"]} == found
    assert found.keys() >= {"CARD_NUMBER", "PERSON_NAME"}
    assert record["calls"] == len(manifests) == 10
    assert all({c["purpose"] for c in call["consents"]} == {"storage", "analytics"} for call in about)
    storage, analytics = record["purposes"]
    assert (storage["policy"], storage["originals"]) == ("keeping", ["CARD_NUMBER"])
    assert storage["why"] == "disputes about orders"
    assert (analytics["policy"], analytics["originals"]) == ("default", [])
    assert storage["consent"][0] | {"consent": "required", "notice": True} == storage["consent"][0]
    terms = {row["purpose"]: row["max_ms"] // 86_400_000 for row in record["retention"]}
    assert terms.items() >= {"storage": 180, "vault": 30, "analytics": 180}.items()
    assert [one["name"] for one in record["recipients"]] == ["Example Hosting"]
    assert (record["transfers"], record["open"]) == ([], [])
    pinned = {m["name"]: m["sha256"] for m in tomllib.loads((ROOT / "models" / "registry.toml").read_text())["model"]}
    models = json.loads((story.folder / "models.json").read_text())["models"]
    there = {m["name"]: pinned[m["name"]] for m in models if m["state"] == "verified"}
    assert {m["name"]: m["sha256"] for m in record["models"]} == there != {}


def test_the_story_is_as_the_page_tells_it(live: Live, command: str) -> None:
    spoken = speech(live.folder / "calls")
    story = Story(live.folder, environment({name: live.environment[name] for name in TAKEN}), command)
    story.step("settings")
    story.step("keys")
    recorded(story, live)
    who_gets_what(story)
    an_original_is_heard(story, spoken["card.wav"])
    for worker in live.workers:
        worker.terminate()
    story.step("backup")
    ann_is_gone(story, spoken["card.wav"])
    old_keys_do_not_help(story)
    the_record_is_right(story)
    the_log_tells(story)
    assert sorted(story.done) == sorted(story.steps), "a step of the page was not typed"
    theirs = {path for path in files(live.folder) if path.suffix == ".json" and path.parent == live.folder}
    for path in set(files(live.folder)) - theirs:
        assert not [number for number in NUMBERS if number in path.read_bytes()], f"{path} holds a caller's number"
