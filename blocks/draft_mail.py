"""A mail about a draft: what was asked, why, the exact text, and how to decide; HTML and its plain
twin from one set of words."""

from dataclasses import dataclass
from datetime import date, datetime

from blocks.approval_facts import text, zone_of
from blocks.findings import finding_words
from blocks.mail_frame import framed, plain_foot
from blocks.parts import clean, confidence_words, cut, day, in_quotes, one_line
from blocks.terms import STRANGER, never_words, policy_words
from services.types.letters import DraftMailView, LetterKind
from services.types.views import DraftView, MailCardView

QUOTE = 400
QUOTES = 3
HOW_TO_REPLY = (
    "Or answer this mail:",
    "send",
    "shorter, mention the pilot",
    "reject because …",
)
ANYWAY = "send anyway"
UNDO = "undo"
NOT_HERE = "Decide in Slack: the card is in your messages with Understudy."
NOT_WHOLE = (
    "This text is too long to stand whole in a mail, or holds signs a mail can't show. Read all of "
    "it on the page or in Slack before you decide."
)
GATED = (
    "Your workspace's rules ask for an approval request for this kind of mail. Choose Ask for "
    "approval on the card in Slack; here it can be rejected or written another way."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    label: str
    lines: tuple[str, ...]
    tone: str = "say"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Button:
    text: str
    url: str
    tone: str = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    title: str
    lead: tuple[str, ...]
    facts: tuple[_Fact, ...]
    findings: tuple[str, ...]
    draft_label: str
    envelope: tuple[str, ...]
    draft: str
    buttons: tuple[_Button, ...]
    reply: tuple[str, ...]
    notes: tuple[str, ...]
    footer: tuple[str, ...]


def draft_mail(view: DraftMailView) -> tuple[str, str, str]:
    """(subject, HTML, plain text). The subject is the same for all mails about one draft."""
    words = _words(view)
    html = framed("draft_mail").render(
        title=words.title,
        preview=next(iter(words.lead), ""),
        words=words,
        footer=words.footer,
        links=(),
    )
    return _subject(view.card), html, _plain(words)


def _subject(card: MailCardView) -> str:
    return text(f"Draft for {_who(card)}: {card.subject or 'no subject'}")


def _who(card: MailCardView) -> str:
    known = card.account_name if card.account_name != card.contact_name else None
    return card.contact_name + (f", {known}" if known else "")


def _words(view: DraftMailView) -> _Words:
    card = view.card
    answer = view.kind is LetterKind.ANSWER
    pending = card.state == "pending" and not answer
    leaving = view.kind is LetterKind.LEAVING
    shown = card.draft if view.whole and not answer else None
    return _Words(
        title=text(_title(view)),
        lead=tuple(text(line) for line in _lead(view) if line),
        facts=_facts(card) if pending else (),
        findings=found_words(card) if pending else (),
        draft_label="The mail that leaves" if leaving else "The mail that would leave",
        envelope=envelope_lines(shown) if shown else (),
        draft=clean(shown.text) if shown else "",
        buttons=_buttons(view, pending=pending),
        reply=_how_to_reply(view, pending=pending),
        notes=_notes(view, pending=pending),
        footer=_footer(view),
    )


def _title(view: DraftMailView) -> str:
    who = _who(view.card)
    if view.kind is LetterKind.LEAVING:
        return f"The mail to {who} {'left' if view.card.state == 'done' else 'leaves'}"
    if view.kind is LetterKind.ANSWER:
        return f"About the draft for {who}"
    return f"A draft for {who} waits for you"


def _lead(view: DraftMailView) -> tuple[str, ...]:
    card = view.card
    if view.kind is LetterKind.LEAVING:
        return (leaving_words(view.card, view.leaves_at), "Approved by your reply.")
    if view.kind is LetterKind.CONFIRM:
        heard = f"You wrote: {in_quotes(view.heard)}" if view.heard else ""
        return (heard, view.said, "Nothing has been decided yet.")
    if view.kind is LetterKind.FINDINGS:
        return ("You want it to leave, and I found something in it. Nothing has left yet.",)
    return (view.said, card.note or "" if view.kind is LetterKind.DRAFT else "")


def leaving_words(card: MailCardView, leaves_at: datetime | None = None) -> str:
    """`Leaves at 10:43.` The button beside it says Undo."""
    if leaves_at is not None:
        return f"Leaves at {leaves_at.astimezone(zone_of(card.reader.timezone)):%H:%M}."
    if card.state == "done":
        return "It has left."
    if card.state == "pending":
        return "It was taken back and did not leave."
    return "It is on its way."


def _facts(card: MailCardView) -> tuple[_Fact, ...]:
    asks = tuple(in_quotes(cut(one_line(ask.quote), QUOTE)) for ask in card.asks[:QUOTES])
    found: list[_Fact] = []
    if card.composed is not None and card.composed.why_now:
        found.append(_Fact(label="Why now", lines=(text(card.composed.why_now),)))
    elif card.composed is not None and card.composed.instruction.strip():
        asked = in_quotes(cut(one_line(card.composed.instruction), QUOTE))
        found.append(_Fact(label="You asked for it", lines=(asked,), tone="quote"))
    if asks:
        found.append(_Fact(label=f"{text(card.contact_name)} asks", lines=asks, tone="quote"))
    elif card.summary.strip():
        found.append(_Fact(label="What it is about", lines=(text(card.summary),)))
    why = _why(card)
    if why:
        found.append(_Fact(label="Why now", lines=why))
    return tuple(found)


def _why(card: MailCardView) -> tuple[str, ...]:
    today = card.reader.now.astimezone(zone_of(card.reader.timezone)).date()
    dues = [ask.due for ask in card.asks if ask.due]
    lines = [due_line(min(dues), today)] if dues else []
    if card.deal is not None:
        lines.append(f"{text(card.deal.name)}, {text(card.deal.stage.replace('_', ' '))}")
    if card.sender_unverified:
        lines.append("Sender unverified: their server couldn't prove this address.")
    if card.stranger:
        lines.append(f"None of their people: {STRANGER}")
    if card.suspicious:
        lines.append("Part of their mail gives orders to a machine. I followed none of them.")
    care = policy_words(card.verdict_reasons)
    if care:
        lines.append(f"Take care: {text(', '.join(care))}")
    lines.append(f"A reply is {confidence_words(card.confidence)}.")
    return tuple(lines)


def due_line(due: date, today: date) -> str:
    return f"{'Was due' if due < today else 'Due'} {day(due, today)}"


def found_words(card: MailCardView) -> tuple[str, ...]:
    """What was found in the text, each with the words that show it."""
    found = card.draft.findings if card.draft else ()
    return tuple(finding_words(one, card.reader) for one in found)


def envelope_lines(draft: DraftView) -> tuple[str, ...]:
    """Who gets it, all of them, and under which subject."""
    rows = (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    lines = [f"{name}: {text(', '.join(people))}" for name, people in rows if people]
    return (*lines, f"Subject: {text(draft.subject)}")


def _can_approve(card: MailCardView) -> bool:
    return card.gate is None and not never_words(card.verdict_reasons)


def _buttons(view: DraftMailView, *, pending: bool) -> tuple[_Button, ...]:
    buttons: list[_Button] = []
    if view.link and view.leaves_at is not None and view.kind is LetterKind.LEAVING:
        buttons.append(_Button(text="Undo", url=view.link, tone="yes"))
    elif view.link and pending:
        if _can_approve(view.card):
            text_ = "Read and approve" if not view.whole or found_words(view.card) else "Approve"
            buttons.append(_Button(text=text_, url=f"{view.link}?choice=approve", tone="yes"))
        buttons.append(_Button(text="Reject", url=f"{view.link}?choice=reject"))
    elif view.link:
        buttons.append(_Button(text="Show it", url=view.link))
    if view.in_slack:
        buttons.append(_Button(text="Read in Slack", url=view.in_slack))
    return tuple(buttons)


def _how_to_reply(view: DraftMailView, *, pending: bool) -> tuple[str, ...]:
    if not view.tag:
        return ()
    if view.kind is LetterKind.LEAVING and view.leaves_at is not None:
        return (HOW_TO_REPLY[0], UNDO)
    if not pending:
        return ()
    if not view.whole or not _can_approve(view.card):
        return (HOW_TO_REPLY[0], *HOW_TO_REPLY[2:])
    send = ANYWAY if found_words(view.card) else HOW_TO_REPLY[1]
    return (HOW_TO_REPLY[0], send, *HOW_TO_REPLY[2:])


def _notes(view: DraftMailView, *, pending: bool) -> tuple[str, ...]:
    card, notes = view.card, []
    if pending and not view.whole:
        notes.append(NOT_WHOLE)
    stop = never_words(card.verdict_reasons)
    if pending and stop:
        notes.append(f"I can't send this as it stands: {text(stop)}.")
    elif pending and card.gate is not None:
        notes.append(GATED)
    if pending and not view.link and not view.tag:
        notes.append(NOT_HERE)
    if pending and card.offline:
        notes.append("No model is configured: rules and templates wrote this.")
    return tuple(notes)


def _footer(view: DraftMailView) -> tuple[str, ...]:
    lines = [f"Understudy wrote this to {text(view.card.reader.name)}."]
    if view.link:
        lines.append("The buttons open a page; nothing happens before you confirm there.")
    if view.tag:
        lines.append(f"It is meant for you alone. Reply token: {view.tag}")
    lines.append("Drafts by mail can be turned off in /understudy settings.")
    return tuple(lines)


def _plain(words: _Words) -> str:
    parts = [words.title, "\n".join(words.lead)]
    parts += [
        f"{fact.label}\n" + "\n".join(f"  {line}" for line in fact.lines) for fact in words.facts
    ]
    if words.findings:
        listed = "\n".join(f"  {line}" for line in words.findings)
        parts.append(f"Look at this before it leaves\n{listed}")
    if words.draft:
        head = "\n".join(words.envelope)
        parts.append(f"{words.draft_label}\n{head}\n\n{words.draft}")
    if words.buttons:
        parts.append("\n\n".join(f"{button.text}: {button.url}" for button in words.buttons))
    if words.reply:
        parts.append("\n".join(words.reply))
    parts += words.notes
    parts.append(plain_foot(words.footer))
    return "\n\n".join(part for part in parts if part) + "\n"
