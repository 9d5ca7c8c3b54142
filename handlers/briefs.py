"""The brief on an account: by command, by button, all lines of a part, and the text behind one."""

from blocks.action_ids import ActionId
from blocks.brief import brief_blocks
from blocks.brief_lines import BriefPart
from blocks.brief_pages import brief_modal, part_modal, source_modal
from blocks.parts import escape
from blocks.values import BriefPage, SourceOf, Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import OUTDATED, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.account_view import RowKind
from services.types.people import Actor


async def brief_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    if not rest:
        raise InvalidInput("Which account? For example: `/understudy brief Acme`.")
    view = await verbs.accounts.brief(actor, rest[:200])
    return Reply(text=f"Brief: {escape(view.name)}", blocks=brief_blocks(view))


async def brief_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(brief_modal(await verbs.accounts.view(click.actor, target.id)))


async def all_clicked(verbs: Verbs, click: Click) -> None:
    """All lines of a part: in a window of their own, whose pages are turned in place."""
    page = read_value(BriefPage, click.value)
    if page.part not in set(BriefPart):
        raise InvalidInput(OUTDATED)
    shown = part_modal(await verbs.accounts.view(click.actor, page.id), page)
    await (click.update(shown) if page.turn else click.open(shown))


async def source_clicked(verbs: Verbs, click: Click) -> None:
    """In the window of lines it takes their place, so that windows don't pile up: Slack takes
    three."""
    source = read_value(SourceOf, click.value)
    if source.kind not in set(RowKind):
        raise InvalidInput(OUTDATED)
    stored = await verbs.accounts.stored(
        click.actor, source.account, RowKind(source.kind), source.id
    )
    shown = source_modal(stored, source)
    await (click.update(shown) if source.part else click.open(shown))


ROUTES = Routes(
    clicks={
        ActionId.BRIEF: brief_clicked,
        ActionId.BRIEF_ALL: all_clicked,
        ActionId.BRIEF_SOURCE: source_clicked,
    }
)
