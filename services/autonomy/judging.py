"""Everything that speaks for and against a text leaving by itself, as it stands now. Asked when it
is written and again, under locks, when it would leave."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from db import judgements as rows
from db.approval_gates import get_gated_types
from db.models.actions import Action
from db.models.drafts import Draft
from db.session import ReadTx
from services.autonomy.levels import authorities_of
from services.confidence.stating import Stated, stated
from services.content import classify_content
from services.gates import gate_of
from services.guardrails import effective_type, verdict
from services.mail.language import detect
from services.revisions import context_of, declared_type
from services.types.actions import AutonomyLevel, ContentClass, GuardrailResult
from services.types.autonomy import ASKED_FOR, Authority, lowest, strictest

FREE = Authority(earned=AutonomyLevel.AUTONOMOUS)
"""Where no level and no switch forbids anything."""


class WorkingTime(Protocol):
    """When whoever something leaves from is at work."""

    async def next_from(self, tx: ReadTx, action: Action, draft: Draft, at: datetime) -> datetime:
        """The first such moment from then on; `at` itself if they are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """`level`: how far it is prepared. `judged`: by what is in force for all that it amounts to;
    `free`: by policy alone, which doesn't doubt what is stated: that passes. `gate`: the type whose
    rule asks for a request. `stated`: what the text says of a reply; None before there is a text.
    """

    level: AutonomyLevel
    judged: GuardrailResult
    free: GuardrailResult
    gate: str | None
    stated: Stated | None = None


async def weigh(
    tx: ReadTx,
    action: Action,
    draft: Draft,
    text: str | None,
    *,
    own: bool,
    lineage: str,
    doubtful: bool,
    outside_hours: bool,
    lock: bool = False,
) -> Weighed:
    """`text` is None before there is one, and `lineage` is what it was written with. What a person
    asked for is judged as such. `lock`: for a claim, which every later change of a level or a
    switch waits for."""
    declared = await declared_of(tx, action, draft)
    content = classify_content(text, detect(text)) if text is not None else ContentClass()
    context = await context_of(tx, action, draft, doubtful=doubtful, outside_hours=outside_hours)

    def judge(authority: Authority, *, unsure: bool) -> GuardrailResult:
        return verdict(
            action_type=declared,
            context=replace(context, unsure=unsure),
            authority=authority,
            content=content,
        )

    said = None
    if text is not None:
        # Counted under the name that the action will have when it leaves.
        name = effective_type(declared, content) if own else action.type
        said = await stated(tx, action_type=name, lineage=lineage, raw=action.confidence)
    unsure = said is not None and said.unsure
    free = judge(FREE, unsure=False)
    if not own:
        level, judged = AutonomyLevel.APPROVE, judge(ASKED_FOR, unsure=False)
    else:
        level, force = await _force(tx, action, (declared, *free.types), lock=lock)
        judged = judge(force, unsure=unsure)
    gate = gate_of(free, await get_gated_types(tx))
    return Weighed(level=level, judged=judged, free=free, gate=gate, stated=said)


async def declared_of(tx: ReadTx, action: Action, draft: Draft) -> str:
    """What it was begun as: the trigger's type, or an answer, or a mail that was asked for."""
    started = await rows.trigger_of(tx, action.id) if draft.purpose is not None else None
    return started.action_type if started else declared_type(draft.purpose).value


async def _force(
    tx: ReadTx, action: Action, types: tuple[str, ...], *, lock: bool
) -> tuple[AutonomyLevel, Authority]:
    """How far it is prepared, and what it is judged by: the lowest of all its types.

    It is prepared as far as the type it was begun as; of what its text makes of it only a limit
    that somebody has set takes away more. An answer that speaks of prices is still an answer, and
    is shown, though mail about prices has earned nothing yet.
    """
    found = await authorities_of(
        tx,
        list(dict.fromkeys(types)),
        member_id=action.owner_id,
        account_id=action.account_id,
        lock=lock,
    )
    limits = [level for one in found for level in (one.ceiling, one.narrowed)]
    level = lowest((found[0].level, *limits)) or found[0].level
    return level, strictest(found)
