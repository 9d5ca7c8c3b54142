"""Seeding: members, accounts, contacts and deals from CSV files, as often as wanted.

What a row says goes in; an empty cell changes nothing, so a file never wipes what is known. Rows
that can't be understood are reported with file and line while the others go in, all in one
transaction: a second run finds everything in place and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from db import members
from db import seeding as rows
from db.base import TenantRow
from db.models.customers import Account, AccountOwner, Contact, Deal
from db.models.tenants import Member
from db.session import Database, Tx
from services import seed_values as values
from services.approvals.recheck import deals_changed
from services.audit import AuditService
from services.deal_changes import DealState, record_changes
from services.errors import InvalidInput
from services.health.recomputing import record_given
from services.holding import enabled_from
from services.home_cards import touch_homes
from services.ports import Clock, Ids
from services.rollout.leaving import BY_FILE, Farewell, reinstate
from services.seed_columns import OWNERS, PARSERS, REQUIRED
from services.seed_files import Row, SeedFile, Table, lines_with_orders, read_table
from services.seed_known import Known, fold, known_of
from services.suppression import Erased, nobody_erased, unerased
from services.suspicion_audit import SUSPICIOUS
from services.types.people import Function, Role

ORDER = ("members", "accounts", "contacts", "deals")
MOST_LINES = 50


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What became of one file. `error` says why nothing of it went in."""

    label: str
    kind: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    error: str | None = None
    notes: list[str] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    """Lines that try to give orders to a machine."""

    def skip(self, line: int, reason: str) -> None:
        self.skipped += 1
        self.problems.append((line, reason))

    def count(self, *, made: bool, changed: bool) -> None:
        if made:
            self.created += 1
        elif changed:
            self.updated += 1
        else:
            self.unchanged += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedReport:
    files: tuple[FileReport, ...]

    @property
    def unreadable(self) -> bool:
        """Some file could not be used at all."""
        return any(file.error for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    farewell: Farewell
    erased: Erased = nobody_erased

    async def seed(self, tenant_id: UUID, files: Sequence[SeedFile]) -> SeedReport:
        """Take the files in, members first, whatever order they came in."""
        read = [_read(file) for file in files]
        found = {file.label: report for file, (report, _) in zip(files, read, strict=True)}
        async with self.db.transaction(tenant_id) as tx:
            await rows.lock_seed(tx)
            known = await known_of(tx)
            for kind in ORDER:
                for report, table in read:
                    if report.kind == kind and table is not None:
                        await self._take(tx, known, report, table)
            if any(report.created or report.updated for report, _ in read):
                facts = {r.label: {"created": r.created, "updated": r.updated} for r, _ in read}
                await self.audit.append(tx, "seed.taken", facts=facts)
                for one in (report for report, _ in read if report.orders):
                    told = {"came_by": "file", "file": one.label, "lines": one.orders[:MOST_LINES]}
                    await self.audit.append(tx, SUSPICIOUS, facts=told)
        return SeedReport(files=tuple(found[file.label] for file in files))

    async def _take(self, tx: Tx, known: Known, report: FileReport, table: Table) -> None:
        parsed = _parsed(report, table)
        if report.kind == "members":
            await self._members(tx, known, report, parsed)
        elif report.kind == "accounts":
            await self._accounts(tx, known, report, parsed)
        elif report.kind == "contacts":
            await self._contacts(tx, known, report, parsed)
        else:
            await self._deals(tx, known, report, parsed)
        await rows.flush(tx)

    async def _members(
        self, tx: Tx, known: Known, report: FileReport, parsed: "list[_Parsed]"
    ) -> None:
        fresh: set[str] = set()
        changed: dict[str, bool] = {}
        leavers: list[Member] = []
        for one in await unerased(tx, self.erased, report, parsed):
            email, wanted = one.values["email"], one.only(*_MEMBER_COLUMNS)
            member = known.members.get(email)
            if member is None:
                member = Member(
                    **self._row(tx),
                    email=email,
                    enabled_at=await enabled_from(tx, self.clock.now()),
                    **{"name": email.partition("@")[0], "role": Role.REP.value, **wanted},
                )
                known.members[email] = member
                fresh.add(email)
                await rows.add_row(tx, member)
            else:
                was = member.active
                changed[email] = _change(member, wanted)
                if was and not member.active:
                    leavers.append(member)
                elif member.active and not was:
                    reinstate([member])
        # A manager may stand below the people they manage, and must exist before they refer to it.
        await rows.flush(tx)
        for one in parsed:
            email = one.values["email"]
            manager = one.member(known, report, "manager_email")
            if manager is not None and manager.email != email:
                moved = _change(known.members[email], {"manager_id": manager.id})
                changed[email] = changed.get(email, False) or moved
            report.count(made=email in fresh, changed=changed.get(email, False))
        await rows.flush(tx)
        # Last: by now everybody's manager is known, and who else has left in the same file.
        for member in leavers:
            await members.lock_member(tx, member.id)
            await self.farewell.settle(tx, member, why=BY_FILE)

    async def _accounts(
        self, tx: Tx, known: Known, report: FileReport, parsed: "list[_Parsed]"
    ) -> None:
        for one in parsed:
            if fold(one.values["name"]) in known.parts:
                whole = known.accounts[fold(one.values["name"])]
                report.skip(one.line, f"{one.values['name']} is part of {whole.name}.")
                continue
            wanted = one.only(*_ACCOUNT_COLUMNS)
            owner = one.member(known, report, "owner_email")
            if owner is not None:
                wanted["owner_id"] = owner.id
            account = known.accounts.get(fold(one.values["name"]))
            made = account is None
            changed = False
            given = any(wanted.get(column) is not None for column in _HEALTH_COLUMNS)
            if account is None:
                account = Account(**self._row(tx), name=one.values["name"], **wanted)
                known.accounts[fold(account.name)] = account
                await rows.add_row(tx, account)
                await rows.flush(tx)
            else:
                given = _says_health(account, wanted)
                changed = _change(account, wanted)
            if given:
                await rows.flush(tx)
                await record_given(tx, account, record_id=self.ids.new(), at=self.clock.now())
            owners = {owner.function: owner} if owner is not None else {}
            for column, function in OWNERS.items():
                special = one.member(known, report, column)
                if special is not None:
                    owners[function] = special
            for function, member in owners.items():
                changed |= await self._own(tx, known, account, function, member)
            report.count(made=made, changed=changed)

    async def _contacts(
        self, tx: Tx, known: Known, report: FileReport, parsed: "list[_Parsed]"
    ) -> None:
        emails = [one.values["email"] for one in parsed]
        there = {contact.email: contact for contact in await rows.list_contacts(tx, emails)}
        for one in await unerased(tx, self.erased, report, parsed):
            wanted = one.only(*_CONTACT_COLUMNS) | {"status": "confirmed"}
            if "account" in one.values:
                account = known.accounts.get(fold(one.values["account"]))
                if account is None:
                    report.skip(one.line, _no_account(one.values["account"]))
                    continue
                wanted["account_id"] = account.id
            contact = there.get(one.values["email"])
            if contact is None:
                await rows.add_row(
                    tx, Contact(**self._row(tx), email=one.values["email"], **wanted)
                )
            report.count(
                made=contact is None, changed=contact is not None and _change(contact, wanted)
            )

    async def _deals(
        self, tx: Tx, known: Known, report: FileReport, parsed: "list[_Parsed]"
    ) -> None:
        named = {fold(one.values["account"]) for one in parsed} & known.accounts.keys()
        deals = await rows.list_deals(tx, [known.accounts[name].id for name in sorted(named)])
        moved: set[UUID] = set()
        owners: set[UUID | None] = set()
        there = {(deal.account_id, fold(deal.name)): deal for deal in deals}
        for one in parsed:
            account = known.accounts.get(fold(one.values["account"]))
            if account is None:
                report.skip(one.line, _no_account(one.values["account"]))
                continue
            wanted = one.only("stage", "currency", "close_date")
            if "amount" in one.values:
                wanted["amount"], told = one.values["amount"]
                if told is not None:
                    wanted.setdefault("currency", told)
            owner = one.member(known, report, "owner_email")
            if owner is not None:
                wanted["owner_id"] = owner.id
            called = known.deal_name(one.values["account"], one.values["name"])
            deal = there.get((account.id, called))
            before, stood = _basis(deal), DealState.of(deal)
            changed = False
            if deal is None:
                await rows.add_row(
                    tx,
                    Deal(**self._row(tx), account_id=account.id, name=one.values["name"], **wanted),
                )
            elif changed := _change(deal, wanted):
                deal.version += 1
                if _moves(deal, before, self.clock.now()):
                    moved.add(deal.id)
                    owners.add(deal.owner_id)
                await record_changes(tx, deal, stood, ids=self.ids, now=self.clock.now())
            if owner is not None and (account.id, Function.SALES.value) not in known.owners:
                # Whoever has the deal sells to the account, unless its own file named somebody.
                changed |= await self._own(tx, known, account, Function.SALES.value, owner)
            report.count(made=deal is None, changed=changed)
        await rows.flush(tx)
        await deals_changed(tx, moved)
        await touch_homes(tx, owners, now=self.clock.now())

    async def _own(
        self, tx: Tx, known: Known, account: Account, function: str, member: Member
    ) -> bool:
        """Whether the account's owner for the function changed."""
        there = known.owners.get((account.id, function))
        if there is not None:
            return _change(there, {"member_id": member.id})
        there = AccountOwner(
            **self._row(tx), account_id=account.id, member_id=member.id, function=function
        )
        known.owners[account.id, function] = there
        await rows.add_row(tx, there)
        return True

    def _row(self, tx: Tx) -> dict[str, Any]:
        return {
            "tenant_id": tx.tenant_id,
            "id": self.ids.new(),
            "created_at": self.clock.now(),
        }


_MEMBER_COLUMNS = ("name", "role", "timezone", "function", "titles", "phone", "active")
_ACCOUNT_COLUMNS = ("domain", "industry", "health", "lifecycle", "renewal_date", "excluded")
_HEALTH_COLUMNS = ("health", "lifecycle")
_CONTACT_COLUMNS = ("name", "title", "excluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    line: int
    values: Mapping[str, Any]

    def only(self, *columns: str) -> dict[str, Any]:
        return {column: self.values[column] for column in columns if column in self.values}

    def member(self, known: Known, report: FileReport, column: str) -> Member | None:
        """The member a cell names. An unknown one is told, and the row goes in without them."""
        email = self.values.get(column)
        if email is None:
            return None
        member = known.members.get(email)
        if member is None:
            report.problems.append(
                (self.line, f"{column}: I know no member {email}; left as it was.")
            )
        return member


def _read(file: SeedFile) -> tuple[FileReport, Table | None]:
    kind = file.stem.strip().lower()
    report = FileReport(label=file.label, kind=kind)
    if kind not in PARSERS:
        names = ", ".join(f"{name}.csv" for name in ORDER)
        report.error = f"I don't know what this holds. I take {names}."
        return report, None
    try:
        table = read_table(file.data, known=frozenset(PARSERS[kind]), required=REQUIRED[kind])
    except InvalidInput as error:
        report.error = str(error)
        return report, None
    report.notes += table.notes
    report.orders = lines_with_orders(table)
    if report.orders:
        lines = ", ".join(map(str, report.orders[:MOST_LINES]))
        report.notes.append(f"Text that tries to give orders to a machine stands in line {lines}.")
    return report, table


def _parsed(report: FileReport, table: Table) -> list[_Parsed]:
    """The rows that can be understood, each thing once; the others go into the report."""
    good: list[_Parsed] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        try:
            cells = _values(report.kind, row)
        except InvalidInput as error:
            report.skip(row.line, str(error))
            continue
        key = _key(report.kind, cells)
        if key in lines:
            report.skip(row.line, f"Line {lines[key]} tells of the same one; that line counts.")
            continue
        lines[key] = row.line
        good.append(_Parsed(line=row.line, values=cells))
    return good


def _values(kind: str, row: Row) -> dict[str, Any]:
    if row.problem:
        raise InvalidInput(row.problem)
    for column in sorted(REQUIRED[kind]):
        if column not in row.cells:
            raise InvalidInput(f"The {column} is empty.")
    found = {}
    for column, cell in row.cells.items():
        try:
            found[column] = PARSERS[kind][column](cell)
        except InvalidInput as error:
            raise InvalidInput(f"{column}: {error}") from None
    return found


def _key(kind: str, cells: Mapping[str, Any]) -> tuple[str, ...]:
    if kind == "accounts":
        return (fold(cells["name"]),)
    if kind == "deals":
        return fold(cells["account"]), fold(cells["name"])
    return (cells["email"],)


def _change(row: TenantRow, wanted: Mapping[str, Any]) -> bool:
    """Write what differs; whether anything did."""
    differs = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in differs.items():
        setattr(row, name, value)
    return bool(differs)


def _says_health(account: Account, wanted: Mapping[str, Any]) -> bool:
    """Whether the file says something new about how the account is."""
    return any(c in wanted and getattr(account, c) != wanted[c] for c in _HEALTH_COLUMNS)


def _moves(deal: Deal, before: tuple[Any, ...], now: datetime) -> bool:
    """Whether the deal stands otherwise than before; a new stage has its time."""
    if before and before[0] != deal.stage:
        deal.stage_changed_at = now
    return _basis(deal) != before


def _basis(deal: Deal | None) -> tuple[Any, ...]:
    """What approval requests about the deal rest on."""
    return (deal.stage, deal.amount, deal.currency, deal.close_date) if deal else ()


def _no_account(name: str) -> str:
    return f"account: I know no account {values.quoted(name)}."
