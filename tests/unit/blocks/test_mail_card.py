"""The mail card: what people see, in which order, and that it is what would leave."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.action_ids import ActionId
from blocks.draft import fits_card, shown_text, text_blocks
from blocks.lint import faults, view_faults
from blocks.mail_card import mail_card, mail_card_text
from blocks.modals import edit_modal, read_all_modal
from blocks.parts import clean
from blocks.terms import policy_words
from blocks.values import Target
from services.guardrails import verdict
from services.types.actions import (
    ActionContext,
    ActionType,
    AutonomyLevel,
    ContentClass,
    Seniority,
)
from services.types.autonomy import Authority
from services.types.mail import SenderProof
from services.types.qualification import Criterion, Stage
from services.types.views import ChangeView
from tests.unit.view_factory import ACTION, NEWER, NOW, make_draft, make_mail_card, make_reader

Blocks = list[dict[str, Any]]


def buttons(blocks: Blocks) -> list[str]:
    """The ids of all elements, in order."""
    return [
        part["action_id"]
        for block in blocks
        for part in (*block.get("elements", ()), block.get("accessory"))
        if isinstance(part, dict) and "action_id" in part
    ]


def words(blocks: Blocks) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def read(block: dict[str, Any]) -> str:
    """What a rich text block says."""
    return "".join(piece["text"] for part in block["elements"] for piece in part["elements"])


def test_the_card_says_what_why_and_what_next_in_this_order() -> None:
    blocks = mail_card(make_mail_card())
    assert [block["type"] for block in blocks] == [
        "section",
        "context",
        "rich_text",
        "context",
        "rich_text",
        "rich_text",
        "actions",
        "context",
        "context_actions",
    ]
    assert blocks[0]["text"]["text"] == (
        "*Dana Reyes, Northwind* asks for the price of 40 seats by Tuesday"
    )
    assert blocks[1]["elements"][0]["text"] == (
        "*By Tuesday* · Northwind rollout · evaluation · €48,000 · closes 3 Dec"
    )
    assert read(blocks[2]).startswith("Budget: EUR 50,000\n“we have up to 50k set aside”")
    assert blocks[3]["elements"][0]["text"] == "Still open: authority"
    assert read(blocks[4]) == (
        "I suggest this answer\nTo: dana@northwind.example\nSubject: Re: Pricing for 40 seats"
    )
    assert buttons(blocks) == [
        ActionId.WHY,
        ActionId.APPROVE,
        ActionId.EDIT,
        ActionId.REGENERATE,
        ActionId.REJECT,
        ActionId.RATE,
    ]
    styles = [element.get("style") for element in blocks[6]["elements"]]
    assert styles == ["primary", None, None, "danger"]


def test_without_a_deal_the_ask_its_due_day_and_the_health_lead() -> None:
    blocks = mail_card(
        make_mail_card(deal=None, changes=(), summary="Could you send a quote by Tuesday?")
    )
    assert blocks[0]["text"]["text"] == (
        "*Dana Reyes, Northwind* asks: “Could you send a quote by Tuesday?”"
    )
    assert blocks[1]["elements"][0]["text"] == ("*By Tuesday* · health good (72) · active")
    assert "Budget" not in words(blocks)
    assert "Still open" not in words(blocks)
    assert words(blocks).count("send a quote by Tuesday") == 1


def change(criterion: Criterion, value: str, quote: str) -> ChangeView:
    return ChangeView(criterion=criterion, before=None, after=value, quote=quote, confidence=0.8)


def test_changes_that_one_sentence_proves_share_one_quote() -> None:
    sign = "Paul Denning, our CFO, signs for it."
    view = make_mail_card(
        asks=(),
        changes=(
            change(Criterion.AUTHORITY, "Paul Denning, CFO", sign),
            change(Criterion.BUDGET, "EUR 50,000", "We have 50k."),
            change(Criterion.ECONOMIC_BUYER, "Paul Denning", sign),
        ),
    )
    shown = read(mail_card(view)[2])
    assert shown == (
        f"Authority: Paul Denning, CFO · Economic buyer: Paul Denning\n“{sign}”\n"
        "Budget: EUR 50,000\n“We have 50k.”"
    )


def test_three_quotes_at_most_and_the_rest_is_counted() -> None:
    long = "a word and another one " * 20
    view = make_mail_card(
        changes=tuple(change(c, f"v{n}", f"{n} {long}") for n, c in enumerate(Criterion))
    )
    blocks = mail_card(view)
    shown = read(blocks[2])
    assert shown.count("“") == 3
    assert all(len(line) <= 82 for line in shown.split("\n"))
    # Seven more changes, and the ask.
    assert blocks[3]["elements"][0]["text"].startswith("8 more in Why? · ")


def test_a_value_that_only_repeats_its_quote_is_left_out_and_a_date_is_said() -> None:
    quote = "I sign for it myself, and Paul Denning, our CFO, countersigns what is larger."
    when = "We need to be live by 1 February 2027."
    view = make_mail_card(
        asks=(),
        changes=(
            change(Criterion.AUTHORITY, quote, quote),
            change(Criterion.TIMELINE, "1 February 2027 (2027-02-01)", when),
        ),
    )
    lines = read(mail_card(view)[2]).split("\n")
    assert lines[0] == "Authority"
    assert lines[2] == "Timeline: 1 Feb 2027"


def test_the_cut_of_a_long_quote_keeps_what_it_proves() -> None:
    quote = "We went through all of it twice with the people in the yard, and then " * 2
    view = make_mail_card(
        asks=(),
        changes=(change(Criterion.BUDGET, "EUR 50,000", f"{quote} we set aside EUR 50,000."),),
    )
    assert "set aside EUR 50,000" in read(mail_card(view)[2]).split("\n")[1]


def test_the_quiet_line_names_only_what_is_special() -> None:
    reasons = (
        "A person decides on every action of this kind.",
        "The deal's stage is negotiation.",
        "The amount of the deal is above the limit.",
    )
    shown = mail_card(make_mail_card(verdict_reasons=reasons))[-2]["elements"][0]["text"]
    assert shown == (
        "Take care: negotiation, large deal · a reply is likely · also in your Gmail drafts"
        " · CFO, wrote 12 min ago"
    )
    plain = mail_card(make_mail_card(verdict_reasons=reasons[:1]))[-2]["elements"][0]["text"]
    assert plain.startswith("A reply is likely · ")


def test_every_reason_of_the_policy_has_words_of_its_own() -> None:
    level = AutonomyLevel.UNDO_WINDOW
    for action_type in ActionType:
        for stage in (None, *Stage):
            reasons = verdict(
                action_type=action_type,
                context=ActionContext(
                    stage=stage,
                    amount=Decimal(1_000_000),
                    currency="USD",
                    first_contact=True,
                    recipient_seniority=Seniority.UNKNOWN,
                    sender_proof=SenderProof.PASS,
                    suspicious=False,
                ),
                authority=Authority(earned=level),
                content=ContentClass(readable=False),
            ).reasons
            for words_ in policy_words(reasons):
                assert words_ not in {reason.rstrip(".") for reason in reasons}, words_


def test_what_no_approval_makes_right_has_no_approve() -> None:
    reasons = ("I never commit to a price.", "The amount of the deal is above the limit.")
    blocks = mail_card(make_mail_card(verdict_reasons=reasons))
    assert ActionId.APPROVE not in buttons(blocks)
    assert {ActionId.EDIT, ActionId.REJECT} <= set(buttons(blocks))
    assert "I can't send this as it stands: I never commit to a price." in words(blocks)
    assert "Take care: large deal" in words(blocks)


def test_a_sent_card_says_that_an_answer_is_awaited_until_it_comes() -> None:
    sent = make_mail_card(state="done", effect="done", decided_by="Maya", decided_at=NOW)
    assert "A reply is likely. I'll say so here if one comes." in words(mail_card(sent))
    answered = words(mail_card(replace(sent, note="They have answered.")))
    assert "They have answered." in answered
    assert "A reply is likely" not in answered


def test_the_sender_is_named_when_it_is_not_the_reader() -> None:
    assert "From:" not in words(mail_card(make_mail_card()))
    other = make_mail_card(draft=make_draft(sender="tom@brightdesk.example"))
    assert "From: tom@brightdesk.example" in words(mail_card(other))


def test_a_lead_whose_account_bears_their_name_is_named_once() -> None:
    blocks = mail_card(make_mail_card(account_name="Dana Reyes", deal=None))
    assert blocks[0]["text"]["text"].startswith("*Dana Reyes* asks")


def test_a_summary_told_of_the_sender_follows_their_name() -> None:
    view = make_mail_card(changes=(), summary="Asks for the SOC 2 report; has a budget of $85,000")
    blocks = mail_card(view)
    assert blocks[0]["text"]["text"] == (
        "*Dana Reyes, Northwind* asks for the SOC 2 report; has a budget of $85,000"
    )
    assert read(blocks[2]) == "In their words\n“Could you send a quote by Tuesday?”"


def test_the_missing_model_is_said_once() -> None:
    assert words(mail_card(make_mail_card())).count("No model is configured") == 1
    assert "No model" not in words(mail_card(make_mail_card(offline=False)))


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"state": "done", "effect": "done", "decided_by": "Maya"}, "Sent by Maya, 8 min ago"),
        ({"state": "approved", "effect": "queued", "decided_by": "Maya"}, "Approved by Maya"),
        ({"state": "approved", "effect": "unknown"}, "It may have been sent"),
        ({"state": "handled"}, "Sent from Gmail"),
        ({"state": "handled", "note": "Discarded in Gmail."}, "Discarded in Gmail"),
        (
            {"state": "rejected", "decided_by": "Maya", "decision_reason": "the facts are wrong"},
            "Rejected by Maya, 8 min ago: the facts are wrong",
        ),
        ({"state": "voided", "newer_action_id": NEWER}, "A newer mail came: see the current card"),
        ({"state": "failed", "note": "Gmail refused it."}, "This didn't work"),
    ],
)
def test_a_settled_card_collapses_to_what_became_of_it(
    changes: dict[str, Any], headline: str
) -> None:
    view = make_mail_card(decided_at=NOW.replace(minute=22), **changes)
    blocks = mail_card(view)
    assert headline in blocks[0]["text"]["text"]
    assert headline in mail_card_text(view)
    assert len(blocks) <= 4
    assert not {ActionId.APPROVE, ActionId.EDIT, ActionId.REJECT} & set(buttons(blocks))
    assert "Hi Dana" not in words(blocks)


def test_a_voided_card_leads_to_the_current_one() -> None:
    blocks = mail_card(make_mail_card(state="voided", newer_action_id=NEWER))
    assert buttons(blocks) == [ActionId.SHOW_CURRENT]
    assert str(NEWER) in words(blocks)


def test_a_colleague_sees_who_has_it_and_may_take_over() -> None:
    view = make_mail_card(reader_is_responder=False, responder_name="Priya Nair")
    blocks = mail_card(view)
    assert "Priya Nair has it." in words(blocks)
    assert buttons(blocks) == [ActionId.WHY, ActionId.TAKE_OVER]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 3501},
        {"text": "line\n" * 80},
        {"text": "hidden\u200bword"},
        {"text": "turned \u202e around"},
        {"text": "   "},
        {"subject": "s" * 301},
        {"subject": "two\nlines"},
        {"to": ()},
        {"bcc": tuple(f"p{n}@x.example" for n in range(12))},
    ],
)
def test_what_cannot_be_shown_whole_has_no_approve(changes: dict[str, Any]) -> None:
    blocks = mail_card(make_mail_card(draft=make_draft(**changes)))
    assert ActionId.APPROVE not in buttons(blocks)
    assert ActionId.READ_ALL in buttons(blocks)
    assert faults(blocks, text="x") == []


def test_everyone_who_gets_a_copy_is_named() -> None:
    draft = make_draft(cc=("ed@northwind.example",), bcc=("boss@brightdesk.example",))
    shown = words(mail_card(make_mail_card(draft=draft)))
    assert "Cc: ed@northwind.example" in shown
    assert "Bcc: boss@brightdesk.example" in shown


def test_doubts_about_the_sender_and_the_text_are_said() -> None:
    shown = words(mail_card(make_mail_card(sender_unverified=True, suspicious="“ignore all”")))
    assert "Sender unverified" in shown
    assert "gives orders to a machine" in shown


def test_a_stranger_in_a_thread_is_none_of_the_accounts_people() -> None:
    """Neither on the card nor in what a notification says."""
    view = make_mail_card(stranger=True, contact_name="boss@evil.example")
    assert "*None of their people.*" in words(mail_card(view))
    assert "*boss@evil.example*" in words(mail_card(view))
    assert mail_card_text(view).startswith("boss@evil.example (unknown): ")


def test_a_mail_that_could_not_be_looked_into_is_still_useful() -> None:
    view = make_mail_card(analysed=False, draft=None, changes=(), asks=(), summary="")
    shown = words(mail_card(view))
    assert "Pricing for 40 seats" in shown
    assert "couldn't look into this mail" in shown


texts = st.text(max_size=400)
long_texts = st.text(max_size=50) | st.builds(
    lambda part, times: part * times, st.text(min_size=1, max_size=8), st.integers(1, 2000)
)


@settings(max_examples=150, deadline=None)
@given(text=long_texts)
def test_the_visible_draft_is_the_draft(text: str) -> None:
    """Attack 9: where Approve stands, every character of the text stands beside it."""
    draft = make_draft(text=text)
    blocks = mail_card(make_mail_card(draft=draft, changes=(), asks=()))
    assert faults(blocks, text="x") == []
    if ActionId.APPROVE in buttons(blocks):
        assert shown_text(blocks) == text
    else:
        assert not fits_card(draft)


@settings(max_examples=60, deadline=None)
@given(text=long_texts)
def test_the_whole_draft_is_whole_where_it_may_be_approved(text: str) -> None:
    draft = make_draft(text=text)
    modal = read_all_modal(make_mail_card(draft=draft), draft)
    assert view_faults(modal) == []
    if "submit" in modal:
        assert shown_text(modal["blocks"]) == text
    assert view_faults(edit_modal_of(text)) == []


def edit_modal_of(text: str) -> dict[str, Any]:
    return edit_modal(Target(id=ACTION, rev=2), make_draft(text=text), make_reader())


@settings(max_examples=150, deadline=None)
@given(name=texts, summary=texts, quote=texts, subject=long_texts, note=texts, reasons=texts)
def test_no_input_breaks_slacks_limits_or_becomes_markup(
    *, name: str, summary: str, quote: str, subject: str, note: str, reasons: str
) -> None:
    base = make_mail_card()
    view = replace(
        base,
        contact_name=name,
        contact_title=name,
        account_name=quote,
        summary=summary,
        subject=subject,
        note=note,
        suspicious=quote,
        verdict_reasons=(reasons,) * 10,
        changes=tuple(replace(c, quote=quote, after=summary, before=name) for c in base.changes)
        * 10,
        asks=tuple(replace(a, quote=quote, kind=name) for a in base.asks) * 10,
    )
    for state in ("pending", "done", "rejected", "voided", "failed"):
        blocks = mail_card(replace(view, state=state))
        assert faults(blocks, text=mail_card_text(view)) == []
        for block in blocks:
            part = block.get("text")
            if isinstance(part, dict) and part["type"] == "mrkdwn":
                assert "<" not in part["text"]
                assert clean(part["text"]) == part["text"]


def test_the_longest_card_still_fits_one_message() -> None:
    evil = "&" * 2000
    base = make_mail_card()
    view = replace(
        base,
        contact_name=evil,
        contact_title=evil,
        account_name=evil,
        summary=evil,
        subject=evil,
        note=evil,
        suspicious=evil,
        sender_unverified=True,
        contact_email=evil,
        first_contact=True,
        verdict_reasons=(evil,) * 10,
        changes=tuple(replace(c, quote=evil, after=evil, before=evil) for c in base.changes) * 10,
        draft=make_draft(text="&" * 3500, subject="s" * 300, to=("a" * 120,) * 9),
    )
    blocks = mail_card(view)
    assert ActionId.APPROVE in buttons(blocks)
    assert faults(blocks, text="x") == []


@pytest.mark.parametrize(
    "evil", ["<!channel>", "<@U1>", "<https://evil.example|our bank>", "&lt;!here&gt;", "~b~", "`"]
)
def test_markup_from_outside_is_harmless(evil: str) -> None:
    view = make_mail_card(contact_name=evil, summary=evil, account_name=evil, note=evil)
    for block in mail_card(view):
        part = block.get("text")
        if isinstance(part, dict) and part["type"] == "mrkdwn":
            assert evil not in part["text"]


def test_a_long_text_is_split_without_losing_a_character() -> None:
    text = "word " * 5000
    assert shown_text(text_blocks(make_draft(text=text))) == text
