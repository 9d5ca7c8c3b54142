"""Goals over real PostgreSQL: what counts, from watching to met, whose they are, and once a day."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from bot.wiring_goals import goal_services, goal_timers
from db.digest_facts import list_mornings
from db.goals import active_goal_for, get_goal
from db.models.cards import Card
from db.models.customers import Deal, DealChange
from db.models.goals import Goal, GoalChange, GoalProgress
from db.models.meetings import Meeting
from db.models.personas import Persona
from db.models.records import AuditEntry
from db.models.tenants import Member
from db.session import Database, Tx
from services.audit import AuditService
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.goals.counting import count
from services.goals.views import goals_behind, home_goals
from services.sweeps import SweepService
from services.types.goals import GoalForm, GoalStatus, Standing
from services.types.people import Actor
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.services.search.desk import actor_of
from tests.shared import VAULT

NOW = make.NOW  # Saturday, 21 November 2026
BERLIN = "Europe/Berlin"


def form(**more: str) -> GoalForm:
    return GoalForm(**{"kind": "revenue", "whom": "me", "period": "next_quarter", **more})


class Desk:
    """Rita and Tom are Mona's; Ada is the admin. Acme is Rita's."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.ids = database, FrozenClock(NOW), UuidIds()
        audit = AuditService(database, self.clock, self.ids, VAULT)
        self.goals = goal_services(database, self.clock, self.ids, audit)
        self.sweeps = SweepService(database, self.clock, goal_timers(self.goals))
        self.people: dict[str, Member] = {}

    async def begin(self) -> "Desk":
        self.tenant = await make.make_tenant(self.database)
        async with self.database.transaction(self.tenant) as tx:
            for name, role in (("Mona", "manager"), ("Ada", "admin"), ("Eve", "executive")):
                self.people[name] = await make.make_member(tx, name=name, role=role)
            for name in ("Rita", "Tom"):
                self.people[name] = await make.make_member(
                    tx, name=name, manager_id=self.people["Mona"].id, timezone=BERLIN
                )
            self.people["Otto"] = await make.make_member(
                tx, name="Otto", manager_id=self.people["Ada"].id
            )
            self.acme = await make.make_account(tx, name="Acme", owner_id=self.people["Rita"].id)
        return self

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    async def make(self, who: str, **more: str) -> UUID:
        return await self.goals.deeds.make(self.actor(who), form(**more), command_id=f"c:{uuid4()}")

    async def goal(self, goal_id: UUID) -> Goal:
        async with self.database.read(self.tenant) as tx:
            goal = await get_goal(tx, goal_id)
            assert goal is not None
            return goal

    async def number(self, what: Any) -> int:
        async with self.database.read(self.tenant) as tx:
            return await tx.session.scalar(select(func.count()).select_from(what)) or 0

    async def tick(self, at: datetime) -> None:
        self.clock.at = at
        await self.sweeps.tick()

    async def deal(self, tx: Tx, at: datetime | None = None, **more: Any) -> Deal:
        """A deal; with `at` it was seen to be won then."""
        wanted = {"account_id": self.acme.id, "owner_id": None, "created_at": NOW - timedelta(60)}
        wanted |= {"name": f"Deal {uuid4().hex[:6]}", "stage": "closed_won"} | more
        deal = await make.make_deal(tx, **wanted)
        if at is not None:
            change(tx, deal, at, "negotiation", "closed_won")
            await tx.session.flush()
        return deal


def change(
    tx: Tx, deal: Deal, at: datetime, before: str, after: str, *, field: str = "stage"
) -> None:
    tx.session.add(
        DealChange(
            tenant_id=tx.tenant_id,
            id=uuid4(),
            created_at=at,
            deal_id=deal.id,
            field=field,
            before=before,
            after=after,
        )
    )


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await Desk(database).begin()


