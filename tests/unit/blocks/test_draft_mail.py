"""Mails and pages about drafts: the same facts twice, nothing active from outside, one look."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from blocks.draft_mail import draft_mail
from blocks.draft_page import draft_page, end_page
from blocks.email_digest import digest_mail
from services.types.approval_mails import PageState
from services.types.findings import Finding, FindingKind
from services.types.letters import DraftMailView, DraftPage, EndPage, LetterKind
from services.types.views import DigestApproval, DigestLinks, GateView
from tests.unit.blocks.test_email_digest import EMPTY, NOW, item
from tests.unit.view_factory import make_mail_card

LINK = "https://copilot.example/act/" + "x" * 130
BAD = "<script>alert(1)</script> {{ 7*7 }} {% raw %} <img src=x onerror=y> \u202edne\u202c\u200b"
CLIP = 102 * 1024


def view(kind: LetterKind = LetterKind.DRAFT, **fields: object) -> DraftMailView:
    given = {"kind": kind, "card": make_mail_card(), "link": LINK, "tag": "ua." + "a" * 32}
    return DraftMailView(**(given | fields))


def _found(words: str) -> Finding:
    return Finding(kind=FindingKind.ATTACHMENT, sentence=words, quote="see attached")


def says(page: str) -> str:
    import html  # noqa: PLC0415

    return " ".join(
        html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).split()
    )


def test_both_twins_tell_the_same():
    card = make_mail_card()
    _, html, text = draft_mail(view())
    for words in (
        card.asks[0].quote,
        card.draft.subject,
        card.contact_name,
        "A reply is",
        "Approve",
        "Reject",
    ):
        assert words in says(html)
        assert words in " ".join(text.split())
    assert " ".join(card.draft.text.split()) in says(html)
    assert card.draft.text in text
    assert LINK in text


def test_the_subject_is_one_for_the_whole_thread():
    subjects = {draft_mail(view(kind))[0] for kind in LetterKind}
    assert len(subjects) == 1


@pytest.mark.parametrize("kind", list(LetterKind))
def test_words_from_outside_stay_words(kind: LetterKind):
    card = make_mail_card()
    card = replace(
        card,
        contact_name=BAD,
        subject=BAD,
        draft=replace(card.draft, text=BAD, subject=BAD, findings=(_found(BAD),)),
        asks=tuple(replace(ask, quote=BAD) for ask in card.asks),
    )
    subject, html, text = draft_mail(view(kind, card=card, heard=BAD, said=BAD))
    for page in (html, draft_page(DraftPage(state=PageState.DECIDE, card=card))):
        assert "<script" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert "49" not in says(page)
    assert "\n" not in subject
    assert "\u202e" not in text


def test_findings_ask_for_the_longer_word():
    card = make_mail_card()
    card = replace(card, draft=replace(card.draft, findings=(_found("No file is attached."),)))
    _, html, text = draft_mail(view(LetterKind.FINDINGS, card=card))
    assert "No file is attached." in html
    assert "\nsend anyway\n" in text
    assert "\nsend\n" not in text
    page = draft_page(DraftPage(state=PageState.DECIDE, card=card))
    assert 'value="anyway">Send anyway' in page
    assert 'value="approve"' not in page


def test_a_gated_kind_offers_no_approval():
    card = make_mail_card(gate=GateView(type="discuss_pricing", status="none"))
    _, html, text = draft_mail(view(card=card))
    assert "Ask for approval" in " ".join(text.split())
    assert "Approve:" not in text
    assert "choice=approve" not in html
    assert "\nsend\n" not in text
    page = draft_page(DraftPage(state=PageState.DECIDE, card=card))
    assert "Approve and send" not in page
    assert "Reject" in page


def test_what_is_on_its_way_offers_undo_alone():
    card = replace(make_mail_card(), state="approved")
    leaves = datetime(2026, 11, 20, 9, 43, tzinfo=UTC)
    _, html, text = draft_mail(view(LetterKind.LEAVING, card=card, leaves_at=leaves))
    assert re.search(r"Leaves at \d\d:43\.", text)
    assert f"Undo: {LINK}" in text
    assert ">Undo</a>" in html
    assert "Reject" not in says(html)
    page = draft_page(DraftPage(state=PageState.LEAVING, card=card, leaves_at=leaves))
    assert 'value="undo">Undo' in page


def test_an_answer_carries_no_way_to_decide():
    _, _, text = draft_mail(view(LetterKind.ANSWER, said="Rejected. Nothing was sent.", tag=""))
    assert "Rejected. Nothing was sent." in text
    assert "Approve" not in text
    assert "Or answer" not in text


@pytest.mark.parametrize("make", ["draft", "digest"])
def test_all_our_mails_share_one_frame_that_turns_dark(make: str):
    html = draft_mail(view())[1] if make == "draft" else digest_mail(EMPTY)[1]
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
    # No ground that a mail program leaves white while it turns the ink white.
    shown = re.sub(r'<div style="display:none.*?</div>', "", html)
    assert not re.search(r"#fff(?:fff)?\b", shown, re.IGNORECASE)
    assert "<img" not in html
    assert "url(" not in html


def test_the_fullest_digest_is_not_clipped():
    long = "&" * 5_000
    waiting = tuple(
        item(action_id=UUID(int=n), title=long, why=long, due=date(2026, 11, 20)) for n in range(40)
    )
    approvals = tuple(
        DigestApproval(
            request_id=UUID(int=100 + n), title=long, why=long, due_at=NOW + timedelta(hours=n)
        )
        for n in range(40)
    )
    links = DigestLinks(
        pages={one.action_id: LINK for one in waiting}
        | {one.request_id: LINK for one in approvals},
        unsubscribe=LINK,
        in_slack="https://slack.com/app_redirect?team=T1&channel=D1",
    )
    full = replace(
        EMPTY,
        waiting=waiting,
        approvals=approvals,
        alerts=(long,) * 40,
        sent=(long,) * 40,
        answered=(long,) * 40,
        unsorted=9,
        quiet=9,
        total=99,
        since=NOW - timedelta(days=1),
    )
    _, html, text = digest_mail(full, links)
    assert len(html.encode()) < CLIP
    assert "89 more wait in Slack." in text


def test_the_digests_buttons_and_endings_stand_in_both_twins():
    approvals = (
        DigestApproval(
            request_id=UUID(int=9),
            title="10 % discount for Acme",
            why="Rita asks",
            due_at=NOW + timedelta(hours=1),
        ),
    )
    links = DigestLinks(
        pages={UUID(int=2): LINK + "d", UUID(int=9): LINK + "a"},
        unsubscribe=LINK + "u",
        in_slack="https://slack.com/x",
    )
    filled = replace(
        EMPTY,
        waiting=(item(),),
        approvals=approvals,
        alerts=("maya@b.example must be connected again.",),
        since=NOW - timedelta(days=1),
    )
    subject, html, text = digest_mail(filled, links)
    assert subject.startswith("One approval and one mail wait for you")
    for url in (LINK + "d", LINK + "a", LINK + "u"):
        assert url in html
        assert url in text
    for words in (
        "10 % discount for Acme",
        "Rita asks",
        "must be connected again",
        "since 08:00 yesterday",
        "No more digests by mail",
    ):
        assert words in says(html)
        assert words in text


def test_the_page_that_ends_a_kind_of_mail():
    before = end_page(EndPage(known=True, what="the digest"))
    assert 'name="List-Unsubscribe" value="One-Click"' in before
    after = end_page(EndPage(known=True, what="the digest", done=True))
    assert "<form" not in after
    assert "/understudy settings" in after
    assert "leads nowhere" in end_page(EndPage(known=False))
