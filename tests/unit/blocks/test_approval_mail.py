"""Mails and pages about approvals: the same facts, nothing active from outside, one way to act."""

import html as markup
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.approval_facts import facts
from blocks.approval_mail import approval_mail
from blocks.approval_page import act_page
from blocks.page import content_policy
from services.types.approval_mails import ActPage, ApprovalMailView, Heard, NoteKind, PageState
from services.types.approval_views import ApprovalCardView
from services.types.approvals import CarryStatus, RequestStatus, Urgency
from tests.unit.approval_view_factory import (
    make_approval_card,
    make_customer,
    make_question_view,
    make_settled_card,
    make_vote_view,
)
from tests.unit.view_factory import NOW, make_draft

LINK = "https://copilot.example/act/" + "a" * 130
TAG = "ua." + "b" * 32
EVIL = "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}{% raw %}"


def make_mail(**fields: object) -> ApprovalMailView:
    defaults = {
        "kind": NoteKind.REQUEST,
        "card": make_approval_card(),
        "link": LINK,
        "tag": TAG,
    }
    return ApprovalMailView(**(defaults | fields))


def read(page: str) -> str:
    bare = re.sub(r"<(style|title)[^>]*>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(markup.unescape(bare).split())


def test_both_twins_say_what_a_decision_needs() -> None:
    subject, page, text = approval_mail(make_mail())
    assert subject == "Please decide: 10 % discount for Northwind"
    for words in (
        "Maya Lindt asks you to decide.",
        "Renewal: 31 Mar 2027",
        "Kestrel offers the same for less.",
        "Amount of Northwind rollout: $84,000 → $75,600",
        "health: 74 of 100",
        "competitor: Kestrel",
        "A discount from 10 % is decided by a VP of sales",
        "Please decide by",
        "approve because …",
        TAG,
    ):
        assert words in " ".join(text.split()), words
        assert words in read(page), words
    for choice in ("approve", "reject"):
        assert f"{LINK}?choice={choice}" in text
        assert f'href="{LINK}?choice={choice}"' in page


def test_conditions_are_offered_where_they_can_be_kept() -> None:
    mail = make_approval_card(type="discuss_pricing", draft=make_draft())
    for card, offered in ((make_approval_card(), True), (mail, False)):
        _, page, text = approval_mail(make_mail(card=card))
        form = act_page(ActPage(state=PageState.DECIDE, title="t", card=card, csrf="c"))
        assert ("approve with conditions" in text) is offered
        assert ("approve with conditions" in read(page)) is offered
        assert ("Conditions of an approval" in form) is offered


def test_without_a_way_to_decide_it_says_where() -> None:
    _, page, text = approval_mail(make_mail(link=None, tag=None))
    assert "Decide in Slack" in text
    assert "Decide in Slack" in page
    assert "approve because" not in text
    assert "/act/" not in page


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (make_settled_card(status=RequestStatus.APPROVED), "approved this on"),
        (make_settled_card(status=RequestStatus.REJECTED), "rejected this on"),
        (make_settled_card(status=RequestStatus.EXPIRED), "Nobody decided in time"),
        (make_settled_card(status=RequestStatus.WITHDRAWN), "took it back"),
        (make_settled_card(status=RequestStatus.VOIDED), "what was asked for has changed"),
    ],
)
def test_an_outcome_is_told_as_it_is(card: ApprovalCardView, words: str) -> None:
    subject, page, text = approval_mail(
        make_mail(kind=NoteKind.OUTCOME, card=card, link=None, tag=None)
    )
    assert words in text
    assert words in read(page)
    assert "rejected" not in text.lower() or card.status is RequestStatus.REJECTED
    assert not subject.startswith("Please decide")


def test_an_effect_that_failed_is_told() -> None:
    card = make_settled_card(
        status=RequestStatus.APPROVED,
        carry_status=CarryStatus.FAILED,
        carry_note="The deal has moved.",
    )
    _, _, text = approval_mail(make_mail(kind=NoteKind.OUTCOME, card=card, link=None, tag=None))
    assert "couldn't be carried out: The deal has moved." in text


