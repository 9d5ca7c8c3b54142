"""A proposed level: allowed, declined with a reason, or looked into."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.modals import told_modal
from blocks.parts import Block, escape
from blocks.promotion import decline_modal, evidence_modal
from blocks.values import Target
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import read_value
from handlers.verbs import Verbs


async def allow_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    sentence = await verbs.earning.promotions.allow(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    await click.tell(Reply(text=escape(sentence)))
    await click.adopt(verbs)


async def decline_clicked(_verbs: Verbs, click: Click) -> None:
    await click.open(decline_modal(read_value(Target, click.value)))


async def declined(verbs: Verbs, submission: Submission) -> Block:
    target = read_value(Target, submission.form.view.private_metadata)
    sentence = await verbs.earning.promotions.decline(
        submission.actor,
        target.id,
        version=target.rev,
        reason=submission.form.text(FieldId.REASON),
        command_id=submission.command_id,
    )
    return told_modal("Decline", sentence)


async def evidence_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(evidence_modal(await verbs.earning.reads.evidence(click.actor, target.id)))


ROUTES = Routes(
    clicks={
        ActionId.PROMOTION_ALLOW: allow_clicked,
        ActionId.PROMOTION_DECLINE: decline_clicked,
        ActionId.PROMOTION_EVIDENCE: evidence_clicked,
    },
    views={CallbackId.PROMOTION_DECLINE: declined},
)
