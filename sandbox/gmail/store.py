"""All mailboxes in memory; every change is a history record and is told to the listeners."""

import random
import re
from collections.abc import Callable, Iterable

from sandbox.gmail import mime
from sandbox.gmail.clock import Clock
from sandbox.gmail.errors import invalid, not_found
from sandbox.gmail.model import (
    SYSTEM_LABELS,
    Change,
    HistoryKind,
    Kind,
    Label,
    Mailbox,
    Message,
    Meta,
)

Listener = Callable[[Mailbox, frozenset[str]], None]
_HEX_ID = re.compile(r"[0-9a-f]{1,16}")
_HISTORY_START = 100_000
_HISTORY_GAP = 37


class Store:
    """Mailboxes, their messages and their history."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.mailboxes: dict[str, Mailbox] = {}
        self.listeners: list[Listener] = []
        # Gaps in history ids must be there, not be unguessable; a seed keeps runs comparable.
        self._random = random.Random(7)  # noqa: S311 - no secret
        self._counter = 0

    def add_mailbox(self, email: str, name: str = "", kind: Kind = "customer") -> Mailbox:
        """A mailbox for the address; the one that is there when it exists."""
        address = email.strip().lower()
        if "@" not in address:
            raise invalid(f"Not a mail address: {email}")
        if address not in self.mailboxes:
            start = _HISTORY_START + self._random.randrange(1000, 9000)
            self.mailboxes[address] = Mailbox(
                email=address,
                name=name or address.partition("@")[0],
                kind=kind,
                history_id=start,
                history_floor=start,
                labels={x: Label(id=x, name=x, kind="system") for x in SYSTEM_LABELS},
            )
        return self.mailboxes[address]

    def mailbox(self, email: str) -> Mailbox:
        try:
            return self.mailboxes[email.strip().lower()]
        except KeyError:
            raise not_found() from None

    def recipient(self, address: str) -> Mailbox | None:
        """The local mailbox of an address; what follows a plus sign is the reader's own."""
        local, _, domain = address.lower().rpartition("@")
        for candidate in (address.lower(), f"{local.partition('+')[0]}@{domain}"):
            if candidate in self.mailboxes:
                return self.mailboxes[candidate]
            for mailbox in self.mailboxes.values():
                if mailbox.aliases.get(candidate) == "accepted":
                    return mailbox
        return None

    def new_id(self) -> str:
        self._counter += 1
        return f"{(self.clock.ms() << 20) + self._counter:016x}"

    def new_draft_id(self) -> str:
        self._counter += 1
        return f"r-{self._random.randrange(10**17, 10**18)}{self._counter:04d}"

    def add(
        self,
        mailbox: Mailbox,
        raw: bytes,
        labels: Iterable[str],
        *,
        thread_id: str | None = None,
        internal_ms: int | None = None,
        draft_id: str | None = None,
    ) -> Message:
        """Stores the bytes as they are; without a thread it is found from the references."""
        meta = Meta.of(raw)
        new = self.new_id()
        message = Message(
            id=new,
            thread_id=thread_id or self._thread_of(mailbox, meta) or new,
            raw=raw,
            labels=set(labels),
            internal_ms=self.clock.ms() if internal_ms is None else internal_ms,
            meta=meta,
            draft_id=draft_id,
        )
        self._check_labels(mailbox, message.labels)
        mailbox.messages[new] = message
        self._record(mailbox, "messagesAdded", message)
        return message

    def message(self, mailbox: Mailbox, message_id: str) -> Message:
        try:
            return mailbox.messages[message_id]
        except KeyError:
            raise not_found() from None

    def delete(self, mailbox: Mailbox, message: Message) -> None:
        mailbox.messages.pop(message.id, None)
        if message.draft_id:
            mailbox.drafts.pop(message.draft_id, None)
        self._record(mailbox, "messagesDeleted", message)

    def relabel(
        self,
        mailbox: Mailbox,
        message: Message,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
    ) -> None:
        added, removed = set(add), set(remove)
        self._check_labels(mailbox, added | removed)
        added -= message.labels
        removed = (removed & message.labels) - added
        # A watch on a label also hears of a message that has just lost it.
        seen = frozenset(message.labels | added)
        if added:
            message.labels |= added
            self._record(mailbox, "labelsAdded", message, changed=added, seen=seen)
        if removed:
            message.labels -= removed
            self._record(mailbox, "labelsRemoved", message, changed=removed, seen=seen)

    def asked_thread(self, mailbox: Mailbox, raw: bytes, thread_id: str | None) -> str | None:
        """The thread a caller asked for, when the documented rule allows it.

        All three are needed: the thread's id, references into it, and the same subject.
        """
        if not thread_id:
            return None
        if not _HEX_ID.fullmatch(str(thread_id)):
            raise invalid("Invalid thread_id value")
        thread = mailbox.thread(thread_id)
        if not thread:
            raise not_found()
        meta = Meta.of(raw)
        joins = any(
            m.meta.message_id in meta.references
            and mime.plain_subject(m.meta.subject) == mime.plain_subject(meta.subject)
            for m in thread
            if m.meta.message_id
        )
        return thread_id if joins else None

    def expire_history(self, mailbox: Mailbox) -> None:
        """Forgets all records, as Gmail does after a week or sooner."""
        mailbox.history.clear()
        mailbox.history_id += self._random.randrange(1, _HISTORY_GAP)
        mailbox.history_floor = mailbox.history_id

    def _thread_of(self, mailbox: Mailbox, meta: Meta) -> str | None:
        wanted = set(meta.references)
        if not wanted:
            return None
        for message in mailbox.messages.values():
            if message.meta.message_id in wanted and mime.plain_subject(
                message.meta.subject
            ) == mime.plain_subject(meta.subject):
                return message.thread_id
        return None

    def _check_labels(self, mailbox: Mailbox, labels: set[str]) -> None:
        for label in sorted(labels - mailbox.labels.keys()):
            raise invalid(f"Invalid label: {label}")

    def _record(
        self,
        mailbox: Mailbox,
        kind: HistoryKind,
        message: Message,
        *,
        changed: Iterable[str] = (),
        seen: frozenset[str] | None = None,
    ) -> None:
        mailbox.history_id += self._random.randrange(1, _HISTORY_GAP)
        message.history_id = mailbox.history_id
        mailbox.history.append(
            Change(
                id=mailbox.history_id,
                kind=kind,
                message_id=message.id,
                thread_id=message.thread_id,
                labels=tuple(sorted(message.labels)),
                changed=tuple(sorted(changed)),
            )
        )
        for listener in self.listeners:
            listener(mailbox, seen or frozenset(message.labels))
