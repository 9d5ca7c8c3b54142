"""The Home tab: deciding on what waits, filters, pages, and the menus of its accounts. Its opening
comes as an event (handlers/events.py)."""

from blocks.action_ids import ActionId
from blocks.approval_forms import request_modal
from blocks.home_accounts import ANY
from blocks.home_modals import mail_modal, request_view_modal, sort_modal
from blocks.inbox import permalink
from blocks.values import Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import OUTDATED, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput, NotFound
from services.types.approvals import RequestType

GONE = "I can't find this any more, or it isn't yours to see."
PAGES = {"accounts": "accounts_page", "inbox": "inbox_page", "team": "team_page"}
DIGEST = "I'm putting your digest together; it arrives in Messages in a moment."


# ── Deciding ────────────────────────────────────────────────────────────────────────────────────
async def mail_opened(verbs: Verbs, click: Click) -> None:
    """The card in a window, so that nobody has to look for it."""
    target = read_value(Target, click.value)
    view = await verbs.views.mail_card(click.actor.tenant_id, target.id, click.actor.member_id)
    if view is None:
        raise NotFound(GONE)
    place = await verbs.cards.place(click.actor, "mail", target.id)
    await click.open(mail_modal(view, permalink(place.channel, place.ts) if place else None))


async def request_opened(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    actor = click.actor
    view = await verbs.approvals.reads.card(actor.tenant_id, target.id, actor.member_id)
    if view is None:
        raise NotFound(GONE)
    place = await verbs.cards.place(actor, "approval", target.id)
    await click.open(
        request_view_modal(view, permalink(place.channel, place.ts) if place else None)
    )


async def sorting_opened(verbs: Verbs, click: Click) -> None:
    view = await verbs.views.unsorted_card(click.actor.tenant_id, click.actor.member_id)
    if view is None:
        raise NotFound(GONE)
    await click.open(sort_modal(view))


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────
async def health_chosen(verbs: Verbs, click: Click) -> None:
    await verbs.home.arrange(click.actor, health=_chosen(click))


async def stage_chosen(verbs: Verbs, click: Click) -> None:
    await verbs.home.arrange(click.actor, stage=_chosen(click))


async def industry_chosen(verbs: Verbs, click: Click) -> None:
    await verbs.home.arrange(click.actor, industry=_chosen(click))


async def searched(verbs: Verbs, click: Click) -> None:
    await verbs.home.arrange(click.actor, search=click.value.strip()[:80])


async def filters_cleared(verbs: Verbs, click: Click) -> None:
    await verbs.home.arrange(click.actor, health="", stage="", industry="", search="")


async def page_turned(verbs: Verbs, click: Click) -> None:
    what, _, page = click.value.partition(" ")
    if what not in PAGES or not page.isdecimal():
        raise InvalidInput(OUTDATED)
    await verbs.home.arrange(click.actor, **{PAGES[what]: int(page[:6])})


def _chosen(click: Click) -> str:
    return "" if click.value == ANY else click.value


# ── An account's menu ───────────────────────────────────────────────────────────────────────────
async def request_chosen(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    account = await verbs.accounts.name(click.actor, target.id)
    form = await verbs.approvals.reads.form(click.actor, RequestType.DISCOUNT, account=account)
    await click.open(request_modal(form, choose=True))


# ── The page itself ─────────────────────────────────────────────────────────────────────────────
async def refresh_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.home.opened(click.actor)


async def digest_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.digests.request(click.actor, command_id=click.command_id)
    await click.tell(Reply(text=DIGEST))


async def link_opened(_verbs: Verbs, _click: Click) -> None:
    """A link button; Slack wants an answer all the same."""


ROUTES = Routes(
    menus=frozenset({ActionId.HOME_ACCOUNT}),
    clicks={
        ActionId.HOME_OPEN: mail_opened,
        ActionId.HOME_DECIDE: request_opened,
        ActionId.HOME_SORT: sorting_opened,
        ActionId.HOME_HEALTH: health_chosen,
        ActionId.HOME_STAGE: stage_chosen,
        ActionId.HOME_INDUSTRY: industry_chosen,
        ActionId.HOME_SEARCH: searched,
        ActionId.HOME_CLEAR: filters_cleared,
        ActionId.HOME_PAGE: page_turned,
        ActionId.REQUEST_FOR: request_chosen,
        ActionId.REFRESH_HOME: refresh_clicked,
        ActionId.DIGEST_NOW: digest_clicked,
        ActionId.OPEN: link_opened,
    },
)
