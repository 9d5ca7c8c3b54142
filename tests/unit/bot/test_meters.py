"""What calls are counted as: families of models and outcomes from lists of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from prometheus_client import REGISTRY

from bot.adapters.llm_breaker import Breaker
from bot.adapters.llm_meter import count_call, family_of
from bot.adapters.meter import VendorCall
from services.errors import Forbidden, ServiceError, TransientError
from services.types.model import Purpose, Usage


@contextmanager
def grows(name: str, by: float = 1, **labels: str) -> Iterator[None]:
    before = REGISTRY.get_sample_value(name, labels) or 0
    yield
    assert (REGISTRY.get_sample_value(name, labels) or 0) - before == pytest.approx(by)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o-mini", "openai"),
        ("openai/o3-mini", "openai"),
        ("anthropic/claude-sonnet-4-5", "anthropic"),
        ("bedrock/eu.anthropic.claude-3-haiku-20240307-v1:0", "anthropic"),
        ("ollama/llama3.2:3b", "llama"),
        ("openai/Qwen2.5-7B-Instruct", "qwen"),
        ("maya@acme.example's own", "other"),
        ("", "other"),
    ],
)
def test_a_model_is_told_by_its_family(model: str, family: str) -> None:
    assert family_of(model) == family


def test_a_model_call_is_counted_with_its_tokens_and_dollars() -> None:
    usage = Usage(
        model="gpt-4o", tokens_in=100, tokens_out=7, cost_usd=Decimal("0.5"), latency_ms=900
    )
    of = {"purpose": "draft", "family": "openai"}
    with (
        grows("understudy_model_calls_total", outcome="ok", **of),
        grows("understudy_model_tokens_total", 100, direction="in", **of),
        grows("understudy_model_cost_usd_total", 0.5, **of),
        grows("understudy_model_call_seconds_sum", 0.9, purpose="draft"),
    ):
        count_call(usage, Purpose.DRAFT, "ok")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "ok"),
        (TransientError("a", retry_after=timedelta(seconds=3)), "rate_limited"),
        (TransientError("a", ambiguous=True), "lost"),
        (TransientError("a"), "transient"),
        (Forbidden("a"), "refused"),
        (ZeroDivisionError(), "failed"),
    ],
)
def test_how_a_call_to_a_vendor_ended(error: Exception | None, outcome: str) -> None:
    waited = 3 if outcome == "rate_limited" else 0
    with (
        grows(
            "understudy_vendor_calls_total", vendor="slack", method="chat.update", outcome=outcome
        ),
        grows("understudy_vendor_wait_seconds_total", waited, vendor="slack"),
    ):
        try:
            with VendorCall("slack", "chat.update"):
                if error is not None:
                    raise error
        except (ServiceError, ZeroDivisionError) as raised:
            assert raised is error  # noqa: PT017 - it passes as it is


def test_an_open_breaker_is_seen_and_what_it_keeps_from_being_asked() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], threshold=2, rest_seconds=30, name="embedding")
    breaker.failed()
    breaker.failed()
    open_ = {"model": "embedding"}
    assert REGISTRY.get_sample_value("understudy_model_breaker_open", open_) == 1
    with grows("understudy_model_refused_total", why="breaker"), pytest.raises(TransientError):
        breaker.check()
    breaker.succeeded()
    assert REGISTRY.get_sample_value("understudy_model_breaker_open", open_) == 0
