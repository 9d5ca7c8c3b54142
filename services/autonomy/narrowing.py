"""A member's own limits: where they may set one, and that it takes something away."""

from datetime import datetime
from uuid import UUID

from db import autonomy as rows
from db import customers
from db.models.autonomy import Narrowing
from db.models.customers import Account
from db.models.tenants import Member
from db.session import ReadTx, Tx
from db.visibility import may_see
from services.autonomy.levels import first_level, narrowed_to
from services.errors import Forbidden, InvalidInput, NotFound
from services.guardrails import TABLE
from services.types.actions import ActionType, AutonomyLevel, Verdict
from services.types.autonomy import lowest
from services.types.autonomy_words import level_words, name_of
from services.visibility import only_of

TAKES_NOTHING = "A limit of “autonomous” takes nothing away. Choose a lower one, or lift yours."


async def looked_after(
    tx: ReadTx, member: Member, account_id: UUID | None, *, lifting: bool
) -> Account | None:
    """The account, if it is the member's to narrow; a limit of theirs they may always lift. None:
    all of theirs."""
    if account_id is None:
        return None
    account = await customers.get_account(tx, account_id)
    if account is None or not (lifting or await may_see(tx, account.id, only_of(member))):
        raise NotFound("This account isn't there.")
    keepers = {one.id for _, one in await customers.list_owners(tx, account.id)}
    if member.id not in {account.owner_id, *keepers} and not lifting:
        raise Forbidden(
            f"You don't look after {account.name}, so only those who do can limit me there."
        )
    return account


async def must_narrow(
    tx: ReadTx, member: Member, account_id: UUID | None, action_type: str, level: AutonomyLevel
) -> None:
    """A limit above what is in force without it would only look like one."""
    if level is AutonomyLevel.AUTONOMOUS:
        raise InvalidInput(TAKES_NOTHING, field="level")
    others = [
        one
        for one in await rows.list_narrowings(tx, member.id, account_id)
        if (one.member_id, one.account_id, one.action_type) != (member.id, account_id, action_type)
    ]
    types = (ActionType(action_type),) if action_type else _LIMITABLE
    levels = {row.action_type: row for row in await rows.list_levels(tx)}
    in_force = []
    for one in types:
        row = levels.get(one)
        earned = AutonomyLevel(row.earned) if row else first_level(one)
        ceiling = AutonomyLevel(row.ceiling) if row and row.ceiling else None
        in_force.append(lowest((earned, ceiling, narrowed_to(one, others))) or earned)
    highest = max(in_force, key=lambda one: one.rank)
    if level.rank > highest.rank:
        raise InvalidInput(
            f"You can only narrow it: for {name_of(action_type)} “{level_words(highest)}” is in "
            "force here.",
            field="level",
        )


_LIMITABLE = tuple(name for name, row in TABLE.items() if row.base is not Verdict.HARD_STOP)


async def set_own(
    tx: Tx,
    member: Member,
    account_id: UUID | None,
    action_type: str,
    level: AutonomyLevel | None,
    *,
    row_id: UUID,
    now: datetime,
) -> str:
    """Set, change or lift the member's own limit; what it was, '' for none."""
    own = await rows.find_narrowing(tx, member.id, account_id, action_type)
    before = own.ceiling if own else ""
    if own is None and level is not None:
        new = Narrowing(
            tenant_id=tx.tenant_id,
            id=row_id,
            created_at=now,
            member_id=member.id,
            account_id=account_id,
            action_type=action_type,
            ceiling=level,
        )
        await rows.add_narrowing(tx, new)
    elif own is not None and level is None:
        await rows.drop_narrowing(tx, own)
    elif own is not None and level is not None:
        own.ceiling = level
        await tx.session.flush()
    return before
