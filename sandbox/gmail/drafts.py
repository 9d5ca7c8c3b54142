"""Drafts: a stable draft id over messages that are replaced by every change."""

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from sandbox.gmail import mime
from sandbox.gmail.delivery import Delivery, address_of
from sandbox.gmail.errors import not_found
from sandbox.gmail.model import Json, Mailbox, Message, Meta
from sandbox.gmail.store import Store

_KEPT_BY_HAND = ("From", "To", "Cc", "Bcc", "Subject", "In-Reply-To", "References")


class Drafts:
    """Create, replace, send once."""

    def __init__(self, store: Store, delivery: Delivery) -> None:
        self._store = store
        self._delivery = delivery

    def get(self, mailbox: Mailbox, draft_id: str) -> Message:
        try:
            return mailbox.messages[mailbox.drafts[draft_id]]
        except KeyError:
            raise not_found() from None

    def create(self, mailbox: Mailbox, raw: bytes, thread_id: str | None) -> Message:
        thread = self._store.asked_thread(mailbox, raw, thread_id)
        return self._put(mailbox, self._store.new_draft_id(), raw, thread)

    def update(self, mailbox: Mailbox, draft_id: str, raw: bytes, thread_id: str | None) -> Message:
        """Another message under the same draft id; another subject is another thread."""
        old = self.get(mailbox, draft_id)
        alone = len(mailbox.thread(old.thread_id)) == 1
        thread = self._store.asked_thread(mailbox, raw, thread_id)
        self._store.delete(mailbox, old)
        if thread is None and alone and _same_subject(old, raw):
            thread = old.thread_id
        return self._put(mailbox, draft_id, raw, thread)

    def send(
        self,
        mailbox: Mailbox,
        draft_id: str,
        raw: bytes | None = None,
        thread_id: str | None = None,
        *,
        via: str = "drafts.send",
    ) -> Message:
        """The draft is gone afterwards; new content, when given, takes its place first."""
        message = self.get(mailbox, draft_id)
        if raw is not None:
            message = self.update(mailbox, draft_id, raw, thread_id)
        sent = self._delivery.send(
            mailbox, message.raw, via=via, thread_id=message.thread_id, draft_id=draft_id
        )
        self._store.delete(mailbox, message)
        return sent

    def delete(self, mailbox: Mailbox, draft_id: str) -> None:
        self._store.delete(mailbox, self.get(mailbox, draft_id))

    def edit(self, mailbox: Mailbox, draft_id: str, changes: Json, *, keep_x: bool) -> Message:
        """A person's edit in the web interface: the text is written anew, attachments stay."""
        old = self.get(mailbox, draft_id)
        if not _differs(old, changes):
            return old
        raw = _rewritten(mailbox, old, changes, self._store, keep_x=keep_x)
        return self.update(mailbox, draft_id, raw, old.thread_id)

    def _put(self, mailbox: Mailbox, draft_id: str, raw: bytes, thread_id: str | None) -> Message:
        message = self._store.add(
            mailbox,
            raw,
            {"DRAFT"},
            thread_id=thread_id or self._store.new_id(),
            draft_id=draft_id,
        )
        mailbox.drafts[draft_id] = message.id
        return message


def _differs(old: Message, changes: Json) -> bool:
    """Opening and closing a draft saves nothing; only a difference does."""
    now = {
        "to": old.meta.to,
        "cc": old.meta.cc,
        "bcc": old.meta.bcc,
        "subject": old.meta.subject,
        "text": mime.bodies(mime.parse(old.raw))[0],
    }
    return any(
        joined(changes[name]).split() != value.split()
        if name != "text"
        else lines(str(changes[name])) != lines(value)
        for name, value in now.items()
        if changes.get(name) is not None
    )


def lines(text: str) -> list[str]:
    """The text as a person sees it: line ends and trailing emptiness don't count."""
    return text.rstrip().splitlines()


def _same_subject(old: Message, raw: bytes) -> bool:
    return mime.plain_subject(old.meta.subject) == mime.plain_subject(Meta.of(raw).subject)


def _rewritten(
    mailbox: Mailbox, old: Message, changes: Json, store: Store, *, keep_x: bool
) -> bytes:
    fields, _ = mime.split_head(old.raw)
    parsed = mime.parse(old.raw)
    new = EmailMessage(policy=policy.SMTP)
    for name in _KEPT_BY_HAND:
        value = changes.get(name.lower())
        set_header(new, name, mime.header(fields, name) if value is None else joined(value))
    if "From" not in new:
        new["From"] = address_of(mailbox.name, mailbox.email)
    if keep_x:
        for field in fields:
            if field.name.lower().startswith("x-"):
                set_header(new, field.name, field.value)
    new["Date"] = format_datetime(store.clock.now())
    text = changes.get("text")
    new.set_content(mime.bodies(parsed)[0] if text is None else str(text))
    for part in mime.leaves(parsed):
        name = mime.file_name(part)
        if name:
            main, _, sub = part.get_content_type().partition("/")
            new.add_attachment(mime.content(part), maintype=main, subtype=sub, filename=name)
    return new.as_bytes()


def joined(value: object) -> str:
    """Recipients come as a string or as a list of strings."""
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)


def set_header(mail: EmailMessage, name: str, value: str) -> None:
    """Sets it when there is something to set; line breaks can't get in."""
    flat = " ".join(value.split())
    if flat:
        mail[name] = flat
