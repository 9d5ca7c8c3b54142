"""What the edge asks about accounts (services.account_view.service.AccountViewService)."""

from typing import Protocol
from uuid import UUID

from services.types.account_view import AccountView, RowKind, StoredText
from services.types.people import Actor


class AccountVerbs(Protocol):
    """Views of accounts, assembled afresh. NotFound: it is gone, or not the actor's to see."""

    async def view(self, actor: Actor, account_id: UUID) -> AccountView: ...
    async def brief(self, actor: Actor, words: str) -> AccountView:
        """InvalidInput names the choices when the words fit several accounts."""
        ...

    async def name(self, actor: Actor, account_id: UUID) -> str: ...
    async def stored(
        self, actor: Actor, account_id: UUID, kind: RowKind, row_id: UUID
    ) -> StoredText:
        """What stands behind a line of the view."""
        ...
