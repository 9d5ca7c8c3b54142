"""What was found, and why a health is what it is: within Slack's limits, inert, and plain."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.found import found_blocks
from blocks.health import health_blocks, health_modal
from blocks.lint import faults, view_faults
from services.types.health import AccountHealthView, PastHealth, Reason, ReasonKind
from services.types.search import FindView, FoundPassage, SearchSource, found_words
from tests.unit.view_factory import NOW, make_reader

EVIL = "<!channel> *bold* <https://evil.example|click> & \u202e\0" * 9


def passage(**more: object) -> FoundPassage:
    base = {
        "account_id": UUID(int=1),
        "account_name": "Acme",
        "source": SearchSource.MESSAGE,
        "source_id": UUID(int=2),
        "quote": "Before we sign, our CISO has to see your SOC 2 report.",
        "who": "Dana Reyes",
        "at": NOW - timedelta(days=3),
        "channel": "mail",
        "url": "https://mail.google.com/mail/u/?authuser=a#all/t",
    }
    return FoundPassage(**(base | more))  # type: ignore[arg-type]


def view(*items: FoundPassage, **more: object) -> FindView:
    return FindView(reader=make_reader(), words="security review", items=items, **more)  # type: ignore[arg-type]


def words_of(blocks: object) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def test_who_said_it_when_where_and_the_way_there() -> None:
    text = words_of(found_blocks(view(passage(), account_names=("Acme",))))
    for part in ("“security review” at Acme: 1 place", "*Acme* · Dana Reyes · mail, 17 Nov",
                 "|Open>", "“Before we sign, our CISO has to see your SOC 2 report.”"):  # fmt: skip
        assert part in text


def test_what_was_not_found_says_what_may_help() -> None:
    text = words_of(found_blocks(view()))
    assert "I found nothing about “security review”." in text
    assert "Other words may do" in text
    text = words_of(found_blocks(view(note="The store is away.")))
    assert "The store is away." in text
    assert "Other words" not in text
    assert found_words(view(account_names=("A", "B", "C", "D"))).endswith("at A, B, C and 1 more.")


@pytest.mark.parametrize("size", [1, 60, 5000])
def test_whatever_they_wrote_stays_text_and_fits(size: int) -> None:
    evil = (EVIL * size)[:size]
    item = passage(quote=evil, who=evil, account_name=evil, suspicious=True)
    built = found_blocks(
        FindView(
            reader=make_reader(), words=evil, items=(item,) * 6, more=9, account_names=(evil,) * 5
        )
    )
    assert list(faults(built, text="text")) == []
    assert "<!channel>" not in words_of([b for b in built if b["type"] != "rich_text"])
    assert "orders to a machine" in words_of(built)


def health(**more: object) -> AccountHealthView:
    base = {
        "reader": make_reader(),
        "account_id": UUID(int=1),
        "account_name": "Acme",
        "health": 62,
        "lifecycle": "at_risk",
        "lifecycle_why": "a critical risk is open",
        "reasons": (
            Reason(kind=ReasonKind.ENGAGEMENT, words="no word from them for 19 days", points=-10),
            Reason(kind=ReasonKind.MEETINGS, words="met with us lately", points=4),
            Reason(kind=ReasonKind.SIGNALS, words="counted elsewhere", points=0),
        ),
        "unknown": (ReasonKind.RENEWAL, ReasonKind.TONE),
        "given_at": None,
        "computed": None,
        "past": (
            PastHealth(at=NOW, health=62, lifecycle="at_risk", given=False),
            PastHealth(at=NOW - timedelta(days=9), health=71, lifecycle="active", given=True),
        ),
    }
    return AccountHealthView(**(base | more))  # type: ignore[arg-type]


def test_a_health_shows_its_reasons_what_is_unknown_and_its_history() -> None:
    text = words_of(health_blocks(health()))
    for part in ("Health good (62) · at risk (a critical risk is open)", "`−10`  no word",  # noqa: RUF001 - a minus
                 "`+4`  met", "not counted: the renewal date, the tone of their mails",
                 "71 (given) → 62 since 11 Nov"):  # fmt: skip
        assert part in text
    assert "counted elsewhere" not in text
    given_ = words_of(health_blocks(health(given_at=NOW, computed=55)))
    assert "stands for a day. From what I see it would be 55." in given_
    unknown = words_of(health_blocks(health(health=None, reasons=(), past=(), lifecycle=None)))
    assert "Health not known" in unknown
    assert "→" not in unknown


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=400), st.sampled_from((0, 1, 12, 13, 60)))
def test_a_health_fits_whatever_stands_in_it(text: str, many: int) -> None:
    one = Reason(kind=ReasonKind.DEALS, words=text, points=-3)
    built = health(account_name=text, lifecycle=text, lifecycle_why=text, reasons=(one,) * many)
    assert list(view_faults(health_modal(built))) == []
    assert list(faults(health_blocks(replace(built, past=built.past * 30)), text="text")) == []
