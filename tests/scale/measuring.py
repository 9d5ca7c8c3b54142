"""Each step over the large workspace and over a hundredth of it, in turn, so that a machine that is
busy meanwhile slows both."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from services.errors import ServiceError
from tests.bench.report import percentile
from tests.scale.place import Place
from tests.scale.product import Product, open_product
from tests.scale.steps import STEPS, Step

ROUNDS, WARM = 9, 2
LONGEST = 25.0
"""Seconds for one step; what takes longer is done less often."""
FLAT = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Milliseconds, the median and the slowest but a twentieth. `each`: the ratio for one of what
    the step does as many of as there are."""

    name: str
    large: float
    small: float
    large_p95: float
    rounds: int
    per: str = ""
    each: float | None = None

    @property
    def ratio(self) -> float:
        return self.large / self.small

    @property
    def flat(self) -> bool:
        return (self.ratio if self.each is None else self.each) <= FLAT


@dataclass(slots=True)
class _Times:
    large: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)


async def measure(large: Place, small: Place, folder: Path, only: str = "") -> list[Row]:
    """`only`: steps whose names hold this."""
    big = await open_product(large.runtime_url, large.tenant_id, large.size, folder / "big")
    few = await open_product(small.runtime_url, small.tenant_id, small.size, folder / "few")
    rows = []
    try:
        for step in STEPS:
            if only in step.name:
                rows.append(await _measured(step, big, few))
                print(line(rows[-1]), flush=True)
    finally:
        await big.runtime.close()
        await few.runtime.close()
    return rows


async def _measured(step: Step, big: Product, few: Product) -> Row:
    times = _Times()
    ends = time.perf_counter() + LONGEST
    for number in range(ROUNDS + WARM):
        times.small.append(await _once(step, few, number))
        times.large.append(await _once(step, big, number))
        if time.perf_counter() > ends and number >= WARM:
            break
    for product in (big, few):
        await product.drop_jobs()
    small, large = times.small[WARM:], times.large[WARM:]
    each = None
    if step.count:
        each = median(large) / median(small) / (await _count(step, big) / await _count(step, few))
    return Row(
        name=step.name,
        large=median(large),
        small=median(small),
        large_p95=percentile(large, 0.95),
        rounds=len(large),
        per=step.per,
        each=each,
    )


async def _once(step: Step, product: Product, number: int) -> float:
    given = await step.ready(product, number) if step.ready else None
    started = time.perf_counter()
    try:
        await step.timed(product, given)
    except ServiceError as error:
        raise SystemExit(f"{step.name}: {error}") from error
    return (time.perf_counter() - started) * 1000


async def _count(step: Step, product: Product) -> float:
    return float(await product.ask(step.count)) or 1.0


def line(row: Row) -> str:
    one = f"{row.each:>7.2f} a {row.per}" if row.each is not None else ""
    return (
        f"{row.name:<52} {row.large:>10.1f} {row.small:>10.1f} {row.ratio:>7.2f} "
        f"{'flat' if row.flat else 'GROWS':>6} {one}"
    )


def table(rows: Sequence[Row]) -> str:
    head = f"{'what':<52} {'large ms':>10} {'1/100 ms':>10} {'ratio':>7}"
    return "\n".join([head, *(line(row) for row in rows)])
