"""Received once: repeats, races, forged repeats, other tenants' ids (attack 13)."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db.commands import claim_command, get_command_result, set_command_result
from db.models.records import InboundEvent
from services.errors import Conflict, TransientError
from services.ports import ChatTeam
from tests.integration.slack.conftest import Office

KEY = {"scope": "T1", "source": "slack", "external_id": "Ev1"}


async def test_a_repeat_is_not_acted_on(office: Office) -> None:
    first = await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    again = await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    assert (first, again) == (True, False)


async def test_eight_at_once_are_acted_on_once(office: Office) -> None:
    answers = await asyncio.gather(
        *(office.inbound.receive(office.tenant_id, **KEY, body={"a": 1}) for _ in range(8))
    )
    assert sorted(answers) == [False] * 7 + [True]


async def test_what_a_dead_process_left_is_taken_up_and_what_is_done_is_not(
    office: Office,
) -> None:
    await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    office.clock.move(timedelta(minutes=1))
    assert await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    assert not await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    await office.inbound.done(office.tenant_id, **KEY)
    office.clock.move(timedelta(minutes=1))
    assert not await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})


# ── left behind ─────────────────────────────────────────────────────────────────────────────────
QUEUED = (
    "select convert_from(payload, 'utf8')::jsonb ->> 'event_id' as id from jobs.pgqueuer "
    "where entrypoint = 'inbound.finish' and status = 'queued'"
)


async def left_behind(office: Office) -> InboundEvent:
    """Accepted by a process that died a minute ago."""
    await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    office.clock.move(timedelta(minutes=1))
    return await stored(office)


async def stored(office: Office) -> InboundEvent:
    async with office.db.read(office.tenant_id) as tx:
        return (await tx.session.execute(select(InboundEvent))).scalar_one()


async def queued(office: Office) -> list[UUID]:
    async with office.db.read(office.tenant_id) as tx:
        return [UUID(row.id) for row in await tx.session.execute(text(QUEUED))]


async def test_the_sweep_queues_what_was_left_behind_once_and_its_job_finishes_it(
    office: Office,
) -> None:
    acted: list[Mapping[str, Any]] = []

    async def act(body: Mapping[str, Any]) -> None:
        acted.append(body)

    await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    await office.inbound.recover(office.tenant_id)
    assert await queued(office) == []
    office.clock.move(timedelta(minutes=1))
    event = await stored(office)
    for _ in range(2):
        await office.inbound.recover(office.tenant_id)
    assert await queued(office) == [event.id]
    for _ in range(2):
        await office.inbound.finish(office.tenant_id, event.id, act)
    assert acted == [{"a": 1}]
    assert (await stored(office)).status == "done"


async def test_another_tenants_events_are_not_this_ones(office: Office) -> None:
    event = await left_behind(office)
    other = await office.tenants.ensure_from_slack(
        ChatTeam(team_id="T0OTHER", name="Other", bot_user_id="U9"), None
    )

    async def act(_body: Mapping[str, Any]) -> None:
        raise AssertionError

    await office.inbound.recover(other)
    await office.inbound.finish(other, event.id, act)
    assert await queued(office) == []
    assert (await stored(office)).status == "received"


async def test_two_at_once_act_once_also_when_slack_sends_it_again(office: Office) -> None:
    event = await left_behind(office)
    acted, go = 0, asyncio.Event()

    async def act(_body: Mapping[str, Any]) -> None:
        nonlocal acted
        acted += 1
        await go.wait()

    first = asyncio.create_task(office.inbound.finish(office.tenant_id, event.id, act))
    async with asyncio.timeout(60):
        while not acted:  # noqa: ASYNC110 - another connection's commit
            await asyncio.sleep(0.01)
    with pytest.raises(TransientError) as busy:
        await office.inbound.finish(office.tenant_id, event.id, act)
    assert busy.value.retry_after == timedelta(seconds=30)
    assert not await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    go.set()
    await first
    assert (acted, (await stored(office)).status) == (1, "done")


@pytest.mark.parametrize("error", [ValueError("bug"), TransientError("Slack is slow")])
async def test_what_failed_is_tried_again_and_at_last_set_aside(
    office: Office, error: Exception
) -> None:
    event = await left_behind(office)

    async def act(_body: Mapping[str, Any]) -> None:
        raise error

    await office.inbound.recover(office.tenant_id)
    for _ in range(2):  # the queue's tries; nothing waits for the first one's time to run out
        with pytest.raises(type(error)):
            await office.inbound.finish(office.tenant_id, event.id, act)
    assert (await stored(office)).status == "received"
    async with office.db.transaction(office.tenant_id) as tx:
        await tx.session.execute(text("update jobs.pgqueuer set status = 'failed'"))
    await office.inbound.recover(office.tenant_id)
    event = await stored(office)
    assert (event.status, event.note) == (
        "set_aside",
        "acting on it failed several times; the worker's log says how",
    )
    assert await queued(office) == []


async def test_what_is_refused_is_set_aside_with_the_reason(office: Office) -> None:
    event = await left_behind(office)

    async def act(_body: Mapping[str, Any]) -> None:
        raise Conflict("This was already used for something else.")

    await office.inbound.finish(office.tenant_id, event.id, act)
    event = await stored(office)
    assert (event.status, event.note) == ("set_aside", "This was already used for something else.")


async def test_the_same_id_with_another_body_is_set_aside(office: Office) -> None:
    await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    assert not await office.inbound.receive(office.tenant_id, **KEY, body={"a": 2})
    assert not await office.inbound.receive(office.tenant_id, **KEY, body={"a": 2})
    async with office.db.read(office.tenant_id) as tx:
        rows = (await tx.session.execute(select(InboundEvent))).scalars()
        assert sorted((row.status, row.payload["a"]) for row in rows) == [
            ("received", 1),
            ("set_aside", 2),
        ]


async def test_another_tenant_may_use_the_same_id(office: Office) -> None:
    other = await office.tenants.ensure_from_slack(
        ChatTeam(team_id="T0OTHER", name="Other", bot_user_id="U9"), None
    )
    assert await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    assert await office.inbound.receive(other, **KEY, body={"a": 2})


async def test_characters_that_json_columns_refuse_are_stored_all_the_same(
    office: Office,
) -> None:
    body = {"text": "nul \x00 and half \ud83d"}
    assert await office.inbound.receive(office.tenant_id, **KEY, body=body)
    assert not await office.inbound.receive(office.tenant_id, **KEY, body=body)


async def test_two_submissions_of_one_modal_get_one_answer(office: Office) -> None:
    async def submit() -> dict[str, object]:
        async with office.db.transaction(office.tenant_id) as tx:
            known = await claim_command(
                tx,
                result_id=office.ids.new(),
                command_id="V0",
                verb="edit",
                now=office.clock.now(),
            )
            if known is not None:
                return known
            result: dict[str, object] = {"revision": 3}
            await set_command_result(tx, "V0", result)
            return result

    answers = await asyncio.gather(*(submit() for _ in range(5)))
    assert answers == [{"revision": 3}] * 5
    async with office.db.read(office.tenant_id) as tx:
        assert await get_command_result(tx, "V0") == {"revision": 3}
        assert await get_command_result(tx, "V1") is None
