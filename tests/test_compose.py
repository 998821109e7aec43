"""What can be told of the live services without an engine: hardening, secrets, networks, alarms, panels."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.core.metric_table import METRICS, PREFIX, SECONDS, Kind
from pipeline.core.topics import STAGES, topics
from pipeline.settings import PREFIX as VARIABLE
from pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|_KEYS?(_|$)", re.IGNORECASE)
FILES = ("docker-compose.yml", "deploy/compose.intake.yml", "deploy/compose.secure.yml")
RULES = "deploy/prometheus/rules/callshield.yml"
PROCESS = {"up", "ALERTS", "process_resident_memory_bytes", "process_cpu_seconds_total"}  # not of our table
WORDS = {
    "sum", "max", "min", "count", "by", "rate", "increase", "histogram_quantile", "absent", "vector", "or",
    "le", "without",
}  # fmt: skip


@cache
def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def services() -> dict[str, dict[str, Any]]:
    return load("docker-compose.yml")["services"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in load(RULES)["groups"] for rule in group["rules"]]


@cache
def dashboard() -> dict[str, Any]:
    return json.loads((ROOT / "deploy/grafana/dashboards/callshield.json").read_text(encoding="utf-8"))


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Every query of the alarms and the dashboard: where it is, and itself with Grafana's variables filled in."""
    for rule in rules():
        yield rule.get("alert", rule.get("record")), rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "1m")


def names(expr: str) -> set[str]:
    """Metrics that a query names."""
    bare = re.sub(r'"(\\.|[^"\\])*"|\[[^\]]*\]|\b(by|without) *\([^)]*\)', "", expr)
    bare = re.sub(r"\{[^}]*\}", "", bare)
    return {name for name in re.findall(r"[A-Za-z_:][\w:]*", bare) if name not in WORDS}


def labels(expr: str) -> set[tuple[str, str]]:
    """Metric and label, of all its selectors."""
    found = re.findall(r"([A-Za-z_:][\w:]*)\{([^}]*)\}", expr)
    return {(metric, label) for metric, inside in found for label in re.findall(r"(\w+) *[=!]", inside)}


def shown() -> set[str]:
    """Names that a page of metrics may have, as Prometheus sees them."""
    out: set[str] = set()
    for name, metric in METRICS.items():
        parts = ("_bucket", "_sum", "_count") if metric.kind is Kind.HISTOGRAM else ("",)
        out |= {f"{PREFIX}{name}{part}" for part in parts}
    return out


def environment(service: dict[str, Any]) -> dict[str, str]:
    return service.get("environment", {})


# Services


def test_there_is_one_service_for_each_stage() -> None:
    for stage in STAGES:
        assert services()[stage]["command"] == ["run", stage]
        assert services()[stage]["image"] == services()["redact"]["image"]
        assert services()[stage]["build"] == "."


