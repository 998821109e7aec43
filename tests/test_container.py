"""What can be told about the image and its service without an engine: pins, user, mounts, hardening, contents."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from pipeline.core.topics import STAGES
from pipeline.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY", re.IGNORECASE)
LOCKS = ("deploy/runtime.lock", "deploy/build.lock")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (INSTRUCTION, arguments) with comments gone and continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", lines)
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def final_stage() -> list[tuple[str, str]]:
    found = instructions()
    last = max(i for i, (name, _) in enumerate(found) if name == "FROM")
    return found[last + 1 :]


def environment() -> dict[str, str]:
    """ENV and ARG of all stages; the value of an ARG without default is empty."""
    out: dict[str, str] = {}
    for name, rest in instructions():
        if name in {"ENV", "ARG"}:
            out.update((key, value) for key, _, value in (item.partition("=") for item in rest.split()))
    return out


def redact() -> dict[str, object]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["redact"]


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name: str) -> dict[str, frozenset[str]]:
    """Hashes by "name==version"."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    rows = [line.split() for line in text.splitlines() if re.match(r"[a-z]", line)]
    return {row[0]: frozenset(part for part in row[1:] if part.startswith("--hash=")) for row in rows}


def packages(name: str) -> set[str]:
    return {pin.partition("==")[0] for pin in locked(name)}


def plain(requirement: str) -> str:
    """The normalised name of a requirement."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_the_base_image_is_pinned_to_a_patch_release() -> None:
    stages = {rest.partition(" AS ")[2] for name, rest in instructions() if name == "FROM"}
    outside = [
        r.partition(" AS ")[0] for n, r in instructions() if n == "FROM" and r.partition(" AS ")[0] not in stages
    ]
    assert len(outside) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?", outside[0])


def test_the_command_does_not_run_as_root() -> None:
    users = [rest for name, rest in final_stage() if name == "USER"]
    assert users
    user, _, group = users[-1].partition(":")
    assert user.isdecimal()
    assert int(user) > 0
    assert group.isdecimal()
    assert int(group) > 0


def test_the_entry_point_is_the_command_and_not_a_shell() -> None:
    assert ("ENTRYPOINT", '["callshield"]') in final_stage()
    assert "callshield" in project()["scripts"]


def test_no_default_looks_like_a_secret() -> None:
    service = redact().get("environment", {})
    given = service if isinstance(service, dict) else dict(item.partition("=")[::2] for item in service)
    assert not [name for name in environment() | given if SECRET.search(name)]


def test_settings_of_the_image_are_settings_of_the_program() -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    given = {name for name in environment() if name.startswith(PREFIX)}
    assert given
    assert given <= known


def test_every_installation_from_outside_is_held_to_hashes() -> None:
    commands = [
        c.strip() for n, rest in instructions() if n == "RUN" for c in rest.split("&&") if c.strip().startswith("pip ")
    ]
    assert commands
    for command in commands:
        closed = "--no-index" in command or {"--no-deps", "--no-build-isolation", "."} <= set(command.split())
        assert closed or "--require-hashes" in command, command


def test_the_builder_is_given_just_what_the_image_copies() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        path for name, rest in instructions() if name == "COPY" and "--from" not in rest for path in rest.split()[:-1]
    }
    assert allowed == copied
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("name", LOCKS)
def test_the_locks_of_the_image_are_parts_of_the_lock(name: str) -> None:
    whole = locked("requirements.lock")
    part = locked(name)
    assert part
    differing = [pin for pin, hashes in part.items() if not hashes or whole.get(pin) != hashes]
    assert not differing, "make the locks again, deploy/README.md says how"


def test_the_image_holds_what_is_needed_to_run_and_no_tools() -> None:
    run = packages("deploy/runtime.lock")
    assert {plain(need) for need in project()["dependencies"]} <= run
    dev = {plain(need) for extra in project()["optional-dependencies"].values() for need in extra}
    assert dev & run <= {"setuptools"}  # spaCy needs it at run time


def test_versions_agree() -> None:
    version = project()["version"]
    assert redact()["image"] == f"callshield:{version}"
    assert any(f'image.version="{version}"' in rest for name, rest in final_stage() if name == "LABEL")
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_service_is_locked_down() -> None:
    service = redact()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["network_mode"] == "none"
    assert not {"privileged", "cap_add", "ports", "devices", "pid", "ipc"} & service.keys()
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]


def test_the_service_runs_as_nobody_known_unless_told() -> None:
    defaults = re.fullmatch(r"\$\{RUN_AS_UID:-(\d+)\}:\$\{RUN_AS_GID:-(\d+)\}", redact()["user"])
    assert defaults
    assert all(int(number) > 0 for number in defaults.groups())


def test_only_the_results_may_be_written() -> None:
    mounts = {m["target"]: m for m in redact()["volumes"]}
    assert set(mounts) == {"/in", "/out", "/models"}
    assert {target for target, m in mounts.items() if not m.get("read_only")} == {"/out"}
    assert all(m["type"] == "bind" and m["bind"]["create_host_path"] is False for m in mounts.values())
    made = next(rest for name, rest in final_stage() if name == "RUN" and "mkdir" in rest)
    assert set(mounts) <= set(made.split())
    assert environment()["CALLSHIELD_MODELS_DIR"] in mounts
    assert redact()["command"][:1] == ["redact"]
    assert {"/in", "/out"} <= set(redact()["command"])


def test_the_licence_of_every_locked_package_is_told() -> None:
    sections = (ROOT / "docs/licences.md").read_text(encoding="utf-8").split("\n## ")
    rows = {s.split("\n")[0]: [r for r in s.splitlines() if re.match(r"\| [^|]+ \| `[^|]+ \|$", r)] for s in sections}
    told = {title: set(re.findall(r"`([a-z0-9-]+)`", "\n".join(found))) for title, found in rows.items()}
    run = next(names for title, names in told.items() if "`deploy/runtime.lock`" in title)
    dev = next(names for title, names in told.items() if "`requirements.lock`" in title)
    assert run == packages("deploy/runtime.lock")
    assert dev == packages("requirements.lock") - run


def test_the_image_serves_the_live_stages_where_compose_asks_them() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    port = str(Settings.model_fields["metrics_port"].default)
    assert ("EXPOSE", port) in final_stage()
    made = next(rest for name, rest in final_stage() if name == "RUN" and "mkdir" in rest).split()
    user = next(rest for name, rest in final_stage() if name == "USER")
    live = [service for service in compose.values() if service["image"] == redact()["image"] and service != redact()]
    assert len(live) == len(STAGES) + 1
    for service in live:
        assert service["user"] == user
        assert service["environment"]["CALLSHIELD_METRICS_PORT"] == port
        assert {mount["target"] for mount in service.get("volumes", [])} <= set(made)
