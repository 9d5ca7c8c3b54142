"""`understudy export`: everything a workspace holds, or everything held about one person, as a zip.

A file a table, JSON lines or CSV, written row by row as it is read; `manifest.json` comes last and
says what each holds, with its digest. Secrets and tokens never leave, and no CSV cell is a formula.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from bot.commanding import carried_out
from services.csv_cells import cell
from services.errors import NotFound

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.wiring import Runtime
    from services.privacy.exporting import ExportingService, Row

JSON, CSV = "json", "csv"
READ_ME = """What is held about {email}, as of {at}.

Each file is one sort of data, one JSON object a line: `messages` are mails they wrote or got,
`contacts` what was entered about them, `drafts` and `draft_revisions` what was written for them,
`signals`, `summaries` and `notes` what was made of it, `audit_entries` who did what about them.
Ids connect the files. Times are UTC.

{files}
"""


@dataclass(slots=True)
class Bundle:
    """A zip that is being written. Nobody else on this machine reads it, and it appears only when
    it is whole."""

    archive: zipfile.ZipFile
    form: str
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def add(self, name: str, columns: Sequence[str], rows: AsyncIterator["Row"]) -> int:
        """One table. How many rows; an empty one has its file too."""
        path = f"{name}.{'csv' if self.form == CSV else 'jsonl'}"
        digest, count = hashlib.sha256(), 0
        with self.archive.open(path, "w", force_zip64=True) as target:
            writer = _Writer(target, digest, self.form, columns)
            async for row in rows:
                writer.write(row)
                count += 1
        self.files[path] = {"rows": count, "sha256": digest.hexdigest()}
        return count

    def text(self, name: str, words: str) -> None:
        self.archive.writestr(name, words)


class _Writer:
    def __init__(
        self, target: IO[bytes], digest: "hashlib._Hash", form: str, columns: Sequence[str]
    ) -> None:
        self.target, self.digest, self.form, self.columns = target, digest, form, columns
        if form == CSV:
            self._line(columns)

    def write(self, row: "Row") -> None:
        if self.form == CSV:
            self._line([cell(_flat(row.get(name))) for name in self.columns])
        else:
            self._put(json.dumps(row, ensure_ascii=False, default=str) + "\n")

    def _line(self, values: Sequence[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow(values)
        self._put(line.getvalue())

    def _put(self, words: str) -> None:
        data = words.encode("utf-8", "surrogatepass")
        self.target.write(data)
        self.digest.update(data)


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "export"
) -> None:
    parser = subparsers.add_parser(
        name, help="write everything a workspace holds, or all about one person, as a zip"
    )
    parser.add_argument("--contact", metavar="EMAIL", help="only what is held about this person")
    parser.add_argument("--format", choices=(JSON, CSV), default=JSON)
    parser.add_argument("--workspace", help="Slack team id; the only one is the default")
    parser.add_argument("--output", metavar="FILE.zip", required=True)


def run(args: argparse.Namespace) -> int:
    return carried_out("export", lambda settings: _run(settings, args), OSError)


async def _run(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see run
    from bot.workspaces import choose_workspace  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        rows = await export(built, tenant_id, args)
    sys.stderr.write(f"{rows} rows written to {args.output}\n")
    return 0


async def export(built: "Runtime", tenant_id: UUID, args: argparse.Namespace) -> int:
    exporting, now = built.services.privacy.exporting, built.clock.now()
    return await write_zip(
        exporting, tenant_id, Path(args.output), form=args.format, email=args.contact, now=now
    )


async def write_zip(
    exporting: "ExportingService",
    tenant_id: UUID,
    path: Path,
    *,
    form: str,
    email: str | None,
    now: datetime,
) -> int:
    """How many rows were written. The file is there only when it is whole."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as target,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            bundle = Bundle(archive, form)
            if email is None:
                rows = await _workspace(bundle, exporting, tenant_id)
            else:
                rows = await _person(bundle, exporting, tenant_id, email, now)
            manifest = {"at": now.isoformat(), "about": email, "files": bundle.files}
            bundle.text("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return rows


async def _workspace(bundle: Bundle, exporting: "ExportingService", tenant_id: UUID) -> int:
    total = 0
    for table in exporting.tables():
        total += await bundle.add(table, exporting.columns(table), exporting.rows(tenant_id, table))
    return total


async def _person(
    bundle: Bundle, exporting: "ExportingService", tenant_id: UUID, email: str, now: datetime
) -> int:
    """Tables come one after the other; those without a row have no file."""
    total, about = 0, exporting.about(tenant_id, email)
    held = await anext(about, None)
    while held is not None:
        table = held[0]
        rest: list[tuple[str, Row]] = [held]

        async def of_table(name: str = table, rest: list[tuple[str, "Row"]] = rest) -> Any:
            while rest and rest[0][0] == name:
                yield rest.pop()[1]
                following = await anext(about, None)
                if following is not None:
                    rest.append(following)

        total += await bundle.add(table, exporting.columns(table), of_table())
        held = rest[0] if rest else None
    if not total:
        raise NotFound(f"Nothing is held about {email}.")
    files = "\n".join(f"{name}: {told['rows']} rows" for name, told in bundle.files.items())
    bundle.text("README.txt", READ_ME.format(email=email, at=f"{now:%Y-%m-%d}", files=files))
    return total
