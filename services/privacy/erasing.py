"""Erasing somebody: asked for once, done by a job step by step, each step a transaction that may be
repeated, so that a process that dies goes on where it stood. It is done when a look over everything
finds nothing more, and what others have to do (the vector store, Gmail, Slack) is done.

The order matters: from the first commit on nobody learns of the address again; drafts leave Gmail
while their texts still tell which are ours; the words go from everywhere; the audit's keys go last,
with what the erasure itself had to write.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from db import erasures as rows
from db import jobs, members
from db import people as people_rows
from db.models.privacy import Erasure
from db.session import Database, ReadTx, Tx
from db.traces import count_traces
from services.audit import AuditService
from services.errors import Conflict, NotFound
from services.ports import Clock, Ids
from services.privacy.people import Person, address_of, contact_person
from services.privacy.steps import STEPS, Steps, Waits
from services.suppression import Suppression
from services.vault import Cell, Vault

log = structlog.get_logger()

JOB = "privacy.erase"
AGAIN = timedelta(seconds=30)
UNATTENDED = timedelta(minutes=10)
CONTACT, MEMBER = "contact", "member"
STILL_HERE = "{name} is still a member. End the membership first, then erase."
A_MEMBER = "{email} is a member's address: use --member."
NOBODY = "Nobody with the address {email} has ever been a member."

Ledger = Callable[[UUID, Mapping[str, Any]], Awaitable[None]]
"""Writes down outside the database that somebody was erased, for after a restore."""


async def no_ledger(_tenant_id: UUID, _line: Mapping[str, Any]) -> None:
    """Nobody keeps one: erasures aren't repeated after a restore."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an erasure would touch: `traces` are rows by table that name the person."""

    kind: str
    email: str
    names: tuple[str, ...]
    mails: int
    traces: Mapping[str, int]
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """How far an erasure is; it names nobody."""

    id: UUID
    kind: str
    status: str
    counts: Mapping[str, Any]
    waiting: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasingService:
    db: Database
    clock: Clock
    ids: Ids
    vault: Vault
    audit: AuditService
    steps: Steps
    ledger: Ledger = no_ledger

    # ── asking ──────────────────────────────────────────────────────────────────────────────────
    async def plan(self, tenant_id: UUID, kind: str, email: str) -> Plan:
        """What would go. Nothing is changed."""
        async with self.db.read(tenant_id) as tx:
            person = await self._person(tx, kind, address_of(email))
            # Counted to a thousand: whoever has more is told so.
            mails = await people_rows.list_mail(tx, person.contacts, person.pattern, 1_000)
            traces = await count_traces(tx, person.pattern)
        return Plan(
            kind=kind,
            email=person.email,
            names=person.names,
            mails=len(mails),
            traces=traces,
            known=bool(person.contacts or person.members or mails or traces),
        )

    async def ask(self, tenant_id: UUID, kind: str, email: str) -> ErasureView:
        """Begin it, or find the one that is under way. From here on nobody learns of the address
        again."""
        async with self.db.transaction(tenant_id) as tx:
            person = await self._person(tx, kind, address_of(email))
            hashes = Suppression(self.vault).hashes(person.email)
            under_way = await rows.find_open(tx, hashes)
            if under_way is not None:
                await jobs.enqueue(tx, JOB, {"erasure_id": under_way.id})
                return _view(under_way)
            row = self._row(tenant_id, kind, person)
            await rows.add_erasure(tx, row)
            ids = [self.ids.new() for _ in hashes]
            await rows.add_erased(tx, ids, hashes, row.id, self.clock.now())
            facts = {"kind": kind}
            await self.audit.append(tx, "erasure.asked", subject_id=row.id, facts=facts)
            await jobs.enqueue(tx, JOB, {"erasure_id": row.id})
        return _view(row)

    def _row(self, tenant_id: UUID, kind: str, person: Person) -> Erasure:
        version, digest = Suppression(self.vault).hashes(person.email)[0]
        row_id = self.ids.new()
        return Erasure(
            tenant_id=tenant_id,
            id=row_id,
            created_at=self.clock.now(),
            kind=kind,
            status="asked",
            digest=digest,
            key_version=version,
            person=self.vault.seal(person.to_bytes(), _cell(tenant_id, row_id)),
            things={},
            step=STEPS[kind][0],
            cursor="",
            counts={},
            waiting={},
        )

    async def lift(self, tenant_id: UUID, email: str) -> bool:
        """Whoever has this address may be learned of again, of their own will. False when nobody
        with it was erased."""
        async with self.db.transaction(tenant_id) as tx:
            hashes = Suppression(self.vault).hashes(address_of(email))
            lifted = await rows.drop_erased(tx, hashes) > 0
            if lifted:
                await self.audit.append(tx, "erasure.lifted")
        return lifted

    async def list_all(self, tenant_id: UUID) -> tuple[ErasureView, ...]:
        async with self.db.read(tenant_id) as tx:
            return tuple(_view(row) for row in await rows.list_erasures(tx))

    @staticmethod
    async def _person(tx: ReadTx, kind: str, email: str) -> Person:
        member = await people_rows.find_member(tx, email)
        if kind == CONTACT:
            if member is not None:
                raise Conflict(A_MEMBER.format(email=email))
            return await contact_person(tx, email)
        if member is None:
            raise NotFound(NOBODY.format(email=email))
        if member.active:
            raise Conflict(STILL_HERE.format(name=member.name))
        return Person(email=email, names=(member.name,), members=(member.id,))

    # ── doing ───────────────────────────────────────────────────────────────────────────────────
    async def run(self, tenant_id: UUID, erasure_id: UUID) -> None:
        """Go on as far as it goes now. Safe to repeat at any time, by any number of processes."""
        async with self.db.read(tenant_id) as tx:
            row = await rows.get_erasure(tx, erasure_id)
        if row is None:
            return
        if row.looked_at is None:
            # Before anything goes: after a restore of an older backup this is all that is known.
            await self.ledger(tenant_id, _ledger_line(row))
        while await self._turn(tenant_id, erasure_id):
            pass

    async def _turn(self, tenant_id: UUID, erasure_id: UUID) -> bool:
        """One transaction; True while there is something to be done at once."""
        async with self.db.transaction(tenant_id) as tx:
            row = await rows.lock_erasure(tx, erasure_id)
            if row is None or row.status == "done" or row.person is None:
                return False
            row.looked_at = self.clock.now()
            waits = await self._advance(tx, row)
            if waits:
                await jobs.enqueue(tx, JOB, {"erasure_id": row.id}, after=AGAIN)
        return not waits

    async def _advance(self, tx: Tx, row: Erasure) -> bool:
        """One turn of the present step; True when others have to do something first."""
        sealed = row.person or b""
        person = Person.from_bytes(self.vault.open(sealed, _cell(tx.tenant_id, row.id)))
        row.status, row.waiting = "running", {}
        try:
            more = await self.steps.take(tx, row, person)
        except Waits as others:
            row.status, row.waiting = "waiting", others.counts
            return True
        if not more:
            order = STEPS[row.kind]
            place = order.index(row.step) + 1
            row.cursor = ""
            if place < len(order):
                row.step = order[place]
            else:
                await self._finish(tx, row)
        return False

    async def _finish(self, tx: Tx, row: Erasure) -> None:
        row.status, row.settled_at = "done", self.clock.now()
        row.person, row.things = None, {}
        facts = {"kind": row.kind, "counts": dict(row.counts)}
        await self.audit.append(tx, "erasure.done", subject_id=row.id, facts=facts)
        log.info("somebody was erased", erasure_id=str(row.id), kind=row.kind)

    async def check(self, tenant_id: UUID) -> None:
        """Each minute: what nobody works on is taken up again."""
        async with self.db.transaction(tenant_id) as tx:
            for erasure_id in await rows.list_unattended(tx, self.clock.now() - UNATTENDED):
                await jobs.enqueue(
                    tx, JOB, {"erasure_id": erasure_id}, dedupe_key=f"{JOB}:{erasure_id}"
                )

    async def replay(self, tenant_id: UUID, lines: tuple[Mapping[str, Any], ...]) -> list[UUID]:
        """After a restore: erase again whoever the ledger says was erased, and is there."""
        wanted = {(int(line["key_version"]), bytes.fromhex(line["digest"])) for line in lines}
        async with self.db.read(tenant_id) as tx:
            there = await people_rows.list_addresses(tx)
        begun = []
        suppression = Suppression(self.vault)
        for email in sorted(there):
            if wanted.isdisjoint(suppression.hashes(email)):
                continue
            async with self.db.read(tenant_id) as tx:
                member = await people_rows.find_member(tx, email)
            if member is not None and member.active:
                async with self.db.transaction(tenant_id) as tx:
                    row = await members.lock_member(tx, member.id)
                    if row is not None:
                        row.active = False
            kind = MEMBER if member is not None else CONTACT
            begun.append((await self.ask(tenant_id, kind, email)).id)
        await self._remember(tenant_id, wanted)
        return begun

    async def _remember(self, tenant_id: UUID, wanted: set[tuple[int, bytes]]) -> None:
        """Also of those who are no longer there: mail of theirs may still come."""
        async with self.db.transaction(tenant_id) as tx:
            ids = [self.ids.new() for _ in wanted]
            await rows.add_erased(tx, ids, sorted(wanted), UUID(int=0), self.clock.now())


def _cell(tenant_id: UUID, row_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="erasures", column="person", row=row_id)


def _ledger_line(row: Erasure) -> dict[str, Any]:
    return {
        "erasure": str(row.id),
        "kind": row.kind,
        "at": row.created_at.isoformat(),
        "key_version": row.key_version,
        "digest": row.digest.hex(),
    }


def _view(row: Erasure) -> ErasureView:
    return ErasureView(
        id=row.id,
        kind=row.kind,
        status=row.status,
        counts=dict(row.counts),
        waiting=dict(row.waiting),
    )
