"""What `understudy account` reads and says."""

import argparse
from uuid import UUID

import pytest

from bot.account import WORDS, add_parser, counted, merge_line, merge_words, split_words
from db import account_moves as rows
from services.account_moves import Merge

ID = UUID(int=7)


def merge(**table: int) -> Merge:
    at = "30 Nov 2026 08:30 UTC"
    return Merge(id=ID, source="Acme", target="Acme Group", rows=table, at=at)


def test_each_verb_says_what_it_did_and_the_way_back() -> None:
    assert merge_words(merge(contacts=3, deals=1, account_owners=1)) == (
        "Acme is part of Acme Group now. Taken along: 3 contacts, 1 deal, 1 owner.\n"
        f"To take it back: understudy account split {ID}"
    )
    assert split_words(merge()) == "Acme stands by itself again. Back from Acme Group: nothing."
    assert merge_line(merge()) == f"{ID}  30 Nov 2026 08:30 UTC  Acme → Acme Group"


def test_every_table_that_moves_has_its_word() -> None:
    moved = {row.__tablename__ for row in (*rows.MOVED, *rows.APART)}
    assert moved | {"accounts"} == WORDS.keys()
    assert counted(merge(conversations=1_200)) == "1,200 conversations"


def test_a_merge_needs_both_names() -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["account", "merge", "Acme", "--into", "Acme Group"])
    assert (args.verb, args.source, args.into) == ("merge", "Acme", "Acme Group")
    with pytest.raises(SystemExit):
        parser.parse_args(["account", "merge", "Acme"])
