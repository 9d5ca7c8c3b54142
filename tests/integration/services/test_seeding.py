"""Seeding over a real database: all good rows, every bad one told, nothing twice."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from bot.seed import seed_files
from db.models.customers import Account, AccountOwner, Contact, Deal, DealChange
from db.models.records import AuditEntry
from db.models.tenants import Member, Tenant
from db.session import Database
from services.audit import AuditService
from services.devices import DeviceService
from services.letters.links import Links
from services.seed_files import SeedFile
from services.seeding import FileReport, SeedService
from services.vault import Vault, generate
from tests.fakes.clock import CountingIds, FrozenClock
from tests.integration.services.rollout_desk import make_farewell
from tests.shared import VAULT

ROOT = Path(__file__).parents[3]
SHARED = [folder / "shared" / "data" / "csv" for folder in (ROOT.parent, ROOT.parent.parent)]
ODD = next((folder for folder in SHARED if folder.is_dir()), SHARED[0])
STORY = sorted((ROOT / "sandbox" / "story").glob("*.csv"))


@dataclass
class Desk:
    database: Database
    service: SeedService
    tenant: UUID
    said: list[str] = field(default_factory=list)

    async def seed(self, **files: str | bytes) -> dict[str, FileReport]:
        data = {name: t.encode() if isinstance(t, str) else t for name, t in files.items()}
        report = await self.service.seed(
            self.tenant,
            [SeedFile(label=f"{name}.csv", stem=name, data=data[name]) for name in data],
        )
        return {file.kind: file for file in report.files}

    async def run(self, *paths: Path) -> int:
        return await seed_files(
            paths, tenant_id=self.tenant, seeds=self.service, write=self.said.append
        )

    async def all(self, model: type[Any]) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            return list((await tx.session.execute(select(model))).scalars())

    async def one(self, model: type[Any], **where: Any) -> Any:
        async with self.database.read(self.tenant) as tx:
            return (await tx.session.execute(select(model).filter_by(**where))).scalar_one()


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    tenant, clock, ids = uuid4(), FrozenClock(), CountingIds()
    async with database.transaction(tenant) as tx:
        tx.session.add(
            Tenant(tenant_id=tenant, created_at=clock.at, team_id="T", name="B", bot_user_id="U")
        )
    audit = AuditService(database, clock, ids, VAULT)
    seeds = SeedService(
        db=database,
        clock=clock,
        ids=ids,
        audit=audit,
        farewell=make_farewell(clock, ids, audit),
    )
    return Desk(database, seeds, tenant)


MEMBERS = (
    "email,name,role,timezone,function,manager_email,titles,phone\n"
    "Rep@B.example,Rep,rep,Europe/Oslo,sales,boss@b.example,,\n"
    "help@b.example,Help,,,support,,,\n"
    "boss@b.example,Boss,manager,,,,sales_manager;vp_sales,+47 (0)22 33-44-55\n"
)
ACCOUNTS = (
    "name;domain;industry;owner_email;health;renewal_date;support_owner_email;excluded\n"
    "Acme;https://www.ACME.example/x;Steel;rep@b.example;70;2027-01-29;help@b.example;no\n"
    "Beta;beta.example;;;;;;yes\n"
)
CONTACTS = "email,name,title,account\nAnn@Acme.example,Ann,CFO,acme\nbo@beta.example,Bo,,Beta\n"
DEALS = (
    "name,account,stage,amount,currency,close_date,owner_email\n"
    'Rollout,ACME,Proposal/Price Quote,"€84.000,50",,2027-03-01,rep@b.example\n'
    "Small,Beta,,1200,usd,,rep@b.example\n"
)


async def _take_all(desk: Desk) -> dict[str, FileReport]:
    # The order is the wrong one on purpose.
    return await desk.seed(deals=DEALS, contacts=CONTACTS, accounts=ACCOUNTS, members=MEMBERS)


async def test_everything_finds_its_place(desk: Desk):
    report = await _take_all(desk)
    assert {kind: (r.created, r.problems) for kind, r in report.items()} == {
        "members": (3, []),
        "accounts": (2, []),
        "contacts": (2, []),
        "deals": (2, []),
    }
    rep, boss = (
        await desk.one(Member, email="rep@b.example"),
        await desk.one(Member, email="boss@b.example"),
    )
    assert (rep.manager_id, rep.timezone, boss.role) == (boss.id, "Europe/Oslo", "manager")
    assert boss.titles == ["sales_manager", "vp_sales"]
    assert (boss.phone, rep.phone) == ("+4722334455", None)
    acme = await desk.one(Account, name="Acme")
    assert (acme.domain, acme.owner_id, acme.health) == ("acme.example", rep.id, 70)
    assert (await desk.one(Account, name="Beta")).excluded
    ann = await desk.one(Contact, email="ann@acme.example")
    assert (ann.account_id, ann.status, ann.title) == (acme.id, "confirmed", "CFO")
    deal = await desk.one(Deal, name="Rollout")
    assert (deal.stage, deal.amount, deal.currency) == ("evaluation", Decimal("84000.50"), "EUR")
    owners = {(o.account_id, o.function): o.member_id for o in await desk.all(AccountOwner)}
    helper = await desk.one(Member, email="help@b.example")
    beta = await desk.one(Account, name="Beta")
    assert owners == {
        (acme.id, "sales"): rep.id,
        (acme.id, "support"): helper.id,
        (beta.id, "sales"): rep.id,  # nobody was named, and Rep has the deal
    }


async def _everything(desk: Desk) -> list[dict[str, Any]]:
    rows = []
    for model in (Member, Account, Contact, Deal, AccountOwner, AuditEntry):
        rows += [
            {column.key: getattr(row, column.key) for column in model.__table__.columns}
            for row in await desk.all(model)
        ]
    return rows


async def test_a_second_run_changes_nothing(desk: Desk):
    await _take_all(desk)
    before = await _everything(desk)
    again = await _take_all(desk)
    assert {(r.created, r.updated, r.skipped) for r in again.values()} == {(0, 0, 0)}
    assert again["members"].unchanged == 3
    assert await _everything(desk) == before


async def test_whoever_leaves_loses_their_devices_at_once_and_for_good(desk: Desk):
    await desk.seed(members="email,name\nann@x.example,Ann\nbo@x.example,Bo\n")
    vault, clock = Links.of(Vault.parse(generate())), desk.service.clock
    kept = DeviceService(
        db=desk.database,
        clock=clock,
        ids=desk.service.ids,
        sign=vault.sign,
        verify=vault.verified,
    )
    ann, bo = [await desk.one(Member, email=f"{name}@x.example") for name in ("ann", "bo")]
    hers, his = [await kept.add(desk.tenant, one.id) for one in (ann, bo)]
    for _ in range(2):
        await desk.seed(members="email,active\nann@x.example,no\nbo@x.example,yes\n")
        assert await kept.find(desk.tenant, hers) is None
        assert await kept.find(desk.tenant, his) is not None
    await desk.seed(members="email,active\nann@x.example,yes\n")
    assert (await desk.one(Member, email="ann@x.example")).active
    assert await kept.find(desk.tenant, hers) is None
    left = [entry for entry in await desk.all(AuditEntry) if entry.verb == "member.left"]
    assert [entry.subject_id for entry in left] == [ann.id]


async def test_a_change_is_taken_and_an_empty_cell_wipes_nothing(desk: Desk):
    await _take_all(desk)
    report = await desk.seed(
        accounts="name,domain,health\nacme,,55\n",
        deals="name,account,stage\nrollout,Acme,negotiation\n",
    )
    assert (report["accounts"].updated, report["deals"].updated) == (1, 1)
    acme = await desk.one(Account, name="Acme")
    assert (acme.domain, acme.health) == ("acme.example", 55)
    deal = await desk.one(Deal, name="Rollout")
    assert (deal.stage, deal.version, deal.amount) == ("negotiation", 2, Decimal("84000.50"))
    for _ in range(2):
        await desk.seed(
            deals="name,account,amount,close_date\nrollout,Acme,90000,2027-03-31\nNew,Acme,5,\n"
        )
    told = {(c.field, c.before, c.after) for c in await desk.all(DealChange)}
    assert told == {
        ("stage", "evaluation", "negotiation"),
        ("amount", "84000.50", "90000.00"),
        ("close_date", "2027-03-01", "2027-03-31"),
    }
    assert len(await desk.all(DealChange)) == 3


async def test_an_observed_contact_is_confirmed(desk: Desk):
    async with desk.database.transaction(desk.tenant) as tx:
        tx.session.add(
            Contact(
                tenant_id=desk.tenant,
                id=uuid4(),
                created_at=FrozenClock().at,
                email="ann@acme.example",
                name="",
            )
        )
    report = await desk.seed(contacts="email,name\nann@acme.example,Ann\n")
    assert report["contacts"].updated == 1
    assert (await desk.one(Contact)).status == "confirmed"


async def test_bad_rows_are_told_and_good_ones_go_in(desk: Desk):
    report = await desk.seed(
        members="email,role,shoe size\na@b.example,rep,42\nnobody,rep,\n,rep,\nc@b.example,king,\n",
        accounts="name,owner_email\nAcme,gone@b.example\nAcme,a@b.example\n",
        deals=(
            "name,account,stage,close_date,amount\nD1,Acme,demo,,\nD2,Nowhere,demo,,\n"
            "D3,Acme,limbo,,\nD4,Acme,demo,1/2/27,\nD5,Acme,demo,,lots\nD6,Acme,demo,,1,000\n"
        ),
    )
    members, accounts, deals = report["members"], report["accounts"], report["deals"]
    assert (members.created, members.skipped) == (1, 3)
    assert [line for line, _ in members.problems] == [3, 4, 5]
    assert members.notes == ["I don't use these columns: shoe_size."]
    assert (accounts.created, accounts.skipped) == (1, 1)
    assert "gone@b.example" in dict(accounts.problems)[2]
    assert "Line 2" in dict(accounts.problems)[3]
    assert (deals.created, deals.skipped) == (1, 5)
    assert sorted(line for line, _ in deals.problems) == [3, 4, 5, 6, 7]
    assert "“Nowhere”" in dict(deals.problems)[3]
    assert "2027-01-29" in dict(deals.problems)[5]


async def test_a_file_that_can_not_be_read_leaves_the_others(desk: Desk, tmp_path: Path):
    (tmp_path / "members.csv").write_text("email\na@b.example\n")
    (tmp_path / "accounts.csv").write_bytes(b"PK\0\0")
    (tmp_path / "deals.csv").mkdir()
    names = ("deals", "contacts", "accounts", "members")
    assert await desk.run(*(tmp_path / f"{name}.csv" for name in names)) == 2
    assert len(await desk.all(Member)) == 1
    said = "\n".join(desk.said)
    for words in ("contacts.csv: can't be read", "deals.csv: can't be read", "no text file"):
        assert words in said
    assert "members.csv: 1 created, 0 updated, 0 unchanged, 0 skipped" in said


async def test_tenants_stay_apart(desk: Desk):
    await _take_all(desk)
    other = uuid4()
    async with desk.database.transaction(other) as tx:
        tx.session.add(
            Tenant(
                tenant_id=other,
                created_at=FrozenClock().at,
                team_id="T2",
                name="O",
                bot_user_id="U",
            )
        )
    file = SeedFile(label="contacts.csv", stem="contacts", data=CONTACTS.encode())
    (report,) = (await desk.service.seed(other, [file])).files
    assert report.skipped == 2  # the accounts are the other tenant's
    async with desk.database.read(other) as tx:
        assert (await tx.session.execute(select(func.count()).select_from(Contact))).scalar() == 0


async def test_the_demo_story(desk: Desk):
    assert len(STORY) == 4
    assert await desk.run(*STORY) == 0
    assert not [line for line in desk.said if ".csv:" in line and " created" not in line]
    before = await _everything(desk)
    assert await desk.run(*reversed(STORY)) == 0
    assert await _everything(desk) == before


@pytest.mark.skipif(not ODD.is_dir(), reason="the odd CSV files are not here")
async def test_odd_files_never_raise(desk: Desk):
    files = sorted(ODD.rglob("*.csv"))
    assert files
    for kind in ("members", "accounts", "contacts", "deals"):
        given = [
            SeedFile(label=str(path), stem=kind, data=_named(path.read_bytes(), kind))
            for path in files
        ]
        report = await desk.service.seed(desk.tenant, given)
        assert len(report.files) == len(files)
        for path, one in zip(files, report.files, strict=True):
            told = one.error or one.created or one.updated or one.unchanged or one.skipped
            assert told or one.notes or len(path.read_bytes().splitlines()) <= 1, path
    unnamed = [SeedFile(label=str(p), stem=p.stem, data=p.read_bytes()) for p in files]
    assert (await desk.service.seed(desk.tenant, unnamed)).unreadable


def _named(data: bytes, kind: str) -> bytes:
    """The file with our column names in place of its first ones, so that its cells are read."""
    names = {
        "members": b"email",
        "accounts": b"name",
        "contacts": b"email",
        "deals": b"name,account",
    }
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data
    return names[kind] + b",x\n" + data


async def test_somebody_who_was_erased_is_told_and_not_brought_back(desk: Desk) -> None:
    async def erased(_tx: object, emails: Collection[str]) -> frozenset[str]:
        return frozenset(emails) & {"carla@acme.test"}

    seeds = replace(desk.service, erased=erased)
    text = "email,name\ncarla@acme.test,Carla\ndan@acme.test,Dan\n"
    file = SeedFile(label="contacts.csv", stem="contacts", data=text.encode())
    (report,) = (await seeds.seed(desk.tenant, [file])).files
    assert [line for line, _ in report.problems] == [2]
    assert [contact.email for contact in await desk.all(Contact)] == ["dan@acme.test"]
