"""`/understudy persona`, the two steps of its form, and the buttons of its card and page."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.modals import told_modal
from blocks.parts import Block, escape
from blocks.persona_forms import EXAMPLES, NO_REGION, assign_modal, shape_modal, voice_modal
from blocks.persona_pages import list_blocks, list_modal, page_modal
from blocks.values import Target
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import ViewSubmission, read_value
from handlers.verbs import Verbs
from handlers.words import first_word
from services.errors import InvalidInput
from services.types.people import Actor
from services.types.personas import PersonaShape, PersonaVoice
from services.types.style import Dial

NEW = ("new", "add", "make", "create", "neu")


async def persona_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    """The list, or with `new` the form."""
    if first_word(rest)[0].lower() in NEW:
        form = await verbs.personas.reads.form(actor)
        return Reply(
            text="Write `/understudy persona new` in any channel to open the form.",
            view=shape_modal(form),
        )
    view = await verbs.personas.reads.overview(actor)
    return Reply(text="Personas", blocks=list_blocks(view), view=list_modal(view))


# ── Ways into a window ──────────────────────────────────────────────────────────────────────────
async def list_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(list_modal(await verbs.personas.reads.overview(click.actor)))


async def new_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(shape_modal(await verbs.personas.reads.form(click.actor)))


async def opened(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(page_modal(await verbs.personas.reads.page(click.actor, target.id)))


async def change_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(shape_modal(await verbs.personas.reads.form(click.actor, target.id)))


async def assign_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(assign_modal(await verbs.personas.reads.page(click.actor, target.id)))


# ── The form ────────────────────────────────────────────────────────────────────────────────────
async def shaped(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    known = form.view.private_metadata
    target = read_value(Target, known) if known else None
    region = form.text(FieldId.REGION)
    made = await verbs.personas.making.shape(
        submission.actor,
        PersonaShape(
            name=form.text(FieldId.NAME),
            dials={dial: _number(form, FieldId(dial.value)) for dial in Dial},
            region="" if region == NO_REGION else region,
        ),
        persona_id=target.id if target else None,
        seen=target.rev if target else 0,
        command_id=submission.command_id,
    )
    return voice_modal(made)


async def voiced(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    target = read_value(Target, form.view.private_metadata)
    said = await verbs.personas.making.voice(
        submission.actor,
        target.id,
        PersonaVoice(
            examples=tuple(form.text(field) for field in EXAMPLES),
            instructions=form.text(FieldId.INSTRUCTION),
        ),
        seen=target.rev,
        command_id=submission.command_id,
    )
    return told_modal("Under way", said)


async def assigned(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    target = read_value(Target, form.view.private_metadata)
    said = await verbs.personas.giving.assign(
        submission.actor, target.id, form.several(FieldId.PEOPLE), seen=target.rev
    )
    return told_modal("Who writes with it", said)


def _number(form: ViewSubmission, field: FieldId) -> float:
    try:
        return float(form.text(field))
    except ValueError:
        raise InvalidInput("Choose one of the five steps.", field=field) from None


# ── Buttons ─────────────────────────────────────────────────────────────────────────────────────
async def samples_wanted(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    said = await verbs.personas.making.write_samples(click.actor, target.id, seen=target.rev)
    await _say(click, "Under way", said)


async def activated(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    said = await verbs.personas.making.activate(click.actor, target.id, seen=target.rev)
    await _say(click, "Active", said)


async def discarded(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    said = await verbs.personas.making.discard(click.actor, target.id, seen=target.rev)
    await _say(click, "Discarded", said)


async def used(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await _say(click, "Done", await verbs.personas.giving.use(click.actor, target.id))


async def left(verbs: Verbs, click: Click) -> None:
    said = await verbs.personas.giving.leave(click.actor)
    if click.in_modal:
        await _say(click, "Done", said)
    else:
        # The list in a direct message is no card: it doesn't follow by itself.
        await click.tell(Reply(text=escape(said)))


async def deleted(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await _say(click, "Deleted", await verbs.personas.giving.remove(click.actor, target.id))


async def _say(click: Click, title: str, sentence: str) -> None:
    """A card answers in place; a window, where it was clicked in one, says it itself."""
    if click.in_modal:
        await click.update(told_modal(title, sentence))


ROUTES = Routes(
    clicks={
        ActionId.PERSONAS: list_clicked,
        ActionId.PERSONA_NEW: new_clicked,
        ActionId.PERSONA_OPEN: opened,
        ActionId.PERSONA_CHANGE: change_clicked,
        ActionId.PERSONA_ASSIGN: assign_clicked,
        ActionId.PERSONA_SAMPLES: samples_wanted,
        ActionId.PERSONA_ACTIVATE: activated,
        ActionId.PERSONA_DISCARD: discarded,
        ActionId.PERSONA_USE: used,
        ActionId.PERSONA_LEAVE: left,
        ActionId.PERSONA_DELETE: deleted,
    },
    views={
        CallbackId.PERSONA_SHAPE: shaped,
        CallbackId.PERSONA_VOICE: voiced,
        CallbackId.PERSONA_ASSIGN: assigned,
    },
)
