"""The few routers Bolt knows. Each finds the actor, looks its feature up in one table, lets it
commit, and only then acknowledges."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from blocks.action_ids import plain_id
from blocks.modals import told_modal
from blocks.values import Choice, Target
from handlers import commands
from handlers.edge import (
    Click,
    Routes,
    Shortcut,
    Submission,
    Surfaces,
    Typing,
    command_key,
)
from handlers.errors import UNKNOWN_PART, answer, sentence
from handlers.events import Events
from handlers.middleware import Actors, Sightings
from handlers.payloads import (
    BlockActions,
    BlockSuggestion,
    ChosenShortcut,
    ElementAction,
    SlashCommand,
    ViewSubmission,
    read_payload,
    read_value,
)
from handlers.verbs import Verbs
from services.errors import InvalidInput, ServiceError
from services.metrics import FEATURE_USES

log = structlog.get_logger(__name__)
ANY = re.compile(r".*", re.DOTALL)
Ack = Callable[..., Awaitable[BoltResponse]]


def feature_of(name: str) -> str:
    """`draft` of `draft.approve`: what stands in the routes, so that the names are ours."""
    return name.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRouters:
    """One method per kind of payload."""

    verbs: Verbs
    routes: Routes
    actors: Actors
    surfaces: Surfaces
    events: Events
    is_passing: Callable[[BaseException], bool]
    """Whether an error is an outage that will pass (db.session.is_disconnect)."""
    sightings: Sightings = field(default_factory=Sightings)

    def attach(self, app: AsyncApp) -> None:
        """Register the routers; the order doesn't matter, the kinds are disjoint."""
        app.action(ANY)(self.clicked)
        app.view(ANY)(self.submitted)
        app.view_closed(ANY)(self.closed)
        app.options(ANY)(self.typed)
        app.command(ANY)(self.commanded)
        app.shortcut(ANY)(self.chosen)
        app.event(ANY)(self.happened)
        app.error(self.failed)

    async def clicked(self, ack: Ack, body: dict[str, Any]) -> None:
        payload = read_payload(BlockActions, body)
        actor = await self.actors.find(payload.team.id, payload.user.id)
        for used in payload.actions:
            element = self._pressed(used)
            name = plain_id(element.action_id)
            handler = self.routes.clicks.get(name)
            if handler is None:
                raise InvalidInput(UNKNOWN_PART)
            click = Click(
                actor=actor,
                element=element,
                ref=payload.ref,
                trigger_id=payload.trigger_id,
                response_url=payload.response_url,
                in_modal=payload.view is not None and payload.view.type == "modal",
                surfaces=self.surfaces,
                card_id=self._unseen(payload),
                view=payload.view,
            )
            if name not in self.routes.adopting:
                await click.adopt(self.verbs)
            FEATURE_USES.labels(feature_of(name), "button").inc()
            await handler(self.verbs, click)
        await ack()

    def _pressed(self, used: ElementAction) -> ElementAction:
        """What was used; an entry of a menu of buttons as the button it stands for."""
        if plain_id(used.action_id) not in self.routes.menus:
            return used
        choice = read_value(Choice, used.chosen)
        target = Target(id=choice.id, rev=choice.rev).encode()
        return used.model_copy(
            update={"action_id": choice.do, "value": target, "selected_option": None}
        )

    def _unseen(self, payload: BlockActions) -> UUID | None:
        if payload.card_id and payload.ref and self.sightings.new(payload.card_id, payload.ref):
            return payload.card_id
        return None

    async def submitted(self, ack: Ack, body: dict[str, Any]) -> None:
        form = read_payload(ViewSubmission, body)
        actor = await self.actors.find(form.team.id, form.user.id)
        handler = self.routes.views.get(form.view.callback_id)
        if handler is None:
            raise InvalidInput(UNKNOWN_PART)
        FEATURE_USES.labels(feature_of(form.view.callback_id), "form").inc()
        shown = await handler(self.verbs, Submission(actor=actor, form=form))
        if shown is None:
            await ack(response_action="clear")
        else:
            await ack(response_action="update", view=shown)

    async def closed(self, ack: Ack) -> None:
        await ack()

    async def typed(self, ack: Ack, body: dict[str, Any]) -> None:
        payload = read_payload(BlockSuggestion, body)
        actor = await self.actors.find(payload.team.id, payload.user.id)
        handler = self.routes.options.get(plain_id(payload.action_id))
        if handler is None:
            raise InvalidInput(UNKNOWN_PART)
        await ack(options=await handler(self.verbs, Typing(actor=actor, text=payload.value)))

    async def commanded(self, ack: Ack, body: dict[str, Any]) -> None:
        payload = read_payload(SlashCommand, body)
        actor = await self.actors.find(payload.team_id, payload.user_id)
        sender = payload.trigger_id or payload.response_url or ""
        key = command_key(sender, actor.member_id, payload.text)
        reply = await commands.reply(
            self.verbs,
            actor,
            payload.text,
            command_id=key,
            response_url=payload.response_url or "",
        )
        if reply.view is not None and payload.trigger_id:
            await self.surfaces.open_modal(actor.tenant_id, payload.trigger_id, reply.view)
            await ack()
            return
        body_out = reply.ephemeral()
        body_out.pop("replace_original")
        await ack(body_out)

    async def chosen(self, ack: Ack, body: dict[str, Any]) -> None:
        payload = read_payload(ChosenShortcut, body)
        actor = await self.actors.find(payload.team.id, payload.user.id)
        handler = self.routes.shortcuts.get(payload.callback_id)
        shortcut = Shortcut(
            actor=actor,
            trigger_id=payload.trigger_id,
            channel=payload.channel.id if payload.channel else None,
            message=payload.message,
            surfaces=self.surfaces,
            callback_id=payload.callback_id,
        )
        if handler is None:
            raise InvalidInput(UNKNOWN_PART)
        FEATURE_USES.labels(feature_of(payload.callback_id), "shortcut").inc()
        await handler(self.verbs, shortcut)
        await ack()

    async def happened(self, ack: Ack, body: dict[str, Any]) -> None:
        await self.events.accept(body)
        await ack()

    async def failed(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        if body.get("type") == "shortcut":
            await self._tell_in_a_window(error, body)
        elif body.get("type") == "block_actions" and not body.get("response_url"):
            await self._tell_over_the_view(error, body)
        return await answer(error, body, self.surfaces, passing=self.is_passing(error))

    async def _tell_over_the_view(self, error: Exception, body: dict[str, Any]) -> None:
        """The Home tab and modals give no response_url either."""
        try:
            payload = read_payload(BlockActions, body)
            tenant_id = await self.verbs.workspaces.find(payload.team.id)
            if tenant_id is None or payload.view is None or not payload.trigger_id:
                return
            on_top = payload.view.type == "modal"
            view = told_modal("Not done", sentence(error))
            await self.surfaces.open_modal(tenant_id, payload.trigger_id, view, on_top=on_top)
        except ServiceError as unheard:
            log.warning("answer_undelivered", reason=str(unheard))

    async def _tell_in_a_window(self, error: Exception, body: dict[str, Any]) -> None:
        """Slack's own menu gives no response_url: the words need a window, for strangers too."""
        try:
            payload = read_payload(ChosenShortcut, body)
            tenant_id = await self.verbs.workspaces.find(payload.team.id)
            if tenant_id is not None:
                view = told_modal("Not done", sentence(error))
                await self.surfaces.open_modal(tenant_id, payload.trigger_id, view)
        except ServiceError as unheard:
            log.warning("answer_undelivered", reason=str(unheard))
