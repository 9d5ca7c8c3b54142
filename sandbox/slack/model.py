"""What a workspace is made of."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["channel", "private", "im", "mpim"]


class ApiError(Exception):
    """A refusal in Slack's own code, with its messages when it gives any."""

    def __init__(self, code: str, messages: list[str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []

    def answer(self) -> Json:
        """The body Slack answers with, status 200."""
        body: Json = {"ok": False, "error": self.code}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


@dataclass(frozen=True, kw_only=True)
class Team:
    """The workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, kw_only=True)
class Bot:
    """The one app installed in it."""

    user_id: str
    bot_id: str
    app_id: str
    token: str
    name: str = "understudy"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A user group."""

    id: str
    name: str
    handle: str
    users: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True, kw_only=True)
class User:
    """A person, or the app's own user."""

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "UTC"
    title: str = ""
    is_admin: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class SharedFile:
    """A file somebody shared. With an `external_url` it lies elsewhere, and only that is known."""

    id: str
    name: str
    user: str
    channel: str
    created: int
    data: bytes = b""
    external_url: str = ""


@dataclass(kw_only=True)
class Message:
    """One message, as stored; `ephemeral_for` names the only person who can see it."""

    channel: str
    ts: str
    user: str
    text: str
    from_bot: bool
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    client_msg_id: str | None = None
    ephemeral_for: str | None = None
    subtype: str | None = None
    edited: Json | None = None
    system: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    streaming_since: float | None = None
    """When it began to stream; None once it has ended."""


@dataclass(kw_only=True)
class Session:
    """An agent's work in one thread, and the line that says what it is doing."""

    status: str = "active"
    title: str = ""


@dataclass(kw_only=True)
class Channel:
    """A channel, a group or a direct message, with its messages in order."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    created: int
    archived: bool = False
    messages: list[Message] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def is_im(self) -> bool:
        """Whether two people talk here."""
        return self.kind == "im"


@dataclass(kw_only=True)
class View:
    """A modal on someone's screen, or their Home tab."""

    id: str
    user: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    state: Json = field(default_factory=dict)
    warning: str | None = None
    errors: Json = field(default_factory=dict)

    @property
    def is_home(self) -> bool:
        """Home tabs are published, modals are opened."""
        return bool(self.content.get("type") == "home")
