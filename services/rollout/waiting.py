"""What was held back, as one list: on the card that comes with enabling or after a pause, and to
whom somebody's work was handed. Each thing on it can be opened by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import cards, customers, drafts, jobs, leaving, mailboxes, members, messages, overviews
from db import rollout as rows
from db.alerts import list_held_alerts
from db.models.actions import Action
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.analysis import asks_from
from services.cards import surface_again, touch
from services.errors import NotFound
from services.holding import OPENED
from services.home_cards import DELIVER
from services.reader import reader_of
from services.rollout.deps import RolloutDeps
from services.rollout.leaving import CARD as HANDOVER
from services.types.people import Actor
from services.types.rollout import HandoverView, HeldItem, WelcomeView
from services.types.signals import CATALOGUE, SignalName

WELCOME = "welcome"
SUMMARIES = ("rollup", "alert_rollup", "alert_quality")
GREET = "members.greet"
UNASKED = ("mail", "unsorted", "digest")
"""Who has been shown one of these needs no introduction."""
SHOWN = 8
NOT_THERE = "This isn't waiting any more. Your Home tab shows what is."


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingService:
    db: Database
    deps: RolloutDeps

    async def welcome(self, tenant_id: UUID, member_id: UUID) -> WelcomeView | None:
        """The member's welcome card."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            card = await cards.get_card_of(
                tx, kind=WELCOME, subject_id=member_id, recipient_id=member_id
            )
            if member is None or card is None:
                return None
            items, _ = await _held(tx, member_id)
            _, unsorted = await overviews.list_unsorted(tx, member_id, 1)
            alerts, held_alerts = await _held_alerts(tx, member_id, self.deps.clock.now())
            new = card.first_shown_at is None and not await rows.was_shown(tx, member_id, UNASKED)
            return WelcomeView(
                reader=reader_of(member, self.deps.clock),
                first=new or bool(card.shown.get("first")),
                items=items,
                total=await overviews.count_waiting(tx, member_id),
                unsorted=unsorted,
                unsorted_card=await _held_unsorted(tx, member_id),
                alerts=alerts,
                alerts_total=held_alerts,
            )

    async def handover(
        self, tenant_id: UUID, leaver_id: UUID, reader_id: UUID
    ) -> HandoverView | None:
        """What somebody left behind, for whom it was given to."""
        async with self.db.read(tenant_id) as tx:
            leaver = await members.get_member(tx, leaver_id)
            reader = await members.get_member(tx, reader_id)
            if leaver is None or reader is None:
                return None
            items, total = await _held(tx, reader_id)
            owned = await leaving.count_owned(tx, leaver_id)
            return HandoverView(
                reader=reader_of(reader, self.deps.clock),
                leaver=leaver.name,
                items=items,
                total=total,
                accounts=owned.accounts,
                deals=owned.deals,
                has_mailbox=await mailboxes.mailbox_of_member(tx, reader_id) is not None,
            )

    async def open(self, actor: Actor, card_id: UUID) -> None:
        """Show one thing that was held back, now: its reader asks for it."""
        async with self.db.transaction(actor.tenant_id) as tx:
            await require_member(tx, actor)
            card = await cards.get_card_for_update(tx, card_id)
            if card is None or card.recipient_id != actor.member_id:
                raise NotFound(NOT_THERE)
            if card.held_rev is None or card.held_rev == OPENED:
                return
            # Asked for: neither held back nor rolled up any more.
            card.held_rev, card.asked_for_at = OPENED, self.deps.clock.now()
            card.wanted_rev += 1
            await tx.session.flush()
            await jobs.enqueue(tx, DELIVER, {"card_id": card_id})
            await self._relist(tx, actor.member_id)

    async def welcome_back(self, tx: Tx, member_id: UUID) -> int:
        """One fresh message with all that waits, if anything does; how much that is. Call it last
        in the transaction."""
        _, mails = await _held(tx, member_id)
        _, alerts = await _held_alerts(tx, member_id, self.deps.clock.now())
        total = mails + alerts
        # What stood there before the pause stands there still.
        if total or await _held_unsorted(tx, member_id):
            await surface_again(
                tx,
                WELCOME,
                member_id,
                [member_id],
                clock=self.deps.clock,
                ids=self.deps.ids,
            )
        await self._summaries(tx, member_id)
        return total

    async def _summaries(self, tx: Tx, member_id: UUID) -> None:
        """What is a summary itself and was held back comes now, with its own message."""
        for kind, subject_id in await cards.list_subjects_of(tx, member_id, (HANDOVER, *SUMMARIES)):
            await touch(tx, kind, subject_id, clock=self.deps.clock, ids=self.deps.ids)

    async def welcome_in(self, tx: Tx, member_id: UUID) -> None:
        """The first message of all, whether anything waits or not."""
        await surface_again(
            tx, WELCOME, member_id, [member_id], clock=self.deps.clock, ids=self.deps.ids
        )
        await self._summaries(tx, member_id)

    async def greet(self, tenant_id: UUID, member_ids: Sequence[UUID] | None = None) -> None:
        """The job `members.greet`: one message for each of these, or for everybody who is enabled.
        A member each in their own transaction: there may be a thousand."""
        async with self.db.read(tenant_id) as reading:
            enabled = await rows.list_enabled_ids(reading)
        for member_id in enabled:
            if member_ids is None or member_id in member_ids:
                async with self.db.transaction(tenant_id) as tx:
                    await self._greet(tx, member_id)

    async def _greet(self, tx: Tx, member_id: UUID) -> None:
        member = await members.get_member(tx, member_id)
        if member is None or not member.active or member.enabled_at is None:
            return
        await self.deps.arm_digest(tx, member)
        if await rows.was_shown(tx, member_id, (WELCOME, *UNASKED)):
            await self.welcome_back(tx, member_id)
        else:
            await self.welcome_in(tx, member_id)

    async def good_morning(self, tx: Tx, member_id: UUID) -> None:
        """What the night held back: the first message of all, or what waits, if anything does."""
        card = await cards.get_card_of(
            tx, kind=WELCOME, subject_id=member_id, recipient_id=member_id
        )
        if card is not None and card.first_shown_at is None:
            await self.welcome_in(tx, member_id)
        else:
            await self.welcome_back(tx, member_id)

    async def _relist(self, tx: Tx, member_id: UUID) -> None:
        for kind, subject_id in await cards.list_subjects_of(tx, member_id, (WELCOME, HANDOVER)):
            await touch(tx, kind, subject_id, clock=self.deps.clock, ids=self.deps.ids)


