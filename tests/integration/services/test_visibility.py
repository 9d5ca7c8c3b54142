"""Who sees which account: one rule, in SQL."""

from uuid import uuid4

import pytest

from db.session import Database
from db.visibility import may_see
from services.visibility import only_of
from tests import factories as make


@pytest.mark.parametrize(
    ("how", "seen"),
    [
        ("owns", True),
        ("looks after", True),
        ("has its deal", True),
        ("answers its mail", True),
        ("is nobody's yet", True),
        ("a colleague owns", False),
        ("a colleague looks after", False),
    ],
)
async def test_members_see_what_is_theirs_or_nobodys(
    database: Database, how: str, *, seen: bool
) -> None:
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        rita, cole = await make.make_member(tx), await make.make_member(tx, name="Cole")
        owner = rita if how == "owns" else None if how == "is nobody's yet" else cole
        by_function = how in {"looks after", "a colleague looks after"}
        account = await make.make_account(
            tx, owner_id=owner.id if owner and not by_function else None
        )
        if by_function:
            whose = rita if how == "looks after" else cole
            await make.make_account_owner(tx, account_id=account.id, member_id=whose.id)
        if how == "has its deal":
            await make.make_deal(tx, account_id=account.id, owner_id=rita.id)
        if how == "answers its mail":
            await make.make_conversation(tx, account_id=account.id, responder_id=rita.id)
        assert await may_see(tx, account.id, only_of(rita)) is seen
        boss = await make.make_member(tx, name="Mona", role="manager")
        assert await may_see(tx, account.id, only_of(boss))
    elsewhere = await make.make_tenant(database, tenant_id=uuid4())
    async with database.transaction(elsewhere) as tx:
        assert not await may_see(tx, account.id, rita.id)
