# ruff: noqa: E501 - mails and sentences are kept whole
"""The demo's mails and what a rep would have to find in the answers to them."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandbox.story.player import fill
from services.content import classify_content
from services.offline.draft import write_draft
from services.offline.extract import extract
from services.types.actions import ActionType
from services.types.model import AskKind, DraftRequest, DraftText, Extraction, ExtractionRequest
from services.types.qualification import Criterion
from tests.unit.services.offline.labelled import TODAY, load

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MAILS = {
    mail["from"].split(" ")[0]: mail
    for mail in json.loads(Path("sandbox/story/mail.json").read_text(encoding="utf-8"))["arrivals"]
}
NAMED = [
    ("Rachel", ("SOC 2 report", "where the data is stored", "by Tuesday", "security team")),
    ("Marco", ("what the price would be for 40 users", "at 65", "tablet app")),
    ("Sigrid", ("nightly voyage export", "restart the export", "Monday 14:00 Oslo time")),
    ("Joanna", ("section 9", "liability cap", "section 4", "60 days", "board meeting")),
    ("Helena", ("first look", "about 300 people")),
    ("Gavin", ("whether the till feed needs a firewall change on your side",)),
    ("Henrik", ("a smaller plan for one site", "budget round", "Friday")),
]
FILLER = (
    "your message", "answer to be right", "i have noted", "take into account", "hesitate",
    "2026", "hope this", "valued", "reach out",
)  # fmt: skip
BINDING = {ActionType.COMMIT_PRICING, ActionType.MODIFY_CONTRACT}


TODAY_THERE = NOW.date()


def read(text: str, today: date = TODAY_THERE) -> Extraction:
    return extract(ExtractionRequest(text=text, subject="", sender_name="", today=today))


def write(
    text: str, language: str = "en", instruction: str | None = None, previous: str | None = None
) -> DraftText:
    return write_draft(
        DraftRequest(
            text=text, subject="", sender_name="Rachel Abara", author_name="Maya Okafor",
            company="Brightpath", account_name="Northwind", deal_name="Northwind rollout",
            stage=None, language=language, today=NOW.date(), asks=read(text).asks,
            instruction=instruction, previous=previous,
        )
    )  # fmt: skip


def mail(name: str) -> str:
    return fill("\n\n".join(MAILS[name]["text"]), NOW)


@pytest.mark.parametrize(("name", "named"), NAMED)
def test_a_story_mail_is_answered_by_name_without_filler_or_figures_of_ours(
    name: str, named: tuple[str, ...]
) -> None:
    text = mail(name)
    body = write(text).body
    assert [part for part in named if part not in body] == []
    assert [part for part in FILLER if part in body.lower()] == []
    assert len(body.split()) <= 120
    figures = set(re.findall(r"\d+", body))
    assert figures <= set(re.findall(r"\d+", text))
    types = {match.action_type for match in classify_content(body, "en").matches}
    assert not types & BINDING


def test_orders_to_a_machine_are_not_taken_up() -> None:
    body = write(mail("Gavin")).body
    assert "40" not in body
    assert "customer list" not in body


def test_no_two_answers_of_the_story_are_from_one_mould() -> None:
    bodies = [write(mail(name)).body for name, _ in NAMED]
    paragraphs = [part for body in bodies for part in body.split("\n\n")[1:-1]]
    assert len(set(paragraphs)) == len(paragraphs)


def test_nothing_written_for_the_labelled_asks_binds_us() -> None:
    rows = [row for row in load() if read(row.text, TODAY).asks]
    assert len(rows) > 40
    for row in rows:
        for language in ("en", "de", "fr", "es"):
            body = write(row.text, language).body
            types = {match.action_type for match in classify_content(body, language).matches}
            assert not types & BINDING, body


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("Könnten Sie uns Ihr ISO-Zertifikat bis Donnerstag schicken?", "de", ("unser ISO-Zertifikat", "bis Donnerstag")),
        ("Wie lange dauert die Einführung?", "de", ("wie lange die Einführung dauert",)),
        ("Bieten Sie auch Schulungen an?", "de", ("ob wir auch Schulungen anbieten",)),
        ("Könnten wir am Dienstag telefonieren?", "de", ("Dienstag",)),
        ("Pourriez-vous nous envoyer votre documentation technique d'ici jeudi ?", "fr", ("notre documentation technique", "jeudi")),
        ("Est-ce que vous proposez une formation ?", "fr", ("si nous proposons une formation",)),
        ("¿Podría enviarnos su certificado ISO antes del jueves?", "es", ("nuestro certificado ISO", "jueves")),
        ("¿Cómo funciona la importación?", "es", ("Cómo funciona la importación",)),
    ],
)  # fmt: skip
def test_other_languages_name_what_is_asked(
    text: str, language: str, named: tuple[str, ...]
) -> None:
    body = write(text, language).body
    assert [part for part in named if part not in body] == []


def test_each_instruction_changes_the_text_and_an_unknown_one_is_told() -> None:
    text = mail("Rachel")
    first = write(text).body
    for wish in ("shorter", "longer", "more formal", "friendlier", "mention Yusuf", "ask for a call", "in German"):  # fmt: skip
        again = write(text, instruction=wish, previous=first)
        assert again.body != first, wish
        assert "not understood" not in again.reason
    assert "SOC 2" in write(text, instruction="shorter", previous=first).body
    unknown = write(text, instruction="make it purple", previous=first)
    assert unknown.body == first
    assert "not understood" in unknown.reason


def test_what_a_card_shows_is_short_and_says_it_once() -> None:
    found = read(mail("Rachel"))
    values = {finding.criterion: finding.value for finding in found.findings}
    assert values[Criterion.ECONOMIC_BUYER] == "Paul Denning, CFO"
    assert values[Criterion.AUTHORITY] == "the sender signs, up to $75,000"
    assert re.fullmatch(r"\d{1,2} \w+ \d{4}", values[Criterion.TIMELINE])
    assert found.asks[0].kind is AskKind.DOCUMENT
    assert "SOC 2 report" in found.summary
    assert "$85,000" in found.summary


def test_values_and_headlines_stay_short() -> None:
    texts = [row.text for row in load()] + [mail(name) for name in MAILS]
    for text in texts:
        found = read(text)
        assert len(found.summary) <= 140
        assert found.summary or not found.asks
        assert all(len(finding.value.split()) <= 12 for finding in found.findings), found.findings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Could you also tell us about the update by Thursday?", "tell them about the update"),
        ("Can you help us with the import?", "help them with the import"),
    ],
)
def test_what_is_done_to_the_sender_is_done_to_them(text: str, told: str) -> None:
    assert told in read(text).summary
