"""Proposals at the edge: what each button, window and word asks of the business."""

from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Nap, Target
from services.errors import Conflict
from services.types.outreach import Later, ProposalsView
from tests.fakes.verbs import MAYA
from tests.unit.blocks.test_proposal import line, make_proposal
from tests.unit.handlers.slack_rig import Rig, click, submission
from tests.unit.handlers.test_home import chosen
from tests.unit.view_factory import NOW, make_reader

TRIGGER = UUID(int=0xF1)
TARGET = Target(id=TRIGGER, rev=2).encode()


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "outreach.reads.look": make_proposal(),
        "outreach.reads.mine": ProposalsView(
            reader=make_reader(), open=(line(),), open_total=1, left=(), left_total=0
        ),
        "outreach.deeds.draft": "I'm drafting a mail to Dana.",
        "outreach.deeds.later": NOW,
        "workspaces.find": MAYA.tenant_id,
    }


async def test_each_button_is_one_verb(rig: Rig) -> None:
    await rig.interact(click(ActionId.PROPOSAL_DRAFT, TARGET))
    ((args, kwargs),) = rig.book.named("outreach.deeds.draft")
    assert (args, kwargs["version"]) == ((MAYA, TRIGGER), 2)
    await rig.interact(click(ActionId.PROPOSAL_WHY, TARGET))
    await rig.interact(click(f"{ActionId.PROPOSAL_OPEN}#3", TARGET))
    assert len(rig.book.named("outreach.reads.look")) == 2
    nap = Nap(id=TRIGGER, rev=2, span=Later.A_WEEK.value).encode()
    await rig.interact(click(ActionId.PROPOSAL_LATER, element=chosen(nap)))
    forged = Nap(id=TRIGGER, rev=2, span="for_ever").encode()
    await rig.interact(click(ActionId.PROPOSAL_LATER, element=chosen(forged)))
    ((_, kwargs),) = rig.book.named("outreach.deeds.later")
    assert kwargs["span"] is Later.A_WEEK


async def test_not_useful_asks_first_and_takes_the_reason(rig: Rig) -> None:
    await rig.interact(click(ActionId.PROPOSAL_DISMISS, TARGET))
    assert rig.book.named("outreach.deeds.dismiss") == []
    await rig.interact(submission(CallbackId.PROPOSAL_DISMISS, TARGET))
    ((args, kwargs),) = rig.book.named("outreach.deeds.dismiss")
    assert (args[1], kwargs["version"], kwargs["reason"]) == (TRIGGER, 2, "")


async def test_who_was_slower_is_told_and_the_command_lists(rig: Rig) -> None:
    rig.book.errors["outreach.deeds.draft"] = [Conflict("Rita began this mail already.")]
    await rig.interact(click(ActionId.PROPOSAL_DRAFT, TARGET))
    assert "Rita began this mail already." in str(rig.chat.told)
    _, answer = await rig.command("proposals")
    assert "1 open proposal" in str(answer)
