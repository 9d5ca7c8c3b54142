"""An answer that streams from a server that misbehaves on purpose."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.llm import LiteLLMModel
from services.errors import LimitReached, TransientError
from services.types.model import Purpose, Usage
from tests.contracts.test_language_model import ASKED, PIECES
from tests.fakes.openai_stub import OpenAIStub, Step, openai_stub

# The vendors' own imports warn; our code is checked in every other test.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Item .* on TypedDict:UserWarning"),
]


@pytest.fixture
async def stub() -> AsyncIterator[OpenAIStub]:
    async with openai_stub() as running:
        running.script(Step(pieces=PIECES))
        yield running


class Notes:
    """What the adapter tells of its calls."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, int, int]] = []

    async def __call__(self, usage: Usage, purpose: Purpose, status: str) -> None:
        assert purpose is Purpose.ANSWER
        self.kept.append((status, usage.tokens_in, usage.tokens_out))


def model(stub: OpenAIStub, **changes: object) -> LiteLLMModel:
    return LiteLLMModel(
        **({"model": "gpt-4o-mini", "api_base": stub.url, "timeout_seconds": 2} | changes)
    )


async def said(llm: LiteLLMModel) -> tuple[str, Exception | None]:
    """What came, and what ended it."""
    text = ""
    try:
        async for piece in llm.answer(ASKED):
            text += piece if isinstance(piece, str) else ""
    except (TransientError, LimitReached) as error:
        return text, error
    return text, None


async def test_one_call_that_streams_and_is_counted(stub: OpenAIStub) -> None:
    notes = Notes()
    assert await said(model(stub, record=notes)) == ("".join(PIECES), None)
    assert notes.kept == [("ok", 100, 20)]
    (request,) = stub.requests
    assert request["stream"]
    assert request["stream_options"] == {"include_usage": True}
    assert "tools" not in request


async def test_sources_stand_between_marks_and_the_question_does_not(stub: OpenAIStub) -> None:
    await said(model(stub, fence=lambda: "FENCE"))
    system, user = (one["content"] for one in stub.requests[0]["messages"])
    assert "<<<FENCE" in system
    assert "budget of $50k" not in system
    assert user.count("<<<FENCE") == user.count("FENCE>>>") == 3
    assert user.endswith("The question: What changed at Globex?")


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (Step(pieces=("Half a", " sentence"), cut=True), "Half a sentence"),
        (Step(pieces=("One",) * 3, wait=0.7), "One"),
        (Step(pieces=()), ""),
        (Step(pieces=("Well, ",), raw="{not json", cut=True), "Well, "),
        (Step(raw="<html>502</html>", cut=True), ""),
        (Step(status=500), ""),
        (Step(status=429, headers={"Retry-After": "7"}), ""),
    ],
)
async def test_what_was_said_stays_and_the_failure_is_one_of_ours(
    stub: OpenAIStub, step: Step, kept: str
) -> None:
    stub.script(step)
    notes = Notes()
    patience = 0.3 if step.wait else 2
    text, error = await said(model(stub, timeout_seconds=patience, record=notes))
    assert isinstance(error, TransientError)
    assert text in ("", kept), "a piece may be lost with the connection, none is invented"
    assert [status for status, _, _ in notes.kept] == ["failed"]


async def test_it_rests_after_five_failures(stub: OpenAIStub) -> None:
    stub.script(Step(status=400))
    llm = model(stub)
    for _ in range(5):
        await said(llm)
    asked = len(stub.requests)
    _, error = await said(llm)
    assert "keeps failing" in str(error)
    assert len(stub.requests) == asked


async def test_a_reader_who_leaves_ends_the_call_and_it_counts_as_well_ended(
    stub: OpenAIStub,
) -> None:
    stub.script(Step(pieces=("Word ",) * 50, wait=0.05))
    notes = Notes()
    pieces = model(stub, record=notes).answer(ASKED)
    await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert [status for status, _, _ in notes.kept] == ["ok"]


async def test_the_budget_is_asked_first(stub: OpenAIStub) -> None:
    class Empty:
        async def check(self, purpose: Purpose, estimated_tokens: int) -> None:
            assert purpose is Purpose.ANSWER
            assert estimated_tokens > 1_200
            raise LimitReached("Nothing is left.")

    assert str((await said(model(stub, budget=Empty())))[1]) == "Nothing is left."
    assert stub.requests == []
