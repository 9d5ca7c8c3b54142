"""A mailbox in memory that keeps Gmail's promises; it passes the same contract as the adapter."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from db.session import refuse_inside_transaction
from services.errors import NotFound, ServiceError
from services.ports import (
    HistoryExpired,
    HistoryItem,
    HistoryPage,
    MailboxCredentials,
    MailDraft,
    MailGateway,
    StoredMail,
    ThreadEntry,
    TokenSource,
)
from services.types.google import ServiceAccountKey

PAGE = 3
HIDDEN = {"DRAFT", "SPAM", "TRASH"}


@dataclass
class FakeMail:
    """`fail` plans errors: the next call of that name raises it, before or after its work."""

    address: str
    history_id: int = 1000
    floor: int = 0
    messages: dict[str, StoredMail] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    records: list[tuple[int, HistoryItem]] = field(default_factory=list)
    fail: dict[str, list[Exception]] = field(default_factory=dict)
    lose: dict[str, list[Exception]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    topics: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    stopped: int = 0
    others: tuple[str, ...] = ()
    watch_until: datetime = datetime(2030, 1, 1, tzinfo=UTC)
    _ids: count = field(default_factory=lambda: count(1))

    def deliver(
        self,
        raw: bytes,
        *,
        labels: set[str] | frozenset[str] = frozenset({"INBOX"}),
        at: datetime | None = None,
        thread_id: str | None = None,
    ) -> str:
        """A message arrives, or is written by the person in Gmail."""
        number = next(self._ids)
        thread = thread_id or self._thread_of(raw) or f"t{number}"
        self.messages[f"m{number}"] = StoredMail(
            message_id=f"m{number}",
            thread_id=thread,
            labels=frozenset(labels),
            received_at=at or datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(seconds=number),
            raw=raw,
        )
        self._note(f"m{number}", added=True)
        return f"m{number}"

    def remove(self, message_id: str) -> None:
        self._note(message_id, added=False)
        del self.messages[message_id]

    def expire_history(self) -> None:
        self.floor = self.history_id = self.history_id + 10

    async def profile(self) -> tuple[str, int]:
        self._begin("profile")
        return self.address, self.history_id

    async def history(self, since: int, page: str | None) -> HistoryPage:
        self._begin("history")
        if since < self.floor:
            raise HistoryExpired
        items = [item for number, item in self.records if number > since]
        start = int(page or 0)
        more = start + PAGE < len(items)
        return HistoryPage(
            items=tuple(items[start : start + PAGE]),
            page=str(start + PAGE) if more else None,
            history_id=None if more else self.history_id,
        )

    async def recent(self, since: datetime, page: str | None) -> tuple[tuple[str, ...], str | None]:
        self._begin("recent")
        found = [m for m in self.messages.values() if m.received_at >= since]
        newest = sorted(found, key=lambda m: m.received_at, reverse=True)
        ids = [m.message_id for m in newest if not m.labels & HIDDEN]
        start = int(page or 0)
        more = start + PAGE < len(ids)
        return tuple(ids[start : start + PAGE]), str(start + PAGE) if more else None

    async def fetch(self, message_id: str) -> StoredMail:
        self._begin("fetch")
        return self._message(message_id)

    async def thread(self, thread_id: str) -> tuple[ThreadEntry, ...]:
        self._begin("thread")
        found = [m for m in self.messages.values() if m.thread_id == thread_id]
        if not found:
            raise NotFound("gone")
        return tuple(
            ThreadEntry(
                message_id=m.message_id,
                labels=m.labels,
                received_at=m.received_at,
                headers=headers(m.raw),
            )
            for m in sorted(found, key=lambda m: m.received_at)
        )

    async def create_draft(self, raw: bytes, thread_id: str | None) -> MailDraft:
        self._begin("create_draft")
        draft_id = f"r{next(self._ids)}"
        self.drafts[draft_id] = self.deliver(raw, labels={"DRAFT"}, thread_id=thread_id)
        self._end("create_draft")
        return self._draft(draft_id)

    async def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> MailDraft:
        self._begin("update_draft")
        old = self._draft(draft_id)
        self.remove(old.message_id)
        thread = thread_id or old.thread_id
        self.drafts[draft_id] = self.deliver(raw, labels={"DRAFT"}, thread_id=thread)
        return self._draft(draft_id)

    async def draft(self, draft_id: str) -> MailDraft | None:
        self._begin("draft")
        return self._draft(draft_id) if draft_id in self.drafts else None

    async def find_draft(self, token: str, thread_id: str | None) -> MailDraft | None:
        self._begin("find_draft")
        found = [self._draft(d) for d in self.drafts]
        found.sort(key=lambda draft: draft.thread_id != thread_id)
        return next((d for d in found if headers(d.raw).get("x-understudy-draft") == token), None)

    async def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> str:
        self._begin("send_draft")
        draft = self._draft(draft_id)
        self.remove(draft.message_id)
        del self.drafts[draft_id]
        stamped = re.sub(rb"(?mi)^message-id:.*?\r?\n", b"", raw)
        stamped = f"Message-ID: <sent-{draft_id}@mail.test>\r\n".encode() + stamped
        sent = self.deliver(stamped, labels={"SENT"}, thread_id=thread_id or draft.thread_id)
        self._end("send_draft")
        return sent

    async def send(self, raw: bytes) -> str:
        return await self.send_draft((await self.create_draft(raw, None)).draft_id, raw, None)

    async def delete_draft(self, draft_id: str) -> bool:
        self._begin("delete_draft")
        if draft_id not in self.drafts:
            return False
        self.remove(self.drafts.pop(draft_id))
        return True

    async def watch(self, topic: str) -> tuple[int, datetime]:
        self._begin("watch")
        self.topics.append(topic)
        return self.history_id, self.watch_until

    async def stop_watch(self) -> None:
        self._begin("stop_watch")
        self.stopped += 1

    async def labels(self) -> dict[str, str]:
        self._begin("labels")
        return {"INBOX": "INBOX", "SENT": "SENT"} | self.names

    async def labelled(self, label_id: str, page: str | None) -> tuple[tuple[str, ...], str | None]:
        self._begin("labelled")
        ids = [m.message_id for m in self.messages.values() if label_id in m.labels]
        start = int(page or 0)
        more = start + PAGE < len(ids)
        return tuple(ids[start : start + PAGE]), str(start + PAGE) if more else None

    def label(self, message_id: str, *label_ids: str) -> None:
        """A person, or one of their rules, gives the message these labels."""
        message = self.messages[message_id]
        gained = frozenset(label_ids) - message.labels
        self.messages[message_id] = replace(message, labels=message.labels | gained)
        self._note(message_id, added=False, gained=gained)

    async def aliases(self) -> tuple[str, ...]:
        self._begin("aliases")
        return self.others

    @property
    def sent(self) -> list[StoredMail]:
        return [m for m in self.messages.values() if "SENT" in m.labels]

    def _begin(self, name: str) -> None:
        refuse_inside_transaction()
        self.calls[name] += 1
        if self.fail.get(name):
            raise self.fail[name].pop(0)

    def _end(self, name: str) -> None:
        if self.lose.get(name):
            raise self.lose[name].pop(0)

    def _message(self, message_id: str) -> StoredMail:
        if message_id not in self.messages:
            raise NotFound("gone")
        return self.messages[message_id]

    def _draft(self, draft_id: str) -> MailDraft:
        if draft_id not in self.drafts:
            raise NotFound("gone")
        message = self._message(self.drafts[draft_id])
        return MailDraft(
            draft_id=draft_id,
            message_id=message.message_id,
            thread_id=message.thread_id,
            raw=message.raw,
        )

    def _note(self, message_id: str, *, added: bool, gained: frozenset[str] = frozenset()) -> None:
        message = self.messages[message_id]
        self.history_id += 7
        item = HistoryItem(
            message_id=message_id,
            thread_id=message.thread_id,
            added=added,
            labels=message.labels,
            gained=gained,
        )
        self.records.append((self.history_id, item))

    def _thread_of(self, raw: bytes) -> str | None:
        named = headers(raw)
        parents = f"{named.get('in-reply-to', '')} {named.get('references', '')}"
        known = {headers(m.raw).get("message-id", "?"): m.thread_id for m in self.messages.values()}
        return next((thread for name, thread in known.items() if name in parents.split()), None)


@dataclass
class FakeMailboxes:
    """Opens fake mailboxes by the access token, which is the address here."""

    mailboxes: dict[str, FakeMail] = field(default_factory=dict)
    refresh_error: ServiceError | None = None
    refreshes: int = 0
    assertions: list[tuple[str, str]] = field(default_factory=list)
    delegation_error: ServiceError | None = None

    def add(self, address: str) -> FakeMail:
        return self.mailboxes.setdefault(address, FakeMail(address))

    def open(self, tokens: TokenSource) -> MailGateway:
        return _Opened(self, tokens)

    async def refresh(self, credentials: MailboxCredentials) -> MailboxCredentials:
        refuse_inside_transaction()
        self.refreshes += 1
        if self.refresh_error is not None:
            raise self.refresh_error
        return replace(credentials, token=f"{(credentials.token or '').split('#')[0]}#fresh")

    async def delegated(self, key: ServiceAccountKey, address: str) -> MailboxCredentials:
        refuse_inside_transaction()
        self.assertions.append((key.client_email, address))
        if self.delegation_error is not None:
            raise self.delegation_error
        return replace(credentials(address), refresh_token=None, client_secret="", subject=address)


class _Opened:
    """Finds its mailbox by the token on every call, as the adapter does."""

    def __init__(self, world: FakeMailboxes, tokens: TokenSource) -> None:
        self._world = world
        self._tokens = tokens

    def __getattr__(self, name: str):
        async def call(*args, **kwargs):
            token = (await self._tokens.current()).token or ""
            return await getattr(self._world.mailboxes[token.split("#")[0]], name)(*args, **kwargs)

        return call


def credentials(address: str, **changes: object) -> MailboxCredentials:
    """What opens the fake mailbox of this address."""
    made = MailboxCredentials(
        token=address,
        refresh_token="refresh",
        token_uri="http://127.0.0.1:1/token",
        client_id="client",
        client_secret="secret",
    )
    return replace(made, **changes)


def headers(raw: bytes) -> dict[str, str]:
    """The first of each header, names in lower case."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0].decode("utf-8", "replace")
    found: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", head).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.lower(), value.strip())
    return found
