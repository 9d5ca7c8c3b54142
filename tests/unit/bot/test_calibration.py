"""`understudy calibration`: files good and bad, in seconds and with nothing heavy."""

import argparse
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import numpy as np
import pytest

from bot.calibration import add_parser, run
from bot.calibration_rows import UnreadableFileError, read_rows
from tests.shared import DATA

GAMES = DATA / "calibration"
GOOD = "confidence,outcome\n0.9,1\n0.8,0\n0.2,0\n"


def arguments(path: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(), "calibration")
    return parser.parse_args(["calibration", path])


def scored(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | bytes) -> Any:
    path = tmp_path / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert run(arguments(str(path))) == 0
    return json.loads(capsys.readouterr().out)


def test_what_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = scored(tmp_path, capsys, GOOD)
    assert list(report) == ["all", "groups", "skipped"]
    assert report["groups"] == {}
    assert report["skipped"] == {"rows": 0, "reasons": {}}
    whole = report["all"]
    assert (whole["n"], whole["brier"]) == (3, pytest.approx((0.01 + 0.64 + 0.04) / 3))
    assert whole["ece"] == pytest.approx((0.1 + 0.8 + 0.2) / 3)
    assert whole["mce"] == pytest.approx(0.8)
    assert [one["count"] for one in whole["bins"]] == [0, 1, 0, 0, 0, 0, 0, 1, 1, 0]
    assert whole["bins"][0]["stated"] is None
    assert whole["bins"][7]["observed_high"] == pytest.approx(0.793, abs=1e-3)
    adjusted = whole["adjusted"]
    assert (adjusted["learned_on"], adjusted["n"], adjusted["moves"]) == (2, 1, 0)
    assert adjusted["brier"] == adjusted["raw_brier"]


