"""What the tenant has already, by what names it in a file."""

from dataclasses import dataclass
from uuid import UUID

from db import account_moves
from db import seeding as rows
from db.models.customers import Account, AccountOwner
from db.models.tenants import Member
from db.session import ReadTx


def fold(name: str) -> str:
    """Names are the same when only case and blanks differ."""
    return " ".join(name.casefold().split())


@dataclass(slots=True, kw_only=True)
class Known:
    """Grows while the files go in. `accounts` also knows a merged account's name: by it the one it
    is part of (`parts`). `renamed` are deals that a merge had to give another name: (folded name of
    the account, of the deal as it was) → folded name as it is."""

    members: dict[str, Member]
    accounts: dict[str, Account]
    owners: dict[tuple[UUID, str], AccountOwner]
    parts: frozenset[str] = frozenset()
    renamed: dict[tuple[str, str], str]

    def deal_name(self, account: str, deal: str) -> str:
        """What the deal is called by now, folded."""
        return self.renamed.get((fold(account), fold(deal)), fold(deal))


async def known_of(tx: ReadTx) -> Known:
    standing = {fold(account.name): account for account in await rows.list_accounts(tx)}
    by_id = {account.id: account for account in standing.values()}
    parts = {
        fold(name): by_id[into]
        for name, into in await account_moves.list_parts(tx)
        if into in by_id and fold(name) not in standing
    }
    return Known(
        members={member.email: member for member in await rows.list_members(tx)},
        accounts=parts | standing,
        owners={(o.account_id, o.function): o for o in await rows.list_owners(tx)},
        parts=frozenset(parts),
        renamed=await _renamed(tx) if parts else {},
    )


async def _renamed(tx: ReadTx) -> dict[tuple[str, str], str]:
    merges = [row for row in await account_moves.list_merges(tx) if row[0].split_at is None]
    named = {
        UUID(deal_id): (fold(source), fold(names[0]))
        for merge, source, _ in merges
        for deal_id, names in merge.changed.get("deals", {}).items()
    }
    now = await account_moves.list_deal_names(tx, named)
    return {before: fold(now[deal_id]) for deal_id, before in named.items() if deal_id in now}
