"""Digests: a member's day, each morning at eight where they are, and whenever they ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from db import commands, digests, jobs, members, overviews, timers
from db.models.cards import Digest
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.audit import AuditService
from services.cards import touch
from services.errors import NotFound, ServiceError, TransientError
from services.holding import reachable
from services.mail_out import MailOut, Notice
from services.overviews import ViewService
from services.ports import Clock, Ids
from services.types.mail import Address
from services.types.people import Actor
from services.types.views import DigestView
from services.zones import zone_of

log = structlog.get_logger()

TIMER = "digest"
CARD = "digest"
MAIL = "digest.mail"
MORNING = time(8)
DAILY = "daily"
ONE_DAY = timedelta(days=1)
# A digest after a holiday looks back a week and no further.
LONGEST = timedelta(days=7)
HELD_BACK = "Its reader gets nothing unasked right now."
NO_ADDRESS = "No mail address is set up to send from."
UNSURE = "The connection broke while the mail was leaving, so it may or may not have arrived."

DigestRenderer = Callable[[DigestView], tuple[str, str, str]]
"""Subject, HTML, plain text."""


def next_due(timezone: str, now: datetime, at: time = MORNING) -> datetime:
    """The next time the member's clock shows `at`, strictly after now, in UTC. Where a clock change
    leaves the hour out, it is due as long after as the clock jumped; where the hour comes twice,
    the first time counts."""
    zone = zone_of(timezone)
    today = now.astimezone(zone).date()
    # A day before and two after: zones have skipped and repeated whole days.
    for offset in range(-1, 3):
        local = datetime.combine(today + timedelta(days=offset), at, zone)
        due = local.astimezone(UTC)
        if due > now:
            return due
    raise RuntimeError("a morning is never three days away")


@dataclass(frozen=True, slots=True)
class DigestService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    views: ViewService
    mail_out: MailOut
    render: DigestRenderer

    TIMER: ClassVar[str] = TIMER

    async def request(self, actor: Actor, *, command_id: str) -> None:
        """A digest now, by Slack and mail. The same command again makes no second one."""
        address = await self.mail_out.address(actor.tenant_id)
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await members.get_member(tx, actor.member_id)
            if member is None or not member.active:
                raise NotFound("I don't know you in this workspace yet. Ask your admin to add you.")
            done = await commands.claim_command(
                tx, result_id=self.ids.new(), command_id=command_id, verb="digest.request", now=now
            )
            if done is not None:
                return
            day = now.astimezone(zone_of(member.timezone)).date()
            digest_id = await self._add(
                tx,
                member,
                day,
                f"now:{command_id}",
                since=now - ONE_DAY,
                mailed=address is not None,
            )
            await commands.set_command_result(tx, command_id, {"digest_id": str(digest_id)})
            await self.audit.append(tx, "digest.requested", actor=actor, subject_id=digest_id)
            await self._show(tx, digest_id, member.id)

    async def make(self, tenant_id: UUID, member_id: UUID, day: date | None = None) -> UUID | None:
        """The daily digest; None when it was made before or the day was quiet."""
        async with self.db.transaction(tenant_id) as tx:
            return await self._make(tx, member_id, day)

    async def due(self, tx: Tx, member_id: UUID) -> UUID | None:
        """The member's timer is due: make today's digest and set the next morning's timer."""
        member = await members.get_member(tx, member_id)
        if member is None or not member.active:
            return None
        await self.schedule(tx, member)
        if not await reachable(tx, member_id, CARD, self.clock.now()):
            return None
        return await self._make(tx, member_id, None)

    async def schedule(self, tx: Tx, member: Member) -> datetime:
        """Set the member's timer to their next morning."""
        due_at = next_due(member.timezone, self.clock.now())
        await timers.set_timer(tx, TIMER, member.id, due_at)
        return due_at

    async def arm(self, tenant_id: UUID) -> int:
        """A timer for every enabled member who has none; returns how many that were."""
        async with self.db.transaction(tenant_id) as tx:
            found = await digests.list_without_timer(tx, TIMER)
            for member in found:
                await self.schedule(tx, member)
            return len(found)

    async def _make(self, tx: Tx, member_id: UUID, day: date | None) -> UUID | None:
        member = await members.get_member(tx, member_id)
        if member is None or not member.active:
            return None
        now = self.clock.now()
        last = await digests.last_daily(tx, member_id)
        since = max(last, now - LONGEST) if last else now - ONE_DAY
        if await _quiet(tx, member_id, since):
            return None
        local = day or now.astimezone(zone_of(member.timezone)).date()
        # Whether there is an address is asked when the mail is sent: here a transaction is open.
        digest_id = await self._add(tx, member, local, DAILY, since=since, mailed=True)
        if digest_id is not None:
            await self._show(tx, digest_id, member_id)
        return digest_id

    async def _add(
        self, tx: Tx, member: Member, day: date, request: str, *, since: datetime, mailed: bool
    ) -> UUID | None:
        digest = Digest(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            member_id=member.id,
            day=day,
            request=request,
            content={"since": since.isoformat()},
            mail_status="queued" if mailed else "none",
        )
        if not await digests.add_digest(tx, digest):
            return None
        if mailed:
            await jobs.enqueue(tx, MAIL, {"digest_id": digest.id})
        return digest.id

    async def _show(self, tx: Tx, digest_id: UUID | None, member_id: UUID) -> None:
        if digest_id is not None:
            await touch(tx, CARD, digest_id, [member_id], clock=self.clock, ids=self.ids)

    async def mail(self, tenant_id: UUID, digest_id: UUID) -> None:
        """Send the digest's mail, once: claimed before, settled after. A mail that may have left is
        never sent again."""
        async with self.db.read(tenant_id) as reading:
            row = await digests.get_digest(reading, digest_id)
            member = await members.get_member(reading, row.member_id) if row else None
        if row is None or member is None or row.mail_status not in {"queued", "sending"}:
            return
        if row.mail_status == "sending":
            # The job that claimed it died on the way.
            await self._settle(tenant_id, digest_id, "sending", "unknown", UNSURE)
            return
        sender = await self.mail_out.address(tenant_id)
        view = await self.views.digest(tenant_id, digest_id)
        async with self.db.read(tenant_id) as reading:
            wanted = row.request != DAILY or await reachable(
                reading, member.id, CARD, self.clock.now()
            )
        if not wanted:
            await self._settle(tenant_id, digest_id, "queued", "none", HELD_BACK)
            return
        if sender is None or view is None or not member.active:
            await self._settle(tenant_id, digest_id, "queued", "none", NO_ADDRESS)
            return
        to = Address(email=member.email, name=member.name)
        subject, html, text = self.render(view)
        notice = Notice(
            to=to,
            subject=subject,
            text=text,
            html=html,
            date=self.clock.now(),
            name=f"digest.{digest_id}",
        )
        try:
            raw = self.mail_out.write(notice, sender)
        except ServiceError as error:
            await self._settle(tenant_id, digest_id, "queued", "failed", str(error))
            return
        if await self._settle(tenant_id, digest_id, "queued", "sending"):
            await self._send(tenant_id, digest_id, to, raw)

    async def _send(self, tenant_id: UUID, digest_id: UUID, to: Address, raw: bytes) -> None:
        try:
            await self.mail_out.send(tenant_id, to=to, raw=raw)
        except TransientError as error:
            if error.ambiguous:
                await self._settle(tenant_id, digest_id, "sending", "unknown", UNSURE)
                return
            await self._settle(tenant_id, digest_id, "sending", "queued", str(error))
            raise
        except ServiceError as error:
            await self._settle(tenant_id, digest_id, "sending", "failed", str(error))
            return
        if not await self._settle(tenant_id, digest_id, "sending", "sent"):
            # A second run of the job took this one for dead; now it is known.
            await self._settle(tenant_id, digest_id, "unknown", "sent")

    async def _settle(
        self, tenant_id: UUID, digest_id: UUID, expect: str, status: str, note: str | None = None
    ) -> bool:
        async with self.db.transaction(tenant_id) as tx:
            moved = await digests.settle_mail(
                tx, digest_id, expect=expect, status=status, note=note
            )
            if moved and status in {"sent", "failed", "unknown"}:
                await self.audit.append(
                    tx, f"digest.mail_{status}", subject_id=digest_id, facts={"note": note}
                )
        if moved and status in {"failed", "unknown"}:
            log.warning("a digest's mail", digest_id=str(digest_id), status=status, note=note)
        return moved


async def _quiet(tx: ReadTx, member_id: UUID, since: datetime) -> bool:
    """Nothing waits, nothing was sent or answered, nothing is unsorted."""
    if await overviews.count_waiting(tx, member_id):
        return False
    if await overviews.list_sent_since(tx, member_id, since, 1):
        return False
    if await overviews.list_answered_since(tx, member_id, since, 1):
        return False
    _, unsorted = await overviews.list_unsorted(tx, member_id, 1)
    return not unsorted
