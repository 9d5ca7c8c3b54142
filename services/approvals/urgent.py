"""The urgent channel: a critical request is told to a second person at once, and by SMS.

`alarm` runs in the transaction that submits the request or moves it on after a breach. The texts
leave by a job, each at most once: claimed before, settled after, and one that may have left is
never sent again. A text names the account, what is asked, who decides and until when; it carries
no link and no token, because a phone's lock screen shows it to anybody.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from db import approval_mails as rows
from db import approval_requests as request_rows
from db import approval_texts as text_rows
from db import cards, customers, jobs, letters, members
from db.models.approvals import ApprovalMail, ApprovalRequest
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.approval_routing import holds, manages
from services.approvals.people import load_people
from services.approvals.rule_sets import current_rules
from services.approvals.sentences import at_words, names_words
from services.approvals.wording import title
from services.audit import AuditService
from services.letters.leaving import died_on_the_way, hand_over
from services.mail.characters import clean_text, one_line
from services.ports import Clock, Ids, TextMessages
from services.types.approvals import MANAGER, Approver, RequestStatus

log = structlog.get_logger()

JOB = "approval.sms"
CARD = "approval"
PHONE = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)
MOST = 160
# Later than this it is no alarm any more.
LATE = timedelta(hours=1)
NO_GATEWAY = "No SMS gateway is set up."
NO_PHONE = "No phone number in international form is known."
TOO_LATE = "The gateway could not be reached in time."
UNSURE = "The connection broke while the text was leaving, so it may or may not have arrived."


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentService:
    """`alarm` is the package's Alarm, `send` its job."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    texts: TextMessages | None = None

    async def alarm(self, tx: Tx, request: ApprovalRequest, member_ids: Sequence[UUID]) -> None:
        """Tell the second person and the phones. The caller shows the request's cards afterwards,
        which is when the second person's appears."""
        urgent = (await current_rules(tx)).urgent
        asked = list(dict.fromkeys(member_ids))
        second = None
        if urgent.second_person is not None:
            people = await load_people(tx)
            second = second_person(urgent.second_person, request.requester_id, asked, people)
        if second is not None:
            await cards.add_cards(
                tx,
                ids=[self.ids.new()],
                kind=CARD,
                subject_id=request.id,
                recipient_ids=[second],
                now=self.clock.now(),
            )
        told = [*asked, *([second] if second is not None else [])]
        await self.audit.append(
            tx,
            "approval.alarmed",
            subject_id=request.id,
            facts={"second": str(second) if second else None, "sms": urgent.sms},
        )
        for member_id in told if urgent.sms else ():
            await self._want(tx, request, member_id)

    async def _want(self, tx: Tx, request: ApprovalRequest, member_id: UUID) -> None:
        mail = ApprovalMail(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            request_id=request.id,
            member_id=member_id,
            kind=text_rows.KIND,
            # Once a level: at the submission, and again with whoever has it after a breach.
            number=request.level,
            status="queued",
            # A text has no token; the column wants something that nothing hashes to.
            token_hash=secrets.token_bytes(32),
            payload_hash=request.payload_hash,
            rule_version=request.rule_version,
            expires_at=request.due_at,
            suggestion={},
        )
        if await rows.add_mail(tx, mail):
            await jobs.enqueue(tx, JOB, {"mail_id": mail.id})

    async def send(self, tenant_id: UUID, mail_id: UUID) -> None:
        """Send the text, once."""
        async with self.db.read(tenant_id) as reading:
            mail = await letters.get_letter(reading, ApprovalMail, mail_id)
            if mail is None or mail.kind != text_rows.KIND:
                return
            member = await members.get_member(reading, mail.member_id)
            request = await request_rows.get_request(reading, mail.request_id)
            words = await self._words(reading, request, member) if request and member else ""
        if mail.status == "sending":
            await died_on_the_way(partial(self._settle, tenant_id, mail), UNSURE)
        if mail.status != "queued":
            return
        end = self._end(mail, request, member)
        if end is not None:
            await self._settle(tenant_id, mail, "queued", *end)
        elif await self._settle(tenant_id, mail, "queued", "sending"):
            await self._hand_over(tenant_id, mail, (member.phone or "") if member else "", words)

    def _end(
        self, mail: ApprovalMail, request: ApprovalRequest | None, member: Member | None
    ) -> tuple[str, str] | None:
        """What becomes of a text that isn't sent, and why; None: it is to leave."""
        pending = request is not None and request.status == RequestStatus.PENDING
        if not pending or member is None or not member.active:
            return "none", "It was decided or handed on before the text left."
        if self.texts is None:
            return "failed", NO_GATEWAY
        if not PHONE.match(member.phone or ""):
            return "failed", NO_PHONE
        if self.clock.now() - mail.created_at > LATE:
            return "failed", TOO_LATE
        return None

    async def _hand_over(self, tenant_id: UUID, mail: ApprovalMail, phone: str, words: str) -> None:
        if self.texts is None:
            raise RuntimeError("no gateway: `_end` was not asked first")
        texts = self.texts
        await hand_over(
            lambda: texts.send(to=phone, text=words),
            partial(self._settle, tenant_id, mail),
            UNSURE,
        )

    async def _settle(
        self, tenant_id: UUID, mail: ApprovalMail, expect: str, status: str, note: str | None = None
    ) -> bool:
        sent_at = self.clock.now() if status == "sent" else None
        async with self.db.transaction(tenant_id) as tx:
            moved = await letters.settle_letter(
                tx, ApprovalMail, mail.id, expect=expect, status=status, note=note, sent_at=sent_at
            )
            if moved and status in {"sent", "failed", "unknown"}:
                await self.audit.append(
                    tx,
                    f"approval.text_{status}",
                    subject_id=mail.request_id,
                    facts={"to": str(mail.member_id), "note": note},
                )
                # The cards say whom no text has reached; those who have one are told.
                await self._show(tx, mail.request_id)
        if moved and status in {"failed", "unknown"}:
            log.warning("an urgent text", mail_id=str(mail.id), status=status, note=note)
        return moved

    async def _show(self, tx: Tx, request_id: UUID) -> None:
        bumped = await cards.bump_cards(tx, kind=CARD, subject_id=request_id)
        for card in bumped:
            await jobs.enqueue(tx, "card.deliver", {"card_id": card.id})

    async def _words(self, tx: ReadTx, request: ApprovalRequest, member: Member) -> str:
        account = await customers.get_account(tx, request.account_id)
        what = title(
            request.type,
            account=None,
            percentage=request.percentage,
            amount=request.amount,
            currency=request.currency,
        )
        seats = await request_rows.list_seats(tx, request.id)
        voices = [seat.delegate_id or seat.holder_id for seat in seats]
        names = [one.name for v in voices if v and (one := await members.get_member(tx, v))]
        return text_of(
            account=account.name if account else "",
            what=what,
            whom="you" if member.id in voices else names_words(names),
            due=request.due_at,
            now=self.clock.now(),
            timezone=member.timezone,
        )


