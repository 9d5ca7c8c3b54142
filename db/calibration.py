"""SQL of calibration: sums by bin, to which one outcome is added and from which it can be taken
again, without reading any other; what is in force; the moves that led there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from db.models.calibration import Calibration, CalibrationBin, CalibrationMove
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.session import ReadTx, Tx

Keys = Sequence[tuple[str, str, str]]
"""(action type, kind, lineage) of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One outcome in its bin. `sign` -1 takes it out again."""

    action_type: str
    kind: str
    lineage: str
    edited: bool
    half: int
    bin: int
    predicted: Decimal
    score: Decimal
    sign: int = 1


async def add_to_bin(tx: Tx, one: Contribution, *, bin_id: UUID, at: datetime) -> None:
    """One statement, however many outcomes there were before."""
    sums = {
        "count": one.sign,
        "predicted_sum": one.sign * one.predicted,
        "score_sum": one.sign * one.score,
        "square_sum": one.sign * (one.predicted - one.score) ** 2,
        "predicted_square_sum": one.sign * one.predicted**2,
        "product_sum": one.sign * one.predicted * one.score,
    }
    more = {name: getattr(CalibrationBin, name) + value for name, value in sums.items()}
    key = {
        "tenant_id": tx.tenant_id,
        "action_type": one.action_type,
        "kind": one.kind,
        "lineage": one.lineage,
        "edited": one.edited,
        "half": one.half,
        "bin": one.bin,
    }
    if one.sign < 0:
        same = [getattr(CalibrationBin, name) == value for name, value in key.items()]
        await tx.session.execute(update(CalibrationBin).where(*same).values(more))
        return
    new = insert(CalibrationBin).values(id=bin_id, created_at=at, **key, **sums)
    await tx.session.execute(
        new.on_conflict_do_update(constraint="uq_calibration_bins_key", set_=more)
    )


async def list_bins(
    tx: ReadTx, action_type: str, kind: str, lineage: str
) -> Sequence[CalibrationBin]:
    """All strata, halves and bins of one key: forty rows at most."""
    query = select(CalibrationBin).where(
        CalibrationBin.tenant_id == tx.tenant_id,
        CalibrationBin.action_type == action_type,
        CalibrationBin.kind == kind,
        CalibrationBin.lineage == lineage,
    )
    # Sums are changed by statements of their own: what the session remembers may be old.
    return (await tx.session.scalars(query.execution_options(populate_existing=True))).all()


async def list_keys(tx: ReadTx) -> Sequence[tuple[str, str, str]]:
    """(action type, kind, lineage) of all that was ever counted or left out, by name."""
    counted = select(CalibrationBin.action_type, CalibrationBin.kind, CalibrationBin.lineage).where(
        CalibrationBin.tenant_id == tx.tenant_id
    )
    left_out = select(Outcome.action_type, Outcome.kind, Outcome.lineage).where(
        Outcome.tenant_id == tx.tenant_id, _LEFT_OUT
    )
    both = counted.union(left_out).order_by("action_type", "kind", "lineage")
    return [(action, kind, lineage) for action, kind, lineage in await tx.session.execute(both)]


async def list_all_bins(tx: ReadTx, keys: Keys | None) -> Sequence[CalibrationBin]:
    """Of these keys, or (None) of all there are."""
    query = select(CalibrationBin).where(
        CalibrationBin.tenant_id == tx.tenant_id, *_among(CalibrationBin, keys)
    )
    return (await tx.session.scalars(query.execution_options(populate_existing=True))).all()


async def count_left_out(tx: ReadTx, keys: Keys | None) -> dict[tuple[str, str, str, str], int]:
    """How many were left out, by action type, kind, lineage and status (ambiguous, undelivered).
    One statement over an index that holds nothing else."""
    by = (Outcome.action_type, Outcome.kind, Outcome.lineage, Outcome.status)
    query = (
        select(*by, func.count().label("number"))
        .where(Outcome.tenant_id == tx.tenant_id, _LEFT_OUT, *_among(Outcome, keys))
        .group_by(*by)
    )
    return {(a, k, lin, status): n for a, k, lin, status, n in await tx.session.execute(query)}


async def list_calibrations(tx: ReadTx, keys: Keys | None) -> Sequence[Calibration]:
    query = select(Calibration).where(
        Calibration.tenant_id == tx.tenant_id, *_among(Calibration, keys)
    )
    return (await tx.session.scalars(query)).all()


async def get_calibration(
    tx: ReadTx, action_type: str, kind: str, lineage: str
) -> Calibration | None:
    return (await tx.session.scalars(_of(tx, action_type, kind, lineage))).one_or_none()


async def hold_calibration(
    tx: Tx, action_type: str, kind: str, lineage: str, *, new: Calibration
) -> Calibration:
    """The key's row, held until the transaction ends; `new` is written where there is none."""
    values = {
        name: getattr(new, name)
        for name in ("id", "created_at", "scale", "threshold", "curve", "version")
    }
    await tx.session.execute(
        insert(Calibration)
        .values(
            tenant_id=tx.tenant_id, action_type=action_type, kind=kind, lineage=lineage, **values
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "action_type", "kind", "lineage"])
    )
    query = _of(tx, action_type, kind, lineage).with_for_update()
    held = await tx.session.scalars(query.execution_options(populate_existing=True))
    return held.one()


