"""One look at one account: what is found is written down once, and what no longer holds lapses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db import customers
from db import outreach as rows
from db.models.outreach import Trigger
from db.session import Database, Tx
from services.compose_choices import people_of
from services.errors import NotFound
from services.outreach.candidates import candidate_of, thread_for, whom
from services.outreach.facts import outreach_facts
from services.outreach.finding import find
from services.outreach.settling import Settling
from services.signals.detectors.seen import sent, written
from services.signals.evidence import to_json
from services.signals.readers import keepers_of
from services.types.compose import ContactChoice
from services.types.outreach import CARD, Found, OutreachFacts, TriggerKind, TriggerStatus

THEY_WROTE = "They have written since."
WE_WROTE = "Somebody of us has written to them since."
NO_LONGER = "It no longer holds."
COMPARED = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What was found, and whom a mail would go to."""

    found: Found
    purpose: str
    action_type: str
    contact_id: UUID | None
    thread_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    db: Database
    settling: Settling

    async def look(self, tenant_id: UUID, account_id: UUID) -> int:
        """How many were found that nobody knew. Reads first, without a lock; then one transaction
        writes, when there is anything to write."""
        async with self.db.read(tenant_id) as tx:
            account = await customers.get_account(tx, account_id)
            if account is None:
                return 0
            keepers = await keepers_of(tx, account_id)
            timezone = keepers[0].timezone if keepers else "UTC"
            try:
                known = await outreach_facts(tx, account_id, self.settling.clock.now(), timezone)
            except NotFound:
                return 0
            found = find(known)
            if not found and not await rows.has_open(tx, account_id):
                return 0
            people = await people_of(tx, account) if found else ()
        chosen = [_chosen(one, people, known) for one in found]
        async with self.db.transaction(tenant_id) as writing:
            return await self._note(writing, known, chosen, keepers[0].id if keepers else None)

    async def _note(
        self, tx: Tx, known: OutreachFacts, chosen: Sequence[_Chosen], member_id: UUID | None
    ) -> int:
        account_id = known.facts.account_id
        keys = {one.found.key for one in chosen}
        held = await rows.lock_of_account(tx, account_id, keys)
        shown: list[UUID] = []
        called: list[UUID] = []
        handed: list[UUID] = []
        for row in held:
            if not TriggerStatus(row.status).open or row.account_id != account_id:
                continue
            if row.key not in keys or self._noted_long_ago(row):
                action_id = await self._ended(tx, row, known)
                called += [action_id] if action_id else []
                shown.append(row.id)
        there = {row.key: row for row in held}
        purposes = {row.purpose for row in held if TriggerStatus(row.status).open}
        new = 0
        for one in chosen:
            known_as = there.get(one.found.key)
            if known_as is not None and known_as.account_id == account_id:
                self._again(known_as, one, purposes)
                if await self._unseen(tx, known_as, member_id):
                    handed.append(known_as.id)
            elif known_as is not None:
                continue
            elif one.purpose not in purposes:
                new += await self._add(tx, account_id, one, member_id)
                purposes.add(one.purpose)
        await tx.session.flush()
        await self.settling.show(tx, shown, called)
        for trigger_id in sorted(handed):
            await self.settling.show_to(tx, trigger_id, member_id)
        return new

    async def _add(self, tx: Tx, account_id: UUID, one: _Chosen, member_id: UUID | None) -> bool:
        now = self.settling.clock.now()
        return await rows.add_trigger(
            tx,
            {
                "id": self.settling.ids.new(),
                "created_at": now,
                "kind": one.found.kind.value,
                "name": one.found.name,
                "key": one.found.key,
                "account_id": account_id,
                "member_id": member_id,
                "subject_id": one.found.subject_id,
                "purpose": one.purpose,
                "action_type": one.action_type,
                "why_not": "",
                "level": "",
                "seen_at": now,
                **_told(one),
            },
        )

    def _again(self, row: Trigger, one: _Chosen, purposes: set[str]) -> None:
        """Found once more: what is still undecided follows what is known by now; what had lapsed is
        open again, unless something else serves its purpose meanwhile."""
        status = TriggerStatus(row.status)
        row.seen_at = self.settling.clock.now()
        if status is TriggerStatus.LAPSED and row.purpose not in purposes:
            row.status, row.why_not = TriggerStatus.FOUND.value, ""
            row.settled_at = row.weighed_at = row.action_id = None
            row.version += 1
            purposes.add(row.purpose)
        if row.status in rows.UNDECIDED:
            for name, value in _told(one).items():
                setattr(row, name, value)

    @staticmethod
    async def _unseen(tx: Tx, row: Trigger, member_id: UUID | None) -> bool:
        """Whether a proposal is not before whoever looks after the account by now: it has gone to
        them since, or was held back when it was to be shown."""
        if row.status != TriggerStatus.PROPOSED or member_id is None:
            return False
        row.member_id = member_id
        return not await rows.is_shown(tx, CARD, row.id, member_id)

    def _noted_long_ago(self, row: Trigger) -> bool:
        """A text that is only written down is compared for a while. If its reason holds longer than
        that, it is found anew, under the level that is in force by then."""
        if row.status != TriggerStatus.SCHEDULED or row.level != "shadow":
            return False
        return row.proposed_at is None or self.settling.clock.now() - row.proposed_at > COMPARED

    async def _ended(self, tx: Tx, row: Trigger, known: OutreachFacts) -> UUID | None:
        """It isn't found any more. A mail that was begun for it goes on, unless the copilot began
        it by itself and one side has written since; the action that was called off."""
        why = _over(row, known)
        if row.status != TriggerStatus.SCHEDULED:
            await self.settling.settle(tx, row, TriggerStatus.LAPSED, why)
            return None
        if row.settled_by is not None or row.action_id is None:
            return None
        only_noted = row.level == "shadow"
        if why == NO_LONGER and not only_noted:
            return None
        called = await self.settling.call_off(tx, row.action_id, why)
        if called is not None:
            done = only_noted and why == WE_WROTE
            status = TriggerStatus.ACTED if done else TriggerStatus.LAPSED
            await self.settling.settle(tx, row, status, why)
        return called


def _chosen(found: Found, people: Sequence[ContactChoice], known: OutreachFacts) -> _Chosen:
    candidate = candidate_of(found.kind, found.name)
    choice = whom(found, people, known.facts)
    return _Chosen(
        found=found,
        purpose=candidate.purpose,
        action_type=candidate.action_type.value,
        contact_id=choice.id if choice is not None else None,
        thread_id=thread_for(found, choice, known.facts),
    )


def _told(one: _Chosen) -> dict[str, Any]:
    """What may be different the next time it is found."""
    return {
        "contact_id": one.contact_id,
        "deal_id": one.found.deal_id,
        "thread_id": one.thread_id,
        "why": one.found.why,
        "evidence": to_json(one.found.evidence),
    }


def _over(row: Trigger, known: OutreachFacts) -> str:
    since = row.created_at
    if row.kind != TriggerKind.BUYING_SIGNAL and written(known.facts, since):
        return THEY_WROTE
    return WE_WROTE if sent(known.facts, since) else NO_LONGER