async def test_from_watching_to_met(desk: Desk) -> None:
    goal_id = await desk.make("Rita")
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.observe_until) == ("observing", date(2026, 12, 20))
    async with desk.database.transaction(desk.tenant) as tx:
        for days, amount in ((2, 40_000), (10, 40_000), (29, 20_000)):
            await desk.deal(tx, NOW + timedelta(days), amount=amount)
    await desk.tick(datetime(2026, 12, 20, 22, 59, tzinfo=UTC))
    assert (await desk.goal(goal_id)).status == "observing", "in Berlin it is still the 20th"
    await desk.tick(datetime(2026, 12, 20, 23, 1, tzinfo=UTC))
    goal = await desk.goal(goal_id)
    # 100,000 in 20 working days; 64 in the quarter, and ten per cent: 352,000.
    assert (goal.status, goal.baseline, goal.proposed) == ("proposed", 100_000, 360_000)
    assert await desk.number(GoalProgress) == 0, "its period hasn't begun"
    view = await desk.goals.views.card(desk.tenant, goal_id, desk.people["Rita"].id)
    assert view is not None
    assert view.may_change
    await desk.goals.deeds.accept(desk.actor("Rita"), goal_id, version=goal.version, command_id="a")
    await desk.goals.deeds.accept(desk.actor("Rita"), goal_id, version=goal.version, command_id="a")
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.target, goal.target_by) == ("active", 360_000, None)
    page = await desk.goals.views.page(desk.actor("Mona"), goal_id)
    assert page.line.progress.standing is Standing.WAITING
    assert [(one.what, one.by) for one in page.moments] == [
        ("accepted", "Rita"),
        ("proposed", None),
        ("made", "Rita"),
    ]
    assert await desk.number(Card) == 1


async def test_which_goal_something_serves(desk: Desk) -> None:
    goal_id = await desk.make("Rita", target="360,000")
    company = await desk.make("Ada", whom="tenant", target="1m")
    async with desk.database.transaction(desk.tenant) as tx:
        serves = await active_goal_for(tx, desk.people["Rita"].id, ["pipeline", "revenue"])
        assert serves is not None
        assert serves.id == goal_id
        early = date(2026, 12, 31)
        assert await active_goal_for(tx, desk.people["Rita"].id, ["revenue"], on=early) is None
        assert await active_goal_for(tx, desk.people["Rita"].id, ["activity"]) is None
        toms = await active_goal_for(tx, desk.people["Tom"].id, ["revenue"])
        assert toms is not None
        assert toms.id == company
        assert await active_goal_for(tx, desk.people["Rita"].id, []) is None


async def test_behind_is_told_once_and_the_end_is_as_it_ended(desk: Desk) -> None:
    goal_id = await desk.make("Rita", target="360,000")
    async with desk.database.transaction(desk.tenant) as tx:
        for month, amount in ((1, 20_000), (1, 30_000), (2, 10_000)):
            await desk.deal(tx, datetime(2027, month, 15, 12, tzinfo=UTC), amount=amount)
        conversation = await make.make_conversation(tx, account_id=desk.acme.id)
        action = await make.make_action(tx, conversation, goal_id=goal_id, status="done")
        await make.make_effect(tx, action, status="done")
        await make.make_outcome(tx, action, status="positive")
    await desk.tick(datetime(2027, 2, 28, 23, 30, tzinfo=UTC))
    page = await desk.goals.views.page(desk.actor("Rita"), goal_id)
    # 41 of 64 days: 230,625 expected; 60,000 / 41 · 64 = 93,659.
    assert page.line.progress.standing is Standing.BEHIND
    assert page.line.progress.expected == 230_625
    assert page.line.progress.forecast == Decimal("93658.54")
    assert [(one.account, one.effect, one.outcome) for one in page.deeds] == [
        ("Acme", "done", "positive")
    ]
    assert page.days == ((date(2027, 2, 28), 60_000),)
    behind = (await desk.goal(goal_id)).behind_at
    assert behind == desk.clock.at
    async with desk.database.transaction(desk.tenant) as tx:
        rita, tom = desk.people["Rita"], desk.people["Tom"]
        told = await goals_behind(tx, rita, desk.clock.at - timedelta(days=1))
        assert [one.progress.gap for one in told] == [Decimal(-170_625)]
        assert await goals_behind(tx, rita, desk.clock.at + timedelta(seconds=1)) == (), "once"
        assert await goals_behind(tx, tom, desk.clock.at - timedelta(days=1)) == ()
        assert [one.goal_id for one in await home_goals(tx, rita, desk.clock.at)] == [goal_id]
        yesterday = desk.clock.at - timedelta(days=1)
        mornings = await list_mornings(
            tx, [rita.id, tom.id], now=desk.clock.at, earliest=yesterday, otherwise=yesterday
        )
        # A mail was sent for Rita, but not as hers: the goal alone makes her morning.
        assert {one.member.id: one.something for one in mornings} == {rita.id: True, tom.id: False}
        # Won on the last evening of the quarter, where summer time has begun.
        await desk.deal(tx, datetime(2027, 3, 31, 21, 30, tzinfo=UTC), amount=300_000)
        await desk.deal(tx, datetime(2027, 3, 31, 22, 30, tzinfo=UTC), amount=999_000)
    await desk.tick(datetime(2027, 3, 1, 23, 30, tzinfo=UTC))
    assert (await desk.goal(goal_id)).behind_at == behind, "the next day is no news"
    # Nothing ran for two days: the last day is reckoned all the same, as it ended.
    await desk.tick(datetime(2027, 4, 2, 9, tzinfo=UTC))
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.settled_at) == ("met", desk.clock.at)
    page = await desk.goals.views.page(desk.actor("Mona"), goal_id)
    assert page.days[-1] == (date(2027, 3, 31), 360_000)
    assert page.line.progress.value == 360_000, "what came later counts no more"
    with pytest.raises(Conflict, match="it was met"):
        await desk.goals.deeds.drop(
            desk.actor("Rita"), goal_id, version=goal.version, command_id="d"
        )


