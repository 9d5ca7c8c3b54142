"""Windows and cards of bringing people in: Slack takes each, and each says what happens."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId
from blocks.lint import faults, view_faults
from blocks.members import (
    import_card,
    import_modal,
    import_text,
    member_end_modal,
    member_modal,
    members_modal,
)
from blocks.rollout import (
    enable_choose_modal,
    preset_apply_modal,
    preset_choose_modal,
    preview_modal,
    shadow_modal,
)
from blocks.settings import settings_modal
from blocks.setup import setup_section
from blocks.status import trouble_lines
from blocks.welcome import handover_card, handover_text, welcome_card, welcome_text
from sandbox.slack.kit.payloads import message_problems, too_long, view_problems
from services.types.people import Role
from services.types.preferences import Preferences
from services.types.rollout import ImportLine
from services.types.setup import Step
from services.types.tenant_settings import Preset
from tests.unit.rollout_view_factory import (
    make_handover,
    make_held,
    make_import,
    make_line,
    make_members,
    make_preset,
    make_preview,
    make_settings,
    make_setup,
    make_switches,
    make_welcome,
)
from tests.unit.view_factory import NOW, make_draft, make_mail_card, make_status

LATER = NOW + timedelta(hours=3)
HOSTILE = "<!channel> *Bold* <https://evil.example|click> &amp; " + "x" * 300
PERSON = make_preview().people[0]

MODALS: dict[str, Mapping[str, Any]] = {
    "members": members_modal(make_members()),
    "members, all kinds": members_modal(
        make_members(
            lines=(
                make_line(state="waiting", mailbox=None, in_slack=False, manager=None),
                make_line(state="paused", paused_until=LATER, titles=("vp_sales", "cfo")),
                make_line(state="left", mailbox="disconnected"),
                make_line(name=HOSTILE, manager=HOSTILE, role=Role.ADMIN, function="success"),
            ),
            offset=12,
            total=40,
            waiting=9,
            shadow=True,
        )
    ),
    "members, a full page": members_modal(make_members(lines=(make_line(),) * 12, total=500)),
    "member": member_modal(make_line()),
    "member, hostile": member_modal(
        make_line(name=HOSTILE, manager=HOSTILE, titles=("cfo", "sales_manager"))
    ),
    "end": member_end_modal(make_line(manager=None, name=HOSTILE)),
    "import": import_modal(),
    "choose": enable_choose_modal(),
    "preview": preview_modal(make_preview()),
    "preview, many": preview_modal(
        make_preview(people=(replace(PERSON, name=HOSTILE),) * 80, pages=61)
    ),
    "preview, a card": preview_modal(
        make_preview(page=3, card=make_mail_card(), card_of="Tom Reyes")
    ),
    "preview, a long card": preview_modal(
        make_preview(page=6, card=make_mail_card(draft=make_draft(text="x" * 5000)), card_of="T")
    ),
    "preview, a settled card": preview_modal(
        make_preview(page=6, card=make_mail_card(state="voided"), card_of=HOSTILE)
    ),
    "preview, enabled": preview_modal(make_preview(to_enable=0, pages=1, shadow=False)),
    "preset": preset_choose_modal(None),
    "preset, chosen": preset_choose_modal(Preset.OPEN),
    "preset, shown": preset_apply_modal(make_preset()),
    "preset, much": preset_apply_modal(make_preset(changes=("a" * 100,) * 60)),
    "preset, nothing": preset_apply_modal(make_preset(changes=())),
    "shadow on": shadow_modal(on=False, enabled=0),
    "shadow off": shadow_modal(on=True, enabled=7),
    "settings": settings_modal(make_settings()),
    "settings, all off": settings_modal(
        make_settings(
            preferences=Preferences(
                digest_slack=False,
                digest_mail=False,
                draft_mail=False,
                feedback_prompts=3,
                quiet_hours="18:00-08:00",
            ),
            paused_until=LATER,
            enabled=False,
            has_mailbox=False,
        )
    ),
    "settings, admin": settings_modal(make_settings(tenant=make_switches())),
    "settings, stopped": settings_modal(
        make_settings(tenant=make_switches(stopped=True, shadow=True, preset_fits=False))
    ),
}
MANY = tuple(ImportLine(name=HOSTILE, why=HOSTILE) for _ in range(300))
CARDS = {
    "import": (import_card(make_import()), import_text(make_import())),
    "import, queued": (import_card(make_import(status="queued", source=HOSTILE)), "x"),
    "import, failed": (
        import_card(make_import(status="failed", added=(), skipped=(), note=HOSTILE)),
        "x",
    ),
    "import, many": (import_card(make_import(added=MANY, skipped=MANY)), "x"),
    "welcome": (welcome_card(make_welcome()), welcome_text(make_welcome())),
    "welcome, to sort": (welcome_card(make_welcome(unsorted_card=UUID(int=9))), "x"),
    "welcome back": (
        welcome_card(make_welcome(first=False, items=(), total=0, unsorted=0)),
        "x",
    ),
    "welcome, much": (
        welcome_card(
            make_welcome(
                items=tuple(make_held(n, title=HOSTILE, why=HOSTILE) for n in range(8)), total=70
            )
        ),
        "x",
    ),
    "handover": (handover_card(make_handover()), handover_text(make_handover())),
    "handover, nothing": (
        handover_card(make_handover(leaver=HOSTILE, items=(), total=0, accounts=0, deals=0)),
        "x",
    ),
    "setup": (setup_section(make_setup(*Step), connect_url="https://x.example/c"), "x"),
    "setup, done": (setup_section(make_setup()), "x"),
}


@pytest.mark.parametrize("name", MODALS)
def test_slack_takes_each_window(name: str) -> None:
    assert view_faults(dict(MODALS[name])) == []
    assert view_problems(dict(MODALS[name])) == []


@pytest.mark.parametrize("name", CARDS)
def test_slack_takes_each_card(name: str) -> None:
    blocks, text = CARDS[name]
    assert faults(blocks, text=text) == []
    assert message_problems(blocks) == []
    assert not too_long(blocks)


@pytest.mark.parametrize("name", [*MODALS, *CARDS])
def test_nothing_from_outside_is_active(name: str) -> None:
    shown = json.dumps(MODALS[name] if name in MODALS else CARDS[name][0], ensure_ascii=False)
    for piece in json.loads(json.dumps(_markup(json.loads(shown)))):
        assert "<!channel>" not in piece
        assert "<https://evil" not in piece


def _markup(part: Any) -> list[str]:
    """Every text in which Slack would see a mention or a link."""
    if isinstance(part, list):
        return [text for one in part for text in _markup(one)]
    if not isinstance(part, dict):
        return []
    own = [str(part["text"])] if part.get("type") == "mrkdwn" else []
    return own + [text for one in part.values() for text in _markup(one)]


def test_nothing_in_the_preview_acts_but_the_button_that_enables() -> None:
    card = MODALS["preview, a card"]
    shown = json.dumps(card)
    for action in (ActionId.APPROVE, ActionId.EDIT, ActionId.REJECT, ActionId.WHY, ActionId.RATE):
        assert action not in shown
    assert card["submit"]["text"] == "Enable this person"
    assert "Dana" in shown
    assert "submit" not in MODALS["preview, enabled"]


def test_each_switch_says_what_happens() -> None:
    on, off = json.dumps(MODALS["shadow on"]), json.dumps(MODALS["shadow off"])
    assert "Nothing leaves" in on
    assert "7 enabled people get one message each" in off
    assert "Gmail is disconnected" in json.dumps(MODALS["end"])
    assert "an admin" in json.dumps(MODALS["end"])


def test_the_checklist_folds_to_one_line() -> None:
    whole = setup_section(make_setup())
    assert len(whole) == 1
    assert "Setup is complete." in json.dumps(whole)
    part = json.dumps(setup_section(make_setup(Step.ENABLE)), ensure_ascii=False)
    assert "Setting up, 5 of 6 done" in part
    assert (part.count("○ To do"), part.count("✓ Done")) == (1, 5)


def test_the_tenants_part_is_shown_to_admins_only() -> None:
    assert "Stop everything" not in json.dumps(MODALS["settings"])
    assert "Stop everything" in json.dumps(MODALS["settings, admin"])
    assert ActionId.RESUME_ALL in json.dumps(MODALS["settings, stopped"])


def test_the_status_says_that_nothing_comes_by_itself() -> None:
    told = trouble_lines(make_status(shadow=True, paused_until=LATER))
    assert told == [
        "*Shadow mode is on.* I watch and write down; nothing is shown or leaves.",
        "*You have paused me until 13:30.* `/understudy resume` ends it.",
    ]
