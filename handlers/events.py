"""Slack's Events API: accepted once, acted on, marked done. What we don't know is answered 200."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from blocks.home import closed_home
from blocks.parts import escape, unescape
from handlers import commands, threads
from handlers.edge import Reply
from handlers.middleware import Actors
from handlers.payloads import ChangedUser, EventEnvelope, read_payload
from handlers.questions import is_command, seen_in
from handlers.verbs import Verbs
from services.errors import Forbidden, NotFound, ServiceError
from services.ports import ChatMessage, Chats
from services.types.people import Actor
from services.workspace_pause import REMOVED, REVOKED

log = structlog.get_logger(__name__)
SOURCE = "slack"
PROMPTS_TITLE = "What would you like to know?"
WRITTEN = {None, "file_share"}
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
        if threads.in_channel(envelope.event):
            await self._overhear(envelope)
            return
        handler = TABLE.get(envelope.event.type)
        if handler is None or not _is_from_a_person(envelope):
            return
        if envelope.event.type == "app_home_opened":
            await self._first_admin(envelope)
        try:
            actor = await self._found(envelope)
        except (NotFound, Forbidden) as refusal:
            await self._turn_away(envelope, refusal)
            return
        key = _key(envelope)
        if await self.verbs.inbound.receive(actor.tenant_id, **key, body=_content(envelope)):
            await handler(self, actor, envelope)
            await self.verbs.inbound.done(actor.tenant_id, **key)

    async def _first_admin(self, envelope: EventEnvelope) -> None:
        """Where an install left nobody in charge, the first Slack admin who opens the app is. Slack
        is asked itself, each time and only while it is so."""
        team_id, user = envelope.team_id, envelope.event.user
        tenant_id = await self.verbs.workspaces.admin_is_wanted(team_id) if user else None
        if tenant_id is None or user is None:
            return
        try:
            person = await (await self.chats.of(tenant_id)).person(user)
        except (NotFound, Forbidden):
            return
        await self.verbs.workspaces.claim_admin(tenant_id, team_id, person)

    async def _overhear(self, envelope: EventEnvelope) -> None:
        """A message in a channel. It is not stored as an event: only a followed thread's are kept,
        and those settle by themselves, however often they come."""
        post = threads.seen_post(envelope.event)
        if post is None:
            return
        tenant_id = await self.verbs.workspaces.find(envelope.team_id)
        if tenant_id is not None:
            await self.verbs.sources.threads.heard(tenant_id, post)

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
        handler = TABLE.get(envelope.event.type)
        try:
            actor = await self._found(envelope)
        except (NotFound, Forbidden):
            return
        if handler is not None and actor.tenant_id == tenant_id:
            await handler(self, actor, envelope)

    async def _found(self, envelope: EventEnvelope) -> Actor:
        if envelope.person is None:
            raise NotFound("Nobody is named.")
        return await self.actors.find(envelope.team_id, envelope.person)

    async def _turn_away(self, envelope: EventEnvelope, refusal: ServiceError) -> None:
        """Strangers react and write too, and an event is no place to answer them. Only the Home tab
        is: it would stay blank, or show whoever was a member once what is no longer theirs."""
        event, user = envelope.event, envelope.person
        if event.type != "app_home_opened" or event.tab not in {None, "home"}:
            return
        tenant_id = await self.verbs.workspaces.find(envelope.team_id)
        if tenant_id is None or user is None:
            return
        try:
            chat = await self.chats.of(tenant_id)
            await chat.publish_home(user, closed_home(str(refusal)))
        except ServiceError as error:
            log.info("no home for a stranger", reason=str(error))

    async def home_opened(self, actor: Actor, envelope: EventEnvelope) -> None:
        event = envelope.event
        if event.tab in (None, "home"):
            await self.verbs.home.opened(actor)
        elif event.tab == "messages" and event.channel:
            await self._suggest(actor, event.channel)

    async def _suggest(self, actor: Actor, channel: str) -> None:
        """Prompts that fit the person; without them the manifest's stand there."""
        prompts = await self.verbs.agent.prompts(actor)
        if not prompts:
            return
        try:
            chat = await self.chats.of(actor.tenant_id)
            await chat.suggest(channel, prompts, title=PROMPTS_TITLE)
        except ServiceError as refusal:
            log.info("no prompts", reason=str(refusal))

    async def looked(self, actor: Actor, envelope: EventEnvelope) -> None:
        """What the person has before their eyes; a question may mean it."""
        await self.verbs.agent.look(actor, seen_in(envelope.event.context or {}))

    async def stopped(self, actor: Actor, envelope: EventEnvelope) -> None:
        """Slack's stop button. Slack leaves the status as it is: that is ours to move on."""
        event = envelope.event
        if not event.channel:
            return
        await self.verbs.agent.stop(actor, channel=event.channel, thread_ts=event.thread_ts)
        if event.thread_ts:
            try:
                chat = await self.chats.of(actor.tenant_id)
                await chat.set_session(event.channel, event.thread_ts, "active")
            except ServiceError as refusal:
                log.info("no session status", reason=str(refusal))

    async def reacted(self, actor: Actor, envelope: EventEnvelope) -> None:
        """👍 and 👎 on a card or an answer are the same as its feedback buttons."""
        event = envelope.event
        rating = RATINGS.get((event.reaction or "").partition("::")[0])
        channel, ts = event.item.get("channel"), event.item.get("ts")
        if rating is None or not isinstance(channel, str) or not isinstance(ts, str):
            return
        added = event.type == "reaction_added"
        if await self.verbs.agent.react(actor, channel=channel, ts=ts, rating=rating, added=added):
            return
        await self.verbs.feedback.rate_at(actor, channel=channel, ts=ts, rating=rating, added=added)

    async def written_to(self, actor: Actor, envelope: EventEnvelope) -> None:
        """A direct message: the slash command's words are read like the command, anything else is a
        question, whose answer comes in its thread."""
        event = envelope.event
        text = event.text or ""
        if event.channel_type != "im" or not event.channel or not text.strip():
            return
        try:
            if event.ts and not is_command(text, commands.COMMANDS):
                await self.verbs.agent.ask(
                    actor,
                    channel=event.channel,
                    ts=event.ts,
                    thread_ts=event.thread_ts,
                    text=unescape(text),
                    seen=seen_in(event.app_context or {}),
                )
                return
            reply = await commands.reply(self.verbs, actor, text, command_id=envelope.event_id)
        except ServiceError as refusal:
            reply = Reply(text=escape(str(refusal)))
        chat = await self.chats.of(actor.tenant_id)
        await chat.post(
            event.channel,
            ChatMessage(text=reply.text, blocks=reply.blocks, thread_ts=event.thread_ts),
        )

    async def mentioned(self, actor: Actor, envelope: EventEnvelope) -> None:
        await threads.mentioned(self.verbs, self.chats, actor, envelope)

    async def uninstalled(self, envelope: EventEnvelope) -> None:
        await self._disconnect(envelope, REMOVED)

    async def tokens_revoked(self, envelope: EventEnvelope) -> None:
        """Only the bot's token is ours; what people gave other apps is none of our business."""
        if envelope.event.tokens.get("bot"):
            await self._disconnect(envelope, REVOKED)

    async def user_changed(self, envelope: EventEnvelope) -> None:
        """An account that was deactivated, or made a guest's, is a membership that ends."""
        tenant_id = await self.verbs.workspaces.find(envelope.team_id)
        gone = _gone(envelope)
        if tenant_id is not None and gone is not None:
            self.actors.forget(envelope.team_id, gone.id)
            await self.verbs.rollout.members.slack_gone(
                tenant_id, gone.id, as_guest=not gone.deleted
            )

    async def _disconnect(self, envelope: EventEnvelope, why: str) -> None:
        at = datetime.fromtimestamp(envelope.event_time, UTC)
        await self.verbs.workspaces.disconnect(envelope.team_id, at=at, why=why)


EventHandler = Callable[[Events, Actor, EventEnvelope], Awaitable[None]]
TABLE: dict[str, EventHandler] = {
    "agent_session_stopped": Events.stopped,
    "app_context_changed": Events.looked,
    "app_home_opened": Events.home_opened,
    "app_mention": Events.mentioned,
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


def _gone(envelope: EventEnvelope) -> ChangedUser | None:
    """Who is no full member of the workspace any more, if that is what the event tells."""
    changed = envelope.event.changed
    return changed if changed is not None and (changed.deleted or changed.is_guest) else None


def _content(envelope: EventEnvelope) -> dict[str, Any]:
    return {"type": "event_callback", **envelope.model_dump(mode="json")}


def _is_from_a_person(envelope: EventEnvelope) -> bool:
    """Our own messages, other bots' and edits (subtypes) are nobody's wish. What is written beside
    a file is: Slack tells it as a subtype of its own."""
    event = envelope.event
    return event.bot_id is None and (event.type != "message" or event.subtype in WRITTEN)
