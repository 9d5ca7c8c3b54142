"""Triggers end with what they stand on: a text that may no longer be read, an account that is
excluded or becomes part of another."""

from collections.abc import Collection
from uuid import UUID

from db import outreach as rows
from db.models.outreach import Trigger
from db.session import Tx
from services.audit import AuditService
from services.outreach.settling import Settling
from services.ports import Clock, Ids
from services.types.outreach import TriggerStatus

FORGOTTEN = "What it stands on may no longer be read."
EXCLUDED = "The account is excluded."


async def forget_made_of(
    tx: Tx, account_ids: Collection[UUID], source_ids: Collection[UUID], settling: Settling
) -> None:
    """Nothing is quoted of these texts any longer, and nothing is done because of them. What holds
    without them is found anew. Call it last in the transaction."""
    changed = await rows.forget_quotes(tx, account_ids, source_ids)
    await _end(tx, changed, FORGOTTEN, settling)


async def forget_accounts(tx: Tx, account_ids: Collection[UUID], settling: Settling) -> None:
    """Of excluded accounts nothing stays but that something was found. Last in the transaction."""
    changed = await rows.forget_accounts(tx, account_ids)
    await _end(tx, changed, EXCLUDED, settling)


async def end_of_account(
    tx: Tx, account_id: UUID, why: str, *, clock: Clock, ids: Ids, audit: AuditService
) -> None:
    """Nothing is open about this account any more: it stands elsewhere. Mails that were begun stay;
    they go along with it. Last in the transaction."""
    settling = Settling(clock=clock, ids=ids, audit=audit)
    for trigger_id in await rows.list_open_ids(tx, account_id):
        trigger = await rows.lock_trigger(tx, trigger_id)
        if trigger is not None:
            await settling.settle(tx, trigger, TriggerStatus.LAPSED, why)
            await settling.show(tx, [trigger.id], [])


async def _end(tx: Tx, trigger_ids: Collection[UUID], why: str, settling: Settling) -> None:
    ended, called = [], []
    for trigger_id in sorted(trigger_ids):
        trigger = await rows.lock_trigger(tx, trigger_id)
        if trigger is None:
            continue
        if TriggerStatus(trigger.status).open:
            called += await _called_off(tx, trigger, why, settling)
            await settling.settle(tx, trigger, TriggerStatus.LAPSED, why)
        ended.append(trigger.id)
    await settling.show(tx, ended, called)


async def _called_off(tx: Tx, trigger: Trigger, why: str, settling: Settling) -> list[UUID]:
    """Also what a person asked for: it was asked for because of that."""
    if trigger.action_id is None:
        return []
    await rows.forget_why(tx, trigger.action_id)
    called = await settling.call_off(tx, trigger.action_id, why)
    return [called] if called is not None else []
