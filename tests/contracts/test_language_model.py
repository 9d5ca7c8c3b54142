"""What every LanguageModel keeps to: the scripted one, the offline rules, the real adapter."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.adapters.llm import LiteLLMModel
from services.merge import find_quote, merge, verified
from services.ports import LanguageModel
from services.types.model import (
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Finding,
)
from services.types.qualification import Criterion, Qualification
from tests.fakes.openai_stub import Step, openai_stub
from tests.fakes.scripted_model import ScriptedModel

# The vendors' own imports warn; our code is checked in every other test.
pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")

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
    "body": BODY,
    "confidence": 0.6,
}


def _scripted() -> ScriptedModel:
    findings = tuple(
        Finding(**(item | {"criterion": Criterion(item["criterion"])}))
        for item in (FOUND, INVENTED)
    )
    return ScriptedModel(
        extractions=[Extraction(summary="Ana names a budget.", findings=findings)],
        drafts=[DraftText(body=BODY, confidence=0.6)],
    )


@pytest.fixture(params=["scripted", "offline", "litellm"])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[LanguageModel]:
    if request.param == "scripted":
        yield _scripted()
    elif request.param == "offline":
        yield pytest.importorskip("services.offline.model").OfflineModel()
    else:
        async with openai_stub() as stub:
            stub.script(Step(answer=ANSWER))
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


def test_a_name_and_whether_a_model_is_configured(model: LanguageModel) -> None:
    assert model.name
    assert isinstance(model.offline, bool)
