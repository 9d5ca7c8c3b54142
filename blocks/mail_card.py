"""The card about one mail that asks for something."""

from blocks.action_ids import ActionId, Choice, Rating, Target
from blocks.draft import draft_blocks, fits_card, is_plain
from blocks.lint import fits
from blocks.parts import (
    Block,
    actions,
    button,
    confidence_words,
    context,
    count,
    day,
    local_day,
    moment,
    money,
    overflow,
    quotation,
    section,
    short,
)
from services.types.views import MailCardView

CHANGES = 3


def mail_card(view: MailCardView) -> list[Block]:
    """What happened, why now, what I suggest, the actions, the quiet line, the feedback."""
    if view.state in ("rejected", "voided", "handled", "done", "failed"):
        return settled_card(view)
    if view.state == "approved":
        return settled_card(view)
    proofs = _why_now(view)
    rest = (
        [*_suggestion(view), *_closing(view)]
        if view.reader_is_responder
        else [*_elsewhere(view), context(_quiet_line(view))]
    )
    # What is decided on stays whole; a proof too many goes, the last first. Why? has them all.
    while len(proofs) > 1 and not fits([*_what(view), *proofs, *rest]):
        proofs.pop()
    return [*_what(view), *proofs, *rest]


def mail_card_text(view: MailCardView) -> str:
    """The stand-in for notifications and screen readers."""
    who = f"{short(view.contact_name)} ({short(view.account_name or view.contact_email)})"
    if view.state == "pending":
        return f"{who}: {short(view.summary or view.subject, 200)}"
    return f"{who}: {_headline(view)}"


# ── What happened, and why now ──────────────────────────────────────────────────────────────────
def _what(view: MailCardView) -> list[Block]:
    title = f", {short(view.contact_title, 60)}" if view.contact_title else ""
    where = f" · {short(view.account_name, 60)}" if view.account_name else ""
    what = short(view.summary or view.subject or "wrote without a subject", 220)
    lines = [f"*{short(view.contact_name, 60)}{title}{where}*", what]
    why = button("Why?", ActionId.WHY, Target(id=view.action_id).encode())
    blocks = [section("\n".join(lines), accessory=why)]
    warnings = []
    if view.sender_unverified:
        warnings.append(
            f"*Sender unverified.* The mail says {short(view.contact_email, 60)}, "
            "but its server couldn't prove it."
        )
    if view.suspicious:
        warnings.append(f"*Reads like orders to a machine:* {short(view.suspicious, 120)}")
    if view.note:
        warnings.append(short(view.note, 250))
    return [*blocks, *([section("\n".join(warnings))] if warnings else [])]


def _why_now(view: MailCardView) -> list[Block]:
    blocks: list[Block] = []
    if view.deal:
        blocks.append(section(_deal_line(view)))
        for change in view.changes[:CHANGES]:
            name = change.criterion.replace("_", " ").capitalize()
            before = f" (before: {change.before})" if change.before else ""
            source = f"{name}: {change.after or 'no longer known'}{before} · {_source(view)}"
            blocks.append(quotation(change.quote or view.subject, source))
        if view.gaps:
            gaps = ", ".join(gap.replace("_", " ") for gap in view.gaps[:5])
            blocks.append(context(f"Still open: {gaps}"))
    else:
        blocks.append(section(_account_line(view)))
    if view.asks and (not view.deal or not view.changes):
        today = local_day(view.reader.now, view.reader.timezone)
        for ask in view.asks[:2]:
            due = f"due {day(ask.due, today)}" if ask.due else "no date named"
            blocks.append(quotation(ask.quote, f"{ask.kind.replace('_', ' ')}, {due}"))
    return blocks


def _source(view: MailCardView) -> str:
    when = moment(view.received_at, view.reader.now, view.reader.timezone)
    return f"{view.contact_name}, {when}"


def _deal_line(view: MailCardView) -> str:
    deal = view.deal
    if deal is None:
        return ""
    today = local_day(view.reader.now, view.reader.timezone)
    close = f" · closes {day(deal.close_date, today)}" if deal.close_date else ""
    return (
        f"Deal: {short(deal.name, 80)} · {short(deal.stage.replace('_', ' '), 30)} · "
        f"{money(deal.amount, deal.currency)}{close}"
    )


def _account_line(view: MailCardView) -> str:
    """Without an open deal: the ask's due day and how the account is."""
    today = local_day(view.reader.now, view.reader.timezone)
    dues = [ask.due for ask in view.asks if ask.due]
    due = f"due {day(min(dues), today)}" if dues else "no date named"
    health = "health not known" if view.account_health is None else f"health {view.account_health}"
    parts = [f"{count(len(view.asks), 'request')}, {due}" if view.asks else "No request found"]
    parts += [health] if view.account_name else ["no account"]
    parts += [short(view.account_lifecycle, 40)] if view.account_lifecycle else []
    return " · ".join(parts)


