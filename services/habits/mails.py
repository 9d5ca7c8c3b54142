"""One mail as habits look at it: what the copilot wrote, what its member let leave."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import actions as action_rows
from db import customers, members, messages, tenants
from db import drafts as draft_rows
from db import habits as rows
from db.models.actions import Action
from db.models.conversations import Message
from db.models.drafts import Draft, DraftRevision
from db.models.tenants import Member
from db.session import ReadTx
from services.habits.applying import MailAbout
from services.habits.finding import edits_of
from services.habits.fitness import unfit
from services.mail.language import detect
from services.mail.reply import own_text, visible_reply
from services.types.habits import Edit, Names
from services.types.model import DraftRequest

_SIGNATURE = re.compile(r"^[ \t]*--[ \t]*$", re.MULTILINE)
LEFT = ("done", "handled")
SENT = ("sent", "sent_by_hand")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMail:
    """`written` is the copilot's last text, `left` what its member sent of it."""

    action_id: UUID
    member: Member
    written: str
    left: str
    names: Names
    language: str
    at: datetime
    subject: str
    account: str

    @property
    def about(self) -> MailAbout:
        return MailAbout(names=self.names, language=self.language)

    def edits(self) -> dict[str, Edit]:
        """What the member changed in it, as far as it may become a rule; by key."""
        found = edits_of(self.written, self.left, self.names, self.language)
        return {
            one.key: one
            for one in found
            if unfit(one.change, one.place, one.before, one.after) is None
        }


def about_request(request: DraftRequest, written: str) -> MailAbout:
    """The same of a text that is being written, with all that was asked for in so many words."""
    language = detect(written)
    asked = (request.instruction or "", request.asked_for, *(ask.quote for ask in request.asks))
    return MailAbout(
        names=Names(
            people=(request.sender_name,),
            companies=tuple(one for one in (request.account_name, request.company) if one),
            author=request.author_name,
        ),
        language=language if language != "und" else request.language,
        wanted=tuple(one for one in asked if one),
    )


async def decided_mail(tx: ReadTx, action_id: UUID) -> DecidedMail | None:
    """A mail that left in its member's own name and by their own decision; None for any other:
    what somebody else decided, or nobody, says nothing of their habits."""
    action = await action_rows.get_action(tx, action_id)
    if action is None or action.draft_id is None or action.owner_id is None:
        return None
    draft = await draft_rows.get_draft(tx, action.draft_id)
    member = await members.get_member(tx, action.owner_id)
    if draft is None or member is None or action.decided_by != member.id:
        return None
    if action.status not in LEFT or draft.status not in SENT:
        return None
    texts = await _texts(tx, action, draft, member.id)
    if texts is None or action.decided_at is None:
        return None
    written, left, subject = texts
    names, account = await _names(tx, action, draft, member)
    return DecidedMail(
        action_id=action.id,
        member=member,
        written=written,
        left=left,
        names=names,
        language=detect(written),
        at=action.decided_at,
        subject=subject,
        account=account,
    )


async def _texts(
    tx: ReadTx, action: Action, draft: Draft, member_id: UUID
) -> tuple[str, str, str] | None:
    """The copilot's last text, the one that left, and its subject."""
    decided = action.decided_revision or draft.revision
    shown = [one for one in await rows.list_revisions(tx, draft.id) if one.number <= decided]
    by_model = next((one for one in reversed(shown) if one.author == "model"), None)
    if by_model is None or shown[-1].number != decided:
        return None
    if draft.status == "sent_by_hand":
        return await _by_hand(tx, action, by_model, shown[-1])
    last = shown[-1]
    others = [one for one in shown if one.number > by_model.number and one.author_id != member_id]
    if others:
        return None
    return by_model.text, _own(last), last.subject


def _own(revision: DraftRevision) -> str:
    """Without what Gmail put under it: quotes, and a signature below its two dashes."""
    if revision.author != "gmail":
        return revision.text
    return _SIGNATURE.split(own_text(revision.text), maxsplit=1)[0].rstrip()


async def _by_hand(
    tx: ReadTx, action: Action, by_model: DraftRevision, last: DraftRevision
) -> tuple[str, str, str] | None:
    """Sent from Gmail: what left is the conversation's newest mail of ours. It is kept without its
    signature, so the copilot's text is compared without one too. Where it isn't read yet, nothing
    is known."""
    sent = await messages.newest_word(tx, action.conversation_id or UUID(int=0))
    if sent is None or sent.direction != "outbound" or not sent.text:
        return None
    if sent.received_at < last.created_at:
        return None
    return visible_reply(by_model.text), sent.text, last.subject


async def _names(tx: ReadTx, action: Action, draft: Draft, member: Member) -> tuple[Names, str]:
    """Whom and what the mail may name, and the account's name."""
    message = await messages.get_message(tx, draft.message_id) if draft.message_id else None
    contact = await customers.get_contact(tx, draft.contact_id or _writer(message))
    account = await customers.get_account(tx, action.account_id)
    tenant = await tenants.get_tenant(tx)
    sender = str(message.sender.get("name") or "") if message else ""
    people = (sender, contact.name if contact else "")
    companies = (account.name if account else "", tenant.name if tenant else "")
    names = Names(
        people=tuple(one for one in people if one),
        companies=tuple(one for one in companies if one),
        author=member.name,
    )
    return names, account.name if account else ""


def _writer(message: Message | None) -> UUID | None:
    return message.contact_id if message else None
