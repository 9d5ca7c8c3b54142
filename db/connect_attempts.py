"""SQL of attempts to connect a mailbox: what comes back from Google, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from db.models.mailboxes import ConnectAttempt
from db.session import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAttempt:
    """An attempt that has just come back; its row is gone."""

    attempt_id: UUID
    member_id: UUID
    purpose: str
    verifier: bytes


async def add_attempt(tx: Tx, attempt: ConnectAttempt) -> None:
    tx.session.add(attempt)
    await tx.session.flush()


async def drop_old_attempts(tx: Tx, now: datetime) -> None:
    await tx.session.execute(
        delete(ConnectAttempt).where(
            ConnectAttempt.tenant_id == tx.tenant_id, ConnectAttempt.expires_at <= now
        )
    )


async def take_attempt(
    tx: Tx, *, state_hash: bytes, browser_hash: bytes, now: datetime
) -> TakenAttempt | None:
    """Take it away, once: of several that come at the same moment one gets it. None too when it is
    over, or for another browser, whose own coming back it leaves possible."""
    gone = await tx.session.execute(
        delete(ConnectAttempt)
        .where(
            ConnectAttempt.tenant_id == tx.tenant_id,
            ConnectAttempt.state_hash == state_hash,
            ConnectAttempt.browser_hash == browser_hash,
            ConnectAttempt.expires_at > now,
        )
        .returning(
            ConnectAttempt.id,
            ConnectAttempt.member_id,
            ConnectAttempt.purpose,
            ConnectAttempt.verifier,
        )
    )
    row = gone.first()
    if row is None:
        return None
    return TakenAttempt(
        attempt_id=row.id, member_id=row.member_id, purpose=row.purpose, verifier=row.verifier
    )
