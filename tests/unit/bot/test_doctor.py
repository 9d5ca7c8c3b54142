"""Each thing the doctor looks at, once wrong and once right; and how it tells it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from bot import doctor
from bot.config import Settings
from bot.doctor import findings as told
from bot.doctor.clocks import clock_findings, date_of, silence_findings
from bot.doctor.database import Server, schema_findings, server_findings
from bot.doctor.findings import Finding, Level
from bot.doctor.keys import key_findings
from bot.doctor.machine import (
    address_findings,
    disk_findings,
    model_findings,
    settings_findings,
    vector_findings,
    zone_findings,
)
from bot.doctor.mailboxes import mailbox_findings
from bot.doctor.models import budget_findings, call_findings
from bot.doctor.slack import scope_findings
from bot.doctor.ward import Ward
from bot.doctor.work import (
    Pulse,
    anchor_findings,
    held_findings,
    pulse_findings,
    queue_findings,
    standing_findings,
)
from bot.migrate import SchemaState
from db.jobs import QueueFigures
from db.models.mailboxes import Mailbox
from db.standing import Standing
from services.types.installs import BOT_SCOPES

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3)
PLAIN = {"slack_signing_secret": "s", "slack_client_id": "c", "slack_client_secret": "d"}
SERVER = {
    "version": 180000,
    "most": 97,
    "used": 20,
    "own_most": -1,
    "own_used": 20,
    "powerful": False,
    "owner": False,
}
BEATS = {"now": NOW, "ticked": NOW, "worked": NOW, "workers": 1}


def server(**changes: Any) -> list[Finding]:
    return server_findings(Server(**{**SERVER, **changes}))


def pulse(**changes: Any) -> list[Finding]:
    return pulse_findings(Pulse(**{**BEATS, **changes}))


def disk(free: int) -> list[Finding]:
    return disk_findings(Path("/d"), free, database=True)


def box(**changes: Any) -> list[Finding]:
    values = {
        "address": "maya@x.example",
        "status": "connected",
        "synced_at": NOW,
        "watch_expires_at": NOW + timedelta(days=3),
        "is_system": True,
    }
    return mailbox_findings([Mailbox(**values | changes)], NOW, "T1", pushes=True, smtp=False)


def queue(**changes: Any) -> list[Finding]:
    one = {"kind": "card.deliver", "due": 3, "waiting": 0, "running": 1, "held": 0, "oldest": 1.0}
    return queue_findings([QueueFigures(**{**one, **changes})])


def standing(**changes: Any) -> list[Finding]:
    sums = Standing()
    for name, value in changes.items():
        setattr(sums, name, value)
    return standing_findings(sums, NOW, "T1")


def settings(**changes: Any) -> Settings:
    return Settings(**{**PLAIN, "public_url": "https://bot.example", **changes})


CHECKED: Sequence[tuple[list[Finding], str, list[Finding]]] = [
    # what is wrong, a word its remedy must hold, and the same when all is well
    (
        settings_findings(Settings(slack_signing_secret=" ")),
        "change",
        settings_findings(settings(gmail_push_audience="a", gmail_push_service_account="b")),
    ),
    (disk(10**8), "room", disk(10**12)),
    (zone_findings(("Nowhere/Atlantis",)), "tzdata", zone_findings()),
    (vector_findings(Settings(), 2), "QDRANT_URL", vector_findings(Settings(), 1)),
    (address_findings("https://b", None, None), "start", address_findings("https://b", 200, 401)),
    (address_findings("https://b", 200, 404), "proxy", address_findings("https://b", 200, 401)),
    (
        clock_findings({"Slack's": timedelta(minutes=-6)}),
        "NTP",
        clock_findings({"Slack's": timedelta(seconds=1)}),
    ),
    (silence_findings({"Slack"}), "slack.com", silence_findings(())),
    (server(version=140000), "upgrade", server()),
    (server(powerful=True), "understudy_app", server()),
    (server(owner=True), "understudy_app", server()),
    (server(used=95), "max_connections", server()),
    (server(own_most=20, own_used=20), "max_connections", server(own_most=60)),
    (schema_findings(SchemaState.BEHIND), "migrate", schema_findings(SchemaState.CURRENT)),
    (schema_findings(SchemaState.TOO_FAR_AHEAD), "update", schema_findings(SchemaState.CURRENT)),
    (pulse(ticked=LONG_AGO), "scheduler", pulse()),
    (pulse(worked=None, workers=0), "worker", pulse()),
    (
        pulse(timers=9, timer_since=LONG_AGO),
        "log",
        pulse(),
    ),
    (queue(oldest=900.0), "workers", queue()),
    (held_findings({"mailbox.sync": 2}), "log", []),
    (standing(effects={"unclear": 1}), "Sent", standing()),
    (standing(unchained_since=LONG_AGO), "worker", standing(unchained_since=NOW)),
    (key_findings({"k1": 2}, ["k2"], "T1"), "add k1", key_findings({"k2": 2}, ["k2"], "T1")),
    (
        scope_findings({"chat:write"}, "https://b", "T1", installable=True),
        "https://b/slack/install",
        scope_findings(BOT_SCOPES, "https://b", "T1", installable=True),
    ),
    (box(status="reconnect", reconnect_reason="Google said no."), "connect", box()),
    (box(synced_at=None), "worker", box()),
    (box(watch_expires_at=LONG_AGO), "log", box()),
    (box(watch_trouble="it may not publish"), "Google Cloud", box()),
    (box(push_silent_since=LONG_AGO), "Pub/Sub", box()),
    (budget_findings(100, 100, "T1"), "LLM_MONTHLY_BUDGET_USD", budget_findings(1, 100, "T1")),
    (call_findings(["failed"] * 5, "T1"), "LLM_MODEL", call_findings(["failed"] * 4, "T1")),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "word", "right"), CHECKED)
def test_what_is_wrong_is_told_with_what_to_do(
    wrong: list[Finding], word: str, right: list[Finding]
) -> None:
    (first,) = [one for one in wrong if one.level is Level.BAD]
    assert word in first.remedy
    assert [one for one in right if one.level is not Level.OK] == []


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (disk_findings(Path("/d"), 2 * 10**9, database=False), "room"),
        (clock_findings({"this machine's": timedelta(seconds=9)}), "NTP"),
        (server(used=85), "before you add"),
        (schema_findings(SchemaState.AHEAD), "update"),
        (vector_findings(Settings(database_url="postgresql://x"), 1), "QDRANT_URL"),
        (model_findings(Settings()), "LLM_MODEL"),
        (key_findings({"k1": 2}, ["k2", "k1"], "T1"), "leave k1"),
        (scope_findings(set(BOT_SCOPES) - {"files:write"}, None, "T1", installable=False), "api"),
        (scope_findings([], None, "T1", installable=False), "by hand"),
        (budget_findings(80, 100, "T1"), "cheaper"),
        (box(is_system=False), "--system"),
        (anchor_findings("2026-11-20", NOW, entries=True, team="T1"), "DATA_DIR"),
    ],
)
def test_what_could_be_better_is_a_note(said: list[Finding], word: str) -> None:
    (only,) = [one for one in said if one.level is not Level.OK]
    assert only.level is Level.NOTE
    assert word in only.remedy


def test_a_fresh_anchor_or_an_empty_chain_says_nothing() -> None:
    assert anchor_findings("2026-11-30", NOW, entries=True, team="T1") == []
    assert anchor_findings(None, NOW, entries=False, team="T1") == []


def test_a_date_that_cannot_be_read_tells_nothing() -> None:
    heard = date_of("Mon, 30 Nov 2026 11:59:30 GMT", NOW)
    assert heard == timedelta(seconds=30)
    assert [date_of(one, NOW) for one in (None, "", "soon")] == [None, None, None]


def test_the_worst_comes_first_and_nothing_wrong_is_without_a_remedy() -> None:
    mixed = [told.well("a"), told.note("b", "do b"), told.bad("c", "do c", "T1")]
    assert list(told.lines(told.ordered(mixed))) == [
        "BAD  T1: c",
        "     → do c",
        "note b",
        "     → do b",
        "ok   a",
    ]
    as_json = json.loads(told.as_json(mixed[:2]))
    assert (as_json["well"], as_json["findings"][1]["level"]) == (True, "note")
    assert not json.loads(told.as_json(mixed))["well"]
    split = told.sentence("search: 3 texts wait; see that a worker is up", serious=True)
    assert (split.says, split.remedy) == ("search: 3 texts wait", "see that a worker is up")
    assert told.sentence("search: all is there", serious=False).level is Level.OK


async def test_a_check_that_fails_is_a_finding_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def check_broken(_ward: Ward) -> list[Finding]:
        raise ZeroDivisionError

    async def check_fine(_ward: Ward) -> list[Finding]:
        return [told.well("fine")]

    monkeypatch.setattr(doctor, "CHECKS", (check_broken, check_fine))
    monkeypatch.setattr(doctor, "OF_WORKSPACES", ())
    ward = cast("Ward", SimpleNamespace(workspaces=[("T1", uuid4())]))
    broken, fine = await doctor.look(ward)
    assert broken.says == "broken: could not be looked at (ZeroDivisionError)"
    assert fine.says == "fine"


async def test_a_database_that_cannot_be_asked_is_another_exit_code(tmp_path: Path) -> None:
    nowhere = Settings(
        **PLAIN, database_url="postgresql://nobody@127.0.0.1:9/none", data_dir=tmp_path
    )
    code, found = await doctor.examine(nowhere)
    assert code == doctor.BLIND
    assert "DATABASE_URL" in found[0].remedy