# ── What I suggest ──────────────────────────────────────────────────────────────────────────────
def _suggestion(view: MailCardView) -> list[Block]:
    draft = view.draft
    if draft is None:
        words = "I'm drafting an answer." if view.analysed else _not_analysed(view)
        return [section(words), actions(*_without_draft(view))]
    target = Target(id=view.action_id, rev=draft.revision).encode()
    by = (
        f"Edited by {short(draft.author_name or 'a person', 40)}" if draft.author != "model" else ""
    )
    intro = "*I suggest this answer*" if not by else f"*The answer as it stands* · {by}"
    edit = button("Edit", ActionId.EDIT, target)
    again = button("Regenerate", ActionId.REGENERATE, target)
    reject = button("Reject", ActionId.REJECT, target, style="danger")
    if fits_card(draft):
        approve = button("Approve & send", ActionId.APPROVE, target, style="primary")
        return [section(intro), *draft_blocks(draft), actions(approve, edit, again, reject)]
    long = "It is too long to show here whole; read all of it before you decide."
    hidden = "It contains characters that can't be shown. Edit it, or let me write it again."
    hint = context(long if is_plain(draft) else hidden)
    read = button("Read all", ActionId.READ_ALL, target, style="primary")
    return [section(intro), *draft_blocks(draft), hint, actions(read, edit, again, reject)]


def _not_analysed(view: MailCardView) -> str:
    return (
        "I couldn't look into this mail yet, so there is no draft. It is in your inbox: "
        f"“{short(view.subject or 'no subject', 120)}”."
    )


def _without_draft(view: MailCardView) -> list[Block]:
    target = Target(id=view.action_id).encode()
    return [
        button("Draft again", ActionId.REGENERATE, target),
        button("Reject", ActionId.REJECT, target, style="danger"),
    ]


def _elsewhere(view: MailCardView) -> list[Block]:
    """For the colleague who got the same mail."""
    who = short(view.responder_name or "A colleague", 60)
    take = button("Take over", ActionId.TAKE_OVER, Target(id=view.action_id).encode())
    return [section(f"{who} has it."), actions(take)]


# ── The quiet line and the feedback ─────────────────────────────────────────────────────────────
def _closing(view: MailCardView) -> list[Block]:
    lines = [_quiet_line(view)]
    if view.offline:
        lines.append("No model is configured: rules and templates wrote this.")
    blocks = [context(*lines)]
    if view.draft and view.draft.author == "model":
        blocks.append(feedback_block(view))
    return blocks


def _quiet_line(view: MailCardView) -> str:
    reply = f"An answer is {confidence_words(view.confidence)}"
    policy = (
        f"needs your approval: {short('; '.join(view.verdict_reasons), 200)}"
        if view.verdict_reasons
        else "needs your approval"
    )
    where = " · also in your Gmail drafts" if view.draft and view.draft.in_gmail else ""
    when = moment(view.received_at, view.reader.now, view.reader.timezone)
    first = " · first mail from this person" if view.first_contact else ""
    return f"{reply} · {policy}{where} · received {when}{first}"


def feedback_block(view: MailCardView) -> Block:
    """👍 and 👎, changeable; the standing word is named in its button."""
    up = "Helpful" + (" (your word)" if view.rating == 1 else "")
    down = "Not helpful" + (" (your word)" if view.rating == -1 else "")
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ActionId.RATE,
                "positive_button": _feedback(view, up, up=True),
                "negative_button": _feedback(view, down, up=False),
            }
        ],
    }


def _feedback(view: MailCardView, text: str, *, up: bool) -> Block:
    return {
        "text": {"type": "plain_text", "text": text, "emoji": False},
        "value": Rating(id=view.action_id, up=up).encode(),
    }


# ── Settled ─────────────────────────────────────────────────────────────────────────────────────
def settled_card(view: MailCardView) -> list[Block]:
    """One line of what became of it, and the next sensible step or nothing."""
    account = f" · {short(view.account_name, 60)}" if view.account_name else ""
    about = f"{short(view.contact_name, 60)}{account} · {short(view.subject or 'no subject', 120)}"
    blocks = [section(f"*{_headline(view)}*\n{about}")]
    if view.note:
        blocks.append(context(short(view.note, 400)))
    if view.newer_action_id is not None:
        current = Target(id=view.newer_action_id).encode()
        blocks.append(actions(button("Show the current card", ActionId.SHOW_CURRENT, current)))
    elif view.state in ("approved", "done") and view.draft:
        entries = [("Why?", ActionId.WHY), ("Read what left", ActionId.READ_ALL)]
        rev = view.draft.revision
        options = [
            (text, Choice(id=view.action_id, rev=rev, do=do).encode()) for text, do in entries
        ]
        blocks.append(actions(overflow(ActionId.MORE, options)))
        if view.draft.author == "model":
            blocks.append(feedback_block(view))
    return blocks


def _headline(view: MailCardView) -> str:
    who = short(view.decided_by or "somebody", 60)
    when = ""
    if view.decided_at:
        when = f", {moment(view.decided_at, view.reader.now, view.reader.timezone)}"
    if view.state == "done":
        return f"Sent by {who}{when}"
    if view.state == "approved":
        return {
            "unknown": "It may have been sent, and I can't tell. Please look in Gmail's Sent",
            "cancelled": f"Stopped before it left{when}",
        }.get(view.effect or "queued", f"Approved by {who}{when}. Sending")
    if view.state == "rejected":
        because = f" because {short(view.decision_reason, 200)}" if view.decision_reason else ""
        return f"Rejected by {who}{when}{because}"
    if view.state == "voided":
        return "A newer mail came: see the current card"
    if view.state == "handled":
        return "Sent from Gmail"
    return "This didn't work, and nothing was sent"
