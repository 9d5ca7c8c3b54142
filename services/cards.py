"""Cards are projections: services touch them, their job renders and delivers.

`touch` runs inside the transaction that changed the state, last; `CardService` serves the job. A
post goes through three steps, so that a lost answer never becomes a second message: the claim
records that a post is about to happen, the job posts, the settling stores where it stands. A claim
that finds the mark of an earlier post without a place says so (`look_first`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db import cards, jobs, members
from db.models.cards import Card
from db.session import Database, Tx
from services.analytics.marking import mark
from services.bursts import roll_up
from services.errors import Forbidden, TransientError
from services.holding import stays_back
from services.home_cards import DELIVER, take_turn
from services.pacing import turn_to_post
from services.ports import ChatRef, Clock, Ids
from services.types.people import Actor

LEASE = timedelta(seconds=30)
MAIL = "mail"
"""The cards about an action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """Somebody's card, and the message it stands in, if it is known."""

    card_id: UUID
    recipient_id: UUID
    ref: ChatRef | None


async def touch(
    tx: Tx,
    kind: str,
    subject_id: UUID,
    recipient_ids: Sequence[UUID] | None = None,
    *,
    clock: Clock,
    ids: Ids,
) -> list[UUID]:
    """Want every card of this subject rendered anew, and make the missing ones.

    `recipient_ids` names members who are to have a card from now on; the subject's other cards are
    refreshed all the same. Call it last in the transaction. No dedupe key: it would swallow a touch
    while the last render runs.

    Whatever changes an action shows it on its mail's card: here its day is marked for the figures,
    once for all of them.
    """
    if kind == MAIL:
        await mark(tx, subject_id, clock=clock, ids=ids)
    if recipient_ids:
        await _add_missing(tx, kind, subject_id, sorted(set(recipient_ids)), clock=clock, ids=ids)
    bumped = await cards.bump_cards(tx, kind=kind, subject_id=subject_id)
    return [card.card_id for card in await deliver_bumped(tx, bumped)]


async def show_each(
    tx: Tx,
    kind: str,
    wanted: Sequence[tuple[UUID, UUID]],
    *,
    clock: Clock,
    ids: Ids,
) -> None:
    """A first card each for many subjects at once: (subject, recipient). Call it last in the
    transaction."""
    rows = [(ids.new(), subject_id, recipient_id) for subject_id, recipient_id in wanted]
    for card_id in await cards.add_subject_cards(tx, kind, rows, clock.now()):
        await jobs.enqueue(tx, DELIVER, {"card_id": card_id})


async def surface_again(
    tx: Tx,
    kind: str,
    subject_id: UUID,
    member_ids: Sequence[UUID],
    *,
    others: Sequence[UUID] = (),
    clock: Clock,
    ids: Ids,
) -> list[UUID]:
    """Like `touch`, and these members' cards appear anew at the bottom of their conversation: the
    old message goes, a fresh one comes. For what must be noticed, since an update notifies nobody.
    `others` get a card where they have none.
    """
    wanted = sorted({*member_ids, *others})
    await _add_missing(tx, kind, subject_id, wanted, clock=clock, ids=ids)
    bumped = await cards.bump_cards(tx, kind=kind, subject_id=subject_id, afresh=member_ids)
    return [card.card_id for card in await deliver_bumped(tx, bumped)]


async def _add_missing(
    tx: Tx, kind: str, subject_id: UUID, recipients: Sequence[UUID], *, clock: Clock, ids: Ids
) -> None:
    await cards.add_cards(
        tx,
        ids=[ids.new() for _ in recipients],
        kind=kind,
        subject_id=subject_id,
        recipient_ids=recipients,
        now=clock.now(),
    )


