"""What can be told of the Kubernetes manifests without a cluster: schemas, hardening, secrets, settings, scaling."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from pipeline.adapters.plan_figures import load_figures
from pipeline.core.metric_table import METRICS, PREFIX
from pipeline.core.plan import BUSIEST_MAX, busiest, calls_max, cores_each
from pipeline.core.plan_figures import STAGES as PLANNED
from pipeline.core.topics import STAGES
from pipeline.settings import PREFIX as VARIABLE
from pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "kubernetes"
VERSION = "1.37.0"
CALLS = 1_000  # what README.md says they are sized for
SCALED = "hear"
RUNNERS = ("Deployment", "StatefulSet", "Job")


@cache
def documents() -> list[tuple[str, dict[str, Any]]]:
    """(file, document) of everything but the kustomization."""
    return [
        (path.name, one)
        for path in sorted(FOLDER.glob("*.yaml"))
        if path.name != "kustomization.yaml"
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for _, one in documents() if one["kind"] == kind}


def runners() -> dict[str, dict[str, Any]]:
    """Whatever starts pods, by name."""
    return {name: one for kind in RUNNERS for name, one in of(kind).items()}


def pod(one: dict[str, Any]) -> dict[str, Any]:
    return one["spec"]["template"]["spec"]


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(name of the runner, its pod, a container of it)."""
    for name, one in runners().items():
        for container in [*pod(one).get("initContainers", []), *pod(one)["containers"]]:
            yield name, pod(one), container


