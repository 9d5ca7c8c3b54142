"""Commands already carried out, by the id their sender gave them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from db.models.cards import CommandResult
from db.session import ReadTx, Tx, raw_connection

CLAIM = """
insert into command_results (tenant_id, id, created_at, command_id, verb, result)
values ($1, $2, $3, $4, $5, '{}') on conflict (tenant_id, command_id) do nothing returning id
"""


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
    claimed = await (await raw_connection(tx)).fetchval(
        CLAIM, tx.tenant_id, result_id, now, command_id, verb
    )
    if claimed is not None:
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


async def drop_command(tx: Tx, command_id: str) -> None:
    """It was not carried out after all: the next one to claim it may."""
    await tx.session.execute(
        delete(CommandResult).where(
            CommandResult.tenant_id == tx.tenant_id, CommandResult.command_id == command_id
        )
    )
