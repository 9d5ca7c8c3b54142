"""Orders about approval requests by mail: what a reply to one of our mails decides.

Who wrote it is certain by then (services/letters/replies). It decides when it begins with words
that leave no doubt; else the person is asked back, and nothing is decided.
"""

from dataclasses import dataclass

from db import approval_mails as rows
from db import approval_requests, letters
from db.models.approvals import ApprovalMail, ApprovalRequest
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.approvals.mails import ApprovalMailService
from services.approvals.token_use import TokenUse, Wanted
from services.cards import touch
from services.errors import ServiceError, TransientError
from services.letters.order_words import AS_IT_IS, HEDGED, Order, Unclear, read_order
from services.letters.refusals import Refusals
from services.letters.replies import Reply, finish
from services.mail.characters import one_line
from services.mail.reply import own_text, visible_reply
from services.mail.tokens import without_tokens
from services.members import actor_of
from services.ports import Clock, Ids
from services.types.approval_mails import Heard, NoteKind
from services.types.approvals import Surface

CARD = "approval"
MOST_ASKED_BACK = 3
HEARD = 200
OVER = "This request has been settled, so your answer changed nothing."
CHANGED = "What was asked for has changed since that mail, so your answer changed nothing."
EXPIRED = "That mail has expired. If the request still waits for you, decide in Slack."
USED_UP = "That mail has decided already, and each one does so once."
ENOUGH = "I still can't tell what you want. Decide in Slack, or by the link in the first mail."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply(Reply[ApprovalMail]):
    """A reply, and the request it is about."""

    request: ApprovalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderService:
    """The desk of mails about approval requests."""

    db: Database
    clock: Clock
    ids: Ids
    notes: ApprovalMailService
    use: TokenUse
    refusals: Refusals

    # ── Whose mail it is ────────────────────────────────────────────────────────────────────────
    async def find(self, tx: ReadTx, token_hash: bytes) -> ApprovalMail | None:
        return await letters.find_by_hash(tx, ApprovalMail, token_hash)

    def decides(self, mail: ApprovalMail) -> bool:
        return mail.kind not in {NoteKind.OUTCOME.value, NoteKind.DIGEST.value}

    async def known(self, tx: ReadTx, member: Member) -> bool:  # noqa: ARG002 - the desk's shape
        """Slack vouched for the address when it was bound to a person there."""
        return member.slack_user_id is not None

    async def obey(self, reply: Reply[ApprovalMail]) -> None:
        async with self.db.read(reply.mail.tenant_id) as tx:
            request = await approval_requests.get_request(tx, reply.mail.request_id)
        if request is not None:
            await self._obey(
                _Reply(
                    event=reply.event,
                    parsed=reply.parsed,
                    mail=reply.mail,
                    member=reply.member,
                    request=request,
                )
            )

    # ── What it says ────────────────────────────────────────────────────────────────────────────
    async def _obey(self, reply: _Reply) -> None:
        over = await self._over(reply)
        if over is not None:
            await self._answer(reply, over, "refused")
            return
        own = own_text(reply.parsed.text)
        order = read_order(visible_reply(reply.parsed.text) if own.strip() else "")
        if isinstance(order, Unclear):
            await self._ask_back(reply, order, own)
            return
        await self._decide(reply, order)

    async def _over(self, reply: _Reply) -> str | None:
        """Why that mail decides nothing any more; None while it does. What this very reply decided
        before a crash is looked up again, not refused."""
        mail, request = reply.mail, reply.request
        if mail.used_at is not None:
            if mail.suggestion.get("used_by") == reply.used_by:
                return None
            why, sentence = "used", USED_UP
        elif request.status != "pending":
            why, sentence = "settled", OVER
        elif request.payload_hash != mail.payload_hash:
            why, sentence = "settled", CHANGED
        elif mail.expires_at <= self.clock.now():
            why, sentence = "expired", EXPIRED
        else:
            return None
        actor = actor_of(reply.member)
        await self.refusals.note(why, tenant_id=mail.tenant_id, mail=mail, actor=actor)
        return sentence

    async def _decide(self, reply: _Reply, order: Order) -> None:
        wanted = Wanted(choice=order.choice, reason=order.reason, conditions=order.conditions)
        actor = actor_of(reply.member)
        try:
            decided = await self.use.decide(
                actor, reply.mail, wanted, surface=Surface.REPLY, by=reply.used_by
            )
        except TransientError:
            raise
        except ServiceError as error:
            await self._answer(reply, str(error), "refused")
            return
        await self._answer(reply, decided.sentence, "decided")

    async def _ask_back(self, reply: _Reply, unclear: Unclear, own: str) -> None:
        """Nothing is decided; the person is asked again, a few times at most."""
        words = one_line(without_tokens(own))
        heard = Heard(
            words=words if len(words) <= HEARD else words[: HEARD - 1] + "…",
            choice=unclear.choice,
            reason=unclear.reason,
            conditions=(),
            problem=_problem(unclear, reply.request),
        )
        mail = reply.mail
        async with self.db.transaction(mail.tenant_id) as tx:
            last = await rows.last_number(tx, mail.request_id, mail.member_id, NoteKind.CONFIRM)
            if (last if last is not None else -1) + 1 < MOST_ASKED_BACK:
                await self.notes.ask_back(
                    tx, reply.request, mail.member_id, heard, thread=reply.thread
                )
            else:
                await self.notes.answer(
                    tx, reply.request, mail.member_id, ENOUGH, thread=reply.thread
                )
            await self._finish(tx, reply, "asked back")

    async def _answer(self, reply: _Reply, sentence: str, outcome: str) -> None:
        async with self.db.transaction(reply.mail.tenant_id) as tx:
            await self.notes.answer(
                tx, reply.request, reply.mail.member_id, sentence, thread=reply.thread
            )
            await self._finish(tx, reply, outcome)

    async def _finish(self, tx: Tx, reply: _Reply, outcome: str) -> None:
        await finish(tx, reply.event, outcome)
        await touch(tx, CARD, reply.request.id, clock=self.clock, ids=self.ids)


def _problem(unclear: Unclear, request: ApprovalRequest) -> str:
    """Nobody is told to write conditions where there can't be any."""
    gated = request.action_id is not None
    return AS_IT_IS if gated and unclear.problem == HEDGED else unclear.problem
