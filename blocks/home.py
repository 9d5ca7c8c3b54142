"""App Home: what waits, my accounts, is it working."""

from blocks.action_ids import ActionId
from blocks.inbox import inbox_blocks
from blocks.parts import Block, actions, button, divider, section, short
from blocks.status import status_blocks
from services.types.views import HomeView

ACCOUNTS = 50


def home_view(view: HomeView) -> Block:
    """The tab's view, for views.publish."""
    buttons = actions(
        button("Refresh", ActionId.REFRESH_HOME, "home"),
        button("Digest now", ActionId.DIGEST_NOW, "home"),
    )
    notices = [section(short(notice, 300)) for notice in view.notices[:5]]
    blocks = [
        *notices,
        *inbox_blocks(view.inbox),
        buttons,
        divider(),
        *_accounts(view),
        divider(),
        *status_blocks(view.status),
    ]
    return {"type": "home", "blocks": blocks}


def _accounts(view: HomeView) -> list[Block]:
    """Ten names a block: fifty accounts are five blocks."""
    if not view.accounts:
        return [section("*Your accounts*\nNone yet. An admin can import them.")]
    lines = [
        f"• {short(name, 80)}: {short(state, 60)}"
        + (f", health {health}" if health is not None else "")
        for name, state, health in view.accounts[:ACCOUNTS]
    ]
    if len(view.accounts) > ACCOUNTS:
        lines.append(f"and {len(view.accounts) - ACCOUNTS} more")
    pages = ["\n".join(lines[at : at + 10]) for at in range(0, len(lines), 10)]
    return [section("*Your accounts*"), *(section(page) for page in pages)]
