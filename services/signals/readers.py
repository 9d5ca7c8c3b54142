"""Who is told of a signal: whoever looks after the account, and above whom."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from db import alerts as rows
from db import customers, members, tenants
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import ReadTx
from services.signals.recommendations import RECOMMENDED
from services.types.preferences import read_preferences
from services.types.signals import Severity, SignalName
from services.types.tenant_settings import read_settings


def at_once(member: Member, severity: Severity) -> bool:
    """Whether this member wants alerts of this severity as they come."""
    return severity in read_preferences(member.preferences).alerts.at_once


async def keepers_of(tx: ReadTx, account_id: UUID) -> Sequence[Member]:
    """Who has the account: its owner, else who looks after it, else whoever took over from a
    leaver; nobody's is the sales managers', and without them the admins'."""
    account = await customers.get_account(tx, account_id)
    owner = await members.get_member(tx, account.owner_id) if account and account.owner_id else None
    if owner is not None and owner.active:
        return [owner]
    kept = [member for _, member in await rows.list_keepers(tx, account_id)]
    for member in kept:
        if member.active:
            return [member]
    for gone in (owner, *kept):
        heir = await _heir(tx, gone)
        if heir is not None:
            return [heir]
    return await rows.list_leads(tx)


async def readers_of(tx: ReadTx, signal: Signal) -> list[Member]:
    """Whoever is to have a card about this signal at once; nobody, where it can wait for the digest
    of each. A manager above is told of risk on large deals, and of a customer who wants to leave.
    """
    severity = Severity(signal.severity)
    if signal.kind not in ("risk", "buying"):
        return []
    keepers = await keepers_of(tx, signal.account_id)
    wanted = {one.id: one for one in keepers}
    if severity is Severity.CRITICAL and await _concerns_managers(tx, signal):
        for keeper in keepers:
            manager = await _manager(tx, keeper)
            if manager is not None:
                wanted.setdefault(manager.id, manager)
    return [one for one in wanted.values() if at_once(one, severity)]


async def _concerns_managers(tx: ReadTx, signal: Signal) -> bool:
    if signal.kind != "risk":
        return False
    named = {one.value: one for one in SignalName}.get(signal.name)
    if named is not None and RECOMMENDED[named].inform_manager:
        return True
    tenant = await tenants.get_tenant(tx)
    limit = read_settings(tenant.settings if tenant else {}).alert_amount
    return is_large(await rows.open_amounts(tx, signal.account_id), limit)


def is_large(amounts: Mapping[str, Decimal], limit: Decimal) -> bool:
    """Above the limit in any one currency; different ones aren't added up."""
    return any(amount > limit for amount in amounts.values())


async def _manager(tx: ReadTx, member: Member) -> Member | None:
    manager = await members.get_member(tx, member.manager_id) if member.manager_id else None
    return manager if manager is not None and manager.active else None


async def _heir(tx: ReadTx, leaver: Member | None) -> Member | None:
    """The first one above who is still here."""
    seen: set[UUID] = set()
    while leaver is not None and leaver.manager_id is not None and leaver.id not in seen:
        seen.add(leaver.id)
        leaver = await members.get_member(tx, leaver.manager_id)
        if leaver is not None and leaver.active:
            return leaver
    return None
