"""The copilot's autonomy at the edge: what each button, window and word asks of the business."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.autonomy_values import Listed, MovesFrom, Order, OwnLimit, Turned
from blocks.values import Named, Target
from services.errors import Forbidden, InvalidInput
from services.types.actions import AutonomyLevel
from services.types.autonomy_views import DoingsFilter, NarrowForm
from services.types.people import Role
from services.types.shadow import ShadowView
from tests.fakes.verbs import MAYA
from tests.unit.autonomy_view_factory import (
    ID,
    make_list,
    make_narrowing,
    make_page,
    make_story,
    make_type_view,
)
from tests.unit.handlers.slack_rig import Rig, click, submission
from tests.unit.handlers.test_home import at_home, chosen
from tests.unit.view_factory import make_reader

FOLLOW_UP = "send_follow_up_email"
NAMED = Named(name=FOLLOW_UP).encode()
FILTER = Listed(type=FOLLOW_UP, days=90)


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "autonomy.overview.page": make_page(),
        "autonomy.overview.type": make_type_view(),
        "autonomy.overview.narrow_form": NarrowForm(
            types=((FOLLOW_UP, AutonomyLevel.UNDO_WINDOW),)
        ),
        "autonomy.doings.list": make_list(),
        "autonomy.doings.story": make_story(),
        "autonomy.doings.people": ((ID, "Rita Rep"),),
        "autonomy.hand_out.request": "It comes as a file.",
        "autonomy.shadow.report": ShadowView(reader=make_reader(), days=30, lines=()),
        "workspaces.find": MAYA.tenant_id,
    }
    for verb in ("set_ceiling", "stop_type", "release_type", "narrow", "set_daily_cap"):
        rig.book.answers[f"autonomy.limits.{verb}"] = "It holds from now on."
    for verb in ("stop", "go_on"):
        rig.book.answers[f"rollout.pauses.{verb}"] = "So be it."


@pytest.fixture
def admin(rig: Rig) -> None:
    rig.book.answers["members.identify"] = replace(MAYA, role=Role.ADMIN)


def in_list(action_id: str, value: str = "", **changes: Any) -> dict[str, Any]:
    payload: dict[str, Any] = at_home(action_id, value, view="modal", **changes)
    payload["view"]["private_metadata"] = FILTER.encode()
    return payload


async def test_the_command_answers_with_the_page(rig: Rig) -> None:
    status, answer = await rig.command("autonomy")
    assert status == 200
    assert "Follow-ups" in json.dumps(answer)
    assert "What I may do by myself" in answer["text"]
    assert "Acts by itself" in json.dumps((await rig.command("autonmy"))[1])


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize(
    ("words", "verb", "args"),
    [
        ("stop follow-ups", "autonomy.limits.stop_type", (FOLLOW_UP,)),
        ("stop mail about prices", "autonomy.limits.stop_type", ("discuss_pricing",)),
        ("release follow-ups", "autonomy.limits.release_type", (FOLLOW_UP,)),
        (
            "limit follow-ups to undo window",
            "autonomy.limits.set_ceiling",
            (FOLLOW_UP, AutonomyLevel.UNDO_WINDOW),
        ),
        (
            "limit follow-ups to no limit",
            "autonomy.limits.set_ceiling",
            (FOLLOW_UP, None),
        ),
        ("stop everything", "rollout.pauses.stop", ()),
        ("release everything", "rollout.pauses.go_on", ()),
    ],
)
async def test_a_typed_order_is_done_by_its_button_and_not_before(
    rig: Rig, words: str, verb: str, args: tuple[Any, ...]
) -> None:
    _, answer = await rig.command(f"autonomy {words}")
    assert rig.book.named(verb) == []
    (button,) = [
        element
        for block in answer["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == ActionId.AUTONOMY_ORDER
    ]
    await rig.interact(click(ActionId.AUTONOMY_ORDER, button["value"]))
    ((called, kwargs),) = rig.book.named(verb)
    assert called[1:] == args
    assert kwargs["command_id"]
    ((_, body),) = rig.chat.told
    assert body["replace_original"] is True


async def test_orders_are_for_admins_and_what_isnt_understood_says_how(rig: Rig) -> None:
    _, answer = await rig.command("autonomy stop follow-ups")
    assert "Only an admin" in json.dumps(answer)
    rig.book.answers["members.identify"] = replace(MAYA, role=Role.ADMIN)
    rig.clock.move(timedelta(minutes=5))
    _, answer = await rig.command("autonomy stop the world")
    assert "limit follow-ups to undo window" in json.dumps(answer)
    forged = Order(do="limit", type=FOLLOW_UP, level="godlike").encode()
    await rig.interact(click(ActionId.AUTONOMY_ORDER, forged))
    assert rig.book.named("autonomy.limits.set_ceiling") == []


@pytest.mark.usefixtures("admin")
async def test_a_type_is_opened_limited_stopped_and_released(rig: Rig) -> None:
    await rig.interact(click(f"{ActionId.AUTONOMY_TYPE}#{FOLLOW_UP}", NAMED))
    assert rig.book.named("autonomy.overview.type")[0][0][1] == FOLLOW_UP
    await rig.interact(at_home(ActionId.AUTONOMY_LIMIT, NAMED, view="modal"))
    assert rig.chat.modals[-1][1]["callback_id"] == CallbackId.AUTONOMY_LIMIT
    for level, wanted in (("approve", AutonomyLevel.APPROVE), ("none", None)):
        form = submission(CallbackId.AUTONOMY_LIMIT, NAMED, {"level": level})
        _, answer = await rig.interact(form)
        assert answer["response_action"] == "update"
        assert "It holds from now on." in json.dumps(answer)
        assert rig.book.named("autonomy.limits.set_ceiling")[-1][0][2] == wanted
    for action, verb in (
        (ActionId.AUTONOMY_STOP, "stop_type"),
        (ActionId.AUTONOMY_RELEASE, "release_type"),
    ):
        await rig.interact(at_home(action, NAMED, view="modal"))
        assert rig.book.named(f"autonomy.limits.{verb}")[0][0][1] == FOLLOW_UP
        assert "It holds from now on." in json.dumps(rig.chat.updated[-1][1])
    older = MovesFrom(name=FOLLOW_UP, before=ID).encode()
    await rig.interact(at_home(f"{ActionId.AUTONOMY_MOVES}#older", older, view="modal"))
    assert rig.book.named("autonomy.overview.type")[-1][1] == {"before": ID}


async def test_a_rep_narrows_and_a_wish_above_is_refused_in_the_services_words(rig: Rig) -> None:
    own = OwnLimit(type=FOLLOW_UP).encode()
    await rig.interact(click(ActionId.AUTONOMY_NARROW, own))
    assert rig.book.named("autonomy.overview.narrow_form")[0][0][1] == FOLLOW_UP
    values = {"account": str(ID), "type": "all", "level": "approve"}
    await rig.interact(submission(CallbackId.AUTONOMY_NARROW, "", values))
    ((args, _),) = rig.book.named("autonomy.limits.narrow")
    assert args[1:] == (ID, "", AutonomyLevel.APPROVE)
    rig.book.errors["autonomy.limits.narrow"] = [
        InvalidInput("You can only narrow it: “suggest” is in force here.", field="level")
    ]
    values = {"account": "", "type": FOLLOW_UP, "level": "approve"}
    _, answer = await rig.interact(submission(CallbackId.AUTONOMY_NARROW, "", values))
    assert answer["errors"] == {"level": "You can only narrow it: “suggest” is in force here."}
    assert rig.book.named("autonomy.limits.narrow")[-1][0][1:3] == (None, FOLLOW_UP)


async def test_an_own_limit_is_removed_and_the_page_stands_anew(rig: Rig) -> None:
    page = make_page(may_change=False, may_narrow=True, narrowings=(make_narrowing(),))
    rig.book.answers["autonomy.overview.page"] = page
    value = OwnLimit(account=ID, type=FOLLOW_UP).encode()
    await rig.interact(click(f"{ActionId.AUTONOMY_WIDEN}#0", value))
    ((args, _),) = rig.book.named("autonomy.limits.narrow")
    assert args[1:] == (ID, FOLLOW_UP, None)
    ((_, body),) = rig.chat.told
    assert body["replace_original"] is True
    assert "It holds from now on." in json.dumps(body["blocks"][0])
    await rig.interact(click(ActionId.AUTONOMY_CAP, "cap"))
    await rig.interact(submission(CallbackId.AUTONOMY_CAP, "", {"daily_cap": "7"}))
    assert rig.book.named("autonomy.limits.set_daily_cap")[0][0][1] == 7
    for words in ("many", "-1", "٣", ""):
        form = submission(CallbackId.AUTONOMY_CAP, "", {"daily_cap": words})
        assert "daily_cap" in (await rig.interact(form))[1]["errors"]
    await rig.interact(click(ActionId.AUTONOMY_SHADOW, "30"))
    assert rig.book.named("autonomy.shadow.report")[0][0][1] == 30


# ── The list ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (in_list(ActionId.DOINGS_TYPE, element=chosen("any")), {"action_type": ""}),
        (in_list(ActionId.DOINGS_WHICH, element=chosen("self")), {"which": "self"}),
        (in_list(ActionId.DOINGS_DAYS, element=chosen("7")), {"days": 7}),
        (in_list(ActionId.DOINGS_ACCOUNT, element=chosen(str(ID))), {"account_id": ID}),
        (in_list(ActionId.DOINGS_PERSON, element=chosen(str(ID))), {"member_id": ID}),
        (in_list(ActionId.DOINGS_LEFT_OUT, "1"), {"left_out": True}),
        (in_list(ActionId.DOINGS_ALL, "all"), {"action_type": "", "days": 30}),
    ],
)
async def test_a_filter_keeps_the_others_and_begins_anew(
    rig: Rig, payload: dict[str, Any], wanted: dict[str, Any]
) -> None:
    await rig.interact(payload)
    ((args, kwargs),) = rig.book.named("autonomy.doings.list")
    standing = DoingsFilter(action_type=FOLLOW_UP, days=90)
    assert args[1] == replace(standing, **wanted)
    assert kwargs == {}
    assert len(rig.chat.updated) == 1


async def test_pages_stories_and_the_file(rig: Rig) -> None:
    await rig.interact(click(ActionId.DOINGS, Listed().encode()))
    assert rig.chat.modals[-1][1]["private_metadata"] == Listed().encode()
    older = Turned(before=ID).encode()
    await rig.interact(in_list(f"{ActionId.DOINGS_TURN}#older", older))
    assert rig.book.named("autonomy.doings.list")[-1][1] == {"before": ID, "after": None}
    await rig.interact(in_list(f"{ActionId.DOINGS_STORY}#3", Target(id=ID).encode()))
    assert rig.book.named("autonomy.doings.story")[0][0][1] == ID
    await rig.interact(in_list(ActionId.DOINGS_EXPORT, FILTER.encode()))
    ((args, kwargs),) = rig.book.named("autonomy.hand_out.request")
    assert args[1] == DoingsFilter(action_type=FOLLOW_UP, days=90)
    assert kwargs["command_id"]
    assert "It comes as a file." in json.dumps(rig.chat.modals[-1][1])
    await rig.interact(in_list(f"{ActionId.DOINGS_STORY}#3", '{"id": "nonsense"}'))
    assert len(rig.book.named("autonomy.doings.story")) == 1
    rig.book.errors["autonomy.doings.list"] = [Forbidden("You see the totals.")]
    await rig.interact(click(ActionId.DOINGS, Listed().encode()))
    assert "You see the totals." in str(rig.chat.told)
