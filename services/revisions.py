"""Revisions: what would leave, word for word, and the verdict on it.

A revision is written once. Recipients come from code: the customer who wrote, at the address the
mail came from. Every edit, in Slack or in Gmail, is a new revision with a new hash and verdict.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db import compose as compose_rows
from db import customers, messages
from db import drafts as rows
from db.models.actions import Action
from db.models.conversations import Message
from db.models.drafts import Draft, DraftRevision
from db.session import ReadTx, Tx
from services.barred import why_barred
from services.content import classify_content, to_keep
from services.draft_findings import check_stored, findings_to_json
from services.gates import moved_on
from services.guardrails import verdict
from services.mail.compose import compose, content_hash, reply_subject
from services.mail.language import detect
from services.metrics import VERDICTS
from services.mood import unhappy
from services.ports import Clock, Ids
from services.recipients import Reply, titles_reached
from services.seniority import seniority_of
from services.types.actions import ActionContext, ActionType, ContentClass, GuardrailResult
from services.types.autonomy import ASKED_FOR, Authority
from services.types.mail import Address, SenderProof
from services.types.qualification import Stage
from services.types.style import Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Everything of a revision but its words."""

    sender: Address
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str | None = None
    in_reply_to: str | None = None
    refs: tuple[str, ...] = ()
    thread_head_id: UUID | None = None
    attachments: tuple[str, ...] = ()


def addresses(emails: Sequence[str]) -> tuple[Address, ...]:
    return tuple(Address(email=email) for email in emails)


def envelope_of(revision: DraftRevision) -> Envelope:
    return Envelope(
        sender=Address(email=revision.sender, name=revision.sender_name),
        to=tuple(revision.to),
        cc=tuple(revision.cc),
        bcc=tuple(revision.bcc),
        reply_to=revision.reply_to,
        in_reply_to=revision.in_reply_to,
        refs=tuple(revision.refs),
        thread_head_id=revision.thread_head_id,
        attachments=tuple(revision.attachments),
    )


def reply_envelope(message: Message, reply: Reply, head: UUID | None) -> Envelope:
    """An answer in the mail's own thread."""
    return Envelope(
        sender=reply.sender,
        to=reply.to,
        cc=reply.cc,
        in_reply_to=message.rfc_message_id,
        refs=(*message.refs, message.rfc_message_id),
        thread_head_id=head,
    )


def raw_of(draft: Draft, revision: DraftRevision, date: datetime) -> bytes:
    """The bytes that leave for a revision. One edited in Gmail leaves as Gmail had it."""
    if revision.raw is not None:
        return revision.raw
    return compose(
        sender=Address(email=revision.sender, name=revision.sender_name),
        to=addresses(revision.to),
        cc=addresses(revision.cc),
        bcc=addresses(revision.bcc),
        reply_to=Address(email=revision.reply_to) if revision.reply_to else None,
        subject=revision.subject,
        text=revision.text,
        in_reply_to=revision.in_reply_to,
        references=revision.refs,
        draft_token=str(draft.id),
        date=date,
    )


RevisionWritten = Callable[[Tx, Action, Draft, DraftRevision], Awaitable[None]]
"""Told in the same transaction that another text waits."""


async def told_nobody(_tx: Tx, _action: Action, _draft: Draft, _revision: DraftRevision) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Revisions:
    """Writes revisions inside the caller's transaction."""

    clock: Clock
    ids: Ids
    written: RevisionWritten = told_nobody

    async def write(
        self,
        tx: Tx,
        draft: Draft,
        action: Action,
        *,
        envelope: Envelope,
        subject: str,
        text: str,
        author: str,
        author_id: UUID | None = None,
        model: str | None = None,
        instruction: str | None = None,
        raw: bytes | None = None,
        style: Style | None = None,
        tell: bool = True,
    ) -> DraftRevision:
        """The next revision of the draft, its verdict on the action, and the draft made ready.
        Without `tell` the caller says it by `written`, if anybody is to know."""
        number = draft.revision + 1
        found = await check_stored(
            tx,
            draft,
            action,
            recipients=(*envelope.to, *envelope.cc),
            attachments=len(envelope.attachments),
            subject=subject,
            text=text,
            now=self.clock.now(),
            by_model=author == "model",
        )
        revision = DraftRevision(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            draft_id=draft.id,
            number=number,
            author=author,
            author_id=author_id,
            model=model,
            instruction=instruction,
            sender=envelope.sender.email,
            sender_name=envelope.sender.name,
            to=list(envelope.to),
            cc=list(envelope.cc),
            bcc=list(envelope.bcc),
            reply_to=envelope.reply_to,
            subject=subject,
            text=text,
            in_reply_to=envelope.in_reply_to,
            refs=list(envelope.refs),
            thread_head_id=envelope.thread_head_id,
            attachments=list(envelope.attachments),
            raw=raw,
            persona_id=style.persona_id if style else None,
            persona_version=style.version if style else None,
            findings=findings_to_json(found),
            content=to_keep(text),
            content_hash=content_hash(
                sender=envelope.sender,
                to=addresses(envelope.to),
                cc=addresses(envelope.cc),
                bcc=addresses(envelope.bcc),
                reply_to=Address(email=envelope.reply_to) if envelope.reply_to else None,
                subject=subject,
                text=text,
                attachments=envelope.attachments,
                thread_id=draft.gmail_thread_id if envelope.in_reply_to else None,
                in_reply_to=envelope.in_reply_to,
                thread_head=str(envelope.thread_head_id),
            ),
        )
        await rows.add_revision(tx, revision)
        draft.revision = number
        draft.status = "ready"
        judged = await judge(tx, action, draft, text, doubtful=bool(found))
        action.type = judged.action_type
        action.verdict = judged.verdict.value
        action.reasons = list(judged.reasons)
        await tx.session.flush()
        tx.committed.append(VERDICTS.labels(judged.verdict.value).inc)
        await moved_on(tx, action.id, "The text was changed after the approval.")
        if tell:
            await self.written(tx, action, draft, revision)
        return revision


