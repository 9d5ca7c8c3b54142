"""`/understudy rules`, and the answers to the question about an edit."""

from blocks.action_ids import ActionId
from blocks.habits import examples_modal, rules_modal, rules_reply
from blocks.parts import escape
from blocks.values import Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.types.people import Actor


async def rules_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    page = await verbs.habits.reads.page(actor)
    return Reply(text="Your rules", blocks=rules_reply(page), view=rules_modal(page))


async def rules_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(rules_modal(await verbs.habits.reads.page(click.actor)))


async def yes_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await _say(verbs, click, await verbs.habits.deeds.accept(click.actor, target.id))


async def no_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await _say(verbs, click, await verbs.habits.deeds.decline(click.actor, target.id))


async def remove_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await _say(verbs, click, await verbs.habits.deeds.remove(click.actor, target.id))


async def show_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(examples_modal(await verbs.habits.reads.examples(click.actor, target.id)))


async def _say(verbs: Verbs, click: Click, sentence: str) -> None:
    """The list shows what holds now; a card does so by itself, with one sentence beside it."""
    if click.in_modal:
        await click.update(rules_modal(await verbs.habits.reads.page(click.actor)))
        return
    await click.tell(Reply(text=escape(sentence)))
    await click.adopt(verbs)


ROUTES = Routes(
    clicks={
        ActionId.RULES_OPEN: rules_clicked,
        ActionId.HABIT_YES: yes_clicked,
        ActionId.HABIT_NO: no_clicked,
        ActionId.HABIT_SHOW: show_clicked,
        ActionId.HABIT_REMOVE: remove_clicked,
    },
)
