"""What commands, the Home tab and the digest show."""

from collections.abc import Sequence
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
from db import drafts as draft_rows
from db import notes as note_rows
from db.models.actions import Action
from db.models.conversations import Message
from db.models.customers import Account, Deal
from db.models.tenants import Member
from db.session import ReadTx
from db.visibility import may_see
from services.account_names import the_account
from services.actors import require_member
from services.approvals.card_view import request_card
from services.captures import capture_view
from services.card_origins import Origin, origin_of
from services.card_views import deal_view, reader_of
from services.digest_views import digest_view
from services.errors import InvalidInput, NotFound
from services.first_reading import intro_view
from services.home import HomeViews
from services.inbox import SHOWN, asked_words, inbox_view
from services.mailbox_health import push_view, reconnect_url
from services.qualifications import account_state, criteria_views
from services.reach import in_shadow, still_paused
from services.rollups import rollup_view
from services.signals.scan_budget import budget_use
from services.types.approval_views import ApprovalCardView
from services.types.compose import CaptureView
from services.types.first_reading import IntroView
from services.types.mailbox_health import PushCardView
from services.types.people import Actor
from services.types.rollups import RollupView
from services.types.views import (
    BriefView,
    CriterionView,
    DigestView,
    InboxItem,
    InboxView,
    MailboxCardView,
    MailboxStatus,
    QuietItem,
    QuietView,
    StatusView,
    TimelineItem,
)
from services.visibility import only_of

QUIET_SHOWN = 15
QUIET_DAYS = timedelta(days=7)
TIMELINE_SHOWN = 8
EXCERPT = 400
PLAIN_REASONS = {"it asks nothing": "Asks nothing of you"}


@dataclass(frozen=True, slots=True)
class ViewService(HomeViews):
    """All read models."""

    async def inbox(self, actor: Actor) -> InboxView:
        """What waits for the actor, oldest first."""
        async with self.db.read(actor.tenant_id) as tx:
            return await inbox_view(tx, await require_member(tx, actor), self.clock)

    @staticmethod
    async def _inbox_item(tx: ReadTx, action: Action, member_id: UUID) -> InboxItem:
        draft = await draft_rows.get_draft(tx, action.draft_id) if action.draft_id else None
        origin = await origin_of(tx, action, draft) if draft else None
        account = await customers.get_account(tx, action.account_id)
        place = await overviews.card_place(tx, action.id, member_id)
        known = (account.name if account else None, origin.contact_name if origin else None)
        return InboxItem(
            action_id=action.id,
            title=" · ".join(filter(None, known)),
            why=_why(origin) if origin else "",
            since=origin.received_at if origin else action.created_at,
            due=min((ask.due for ask in origin.asks if ask.due), default=None) if origin else None,
            channel=place[0] if place else None,
            ts=place[1] if place else None,
        )

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

    async def brief(self, actor: Actor, text: str) -> BriefView:
        """One page on an account. InvalidInput names the choices when the words fit several."""
        if not text.strip():
            raise InvalidInput("Which account? For example: /understudy brief Acme")
        async with self.db.read(actor.tenant_id) as tx:
            only = only_of(await require_member(tx, actor))
            return await self._brief(tx, actor, await the_account(tx, text.strip(), only))

    async def brief_of(self, actor: Actor, account_id: UUID) -> BriefView:
        """The same, by the account's id."""
        async with self.db.read(actor.tenant_id) as tx:
            account = await customers.get_account(tx, account_id)
            only = only_of(await require_member(tx, actor))
            if account is None or not await may_see(tx, account.id, only):
                raise NotFound("This account is no longer there.")
            return await self._brief(tx, actor, account)

    async def _brief(self, tx: ReadTx, actor: Actor, account: Account) -> BriefView:
        member = await require_member(tx, actor)
        deals = await customers.list_deals(tx, account.id)
        heard = await customers.last_heard(tx, account.id)
        waiting = [
            await self._inbox_item(tx, action, member.id)
            for action in await action_rows.list_actions_waiting(tx, SHOWN, account_id=account.id)
        ]
        return BriefView(
            reader=reader_of(member, self.clock),
            account_id=account.id,
            account_name=account.name,
            industry=account.industry,
            health=account.health,
            lifecycle=account.lifecycle,
            renewal_date=account.renewal_date,
            owners=await _owners(tx, account),
            contacts=tuple(
                (c.name or c.email, c.title, heard.get(c.id))
                for c in await customers.list_contacts(tx, account.id)
            ),
            deals=tuple(deal_view(deal) for deal in deals),
            qualification=await _qualification(tx, account, deals),
            timeline=await _timeline(tx, account.id),
            waiting=tuple(waiting),
        )

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


async def _owners(tx: ReadTx, account: Account) -> tuple[tuple[str, str], ...]:
    owners = [(function, m.name) for function, m in await customers.list_owners(tx, account.id)]
    owner = await members.get_member(tx, account.owner_id) if account.owner_id else None
    return tuple(owners or ([("owner", owner.name)] if owner else []))


async def _qualification(
    tx: ReadTx, account: Account, deals: Sequence[Deal]
) -> tuple[CriterionView, ...]:
    """What all conversations have shown together; nothing without an open deal."""
    if all(deal.stage in customers.CLOSED for deal in deals):
        return ()
    return criteria_views(await account_state(tx, account.id))


async def _timeline(tx: ReadTx, account_id: UUID) -> tuple[TimelineItem, ...]:
    """What was said and noted last, newest first."""
    said = [
        _timeline_item(message)
        for message in await overviews.list_timeline(tx, account_id, TIMELINE_SHOWN)
    ]
    notes = await note_rows.list_notes(tx, account_id, TIMELINE_SHOWN)
    logged = {note.source_key for note in notes if note.kind == "log"}
    for note in notes:
        if note.kind != "log" and note.source_key in logged:
            continue  # the same message, told once
        author = await members.get_member(tx, note.author_id) if note.author_id else None
        words = f"{note.said_by}: {note.text}" if note.text else ""
        said.append(
            TimelineItem(
                at=note.created_at,
                direction="note",
                who=author.name if author else "Somebody",
                text=" · ".join(filter(None, (note.comment, words)))[:EXCERPT],
                link=note.permalink,
            )
        )
    return tuple(sorted(said, key=lambda item: item.at, reverse=True)[:TIMELINE_SHOWN])


def _timeline_item(message: Message) -> TimelineItem:
    return TimelineItem(
        at=message.received_at,
        direction=message.direction,  # type: ignore[arg-type]  # the column's check knows the same
        who=str(message.sender.get("name") or message.sender.get("email") or ""),
        text=(message.analysis.get("summary") or message.text or message.subject)[:EXCERPT],
    )


def _why(origin: Origin) -> str:
    """What waits: what was asked, or what the mail is that somebody asked for."""
    if origin.composed is not None:
        return asked_words(origin.composed.purpose, origin.composed.instruction)
    return origin.asks[0].quote if origin.asks else origin.subject


def _at(stored: object) -> datetime | None:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else None
