"""`/understudy token`: what is understood, and that a secret stands where only its maker looks."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from handlers.commands import COMMANDS, reply
from services.types.api import NewToken, TokenLine, TokensView
from tests.fakes.verbs import MAYA, Book

SECRET = "us_" + "A" * 64
LINE = TokenLine(
    token_id=UUID(int=1),
    name="reports",
    member="Maya",
    created_at=datetime(2026, 11, 21, tzinfo=UTC),
    expires_at=datetime(2027, 2, 19, tzinfo=UTC),
    last_used_at=None,
    ended=False,
)


@pytest.mark.parametrize(
    ("typed", "name", "days"),
    [
        ("token make reports", "reports", 90),
        ("token make weekly reports 30", "weekly reports", 30),
        ("token mkae 2027", "2027", 90),
        ("token make", "", 90),
    ],
)
async def test_a_token_is_made_and_shown_once(typed: str, name: str, days: int) -> None:
    book = Book()
    book.answers["tokens.make"] = NewToken(line=LINE, text=SECRET)
    told = await reply(book.verbs(), MAYA, typed, command_id="c")
    assert book.named("tokens.make") == [((MAYA,), {"name": name, "days": days, "command_id": "c"})]
    assert SECRET in str(told.blocks)
    assert SECRET not in told.text
    assert "token" not in COMMANDS, "a direct message would keep it"


async def test_otherwise_they_are_listed() -> None:
    book = Book()
    book.answers["tokens.view"] = TokensView(timezone="UTC", tokens=(LINE,))
    told = await reply(book.verbs(), MAYA, "token", command_id="c")
    assert "reports" in str(told.blocks)
    assert not book.named("tokens.make")
