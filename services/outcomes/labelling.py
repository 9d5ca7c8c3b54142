"""A person's word on what came of an action: where a machine couldn't tell, or told wrongly.

The last word stands, the ones before it are in the audit, and the bins follow. Whose mail it was
may say what came of it, since nobody knows better; such a label is marked as their own, and a
favourable one earns no level of autonomy (docs/decisions/0046).
"""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import commands, customers
from db import outcomes as rows
from db.models.actions import Action
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.cards import touch
from services.errors import Conflict, Forbidden, NotFound
from services.outcomes.resolving import Label, OutcomeService, Settlement
from services.ports import Clock, Ids
from services.teams import team_of
from services.types.outcomes import Labelled, OutcomeStatus, Verdict
from services.types.people import Actor, Role

VERB = "outcome.label"
LABELLED = "somebody said so"
GONE = "This prediction is no longer there."
OPEN = "Its time isn't over yet: I'm still waiting for what comes of it."
NOT_YOURS = "Only whose mail it was, their manager or an admin says what came of it."
_ANSWERS = {
    True: OutcomeStatus.POSITIVE,
    False: OutcomeStatus.NEGATIVE,
    None: OutcomeStatus.AMBIGUOUS,
}
_WORDS = {
    OutcomeStatus.POSITIVE: "Noted: it came true.",
    OutcomeStatus.NEGATIVE: "Noted: it didn't come true.",
    OutcomeStatus.AMBIGUOUS: "Noted: nobody can tell. It counts neither way.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelService:
    db: Database
    clock: Clock
    ids: Ids
    outcomes: OutcomeService

    async def label(
        self,
        actor: Actor,
        outcome_id: UUID,
        positive: bool | None,  # noqa: FBT001 - yes, no, or nobody can tell
        command_id: str,
    ) -> Labelled:
        """Say whether it came true; None: it can't be told. The same command again answers what it
        answered. NotFound, Forbidden, and Conflict while its window is open."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb=VERB,
                now=self.clock.now(),
            )
            if done is not None:
                return _labelled(outcome_id, OutcomeStatus(done["status"]), own=done["own"])
            outcome = await rows.lock_outcome(tx, outcome_id)
            if outcome is None:
                raise NotFound(GONE)
            action = await action_rows.get_action(tx, outcome.action_id)
            member = await require_member(tx, actor)
            if action is None or not await may_label(tx, member, outcome, action):
                raise Forbidden(NOT_YOURS)
            if outcome.status == OutcomeStatus.PENDING:
                raise Conflict(OPEN)
            found = await self._settle(tx, actor, outcome, action, _ANSWERS[positive])
            stored = {"status": found.status.value, "own": found.own}
            await commands.set_command_result(tx, command_id, stored)
            return found

    async def _settle(
        self, tx: Tx, actor: Actor, outcome: Outcome, action: Action, status: OutcomeStatus
    ) -> Labelled:
        own = actor.member_id in {action.owner_id, action.decided_by, outcome.member_id}
        settlement = Settlement(
            outcome=outcome,
            verdict=Verdict(status=status, reason=LABELLED),
            label=Label(actor=actor, own=own),
        )
        await self.outcomes.settle(tx, [settlement])
        await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)
        return _labelled(outcome.id, status, own=own)


async def labelled_by(tx: ReadTx, member: Member) -> list[UUID] | None:
    """Whose outcomes this member is asked about and may label: their own, and those of whom they
    lead; None is everybody's."""
    if member.role == Role.ADMIN:
        return None
    if member.role == Role.EXECUTIVE:
        return [member.id]
    return [member.id, *(await team_of(tx, member) or ())]


async def may_label(tx: ReadTx, member: Member, outcome: Outcome, action: Action) -> bool:
    """Whose mail it was, whose account it is, those above either, and admins."""
    people = await labelled_by(tx, member)
    if people is None:
        return True
    account = await customers.get_account(tx, outcome.account_id)
    concerned = {action.owner_id, outcome.member_id, account.owner_id if account else None}
    return not concerned.isdisjoint(people)


def _labelled(outcome_id: UUID, status: OutcomeStatus, *, own: bool) -> Labelled:
    words = _WORDS[status]
    if own:
        words += " As it is your own mail, that is marked."
    return Labelled(outcome_id=outcome_id, status=status, own=own, sentence=words)
