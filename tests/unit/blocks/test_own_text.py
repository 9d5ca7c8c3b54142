"""Cards of what leaves by itself, of what is kept back, and of what was stopped."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from blocks.action_ids import ActionId
from blocks.digest import digest_card, digest_text
from blocks.email_digest import digest_mail
from blocks.lint import faults, view_faults
from blocks.mail_card import mail_card, mail_card_text
from blocks.why import why_modal
from services.types.own_texts import OwnSent, OwnView
from services.types.views import MailCardView, UndoView
from tests.unit.view_factory import ACTION, NOW, make_digest, make_mail_card, make_why

Blocks = list[dict[str, Any]]
OWN = OwnView(
    level="undo_window",
    decision="queued",
    would="send",
    by_rule=True,
    because="Dana Reyes asks: “Could you send a quote by Tuesday?”",
)
LEAVES = NOW + timedelta(minutes=4, seconds=12)


def words(blocks: Blocks) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def buttons(blocks: Blocks) -> list[str]:
    return [
        part["action_id"]
        for block in blocks
        for part in (*block.get("elements", ()), block.get("accessory"))
        if isinstance(part, dict) and "action_id" in part
    ]


def leaving(**changes: Any) -> MailCardView:
    return make_mail_card(
        **{
            "state": "approved",
            "effect": "queued",
            "decided_at": NOW,
            "own": OWN,
            "undo": UndoView(action_id=ACTION, leaves_at=LEAVES, allowed=True),
            **changes,
        }
    )


def linted(view: MailCardView) -> Blocks:
    blocks = mail_card(view)
    assert faults(blocks, text=mail_card_text(view)) == []
    return blocks


def test_while_it_waits_the_hour_the_text_and_the_way_back_stand_there() -> None:
    blocks = linted(leaving())
    assert blocks[0]["text"]["text"].startswith(
        "*I'm sending this by myself to Dana Reyes at 10:34*"
    )
    assert "This leaves" in words(blocks)
    assert "forty seats are" in words(blocks)
    assert [
        element["text"]["text"]
        for block in blocks
        for element in block.get("elements", ())
        if element.get("action_id") == ActionId.UNDO
    ] == ["Undo (4:12)"]
    assert "*Why*  Dana Reyes asks: “Could you send a quote by Tuesday?”" in words(blocks)
    assert "Level: undo window, no rule asked for a person" in words(blocks)
    assert "Sending by somebody" not in words(blocks)


def test_over_a_weekend_the_day_is_named_and_no_time_left() -> None:
    monday = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    undo = UndoView(action_id=ACTION, leaves_at=monday, allowed=True)
    blocks = linted(leaving(undo=undo))
    assert "by myself to Dana Reyes Monday at 08:05" in words(blocks)
    assert '"Undo"' in words(blocks)


def test_whoever_may_not_undo_it_sees_no_button() -> None:
    undo = UndoView(action_id=ACTION, leaves_at=LEAVES, allowed=False)
    assert ActionId.UNDO not in buttons(linted(leaving(undo=undo)))


def test_afterwards_it_says_when_and_because_of_what() -> None:
    view = leaving(state="done", effect="done", undo=None, sent_at=LEAVES)
    assert words(linted(view)).count("I sent this by myself at 10:34") == 1
    assert "*Why*  Dana Reyes asks" in words(linted(view))
    asked = replace(
        leaving(),
        undo=UndoView(action_id=ACTION, leaves_at=NOW, allowed=False, asked_by="Maya Lindt"),
    )
    assert "Maya Lindt asked for an undo" in mail_card_text(asked)


def test_what_is_kept_back_shows_the_mail_and_two_buttons() -> None:
    off = OwnView(level="", decision="", would="", unwritten=True)
    blocks = linted(make_mail_card(draft=None, own=off))
    assert buttons(blocks) == [ActionId.WHY, ActionId.DRAFT_IT, ActionId.LEAVE_IT]
    assert "What I would do" not in words(blocks)
    assert "I write answers here only when you want one" in words(blocks)
    suggest = replace(
        off, level="suggest", decision="suggested", would="ask", reasons=("The deal is large.",)
    )
    blocks = linted(make_mail_card(draft=None, own=suggest))
    assert "I would write an answer and ask you before it leaves: the deal is large." in words(
        blocks
    )


def test_after_an_undo_it_asks_why_once() -> None:
    view = make_mail_card(own=replace(OWN, by_rule=False, asks_why=True))
    assert ActionId.STOPPED_WHY in buttons(linted(view))
    view = make_mail_card(own=replace(OWN, by_rule=False, stopped_because="the wrong moment"))
    assert ActionId.STOPPED_WHY not in buttons(linted(view))
    assert "Stopped: the wrong moment" in words(linted(view))


def test_why_says_the_level_what_came_of_it_and_where_to_narrow() -> None:
    own = replace(
        OWN,
        reasons=("It is outside <working> hours.",),
        rules=("outside_hours",),
    )
    modal = why_modal(replace(make_why(), own=own))
    assert view_faults(modal) == []
    shown = words(modal["blocks"])
    assert "How far I go here by myself: undo window" in shown
    assert "needs nobody's decision" in shown
    assert "&lt;working&gt;" in shown
    assert "/understudy autonomy" in shown


def test_the_digest_lists_it_with_account_person_and_hour() -> None:
    sent = OwnSent(account="Northwind", person="Dana <b>", at=LEAVES)
    view = make_digest(by_myself=(sent,), sent=())
    assert faults(digest_card(view), text=digest_text(view)) == []
    assert "*I sent by myself*\\n• Northwind · Dana &lt;b&gt;, at 10:34" in words(digest_card(view))
    _, html, plain = digest_mail(view)
    assert "Northwind · Dana <b>, 10:34 today" in plain
    assert "Dana &lt;b&gt;" in html
