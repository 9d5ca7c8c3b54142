"""What a mail that answers nothing is written from, and how it stands when it leaves.

Recipients come from code: the confirmed contact it was asked for, and nobody else. What a Slack
message says is context; it decides no address and no verdict.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from db import compose as rows
from db import conversations, customers, messages, overviews, tenants
from db.models.actions import Action
from db.models.conversations import Message
from db.models.customers import Account, Contact, Deal
from db.models.drafts import Draft
from db.models.tenants import Member
from db.session import ReadTx
from services.mail.compose import reply_subject
from services.mail.language import detect
from services.mail.subject import short_subject
from services.merge import from_json
from services.offline.new_mails import write_new
from services.revisions import Envelope
from services.types.mail import Address
from services.types.model import DraftRequest

HISTORY = 6
LONGEST_FACT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """A mail somebody asked for: whom it goes to, and the last word of the thread it continues."""

    contact: Contact
    head: Message | None
    thread_subject: str

    def envelope(self, sender: Address) -> Envelope:
        """To the contact alone; a new thread names none."""
        if self.head is None:
            return Envelope(sender=sender, to=(self.contact.email,))
        return Envelope(
            sender=sender,
            to=(self.contact.email,),
            in_reply_to=self.head.rfc_message_id,
            refs=(*self.head.refs, self.head.rfc_message_id),
            thread_head_id=self.head.id,
        )

    def subject(self, written: str, draft: Draft) -> str:
        """What continues a thread keeps its subject; what begins one gets a short one, and where
        none was written, one that says what the mail is for."""
        if self.head is not None:
            return reply_subject(self.thread_subject)
        template = write_new(draft.purpose or "", draft.instruction, account="", language="en")
        return short_subject(written) or template.subject


async def commission_of(tx: ReadTx, draft: Draft) -> Commission | None:
    """None when the contact is no longer there."""
    contact = await customers.get_contact(tx, draft.contact_id)
    conversation = await conversations.get_conversation(tx, draft.conversation_id)
    if contact is None or conversation is None:
        return None
    return Commission(
        contact=contact,
        head=await messages.newest_word(tx, draft.conversation_id),
        thread_subject=conversation.subject,
    )


async def request_for(
    tx: ReadTx, action: Action, draft: Draft, owner: Member, now: datetime
) -> DraftRequest | None:
    """Everything the mail may be written from; `previous` and `instruction` are the caller's."""
    commission = await commission_of(tx, draft)
    if commission is None:
        return None
    contact = commission.contact
    account = await customers.get_account(tx, action.account_id)
    deal = await customers.get_deal(tx, action.deal_id)
    tenant = await tenants.get_tenant(tx)
    heard = await rows.last_from(tx, contact)
    today = now.astimezone(ZoneInfo(owner.timezone)).date()
    source = str(draft.source.get("text", ""))
    return DraftRequest(
        text=source,
        subject=commission.thread_subject if commission.head is not None else "",
        sender_name=contact.name or contact.email,
        author_name=owner.name,
        company=tenant.name if tenant else "",
        account_name=account.name if account else None,
        deal_name=deal.name if deal else None,
        stage=deal.stage if deal else None,
        language=_language(heard, source),
        today=today,
        history=await _history(tx, draft, commission, heard),
        purpose=draft.purpose,
        facts=await _facts(tx, account, deal, contact, heard),
        asked_for=draft.instruction,
    )


def _language(heard: Message | None, source: str) -> str:
    """The customer's own: how they wrote last, or how what was passed on is written."""
    if heard is not None and heard.language != "und":
        return heard.language
    return detect(source) if source else "en"


async def _history(
    tx: ReadTx, draft: Draft, commission: Commission, heard: Message | None
) -> tuple[str, ...]:
    """The thread it continues; for a new one, what the recipient wrote last."""
    if commission.head is None:
        return (heard.text,) if heard is not None and heard.text else ()
    told = await messages.list_messages(tx, draft.conversation_id)
    return tuple(message.text for message in told[-HISTORY:] if message.text)


async def _facts(
    tx: ReadTx,
    account: Account | None,
    deal: Deal | None,
    contact: Contact,
    heard: Message | None,
) -> tuple[str, ...]:
    """What is stored and may be said to a customer: no amounts, no health, nothing of ours."""
    facts = [f"Recipient: {contact.name or contact.email}"]
    facts += [f"Recipient's position: {contact.title}"] if contact.title else []
    if account is not None:
        facts.append(f"Their company: {account.name}")
        facts += [f"Industry: {account.industry}"] if account.industry else []
        facts += [f"Renewal date: {account.renewal_date}"] if account.renewal_date else []
    facts += [f"The matter is called: {deal.name}"] if deal else []
    if heard is not None:
        day = f"{heard.received_at:%Y-%m-%d}"
        facts.append(f"They last wrote on {day} about: {heard.subject}")
    if account is not None and deal is not None:
        for conversation in await overviews.list_account_conversations(tx, account.id):
            state = from_json(conversation.qualification)
            for criterion, found in state.criteria.items():
                if found.identified and found.evidence:
                    quote = found.evidence.split(" | ")[-1]
                    facts.append(f"They said about {criterion.value.replace('_', ' ')}: {quote}")
    return tuple(fact[:LONGEST_FACT] for fact in dict.fromkeys(facts))[:24]
