"""Everything that speaks for and against a text leaving by itself, as it stands now. Asked when it
is written and again, under locks, when it would leave."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from db import judgements as rows
from db.approval_gates import get_gated_types
from db.models.actions import Action
from db.models.drafts import Draft
from db.session import ReadTx
from services.autonomy.levels import authority_of
from services.content import classify_content
from services.gates import gate_of
from services.guardrails import verdict
from services.mail.language import detect
from services.revisions import context_of, declared_type
from services.types.actions import AutonomyLevel, ContentClass, GuardrailResult
from services.types.autonomy import ASKED_FOR, Authority

FREE = Authority(earned=AutonomyLevel.AUTONOMOUS)
"""Where no level and no switch forbids anything."""


class Circumstances(Protocol):
    """What policy asks about the customer and the hour."""

    async def facts(
        self, tx: ReadTx, action: Action, draft: Draft, now: datetime
    ) -> tuple[bool, bool]:
        """(negative sentiment, outside hours)."""
        ...

    async def next_working_time(
        self, tx: ReadTx, action: Action, draft: Draft, at: datetime
    ) -> datetime:
        """The first moment from then on at which whoever it leaves from is at work; `at` itself if
        they are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """`level`: how far it is prepared. `judged`: by what is in force for all that it amounts to;
    `free`: by policy alone. `gate`: the type whose rule asks for a request."""

    level: AutonomyLevel
    judged: GuardrailResult
    free: GuardrailResult
    gate: str | None


async def weigh(
    tx: ReadTx,
    action: Action,
    draft: Draft,
    text: str | None,
    *,
    own: bool,
    doubtful: bool,
    circumstances: tuple[bool, bool],
    lock: bool = False,
) -> Weighed:
    """`text` is None before there is one. What a person asked for is judged as such. `lock`: for a
    claim, which every later change of a level or a switch waits for."""
    unhappy, outside = circumstances
    declared = await declared_of(tx, action, draft)
    content = classify_content(text, detect(text)) if text is not None else ContentClass()
    context = await context_of(
        tx, action, draft, doubtful=doubtful, outside_hours=outside, negative_sentiment=unhappy
    )

    def judge(authority: Authority) -> GuardrailResult:
        return verdict(action_type=declared, context=context, authority=authority, content=content)

    free = judge(FREE)
    if not own:
        level, judged = AutonomyLevel.APPROVE, judge(ASKED_FOR)
    else:
        level, force = await _force(tx, action, (declared, *free.types), lock=lock)
        judged = judge(force)
    gate = gate_of(free, await get_gated_types(tx))
    return Weighed(level=level, judged=judged, free=free, gate=gate)


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
    found = [
        await authority_of(
            tx, name, member_id=action.owner_id, account_id=action.account_id, lock=lock
        )
        for name in dict.fromkeys(types)
    ]
    limits = [level for one in found for level in (one.ceiling, one.narrowed) if level is not None]
    level = min((found[0].level, *limits), key=lambda one: one.rank)
    return level, Authority(
        earned=min((one.earned for one in found), key=lambda one: one.rank),
        ceiling=min(
            (one.ceiling for one in found if one.ceiling), key=lambda one: one.rank, default=None
        ),
        narrowed=min(
            (one.narrowed for one in found if one.narrowed), key=lambda one: one.rank, default=None
        ),
        stopped=any(one.stopped for one in found),
    )
