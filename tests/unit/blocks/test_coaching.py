"""What was found about mails, in blocks: the figures beside the words, inert, within the limits."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from blocks.coaching import (
    finding_lines,
    finding_modal,
    opportunity_lines,
    refused_modal,
    to_try_blocks,
)
from blocks.lint import faults, view_faults
from tests.unit.coaching_view_factory import (
    COMPARED,
    make_finding,
    make_opportunity,
    make_page,
    make_to_try,
)

EVIL = "<!channel> *bold* ~out~ `code` <https://evil.example|click> & \u202e\0" * 9


def words_of(blocks: object) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def test_a_finding_says_what_was_seen_with_its_figures_and_never_why() -> None:
    blocks = finding_lines(make_finding())
    said = words_of(blocks)
    assert faults(blocks, text="x") == []
    assert "41 of 90 (46 %)" in said
    assert "+23 points (95 %: +9 to +36) · 31 accounts · q = 0.014 · 25 May to 21 Nov 2026" in said
    assert "Show the mails" in said
    assert "because" not in said
    assert "Show the figures" in words_of(finding_lines(make_finding(examples=0)))
    tiny = replace(COMPARED, q=0.00001)
    assert "q < 0.001" in words_of(finding_lines(make_finding(compared=tiny)))


def test_a_list_says_what_is_missing_and_nothing_else_when_there_is_nothing() -> None:
    three = make_to_try(*[make_finding()] * 3, missing=("12 more threads.", "b.", "c.", "d.", "e."))
    assert faults(to_try_blocks(three), text="x") == []
    said = words_of(to_try_blocks(three))
    assert "9 comparisons made, 170 threads of yours. 12 more threads. b. c." in said
    assert "2 others lack more." in said
    assert "Nothing in your mails stands out" in words_of(to_try_blocks(make_to_try()))
    assert "One other" in words_of(to_try_blocks(make_to_try(missing=("a", "b", "c", "d"))))
    assert "I haven't looked" in words_of(to_try_blocks(make_to_try(looked_at=None)))


def test_an_opportunity_names_the_rep_the_reasons_and_no_mail() -> None:
    blocks = opportunity_lines(make_opportunity())
    said = words_of(blocks)
    assert faults(blocks, text="x") == []
    assert "*Rita Rep*: their requests of type discount" in said
    assert "Too much (7), Not now (2)" in said
    assert "numbers only" in said
    assert "numbers only" not in words_of(opportunity_lines(make_opportunity(shares=True)))


def test_a_page_shows_the_mails_of_both_sides_inert() -> None:
    hostile: dict[str, Any] = {"subject": EVIL, "account": EVIL}
    for view in (make_page(), make_page(mails=10, **hostile), make_page(mails=0)):
        assert view_faults(finding_modal(view)) == []
    said = words_of(finding_modal(make_page(mails=10, **hostile)))
    assert "<!channel>" not in said
    assert "<https" not in said
    shown = words_of(finding_modal(make_page()))
    assert "today: “Next steps”, Acme: answered" in shown
    assert "41 of 90 (46 %, 36 to 56 %)" in shown
    assert "not answered" in words_of(finding_modal(make_page(answered=False)))
    own = finding_modal(make_page(action_id=UUID(int=9)))
    assert words_of(own).count("Why?") == 4
    assert view_faults(own) == []
    assert "no subject" in words_of(finding_modal(make_page(subject="")))
    assert view_faults(refused_modal()) == []
