"""What the copilot did: the list with its filters and pages, one action's story, the file."""

import re
from dataclasses import replace
from typing import Any

from blocks.action_ids import ActionId, CallbackId
from blocks.autonomy_doings import ANY, doings_modal, story_modal
from blocks.autonomy_values import Listed, Turned
from blocks.modals import told_modal
from blocks.parts import Block, option
from blocks.values import Target
from handlers.account_choice import account_typed
from handlers.edge import Click, Routes, Submission, Typing
from handlers.payloads import OUTDATED, read_id, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.autonomy_views import DoingsFilter

WORD = re.compile(r"[a-z_]*")


async def list_clicked(verbs: Verbs, click: Click) -> None:
    chosen = _filter(read_value(Listed, click.value))
    await click.open(doings_modal(await verbs.autonomy.doings.list(click.actor, chosen)))


async def turned(verbs: Verbs, click: Click) -> None:
    """Older or newer; what the list is narrowed to stands in its window."""
    page = read_value(Turned, click.value)
    view = await verbs.autonomy.doings.list(
        click.actor, _standing(click), before=page.before, after=page.after
    )
    await click.update(doings_modal(view))


async def type_chosen(verbs: Verbs, click: Click) -> None:
    await _narrow(verbs, click, action_type=_word(click))


async def which_chosen(verbs: Verbs, click: Click) -> None:
    await _narrow(verbs, click, which=_word(click, 20))


async def days_chosen(verbs: Verbs, click: Click) -> None:
    if not click.value.isdecimal():
        raise InvalidInput(OUTDATED)
    await _narrow(verbs, click, days=int(click.value[:4]))


async def account_chosen(verbs: Verbs, click: Click) -> None:
    await _narrow(verbs, click, account_id=read_id(click.value))


async def person_chosen(verbs: Verbs, click: Click) -> None:
    await _narrow(verbs, click, member_id=read_id(click.value))


async def other_list_clicked(verbs: Verbs, click: Click) -> None:
    """From what was done to what was left out, and back."""
    await _narrow(verbs, click, left_out=click.value == "1", which="")


async def cleared(verbs: Verbs, click: Click) -> None:
    fresh = DoingsFilter(left_out=_standing(click).left_out)
    await click.update(doings_modal(await verbs.autonomy.doings.list(click.actor, fresh)))


async def story_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(story_modal(await verbs.autonomy.doings.story(click.actor, target.id)))


async def export_clicked(verbs: Verbs, click: Click) -> None:
    chosen = _filter(read_value(Listed, click.value))
    said = await verbs.autonomy.hand_out.request(click.actor, chosen, command_id=click.command_id)
    await click.open(told_modal("Export", said))


async def person_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.autonomy.doings.people(typing.actor, typing.text[:100])
    return [option(name, str(member_id)) for member_id, name in found]


async def list_closed(_verbs: Verbs, _submission: Submission) -> None:
    """The list has nothing to submit; should Slack do so, it closes."""


async def _narrow(verbs: Verbs, click: Click, **changes: Any) -> None:
    """The first page of what is left."""
    chosen = replace(_standing(click), **changes)
    await click.update(doings_modal(await verbs.autonomy.doings.list(click.actor, chosen)))


def _standing(click: Click) -> DoingsFilter:
    if click.view is None:
        raise InvalidInput(OUTDATED)
    return _filter(read_value(Listed, click.view.private_metadata))


def _filter(listed: Listed) -> DoingsFilter:
    return DoingsFilter(
        action_type=listed.type,
        which=listed.which,
        account_id=listed.account,
        member_id=listed.person,
        days=listed.days,
        left_out=listed.left_out,
    )


def _chosen(click: Click) -> str:
    return "" if click.value == ANY else click.value


def _word(click: Click, longest: int = 40) -> str:
    """One of our own words: the list carries it on in a value that is read strictly."""
    chosen = _chosen(click)
    if len(chosen) > longest or not WORD.fullmatch(chosen):
        raise InvalidInput(OUTDATED)
    return chosen


ROUTES = Routes(
    clicks={
        ActionId.DOINGS: list_clicked,
        ActionId.DOINGS_TURN: turned,
        ActionId.DOINGS_TYPE: type_chosen,
        ActionId.DOINGS_WHICH: which_chosen,
        ActionId.DOINGS_DAYS: days_chosen,
        ActionId.DOINGS_ACCOUNT: account_chosen,
        ActionId.DOINGS_PERSON: person_chosen,
        ActionId.DOINGS_LEFT_OUT: other_list_clicked,
        ActionId.DOINGS_ALL: cleared,
        ActionId.DOINGS_STORY: story_clicked,
        ActionId.DOINGS_EXPORT: export_clicked,
    },
    views={CallbackId.DOINGS: list_closed},
    options={ActionId.DOINGS_ACCOUNT: account_typed, ActionId.DOINGS_PERSON: person_typed},
)
