"""A loop whose copilot acts by itself: levels, outreach, and what became of each text."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from db import jobs
from db.models.actions import Action
from db.models.autonomy import EarnedLevel, Judgement, Narrowing
from db.models.outreach import Trigger
from db.session import Database
from services.autonomy.shadow import ShadowReport
from tests import factories as make
from tests.integration.services.loop import Loop, make_loop

ANSWERS, OUTREACH = "send_routine_response", "send_follow_up_email"
WAITING = ("effect.run",)


class OwnLoop(Loop):
    async def trust(self, level: str, action_type: str = ANSWERS, **fields: Any) -> None:
        """From now on this type is trusted so far."""
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(
                text("delete from earned_levels where action_type = :type"), {"type": action_type}
            )
            row = {"action_type": action_type, "earned": level, "since": make.NOW, "version": 1}
            base = {"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": make.NOW}
            tx.session.add(EarnedLevel(**(base | row | fields)))

    async def narrow(self, level: str) -> None:
        async with self.database.transaction(self.tenant) as tx:
            base = {"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": make.NOW}
            whose = {"member_id": self.rita.id, "account_id": self.account.id, "action_type": ""}
            tx.session.add(Narrowing(**base, **whose, ceiling=level))

    async def stop_type(self, action_type: str = ANSWERS) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(
                text("update kill_switches set stopped_types = to_jsonb(array[cast(:t as text)])"),
                {"t": action_type},
            )

    async def waits(self) -> Action:
        """A mail came and was answered by itself: what was written has not left yet."""
        await self.write()
        await self.drain(skip=WAITING)
        return await self.action()

    async def outreach(self, why: str = "Carla said she would answer by Friday.") -> UUID:
        """The copilot begins a follow-up because of a trigger, to somebody who wrote before."""
        async with self.database.transaction(self.tenant) as tx:
            thread = await make.make_conversation(
                tx, account_id=self.account.id, deal_id=self.deal.id, subject=""
            )
            old = await make.make_conversation(tx, account_id=self.account.id)
            await make.make_message(
                tx, old, contact_id=self.contact.id, received_at=make.NOW - timedelta(days=9)
            )
            draft = await make.make_draft(
                tx,
                thread,
                mailbox_id=self.box.id,
                purpose="follow_up",
                contact_id=self.contact.id,
            )
            action = await make.make_action(
                tx,
                thread,
                type=OUTREACH,
                draft_id=draft.id,
                owner_id=self.rita.id,
                trigger="outreach follow_up_due",
                created_at=self.clock.now(),
            )
            base = {"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": self.clock.now()}
            tx.session.add(
                Trigger(
                    **base,
                    kind="follow_up_due",
                    key=uuid4().hex,
                    account_id=self.account.id,
                    contact_id=self.contact.id,
                    member_id=self.rita.id,
                    why=why,
                    purpose=uuid4().hex,
                    action_type=OUTREACH,
                    action_id=action.id,
                    status="scheduled",
                    seen_at=self.clock.now(),
                )
            )
            await jobs.enqueue(tx, "draft.compose", {"action_id": action.id, "base_revision": 0})
            return action.id

    async def judgements(self) -> list[Judgement]:
        return await self.rows(Judgement)

    async def judgement(self) -> Judgement:
        return (await self.judgements())[-1]

    @property
    def shadow(self) -> ShadowReport:
        return ShadowReport(db=self.database, clock=self.clock)


async def make_own(database: Database, level: str, **fields: Any) -> OwnLoop:
    """Both answers and outreach are trusted so far."""
    loop = await make_loop(database, sort=OwnLoop)
    assert isinstance(loop, OwnLoop)
    for action_type in (ANSWERS, OUTREACH):
        await loop.trust(level, action_type, **fields)
    return loop
