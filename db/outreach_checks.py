"""SQL of the hourly look for what calls for outreach: which accounts, and who is at it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from db.models.customers import Account
from db.models.outreach import OutreachCheck
from db.session import ReadTx, Tx

TALKED = timedelta(days=120)
"""So far back mail makes an account worth a look; older mail calls for nothing by itself."""
RENEWAL = timedelta(days=91)
MET = timedelta(days=4)

# Cheap, and rather too many than too few: the rules decide.
PAGE = text(
    """
select a.id from accounts a
where a.tenant_id = :tenant and not a.excluded and a.merged_into_id is null
  and (cast(:after as uuid) is null or a.id > :after)
  and (
    exists (select 1 from triggers t where t.tenant_id = :tenant and t.account_id = a.id
              and t.status in ('found', 'proposed', 'scheduled'))
    or (a.lifecycle is distinct from 'churned' and (
      a.renewal_date between :today and :renewal
      or exists (select 1 from conversations c where c.tenant_id = :tenant and c.account_id = a.id
                   and c.last_message_at >= :talked)
      or exists (select 1 from signals s where s.tenant_id = :tenant and s.account_id = a.id
                   and s.status in ('raised', 'acknowledged'))
      or exists (select 1 from meetings m where m.tenant_id = :tenant and m.account_id = a.id
                   and m.starts_at between :met and :now)
    ))
  )
order by a.id limit :most
"""
)


async def list_page(tx: ReadTx, after: UUID | None, now: datetime, most: int) -> list[UUID]:
    """The next accounts, in the order of their ids, about which something may be found."""
    # A day more at either end: members' days begin and end at other moments than UTC's.
    day = timedelta(days=1)
    rows = await tx.session.execute(
        PAGE,
        {
            "tenant": tx.tenant_id,
            "after": after,
            "now": now,
            "today": (now - day).date(),
            "renewal": (now + RENEWAL).date(),
            "talked": now - TALKED,
            "met": now - MET,
            "most": most,
        },
    )
    return list(rows.scalars())


async def has_accounts(tx: ReadTx) -> bool:
    query = select(exists().where(Account.tenant_id == tx.tenant_id))
    return bool((await tx.session.execute(query)).scalar_one())


async def is_known(tx: ReadTx, due_at: datetime) -> bool:
    """Whether this hour's look was begun, or an earlier one still goes on."""
    rows = await tx.session.execute(
        select(OutreachCheck.id)
        .where(
            OutreachCheck.tenant_id == tx.tenant_id,
            or_(OutreachCheck.due_at == due_at, OutreachCheck.ended_at.is_(None)),
        )
        .limit(1)
    )
    return rows.first() is not None


async def add_check(tx: Tx, *, check_id: UUID, due_at: datetime, now: datetime) -> bool:
    """False when this hour's look has been begun already."""
    row = await tx.session.execute(
        insert(OutreachCheck)
        .values(
            tenant_id=tx.tenant_id,
            id=check_id,
            created_at=now,
            due_at=due_at,
            taking_up=False,
            looked=0,
            found=0,
            failed=0,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "due_at"])
        .returning(OutreachCheck.id)
    )
    return row.first() is not None


async def drop_old(tx: Tx, before: datetime) -> None:
    """What hours came to is kept for a while."""
    await tx.session.execute(
        delete(OutreachCheck).where(
            OutreachCheck.tenant_id == tx.tenant_id, OutreachCheck.ended_at < before
        )
    )


async def lock_check(tx: Tx, check_id: UUID) -> OutreachCheck | None:
    """The look, if it goes on."""
    rows = await tx.session.scalars(
        select(OutreachCheck)
        .where(
            OutreachCheck.tenant_id == tx.tenant_id,
            OutreachCheck.id == check_id,
            OutreachCheck.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()
