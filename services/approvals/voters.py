"""Whether those who approved a request may still decide, when what they allowed is to leave."""

from db.models.approvals import ApprovalRequest
from db.session import ReadTx
from services.approvals.card_view import CardRows
from services.approvals.sentences import names_words
from services.types.approvals import VoteChoice

NOBODY_LEFT = "The approval no longer stands. Ask for it again."


async def lost_voice(tx: ReadTx, request: ApprovalRequest) -> str | None:
    """Who of those whose votes made the approval could not give them any more, in a sentence; None
    while enough stand. What a template approved has no voters. Takes no locks."""
    if request.auto_template is not None:
        return None
    found = await CardRows.load(tx, request)
    seats = {seat.id: seat for seat in found.seats}
    given = [vote for vote in found.votes if vote.choice == VoteChoice.APPROVE]
    good = [
        vote
        for vote in given
        if vote.seat_id in seats and found.speaks(vote.member_id, seats[vote.seat_id])
    ]
    if len({vote.member_id for vote in good}) >= request.needed:
        return None
    lapsed = [name for vote in given if vote not in good and (name := found.name(vote.member_id))]
    if not lapsed:
        return NOBODY_LEFT
    return f"{names_words(lapsed, 'and')} approved this but may no longer decide. Ask for it again."