async def test_too_little_proposes_nothing_and_a_person_sets_it(desk: Desk) -> None:
    goal_id = await desk.make("Rita", kind="pipeline")
    await desk.tick(datetime(2026, 12, 21, 8, tzinfo=UTC))
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.proposed, goal.target) == ("observing", None, None)
    assert "no deals with a known amount" in goal.note
    assert goal.observe_until == date(2027, 1, 19), "and it watches on"
    await desk.goals.deeds.set_target(
        desk.actor("Mona"), goal_id, version=goal.version, target="$250k", why="Plan",
        command_id="t",
    )  # fmt: skip
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.target, goal.note) == ("active", 250_000, "")
    assert goal.target_by == desk.people["Mona"].id
    with pytest.raises(Conflict, match="has changed since"):
        await desk.goals.deeds.set_target(
            desk.actor("Rita"), goal_id, version=1, target="1", why="", command_id="u"
        )
    async with desk.database.transaction(desk.tenant) as tx:
        deal = await desk.deal(tx, stage="evaluation", amount=Decimal(50_000))
        change(tx, deal, datetime(2027, 1, 5, 9, tzinfo=UTC), "initial", "discovery")
        (await tx.session.get_one(Member, (desk.tenant, desk.people["Rita"].id))).active = False
    await desk.tick(datetime(2027, 1, 6, 8, tzinfo=UTC))
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.note) == ("dropped", "Its person has left.")
    changes = await desk.number(GoalChange)
    async with desk.database.read(desk.tenant) as tx:
        query = select(func.count()).where(AuditEntry.verb.like("goal.%"))
        assert await tx.session.scalar(query) == changes == 4, "each in the audit"


async def test_one_day_is_reckoned_once(desk: Desk, runtime_url: str) -> None:
    goal_id = await desk.make("Rita", period="this_quarter", target="500,000")
    async with desk.database.transaction(desk.tenant) as tx:
        await desk.deal(tx, NOW - timedelta(days=3), amount=10_000)
    other = Database(runtime_url, pool_size=2)
    audit = AuditService(other, desk.clock, desk.ids, VAULT)
    timers = goal_timers(goal_services(other, desk.clock, desk.ids, audit))
    twin = SweepService(other, desk.clock, timers)
    desk.clock.at = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)
    await asyncio.gather(desk.sweeps.tick(), twin.tick(), desk.sweeps.tick())
    await other.close()
    assert await desk.number(GoalProgress) == 1
    async with desk.database.read(desk.tenant) as tx:
        verbs = select(func.count()).where(AuditEntry.verb == "goal.behind")
        assert await tx.session.scalar(verbs) == 1
    # The clock goes back a day, and comes again.
    await desk.tick(datetime(2026, 11, 20, 23, 5, tzinfo=UTC))
    await desk.tick(datetime(2026, 11, 21, 23, 10, tzinfo=UTC))
    await desk.tick(datetime(2026, 11, 22, 23, 5, tzinfo=UTC))
    async with desk.database.read(desk.tenant) as tx:
        days = select(GoalProgress.day).order_by(GoalProgress.day)
        assert list(await tx.session.scalars(days)) == [date(2026, 11, 21), date(2026, 11, 22)]
    await desk.tick(datetime(2027, 1, 1, 0, 5, tzinfo=UTC))
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.note) == ("missed", "")


