"""People and user groups as Slack tells them, in the port's words."""

from collections.abc import Mapping
from typing import Any

from services.ports import ChatGroup, ChatPerson

OUTSIDERS = (
    ("deleted", "deactivated in Slack"),
    ("is_bot", "a bot"),
    ("is_workflow_bot", "a bot"),
    ("is_stranger", "from another workspace"),
    ("is_ultra_restricted", "a guest"),
    ("is_restricted", "a guest"),
)
"""Slack's marks of those who are none of the team, the plainest first."""


def person_of(user: Mapping[str, Any]) -> ChatPerson:
    """A user object of `users.info`."""
    profile = user.get("profile") or {}
    outsider = next((words for mark, words in OUTSIDERS if user.get(mark)), "")
    email = profile.get("email")
    return ChatPerson(
        user_id=str(user["id"]),
        team_id=str(user.get("team_id") or profile.get("team") or ""),
        email=email.strip().lower() if isinstance(email, str) and email.strip() else None,
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        timezone=user.get("tz") or None,
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_outsider=bool(outsider),
        outsider=outsider,
    )


def groups_of(data: Mapping[str, Any]) -> tuple[ChatGroup, ...]:
    """The answer of `usergroups.list`; a group with `date_delete` is switched off."""
    return tuple(
        ChatGroup(
            group_id=str(group["id"]),
            name=str(group.get("name") or group.get("handle") or group["id"]),
            handle=str(group.get("handle") or ""),
            size=_size(group.get("user_count")),
        )
        for group in data.get("usergroups") or ()
        if not group.get("date_delete")
    )


def _size(count: object) -> int | None:
    """Slack tells it as a number, and sometimes as a text."""
    return int(count) if isinstance(count, int | str) and str(count).isdigit() else None
