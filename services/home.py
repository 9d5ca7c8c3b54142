"""What App Home shows, read at once in a few statements, each of one section."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from db import home as rows
from db import home_figures as figures
from db import home_visits, jobs, members, overviews, tenants
from db.models.tenants import Member
from db.session import ReadTx
from services.approvals.views import queue_view
from services.approvals.wording import title
from services.card_views import CardViews
from services.goals.views import home_goals
from services.home_filters import filters_of
from services.inbox import inbox_view, sender_name
from services.learning_views.me import home_learning
from services.mail_out import SLACK_ONLY, MailOut
from services.mailbox_health import GmailFacts, mailboxes_view
from services.reach import in_shadow, still_paused
from services.reader import reader_of
from services.setup import own_setup
from services.signals.alert_views import alerts_of
from services.signals.scan_budget import budget_use
from services.types.approval_views import QueueFilter, QueueView
from services.types.home import (
    AccountLine,
    AccountsView,
    CompanyView,
    HomeFilters,
    HomeView,
    NewsItem,
    PipelineView,
    Purse,
    SinceView,
    TeamLine,
    TeamView,
)
from services.types.people import Function, Role
from services.types.qualification import Stage
from services.types.views import HealthView, MailboxStatus
from services.zones import day_begins, today_in, zone_of

ACCOUNTS_SHOWN = 12
INBOX_SHOWN = 8
TEAM_SHOWN = 12
APPROVALS_SHOWN = 5
NEWS_SHOWN = 6
ALERTS_SHOWN = 5
NEWS_AGE = timedelta(days=14)
DECIDED_BEFORE = timedelta(days=30)
"""Nothing is sent or answered much later than a month after it was decided."""
TEAM_DAYS = 7
COMPANY_DAYS = 30
HOME_APPROVALS = "home_approvals"
"""The preference that holds which list of approvals the Home tab shows."""
OTHER_LISTS: tuple[QueueFilter, ...] = ("asked", "all", "decided")
CLOSED = {Stage.CLOSED_WON, Stage.CLOSED_LOST}


@dataclass(frozen=True, slots=True)
class HomeViews(CardViews):
    """The Home tab, beside the cards."""

    mail_out: MailOut = field(default_factory=lambda: MailOut(sender=None))
    gmail: GmailFacts = field(default_factory=GmailFacts)
    budget_usd: Decimal | None = None
    """A tenant's model budget for a month; None: there is no limit."""

    async def home(self, tenant_id: UUID, member_id: UUID) -> HomeView | None:
        """None when the member is gone."""
        mail_out = await self.mail_out.describe_for(tenant_id)
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            if member is None:
                return None
            filters = filters_of(member.preferences)
            now = self.clock.now()
            status = await self._health(tx, member, mail_out)
            inbox = await inbox_view(
                tx,
                member,
                self.clock,
                limit=INBOX_SHOWN,
                offset=filters.inbox_page * INBOX_SHOWN,
            )
            return HomeView(
                reader=reader_of(member, self.clock),
                decide=await queue_view(
                    tx, member, self.clock, "mine", limit=APPROVALS_SHOWN, absent=False
                ),
                inbox=inbox,
                inbox_page=_within(filters.inbox_page, INBOX_SHOWN, inbox.total),
                inbox_size=INBOX_SHOWN,
                approvals=await self._other_approvals(tx, member),
                accounts=await _accounts(tx, member, filters),
                pipeline=await _pipeline(tx, member, now),
                since=await _since(tx, member),
                news=await _news(tx, member, now),
                status=status,
                team=await _team(tx, member, filters, now),
                company=await _company(tx, member, now),
                setup=await own_setup(tx, member, sends_mail=mail_out != SLACK_ONLY),
                notices=_notices(status),
                mailboxes=await mailboxes_view(tx, member, self.clock, self.gmail),
                alerts=await alerts_of(tx, member, self.clock, ALERTS_SHOWN),
                goals=await home_goals(tx, member, now),
                learning=await home_learning(tx, member, now),
            )

    async def _other_approvals(self, tx: ReadTx, member: Member) -> QueueView:
        """The list the member last chose; what waits for them stands above in any case."""
        which: QueueFilter = "asked"
        for one in OTHER_LISTS:
            if one == member.preferences.get(HOME_APPROVALS):
                which = one
        return await queue_view(tx, member, self.clock, which, limit=APPROVALS_SHOWN)

    async def _health(self, tx: ReadTx, member: Member, mail_out: str) -> HealthView:
        """What is well or not. Failed jobs are an admin's to look after, so only admins read of
        them."""
        zone = member.timezone
        midnight = day_begins(today_in(zone, self.clock.now()), zone)
        admin = member.role == Role.ADMIN
        boxes = await overviews.list_mailboxes(tx, None if admin else member.id)
        state, tenant = await figures.company_state(tx), await tenants.get_tenant(tx)
        return HealthView(
            reader=reader_of(member, self.clock),
            model=self.model.name,
            offline=self.model.offline,
            kill_switch=state["switched_off"],
            mailboxes=tuple(
                MailboxStatus(
                    address=box.address,
                    status=box.status,
                    synced_at=box.synced_at,
                    watch_expires_at=box.watch_expires_at,
                )
                for box in boxes
            ),
            quiet_today=await rows.count_quiet(tx, member.id, midnight),
            mail_out=mail_out,
            shadow=in_shadow(tenant),
            paused_until=still_paused(member, self.clock.now()),
            held_jobs=sum((await jobs.held(tx)).values()) if admin else 0,
            connected=not state["lost"],
            budget=await budget_use(tx, self.budget_usd, self.clock.now()),
        )


def _local(member: Member, now: datetime) -> datetime:
    return now.astimezone(zone_of(member.timezone))


