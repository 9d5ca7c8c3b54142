"""Who answers a mail, as a table."""

from uuid import UUID

import pytest

from services.responders import Holder, choose_responder, function_for
from services.types.model import Ask, AskKind
from services.types.people import Function

ANN, BEN, CAT, DAN = (UUID(int=n) for n in range(1, 5))


def holder(member, *, addressed=True):
    return Holder(member_id=member, mailbox_id=UUID(int=99), addressed=addressed)


def choose(**changes):
    given = {
        "holders": [holder(ANN)],
        "deal_owner": None,
        "has_deal": False,
        "owners": {},
        "account_owner": None,
        "function": Function.SUCCESS,
        "can_answer": frozenset({ANN, BEN, CAT, DAN}),
    } | changes
    return choose_responder(**given)


def test_nobody_answers_what_nobody_holds():
    assert choose(holders=[], account_owner=BEN) is None


def test_with_a_deal_the_person_addressed_answers():
    held = [holder(ANN, addressed=False), holder(BEN)]
    assert choose(holders=held, has_deal=True, deal_owner=CAT) == BEN


def test_among_several_addressed_the_deals_owner_answers():
    assert choose(holders=[holder(ANN), holder(BEN)], has_deal=True, deal_owner=BEN) == BEN


def test_a_mail_that_addresses_nobody_goes_to_whoever_holds_it():
    assert choose(holders=[holder(ANN, addressed=False)], has_deal=True) == ANN


def test_without_a_deal_the_functions_owner_answers_from_a_mailbox_of_their_own():
    owners = {"support": CAT, "success": DAN}
    assert choose(owners=owners, function=Function.SUPPORT) == CAT
    assert choose(owners=owners, function=Function.SUPPORT, can_answer=frozenset({ANN})) == ANN


def test_the_accounts_owner_comes_before_the_person_addressed():
    assert choose(account_owner=BEN) == BEN
    assert choose(account_owner=BEN, can_answer=frozenset()) == ANN


@pytest.mark.parametrize(
    ("kinds", "lifecycle", "function"),
    [
        ([AskKind.SUPPORT], None, Function.SUPPORT),
        ([AskKind.PRICING], "onboarding", Function.SALES),
        ([AskKind.QUESTION, AskKind.CONTRACT], None, Function.SALES),
        ([AskKind.MEETING], "onboarding", Function.ONBOARDING),
        ([AskKind.MEETING], None, Function.SUCCESS),
        ([], None, Function.SUCCESS),
    ],
)
def test_the_function_an_ask_belongs_to(kinds, lifecycle, function):
    asks = [Ask(quote="q", kind=kind) for kind in kinds]
    assert function_for(asks, lifecycle) is function
