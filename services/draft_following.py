"""Following a draft through Gmail: what a person does with it there counts as much as in Slack.

An edit becomes the next revision and asks again; a draft sent by hand closes its action, and so
does one that was thrown away.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from db import actions as action_rows
from db import customers, jobs, messages
from db import drafts as rows
from db.models.drafts import Draft
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import touch
from services.draft_lease import leased
from services.gates import moved_on
from services.habits.wanting import want_noting
from services.mail.characters import clean_text
from services.mail.compose import same_content, visible_parts
from services.mail.parse import parse
from services.ports import Clock, Ids, MailDraft, MailGateway, Mails
from services.revisions import Revisions, envelope_of, raw_of
from services.signals.acting import mail_left
from services.threads import sent_by_hand

EVER = datetime.min.replace(tzinfo=UTC)
# A larger mail is not kept: it can only be sent where it lies.
MAX_RAW = 10_000_000


@dataclass(frozen=True, slots=True)
class DraftFollower:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    revisions: Revisions
    mails: Mails

    async def check(self, tenant_id: UUID, draft_id: UUID) -> None:
        """Has a person edited, sent or discarded the draft in Gmail?"""
        async with self.db.transaction(tenant_id) as tx:
            held = await rows.get_draft(tx, draft_id)
            if held is not None and held.status == "held":
                # Nothing of ours stands there; whether somebody wrote by hand is in the thread.
                if await messages.answered_since(tx, held.conversation_id, held.message_id):
                    await self.settle_gone(tx, held.id, sent=True)
                return
        async with leased(self.db, self.clock, self.ids, tenant_id, draft_id) as (draft, token):
            if draft is None or draft.status != "ready" or draft.mailbox_id is None:
                return
            if draft.gmail_draft_id is None or draft.gmail_revision != draft.revision:
                return
            gateway = await self.mails.of(tenant_id, draft.mailbox_id)
            found = await gateway.draft(draft.gmail_draft_id)
            await self.follow(tenant_id, draft, token, found)
            if found is not None and await self.answered(tenant_id, gateway, draft):
                # Answered in the thread without the draft: what we wrote is of no more use.
                async with self.db.transaction(tenant_id) as tx:
                    await self.settle_gone(tx, draft.id, sent=True, token=token)
                    await jobs.enqueue(
                        tx,
                        "draft.withdraw",
                        {
                            "draft_id": draft.id,
                            "mailbox_id": draft.mailbox_id,
                            "gmail_draft_id": draft.gmail_draft_id,
                        },
                    )

    async def follow(
        self, tenant_id: UUID, draft: Draft, token: UUID, found: MailDraft | None
    ) -> None:
        """Take over what a person did with the draft in Gmail."""
        if found is None:
            await self._gone(tenant_id, draft, token)
            return
        async with self.db.read(tenant_id) as tx:
            revision = await rows.get_revision(tx, draft.id, draft.revision)
        if revision is None or found.message_id == draft.gmail_message_id:
            return
        if same_content(found.raw, raw_of(draft, revision, self.clock.now())):
            return
        async with self.db.transaction(tenant_id) as tx:
            await self.adopt_edit(tx, draft.id, found, token=token)

    async def adopt_edit(
        self, tx: Tx, draft_id: UUID, found: MailDraft, *, token: UUID | None = None
    ) -> bool:
        """Make a draft that was changed in Gmail the next revision, to be decided anew."""
        action = await action_rows.get_action_of_draft(tx, draft_id)
        action = await action_rows.lock_action(tx, action.id) if action else None
        draft = await rows.lock_draft(tx, draft_id)
        if action is None or draft is None or (token is not None and draft.lease_token != token):
            return False
        # Past the point of no return what leaves is the approved text, whatever stands in Gmail.
        if action.status not in {"pending", "approved"} or draft.status == "sending":
            return False
        current = await rows.get_revision(tx, draft.id, draft.revision)
        if current is None:
            return False
        mail = parse(found.raw)
        to, cc, bcc, subject, text = visible_parts(found.raw)
        envelope = replace(
            envelope_of(current),
            to=tuple(a.email for a in to),
            cc=tuple(a.email for a in cc),
            bcc=tuple(a.email for a in bcc),
            attachments=tuple(a.sha256 for a in mail.attachments),
        )
        await action_rows.cancel_queued(
            tx, action.id, at=self.clock.now(), why="changed in Gmail after the approval"
        )
        draft.gmail_message_id, draft.gmail_thread_id = found.message_id, found.thread_id
        written = await self.revisions.write(
            tx,
            draft,
            action,
            envelope=envelope,
            subject=subject,
            text=clean_text(text).strip(),
            author="gmail",
            author_id=action.owner_id,
            raw=found.raw if len(found.raw) <= MAX_RAW else None,
        )
        draft.gmail_revision = written.number
        action.status = "pending"
        action.decided_by = action.decided_at = action.decided_hash = None
        action.decided_revision = action.decided_surface = None
        await tx.session.flush()
        await self.audit.append(
            tx,
            "draft.edited_in_gmail",
            subject_id=action.id,
            facts={"revision": written.number, "hash": written.content_hash},
        )
        await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)
        return True

    async def _gone(self, tenant_id: UUID, draft: Draft, token: UUID) -> None:
        """The draft left Gmail's Drafts by a person's hand: sent, or thrown away."""
        gateway = await self.mails.of(tenant_id, draft.mailbox_id or UUID(int=0))
        sent = await self.answered(tenant_id, gateway, draft)
        async with self.db.transaction(tenant_id) as tx:
            await self.settle_gone(tx, draft.id, sent=sent, token=token)

    async def answered(self, tenant_id: UUID, gateway: MailGateway, draft: Draft) -> bool:
        """Whether a person has answered in the thread, with this draft or without it."""
        async with self.db.read(tenant_id) as tx:
            if draft.purpose is not None:
                contact = await customers.get_contact(tx, draft.contact_id)
                revision = await rows.get_revision(tx, draft.id, draft.revision)
                head_id = revision.thread_head_id if revision else None
                head = await messages.get_message(tx, head_id) if head_id else None
                # In a thread of its own whatever was sent is an answer to the wish for it.
                asked_at = head.received_at if head else EVER
                customer = contact.email if contact else ""
            else:
                message = (
                    await messages.get_message(tx, draft.message_id) if draft.message_id else None
                )
                asked_at = message.received_at if message else draft.created_at
                customer = str(message.sender.get("email") or "") if message else ""
        return await sent_by_hand(gateway, draft, asked_at, customer or None) is not None

    async def settle_gone(
        self, tx: Tx, draft_id: UUID, *, sent: bool, token: UUID | None = None
    ) -> None:
        """Close an action whose draft a person sent or discarded in Gmail."""
        action = await action_rows.get_action_of_draft(tx, draft_id)
        action = await action_rows.lock_action(tx, action.id) if action else None
        draft = await rows.lock_draft(tx, draft_id)
        if action is None or draft is None or (token is not None and draft.lease_token != token):
            return
        if action.status not in {"pending", "approved"} or draft.status == "sending":
            return
        now = self.clock.now()
        await action_rows.cancel_queued(tx, action.id, at=now, why="handled in Gmail")
        action.status = "handled"
        action.decided_surface, action.decided_at = "gmail", now
        action.decided_by = action.owner_id
        draft.status = "sent_by_hand" if sent else "discarded"
        await tx.session.flush()
        await moved_on(tx, action.id, "The mail was handled in Gmail.")
        await self.audit.append(
            tx, f"draft.{draft.status}", subject_id=action.id, facts={"revision": draft.revision}
        )
        if sent:
            await want_noting(tx, action.id, by_hand=True)
            await mail_left(
                tx,
                action.id,
                action.owner_id,
                clock=self.clock,
                ids=self.ids,
                audit=self.audit,
            )
        await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)