def _month(today: date) -> tuple[date, date]:
    """The first day of this month and of the next."""
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _within(page: int, size: int, total: int) -> int:
    """The page that is shown: behind the last one it is the last one."""
    return min(page, max(total - 1, 0) // size)


def _notices(status: HealthView) -> tuple[str, ...]:
    notices = []
    if status.mail_out == SLACK_ONLY:
        notices.append("Digests come by Slack only: no mail address is set up to send from.")
    return tuple(notices)


# ── Sections ────────────────────────────────────────────────────────────────────────────────────
async def _accounts(tx: ReadTx, member: Member, filters: HomeFilters) -> AccountsView:
    found, counts = await rows.list_accounts(
        tx,
        member.id,
        health=filters.health,
        stage=filters.stage,
        industry=filters.industry,
        search=filters.search,
        function=member.function,
        limit=ACCOUNTS_SHOWN,
        offset=filters.accounts_page * ACCOUNTS_SHOWN,
    )
    counted = ("everything", "fitting", "industries")
    return AccountsView(
        function=Function(member.function),
        items=tuple(
            AccountLine(**{name: value for name, value in row.items() if name not in counted})
            for row in found
        ),
        total=counts["fitting"],
        everything=counts["everything"],
        page=_within(filters.accounts_page, ACCOUNTS_SHOWN, counts["fitting"]),
        size=ACCOUNTS_SHOWN,
        filters=filters,
        industries=tuple((key, name) for key, name in json.loads(counts["industries"])),
    )


async def _pipeline(tx: ReadTx, member: Member, now: datetime) -> PipelineView:
    today = _local(member, now).date()
    first, following = _month(today)
    found = await figures.pipeline(tx, member.id, today=today, first=first, next_first=following)
    return PipelineView(
        open=_purses(found),
        closing=_purses(found, "closing"),
        stalled=sum(row["stalled"] for row in found),
        overdue=sum(row["overdue"] for row in found),
    )


def _purses(found: Sequence[asyncpg.Record], part: str = "") -> tuple[Purse, ...]:
    """One a currency: of all rows, or of a part of each."""
    head = f"{part}_" if part else ""
    return tuple(
        Purse(
            currency=row["currency"],
            deals=row[part or "deals"],
            amount=Decimal(row[f"{head}amount"]),
            unknown=row[f"{head}unknown"],
        )
        for row in found
        if row[part or "deals"]
    )


async def _since(tx: ReadTx, member: Member) -> SinceView:
    since = await home_visits.get_since(tx, member.id)
    if since is None:
        return SinceView(since=None)
    happened = await figures.happened_since(
        tx, member.id, since, decided_from=since - DECIDED_BEFORE
    )
    return SinceView(since=since, **happened)


async def _news(tx: ReadTx, member: Member, now: datetime) -> tuple[NewsItem, ...]:
    since = now - NEWS_AGE
    found = await figures.list_news(
        tx, member.id, since, decided_from=since - DECIDED_BEFORE, limit=NEWS_SHOWN
    )
    return tuple(
        NewsItem(
            kind=row["kind"],
            title=_title(row),
            at=row["at"],
            detail=row["detail"],
            channel=row["channel"],
            ts=row["ts"],
        )
        for row in found
    )


def _title(row: asyncpg.Record) -> str:
    if row["card"] == "mail":
        who = (row["account"], sender_name(row["sender"]))
        return " · ".join(filter(None, who)) or "A mail"
    return title(
        row["type"],
        account=row["account"],
        percentage=row["percentage"],
        amount=row["amount"],
        currency=row["currency"],
    )


async def _team(tx: ReadTx, member: Member, filters: HomeFilters, now: datetime) -> TeamView | None:
    if member.role != Role.MANAGER:
        return None
    found, total = await figures.list_team(
        tx,
        member.id,
        now=now,
        since=now - timedelta(days=TEAM_DAYS),
        limit=TEAM_SHOWN,
        offset=filters.team_page * TEAM_SHOWN,
    )
    return TeamView(
        items=tuple(
            TeamLine(**{name: value for name, value in row.items() if name != "total"})
            for row in found
        ),
        total=total,
        page=_within(filters.team_page, TEAM_SHOWN, total),
        size=TEAM_SHOWN,
        days=TEAM_DAYS,
    )


async def _company(tx: ReadTx, member: Member, now: datetime) -> CompanyView | None:
    if member.role != Role.EXECUTIVE:
        return None
    first, following = _month(_local(member, now).date())
    month = day_begins(first, member.timezone)
    deals = await figures.company_deals(tx, month=month, first=first, next_first=following)
    work = await figures.company_work(tx, now=now, since=now - timedelta(days=COMPANY_DAYS))
    order = {stage.value: place for place, stage in enumerate(Stage)}
    running = sorted(
        (row for row in deals if row["stage"] not in CLOSED), key=lambda row: order[row["stage"]]
    )
    return CompanyView(
        stages=tuple((row["stage"], purse) for row in running for purse in _purses([row])),
        won=_purses([row for row in deals if row["stage"] == Stage.CLOSED_WON]),
        lost=_purses([row for row in deals if row["stage"] == Stage.CLOSED_LOST]),
        at_risk=_summed(_purses(running, "risky")),
        days=COMPANY_DAYS,
        **work,
    )


def _summed(purses: Sequence[Purse]) -> tuple[Purse, ...]:
    """One a currency."""
    totals: dict[str, Purse] = {}
    for purse in purses:
        so_far = totals.get(purse.currency)
        totals[purse.currency] = Purse(
            currency=purse.currency,
            deals=purse.deals + (so_far.deals if so_far else 0),
            amount=purse.amount + (so_far.amount if so_far else 0),
            unknown=purse.unknown + (so_far.unknown if so_far else 0),
        )
    return tuple(totals.values())