def test_groups_and_the_adjustment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One group says 0.3 too much, the other is right; sorted, as files are."""
    random = np.random.default_rng(3)
    lines = ["Group,Outcome,Confidence,note"]
    for name, off in (("bold", 0.3), ("right", 0.0)):
        said = np.sort(np.round(random.uniform(0.3, 1, 1_500), 2))
        came = random.random(1_500) < np.clip(said - off, 0, 1)
        lines += [f'"{name}",{str(c).lower()},{p},"a, b"' for p, c in zip(said, came, strict=True)]
    text = "\n".join(lines)
    report = scored(tmp_path, capsys, text)
    bold, right = report["groups"]["bold"]["adjusted"], report["groups"]["right"]["adjusted"]
    assert report["all"]["n"] == 3_000
    assert bold["raw_ece"] == pytest.approx(0.3, abs=0.06)
    assert bold["ece"] < 0.07
    assert bold["brier"] < bold["raw_brier"] - 0.06
    assert bold["curve"] == sorted(bold["curve"])
    assert (right["moves"], right["brier"]) == (0, pytest.approx(right["raw_brier"]))
    head, *body = text.split("\n")
    again = scored(tmp_path, capsys, "\n".join([head, *body[::-1]]))
    assert again["groups"]["bold"]["adjusted"] == bold
    assert again["all"]["brier"] == pytest.approx(report["all"]["brier"])


def test_bad_rows_are_left_out_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = {
        "NaN,1": "confidence lies outside 0 to 1",
        "-1,0": "confidence lies outside 0 to 1",
        "1.7,0": "confidence lies outside 0 to 1",
        "inf,0": "confidence lies outside 0 to 1",
        "high,0": "confidence is no number from 0 to 1",
        "1_0,0": "confidence is no number from 0 to 1",
        "0.5": "outcome is missing",
        ",1": "confidence is missing",
        "0.5,2": "outcome lies outside 0 to 1",
        "0.5,maybe": "outcome is no number from 0 to 1, nor true, false, yes or no",
        "0,5,1": "has more cells than the header",
    }
    path = tmp_path / "rows.csv"
    path.write_text(GOOD + "\n".join(bad) + "\n\n,\n0.6,yes\n0.4,0.5\n")
    assert run(arguments(str(path))) == 0
    told = capsys.readouterr()
    report = json.loads(told.out)
    assert report["all"]["n"] == 5
    assert report["skipped"]["rows"] == len(bad)
    lines = {
        line: why
        for why, one in report["skipped"]["reasons"].items()
        for line in one["first_lines"]
    }
    assert lines == dict(enumerate(bad.values(), start=5))
    assert f"{path}: left out lines 5, 6, 7, 8: confidence lies outside 0 to 1\n" in told.err


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", ";").replace(".", ",").encode(),
        b'"outcome" , "Confidence"\n"1","0.9"\n"0","0.8"\nfalse, 0.2\n',
        b"confidence,outcome,gr\xfcn\n0.9,1,\xe9\n0.8,0,\n0.2,0,\n",
    ],
)
def test_files_as_programs_write_them(raw: bytes) -> None:
    rows = read_rows(raw)
    assert (rows.confidence, rows.outcome) == ([0.9, 0.8, 0.2], [1, 0, 0])
    assert not rows.skipped


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("\ufeff", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("p,outcome\n0.5,1\n", "line 1: no column confidence (found: p, outcome)"),
        ("confidence\n0.5\n", "line 1: no column outcome (found: confidence)"),
        ("0.5,1\n0.6,1\n", "line 1: no column confidence (found: 0.5, 1)"),
        ("outcome,confidence,confidence\n1,1,1\n", "line 1: 2 columns confidence"),
        ("confidence,outcome,group,group\n1,1,a,b\n", "line 1: 2 columns group"),
        (
            "\x1b[2Jgr\u00f6\u00dfe,\x00\n1,1\n",
            "line 1: no column confidence (found: \ufffd[2jgr\u00f6\u00dfe, \ufffd)",
        ),
    ],
)
def test_files_of_which_nothing_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_rows(text.encode())
    assert str(caught.value).startswith(why)
    path = tmp_path / "rows.csv"
    path.write_text(text)
    assert run(arguments(str(path))) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{path}: {why}" in told.err


def test_no_row_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("confidence,outcome\n7,1\n")
    assert run(arguments(str(path))) == 1
    told = capsys.readouterr()
    assert (told.out, "no row could be scored" in told.err) == ("", True)
    assert run(arguments(str(tmp_path))) == 2  # a folder
    assert run(arguments(str(tmp_path / "none.csv"))) == 2
    assert "could not be read (No such file or directory)" in capsys.readouterr().err


def test_a_cell_without_end_and_bytes_of_nothing() -> None:
    rows = read_rows(b"confidence,outcome\n0.5,1\n0.5,\0\n" + b'0.5,"' + b"x" * 200_000)
    assert rows.confidence == [0.5]
    assert sum(len(lines) for lines in rows.skipped.values()) >= 2


def test_nothing_heavy_is_imported_and_much_is_read_in_seconds() -> None:
    random = np.random.default_rng(1)
    said = np.round(random.random(20_000), 3)
    came = (random.random(20_000) < said**2).astype(int)
    text = "confidence,outcome,group\n" + "\n".join(
        f"{p},{y},g{n % 5}" for n, (p, y) in enumerate(zip(said, came, strict=True))
    )
    code = (
        "import sys\nfrom bot.__main__ import main\n"
        "assert main(['calibration', '-']) == 0\n"
        "print(' '.join(sorted({n.partition('.')[0] for n in sys.modules})), file=sys.stderr)\n"
    )
    before = getrusage(RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], input=text.encode(), capture_output=True, check=True
    )
    # Its own seconds: a busy machine is not what is measured.
    assert getrusage(RUSAGE_CHILDREN).ru_utime - before < 30
    report = json.loads(done.stdout)
    assert report["all"]["n"] == 20_000
    assert report["all"]["adjusted"]["ece"] < 0.03 < report["all"]["adjusted"]["raw_ece"]
    heavy = {"sqlalchemy", "asyncpg", "aiohttp", "slack_bolt", "slack_sdk", "litellm", "db"}
    heavy |= {"pydantic", "sklearn", "matplotlib", "handlers", "pgqueuer", "structlog"}
    assert not set(done.stderr.decode().split()) & heavy


@pytest.mark.skipif(not GAMES.exists(), reason="the shared data aren't here")
@pytest.mark.parametrize(
    ("name", "figures"),
    [("nfl", (1_889, 0.221063, 0.034065)), ("nhl", (1_401, 0.231257, 0.044397))],
)
def test_forecasts_of_games(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, figures: tuple[float, ...]
) -> None:
    """Real forecasts that are well calibrated: scored as published, and left alone."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["confidence", "outcome", "group"])
    with (GAMES / f"538_{name}_games.csv").open() as file:
        for game in csv.DictReader(file):
            won = game["prob1_outcome"] == "1"
            writer.writerow([game["prob1"], won, game["season"]])
    report = scored(tmp_path, capsys, target.getvalue())
    whole = report["all"]
    assert [whole["n"], whole["brier"], whole["ece"]] == pytest.approx(figures, abs=5e-7)
    assert whole["adjusted"]["moves"] == 0
    assert sum(one["n"] for one in report["groups"].values()) == whole["n"]
