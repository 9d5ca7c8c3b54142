"""Drafts: written by the model, kept in the rep's Gmail Drafts, and followed there.

Work on one draft is serialised by a lease on its row. Gmail's draft id is stable and the header
X-Understudy-Draft names the draft, so an answer that was lost is adopted and never repeated.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from db import actions as action_rows
from db import customers, jobs, mailboxes, members, messages, tenants
from db import drafts as rows
from db.models.actions import Action
from db.models.drafts import Draft, DraftRevision
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.analysis import asks_from
from services.autonomy.deciding import DecidingService, is_own
from services.cards import touch
from services.composing import commission_of, request_for
from services.draft_following import DraftFollower
from services.draft_lease import leased
from services.errors import Forbidden, LimitReached, NotFound, TransientError
from services.habits.rules import obeyed, rules_for
from services.insiders import is_stranger, seen_by
from services.mail.characters import clean_text
from services.mail.compose import same_content
from services.mail.language import detect
from services.mail_readers import readers_of
from services.model_calls import ModelCallService
from services.outcomes.probability import as_probability
from services.personas.styling import is_withdrawn, style_for
from services.ports import Clock, Ids, LanguageModel, MailDraft, MailGateway, Mails
from services.reach import SHADOW_ON, in_shadow
from services.recipients import reply_of
from services.revisions import (
    Envelope,
    Revisions,
    raw_of,
    reply_envelope,
    subject_for,
    thread_of,
)
from services.types.mail import Address
from services.types.model import DraftRequest, DraftText, Purpose

log = structlog.get_logger()

HISTORY = 6
WRITTEN_FOR = ("pending", "held")
"""Actions whose text is wanted: by a person, or to be written down."""
# How long the second copy of a mail may take to reach the other mailbox.
COPY_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brief:
    """What a draft is written from, and where its answer will come from."""

    action: Action
    draft: Draft
    previous: DraftRevision | None
    request: DraftRequest
    sender: Address


@dataclass(frozen=True, slots=True)
class DraftService:
    db: Database
    clock: Clock
    ids: Ids
    revisions: Revisions
    follower: DraftFollower
    mails: Mails
    model: LanguageModel
    offline: LanguageModel
    calls: ModelCallService
    deciding: DecidingService

    async def compose(
        self,
        tenant_id: UUID,
        action_id: UUID,
        *,
        base_revision: int,
        instruction: str | None = None,
        fresh: bool = False,
    ) -> None:
        """Write the next revision, unless the draft has moved on from `base_revision`. When the
        model can't answer, the offline rules write it and the card says so."""
        async with self.db.read(tenant_id) as tx:
            brief = await self._brief(tx, action_id, instruction, fresh=fresh)
        if brief is None or brief.draft.revision != base_revision:
            return
        answer, model = await self._written(tenant_id, brief)
        async with self.db.transaction(tenant_id) as tx:
            if await is_withdrawn(tx, brief.request.style):
                # Deleted while this was written: once more, without it.
                again = {"base_revision": base_revision, "instruction": instruction, "fresh": fresh}
                await jobs.enqueue(tx, "draft.compose", {"action_id": action_id, **again})
                return
            await self._store_answer(tx, brief, answer, model, instruction)

    async def _written(self, tenant_id: UUID, brief: _Brief) -> tuple[DraftText, str]:
        """The model's text, or the offline rules' when it can't answer; and who wrote it."""
        try:
            answer = await self.calls.run(
                tenant_id,
                Purpose.DRAFT,
                lambda: self.model.draft(brief.request),
                model=self.model,
                conversation_id=brief.draft.conversation_id,
                text=brief.request.text,
            )
        except (TransientError, LimitReached) as error:
            log.warning("the model could not write a draft", reason=str(error))
            answer, _ = await self.offline.draft(brief.request)
            return answer, self.offline.name
        return answer, self.model.name

    async def _store_answer(
        self, tx: Tx, brief: _Brief, answer: DraftText, model: str, instruction: str | None
    ) -> None:
        """The text as the next revision, unless the draft has moved on while it was written."""
        action = await action_rows.lock_action(tx, brief.action.id)
        draft = await rows.lock_draft(tx, brief.draft.id)
        if action is None or draft is None or action.status not in WRITTEN_FOR:
            return
        if draft.revision != brief.draft.revision or draft.status != "preparing":
            return
        if (action.owner_id, draft.mailbox_id) != (brief.action.owner_id, brief.draft.mailbox_id):
            # Taken over meanwhile: the new responder's own job writes it in their name.
            return
        written = await self._addressed(tx, brief, draft, answer)
        if written is None:
            return
        envelope, subject = written
        text = clean_text(answer.body).strip()
        text = await obeyed(tx, action, brief.request, text, clock=self.clock, ids=self.ids)
        found, note = as_probability(answer.confidence)
        action.confidence = found or Decimal(0)
        action.confidence_reason = f"{answer.reason} {note}".strip()
        if draft.mailbox_id is not None:
            draft.gmail_thread_id = await mailboxes.thread_in_mailbox(
                tx, draft.conversation_id, draft.mailbox_id
            )
        own, action.status = await is_own(tx, action, draft), "pending"
        revision = await self.revisions.write(
            tx,
            draft,
            action,
            envelope=envelope,
            subject=brief.previous.subject if brief.previous else subject,
            text=text,
            author="model",
            model=model,
            instruction=instruction,
            style=brief.request.style,
            tell=False,
        )
        ruled = await self.deciding.rule(tx, action, draft, revision, own=own)
        if not ruled.hidden:
            await jobs.enqueue(tx, "draft.push", {"draft_id": draft.id})
            if action.status == "pending":
                await self.revisions.written(tx, action, draft, revision)
        if action.status != "held":
            readers = await readers_of(tx, action, draft)
            await touch(tx, "mail", action.id, readers, clock=self.clock, ids=self.ids)

    @staticmethod
    async def _addressed(
        tx: Tx, brief: _Brief, draft: Draft, answer: DraftText
    ) -> tuple[Envelope, str] | None:
        """Whom it goes to and under which subject; None when what it is about is gone."""
        if draft.purpose is not None:
            commission = await commission_of(tx, draft)
            if commission is None:
                return None
            return commission.envelope(brief.sender), commission.subject(answer.subject, draft)
        message = await messages.get_message(tx, draft.message_id or UUID(int=0))
        if message is None:
            return None
        head = await messages.newest_word(tx, draft.conversation_id)
        mailbox = await mailboxes.get_mailbox(tx, draft.mailbox_id) if draft.mailbox_id else None
        reply = await reply_of(tx, message, brief.sender, mailbox)
        envelope = reply_envelope(message, reply, head.id if head else None)
        return envelope, subject_for(message)

    async def push(self, tenant_id: UUID, draft_id: UUID, *, leaving: bool = False) -> None:
        """Bring Gmail Drafts to the current revision. In shadow mode nothing appears in anybody's
        mailbox; the sweep pushes it once that has ended. `leaving`: somebody waits to send it, and
        is told so."""
        async with self.db.read(tenant_id) as tx:
            shadow = in_shadow(await tenants.get_tenant(tx))
        if shadow and leaving:
            raise Forbidden(SHADOW_ON)
        if not shadow:
            await self._push(tenant_id, draft_id)

    async def _push(self, tenant_id: UUID, draft_id: UUID) -> None:
        async with leased(self.db, self.clock, self.ids, tenant_id, draft_id) as (draft, token):
            if draft is None or draft.status != "ready" or draft.mailbox_id is None:
                return
            if draft.gmail_revision == draft.revision:
                return
            async with self.db.read(tenant_id) as tx:
                revision = await rows.get_revision(tx, draft.id, draft.revision)
            if revision is None:
                return
            if draft.gmail_thread_id is None:
                await self._find_thread(tenant_id, draft)
            gateway = await self.mails.of(tenant_id, draft.mailbox_id)
            raw = raw_of(draft, revision, self.clock.now())
            stored = await self._store(gateway, draft, raw, thread_of(draft, revision))
            if stored is None:
                # Gone from Gmail while we were about to change it: find out what a person did.
                await self.follower.follow(tenant_id, draft, token, None)
                return
            async with self.db.transaction(tenant_id) as tx:
                current = await rows.lock_draft(tx, draft.id)
                if current is None or current.lease_token != token:
                    return
                current.gmail_draft_id = stored.draft_id
                current.gmail_message_id = stored.message_id
                current.gmail_thread_id = stored.thread_id
                current.gmail_revision = revision.number
                action = await action_rows.get_action_of_draft(tx, draft.id)
                if current.revision != revision.number:
                    await jobs.enqueue(tx, "draft.push", {"draft_id": draft.id})
                if action is not None:
                    await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)

    async def _find_thread(self, tenant_id: UUID, draft: Draft) -> None:
        """The thread in the responder's own mailbox. When the mail names them, their copy is on its
        way: a draft stored now would stand outside the thread, so the job waits for it a little."""
        if draft.mailbox_id is None or draft.message_id is None:
            return
        async with self.db.transaction(tenant_id) as tx:
            draft.gmail_thread_id = await mailboxes.thread_in_mailbox(
                tx, draft.conversation_id, draft.mailbox_id
            )
            message = await messages.get_message(tx, draft.message_id)
            mailbox = await mailboxes.get_mailbox(tx, draft.mailbox_id)
            named = {
                str(a).lower()
                for field in ("to", "cc")
                for a in (message.recipients.get(field, ()) if message else ())
            }
            young = message is not None and self.clock.now() - message.created_at < COPY_WAIT
            ours = {mailbox.address, *mailbox.aliases} if mailbox else set()
            waits = young and not named.isdisjoint(ours)
            if draft.gmail_thread_id is None and waits:
                await jobs.enqueue(tx, "mailbox.sync", {"mailbox_id": draft.mailbox_id})
        if draft.gmail_thread_id is None and waits:
            raise TransientError("the mail's copy is on its way", retry_after=timedelta(seconds=1))

    async def _store(
        self, gateway: MailGateway, draft: Draft, raw: bytes, thread: str | None
    ) -> MailDraft | None:
        """Create or update; None when the draft we knew is gone."""
        if draft.gmail_draft_id is None:
            found = await gateway.find_draft(str(draft.id), thread)
            if found is None:
                return await gateway.create_draft(raw, thread)
            return await gateway.update_draft(found.draft_id, raw, thread)
        try:
            return await gateway.update_draft(draft.gmail_draft_id, raw, thread)
        except NotFound:
            return None

    async def withdraw(
        self,
        tenant_id: UUID,
        *,
        draft_id: UUID,
        mailbox_id: UUID | None,
        gmail_draft_id: str | None,
    ) -> None:
        """Take a rejected, voided or handed-over draft out of Gmail Drafts. Only while it is still
        ours: a text that a person has changed there stays theirs."""
        async with self.db.read(tenant_id) as tx:
            draft = await rows.get_draft(tx, draft_id)
            revision = (
                await rows.get_revision(tx, draft_id, draft.gmail_revision or 0) if draft else None
            )
        mailbox = mailbox_id or (draft.mailbox_id if draft else None)
        known = gmail_draft_id or (draft.gmail_draft_id if draft else None)
        if draft is None or mailbox is None:
            return
        if gmail_draft_id is None and draft.status not in {"rejected", "voided"}:
            return
        gateway = await self.mails.of(tenant_id, mailbox)
        found = (
            await gateway.draft(known)
            if known
            else await gateway.find_draft(str(draft_id), draft.gmail_thread_id)
        )
        if found is None:
            return
        ours = revision is None or same_content(
            found.raw, raw_of(draft, revision, self.clock.now())
        )
        if ours:
            await gateway.delete_draft(found.draft_id)

    # ── shared ──────────────────────────────────────────────────────────────────────────────────
    async def _brief(
        self, tx: ReadTx, action_id: UUID, instruction: str | None, *, fresh: bool
    ) -> _Brief | None:
        action = await action_rows.get_action(tx, action_id)
        if action is None or action.draft_id is None or action.status not in WRITTEN_FOR:
            return None
        draft = await rows.get_draft(tx, action.draft_id)
        owner = await members.get_member(tx, action.owner_id) if action.owner_id else None
        if draft is None or owner is None:
            return None
        if draft.purpose is not None:
            return await self._commissioned(tx, action, draft, owner, instruction, fresh=fresh)
        if draft.message_id is None:
            return None
        message = await messages.get_message(tx, draft.message_id)
        if message is None or message.text is None:
            return None
        history = await messages.list_history(
            tx, draft.conversation_id, before=message.received_at, limit=HISTORY
        )
        account = await customers.get_account(tx, action.account_id)
        deal = await customers.get_deal(tx, action.deal_id)
        if await is_stranger(tx, message, action.account_id):
            history, account, deal = seen_by(str(message.sender["email"]), history), None, None
        previous = await rows.get_revision(tx, draft.id, draft.revision)
        mailbox = await mailboxes.get_mailbox(tx, draft.mailbox_id) if draft.mailbox_id else None
        tenant = await tenants.get_tenant(tx)
        return _Brief(
            action=action,
            draft=draft,
            previous=previous,
            sender=Address(email=mailbox.address if mailbox else owner.email, name=owner.name),
            request=DraftRequest(
                text=message.text,
                subject=message.subject,
                sender_name=str(message.sender.get("name") or message.sender.get("email") or ""),
                author_name=owner.name,
                company=tenant.name if tenant else "",
                account_name=account.name if account else None,
                deal_name=deal.name if deal else None,
                stage=deal.stage if deal else None,
                language=message.language if message.language != "und" else detect(message.text),
                today=self.clock.now().astimezone(ZoneInfo(owner.timezone)).date(),
                asks=asks_from(message.analysis),
                history=tuple(m.text for m in history if m.text),
                previous=previous.text if previous and not fresh else None,
                instruction=instruction,
                style=await style_for(tx, owner.id),
                habits=await rules_for(tx, owner.id),
            ),
        )

    async def _commissioned(
        self,
        tx: ReadTx,
        action: Action,
        draft: Draft,
        owner: Member,
        instruction: str | None,
        *,
        fresh: bool,
    ) -> _Brief | None:
        """What a mail that somebody asked for is written from."""
        request = await request_for(tx, action, draft, owner, self.clock.now())
        if request is None:
            return None
        previous = await rows.get_revision(tx, draft.id, draft.revision)
        mailbox = await mailboxes.get_mailbox(tx, draft.mailbox_id) if draft.mailbox_id else None
        return _Brief(
            action=action,
            draft=draft,
            previous=previous,
            sender=Address(email=mailbox.address if mailbox else owner.email, name=owner.name),
            request=replace(
                request,
                previous=previous.text if previous and not fresh else None,
                instruction=instruction,
                style=await style_for(tx, owner.id),
                habits=await rules_for(tx, owner.id),
            ),
        )
