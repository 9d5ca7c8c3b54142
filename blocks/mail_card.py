"""The card about one mail that asks for something."""

from itertools import groupby

from blocks.action_ids import ActionId
from blocks.composed import asked_proofs, kind_words, recipient_words
from blocks.draft import draft_blocks, fits_card, is_plain
from blocks.feedback import feedback_buttons
from blocks.findings import send_button
from blocks.gate import gated_blocks
from blocks.lint import fits
from blocks.own_text import (
    own_headline,
    own_settled,
    stopped_blocks,
    unwritten_blocks,
    unwritten_words,
)
from blocks.parts import (
    Block,
    actions,
    button,
    clock_time,
    confidence_words,
    context,
    day,
    local_day,
    moment,
    money,
    one_line,
    overflow,
    quotations,
    section,
    short,
)
from blocks.terms import (
    STRANGER,
    criterion_name,
    due_words,
    excerpt,
    health_words,
    leaving_words,
    listed,
    never_words,
    policy_words,
    sentence,
    state_words,
    value_words,
)
from blocks.values import Approval, Choice, Target
from services.types.views import AskView, ChangeView, MailCardView

PROOFS = 3
TWO_LINES = 80
"""Characters of a quote: two lines on a phone."""
HEADLINE = 150
TOLD = frozenset({"asks", "wants", "needs", "names", "has", "offers", "says", "invites", "would"})
"""First words of a summary that tells of the sender; their name stands before it."""
GAPS = 4


def mail_card(view: MailCardView) -> list[Block]:
    """What happened, why now, what I suggest, the actions, the quiet line, the feedback."""
    if view.state in ("approved", "rejected", "voided", "handled", "done", "failed"):
        return settled_card(view)
    proofs = _why_now(view)
    rest = [*_suggestion(view), *_closing(view)] if view.reader_is_responder else _elsewhere(view)
    # What is decided on stays whole; a proof too many goes, the last first. Why? has them all.
    while proofs and not fits([*_what(view), *proofs, *rest]):
        proofs.pop()
    return [*_what(view), *proofs, *rest]


def mail_card_text(view: MailCardView) -> str:
    """The stand-in for notifications and screen readers."""
    where = "unknown" if view.stranger else view.account_name or view.contact_email
    who = f"{short(view.contact_name)} ({short(where)})"
    if view.state == "pending" and view.composed is not None:
        return f"{who}: {kind_words(view.composed)}"
    if view.state == "pending":
        return f"{who}: {short(view.summary or view.subject, 200)}"
    return f"{who}: {_headline(view)}"


# ── What happened, and why now ──────────────────────────────────────────────────────────────────
def _what(view: MailCardView) -> list[Block]:
    # A lead is a person of their own company: its account carries their name.
    named = view.account_name != view.contact_name and not view.stranger
    known = view.account_name if named else None
    where = f", {short(known, 60)}" if known else ""
    who = f"*{short(view.contact_name, 60)}{where}*"
    why = button("Why?", ActionId.WHY, Target(id=view.action_id).encode())
    blocks = [section(f"{who}{_said(view)}", accessory=why), _where_it_stands(view)]
    warnings = []
    if view.sender_unverified:
        warnings.append(
            f"*Sender unverified.* The mail says {short(view.contact_email, 60)}, "
            "but its server couldn't prove it."
        )
    if view.stranger:
        warnings.append(f"*None of their people.* {STRANGER}")
    if view.suspicious:
        warnings.append(
            f"*Part of this {'mail' if view.composed is None else 'Slack message'} gives orders "
            "to a machine.* I followed none of them: "
            f"“{short(view.suspicious.strip(), 120)}”"
        )
    if view.note:
        warnings.append(short(view.note, 250))
    said = [section("\n".join(warnings))] if warnings else []
    return [*blocks, *said, *stopped_blocks(view)]


def _where_it_stands(view: MailCardView) -> Block:
    """Beside what is known of the account, the way to all of it."""
    if view.account_id is None:
        return context(_standing(view))
    target = Target(id=view.account_id).encode()
    label = f"Brief on {view.account_name}"
    return section(_standing(view), button("Brief", ActionId.BRIEF, target, label=label))


