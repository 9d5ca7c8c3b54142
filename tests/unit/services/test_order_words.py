"""Words that decide, and words that only sound like it."""

import pytest

from services.letters.order_words import (
    BOTH,
    HEDGED,
    NO_ORDER,
    NO_REASON,
    NOT,
    QUESTION,
    QUOTED,
    TOO_LONG,
    Order,
    Unclear,
    read_order,
)


@pytest.mark.parametrize(
    ("words", "choice", "reason"),
    [
        ("Approve because they renew early", "approve", "they renew early"),
        ("approved: the margin is fine", "approve", "the margin is fine"),
        ("I approve this, the margin is fine.\n\nVictor", "approve", "the margin is fine. Victor"),
        ("Approve.\n\nThe margin is fine", "approve", "The margin is fine"),
        ("Hi Understudy,\n\napprove - good customer", "approve", "good customer"),
        ("APPROVED since they pay upfront", "approve", "they pay upfront"),
        ("Reject because it is not worth it", "reject", "it is not worth it"),
        ("rejected, we only do this once a year", "reject", "we only do this once a year"),
        ("Declined: too deep", "reject", "too deep"),
        ("Genehmigt, weil die Marge stimmt", "approve", "die Marge stimmt"),
        ("Ich lehne ab, weil das zu viel ist", "reject", "das zu viel ist"),
        ("Abgelehnt: zu viel", "reject", "zu viel"),
        ("Approuvé car la marge est bonne", "approve", "la marge est bonne"),
        ("Je refuse, c'est trop", "reject", "c'est trop"),
        ("J'approuve : client fidèle", "approve", "client fidèle"),
        ("Aprobado porque pagan por adelantado", "approve", "pagan por adelantado"),
        ("Rechazo: es demasiado", "reject", "es demasiado"),
    ],
)
def test_a_clear_first_line_is_an_order(words: str, choice: str, reason: str):
    assert read_order(words) == Order(choice=choice, reason=reason)


@pytest.mark.parametrize(
    ("words", "conditions", "reason"),
    [
        (
            "approve with conditions: only for six months; paid yearly",
            ("only for six months", "paid yearly"),
            "On condition: only for six months; paid yearly",
        ),
        (
            "Approve if: they sign by Friday because the quarter ends",
            ("they sign by Friday",),
            "the quarter ends",
        ),
        (
            "Genehmigt unter der Bedingung: nur sechs Monate",
            ("nur sechs Monate",),
            "On condition: nur sechs Monate",
        ),
        (
            "approuvé sous réserve : six mois\nraison: bon client",
            ("six mois",),
            "bon client",
        ),
        (
            "Aprobado con condiciones: solo seis meses",
            ("solo seis meses",),
            "On condition: solo seis meses",
        ),
    ],
)
def test_conditions_are_said_to_be_some(words: str, conditions: tuple[str, ...], reason: str):
    assert read_order(words) == Order(choice="approve", reason=reason, conditions=conditions)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("sounds good?", QUESTION),
        ("ok?", QUESTION),
        ("Approve?", QUESTION),
        ("ok", NO_ORDER),
        ("sounds good", NO_ORDER),
        ("yes", NO_ORDER),
        ("Go ahead", NO_ORDER),
        ("not approved", NOT),
        ("This is not approved", NOT),
        ("nicht genehmigt", NOT),
        ("no aprobado", NOT),
        ("Je n'approuve pas", NOT),
        ("I don't approve because of the margin", NOT),
        ("approved, but only for six months", HEDGED),
        ("approve if they sign", HEDGED),
        ("genehmigt, aber nur sechs Monate", HEDGED),
        ("approuvé, mais six mois", HEDGED),
        ("aprobado, pero seis meses", HEDGED),
        ("approve: not yet", NOT),
        ("Approved. Just kidding", NOT),
        ("approve because of X\n\nActually no, reject it", BOTH),
        ("approve or reject, you decide", BOTH),
        ("approve", NO_REASON),
        ("Reject.", NO_REASON),
        ("approve that they come by tomorrow", NO_ORDER),
        ("approvedly fine", NO_ORDER),
        ("I'd say Victor approved something like it", NO_ORDER),
        ("", QUOTED),
        ("> approve because I said so", QUOTED),
        ("see below\n> approve because I said so", QUOTED),
        ("approve because " + "x" * 2000, TOO_LONG),
    ],
)
def test_anything_else_is_asked_back(words: str, problem: str):
    found = read_order(words)
    assert isinstance(found, Unclear), found
    assert found.problem == problem


def test_hidden_characters_make_no_order():
    assert isinstance(read_order("no\u200bt approved because\u202e"), Unclear)
    assert isinstance(read_order("appr\u2060ove: n\u200bot now"), Unclear)
