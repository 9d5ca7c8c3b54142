"""Bearer tokens: a new one, shown this once, and the list of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from blocks.action_ids import ActionId, numbered
from blocks.lint import fitted
from blocks.parts import Block, button, confirm, context, literal, section, short
from blocks.values import Target
from services.types.api import NewToken, TokenLine, TokensView

HOW = "A new one: `/understudy token make NAME`, or `… make NAME 30` for 30 days instead of 90."
ONCE = (
    "Copy it now: it is kept nowhere and can't be shown again. It reads what you may read and ends "
    "with your membership. Whoever has it acts as you; revoke it with `/understudy token`."
)


def token_made_blocks(made: NewToken, timezone: str) -> list[Block]:
    """For the one who made it alone."""
    secret = {"type": "rich_text_preformatted", "elements": [literal(made.text)]}
    return [
        section(
            f"*Token “{short(made.line.name)}” is made*\nIt opens `/api` until "
            f"{_day(made.line.expires_at, timezone)}."
        ),
        {"type": "rich_text", "elements": [secret]},
        context(ONCE),
    ]


def tokens_blocks(view: TokensView, *, told: str = "") -> list[Block]:
    """`told`: what was just done, above everything."""
    head = [section(f"*{short(told, 300)}*")] if told else []
    live = [one for one in view.tokens if not one.ended]
    ended = [one for one in view.tokens if one.ended]
    lines = [_line(one, number, view.timezone) for number, one in enumerate(live)]
    title = section("*Tokens for /api*" if live else "*Tokens for /api*\nNone is in use.")
    past = [context("Ended: " + ", ".join(short(one.name, 40) for one in ended[:10]))]
    return fitted([*head, title, *lines, *(past if ended else []), context(HOW)])


def _line(token: TokenLine, number: int, timezone: str) -> Block:
    used = token.last_used_at
    seen = f"last used on {_day(used, timezone)}" if used else "not used yet"
    sure = confirm(
        f"Revoke “{token.name}”?",
        "From this moment it opens nothing. What uses it needs another one.",
        "Revoke",
        "Cancel",
    )
    until = _day(token.expires_at, timezone)
    return section(
        f"*{short(token.name)}* · {short(token.member)}\nuntil {until}, {seen}",
        button(
            "Revoke",
            numbered(ActionId.TOKEN_REVOKE, number),
            Target(id=token.token_id).encode(),
            style="danger",
            confirm=sure,
            label=f"Revoke {token.name}",
        ),
    )


def _day(at: datetime, timezone: str) -> str:
    here = at.astimezone(ZoneInfo(timezone))
    return f"{here.day} {here:%b %Y}"
