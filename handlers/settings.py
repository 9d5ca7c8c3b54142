"""`/understudy settings`, `pause` and `resume`; the preset, shadow mode and the kill switch."""

from dataclasses import replace

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.autonomy import autonomy_blocks
from blocks.modals import told_modal
from blocks.parts import Block, escape
from blocks.rollout import preset_apply_modal, preset_choose_modal, shadow_modal
from blocks.settings import LEARNING, NO_HOURS, settings_modal, wishes
from blocks.values import PresetChoice, Target
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import read_value
from handlers.rollout import require_admin
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.people import Actor
from services.types.preferences import A_DAY, A_WEEK, USUAL_PROPOSALS, AlertWish
from services.types.setup import Step
from services.types.tenant_settings import PRESET_WORDS, Preset

COMMAND = "/understudy"
ON_ITS_PAGE = "autonomy"
"""The value of a switch that stands on the page of autonomy."""
HOW = {
    Step.GMAIL: (
        "Everybody connects their own Gmail from their Home tab. For the mailbox that digests and "
        "approvals are mailed from, use `understudy mailbox add` with `--system`, or set SMTP_URL "
        "and MAIL_FROM."
    ),
    Step.CUSTOMERS: (
        "Whoever runs Understudy brings them in with `understudy seed accounts.csv contacts.csv "
        "deals.csv`. Running it again changes only what differs."
    ),
}
TITLES = {Step.GMAIL: "Connect Gmail", Step.CUSTOMERS: "Accounts and deals"}


async def settings_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = settings_modal(await verbs.rollout.switches.settings(actor))
    return Reply(
        text="Settings: write `/understudy settings` in any channel to open them.", view=view
    )


async def settings_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(settings_modal(await verbs.rollout.switches.settings(click.actor)))


async def settings_saved(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    ticked = {*form.several(FieldId.WISHES), *form.several(FieldId.LEARNING)}
    hours, asked = form.text(FieldId.QUIET_HOURS), form.text(FieldId.PROMPTS)
    alerts, cap = form.text(FieldId.ALERTS), form.text(FieldId.DAILY_CAP)
    proposals = form.text(FieldId.PROPOSALS)
    actor = submission.actor
    # What isn't offered to somebody of this role stays as it is.
    held = (await verbs.rollout.switches.settings(actor)).preferences
    offered = (*wishes(actor.role), *LEARNING)
    said = await verbs.rollout.switches.prefer(
        actor,
        replace(
            held,
            **{name: name in ticked for name, _ in offered},
            feedback_prompts=int(asked) if asked.isdecimal() else A_WEEK,
            quiet_hours="" if hours == NO_HOURS else hours,
            alerts=next((one for one in AlertWish if one == alerts), AlertWish.CRITICAL),
            daily_cap=int(cap) if cap.isdecimal() else A_DAY,
            proposals_a_day=int(proposals) if proposals.isdecimal() else USUAL_PROPOSALS,
        ),
        command_id=submission.command_id,
    )
    return told_modal("Saved", said)


# ── Pausing ─────────────────────────────────────────────────────────────────────────────────────
async def pause_wanted(verbs: Verbs, actor: Actor, rest: str, command_id: str) -> Reply:
    return Reply(text=await verbs.rollout.pauses.pause(actor, rest[:100], command_id=command_id))


async def resume_wanted(verbs: Verbs, actor: Actor, rest: str, command_id: str) -> Reply:
    return Reply(text=await verbs.rollout.pauses.resume(actor, rest[:100], command_id=command_id))


async def resume_clicked(verbs: Verbs, click: Click) -> None:
    said = await verbs.rollout.pauses.resume(click.actor, "", command_id=click.command_id)
    await click.open(told_modal("Resumed", said))


async def pause_all_clicked(verbs: Verbs, click: Click) -> None:
    said = await verbs.rollout.pauses.stop(click.actor, command_id=click.command_id)
    await _say(verbs, click, "Everything is stopped", said)


async def resume_all_clicked(verbs: Verbs, click: Click) -> None:
    said = await verbs.rollout.pauses.go_on(click.actor, command_id=click.command_id)
    await _say(verbs, click, "Resumed", said)


async def _say(verbs: Verbs, click: Click, title: str, sentence: str) -> None:
    """On the page of autonomy, which shows it; elsewhere in a window."""
    if click.value != ON_ITS_PAGE or click.response_url is None:
        await click.open(told_modal(title, sentence))
        return
    view = await verbs.autonomy.overview.page(click.actor)
    # That everything is stopped is what the page begins with.
    blocks = autonomy_blocks(view, told="" if view.stopped else sentence)
    await click.tell(Reply(text=escape(sentence), blocks=blocks, replaces=True))


# ── Preset and shadow mode ──────────────────────────────────────────────────────────────────────
async def preset_clicked(verbs: Verbs, click: Click) -> None:
    require_admin(click.actor)
    settings = await verbs.rollout.switches.settings(click.actor)
    await click.open(preset_choose_modal(settings.tenant.preset if settings.tenant else None))


async def preset_shown(verbs: Verbs, submission: Submission) -> Block:
    preset = _preset(submission.form.text(FieldId.PRESET))
    return preset_apply_modal(await verbs.rollout.switches.preset(submission.actor, preset))


async def preset_applied(verbs: Verbs, submission: Submission) -> Block:
    choice = read_value(PresetChoice, submission.form.view.private_metadata)
    preset = _preset(choice.preset)
    applied = await verbs.rollout.presets.apply_preset(
        submission.actor, preset, based_on=choice.rev, command_id=submission.command_id
    )
    name, meaning = PRESET_WORDS[preset]
    version = (
        f"This is version {applied.version} of the approval rules."
        if applied.version != choice.rev
        else f"The approval rules stay at version {applied.version}."
    )
    return told_modal("Guardrail preset", f"{name} holds from now on. {meaning} {version}")


async def shadow_clicked(verbs: Verbs, click: Click) -> None:
    require_admin(click.actor)
    tenant = (await verbs.rollout.switches.settings(click.actor)).tenant
    if tenant is not None:
        enabled = tenant.members - tenant.waiting
        await click.open(shadow_modal(on=tenant.shadow, enabled=enabled))


async def shadow_switched(verbs: Verbs, submission: Submission) -> Block:
    target = read_value(Target, submission.form.view.private_metadata)
    said = await verbs.rollout.switches.set_shadow(
        submission.actor, on=bool(target.rev), command_id=submission.command_id
    )
    return told_modal("Shadow mode", said)


async def how_clicked(_verbs: Verbs, click: Click) -> None:
    """A step that is done elsewhere says where."""
    step = Step.CUSTOMERS if click.value == Step.CUSTOMERS else Step.GMAIL
    await click.open(told_modal(TITLES[step], HOW[step].replace("`", "")))


def _preset(word: str) -> Preset:
    if word not in {one.value for one in Preset}:
        raise InvalidInput("I don't know this preset. Nothing was changed.")
    return Preset(word)


ROUTES = Routes(
    clicks={
        ActionId.SETTINGS: settings_clicked,
        ActionId.RESUME: resume_clicked,
        ActionId.PAUSE_ALL: pause_all_clicked,
        ActionId.RESUME_ALL: resume_all_clicked,
        ActionId.PRESET_CHOOSE: preset_clicked,
        ActionId.SHADOW: shadow_clicked,
        ActionId.SETUP_HOW: how_clicked,
    },
    views={
        CallbackId.SETTINGS: settings_saved,
        CallbackId.PRESET_CHOOSE: preset_shown,
        CallbackId.PRESET: preset_applied,
        CallbackId.SHADOW: shadow_switched,
    },
)