def _said(view: MailCardView) -> str:
    """Their own words stand in quotation marks; a sentence about them doesn't."""
    if view.composed is not None:
        return f": {kind_words(view.composed)}"
    summary = one_line(view.summary)
    if not summary:
        return f" wrote: {short(view.subject or 'no subject', HEADLINE)}"
    if _is_ask(view, summary):
        return f" asks: “{short(excerpt(summary, '', HEADLINE), HEADLINE)}”"
    if summary.partition(" ")[0].lower() in TOLD:
        summary = summary[0].lower() + summary[1:]
    link = " " if summary[0].islower() and view.asks else ": "
    return f"{link}{short(excerpt(summary, '', HEADLINE), HEADLINE)}"


def _is_ask(view: MailCardView, summary: str) -> bool:
    stem = summary.rstrip("…").casefold()
    return any(one_line(ask.quote).casefold().startswith(stem) for ask in view.asks)


def _standing(view: MailCardView) -> str:
    """When it is due, and the deal; without an open deal, how the account is."""
    today = local_day(view.reader.now, view.reader.timezone)
    dues = [ask.due for ask in view.asks if ask.due]
    parts = [due_words(min(dues), today)] if dues else []
    deal = view.deal
    if deal:
        parts += [short(deal.name, 60), short(state_words(deal.stage), 30)]
        parts.append(money(deal.amount, deal.currency))
        parts += [f"closes {day(deal.close_date, today)}"] if deal.close_date else []
    elif view.account_name:
        parts += [] if dues or not view.asks else ["no date named"]
        parts.append(health_words(view.account_health))
        parts += [short(state_words(view.account_lifecycle), 40)] if view.account_lifecycle else []
    else:
        parts.append("no account")
    return sentence(" · ".join(parts))


def _why_now(view: MailCardView) -> list[Block]:
    """At most three quotes, each once; what they prove stands above them."""
    if view.composed is not None:
        asked, why = asked_proofs(view.composed), view.composed.why_now
        # Our own sentence: nobody's words to quote.
        said = [section(f"*Why now*  {short(why, 200)}")] if why and not view.composed.alert else []
        return [*said, *([quotations(asked)] if asked else [])]
    changes = view.changes if view.deal else ()
    grouped = _by_quote(changes)
    proofs = [_proof(view, group) for group in grouped[:PROOFS]]
    more = sum(len(group) for group in grouped[PROOFS:])
    if not view.suspicious:
        asks = [ask for ask in view.asks if not _in_headline(view, ask.quote)]
        room = PROOFS - len(proofs)
        proofs += [(excerpt(ask.quote, "", TWO_LINES), _asked(view, ask)) for ask in asks[:room]]
        more += len(asks[room:])
    quiet = [f"{more} more in Why?"] if more else []
    if view.gaps and view.deal:
        names = [criterion_name(gap).lower() for gap in view.gaps]
        quiet.append(f"Still open: {listed(names, GAPS)}")
    blocks = [quotations(proofs)] if proofs else []
    return [*blocks, *([context(" · ".join(quiet))] if quiet else [])]


def _by_quote(changes: tuple[ChangeView, ...]) -> list[list[ChangeView]]:
    """Changes that one sentence proves belong together, in the order of the mail card."""
    order = list(dict.fromkeys(one_line(change.quote) for change in changes))
    ranked = sorted(changes, key=lambda change: order.index(one_line(change.quote)))
    return [list(group) for _, group in groupby(ranked, key=lambda c: one_line(c.quote))]


def _proof(view: MailCardView, group: list[ChangeView]) -> tuple[str, str]:
    """`Authority: Paul Denning, CFO · Economic buyer`, and the sentence that says so."""
    today = local_day(view.reader.now, view.reader.timezone)
    quote = group[0].quote or view.subject
    labels: dict[str, list[str]] = {}
    for change in group:
        value = value_words(change.after or "no longer known", quote, today)
        before = value_words(change.before, quote, today) if change.before else ""
        shown = f"{value} (before: {before})" if value and before else value
        labels.setdefault(shown, []).append(criterion_name(change.criterion))
    parts = [
        f"{' and '.join([names[0], *map(str.lower, names[1:])])}{f': {value}' if value else ''}"
        for value, names in labels.items()
    ]
    return excerpt(quote, group[0].after or "", TWO_LINES), " · ".join(parts)


