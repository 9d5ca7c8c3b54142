"""Effects: what leaves, exactly once as far as Gmail allows, and never without authority.

queued → (look, then claim) → sending → done. The commit that sets `sending` is the point of no
return; it happens under the kill switch's lock and repeats every condition of the approval. What is
found in `sending` later is settled by looking: a sent message with our header was sent; a draft
that still lies in Gmail is taken away first, so that no request still under way can send it, and
only then given back; else a person is asked. Nothing is resent blindly.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from db import actions as rows
from db import drafts as draft_rows
from db import jobs, mailboxes
from db.session import Database
from db.tenants import is_paused
from services.audit import AuditService
from services.autonomy.judging import WorkingTime
from services.cards import touch
from services.draft_following import DraftFollower
from services.drafts import DraftService
from services.effect_claims import objection
from services.effect_steps import TAKEN, EffectSteps, EffectWork
from services.errors import Conflict, Forbidden, NotFound, ServiceError, TransientError
from services.feedback_prompts import ask_about
from services.gates import moved_on
from services.habits.wanting import want_noting
from services.mail.compose import same_content
from services.outcomes.opening import OutcomeOpener
from services.ports import Clock, Ids, MailDraft, MailGateway, Mails
from services.revisions import raw_of, thread_of
from services.signals.acting import mail_left
from services.threads import sent_from, taken_back, unknown_since, was_sent
from services.weighing import want_weighing

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
MAX_LOOKS = 6


@dataclass(frozen=True, slots=True)
class EffectService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    mails: Mails
    drafts: DraftService
    follower: DraftFollower
    outcomes: OutcomeOpener
    hours: WorkingTime

    @property
    def steps(self) -> EffectSteps:
        return EffectSteps(clock=self.clock, ids=self.ids, audit=self.audit)

    async def run(self, tenant_id: UUID, effect_id: UUID) -> None:
        """Carry an effect forward from wherever it stands. Safe to repeat at any time."""
        work = await self._lease(tenant_id, effect_id)
        if work is None:
            return
        try:
            if work.effect.status == "sending":
                await self._settle_by_looking(tenant_id, work)
            else:
                await self._send(tenant_id, work)
        finally:
            await self._release(tenant_id, work)

    # ── before the point of no return ───────────────────────────────────────────────────────────
    async def _send(self, tenant_id: UUID, work: EffectWork) -> None:
        try:
            gateway = await self.mails.of(tenant_id, work.mailbox_id)
            looked = await self._look(tenant_id, work, gateway)
        except (Forbidden, NotFound) as error:
            # Nothing has left: the mailbox must be connected anew before it can.
            async with self.db.transaction(tenant_id) as tx:
                await self.steps.back_to_pending(tx, work, str(error))
            return
        if looked is not None and await self._claim(tenant_id, work):
            await self._past_the_point(tenant_id, work, gateway, *looked)

    async def _look(
        self, tenant_id: UUID, work: EffectWork, gateway: MailGateway
    ) -> tuple[MailDraft, bytes] | None:
        """The draft as it lies in Gmail and the approved bytes, or None when it must not leave."""
        if work.draft.revision != work.revision.number:
            async with self.db.transaction(tenant_id) as tx:
                await self.steps.back_to_pending(tx, work, "The draft changed after the approval.")
            return None
        found = await self._draft_in_gmail(tenant_id, work, gateway)
        if found is None:
            sent = await self.follower.answered(tenant_id, gateway, work.draft)
            async with self.db.transaction(tenant_id) as tx:
                await self.follower.settle_gone(tx, work.draft.id, sent=sent)
            return None
        raw = raw_of(work.draft, work.revision, self.clock.now())
        if not same_content(found.raw, raw):
            # Somebody is editing it in Gmail: their words, their decision.
            async with self.db.transaction(tenant_id) as tx:
                await self.follower.adopt_edit(tx, work.draft.id, found)
            return None
        return None if await self._overtaken(tenant_id, work, gateway) else (found, raw)

    async def _past_the_point(
        self,
        tenant_id: UUID,
        work: EffectWork,
        gateway: MailGateway,
        found: MailDraft,
        raw: bytes,
    ) -> None:
        if self.clock.now() >= work.until:
            # We slept past our lease: another worker may have given the claim back by now.
            raise TransientError("the claim took too long", retry_after=timedelta(0))
        try:
            message_id = await gateway.send_draft(
                found.draft_id, raw, thread_of(work.draft, work.revision)
            )
        except TransientError as error:
            if error.ambiguous:
                raise TransientError(
                    "it is not known yet whether the mail left", retry_after=timedelta(seconds=2)
                ) from error
            async with self.db.transaction(tenant_id) as tx:
                await self.steps.requeue(tx, work)
            raise
        except Forbidden as error:
            # Refused before anything was accepted: the claim is given back and the card says why.
            async with self.db.transaction(tenant_id) as tx:
                await self.steps.requeue(tx, work)
                await self.steps.back_to_pending(tx, work, str(error))
            return
        except NotFound:
            # The draft went away between the look and the send: a person, or another worker.
            await self._settle_by_looking(tenant_id, work)
            return
        await self._finish(tenant_id, work, gateway, message_id, raw)

    async def _draft_in_gmail(
        self, tenant_id: UUID, work: EffectWork, gateway: MailGateway
    ) -> MailDraft | None:
        """The draft as Gmail holds it. One that was never stored is stored first."""
        draft_id = work.draft.gmail_draft_id
        if draft_id is None or work.draft.gmail_revision != work.revision.number:
            await self.drafts.push(tenant_id, work.draft.id, leaving=True)
            raise TransientError("the draft is being stored in Gmail", retry_after=timedelta(0))
        return await gateway.draft(draft_id)

    async def _overtaken(self, tenant_id: UUID, work: EffectWork, gateway: MailGateway) -> bool:
        """Did the thread go on? A hand-written answer settles the action; for a customer's new mail
        it asks again, and is voided once that has been read, which takes along what was asked."""
        newer = await unknown_since(gateway, work.draft, work.known)
        if newer is None:
            return False
        async with self.db.transaction(tenant_id) as tx:
            if "SENT" in newer.labels:
                await self.follower.settle_gone(tx, work.draft.id, sent=True)
                await jobs.enqueue(
                    tx,
                    "draft.withdraw",
                    {
                        "draft_id": work.draft.id,
                        "mailbox_id": work.mailbox_id,
                        "gmail_draft_id": work.draft.gmail_draft_id,
                    },
                )
            else:
                # What it means is seen when it is read: that voids this, or lets it be asked again.
                await self.steps.back_to_pending(tx, work, "A newer mail came; read it first.")
            await jobs.enqueue(tx, "mailbox.sync", {"mailbox_id": work.mailbox_id})
        return True

    async def _claim(self, tenant_id: UUID, work: EffectWork) -> bool:
        """The point of no return: every condition once more, in one transaction, under the kill
        switch's lock."""
        async with self.db.transaction(tenant_id) as tx:
            stopped = await rows.kill_switch_engaged(tx, lock=True)
            action = await rows.lock_action(tx, work.action.id)
            draft = await draft_rows.lock_draft(tx, work.draft.id)
            effect = await rows.lock_effect(tx, work.effect.id)
            if effect is None or action is None or draft is None:
                return False
            if (effect.status, effect.lease_token) != ("queued", work.token):
                return False
            if await is_paused(tx):
                return False
            now = self.clock.now()
            why = await objection(
                tx,
                effect,
                action,
                draft,
                work.revision,
                stopped=stopped,
                now=now,
                hours=self.hours,
            )
            if why is not None:
                await self.steps.back_to_pending(tx, work, why)
                return False
            effect.status = "sending"
            effect.claimed_at, effect.lease_until = now, now + LEASE
            work.until = now + LEASE
            draft.status = "sending"
            await tx.session.flush()
            await self.audit.append(
                tx,
                "effect.claimed",
                subject_id=action.id,
                facts={"effect": str(effect.id), "hash": work.revision.content_hash},
            )
            return True

    # ── after it ────────────────────────────────────────────────────────────────────────────────
    async def _finish(
        self,
        tenant_id: UUID,
        work: EffectWork,
        gateway: MailGateway,
        gmail_message_id: str,
        raw: bytes | None,
    ) -> None:
        """Read back what left, record it, open the predictions."""
        incident = None
        try:
            stored = await gateway.fetch(gmail_message_id)
            approved = raw or raw_of(work.draft, work.revision, self.clock.now())
            if not same_content(stored.raw, approved):
                incident = "What left differs from what was approved."
        except ServiceError:
            # It has left; that it can't be read back changes nothing about that.
            log.info("the sent mail could not be read back", effect_id=str(work.effect.id))
        async with self.db.transaction(tenant_id) as tx:
            action = await rows.lock_action(tx, work.action.id)
            draft = await draft_rows.lock_draft(tx, work.draft.id)
            effect = await rows.lock_effect(tx, work.effect.id)
            if effect is None or action is None or draft is None or effect.status == "done":
                return
            # Whatever was decided meanwhile (undone, switched off): it has left, and that is said.
            now = self.clock.now()
            effect.status, effect.settled_at = "done", now
            effect.result = {"gmail_message_id": gmail_message_id, "incident": incident}
            action.status, draft.status = "done", "sent"
            await tx.session.flush()
            await self.outcomes.mail_left(tx, action, work.revision, effect.claimed_at or now)
            if work.revision.author == "model":
                await ask_about(tx, action, clock=self.clock, ids=self.ids, audit=self.audit)
            await self.audit.append(
                tx,
                "effect.incident" if incident else "effect.done",
                subject_id=action.id,
                facts={"gmail_message_id": gmail_message_id, "incident": incident},
            )
            if incident:
                await want_weighing(tx, action.type)
            await jobs.enqueue(tx, "mailbox.sync", {"mailbox_id": work.mailbox_id})
            await want_noting(tx, action.id)
            await mail_left(
                tx,
                action.id,
                action.decided_by,
                clock=self.clock,
                ids=self.ids,
                audit=self.audit,
            )
            await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)

    async def _settle_by_looking(self, tenant_id: UUID, work: EffectWork) -> None:
        """A claim whose answer is not known: look at the draft, then at the thread. Not being able
        to look tells nothing about whether it left."""
        try:
            gateway = await self.mails.of(tenant_id, work.mailbox_id)
            settled = await self._settled(tenant_id, work, gateway)
        except (Forbidden, NotFound) as error:
            log.warning("a claim can't be looked at", reason=str(error))
            settled = False
        if not settled:
            await self._count_look(tenant_id, work)

    async def _settled(self, tenant_id: UUID, work: EffectWork, gateway: MailGateway) -> bool:
        if await self._unsent(tenant_id, work, gateway):
            async with self.db.transaction(tenant_id) as tx:
                await self.steps.give_up_draft(tx, work)
            return True
        sent = await sent_from(
            gateway,
            work.draft,
            raw_of(work.draft, work.revision, self.clock.now()),
            known=work.known,
            # It began a thread, and which one it got we may never have heard.
            alone_since=None if work.revision.in_reply_to else work.effect.claimed_at,
        )
        if sent is not None:
            await self._finish(tenant_id, work, gateway, sent, None)
        return sent is not None

    async def _unsent(self, tenant_id: UUID, work: EffectWork, gateway: MailGateway) -> bool:
        """Whether nothing has left and nothing can. That the draft still lies there says too
        little: whoever claimed it may only stand still, and send it when they wake. So it is taken
        from under them, which is written down first: a draft that is gone then was taken by us."""
        draft_id = work.draft.gmail_draft_id
        if draft_id is None:
            return False
        found = await gateway.draft(draft_id)
        if found is None:
            ours = work.effect.result.get(TAKEN) == draft_id
            return ours and not await was_sent(gateway, work.draft)
        async with self.db.transaction(tenant_id) as tx:
            await self.steps.note_taken(tx, work)
            if not same_content(found.raw, raw_of(work.draft, work.revision, self.clock.now())):
                # Somebody has written into it meanwhile. Their words are kept and asked about.
                await self.steps.requeue(tx, work)
                await self.follower.adopt_edit(tx, work.draft.id, found)
        return await taken_back(gateway, work.draft)

    async def _count_look(self, tenant_id: UUID, work: EffectWork) -> None:
        """One more look that told nothing; after the last one a person is asked."""
        async with self.db.transaction(tenant_id) as tx:
            action = await rows.lock_action(tx, work.action.id)
            effect = await rows.lock_effect(tx, work.effect.id)
            if effect is None or (effect.status, effect.lease_token) != ("sending", work.token):
                # Somebody else has taken it up since.
                return
            effect.looks += 1
            looks = effect.looks
            if looks >= MAX_LOOKS:
                effect.status, effect.settled_at = "unknown", self.clock.now()
                if action is not None:
                    action.status = "failed"
                await tx.session.flush()
                await self.audit.append(tx, "effect.unknown", subject_id=work.action.id)
                await moved_on(tx, work.action.id, "I can't tell whether it left.")
                await touch(tx, "mail", work.action.id, clock=self.clock, ids=self.ids)
                return
        raise TransientError(
            "it is not known yet whether the mail left",
            retry_after=timedelta(seconds=min(2**looks, 60)),
        )

    async def _lease(self, tenant_id: UUID, effect_id: UUID) -> EffectWork | None:
        now, token = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            effect = await rows.lock_effect(tx, effect_id)
            if effect is None or effect.status not in rows.OPEN_EFFECTS:
                return None
            if effect.status == "queued" and await is_paused(tx):
                # Wanted again when the workspace is connected again.
                return None
            if effect.lease_until is not None and effect.lease_until > now:
                raise TransientError(
                    "this mail is being sent", retry_after=effect.lease_until - now
                )
            if effect.status == "queued" and effect.due_at > now:
                raise TransientError("it is not due yet", retry_after=effect.due_at - now)
            action = await rows.get_action(tx, effect.action_id)
            draft = await draft_rows.get_draft(tx, effect.draft_id or UUID(int=0))
            if action is None or draft is None or draft.mailbox_id is None:
                raise Conflict("what was to be sent is gone")
            revision = await draft_rows.get_revision(tx, draft.id, effect.revision)
            if revision is None:
                raise Conflict("what was to be sent is gone")
            effect.lease_token, effect.lease_until = token, now + LEASE
            await tx.session.flush()
            known = await mailboxes.known_gmail_ids(tx, draft.conversation_id, draft.mailbox_id)
            return EffectWork(
                effect=effect,
                action=action,
                draft=draft,
                revision=revision,
                mailbox_id=draft.mailbox_id,
                known=frozenset(known),
                token=token,
                until=now + LEASE,
            )

    async def _release(self, tenant_id: UUID, work: EffectWork) -> None:
        async with self.db.transaction(tenant_id) as tx:
            effect = await rows.lock_effect(tx, work.effect.id)
            if effect is not None and effect.lease_token == work.token:
                effect.lease_token = effect.lease_until = None
                await tx.session.flush()
