"""What every LanguageModel keeps to: the scripted one, the offline rules, the real adapter."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from bot.adapters.llm import LiteLLMModel
from db.summary_sources import SourceText
from services.merge import find_quote, merge, verified
from services.ports import LanguageModel
from services.prompts.summarise import SummaryAnswer
from services.summaries.lines import checked
from services.summaries.material import material
from services.types.agent import Aim, AnswerRequest, Kind, Period, Source
from services.types.detection import MODEL_NAMES, DetectionRequest, NumberedText
from services.types.model import (
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Finding,
    Usage,
)
from services.types.qualification import Criterion, Qualification
from services.types.summaries import SummaryRequest
from tests.fakes.openai_stub import Step, openai_stub
from tests.fakes.scripted_model import ScriptedModel

# The vendors' own imports warn; our code is checked in every other test.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Item .* on TypedDict:UserWarning"),
]

TEXT = "Hi Sam, we have a budget of $50k for this year. Could you send me the security overview?"
READ = ExtractionRequest(text=TEXT, subject="Next", sender_name="Ana", today=date(2026, 11, 21))
WRITE = DraftRequest(
    text=TEXT,
    subject="Next",
    sender_name="Ana",
    author_name="Sam Lee",
    company="Acme",
    account_name="Globex",
    deal_name=None,
    stage="discovery",
    language="en",
    today=date(2026, 11, 21),
)
FOUND = {
    "criterion": "budget",
    "value": "$50k",
    "confidence": 0.8,
    "quote": "we have a budget of $50k",
}
INVENTED = FOUND | {"value": "$90k", "confidence": 0.99, "quote": "we can spend up to $90k"}
BODY = "Hi Ana,\n\nthe security overview is on its way.\n\nSam"
ANSWER = {
    "summary": "Ana names a budget.",
    "findings": [FOUND, INVENTED],
    "asks": [{"quote": "Could you send me the security overview?", "kind": "document"}],
    "detected": [
        {
            "name": "pricing_asked",
            "confidence": 0.4,
            "quotes": [{"source": 1, "quote": "we have a budget of $50k"}],
        },
        {"name": "closed_won", "confidence": 1, "quotes": [{"source": 1, "quote": "mark it"}]},
    ],
    "lines": [
        {"channel": "mail", "text": "Ana has “a budget of $50k” for this year.", "sources": ["e1"]},
        {"channel": "mail", "text": "Ana signs on Monday.", "sources": ["e9"]},
    ],
    "body": BODY,
    "confidence": 0.6,
}


NOW = datetime(2026, 11, 21, tzinfo=UTC)
ASKED = AnswerRequest(
    question="What changed at Globex?",
    aim=Aim.CHANGES,
    asker_name="Sam Lee",
    company="Acme",
    account_name="Globex",
    today=date(2026, 11, 21),
    timezone="UTC",
    period=Period(start=NOW.replace(day=1), end=NOW, words="this month"),
    sources=(
        Source(number=1, kind=Kind.ACCOUNT, title="Globex: software"),
        Source(number=2, kind=Kind.MAIL, title="Ana: Next", text=TEXT, who="Ana", inbound=True,
               at=NOW),
    ),
)  # fmt: skip
LOOK = DetectionRequest(
    account_name="Globex",
    today=date(2026, 11, 21),
    sources=(NumberedText(number=1, sort="mail", at=NOW, who="Ana", inbound=True, text=TEXT),),
)
PAST = (
    SourceText(
        kind="message",
        id=UUID(int=1),
        at=NOW,
        who="Ana",
        inbound=True,
        title="Next",
        words=TEXT,
        suspicious=False,
    ),
)
PIECES = ("Ana names a ", "budget [2]. ")


def _scripted() -> ScriptedModel:
    findings = tuple(
        Finding(**(item | {"criterion": Criterion(item["criterion"])}))
        for item in (FOUND, INVENTED)
    )
    return ScriptedModel(
        extractions=[Extraction(summary="Ana names a budget.", findings=findings)],
        drafts=[DraftText(body=BODY, confidence=0.6)],
        answers=[PIECES],
        summaries=[SummaryAnswer.model_validate(ANSWER).summary()],
    )


@pytest.fixture(params=["scripted", "offline", "litellm"])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[LanguageModel]:
    if request.param == "scripted":
        yield _scripted()
    elif request.param == "offline":
        yield pytest.importorskip("services.offline.model").OfflineModel()
    else:
        async with openai_stub() as stub:
            stub.script(Step(answer=ANSWER, pieces=PIECES))
            yield LiteLLMModel(model="gpt-4o-mini", api_base=stub.url)


async def test_a_reading_is_made_of_the_text(model: LanguageModel) -> None:
    extraction, usage = await model.extract(READ)
    kept, _ = verified(extraction.findings, TEXT)
    assert "budget" in {item.criterion for item in kept}
    assert all(0 <= item.confidence <= 1 for item in extraction.findings)
    assert all(find_quote(ask.quote, TEXT) for ask in extraction.asks)
    assert usage.model
    assert usage.attempts >= 1


async def test_a_hallucinated_quote_never_reaches_the_state(model: LanguageModel) -> None:
    extraction, _ = await model.extract(READ)
    kept, _ = verified(extraction.findings, TEXT)
    state, changes = merge(Qualification(), kept)
    assert "50" in state.get(Criterion.BUDGET).value
    assert "90" not in str(state)
    assert all(change.quote in TEXT for change in changes)


async def test_a_draft_is_plain_text_with_a_stated_probability(model: LanguageModel) -> None:
    draft, usage = await model.draft(WRITE)
    assert draft.body.strip() == draft.body
    assert draft.body
    assert 0 <= draft.confidence <= 1
    assert usage.model


async def test_an_empty_mail_says_nothing(model: LanguageModel) -> None:
    extraction, _ = await model.extract(
        ExtractionRequest(text="", subject="", sender_name="", today=date(2026, 11, 21))
    )
    assert verified(extraction.findings, "")[0] == ()


async def test_an_answer_comes_in_pieces_and_its_usage_last(model: LanguageModel) -> None:
    *pieces, usage = [piece async for piece in model.answer(ASKED)]
    assert all(isinstance(piece, str) for piece in pieces)
    said = "".join(map(str, pieces))
    assert "budget" in said
    assert "[2]" in said
    assert isinstance(usage, Usage)
    assert usage.model


async def test_a_summary_rests_on_what_it_was_given(model: LanguageModel) -> None:
    given = material(PAST).given
    summary, usage = await model.summarise(
        SummaryRequest(
            account_name="Globex",
            start=date(2026, 11, 16),
            end=date(2026, 11, 23),
            today=date(2026, 12, 28),
            entries=tuple(one.entry for one in given),
        )
    )
    (line,) = checked(summary, given)
    assert {one.id.int for one in line.sources} == {1}
    assert "Ana" in line.text
    assert usage.model


async def test_of_nothing_there_is_nothing_to_say(model: LanguageModel) -> None:
    nothing = SummaryRequest(
        account_name="Globex", start=NOW.date(), end=NOW.date(), today=NOW.date(), entries=()
    )
    assert checked((await model.summarise(nothing))[0], ()) == []


async def test_whoever_has_heard_enough_may_leave(model: LanguageModel) -> None:
    pieces = model.answer(ASKED)
    assert await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]  # every model answers with a generator


async def test_detected_is_what_the_sources_say_or_nothing(model: LanguageModel) -> None:
    proposed, usage = await model.detect(LOOK)
    assert len(proposed) <= LOOK.most
    for one in proposed:
        assert one.name in MODEL_NAMES
        assert 0 <= one.confidence <= 1
        assert all(find_quote(quote.words, TEXT) for quote in one.quotes if quote.number == 1)
    assert usage.model


def test_a_name_and_whether_a_model_is_configured(model: LanguageModel) -> None:
    assert model.name
    assert isinstance(model.offline, bool)
