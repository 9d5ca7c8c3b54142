"""Windows that open from the Home tab: a card, where it is decided on without being looked for."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, CallbackId, plain_id
from blocks.approval_card import approval_card
from blocks.mail_card import mail_card
from blocks.modals import modal
from blocks.parts import Block, actions, context, link_button
from blocks.unsorted import unsorted_card
from blocks.values import Approval
from services.types.approval_views import ApprovalCardView
from services.types.views import MailCardView, UnsortedCardView

CARD_LINK = 900
"""Behind the numbers of all other link buttons."""
SENDS = "Approving sends exactly this."


def mail_modal(view: MailCardView, link: str | None) -> Block:
    """The card without its feedback. Where it offers Approve, the window does so itself, and closes
    when that is done."""
    blocks = [block for block in mail_card(view) if block["type"] != "context_actions"]
    approvable = view.draft is not None and _offers(blocks, ActionId.APPROVE)
    blocks = [*_without(blocks, ActionId.APPROVE), *_card_link(link)]
    if not approvable or view.draft is None:
        return modal("A mail that waits", blocks, callback_id=CallbackId.TOLD)
    return modal(
        "A mail that waits",
        [*blocks, context(SENDS)],
        callback_id=CallbackId.READ_ALL,
        target=Approval(id=view.action_id, rev=view.draft.revision, seen=view.draft.seen),
        submit="Send anyway" if view.draft.findings else "Approve & send",
    )


def request_view_modal(view: ApprovalCardView, link: str | None) -> Block:
    blocks = [*approval_card(view), *_card_link(link)]
    return modal("Approval request", blocks, callback_id=CallbackId.TOLD)


def sort_modal(view: UnsortedCardView) -> Block:
    return modal("Mail to sort", unsorted_card(view), callback_id=CallbackId.TOLD)


def _card_link(link: str | None) -> list[Block]:
    return [actions(link_button("Go to the card", link, CARD_LINK))] if link else []


def _offers(blocks: Sequence[Block], action_id: ActionId) -> bool:
    return any(_is(element, action_id) for block in blocks for element in block.get("elements", ()))


def _without(blocks: Sequence[Block], action_id: ActionId) -> list[Block]:
    """The blocks without this button; a row that held nothing else goes with it."""
    kept = []
    for block in blocks:
        if block["type"] != "actions":
            kept.append(block)
            continue
        elements = [one for one in block["elements"] if not _is(one, action_id)]
        if elements:
            kept.append({**block, "elements": elements})
    return kept


def _is(element: Block, action_id: ActionId) -> bool:
    return plain_id(element.get("action_id", "")) == action_id
