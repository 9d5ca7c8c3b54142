"""`/understudy approvals rules`: who decides on what, and the forms in which admins change it."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.approval_rules import (
    SLAS,
    applied_modal,
    rule_key,
    rule_modal,
    rules_blocks,
    rules_text_modal,
)
from blocks.parts import Block
from blocks.values import Target
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.approval_rule_form import RuleForm, bands_text, edited
from services.approval_rules import RulesRefused, write_rules
from services.errors import Forbidden, InvalidInput, NotFound
from services.types.approvals import Rule, RuleSet
from services.types.people import Actor, Role

SOURCE = "modal"
SHOWN = 3
GONE = "This rule is no longer there. `/understudy approvals rules` shows what is."


async def rules_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    """What holds, readable for everybody; the buttons are for admins."""
    rules = await verbs.approvals.rules.current(actor)
    return Reply(
        text=f"Approval rules, version {rules.version}",
        blocks=rules_blocks(rules, may_edit=actor.role is Role.ADMIN),
    )


async def edit_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    _require_admin(click.actor)
    rules = await verbs.approvals.rules.current(click.actor)
    rule = _named(rules, target)
    await click.open(rule_modal(rule, bands_text(rule), rules.version))


async def text_clicked(verbs: Verbs, click: Click) -> None:
    read_value(Target, click.value)
    _require_admin(click.actor)
    rules = await verbs.approvals.rules.current(click.actor)
    await click.open(rules_text_modal(write_rules(rules), rules.version))


async def rule_edited(verbs: Verbs, submission: Submission) -> Block:
    """One rule's form. Errors stand at its fields; another version in between is a Conflict."""
    target = read_value(Target, submission.form.view.private_metadata)
    rules = await verbs.approvals.rules.current(submission.actor)
    changed = edited(rules, _named(rules, target), _form(submission))
    return await _apply(verbs, submission, write_rules(changed), target.rev)


async def text_edited(verbs: Verbs, submission: Submission) -> Block:
    """The whole text. Errors stand under it, with their lines."""
    target = read_value(Target, submission.form.view.private_metadata)
    text = submission.form.text(FieldId.RULES)
    return await _apply(verbs, submission, text, target.rev)


async def _apply(verbs: Verbs, submission: Submission, text: str, based_on: int) -> Block:
    try:
        applied = await verbs.approvals.rules.apply(
            submission.actor,
            text,
            based_on=based_on,
            source=SOURCE,
            command_id=submission.command_id,
        )
    except RulesRefused as refused:
        if not submission.form.asks(FieldId.RULES):
            raise
        told = [f"Line {fault.line}: {fault.sentence}" for fault in refused.faults[:SHOWN]]
        raise InvalidInput("\n".join(told), field=FieldId.RULES) from None
    return applied_modal(applied, based_on)


def _form(submission: Submission) -> RuleForm:
    form = submission.form
    return RuleForm(
        bands=form.text(FieldId.BANDS),
        sla={urgency: form.text(field) for urgency, (field, _) in SLAS.items()},
        remind=form.text(FieldId.REMIND),
        escalate=form.text(FieldId.ESCALATE),
        expires=form.text(FieldId.EXPIRES),
        read_at_least=form.text(FieldId.READ_AT_LEAST),
    )


def _named(rules: RuleSet, target: Target) -> Rule:
    found = next((rule for rule in rules.rules if rule_key(rule.id) == target.id), None)
    if found is None:
        raise NotFound(GONE)
    return found


def _require_admin(actor: Actor) -> None:
    """Only so that nobody fills in a form for nothing: applying looks again."""
    if actor.role is not Role.ADMIN:
        raise Forbidden("Only an admin may change the approval rules.")


ROUTES = Routes(
    clicks={ActionId.RULE_EDIT: edit_clicked, ActionId.RULES_TEXT: text_clicked},
    views={CallbackId.RULE: rule_edited, CallbackId.RULES_TEXT: text_edited},
)
