"""The same evaluation with a model: it is believed as far as its quotes stand in the thread, and
where it can't be asked the rules read."""

from services.errors import TransientError
from services.types.detection import Proposed, Quote
from services.types.signals import SignalName
from tests.evals.corpus import CASES, read
from tests.evals.judging import judge
from tests.evals.looking import look_at
from tests.fakes.scripted_model import ScriptedModel

CASE = read(CASES / "pricing-and-rival-fleet.yml")
RIVAL = (
    "FYI we're also looking at ScanFleet, they quoted per return from the start, which makes them "
    "easy to compare."
)


async def test_a_model_counts_as_far_as_its_quotes_stand() -> None:
    proposed = (
        Proposed(
            name=SignalName.COMPETITOR_NAMED,
            confidence=0.9,
            quotes=(Quote(number=3, words=RIVAL), Quote(number=4, words="ScanFleet's demo is on")),
        ),
        Proposed(
            name=SignalName.CANCELLATION,
            confidence=0.99,
            quotes=(
                Quote(number=3, words="We will leave you."),
                Quote(number=1, words="It is over between us."),
            ),
        ),
    )
    (look,), reader = await look_at([CASE], ScriptedModel(detections=[proposed]))
    verdict = judge(look)
    assert verdict.right == verdict.proven == {SignalName.COMPETITOR_NAMED}
    assert verdict.missed == {SignalName.PRICING_ASKED}
    assert not verdict.wrong
    theirs = sum(one.theirs for one in CASE.messages)
    assert reader.spent.calls == theirs + 1, "each message of theirs, and the account once"


async def test_where_the_model_is_down_the_rules_read_and_the_failures_are_counted() -> None:
    down = TransientError("The model could not answer just now.")
    (look,), reader = await look_at([CASE], ScriptedModel(extractions=[down], detections=[down]))
    assert SignalName.PRICING_ASKED in judge(look).right
    assert reader.spent.failed == sum(one.theirs for one in CASE.messages) + 1
