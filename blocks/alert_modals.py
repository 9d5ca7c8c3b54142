"""Windows of alerts: the card itself, why it was raised, why it was none, a note, the amount."""

from decimal import Decimal

from blocks.action_ids import CallbackId, FieldId
from blocks.alert import alert_card, proofs
from blocks.alert_words import name_words, severity_words
from blocks.modals import input_block, modal, text_field
from blocks.parts import Block, confidence_words, context, moment, section, short
from blocks.values import Target
from services.types.alerts import AlertView
from services.types.signals import CATALOGUE

LONG_QUOTE = 500
WHO = {"model": "the model", "rules": "rules, without a model"}


def alert_modal(view: AlertView) -> Block:
    return modal("Alert", alert_card(view), callback_id=CallbackId.TOLD)


def alert_why_modal(view: AlertView) -> Block:
    """Everything it stands on, what found it, how sure it is, and what would end it."""
    reader = view.reader
    seen = moment(view.seen_at, reader.now, reader.timezone)
    blocks = [
        section(
            f"*{short(view.account_name, 80)}: {name_words(view.name)}*\n"
            f"{severity_words(view.severity, view.kind)}. {short(view.why, 400)}"
        ),
        *(
            proofs(view.evidence[start : start + 4], reader, LONG_QUOTE)
            for start in range(0, len(view.evidence), 4)
        ),
        section(f"*Found by*  {short(_finders(view), 300)}")
        if view.detectors
        else context("It isn't known what found it."),
        section(
            f"*How sure*  {confidence_words(view.confidence).capitalize()} "
            f"({view.confidence:.2f}). It needed {view.threshold:.2f} and two pieces of evidence "
            "that don't depend on each other."
        ),
        section(f"*It ends*  {_ends(view)} It was last looked at {seen}."),
        context(
            "Useful and False alarm teach how sure I must be before I tell you of this "
            f"({name_words(view.name)})."
        ),
    ]
    return modal("Why this alert", blocks, callback_id=CallbackId.TOLD)


def false_alarm_modal(target: Target) -> Block:
    words = text_field(FieldId.WORDS, "", multiline=True, length=500)
    return modal(
        "False alarm",
        [
            input_block(FieldId.WORDS, "Why is it none?", words, optional=True),
            context("The alert ends for everybody who has it, with your name."),
        ],
        callback_id=CallbackId.ALERT_FALSE,
        target=target,
        submit="False alarm",
        close="Cancel",
    )


def note_modal(view: AlertView) -> Block:
    """The note as it would be put down, to be written out."""
    target = Target(id=view.signal_id, rev=view.version)
    words = text_field(
        FieldId.COMMENT, view.recommendation.instruction, multiline=True, length=3000
    )
    deal = f" · {short(view.deal.name, 60)}" if view.deal else ""
    return modal(
        "A note",
        [
            section(f"*{short(view.account_name, 80)}{deal}*\n{short(view.why, 300)}"),
            input_block(FieldId.COMMENT, "What to put down", words),
            context("It stands in the account's brief. No customer sees it."),
        ],
        callback_id=CallbackId.ALERT_NOTE,
        target=target,
        submit="Save",
        close="Cancel",
    )


def amount_modal(amount: Decimal) -> Block:
    field = text_field(FieldId.AMOUNT, f"{amount:f}", length=20)
    return modal(
        "Alerts to managers",
        [
            input_block(FieldId.AMOUNT, "An account's open deals are worth more than", field),
            context(
                "Then its owner's manager is told of critical risk, too. In each deal's own "
                "currency; different currencies aren't added up."
            ),
        ],
        callback_id=CallbackId.ALERT_AMOUNT,
        submit="Save",
        close="Cancel",
    )


def _finders(view: AlertView) -> str:
    """Which sorts of detectors found it, each once; their own names are for the audit."""
    sorts = dict.fromkeys(one.partition(".")[0] for one in view.detectors)
    return " and ".join(WHO.get(one, one.replace("_", " ")) for one in sorts)


def _ends(view: AlertView) -> str:
    if CATALOGUE[view.name].clock:
        return "By itself, as soon as the figures above no longer hold."
    return "By itself, as soon as what was said no longer stands; or when somebody acts on it."
