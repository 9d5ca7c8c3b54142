"""After the first reading of a mailbox: one message that says what was read, what waits and what
stands out. Everything in it is a stored fact or comes from rules, with the words it rests on.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from db import commands, first_readings, jobs, mailboxes, members, timers
from db.first_readings import ReadMail
from db.models.mailboxes import FirstReading
from db.session import Database, ReadTx, Tx
from services.audit import AuditService
from services.cards import touch
from services.errors import Forbidden, InvalidInput, NotFound
from services.intake import BEFORE_CONNECT
from services.mail.characters import clean_text
from services.noticing import Noticed, Waiting, notice
from services.ports import Clock, Ids
from services.reader import reader_of
from services.summaries.service import TIMER as SUMMARIES
from services.types.first_reading import IntroView, NoticeView, WaitingView
from services.types.people import Actor

INTRO = "intro"
"""The kind of the card; its subject is the reading."""
LOOKED_AT = 600
WAITING_KEPT = 5
WAITING_SHOWN = 3
LONGEST_ANSWER = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReadingService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def tell(self, tenant_id: UUID, reading_id: UUID) -> None:
        """The job: count, look for what stands out, and show it once, to the one who connected."""
        async with self.db.read(tenant_id) as tx:
            reading = await first_readings.get_reading(tx, reading_id)
            if reading is None or reading.status != "read":
                return
            numbers = await first_readings.count_mails(tx, reading.mailbox_id)
            mails = await first_readings.list_customer_mails(
                tx, reading.mailbox_id, since=reading.since, limit=LOOKED_AT
            )
        # The rules take their time over so many mails; clicks are answered meanwhile.
        found = await asyncio.to_thread(notice, mails, self.clock.now())
        async with self.db.transaction(tenant_id) as tx:
            reading = await first_readings.lock_reading(tx, reading_id)
            if reading is None or reading.status != "read":
                return
            reading.status, reading.numbers = "told", numbers
            reading.waiting = [_stored_waiting(one) for one in found.waiting[:WAITING_KEPT]]
            reading.numbers = numbers | {"waiting": len(found.waiting)}
            reading.noticed = [_stored_notice(one) for one in found.noticed]
            await tx.session.flush()
            # What was read is summarised now, not with tomorrow's daily look.
            here = {mail.account_id: self.clock.now() for mail in mails}
            await timers.set_timers(tx, SUMMARIES, here)
            if reading.member_id is not None:
                await touch(
                    tx,
                    INTRO,
                    reading.id,
                    [reading.member_id],
                    clock=self.clock,
                    ids=self.ids,
                )
                await touch(tx, "home", reading.member_id, clock=self.clock, ids=self.ids)

    async def answer(
        self, actor: Actor, reading_id: UUID, *, right: bool, text: str, command_id: str
    ) -> None:
        """ "Is this right?" The last word stands; the audit keeps the others."""
        words = clean_text(text).strip()[:LONGEST_ANSWER]
        if not right and not words:
            raise InvalidInput("Say in a few words what isn't right.", field="text")
        async with self.db.transaction(actor.tenant_id) as tx:
            reading = await self._mine(tx, actor, reading_id)
            if await self._repeated(tx, command_id, "intro.answer"):
                return
            reading.answer, reading.answer_text = ("yes" if right else "no"), words or None
            reading.answered_at = self.clock.now()
            await tx.session.flush()
            await self.audit.append(
                tx,
                "intro.answered",
                actor=actor,
                subject_id=reading.id,
                facts={"right": right, "text": words or None},
            )
            await touch(tx, INTRO, reading.id, clock=self.clock, ids=self.ids)

    async def answer_of(self, actor: Actor, reading_id: UUID) -> str | None:
        """What the actor said is wrong, if they did."""
        async with self.db.read(actor.tenant_id) as tx:
            reading = await first_readings.get_reading(tx, reading_id)
        if reading is None or reading.member_id != actor.member_id:
            raise NotFound("This is no longer there.")
        return reading.answer_text

    async def draft_waiting(self, actor: Actor, reading_id: UUID, *, command_id: str) -> None:
        """Draft answers to the mails that wait, as far as they still do."""
        async with self.db.transaction(actor.tenant_id) as tx:
            reading = await self._mine(tx, actor, reading_id)
            if await self._repeated(tx, command_id, "intro.draft"):
                return
            shown = reading.waiting[:WAITING_SHOWN]
            wanted = [UUID(row["message_id"]) for row in shown if row["asks"]]
            heads = await first_readings.list_heads(tx, wanted)
            still = [m for m in wanted if m in heads and heads[m][1]]
            taken = await first_readings.ask_for_answers(tx, still, reason=BEFORE_CONNECT)
            for message_id in taken:
                await jobs.enqueue(tx, "message.process", {"message_id": message_id})
            reading.drafts_asked_at = self.clock.now()
            await tx.session.flush()
            await self.audit.append(
                tx,
                "intro.drafts_asked",
                actor=actor,
                subject_id=reading.id,
                facts={"messages": [str(message_id) for message_id in taken]},
            )
            await touch(tx, INTRO, reading.id, clock=self.clock, ids=self.ids)

    @staticmethod
    async def _mine(tx: Tx, actor: Actor, reading_id: UUID) -> FirstReading:
        reading = await first_readings.lock_reading(tx, reading_id)
        if reading is None or reading.status != "told":
            raise NotFound("This is no longer there.")
        if reading.member_id != actor.member_id:
            raise Forbidden("This is somebody else's mailbox.")
        return reading

    async def _repeated(self, tx: Tx, command_id: str, verb: str) -> bool:
        done = await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )
        return done is not None


async def intro_view(
    tx: ReadTx, reading_id: UUID, member_id: UUID, clock: Clock
) -> IntroView | None:
    """As it stands now: what was answered meanwhile doesn't wait any more."""
    reading = await first_readings.get_reading(tx, reading_id)
    member = await members.get_member(tx, member_id)
    if reading is None or member is None or reading.member_id != member_id:
        return None
    mailbox = await mailboxes.get_mailbox(tx, reading.mailbox_id)
    shown = reading.waiting[:WAITING_SHOWN]
    heads = await first_readings.list_heads(tx, [UUID(row["message_id"]) for row in shown])
    waiting = tuple(_waiting_view(row, heads) for row in shown)
    numbers = reading.numbers
    return IntroView(
        reader=reader_of(member, clock),
        reading_id=reading.id,
        address=mailbox.address if mailbox else "",
        since=reading.since,
        mails=int(numbers.get("mails", 0)),
        accounts=int(numbers.get("accounts", 0)),
        people=int(numbers.get("people", 0)),
        of_no_account=int(numbers.get("of_no_account", 0)),
        waiting=waiting,
        waiting_total=int(numbers.get("waiting", 0)),
        noticed=tuple(_notice_view(row) for row in reading.noticed),
        answer=reading.answer,  # type: ignore[arg-type]  # the column's check knows the words
        answer_text=reading.answer_text,
        can_draft=sum(one.asks and one.state == "waiting" for one in waiting),
    )


