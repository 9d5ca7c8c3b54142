"""A loop with somebody in it who wants to be erased, and everything that could still name them."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from db.models.compose import Note
from db.models.privacy import Erasure
from db.traces import tenant_tables
from services.never_label import Forgetting
from services.privacy.erasing import ErasingService
from services.privacy.steps import Steps
from services.retention.running import RetentionService
from tests.integration.services.loop import ASK, Loop
from tests.shared import VAULT


@dataclass
class PrivacyDesk:
    """`book` is the ledger outside the database."""

    loop: Loop
    book: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        loop = self.loop
        parts: Any = {"clock": loop.clock, "ids": loop.ids, "audit": loop.audit}
        self.forgetting = Forgetting(db=loop.database, **parts)
        self.steps = Steps(**parts, forgetting=self.forgetting)
        self.retention = RetentionService(db=loop.database, **parts, forgetting=self.forgetting)
        self.erasing = ErasingService(
            db=loop.database, **parts, vault=VAULT, steps=self.steps, ledger=self._note
        )

    async def _note(self, tenant: UUID, line: Any) -> None:
        self.book.append((tenant, dict(line)))

    async def lived(self) -> None:
        """A mail answered, one rejected with a reason, words about the person wherever people
        write some."""
        loop = self.loop
        who = loop.contact
        await loop.proposed(f"{ASK}\n\nYours, {who.name}")
        await loop.approve()
        await loop.drain()
        await loop.proposed(f"{ASK} And the price list, please.")
        action = await loop.action()
        await loop.actions.reject(
            loop.actor(loop.rita),
            action.id,
            reason=f"{who.name} has it already, I told {who.email}",
            surface="slack",
            command_id=uuid4().hex,
            revision=(await loop.draft()).revision,
        )
        await loop.drain()
        await loop.proposed(f"{ASK} It is the third time I ask.")
        async with loop.database.transaction(loop.tenant) as tx:
            tx.session.add(
                Note(
                    tenant_id=loop.tenant,
                    id=uuid4(),
                    created_at=loop.clock.now(),
                    account_id=loop.account.id,
                    kind="log",
                    text=f"Met {who.name} ({who.email.upper()}) at the fair, and others too.",
                    source_key="C1/1",
                )
            )

    async def erase(self, kind: str = "contact", email: str | None = None) -> Erasure:
        """Asked for, and done as far as it goes with the jobs of others in between."""
        view = await self.erasing.ask(self.loop.tenant, kind, email or self.loop.contact.email)
        return await self.go_on(view.id)

    async def go_on(self, erasure_id: UUID, turns: int = 8) -> Erasure:
        for _ in range(turns):
            await self.erasing.run(self.loop.tenant, erasure_id)
            row = await self.row(erasure_id)
            if row.status == "done":
                break
            await self.loop.drain(skip=("privacy.erase", "privacy.unsay", "audit.chain"))
            await self.index()
            self.loop.clock.move(timedelta(seconds=31))
        return await self.row(erasure_id)

    async def index(self) -> None:
        """What the index does with texts that are gone."""
        async with self.loop.database.transaction(self.loop.tenant) as tx:
            await tx.session.execute(
                text(
                    "delete from search_entries e using messages m where m.id = e.source_id "
                    "and m.text is null and e.indexed_at is null"
                )
            )

    async def row(self, erasure_id: UUID) -> Erasure:
        async with self.loop.database.read(self.loop.tenant) as tx:
            return await tx.session.get_one(Erasure, (self.loop.tenant, erasure_id))

    async def everything(self, tenant: UUID | None = None) -> dict[str, str]:
        """Each table as one text, bytes as what they say: what somebody with the database reads."""
        found = {}
        tenant = tenant or self.loop.tenant
        async with self.loop.database.read(tenant) as tx:
            for table in tenant_tables():
                query = text(f"select to_jsonb(t)::text from {table.name} t")
                rows = await tx.session.scalars(query)
                found[table.name] = "\n".join(_said(row) for row in rows)
        return found


def _said(row: str) -> str:
    told = json.loads(row)
    for key, value in told.items():
        if isinstance(value, str) and value.startswith("\\x"):
            told[key] = bytes.fromhex(value[2:]).decode("utf-8", "replace")
    return json.dumps(told, ensure_ascii=False)


def faulty(steps: Steps, after: int) -> Any:
    """Steps whose process dies in the middle of a turn: its transaction is rolled back."""

    @dataclass
    class Dying:
        left: int = after

        async def take(self, tx: Any, row: Any, person: Any) -> bool:
            more = await steps.take(tx, row, person)
            self.left -= 1
            if self.left == 0:
                raise ConnectionAbortedError("killed")
            return more

    return Dying()


def with_steps(desk: PrivacyDesk, steps: Any) -> ErasingService:
    return replace(desk.erasing, steps=steps)
