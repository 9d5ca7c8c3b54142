"""How what the copilot says holds: what Slack takes, and what people read."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.calibration import (
    adjustments_modal,
    calibration_blocks,
    calibration_text,
    chart_card,
    chart_text,
)
from blocks.calibration_words import of_ten, stated_words, verdict_words
from blocks.lint import faults, view_faults
from blocks.why import why_blocks
from bot.adapters.slack_degraded import plain_blocks, with_fallback, without_charts
from sandbox.slack.kit.payloads import message_problems
from services.errors import InvalidInput
from services.intervals import share_of
from services.ports import ChatMessage
from services.types.calibration import (
    Adjustment,
    CalibrationMoveLine,
    Key,
    ReliabilityBin,
    Scores,
    Summary,
)
from services.types.calibration_views import AdjustmentsView, CalibrationView, KindHealth
from services.types.confidence import BorneOut
from tests.unit.view_factory import NOW, make_reader, make_why

EVIL = "<!channel> *x* & `co`"
TAKEN_DOWN = Adjustment(scale=0.93, shift=-0.2, threshold=0.74, correcting=True, apart=True)


def make_bin(number: int, part: int, of: int, shown: float | None = None) -> ReliabilityBin:
    share, said = share_of(part, of), number / 10 + 0.08
    return ReliabilityBin(
        low=number / 10,
        high=(number + 1) / 10,
        count=of,
        stated=said if of else None,
        calibrated=(said if shown is None else shown) if of else None,
        observed=share.value,
        observed_low=share.low,
        observed_high=share.high,
    )


def make_move(number: int, **fields: Any) -> CalibrationMoveLine:
    values: dict[str, Any] = {
        "move_id": UUID(int=number),
        "number": number,
        "at": NOW - timedelta(days=number),
        "before": Adjustment(),
        "after": TAKEN_DOWN,
        "reason": "Where I said 78 %, 62 % of 41 came true (47 to 75 %).",
        "samples": {},
    }
    return CalibrationMoveLine(**(values | fields))


def make_summary(*bins: ReliabilityBin, **fields: Any) -> Summary:
    there = {one.low: one for one in bins}
    n = sum(one.count for one in bins)
    scores = Scores(n=n, brier=0.214, ece=0.14, mce=0.2) if n else Scores()
    values: dict[str, Any] = {
        "key": Key(action_type="send_follow_up_email", kind="email_engagement", lineage="ab12"),
        "raw": scores,
        "calibrated": replace(scores, brier=0.189, ece=0.05) if n else scores,
        "bins": tuple(there.get(k / 10, make_bin(k, 0, 0)) for k in range(10)),
        "edited": Scores(),
        "adjustment": Adjustment(),
        "ambiguous": share_of(5 if n else 0, n + 9 if n else 0),
        "undelivered": share_of(4 if n else 0, n + 9 if n else 0),
    }
    return Summary(**(values | fields))


def make_page(*summaries: Summary, earlier: int = 0, **fields: Any) -> CalibrationView:
    kinds = tuple(KindHealth(summary=one, earlier=earlier) for one in summaries)
    return CalibrationView(reader=make_reader(), kinds=kinds, **fields)


SURE = make_bin(7, 25, 41, shown=0.71)
FULL = make_summary(
    *(make_bin(number, number * 4, 40) for number in range(10)),
    adjustment=TAKEN_DOWN,
    moves=(
        make_move(3, undoable=True),
        make_move(2, undone_at=NOW, undone_by=EVIL),
        make_move(1, reason=EVIL * 40),
    ),
    paused_until=NOW + timedelta(days=20),
)
ODD = make_summary(
    SURE, key=Key(action_type="transfer_money", kind="something_new", lineage="ab12")
)
VIEWS = [
    make_page(),
    make_page(make_summary(make_bin(7, 1, 3)), leads=True),
    make_page(make_summary(SURE), earlier=120, leads=True),
    make_page(*[FULL] * 8, earlier=3, leads=True, admin=True),
    make_page(ODD, leads=True),
]


def said(blocks: Sequence[dict[str, Any]]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


@pytest.mark.parametrize("view", VIEWS)
def test_slack_takes_the_page_and_the_card_with_the_charts(view: CalibrationView) -> None:
    for text, blocks in (
        (calibration_text(view), calibration_blocks(view)),
        (chart_text(view), chart_card(view)),
    ):
        assert faults(blocks, text=text) == []
        assert message_problems(blocks) == []
        assert "<!channel>" not in said(blocks)


@pytest.mark.parametrize("summary", [make_summary(), make_summary(SURE), FULL, ODD])
def test_slack_takes_the_adjustments(summary: Summary) -> None:
    view = AdjustmentsView(reader=make_reader(), summary=summary, told=EVIL)
    modal = adjustments_modal(view)
    assert view_faults(modal) == []
    assert "<!channel>" not in said(modal["blocks"])


def test_a_manager_reads_a_sentence_and_no_figures() -> None:
    under_way = make_summary(SURE, adjustment=TAKEN_DOWN)
    words = said(calibration_blocks(make_page(under_way, leads=True)))
    assert "*Follow-ups: too sure*" in words
    assert "When I say 78 %, a reply comes in about 6 of 10 (46 to 74 %), from 41 mails." in words
    assert "what I say as 78 % is shown as 71 % by now. Until that is done, a person" in words
    assert "a person decides on what it takes below 74 %." in words
    arrived = said(calibration_blocks(make_page(make_summary(SURE))))
    assert "Corrected: what I say as 78 % is shown as 71 %." in arrived
    assert "a person decides" not in arrived
    assert "Show the chart" in words
    apart = said(calibration_blocks(make_page(make_summary(SURE), earlier=120)))
    assert "120 outcomes of another model or wording stand apart: each one starts anew." in apart
    for figure in ("Brier", "ECE", "scale", "Adjustments", "Export"):
        assert figure not in words


def test_a_rep_reads_the_same_without_buttons() -> None:
    blocks = calibration_blocks(make_page(make_summary(SURE)))
    assert "about 6 of 10" in said(blocks)
    assert [block["type"] for block in blocks if block["type"] == "actions"] == []


def test_an_admin_sees_figures_before_and_after_with_what_is_left_out() -> None:
    words = said(calibration_blocks(make_page(make_summary(SURE), leads=True, admin=True)))
    assert "41 outcomes · Brier 0.214 → 0.189 · ECE 0.140 → 0.050 · scale 1.00" in words
    assert "ambiguous (10 %, 4 to 21 %), 4 undelivered (8 %, 3 to 19 %)" in words
    assert "Adjustments" in words
    assert "Export as a file" in words


def test_three_outcomes_claim_nothing() -> None:
    view = make_page(make_summary(make_bin(7, 1, 3)), leads=True, admin=True)
    words = said([*calibration_blocks(view), *chart_card(view)])
    assert "3 outcomes so far: too few to say. It takes 10 of about the same" in words
    assert "Follow-ups: not known yet" in words
    assert "data_visualization" not in words
    assert "Show the chart" not in words
    assert "When I say" not in words
    assert "3 outcomes · Brier and ECE: too few to say · scale 1.00" in words
    assert "Nothing has come of my mails yet" in said(calibration_blocks(make_page()))


@pytest.mark.parametrize(
    ("part", "word"),
    [(25, "too sure"), (33, "that holds"), (41, "not sure enough")],
)
def test_a_bin_is_off_where_its_share_can_t_be_what_was_said(part: int, word: str) -> None:
    assert verdict_words(make_summary(make_bin(7, part, 41))) == word


def test_bins_that_are_off_either_way_are_mixed_and_small_ones_say_nothing() -> None:
    both = make_summary(make_bin(7, 10, 41), make_bin(2, 39, 41), make_bin(9, 0, 9))
    assert verdict_words(both) == "mixed"
    assert verdict_words(make_summary(make_bin(9, 0, 9))) == "not known yet"


def test_words_never_claim_a_certainty() -> None:
    assert [of_ten(share) for share in (0.0, 0.04, 0.62, 0.96, 1.0)] == [
        "fewer than 1 of 10",
        "fewer than 1 of 10",
        "about 6 of 10",
        "nearly all of 10",
        "nearly all of 10",
    ]


def test_the_chart_holds_only_what_can_be_said() -> None:
    summary = make_summary(make_bin(3, 9, 30), SURE, make_bin(9, 2, 9))
    (chart,) = [
        block
        for block in chart_card(make_page(summary, leads=True))
        if block["type"] == "data_visualization"
    ]
    assert chart["chart"]["axis_config"]["categories"] == ["30-40 %", "70-80 %"]
    series = {one["name"]: [p["value"] for p in one["data"]] for one in chart["chart"]["series"]}
    assert series == {"said": [38.0, 78.0], "shown today": [38.0, 71.0], "came true": [30.0, 61.0]}


def test_of_many_kinds_two_charts_are_shown_and_the_rest_is_named() -> None:
    blocks = chart_card(make_page(*[make_summary(SURE)] * 3, leads=True))
    assert [block["type"] for block in blocks].count("data_visualization") == 2
    assert "1 more kind: `/understudy calibration`." in said(blocks)


def test_a_chart_that_slack_refuses_becomes_a_table_and_the_buttons_stay() -> None:
    blocks = chart_card(make_page(make_summary(SURE), leads=True))
    tables = without_charts(blocks)
    assert faults(tables, text="x") == []
    assert message_problems(tables) == []
    (table,) = [one["text"]["text"] for one in tables if "```" in said([one])]
    assert table.splitlines() == [
        "```",
        "Follow-ups: said and came true",
        "         said  shown today  came true",
        "70-80 %  78.0  71.0         61.0",
        "```",
    ]
    assert [one for one in tables if "```" not in said([one])] == [
        one for one in blocks if one["type"] != "data_visualization"
    ]
    # And if that is refused as well, its words are still there.
    assert "70-80 %" in said(plain_blocks(tables))


async def test_the_table_is_what_is_sent_next() -> None:
    blocks, tried = chart_card(make_page(make_summary(SURE), leads=True)), []

    async def send(whole: list[dict[str, Any]]) -> dict[str, Any]:
        tried.append(whole)
        if any(block["type"] == "data_visualization" for block in whole):
            raise InvalidInput("Slack refused the blocks: invalid_blocks", field="blocks")
        return {"ts": "1"}

    await with_fallback(send, ChatMessage(text="x", blocks=tuple(blocks)))
    assert tried == [blocks, without_charts(blocks)]
    assert faults([*blocks, *blocks], text="x") == []
    assert "3 charts" in faults([*blocks, *blocks, *blocks], text="x")
    assert "1 charts" in faults(blocks, view=True)


def test_a_pie_becomes_a_table_too_and_nothing_in_it_is_markup() -> None:
    segments = [{"label": "``` <!here>", "value": 2}, {"label": "b", "value": 31}]
    pie = {
        "type": "data_visualization",
        "title": "t",
        "chart": {"type": "pie", "segments": segments},
    }
    (block,) = without_charts([pie])
    assert "<!here>" not in block["text"]["text"]
    assert block["text"]["text"].count("```") == 2
    assert "b            31" in block["text"]["text"].replace("&lt;", "<").replace("&gt;", ">")
    assert without_charts([{"type": "data_visualization", "title": "t"}])


def test_the_newest_adjustment_alone_can_be_taken_back() -> None:
    view = AdjustmentsView(reader=make_reader(), summary=FULL)
    modal = adjustments_modal(view)
    undos = [
        block["accessory"] for block in modal["blocks"] if block.get("accessory", {}).get("confirm")
    ]
    assert [json.loads(one["value"])["id"] for one in undos] == [str(UUID(int=3))]
    words = said(modal["blocks"])
    assert "scale 1.00 → 0.93, shift 0.00 → -0.20, a person decides below 70 % → 74 %" in words
    assert "taken back by" in words
    assert "I adjust nothing here until" in words
    assert "70-80 %: said 78 %, shown as 78 %, came true 70 % of 40 (55 to 82 %)" in words


@pytest.mark.parametrize(
    ("came", "words"),
    [
        (BorneOut(), "I said 80 %; what comes of such statements isn't known yet."),
        (
            BorneOut(part=1, of=1, low=0.2, high=1),
            "I said 80 %; 1 outcome is too few to say how such statements hold.",
        ),
        (
            BorneOut(part=25, of=41, low=0.457, high=0.743),
            "I said 80 %; of such statements 61 % came true (46 to 74 %), from 41.",
        ),
    ],
)
def test_the_raw_number_stands_beside_on_demand(came: BorneOut, words: str) -> None:
    assert stated_words(0.8, came) == words
    why = said(why_blocks(make_why(confidence=0.66, stated=0.8, came_true=came)))
    assert "How sure I am of a reply: likely (66 %)" in why
    assert words in why
