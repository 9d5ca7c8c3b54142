"""Selects that ask for their options while somebody types: accounts and deals."""

from uuid import UUID

from blocks.parts import Block, option, plain


def account_select(action_id: str, chosen: tuple[UUID, str] | None = None) -> Block:
    """An account by its name; its options come from the route of the same id."""
    return _external(action_id, "Choose an account", chosen)


def deal_select(action_id: str, chosen: tuple[UUID, str] | None = None) -> Block:
    """An open deal by its name or its account's."""
    return _external(action_id, "Choose a deal", chosen)


def _external(action_id: str, hint: str, chosen: tuple[UUID, str] | None) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(hint, 150),
        "min_query_length": 0,
    }
    if chosen is not None:
        element["initial_option"] = option(chosen[1], str(chosen[0]))
    return element