def _asked(view: MailCardView, ask: AskView) -> str:
    return "In their words" if ask == view.asks[0] else "Also asks"


def _in_headline(view: MailCardView, quote: str) -> bool:
    stem = one_line(view.summary).rstrip("…").casefold()
    return bool(stem) and one_line(quote).casefold().startswith(stem)


# ── What I suggest ──────────────────────────────────────────────────────────────────────────────
def _suggestion(view: MailCardView) -> list[Block]:
    draft = view.draft
    if view.own is not None and view.own.unwritten:
        return unwritten_blocks(view, view.own)
    if draft is None:
        what = "an answer" if view.composed is None else "the mail"
        words = f"I'm drafting {what}." if view.analysed else _not_analysed(view)
        return [section(words), actions(*_without_draft(view))]
    target = Target(id=view.action_id, rev=draft.revision).encode()
    by = f", edited by {one_line(draft.author_name)[:40]}" if draft.author_name else ""
    what = "answer" if view.composed is None else "mail"
    title = f"I suggest this {what}" if draft.author == "model" else f"The {what} as it stands{by}"
    shown = draft_blocks(draft, reader=view.reader, title=title)
    stop = never_words(view.verdict_reasons)
    edit = button("Edit", ActionId.EDIT, target, style="primary" if stop else None)
    again = button("Regenerate", ActionId.REGENERATE, target)
    reject = button("Reject", ActionId.REJECT, target, style="danger")
    if view.gate is not None and not stop:
        return [*shown, *gated_blocks(view, view.gate, draft)]
    if stop:
        change = "Confirm them" if "confirmed contact" in stop else "Change the text"
        words = f"*I can't send this as it stands: {short(stop, 120)}.*\n{change}, "
        return [
            *shown,
            section(f"{words}or send it yourself from Gmail."),
            actions(edit, again, reject),
        ]
    if fits_card(draft):
        send = send_button(draft, Approval(id=view.action_id, rev=draft.revision, seen=draft.seen))
        return [*shown, actions(send, edit, again, reject)]
    long = "It is too long to show here whole; read all of it before you decide."
    hidden = "It contains characters that can't be shown. Edit it, or let me write it again."
    hint = context(long if is_plain(draft) else hidden)
    read = button("Read all", ActionId.READ_ALL, target, style="primary")
    return [*shown, hint, actions(read, edit, again, reject)]


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
    return [section(f"*{who} has it.*"), actions(take), context(_origin(view))]


# ── The quiet line and the feedback ─────────────────────────────────────────────────────────────
def _closing(view: MailCardView) -> list[Block]:
    lines = [_quiet_line(view)]
    if view.offline:
        wrote = view.draft is not None and view.draft.author == "model"
        did = "rules and templates wrote this" if wrote else "rules read their mail"
        lines.append(f"No model is configured: {did}.")
    blocks = [context(*lines)]
    if view.draft and view.draft.author == "model":
        blocks.append(feedback_buttons(view.action_id, rating=view.rating))
    return blocks


def _quiet_line(view: MailCardView) -> str:
    if view.own is not None and view.own.unwritten:
        return f"{unwritten_words(view.own)} · {_origin(view)}"
    care = policy_words(view.verdict_reasons)
    parts = [f"Take care: {short(', '.join(care), 160)}"] if care else []
    parts.append(f"{'a' if parts else 'A'} reply is {confidence_words(view.confidence)}")
    parts += ["also in your Gmail drafts"] if view.draft and view.draft.in_gmail else []
    return " · ".join([*parts, _origin(view)])


def _origin(view: MailCardView) -> str:
    """Who wrote, and when; or who gets what was asked for."""
    if view.composed is not None:
        return recipient_words(view, view.composed)
    who = short(view.contact_title or view.contact_email, 60)
    when = moment(view.received_at, view.reader.now, view.reader.timezone)
    first = " · first mail from this person" if view.first_contact else ""
    return f"{who}, wrote {when}{first}"


