"""The part of a mail's card that stands where Approve would be, when a rule sends such mail to an
approval request."""

from blocks.action_ids import ActionId
from blocks.draft import fits_card
from blocks.findings import asked_again
from blocks.parts import Block, actions, button, confirm, context, moment, section, short
from blocks.terms import state_words
from blocks.values import Approval, Target
from services.types.views import DraftView, GateView, MailCardView

PEOPLE = 3


def gated_blocks(view: MailCardView, gate: GateView, draft: DraftView) -> list[Block]:
    """How the request stands, and what the responder can do now: ask, or change the text."""
    target = Target(id=view.action_id, rev=draft.revision).encode()
    asks = may_ask(gate)
    buttons = [
        *(
            [_ask(draft, Approval(id=view.action_id, rev=draft.revision, seen=draft.seen))]
            if asks
            else []
        ),
        button(
            "Edit",
            ActionId.EDIT,
            target,
            style="primary" if gate.status == "rejected" and not asks else None,
        ),
        button("Regenerate", ActionId.REGENERATE, target)
        if fits_card(draft)
        else button("Read all", ActionId.READ_ALL, target),
        button("Reject", ActionId.REJECT, target, style="danger"),
    ]
    return [section(_standing(view, gate)), *_quiet(gate), actions(*buttons)]


def _ask(draft: DraftView, target: Approval) -> Block:
    """Over findings the asker is asked once more: the approver takes it that they were seen."""
    if not draft.findings:
        return button("Ask for approval", ActionId.ASK_APPROVAL, target.encode(), style="primary")
    return button(
        "Ask anyway",
        ActionId.ASK_APPROVAL,
        target.encode(),
        style="primary",
        confirm=confirm("Ask for it as it is?", asked_again(draft), "Ask anyway", "Not yet"),
    )


def may_ask(gate: GateView) -> bool:
    """Nobody is asked twice at once, and a no to these very words stands."""
    refused = gate.status == "rejected" and gate.current
    return not (_waits(gate) or refused or gate.leaving)


def _waits(gate: GateView) -> bool:
    return gate.status == "pending"


def _standing(view: MailCardView, gate: GateView) -> str:
    who = short(" or ".join(gate.deciders[:PEOPLE]), 150) or "An admin"
    if _waits(gate):
        if not gate.current:
            return "*The text has changed.* I'm asking for approval anew, for the new one."
        due = ""
        if gate.due_at is not None:
            due = f" until {moment(gate.due_at, view.reader.now, view.reader.timezone)}"
        return f"*{who} decides on this*{due}. It leaves as soon as it is approved."
    if gate.leaving:
        return f"*Approved by {short(gate.settled_by or 'a rule', 60)}.* It is about to leave."
    if gate.status == "rejected" and gate.current:
        return f"*{_settled(view, gate)} said no*{_because(gate)}\nChange the text and ask again."
    before = {
        "rejected": f"{_settled(view, gate)} said no to the text before{_because(gate)}\n",
        "expired": "*Nobody decided in time.*\n",
        "withdrawn": "The request was taken back.\n",
        "voided": f"{_sentence(gate.reason) or 'What was asked for has changed.'}\n",
    }.get(gate.status, "")
    return f"{before}Mail like this needs an approval here before it leaves."


def _quiet(gate: GateView) -> list[Block]:
    rule = f"Rule: {state_words(gate.type)}"
    if _waits(gate) and gate.current and gate.anew:
        return [context(f"{rule} · asked anew, because what was asked before had changed")]
    return [context(f"{rule} · changing the text asks again")] if _waits(gate) else [context(rule)]


def _settled(view: MailCardView, gate: GateView) -> str:
    who = short(gate.settled_by or "Somebody", 60)
    if gate.settled_at is None:
        return who
    return f"{who}, {moment(gate.settled_at, view.reader.now, view.reader.timezone)},"


def _because(gate: GateView) -> str:
    return f": “{short(gate.reason, 200)}”" if gate.reason.strip() else "."


def _sentence(reason: str) -> str:
    return short(reason.strip(), 200)
