"""Sums of what was counted by day. Nothing here reads an action: a year costs its days."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal, overload
from uuid import UUID

from db.analytics import By, sum_days
from db.session import ReadTx
from services.types.learning import Figures


@overload
async def figures(
    tx: ReadTx, member_ids: Collection[UUID] | None, first_day: date, last_day: date
) -> Mapping[None, Figures]: ...
@overload
async def figures(
    tx: ReadTx,
    member_ids: Collection[UUID] | None,
    first_day: date,
    last_day: date,
    *,
    by: Literal["member"],
) -> Mapping[UUID | None, Figures]: ...
@overload
async def figures(
    tx: ReadTx,
    member_ids: Collection[UUID] | None,
    first_day: date,
    last_day: date,
    *,
    by: Literal["week", "month"],
) -> Mapping[date, Figures]: ...
@overload
async def figures(
    tx: ReadTx,
    member_ids: Collection[UUID] | None,
    first_day: date,
    last_day: date,
    *,
    by: Literal["type"],
) -> Mapping[str, Figures]: ...
@overload
async def figures(
    tx: ReadTx,
    member_ids: Collection[UUID] | None,
    first_day: date,
    last_day: date,
    *,
    by: Literal["weekday"],
) -> Mapping[int, Figures]: ...
async def figures(
    tx: ReadTx,
    member_ids: Collection[UUID] | None,
    first_day: date,
    last_day: date,
    *,
    by: By | None = None,
) -> (
    Mapping[None, Figures]
    | Mapping[UUID | None, Figures]
    | Mapping[date, Figures]
    | Mapping[str, Figures]
    | Mapping[int, Figures]
):
    """What became of the actions proposed on these days (UTC, both included), of these members or
    (None) of everybody's.

    The keys: None alone, there even where nothing was proposed · "member": ids, None for actions of
    nobody known · "week": its Monday · "month": its first · "type": the action type · "weekday":
    1 Monday to 7 Sunday. A key of which nothing was proposed is missing."""
    sums = await sum_days(tx, member_ids, first_day, last_day, by)
    found = {key: Figures(**one) for key, one in sums.items()}
    return found if by is not None or found else {None: Figures()}