async def test_who_may_do_what(desk: Desk) -> None:
    rita, tom, mona = (desk.people[name] for name in ("Rita", "Tom", "Mona"))
    goal_id = await desk.make("Mona", whom=f"member:{rita.id}", target="100,000")
    async with desk.database.read(desk.tenant) as tx:
        cards = list(await tx.session.scalars(select(Card.recipient_id)))
    assert cards == [rita.id], "who has a goal set by somebody else is told"
    for who, refusal in (("Tom", NotFound), ("Otto", NotFound), ("Eve", NotFound)):
        with pytest.raises(refusal):
            await desk.goals.deeds.drop(desk.actor(who), goal_id, version=1, command_id=who)
        with pytest.raises(NotFound):
            await desk.goals.views.page(desk.actor(who), goal_id)
    company = await desk.make("Ada", whom="tenant", target="1m")
    with pytest.raises(Forbidden):
        await desk.goals.deeds.drop(desk.actor("Eve"), company, version=1, command_id="e")
    assert [one.goal_id for one in (await desk.goals.views.mine(desk.actor("Eve"))).lines] == [
        company
    ]
    assert len((await desk.goals.views.mine(desk.actor("Mona"))).lines) == 2
    assert len((await desk.goals.views.mine(desk.actor("Ada"))).lines) == 2
    for whom in (f"member:{tom.id}", "tenant", f"persona:{uuid4()}", f"member:{uuid4()}"):
        with pytest.raises(Forbidden):
            await desk.make("Rita", whom=whom, target="1")
    with pytest.raises(Forbidden):
        await desk.make("Mona", whom=f"member:{desk.people['Otto'].id}", target="1")
    for whom, field in (("nobody", "goal_for"), ("member:x", "goal_for"),
                        (f"persona:{uuid4()}", "goal_for")):  # fmt: skip
        with pytest.raises(InvalidInput) as wrong:
            await desk.make("Ada", whom=whom, target="1")
        assert wrong.value.field == field
    assert [words for words, _ in await desk.goals.views.whom(desk.actor("Rita"), "")] == ["Me"]
    offered = dict(await desk.goals.views.whom(desk.actor("Mona"), "r"))
    assert offered["Rita"] == f"member:{rita.id}"
    assert "Tom" not in offered
    # Another tenant's manager knows nothing of it, and can name nobody of ours.
    foreign = await Desk(desk.database).begin()
    with pytest.raises(NotFound):
        await desk.goals.views.page(foreign.actor("Ada"), goal_id)
    with pytest.raises(NotFound):
        await desk.goals.deeds.drop(foreign.actor("Ada"), goal_id, version=1, command_id="f")
    with pytest.raises(InvalidInput):
        await foreign.make("Ada", whom=f"member:{rita.id}", target="1")
    assert await desk.goals.views.card(foreign.tenant, goal_id, foreign.people["Ada"].id) is None
    async with desk.database.transaction(desk.tenant) as tx:
        (await tx.session.get_one(Member, (desk.tenant, tom.id))).active = False
    with pytest.raises(InvalidInput, match="no longer here"):
        await desk.make("Mona", whom=f"member:{tom.id}", target="1")
    assert (await desk.goals.views.page(actor_of(mona), goal_id)).may_change


