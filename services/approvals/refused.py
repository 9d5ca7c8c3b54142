"""Decisions that weren't theirs to make leave a trace, but whoever hammers fills no book."""

from datetime import timedelta
from uuid import UUID

from db import audit as entries
from db.approval_requests import get_request
from db.session import Database
from services.approvals.deps import Deps
from services.types.approvals import Surface
from services.types.people import Actor

REFUSED = "approval.refused"
EVERY = timedelta(hours=1)


async def note_refusal(
    db: Database, deps: Deps, actor: Actor, request_id: UUID, *, why: str, surface: Surface
) -> None:
    """Write down who was refused and why, once an hour for each person and request. A transaction
    of its own: the one that refused is rolled back."""
    since = deps.clock.now() - EVERY
    async with db.transaction(actor.tenant_id) as tx:
        if await get_request(tx, request_id) is None:
            return
        await entries.lock_subject(tx, request_id)
        if await entries.has_entry(
            tx, REFUSED, subject_id=request_id, actor_id=actor.member_id, since=since
        ):
            return
        await deps.audit.append(
            tx,
            REFUSED,
            actor=actor,
            subject_id=request_id,
            facts={"why": why, "surface": surface.value},
        )
