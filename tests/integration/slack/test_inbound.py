"""Received once: repeats, races, forged repeats, other tenants' ids (attack 13)."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from db.commands import claim_command, get_command_result, set_command_result
from db.models.records import InboundEvent
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
    assert await office.inbound.unfinished(office.tenant_id, source="slack") == ()
    office.clock.move(timedelta(minutes=1))
    (left,) = await office.inbound.unfinished(office.tenant_id, source="slack")
    assert (left.external_id, left.body) == ("Ev1", {"a": 1})
    assert await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    await office.inbound.done(office.tenant_id, **KEY)
    assert not await office.inbound.receive(office.tenant_id, **KEY, body={"a": 1})
    assert await office.inbound.unfinished(office.tenant_id, source="slack") == ()


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
