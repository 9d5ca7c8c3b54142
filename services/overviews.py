"""What commands, the Home tab and the digest show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from db import actions as action_rows
from db import (
    customers,
    digests,
    jobs,
    mailboxes,
    members,
    model_calls,
    overviews,
    tenants,
)
from db.models.tenants import Member
from db.session import ReadTx
from services.actors import require_member
from services.approvals.card_view import request_card
from services.captures import capture_view
from services.digest_views import digest_view
from services.first_reading import intro_view
from services.home import HomeViews
from services.inbox import inbox_view
from services.mailbox_health import push_view, reconnect_url
from services.reach import in_shadow, still_paused
from services.reader import reader_of
from services.rollups import rollup_view
from services.signals.scan_budget import budget_use
from services.types.approval_views import ApprovalCardView
from services.types.compose import CaptureView
from services.types.first_reading import IntroView
from services.types.mailbox_health import PushCardView
from services.types.people import Actor
from services.types.rollups import RollupView
from services.types.views import (
    DigestView,
    InboxView,
    MailboxCardView,
    MailboxStatus,
    QuietItem,
    QuietView,
    StatusView,
)

QUIET_SHOWN = 15
QUIET_DAYS = timedelta(days=7)
PLAIN_REASONS = {"it asks nothing": "Asks nothing of you"}


@dataclass(frozen=True, slots=True)
class ViewService(HomeViews):
    """All read models."""

    async def inbox(self, actor: Actor) -> InboxView:
        """What waits for the actor, oldest first."""
        async with self.db.read(actor.tenant_id) as tx:
            return await inbox_view(tx, await require_member(tx, actor), self.clock)

    async def quiet(self, actor: Actor) -> QuietView:
        """What was kept back in the last seven days."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            since = self.clock.now() - QUIET_DAYS
            found, total = await overviews.list_quiet(tx, member.id, since, QUIET_SHOWN)
            complaints = await overviews.complaints_of(tx, member.id)
            items = []
            for message, conversation in found:
                account = await customers.get_account(tx, conversation.account_id)
                reason = str(message.analysis.get("quiet_reason", "it asks nothing"))
                items.append(
                    QuietItem(
                        message_id=message.id,
                        account_name=account.name if account else None,
                        sender_name=str(
                            message.sender.get("name") or message.sender.get("email") or ""
                        ),
                        subject=message.subject,
                        received_at=message.received_at,
                        reason=PLAIN_REASONS.get(reason, reason[:1].upper() + reason[1:]),
                        should_have_told=message.id in complaints,
                    )
                )
            return QuietView(reader=reader_of(member, self.clock), items=tuple(items), total=total)

    async def account_options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        async with self.db.read(actor.tenant_id) as tx:
            found = await customers.search_accounts(tx, text, 100)
        return tuple((account.id, account.name) for account in found)

    async def status(self, actor: Actor) -> StatusView:
        mail_out = await self.mail_out.describe_for(actor.tenant_id)
        async with self.db.read(actor.tenant_id) as tx:
            return await self._status(tx, await require_member(tx, actor), mail_out)

    async def _status(self, tx: ReadTx, member: Member, mail_out: str) -> StatusView:
        now = self.clock.now()
        zone = ZoneInfo(member.timezone)
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        spent, unpriced = await model_calls.spent_since(tx, month)
        _, quiet = await overviews.list_quiet(tx, member.id, midnight, 1)
        everyone = member.role == "admin"
        boxes = await overviews.list_mailboxes(tx, None if everyone else member.id)
        tenant = await tenants.get_tenant(tx)
        lost = tenant is not None and tenant.paused_at is not None
        return StatusView(
            reader=reader_of(member, self.clock),
            model=self.model.name,
            offline=self.model.offline,
            kill_switch=await action_rows.kill_switch_engaged(tx),
            mailboxes=tuple(
                MailboxStatus(
                    address=m.address,
                    status=m.status,
                    synced_at=m.synced_at,
                    watch_expires_at=m.watch_expires_at,
                )
                for m in boxes
            ),
            waiting=await overviews.count_waiting(tx, member.id),
            quiet_today=quiet,
            mail_out=mail_out,
            spent_this_month_usd=spent or Decimal(0),
            unpriced_calls=unpriced,
            held_jobs=sum((await jobs.held(tx)).values()),
            connected=not lost,
            shadow=in_shadow(tenant),
            paused_until=still_paused(member, now),
            budget=await budget_use(tx, self.budget_usd, now),
        )

    async def approval_card(
        self, tenant_id: UUID, request_id: UUID, member_id: UUID
    ) -> ApprovalCardView | None:
        async with self.db.read(tenant_id) as tx:
            return await request_card(tx, request_id, member_id, self.clock)

    async def intro_card(
        self, tenant_id: UUID, reading_id: UUID, member_id: UUID
    ) -> IntroView | None:
        async with self.db.read(tenant_id) as tx:
            return await intro_view(tx, reading_id, member_id, self.clock)

    async def mailbox_card(
        self, tenant_id: UUID, mailbox_id: UUID, member_id: UUID
    ) -> MailboxCardView | None:
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            box = await mailboxes.get_mailbox(tx, mailbox_id)
            if member is None or box is None:
                return None
            return MailboxCardView(
                reader=reader_of(member, self.clock),
                address=box.address,
                status=box.status,  # type: ignore[arg-type]  # the column's check knows them
                connect_url=reconnect_url(box, member, self.gmail),
                reason=box.reconnect_reason,
            )

    async def push_card(self, tenant_id: UUID, member_id: UUID) -> PushCardView | None:
        async with self.db.read(tenant_id) as tx:
            return await push_view(tx, member_id, self.clock, self.gmail)

    async def capture_card(
        self, tenant_id: UUID, capture_id: UUID, member_id: UUID
    ) -> CaptureView | None:
        async with self.db.read(tenant_id) as tx:
            return await capture_view(tx, capture_id, member_id, self.clock, self.model)

    async def rollup(self, tenant_id: UUID, member_id: UUID) -> RollupView | None:
        async with self.db.read(tenant_id) as tx:
            return await rollup_view(tx, member_id, self.clock)

    async def digest(self, tenant_id: UUID, digest_id: UUID) -> DigestView | None:
        """As it was put together: a digest tells of one day and is not rewritten."""
        async with self.db.read(tenant_id) as tx:
            row = await digests.get_digest(tx, digest_id)
            member = await members.get_member(tx, row.member_id) if row else None
            if row is None or member is None:
                return None
            since = _at(row.content.get("since")) or (self.clock.now() - timedelta(days=1))
            return await digest_view(tx, row, member, self.clock, since)


def _at(stored: object) -> datetime | None:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else None
