"""A finding's buttons: its page, and that it doesn't help."""

import json

from blocks.action_ids import ActionId
from blocks.values import Target
from services.errors import NotFound
from tests.unit.coaching_view_factory import make_page
from tests.unit.handlers.slack_rig import Rig, click

FINDING = Target(id=make_page().finding.id)


async def test_the_page_opens_and_a_refusal_is_answered(rig: Rig) -> None:
    rig.book.answers["coaching.page"] = make_page()
    await rig.interact(click(f"{ActionId.FINDING_MAILS}#2", FINDING.encode()))
    assert "41 of 90" in json.dumps(rig.chat.modals, default=str)
    await rig.interact(click(ActionId.FINDING_REFUSE, FINDING.encode()))
    (((_, refused), _),) = rig.book.named("coaching.refuse")
    assert refused == FINDING.id
    assert "next 90 days" in json.dumps(rig.chat.modals, default=str)


async def test_what_holds_no_longer_is_said(rig: Rig) -> None:
    rig.book.errors["coaching.page"] = [NotFound("Last night's figures don't show this any more.")]
    await rig.interact(click(ActionId.FINDING_MAILS, FINDING.encode()))
    assert "any more" in json.dumps([rig.chat.modals, rig.chat.told], default=str)
