"""What people click, type and submit becomes one verb each, and each gets its words."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Choice, PresetChoice, Target
from services.approval_rules import DEFAULT_TEXT, parse_rules
from services.errors import Conflict, Forbidden, InvalidInput
from services.types.people import Role
from services.types.preferences import Preferences
from services.types.tenant_settings import Preset
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click, event, submission
from tests.unit.rollout_view_factory import (
    SELECTION,
    TOM,
    make_line,
    make_members,
    make_preset,
    make_preview,
    make_settings,
    make_switches,
)

ADMIN = replace(MAYA, role=Role.ADMIN)
BOSS = UUID(int=77)


@pytest.fixture
def admin(rig: Rig) -> Rig:
    rig.book.answers |= {
        "members.identify": ADMIN,
        "rollout.members.list": make_members(),
        "rollout.members.line": make_line(),
        "rollout.members.options": ((BOSS, "Priya Nair, manager"),),
        "rollout.members.change": "Tom Reyes is as you wanted.",
        "rollout.members.end": "Tom Reyes's membership has ended.",
        "rollout.members.reinstate": "Tom Reyes is a member again.",
        "rollout.imports.groups": (("S1", "Sales (@sales, 5 people)"),),
        "rollout.imports.start": UUID(int=5),
        "rollout.enabling.select": SELECTION,
        "rollout.enabling.preview": make_preview(),
        "rollout.enabling.enable": "Tom Reyes is enabled.",
        "rollout.switches.settings": make_settings(tenant=make_switches()),
        "rollout.switches.prefer": "Saved.",
        "rollout.switches.preset": make_preset(),
        "rollout.switches.set_shadow": "Shadow mode is on.",
        "rollout.presets.apply_preset": parse_rules(DEFAULT_TEXT, version=3),
        "rollout.pauses.pause": "I'm quiet until 14:00.",
        "rollout.pauses.resume": "You're back.",
        "rollout.pauses.stop": "Everything is stopped.",
        "rollout.pauses.go_on": "Resumed.",
    }
    return rig


def filled(callback: str, metadata: str = "", **fields: Any) -> dict[str, Any]:
    """A submitted form whose fields are of the kinds Slack sends."""
    form = submission(callback, metadata)
    form["view"]["state"]["values"] = {
        name: {f"{name}.element": state} for name, state in fields.items()
    }
    return form


def chosen(value: str | None) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    return {"type": "static_select", "selected_option": option if value else None}


def ticked(*values: str) -> dict[str, Any]:
    options = [{"text": {"type": "plain_text", "text": "x"}, "value": value} for value in values]
    return {"type": "checkboxes", "selected_options": options}


def people(*users: str) -> dict[str, Any]:
    return {"type": "multi_users_select", "selected_users": list(users)}


@pytest.mark.parametrize(
    ("words", "callback"),
    [
        ("settings", CallbackId.SETTINGS),
        ("setings", CallbackId.SETTINGS),
        ("members", CallbackId.MEMBERS),
    ],
)
async def test_commands_open_their_windows(admin: Rig, words: str, callback: str) -> None:
    status, _ = await admin.command(words)
    ((_, view, _),) = admin.chat.modals
    assert (status, view["callback_id"]) == (200, callback)


async def test_pause_and_resume_answer_in_words(admin: Rig) -> None:
    _, body = await admin.command("pause until 14:00")
    assert body["text"] == "I'm quiet until 14:00."
    ((args, kwargs),) = admin.book.named("rollout.pauses.pause")
    assert args == (ADMIN, "until 14:00")
    assert kwargs["command_id"]
    assert (await admin.command("resume"))[1]["text"] == "You're back."
    admin.book.errors["rollout.pauses.pause"] = [InvalidInput("I don't understand for how long.")]
    assert "for how long" in (await admin.command("pause x"))[1]["text"]


@pytest.mark.parametrize(
    ("action", "value", "callback"),
    [
        (ActionId.MEMBERS, "setup", CallbackId.MEMBERS),
        (ActionId.IMPORT, "members", CallbackId.IMPORT),
        (ActionId.ENABLE, "enable", CallbackId.ENABLE_CHOOSE),
        (ActionId.PRESET_CHOOSE, "preset", CallbackId.PRESET_CHOOSE),
        (ActionId.SHADOW, "shadow", CallbackId.SHADOW),
        (ActionId.SETTINGS, "setup", CallbackId.SETTINGS),
        (ActionId.SETUP_HOW, "customers", CallbackId.TOLD),
        (ActionId.PAUSE_ALL, "settings", CallbackId.TOLD),
        (ActionId.RESUME_ALL, "settings", CallbackId.TOLD),
        (ActionId.RESUME, "settings", CallbackId.TOLD),
    ],
)
async def test_buttons_open_windows(admin: Rig, action: str, value: str, callback: str) -> None:
    await admin.interact(click(f"{action}#3", value))
    ((_, view, _),) = admin.chat.modals
    assert view["callback_id"] == callback


@pytest.mark.parametrize(
    "action", [ActionId.IMPORT, ActionId.ENABLE, ActionId.PRESET_CHOOSE, ActionId.SHADOW]
)
async def test_whoever_is_no_admin_gets_no_form(rig: Rig, action: str) -> None:
    await rig.interact(click(action, "x"))
    assert rig.chat.modals == []
    assert "Only an admin" in json.dumps(rig.chat.told)


@pytest.mark.parametrize(
    ("do", "callback"),
    [
        (ActionId.MEMBER_CHANGE, CallbackId.MEMBER),
        (ActionId.MEMBER_END, CallbackId.MEMBER_END),
        (ActionId.MEMBER_REINSTATE, CallbackId.TOLD),
        (ActionId.MEMBER_ENABLE, CallbackId.ENABLE),
    ],
)
async def test_a_members_menu(admin: Rig, do: ActionId, callback: str) -> None:
    value = Choice(id=TOM, do=do).encode()
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    element = {"type": "overflow", "selected_option": option}
    await admin.interact(click(f"{ActionId.MEMBER_MORE}#2", element=element))
    ((_, view, _),) = admin.chat.modals
    assert view["callback_id"] == callback


async def test_the_list_turns_in_its_window(admin: Rig) -> None:
    target = Target(id=UUID(int=0), rev=12).encode()
    payload = click(f"{ActionId.MEMBERS_PAGE}#1", target, view={"id": "V9", "type": "modal"})
    await admin.interact(payload)
    assert admin.book.named("rollout.members.list") == [((ADMIN, 12), {})]
    assert [view_id for view_id, _ in admin.chat.updated] == ["V9"]


async def test_an_import_carries_what_was_filled_in(admin: Rig) -> None:
    form = filled(
        CallbackId.IMPORT,
        people=people("U1", "U2"),
        group=chosen("S1"),
        role=chosen("manager"),
        manager=chosen(str(BOSS)),
    )
    _, answer = await admin.interact(form)
    ((args, kwargs),) = admin.book.named("rollout.imports.start")
    kwargs.pop("command_id")
    assert args == (ADMIN,)
    assert kwargs == {
        "user_ids": ("U1", "U2"),
        "group_id": "S1",
        "role": "manager",
        "manager_id": BOSS,
    }
    assert answer["response_action"] == "update"
    assert "comes as a message" in json.dumps(answer)


async def test_an_error_stands_at_its_field(admin: Rig) -> None:
    admin.book.errors["rollout.imports.start"] = [
        InvalidInput("Choose people, or a user group.", field="people")
    ]
    _, answer = await admin.interact(
        filled(CallbackId.IMPORT, people=people(), group=chosen(None), role=chosen("rep"))
    )
    assert answer == {
        "response_action": "errors",
        "errors": {"people": "Choose people, or a user group."},
    }


async def test_an_error_stands_at_a_field_that_the_form_has(admin: Rig) -> None:
    admin.book.errors["rollout.switches.prefer"] = [InvalidInput("No.", field="elsewhere")]
    _, answer = await admin.interact(filled(CallbackId.SETTINGS, wishes=ticked()))
    assert answer == {"response_action": "errors", "errors": {"wishes": "No."}}


async def test_a_change_and_an_end(admin: Rig) -> None:
    metadata = Target(id=TOM).encode()
    form = filled(
        CallbackId.MEMBER,
        metadata,
        role=chosen("manager"),
        function=chosen("support"),
        titles=ticked("cfo", "vp_sales"),
        manager=chosen(None),
    )
    _, answer = await admin.interact(form)
    ((args, kwargs),) = admin.book.named("rollout.members.change")
    assert args == (ADMIN, TOM)
    assert (kwargs["titles"], kwargs["manager_id"], kwargs["function"]) == (
        ("cfo", "vp_sales"),
        None,
        "support",
    )
    assert "as you wanted" in json.dumps(answer)
    _, answer = await admin.interact(filled(CallbackId.MEMBER_END, metadata))
    assert admin.book.named("rollout.members.end")[0][0] == (ADMIN, TOM)
    admin.book.errors["rollout.members.end"] = [Conflict("This is the only admin.")]
    _, answer = await admin.interact(filled(CallbackId.MEMBER_END, metadata))
    assert "This is the only admin." in json.dumps(answer)


async def test_choose_preview_turn_enable(admin: Rig) -> None:
    _, answer = await admin.interact(
        filled(CallbackId.ENABLE_CHOOSE, people=people("U1"), group=chosen(None))
    )
    assert answer["view"]["callback_id"] == CallbackId.ENABLE
    turn = Target(id=SELECTION, rev=2).encode()
    await admin.interact(
        click(f"{ActionId.PREVIEW_PAGE}#1", turn, view={"id": "V9", "type": "modal"})
    )
    assert admin.book.named("rollout.enabling.preview")[-1] == ((ADMIN, SELECTION, 2), {})
    _, answer = await admin.interact(filled(CallbackId.ENABLE, turn))
    assert "Tom Reyes is enabled." in json.dumps(answer)
    assert admin.book.named("rollout.enabling.enable")[0][0] == (ADMIN, SELECTION)


async def test_groups_and_managers_are_found_while_typing(admin: Rig) -> None:
    for action, value in ((ActionId.IMPORT_GROUP, "S1"), (ActionId.MEMBER_MANAGER, str(BOSS))):
        _, answer = await admin.interact(
            {
                "type": "block_suggestion",
                "user": {"id": "U0MAYA"},
                "team": {"id": "T0SANDBOX"},
                "action_id": action,
                "value": "s",
            }
        )
        assert [option["value"] for option in answer["options"]] == [value]


async def test_settings_presets_and_shadow_are_submitted(admin: Rig) -> None:
    await admin.interact(
        filled(
            CallbackId.SETTINGS,
            wishes=ticked("digest_slack", "draft_mail"),
            feedback_prompts=chosen("0"),
            quiet_hours=chosen("18:00-08:00"),
            daily_cap=chosen("0"),
        )
    )
    wanted = admin.book.named("rollout.switches.prefer")[0][0][1]
    assert wanted == Preferences(
        digest_mail=False,
        draft_mail=True,
        report_mail=False,
        feedback_prompts=0,
        quiet_hours="18:00-08:00",
        daily_cap=0,
    )
    await admin.interact(filled(CallbackId.SETTINGS, wishes=ticked(), quiet_hours=chosen("off")))
    assert admin.book.named("rollout.switches.prefer")[1][0][1].quiet_hours == ""
    _, answer = await admin.interact(filled(CallbackId.PRESET_CHOOSE, preset=chosen("cautious")))
    assert answer["view"]["callback_id"] == CallbackId.PRESET
    shown = PresetChoice(preset="cautious", rev=2).encode()
    _, answer = await admin.interact(filled(CallbackId.PRESET, shown))
    assert "version 3" in json.dumps(answer)
    ((args, kwargs),) = admin.book.named("rollout.presets.apply_preset")
    assert (args[1], kwargs["based_on"]) == (Preset.CAUTIOUS, 2)
    await admin.interact(filled(CallbackId.SHADOW, Target(id=UUID(int=0), rev=1).encode()))
    assert admin.book.named("rollout.switches.set_shadow")[0][1]["on"] is True


async def test_what_waits_is_opened_by_its_reader(admin: Rig) -> None:
    await admin.interact(click(f"{ActionId.HELD_OPEN}#0", Target(id=TOM).encode()))
    assert admin.book.named("rollout.waiting.open") == [((ADMIN, TOM), {})]
    admin.book.errors["rollout.waiting.open"] = [Forbidden("Not yours.")]
    await admin.interact(click(f"{ActionId.HELD_OPEN}#0", Target(id=TOM).encode()))
    assert "Not yours." in json.dumps(admin.chat.told)


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"deleted": True}, [{"as_guest": False}]),
        ({"is_restricted": True}, [{"as_guest": True}]),
        ({"is_ultra_restricted": True, "deleted": False}, [{"as_guest": True}]),
        ({"deleted": True, "is_restricted": True}, [{"as_guest": False}]),
        ({"deleted": False, "is_restricted": False}, []),
    ],
)
async def test_slack_tells_of_who_is_no_full_member_any_more(
    rig: Rig, change: dict[str, bool], heard: list[dict[str, bool]]
) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    body = {
        "type": "user_change",
        "user": {"id": "U9", "team_id": "T0SANDBOX", "profile": {}, **change},
    }
    for _ in range(2):
        status, _ = await rig.event(event(body))
        assert status == 200
    called = rig.book.named("rollout.members.slack_gone")
    assert called == [((MAYA.tenant_id, "U9"), told) for told in heard]
