"""Stages of a deal: which move is allowed, and what other systems' names mean."""

import re

from services.errors import InvalidInput
from services.types.qualification import Stage

_FORWARD = (
    Stage.INITIAL,
    Stage.DISCOVERY,
    Stage.QUALIFICATION,
    Stage.EVALUATION,
    Stage.NEGOTIATION,
    Stage.CLOSED_WON,
)
ACTIVE = frozenset(_FORWARD[:-1])
TERMINAL = frozenset({Stage.CLOSED_WON, Stage.CLOSED_LOST})
# One conversation often settles two stages at once (a demo that also qualifies), so a move may
# leave out one stage. Leaving out two is a mistake or a different deal.
_LONGEST_STEP = 2


def _targets(stage: Stage) -> frozenset[Stage]:
    if stage in TERMINAL:
        return frozenset()
    if stage is Stage.STALLED:
        return ACTIVE | {Stage.CLOSED_LOST}
    place = _FORWARD.index(stage)
    ahead = _FORWARD[place + 1 : place + 1 + _LONGEST_STEP]
    return frozenset({*ahead, Stage.STALLED, Stage.CLOSED_LOST})


TRANSITIONS: dict[Stage, frozenset[Stage]] = {stage: _targets(stage) for stage in Stage}


def can_move(current: Stage, wanted: Stage) -> bool:
    """Whether a deal may go from one stage to another.

    Forward by one stage, or by two. Any active stage may stall or be lost; a stalled deal resumes
    at any active stage, or is lost. Back means through stalled: a deal that returns has stalled,
    and the history should say so. Won and lost are final. Staying is not a move.
    """
    return wanted in TRANSITIONS[current]


def ahead(before: str, after: str) -> bool:
    """Whether that is a step forward: to a later stage on the way to winning, or on from stalled.
    Stalling and losing aren't."""
    places = {stage.value: place for place, stage in enumerate(_FORWARD)}
    if after not in places:
        return False
    return before == Stage.STALLED or (before in places and places[after] > places[before])


def require_move(current: Stage, wanted: Stage) -> None:
    """Raise InvalidInput, with a sentence that says what would be right, unless it is allowed."""
    if can_move(current, wanted):
        return
    if current is wanted:
        raise InvalidInput(f"The deal is already in {_words(current)}.", field="stage")
    if current in TERMINAL:
        raise InvalidInput(
            f"The deal is {_words(current)}, and that is final. Open a new deal instead.",
            field="stage",
        )
    allowed = ", ".join(_words(stage) for stage in Stage if can_move(current, stage))
    raise InvalidInput(
        f"A deal in {_words(current)} can't move to {_words(wanted)}. It can move to: {allowed}.",
        field="stage",
    )


def _words(stage: Stage) -> str:
    return stage.value.replace("_", " ")


# Names from Salesforce, HubSpot (labels and internal ids) and Zendesk Sell, letters only. A
# proposal is still being evaluated; a contract that went out is being negotiated.
_FOREIGN: dict[str, Stage] = {
    **{stage.value.replace("_", ""): stage for stage in Stage},
    "new": Stage.INITIAL,
    "lead": Stage.INITIAL,
    "incoming": Stage.INITIAL,
    "prospect": Stage.INITIAL,
    "prospecting": Stage.INITIAL,
    "appointmentscheduled": Stage.DISCOVERY,
    "meetingscheduled": Stage.DISCOVERY,
    "discoverycall": Stage.DISCOVERY,
    "needsanalysis": Stage.DISCOVERY,
    "qualified": Stage.QUALIFICATION,
    "qualifiedtobuy": Stage.QUALIFICATION,
    "iddecisionmakers": Stage.QUALIFICATION,
    "demo": Stage.EVALUATION,
    "demoscheduled": Stage.EVALUATION,
    "presentationscheduled": Stage.EVALUATION,
    "valueproposition": Stage.EVALUATION,
    "perceptionanalysis": Stage.EVALUATION,
    "proposal": Stage.EVALUATION,
    "proposalpricequote": Stage.EVALUATION,
    "proposalquote": Stage.EVALUATION,
    "pricequote": Stage.EVALUATION,
    "quote": Stage.EVALUATION,
    "trial": Stage.EVALUATION,
    "pilot": Stage.EVALUATION,
    "decisionmakerboughtin": Stage.NEGOTIATION,
    "negotiationreview": Stage.NEGOTIATION,
    "contractsent": Stage.NEGOTIATION,
    "closure": Stage.NEGOTIATION,
    "onhold": Stage.STALLED,
    "won": Stage.CLOSED_WON,
    "lost": Stage.CLOSED_LOST,
    "unqualified": Stage.CLOSED_LOST,
    "disqualified": Stage.CLOSED_LOST,
}


def parse_stage(name: str | None) -> Stage | None:
    """The stage behind a foreign name ("Closed Won", "Proposal/Price Quote"); None if unknown."""
    return _FOREIGN.get(re.sub(r"[\W_]+", "", name or "").lower())
