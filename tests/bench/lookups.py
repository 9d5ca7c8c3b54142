"""What must not grow: linking a mail among many contacts; and the verdict, which asks nobody."""

import itertools
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg

from db.session import Database
from services import linking
from services.guardrails import verdict
from services.types.actions import (
    ActionContext,
    ActionType,
    AutonomyLevel,
    ContentClass,
    Seniority,
)
from services.types.autonomy import Authority
from services.types.mail import Address, SenderProof
from services.types.qualification import Stage
from tests.bench.report import ROUNDS, Row, in_rounds
from tests.bench.world import House, open_desk

FEW, MANY = 1_000, 100_000
MAILS, WARM = 420, 20
VERDICT_SECONDS = 0.5
PUBLISHED = 120_000  # per second, ten rules, as the nearest governance toolkit says of itself
FILL_ACCOUNTS = """insert into accounts (tenant_id, id, created_at, name, domain, excluded)
    select $1, gen_random_uuid(), now(), 'Company ' || n, 'company' || n || '.example', false
    from generate_series(1, $2::int / 10) n"""
FILL_CONTACTS = """insert into contacts
    (tenant_id, id, created_at, account_id, email, name, status, excluded, undeliverable)
    select $1, gen_random_uuid(), now(), a.id, 'p' || n || '@' || a.domain, 'P', 'confirmed',
           false, false
    from accounts a cross join generate_series(1, 10) n where a.tenant_id = $1"""


async def measure_linking(house: House) -> Row:
    """Two tenants of one database take turns, mail by mail."""
    database = Database(house.embedded.runtime_url)
    few = await _filled(house, database, "T0FEW", FEW)
    many = await _filled(house, database, "T0MANY", MANY)
    small, large = [], []
    for number in range(MAILS):
        small.append(await _link(database, few, number % (FEW // 10) + 1))
        large.append(await _link(database, many, number * 23 % (MANY // 10) + 1))
    await database.close()
    return Row(
        name=f"linking a mail to its account, {MANY:,} contacts",
        unit="ms",
        ours=in_rounds(large[WARM:]),
        theirs=in_rounds(small[WARM:]),
        beside=f"the same with {FEW:,} contacts",
        means="Whose mail is this: addresses, domains and aliases of everybody in it, asked for in "
        "one indexed query.",
        budget=1.5,
    )


async def _filled(house: House, database: Database, team: str, contacts: int) -> UUID:
    tenant = (await open_desk(database, house.keys, team=team)).tenant_id
    # Row-level security holds for the owner too; only the superuser may fill a tenant from outside.
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    await admin.execute(FILL_ACCOUNTS, tenant, contacts)
    await admin.execute(FILL_CONTACTS, tenant)
    await admin.execute("analyze accounts, contacts")
    await admin.close()
    return tenant


async def _link(database: Database, tenant: UUID, company: int) -> float:
    parties = (
        Address(email=f"p3@company{company}.example"),
        Address(email="nora@halden.example"),
        Address(email=f"stranger{uuid4().hex}@nowhere.example"),
    )
    started = time.perf_counter()
    async with database.read(tenant) as tx:
        link = linking.decide(parties, await linking.known_of(tx, parties))
    took = (time.perf_counter() - started) * 1000
    if link.contact_id is None or link.account_id is None:
        raise SystemExit("a known contact was not linked")
    return took


def measure_verdict() -> Row:
    """Every type, stage, seniority and authority in turn: nothing can be answered from memory."""
    amounts = (None, Decimal(5_000), Decimal(250_000))
    limits = (None, AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW)
    authorities = [
        Authority(earned=earned, ceiling=ceiling, narrowed=narrowed, stopped=stopped)
        for earned, ceiling, narrowed, stopped in itertools.product(
            AutonomyLevel, limits, limits, (False, True)
        )
    ]
    cases = [
        (kind, ActionContext(stage=stage, amount=amount, currency="USD",
                             recipient_seniority=seniority, sender_proof=SenderProof.PASS,
                             negative_sentiment=unhappy, outside_hours=unhappy))
        for kind, stage, amount, seniority, unhappy in itertools.product(
            ActionType, Stage, amounts, (Seniority.STAFF, Seniority.C_SUITE), (False, True)
        )
    ]  # fmt: skip
    each = itertools.cycle(authorities)
    return Row(
        name="guardrail verdicts, pure, one core",
        unit="/s",
        ours=tuple(_verdicts_a_second(cases, each) for _ in range(ROUNDS)),
        theirs=(PUBLISHED,) * ROUNDS,
        beside="what the nearest governance toolkit publishes for ten rules; not judged",
        means="What policy says of an action, for every type, stage, seniority and authority in "
        "turn. Pure: no database, no clock, so it is asked again wherever something would leave.",
    )


def _verdicts_a_second(
    cases: Sequence[tuple[ActionType, ActionContext]], each: Iterator[Authority]
) -> float:
    content, done = ContentClass(), 0
    started = time.perf_counter()
    while (took := time.perf_counter() - started) < VERDICT_SECONDS:
        for kind, context in cases:
            verdict(action_type=kind, context=context, authority=next(each), content=content)
        done += len(cases)
    return done / took
