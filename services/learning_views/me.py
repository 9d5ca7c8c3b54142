"""A member's own page, and their line on the Home tab."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from db import learning_views as rows
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.analytics.figures import figures
from services.coaching.showing import to_try
from services.habits.rules import rules_for
from services.intervals import share_of
from services.learning_views.kept import SumKeeper
from services.learning_views.spans import DAYS, answers_of, drafts_from, today_of
from services.learning_views.streaks import Wait, streak
from services.learning_views.to_label import count_for
from services.ports import Clock
from services.reader import reader_of
from services.teams import team_of
from services.types.alerts import Share
from services.types.learning import Figures
from services.types.me import HomeLearning, MePage, OpenOutcome, Said, Streak
from services.types.people import OVERSEERS, Actor, Role
from services.types.preferences import read_preferences

OPEN_SHOWN = 3
SAID_SHOWN = 2
TO_TRY = 3
STREAK_DAYS = timedelta(days=120)
MOST_WAITS = 2000
PEERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MeService:
    db: Database
    clock: Clock
    sums: SumKeeper

    async def page(self, actor: Actor) -> MePage:
        """Everybody may ask it for themselves."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
        kept = await self.sums.of_one(actor.tenant_id, member.id)
        async with self.db.read(actor.tenant_id) as tx:
            now = self.clock.now()
            found, total, mails = await rows.list_open(tx, member.id, OPEN_SHOWN)
            since = now - timedelta(days=DAYS)
            said = await rows.list_said(tx, member.id, since, SAID_SHOWN)
            about = await rows.get_about(tx, member.id)
            wishes = read_preferences(member.preferences)
            return MePage(
                reader=reader_of(member, self.clock),
                spans=kept.spans,
                as_of=kept.made_at,
                open=tuple(_open(row) for row in found),
                open_total=total,
                open_mails=mails,
                said=tuple(_said(row) for row in said),
                ups=said[0]["ups"] if said else 0,
                downs=said[0]["downs"] if said else 0,
                tips=await to_try(tx, member.id, TO_TRY),
                rules=len(await rules_for(tx, member.id)),
                to_label=await count_for(tx, [member.id], now),
                streak=await _streak(tx, member, now) if wishes.streaks else None,
                peers=await _peers(tx, member, now),
                led_by=about["led_by"] or "",
                shares=wishes.share_examples,
                has_mailbox=about["has_mailbox"],
            )


async def home_learning(tx: ReadTx, member: Member, now: datetime) -> HomeLearning | None:
    """One read: the reader's own, for whoever leads or oversees people theirs. None where nothing
    was proposed."""
    leads = member.role in OVERSEERS
    people = await team_of(tx, member) if leads else [member.id]
    today = today_of(now)
    row = await rows.home_figures(tx, people, answers=answers_of(today), first=drafts_from(today))
    counted = Figures(**dict(row.items()))
    if not counted.proposed and not counted.resolved:
        return None
    whole = member.role in (Role.ADMIN, Role.EXECUTIVE)
    return HomeLearning(days=DAYS, figures=counted, whole=whole, team=leads)


async def _peers(tx: ReadTx, member: Member, now: datetime) -> Share | None:
    """Only of so many with mails that nobody's own can be told from the sum."""
    people = await rows.list_peers(tx, member.id)
    found = await figures(tx, people, *answers_of(today_of(now)), by="member") if people else {}
    counted = [one for one in found.values() if one.resolved]
    if len(counted) < PEERS:
        return None
    together = Figures.sum(counted)
    return share_of(together.answered, together.resolved)


async def _streak(tx: ReadTx, member: Member, now: datetime) -> Streak:
    found = await rows.list_waits(tx, member.id, now - STREAK_DAYS, MOST_WAITS)
    waits = [Wait(came=row["came"], decided=row["decided"]) for row in found]
    return streak(waits, now, member.timezone)


def _open(row: asyncpg.Record) -> OpenOutcome:
    return OpenOutcome(
        action_id=row["action_id"],
        about=about_words(row),
        kind=row["kind"],
        sent_at=row["created_at"],
        until=row["window_ends_at"],
        chance=row["chance"],
    )


def _said(row: asyncpg.Record) -> Said:
    return Said(
        at=row["changed_at"],
        rating=row["rating"],
        reason=row["reason"] or "",
        about=about_words(row),
        status=row["status"] or "",
        edited=row["edited"],
        outcome=row["outcome"] or "",
    )


def about_words(row: asyncpg.Record) -> str:
    """`Acme · Your quote`, as far as it is known."""
    return " · ".join(filter(None, (row["account"], row["subject"])))
