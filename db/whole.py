"""A whole workspace, stopped and then dropped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update

from db.models.actions import Effect
from db.models.directories import MailboxEntry, Timer, WorkspaceEntry
from db.models.mailboxes import Mailbox
from db.models.privacy import ErasedWorkspace
from db.models.tenants import KillSwitch
from db.session import ReadTx, Tx
from db.traces import tenant_tables

JOBS = """
delete from jobs.pgqueuer where convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' = :tenant
"""
LIVE_JOBS = """
select count(*) from jobs.pgqueuer where entrypoint = 'mailbox.revoke'
  and status in ('queued', 'picked')
  and convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' = :tenant
"""
# What the trigger of append-only tables asks for, of their owner alone.
ERASING = "select set_config('app.erasing', :tenant, true)"


async def engage(tx: Tx) -> None:
    """The kill switch: every later claim sees it."""
    await tx.session.execute(
        update(KillSwitch).where(KillSwitch.tenant_id == tx.tenant_id).values(engaged=True)
    )


async def lock_mailboxes(tx: Tx) -> Sequence[Mailbox]:
    """Those that are still connected somehow."""
    rows = await tx.session.scalars(
        select(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.status != "disconnected")
        .order_by(Mailbox.id)
        .with_for_update()
    )
    return rows.all()


async def count_waiting(tx: ReadTx) -> dict[str, int]:
    """What has to settle before rows may go: mails past the point of no return, and grants that
    Google is still to be told of."""
    sending = select(func.count()).where(
        Effect.tenant_id == tx.tenant_id, Effect.status == "sending"
    )
    values = {"tenant": str(tx.tenant_id)}
    found = {
        "sending": int(await tx.session.scalar(sending) or 0),
        "revoking": int(await tx.session.scalar(text(LIVE_JOBS), values) or 0),
    }
    return {name: number for name, number in found.items() if number}


async def drop_everything(tx: Tx) -> Mapping[str, int]:
    """Every row of the workspace, children first, and what the directories and the queue know of
    it. By the tables' owner only. How many rows, by table."""
    tenant = tx.tenant_id
    await tx.session.execute(text(ERASING), {"tenant": str(tenant)})
    counts = {}
    for table in reversed(tenant_tables()):
        done: Any = await tx.session.execute(delete(table).where(table.c.tenant_id == tenant))
        if done.rowcount:
            counts[table.name] = int(done.rowcount)
    for entry in (WorkspaceEntry, MailboxEntry, Timer):
        await tx.session.execute(delete(entry).where(entry.tenant_id == tenant))
    await tx.session.execute(text(JOBS), {"tenant": str(tenant)})
    return counts


async def add_proof(
    tx: Tx, *, at: datetime, counts: Mapping[str, int], links: int, head: bytes | None
) -> None:
    tx.session.add(
        ErasedWorkspace(
            id=tx.tenant_id,
            erased_at=at,
            counts=dict(counts),
            audit_links=links,
            audit_head=head,
        )
    )
    await tx.session.flush()


async def list_proofs(tx: ReadTx) -> Sequence[ErasedWorkspace]:
    rows = await tx.session.scalars(select(ErasedWorkspace).order_by(ErasedWorkspace.erased_at))
    return rows.all()
