"""auth.*, team.*, users.* and conversations.*"""

from sandbox.slack import render
from sandbox.slack.api_chat import Method
from sandbox.slack.arguments import flag, listing, need, page
from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Channel, Json, Message

_HISTORY = 100
_PEOPLE = 8
_TYPES = {"channel": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}


async def auth_test(core: Core, _given: Json) -> Json:
    """auth.test"""
    workspace = core.workspace
    return {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "user": workspace.bot.name,
        "team_id": workspace.team.id,
        "user_id": workspace.bot.user_id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


async def team_info(core: Core, _given: Json) -> Json:
    """team.info"""
    team = core.workspace.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": ""}}


async def bots_info(core: Core, given: Json) -> Json:
    """bots.info"""
    bot = core.workspace.bot
    if given.get("bot", bot.bot_id) != bot.bot_id:
        raise ApiError("bot_not_found")
    return {
        "bot": {
            "id": bot.bot_id,
            "deleted": False,
            "name": bot.name,
            "app_id": bot.app_id,
            "user_id": bot.user_id,
        }
    }


async def users_info(core: Core, given: Json) -> Json:
    """users.info"""
    person = core.workspace.user(need(given, "user"))
    return {"user": render.user(core.workspace, person)}


async def users_list(core: Core, given: Json) -> Json:
    """users.list"""
    people, cursor = page(list(core.workspace.users.values()), given, default=999)
    return {
        "members": [render.user(core.workspace, person) for person in people],
        "cache_ts": int(core.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


async def users_by_email(core: Core, given: Json) -> Json:
    """users.lookupByEmail"""
    wanted = need(given, "email").casefold()
    for person in core.workspace.users.values():
        if person.email.casefold() == wanted and not person.deleted:
            return {"user": render.user(core.workspace, person)}
    raise ApiError("users_not_found")


async def usergroups_list(core: Core, given: Json) -> Json:
    """usergroups.list"""
    disabled = flag(given, "include_disabled")
    shown = [group for group in core.workspace.groups.values() if disabled or not group.disabled]
    count, users = flag(given, "include_count"), flag(given, "include_users")
    return {
        "usergroups": [
            {
                **render.group(core.workspace, group),
                **({"user_count": str(len(group.users))} if count else {}),
                **({"users": list(group.users)} if users else {}),
            }
            for group in shown
        ]
    }


async def usergroups_users_list(core: Core, given: Json) -> Json:
    """usergroups.users.list"""
    group = core.workspace.groups.get(need(given, "usergroup"))
    if group is None or (group.disabled and not flag(given, "include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


def _listed(core: Core, given: Json, channels: list[Channel]) -> Json:
    kinds = set(listing(given, "types")) or {"public_channel"}
    if not kinds <= set(_TYPES.values()):
        raise ApiError("invalid_types")
    hide = flag(given, "exclude_archived")
    shown = [c for c in channels if _TYPES[c.kind] in kinds and not (hide and c.archived)]
    part, cursor = page(shown, given, default=_HISTORY)
    return {
        "channels": [render.channel(core.workspace, channel) for channel in part],
        "response_metadata": {"next_cursor": cursor},
    }


def _visible(core: Core) -> list[Channel]:
    workspace = core.workspace
    return [c for c in workspace.channels.values() if c.kind == "channel" or workspace.bot_in(c)]


async def users_conversations(core: Core, given: Json) -> Json:
    """users.conversations"""
    person = core.workspace.user(str(given.get("user") or core.workspace.bot.user_id))
    return _listed(core, given, [c for c in _visible(core) if person.id in c.members])


async def conversations_list(core: Core, given: Json) -> Json:
    """conversations.list"""
    return _listed(core, given, _visible(core))


async def conversations_info(core: Core, given: Json) -> Json:
    """conversations.info"""
    channel = core.workspace.channel(need(given, "channel"))
    return {"channel": render.channel(core.workspace, channel)}


async def conversations_members(core: Core, given: Json) -> Json:
    """conversations.members"""
    channel = core.workspace.channel(need(given, "channel"))
    members, cursor = page(channel.members, given, default=_HISTORY)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


async def conversations_open(core: Core, given: Json) -> Json:
    """conversations.open"""
    workspace = core.workspace
    if given.get("channel"):
        channel = workspace.channel(str(given["channel"]))
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    users = listing(given, "users")
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > _PEOPLE:
        raise ApiError("too_many_users")
    for user in users:
        if user == workspace.bot.user_id:
            raise ApiError("cannot_dm_bot")
        if workspace.user(user).deleted:
            raise ApiError("user_disabled")
    known = len(workspace.channels)
    channel = (
        workspace.dm(users[0], workspace.bot.user_id)
        if len(users) == 1
        else _group(core, [*users, workspace.bot.user_id])
    )
    full = flag(given, "return_im")
    shown = render.channel(workspace, channel) if full else {"id": channel.id}
    old = len(workspace.channels) == known
    return {**({"no_op": True, "already_open": True} if old else {}), "channel": shown}


def _group(core: Core, members: list[str]) -> Channel:
    for channel in core.workspace.channels.values():
        if channel.kind == "mpim" and set(channel.members) == set(members):
            return channel
    names = "--".join(core.workspace.users[member].name for member in members)
    return core.workspace.add_channel(name=f"mpdm-{names}-1", members=members, kind="mpim")


def _readable(core: Core, given: Json) -> Channel:
    channel = core.workspace.channel(need(given, "channel"))
    if not core.workspace.bot_in(channel):
        raise ApiError("not_in_channel")
    return channel


def _within(given: Json, items: list[Message]) -> list[Message]:
    oldest, latest = str(given.get("oldest") or "0"), str(given.get("latest") or "9" * 10)
    try:
        low, high = float(oldest), float(latest)
    except ValueError as error:
        raise ApiError("invalid_ts_latest") from error
    if flag(given, "inclusive"):
        return [item for item in items if low <= float(item.ts) <= high]
    return [item for item in items if low < float(item.ts) < high]


async def conversations_history(core: Core, given: Json) -> Json:
    """conversations.history: newest first, replies left out unless broadcast."""
    channel = _readable(core, given)
    items = [
        m
        for m in reversed(channel.messages)
        if m.ephemeral_for is None and (m.thread_ts in (None, m.ts) or m.broadcast)
    ]
    part, cursor = page(_within(given, items), given, default=_HISTORY)
    metadata = flag(given, "include_all_metadata")
    body: Json = {
        "messages": [
            render.parent(core.workspace, channel, item, metadata=metadata) for item in part
        ],
        "has_more": bool(cursor),
        "pin_count": 0,
    }
    return {**body, **({"response_metadata": {"next_cursor": cursor}} if cursor else {})}


async def conversations_replies(core: Core, given: Json) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = _readable(core, given)
    try:
        top = core.workspace.message(channel, need(given, "ts"))
    except ApiError as error:
        raise ApiError("thread_not_found") from error
    root = core.workspace.message(channel, top.thread_ts) if top.thread_ts else top
    metadata = flag(given, "include_all_metadata")
    items = [root, *_within(given, core.workspace.replies(channel, root.ts))]
    part, cursor = page(items, given, default=1000)
    body: Json = {
        "messages": [
            render.parent(core.workspace, channel, item, metadata=metadata)
            if item is root
            else render.message(core.workspace, item, metadata=metadata)
            for item in part
        ],
        "has_more": bool(cursor),
    }
    return {**body, **({"response_metadata": {"next_cursor": cursor}} if cursor else {})}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "team.info": team_info,
    "bots.info": bots_info,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": users_by_email,
    "users.conversations": users_conversations,
    "usergroups.list": usergroups_list,
    "usergroups.users.list": usergroups_users_list,
    "conversations.list": conversations_list,
    "conversations.info": conversations_info,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "conversations.history": conversations_history,
    "conversations.replies": conversations_replies,
}
