"""Wishes for figures that take a while to count: kept until a job of the worker has counted them,
and told by Slack's way back, which is good for half an hour."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import jobs
from db import report_wishes as rows
from db.models.coaching import ReportWish
from db.models.tenants import Member
from db.session import Database
from services.ports import Clock, Ids
from services.reports.periods import Span
from services.types.reports import Report, WayBack

JOB = "report.count"
GOOD_FOR = timedelta(minutes=29)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWishes:
    db: Database
    clock: Clock
    ids: Ids

    async def begin(self, member: Member, span: Span, way: WayBack) -> None:
        """Have these days counted for this member, once for a command."""
        now = self.clock.now()
        async with self.db.transaction(member.tenant_id) as tx:
            await rows.drop_old_wishes(tx, now - KEPT)
            wish_id = await rows.add_wish(
                tx,
                id=self.ids.new(),
                created_at=now,
                member_id=member.id,
                command_id=way.command_id,
                period=span.period.value,
                starts_on=span.first,
                response_url=way.response_url,
            )
            if wish_id is not None:
                await jobs.enqueue(tx, JOB, {"wish_id": wish_id})

    async def renew(self, member: Member, span: Span, old: Report) -> None:
        """Have them counted anew for whoever asks next: once, however many look at the old ones."""
        about = f"{member.id}:{span.period}:{span.first}:{old.as_of}"
        name = hashlib.sha256(about.encode()).hexdigest()[:24]
        await self.begin(member, span, WayBack(command_id=f"anew:{name}"))

    async def open(self, tenant_id: UUID, wish_id: UUID) -> ReportWish | None:
        """None when it was told before, or nobody can be told any more."""
        async with self.db.read(tenant_id) as tx:
            wish = await rows.get_wish(tx, wish_id)
        if wish is None or wish.settled_at is not None:
            return None
        if self.clock.now() - wish.created_at > GOOD_FOR:
            await self.settle(tenant_id, wish_id)
            return None
        return wish

    async def settle(self, tenant_id: UUID, wish_id: UUID) -> None:
        async with self.db.transaction(tenant_id) as tx:
            await rows.settle_wish(tx, wish_id, at=self.clock.now())
