"""`understudy rules check`: faults with their lines, or who decides what, at once."""

import argparse
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.rules import add_parser, rules_table, run
from services.approval_rules import DEFAULT_TEXT, parse_rules

ROOT = Path(__file__).parents[3]


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(dest="command"), "rules")
    return parser.parse_args(["rules", *words])


def check(path: Path | str) -> int:
    return run(parsed("check", str(path)))


def test_a_good_file_shows_who_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "rules.yml"
    file.write_text(DEFAULT_TEXT)
    assert check(file) == 0
    out = capsys.readouterr().out
    assert "discount                      0 " in out
    assert "10,000 USD (and 6 more currencies)  cfo" in out
    assert "manager → admin → expires 7d" in out
    assert all(line == line.rstrip() for line in out.splitlines())


TABLE = """
WHAT                      FROM                            WHO DECIDES         DUE IN  THEN
discount (low/high risk)  0                               manager             4h      waits
                          10 % or 5,000 USD or 4,000 EUR  cfo, 2 of 3 people
Nobody is asked for a discount (Small): up to 2 %, 3 a month for each member, at low risk.
Critical: cfo is told as well, by SMS too.
"""
RULES = """
rules:
  - type: discount
    risk: [low, high]
    bands:
      - {from: 0, approver: manager}
      - {from: {percentage: 10, USD: 5000, EUR: 4000}, approver: cfo, quorum: 2, of: 3}
    sla: 4h
    escalate: []
    expires: never
auto_approvals:
  - {name: Small, type: discount, risk: low, up_to: 2, per_member_per_month: 3}
urgent: {second_person: cfo, sms: true}
"""


def test_the_whole_table():
    assert rules_table(parse_rules(RULES, version=1)) == TABLE.strip().splitlines()
    nothing = rules_table(parse_rules("rules: []", version=1))
    assert nothing == ["No rules: an admin decides everything."]


def test_every_fault_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "rules.yml"
    file.write_text(
        "rules:\n- type: discount\n  bands:\n  - {from: 5, approver: boss}\n  slaa: 1\n"
    )
    assert check(file) == 2
    said = capsys.readouterr().out.splitlines()
    assert [line.split(" ", 1)[0] for line in said] == [f"{file}:4:", f"{file}:5:"]
    assert "Did you mean “sla”?" in said[1]
    file.write_bytes(b"rules: []\n\xff")
    assert check(file) == 2
    assert capsys.readouterr().out == f"{file}:2: This isn't UTF-8. Save the file as UTF-8.\n"
    file.write_bytes(b"#" * 70_000)
    assert check(file) == 2
    assert "larger than 64 KB" in capsys.readouterr().out


def test_what_cannot_be_opened_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert check(tmp_path / "none.yml") == 2
    assert "can't be read (No such file" in capsys.readouterr().err
    assert check(tmp_path) == 2


def test_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    class Stream:
        buffer = io.BytesIO(b"rules: []\nrule: 1\n")

    monkeypatch.setattr(sys, "stdin", Stream())
    assert check("-") == 2
    assert capsys.readouterr().out.startswith("-:2: I don't know the setting “rule”.")


def test_it_starts_without_database_server_or_slack():
    code = (
        "import sys, argparse, bot.rules as r\n"
        "p = argparse.ArgumentParser(); r.add_parser(p.add_subparsers(dest='command'), 'rules')\n"
        "assert r.run(p.parse_args(['rules', 'check', '-'])) == 0\n"
        "heavy = {'sqlalchemy', 'asyncpg', 'slack_bolt', 'aiohttp', 'pydantic_settings'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    found: Any = subprocess.run(  # noqa: S603 - the words are this test's own
        [sys.executable, "-c", code],
        input=DEFAULT_TEXT.encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert found.returncode == 0, found.stderr.decode()
