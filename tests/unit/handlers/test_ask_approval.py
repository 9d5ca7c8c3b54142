"""Ask for approval on a gated draft's card."""

from dataclasses import replace
from uuid import UUID

import pytest

from blocks.action_ids import ActionId
from blocks.values import Target
from services.errors import Conflict
from services.types.approvals import RequestStatus, Submitted
from services.types.views import GateView
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click
from tests.unit.view_factory import ACTION, make_draft, make_mail_card

GATE = GateView(type="discuss_pricing", status="none")
SAID = "Victor Hahn decides; a VP of sales decides on mail about prices."


@pytest.fixture
def gated(rig: Rig) -> Rig:
    rig.book.answers["views.mail_card"] = make_mail_card(draft=make_draft(revision=2), gate=GATE)
    rig.book.answers["approvals.requests.submit"] = Submitted(
        request_id=UUID(int=7), status=RequestStatus.PENDING, sentence=SAID
    )
    return rig


async def press(rig: Rig, rev: int = 2) -> None:
    await rig.interact(click(ActionId.ASK_APPROVAL, Target(id=ACTION, rev=rev).encode()))


async def test_it_opens_a_request_for_the_revision_on_screen(gated: Rig) -> None:
    await press(gated)
    (((actor, form), more),) = gated.book.named("approvals.requests.submit")
    assert actor == MAYA
    assert (form.type, form.action_id, form.revision) == ("discuss_pricing", ACTION, 2)
    assert form.reason
    assert more["command_id"]
    assert gated.chat.told[-1][1]["text"] == SAID


async def test_an_old_cards_button_asks_for_nothing(gated: Rig) -> None:
    await press(gated, rev=1)
    assert gated.book.named("approvals.requests.submit") == []
    assert "overtaken" in str(gated.chat.told[-1])


async def test_when_no_rule_asks_any_more_the_fresh_card_is_shown(gated: Rig) -> None:
    view = gated.book.answers["views.mail_card"]
    gated.book.answers["views.mail_card"] = replace(view, gate=None)
    await press(gated)
    assert gated.book.named("approvals.requests.submit") == []
    assert gated.book.named("cards.refresh")


async def test_somebody_elses_earlier_ask_is_told(gated: Rig) -> None:
    gated.book.errors["approvals.requests.submit"].append(Conflict("Rita asked a minute ago."))
    await press(gated)
    assert "Rita asked a minute ago." in str(gated.chat.told[-1])
    assert gated.book.named("cards.refresh")
