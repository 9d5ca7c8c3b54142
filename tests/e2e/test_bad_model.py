"""A model that talks nonsense, hangs, lies or is away: the picture stays as it was, the card is of
use all the same and says so."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import Team, team_of
from tests.e2e.people import words
from tests.e2e.rig import Rig, rig
from tests.fakes.openai_stub import OpenAIStub, Step, openai_stub

# Longer than the longest wait in them: what isn't found in time shows what the processes said.
pytestmark = pytest.mark.timeout(450)

MAYA = "maya@brightpath.example"
SAMIR = "samir.haddad@verityhealth.example"
PICTURE = """
select c.qualification::text from conversations c join messages m on m.conversation_id = c.id
where m.subject = $1
"""


@dataclass(frozen=True, kw_only=True)
class Modelled:
    """A workspace whose model is a stub."""

    rig: Rig
    team: Team
    stub: OpenAIStub


@pytest.fixture(scope="module")
def modelled() -> Iterator[Modelled]:
    """The stub answers on a loop of its own, beside the processes."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = openai_stub()
    stub = asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(10)
    try:
        with rig(LLM_MODEL="openai/stub", LLM_API_BASE=stub.url, LLM_API_KEY="none") as made:
            yield Modelled(rig=made, team=team_of(made), stub=stub)
    finally:
        leaving = running.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(leaving, loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def useful_card(modelled: Modelled, subject: str, *steps: Step) -> str:
    """What the card says when the model answers so, or so badly."""
    modelled.stub.script(*steps)
    text = "Hello Maya,\n\nCould you send me the security paper by Thursday?\n\nSamir"
    modelled.rig.write(SAMIR, MAYA, subject, text)
    card = modelled.team.maya.card(subject, seconds=60)
    shown = words(card)
    assert "Samir Haddad" in shown
    assert "Verity system-wide rollout" in shown
    return shown


def test_an_invented_quote_is_not_believed(modelled: Modelled) -> None:
    # First of all: after so much nonsense as below, the model is left alone for a while.
    subject = "Model invents"
    invented = {
        "summary": "Wants the paper, says the model.",
        "asks": [{"quote": "Could you send me the security paper by Thursday?"}],
        "findings": [
            {
                "criterion": "budget",
                "value": "$9 million",
                "confidence": 0.99,
                "quote": "we have nine million dollars to spend",
            }
        ],
    }
    shown = useful_card(modelled, subject, Step(answer=invented))
    assert "Wants the paper, says the model." in shown
    assert "million" not in shown
    assert "million" not in str(modelled.rig.db.value(PICTURE, subject))


NONSENSE = {
    "not even JSON": Step(raw="<html>oops"),
    "words instead of an answer": Step(text="I would rather talk about the weather."),
    "another shape": Step(answer={"weather": "fine", "asks": 7}),
    "an error": Step(status=500),
    "too many requests": Step(status=429, headers={"Retry-After": "1"}),
    "no right to ask": Step(status=401),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_changes_nothing_and_the_card_is_of_use(modelled: Modelled, name: str) -> None:
    subject = f"Model says: {name}"
    useful_card(modelled, subject, NONSENSE[name])
    shown = words(modelled.team.maya.ready_card(subject, seconds=60))
    assert "security paper" in shown
    assert '"evidence"' not in str(modelled.rig.db.value(PICTURE, subject))
    assert modelled.rig.is_ready()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_model_that_hangs_delays_and_changes_nothing(modelled: Modelled) -> None:
    subject = "Model hangs"
    modelled.stub.script(Step(text="too late", wait=100))
    modelled.rig.write(SAMIR, MAYA, subject, "Could you send me the security paper by Thursday?")
    card = modelled.team.maya.ready_card(subject, seconds=250)
    assert "security paper" in words(card)
    assert '"evidence"' not in str(modelled.rig.db.value(PICTURE, subject))
