"""The JSON in which Slack shows its objects."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.slack.model import Channel, Group, Json, Message, User, View
from sandbox.slack.state import initial_values
from sandbox.slack.workspace import Workspace


def message(workspace: Workspace, item: Message, *, metadata: bool = False) -> Json:
    """A message as history and payloads carry it."""
    body: Json = {
        "type": "message",
        "user": item.user,
        "text": item.text,
        "ts": item.ts,
        "team": workspace.team.id,
    }
    if item.from_bot and not item.system:
        bot = workspace.bot
        body |= {
            "bot_id": bot.bot_id,
            "app_id": bot.app_id,
            "bot_profile": {
                "id": bot.bot_id,
                "app_id": bot.app_id,
                "user_id": bot.user_id,
                "name": bot.name,
                "deleted": False,
                "team_id": workspace.team.id,
            },
        }
    optional: Json = {
        "subtype": item.subtype,
        "blocks": item.blocks or None,
        "attachments": item.attachments or None,
        "files": item.files or None,
        "upload": True if item.files else None,
        "thread_ts": item.thread_ts,
        "client_msg_id": item.client_msg_id,
        "edited": item.edited,
        "metadata": item.metadata if metadata else None,
        "reactions": _reactions(item) or None,
    }
    return {**body, **{name: value for name, value in optional.items() if value is not None}}


def _reactions(item: Message) -> list[Json]:
    return [
        {"name": name, "users": list(users), "count": len(users)}
        for name, users in item.reactions.items()
    ]


def parent(
    workspace: Workspace, channel: Channel, item: Message, *, metadata: bool = False
) -> Json:
    """A message with what is known of the thread under it."""
    body = message(workspace, item, metadata=metadata)
    replies = workspace.replies(channel, item.ts)
    if replies:
        people = list(dict.fromkeys(reply.user for reply in replies))
        body |= {
            "thread_ts": item.ts,
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "latest_reply": replies[-1].ts,
            "reply_users": people,
            "is_locked": False,
        }
    return body


def channel(workspace: Workspace, item: Channel) -> Json:
    """A conversation object."""
    body: Json = {
        "id": item.id,
        "created": item.created,
        "is_archived": item.archived,
        "is_im": item.is_im,
        "is_mpim": item.kind == "mpim",
        "is_channel": item.kind == "channel",
        "is_group": item.kind == "private",
        "is_private": item.kind != "channel",
        "is_org_shared": False,
        "context_team_id": workspace.team.id,
    }
    bot = workspace.bot.user_id
    if item.is_im:
        other = next((member for member in item.members if member != bot), bot)
        return {**body, "user": other, "is_user_deleted": False, "priority": 0}
    return {
        **body,
        "name": item.name,
        "name_normalized": item.name,
        "is_member": bot in item.members,
        "is_general": item.name == "general",
        "num_members": len(item.members),
        "creator": item.members[0] if item.members else bot,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _zone(name: str, now: datetime) -> tuple[str, int]:
    try:
        moment = now.astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC", 0
    offset = moment.utcoffset()
    return moment.tzname() or name, int(offset.total_seconds()) if offset else 0


def group(workspace: Workspace, item: Group) -> Json:
    """A user group object."""
    return {
        "id": item.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "name": item.name,
        "handle": item.handle,
        "description": "",
        "is_external": False,
        "date_delete": 1 if item.disabled else 0,
    }


def user(workspace: Workspace, item: User) -> Json:
    """A user object."""
    label, offset = _zone(item.tz, workspace.moment())
    first, _, last = item.real_name.partition(" ")
    profile = {
        "real_name": item.real_name,
        "display_name": item.name,
        "real_name_normalized": item.real_name,
        "display_name_normalized": item.name,
        "first_name": first,
        "last_name": last,
        "title": item.title,
        "team": workspace.team.id,
    }
    if item.email:
        profile["email"] = item.email
    return {
        "id": item.id,
        "team_id": workspace.team.id,
        "name": item.name,
        "deleted": item.deleted,
        "real_name": item.real_name,
        "tz": item.tz,
        "tz_label": label,
        "tz_offset": offset,
        "profile": profile,
        "is_admin": item.is_admin,
        "is_owner": item.is_admin,
        "is_primary_owner": False,
        "is_restricted": item.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": item.is_bot,
        "is_app_user": False,
        "is_email_confirmed": bool(item.email),
        **({"is_stranger": True} if item.is_stranger else {}),
        "updated": 0,
    }


def view(workspace: Workspace, item: View) -> Json:
    """A view object, with what the person has filled in so far."""
    content = item.content
    return {
        "id": item.id,
        "team_id": workspace.team.id,
        "type": content["type"],
        "blocks": content.get("blocks", []),
        "private_metadata": content.get("private_metadata") or "",
        "callback_id": content.get("callback_id") or "",
        "state": {"values": {**initial_values(content.get("blocks", []), item.state)}},
        "hash": item.hash,
        "title": content.get("title"),
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": item.previous,
        "root_view_id": item.root,
        "app_id": workspace.bot.app_id,
        "external_id": content.get("external_id") or "",
        "app_installed_team_id": workspace.team.id,
        "bot_id": workspace.bot.bot_id,
    }
