"""Forms that begin something: a request, and an absence."""

from datetime import date

from blocks.account_select import account_select, deal_select
from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.approval_words import TYPES
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    context,
    local_day,
    option,
    plain,
    section,
    short,
)
from blocks.values import Wish
from services.types.approval_views import QueueView, RequestFormView
from services.types.approvals import RequestType, Urgency

WORDS = 1000
EVIDENCE = 1500
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN")
_URGENCIES = {
    Urgency.LOW: "Low",
    Urgency.NORMAL: "Normal",
    Urgency.HIGH: "High: needed today",
    Urgency.CRITICAL: "Critical: within two hours",
}
_REASONS = {
    RequestType.DISCOUNT: "Why is it right?",
    RequestType.REFUND: "What went wrong?",
    RequestType.EXCEPTION: "What should be allowed, and why?",
    RequestType.ESCALATION: "What is wrong, and what do you need?",
}


# ── A request ───────────────────────────────────────────────────────────────────────────────────
def request_modal(view: RequestFormView, *, choose: bool = False) -> Block:
    """The form of one type; with `choose` the type can be changed in it."""
    type_ = RequestType(view.type)
    blocks = [*([_type(type_)] if choose else []), *_FIELDS[type_](view), *_closing(view, type_)]
    return modal(
        f"Request: {TYPES[type_].lower()}",
        blocks,
        callback_id=CallbackId.REQUEST,
        target=Wish(type=type_, account=view.account[1][:200] if view.account else ""),
        submit="Ask",
        close="Cancel",
    )


def request_choice(account: str = "") -> list[Block]:
    """What can be asked for, for where no form can be opened at once."""
    buttons = [
        button(
            name,
            f"{ActionId.REQUEST}#{number}",
            Wish(type=type_, account=account[:200]).encode(),
        )
        for number, (type_, name) in enumerate(TYPES.items())
    ]
    return [section("*What do you need?*"), actions(*buttons)]


def _type(chosen: RequestType) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": ActionId.REQUEST_TYPE,
        "options": [option(name, type_) for type_, name in TYPES.items()],
        "initial_option": option(TYPES[chosen], chosen),
    }
    block = input_block(FieldId.TYPE, "What do you need?", element)
    return {**block, "dispatch_action": True}


def _discount(view: RequestFormView) -> list[Block]:
    return [
        _deal(view),
        input_block(
            FieldId.PERCENTAGE, "Discount in percent", _number(FieldId.PERCENTAGE), optional=True
        ),
        input_block(
            FieldId.AMOUNT,
            "Or as an amount, in the deal's currency",
            _number(FieldId.AMOUNT),
            optional=True,
        ),
    ]


def _refund(view: RequestFormView) -> list[Block]:
    return [
        _account(view),
        input_block(FieldId.AMOUNT, "Amount", _number(FieldId.AMOUNT)),
        input_block(FieldId.CURRENCY, "Currency", _currency()),
    ]


def _about_account(view: RequestFormView) -> list[Block]:
    return [_account(view), _deal(view, optional=True)]


_FIELDS = {
    RequestType.DISCOUNT: _discount,
    RequestType.REFUND: _refund,
    RequestType.EXCEPTION: _about_account,
    RequestType.ESCALATION: _about_account,
}


def _closing(view: RequestFormView, type_: RequestType) -> list[Block]:
    reason = text_field(FieldId.REASON, clean(view.reason), multiline=True, length=WORDS)
    evidence = text_field(FieldId.EVIDENCE, clean(view.evidence), multiline=True, length=EVIDENCE)
    evidence["placeholder"] = plain("Their words, a link, a number", 150)
    blocks = [
        input_block(FieldId.REASON, _REASONS[type_], reason),
        input_block(FieldId.EVIDENCE, "What proves it?", evidence, optional=True),
    ]
    if type_ in {RequestType.DISCOUNT, RequestType.EXCEPTION}:
        rival = text_field(FieldId.COMPETITOR, "", length=100)
        blocks.append(input_block(FieldId.COMPETITOR, "Competitor", rival, optional=True))
    return [*blocks, input_block(FieldId.URGENCY, "How urgent is it?", _urgency())]


def _account(view: RequestFormView) -> Block:
    element = account_select(ActionId.REQUEST_ACCOUNT, view.account)
    return input_block(FieldId.ACCOUNT, "Account", element)


def _deal(view: RequestFormView, *, optional: bool = False) -> Block:
    element = deal_select(ActionId.REQUEST_DEAL, view.deal)
    return input_block(FieldId.DEAL, "Deal", element, optional=optional)


def _number(field: FieldId) -> Block:
    return {"type": "number_input", "action_id": field, "is_decimal_allowed": True}


def _currency() -> Block:
    return {
        "type": "static_select",
        "action_id": FieldId.CURRENCY,
        "options": [option(code, code) for code in CURRENCIES],
        "initial_option": option(CURRENCIES[0], CURRENCIES[0]),
    }


def _urgency() -> Block:
    return {
        "type": "static_select",
        "action_id": FieldId.URGENCY,
        "options": [option(text, urgency) for urgency, text in _URGENCIES.items()],
        "initial_option": option(_URGENCIES[Urgency.NORMAL], Urgency.NORMAL),
    }


# ── An absence ──────────────────────────────────────────────────────────────────────────────────
def absence_modal(view: QueueView) -> Block:
    """Two days and somebody to decide meanwhile."""
    today = local_day(view.reader.now, view.reader.timezone)
    who: Block = {
        "type": "external_select",
        "action_id": ActionId.DELEGATE_TO,
        "placeholder": plain("A colleague", 150),
        "min_query_length": 0,
    }
    head = []
    if view.absence:
        back = button("I'm back", ActionId.BACK, "absence")
        head = [section(short(view.absence, 300), back)]
    return modal(
        "Out of office",
        [
            *head,
            input_block(FieldId.FIRST, "First day away", _date(FieldId.FIRST, today)),
            input_block(FieldId.LAST, "Last day away", _date(FieldId.LAST, today)),
            input_block(FieldId.DELEGATE, "Who decides for you?", who, optional=True),
            context(
                "What waits for you goes to them for these days. Without anybody, it goes "
                "to others who may decide."
            ),
        ],
        callback_id=CallbackId.ABSENCE,
        submit="Save",
        close="Cancel",
    )


def _date(field: FieldId, initial: date) -> Block:
    return {"type": "datepicker", "action_id": field, "initial_date": initial.isoformat()}
