"""What the parts of bringing people in share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from db import commands
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Tx
from services.audit import AuditService
from services.ports import Clock, Ids

EndMailbox = Callable[[Tx, Mailbox], Awaitable[None]]
"""Disconnect a mailbox: its tokens go. Part of the open transaction."""
ArmDigest = Callable[[Tx, Member], Awaitable[object]]
"""Set the member's timer to their next morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutDeps:
    clock: Clock
    ids: Ids
    audit: AuditService
    arm_digest: ArmDigest
    end_mailbox: EndMailbox


async def told_before(
    tx: Tx, deps: RolloutDeps, verb: str, command_id: str
) -> dict[str, object] | None:
    """What the command answered when it was carried out before; None: it is ours to do."""
    return await commands.claim_command(
        tx,
        result_id=deps.ids.new(),
        command_id=command_id,
        verb=verb,
        now=deps.clock.now(),
    )


def id_of(done: dict[str, object]) -> UUID:
    """The id a repeated command stored."""
    return UUID(str(done.get("id")))
