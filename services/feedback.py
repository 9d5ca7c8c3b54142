"""What people think of what we made. The last word of a person stands; the audit keeps the rest."""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import feedback as rows
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import touch
from services.errors import InvalidInput, NotFound
from services.ports import Clock, Ids
from services.types.people import Actor

RATINGS = {-1, 0, 1}


@dataclass(frozen=True, slots=True)
class FeedbackService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def rate(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        rating: int | None,
        reason: str | None,
        source: str,
    ) -> None:
        """Rate what the copilot did about one action: -1, 0, 1, or None to take it back."""
        if rating is not None and rating not in RATINGS:
            raise InvalidInput("A rating is up or down.")
        async with self.db.transaction(actor.tenant_id) as tx:
            if await action_rows.get_action(tx, action_id) is None:
                raise NotFound("This is no longer there.")
            await self._set(tx, actor, action_id, rating=rating, reason=reason, source=source)

    async def rate_at(
        self, actor: Actor, *, channel: str, ts: str, rating: int, added: bool
    ) -> None:
        """A reaction on a message: counts when that message is a card that can be rated."""
        async with self.db.transaction(actor.tenant_id) as tx:
            place = await rows.card_subject_at(tx, channel, ts)
            if place is None or place[0] != "mail":
                return
            if added:
                await self._set(tx, actor, place[1], rating=rating, reason=None, source="reaction")
                return
            dropped = await rows.drop_feedback(
                tx,
                member_id=actor.member_id,
                target="decision",
                target_id=place[1],
                rating=rating,
            )
            if dropped:
                await self._tell(tx, actor, place[1], rating=None, reason=None, source="reaction")

    async def _set(
        self,
        tx: Tx,
        actor: Actor,
        action_id: UUID,
        *,
        rating: int | None,
        reason: str | None,
        source: str,
    ) -> None:
        if rating is None:
            await rows.drop_feedback(
                tx, member_id=actor.member_id, target="decision", target_id=action_id
            )
        else:
            await rows.set_feedback(
                tx,
                feedback_id=self.ids.new(),
                member_id=actor.member_id,
                target="decision",
                target_id=action_id,
                rating=rating,
                reason=reason,
                source=source,
                at=self.clock.now(),
            )
        await self._tell(tx, actor, action_id, rating=rating, reason=reason, source=source)

    async def _tell(
        self,
        tx: Tx,
        actor: Actor,
        action_id: UUID,
        *,
        rating: int | None,
        reason: str | None,
        source: str,
    ) -> None:
        await self.audit.append(
            tx,
            "feedback.given",
            actor=actor,
            subject_id=action_id,
            facts={"rating": rating, "reason": reason, "source": source},
        )
        await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)
