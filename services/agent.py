"""Questions in the direct message: taken once, answered under a lease, stopped on demand.

The event only stores the question; a job answers it. Whoever holds the lease writes what stands in
Slack so far, so that a process that dies leaves a trace: the next one shows the same answer in the
same messages, and never a second one beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import agent as rows
from db import jobs, members
from db.feedback import drop_feedback, set_feedback
from db.models.agent import AgentAnswer
from db.session import Database, Tx
from db.visibility import may_see
from services.actors import require_member
from services.agent_looking import Looking, remembered, spelled
from services.agent_saying import Saying
from services.audit import AuditService
from services.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    LimitReached,
    NotFound,
    TransientError,
)
from services.ports import ChatRef, Clock, Ids
from services.suspicion import assess
from services.suspicion_audit import note_suspicion
from services.types.agent import AnswerWork, Said
from services.types.people import Actor
from services.visibility import only_of

JOB = "agent.answer"
LONGEST_QUESTION = 2_000
MOST_AN_HOUR = 30
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=30)
ATTEMPTS = 3
TOO_LONG = (
    "That is longer than I can take in one question. Nothing is lost: shorten it to "
    f"{LONGEST_QUESTION:,} characters, or ask in parts."
)
TOO_MANY = (
    f"You have asked me {MOST_AN_HOUR} questions within an hour, and that is as many as I answer. "
    "Ask again in a little while; `/understudy brief ACCOUNT` works meanwhile."
)
INTERRUPTED = (
    "I was interrupted several times while I answered this, so I stopped trying. Nothing was "
    "changed. Please ask again."
)


@dataclass(frozen=True, slots=True)
class AgentService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    looking: Looking

    # ── What people do ──────────────────────────────────────────────────────────────────────────
    async def ask(
        self,
        actor: Actor,
        *,
        channel: str,
        ts: str,
        thread_ts: str | None,
        text: str,
        seen: Sequence[ChatRef] = (),
    ) -> None:
        """Take a question, once for each message it stands in."""
        question = text.strip()
        if not question:
            raise InvalidInput("What would you like to know? For example: what changed at Acme?")
        if len(question) > LONGEST_QUESTION:
            raise InvalidInput(TOO_LONG)
        now, suspicion = self.clock.now(), assess(question)
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if await rows.count_asked(tx, member.id, now - HOUR) >= MOST_AN_HOUR:
                raise LimitReached(TOO_MANY)
            answer_id = await rows.add_answer(
                tx,
                id=self.ids.new(),
                created_at=now,
                member_id=member.id,
                channel=channel,
                thread_ts=thread_ts or ts,
                question_ts=ts,
                question=question.replace("\0", ""),
                # Who writes under a card speaks of it.
                seen=[
                    *spelled([ChatRef(channel=channel, ts=thread_ts)] if thread_ts else []),
                    *(spelled(seen) or remembered(member, now)),
                ],
                choices=[],
                status="asked",
                pages=[],
                text="",
                whole=False,
                sources=[],
                attempts=0,
            )
            if answer_id is not None:
                await jobs.enqueue(tx, JOB, {"answer_id": answer_id})
                await note_suspicion(
                    tx,
                    self.audit,
                    suspicion,
                    came_by="question",
                    subject_id=answer_id,
                    actor=actor,
                )

    async def look(self, actor: Actor, seen: Sequence[ChatRef]) -> None:
        """Remember what the member is looking at: a question may mean it."""
        await self.looking.keep(actor, seen)

    async def stop(self, actor: Actor, *, channel: str, thread_ts: str | None) -> bool:
        """The member pressed Slack's stop button. False when nothing was being answered there."""
        async with self.db.transaction(actor.tenant_id) as tx:
            stopped = await rows.stop_answers(
                tx,
                member_id=actor.member_id,
                channel=channel,
                thread_ts=thread_ts,
                at=self.clock.now(),
            )
        return bool(stopped)

    async def choose(self, actor: Actor, answer_id: UUID, account_id: UUID) -> None:
        """The member says which account was meant; the question is asked again with it."""
        async with self.db.transaction(actor.tenant_id) as tx:
            answer = await self._own(tx, actor, answer_id)
            if answer.status != "choosing" or str(account_id) not in answer.choices:
                raise Conflict("This question has been answered already. Ask again, if you like.")
            member = await members.get_member(tx, actor.member_id)
            only = only_of(member) if member else actor.member_id
            if not await may_see(tx, account_id, only):
                raise Forbidden("This account isn't among yours any more.")
            answer.account_id, answer.status, answer.attempts = account_id, "asked", 0
            answer.whole, answer.text, answer.choices = False, "", []
            await tx.session.flush()
            await jobs.enqueue(tx, JOB, {"answer_id": answer_id})

    async def rate(self, actor: Actor, answer_id: UUID, *, up: bool) -> None:
        """The asker's word on an answer; the last one stands."""
        async with self.db.transaction(actor.tenant_id) as tx:
            await self._own(tx, actor, answer_id)
            await self._keep_word(tx, actor, answer_id, rating=1 if up else -1, source="button")

    async def react(self, actor: Actor, *, channel: str, ts: str, rating: int, added: bool) -> bool:
        """A reaction on a message: the same as a button below it. False when no answer of the
        actor's stands there."""
        async with self.db.transaction(actor.tenant_id) as tx:
            answer = await rows.find_answer_at(tx, channel, ts)
            if answer is None or answer.member_id != actor.member_id:
                return False
            word = rating if added else None
            await self._keep_word(tx, actor, answer.id, rating=word, source="reaction", was=rating)
            return True

    async def _keep_word(
        self,
        tx: Tx,
        actor: Actor,
        answer_id: UUID,
        *,
        rating: int | None,
        source: str,
        was: int = 0,
    ) -> None:
        if rating is None:
            dropped = await drop_feedback(
                tx, member_id=actor.member_id, target="message", target_id=answer_id, rating=was
            )
            if not dropped:
                return
        else:
            await set_feedback(
                tx,
                feedback_id=self.ids.new(),
                member_id=actor.member_id,
                target="message",
                target_id=answer_id,
                rating=rating,
                reason=None,
                source=source,
                at=self.clock.now(),
            )
        await self.audit.append(
            tx,
            "feedback.given",
            actor=actor,
            subject_id=answer_id,
            facts={"rating": rating, "source": source, "about": "answer"},
        )

    @staticmethod
    async def _own(tx: Tx, actor: Actor, answer_id: UUID) -> AgentAnswer:
        answer = await rows.lock_answer(tx, answer_id)
        if answer is None or answer.member_id != actor.member_id:
            raise NotFound("This is no longer there.")
        return answer

    async def prompts(self, actor: Actor) -> tuple[tuple[str, str], ...]:
        """What the member may want to ask: title and question, about their latest account."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await members.get_member(tx, actor.member_id)
            if member is None:
                return ()
            found = await rows.list_recent_accounts(tx, only_of(member), 1)
        general = (("What waits for me?", "What waits for me?"),)
        if not found:
            return (*general, ("What can you do?", "help"))
        name = found[0].name[:60]
        return (
            *general,
            (f"What changed at {name}?", f"What changed at {name} this month?"),
            (f"Who decides at {name}?", f"Who is the decision maker at {name}?"),
            ("What must I decide?", "approvals"),
        )

    # ── The job ─────────────────────────────────────────────────────────────────────────────────
    async def claim(self, tenant_id: UUID, answer_id: UUID) -> AnswerWork | None:
        """Take the question up; None when it needs no answer any more."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            answer = await rows.lock_answer(tx, answer_id)
            if answer is None or answer.status not in rows.OPEN:
                return None
            if answer.lease_until is not None and answer.lease_until > now:
                wait = answer.lease_until - now
                raise TransientError("somebody is answering it", retry_after=wait)
            answer.lease_token, answer.lease_until = self.ids.new(), now + LEASE
            answer.status = "answering"
            answer.attempts += 1
            if answer.attempts > ATTEMPTS and not answer.whole:
                said = f"{answer.text}\n\n" if answer.text else ""
                answer.text, answer.whole = f"{said}_{INTERRUPTED}_", True
            await tx.session.flush()
            others = await rows.list_thread(tx, answer)
            return _work(answer, frozenset(ts for one in others for ts in one.pages))

    async def prepare(self, work: AnswerWork) -> Said | Saying:
        """What there is to say: an answer as it stands, or one that a model has to say."""
        return await self.looking.prepare(work)

    async def pulse(self, work: AnswerWork) -> bool:
        """Keep the lease; True when the member wants it to stop. Conflict: somebody else has it."""
        return await self._write(work, lease_until=self.clock.now() + LEASE)

    async def keep_pages(self, work: AnswerWork, pages: Sequence[str], text: str) -> None:
        """Where the answer stands so far, written as soon as a message is there."""
        await self._write(work, pages=list(pages), text=text)

    async def keep_whole(self, work: AnswerWork, saying: Saying) -> None:
        """All has been said: from here on it only needs to be shown."""
        await self._write(
            work,
            text=saying.text,
            whole=True,
            account_id=saying.account_id,
            model=saying.by,
            note=saying.note or None,
            sources=[one.as_json() for one in saying.sources],
        )

    async def settle(
        self, work: AnswerWork, status: str, pages: Sequence[str], *, said: Said | None = None
    ) -> None:
        """It stands in Slack; or it waits for the member's choice."""
        choices = [str(one.account_id) for one in said.choices] if said else []
        values: dict[str, object] = {"text": said.text, "model": None} if said else {}
        await self._write(
            work,
            **values,
            status="choosing" if choices else status,
            choices=choices,
            pages=list(pages),
            settled_at=self.clock.now(),
            lease_token=None,
            lease_until=None,
        )

    async def fail(self, work: AnswerWork, why: str) -> None:
        """It can't be shown: nobody is there, or Slack refuses us."""
        await self._write(
            work,
            status="failed",
            note=why,
            settled_at=self.clock.now(),
            lease_token=None,
            lease_until=None,
        )

    async def release(self, work: AnswerWork) -> None:
        """Give it back undone; the job comes again."""
        await self._write(work, lease_token=None, lease_until=None)

    async def _write(self, work: AnswerWork, **values: object) -> bool:
        async with self.db.transaction(work.tenant_id) as tx:
            ours, stop = await rows.set_answer(tx, work.answer_id, work.lease_token, values)
        if not ours:
            raise Conflict("Somebody else is answering this.")
        return stop


def _work(answer: AgentAnswer, taken: frozenset[str]) -> AnswerWork:
    if answer.lease_token is None:
        raise RuntimeError("claimed without a lease")
    return AnswerWork(
        tenant_id=answer.tenant_id,
        answer_id=answer.id,
        lease_token=answer.lease_token,
        member_id=answer.member_id,
        channel=answer.channel,
        thread_ts=answer.thread_ts,
        question_ts=answer.question_ts,
        question=answer.question,
        account_id=answer.account_id,
        seen=tuple((c, t) for c, _, t in (one.partition("/") for one in answer.seen)),
        pages=tuple(answer.pages),
        text=answer.text,
        whole=answer.whole,
        sources=tuple(answer.sources),
        note=answer.note,
        model=answer.model,
        attempts=answer.attempts,
        stop_asked=answer.stop_asked_at is not None,
        taken=taken,
    )
