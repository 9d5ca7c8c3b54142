"""What the business needs from the outside, as Protocols. Adapters live in bot/adapters, fakes in
tests/fakes; both pass the same contract suite. Calls raise errors of services.errors only:
TransientError (ambiguous or not), NotFound, Forbidden (credentials refused), InvalidInput.

Adapters refuse to run while a transaction is open: no lock is ever held across a network call.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from services.types.agent import AnswerRequest
from services.types.detection import DetectionRequest, Proposed
from services.types.google import ServiceAccountKey
from services.types.mail import Address
from services.types.model import (
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Purpose,
    Usage,
)
from services.types.slack_threads import ChatFile, ChatPost
from services.types.summaries import SummaryRequest, SummaryText


class Clock(Protocol):
    """Time. Follows PostgreSQL's clock; `now` is aware UTC."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """Makes identifiers; time-ordered, so that rows of one table lie together."""

    def new(self) -> UUID: ...


# ── Slack ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message to show: Block Kit blocks and the text that stands in for them."""

    text: str
    blocks: Sequence[dict[str, Any]]
    metadata_id: str | None = None
    thread_ts: str | None = None
    """Set, it is posted as a reply in that thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRef:
    """Where a message stands: channel id and its ts."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPerson:
    """A Slack user as Slack tells it."""

    user_id: str
    team_id: str
    email: str | None
    name: str
    timezone: str | None
    is_admin: bool = False
    is_outsider: bool = False
    """Guest, bot, deleted or stranger: never bound to a member."""
    outsider: str = ""
    """Which of these, in a word or two for people; empty for somebody of the team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatGroup:
    """A user group: people a workspace mentions together."""

    group_id: str
    name: str
    handle: str
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTeam:
    team_id: str
    name: str
    bot_user_id: str


SessionStatus = Literal["processing", "active", "suspended", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReader:
    """Whom a streamed message is for, where it isn't clear from the place."""

    team_id: str
    user_id: str


class ChatGateway(Protocol):
    """One workspace's Slack, as the bot. A rate limit is obeyed and surfaces as TransientError
    with `retry_after`; rejected blocks are resent degraded (text and plain sections)."""

    async def team(self) -> ChatTeam: ...
    async def open_dm(self, user_id: str) -> str: ...
    async def post(self, channel: str, message: ChatMessage) -> ChatRef: ...
    async def update(self, ref: ChatRef, message: ChatMessage) -> None: ...
    async def delete(self, ref: ChatRef) -> None: ...
    async def find(self, channel: str, metadata_id: str) -> ChatRef | None: ...
    async def find_reply(
        self, channel: str, thread_ts: str, *, after: str, leave: frozenset[str] = frozenset()
    ) -> ChatRef | None:
        """The bot's first reply in the thread after that ts, but for those in `leave`."""
        ...

    async def start_stream(
        self, channel: str, thread_ts: str, text: str, *, recipient: StreamReader | None = None
    ) -> ChatRef:
        """Begin a message that grows. InvalidInput when Slack won't: post and update instead.
        `recipient` is wanted outside direct messages only."""
        ...

    async def append_stream(self, ref: ChatRef, text: str) -> None:
        """InvalidInput with the field `stream` when it has ended by itself, `stopped` when the
        reader ended it: what was appended before stays."""
        ...

    async def stop_stream(
        self, ref: ChatRef, *, text: str = "", blocks: Sequence[dict[str, Any]] = ()
    ) -> None: ...
    async def set_session(
        self, channel: str, thread_ts: str, status: SessionStatus, *, title: str = ""
    ) -> None:
        """Where the agent's work in a thread stands; `processing` shows Slack's stop button. The
        title counts when the session is new."""
        ...

    async def set_status(self, channel: str, thread_ts: str, words: str) -> None:
        """The quiet line under a thread; empty words take it away."""
        ...

    async def suggest(
        self, channel: str, prompts: Sequence[tuple[str, str]], *, title: str
    ) -> None:
        """Pin prompts, each (title, message), at most four."""
        ...

    async def whisper(self, channel: str, user_id: str, message: ChatMessage) -> None:
        """Say something only this person sees, for as long as their Slack is open. NotFound when
        the bot isn't in the channel."""
        ...

    async def thread(
        self, channel: str, thread_ts: str, cursor: str = ""
    ) -> tuple[tuple[ChatPost, ...], str]:
        """A page of a thread's messages, the first one with it, oldest first; and what asks for
        the next page, empty after the last. NotFound when the bot isn't in the channel."""
        ...

    async def file(self, file_id: str, *, largest: int) -> ChatFile:
        """A shared file. InvalidInput when it is larger than so many bytes or doesn't lie with
        Slack itself; NotFound when it is gone or was never shared where the bot is."""
        ...

    async def upload(self, name: str, data: bytes) -> str:
        """Bring a file to Slack; its id. It is shown to nobody yet and goes away by itself, so this
        may be repeated. Forbidden: without the right to; InvalidInput: Slack doesn't take it."""
        ...

    async def share_upload(self, file_id: str, channel: str, *, title: str, comment: str) -> None:
        """Show an upload in a channel, once. NotFound: it is gone, or the channel is."""
        ...

    async def is_shared(self, file_id: str, channel: str) -> bool | None:
        """Whether a file of ours stands in the channel; None when Slack doesn't know the file."""
        ...

    async def publish_home(self, user_id: str, view: dict[str, Any]) -> None: ...
    async def person(self, user_id: str) -> ChatPerson: ...
    async def person_by_email(self, email: str) -> ChatPerson | None: ...
    async def groups(self) -> tuple[ChatGroup, ...]:
        """The workspace's user groups that are in use."""
        ...

    async def group_members(self, group_id: str) -> tuple[str, ...]:
        """The Slack ids of the group's people. NotFound when there is no such group."""
        ...


