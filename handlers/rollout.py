"""Members: the list, importing from Slack, the preview, enabling, and what waits for somebody."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.members import import_modal, member_end_modal, member_modal, members_modal
from blocks.modals import told_modal
from blocks.parts import Block, option
from blocks.rollout import enable_choose_modal, preview_modal
from blocks.values import Choice, Target
from handlers.edge import Click, Reply, Routes, Submission, Typing
from handlers.payloads import read_id, read_value
from handlers.verbs import Verbs
from services.actors import ADMINS_ONLY
from services.errors import Forbidden
from services.types.people import Actor, Role

IMPORTING = "I'm looking them up. What became of each comes as a message in a moment."


async def members_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = members_modal(await verbs.rollout.members.list(actor))
    return Reply(text="Members: write `/understudy members` in any channel to see them.", view=view)


async def members_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(members_modal(await verbs.rollout.members.list(click.actor)))


async def page_turned(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.update(members_modal(await verbs.rollout.members.list(click.actor, target.rev)))


async def member_chosen(verbs: Verbs, click: Click) -> None:
    """What was chosen from a member's menu."""
    choice = read_value(Choice, click.value)
    members = verbs.rollout.members
    if choice.do is ActionId.MEMBER_CHANGE:
        await click.open(member_modal(await members.line(click.actor, choice.id)))
    elif choice.do is ActionId.MEMBER_END:
        await click.open(member_end_modal(await members.line(click.actor, choice.id)))
    elif choice.do is ActionId.MEMBER_REINSTATE:
        said = await members.reinstate(click.actor, choice.id, command_id=click.command_id)
        await click.open(told_modal("Reinstated", said))
    elif choice.do is ActionId.MEMBER_ENABLE:
        selection = await verbs.rollout.enabling.select(
            click.actor, member_ids=[choice.id], command_id=click.command_id
        )
        await click.open(
            preview_modal(await verbs.rollout.enabling.preview(click.actor, selection))
        )


async def member_changed(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    manager = form.text(FieldId.MANAGER)
    said = await verbs.rollout.members.change(
        submission.actor,
        read_value(Target, form.view.private_metadata).id,
        role=form.text(FieldId.ROLE),
        function=form.text(FieldId.FUNCTION),
        titles=form.several(FieldId.TITLES),
        manager_id=read_id(manager) if manager else None,
        command_id=submission.command_id,
    )
    return told_modal("Saved", said)


async def membership_ended(verbs: Verbs, submission: Submission) -> Block:
    target = read_value(Target, submission.form.view.private_metadata)
    said = await verbs.rollout.members.end(
        submission.actor, target.id, command_id=submission.command_id
    )
    return told_modal("Ended", said)


async def list_closed(_verbs: Verbs, _submission: Submission) -> None:
    """The list has nothing to submit; should Slack do so, it closes."""


# ── Importing ───────────────────────────────────────────────────────────────────────────────────
async def import_clicked(_verbs: Verbs, click: Click) -> None:
    require_admin(click.actor)
    await click.open(import_modal())


async def import_submitted(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    manager = form.text(FieldId.MANAGER)
    await verbs.rollout.imports.start(
        submission.actor,
        user_ids=form.several(FieldId.PEOPLE),
        group_id=form.text(FieldId.GROUP) or None,
        role=form.text(FieldId.ROLE),
        manager_id=read_id(manager) if manager else None,
        command_id=submission.command_id,
    )
    return told_modal("Importing", IMPORTING)


async def group_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.rollout.imports.groups(typing.actor, typing.text[:100])
    return [option(words, group_id) for group_id, words in found]


async def manager_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.rollout.members.options(typing.actor, typing.text[:100])
    return [option(name, str(member_id)) for member_id, name in found]


# ── Preview and enable ──────────────────────────────────────────────────────────────────────────
async def enable_clicked(_verbs: Verbs, click: Click) -> None:
    require_admin(click.actor)
    await click.open(enable_choose_modal())


async def people_chosen(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    selection = await verbs.rollout.enabling.select(
        submission.actor,
        user_ids=form.several(FieldId.PEOPLE),
        group_id=form.text(FieldId.GROUP) or None,
        command_id=submission.command_id,
    )
    return preview_modal(await verbs.rollout.enabling.preview(submission.actor, selection))


async def preview_turned(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    view = await verbs.rollout.enabling.preview(click.actor, target.id, target.rev)
    await click.update(preview_modal(view))


async def people_enabled(verbs: Verbs, submission: Submission) -> Block:
    target = read_value(Target, submission.form.view.private_metadata)
    said = await verbs.rollout.enabling.enable(
        submission.actor, target.id, command_id=submission.command_id
    )
    return told_modal("Enabled", said)


# ── What waits ──────────────────────────────────────────────────────────────────────────────────
async def held_opened(verbs: Verbs, click: Click) -> None:
    """One thing that was held back: its card comes as a message."""
    await verbs.rollout.waiting.open(click.actor, read_value(Target, click.value).id)


def require_admin(actor: Actor) -> None:
    """Only so that nobody fills in a form for nothing: the verbs look again."""
    if actor.role is not Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)


ROUTES = Routes(
    clicks={
        ActionId.MEMBERS: members_clicked,
        ActionId.MEMBERS_PAGE: page_turned,
        ActionId.MEMBER_MORE: member_chosen,
        ActionId.IMPORT: import_clicked,
        ActionId.ENABLE: enable_clicked,
        ActionId.PREVIEW_PAGE: preview_turned,
        ActionId.HELD_OPEN: held_opened,
    },
    views={
        CallbackId.MEMBERS: list_closed,
        CallbackId.MEMBER: member_changed,
        CallbackId.MEMBER_END: membership_ended,
        CallbackId.IMPORT: import_submitted,
        CallbackId.ENABLE_CHOOSE: people_chosen,
        CallbackId.ENABLE: people_enabled,
    },
    options={
        ActionId.IMPORT_GROUP: group_typed,
        ActionId.MEMBER_MANAGER: manager_typed,
    },
)
