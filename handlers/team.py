"""`/understudy team`: a team's page, its people, the weeks as a table."""

from blocks.action_ids import ActionId
from blocks.learning_values import Page
from blocks.person import coaching_modal, example_modal, person_modal
from blocks.team import team_blocks, team_modal, team_text, weeks_modal
from blocks.team_work import work_modal
from blocks.values import Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.types.people import Actor


async def team_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.learning.team.page(actor)
    return Reply(text=team_text(view), blocks=team_blocks(view))


async def team_clicked(verbs: Verbs, click: Click) -> None:
    page = read_value(Page, click.value).page
    await click.open(team_modal(await verbs.learning.team.page(click.actor, page)))


async def team_turned(verbs: Verbs, click: Click) -> None:
    """The page stands where it stood: in its window, or in the answer only this person sees."""
    page = read_value(Page, click.value).page
    view = await verbs.learning.team.page(click.actor, page)
    if click.in_modal:
        await click.update(team_modal(view))
    else:
        await click.tell(Reply(text=team_text(view), blocks=team_blocks(view), replaces=True))


async def weeks_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(weeks_modal(await verbs.learning.team.page(click.actor)))


async def work_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(work_modal(await verbs.learning.work.page(click.actor)))


async def person_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(person_modal(await verbs.learning.people.page(click.actor, target.id)))


async def coaching_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(coaching_modal(await verbs.learning.people.coaching(click.actor)))


async def example_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(example_modal(await verbs.learning.people.example(click.actor, target.id)))


ROUTES = Routes(
    clicks={
        ActionId.TEAM: team_clicked,
        ActionId.TEAM_TURN: team_turned,
        ActionId.TEAM_WEEKS: weeks_clicked,
        ActionId.TEAM_WORK: work_clicked,
        ActionId.PERSON: person_clicked,
        ActionId.TEAM_COACHING: coaching_clicked,
        ActionId.EXAMPLE: example_clicked,
    }
)