def second_person(
    who: str, requester_id: UUID, asked: Sequence[UUID], people: Sequence[Approver]
) -> UUID | None:
    """Somebody else with this title, by name; nobody when those who have it are asked already."""
    for one in sorted(people, key=lambda person: (person.name, str(person.id))):
        boss = manages(one.id, requester_id, people)
        fits = boss if who == MANAGER else holds(one, who)
        if one.active and fits and one.id != requester_id and one.id not in asked:
            return one.id
    return None


def text_of(
    *, account: str, what: str, whom: str, due: datetime, now: datetime, timezone: str
) -> str:
    """`Acme Robotics: 22 % discount waits for you until 14:30 CET. Open Slack.` It fits one SMS."""
    rest = f"{what} waits for {whom} until {at_words(due, now, timezone)}. Open Slack."
    name = one_line(clean_text(account)).strip()
    room = MOST - len(rest) - 2
    text = f"{name[:room].rstrip()}: {rest}" if name and room > 0 else rest
    return one_line(clean_text(text))[:MOST]


async def text_notes(tx: ReadTx, request_id: UUID) -> tuple[str, ...]:
    """For the card: whom no text has reached."""
    return tuple(
        f"The urgent text to {name} did not get through: {why}"
        for name, why in await text_rows.list_failed_texts(tx, request_id)
    )
