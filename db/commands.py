"""Commands already carried out, by the id their sender gave them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.models.cards import CommandResult
from db.session import ReadTx, Tx


async def get_command_result(tx: ReadTx, command_id: str) -> dict[str, Any] | None:
    """What the command answered, if it was carried out."""
    query = select(CommandResult.result).where(
        CommandResult.tenant_id == tx.tenant_id, CommandResult.command_id == command_id
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def claim_command(
    tx: Tx, *, result_id: UUID, command_id: str, verb: str, now: datetime
) -> dict[str, Any] | None:
    """Claim the command for this transaction: None when it is ours to carry out, else the stored
    result. A second sender waits here until the first has committed, so both get one answer."""
    query = (
        insert(CommandResult)
        .values(
            tenant_id=tx.tenant_id,
            id=result_id,
            created_at=now,
            command_id=command_id,
            verb=verb,
            result={},
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "command_id"])
        .returning(CommandResult.id)
    )
    if (await tx.session.execute(query)).scalar_one_or_none() is not None:
        return None
    return await get_command_result(tx, command_id) or {}


async def set_command_result(tx: Tx, command_id: str, result: dict[str, Any]) -> None:
    """Store what the claimed command answers, before its transaction commits."""
    row = (
        await tx.session.execute(
            select(CommandResult).where(
                CommandResult.tenant_id == tx.tenant_id, CommandResult.command_id == command_id
            )
        )
    ).scalar_one()
    row.result = result
    await tx.session.flush()
