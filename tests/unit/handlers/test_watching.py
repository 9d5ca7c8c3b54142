"""A number for each request, bounded names for the metrics, one line a request, none a probe."""

import io
import json
import logging
import sys
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import structlog
from aiohttp import web
from prometheus_client import REGISTRY, generate_latest

from bot.demo import free_port
from bot.logs import set_up_logs
from bot.ops import Health, ops_door, ops_routes
from bot.watching import HEADER, watched
from handlers.errors import UNEXPECTED, sentence
from services.metrics import HTTP_REQUESTS
from tests.metric_words import made_up, strangers
from tests.unit.handlers.slack_rig import Rig, click


def counted(**labels: str) -> float:
    return REGISTRY.get_sample_value("understudy_http_requests_total", labels) or 0


async def test_the_metrics_hold_no_word_a_stranger_made_up(rig: Rig) -> None:
    """Paths, methods and payloads of all sorts, and a person's click: only names of ours remain."""
    assert rig.http is not None
    others = made_up()
    for path in ("/maya@acme.example", "/act/T0SANDBOX", "/../etc", "/api/v1/xoxb-1"):
        async with rig.http.get(rig.url + path) as answer:
            assert answer.status == 404
    async with rig.http.request("STEAL", rig.url + "/slack/events") as answer:
        assert answer.status in (400, 405)
    before = counted(route="/slack/events", method="POST", status="2xx")
    await rig.interact(click("draft.approve", f'{{"id":"{uuid4()}","rev":2}}'))
    await rig.interact({"type": "U0MAYA", "team": {"id": "T0SANDBOX"}, "user": {"id": "U0MAYA"}})
    await rig.command("status")
    await rig.command("maya@acme.example")
    assert counted(route="/slack/events", method="POST", status="2xx") == before + 4
    text = (await rig.get("/metrics"))[1]
    assert strangers(text, others) == []
    assert 'understudy_slack_ack_seconds_count{kind="block_actions"}' in text
    assert 'understudy_slack_ack_seconds_count{kind="other"}' in text
    assert 'understudy_feature_uses_total{by="button",feature="draft"}' in text
    assert 'understudy_feature_uses_total{by="command",feature="status"}' in text


def test_a_value_that_is_nobodys_word_would_be_found() -> None:
    others = made_up()
    stray = HTTP_REQUESTS.labels("/act/maya@acme.example", "GET", "2xx")
    stray.inc()
    try:
        assert strangers(generate_latest().decode(), others) == [
            "understudy_http_requests_total route=/act/maya@acme.example"
        ]
    finally:
        HTTP_REQUESTS.remove("/act/maya@acme.example", "GET", "2xx")


async def test_every_answer_names_its_request_and_so_does_the_log(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = io.StringIO()
    monkeypatch.setattr(sys, "stderr", sink)
    before = (logging.getLogger().handlers, logging.getLogger().level)
    set_up_logs("INFO", "json")
    try:
        assert rig.http is not None
        async with rig.http.get(rig.url + "/nowhere?token=secret") as answer:
            number = answer.headers[HEADER]
        await rig.get("/healthz")
        structlog.get_logger().info(
            "mail", to=["maya@acme.example"], error=ValueError("xoxb-12-secret")
        )
    finally:
        logging.getLogger().handlers, level = before
        logging.getLogger().setLevel(level)
        structlog.reset_defaults()
    request, mail = (json.loads(line) for line in sink.getvalue().splitlines())
    assert (request["event"], request["request_id"]) == ("request", number)
    assert (request["route"], request["status"]) == ("none", 404)
    assert "secret" not in sink.getvalue()
    assert mail["to"] == ["m…@acme.example"]


def test_a_fault_of_ours_is_told_with_its_number() -> None:
    structlog.contextvars.clear_contextvars()
    assert sentence(ZeroDivisionError()) == UNEXPECTED
    with structlog.contextvars.bound_contextvars(request_id="7f3a12"):
        assert "name 7f3a12: they find it" in sentence(ZeroDivisionError())


async def _json(http: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    async with http.get(url) as answer:
        return answer.status, await answer.json()


async def test_readiness_names_the_part_that_is_not_well() -> None:
    port = free_port()
    trouble: list[str | None] = [None]

    async def worker() -> str | None:
        return trouble[0]

    async def database() -> str | None:
        raise OSError("10.0.0.7 refused")

    async def scrape() -> bytes:
        return b"understudy_up 1\n"

    health = Health({"worker": worker})
    url = f"http://127.0.0.1:{port}"
    door = ops_door("127.0.0.1", port, health, scrape)
    async with door, aiohttp.ClientSession() as http:
        assert await _json(http, f"{url}/readyz") == (200, {"status": "ready"})
        trouble[0] = "the job loop has lost the database"
        health.checks["database"] = database
        assert await _json(http, f"{url}/readyz") == (
            503,
            {
                "status": "not ready",
                "wrong": {"worker": trouble[0], "database": "unreachable (OSError)"},
            },
        )
        assert (await _json(http, f"{url}/healthz"))[0] == 200
        async with http.get(f"{url}/metrics") as answer:
            assert await answer.text() == "understudy_up 1\n"
    hidden = [one.path for one in ops_routes(health, None)]
    assert hidden == ["/healthz", "/readyz"]


async def test_an_error_in_a_handler_is_counted_as_one() -> None:
    async def breaks(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    app = web.Application(middlewares=[watched])
    app.router.add_get("/slack/install", breaks)
    before = counted(route="/slack/install", method="GET", status="5xx")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/install"
            async with http.get(url) as answer:
                assert answer.status == 500
    finally:
        await runner.cleanup()
    assert counted(route="/slack/install", method="GET", status="5xx") == before + 1
