"""What a feature's handler is given, and what it may give back."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from blocks.modals import told_modal
from blocks.parts import unescape
from handlers.payloads import ElementAction, PayloadView, ShortcutMessage, ViewSubmission
from handlers.verbs import Verbs
from services.ports import ChatRef
from services.types.people import Actor

Block = dict[str, Any]


def command_key(sender: str, *about: object) -> str:
    """The id of one command. What Slack calls it alone isn't enough: two people, or two buttons,
    must never be taken for a repeat of each other, even where that name is missing."""
    digest = hashlib.sha256("\0".join(str(part) for part in about).encode()).hexdigest()
    return f"{sender[:200]}:{digest[:24]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Words for one person: the text, and blocks where they say it better. `view` is a modal for
    where one can be opened; the words are for where it can't (a direct message). `replaces`: they
    stand where the answer stood that was clicked on."""

    text: str
    blocks: Sequence[Block] = ()
    view: Block | None = None
    replaces: bool = False

    def ephemeral(self) -> dict[str, Any]:
        """As the body of an answer to a command or to a response_url."""
        body: dict[str, Any] = {
            "response_type": "ephemeral",
            "replace_original": self.replaces,
            "text": self.text,
        }
        return {**body, "blocks": list(self.blocks)} if self.blocks else body


class Surfaces(Protocol):
    """The ways back to a person that need a call: modals and ephemeral answers."""

    async def open_modal(
        self, tenant_id: UUID, trigger_id: str, view: Block, *, on_top: bool = False
    ) -> str:
        """Says which window it is, for a later update."""
        ...

    async def update_modal(self, tenant_id: UUID, view_id: str, view: Block) -> None: ...
    async def tell(self, response_url: str, body: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One click, its actor known."""

    actor: Actor
    element: ElementAction
    ref: ChatRef | None
    trigger_id: str
    response_url: str | None
    in_modal: bool
    surfaces: Surfaces
    card_id: UUID | None = None
    """The card whose message this is, when it was not seen there before."""
    view: PayloadView | None = None
    """The modal or Home tab it was clicked in, with what is filled in there."""

    @property
    def value(self) -> str:
        return self.element.chosen

    @property
    def command_id(self) -> str:
        """The same for every delivery of this click, and for no other click."""
        element = self.element
        return command_key(
            self.trigger_id or element.action_ts,
            self.actor.member_id,
            element.action_id,
            element.block_id,
            self.value,
        )

    async def open(self, view: Block) -> None:
        """Show a modal, on top of the one the click came from."""
        await self.surfaces.open_modal(
            self.actor.tenant_id, self.trigger_id, view, on_top=self.in_modal
        )

    async def update(self, view: Block) -> None:
        """Show something else in the modal the click came from."""
        if self.view is None or not self.in_modal:
            await self.open(view)
        else:
            await self.surfaces.update_modal(self.actor.tenant_id, self.view.id, view)

    async def adopt(self, verbs: Verbs, standing: ChatRef | None = None) -> None:
        """Where the click came from is where the card stands. `standing` is what is known of it."""
        if self.card_id and self.ref and self.ref != standing:
            await verbs.cards.adopt(self.actor, self.card_id, self.ref)

    async def tell(self, reply: Reply) -> None:
        """Say something only this person sees. The Home tab and modals have no place for words of
        that kind: there a window says it."""
        if self.response_url:
            await self.surfaces.tell(self.response_url, reply.ephemeral())
        elif self.view is not None:
            await self.open(told_modal("Understudy", unescape(reply.text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submitted modal, its actor known."""

    actor: Actor
    form: ViewSubmission

    @property
    def command_id(self) -> str:
        """The same for every submission of one opened modal."""
        view = self.form.view
        return command_key(
            view.root_view_id or view.id,
            self.actor.member_id,
            view.callback_id,
            view.private_metadata,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """What somebody has typed into a select so far."""

    actor: Actor
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut somebody chose, with the message it was chosen on, if any."""

    actor: Actor
    trigger_id: str
    channel: str | None
    message: ShortcutMessage | None
    surfaces: Surfaces
    callback_id: str = ""

    @property
    def command_id(self) -> str:
        """The same for every delivery of this choice, and for no other."""
        stands = self.message.ts if self.message else ""
        return command_key(self.trigger_id, self.actor.member_id, self.callback_id, stands)

    async def open(self, view: Block) -> str:
        return await self.surfaces.open_modal(self.actor.tenant_id, self.trigger_id, view)


ClickHandler = Callable[[Verbs, Click], Awaitable[None]]
ViewHandler = Callable[[Verbs, Submission], Awaitable[Block | None]]
"""What comes back is shown in the modal's place; with nothing it closes."""
ShortcutHandler = Callable[[Verbs, Shortcut], Awaitable[None]]
OptionsHandler = Callable[[Verbs, Typing], Awaitable[list[Block]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """A feature's interactive parts; handlers/__init__.py puts all features together."""

    clicks: Mapping[str, ClickHandler] = field(default_factory=dict)
    views: Mapping[str, ViewHandler] = field(default_factory=dict)
    options: Mapping[str, OptionsHandler] = field(default_factory=dict)
    shortcuts: Mapping[str, ShortcutHandler] = field(default_factory=dict)
    menus: frozenset[str] = frozenset()
    """Overflow menus whose entries are buttons elsewhere: to choose one is to press that button."""
    adopting: frozenset[str] = frozenset()
    """Clicks whose handler adopts the card itself, because its verb finds out by the way."""
