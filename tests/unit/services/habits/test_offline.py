"""Rules work without a model: on the letters the offline rules write, in four languages."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.content import classify_content
from services.habits.applying import apply_rules
from services.habits.finding import edits_of
from services.habits.letter import letter_of
from services.habits.mails import about_request
from services.offline.draft import write_draft
from services.types.habits import Change, HabitRule, Place
from services.types.model import Ask, AskKind, DraftRequest
from tests.factories import NOW

ASKED = {
    "en": "Could you send me the security report by Friday?",
    "de": "Könnten Sie mir bis Freitag den Sicherheitsbericht schicken?",
    "fr": "Pourriez-vous m'envoyer le rapport de sécurité avant vendredi ?",
    "es": "¿Podría enviarme el informe de seguridad antes del viernes?",
}
SIGNS = {"en": "Cheers", "de": "Beste Grüße", "fr": "Bonne journée", "es": "Un abrazo"}


def request(language: str) -> DraftRequest:
    quote = ASKED[language]
    return DraftRequest(
        text=quote,
        subject="Report",
        sender_name="Dana Weber",
        author_name="Tom Rep",
        company="Northwind",
        account_name="Acme",
        deal_name=None,
        stage=None,
        language=language,
        today=NOW.date(),
        asks=(Ask(quote=quote, kind=AskKind.DOCUMENT),),
    )


@pytest.mark.parametrize("language", list(ASKED))
def test_a_letter_by_rules_follows_its_authors_rules(language: str) -> None:
    written = write_draft(request(language)).body
    about = about_request(request(language), written)
    letter = letter_of(written, "Tom Rep")
    assert letter.greeting is not None
    assert "Dana" in letter.greeting.name
    assert letter.sign_off
    assert letter.tail.strip(" ,\n") == "Tom Rep"
    theirs = replace(letter, sign_off=SIGNS[language]).text()
    edits = edits_of(written, theirs, about.names, about.language)
    assert [(one.change, one.place) for one in edits] == [(Change.REPLACE, Place.SIGN_OFF)]
    rule = HabitRule(
        id=UUID(int=1),
        change=Change.REPLACE,
        place=Place.SIGN_OFF,
        before=edits[0].before,
        after=edits[0].after,
    )
    again = apply_rules(written, [rule], about)
    assert (again.text, again.rule_ids) == (theirs, (rule.id,))


def test_no_sentence_that_answers_them_is_cut() -> None:
    """A rule for each sentence in turn: whatever repeats the words of their question stays."""
    said = "The security report comes to you by Friday."
    about = about_request(request("en"), said)
    text = f"Hi Dana,\n\n{said} I am glad to help.\n\nBest regards\nTom Rep"
    cut = HabitRule(id=UUID(int=1), change=Change.CUT, place=Place.BODY, before=said, after="")
    assert apply_rules(text, [cut], about).text == text
    glad = replace(cut, before="I am glad to help.")
    assert "glad" not in apply_rules(text, [glad], about).text


def test_a_phrase_that_makes_a_promise_is_judged_with_the_rest() -> None:
    """What a rule makes of a sentence is classified afterwards, like anything."""
    text = "Hi Dana,\n\nwe might think about a discount of 10 %.\n\nBest regards\nTom Rep"
    firm = HabitRule(
        id=UUID(int=1),
        change=Change.REPLACE,
        place=Place.PHRASE,
        before="might think about",
        after="grant you",
    )
    done = apply_rules(text, [firm], about_request(request("en"), text)).text
    kinds = {one.action_type for one in classify_content(done, "en").matches}
    assert kinds > {one.action_type for one in classify_content(text, "en").matches}
