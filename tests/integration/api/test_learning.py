"""Figures over HTTP: who sees what, how errors are told, what a token may."""

import argparse
import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.token import add_parser, obey
from db.models.actions import Action
from db.models.analytics import ApiToken
from db.models.cards import Feedback
from db.models.outcomes import Outcome
from db.models.reviews import Review
from db.models.tenants import Member, Tenant
from db.session import Database
from handlers.api import A_MINUTE, Pace
from services.calibration.counting import recount
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.members import actor_of
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.api.conftest import Desk

SUMMARY = "/summary"


async def test_everybody_sees_what_is_theirs(desk: Desk) -> None:
    days = desk.days
    await days.act(status="done", effect="done", outcome="positive")
    await days.act(status="rejected")
    await days.act(owner_id=days.cole.id)
    await days.act(created_at=make.NOW - timedelta(days=30))
    await days.counting.run(days.tenant)
    rita, mona, ada = [await desk.token(one) for one in (days.rita, desk.mona, desk.ada)]

    _, own = await desk.get(SUMMARY, rita)
    assert set(own) == {"as_of", "first_day", "last_day", "own", "version"}
    assert own["own"]["figures"]["proposed"] == 2
    assert own["own"]["before"]["figures"]["proposed"] == 1
    assert own["own"]["shares"]["unchanged"] == {
        "part": 1, "of": 2, "share": 0.5, "low": 0.0945, "high": 0.9055,
    }  # fmt: skip
    assert own["own"]["times"]["seconds_to_decide"] == {"mean": None, "of": 0}
    assert own["own"]["before"]["shares"]["answered"]["share"] is None
    # The answered mail is younger than the days whose mails have all had their time.
    assert own["own"]["shares"]["answered"]["of"] == 0
    assert own["own"]["answered_days"]["last"] == (make.NOW - timedelta(days=8)).date().isoformat()

    _, team = await desk.get(f"{SUMMARY}?days=7", mona)
    assert "tenant" not in team
    assert [one["name"] for one in team["team"]["members"]] == ["Rita Rep"]
    assert team["team"]["figures"]["proposed"] == 2
    _, whole = await desk.get(SUMMARY, ada)
    assert "team" not in whole
    assert whole["tenant"]["figures"]["proposed"] == 3
    # Kept until it changes, and it says since when.
    days.clock.move(timedelta(minutes=2))
    await days.act()
    assert (await desk.get(SUMMARY, ada))[1] == whole
    await days.counting.run(days.tenant)
    _, anew = await desk.get(SUMMARY, ada)
    assert anew["tenant"]["figures"]["proposed"] == 4
    assert anew["as_of"] == days.clock.now().isoformat()

    assert (await desk.get("/calibration", rita))[0] == 403
    assert (await desk.get("/calibration", mona)) == (
        200, {"as_of": days.clock.now().isoformat(), "summaries": []},
    )  # fmt: skip


async def test_what_is_known_of_confidence_becomes_json(desk: Desk) -> None:
    days = desk.days
    await days.act(status="done", effect="done", outcome="positive")
    async with days.database.transaction(days.tenant) as tx:
        outcome = (await tx.session.scalars(select(Outcome))).one()
        outcome.score, outcome.window_ends_at = Decimal(1), days.clock.now()
        await recount(tx, outcome, clock=days.clock, ids=UuidIds())
    found = await desk.api.summaries.calibrations(actor_of(desk.mona))
    (told,) = found["summaries"]
    assert told["key"]["kind"] == "email_engagement"
    assert (told["raw"]["n"], told["raw"]["brier"]) == (1, 0.25)
    assert told["adjustment"]["scale"] == 1.0
    assert told["moves"] == []


