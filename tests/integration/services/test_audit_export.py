"""The audit's export: complete, in order, verifiable without our database, harmless in a sheet."""

import argparse
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bot.audit_export import row, since, until, write
from bot.config import child_environment
from db.audit import ExportedEntry
from services.audit import START, link_hash
from services.csv_cells import cell
from services.vault import generate
from tests import factories as make
from tests.integration.services.test_audit import append, as_owner

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"]  # noqa: RUF001 - as typed


async def exported(loop, **chosen) -> list[ExportedEntry]:
    return [entry async for entry in loop.audit.export(loop.tenant, **chosen)]


def read(loop, entry):
    return loop.audit.facts(loop.tenant, entry.id, entry.body, entry.key)


async def text_of(loop, form: str, **chosen) -> str:
    async def rows():
        async for entry in loop.audit.export(loop.tenant, **chosen):
            yield row("T1", entry, read(loop, entry))

    target = io.StringIO(newline="")
    await write(rows(), target, form)
    return target.getvalue()


def verified(lines: list[dict[str, str]]) -> bool:
    """What somebody with nothing but the file does."""
    previous = START
    for line in lines:
        entry = line["entry_id"].replace("-", "")
        digest = hashlib.sha256(previous + bytes.fromhex(entry) + line["stored"].encode())
        if line["previous"] != previous.hex() or line["hash"] != digest.hexdigest():
            return False
        previous = digest.digest()
    return True


async def test_all_of_it_in_order_over_several_pages(loop):
    async with loop.database.transaction(loop.tenant) as tx:
        for n in range(1203):
            await loop.audit.append(tx, "test.done", facts={"n": n})
    await loop.audit.chain(loop.tenant)
    await append(loop, 2)
    found = await exported(loop)
    assert [json.loads(entry.body)["facts"]["n"] for entry in found] == [*range(1203), 0, 1]
    assert [entry.link.sequence for entry in found[:1203]] == list(range(1, 1204))
    assert [entry.link for entry in found[1203:]] == [None, None]


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_the_file_alone_shows_that_nothing_was_changed(loop, owner_url, form):
    async with loop.database.transaction(loop.tenant) as tx:
        for words in ('Zürich; "quoted", new\nline', "=HYPERLINK(1)", "日本"):
            await loop.audit.append(tx, "approval.vote", facts={"reason": words})
    await loop.audit.chain(loop.tenant)

    def read(text: str) -> list[dict[str, str]]:
        if form == "csv":
            return list(csv.DictReader(io.StringIO(text, newline="")))
        return [json.loads(line) for line in text.splitlines()]

    assert verified(read(await text_of(loop, form)))
    await as_owner(
        owner_url,
        "update audit_entries set body = replace(convert_from(body, 'utf8'), 'vote', 'veto')::bytea"
        " where position = (select max(position) from audit_entries)",
    )
    assert not verified(read(await text_of(loop, form)))


async def test_chosen_by_verb_and_time(loop):
    start = loop.clock.now()
    for verb in ("approval.vote", "approval.approved", "approvalXvote", "action.approved"):
        await append(loop, 1, verb)
        loop.clock.move(timedelta(hours=1))
    names = [entry.verb for entry in await exported(loop, verbs=["approval.*"])]
    assert names == ["approval.vote", "approval.approved"]
    both = await exported(loop, verbs=["approval.vote", "action.*"])
    assert [entry.verb for entry in both] == ["approval.vote", "action.approved"]
    assert await exported(loop, verbs=["approval_vote"]) == []
    assert await exported(loop, verbs=["%"]) == []
    later = await exported(loop, since=start + timedelta(hours=1), until=start + timedelta(hours=3))
    assert [entry.verb for entry in later] == ["approval.approved", "approvalXvote"]


async def test_another_workspaces_entries_stay_there(loop):
    await append(loop, 3)
    other = await make.make_tenant(loop.database)
    assert [entry async for entry in loop.audit.export(other)] == []


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    assert cell(text).startswith("'")
    assert cell(text).replace("'", "") == text


@pytest.mark.parametrize("text", ["x;=1", 'x";=1', "x; \u200b+1", "x\t@SUM(1)", "x\r\n-1"])
def test_no_cell_ends_in_the_middle_where_semicolons_part_cells(text):
    row = io.StringIO(newline="")
    csv.writer(row, lineterminator="\r\n").writerow(["safe", cell(text), "end"])
    for delimiter in ",;\t":
        for cells in csv.reader(io.StringIO(row.getvalue(), newline=""), delimiter=delimiter):
            assert not [one for one in cells if one.lstrip(' "\u200b')[:1] in tuple("=+-@")]


def test_no_cell_gives_a_terminal_orders():
    assert cell("a\x1b[2J\x00b") == "a[2Jb"


def test_what_is_recomputed_stays_as_it_is():
    assert cell('{"reason":"a;=1"}', exact=True) == '{"reason":"a;=1"}'


@pytest.mark.parametrize("value", ["approval.vote", "", None, 7, {"reason": "=1+1"}])
def test_other_cells_stay_as_they_are(value):
    assert not cell(value).startswith("'")


def test_days_are_whole_and_moments_exact():
    assert since("2026-11-21") == datetime(2026, 11, 21, tzinfo=UTC)
    assert until("2026-11-21") == datetime(2026, 11, 22, tzinfo=UTC)
    assert until("2026-11-21T10:00+01:00") == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert since("2026-11-21T10:00") == datetime(2026, 11, 21, 10, tzinfo=UTC)
    with pytest.raises(argparse.ArgumentTypeError, match="no day or moment"):
        since("yesterday")


@pytest.fixture
def command(runtime_url, tmp_path: Path):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "bot", "audit", "export", *arguments],
            env=child_environment(
                DATABASE_URL=runtime_url, ENCRYPTION_KEYS=generate(), DATA_DIR=str(tmp_path)
            ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


async def test_without_a_file_it_is_a_table_on_the_screen(loop):
    await append(loop, 3, "approval.vote")
    plain = await text_of(loop, "csv", since=since("2020-01-01"))
    assert plain.startswith("workspace,sequence,at,actor,verb")
    assert plain.count("approval.vote") >= 3


async def test_the_command_writes_a_file_of_the_admins_own(loop, command, tmp_path: Path):
    await append(loop, 3, "approval.vote")
    await append(loop, 1, "other.thing")
    target = tmp_path / "audit.jsonl"
    done = command("--format", "json", "--verb", "approval.*", "--output", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert [line["verb"] for line in lines] == ["approval.vote"] * 3
    assert target.stat().st_mode & 0o077 == 0
    assert {path.name for path in os.scandir(tmp_path)} & {"audit.jsonl.part"} == set()
    unknown = command("--workspace", "T0NONE", "--output", str(tmp_path / "none"))
    assert unknown.returncode == 2
    assert "There is no workspace T0NONE" in unknown.stderr
    assert not (tmp_path / "none").exists()


def test_the_link_is_the_one_the_product_makes():
    entry = "018f0000000070008000000000000001"
    digest = hashlib.sha256(START + bytes.fromhex(entry) + b"{}").digest()
    assert link_hash(START, UUID(entry), b"{}") == digest