async def test_one_goal_at_a_time_for_one_thing(desk: Desk) -> None:
    deeds, rita = desk.goals.deeds, desk.actor("Rita")
    first = await deeds.make(rita, form(target="100,000"), command_id="same")
    assert await deeds.make(rita, form(target="100,000"), command_id="same") == first
    days = {"period": "custom", "first": "2027-03-31", "last": "2027-06-30"}
    with pytest.raises(
        InvalidInput, match="1 Jan 2027 to 31 Mar 2027 with a target of 100,000 USD"
    ):
        await desk.make("Rita", target="5", **days)
    await desk.make("Rita", target="5", **(days | {"first": "2027-04-01"}))
    await desk.make("Rita", kind="pipeline", target="5")
    await desk.make("Tom", target="5")
    outcomes = await asyncio.gather(
        *(desk.make("Rita", kind="activity", target="50") for _ in range(3)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == [
        "InvalidInput",
        "InvalidInput",
        "UUID",
    ]
    with pytest.raises(InvalidInput, match="before I have watched for 30 days"):
        await desk.make("Otto", period="this_month")
    with pytest.raises(InvalidInput, match="Choose one") as refusal:
        await desk.make("Otto", kind="fame")
    assert refusal.value.field == "goal_kind"
    async with desk.database.transaction(desk.tenant) as tx:
        await desk.deal(tx, currency="EUR")
    with pytest.raises(InvalidInput, match=r"No deal is in USD\. Yours are in EUR"):
        await desk.make("Otto", target="$5")
    await deeds.drop(rita, first, version=1, command_id="drop")
    assert (await desk.goal(first)).status == GoalStatus.DROPPED
    await desk.make("Rita", target="7")


# ── What counts ─────────────────────────────────────────────────────────────────────────────────
def goal_of(desk: Desk, **more: Any) -> Goal:
    wanted = {"kind": "revenue", "scope": "member", "member_id": desk.people["Rita"].id}
    wanted |= {"currency": "USD", "timezone": BERLIN} | more
    return Goal(tenant_id=desk.tenant, id=uuid4(), **wanted)


NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


async def test_revenue_is_what_was_won_in_these_days(desk: Desk) -> None:
    def at(day: int, hour: int = 12) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=UTC)

    async with desk.database.transaction(desk.tenant) as tx:
        await desk.deal(tx, at(2), amount=10_000)
        await desk.deal(tx, at(30, 22), amount=20_000)  # 23:00 in Berlin
        await desk.deal(tx, at(30, 23), amount=40_000)  # December in Berlin, November elsewhere
        await desk.deal(tx, datetime(2026, 10, 31, 22, tzinfo=UTC), amount=80_000)
        await desk.deal(tx, at(3), amount=5_000, currency="EUR")
        await desk.deal(tx, at(4), amount=None, name="Nameless")
        await desk.deal(tx, at(5), amount=1_000, owner_id=desk.people["Tom"].id)
        reopened = await desk.deal(tx, at(6), amount=7_000, stage="negotiation")
        change(tx, reopened, at(8), "closed_won", "negotiation")
        lost_later = await desk.deal(tx, at(9), amount=100, stage="closed_lost")
        change(tx, lost_later, datetime(2026, 12, 5, tzinfo=UTC), "closed_won", "closed_lost")
        grew = await desk.deal(tx, at(10), amount=900)
        change(tx, grew, at(12), "100.00", "300.00", field="amount")
        change(tx, grew, datetime(2026, 12, 5, tzinfo=UTC), "300.00", "900.00", field="amount")
        # From files: won already, with a date, and without one.
        await desk.deal(tx, amount=3, created_at=at(20), close_date=date(2026, 11, 15))
        await desk.deal(tx, amount=3, created_at=at(20), close_date=date(2026, 9, 15))
        await desk.deal(tx, amount=3, created_at=at(20))
    async with desk.database.read(desk.tenant) as tx:
        tally = await count(tx, goal_of(desk), *NOVEMBER)
        assert tally.value == 10_000 + 20_000 + 300 + 3 + 100, "lost_later was won in November"
        assert tally.things == 5
        assert (tally.unknown, tally.unknown_names) == (1, ("Nameless (Acme)",))
        assert tally.undated == 1
        assert tally.elsewhere == (("EUR", 1, 5_000),)
        west = goal_of(desk, timezone="America/New_York")
        assert (await count(tx, west, *NOVEMBER)).value == 70_403 + 0
        euros = await count(tx, goal_of(desk, currency="EUR"), *NOVEMBER)
        assert (euros.value, euros.elsewhere[0][:2]) == (5_000, ("USD", 5))
        everybody = goal_of(desk, scope="tenant", member_id=None)
        assert (await count(tx, everybody, *NOVEMBER)).value == 31_403
        nothing = await count(tx, goal_of(desk), date(2026, 6, 1), date(2026, 6, 30))
        assert (nothing.value, nothing.things, nothing.unknown) == (0, 0, 0)
        backwards = await count(tx, goal_of(desk), date(2026, 11, 5), date(2026, 11, 4))
        assert backwards.value == 0


async def test_pipeline_is_what_became_active_and_was_not_lost(desk: Desk) -> None:
    day = datetime(2026, 11, 10, 12, tzinfo=UTC)
    async with desk.database.transaction(desk.tenant) as tx:
        await desk.deal(tx, stage="evaluation", amount=1)  # there with the first file
        entered = await desk.deal(tx, stage="evaluation", amount=20_000)
        change(tx, entered, day, "initial", "discovery")
        change(tx, entered, day + timedelta(days=1), "discovery", "evaluation")
        won = await desk.deal(tx, stage="closed_won", amount=3_000)
        change(tx, won, day, "initial", "qualification")
        lost = await desk.deal(tx, stage="closed_lost", amount=400_000)
        change(tx, lost, day, "initial", "qualification")
        await desk.deal(tx, stage="discovery", amount=50, created_at=day)
        moved = await desk.deal(tx, stage="negotiation", amount=9)
        change(tx, moved, day, "discovery", "negotiation")  # was pipeline before
        await tx.session.flush()
    async with desk.database.read(desk.tenant) as tx:
        found = await count(tx, goal_of(desk, kind="pipeline"), *NOVEMBER)
        assert (found.value, found.things) == (20_000 + 3_000 + 50, 3)
        autumn = await count(tx, goal_of(desk, kind="pipeline"), date(2026, 9, 1), NOVEMBER[1])
        assert autumn.undated == 2, "what was there with the first file has no date"


async def write_mails(desk: Desk, tx: Tx, deal: Deal, persona: Persona) -> None:
    """Three of Rita's about a deal: one by the persona, one called off, one without a persona."""
    conversation = await make.make_conversation(tx, account_id=desk.acme.id)
    before, day = datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC)
    for sent, status, by in (
        (before, "done", persona.id),
        (day, "cancelled", None),
        (day, "done", None),
    ):
        draft = await make.make_draft(tx, conversation)
        await make.make_revision(tx, draft, persona_id=by)
        named = {"draft_id": draft.id, "owner_id": desk.people["Rita"].id, "deal_id": deal.id}
        action = await make.make_action(tx, conversation, **named)
        await make.make_effect(tx, action, draft_id=draft.id, status=status, settled_at=sent)


