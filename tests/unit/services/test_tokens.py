"""Tokens are counted before a call: exactly where the vocabulary is here, else rather too high."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services import tokens

TEXTS = (
    "Could you send me the SOC 2 report & pricing for 250 seats by Friday, 4 Dec 2026?\n\nDana",
    "Könnten Sie mir bitte das Angebot für 250 Arbeitsplätze schicken?",
    "Привет, Дана! Пришлите, пожалуйста, отчёт по безопасности до пятницы.",
    "你好,请在星期五之前把安全报告发给我。谢谢!",
    "こんにちは、金曜日までにレポートを送ってください。",
    "안녕하세요 금요일까지 보고서를 보내주세요",
    "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ=" * 3,
    "x=1;y={};[](),," * 10,
    "🎉🎉 great 🎉",
    "name" + " " * 3_000 + "value\t\t\t\n\n\n",
)


def test_openais_models_are_counted_by_their_own_vocabulary() -> None:
    # As OpenAI's own page counts them.
    assert tokens.count("tiktoken is great!", "gpt-4") == 6
    assert tokens.count("antidisestablishmentarianism", "openai/gpt-4o-mini") == 6
    assert tokens.count("", "gpt-4o") == 0


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("model", ["gpt-4", "gpt-4o"])
def test_the_estimate_is_never_too_low(text: str, model: str) -> None:
    assert tokens.count(text, model) <= tokens.count(text, "anthropic/claude-sonnet-4")


def test_several_models_count_as_the_hungriest() -> None:
    both = tokens.count(TEXTS[2], "gpt-4o, gpt-4")
    assert both == max(tokens.count(TEXTS[2], one) for one in ("gpt-4o", "gpt-4"))


@settings(max_examples=50)
@given(text=st.text(max_size=200), room=st.integers(0, 60))
def test_what_is_cut_fits_and_begins_the_text(text: str, room: int) -> None:
    kept = tokens.cut(text, room, "m")
    assert tokens.count(kept, "m") <= room
    assert text.startswith(kept)
    assert kept == text or tokens.count(text, "m") > room


def test_counting_imports_no_litellm_and_asks_no_network() -> None:
    code = (
        "import sys, socket; socket.socket = None; from services.tokens import count; "
        "count('hello', 'gpt-4o'); "
        "sys.exit(any(name.split('.')[0] in ('litellm', 'requests') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
