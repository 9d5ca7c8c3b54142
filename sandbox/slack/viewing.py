"""Modals and Home tabs: the stack, the hash, what an update keeps."""

import secrets
from typing import Any

from sandbox.slack.core import Core
from sandbox.slack.kit.payloads import view_problems, view_too_large
from sandbox.slack.model import ApiError, Json, View
from sandbox.slack.state import elements, give_ids

DEPTH = 3


def check(view: Any, kind: str) -> Json:
    """A view Slack would take, or its refusal."""
    problems = view_problems(view)
    if not problems and view["type"] != kind:
        problems = [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"]
    if problems:
        raise ApiError("invalid_arguments", problems)
    if view_too_large(view):
        raise ApiError("view_too_large")
    return dict(view)


def _hash(core: Core) -> str:
    return f"{int(core.clock.now())}.{secrets.token_hex(4)}"


def _stored(core: Core, content: Json) -> Json:
    return {**content, "blocks": give_ids(content.get("blocks", []), core.workspace.new_id)}


def _unique(core: Core, content: Json, own: View | None = None) -> None:
    name = content.get("external_id")
    others = (v for v in [*core.views.values(), *core.homes.values()] if v is not own)
    if name and any(v.content.get("external_id") == name for v in others):
        raise ApiError("duplicate_external_id")


def stack(core: Core, user: str) -> list[View]:
    """A person's open modals, the top one last."""
    return [core.views[view_id] for view_id in core.stacks.get(user, [])]


def open_modal(core: Core, user: str, content: Json) -> View:
    """A new root: what was open before is gone."""
    _unique(core, content)
    clear(core, user)
    view_id = core.workspace.new_id("V")
    view = View(
        id=view_id, user=user, content=_stored(core, content), hash=_hash(core), root=view_id
    )
    core.views[view_id] = view
    core.stacks[user] = [view_id]
    core.changed("modals", user=user)
    return view


def push_modal(core: Core, below: View, content: Json) -> View:
    """Lay a view on top; three at most."""
    _unique(core, content)
    current = core.stacks.get(below.user, [])
    if below.id not in current:
        raise ApiError("not_found")
    if len(current) >= DEPTH:
        raise ApiError("push_limit_reached")
    view_id = core.workspace.new_id("V")
    view = View(
        id=view_id,
        user=below.user,
        content=_stored(core, content),
        hash=_hash(core),
        root=below.root,
        previous=current[-1],
    )
    core.views[view_id] = view
    current.append(view_id)
    core.changed("modals", user=below.user)
    return view


def replace(core: Core, view: View, content: Json) -> None:
    """Change a view; what was filled in stays where block_id and action_id stay."""
    _unique(core, content, view)
    view.content = _stored(core, content)
    view.hash = _hash(core)
    kept: Json = {}
    for block, element in elements(view.content["blocks"]):
        block_id, action_id = block["block_id"], element.get("action_id")
        value = view.state.get(block_id, {}).get(action_id)
        if value is not None and value.get("type") == element.get("type"):
            kept.setdefault(block_id, {})[action_id] = value
    view.state = kept
    view.errors = {}
    view.warning = None
    core.changed("home" if view.is_home else "modals", user=view.user)


def check_hash(view: View, given: Any) -> None:
    """Refuse a change based on an older state."""
    if given and given != view.hash:
        raise ApiError("hash_conflict")


def find(core: Core, given: Json) -> View:
    """A view by id or external id."""
    wanted, external = given.get("view_id"), given.get("external_id")
    for view in [*core.views.values(), *core.homes.values()]:
        if view.id == wanted or (external and view.content.get("external_id") == external):
            return view
    raise ApiError("not_found")


def publish(core: Core, user: str, content: Json) -> View:
    """Set a person's Home tab."""
    view = core.homes.get(user)
    if view is not None:
        replace(core, view, content)
        return view
    _unique(core, content)
    view_id = core.workspace.new_id("V")
    view = View(
        id=view_id, user=user, content=_stored(core, content), hash=_hash(core), root=view_id
    )
    core.homes[user] = view
    core.changed("home", user=user)
    return view


def take_away(core: Core, view: View) -> None:
    """Close one modal; the one below shows again."""
    current = core.stacks.get(view.user, [])
    if view.id in current:
        current.remove(view.id)
    core.views.pop(view.id, None)
    core.changed("modals", user=view.user)


def clear(core: Core, user: str) -> list[View]:
    """Close all of a person's modals."""
    gone = stack(core, user)
    for view in gone:
        core.views.pop(view.id, None)
    core.stacks[user] = []
    if gone:
        core.changed("modals", user=user)
    return gone