def _stored_waiting(one: Waiting) -> dict[str, Any]:
    mail, message = one.mail, one.mail.message
    return {
        "asks": one.asks,
        "message_id": str(message.id),
        "who": _who(mail),
        "account": mail.account,
        "subject": message.subject,
        "at": message.received_at.isoformat(),
    }


def _stored_notice(one: Noticed) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "message_id": str(one.mail.message.id),
        "who": _who(one.mail),
        "account": one.mail.account,
        "at": one.mail.message.received_at.isoformat(),
        "quote": one.quote,
        "due": one.due.isoformat() if one.due else None,
    }


def _waiting_view(row: dict[str, Any], heads: dict[UUID, tuple[Any, bool]]) -> WaitingView:
    found = heads.get(UUID(row["message_id"]))
    head = found is not None and found[1]
    quiet = head and found is not None and found[0].attention == "quiet"
    return WaitingView(
        who=str(row["who"]),
        account=str(row["account"]),
        subject=str(row["subject"]) if found and found[0].text is not None else "",
        since=datetime.fromisoformat(row["at"]),
        state="waiting" if quiet else "asked" if head else "answered",
        asks=bool(row["asks"]),
    )


def _notice_view(row: dict[str, Any]) -> NoticeView:
    due = row.get("due")
    return NoticeView(
        kind=row["kind"],
        who=str(row["who"]),
        account=str(row["account"]),
        at=datetime.fromisoformat(row["at"]),
        quote=str(row["quote"]),
        due=datetime.combine(datetime.fromisoformat(due), time(12), UTC) if due else None,
    )


def _who(mail: ReadMail) -> str:
    sender = mail.message.sender
    if mail.message.direction == "outbound":
        return str(next(iter(mail.message.recipients.get("to", ())), ""))
    return mail.contact or str(sender.get("name") or sender.get("email") or "")
