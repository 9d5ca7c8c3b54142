"""Members of a tenant."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, update

from db.models.tenants import Member
from db.session import ReadTx, Tx


async def get_member(tx: ReadTx, member_id: UUID) -> Member | None:
    return await tx.session.get(Member, (tx.tenant_id, member_id))


async def get_member_by_slack_id(tx: ReadTx, slack_user_id: str) -> Member | None:
    query = select(Member).where(
        Member.tenant_id == tx.tenant_id, Member.slack_user_id == slack_user_id
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def get_member_by_email(tx: ReadTx, email: str) -> Member | None:
    query = select(Member).where(Member.tenant_id == tx.tenant_id, Member.email == email)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def hold_member(tx: Tx, member_id: UUID) -> Member | None:
    """The member as they stand now; nobody changes them until the transaction ends, others may hold
    them so as well. None while somebody is changing them: who holds a card may not wait for that,
    since whoever changes a member touches cards."""
    query = select(Member).where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
    query = query.with_for_update(read=True, skip_locked=True)
    query = query.execution_options(populate_existing=True)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def lock_member(tx: Tx, member_id: UUID) -> Member | None:
    """The member as they stand now, to be changed. Rows that refer to them may be written
    meanwhile: a decision under way must not wait for us, since we shall wait for it."""
    query = select(Member).where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def list_members(tx: ReadTx) -> Sequence[Member]:
    query = select(Member).where(Member.tenant_id == tx.tenant_id).order_by(Member.name, Member.id)
    return (await tx.session.execute(query)).scalars().all()


def below(tx: ReadTx, manager_id: UUID) -> Select[UUID]:
    """Everybody below this member, however far down."""
    found = (
        select(Member.id)
        .where(Member.tenant_id == tx.tenant_id, Member.manager_id == manager_id)
        .cte("below", recursive=True)
    )
    # A union, not a union all: two who lead each other end it all the same.
    found = found.union(
        select(Member.id).where(Member.tenant_id == tx.tenant_id, Member.manager_id == found.c.id)
    )
    return select(found.c.id)


async def list_led(tx: ReadTx, manager_id: UUID) -> list[UUID]:
    """The member, and everybody below them."""
    found = await tx.session.scalars(below(tx, manager_id))
    return [manager_id, *(one for one in found if one != manager_id)]


async def list_admin_ids(tx: ReadTx) -> list[UUID]:
    """The active admins."""
    query = select(Member.id).where(
        Member.tenant_id == tx.tenant_id, Member.role == "admin", Member.active
    )
    return list(await tx.session.scalars(query.order_by(Member.id)))


async def claim_slack_id(tx: Tx, member_id: UUID, slack_user_id: str, timezone: str | None) -> bool:
    """Bind the Slack id, once: False when this member already has another one."""
    values = {"slack_user_id": slack_user_id}
    query = (
        update(Member)
        .where(
            Member.tenant_id == tx.tenant_id,
            Member.id == member_id,
            Member.slack_user_id.is_(None),
        )
        .values(**values)
        .returning(Member.timezone)
    )
    stored = (await tx.session.execute(query)).scalar_one_or_none()
    if stored == "UTC" and timezone:
        await _set(tx, member_id, timezone=timezone)
    return stored is not None


async def set_dm_channel(tx: Tx, member_id: UUID, channel: str) -> None:
    await _set(tx, member_id, dm_channel=channel)


async def set_preference(tx: Tx, member_id: UUID, name: str, value: str) -> None:
    """One wish of the member; the others stay."""
    await tx.session.execute(
        update(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
        .values(preferences=Member.preferences.op("||")(func.jsonb_build_object(name, value)))
        .execution_options(synchronize_session=False)
    )


async def _set(tx: Tx, member_id: UUID, **values: str) -> None:
    await tx.session.execute(
        update(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
        .values(**values)
    )
