"""Goals: the list, a goal's page, a new one, its target, dropping it."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.goal_page import goal_modal, new_goal_modal, target_modal
from blocks.goals import goals_blocks, goals_modal, goals_text
from blocks.parts import Block, option
from blocks.values import Target
from handlers.edge import Click, Reply, Routes, Submission, Typing
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.types.goals import GoalForm
from services.types.people import Actor


async def goals_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.goals.reads.mine(actor)
    return Reply(text=goals_text(view), blocks=goals_blocks(view), view=goals_modal(view))


async def goals_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(goals_modal(await verbs.goals.reads.mine(click.actor)))


async def goal_opened(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(goal_modal(await verbs.goals.reads.page(click.actor, target.id)))


async def accept_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.goals.deeds.accept(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    await _show_page(verbs, click, target)


async def drop_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.goals.deeds.drop(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    await _show_page(verbs, click, target)


async def _show_page(verbs: Verbs, click: Click, target: Target) -> None:
    """The window it was done in shows what became of it; a card does so by itself."""
    if click.in_modal:
        await click.update(goal_modal(await verbs.goals.reads.page(click.actor, target.id)))


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────
async def new_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(new_goal_modal(await verbs.goals.reads.form(click.actor)))


async def whom_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.goals.reads.whom(typing.actor, typing.text[:100])
    return [option(words, value) for words, value in found]


async def goal_made(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    goal_id = await verbs.goals.deeds.make(
        submission.actor,
        GoalForm(
            kind=form.text(FieldId.GOAL_KIND),
            whom=form.text(FieldId.GOAL_FOR),
            period=form.text(FieldId.PERIOD),
            first=form.text(FieldId.FIRST),
            last=form.text(FieldId.LAST),
            target=form.text(FieldId.TARGET),
            currency=form.text(FieldId.CURRENCY),
        ),
        command_id=submission.command_id,
    )
    return goal_modal(await verbs.goals.reads.page(submission.actor, goal_id))


async def target_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(target_modal(await verbs.goals.reads.page(click.actor, target.id)))


async def target_set(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    target = read_value(Target, form.view.private_metadata)
    await verbs.goals.deeds.set_target(
        submission.actor,
        target.id,
        version=target.rev,
        target=form.text(FieldId.TARGET),
        why=form.text(FieldId.REASON),
        command_id=submission.command_id,
    )
    return goal_modal(await verbs.goals.reads.page(submission.actor, target.id))


ROUTES = Routes(
    clicks={
        ActionId.GOALS: goals_clicked,
        ActionId.GOAL_OPEN: goal_opened,
        ActionId.GOAL_NEW: new_clicked,
        ActionId.GOAL_ACCEPT: accept_clicked,
        ActionId.GOAL_TARGET: target_clicked,
        ActionId.GOAL_DROP: drop_clicked,
    },
    views={CallbackId.GOAL_NEW: goal_made, CallbackId.GOAL_TARGET: target_set},
    options={ActionId.GOAL_FOR: whom_typed},
)
