"""Mail that leaves from the tenant's system mailbox, the Gmail its admin connected for that."""

from uuid import UUID

from db import mailboxes
from db.session import Database, refuse_inside_transaction
from services.errors import NotFound
from services.ports import Mails
from services.types.mail import Address


class SystemMailboxSender:
    """Implements the MailSender port over the Mails port."""

    def __init__(self, database: Database, mails: Mails) -> None:
        self._database = database
        self._mails = mails

    @property
    def configured(self) -> Address | None:
        """Nothing holds for all tenants: each has its own mailbox or none."""
        return None

    async def address(self, tenant_id: UUID) -> Address | None:
        found = await self._find(tenant_id)
        return Address(email=found[1], name="") if found else None

    async def send(self, tenant_id: UUID, *, to: Address, raw: bytes) -> None:
        refuse_inside_transaction()
        found = await self._find(tenant_id)
        if found is None:
            raise NotFound(f"There is no system mailbox to write to {to.email} from.")
        gateway = await self._mails.of(tenant_id, found[0])
        await gateway.send(raw)

    async def _find(self, tenant_id: UUID) -> tuple[UUID, str] | None:
        async with self._database.read(tenant_id) as tx:
            return await mailboxes.find_system(tx)
