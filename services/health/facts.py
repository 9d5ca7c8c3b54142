"""Loading what an account's health rests on."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db import customers
from db import health as rows
from db.models.customers import Account
from db.models.signals import Signal
from db.session import ReadTx
from services.types.health import (
    HealthFacts,
    HeldDeal,
    Met,
    OpenAsk,
    OpenSignal,
    StageMove,
    Tone,
)
from services.types.model import SignalKind
from services.types.qualification import Stage
from services.types.signals import Severity, SignalName

HALF_A_YEAR = timedelta(days=180)
QUARTER = timedelta(days=90)


async def health_facts(tx: ReadTx, account: Account, now: datetime) -> HealthFacts:
    """A handful of queries, each bounded however much there is."""
    quarter = now - QUARTER
    moves: dict[UUID, list[StageMove]] = defaultdict(list)
    for change in await rows.list_moves(tx, account.id, quarter):
        before, after = _stage(change.before), _stage(change.after)
        if before is not None and after is not None:
            move = StageMove(at=change.created_at, before=before, after=after)
            moves[change.deal_id].append(move)
    words = await rows.list_last_words(tx, account.id, quarter)
    return HealthFacts(
        now=now,
        heard=tuple(
            at for at in await rows.list_heard(tx, account.id, now - HALF_A_YEAR) if at <= now
        ),
        signals=tuple(
            signal
            for row in await rows.list_open_signals(tx, account.id)
            if (signal := _signal(row)) is not None
        ),
        asks=tuple(OpenAsk(message_id=one.message_id, at=one.at) for one in words if one.asks),
        meetings=tuple(
            Met(
                id=one.id,
                title=one.title,
                starts_at=one.starts_at,
                cancelled=one.status == "cancelled" or one.cancellations > 0,
            )
            for one in await rows.list_met(tx, account.id, now - HALF_A_YEAR)
        ),
        deals=tuple(
            HeldDeal(
                id=deal.id,
                name=deal.name,
                stage=Stage(deal.stage),
                stage_since=deal.stage_changed_at,
                moves=tuple(moves[deal.id]),
            )
            for deal in await customers.list_deals(tx, account.id)
        ),
        tones=tuple(
            _tone(message_id, at, signals)
            for message_id, at, signals in await rows.list_read(tx, account.id, quarter)
        ),
        renewal=account.renewal_date,
    )


def _signal(row: Signal) -> OpenSignal | None:
    """None for a name that another version of us knows."""
    if row.name not in set(SignalName):
        return None
    return OpenSignal(
        id=row.id,
        name=SignalName(row.name),
        kind=SignalKind(row.kind),
        severity=Severity(row.severity),
    )


def _tone(message_id: UUID, at: datetime, signals: Any) -> Tone:
    kinds = [one.get("kind") for one in signals or () if isinstance(one, dict)]
    return Tone(
        message_id=message_id,
        at=at,
        good=kinds.count(SignalKind.BUYING.value),
        bad=kinds.count(SignalKind.RISK.value),
    )


def _stage(name: str) -> Stage | None:
    return Stage(name) if name in set(Stage) else None
