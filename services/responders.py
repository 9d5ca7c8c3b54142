"""Who answers a mail. Pure.

With an open deal the person it was addressed to answers (To first; among several the deal's owner).
Without one it goes to whoever looks after the account for that sort of ask, and only then to the
person addressed. Nobody ever answers from a colleague's mailbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.types.model import Ask, AskKind
from services.types.people import Function

FUNCTION_OF = {
    AskKind.PRICING: Function.SALES,
    AskKind.CONTRACT: Function.SALES,
    AskKind.SUPPORT: Function.SUPPORT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A member whose connected mailbox holds the mail. `addressed`: they stand in To."""

    member_id: UUID
    mailbox_id: UUID
    addressed: bool


def function_for(asks: Sequence[Ask], lifecycle: str | None) -> Function:
    """The function an ask belongs to when no deal is open."""
    for ask in asks:
        if ask.kind in FUNCTION_OF:
            return FUNCTION_OF[ask.kind]
    return Function.ONBOARDING if lifecycle == "onboarding" else Function.SUCCESS


def choose_responder(
    *,
    holders: Sequence[Holder],
    deal_owner: UUID | None,
    has_deal: bool,
    owners: Mapping[str, UUID],
    account_owner: UUID | None,
    function: Function,
    can_answer: frozenset[UUID],
) -> UUID | None:
    """The member who answers, or None when nobody holds the mail. `owners` is function → member,
    `can_answer` are members with a connected mailbox of their own."""
    if not holders:
        return None
    addressed = [h.member_id for h in holders if h.addressed] or [h.member_id for h in holders]
    if has_deal:
        return deal_owner if deal_owner in addressed else addressed[0]
    for candidate in (owners.get(function), account_owner):
        if candidate is not None and candidate in can_answer:
            return candidate
    return addressed[0]
