"""Deciding on a proposed level: from Slack's click to the verb and back."""

from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Target
from services.errors import Conflict, Forbidden
from tests.fakes.verbs import MAYA
from tests.unit.blocks.test_promotion import make_evidence
from tests.unit.handlers.slack_rig import Rig, click, submission

PROMOTION = UUID(int=0xB1)
TARGET = Target(id=PROMOTION, rev=4).encode()


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "earning.promotions.allow": "Allowed: from now on I send follow-ups by myself.",
        "earning.promotions.decline": "Declined.",
        "earning.reads.evidence": make_evidence(),
    }


async def test_allow_is_one_verb_and_its_sentence_comes_back(rig: Rig) -> None:
    await rig.interact(click(ActionId.PROMOTION_ALLOW, TARGET))
    ((args, kwargs),) = rig.book.named("earning.promotions.allow")
    assert args == (MAYA, PROMOTION)
    assert kwargs["version"] == 4
    assert kwargs["command_id"]
    assert "from now on I send follow-ups by myself" in str(rig.chat.told)


@pytest.mark.parametrize(
    "error", [Conflict("This was already allowed."), Forbidden("Somebody else has to look at it.")]
)
async def test_who_may_not_or_is_too_late_is_told_so(rig: Rig, error: Conflict | Forbidden) -> None:
    rig.book.errors["earning.promotions.allow"] = [error]
    await rig.interact(click(ActionId.PROMOTION_ALLOW, TARGET))
    assert str(error) in str(rig.chat.told)


async def test_decline_asks_why_and_evidence_opens(rig: Rig) -> None:
    await rig.interact(click(ActionId.PROMOTION_DECLINE, TARGET))
    await rig.interact(click(ActionId.PROMOTION_EVIDENCE, TARGET))
    (_, asked, _), (_, evidence, _) = rig.chat.modals
    assert (asked["callback_id"], asked["private_metadata"]) == (
        CallbackId.PROMOTION_DECLINE,
        TARGET,
    )
    assert evidence["title"]["text"] == "Evidence"
    await rig.interact(submission(CallbackId.PROMOTION_DECLINE, TARGET, {"reason": "Not yet"}))
    ((_, kwargs),) = rig.book.named("earning.promotions.decline")
    assert (kwargs["version"], kwargs["reason"]) == (4, "Not yet")
