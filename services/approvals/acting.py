"""What every verb on a request begins with: the command's first time, the member read again, the
request locked and still open."""

from typing import Any
from uuid import UUID

from db import approval_requests as rows
from db import commands, members
from db.models.approvals import ApprovalRequest
from db.models.tenants import Member
from db.session import Tx
from services.approvals.deps import Deps
from services.approvals.sentences import at_words, settled_words
from services.errors import Conflict, NotFound
from services.ports import Clock
from services.types.approvals import RequestStatus
from services.types.people import Actor

GONE = "This is no longer there."
OTHER_COMMAND = "This was already used for something else. Please try again."


async def done_before(tx: Tx, deps: Deps, verb: str, command_id: str) -> dict[str, Any] | None:
    """None when the command is ours to carry out now, else what it answered before."""
    return await commands.claim_command(
        tx,
        result_id=deps.ids.new(),
        command_id=command_id,
        verb=verb,
        now=deps.clock.now(),
    )


async def acting_member(tx: Tx, actor: Actor) -> Member:
    """The actor as the database knows them now."""
    member = await members.get_member(tx, actor.member_id)
    if member is None or not member.active:
        raise NotFound("I don't know you in this workspace any more. Ask your admin to add you.")
    return member


async def lock_open(tx: Tx, request_id: UUID, actor: Actor, clock: Clock) -> ApprovalRequest:
    """The request, locked and pending. Conflict tells what became of it, through whom, and when."""
    request = await rows.lock_request(tx, request_id)
    if request is None:
        raise NotFound(GONE)
    if request.status != RequestStatus.PENDING:
        raise Conflict(await too_late(tx, request, actor, clock))
    return request


async def too_late(tx: Tx, request: ApprovalRequest, actor: Actor, clock: Clock) -> str:
    by = await members.get_member(tx, request.settled_by) if request.settled_by else None
    at = request.settled_at or clock.now()
    return settled_words(
        request.status,
        who=by.name if by else None,
        is_reader=request.settled_by == actor.member_id,
        when=at_words(at, clock.now(), actor.timezone),
        reason=request.settled_reason,
        template=request.auto_template,
    )
