"""From which sum of an account's open deals a manager is told of critical risk: admins choose."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from db import commands, tenants
from db.session import Database
from services.actors import require_admin
from services.audit import AuditService
from services.errors import InvalidInput
from services.ports import Clock, Ids
from services.types.people import Actor
from services.types.tenant_settings import ALERT_AMOUNT, read_settings

MOST = Decimal(1_000_000_000_000)
_SEPARATORS = re.compile(r"(?<=\d)[,' \u00a0\u202f](?=\d{3}\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def amount(self, actor: Actor) -> Decimal:
        async with self.db.read(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            tenant = await tenants.get_tenant(tx)
            return read_settings(tenant.settings if tenant else {}).alert_amount

    async def set_amount(self, actor: Actor, words: str, *, command_id: str) -> Decimal:
        """`75,000`; says what holds from now on."""
        amount = read_amount(words)
        async with self.db.transaction(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="alert.amount",
                now=self.clock.now(),
            )
            if done is not None:
                return amount
            tenant = await tenants.get_tenant(tx)
            before = read_settings(tenant.settings if tenant else {}).alert_amount
            await tenants.set_setting(tx, ALERT_AMOUNT, f"{amount:f}")
            facts = {"before": f"{before:f}", "amount": f"{amount:f}"}
            await self.audit.append(
                tx, "alert.amount", actor=actor, subject_id=tx.tenant_id, facts=facts
            )
        return amount


def read_amount(words: str) -> Decimal:
    """A figure as people type it; refused with a sentence when it is none."""
    try:
        amount = Decimal(_SEPARATORS.sub("", words.strip()))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise InvalidInput("An amount is a number like 50,000.", field="amount")
    return amount
