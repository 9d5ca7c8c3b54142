"""What leaves for Slack takes its turn: by conversation and by workspace, over all processes."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from db.cards import get_card
from db.session import Database
from handlers.cards import CardDelivery
from services.cards import touch
from services.errors import TransientError
from services.pacing import (
    CONVERSATION_BURST,
    SECOND,
    UNITS_AHEAD,
    WORKSPACE_BURST,
    WORKSPACE_INTERVAL,
    spend_on_gmail,
    turn_to_post,
)
from services.types.views import DigestView
from tests import factories as make
from tests.fakes.clock import UuidIds
from tests.integration.slack.card_rig import OneMail, run
from tests.integration.slack.conftest import Office
from tests.unit.view_factory import make_digest

IDS = UuidIds()


async def digests_for(office: Office, count: int, member: UUID) -> list[UUID]:
    """Cards of a kind that is never rolled up, each about something else."""
    cards: list[UUID] = []
    async with office.db.transaction(office.tenant_id) as tx:
        for _ in range(count):
            cards += await touch(
                tx, "digest", uuid4(), [member], clock=office.clock, ids=office.ids
            )
    return cards


class Digests(OneMail):
    """Whatever digest is asked for, there is one."""

    async def digest(self, *_: UUID) -> DigestView:
        return make_digest()


async def waits(office: Office, delivery: CardDelivery, cards: list[UUID]) -> list[float]:
    """Deliver each as a worker would: a postponed one comes back when it was told to, once.
    Returns the seconds each waited; fails when one has to wait twice."""
    due: list[tuple[float, UUID]] = [(0, card) for card in cards]
    began, waited = office.clock.now(), []
    again: set[UUID] = set()
    while due:
        due.sort(key=lambda one: one[0])
        at, card = due.pop(0)
        office.clock.at = max(office.clock.now(), began + timedelta(seconds=at))
        try:
            await run(office, delivery, card)
        except TransientError as error:
            due.append((at + (error.retry_after or SECOND).total_seconds(), card))
        else:
            waited.append((office.clock.now() - began).total_seconds())
            continue
        assert card not in again, "a turn that was given is kept"
        again.add(card)
    return waited


@pytest.fixture
def views(office: Office) -> OneMail:
    return Digests(office)


async def test_a_conversation_gets_a_few_at_once_and_then_one_a_second(
    office: Office, delivery: CardDelivery
) -> None:
    cards = await digests_for(office, CONVERSATION_BURST + 3, office.maya)
    assert await waits(office, delivery, cards) == [0, 0, 0, 0, 1, 2, 3]


async def test_another_person_and_another_tenant_do_not_wait(
    office: Office, delivery: CardDelivery, database: Database
) -> None:
    await waits(office, delivery, await digests_for(office, CONVERSATION_BURST, office.maya))
    (hers,) = await digests_for(office, 1, office.priya)
    await run(office, delivery, hers)
    other = await make.make_tenant(database)
    now = office.clock.now()
    async with database.transaction(other) as tx:
        assert await turn_to_post(tx, office.maya, ids=IDS, now=now) == now


async def test_a_change_in_place_takes_no_turn(office: Office, delivery: CardDelivery) -> None:
    first, *_ = cards = await digests_for(office, CONVERSATION_BURST, office.maya)
    await waits(office, delivery, cards)
    async with office.db.transaction(office.tenant_id) as tx:
        card = await get_card(tx, first)
        assert card is not None
        await touch(tx, "digest", card.subject_id, clock=office.clock, ids=office.ids)
    await run(office, delivery, first)
    assert office.chat.calls[-1] == "update"


async def test_a_workspace_gets_some_hundred_a_minute(database: Database) -> None:
    tenant, now = await make.make_tenant(database), make.NOW
    async with database.transaction(tenant) as tx:
        turns = [
            await turn_to_post(tx, uuid4(), ids=IDS, now=now) for _ in range(WORKSPACE_BURST + 5)
        ]
    assert turns[:WORKSPACE_BURST] == [now] * WORKSPACE_BURST
    assert turns[-1] == now + 5 * WORKSPACE_INTERVAL


async def test_processes_that_ask_at_once_get_turns_of_their_own(database: Database) -> None:
    tenant, person, now = await make.make_tenant(database), uuid4(), make.NOW

    async def ask() -> float:
        async with database.transaction(tenant) as tx:
            turn = await turn_to_post(tx, person, ids=IDS, now=now)
            return (turn - now) / SECOND

    turns = sorted(await asyncio.gather(*(ask() for _ in range(CONVERSATION_BURST + 4))))
    assert turns == [0] * CONVERSATION_BURST + [1, 2, 3, 4]


async def test_a_mailbox_spends_a_minutes_units_and_earns_them_back(database: Database) -> None:
    tenant, mailbox, now = await make.make_tenant(database), uuid4(), make.NOW

    async def spend(units: int, later: timedelta = timedelta(0)) -> bool:
        async with database.transaction(tenant) as tx:
            return await spend_on_gmail(tx, mailbox, units, ids=IDS, now=now + later)

    assert await spend(UNITS_AHEAD)
    assert not await spend(5), "used up"
    assert not await spend(UNITS_AHEAD // 2, timedelta(seconds=29))
    assert await spend(UNITS_AHEAD // 2, timedelta(seconds=30))
    assert not await spend(1, timedelta(seconds=30))