@pytest.mark.parametrize("name", services())
def test_every_service_is_locked_down(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"} & service.keys()
    user = re.sub(r"\$\{\w+:-(\d+)\}", r"\1", service["user"])
    assert re.fullmatch(r"[1-9]\d*:\d+", user), "runs as root, or as whom the image likes"
    assert "docker.sock" not in json.dumps(service)


@pytest.mark.parametrize("name", sorted(set(services()) - {"redact"}))
def test_every_service_that_stays_is_bounded(name: str) -> None:
    service = services()[name]
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= limits.keys()
    assert "max-size" in service["logging"]["options"]
    for mount in service.get("tmpfs", []):
        assert "size=" in mount


@pytest.mark.parametrize("name", services())
def test_every_image_is_pinned(name: str) -> None:
    image = services()[name]["image"]
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(@sha256:[0-9a-f]{64})?", image)


@pytest.mark.parametrize("name", services())
def test_folders_of_the_host_must_exist_and_only_results_may_be_written(name: str) -> None:
    for mount in services()[name].get("volumes", []):
        if mount["type"] == "bind":
            assert mount["bind"]["create_host_path"] is False
            written = mount["target"] in {"/out", "/recordings", "/data"}
            assert mount.get("read_only", False) != written
            if mount["source"].startswith("./deploy"):
                assert (ROOT / mount["source"]).exists()


def test_settings_are_settings_of_the_program_and_their_values_are_allowed() -> None:
    for file in FILES:
        for name, service in load(file)["services"].items():
            given = {k.removeprefix(VARIABLE).lower(): v for k, v in environment(service).items() if VARIABLE in k}
            assert given.keys() <= Settings.model_fields.keys(), (file, name)
            plain = {key: re.sub(r"\$\{\w+(:-(.*?)|:\?.*?)\}", r"\2", value) for key, value in given.items()}
            Settings(**plain)


@pytest.mark.parametrize("stage", STAGES)
def test_health_is_asked_where_the_worker_answers(stage: str) -> None:
    service = services()[stage]
    given = environment(service)
    test = service["healthcheck"]["test"]
    assert test[:3] == ["CMD", "python", "-c"], "there is no curl in the image"
    compile(test[3], "healthcheck", "exec")
    assert f"http://127.0.0.1:{given['CALLSHIELD_METRICS_PORT']}/healthz" in test[3]
    assert given["CALLSHIELD_METRICS_HOST"] == "0.0.0.0"
    assert service["depends_on"]["topics"]["condition"] == "service_completed_successfully"


def test_topics_are_made_once_the_broker_is_there() -> None:
    service = services()["topics"]
    assert service["command"][:2] == ["topics", "apply"]
    assert service["restart"] == "no"
    assert service["depends_on"]["kafka"]["condition"] == "service_healthy"


@pytest.mark.parametrize("file", FILES)
def test_no_secret_has_a_value_in_clear(file: str) -> None:
    for name, service in load(file)["services"].items():
        for key, value in environment(service).items():
            if SECRET.search(key) and key != "CALLSHIELD_KEY_REGISTER":  # where wrapped keys are
                assert key.endswith("_FILE"), (name, key)
                assert value.startswith("/run/secrets/"), (name, key)
    for name, secret in load(file).get("secrets", {}).items():
        assert list(secret) == ["file"], name
        assert secret["file"].startswith("./secrets/"), name


@pytest.mark.parametrize("file", FILES)
def test_every_secret_network_and_volume_that_is_used_is_declared(file: str) -> None:
    main = load("docker-compose.yml")
    for part in ("secrets", "networks"):
        known = main.get(part, {}).keys() | load(file).get(part, {}).keys()
        for service in load(file)["services"].values():
            used = {item["source"] if isinstance(item, dict) else item for item in service.get(part, [])}
            assert used <= known
    for service in load(file)["services"].values():
        used = {m["source"] for m in service.get("volumes", []) if m["type"] == "volume"}
        assert used <= main["volumes"].keys()


def test_secrets_are_not_in_the_repository_nor_in_the_image() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/secrets/", "/recordings/", "/s3/"} <= set(ignored)
    assert "secrets" not in (ROOT / ".dockerignore").read_text(encoding="utf-8")


def test_only_clients_of_kafka_are_where_kafka_is() -> None:
    on_it = {name for name, service in services().items() if "kafka" in service.get("networks", [])}
    assert on_it == {"kafka", "topics", *STAGES}
    networks = load("docker-compose.yml")["networks"]
    assert {name for name, network in networks.items() if not (network or {}).get("internal")} == {"front"}
    assert {name for name, service in services().items() if "front" in service.get("networks", [])} == {"grafana"}


def test_nothing_listens_but_the_dashboard_and_that_on_this_machine_only() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert ports.keys() == {"grafana"}
    opened = load("deploy/compose.intake.yml")["services"]
    assert opened.keys() == {"kafka"}
    for port in [*ports["grafana"], *opened["kafka"]["ports"]]:
        assert port.startswith("127.0.0.1:")


def test_the_batch_command_and_the_store_to_try_are_only_started_on_request() -> None:
    asked = {name for name, service in services().items() if "profiles" in service}
    assert asked == {"redact", "s3"}
    assert load("deploy/compose.secure.yml")["services"]["kafka"] == {"profiles": ["bundled-kafka"]}


def test_a_kafka_of_ones_own_is_reached_with_tls_and_a_user_for_each_stage() -> None:
    secure = load("deploy/compose.secure.yml")["services"]
    users = {}
    for name in ("topics", *STAGES):
        given = environment(secure[name])
        assert given["CALLSHIELD_KAFKA_SECURITY"] == "sasl_tls"
        assert ":?" in given["CALLSHIELD_KAFKA_SERVERS"], "must be said"
        users[name] = given["CALLSHIELD_KAFKA_USER"]
        own = [secret for secret in secure[name]["secrets"] if isinstance(secret, dict)]
        assert [secret["target"] for secret in own] == ["kafka_password"]
        assert own[0]["source"] == users[name].replace("callshield-", "kafka_")
    assert len(set(users.values())) == len(users)


def test_the_cluster_id_is_one_and_one_node_copies_nothing() -> None:
    given = environment(services()["kafka"])
    assert len(base64.urlsafe_b64decode(given["CLUSTER_ID"] + "==")) == 16
    assert {v for k, v in given.items() if k.endswith(("REPLICATION_FACTOR", "MIN_ISR"))} == {"1"}
    assert given["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    version = re.search(
        r"<artifactId>kafka_2.13</artifactId>\s*<version>([\d.]+)<",
        (ROOT / "deploy/kafka/pom.xml").read_text(encoding="utf-8"),
    )
    assert version, "pom.xml names no version"
    assert services()["kafka"]["image"].partition("@")[0] == f"apache/kafka:{version[1]}", "tested with another one"


# Prometheus


def test_every_worker_is_asked_for_its_metrics() -> None:
    job = next(
        job for job in load("deploy/prometheus/prometheus.yml")["scrape_configs"] if job["job_name"] == "callshield"
    )
    found = job["dns_sd_configs"][0]
    assert set(found["names"]) == set(STAGES)
    assert str(found["port"]) == environment(services()["hear"])["CALLSHIELD_METRICS_PORT"]
    assert found["type"] == "A"


@pytest.mark.parametrize(("where", "expr"), [*expressions()])
def test_queries_name_only_metrics_and_labels_that_there_are(where: str, expr: str) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert names(expr), where
    assert names(expr) <= shown() | recorded | PROCESS
    for metric, label in labels(expr):
        if metric in shown():
            base = re.sub(r"_(bucket|sum|count)$", "", metric).removeprefix(PREFIX)
            assert label in {"stage", "instance", *METRICS.get(base, METRICS.get(metric.removeprefix(PREFIX))).labels}


def test_every_alarm_says_what_it_is_and_what_to_do() -> None:
    alarms = [rule for rule in rules() if "alert" in rule]
    assert len({rule["alert"] for rule in alarms}) == len(alarms)
    for rule in alarms:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert {"summary", "action"} <= rule["annotations"].keys()


def test_what_must_raise_an_alarm_does() -> None:
    watched = {name for rule in rules() for name in names(rule["expr"])}
    must = {
        "lag_audio_seconds", "commit_distance_messages", "late_verdicts_total", "dead_letters_total",
        "engine_restarts_total", "partitions", "alive", "ready",
    }  # fmt: skip
    assert {PREFIX + name for name in must} | {"up"} <= watched


def test_every_alarm_is_tried_out() -> None:
    text = (ROOT / "deploy/prometheus/rules_test.yml").read_text(encoding="utf-8")
    for rule in rules():
        if "alert" in rule:
            assert re.search(rf"\b{rule['alert']}\b", text), rule["alert"]


def test_the_alarm_on_retention_is_at_half_of_it_for_every_topic_audio_waits_in() -> None:
    expr = next(rule["expr"] for rule in rules() if rule.get("alert") == "RetentionNear")
    parts = [re.search(r'topic=~?"(.+?)"\} > (\d+)', part) for part in re.split(r"\bor\b", expr)]
    limits = [(part[1], int(part[2])) for part in parts if part]
    read = [topic for topic in topics(["storage", "analytics"]).values() if set(topic.readers) & set(STAGES)]
    waits = [topic for topic in read if topic.retention_ms and topic.name != "calls.events"]
    assert len(waits) >= 8
    for topic in waits:
        found = [seconds for pattern, seconds in limits if re.fullmatch(pattern, topic.name)]
        assert found == [topic.retention_ms // 2000], topic.name


def test_the_alarm_on_lag_is_where_a_worker_stops_being_ready() -> None:
    expr = next(rule["expr"] for rule in rules() if rule.get("alert") == "LagSeconds")
    assert expr.endswith(f"> {Settings.model_fields['ready_lag_s'].default}")
    assert Settings.model_fields["ready_lag_s"].default in SECONDS


# Grafana


def test_the_data_source_of_every_panel_is_provisioned() -> None:
    sources = {s["uid"]: s for s in load("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]}
    wanted = [*dashboard()["templating"]["list"], *panels(), *(t for panel in panels() for t in panel["targets"])]
    assert {item["datasource"]["uid"] for item in wanted} == sources.keys()
    host, port = re.fullmatch(r"http://(\w+):(\d+)", sources["prometheus"]["url"]).groups()
    assert host in services()
    assert port == "9090"
    shared = set(services()[host]["networks"]) & set(services()["grafana"]["networks"])
    assert shared == {"dashboard"}


def test_the_dashboard_is_where_grafana_looks() -> None:
    path = load("deploy/grafana/provisioning/dashboards/callshield.yml")["providers"][0]["options"]["path"]
    mounts = {m["target"]: m["source"] for m in services()["grafana"]["volumes"]}
    assert (ROOT / mounts[path] / "callshield.json").exists()
    assert (ROOT / mounts["/etc/grafana/provisioning"] / "datasources").is_dir()
    home = environment(services()["grafana"])["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{path}/callshield.json"


def test_panels_have_ids_titles_and_explanations() -> None:
    every = dashboard()["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    assert dashboard()["id" if "id" in dashboard() else "uid"] == "callshield"
    for panel in panels():
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_panels_fit_and_do_not_overlap() -> None:
    boxes = [panel["gridPos"] for panel in dashboard()["panels"]]
    for box in boxes:
        assert box["x"] >= 0
        assert box["x"] + box["w"] <= 24
        assert box["w"] > 0
        assert box["h"] > 0
    for a, b in combinations(boxes, 2):
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        assert apart, (a, b)
    tops = sorted({box["y"] for box in boxes})
    ends = {box["y"]: box["y"] + box["h"] for box in boxes}
    assert all(ends[above] == below for above, below in pairwise(tops)), "a gap"


def test_every_metric_has_a_panel() -> None:
    seen = {name for panel in panels() for target in panel["targets"] for name in names(target["expr"])}
    sums = {"late_verdicts_total": "callshield:late_verdicts:sum", "dead_letters_total": "callshield:dead_letters:sum"}
    for name, metric in METRICS.items():
        full = PREFIX + name + ("_bucket" if metric.kind is Kind.HISTOGRAM else "")
        assert full in seen or sums.get(name) in seen, name


def test_variables_that_are_used_are_defined() -> None:
    text = json.dumps(panels())
    used = set(re.findall(r"\$(?!__)\{?(\w+)", text))
    assert used == {variable["name"] for variable in dashboard()["templating"]["list"]}
