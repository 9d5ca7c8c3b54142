"""Erasing a whole workspace, in two parts. First what the processes' role may do: nothing leaves
any more, mailboxes are given back to Google, vectors go. Then every row, by the tables' owner,
because nobody else may delete what the audit says. What stays is one row of numbers and the last
link of the chain; nobody's name and no Slack id is in it. The workspace can be installed anew."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from db import tenants
from db import whole as rows
from db.models.mailboxes import Mailbox
from db.session import Database, Tx
from db.traces import count_rows, tenant_tables
from services.audit import AuditService
from services.errors import NotFound
from services.ports import Clock

EndMailbox = Callable[[Tx, Mailbox], Awaitable[None]]
ForgetVectors = Callable[[UUID], Awaitable[None]]
"""Drops everything of the tenant from the vector store. TransientError while it is down."""
GONE = "This workspace isn't there any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePlan:
    name: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeErasure:
    db: Database
    clock: Clock
    audit: AuditService
    end_mailbox: EndMailbox
    forget_vectors: ForgetVectors

    async def plan(self, tenant_id: UUID) -> WholePlan:
        """What would go, by table. Nothing is changed."""
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
            if tenant is None:
                raise NotFound(GONE)
            found = {one.name: await count_rows(tx, one.name) for one in tenant_tables()}
        return WholePlan(name=tenant.name, rows={k: v for k, v in found.items() if v})

    async def quiet(self, tenant_id: UUID) -> Mapping[str, int]:
        """Nothing leaves and nothing is read from here on; what still has to settle. Safe to
        repeat."""
        async with self.db.transaction(tenant_id) as tx:
            await rows.engage(tx)
            await tenants.drop_token(tx, at=self.clock.now())
            for mailbox in await rows.lock_mailboxes(tx):
                await self.end_mailbox(tx, mailbox)
        async with self.db.read(tenant_id) as tx:
            return await rows.count_waiting(tx)

    async def drop(self, owner: Database, tenant_id: UUID) -> Mapping[str, int]:
        """Every row, in one transaction of the tables' owner; the proof stays. Empty when it was
        done before."""
        await self.forget_vectors(tenant_id)
        await self.audit.chain(tenant_id)
        head = await self.audit.head(tenant_id)
        async with owner.transaction(tenant_id) as tx:
            counts = await rows.drop_everything(tx)
            if counts:
                await rows.add_proof(
                    tx,
                    at=self.clock.now(),
                    counts=counts,
                    links=head.sequence if head else 0,
                    head=head.hash if head else None,
                )
        return counts
