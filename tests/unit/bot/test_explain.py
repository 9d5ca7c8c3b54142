import argparse
import base64
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.explain import add_parser, run
from services.json_lines import json_line
from services.offline.model import OfflineModel

TODAY = date(2026, 11, 20)
MAIL = b"From: anna@acme.example\r\nSubject: Hi\r\n\r\nCould you send me a quote?\r\n"


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(["explain", *words])


def written(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_a_folder_is_explained_file_by_file(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "b.eml").write_bytes(MAIL)
    (tmp_path / "a.txt").write_text("Our budget is $50k.")
    (tmp_path / "c.png").write_bytes(b"\x89PNG")
    assert run(arguments(str(tmp_path)), today=TODAY) == 0
    told = written(capsysbinary)
    assert [one["id"] for one in told] == [str(tmp_path / "a.txt"), str(tmp_path / "b.eml")]
    assert told[0]["qualification"]["budget"]["value"] == "$50k"
    assert told[1]["asks"][0]["quote"] == "Could you send me a quote?"


def test_lines_come_back_in_order_and_a_bad_one_stops_nothing(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "in.jsonl"
    encoded = base64.b64encode(MAIL).decode()
    lines = (
        '{"id": 1, "text": "Could you call me?"}',
        "not json",
        '{"id": "b", "eml_base64": "%%%"}',
        '{"id": "c"}',
        "[1]",
        json.dumps({"id": "d", "eml_base64": encoded}),
        '{"id": "e", "text": "\\ud800 half a letter"}',
    )
    file.write_text("\n".join(lines) + "\n\n")
    assert run(arguments("--jsonl", str(file)), today=TODAY) == 0
    told = written(capsysbinary)
    assert [one["id"] for one in told] == [1, None, "b", "c", None, "d", "e"]
    assert ["error" in one for one in told] == [False, True, True, True, True, False, False]


def test_a_path_that_is_not_there_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("/nowhere/at/all.eml"), today=TODAY) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "/nowhere/at/all.eml" in shown.err


def test_the_model_of_the_factory_answers(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    made: list[OfflineModel] = []

    def factory() -> OfflineModel:
        made.append(OfflineModel())
        return made[-1]

    (tmp_path / "a.txt").write_text("Hello")
    assert run(arguments(str(tmp_path / "a.txt")), model_factory=factory, today=TODAY) == 0
    assert len(made) == 1
    assert len(written(capsysbinary)) == 1


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, argparse, bot.explain as e\n"
        "p = argparse.ArgumentParser(); e.add_parser(p.add_subparsers())\n"
        "assert e.run(p.parse_args(['explain', '-'])) == 0\n"
        "print(' '.join(sorted({n.partition('.')[0] for n in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], input=b"Could you call me?", capture_output=True, check=True
    )
    assert json.loads(done.stdout)["id"] == "-"
    loaded = set(done.stderr.decode().split())
    heavy = {"sqlalchemy", "asyncpg", "aiohttp", "slack_bolt", "slack_sdk", "litellm", "db"}
    heavy |= {"instructor", "googleapiclient", "pgqueuer", "handlers", "apscheduler", "pydantic"}
    assert not loaded & heavy


def test_a_line_stays_a_line_whoever_reads_it() -> None:
    value = {"id": "a\u2028b\x85c", "text": "\x9b2J \u202eabc é"}
    line = json_line(value)
    assert line.splitlines() == [line]
    assert json.loads(line) == value
    assert "é" in line
