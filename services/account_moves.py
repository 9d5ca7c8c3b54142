"""Accounts that become one, and the way back.

A merge takes everything that belongs to the source along to the target and writes down what it
took; a split gives back exactly that, as far as it is still there. What is only made of it
(signals, summaries, health, the index) isn't moved: it is made anew. Nothing that was decided or
proven changes: the audit, revisions and their hashes stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db import account_moves as rows
from db import jobs, timers
from db.account_moves import Moved
from db.models.customers import Account, AccountMerge
from db.session import Database, Tx
from services.account_names import accounts_meant
from services.actors import require_admin
from services.audit import AuditService
from services.cards import touch
from services.errors import Conflict, InvalidInput, NotFound
from services.health.recomputing import touch_health
from services.home_cards import touch_homes
from services.outreach.ending import end_of_account
from services.ports import Clock, Ids
from services.search.entries import schedule, withdraw
from services.signals.lifecycle import Tell
from services.signals.wanting import want_look
from services.summaries.service import JOB as SUMMARISE
from services.summaries.service import TIMER as SUMMARY_TIMER
from services.types.people import Actor
from services.types.search import SearchSource
from services.types.signals import SignalStatus

JOB = "account.gather"
PASSES = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
"""When it is looked again for what somebody still wrote to the source: in a transaction that was
open during the merge, from a form that was open before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merge as it is told. `rows` counts what was moved, by table."""

    id: UUID
    source: str
    target: str
    rows: Mapping[str, int]
    at: str
    split_at: str | None = None


@dataclass(frozen=True, slots=True)
class AccountMoveService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    tell: Tell

    async def find(self, tenant_id: UUID, name: str) -> UUID:
        """The account of exactly this name, merged or not. NotFound names the nearest."""
        wanted = name.strip()
        async with self.db.read(tenant_id) as tx:
            found = await rows.find_named(tx, wanted)
            near = () if found or not wanted else await accounts_meant(tx, wanted)
        if not found:
            names = " or ".join(account.name for account in near)
            raise NotFound(
                f"I know no account “{wanted[:80]}”." + (f" Did you mean {names}?" if names else "")
            )
        return found[0].id

    async def list_all(self, tenant_id: UUID) -> tuple[Merge, ...]:
        """Every merge there was, the newest first."""
        async with self.db.read(tenant_id) as tx:
            return tuple(_told(*row) for row in await rows.list_merges(tx))

    async def merge(
        self, tenant_id: UUID, actor: Actor | None, source_id: UUID, target_id: UUID
    ) -> Merge:
        """The source becomes part of the target, or of what the target is part of itself. Without
        an actor somebody with the command line did it."""
        async with self.db.transaction(tenant_id) as tx:
            if actor is not None:
                await require_admin(tx, actor)
            await rows.lock_moves(tx)
            source, target = await self._ends(tx, source_id, target_id)
            now = self.clock.now()
            changed: dict[str, Any] = {}
            if target.owner_id is None and source.owner_id is not None:
                target.owner_id = source.owner_id
                changed["owner_id"] = str(source.owner_id)
            merge = AccountMerge(
                tenant_id=tenant_id,
                id=self.ids.new(),
                created_at=now,
                source_id=source.id,
                target_id=target.id,
                moved={},
                changed=changed,
                merged_at=now,
                merged_by=actor.member_id if actor else None,
            )
            source.merged_into_id = target.id
            tx.session.add(merge)
            await tx.session.flush()
            moved = await self._carry(tx, merge, source, target)
            told = _told(merge, source.name, target.name)
            await self._audit(tx, "account.merged", actor, merge, told)
            await self._look_again(tx, merge, 0)
            await self._show(tx, moved, source, target)
            return told

    async def gather(self, tenant_id: UUID, merge_id: UUID, number: int) -> None:
        """The job after a merge: take along what has come to the source since."""
        async with self.db.transaction(tenant_id) as tx:
            await rows.lock_moves(tx)
            merge = await rows.get_merge(tx, merge_id)
            if merge is None or merge.split_at is not None:
                return
            both = await rows.lock_accounts(tx, (merge.source_id, merge.target_id))
            source, target = both[merge.source_id], both[merge.target_id]
            if target.merged_into_id is None:
                moved = await self._carry(tx, merge, source, target)
                await self._look_again(tx, merge, number + 1)
                if moved:
                    await self._show(tx, moved, source, target)

    async def split(self, tenant_id: UUID, actor: Actor | None, merge_id: UUID) -> Merge:
        """The source stands by itself again, with what was taken along from it and is still there,
        and with what its own people wrote since."""
        async with self.db.transaction(tenant_id) as tx:
            if actor is not None:
                await require_admin(tx, actor)
            await rows.lock_moves(tx)
            merge = await rows.get_merge(tx, merge_id)
            if merge is None:
                raise NotFound("There is no such merge. understudy account merges lists them.")
            both = await rows.lock_accounts(tx, (merge.source_id, merge.target_id))
            source, target = both[merge.source_id], both[merge.target_id]
            if merge.split_at is not None:
                raise Conflict(f"{source.name} was split off {target.name} already.")
            await _refuse_covered(tx, target)
            back = await self._give_back(tx, merge, source, target)
            merge.split_at = self.clock.now()
            merge.split_by = actor.member_id if actor else None
            await tx.session.flush()
            told = _told(merge, source.name, target.name, back)
            await self._audit(tx, "account.split", actor, merge, told)
            await self._show(tx, back, source, target)
            return told

    # ── Taking along ────────────────────────────────────────────────────────────────────────────
    async def _ends(self, tx: Tx, source_id: UUID, target_id: UUID) -> tuple[Account, Account]:
        """Both, held until the end of the transaction; the target is where it stands now."""
        both = await rows.lock_accounts(tx, (source_id, target_id))
        if not {source_id, target_id} <= both.keys():
            raise NotFound("I don't find that account any more.")
        source, target = both[source_id], both[target_id]
        if source.merged_into_id is not None:
            into = (await rows.lock_accounts(tx, (source.merged_into_id,))).popitem()[1]
            raise Conflict(f"{source.name} is already part of {into.name}.")
        if target.merged_into_id is not None and target.merged_into_id != source.id:
            target = (await rows.lock_accounts(tx, (target.merged_into_id,))).popitem()[1]
        elif target.merged_into_id is not None:
            raise Conflict(f"{target.name} is already part of {source.name}.")
        if source.id == target.id:
            raise InvalidInput(f"{source.name} can't become part of itself.")
        for account in (source, target):
            if account.excluded:
                raise InvalidInput(
                    f"{account.name} is excluded: nothing is kept of it, so there is nothing to "
                    "merge."
                )
        return source, target

    async def _carry(self, tx: Tx, merge: AccountMerge, source: Account, target: Account) -> Moved:
        """Move what is at the source, and have made anew what is made of it."""
        renamed = await _make_room(tx, source, target)
        if renamed:
            merge.changed = merge.changed | {"deals": merge.changed.get("deals", {}) | renamed}
        # What was found about the source is history by then: two may stand for one purpose else.
        await end_of_account(
            tx,
            source.id,
            f"{source.name} became part of {target.name}.",
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
        )
        moved = await rows.move_all(tx, source.id, target.id)
        held = {table: set(ids) for table, ids in merge.moved.items()}
        for table, ids in moved.items():
            held.setdefault(table, set()).update(str(one) for one in ids)
        merge.moved = {table: sorted(ids) for table, ids in held.items()}
        await tx.session.flush()
        await self._settle(tx, source, target)
        if moved:
            await rows.follow_texts(tx, source.id, target.id, self.clock.now())
            await self._make_anew(tx, target)
        return moved

    async def _settle(self, tx: Tx, source: Account, target: Account) -> None:
        """Nothing stands about the source any more."""
        now = self.clock.now()
        signals = await rows.list_open_signals(tx, source.id)
        for signal in signals:
            signal.status = SignalStatus.CLEARED.value
            signal.settled_at = now
            signal.settled_why = f"{source.name} became part of {target.name}"
            signal.version += 1
        dropped = await rows.forget_derived(tx, source.id, now)
        await timers.drop_timer(tx, SUMMARY_TIMER, source.id)
        await withdraw(tx, SearchSource.SUMMARY, dropped, at=now)
        await tx.session.flush()
        if signals:
            await self.tell.show_cleared(tx, signals)

    async def _make_anew(self, tx: Tx, account: Account) -> None:
        """What is made of other things: signals, health, summaries, the index."""
        await schedule(tx)
        await want_look(tx, account.id, ids=self.ids, now=self.clock.now())
        await touch_health(tx, account.id)
        payload = {"account_id": account.id}
        await jobs.enqueue(tx, SUMMARISE, payload, dedupe_key=f"{SUMMARISE}:{account.id}")

    async def _look_again(self, tx: Tx, merge: AccountMerge, number: int) -> None:
        if number < len(PASSES):
            payload = {"merge_id": merge.id, "number": number}
            await jobs.enqueue(tx, JOB, payload, after=PASSES[number])

    # ── Giving back ─────────────────────────────────────────────────────────────────────────────
    async def _give_back(
        self, tx: Tx, merge: AccountMerge, source: Account, target: Account
    ) -> Moved:
        source.merged_into_id = None
        if merge.changed.get("owner_id") == str(target.owner_id):
            target.owner_id = None
        await tx.session.flush()
        moved = {table: [UUID(one) for one in ids] for table, ids in merge.moved.items()}
        back = await rows.move_back(tx, moved, target.id, source.id)
        names = merge.changed.get("deals", {})
        for deal in await rows.list_deals_at(tx, source.id):
            before, after = names.get(str(deal.id), ("", ""))
            if before and deal.name == after:
                deal.name = before
        await tx.session.flush()
        if source.domain and source.domain != target.domain:
            later = await rows.move_later_contacts(
                tx, source.domain, target.id, source.id, merge.merged_at
            )
            back.setdefault("contacts", []).extend(later)
        mail = await rows.move_later_mail(tx, target.id, source.id, merge.merged_at)
        for table, ids in mail.items():
            back.setdefault(table, []).extend(ids)
        await rows.part_from_deals(tx, source.id)
        await rows.follow_texts(tx, target.id, source.id, self.clock.now())
        for account in (source, target):
            await self._make_anew(tx, account)
        return back

    # ── Telling ─────────────────────────────────────────────────────────────────────────────────
    async def _audit(
        self, tx: Tx, verb: str, actor: Actor | None, merge: AccountMerge, told: Merge
    ) -> None:
        facts = {
            "merge_id": str(merge.id),
            "source_name": told.source,
            "target_name": told.target,
            "target_id": str(merge.target_id),
            "rows": dict(told.rows),
        } | ({} if actor else {"by": "command line"})
        await self.audit.append(tx, verb, actor=actor, subject_id=merge.source_id, facts=facts)

    async def _show(self, tx: Tx, moved: Moved, source: Account, target: Account) -> None:
        """Cards and Homes name the account that things belong to now. Last in the transaction."""
        for kind, subject_id in await rows.list_pending(tx, moved):
            await touch(tx, kind, subject_id, clock=self.clock, ids=self.ids)
        owners = [source.owner_id, target.owner_id]
        await touch_homes(tx, owners, now=self.clock.now())


async def _make_room(tx: Tx, source: Account, target: Account) -> dict[str, list[str]]:
    """Deals of the source whose name the target has get the source's name in brackets: id → [name
    before, name after]."""
    taken = {deal.name for deal in await rows.list_deals_at(tx, target.id)}
    deals = await rows.list_deals_at(tx, source.id)
    held = {deal.name for deal in deals}
    renamed = {}
    for deal in deals:
        if deal.name in taken:
            name = _free(deal.name, source.name, taken | held)
            renamed[str(deal.id)] = [deal.name, name]
            deal.name = name
        taken.add(deal.name)
    await tx.session.flush()
    return renamed


async def _refuse_covered(tx: Tx, target: Account) -> None:
    """What was merged further is split off in the opposite order."""
    further = await rows.find_standing(tx, target.id)
    if further is not None:
        ends = await rows.lock_accounts(tx, (further.target_id,))
        raise Conflict(
            f"{target.name} has become part of {ends[further.target_id].name} since. Split that "
            f"first: {further.id}"
        )


def _free(name: str, bracket: str, taken: set[str]) -> str:
    """`Rollout (Acme)`, or the first number behind it that is free."""
    wanted = f"{name} ({bracket})"
    number = 2
    while wanted in taken:
        wanted = f"{name} ({bracket} {number})"
        number += 1
    return wanted


def _told(
    merge: AccountMerge, source: str, target: str, moved: Mapping[str, Sequence[Any]] | None = None
) -> Merge:
    counted = merge.moved if moved is None else moved
    return Merge(
        id=merge.id,
        source=source,
        target=target,
        rows={table: len(ids) for table, ids in sorted(counted.items()) if ids},
        at=f"{merge.merged_at:%-d %b %Y %H:%M} UTC",
        split_at=f"{merge.split_at:%-d %b %Y %H:%M} UTC" if merge.split_at else None,
    )