async def deliver_bumped(tx: Tx, bumped: Sequence[cards.BumpedCard]) -> list[ShownCard]:
    """A job for every card that is wanted anew; says where they stand."""
    for card in bumped:
        await jobs.enqueue(tx, DELIVER, {"card_id": card.id})
    return [
        ShownCard(card_id=card.id, recipient_id=card.recipient_id, ref=_ref(card))
        for card in bumped
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWork:
    """A card under lease, to be rendered at `rev` and delivered."""

    tenant_id: UUID
    card_id: UUID
    kind: str
    subject_id: UUID
    recipient_id: UUID
    channel: str | None
    ref: ChatRef | None
    look_first: bool
    rev: int
    lease_token: UUID
    shown: dict[str, Any]
    retire: ChatRef | None = None
    """The message that goes before a fresh one is posted; `ref` is None then."""
    posting_since: datetime | None = None
    """With `look_first`: when the post began that may stand there."""


def _twin(ref: ChatRef | None) -> dict[str, Any]:
    """What a delivery takes away first."""
    return {"twin_channel": ref.channel, "twin_ts": ref.ts} if ref else {}


def _ref(card: Card | cards.BumpedCard) -> ChatRef | None:
    return ChatRef(channel=card.channel, ts=card.ts) if card.channel and card.ts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardService:
    """The card's own life: claim, settle, adopt."""

    db: Database
    clock: Clock
    ids: Ids

    async def ready(self, tenant_id: UUID, card_id: UUID) -> bool:
        """Before the claim: whoever has the card shall see the change in their Home as well. False
        for a Home that was published a moment ago: it comes again by itself."""
        async with self.db.transaction(tenant_id) as tx:
            return await take_turn(tx, card_id, now=self.clock.now())

    async def claim(self, tenant_id: UUID, card_id: UUID) -> CardWork | None:
        """Take the card's lease. None when what is wanted already stands there.

        Raises TransientError while another delivery holds the lease: if that one died, this one
        must still come.
        """
        now, token = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            card = await cards.get_card_for_update(tx, card_id)
            if card is None or card.delivered_rev >= card.wanted_rev:
                return None
            if card.lease_until is not None and card.lease_until > now:
                raise TransientError(
                    "Another delivery of this card is under way.",
                    retry_after=card.lease_until - now,
                )
            again = card.ts is not None and card.fresh_rev > card.delivered_rev
            if (again or card.ts is None) and await stays_back(tx, card, now):
                if card.ts is None:
                    card.held_rev = card.wanted_rev
                    await tx.session.flush()
                    return None
                # What stands there tells the truth all the same, only quietly.
                again = False
            if await roll_up(tx, card, clock=self.clock, ids=self.ids):
                return None
            posting = card.ts is None or again
            turn = await self._turn(tx, card, now) if posting and card.kind != "home" else now
            if turn <= now:
                return await self._lease(tx, card, now=now, token=token, again=again)
        raise TransientError("Its turn to be posted is about to come.", retry_after=turn - now)

    async def _turn(self, tx: Tx, card: Card, now: datetime) -> datetime:
        """When this card may be posted. It keeps the turn it was given, so that many that wait come
        back one by one; a post that failed takes a new one."""
        if card.not_before is None:
            card.not_before = await turn_to_post(tx, card.recipient_id, ids=self.ids, now=now)
        turn = card.not_before
        if turn <= now:
            card.not_before = None
        await tx.session.flush()
        return turn

    @staticmethod
    async def _lease(tx: Tx, card: Card, *, now: datetime, token: UUID, again: bool) -> "CardWork":
        member = await members.get_member(tx, card.recipient_id)
        card.lease_token, card.lease_until = token, now + LEASE
        posting = card.ts is None or again
        since = card.posting_since if posting else None
        if posting and since is None and card.kind != "home":
            card.posting_since = now
        await tx.session.flush()
        return CardWork(
            tenant_id=tx.tenant_id,
            card_id=card.id,
            kind=card.kind,
            subject_id=card.subject_id,
            recipient_id=card.recipient_id,
            channel=card.channel or (member.dm_channel if member else None),
            ref=None if again else _ref(card),
            retire=_ref(card) if again else None,
            look_first=since is not None,
            posting_since=since,
            rev=card.wanted_rev,
            lease_token=token,
            shown=card.shown,
        )

    async def settle(
        self,
        work: CardWork,
        ref: ChatRef | None,
        *,
        shown: dict[str, Any] | None = None,
        failure: str | None = None,
        since: datetime | None = None,
    ) -> None:
        """Store what stands there now. When the state has moved on meanwhile, the next delivery is
        enqueued in the same transaction. `failure` says, for people, why nothing stands there;
        `since` when it has stood there longer than this delivery knows."""
        seen_at = (since or self.clock.now()) if ref and failure is None else None
        values: dict[str, Any] = {
            "delivered_rev": work.rev,
            "channel": ref.channel if ref else None,
            "ts": ref.ts if ref else None,
            "posting_since": None,
            "shown": shown or {},
            "failure": failure,
        }
        async with self.db.transaction(work.tenant_id) as tx:
            wanted = await cards.set_leased(
                tx, work.card_id, work.lease_token, values, shown_at=seen_at
            )
            if wanted is not None and wanted > work.rev:
                await jobs.enqueue(tx, DELIVER, {"card_id": work.card_id})

    async def release(self, work: CardWork, *, unsure: bool) -> None:
        """Give the lease back undone. `unsure`: a post may stand there, so the mark stays."""
        values: dict[str, Any] = {} if unsure or work.look_first else {"posting_since": None}
        async with self.db.transaction(work.tenant_id) as tx:
            await cards.set_leased(tx, work.card_id, work.lease_token, values)

    async def keep_channel(self, tenant_id: UUID, member_id: UUID, channel: str) -> None:
        """Remember the member's DM, so that it is opened once."""
        async with self.db.transaction(tenant_id) as tx:
            await members.set_dm_channel(tx, member_id, channel)

    async def adopt(self, actor: Actor, card_id: UUID, ref: ChatRef) -> None:
        """A click came from a message that carries this card's id. When the card has no place, this
        is it (the post's answer was lost); when it has another one, this is a twin, and the next
        delivery takes it away."""
        async with self.db.read(actor.tenant_id) as reading:
            seen = await cards.get_card(reading, card_id)
        if seen is None or seen.recipient_id != actor.member_id or _ref(seen) == ref:
            return
        async with self.db.transaction(actor.tenant_id) as tx:
            card = await cards.get_card_for_update(tx, card_id)
            if card is None or _ref(card) == ref:
                return
            card.wanted_rev += 1
            payload: dict[str, Any] = {"card_id": card_id}
            if card.posting_since is not None or card.ts is None:
                # The post whose answer was lost; what it was to replace goes.
                payload |= _twin(_ref(card))
                card.first_shown_at = card.first_shown_at or card.posting_since
                card.channel, card.ts, card.posting_since = ref.channel, ref.ts, None
                card.fresh_rev = 0
            else:
                payload |= _twin(ref)
            await tx.session.flush()
            await jobs.enqueue(tx, DELIVER, payload)

    async def place(self, actor: Actor, kind: str, subject_id: UUID) -> ChatRef | None:
        """Where this member's card about the subject stands."""
        async with self.db.read(actor.tenant_id) as tx:
            card = await cards.get_card_of(
                tx, kind=kind, subject_id=subject_id, recipient_id=actor.member_id
            )
        return _ref(card) if card else None

    async def refresh(
        self, actor: Actor, kind: str, subject_id: UUID, *, create: bool = False
    ) -> None:
        """Render the subject's cards anew; `create` makes the actor's own when it is missing."""
        if create and kind == "home" and subject_id != actor.member_id:
            raise Forbidden("That is somebody else's Home.")
        async with self.db.transaction(actor.tenant_id) as tx:
            recipients = [actor.member_id] if create else None
            await touch(tx, kind, subject_id, recipients, clock=self.clock, ids=self.ids)
