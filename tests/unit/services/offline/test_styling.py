"""Without a model the dials are visible all the same, in four languages."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.content import classify_content
from services.offline.draft import write_draft
from services.offline.styling import TONES
from services.types.model import Ask, AskKind, DraftRequest
from services.types.style import Dial, Style

ASK = "Could you send me the security report by Friday?"
REQUEST = DraftRequest(
    text=ASK,
    subject="Report",
    sender_name="Carla Customer",
    author_name="Rita Rep",
    company="Northwind",
    account_name="Acme",
    deal_name=None,
    stage=None,
    language="en",
    today=date(2026, 11, 30),
    asks=(Ask(quote=ASK, kind=AskKind.DOCUMENT),),
)
LANGUAGES = ("en", "de", "fr", "es")


def body(language: str = "en", *, request: DraftRequest = REQUEST, **dials: float) -> str:
    style = Style(persona_id=UUID(int=1), version=1, **dials) if dials else None  # type: ignore[arg-type]
    return write_draft(replace(request, language=language, style=style)).body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dial", list(Dial))
def test_each_end_of_each_dial_sounds_another_way(language: str, dial: Dial) -> None:
    low, middle, high = (body(language, **{dial.value: value}) for value in (0.0, 0.5, 1.0))
    assert middle == body(language)
    assert high != middle
    assert low != high
    # At the borders of the bands it is still the middle.
    assert body(language, **{dial.value: 0.3}) == body(language, **{dial.value: 0.7}) == middle


def test_the_ends_in_english() -> None:
    formal = body(formality=1.0)
    assert formal.startswith("Dear Carla,")
    assert formal.endswith("Kind regards\nRita Rep")
    relaxed = body(formality=0.0)
    assert relaxed.startswith("Hey Carla,")
    assert relaxed.endswith("Cheers\nRita Rep")
    assert "I hope you are doing well." in body(relationship_focus=1.0)
    assert "Please take the time you need." in body(aggressiveness=0.0)
    assert "technical details" in body(technical_depth=1.0)


def test_a_language_without_its_own_sentences_knows_the_formal_address() -> None:
    assert body("nl", formality=1.0) != body("nl")
    assert body("nl", relationship_focus=1.0) == body("nl")


def test_a_wish_goes_on_from_what_stands_there() -> None:
    """The style isn't put on a second time."""
    first = body(relationship_focus=1.0)
    again = replace(REQUEST, previous=first, instruction="mention the webinar")
    assert body(request=again, relationship_focus=1.0).count("I hope you are doing well.") == 1


def test_a_mail_of_our_own_and_a_chat_message() -> None:
    own = replace(REQUEST, purpose="outreach", asks=(), text="", asked_for="about the pilot")
    assert body(request=own, formality=1.0).startswith("Dear Carla,")
    chat = body(request=replace(REQUEST, chat=True), formality=0.0)
    assert chat.startswith("Hey Carla,\n")
    assert "Rita Rep" not in chat


def test_no_sentence_of_a_tone_is_more_than_plain() -> None:
    for language, tone in TONES.items():
        for sentence in (tone.warm, tone.direct, tone.patient, tone.technical, tone.plain):
            assert not classify_content(sentence, language).matches, sentence