async def test_activity_and_a_personas_share(desk: Desk) -> None:
    day, rita = datetime(2026, 11, 10, 12, tzinfo=UTC), desk.people["Rita"]
    async with desk.database.transaction(desk.tenant) as tx:
        persona = Persona(
            tenant_id=desk.tenant, id=uuid4(), created_at=NOW, name="Warm", name_key="warm"
        )
        tx.session.add(persona)
        entered = await desk.deal(tx, stage="evaluation", amount=20_000)
        other = await desk.deal(tx, stage="evaluation", amount=3_000)
        for deal in (entered, other):
            change(tx, deal, day, "initial", "discovery")
        await write_mails(desk, tx, entered, persona)
        for uid, status, mine in (
            ("a", "scheduled", "accepted"),
            ("b", "cancelled", "accepted"),
            ("c", "scheduled", "declined"),
        ):
            tx.session.add(
                Meeting(
                    tenant_id=desk.tenant, id=uuid4(), created_at=NOW, account_id=desk.acme.id,
                    uid=uid, starts_at=day, ends_at=day + timedelta(hours=1), status=status,
                    source="invitation", changed_at=NOW,
                    attendees=[{"email": rita.email.upper(), "status": mine}],
                )
            )  # fmt: skip
        await tx.session.flush()
    of_persona = {"scope": "persona", "member_id": None, "persona_id": persona.id}
    activity = {"kind": "activity", "currency": None}
    async with desk.database.read(desk.tenant) as tx:
        found = await count(tx, goal_of(desk, **activity), *NOVEMBER)
        assert (found.mails, found.meetings, found.value) == (2, 1, 3)
        share = await count(tx, goal_of(desk, kind="pipeline", **of_persona), *NOVEMBER)
        assert share.value == 20_000, "the deal about which it had written before"
        mails = await count(tx, goal_of(desk, **activity, **of_persona), *NOVEMBER)
        assert (mails.mails, mails.meetings) == (1, 0)
    goal_id = await desk.make("Ada", whom=f"persona:{persona.id}", kind="activity", target="40")
    async with desk.database.transaction(desk.tenant) as tx:
        (await tx.session.get_one(Persona, (desk.tenant, persona.id))).status = "deleted"
    await desk.tick(NOW + timedelta(days=1))
    goal = await desk.goal(goal_id)
    assert (goal.status, goal.note) == ("dropped", "Its persona was deleted.")
