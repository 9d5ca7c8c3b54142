"""What Slack sends, as types. Slack's own payloads may carry more than we read; our values inside
them may not."""

from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from blocks.marking import CARD_BLOCK
from services.errors import InvalidInput
from services.ports import ChatRef

OUTDATED = (
    "I couldn't read that button; it may come from an older version. Nothing was changed. "
    "Try `/understudy inbox` for what waits for you."
)


class SlackPayload(BaseModel):
    """Slack adds fields whenever it likes."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PayloadUser(SlackPayload):
    id: str = Field(min_length=1)
    team_id: str | None = None


class PayloadTeam(SlackPayload):
    id: str = Field(min_length=1)


class MessageMetadata(SlackPayload):
    event_type: str | None = None
    event_payload: dict[str, Any] = Field(default_factory=dict)


def _dict_or_none(value: Any) -> Any:
    """Parts that only help (a message's metadata) may be odd without spoiling the click."""
    return value if isinstance(value, dict) else None


def _dicts(value: Any) -> list[dict[str, Any]]:
    parts = value if isinstance(value, list) else []
    return [part for part in parts if isinstance(part, dict)]


class PayloadMessage(SlackPayload):
    ts: str
    blocks: Annotated[list[dict[str, Any]], BeforeValidator(_dicts)] = Field(default_factory=list)
    metadata: Annotated[MessageMetadata | None, BeforeValidator(_dict_or_none)] = None


class PayloadChannel(SlackPayload):
    id: str


class PayloadContainer(SlackPayload):
    message_ts: str | None = None
    channel_id: str | None = None


class Selected(SlackPayload):
    value: str


class ViewField(SlackPayload):
    value: str | None = None
    selected_option: Selected | None = None
    selected_options: list[Selected] | None = None
    selected_users: list[str] | None = None
    selected_date: str | None = None

    @property
    def chosen(self) -> str:
        """What was typed or chosen."""
        option = self.selected_option.value if self.selected_option else None
        return (option or self.selected_date or self.value or "").strip()

    @property
    def several(self) -> tuple[str, ...]:
        """All that was ticked or chosen, where there may be more than one."""
        options = tuple(one.value for one in self.selected_options or ())
        return options or tuple(self.selected_users or ())


class ViewState(SlackPayload):
    values: dict[str, dict[str, ViewField]] = Field(default_factory=dict)

    def text(self, field: str) -> str:
        """What stands in the field."""
        for element in self.values.get(field, {}).values():
            return element.chosen
        return ""

    def several(self, field: str) -> tuple[str, ...]:
        """All that was ticked or chosen in the field."""
        for element in self.values.get(field, {}).values():
            return element.several
        return ()


class PayloadView(SlackPayload):
    """The modal or Home tab an element was used in."""

    id: str
    type: str
    callback_id: str = ""
    private_metadata: str = ""
    state: ViewState = ViewState()


class ElementAction(SlackPayload):
    """One element that was used."""

    action_id: str = Field(min_length=1)
    block_id: str = ""
    action_ts: str = ""
    value: str | None = None
    selected_option: Selected | None = None

    @property
    def chosen(self) -> str:
        """What the element says: the selected option's value, or its own."""
        return self.selected_option.value if self.selected_option else self.value or ""


class BlockActions(SlackPayload):
    """A click in a message, the Home tab or a modal."""

    type: Literal["block_actions"]
    user: PayloadUser
    team: PayloadTeam
    actions: list[ElementAction] = Field(min_length=1)
    trigger_id: str = ""
    response_url: str | None = None
    message: PayloadMessage | None = None
    channel: PayloadChannel | None = None
    container: PayloadContainer = PayloadContainer()
    view: PayloadView | None = None

    @property
    def ref(self) -> ChatRef | None:
        channel = self.channel.id if self.channel else self.container.channel_id
        ts = self.message.ts if self.message else self.container.message_ts
        return ChatRef(channel=channel, ts=ts) if channel and ts else None

    @property
    def card_id(self) -> UUID | None:
        """The card the message says it is: by its metadata, or by its first block, since not every
        payload carries metadata."""
        if self.message is None:
            return None
        if self.message.metadata is not None:
            return _uuid(self.message.metadata.event_payload.get("id"))
        first = str(self.message.blocks[0].get("block_id")) if self.message.blocks else ""
        return _uuid(first.removeprefix(CARD_BLOCK)) if first.startswith(CARD_BLOCK) else None


class SubmittedView(SlackPayload):
    id: str
    root_view_id: str | None = None
    callback_id: str
    private_metadata: str = ""
    state: ViewState = ViewState()


class ViewSubmission(SlackPayload):
    """A modal that was submitted."""

    type: Literal["view_submission"]
    user: PayloadUser
    team: PayloadTeam
    view: SubmittedView

    def text(self, field: str) -> str:
        """What was typed or chosen in the field."""
        return self.view.state.text(field)

    def several(self, field: str) -> tuple[str, ...]:
        """All that was ticked or chosen in the field."""
        return self.view.state.several(field)

    def asks(self, field: str) -> bool:
        """Whether the modal has such a field: only there can an error stand."""
        return field in self.view.state.values


class BlockSuggestion(SlackPayload):
    """Somebody types into an external select."""

    type: Literal["block_suggestion"]
    user: PayloadUser
    team: PayloadTeam
    action_id: str
    value: str = ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class PayloadFile(SlackPayload):
    """A file beside a message: what Slack calls it."""

    id: Annotated[str, BeforeValidator(_text)] = ""
    name: Annotated[str, BeforeValidator(_text)] = ""


class ShortcutMessage(SlackPayload):
    """The message a shortcut was chosen on: anybody's, also a bot's or a forwarded one."""

    ts: str
    thread_ts: str | None = None
    files: Annotated[list[PayloadFile], BeforeValidator(_dicts)] = Field(default_factory=list)
    text: Annotated[str, BeforeValidator(_text)] = ""
    user: str | None = None
    username: Annotated[str, BeforeValidator(_text)] = ""
    blocks: Annotated[list[dict[str, Any]], BeforeValidator(_dicts)] = Field(default_factory=list)
    attachments: Annotated[list[dict[str, Any]], BeforeValidator(_dicts)] = Field(
        default_factory=list
    )

    @property
    def is_card(self) -> bool:
        """One of our own cards: its first block says so."""
        first = self.blocks[0].get("block_id") if self.blocks else ""
        return isinstance(first, str) and first.startswith(CARD_BLOCK)


class ChosenShortcut(SlackPayload):
    """A shortcut, from a message's menu or from Slack's own."""

    type: Literal["message_action", "shortcut"]
    callback_id: str = Field(min_length=1)
    trigger_id: str
    user: PayloadUser
    team: PayloadTeam
    channel: PayloadChannel | None = None
    message: ShortcutMessage | None = None


class SlashCommand(SlackPayload):
    command: str
    text: str = ""
    user_id: str = Field(min_length=1)
    team_id: str = Field(min_length=1)
    trigger_id: str = ""
    response_url: str | None = None


class ChangedUser(SlackPayload):
    """What `user_change` tells of somebody, as far as it concerns us."""

    id: str = Field(min_length=1)
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted


class EventPost(SlackPayload):
    """A message inside an event that tells of its change."""

    ts: str = ""
    thread_ts: str | None = None
    user: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    text: Annotated[str, BeforeValidator(_text)] = ""
    edited: Annotated[dict[str, Any] | None, BeforeValidator(_dict_or_none)] = None


class EventBody(SlackPayload):
    type: str
    user: str | None = None
    changed: ChangedUser | None = None
    """With `user_change`: the person as they are now."""
    subtype: str | None = None
    bot_id: str | None = None
    channel: str | None = None
    channel_type: str | None = None
    text: str | None = None
    ts: str | None = None
    tab: str | None = None
    reaction: str | None = None
    item_user: str | None = None
    tokens: dict[str, Any] = Field(default_factory=dict)
    item: dict[str, Any] = Field(default_factory=dict)
    thread_ts: str | None = None
    message: Annotated[EventPost | None, BeforeValidator(_dict_or_none)] = None
    previous_message: Annotated[EventPost | None, BeforeValidator(_dict_or_none)] = None
    deleted_ts: str | None = None
    app_context: Annotated[dict[str, Any] | None, BeforeValidator(_dict_or_none)] = None
    context: Annotated[dict[str, Any] | None, BeforeValidator(_dict_or_none)] = None

    @model_validator(mode="before")
    @classmethod
    def _whole_users(cls, given: Any) -> Any:
        """One event names its user not by an id but whole."""
        user = given.get("user") if isinstance(given, dict) else None
        if not isinstance(user, dict):
            return given
        return {**given, "user": user.get("id"), "changed": user}


class Authorization(SlackPayload):
    user_id: str | None = None
    is_bot: bool = False


class EventEnvelope(SlackPayload):
    type: Literal["event_callback"]
    event_id: str = Field(min_length=1, max_length=200)
    team_id: str = Field(min_length=1)
    event_time: int = Field(default=0, ge=0, le=253_402_300_799)
    event: EventBody
    authorizations: list[Authorization] = Field(default_factory=list)

    @property
    def person(self) -> str | None:
        """Who did it: named in the event, or, where an event names nobody, the one it is for."""
        if self.event.user is not None:
            return self.event.user
        return next((one.user_id for one in self.authorizations if not one.is_bot), None)


Payload = TypeVar("Payload", bound=SlackPayload)
Value = TypeVar("Value", bound=BaseModel)


def read_payload(kind: type[Payload], body: Any) -> Payload:
    """The payload as its type. InvalidInput when it isn't one."""
    try:
        return kind.model_validate(_storable(body))
    except ValidationError:
        raise InvalidInput("I couldn't read what Slack sent. Nothing was changed.") from None


def _storable(body: Any) -> Any:
    """Without what JSON can say and the database can't keep: NUL and halves of characters. The look
    beforehand costs microseconds, and all but nobody sends them."""
    seen = repr(body)
    return _cleaned(body) if "\\x00" in seen or "\\ud" in seen else body


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(part) for key, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value


def read_value(kind: type[Value], value: str) -> Value:
    """Our own value, strictly. InvalidInput with a way on when it is an old or a foreign one."""
    try:
        return kind.model_validate_json(value)
    except ValidationError:
        raise InvalidInput(OUTDATED) from None


def read_id(value: str) -> UUID:
    """An opaque id that came back from a block id or an option."""
    found = _uuid(value)
    if found is None:
        raise InvalidInput(OUTDATED)
    return found


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
