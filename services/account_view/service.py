"""The account view, assembled afresh for whoever looks. Nothing of it is kept anywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from db import customers, members
from db.models.customers import Account
from db.models.tenants import Member
from db.session import Database, ReadTx
from db.visibility import may_see
from services.account_names import the_account
from services.account_view.assembling import assemble
from services.account_view.reading import STATEMENT_MS, Asking, read_all
from services.account_view.stored import stored_text
from services.actors import require_member
from services.errors import InvalidInput, NotFound
from services.ports import Clock
from services.types.account_view import AccountView, RowKind, StoredText, Window
from services.types.ids import TenantId
from services.types.people import Actor, Role
from services.types.views import Reader
from services.visibility import only_of

RECENT = timedelta(days=30)
ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
GONE = "This account is no longer there, or isn't among yours."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What every source is read for."""

    member: Member
    account: Account
    owners: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AccountViewService:
    """`statement_ms`: how long a statement may take before the view goes on without its source."""

    db: Database
    clock: Clock
    statement_ms: int = STATEMENT_MS

    async def view(
        self, actor: Actor, account_id: UUID, window: Window | None = None
    ) -> AccountView:
        """Everything known of one account. NotFound: it is gone, of another tenant, or not the
        actor's to see. A source that can't be read is named in `missing`; the rest stands."""
        async with self.db.read(actor.tenant_id) as tx:
            standing = await _standing(tx, actor, await customers.get_account(tx, account_id))
        return await self._view(actor.tenant_id, standing, window)

    async def brief(self, actor: Actor, words: str) -> AccountView:
        """The same for the account these words mean. InvalidInput names the choices when they fit
        several."""
        if not words.strip():
            raise InvalidInput("Which account? For example: /understudy brief Acme")
        async with self.db.read(actor.tenant_id) as tx:
            only = only_of(await require_member(tx, actor))
            standing = await _standing(tx, actor, await the_account(tx, words.strip(), only))
        return await self._view(actor.tenant_id, standing, None)

    async def name(self, actor: Actor, account_id: UUID) -> str:
        """The account's name, for whom it may be told."""
        async with self.db.read(actor.tenant_id) as tx:
            standing = await _standing(tx, actor, await customers.get_account(tx, account_id))
            return standing.account.name

    async def stored(
        self, actor: Actor, account_id: UUID, kind: RowKind, row_id: UUID
    ) -> StoredText:
        """What stands behind a line of the account's view. NotFound also when the row is another
        account's."""
        async with self.db.read(actor.tenant_id) as tx:
            standing = await _standing(tx, actor, await customers.get_account(tx, account_id))
            reader = _reader(standing.member, self.clock.now)
            return await stored_text(tx, reader, standing.account, kind, row_id)

    async def _view(
        self, tenant_id: TenantId, standing: _Standing, window: Window | None
    ) -> AccountView:
        now = self.clock.now()
        asking = Asking(
            account=standing.account,
            member_id=standing.member.id,
            only=only_of(standing.member),
            now=now,
            window=window or Window(start=now - RECENT, end=ALWAYS),
            fill=window is None,
        )
        reads = await read_all(self.db, tenant_id, asking, statement_ms=self.statement_ms)
        reader = _reader(standing.member, lambda: now)
        return assemble(reads, asking, reader, standing.owners)


async def _standing(tx: ReadTx, actor: Actor, account: Account | None) -> _Standing:
    member = await require_member(tx, actor)
    if account is None or not await may_see(tx, account.id, only_of(member)):
        raise NotFound(GONE)
    owners = [(function, m.name) for function, m in await customers.list_owners(tx, account.id)]
    owner = await members.get_member(tx, account.owner_id) if account.owner_id else None
    return _Standing(
        member=member,
        account=account,
        owners=tuple(owners or ([("owner", owner.name)] if owner else [])),
    )


def _reader(member: Member, now: Callable[[], datetime]) -> Reader:
    return Reader(
        member_id=member.id,
        name=member.name,
        role=Role(member.role),
        timezone=member.timezone,
        now=now(),
        email=member.email,
    )
