"""`understudy rules show` and `apply` against a real database."""

import argparse
import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.rules import add_parser, run
from db.session import Database
from services.approval_rules import DEFAULT_TEXT, parse_rules, write_rules
from services.vault import generate
from tests import factories as make

TIGHTER = DEFAULT_TEXT.replace("from: 5,", "from: 4,")
Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def understudy(
    runtime_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    monkeypatch.setenv("DATABASE_URL", runtime_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ENCRYPTION_KEYS", generate())
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(dest="command"), "rules")

    class Stream:
        buffer = io.BytesIO()

    monkeypatch.setattr(sys, "stdin", Stream())

    async def type_it(*words: str, given: str = "") -> tuple[int, str, str]:
        Stream.buffer = io.BytesIO(given.encode())
        # A command has a loop of its own.
        code = await asyncio.to_thread(run, parser.parse_args(["rules", *words]))
        said = capsys.readouterr()
        return code, said.out, said.err

    return type_it


async def test_show_edit_apply(database: Database, understudy: Run):
    await make.make_tenant(database, team_id="T1")
    code, shown, said = await understudy("show")
    assert code == 0, said
    assert shown.startswith("# Version 1.")
    edited = shown.replace("from: 5,", "from: 4,")
    assert await understudy("apply", "-", "--based-on", "1", given=edited) == (
        0,
        "Version 2 is in force. Pending requests are looked at again.\n",
        "",
    )
    code, shown, _ = await understudy("show")
    assert shown.endswith(write_rules(parse_rules(TIGHTER, version=2)))
    code, _, said = await understudy("apply", "-", "--based-on", "1", given=DEFAULT_TEXT)
    assert code == 2
    assert "Somebody with the command line applied version 2" in said
    assert (await understudy("apply", "-", given=TIGHTER))[1] == (
        "Nothing differs from version 2, which stays in force.\n"
    )
    code, out, _ = await understudy("apply", "-", given="rules:\n- type: x\n")
    assert (code, out.split(" ", 1)[0]) == (2, "-:2:")


async def test_which_workspace(database: Database, understudy: Run):
    await make.make_tenant(database, team_id="T1")
    await make.make_tenant(database, team_id="T2")
    code, _, said = await understudy("show")
    assert code == 2
    assert "name one with --workspace" in said
    assert (await understudy("apply", "-", "--workspace", "T2", given=TIGHTER))[0] == 0
    assert (await understudy("show", "--workspace", "T1"))[1].startswith("# Version 1.")
    assert (await understudy("show", "--workspace", "T2"))[1].startswith("# Version 2.")
