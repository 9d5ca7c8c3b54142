"""The card job: claim, render the fresh view, deliver, settle. Only it writes cards."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog

from blocks.approval_card import approval_card, approval_card_text
from blocks.captures import capture_card, capture_text
from blocks.digest import digest_card, digest_text
from blocks.feedback import wrong_card, wrong_text
from blocks.home import home_view
from blocks.intro import intro_card, intro_text
from blocks.mail_card import mail_card, mail_card_text
from blocks.mailbox import mailbox_card, mailbox_text
from blocks.mailbox_health import push_card, push_text
from blocks.marking import marked
from blocks.rollup import rollup_card, rollup_text
from blocks.unsorted import unsorted_card, unsorted_text
from handlers.payloads import read_id
from handlers.verbs import ViewReads
from services.cards import CardWork
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.metrics import CARDS
from services.ports import ChatGateway, ChatMessage, ChatRef, Chats
from services.types.people import Actor

log = structlog.get_logger(__name__)
NOTHING = "there is nothing to show any more"


class Cards(Protocol):
    async def ready(self, tenant_id: UUID, card_id: UUID) -> bool: ...
    async def claim(self, tenant_id: UUID, card_id: UUID) -> CardWork | None: ...
    async def settle(
        self,
        work: CardWork,
        ref: ChatRef | None,
        *,
        shown: dict[str, Any] | None = None,
        failure: str | None = None,
        since: datetime | None = None,
    ) -> None: ...
    async def release(self, work: CardWork, *, unsure: bool) -> None: ...
    async def keep_channel(self, tenant_id: UUID, member_id: UUID, channel: str) -> None: ...


class People(Protocol):
    async def reach(self, tenant_id: UUID, member_id: UUID) -> Actor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message, or the Home tab's view."""

    text: str
    blocks: Sequence[dict[str, Any]] = ()
    home: dict[str, Any] | None = None
    shown: dict[str, Any]
    """Ids and revisions that stand on the card, for those who ask what was seen."""


Renderer = Callable[[ViewReads, CardWork], Awaitable[Rendered | None]]
CardRenderer = Callable[[CardWork], Awaitable[Rendered | None]]
"""One that brings its own view along."""


