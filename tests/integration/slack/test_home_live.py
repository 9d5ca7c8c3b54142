"""A Home that is looked at follows what happens: soon, seldom, and to the last state."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from db.models.tenants import Member
from handlers.cards import CardDelivery
from services.cards import touch
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.home_cards import touch_homes
from services.home_filters import HomeService
from tests.integration.slack.card_rig import SUBJECT, OneMail, found_again, want
from tests.integration.slack.conftest import Office

QUEUED = text(
    "select id, convert_from(payload, 'utf8') as body, "
    "extract(epoch from execute_after - created)::float8 as late "
    "from jobs.pgqueuer where entrypoint = 'card.deliver' order by id"
)


class Line:
    """The worker's line of card jobs, on the office's own clock."""

    def __init__(self, office: Office, delivery: CardDelivery) -> None:
        self.office, self.delivery = office, delivery
        self.waiting: list[tuple[datetime, dict[str, Any]]] = []
        self.home = HomeService(db=office.db, clock=office.clock, ids=office.ids)

    async def _fetch(self) -> None:
        async with self.office.db.directory() as tx:
            rows = (await tx.session.execute(QUEUED)).all()
            await tx.session.execute(text("delete from jobs.pgqueuer"))
        for row in rows:
            due = self.office.clock.now() + timedelta(seconds=max(round(row.late, 3), 0))
            self.waiting.append((due, json.loads(row.body)))

    async def run(self) -> None:
        """All that is due now, and what that brings."""
        while True:
            await self._fetch()
            now = self.office.clock.now()
            due = [job for at, job in self.waiting if at <= now]
            self.waiting = [one for one in self.waiting if one[0] > now]
            if not due:
                return
            for job in due:
                await self._one(job)

    async def _one(self, job: dict[str, Any]) -> None:
        try:
            await self.delivery.deliver(self.office.tenant_id, job)
        except TransientError as passing:
            later = passing.retry_after or timedelta(seconds=1)
            self.waiting.append((self.office.clock.now() + later, job))

    async def pass_time(self, seconds: float, step: float = 0.1) -> None:
        for _ in range(round(seconds / step)):
            self.office.clock.move(timedelta(seconds=step))
            await self.run()

    @property
    def published(self) -> int:
        return self.office.chat.calls.count("publish_home")

    async def opened(self, member: UUID) -> None:
        user = "U0MAYA" if member == self.office.maya else "U0PRIYA"
        await self.home.opened(await self.office.members.identify("T0SANDBOX", user))
        await self.run()

    def shown(self) -> int:
        """How many mails Maya's Home says wait."""
        text = json.dumps(self.office.chat.homes["U0MAYA"])
        return next(n for n in range(100) if f"1 approval and {n} mail" in text)


@pytest.fixture
def line(office: Office, delivery: CardDelivery) -> Line:
    return Line(office, delivery)


async def test_a_change_of_a_card_shows_in_its_readers_home(
    office: Office, line: Line, views: OneMail
) -> None:
    await line.opened(office.maya)
    await line.opened(office.priya)
    office.clock.move(timedelta(minutes=5))
    views.waits = 7
    await want(office, [office.maya])
    await line.run()
    assert line.published == 3
    assert line.shown() == 7


async def test_a_burst_is_shown_in_few_publishes_and_to_its_last_state(
    office: Office, line: Line, views: OneMail
) -> None:
    await line.opened(office.maya)
    await want(office, [office.maya])
    await line.pass_time(5)
    before = line.published
    for number in range(50):
        views.waits = number
        await want(office)
        await line.pass_time(0.04, step=0.04)
    within = line.published - before
    assert 1 <= within <= 3
    await line.pass_time(2)
    assert line.published - before <= 4
    assert line.shown() == 49
    assert not line.waiting
    quiet = line.published
    await line.pass_time(5, step=1)
    assert line.published == quiet, "nothing changed any more"


async def test_only_homes_that_are_looked_at_are_kept_up_to_date(
    office: Office, line: Line
) -> None:
    await want(office, [office.maya])
    await line.run()
    assert line.published == 0, "never opened"
    await line.opened(office.maya)
    office.clock.move(timedelta(days=31))
    await want(office)
    await line.run()
    assert line.published == 1, "not opened for a month"


