"""A gated draft's card: no Approve, how the request stands, and what can be done."""

import json
from datetime import timedelta
from typing import Any

import pytest

from blocks.action_ids import ActionId
from blocks.lint import faults, view_faults
from blocks.mail_card import mail_card
from blocks.modals import read_all_modal
from services.types.views import GateView
from tests.unit.blocks.test_mail_card import buttons, words
from tests.unit.view_factory import NOW, make_draft, make_mail_card

EDITING = [ActionId.EDIT, ActionId.REGENERATE, ActionId.REJECT]


def gate(**changes: Any) -> GateView:
    values = {
        "type": "discuss_pricing",
        "status": "pending",
        "current": True,
        "deciders": ("Victor Hahn",),
        "due_at": NOW + timedelta(hours=2),
    }
    return GateView(**{**values, **changes})


def shown(**changes: Any) -> list[dict[str, Any]]:
    blocks = mail_card(make_mail_card(gate=gate(**changes)))
    assert faults(blocks, text="a mail") == []
    assert ActionId.APPROVE not in buttons(blocks)
    return blocks


def deciding(blocks: list[dict[str, Any]]) -> list[str]:
    (row,) = (b for b in blocks if b["type"] == "actions")
    return [element["action_id"] for element in row["elements"]]


@pytest.mark.parametrize("status", ["none", "expired", "withdrawn", "voided", "approved"])
def test_without_a_request_under_way_the_responder_asks(status: str) -> None:
    blocks = shown(status=status, deciders=(), due_at=None)
    assert deciding(blocks) == [ActionId.ASK_APPROVAL, *EDITING]
    assert "Mail like this needs an approval here before it leaves." in words(blocks)
    assert "Rule: discuss pricing" in words(blocks)


def test_while_it_is_pending_the_card_says_who_has_it_and_until_when() -> None:
    blocks = shown()
    assert "*Victor Hahn decides on this* until" in words(blocks)
    assert deciding(blocks) == EDITING


def test_one_that_was_asked_anew_says_so() -> None:
    assert "asked anew" in words(shown(anew=True))
    assert "asked anew" not in words(shown(anew=False))


def test_a_text_that_changed_meanwhile_is_not_said_to_be_decided() -> None:
    blocks = shown(current=False)
    assert "The text has changed" in words(blocks)
    assert "Victor" not in words(blocks)


def test_a_no_stands_for_these_words_and_says_who_and_why() -> None:
    said = gate(
        status="rejected", settled_by="Victor Hahn", settled_at=NOW, reason="Not before renewal"
    )
    blocks = mail_card(make_mail_card(gate=said))
    assert "Victor Hahn, just now, said no*: “Not before renewal”" in words(blocks)
    assert deciding(blocks) == EDITING
    assert '"style": "primary"' in json.dumps(blocks)


def test_after_a_change_the_no_is_told_and_one_may_ask_again() -> None:
    blocks = shown(status="rejected", current=False, settled_by="Victor Hahn", reason="Too much")
    assert "said no to the text before" in words(blocks)
    assert deciding(blocks)[0] == ActionId.ASK_APPROVAL


def test_expired_is_nobodys_no() -> None:
    text = words(shown(status="expired", settled_by=None))
    assert "Nobody decided in time" in text
    assert "said no" not in text


def test_a_hard_stop_offers_no_asking() -> None:
    view = make_mail_card(gate=gate(status="none"), verdict_reasons=("I never commit to a price.",))
    blocks = mail_card(view)
    assert ActionId.ASK_APPROVAL not in buttons(blocks)
    assert ActionId.APPROVE not in buttons(blocks)


def test_a_colleague_sees_no_request_buttons() -> None:
    blocks = mail_card(make_mail_card(gate=gate(), reader_is_responder=False))
    assert ActionId.ASK_APPROVAL not in buttons(blocks)


def test_a_long_draft_is_read_whole_and_not_approved_there() -> None:
    draft = make_draft(text="word " * 1200)
    blocks = mail_card(make_mail_card(gate=gate(status="none"), draft=draft))
    assert deciding(blocks) == [
        ActionId.ASK_APPROVAL,
        ActionId.EDIT,
        ActionId.READ_ALL,
        ActionId.REJECT,
    ]
    view = make_mail_card(gate=gate(status="none"), draft=draft)
    modal = read_all_modal(view, draft)
    assert view_faults(modal) == []
    assert "submit" not in modal


def test_words_from_outside_stay_words() -> None:
    text = words(
        shown(
            status="rejected",
            settled_by="<!channel>",
            reason="<https://evil.test|click> *all*",
            settled_at=NOW,
        )
    )
    assert "<!channel>" not in text
    assert "<https" not in text
