"""What stands in deploy/ fits what the product reads, answers and is called."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import COMMANDS
from bot.config import Settings
from handlers.acting import RETURN_PATH as SLACK_RETURN
from handlers.api import PREFIX as API
from handlers.connecting import RETURN_PATH as GMAIL_RETURN
from handlers.installing import INSTALL_PATH

DEPLOY = Path(__file__).parents[3] / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text())
SETTINGS = {name.upper() for name in Settings.model_fields}
# Said to PostgreSQL's image and to the file itself, not to us.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "UNDERSTUDY_OWNER_PASSWORD", "UNDERSTUDY_RUNTIME_PASSWORD"}


def objects(kind: str) -> list[dict[str, Any]]:
    found = [one for path in KUBERNETES for one in yaml.safe_load_all(path.read_text())]
    return [one for one in found if one["kind"] == kind]


def pods() -> list[Any]:
    return [one["spec"]["template"] for one in objects("Deployment") + objects("Job")]


def test_every_setting_named_is_one_we_read() -> None:
    (config,) = objects("ConfigMap")
    lines = (DEPLOY / "example.env").read_text().splitlines()
    named = set(config["data"]) | {
        line.partition("=")[0] for line in lines if line and line[0] != "#"
    }
    for service in ("migrate", "web", "worker", "scheduler"):
        named |= set(COMPOSE["services"][service].get("environment", {}))
    assert named - SETTINGS - COMPOSE_ONLY == set()


def test_every_process_is_a_command_of_ours() -> None:
    started = {pod["spec"]["containers"][0]["args"][0] for pod in pods()}
    ours = ("migrate", "web", "worker", "scheduler")
    composed = {COMPOSE["services"][name]["command"][0] for name in ours}
    assert started == composed == set(ours)
    assert started <= set(COMMANDS)


@pytest.mark.parametrize("pod", pods(), ids=lambda pod: pod["spec"]["containers"][0]["name"])
def test_a_pod_has_limits_and_no_power(pod: Any) -> None:
    (container,) = pod["spec"]["containers"]
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["resources"]["limits"]["memory"]
    assert container["resources"]["requests"]["cpu"]


def test_no_process_stands_alone() -> None:
    """One may be killed, drained or replaced, and another serves."""
    budgets = {
        one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
        for one in objects("PodDisruptionBudget")
    }
    for one in objects("Deployment"):
        labels = one["spec"]["selector"]["matchLabels"]
        assert labels == one["spec"]["template"]["metadata"]["labels"]
        assert labels["app.kubernetes.io/component"] in budgets
        assert one["spec"].get("replicas", 2) >= 2
        assert one["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        container = one["spec"]["template"]["spec"]["containers"][0]
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert objects("HorizontalPodAutoscaler")[0]["spec"]["minReplicas"] >= 2


def test_the_world_reaches_what_is_for_it_and_no_figures() -> None:
    paths = objects("Ingress")[0]["spec"]["rules"][0]["http"]["paths"]
    open_to_all = {one["path"] for one in paths}
    for route in (
        "/slack/events",
        INSTALL_PATH,
        SLACK_RETURN,
        "/gmail/push",
        GMAIL_RETURN,
        "/act/token",
        API,
    ):
        assert any(route.startswith(f"{path}/") for path in open_to_all), route
    for route in ("/metrics", "/healthz", "/readyz"):
        assert not any(route.startswith(path) for path in open_to_all)


def test_the_owner_of_the_tables_is_known_to_no_process() -> None:
    for one in objects("Deployment"):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        assert "owner" not in yaml.safe_dump(container["envFrom"])
    for service in ("web", "worker", "scheduler"):
        assert "DATABASE_OWNER_URL" not in COMPOSE["services"][service].get("environment", {})
