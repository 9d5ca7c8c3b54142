"""Views of bringing people in, with sensible defaults; every field can be overridden."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.types.people import Role
from services.types.preferences import Preferences
from services.types.rollout import (
    HandoverView,
    HeldItem,
    ImportLine,
    ImportView,
    MemberLine,
    MembersView,
    PresetView,
    PreviewPerson,
    PreviewView,
    SettingsView,
    TenantSwitches,
    WelcomeView,
)
from services.types.setup import SetupStep, SetupView, Step
from services.types.tenant_settings import Preset
from tests.unit.view_factory import NOW, make_reader

TOM = UUID(int=0xB1)
SELECTION = UUID(int=0xB2)
IMPORT = UUID(int=0xB3)


def make_line(**changes: Any) -> MemberLine:
    return MemberLine(
        **{
            "member_id": TOM,
            "name": "Tom Reyes",
            "email": "tom@brightdesk.example",
            "role": Role.REP,
            "function": "sales",
            "titles": (),
            "manager": "Priya Nair",
            "manager_id": UUID(int=0xB4),
            "state": "enabled",
            "paused_until": None,
            "mailbox": "connected",
            "in_slack": True,
            **changes,
        }
    )


def make_members(**changes: Any) -> MembersView:
    return MembersView(
        **{
            "reader": make_reader(role=Role.ADMIN),
            "lines": (make_line(),),
            "offset": 0,
            "total": 1,
            "waiting": 0,
            "shadow": False,
            **changes,
        }
    )


def make_import(**changes: Any) -> ImportView:
    return ImportView(
        **{
            "import_id": IMPORT,
            "status": "done",
            "source": "Sales team",
            "role": Role.REP,
            "added": (ImportLine(name="Jonas Weber", why=None),),
            "skipped": (ImportLine(name="Petra Gudmund", why="a guest"),),
            "note": None,
            **changes,
        }
    )


def make_preview(**changes: Any) -> PreviewView:
    days = tuple((date(2026, 11, 14) + timedelta(days=n), n % 3) for n in range(7))
    person = PreviewPerson(
        member_id=TOM, name="Tom Reyes", enabled=False, mailbox=True, days=days, total=6
    )
    return PreviewView(
        **{
            "reader": make_reader(role=Role.ADMIN),
            "selection_id": SELECTION,
            "people": (person,),
            "page": 0,
            "pages": 7,
            "card": None,
            "card_of": None,
            "to_enable": 1,
            "shadow": True,
            **changes,
        }
    )


def make_held(number: int = 1, **changes: Any) -> HeldItem:
    return HeldItem(
        **{
            "card_id": UUID(int=0xC0 + number),
            "title": "Northwind · Dana Reyes",
            "why": "Could you send the security report by Friday?",
            "since": NOW - timedelta(hours=number),
            **changes,
        }
    )


def make_welcome(**changes: Any) -> WelcomeView:
    return WelcomeView(
        **{
            "reader": make_reader(),
            "first": True,
            "items": (make_held(1), make_held(2)),
            "total": 2,
            "unsorted": 1,
            **changes,
        }
    )


def make_handover(**changes: Any) -> HandoverView:
    return HandoverView(
        **{
            "reader": make_reader(role=Role.MANAGER),
            "leaver": "Tom Reyes",
            "items": (make_held(1),),
            "total": 1,
            "accounts": 3,
            "deals": 2,
            "has_mailbox": False,
            **changes,
        }
    )


def make_switches(**changes: Any) -> TenantSwitches:
    return TenantSwitches(
        **{
            "shadow": False,
            "stopped": False,
            "preset": Preset.STANDARD,
            "preset_fits": True,
            "rules_version": 2,
            "members": 12,
            "waiting": 3,
            **changes,
        }
    )


def make_settings(**changes: Any) -> SettingsView:
    return SettingsView(
        **{
            "reader": make_reader(),
            "preferences": Preferences(),
            "paused_until": None,
            "enabled": True,
            "has_mailbox": True,
            "tenant": None,
            **changes,
        }
    )


def make_preset(**changes: Any) -> PresetView:
    return PresetView(
        **{
            "preset": Preset.CAUTIOUS,
            "current": None,
            "based_on": 2,
            "changes": ("send_proposal added", "discuss_pricing added"),
            **changes,
        }
    )


def make_setup(*missing: Step) -> SetupView:
    return SetupView(
        steps=tuple(
            SetupStep(
                step=step,
                done=step not in missing,
                sentence=f"How {step} stands.",
                button="Do it" if step in missing else None,
            )
            for step in Step
        )
    )
