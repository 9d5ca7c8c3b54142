"""App Home: what waits comes first, what is well comes last. One list of sections a role."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from blocks.action_ids import ActionId
from blocks.alert_lists import home_alerts
from blocks.approval_queue import queue_section
from blocks.goals import home_goals
from blocks.home_accounts import accounts_blocks
from blocks.home_figures import company_blocks, pipeline_blocks, team_blocks
from blocks.home_news import news_blocks
from blocks.home_parts import pager
from blocks.lint import VIEW_BLOCKS
from blocks.mailbox_health import mailboxes_section
from blocks.me import home_learning
from blocks.parts import Block, actions, button, context, divider, escape, section, short
from blocks.setup import setup_section
from blocks.status import footer_lines, trouble_lines
from blocks.waiting import waiting_blocks
from services.types.home import HomeView
from services.types.mailbox_health import MailboxState
from services.types.people import Role

NOTICES = 5
Section = Callable[[HomeView], list[Block]]
"""A part of the page; nothing at all where it has nothing to say."""


def home_view(view: HomeView) -> Block:
    """The tab's view, for views.publish."""
    blocks: list[Block] = []
    for part in SECTIONS[view.reader.role]:
        found = part(view)
        if found:
            blocks += [*([divider()] if blocks else []), *found]
    return {"type": "home", "blocks": _bounded(blocks)}


def closed_home(why: str) -> Block:
    """The tab of somebody who is no member: the reason, and nothing of anybody's."""
    return {"type": "home", "blocks": [section(escape(why))]}


def _bounded(blocks: Sequence[Block]) -> list[Block]:
    """Every section keeps its own bounds, and together they fit; should they ever not, the page is
    cut where it shows, and not refused whole."""
    if len(blocks) <= VIEW_BLOCKS:
        return list(blocks)
    return [*blocks[: VIEW_BLOCKS - 1], context("The rest doesn't fit on this page.")]


# ── What waits ──────────────────────────────────────────────────────────────────────────────────
def trouble(view: HomeView) -> list[Block]:
    # An open checklist says by itself that shadow mode is on, with the button that ends it.
    status = replace(view.status, shadow=False) if _setting_up(view) else view.status
    lines = trouble_lines(status)
    return [section("\n".join(lines))] if lines else []


def setup(view: HomeView) -> list[Block]:
    return setup_section(view.setup) if view.setup else []


def waiting(view: HomeView) -> list[Block]:
    ways = pager("inbox", view.inbox_page, view.inbox_size, view.inbox.total, "mails that wait")
    return waiting_blocks(view.decide, view.inbox, most=view.inbox_size, ways=ways)


def alerts(view: HomeView) -> list[Block]:
    return home_alerts(view.alerts) if view.alerts else []


def quick_actions(_view: HomeView) -> list[Block]:
    return [
        actions(
            button("Write a mail", ActionId.COMPOSE, "new"),
            button("New request", ActionId.REQUEST, "new"),
            button("Digest now", ActionId.DIGEST_NOW, "home"),
        )
    ]


# ── What is mine ────────────────────────────────────────────────────────────────────────────────
def accounts(view: HomeView) -> list[Block]:
    return accounts_blocks(view.accounts, view.reader)


def own_accounts(view: HomeView) -> list[Block]:
    """For those whose work isn't accounts: nothing where they have none."""
    return accounts(view) if view.accounts.everything else []


def pipeline(view: HomeView) -> list[Block]:
    return pipeline_blocks(view.pipeline, view.reader, measured=bool(view.goals))


def own_pipeline(view: HomeView) -> list[Block]:
    return pipeline(view) if view.pipeline.open else []


def goals(view: HomeView) -> list[Block]:
    return home_goals(view.goals)


def learning(view: HomeView) -> list[Block]:
    return home_learning(view.learning)


def team(view: HomeView) -> list[Block]:
    return team_blocks(view.team, view.reader) if view.team else []


def company(view: HomeView) -> list[Block]:
    return company_blocks(view.company) if view.company else []


# ── What happened, and what is well ─────────────────────────────────────────────────────────────
def news(view: HomeView) -> list[Block]:
    return news_blocks(view.since, view.news, view.reader)


def approvals(view: HomeView) -> list[Block]:
    return queue_section(view.approvals)


def connect_first(view: HomeView) -> list[Block]:
    """Without a mailbox there is little else to do here."""
    if view.mailboxes is None or not _to_connect(view):
        return []
    return mailboxes_section(view.mailboxes, invites=not _setting_up(view))


def mailboxes(view: HomeView) -> list[Block]:
    return [] if view.mailboxes is None or _to_connect(view) else mailboxes_section(view.mailboxes)


def own_mailboxes(view: HomeView) -> list[Block]:
    """How the reader's mailbox is, where they have one; nobody is asked to connect one here."""
    return mailboxes_section(view.mailboxes) if view.mailboxes and view.mailboxes.mine else []


def _setting_up(view: HomeView) -> bool:
    return view.setup is not None and not view.setup.complete


def _to_connect(view: HomeView) -> bool:
    mine = view.mailboxes.mine if view.mailboxes else ()
    return not mine or any(box.state is MailboxState.RECONNECT for box in mine)


def foot(view: HomeView) -> list[Block]:
    notices = [short(notice, 300) for notice in view.notices[:NOTICES]]
    # Mailboxes have a section of their own wherever there is one.
    listed = bool(view.mailboxes and (view.mailboxes.mine or view.mailboxes.others))
    return [
        actions(
            button("Settings", ActionId.SETTINGS, "home"),
            button("How I sound", ActionId.PERSONAS, "home"),
            button("Out of office", ActionId.AWAY, "absence"),
            button("Refresh", ActionId.REFRESH_HOME, "home"),
        ),
        context(*footer_lines(view.status, mailboxes=not listed), *notices),
    ]


# The setup comes before everything else for an admin, the health of mailboxes before the foot.
SECTIONS: dict[Role, tuple[Section, ...]] = {
    Role.REP: (
        trouble,
        waiting,
        alerts,
        connect_first,
        quick_actions,
        accounts,
        pipeline,
        goals,
        learning,
        news,
        approvals,
        mailboxes,
        foot,
    ),
    Role.MANAGER: (
        trouble,
        waiting,
        alerts,
        quick_actions,
        team,
        connect_first,
        own_accounts,
        own_pipeline,
        goals,
        learning,
        news,
        approvals,
        mailboxes,
        foot,
    ),
    Role.EXECUTIVE: (
        trouble,
        waiting,
        company,
        goals,
        learning,
        alerts,
        news,
        approvals,
        own_mailboxes,
        foot,
    ),
    Role.ADMIN: (
        trouble,
        setup,
        waiting,
        alerts,
        connect_first,
        quick_actions,
        own_accounts,
        own_pipeline,
        goals,
        learning,
        news,
        approvals,
        mailboxes,
        foot,
    ),
}
