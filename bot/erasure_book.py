"""Who was erased, kept outside the database: a line in a file per tenant, so that after an older
backup was restored the same people can be erased again. Keyed hashes and times, nobody's name."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

WORKSPACES = "workspaces.jsonl"


@dataclass(frozen=True, slots=True)
class ErasureBook:
    folder: Path

    async def note(self, tenant_id: UUID, line: Mapping[str, Any]) -> None:
        """Append, unless it stands there, and make sure it reached the disk."""
        if line not in self.lines(tenant_id):
            self._append(self.folder / f"{tenant_id}.jsonl", line)

    def lines(self, tenant_id: UUID) -> tuple[Mapping[str, Any], ...]:
        return _read(self.folder / f"{tenant_id}.jsonl")

    def note_workspace(self, line: Mapping[str, Any]) -> None:
        """A workspace that is erased as a whole."""
        self._append(self.folder / WORKSPACES, line)

    def workspaces(self) -> tuple[Mapping[str, Any], ...]:
        return _read(self.folder / WORKSPACES)

    def _append(self, path: Path, line: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with path.open("a") as book:
            book.write(json.dumps(dict(line), sort_keys=True) + "\n")
            book.flush()
            os.fsync(book.fileno())


def _read(path: Path) -> tuple[Mapping[str, Any], ...]:
    if not path.exists():
        return ()
    return tuple(json.loads(line) for line in path.read_text().splitlines() if line.strip())
