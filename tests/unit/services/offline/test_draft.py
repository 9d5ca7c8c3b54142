from dataclasses import replace
from datetime import date

import pytest

from services.offline.draft import write_draft
from services.types.model import Ask, AskKind, DraftRequest

REQUEST = DraftRequest(
    text="Could you send me the SOC 2 report by Friday? What does it cost?",
    subject="Questions",
    sender_name="Müller, Anna",
    author_name="Tom Reed",
    company="Understudy",
    account_name="Acme",
    deal_name="Acme rollout",
    stage=None,
    language="en",
    today=date(2026, 11, 20),
    asks=(
        Ask(
            quote="Could you send me the SOC 2 report by Friday?",
            kind=AskKind.DOCUMENT,
            due=date(2026, 11, 27),
        ),
        Ask(quote="What does it cost?", kind=AskKind.PRICING),
    ),
)


def test_a_reply_takes_up_every_ask_and_the_day() -> None:
    body = write_draft(REQUEST).body
    assert body.startswith("Hi Anna,")
    for part in ("SOC 2 report", "cost", "by Friday"):
        assert part in body
    assert body.endswith("Tom Reed")
    assert "Acme rollout" not in body  # our own name for the deal is nothing to tell a customer
    assert body.count("?") <= 1


@pytest.mark.parametrize(
    "quote", ["Please stop writing to me.", "Don\N{RIGHT SINGLE QUOTATION MARK}t email me again."]
)
def test_who_wants_no_mail_is_promised_none(quote: str) -> None:
    body = write_draft(replace(REQUEST, asks=(Ask(quote=quote, kind=AskKind.OTHER),))).body
    assert "I won't write to you again." in body


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt", "sv", "und", "ja"])
@pytest.mark.parametrize("kind", list(AskKind))
def test_no_language_leaves_a_gap_or_invents_a_number(language: str, kind: AskKind) -> None:
    request = replace(REQUEST, language=language, asks=(Ask(quote="?", kind=kind),))
    body = write_draft(request).body
    assert not set("[]{}!") & set(body)
    assert not any(character.isdigit() for character in body)
    assert "Anna" in body


def test_each_wish_changes_the_previous_revision() -> None:
    first = write_draft(REQUEST).body.replace("by Friday", "by Friday morning")

    def again(instruction: str) -> str:
        return write_draft(replace(REQUEST, previous=first, instruction=instruction)).body

    assert len(again("shorter please")) < len(first)
    assert len(again("make it longer")) > len(first)
    assert again("more formal").startswith("Dear Anna,")
    assert "All the best" in again("friendlier")
    assert "our webinar in May" in again("mention our webinar in May")
    assert "short call" in again("ask for a call")
    assert "by Friday morning" in again("more formal")
    assert again("write it in German").startswith("Hallo Anna,")


def test_braces_in_what_is_mentioned_do_no_harm() -> None:
    request = replace(REQUEST, instruction="mention {name} and {0}", deal_name="{x}")
    assert "{name} and {0}" in write_draft(request).body


def test_the_chance_of_a_reply_follows_what_can_be_seen() -> None:
    asked = write_draft(REQUEST)
    silent = write_draft(replace(REQUEST, asks=()))
    leaving = write_draft(replace(REQUEST, asks=(), text="Please stop emailing me."))
    assert 0 < leaving.confidence < silent.confidence < asked.confidence < 1
    assert "named a day" in asked.reason
