"""The metrics, the page about them, the dashboard and the alerts tell of the same things."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from bot.figures import Figures, Look
from db import metrics as of_the_database
from db.standing import Standing
from services import metrics
from tests.fakes.clock import FrozenClock

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/observability.md").read_text()
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())
DASHBOARD = json.loads((ROOT / "deploy/grafana/understudy.json").read_text())
NAME = re.compile(r"\bunderstudy_[a-z_]+")
UNITS = ("_total", "_seconds", "_ratio", "_info")
PLAIN = {
    # numbers of things, which have no unit
    "understudy_figure_streams", "understudy_model_breaker_open", "understudy_role",
    "understudy_jobs_due", "understudy_jobs_waiting", "understudy_jobs_running",
    "understudy_jobs_held", "understudy_timers_due", "understudy_database_up",
    "understudy_workspaces", "understudy_mailboxes", "understudy_effects_open",
    "understudy_cards_behind", "understudy_db_connections_in_use",
    "understudy_db_connections_waiting", "understudy_db_connections_limit",
}  # fmt: skip
# Pages somebody opens, and what nobody acts on.
NOT_SHOWN = {
    "understudy_act_pages_total",
    "understudy_connect_pages_total",
    "understudy_install_pages_total",
    "understudy_figure_streams",
    "understudy_mail_excluded_total",
}


def families() -> Iterator[Any]:
    clock = FrozenClock()
    figures = Figures(database=cast("Any", None), clock=clock, budget_usd=1)
    figures.look = Look(at=datetime.now(UTC))  # noqa: TID251 - any moment
    figures.sums = Standing()
    yield from figures.collect()
    for module in (metrics, of_the_database):
        for one in vars(module).values():
            if isinstance(one, MetricWrapperBase):
                yield from one.collect()


KINDS = {one.name + ("_total" if one.type == "counter" else ""): one for one in families()}


def base(name: str) -> str:
    for end in ("_bucket", "_sum", "_count"):
        if name.removesuffix(end) in KINDS and KINDS[name.removesuffix(end)].type == "histogram":
            return name.removesuffix(end)
    return name


def queries() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def used(expressions: Iterator[str]) -> set[str]:
    return {base(name) for one in expressions for name in NAME.findall(one)}


def test_every_name_says_its_unit_and_every_metric_what_it_is() -> None:
    wrong = [name for name in KINDS if not name.endswith(UNITS) and name not in PLAIN]
    assert wrong == []
    assert [name for name, one in KINDS.items() if len(one.documentation) < 15] == []


def test_the_page_tells_of_every_metric_and_of_none_that_is_not_there() -> None:
    rows = set(re.findall(r"^\| `(understudy_[a-z_]+)` \|", PAGE, re.MULTILINE))
    assert rows == set(KINDS)
    assert {base(name) for name in NAME.findall(PAGE)} <= set(KINDS)


def test_the_page_names_the_labels_of_each() -> None:
    told = dict(re.findall(r"^\| `(understudy_[a-z_]+)` \| ([a-z, ]*) ?\|", PAGE, re.MULTILINE))
    for name, labels in told.items():
        found = next(
            (one for m in (metrics, of_the_database) for one in vars(m).values()
             if isinstance(one, MetricWrapperBase) and name.startswith(one._name)
             and name.removesuffix("_total") == one._name),
            None,
        )  # fmt: skip
        if found is not None:
            assert labels.strip() == ", ".join(found._labelnames), name


def test_the_dashboard_asks_for_what_there_is_and_shows_what_matters() -> None:
    asked = {name for name in used(queries()) if name.startswith("understudy_")}
    assert asked <= set(KINDS)
    assert set(KINDS) - asked == NOT_SHOWN
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert all(panel["type"] == "row" or panel["targets"] for panel in DASHBOARD["panels"])
    assert DASHBOARD["uid"] == "understudy"


def test_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_every_alert_asks_for_what_there_is_and_has_a_remedy(rule: dict[str, Any]) -> None:
    asked = used(iter([rule["expr"]]))
    assert asked <= set(KINDS)
    assert asked or rule["expr"].startswith("up{")
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"]
    assert f"| {rule['alert']} | " in PAGE


def test_the_page_knows_no_alert_that_is_gone() -> None:
    named = set(re.findall(r"^\| (Understudy[A-Za-z]+) \|", PAGE, re.MULTILINE))
    assert named == {rule["alert"] for rule in rules()}
