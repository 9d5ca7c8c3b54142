"""Digests: a member's day, each morning at eight where they are, and whenever they ask.

A sweep comes for one member's timer and finds all of the tenant whose morning it is: they are
looked at, written and scheduled together, a handful of statements for hundreds of members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

import structlog

from db import commands, digest_facts, digests, jobs, tenants, timers
from db.digest_facts import Morning
from db.models.tenants import Member
from db.session import Database, Tx
from services.actors import require_member
from services.audit import AuditService
from services.cards import show_each, touch
from services.coaching.news import news_of
from services.digest_mails import CARD, DAILY, MAIL, DigestMailer
from services.pacing import turns_to_mail
from services.ports import Clock, Ids
from services.reach import holds_back
from services.types.people import Actor
from services.types.preferences import read_preferences
from services.zones import next_time, zone_of

log = structlog.get_logger()

TIMER = "digest"
MORNING = time(8)
# One that comes late, after a stop or a move to another zone, still comes in the reader's day;
# later it would disturb an evening, and the next morning tells the same.
EVENING = time(18)
ONE_DAY = timedelta(days=1)
# A digest after a holiday looks back a week and no further.
LONGEST = timedelta(days=7)
AT_ONCE = 250


def morning_of(member: Member, now: datetime) -> datetime:
    """The member's next morning: at eight, or when their quiet hours end, if that is later."""
    night = read_preferences(member.preferences).night
    return next_time(member.timezone, now, max(MORNING, night[1]) if night else MORNING)


@dataclass(frozen=True, slots=True)
class DigestService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    mailer: DigestMailer

    TIMER: ClassVar[str] = TIMER

    async def request(self, actor: Actor, *, command_id: str) -> None:
        """A digest now, by Slack and, unless the member has turned that off, by mail. The same
        command again makes no second one."""
        address = await self.mailer.mail_out.address(actor.tenant_id)
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            done = await commands.claim_command(
                tx, result_id=self.ids.new(), command_id=command_id, verb="digest.request", now=now
            )
            if done is not None:
                return
            row = digest_facts.digest_row(
                digest_id=self.ids.new(),
                now=now,
                member_id=member.id,
                day=now.astimezone(zone_of(member.timezone)).date(),
                request=f"now:{command_id}",
                since=now - ONE_DAY,
                mailed=address is not None and read_preferences(member.preferences).digest_mail,
            )
            await self._add(tx, [row])
            await commands.set_command_result(tx, command_id, {"digest_id": str(row["id"])})
            await self.audit.append(tx, "digest.requested", actor=actor, subject_id=row["id"])
            await touch(tx, CARD, row["id"], [member.id], clock=self.clock, ids=self.ids)

    async def make(self, tenant_id: UUID, member_id: UUID, day: date | None = None) -> UUID | None:
        """The daily digest; None when it was made before or the day was quiet."""
        async with self.db.transaction(tenant_id) as tx:
            made = await self._make(tx, await self._mornings(tx, [member_id]), day)
            return next(iter(made), None)

    async def due(self, tx: Tx, member_id: UUID) -> None:
        """This member's timer is due, and with it maybe many: make today's digests and set the next
        morning's timers."""
        now = self.clock.now()
        subjects = await timers.list_due_subjects(tx, TIMER, now, AT_ONCE)
        mornings = await self._mornings(tx, [*dict.fromkeys([member_id, *subjects])])
        here = [one for one in mornings if one.member.active]
        await timers.set_timers(
            tx, TIMER, {one.member.id: morning_of(one.member, now) for one in here}
        )
        there = {one.member.id for one in here}
        await timers.drop_timers(tx, TIMER, [one for one in subjects if one not in there])
        tenant = await tenants.get_tenant(tx)
        await self._make(
            tx,
            [
                one
                for one in here
                if not one.away
                and _in_the_day(one.member, now)
                and (tenant is None or holds_back(one.member, tenant, CARD, now) is None)
            ],
        )

    async def schedule(self, tx: Tx, member: Member) -> datetime:
        """Set the member's timer to their next morning."""
        due_at = morning_of(member, self.clock.now())
        await timers.set_timer(tx, TIMER, member.id, due_at)
        return due_at

    async def arm(self, tenant_id: UUID) -> int:
        """A timer for every enabled member who has none; returns how many that were."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            found = await digests.list_without_timer(tx, TIMER)
            due = {member.id: morning_of(member, now) for member in found}
            await timers.set_timers(tx, TIMER, due)
            return len(found)

    async def mail(self, tenant_id: UUID, digest_id: UUID) -> None:
        """The digest's mail, once."""
        await self.mailer.send(tenant_id, digest_id)

    async def _mornings(self, tx: Tx, member_ids: Sequence[UUID]) -> list[Morning]:
        now = self.clock.now()
        return await digest_facts.list_mornings(
            tx, member_ids, now=now, earliest=now - LONGEST, otherwise=now - ONE_DAY
        )

    async def _make(
        self, tx: Tx, mornings: Sequence[Morning], day: date | None = None
    ) -> list[UUID]:
        """Today's digests of all these; none for a quiet day, nor for who wants none."""
        now = self.clock.now()
        wishes = {one.member.id: read_preferences(one.member.preferences) for one in mornings}
        rows = []
        for one in mornings:
            wish = wishes[one.member.id]
            if not one.something or not one.member.active:
                continue
            if not (wish.digest_mail or wish.digest_slack):
                continue
            local = day or now.astimezone(zone_of(one.member.timezone)).date()
            # Whether there is an address is asked when the mail is sent: here a transaction is
            # open.
            rows.append(
                digest_facts.digest_row(
                    digest_id=self.ids.new(),
                    now=now,
                    member_id=one.member.id,
                    day=local,
                    request=DAILY,
                    since=one.since,
                    mailed=wish.digest_mail,
                )
            )
        for member_id, pattern in (await news_of(tx, _days(rows))).items():
            row = next(one for one in rows if one["member_id"] == member_id)
            row["content"] |= {"tip": pattern}
        added = await self._add(tx, rows)
        shown = [
            (row["id"], row["member_id"])
            for row in rows
            if row["id"] in added and wishes[row["member_id"]].digest_slack
        ]
        await show_each(tx, CARD, shown, clock=self.clock, ids=self.ids)
        return [row["id"] for row in rows if row["id"] in added]

    async def _add(self, tx: Tx, rows: Sequence[dict[str, object]]) -> set[UUID]:
        added = await digest_facts.add_digests(tx, rows)
        mailed = [r["id"] for r in rows if r["id"] in added and r["mail_status"] == "queued"]
        if mailed:
            # A thousand at eight o'clock are more than a mailbox may send in a minute.
            now = self.clock.now()
            turns = await turns_to_mail(tx, len(mailed), ids=self.ids, now=now)
            for digest_id, turn in zip(mailed, turns, strict=True):
                await jobs.enqueue(tx, MAIL, {"digest_id": digest_id}, after=turn - now or None)
        return added


def _days(rows: Sequence[Mapping[str, Any]]) -> dict[UUID, date]:
    return {row["member_id"]: row["day"] for row in rows}


def _in_the_day(member: Member, now: datetime) -> bool:
    """Whether it is still their day, after eight: where a zone was changed meanwhile, or we stood
    still, it may not be."""
    return MORNING <= now.astimezone(zone_of(member.timezone)).time() < EVENING
