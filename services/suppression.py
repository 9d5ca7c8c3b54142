"""Who was erased isn't learned of again: neither a mailbox that is read nor a file that is read in
brings them back. Only a keyed hash of the address is known."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from db import erasures as rows
from db.session import ReadTx
from services.vault import Vault

WAS_ERASED = "this person was erased, and isn't brought back (understudy erase --lift EMAIL)"
Erased = Callable[[ReadTx, Collection[str]], Awaitable[frozenset[str]]]
"""Which of these addresses belong to somebody who was erased."""


async def nobody_erased(_tx: ReadTx, _emails: Collection[str]) -> frozenset[str]:
    return frozenset()


class FileRow(Protocol):
    """A row of a file about somebody."""

    @property
    def line(self) -> int: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


class Told(Protocol):
    def skip(self, line: int, reason: str) -> None: ...


Row = TypeVar("Row", bound=FileRow)


async def unerased(tx: ReadTx, erased: Erased, report: Told, rows_: Sequence[Row]) -> list[Row]:
    """The rows of a file but those about people who were erased; these are told."""
    gone = await erased(tx, [one.values["email"] for one in rows_])
    for one in rows_:
        if one.values["email"] in gone:
            report.skip(one.line, WAS_ERASED)
    return [one for one in rows_ if one.values["email"] not in gone]


@dataclass(frozen=True, slots=True)
class Suppression:
    vault: Vault

    async def among(self, tx: ReadTx, emails: Collection[str]) -> frozenset[str]:
        hashes = {email: self.hashes(email) for email in emails}
        asked = [one for both in hashes.values() for one in both]
        found = await rows.list_erased(tx, asked) if asked else frozenset()
        return frozenset(email for email, both in hashes.items() if not found.isdisjoint(both))

    def hashes(self, email: str) -> tuple[tuple[int, bytes], ...]:
        """The address under every key, the current one first."""
        return tuple((one.version, one.digest) for one in self.vault.person_hashes(email))
