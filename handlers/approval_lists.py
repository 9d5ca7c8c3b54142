"""Queues of approvals, as an answer and in the Home tab; figures; and out of office."""

from datetime import date
from typing import get_args

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.approval_forms import absence_modal
from blocks.approval_queue import EVERY_TYPE, FILTERS, figures_blocks, queue_blocks
from blocks.approval_words import TYPES
from blocks.modals import told_modal
from blocks.parts import Block, actions, button, escape, section
from handlers.approval_rules import rules_wanted
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import OUTDATED, read_id
from handlers.verbs import Verbs
from handlers.words import nearest
from services.errors import InvalidInput
from services.types.approval_views import QueueFilter, QueueView
from services.types.people import Actor

HOME = "home"
HOME_APPROVALS = "home_approvals"
LISTS: dict[str, QueueFilter] = {which: which for which in get_args(QueueFilter)}
OTHERS = ("away", "figures", "rules")


async def approvals_wanted(verbs: Verbs, actor: Actor, rest: str, command_id: str) -> Reply:
    """`/understudy approvals [mine|asked|all|decided] [type]`, and what belongs to them."""
    words = rest.lower().split()
    found = nearest(words[0], (*LISTS, *TYPES, *OTHERS)) if words else "mine"
    if found is None:
        known = ", ".join((*LISTS, *TYPES, *OTHERS))
        return Reply(text=f"I don't know “{escape(words[0][:40])}” of approvals. I know: {known}.")
    if found == "away":
        return _away(await verbs.approvals.reads.queue(actor, "mine"))
    if found == "figures":
        figures = await verbs.approvals.reads.figures(actor)
        return Reply(text="How approvals go", blocks=figures_blocks(figures))
    if found == "rules":
        return await rules_wanted(verbs, actor, " ".join(words[1:]), command_id)
    which: QueueFilter = LISTS.get(found, "mine")
    type_ = found if found in TYPES else nearest(words[1], TYPES) if len(words) > 1 else None
    return _listed(await verbs.approvals.reads.queue(actor, which, type_))


def _listed(view: QueueView, *, replaces: bool = False) -> Reply:
    text = f"{FILTERS[view.which]}: {view.total}"
    return Reply(text=text, blocks=queue_blocks(view), replaces=replaces)


def _away(view: QueueView) -> Reply:
    text = view.absence or "Who decides while you are out of office?"
    form = button("Out of office", ActionId.AWAY, "absence")
    blocks = [section(escape(text)), actions(form)]
    return Reply(text=escape(text), blocks=blocks, view=absence_modal(view))


# ── Other lists ─────────────────────────────────────────────────────────────────────────────────
async def list_chosen(verbs: Verbs, click: Click) -> None:
    """Another list in the place of the one that was clicked on."""
    which, _, type_ = click.value.partition(" ")
    view = await verbs.approvals.reads.queue(click.actor, _which(which), _type(type_))
    await click.tell(_listed(view, replaces=True))


async def home_list_chosen(verbs: Verbs, click: Click) -> None:
    await verbs.members.prefer(click.actor, HOME_APPROVALS, _which(click.value))
    await verbs.cards.refresh(click.actor, HOME, click.actor.member_id, create=True)


def _which(word: str) -> QueueFilter:
    if word not in LISTS:
        raise InvalidInput(OUTDATED)
    return LISTS[word]


def _type(word: str) -> str | None:
    if word and word != EVERY_TYPE and word not in TYPES:
        raise InvalidInput(OUTDATED)
    return word if word in TYPES else None


# ── Out of office ───────────────────────────────────────────────────────────────────────────────
async def away_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(absence_modal(await verbs.approvals.reads.queue(click.actor, "mine")))


async def absence_submitted(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    first, last = _day(submission, FieldId.FIRST), _day(submission, FieldId.LAST)
    if last < first:
        raise InvalidInput("The last day is before the first.", field=FieldId.LAST)
    delegate = form.text(FieldId.DELEGATE)
    told = await verbs.approvals.absences.set_absence(
        submission.actor,
        first=first,
        last=last,
        delegate_id=read_id(delegate) if delegate else None,
        command_id=submission.command_id,
    )
    await _refresh_home(verbs, submission.actor)
    return told_modal("Out of office", told)


async def back_clicked(verbs: Verbs, click: Click) -> None:
    told = await verbs.approvals.absences.cancel_absence(click.actor, command_id=click.command_id)
    await _refresh_home(verbs, click.actor)
    await click.update(told_modal("Welcome back", told))


async def _refresh_home(verbs: Verbs, actor: Actor) -> None:
    await verbs.cards.refresh(actor, HOME, actor.member_id)


def _day(submission: Submission, field: FieldId) -> date:
    try:
        return date.fromisoformat(submission.form.text(field))
    except ValueError:
        raise InvalidInput("Choose a day.", field=field) from None


ROUTES = Routes(
    clicks={
        ActionId.QUEUE: list_chosen,
        ActionId.QUEUE_TYPE: list_chosen,
        ActionId.QUEUE_HOME: home_list_chosen,
        ActionId.AWAY: away_clicked,
        ActionId.BACK: back_clicked,
    },
    views={CallbackId.ABSENCE: absence_submitted},
)