async def test_a_token_opens_its_own_tenant_as_long_as_it_lives(
    desk: Desk, database: Database
) -> None:
    days = desk.days
    token = await desk.token(days.rita, days=1)
    assert (await desk.get(SUMMARY, token))[0] == 200
    assert (await desk.get(SUMMARY, token, **{"X-Tenant-ID": str(days.tenant)}))[0] == 200
    assert (await desk.get(SUMMARY, token, **{"X-Tenant-ID": str(uuid4())}))[0] == 403

    # The tenant in it is a hint, not a proof: with another's it is unknown there.
    other = await make.make_tenant(database)
    secret = base64.urlsafe_b64decode(token[3:])[16:]
    forged = "us_" + base64.urlsafe_b64encode(other.bytes + secret).decode()
    for wrong in (forged, token[:-1] + "x", token.upper(), "us_", "", token + "=", "x" * 5000):
        status, body, answer = await desk.ask("GET", SUMMARY, wrong)
        assert (status, body["error"]) == (401, "unauthorized"), wrong
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    unnamed = await desk.client.get("/api/v1/learning/summary", cookies={"token": token})
    assert unnamed.status == 401

    async with database.read(days.tenant) as tx:
        kept = (await tx.session.scalars(select(ApiToken))).one()
        assert token[3:] not in kept.token_hash
        assert kept.last_used_at == make.NOW
    await _ends(desk, token, Member, days.rita.id, active=False)
    await _ends(desk, token, Tenant, None, paused_at=make.NOW)
    days.clock.move(timedelta(hours=23))
    assert (await desk.get(SUMMARY, token))[0] == 200
    days.clock.move(timedelta(hours=1))
    assert (await desk.get(SUMMARY, token))[0] == 401


async def _ends(
    desk: Desk, token: str, model: type, row_id: UUID | None, **changes: object
) -> None:
    """With these changes the token opens nothing; without them it does again."""
    tenant = desk.days.tenant
    key = (tenant, row_id) if row_id else tenant
    async with desk.days.database.transaction(tenant) as tx:
        row = await tx.session.get_one(model, key)
        before = {name: getattr(row, name) for name in changes}
        for name, value in changes.items():
            setattr(row, name, value)
    assert (await desk.get(SUMMARY, token))[0] == 401
    async with desk.days.database.transaction(tenant) as tx:
        row = await tx.session.get_one(model, key)
        for name, value in before.items():
            setattr(row, name, value)
    assert (await desk.get(SUMMARY, token))[0] == 200


async def test_admins_make_and_revoke_tokens(desk: Desk) -> None:
    tokens, ada, rita = desk.api.tokens, actor_of(desk.ada), actor_of(desk.days.rita)
    made = await tokens.make(ada, name="reports", days=30, command_id="c1")
    assert made.text not in repr(made)
    with pytest.raises(Conflict):
        await tokens.make(ada, name="reports", days=30, command_id="c1")
    for refused in (
        tokens.make(rita, name="mine", days=30, command_id="c2"),
        tokens.view(rita),
        tokens.revoke(rita, made.line.token_id),
        # An admin no more, whatever the edge remembers.
        tokens.view(replace(rita, role=ada.role)),
    ):
        with pytest.raises(Forbidden):
            await refused
    for days in (0, 366):
        with pytest.raises(InvalidInput):
            await tokens.make(ada, name="x", days=days, command_id=f"d{days}")
    with pytest.raises(NotFound):
        await tokens.revoke(ada, uuid4())
    assert (await desk.get(SUMMARY, made.text))[0] == 200
    for _ in "ab":
        assert (await tokens.revoke(ada, made.line.token_id)).ended
    assert (await desk.get(SUMMARY, made.text))[0] == 401
    (line,) = (await tokens.view(ada)).tokens
    assert (line.name, line.member, line.ended) == ("reports", "Ada Admin", True)
    assert line.last_used_at == make.NOW
    assert await desk.audited() == ["token.made", "token.revoked"]


async def test_tokens_from_the_command_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())

    async def run(*words: str) -> str:
        capsys.readouterr()
        await obey(parser.parse_args(["token", *words]), desk.days.tenant, desk.api.tokens)
        return capsys.readouterr().out

    made = await run("add", "--member", f" {desk.days.rita.email.upper()}", "--name", "cron")
    assert (await desk.get(SUMMARY, made.strip()))[0] == 200
    listed = await run("list")
    assert made.strip() not in listed
    with pytest.raises(InvalidInput):
        await run("revoke", "cron")
    with pytest.raises(NotFound):
        await run("add", "--member", "nobody@northwind.test", "--name", "x")
    assert "opens nothing" in await run("revoke", listed.split()[0])
    assert (await desk.get(SUMMARY, made.strip()))[0] == 401