async def _held(tx: ReadTx, member_id: UUID) -> tuple[tuple[HeldItem, ...], int]:
    found, total = await rows.list_held(tx, member_id, SHOWN)
    return tuple([await _item(tx, card_id, action) for card_id, action in found]), total


async def _held_alerts(
    tx: ReadTx, member_id: UUID, now: datetime
) -> tuple[tuple[HeldItem, ...], int]:
    found = await list_held_alerts(tx, member_id, now=now, limit=SHOWN)
    items = tuple(
        HeldItem(
            card_id=row["card_id"],
            title=f"{row['account']}: {CATALOGUE[SignalName(row['name'])].words}",
            why=row["why"],
            since=row["raised_at"],
        )
        for row in found
    )
    return items, found[0]["total"] if found else 0


async def _held_unsorted(tx: ReadTx, member_id: UUID) -> UUID | None:
    """The member's card about mail of nobody's account, while it stands nowhere."""
    card = await cards.get_card_of(
        tx, kind="unsorted", subject_id=member_id, recipient_id=member_id
    )
    return card.id if card is not None and card.ts is None and card.held_rev else None


async def _item(tx: ReadTx, card_id: UUID, action: Action) -> HeldItem:
    draft = await drafts.get_draft(tx, action.draft_id) if action.draft_id else None
    message = (
        await messages.get_message(tx, draft.message_id) if draft and draft.message_id else None
    )
    account = await customers.get_account(tx, action.account_id)
    asks = asks_from(message.analysis) if message else ()
    sender = str(message.sender.get("name") or message.sender.get("email")) if message else ""
    return HeldItem(
        card_id=card_id,
        title=" · ".join(filter(None, (account.name if account else None, sender))),
        why=asks[0].quote if asks else (message.subject if message else ""),
        since=message.received_at if message else action.created_at,
    )
