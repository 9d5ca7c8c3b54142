"""Tokens: what Slack takes, what they say, and to whom a secret is never said twice."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from blocks.api_tokens import token_made_blocks, tokens_blocks
from blocks.lint import faults
from services.types.api import NewToken, TokenLine, TokensView
from tests.unit.view_factory import NOW

SECRET = "us_" + "A" * 64
EVIL = "<!channel> *x* & co"


def make_line(number: int = 1, **fields: Any) -> TokenLine:
    values: dict[str, Any] = {
        "token_id": UUID(int=number),
        "name": EVIL,
        "member": EVIL,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=90),
        "last_used_at": None,
        "ended": False,
    }
    return TokenLine(**(values | fields))


def make_tokens(*lines: TokenLine) -> TokensView:
    return TokensView(timezone="Europe/Berlin", tokens=lines)


def test_slack_takes_them_and_nothing_in_them_is_active() -> None:
    views = (
        tokens_blocks(make_tokens()),
        tokens_blocks(make_tokens(*map(make_line, range(30))), told=EVIL),
        tokens_blocks(make_tokens(make_line(ended=True), make_line(2, last_used_at=NOW))),
        token_made_blocks(NewToken(line=make_line(), text=SECRET), "UTC"),
    )
    for blocks in views:
        assert faults(blocks, text="Tokens") == []
        assert not [told for told in _active(blocks) if "<!channel>" in told]
    assert "None is in use" in json.dumps(views[0])
    assert SECRET in json.dumps(views[3])


def _active(part: Any) -> list[str]:
    """All texts in which markup is read."""
    if isinstance(part, list):
        return [text for one in part for text in _active(one)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if part.get("type") == "mrkdwn" else []
    return [*own, *(text for one in part.values() for text in _active(one))]


def test_what_has_ended_has_no_button() -> None:
    told = json.dumps(tokens_blocks(make_tokens(make_line(ended=True), make_line(2))))
    assert told.count('"danger"') == 1
    assert str(UUID(int=1)) not in told