async def render_mail(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.mail_card(work.tenant_id, work.subject_id, work.recipient_id)
    if view is None:
        return None
    shown = {"state": view.state, "revision": view.draft.revision if view.draft else None}
    return Rendered(text=mail_card_text(view), blocks=mail_card(view), shown=shown)


async def render_approval(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.approval_card(work.tenant_id, work.subject_id, work.recipient_id)
    if view is None:
        return None
    shown = {"status": view.status.value, "hash": view.seen.payload_hash}
    return Rendered(text=approval_card_text(view), blocks=approval_card(view), shown=shown)


async def render_capture(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.capture_card(work.tenant_id, work.subject_id, work.recipient_id)
    if view is None:
        return None
    return Rendered(
        text=capture_text(view), blocks=capture_card(view), shown={"status": view.status}
    )


async def render_unsorted(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.unsorted_card(work.tenant_id, work.subject_id)
    if view is None or (not view.items and work.ref is None):
        return None
    return Rendered(
        text=unsorted_text(view), blocks=unsorted_card(view), shown={"total": view.total}
    )


async def render_rollup(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.rollup(work.tenant_id, work.subject_id)
    if view is None:
        return None
    return Rendered(text=rollup_text(view), blocks=rollup_card(view), shown={"total": view.total})


async def render_mailbox(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.mailbox_card(work.tenant_id, work.subject_id, work.recipient_id)
    if view is None:
        return None
    return Rendered(
        text=mailbox_text(view), blocks=mailbox_card(view), shown={"status": view.status}
    )


async def render_intro(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.intro_card(work.tenant_id, work.subject_id, work.recipient_id)
    if view is None:
        return None
    shown = {"answer": view.answer}
    return Rendered(text=intro_text(view), blocks=intro_card(view), shown=shown)


async def render_push(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.push_card(work.tenant_id, work.recipient_id)
    if view is None:
        return None
    shown = {"silent": len(view.silent)}
    return Rendered(text=push_text(view), blocks=push_card(view), shown=shown)


async def render_digest(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.digest(work.tenant_id, work.subject_id)
    if view is None:
        return None
    return Rendered(
        text=digest_text(view), blocks=digest_card(view), shown={"day": view.day.isoformat()}
    )


async def render_wrong(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.wrong_card(work.tenant_id, work.subject_id, work.recipient_id)
    if view is None or (work.ref is None and view.rating != -1):
        return None
    return Rendered(text=wrong_text(view), blocks=wrong_card(view), shown={"reason": view.reason})


async def render_home(views: ViewReads, work: CardWork) -> Rendered | None:
    view = await views.home(work.tenant_id, work.subject_id)
    return None if view is None else Rendered(text="Home", home=home_view(view), shown={})


RENDERERS: dict[str, Renderer] = {
    "mail": render_mail,
    "approval": render_approval,
    "capture": render_capture,
    "unsorted": render_unsorted,
    "rollup": render_rollup,
    "mailbox": render_mailbox,
    "intro": render_intro,
    "push": render_push,
    "digest": render_digest,
    "home": render_home,
    "wrong": render_wrong,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDelivery:
    """Where rendering and delivery meet."""

    cards: Cards
    people: People
    views: ViewReads
    chats: Chats
    more: Mapping[str, CardRenderer] = field(default_factory=dict)
    """Kinds of other features."""
    deadline: float = 25
    """Seconds for all calls of one delivery together: shorter than the card's lease, so that no
    second delivery starts while a call of this one is still out."""

    async def deliver(self, tenant_id: UUID | None, payload: Mapping[str, Any]) -> None:
        """The job `card.deliver`. Raises TransientError to come again."""
        if tenant_id is None:
            raise InvalidInput("card.deliver without a tenant")
        await self._take_twin_away(tenant_id, payload)
        card_id = read_id(str(payload.get("card_id")))
        if not await self.cards.ready(tenant_id, card_id):
            return
        work = await self.cards.claim(tenant_id, card_id)
        if work is None:
            return
        try:
            CARDS.labels(work.kind, await self._deliver(work)).inc()
        except TransientError as passing:
            CARDS.labels(work.kind, "postponed").inc()
            await self.cards.release(work, unsure=passing.ambiguous)
            raise
        except (Forbidden, NotFound, InvalidInput) as refusal:
            # The person or the channel is gone, or the token is refused: kept on the card for
            # people to see; the next touch tries again.
            log.warning("card_undeliverable", card=str(work.card_id), reason=str(refusal))
            CARDS.labels(work.kind, "failed").inc()
            await self.cards.settle(work, work.ref or work.retire, failure=str(refusal))

    async def _deliver(self, work: CardWork) -> str:
        """How it went, for the metrics."""
        own = self.more.get(work.kind)
        rendered = await (own(work) if own else RENDERERS[work.kind](self.views, work))
        if rendered is None:
            await self.cards.settle(work, work.ref or work.retire, failure=NOTHING)
            return "empty"
        try:
            async with asyncio.timeout(self.deadline):
                ref, since = await self._show(work, rendered)
        except TimeoutError:
            raise TransientError("Slack took too long.", ambiguous=True) from None
        await self.cards.settle(work, ref, shown=rendered.shown, since=since)
        return "edited" if ref is not None and ref == work.ref else "posted"

    async def _show(
        self, work: CardWork, rendered: Rendered
    ) -> tuple[ChatRef | None, datetime | None]:
        """Where it stands now, and since when if it stood there before."""
        chat = await self.chats.of(work.tenant_id)
        if rendered.home is not None:
            person = await self.people.reach(work.tenant_id, work.recipient_id)
            await chat.publish_home(person.slack_user_id or "", rendered.home)
            return None, None
        message = ChatMessage(
            text=rendered.text,
            blocks=marked(rendered.blocks, work.card_id),
            metadata_id=str(work.card_id),
        )
        return await self._put(chat, work, message)

    async def _put(
        self, chat: ChatGateway, work: CardWork, message: ChatMessage
    ) -> tuple[ChatRef, datetime | None]:
        """Update what stands there; post when nothing does, after a look when that isn't sure. What
        a fresh message replaces goes first, so that the look can't take it for the fresh one."""
        channel = work.channel or await self._open_dm(chat, work)
        ref, since = work.ref, None
        if work.retire is not None:
            await chat.delete(work.retire)
        if ref is None and work.look_first:
            ref, since = await self._found(chat, work, channel), work.posting_since
            ref = None if ref == work.retire else ref
        if ref is not None:
            try:
                await chat.update(ref, message)
            except NotFound:
                # Somebody deleted the message, or it is too old to change: show it afresh.
                log.info("card_posted_afresh", card=str(work.card_id))
            else:
                return ref, since
        try:
            return await chat.post(channel, message), None
        except NotFound:
            if work.channel is None:
                raise
            # The conversation we remember is gone or archived; the person may still be there.
            log.info("card_channel_gone", card=str(work.card_id))
            return await chat.post(await self._open_dm(chat, work), message), None

    async def _found(self, chat: ChatGateway, work: CardWork, channel: str) -> ChatRef | None:
        """The card's message in the conversation. Nothing stands in one that is gone, and the post
        that follows opens another."""
        try:
            return await chat.find(channel, str(work.card_id))
        except NotFound:
            return None

    async def _open_dm(self, chat: ChatGateway, work: CardWork) -> str:
        person = await self.people.reach(work.tenant_id, work.recipient_id)
        channel = await chat.open_dm(person.slack_user_id or "")
        await self.cards.keep_channel(work.tenant_id, work.recipient_id, channel)
        return channel

    async def _take_twin_away(self, tenant_id: UUID, payload: Mapping[str, Any]) -> None:
        channel, ts = payload.get("twin_channel"), payload.get("twin_ts")
        if isinstance(channel, str) and isinstance(ts, str):
            chat = await self.chats.of(tenant_id)
            await chat.delete(ChatRef(channel=channel, ts=ts))