def settings(container: dict[str, Any]) -> dict[str, str]:
    """Its environment, files of settings first."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= of("ConfigMap")[source["configMapRef"]["name"]]["data"]
    for one in container.get("env", []):
        assert "value" in one, "a value from elsewhere is in the environment of every child"
        found[one["name"]] = one["value"]
    return found


# Schemas


@pytest.mark.parametrize(("file", "document"), documents(), ids=lambda x: x if isinstance(x, str) else x["kind"])
def test_manifests_are_what_kubernetes_takes(file: str, document: dict[str, Any]) -> None:
    if document["apiVersion"].startswith("keda.sh/"):  # its schema is not Kubernetes' own
        assert file == "autoscaling.yaml"
        return
    kubernetes_validate.validate(document, VERSION, strict=True)


def test_the_schemas_would_find_something() -> None:
    broken = json.loads(json.dumps(of("Deployment")["hear"]))
    pod(broken)["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSION, strict=True)


def test_the_kustomization_has_every_file_but_what_needs_keda() -> None:
    made = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
    assert sorted(made["resources"]) == sorted({file for file, _ in documents()} - {"autoscaling.yaml"})
    assert made["namespace"] in of("Namespace")


# Stages


def test_there_is_one_runner_for_each_stage_with_all_that_belongs_to_it() -> None:
    assert set(runners()) == {*STAGES, "topics"}
    assert set(of("Service")) == set(of("PodDisruptionBudget")) == set(STAGES)
    assert set(of("ServiceAccount")) == {*STAGES, "topics"}
    for stage in STAGES:
        (container,) = pod(runners()[stage])["containers"]
        assert container["args"] == ["run", stage]
        labels = {"app.kubernetes.io/name": stage}
        assert of("Service")[stage]["spec"]["selector"] == labels
        assert of("PodDisruptionBudget")[stage]["spec"]["selector"]["matchLabels"] == labels
        assert runners()[stage]["spec"]["selector"]["matchLabels"] == labels
        assert labels.items() <= runners()[stage]["spec"]["template"]["metadata"]["labels"].items()
        assert pod(runners()[stage])["serviceAccountName"] == stage


def test_prometheus_finds_workers_by_the_names_its_configuration_has() -> None:
    jobs = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    found = next(job for job in jobs if job["job_name"] == "callshield")["dns_sd_configs"][0]
    for name in found["names"]:
        spec = of("Service")[name]["spec"]
        assert spec["clusterIP"] == "None", "one address would stand for one worker"
        assert spec["publishNotReadyAddresses"] is True, "who is not ready is who must be seen"
        assert [port["port"] for port in spec["ports"]] == [found["port"]]


@pytest.mark.parametrize("stage", STAGES)
def test_probes_ask_where_the_worker_answers(stage: str) -> None:
    (container,) = pod(runners()[stage])["containers"]
    (port,) = container["ports"]
    assert settings(container)["CALLSHIELD_METRICS_PORT"] == str(port["containerPort"])
    assert settings(container)["CALLSHIELD_METRICS_HOST"] == "0.0.0.0"
    paths = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {name: probe["path"] for name, probe in paths.items()} == {
        "startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz",
    }  # fmt: skip
    assert {probe["port"] for probe in paths.values()} == {port["name"]}


def test_the_image_is_that_of_compose() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert {c["image"] for _, _, c in containers()} == {compose["services"]["hear"]["image"]}


def test_a_worker_has_the_time_to_stop_that_compose_gives_it() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["hear"]
    for stage in STAGES:
        assert f"{pod(runners()[stage])['terminationGracePeriodSeconds']}s" == compose["stop_grace_period"]


# Hardening


@pytest.mark.parametrize(("name", "spec", "container"), [*containers()], ids=lambda x: x if isinstance(x, str) else "")
def test_every_container_is_locked_down_and_bounded(name: str, spec: dict[str, Any], container: dict[str, Any]) -> None:
    own, shared = container["securityContext"], spec["securityContext"]
    assert own == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert shared["runAsNonRoot"] is True
    assert shared["runAsUser"] == shared["runAsGroup"] == shared["fsGroup"] == 10001
    assert shared["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert container["resources"]["requests"] == container["resources"]["limits"]
    assert {"cpu", "memory"} <= container["resources"]["limits"].keys()
    for volume in spec["volumes"]:
        assert "hostPath" not in volume
        if "emptyDir" in volume:
            assert volume["emptyDir"]["sizeLimit"]


def test_the_user_is_that_of_the_image() -> None:
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_namespace_takes_no_pod_that_is_not_locked_down() -> None:
    assert of("Namespace")["callshield"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_service_accounts_have_no_token() -> None:
    assert all(one["automountServiceAccountToken"] is False for one in of("ServiceAccount").values())


@pytest.mark.parametrize(("name", "spec", "container"), [*containers()], ids=lambda x: x if isinstance(x, str) else "")
def test_mounts_have_their_volumes_and_only_data_may_be_written(
    name: str, spec: dict[str, Any], container: dict[str, Any]
) -> None:
    made = {one["metadata"]["name"] for one in runners()[name]["spec"].get("volumeClaimTemplates", [])}
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    for mount in container["volumeMounts"]:
        assert mount["name"] in made | volumes.keys()
        if "secret" in volumes.get(mount["name"], {}):
            assert mount["readOnly"] is True
            assert mount["mountPath"].startswith("/run/secrets/")
    for volume in spec["volumes"]:
        if "persistentVolumeClaim" in volume:
            assert volume["persistentVolumeClaim"]["claimName"] in of("PersistentVolumeClaim")


# Settings and secrets


@pytest.mark.parametrize(("name", "spec", "container"), [*containers()], ids=lambda x: x if isinstance(x, str) else "")
def test_settings_are_settings_with_allowed_values(name: str, spec: dict[str, Any], container: dict[str, Any]) -> None:
    given = settings(container)
    ours = {k.removeprefix(VARIABLE).lower(): v for k, v in given.items() if k.startswith(VARIABLE)}
    assert ours.keys() <= Settings.model_fields.keys()
    Settings(**ours)
    assert given.keys() - {VARIABLE + k.upper() for k in ours} <= {"PGPASSFILE"}


@pytest.mark.parametrize(("name", "spec", "container"), [*containers()], ids=lambda x: x if isinstance(x, str) else "")
def test_every_file_and_folder_a_setting_names_is_mounted(
    name: str, spec: dict[str, Any], container: dict[str, Any]
) -> None:
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    for key, value in settings(container).items():
        for path in re.findall(r"(?:^|=)(/[\w./-]+)", value):
            inside = any(path == mount or path.startswith(mount + "/") for mount in mounts)
            assert inside or (key == "CALLSHIELD_KEYS_FILE" and name == "topics"), (key, path)


def test_no_secret_is_in_the_manifests_and_none_is_an_environment_variable() -> None:
    assert not of("Secret")
    for _, _, container in containers():
        for key in settings(container):
            if re.search(r"PASSWORD|TOKEN|SECRET|KEYS?(_|$)", key) and key != "CALLSHIELD_KEY_REGISTER":
                assert key.endswith("_FILE"), key
    for name, one in runners().items():
        for volume in pod(one)["volumes"]:
            if "secret" in volume:
                certificates = volume["secret"]["secretName"].endswith("-ca")
                assert volume["secret"]["defaultMode"] == (0o444 if certificates else 0o440), name


def test_each_stage_has_a_user_of_its_own_and_its_password_only() -> None:
    users = set()
    for name, one in runners().items():
        (container,) = pod(one)["containers"]
        user = settings(container)["CALLSHIELD_KAFKA_USER"]
        users.add(user)
        secrets = {v["secret"]["secretName"] for v in pod(one)["volumes"] if "secret" in v}
        assert {s for s in secrets if s.startswith("kafka-") and s != "kafka-ca"} == {
            user.replace("callshield-", "kafka-")
        }, name
        assert settings(container)["CALLSHIELD_KAFKA_SECURITY"] == "sasl_tls"
    assert len(users) == len(runners())


def test_every_secret_is_told_of() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    for one in runners().values():
        for volume in pod(one)["volumes"]:
            name = volume.get("secret", {}).get("secretName", "")
            assert not name or f"`{name}`" in told or name.startswith("kafka-"), name


# Network


def test_nothing_passes_that_no_policy_lets_pass() -> None:
    policies = of("NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    kafka = settings(pod(runners()["hear"])["containers"][0])["CALLSHIELD_KAFKA_SERVERS"]
    host, _, port = kafka.partition(":")
    (rule,) = policies["kafka"]["spec"]["egress"]
    assert [p["port"] for p in rule["ports"]] == [int(port)]
    names = rule["to"][0]["namespaceSelector"]["matchLabels"]
    assert names == {"kubernetes.io/metadata.name": host.split(".")[1]}
    (rule,) = policies["metrics"]["spec"]["ingress"]
    assert [p["port"] for p in rule["ports"]] == [9464]
    wide = {n for n, p in policies.items() for r in p["spec"].get("egress", []) for t in r["to"] if "ipBlock" in t}
    assert wide == {"kept"}, "only who writes to the object store goes out"


# Size and scaling


def scaled() -> dict[str, Any]:
    return of("ScaledObject")[SCALED]["spec"]


def query(name: str) -> str:
    return next(t["metadata"]["query"] for t in scaled()["triggers"] if t["name"] == name)


@pytest.mark.parametrize("stage", sorted(set(PLANNED) - {SCALED, "analytics"}))
def test_there_are_as_many_workers_as_so_many_calls_take(stage: str) -> None:
    figures, partitions = load_figures(), int(of("ConfigMap")["callshield-settings"]["data"]["CALLSHIELD_PARTITIONS"])
    most = -(-partitions // runners()[stage]["spec"]["replicas"])
    assert busiest(CALLS, most, partitions) <= BUSIEST_MAX * calls_max(stage, 1.0, figures)


def test_the_scaler_is_of_a_deployment_that_leaves_its_number_to_it() -> None:
    target = scaled()["scaleTargetRef"]
    found = of(target["kind"])[target["name"]]
    assert found["apiVersion"] == target["apiVersion"]
    assert "replicas" not in found["spec"], "applying it would undo what the scaler did"


def test_there_are_never_more_workers_than_partitions() -> None:
    partitions = of("ConfigMap")["callshield-settings"]["data"]["CALLSHIELD_PARTITIONS"]
    assert str(scaled()["maxReplicaCount"]) == partitions
    assert set(re.findall(r"72", query("calls"))) == {partitions}


def test_fewer_workers_come_slower_than_more() -> None:
    behavior = scaled()["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    up, down = behavior["scaleUp"], behavior["scaleDown"]
    assert up["stabilizationWindowSeconds"] >= 60, "a take-over lags by itself"
    assert down["stabilizationWindowSeconds"] >= 10 * up["stabilizationWindowSeconds"]
    assert down["stabilizationWindowSeconds"] <= 3600, "Kubernetes takes no more"


def test_the_scaler_asks_for_metrics_there_are_and_takes_no_answer_for_nothing() -> None:
    for trigger in scaled()["triggers"]:
        asked = trigger["metadata"]
        names = set(re.findall(rf"{PREFIX}(\w+)", asked["query"]))
        assert names
        assert names <= METRICS.keys()
        assert asked["ignoreNullValues"] == "false"
    lag = next(t for t in scaled()["triggers"] if t["name"] == "lag")
    assert "lag_audio_seconds" in lag["metadata"]["query"]
    assert float(lag["metadata"]["threshold"]) < Settings.model_fields["ready_lag_s"].default


def test_a_worker_of_hear_has_the_cores_and_threads_of_the_plan() -> None:
    (container,) = pod(runners()[SCALED])["containers"]
    cores = cores_each(SCALED, load_figures())
    assert container["resources"]["limits"]["cpu"] == str(cores), "see callshield plan: cores each, in hear.yaml"
    assert settings(container)["CALLSHIELD_THREADS"] == str(cores - 1), "one core is for its Python"


def test_the_floor_is_what_a_worker_carries() -> None:
    (each,) = re.findall(r"72 \* (\d+)", query("calls"))
    assert int(each) == pytest.approx(calls_max(SCALED, 0.6, load_figures()), rel=0.1), "see callshield plan"


CASES = [  # calls of two workers, lag by partition, then what the queries come to
    ((30, 25), [3] * 23 + [80], 3, 3.0),  # one call waits for a lost chunk: no reason for more
    ((1250, 1250), [60] * 10, 15, 60.0),  # a worker carries the calls of 5.2 partitions: 5, and so 15 workers
    ((500, 500), [5] * 10, 6, 5.0),
    ((4000, 4000), [5] * 10, 72, 5.0),
]


@pytest.mark.parametrize(("calls", "lags", "workers", "lag_s"), CASES)
def test_the_queries_come_to_what_they_should(
    tmp_path: Path, calls: tuple[int, int], lags: list[int], workers: int, lag_s: float
) -> None:
    rules = [{"record": name, "expr": query(name)} for name in ("lag", "calls")]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
    series = [
        {"series": f'callshield_calls_running{{stage="hear", instance="{n}"}}', "values": f"{count}x2"}
        for n, count in enumerate(calls)
    ] + [
        {
            "series": f'callshield_lag_audio_seconds{{stage="hear", topic="calls.audio", partition="{n}"}}',
            "values": f"{lag}x2",
        }
        for n, lag in enumerate(lags)
    ]
    tests = [
        {"expr": name, "eval_time": "1m", "exp_samples": [{"labels": f'{{__name__="{name}"}}', "value": value}]}
        for name, value in (("calls", workers), ("lag", lag_s))
    ]
    document = {
        "rule_files": ["rules.yml"], "evaluation_interval": "15s",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}],
    }  # fmt: skip
    (tmp_path / "test.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", tmp_path / "test.yml"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