class Chats(Protocol):
    """Finds a tenant's workspace. Raises NotFound when the tenant has no token."""

    async def of(self, tenant_id: UUID) -> ChatGateway: ...


# ── Gmail ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxCredentials:
    """google-auth's authorized-user values. `token` without expiry is used as it is."""

    token: str | None
    refresh_token: str | None
    token_uri: str
    client_id: str
    client_secret: str
    expires_at: datetime | None = None
    subject: str | None = None  # whom a service account speaks for


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """A message added, gone (a draft edited or discarded), or labels a message has `gained`."""

    message_id: str
    thread_id: str
    added: bool
    labels: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """`history_id` is the new cursor, set on the last page only. `page` asks for the next one."""

    items: tuple[HistoryItem, ...]
    page: str | None
    history_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """A message in a mailbox. `raw` is RFC 822, byte for byte."""

    message_id: str
    thread_id: str
    labels: frozenset[str]
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEntry:
    message_id: str
    labels: frozenset[str]
    received_at: datetime
    headers: dict[str, str]
    """Lower-case names; only those the adapter asks for (from, subject, message-id, ours)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """A draft as it stands in Gmail. `draft_id` is stable, `message_id` changes on every edit."""

    draft_id: str
    message_id: str
    thread_id: str
    raw: bytes


class HistoryExpired(Exception):
    """The cursor is too old for history.list: the mailbox must be read anew."""


class MailGateway(Protocol):
    """One mailbox in Gmail. A non-GET is never repeated by the transport."""

    async def profile(self) -> tuple[str, int]:
        """Address and current history id."""
        ...

    async def history(self, since: int, page: str | None) -> HistoryPage:
        """Raises HistoryExpired when `since` is too old."""
        ...

    async def recent(self, since: datetime, page: str | None) -> tuple[tuple[str, ...], str | None]:
        """Message ids newer than `since` (drafts, spam and trash left out), and the next page."""
        ...

    async def fetch(self, message_id: str) -> StoredMail: ...
    async def thread(self, thread_id: str) -> tuple[ThreadEntry, ...]: ...
    async def create_draft(self, raw: bytes, thread_id: str | None) -> MailDraft: ...
    async def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> MailDraft: ...
    async def draft(self, draft_id: str) -> MailDraft | None:
        """None when it is gone: sent or discarded."""
        ...

    async def find_draft(self, token: str, thread_id: str | None) -> MailDraft | None:
        """The draft that carries our header with this token, if the mailbox holds one."""
        ...

    async def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> str:
        """Send exactly `raw` as this draft; returns Gmail's message id. NotFound: already gone."""
        ...

    async def send(self, raw: bytes) -> str:
        """Digests and notices from the tenant's system mailbox only (draft, then send)."""
        ...

    async def delete_draft(self, draft_id: str) -> bool:
        """True when it was there and is gone now."""
        ...

    async def watch(self, topic: str) -> tuple[int, datetime]:
        """Ask for pushes; returns history id and when the watch ends. InvalidInput: the topic is
        wrong, or Gmail may not publish to it; the sentence says what to do."""
        ...

    async def stop_watch(self) -> None: ...
    async def labelled(self, label_id: str, page: str | None) -> tuple[tuple[str, ...], str | None]:
        """Ids of the messages that carry the label, and the next page."""
        ...

    async def labels(self) -> dict[str, str]: ...

    async def aliases(self) -> tuple[str, ...]:
        """Other addresses the mailbox may send from, those Gmail has verified, in lower case."""
        ...


