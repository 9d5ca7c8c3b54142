"""`/understudy autonomy`: the page, one kind of action, limits, the kill switch, and narrowing."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.autonomy import autonomy_blocks, autonomy_text
from blocks.autonomy_shadow import shadow_modal
from blocks.autonomy_type import (
    ALL,
    NO_LIMIT,
    cap_modal,
    limit_modal,
    narrow_modal,
    order_blocks,
    order_text,
    type_modal,
)
from blocks.autonomy_values import MovesFrom, Order, OwnLimit
from blocks.modals import told_modal
from blocks.parts import Block, escape
from blocks.values import Named
from handlers.autonomy_words import HOW, read_order
from handlers.compose import own_account_typed
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import OUTDATED, read_id, read_value
from handlers.rollout import require_admin
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.actions import AutonomyLevel
from services.types.people import Actor

SHADOW_DAYS = 30
NO_NUMBER = "Write a whole number, like 10."


async def autonomy_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    """The page; with words behind it, what they order, to be confirmed by a button."""
    if rest.strip():
        require_admin(actor)
        order = read_order(rest)
        if order is None:
            raise InvalidInput(HOW)
        return Reply(text=f"{order_text(order)}?", blocks=order_blocks(order))
    view = await verbs.autonomy.overview.page(actor)
    return Reply(text=autonomy_text(view), blocks=autonomy_blocks(view))


async def ordered(verbs: Verbs, click: Click) -> None:
    """The button under what was typed."""
    order = read_value(Order, click.value)
    said = await _carry_out(verbs, click, order)
    await click.tell(Reply(text=escape(said), replaces=True))


async def _carry_out(verbs: Verbs, click: Click, order: Order) -> str:
    actor, command_id = click.actor, click.command_id
    if not order.type:
        pauses = verbs.rollout.pauses
        verb = pauses.stop if order.do == "stop" else pauses.go_on
        return await verb(actor, command_id=command_id)
    limits = verbs.autonomy.limits
    if order.do == "limit":
        level = _level(order.level) if order.level else None
        return await limits.set_ceiling(actor, order.type, level, command_id=command_id)
    switch = limits.stop_type if order.do == "stop" else limits.release_type
    return await switch(actor, order.type, command_id=command_id)


# ── One kind of action ──────────────────────────────────────────────────────────────────────────
async def type_clicked(verbs: Verbs, click: Click) -> None:
    name = read_value(Named, click.value).name
    await click.open(type_modal(await verbs.autonomy.overview.type(click.actor, name)))


async def moves_turned(verbs: Verbs, click: Click) -> None:
    page = read_value(MovesFrom, click.value)
    view = await verbs.autonomy.overview.type(click.actor, page.name, before=page.before)
    await click.update(type_modal(view))


async def limit_clicked(verbs: Verbs, click: Click) -> None:
    require_admin(click.actor)
    name = read_value(Named, click.value).name
    await click.open(limit_modal((await verbs.autonomy.overview.type(click.actor, name)).line))


async def limit_set(verbs: Verbs, submission: Submission) -> Block:
    name = read_value(Named, submission.form.view.private_metadata).name
    chosen = submission.form.text(FieldId.LEVEL)
    said = await verbs.autonomy.limits.set_ceiling(
        submission.actor,
        name,
        None if chosen == NO_LIMIT else _level(chosen),
        command_id=submission.command_id,
    )
    return await _type_again(verbs, submission.actor, name, said)


async def stop_clicked(verbs: Verbs, click: Click) -> None:
    name = read_value(Named, click.value).name
    said = await verbs.autonomy.limits.stop_type(click.actor, name, command_id=click.command_id)
    await click.update(await _type_again(verbs, click.actor, name, said))


async def release_clicked(verbs: Verbs, click: Click) -> None:
    name = read_value(Named, click.value).name
    said = await verbs.autonomy.limits.release_type(click.actor, name, command_id=click.command_id)
    await click.update(await _type_again(verbs, click.actor, name, said))


async def _type_again(verbs: Verbs, actor: Actor, name: str, said: str) -> Block:
    return type_modal(await verbs.autonomy.overview.type(actor, name), told=said)


# ── A member's own limits ───────────────────────────────────────────────────────────────────────
async def narrow_clicked(verbs: Verbs, click: Click) -> None:
    own = read_value(OwnLimit, click.value)
    await click.open(narrow_modal(await verbs.autonomy.overview.narrow_form(click.actor, own.type)))


async def narrowed(verbs: Verbs, submission: Submission) -> Block:
    """What would widen is refused by the service, and its sentence stands at the field."""
    form = submission.form
    account, kind = form.text(FieldId.ACCOUNT), form.text(FieldId.TYPE)
    said = await verbs.autonomy.limits.narrow(
        submission.actor,
        read_id(account) if account else None,
        "" if kind == ALL else kind,
        _level(form.text(FieldId.LEVEL)),
        command_id=submission.command_id,
    )
    return told_modal("Your own limit", said)


async def widened(verbs: Verbs, click: Click) -> None:
    """One of the member's own limits is taken away; what the tenant allows holds again."""
    own = read_value(OwnLimit, click.value)
    said = await verbs.autonomy.limits.narrow(
        click.actor, own.account, own.type, None, command_id=click.command_id
    )
    view = await verbs.autonomy.overview.page(click.actor)
    await click.tell(
        Reply(text=escape(said), blocks=autonomy_blocks(view, told=said), replaces=True)
    )


async def cap_clicked(verbs: Verbs, click: Click) -> None:
    form = await verbs.autonomy.overview.narrow_form(click.actor)
    await click.open(cap_modal(form.daily_cap))


async def cap_set(verbs: Verbs, submission: Submission) -> Block:
    words = submission.form.text(FieldId.DAILY_CAP)
    if not (words.isascii() and words.isdigit()):
        raise InvalidInput(NO_NUMBER, field=FieldId.DAILY_CAP)
    said = await verbs.autonomy.limits.set_daily_cap(
        submission.actor, int(words), command_id=submission.command_id
    )
    return told_modal("Daily cap", said)


async def shadow_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(shadow_modal(await verbs.autonomy.shadow.report(click.actor, SHADOW_DAYS)))


def _level(word: str) -> AutonomyLevel:
    if word not in set(AutonomyLevel):
        raise InvalidInput(OUTDATED)
    return AutonomyLevel(word)


ROUTES = Routes(
    clicks={
        ActionId.AUTONOMY_TYPE: type_clicked,
        ActionId.AUTONOMY_MOVES: moves_turned,
        ActionId.AUTONOMY_LIMIT: limit_clicked,
        ActionId.AUTONOMY_STOP: stop_clicked,
        ActionId.AUTONOMY_RELEASE: release_clicked,
        ActionId.AUTONOMY_ORDER: ordered,
        ActionId.AUTONOMY_NARROW: narrow_clicked,
        ActionId.AUTONOMY_WIDEN: widened,
        ActionId.AUTONOMY_CAP: cap_clicked,
        ActionId.AUTONOMY_SHADOW: shadow_clicked,
    },
    views={
        CallbackId.AUTONOMY_LIMIT: limit_set,
        CallbackId.AUTONOMY_NARROW: narrowed,
        CallbackId.AUTONOMY_CAP: cap_set,
    },
    options={ActionId.NARROW_ACCOUNT: own_account_typed},
)
