"""What the parts of the approvals package share, and how they tell people."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from db.models.approvals import ApprovalRequest
from db.session import Tx
from services.audit import AuditService
from services.ports import Clock, Ids

Notify = Callable[[Tx, ApprovalRequest, Sequence[UUID], str], Awaitable[None]]
"""Queue a mail to these members about a request: `request`, `reminder`, `confirm`, `outcome`. Part
of the open transaction, like everything else a verb does."""

Alarm = Callable[[Tx, ApprovalRequest, Sequence[UUID]], Awaitable[None]]
"""Tell these members and the urgent channel at once: the request is critical."""


Asked = Callable[[Tx, ApprovalRequest], Awaitable[None]]
"""Told of each request that waits for a person, in its transaction."""


async def tell_nobody(
    _tx: Tx, _request: ApprovalRequest, _member_ids: Sequence[UUID], _kind: str
) -> None:
    """No mail is set up: the cards tell everything."""


async def asked_nobody(_tx: Tx, _request: ApprovalRequest) -> None:
    """Nobody predicts what becomes of it."""


async def alarm_nobody(_tx: Tx, _request: ApprovalRequest, _member_ids: Sequence[UUID]) -> None:
    """No urgent channel is set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Handed on by the services to what they share."""

    clock: Clock
    ids: Ids
    audit: AuditService
    notify: Notify = tell_nobody
    alarm: Alarm = alarm_nobody
    asked: Asked = asked_nobody
