"""What a scan of an account costs, and that an account's past doesn't make it dearer: tokens,
milliseconds and statements."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from typing_extensions import override

from db.models.signals import Signal
from db.session import Database, Tx
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.prompts.detect import messages
from services.signals.detectors import DETECTORS
from services.signals.facts import facts_of
from services.signals.lifecycle import LifecycleService
from services.signals.looking import LookService
from services.signals.model_detector import ModelDetectors
from services.signals.scans import SignalScanService, slot
from services.tokens import count_messages
from services.types.detection import DetectionRequest, Proposed
from services.types.model import Usage
from tests.bench.report import Row, in_rounds
from tests.bench.world import House
from tests.fakes.clock import UuidIds
from tests.fakes.scripted_model import ScriptedModel
from tests.integration.services.past import Past, open_past

YEAR, MORE = 365, 10
PACE = 400
"""Mails a year."""
TIMES, WARM = 17, 2


class CountedModel(ScriptedModel):
    """Finds nothing, and says how many tokens it was told."""

    @override
    async def detect(self, request: DetectionRequest) -> tuple[tuple[Proposed, ...], Usage]:
        told = count_messages(messages(request, "0" * 24), "gpt-4o-mini")
        return (), Usage(model="gpt-4o-mini", tokens_in=told)


class TellNobody:
    async def show_raised(self, tx: Tx, signals: Sequence[Signal]) -> None: ...
    async def show_refreshed(self, tx: Tx, signals: Sequence[Signal]) -> None: ...
    async def show_cleared(self, tx: Tx, signals: Sequence[Signal]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one account in a scan. `statements` and `milliseconds` without the model's own time."""

    tokens: int
    statements: int
    milliseconds: tuple[float, ...]


async def measure_scans(house: House) -> list[Row]:
    """Through the jobs: an account of a year, and one ten times as old and as talkative."""
    database = Database(house.embedded.runtime_url)
    base = await _cost(database, PACE, YEAR)
    long = await _cost(database, MORE * PACE, MORE * YEAR)
    await database.close()
    beside = f"an account of {PACE} mails in one year"
    return [
        Row(
            name=f"a scan of an account, {MORE} times the history: the model",
            unit="tokens",
            ours=(long.tokens,),
            theirs=(base.tokens,),
            beside=beside,
            means="A scan asks a model about what is new in an account, not about all of it.",
            budget=1.2,
        ),
        Row(
            name=f"a scan of an account, {MORE} times the history: the database",
            unit="statements",
            ours=(long.statements,),
            theirs=(base.statements,),
            beside=beside,
            means="Statements of one look at an account, all detectors together.",
            budget=1.0,
        ),
        Row(
            name=f"a scan of an account, {MORE} times the history: all but the model",
            unit="ms",
            ours=long.milliseconds,
            theirs=base.milliseconds,
            beside=beside,
            means="The time of the same look, without the model's own.",
            budget=1.5,
        ),
    ]


async def _cost(database: Database, mails: int, days: int) -> Cost:
    past = await open_past(database, model=OfflineModel())
    await past.fill(mails, days)
    await past.run(
        "update conversations set last_message_at = :at where id = :id",
        at=past.clock.now() - timedelta(hours=1),
        id=past.conversation.id,
    )
    await past.make_all()
    scans = _service(past, database)
    heard = 0

    def hear(*_told: Any) -> None:
        nonlocal heard
        heard += 1

    tokens, took = 0, []
    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    for _ in range(TIMES):
        scan_id = await scans.begin(past.tenant, slot(past.clock.now()))
        if scan_id is None:
            raise SystemExit("the scan had been begun")
        heard, started = 0, time.perf_counter()
        await scans.run(past.tenant, scan_id)
        took.append((time.perf_counter() - started) * 1000)
        tokens = tokens or await _tokens(past)
        past.clock.move(timedelta(hours=6))
    event.remove(database.engine.sync_engine, "before_cursor_execute", hear)
    return Cost(tokens=tokens, statements=heard, milliseconds=in_rounds(took[WARM:]))


def _service(past: Past, database: Database) -> SignalScanService:
    ids = UuidIds()
    calls = ModelCallService(database, past.clock, ids)
    looks = LookService(
        db=database,
        clock=past.clock,
        ids=ids,
        facts=facts_of,
        detectors=DETECTORS,
        models=ModelDetectors(db=database, model=CountedModel(), calls=calls),
        lifecycle=LifecycleService(past.clock, ids, TellNobody()),
    )
    return SignalScanService(db=database, clock=past.clock, ids=ids, looks=looks)


async def _tokens(past: Past) -> int:
    """What the model was told in the scan that read everything for the first time."""
    async with past.database.read(past.tenant) as tx:
        connection = await tx.session.connection()
        row = await connection.exec_driver_sql("select sum(tokens_in) from scan_accounts")
        return int(row.scalar_one() or 0)
