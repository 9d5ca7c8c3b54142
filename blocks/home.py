"""App Home: what waits, my accounts, is it working."""

from blocks.action_ids import ActionId
from blocks.approval_queue import queue_section
from blocks.inbox import inbox_blocks
from blocks.mailbox_health import mailboxes_section
from blocks.parts import Block, actions, button, context, divider, section, short
from blocks.status import footer_lines, trouble_lines
from blocks.terms import health_words, state_words
from services.types.home import HomeView

ACCOUNTS = 50


def home_view(view: HomeView) -> Block:
    """The tab's view, for views.publish. What waits comes first, what is well comes last."""
    buttons = actions(
        button("Refresh", ActionId.REFRESH_HOME, "home"),
        button("Digest now", ActionId.DIGEST_NOW, "home"),
    )
    trouble = trouble_lines(view.status)
    notices = [short(notice, 300) for notice in view.notices[:5]]
    blocks = [
        *([section("\n".join(trouble))] if trouble else []),
        *inbox_blocks(view.inbox),
        *([divider(), *queue_section(view.approvals)] if view.approvals else []),
        buttons,
        divider(),
        *_accounts(view),
        *([divider(), *mailboxes_section(view.mailboxes)] if view.mailboxes else []),
        divider(),
        context(*footer_lines(view.status), *notices),
    ]
    return {"type": "home", "blocks": blocks}


def _accounts(view: HomeView) -> list[Block]:
    """Ten names a block: fifty accounts are five blocks."""
    if not view.accounts:
        return [section("*Your accounts*\nNone is in your care yet.")]
    lines = [
        " · ".join(
            filter(
                None,
                (
                    f"*{short(name, 80)}*",
                    health_words(health),
                    short(state_words(state), 60),
                ),
            )
        )
        for name, state, health in view.accounts[:ACCOUNTS]
    ]
    if len(view.accounts) > ACCOUNTS:
        lines.append(f"and {len(view.accounts) - ACCOUNTS} more")
    pages = ["\n".join(lines[at : at + 10]) for at in range(0, len(lines), 10)]
    return [section("*Your accounts*"), *(section(page) for page in pages)]