async def hold_calibration_by_id(tx: Tx, calibration_id: UUID) -> Calibration:
    query = select(Calibration).where(
        Calibration.tenant_id == tx.tenant_id, Calibration.id == calibration_id
    )
    held = await tx.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    )
    return held.one()


async def add_move(tx: Tx, move: CalibrationMove) -> None:
    tx.session.add(move)
    await tx.session.flush()


async def get_move(tx: ReadTx, move_id: UUID) -> CalibrationMove | None:
    query = select(CalibrationMove).where(
        CalibrationMove.tenant_id == tx.tenant_id, CalibrationMove.id == move_id
    )
    found = await tx.session.scalars(query.execution_options(populate_existing=True))
    return found.one_or_none()


async def newest_move(
    tx: ReadTx, calibration_id: UUID, *, standing: bool = False
) -> CalibrationMove | None:
    """The last one, or with `standing` the last that nobody has undone."""
    query = select(CalibrationMove).where(
        CalibrationMove.tenant_id == tx.tenant_id,
        CalibrationMove.calibration_id == calibration_id,
    )
    if standing:
        query = query.where(CalibrationMove.undone_at.is_(None))
    found = await tx.session.scalars(query.order_by(CalibrationMove.version.desc()).limit(1))
    return found.one_or_none()


async def list_moves(
    tx: ReadTx, calibration_ids: Sequence[UUID], limit: int
) -> Sequence[Row[CalibrationMove, str | None]]:
    """The newest so many of each, newest first, each with the name of whoever undid it."""
    place = func.row_number().over(
        partition_by=CalibrationMove.calibration_id, order_by=CalibrationMove.version.desc()
    )
    placed = (
        select(CalibrationMove.id, place.label("place"))
        .where(
            CalibrationMove.tenant_id == tx.tenant_id,
            CalibrationMove.calibration_id.in_(calibration_ids),
        )
        .subquery()
    )
    query = (
        select(CalibrationMove, Member.name)
        .outerjoin(
            Member,
            (Member.tenant_id == CalibrationMove.tenant_id)
            & (Member.id == CalibrationMove.undone_by),
        )
        .join(placed, placed.c.id == CalibrationMove.id)
        .where(CalibrationMove.tenant_id == tx.tenant_id, placed.c.place <= limit)
        .order_by(CalibrationMove.version.desc())
    )
    return (await tx.session.execute(query)).all()


_LEFT_OUT = Outcome.status.in_(("ambiguous", "undelivered"))


def _among(
    table: type[CalibrationBin | Calibration | Outcome], keys: Keys | None
) -> list[ColumnElement[bool]]:
    return [] if keys is None else [tuple_(table.action_type, table.kind, table.lineage).in_(keys)]


def _of(tx: ReadTx, action_type: str, kind: str, lineage: str) -> Select[Calibration]:
    return select(Calibration).where(
        Calibration.tenant_id == tx.tenant_id,
        Calibration.action_type == action_type,
        Calibration.kind == kind,
        Calibration.lineage == lineage,
    )
