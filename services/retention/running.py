"""The daily look for what has been kept long enough: once a day and workspace, a job of batches,
each a transaction. One that died goes on with the sort it stood at; what was taken isn't there to
be taken again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from db import erasures as key_rows
from db import jobs, members, tenants
from db import retention as rows
from db.models.privacy import RetentionRun
from db.session import Database, Tx
from services.audit import AuditService
from services.audit_seals import FactSeal
from services.errors import Forbidden, InvalidInput
from services.never_label import Forgetting
from services.ports import Clock, Ids
from services.retention.sorts import HELD_JOBS, JOBS_LOG, NEVER, SORTS, days_of
from services.types.people import Actor, Role

JOB = "retention.run"
SETTING = "retention"
BATCH = 500
MAILS = 100
NOTE = "kept long enough"
ORDER = tuple(SORTS)
NO_SORT = "There is no sort {name}. Known: {known}."
OUT = "{name} is kept between {least} and {most} days{forever}."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    """One sort as it stands. `days` 0: time alone takes nothing."""

    name: str
    what: str
    days: int
    default: int
    least: int
    most: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    forgetting: Forgetting

    # ── what is set ─────────────────────────────────────────────────────────────────────────────
    async def show(self, tenant_id: UUID) -> tuple[KeptView, ...]:
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
        stored = (tenant.settings or {}).get(SETTING) if tenant else None
        days = days_of(stored or {})
        return tuple(
            KeptView(
                name=one.name,
                what=one.what,
                days=days[one.name],
                default=one.days,
                least=one.least,
                most=one.most,
                why=one.why,
            )
            for one in SORTS.values()
        )

    async def set(self, tenant_id: UUID, name: str, days: int, actor: Actor | None = None) -> None:
        """How long a sort is kept from the next look on. An admin's, or the command line's."""
        sort = SORTS.get(name)
        if sort is None:
            raise InvalidInput(NO_SORT.format(name=name, known=", ".join(SORTS)), field="sort")
        if not sort.allows(days):
            told = OUT.format(
                name=sort.name,
                least=sort.least,
                most=sort.most,
                forever=", or for ever (0)" if sort.forever else "",
            )
            raise InvalidInput(told, field="days")
        async with self.db.transaction(tenant_id) as tx:
            if actor is not None:
                member = await members.get_member(tx, actor.member_id)
                if member is None or not member.active or member.role != Role.ADMIN:
                    raise Forbidden("Only an admin says how long something is kept.")
            tenant = await tenants.lock_tenant(tx)
            stored = dict((tenant.settings or {}).get(SETTING) or {}) if tenant else {}
            before = days_of(stored)[name]
            await tenants.set_setting(tx, SETTING, stored | {name: days})
            facts = {"kind": name, "before": before, "after": days}
            await self.audit.append(tx, "retention.set", actor=actor, facts=facts)

    # ── taking ──────────────────────────────────────────────────────────────────────────────────
    async def due(self, tenant_id: UUID) -> None:
        """Each minute: begin the day's look where there is none, and take up one that stopped."""
        today = self.clock.now().date()
        async with self.db.transaction(tenant_id) as tx:
            run = await rows.newest_run(tx)
            if run is not None and run.day >= today and run.status == "done":
                return
            if run is None or run.day < today:
                await rows.add_run(
                    tx,
                    RetentionRun(
                        tenant_id=tenant_id,
                        id=self.ids.new(),
                        created_at=self.clock.now(),
                        day=today,
                        sort=ORDER[0],
                        counts={},
                    ),
                )
            payload = {"day": today.isoformat()}
            await jobs.enqueue(tx, JOB, payload, dedupe_key=f"{JOB}:{tenant_id}", patient=True)

    async def run(self, tenant_id: UUID, day: date) -> None:
        """Batch by batch, until the day's look is over."""
        while await self._turn(tenant_id, day):
            pass

    async def _turn(self, tenant_id: UUID, day: date) -> bool:
        async with self.db.transaction(tenant_id) as tx:
            run = await rows.lock_run(tx, day)
            if run is None or run.status == "done":
                return False
            tenant = await tenants.get_tenant(tx)
            stored = (tenant.settings or {}).get(SETTING) if tenant else None
            name = run.sort
            kept = days_of(stored or {})[name] if name in SORTS else NEVER
            taken = 0
            if kept != NEVER:
                taken = await self._take(tx, name, self.clock.now() - timedelta(days=kept))
            if taken:
                run.counts = dict(run.counts) | {name: int(run.counts.get(name, 0)) + taken}
                return True
            return await self._next(tx, run)

    async def _next(self, tx: Tx, run: RetentionRun) -> bool:
        place = ORDER.index(run.sort) + 1 if run.sort in ORDER else 0
        if place < len(ORDER):
            run.sort = ORDER[place]
            return True
        await self._reseal(tx)
        run.status, run.ended_at = "done", self.clock.now()
        if run.counts:
            facts = {"day": run.day.isoformat(), "counts": dict(run.counts)}
            await self.audit.append(tx, "retention.done", subject_id=run.id, facts=facts)
        return False

    async def _take(self, tx: Tx, name: str, before: datetime) -> int:
        if name == "audit":
            return await key_rows.destroy_keys_before(tx, before, BATCH)
        if name == "mail":
            found = await rows.list_old_mail(tx, before, MAILS)
            if found:
                await self.forgetting.forget(tx, found, note=NOTE, look_again=False)
            return len(found)
        for taking in rows.TAKINGS[name]:
            taken = await rows.take(tx, taking, before, BATCH)
            if taken:
                return taken
        return 0

    async def _reseal(self, tx: Tx) -> None:
        """Keys of the audit that an older encryption key opens come under the present one, so that
        the older one can be retired after a while."""
        vault = self.audit.vault
        for entry_id, key in await key_rows.list_keys_under_others(tx, vault.current, BATCH):
            anew = FactSeal(vault).reseal(tx.tenant_id, entry_id, key)
            await key_rows.set_key(tx, entry_id, key=anew.key, key_id=anew.key_id)

    async def take_queue(self) -> None:
        """The queue's own log, of all workspaces together: a batch a tick."""
        now = self.clock.now()
        async with self.db.directory() as tx:
            await rows.take_queue(
                tx, log_before=now - JOBS_LOG, held_before=now - HELD_JOBS, limit=BATCH
            )
