"""What a card says of the copilot's own judgement, for one reader."""

from db import judgements as rows
from db.models.actions import Action
from db.models.autonomy import Judgement
from db.models.drafts import Draft
from db.session import ReadTx
from services.card_origins import Origin
from services.types.actions import AutonomyLevel
from services.types.own_texts import STOPPED_BECAUSE, OwnView
from services.types.views import Reader
from services.undo_waits import by_rule

UNSEEN = "held"
"""The status of an action that nobody is shown: outreach that is only written down."""
SUGGESTED, HELD = "suggested", "held"


async def own_view(
    tx: ReadTx, action: Action, draft: Draft, origin: Origin, reader: Reader
) -> OwnView | None:
    """None where there is nothing to say. Of what is held nothing is: a card in shadow mode looks
    like one where the kind of mail is switched off."""
    judgement = await rows.newest_judgement(tx, action.id)
    below = AutonomyLevel(action.level).rank < AutonomyLevel.APPROVE.rank
    if draft.status == "held" or (draft.status == "preparing" and below):
        told = judgement if judgement and judgement.decision == SUGGESTED else None
        return OwnView(
            level=told.level if told else "",
            decision=told.decision if told else "",
            would=told.would if told else "",
            reasons=tuple(told.reasons) if told else (),
            unwritten=True,
        )
    if judgement is None or judgement.decision == HELD or judgement.revision != draft.revision:
        return None
    started = await rows.trigger_of(tx, action.id) if draft.purpose is not None else None
    return OwnView(
        level=judgement.level,
        decision=judgement.decision,
        would=judgement.would,
        reasons=tuple(judgement.reasons),
        rules=tuple(judgement.rules),
        by_rule=by_rule(action),
        because=started.why if started else _because(origin),
        asks_why=_asks_why(judgement, action, reader),
        stopped_because=STOPPED_BECAUSE.get(judgement.undone_reason, ""),
    )


def _asks_why(judgement: Judgement, action: Action, reader: Reader) -> bool:
    stopped = judgement.undone_by == reader.member_id and action.status == "pending"
    return stopped and not judgement.undone_reason


def _because(origin: Origin) -> str:
    """`Carla Customer asks: “Could you send the report?”`. Orders to a machine are not repeated."""
    if origin.asks and not origin.suspicious:
        return f"{origin.contact_name} asks: “{origin.asks[0].quote}”"
    return f"{origin.contact_name} wrote about “{origin.subject or 'no subject'}”"
