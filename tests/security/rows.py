"""What a section of the matrix is given, and what it hands back."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg

from bot.embedded import EmbeddedDatabase, embedded_postgres
from tests.conftest import FAST, TEMPLATE, _folder, _make_template, database_url

NOT_CHECKED = "not checked: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`held` of `tried` cases of one sort; `note` names what did not hold, or why nothing was
    tried (see `not_checked`)."""

    section: str
    case: str
    tried: int
    held: int
    note: str = ""

    @property
    def unchecked(self) -> bool:
        return self.tried == 0 and self.note.startswith(NOT_CHECKED)

    @property
    def failed(self) -> bool:
        """Something didn't hold; or nothing was tried at all, and nobody says why."""
        return self.held != self.tried or (self.tried == 0 and not self.unchecked)


def not_checked(section: str, case: str, why: str) -> Row:
    """A row for what can't be looked at here; it is neither held nor failed."""
    return Row(section=section, case=case, tried=0, held=0, note=NOT_CHECKED + why)


class Tally:
    """Counts cases as they are tried; the rows come in the order in which each sort first came."""

    def __init__(self, section: str) -> None:
        self.section = section
        self._counts: dict[str, list[int]] = {}
        self._faults: dict[str, list[str]] = {}

    def add(self, case: str, *, held: bool, fault: str = "") -> None:
        """One try. `fault` says what was seen instead; the first three go into the row's note."""
        count = self._counts.setdefault(case, [0, 0])
        count[0] += 1
        count[1] += held
        if not held:
            self._faults.setdefault(case, []).append(fault or "did not hold")

    def rows(self) -> list[Row]:
        return [
            Row(
                section=self.section,
                case=case,
                tried=tried,
                held=held,
                note="; ".join(self._faults.get(case, [])[:3]),
            )
            for case, (tried, held) in self._counts.items()
        ]


@dataclass(slots=True)
class Trial:
    """What a section may use. `quick` asks for the bounded slice that `make test` runs."""

    seed: int = 1
    quick: bool = False
    server: EmbeddedDatabase | None = None
    """Holds the migrated template; None where no section asks for a database."""

    def random(self, *salt: str) -> random.Random:
        """The same numbers for the same seed and salt, whatever ran before."""
        return random.Random("/".join([str(self.seed), *salt]))  # noqa: S311 - not for secrets

    def some(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The address, for the product's own role, of a fresh migrated database; dropped after."""
        if self.server is None:
            raise RuntimeError("this trial has no database server")
        name = f"s_{uuid4().hex}"
        admin = await asyncpg.connect(self.server.admin_url)
        try:
            await admin.execute(
                f"create database {name} template {TEMPLATE} owner understudy_owner "
                "strategy file_copy"
            )
            yield database_url(self.server.runtime_url, name)
        finally:
            await admin.execute(f"drop database if exists {name} with (force)")
            await admin.close()


@contextmanager
def server() -> Iterator[EmbeddedDatabase]:
    """A database server with a migrated template, for a run outside pytest."""
    with tempfile.TemporaryDirectory(prefix="us-sec-", dir=_folder()) as made:
        data_dir = Path(made)
        # The server runs as another user when we are root.
        data_dir.chmod(0o755)
        with embedded_postgres(data_dir, tuning=FAST) as embedded:
            asyncio.run(_make_template(embedded))
            yield embedded
