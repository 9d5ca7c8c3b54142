"""The undo on the card, what the check found above the text, and the forms about feedback."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId
from blocks.feedback import review_modal, wrong_card, wrong_modal, wrong_text
from blocks.findings import finding_words
from blocks.home_modals import mail_modal
from blocks.lint import fits
from blocks.mail_card import mail_card, mail_card_text
from blocks.modals import read_all_modal
from blocks.values import Approval, Fault, Target
from services.types.feedback import WordsView, WrongView
from services.types.findings import Finding, FindingKind
from services.types.views import MailCardView, UndoView
from tests.unit.blocks.test_mail_card import buttons
from tests.unit.view_factory import ACTION, NOW, make_draft, make_mail_card, make_reader

FIGURE = Finding(
    kind=FindingKind.FIGURE,
    sentence="It says 45 users for the number of seats; an earlier mail says 40 users.",
    quote="We have set up 45 users.",
    earlier="We need *40 users* <!channel>.",
    said_by="Dana Reyes",
    said_at=NOW - timedelta(hours=3),
    message_id=UUID(int=3),
)
ATTACHED = Finding(
    kind=FindingKind.ATTACHMENT,
    sentence="It speaks of an attachment, and nothing is attached.",
    quote="I've attached the offer.",
)
SEEN = "a" * 64
WORDS = WordsView(action_id=ACTION, targets=(), timezone="UTC", now=NOW)


def waiting(seconds: int = 60, **changes: Any) -> MailCardView:
    undo = UndoView(action_id=ACTION, leaves_at=NOW + timedelta(seconds=seconds), allowed=True)
    return make_mail_card(
        **{
            "state": "approved",
            "effect": "queued",
            "decided_by": "Maya Lindt",
            "decided_at": NOW,
            "undo": undo,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "Leaves at 10:31 (in a minute)"),
        (15, "Leaves at 10:30 (in 15 seconds)"),
        (300, "Leaves at 10:35 (in 5 minutes)"),
        (0, "Sending"),
    ],
)
def test_it_says_when_it_leaves(seconds: int, words: str) -> None:
    view = waiting(seconds)
    assert mail_card_text(view).endswith(f"Approved by Maya Lindt, just now. {words}")
    assert ActionId.UNDO in buttons(mail_card(view)), (
        "it may be late, and can be undone for as long"
    )


def test_who_may_not_undo_sees_when_it_leaves_and_no_button() -> None:
    view = waiting(
        undo=UndoView(action_id=ACTION, leaves_at=NOW + timedelta(minutes=1), allowed=False)
    )
    assert "Leaves at" in mail_card_text(view)
    assert ActionId.UNDO not in buttons(mail_card(view))
    assert ActionId.UNDO not in buttons(mail_card(waiting(undo=None)))


def test_a_stop_under_way_is_told() -> None:
    undo = UndoView(action_id=ACTION, leaves_at=NOW, allowed=False, asked_by="Mona")
    assert "Mona asked for an undo; I'm trying to stop it" in mail_card_text(
        waiting(effect="sending", undo=undo)
    )


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=2), "Sent by Maya Lindt at 10:28"),
        (timedelta(days=1), "Sent by Maya Lindt yesterday at 10:30"),
    ],
)
def test_after_it_left_the_hour_stands(ago: timedelta, words: str) -> None:
    view = waiting(state="done", effect="done", undo=None, sent_at=NOW - ago)
    assert mail_card_text(view).endswith(words)


def test_findings_stand_right_above_the_text_and_rename_the_button() -> None:
    draft = make_draft(findings=(ATTACHED, FIGURE), seen=SEEN)
    blocks = mail_card(make_mail_card(draft=draft))
    shown = [str(block) for block in blocks]
    found = next(i for i, text in enumerate(shown) if "Look at this before it leaves" in text)
    assert "rich_text_quote" in shown[found + 1]
    assert "Subject:" in shown[found - 1]
    assert "nothing is attached" in shown[found]
    assert "Dana Reyes, 07:30: “We need *40 users* <!channel>.”" in shown[found]
    assert {e["type"] for e in blocks[found]["elements"]} == {"rich_text_section"}
    (send,) = [
        element
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == ActionId.APPROVE
    ]
    assert send["text"]["text"] == "Send anyway"
    assert "nothing is attached" in send["confirm"]["text"]["text"]
    assert "45 users" in send["confirm"]["text"]["text"]
    assert Approval.model_validate_json(send["value"]).seen == SEEN
    assert fits(blocks)


def test_a_draft_that_is_read_in_a_window_names_them_there_too() -> None:
    draft = make_draft(findings=(ATTACHED,), seen=SEEN)
    view = make_mail_card(draft=draft)
    for modal in (read_all_modal(view, draft), mail_modal(view, None)):
        assert modal["submit"]["text"] == "Send anyway"
        assert Approval.model_validate_json(modal["private_metadata"]).seen == SEEN
        assert "nothing is attached" in str(modal["blocks"])


def test_a_finding_as_a_line() -> None:
    assert finding_words(ATTACHED, make_reader()) == (
        "It speaks of an attachment, and nothing is attached. “I've attached the offer.”"
    )


def test_the_question_stands_where_somebody_is_asked() -> None:
    done = {"state": "done", "effect": "done", "undo": None}
    assert "How was this draft?" in str(mail_card(waiting(**done, asked=True)))
    assert "How was this draft?" not in str(mail_card(waiting(**done)))


@pytest.mark.parametrize(
    ("rating", "reason", "words", "asks"),
    [
        (-1, None, "What was wrong with the draft for “Pricing”?", True),
        (-1, "the tone; <b>", "Noted: the tone; &lt;b&gt;", False),
        (1, None, "You changed your mind", False),
        (None, None, "You changed your mind", False),
    ],
)
def test_the_card_after_a_bad_reaction(
    rating: int | None, reason: str | None, words: str, *, asks: bool
) -> None:
    view = WrongView(action_id=ACTION, about="Pricing", rating=rating, reason=reason)
    blocks = wrong_card(view)
    assert words in str(blocks)
    assert bool(buttons(blocks)) == asks
    assert len(buttons(blocks)) <= 4
    assert wrong_text(view)


def test_forms_hold_ids_only() -> None:
    for view in (wrong_modal(Fault(id=ACTION)), review_modal(Target(id=ACTION), WORDS)):
        assert str(ACTION) in view["private_metadata"]
        assert all(
            block["type"] in {"input", "context", "divider", "section"} for block in view["blocks"]
        )
