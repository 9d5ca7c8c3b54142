"""A finding's page, and the word that it doesn't help."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import coaching as rows
from db import coaching_mails as mails
from db.models.coaching import CoachingFinding
from db.session import Database, ReadTx
from services.actors import require_member
from services.audit import AuditService
from services.coaching.patterns import BY_KEY
from services.coaching.showing import finding_of, key_of, reader_family
from services.errors import NotFound
from services.ports import Clock, Ids
from services.types.coaching import ExampleMail, FindingView
from services.types.people import Actor

GONE = "Last night's figures don't show this any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def page(self, actor: Actor, finding_id: UUID) -> FindingView:
        """The figures, and the reader's own mails behind them. NotFound: it no longer holds, or
        it is somebody else's."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            one = await self._finding(tx, actor, finding_id)
            own, q = await reader_family(tx, actor.member_id)
            finding = finding_of(one, q.get(key_of(one), 1.0), look=own, reader_id=member.id)
            examples = (own.examples if own else {}).get(one.pattern, ())
            found = await mails.list_examples(tx, member.id, [UUID(each[0]) for each in examples])
        shown = [
            ExampleMail(
                message_id=UUID(message),
                action_id=UUID(action) if action else None,
                sent_at=datetime.fromisoformat(sent),
                subject=found[UUID(message)]["subject"],
                account=found[UUID(message)]["account"],
                first=first,
                answered=answered,
            )
            for message, action, sent, first, answered in examples
            if UUID(message) in found
        ]
        pattern = BY_KEY[finding.pattern]
        return FindingView(
            finding=finding,
            sides=(pattern.first, pattern.second),
            timezone=member.timezone,
            now=self.clock.now(),
            mails=tuple(shown),
        )

    async def refuse(self, actor: Actor, finding_id: UUID) -> None:
        """Not helpful: its pattern isn't shown to the actor for 90 days. Saying so again begins
        them anew."""
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            one = await self._finding(tx, actor, finding_id)
            await rows.set_refused(
                tx, refusal_id=self.ids.new(), member_id=member.id, pattern=one.pattern, at=now
            )
            facts = {"pattern": one.pattern}
            await self.audit.append(
                tx, "coaching.refused", actor=actor, subject_id=member.id, facts=facts
            )

    @staticmethod
    async def _finding(tx: ReadTx, actor: Actor, finding_id: UUID) -> CoachingFinding:
        one = await rows.get_finding(tx, finding_id)
        theirs = one is not None and one.member_id in {None, actor.member_id}
        if one is None or not theirs or one.pattern not in BY_KEY:
            raise NotFound(GONE)
        return one