def test_what_was_heard_is_repeated_and_nothing_is_decided() -> None:
    heard = Heard(
        words="sounds good?",
        choice="approve",
        reason="",
        conditions=(),
        problem="That reads like a question.",
    )
    subject, page, text = approval_mail(make_mail(kind=NoteKind.CONFIRM, heard=heard))
    assert subject.startswith("Please say it again:")
    for words in ("“sounds good?”", "reads like a question", "Nothing has been decided yet."):
        assert words in text
        assert words in read(page)


def test_the_exact_mail_is_shown_whole() -> None:
    long = "\n".join(f"Line {number} of the offer." for number in range(400))
    card = make_approval_card(draft=make_draft(text=long))
    _, page, text = approval_mail(make_mail(card=card))
    shown = act_page(ActPage(state=PageState.DECIDE, title="x", card=card, csrf="c"))
    for one in (text, markup.unescape(page), markup.unescape(shown)):
        assert long in one


def test_late_critical_and_for_somebody() -> None:
    card = make_approval_card(
        due_at=NOW - timedelta(hours=1),
        overdue=True,
        urgency=Urgency.CRITICAL,
        deciding_for="Dana Reyes",
        needed=2,
        seats=(make_vote_view(),),
        questions=(make_question_view(answer=None, answered_by=None),),
        customer=make_customer(value=None, health=None, renewal_date=None, competitor=""),
    )
    _, _, text = approval_mail(make_mail(card=card, kind=NoteKind.REMINDER))
    for words in ("It was due", "You decide for Dana Reyes.", "(2 needed)", "No answer yet."):
        assert words in text
    assert "health: not known" in text


@given(words=st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_words_from_outside_do_nothing(words: str) -> None:
    card = make_approval_card(
        title=words + EVIL,
        reason=words + EVIL,
        requester=EVIL,
        customer=make_customer(name=EVIL, competitor=EVIL),
    )
    subject, page, _ = approval_mail(make_mail(card=card))
    shown = act_page(
        ActPage(state=PageState.WRONG, title=EVIL, sentence=EVIL, card=card, csrf=EVIL, reason=EVIL)
    )
    assert "\n" not in subject
    for one in (page, shown):
        assert "<img src=x" not in one
        assert "{{ 7*7 }}" in one


def test_the_page_before_signing_in_tells_the_title_alone() -> None:
    for state in (PageState.SIGN_IN, PageState.SLACK_ONLY):
        page = read(act_page(ActPage(state=state, title="10 % discount for Northwind")))
        assert "10 % discount for Northwind" in page
        assert "Maya" not in page


@pytest.mark.parametrize("state", list(PageState))
def test_every_state_has_a_page_and_a_status(state: PageState) -> None:
    page = act_page(ActPage(state=state, title="A title", sentence="A sentence."))
    assert page.startswith("<!doctype html>")
    assert "A sentence." in page
    assert state.status >= 200
    assert "<script" not in page
    assert re.search(r"<h1 dir=\"auto\">[^<]+</h1>", page)


def test_going_on_to_slack_needs_no_script() -> None:
    page = act_page(ActPage(state=PageState.SIGN_IN), onward="https://slack.com/x?a=1&b=2")
    assert 'content="0;url=https://slack.com/x?a=1&amp;b=2"' in page
    assert "<form" not in page


def test_the_style_is_allowed_by_its_hash_and_nothing_else() -> None:
    policy = content_policy()
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    page = act_page(ActPage(state=PageState.UNKNOWN))
    assert page.count("<style>") == 1
    assert " style=" not in page


def test_unknown_is_said_to_be_unknown() -> None:
    card = make_approval_card(customer=None, deal=None)
    labels = [fact.label for fact in facts(card)]
    assert "Customer" not in labels
    assert "Deal" not in labels


def test_what_is_over_is_not_told_as_to_come() -> None:
    before = [fact.label for fact in facts(make_approval_card(seats=(make_vote_view(),)))]
    after = [fact.label for fact in facts(make_settled_card(seats=(make_vote_view(),)))]
    assert "What will happen" in before
    assert "Who decides" in before
    assert "What was asked" in after
    assert "Who decided" in after
