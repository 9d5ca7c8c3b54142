"""The bounded slice of the matrix that every change has to pass; `make security` runs all of it."""

from pathlib import Path

import pytest

from bot.embedded import EmbeddedDatabase
from tests.security import doors, packages, payloads, report, tables
from tests.security.__main__ import sections
from tests.security.rows import Row, Trial, not_checked


def _all_held(rows: list[Row]) -> None:
    assert rows
    assert not [row for row in rows if row.failed], report.table(rows)


@pytest.fixture
def trial(postgres: EmbeddedDatabase) -> Trial:
    return Trial(quick=True, server=postgres)


async def test_every_route_holds_against_every_credential(trial: Trial) -> None:
    _all_held(await doors.rows(trial))


async def test_no_payload_breaks_the_door_or_decides_what_it_may_not(trial: Trial) -> None:
    _all_held(await payloads.rows(trial))


async def test_every_table_holds_against_strangers(trial: Trial) -> None:
    _all_held(await tables.rows(trial))


def test_the_packages_are_pinned_used_and_free_to_use() -> None:
    _all_held(packages.rows(Trial(quick=True)))


def test_sections_are_found_by_themselves() -> None:
    assert {"doors", "packages", "payloads", "secrets_said", "tables"} <= set(sections())


def test_what_was_not_looked_at_has_not_held() -> None:
    """The audit of packages says so where no service answers."""
    row = not_checked("Packages", "holes", "no service answered")
    assert (row.failed, report.word(row)) == (False, "not checked")
    silent = Row(section="Packages", case="holes", tried=0, held=0)
    assert (silent.failed, report.word(silent)) == (True, "FAILED")


def test_the_page_keeps_what_stands_around_its_tables(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    row = Row(section="Doors", case="a | b", tried=1200, held=1199, note="GET /x")
    report.write_page([row], "the command", page)
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| a \\| b | 1,200 | 1,199 | FAILED GET /x |" in text
