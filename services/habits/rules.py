"""The rules of one member: read where a text is written for them, and applied to it."""

from uuid import UUID

from db import habits as rows
from db import members
from db.models.actions import Action
from db.models.coaching import EditHabit
from db.session import ReadTx, Tx
from services.habits.applying import apply_rules
from services.habits.asking import MOST_RULES
from services.habits.fitness import unfit
from services.habits.mails import about_request
from services.ports import Clock, Ids
from services.types.habits import Change, HabitRule, Place
from services.types.model import DraftRequest


async def rules_for(tx: ReadTx, member_id: UUID) -> tuple[HabitRule, ...]:
    """What this member has accepted and what is still fit to be a rule, the newest first; none of
    somebody who has left."""
    member = await members.get_member(tx, member_id)
    if member is None or not member.active:
        return ()
    found = await rows.list_habits(tx, member_id, ("accepted",))
    rules = (rule_of(one) for one in found[:MOST_RULES])
    return tuple(
        one for one in rules if unfit(one.change, one.place, one.before, one.after) is None
    )


def rule_of(habit: EditHabit) -> HabitRule:
    return HabitRule(
        id=habit.id,
        change=Change(habit.change),
        place=Place(habit.place),
        before=habit.before,
        after=habit.after,
        language=habit.language,
    )


async def obeyed(
    tx: Tx, action: Action, request: DraftRequest, written: str, *, clock: Clock, ids: Ids
) -> str:
    """The text with the rules of whom it is written for, as they hold now: one removed while the
    model wrote has no effect. Which ones changed it is kept with the action."""
    if action.owner_id is None:
        return written
    await rows.drop_applied(tx, action.id)
    rules = await rules_for(tx, action.owner_id)
    done = apply_rules(written, rules, about_request(request, written))
    came = [(ids.new(), rule_id, rows.APPLIED) for rule_id in done.rule_ids]
    await rows.add_sightings(tx, action.id, came, clock.now())
    return done.text