async def test_a_word_is_kept_once(desk: Desk, database: Database) -> None:
    days = desk.days
    mine, theirs = await days.act(), await days.act(owner_id=days.cole.id)
    token, other = await desk.token(days.rita), await desk.token(desk.mona)
    word = {"target": "decision", "target_id": str(mine), "rating": -1, "comment": "too <long>"}

    async def say(body: object, key: str = "", token: str = token) -> int:
        headers = {"Idempotency-Key": key} if key else {}
        return (await desk.ask("POST", "/feedback", token, json=body, headers=headers))[0]

    assert [await say(word, "k1"), await say(word, "k1")] == [200, 200]
    assert (await desk.audited()).count("feedback.given") == 1
    assert await say({**word, "rating": 1}, "k1") == 409
    assert await say({**word, "rating": 1}, "k1", other) == 200, "somebody else's key"
    assert await say({**word, "source": "dashboard", "rating": 5}) == 200
    async with database.read(days.tenant) as tx:
        said = {one.member_id: one.rating for one in await tx.session.scalars(select(Feedback))}
        assert said == {days.rita.id: -1, desk.mona.id: 1}
        assert (await tx.session.scalars(select(Review.overall))).all() == [5]
    async with database.read(days.tenant) as tx:
        action = await tx.session.get_one(Action, (days.tenant, mine))
    await days.counting.run(days.tenant)
    about = {**word, "target": "message", "target_id": str(action.draft_id), "rating": 1}
    assert await say(about) == 200
    await days.counting.run(days.tenant)
    found = await days.figures(days.rita.id)
    assert (found.good, found.bad) == (2, 1)

    assert await say({**word, "target_id": str(theirs)}) == 404
    assert await say({**word, "target_id": str(uuid4())}) == 404
    assert await say({**word, "target": "message"}) == 404
    assert await say({**word, "target_id": str(theirs)}, token=other) == 200
    for wrong in (
        {"rating": 2}, {"rating": True}, {"rating": "1"}, {"rating": 0, "source": "dashboard"},
        {"target": "signal"}, {"target_id": "1"}, {"comment": "x" * 1001}, {"more": 1},
    ):  # fmt: skip
        assert await say(word | wrong) == 422, wrong
    assert await say([]) == 422
    assert await say(word, "k" * 201) == 422


async def test_errors_are_json_and_say_what_would_be_right(desk: Desk) -> None:
    token = await desk.token(desk.days.rita)
    status, body, answer = await desk.ask("POST", SUMMARY, token)
    assert (status, body["error"], answer.headers["Allow"]) == (405, "method_not_allowed", "GET")
    assert (await desk.get("/nothing", token))[0] == 404
    assert (await desk.get(f"{SUMMARY}?days=5", token))[1]["message"].startswith("Days are one of")
    json = {"headers": {"Content-Type": "application/json"}}
    for status, more in (
        (415, {"data": b"{}"}),
        (422, {"data": b"{", **json}),
        (422, {"data": b"[" * 9000, **json}),
        (422, {"data": b"\xff", **json}),
        (413, {"data": b" " * 20_000, **json}),
    ):
        assert (await desk.ask("POST", "/feedback", token, **more))[0] == status
    answers = await asyncio.gather(*(desk.ask("GET", "/x", token) for _ in range(A_MINUTE // 2)))
    late = [answer for status, _, answer in answers if status == 429]
    assert late
    assert late[0].headers["Retry-After"] == "1"
    assert "Access-Control-Allow-Origin" not in late[0].headers


def test_a_bucket_fills_again_and_a_clock_set_back_fills_nothing() -> None:
    clock = FrozenClock()
    pace, one, two = Pace(clock, a_minute=4), uuid4(), uuid4()
    assert [pace.wait(one) for _ in range(3)] == [0, 0, 15]
    assert pace.wait(two) == 0
    clock.move(-timedelta(hours=1))
    assert pace.wait(one) > 0
    clock.move(timedelta(seconds=15))
    assert [pace.wait(one), pace.wait(one)] == [0, 15]