async def test_who_looked_a_while_ago_is_shown_less_often(office: Office, line: Line) -> None:
    await line.opened(office.maya)
    await want(office, [office.maya])
    await line.pass_time(2)
    office.clock.move(timedelta(hours=2))
    before = line.published
    for _ in range(10):
        await want(office)
        await line.pass_time(2, step=1)
    assert line.published - before == 1
    await line.pass_time(30, step=5)
    assert line.published - before == 2


async def test_a_managers_home_follows_their_people(office: Office, line: Line) -> None:
    async with office.db.transaction(office.tenant_id) as tx:
        member = await tx.session.get_one(Member, (office.tenant_id, office.maya))
        member.manager_id = office.priya
    await line.opened(office.priya)
    office.clock.move(timedelta(minutes=1))
    await want(office, [office.maya])
    await line.run()
    assert office.chat.calls.count("publish_home") == 2


async def test_opening_twice_publishes_twice_with_a_second_between(
    office: Office, line: Line
) -> None:
    await line.opened(office.maya)
    await line.opened(office.maya)
    assert line.published == 1
    await line.pass_time(1)
    assert line.published == 2


async def test_a_touch_in_a_transaction_that_fails_shows_nothing(
    office: Office, line: Line
) -> None:
    await line.opened(office.maya)

    async def fail() -> None:
        async with office.db.transaction(office.tenant_id) as tx:
            await touch_homes(tx, [office.maya, None], now=office.clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await line.pass_time(3)
    assert line.published == 1


async def test_another_tenants_home_is_not_touched(office: Office, line: Line) -> None:
    await line.opened(office.maya)
    other = UUID(int=0xBEEF)
    async with office.db.transaction(other) as tx:
        await touch_homes(tx, [office.maya], now=office.clock.now())
    await line.pass_time(3)
    assert line.published == 1


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [
        (TransientError("Slack says: ratelimited", retry_after=timedelta(seconds=30)), 2),
        (TransientError("Slack says: internal_error", retry_after=timedelta(seconds=2)), 2),
        (NotFound("Slack says: user_not_found"), 1),
        (Forbidden("Slack says: token_revoked"), 1),
        (InvalidInput("Slack refused the request: invalid_blocks"), 1),
    ],
)
async def test_slack_failing_is_tried_again_or_kept(
    office: Office, line: Line, trouble: Exception, tries: int
) -> None:
    await office.members.identify("T0SANDBOX", "U0MAYA")
    office.chat.trouble = [trouble]
    await line.opened(office.maya)
    await line.pass_time(31, step=1)
    assert line.published == tries
    assert ("U0MAYA" in office.chat.homes) == (tries == 2)
    assert not line.waiting
    await want(office, [office.maya])
    await line.run()
    assert "U0MAYA" in office.chat.homes, "the next change tries anew"


async def test_a_lost_job_is_found_by_the_sweep(office: Office, line: Line) -> None:
    await line.opened(office.maya)
    office.clock.move(timedelta(seconds=5))
    async with office.db.transaction(office.tenant_id) as tx:
        await touch_homes(tx, [office.maya], now=office.clock.now())
    async with office.db.directory() as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer"))
    await want(office, [office.priya])
    await line.run()
    assert line.published == 1
    await found_again(office)
    await line.run()
    assert line.published == 2


async def test_a_visit_begins_anew_after_half_an_hour(office: Office, line: Line) -> None:
    since: list[object] = []
    start = office.clock.now()
    for minutes in (0, 10, 25, 31, 5):
        office.clock.move(timedelta(minutes=minutes))
        await line.opened(office.maya)
        async with office.db.read(office.tenant_id) as tx:
            found = await tx.session.execute(text("select since from home_visits"))
            since.append(found.scalar_one())
    seen = start + timedelta(minutes=35)
    assert since == [None, None, None, seen, seen]


async def test_the_touch_comes_in_the_cards_own_job(office: Office, line: Line) -> None:
    """Whoever decides waits for nothing of it."""
    await line.opened(office.maya)
    async with office.db.transaction(office.tenant_id) as tx:
        await touch(tx, "mail", SUBJECT, [office.maya], clock=office.clock, ids=office.ids)
    async with office.db.read(office.tenant_id) as tx:
        homes = text("select wanted_rev - delivered_rev from cards where kind = 'home'")
        assert (await tx.session.execute(homes)).scalar_one() == 0
