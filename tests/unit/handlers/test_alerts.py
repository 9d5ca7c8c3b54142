"""Alerts at the edge: what each button, window and word asks of the business."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Named, Nap, Target
from services.errors import Conflict, NotFound
from services.intervals import share_of
from services.types.alerts import (
    AlertsView,
    NameQuality,
    QualityView,
    ReplayView,
    Snooze,
    ThresholdView,
)
from services.types.signals import SignalName
from tests.fakes.verbs import MAYA
from tests.unit.alert_view_factory import make_alert, make_line
from tests.unit.handlers.slack_rig import Rig, click, submission
from tests.unit.handlers.test_home import at_home, chosen
from tests.unit.view_factory import NOW, make_reader

SIGNAL = UUID(int=0xA1)
TARGET = Target(id=SIGNAL, rev=3).encode()
QUIET = Named(name="silence").encode()


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    reader = make_reader()
    total = NameQuality(
        name=SignalName.SILENCE,
        raised=4,
        useful=share_of(3, 4),
        false_alarm=share_of(1, 4),
        acted=share_of(2, 4),
        minutes_to_action=30.0,
        threshold=0.7,
        paused_until=None,
    )
    rig.book.answers |= {
        "alerts.reads.look": make_alert(),
        "alerts.reads.mine": AlertsView(reader=reader, lines=(make_line(),), total=1),
        "alerts.deeds.draft": "I'm drafting a mail to Dana.",
        "alerts.deeds.snooze": NOW,
        "alerts.quality.quality": QualityView(
            reader=reader,
            since=NOW,
            days=30,
            names=(total,),
            total=total,
            may_change=True,
            whole=True,
        ),
        "alerts.quality.replay": ReplayView(
            reader=reader,
            names=(SignalName.SILENCE,),
            threshold=0.6,
            days=30,
            firings=(),
            total=0,
            raised=0,
            whole=True,
        ),
        "alerts.thresholds.view": _threshold(),
        "alerts.thresholds.undo": _threshold(),
        "alerts.thresholds.set_by_hand": _threshold(),
        "alerts.amounts.amount": Decimal(50_000),
        "alerts.amounts.set_amount": Decimal(75_000),
        "workspaces.find": MAYA.tenant_id,
    }


def _threshold() -> ThresholdView:
    return ThresholdView(
        reader=make_reader(),
        name=SignalName.SILENCE,
        threshold=0.72,
        moves=(),
        paused_until=None,
    )


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        (ActionId.ALERT_DRAFT, "alerts.deeds.draft"),
        (ActionId.ALERT_TAKE, "alerts.deeds.acknowledge"),
        (ActionId.ALERT_DONE, "alerts.deeds.done"),
        (ActionId.ALERT_USEFUL, "alerts.deeds.useful"),
        (ActionId.ALERT_WHY, "alerts.reads.look"),
        (ActionId.ALERT_NOTE, "alerts.reads.look"),
        (f"{ActionId.ALERT_OPEN}#2", "alerts.reads.look"),
        (f"{ActionId.ALERT_SHOW}#1", "alerts.rollups.show"),
        (ActionId.ALERT_NEXT, "alerts.rollups.show"),
    ],
)
async def test_a_click_is_one_verb(rig: Rig, action: str, verb: str) -> None:
    status, _ = await rig.interact(click(action, TARGET))
    assert status == 200
    ((args, kwargs),) = rig.book.named(verb)
    assert args[0] == MAYA
    assert args[1] == (None if action == ActionId.ALERT_NEXT else SIGNAL)
    if action in (ActionId.ALERT_DRAFT, ActionId.ALERT_TAKE):
        assert kwargs["version"] == 3
        assert kwargs["command_id"]


async def test_snooze_carries_its_span_and_a_forged_one_is_refused(rig: Rig) -> None:
    nap = Nap(id=SIGNAL, rev=3, span=Snooze.THREE_DAYS.value).encode()
    await rig.interact(click(ActionId.ALERT_SNOOZE, element=chosen(nap)))
    ((_, kwargs),) = rig.book.named("alerts.deeds.snooze")
    assert (kwargs["span"], kwargs["version"]) == (Snooze.THREE_DAYS, 3)
    forged = Nap(id=SIGNAL, rev=3, span="for_ever").encode()
    await rig.interact(click(ActionId.ALERT_SNOOZE, element=chosen(forged)))
    assert len(rig.book.named("alerts.deeds.snooze")) == 1
    assert rig.chat.told


async def test_whoever_is_too_late_is_told_who_was_faster(rig: Rig) -> None:
    rig.book.errors["alerts.deeds.acknowledge"] = [Conflict("Mona is on it already.")]
    await rig.interact(click(ActionId.ALERT_TAKE, TARGET))
    assert "Mona is on it already." in str(rig.chat.told)
    rig.book.errors["alerts.reads.look"] = [NotFound("Not yours.")]
    await rig.interact(at_home(f"{ActionId.ALERT_OPEN}#0", TARGET))
    assert "Not yours." in str(rig.chat.modals)


async def test_windows_ask_and_then_do(rig: Rig) -> None:
    await rig.interact(click(ActionId.ALERT_FALSE, TARGET))
    ((_, view, _),) = rig.chat.modals
    assert view["callback_id"] == CallbackId.ALERT_FALSE
    assert view["private_metadata"] == TARGET
    await rig.interact(submission(CallbackId.ALERT_FALSE, TARGET, {"words": "They joked"}))
    ((_, kwargs),) = rig.book.named("alerts.deeds.dismiss")
    assert (kwargs["version"], kwargs["reason"]) == (3, "They joked")
    await rig.interact(submission(CallbackId.ALERT_NOTE, TARGET, {"comment": "Legal has it"}))
    ((_, kwargs),) = rig.book.named("alerts.deeds.note")
    assert kwargs["words"] == "Legal has it"


async def test_thresholds_replay_and_the_amount(rig: Rig) -> None:
    await rig.interact(click(f"{ActionId.ALERT_THRESHOLD}#0", QUIET))
    await rig.interact(at_home(f"{ActionId.ALERT_UNDO}#0", TARGET, view="modal"))
    assert rig.book.named("alerts.thresholds.undo")[0][0][1] == SIGNAL
    assert rig.chat.updated
    said: Any
    for words, value in (("0,65", 0.65), ("65 %", 0.65)):
        form = submission(CallbackId.ALERT_THRESHOLD, QUIET, {"threshold": words, "reason": ""})
        assert (await rig.interact(form))[1]["response_action"] == "update"
        assert rig.book.named("alerts.thresholds.set_by_hand")[-1][0][2] == pytest.approx(value)
    for words in ("much", "nan"):
        form = submission(CallbackId.ALERT_THRESHOLD, QUIET, {"threshold": words, "reason": ""})
        said = (await rig.interact(form))[1]
        assert "threshold" in said["errors"]
    await rig.interact(click(ActionId.ALERT_REPLAY, "quality"))
    await rig.interact(submission(CallbackId.ALERT_REPLAY, "", {"threshold": "0.6", "days": "30"}))
    ((args, _),) = rig.book.named("alerts.quality.replay")
    assert args[1:] == (list(SignalName), 0.6, 30)
    await rig.interact(click(ActionId.ALERT_AMOUNT, "settings"))
    said = (await rig.interact(submission(CallbackId.ALERT_AMOUNT, "", {"amount": "75,000"})))[1]
    assert "75,000" in str(said)
    await rig.interact(click(ActionId.ALERT_QUALITY, "home"))
    await rig.interact(click(f"{ActionId.ALERT_THRESHOLD}#0", Named(name="horoscope").encode()))
    assert len(rig.book.named("alerts.thresholds.view")) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [("alerts", "1 open alert"), ("alrets", "1 open alert"), ("alerts quality", "Alert quality")],
)
async def test_the_command(rig: Rig, words: str, says: str) -> None:
    status, answer = await rig.command(words)
    assert status == 200
    assert says in str(answer)