# ── Settled ─────────────────────────────────────────────────────────────────────────────────────
def settled_card(view: MailCardView) -> list[Block]:
    """One line of what became of it, and the next sensible step or nothing."""
    account = f", {short(view.account_name, 60)}" if view.account_name else ""
    about = f"{short(view.contact_name, 60)}{account} · {short(view.subject or 'no subject', 120)}"
    text = f"*{_headline(view)}*\n{about}"
    left = view.state in ("approved", "done") and view.draft is not None
    more = left and view.newer_action_id is None
    blocks = [section(text, accessory=_after(view) if more else None)]
    if view.own is not None and view.own.by_rule:
        blocks += own_settled(view, view.own)
    elif view.undo is not None and view.undo.allowed:
        target = Target(id=view.action_id).encode()
        blocks.append(actions(button("Undo", ActionId.UNDO, target)))
    if view.note and view.state != "handled":
        blocks.append(context(short(view.note, 400)))
    elif view.state == "done":
        blocks.append(
            context(
                f"A reply is {confidence_words(view.confidence)}. I'll say so here if one comes."
            )
        )
    if view.newer_action_id is not None:
        current = Target(id=view.newer_action_id).encode()
        blocks.append(actions(button("Show the current card", ActionId.SHOW_CURRENT, current)))
    elif more and view.draft and view.draft.author == "model":
        if view.asked:
            detail = button("Review in detail", ActionId.REVIEW, Target(id=view.action_id).encode())
            question = "*How was this draft?*\nYour word makes the next one better."
            blocks.append(section(question, accessory=detail))
        blocks.append(feedback_buttons(view.action_id, rating=view.rating))
    return blocks


def _after(view: MailCardView) -> Block:
    """What can still be looked at."""
    rev = view.draft.revision if view.draft else 0
    read = "Read what left" if view.state == "done" else "Read the mail"
    entries = [(read, ActionId.READ_ALL), ("Why?", ActionId.WHY)]
    if view.draft and view.draft.author == "model":
        entries.append(("Review in detail", ActionId.REVIEW))
    options = [(text, Choice(id=view.action_id, rev=rev, do=do).encode()) for text, do in entries]
    return overflow(ActionId.MORE, options)


def _leaving(view: MailCardView) -> str:
    """When it leaves, or that it is on its way."""
    if view.undo is not None and view.undo.leaves_at > view.reader.now:
        words = leaving_words(view.undo, view.reader)
        return words[0].upper() + words[1:]
    asked = view.undo.asked_by if view.undo else None
    return f"{short(asked, 60)} asked for an undo; I'm trying to stop it" if asked else "Sending"


def _left(view: MailCardView) -> str:
    """The hour it left: a card that stays where it is tells no `just now`."""
    if view.sent_at is None:
        return ""
    zone = view.reader.timezone
    today, left = local_day(view.reader.now, zone), local_day(view.sent_at, zone)
    on = "" if left == today else f" {day(left, today)}"
    return f"{on} at {clock_time(view.sent_at, zone)}"


def _headline(view: MailCardView) -> str:
    return own_headline(view) or _settled_words(view)


def _settled_words(view: MailCardView) -> str:
    who = short(view.decided_by or "somebody", 60)
    when = ""
    if view.decided_at:
        when = f", {moment(view.decided_at, view.reader.now, view.reader.timezone)}"
    if view.state == "done":
        return f"Sent by {who}{_left(view) or when}"
    if view.state == "approved":
        return {
            "unknown": "It may have been sent, and I can't tell. Please look in Gmail's Sent",
            "cancelled": f"Stopped before it left{when}",
        }.get(view.effect or "queued", f"Approved by {who}{when}. {_leaving(view)}")
    if view.state == "rejected":
        because = f": {short(view.decision_reason, 200)}" if view.decision_reason else ""
        return f"Rejected by {who}{when}{because}"
    if view.state == "voided":
        return "A newer mail came: see the current card"
    if view.state == "handled":
        return short(view.note.rstrip("."), 120) if view.note else "Sent from Gmail"
    return "This didn't work, and nothing was sent"
