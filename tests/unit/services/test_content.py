"""What a text does: examples in four languages, written as customers and reps write."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import content, content_money, content_spelling, content_words
from services.content import classify_content, kept_or_classified, to_keep
from services.guardrails import TABLE, effective_type
from services.types.actions import Verdict
from tests.unit.services.pricing_sentences import (
    ASK,
    FIRST,
    FOURTH,
    FREE,
    NEVER,
    SECOND,
    THIRD,
    Labelled,
)

PLAIN = "send_follow_up_email"
DISCUSS, COMMIT = "discuss_pricing", "commit_pricing"
TERMS, CONTRACT, PROPOSAL = "negotiate_terms", "modify_contract", "send_proposal"

EXAMPLES = [
    # Nothing of the kind
    ("en", "Thanks for the call. Does Tuesday at 3 work for a short demo?", PLAIN),
    ("en", "You can reach 120 people with it, in 45 minutes.", PLAIN),
    ("en", "I will send the security overview today and update you on Friday.", PLAIN),
    ("en", "We support SSO, SCIM and audit logs in 20 regions.", PLAIN),
    ("en", "I'll give you an update on the contract tomorrow.", PLAIN),
    ("en", "I can do a call on Monday and will update you on the agreement.", PLAIN),
    ("en", "We are quite happy to do the agreement review on Monday.", PLAIN),
    ("de", "Danke für das Gespräch. Passt Ihnen Dienstag um 15 Uhr?", PLAIN),
    ("fr", "Merci pour votre message. Mardi à 15 h vous convient-il ?", PLAIN),
    ("es", "Gracias por su mensaje. ¿Le va bien el martes a las 15 h?", PLAIN),
    # Prices are mentioned
    ("en", "The starter plan is $120.", DISCUSS),
    ("en", "It is EUR 45 per seat.", DISCUSS),
    ("en", "Around 20 % off is common in Q4.", DISCUSS),
    ("en", "Your budget of $50k fits the plan we talked about.", DISCUSS),
    ("en", "You mentioned a budget of $50k; we can do a demo for the team first.", DISCUSS),
    ("en", "Would you like to talk about pricing?", DISCUSS),
    ("en", "The list stands at 1,200 USD.", DISCUSS),
    ("en", "It comes to five thousand dollars.", DISCUSS),
    ("de", "Der Preis liegt bei 45 € pro Platz.", DISCUSS),
    ("de", "Das kostet 1.200,50 EUR.", DISCUSS),
    ("fr", "Le prix est de 45 € par utilisateur.", DISCUSS),
    ("es", "El precio es de 45 euros por usuario.", DISCUSS),
    # Prices are committed to
    ("en", "We can offer 20 % off if you sign this month.", COMMIT),
    ("en", "We'll give you a 15% discount.", COMMIT),
    ("en", "I can do $99 per seat.", COMMIT),
    ("en", "You get three months free.", COMMIT),
    ("en", "We are happy to offer EUR 40 per seat.", COMMIT),
    ("en", "We can offer a better price. It would be $90 per seat.", COMMIT),
    ("en", "I\u2019ll waive the setup fee.", COMMIT),
    ("en", "Your budget of $50k works: we can give you a price of $48k.", COMMIT),
    ("en", "We can give you twenty percent off.", COMMIT),
    ("en", "We can offer \uff12\uff10\uff05 off.", COMMIT),
    ("en", "We can of\u200bfer 20\u200b% o\u200bff.", COMMIT),
    ("de", "Wir können Ihnen 20 % Rabatt anbieten.", COMMIT),
    ("de", "Gerne bieten wir Ihnen 40 € pro Nutzer.", COMMIT),
    ("de", "Sie erhalten 10 Prozent Rabatt.", COMMIT),
    ("fr", "Nous pouvons vous accorder une remise de 20 %.", COMMIT),
    ("fr", "Nous vous offrons 15 % de réduction.", COMMIT),
    ("es", "Podemos ofrecerle un descuento del 20 %.", COMMIT),
    ("es", "Le damos un precio de 40 euros por usuario.", COMMIT),
    # Another language than the text says
    ("en", "Wir können Ihnen 20 % Rabatt anbieten.", COMMIT),
    # Terms
    ("en", "We can do net 60.", TERMS),
    ("en", "We can accept a notice period of 30 days.", TERMS),
    ("en", "We guarantee 99.99 % uptime.", TERMS),
    ("en", "I will check with finance whether we can do net 60.", TERMS),
    ("en", "Shall we change the termination clause?", TERMS),
    ("de", "Wir können ein Zahlungsziel von 60 Tagen akzeptieren.", TERMS),
    ("fr", "Nous pouvons accepter des conditions de paiement à 60 jours.", TERMS),
    ("es", "Podemos aceptar un plazo de pago de 60 días.", TERMS),
    # Contracts
    ("en", "We will amend the contract accordingly.", CONTRACT),
    ("en", "We will update the contract to reflect this.", CONTRACT),
    ("en", "I've removed clause 4 from the agreement.", CONTRACT),
    ("en", "The termination clause has been removed.", CONTRACT),
    ("de", "Wir ändern den Vertrag entsprechend.", CONTRACT),
    ("fr", "Nous modifions le contrat en conséquence.", CONTRACT),
    ("es", "Vamos a modificar el contrato.", CONTRACT),
    # Proposals
    ("en", "Attached is our proposal.", PROPOSAL),
    ("de", "Im Anhang finden Sie unser Angebot.", PROPOSAL),
    # Asked, refused or put off: a person looks, but it isn't stopped for good
    ("en", "Unfortunately we can't offer 20 % off.", DISCUSS),
    ("en", "Would 10 % off help?", DISCUSS),
    # Everyday sentences that must not be stopped for good
    ("en", "If you have questions about the $500 invoice, write to me.", DISCUSS),
    ("en", "You will receive the pricing overview tomorrow.", DISCUSS),
]


def kind(text: str, language: str) -> str:
    return effective_type(PLAIN, classify_content(text, language))


@pytest.mark.parametrize(("language", "text", "expected"), EXAMPLES)
def test_what_a_text_does(language: str, text: str, expected: str) -> None:
    content = classify_content(text, language)
    types = {str(name) for name in content.types}
    assert content.readable
    if expected == PLAIN:
        # Agreeing on a date is as free as the mail itself; it only has a level of its own.
        assert types <= {"schedule_meeting"}
        assert effective_type(PLAIN, content) == PLAIN
    elif expected in {COMMIT, CONTRACT}:
        assert effective_type(PLAIN, content) == expected
    else:
        assert expected in types
        assert not types & {COMMIT, CONTRACT}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Let's take Thursday for the workshop. I'll send the invitation."),
        ("en", "Tuesday at 3 pm works for us."),
        ("de", "Nehmen wir Donnerstag, ich schicke die Einladung."),
        ("fr", "Retenons jeudi, je vous envoie l'invitation."),
        ("es", "Quedamos el jueves. Le envío la invitación."),
    ],
)
def test_agreeing_on_a_date_is_a_meeting_whatever_was_asked(language: str, text: str) -> None:
    assert "schedule_meeting" in classify_content(text, language).types
    assert not classify_content("The agenda and the report are attached.", language).types


def judged(text: str, language: str) -> str:
    """FREE, ASK or NEVER: the strictest of all types the text amounts to."""
    strictest = max(
        (TABLE[name].base for name in classify_content(text, language).types),
        default=Verdict.AUTONOMOUS,
        key=lambda verdict: verdict.strictness,
    )
    return (FREE, ASK, NEVER)[strictest.strictness]


@pytest.mark.parametrize("sentences", [FIRST, SECOND, THIRD, FOURTH])
def test_no_labelled_price_passes_and_no_innocent_is_held(sentences: tuple[Labelled, ...]) -> None:
    confusion = Counter((label, judged(text, language)) for language, label, text in sentences)
    assert {both for both in confusion if both[0] != both[1]} <= {(ASK, NEVER)}, [
        (label, judged(text, language), text)
        for language, label, text in sentences
        if label != judged(text, language)
    ]
    assert confusion[ASK, NEVER] <= 1


def test_there_are_enough_of_every_label_and_language() -> None:
    every = (*FIRST, *SECOND, *THIRD, *FOURTH)
    assert len({text for _, _, text in every}) == len(every) > 250
    counts = Counter((label, language) for language, label, _ in every)
    assert min(counts.values()) >= 4
    assert len(counts) == 12


def test_the_sentence_is_the_proof() -> None:
    content = classify_content("Hello Ana. We can offer 20 % off. Best, Sam", "en")
    assert {match.quote for match in content.matches} == {"we can offer 20 % off."}


def test_an_unknown_language_is_not_cleared() -> None:
    assert not classify_content("Miten voin auttaa?", "fi").readable
    assert classify_content("We can offer 20 % off.", "fi").types
    assert classify_content("", "fi").readable
    assert classify_content("Hello.", "en-GB").readable
    assert not classify_content("Hello.", "").readable


def test_what_is_kept_of_a_text_is_what_it_was_found_to_be() -> None:
    text = "Hello Ana. We can offer 20 % off. Best, Sam"
    kept = to_keep(text)
    assert "off" not in str(kept)
    assert kept_or_classified(kept, text).types == classify_content(text, "en").types


@pytest.mark.parametrize(
    "changed", [{"version": "content-0"}, {"of": "0" * 64}, {"of": None}, {"version": None}]
)
def test_what_was_kept_by_other_rules_or_of_another_text_is_looked_at_anew(
    changed: dict[str, object],
) -> None:
    harmless = to_keep("Hello.") | changed
    assert kept_or_classified(harmless, "We can offer 20 % off.").types
    assert kept_or_classified(None, "We can offer 20 % off.").types


def test_other_patterns_have_another_version() -> None:
    """What was kept beside a text holds for one version. Whoever changes a pattern gives
    CONTENT_VERSION another name, and then writes the new digest here."""
    modules = (content, content_money, content_spelling, content_words)
    patterns = [
        value.pattern
        for module in modules
        for _, value in sorted(vars(module).items())
        if hasattr(value, "pattern")
    ]
    assert len(patterns) > 20
    digest = hashlib.sha256("\n".join(patterns).encode()).hexdigest()[:16]
    assert (content.CONTENT_VERSION, digest) == ("content-1", "1768875136475f3b")


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "we can ", "twenty ", "$ ", "attached ", "- "])
@pytest.mark.timeout(10)
def test_a_long_line_takes_no_time(piece: str) -> None:
    classify_content(piece * (100_000 // len(piece)), "en")


@given(st.text())
def test_every_text_gets_an_answer(text: str) -> None:
    classify_content(text, "en")


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="?'\""), max_size=60))
def test_a_paragraph_before_it_hides_no_commitment(text: str) -> None:
    assert kind(f"{text}\n\nWe can offer 20 % off.", "en") in {COMMIT, CONTRACT}