async def judge(
    tx: ReadTx,
    action: Action,
    draft: Draft,
    text: str,
    *,
    authority: Authority = ASKED_FOR,
    outside_hours: bool = False,
    doubtful: bool = False,
) -> GuardrailResult:
    """What policy says of sending this text now, from the facts as they stand in the database.
    `doubtful`: the draft's check found something in it. `outside_hours` is asked only of what would
    leave by itself (services/working_hours.py): a person may send at night."""
    context = await context_of(
        tx,
        action,
        draft,
        doubtful=doubtful,
        outside_hours=outside_hours,
    )
    return judge_text(context, text, purpose=draft.purpose, authority=authority)


async def context_of(
    tx: ReadTx,
    action: Action,
    draft: Draft,
    *,
    doubtful: bool = False,
    outside_hours: bool = False,
) -> ActionContext:
    """Everything around the draft that policy looks at, as it stands in the database."""
    deal = await customers.get_deal(tx, action.deal_id)
    message = await messages.get_message(tx, draft.message_id) if draft.message_id else None
    to = draft.contact_id or (message.contact_id if message else None)
    contact = await customers.get_contact(tx, to)
    account = await customers.get_account(tx, contact.account_id) if contact else None
    asked_for = draft.purpose is not None
    return policy_context(
        stage=deal.stage if deal else None,
        amount=deal.amount if deal else None,
        currency=deal.currency if deal else None,
        recipient_title=await titles_reached(tx, draft, message, contact),
        sender_proof=message.proof if message else None,
        suspicious=bool(
            draft.source.get("suspicious")
            # A model reads the thread: an order in an earlier mail still stands there.
            or await messages.holds_orders(tx, draft.conversation_id)
        ),
        first_contact=asked_for
        and contact is not None
        and await compose_rows.is_first_contact(tx, contact.id),
        recipient_barred=asked_for
        and why_barred(contact, account_excluded=bool(account and account.excluded)) is not None,
        doubtful=doubtful,
        negative_sentiment=await unhappy(tx, action, draft),
        outside_hours=outside_hours,
    )


def policy_context(
    *,
    stage: str | None,
    amount: Decimal | None,
    currency: str | None,
    recipient_title: str | None,
    sender_proof: str | None,
    suspicious: bool,
    doubtful: bool = False,
    first_contact: bool = False,
    recipient_barred: bool = False,
    negative_sentiment: bool = False,
    outside_hours: bool = False,
) -> ActionContext:
    """The facts as the database holds them, in policy's words."""
    return ActionContext(
        stage=Stage(stage) if stage else None,
        amount=amount,
        currency=currency,
        recipient_seniority=seniority_of(recipient_title),
        sender_proof=SenderProof(sender_proof) if sender_proof else None,
        suspicious=suspicious,
        doubtful=doubtful,
        first_contact=first_contact,
        recipient_barred=recipient_barred,
        negative_sentiment=negative_sentiment,
        outside_hours=outside_hours,
    )


def judge_text(
    context: ActionContext,
    text: str,
    *,
    purpose: str | None = None,
    authority: Authority = ASKED_FOR,
) -> GuardrailResult:
    """What policy says of sending this text now. Pure."""
    content = classify_content(text, detect(text))
    return judge_content(context, content, purpose=purpose, authority=authority)


def judge_content(
    context: ActionContext,
    content: ContentClass,
    *,
    purpose: str | None = None,
    authority: Authority = ASKED_FOR,
) -> GuardrailResult:
    """The same where it is known what the text amounts to. Pure."""
    return verdict(
        action_type=declared_type(purpose), context=context, authority=authority, content=content
    )


def declared_type(purpose: str | None) -> ActionType:
    """A draft with a purpose is a mail of our own, any other answers one."""
    if purpose is None:
        return ActionType.SEND_ROUTINE_RESPONSE
    return ActionType.SEND_FOLLOW_UP_EMAIL


def thread_of(draft: Draft, revision: DraftRevision) -> str | None:
    """The Gmail thread it is to stand in: only what continues a thread has one to name. A draft
    that begins a thread gets its own from Gmail."""
    return draft.gmail_thread_id if revision.in_reply_to else None


def subject_for(message: Message) -> str:
    return reply_subject(message.subject)