class TokenSource(Protocol):
    """One mailbox's credentials, wherever they are kept."""

    async def current(self) -> MailboxCredentials:
        """What to use now. Raises Forbidden when the person has to connect again."""
        ...

    async def refreshed(self, refused: MailboxCredentials) -> MailboxCredentials:
        """Others than the ones that were just refused; asked for once however many ask."""
        ...


class MailGateways(Protocol):
    """Opens mailboxes in Gmail."""

    def open(self, tokens: TokenSource) -> MailGateway: ...
    async def refresh(self, credentials: MailboxCredentials) -> MailboxCredentials:
        """Ask the token endpoint. Raises Forbidden when the grant is gone (revoked, expired)."""
        ...

    async def delegated(self, key: ServiceAccountKey, address: str) -> MailboxCredentials:
        """A short-lived token for this address. Forbidden says what an admin has to do."""
        ...


class Mails(Protocol):
    """Finds a connected mailbox. Raises NotFound, or Forbidden when it must be connected anew."""

    async def of(self, tenant_id: UUID, mailbox_id: UUID) -> MailGateway: ...


class MailSender(Protocol):
    """Sends the product's own mail (digests, notices). Never from a rep's mailbox."""

    @property
    def configured(self) -> Address | None:
        """The one address all mail leaves from, when it is configured for the whole process."""
        ...

    async def address(self, tenant_id: UUID) -> Address | None:
        """Who this tenant's mail is from; None when there is nothing to send it with."""
        ...

    async def send(self, tenant_id: UUID, *, to: Address, raw: bytes) -> None: ...


class TextMessages(Protocol):
    """Sends a short text to a phone, through whatever gateway is set up. An ambiguous
    TransientError must not be answered by another try."""

    async def send(self, *, to: str, text: str) -> None: ...


# ── Model ───────────────────────────────────────────────────────────────────────────────────────
class LanguageModel(Protocol):
    """Any answer is a proposal. Raises TransientError when the model is down, garbled or over its
    time; the caller's state stays as it was."""

    @property
    def name(self) -> str: ...
    @property
    def offline(self) -> bool:
        """True when no model is configured and rules answer; cards say so."""
        ...

    async def extract(self, request: ExtractionRequest) -> tuple[Extraction, Usage]: ...
    async def draft(self, request: DraftRequest) -> tuple[DraftText, Usage]: ...
    async def summarise(self, request: SummaryRequest) -> tuple[SummaryText, Usage]: ...
    def answer(self, request: AnswerRequest) -> AsyncIterator[str | Usage]:
        """Pieces of text as they come, and the usage as the last item. What came before an error
        was said."""
        ...

    async def detect(self, request: DetectionRequest) -> tuple[tuple[Proposed, ...], Usage]:
        """Signals an account's words show, each with quotes; none is verified yet."""
        ...


class Budget(Protocol):
    """Asked before a model call. Raises LimitReached when the call would go over it."""

    async def check(self, purpose: Purpose, estimated_tokens: int) -> None: ...
