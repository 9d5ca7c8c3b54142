"""Slack's Events API: accepted once, acted on, marked done. What we don't know is answered 200."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from blocks.parts import escape
from handlers import commands
from handlers.edge import Reply
from handlers.middleware import Actors
from handlers.payloads import ChangedUser, EventEnvelope, read_payload
from handlers.verbs import Verbs
from services.errors import Forbidden, NotFound, ServiceError
from services.ports import ChatMessage, Chats
from services.types.people import Actor

SOURCE = "slack"
# Skin tones come as "+1::skin-tone-3".
RATINGS = {"+1": 1, "thumbsup": 1, "-1": -1, "thumbsdown": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """One method per event we act on; `TABLE` (people) and `SYSTEM` (Slack itself) are
    what the manifest subscribes to."""

    verbs: Verbs
    actors: Actors
    chats: Chats

    async def accept(self, body: dict[str, Any]) -> None:
        """Store, act, mark done. A repeat of a done event does nothing; one of a died attempt acts.

        Events we don't act on aren't stored: nothing was promised about them.
        """
        envelope = read_payload(EventEnvelope, body)
        if envelope.event.type in SYSTEM:
            # Slack tells of every change of a profile; most are nothing to us.
            if envelope.event.type != "user_change" or _gone(envelope):
                await self._accept_system(envelope)
            return
        handler = TABLE.get(envelope.event.type)
        if handler is None or not _is_from_a_person(envelope):
            return
        actor = await self._actor(envelope)
        if actor is None:
            return
        key = _key(envelope)
        if await self.verbs.inbound.receive(actor.tenant_id, **key, body=_content(envelope)):
            await handler(self, actor, envelope)
            await self.verbs.inbound.done(actor.tenant_id, **key)

    async def _accept_system(self, envelope: EventEnvelope) -> None:
        """What Slack itself tells: nobody's wish, so it has no actor, and it must be heard when
        nobody in the workspace is known any more. The team's id, which Slack signed, names the
        tenant."""
        tenant_id = await self.verbs.workspaces.find(envelope.team_id)
        if tenant_id is None:
            return
        key = _key(envelope)
        if await self.verbs.inbound.receive(tenant_id, **key, body=_content(envelope)):
            await SYSTEM[envelope.event.type](self, envelope)
            await self.verbs.inbound.done(tenant_id, **key)

    async def again(self, tenant_id: UUID, body: Mapping[str, Any]) -> None:
        """Act on an event that was accepted and then left behind by a process that died. Whoever
        has left meanwhile wants nothing any more."""
        envelope = read_payload(EventEnvelope, body)
        if envelope.event.type in SYSTEM:
            if await self.verbs.workspaces.find(envelope.team_id) == tenant_id:
                await SYSTEM[envelope.event.type](self, envelope)
            return
        actor = await self._actor(envelope)
        handler = TABLE.get(envelope.event.type)
        if actor is not None and handler is not None and actor.tenant_id == tenant_id:
            await handler(self, actor, envelope)

    async def _actor(self, envelope: EventEnvelope) -> Actor | None:
        """Strangers react and write too; an event is no place to answer them, so None."""
        if not isinstance(envelope.event.user, str):
            return None
        try:
            return await self.actors.find(envelope.team_id, envelope.event.user)
        except (NotFound, Forbidden):
            return None

    async def home_opened(self, actor: Actor, envelope: EventEnvelope) -> None:
        if envelope.event.tab in (None, "home"):
            await self.verbs.home.opened(actor)

    async def reacted(self, actor: Actor, envelope: EventEnvelope) -> None:
        """👍 and 👎 on a card are the same as its feedback buttons."""
        event = envelope.event
        rating = RATINGS.get((event.reaction or "").partition("::")[0])
        channel, ts = event.item.get("channel"), event.item.get("ts")
        if rating is None or not isinstance(channel, str) or not isinstance(ts, str):
            return
        await self.verbs.feedback.rate_at(
            actor, channel=channel, ts=ts, rating=rating, added=event.type == "reaction_added"
        )

    async def written_to(self, actor: Actor, envelope: EventEnvelope) -> None:
        """A direct message is read like the slash command."""
        event = envelope.event
        if event.channel_type != "im" or not event.channel or not (event.text or "").strip():
            return
        try:
            reply = await commands.reply(
                self.verbs, actor, event.text or "", command_id=envelope.event_id
            )
        except ServiceError as refusal:
            reply = Reply(text=escape(str(refusal)))
        chat = await self.chats.of(actor.tenant_id)
        await chat.post(event.channel, ChatMessage(text=reply.text, blocks=reply.blocks))

    async def uninstalled(self, envelope: EventEnvelope) -> None:
        await self._disconnect(envelope, "the app was removed")

    async def tokens_revoked(self, envelope: EventEnvelope) -> None:
        """Only the bot's token is ours; what people gave other apps is none of our business."""
        if envelope.event.tokens.get("bot"):
            await self._disconnect(envelope, "the token was revoked")

    async def user_changed(self, envelope: EventEnvelope) -> None:
        """An account that was deactivated is a membership that ends."""
        tenant_id = await self.verbs.workspaces.find(envelope.team_id)
        slack_user_id = _gone(envelope)
        if tenant_id is not None and slack_user_id is not None:
            await self.verbs.rollout.members.slack_gone(tenant_id, slack_user_id)

    async def _disconnect(self, envelope: EventEnvelope, why: str) -> None:
        at = datetime.fromtimestamp(envelope.event_time, UTC)
        await self.verbs.workspaces.disconnect(envelope.team_id, at=at, why=why)


EventHandler = Callable[[Events, Actor, EventEnvelope], Awaitable[None]]
TABLE: dict[str, EventHandler] = {
    "app_home_opened": Events.home_opened,
    "message": Events.written_to,
    "reaction_added": Events.reacted,
    "reaction_removed": Events.reacted,
}
SystemHandler = Callable[[Events, EventEnvelope], Awaitable[None]]
SYSTEM: dict[str, SystemHandler] = {
    "app_uninstalled": Events.uninstalled,
    "tokens_revoked": Events.tokens_revoked,
    "user_change": Events.user_changed,
}


def _key(envelope: EventEnvelope) -> dict[str, Any]:
    return {
        "scope": envelope.team_id,
        "source": SOURCE,
        "external_id": envelope.event_id,
    }


def _gone(envelope: EventEnvelope) -> str | None:
    """Who was deactivated, if that is what the event tells."""
    user = envelope.event.user
    return user.id if isinstance(user, ChangedUser) and user.deleted else None


def _content(envelope: EventEnvelope) -> dict[str, Any]:
    return {"type": "event_callback", **envelope.model_dump(mode="json")}


def _is_from_a_person(envelope: EventEnvelope) -> bool:
    """Our own messages, other bots' and edits (subtypes) are nobody's wish."""
    event = envelope.event
    return event.bot_id is None and (event.type != "message" or event.subtype is None)
