"""A mail about an approval request: what is asked, the facts, and how to decide; HTML and its plain
twin from one set of words."""

from dataclasses import dataclass

from blocks.approval_facts import (
    Fact,
    draft_lines,
    due_words,
    facts,
    outcome_facts,
    outcome_words,
    text,
)
from blocks.approval_words import takes_conditions
from blocks.mail_frame import framed, plain_foot
from services.types.approval_mails import ApprovalMailView, NoteKind
from services.types.approvals import RequestStatus

SUBJECTS = {
    NoteKind.REQUEST: "Please decide",
    NoteKind.REMINDER: "Still waiting for you",
    NoteKind.URGENT: "Urgent",
    NoteKind.CONFIRM: "Please say it again",
}
OUTCOMES = {
    RequestStatus.PENDING: "Noted",
    RequestStatus.APPROVED: "Approved",
    RequestStatus.REJECTED: "Rejected",
    RequestStatus.EXPIRED: "Expired",
    RequestStatus.WITHDRAWN: "Taken back",
    RequestStatus.VOIDED: "No longer valid",
}
HOW_TO_REPLY = (
    "Or answer this mail. Begin with one of these lines:",
    "approve because …",
    "reject because …",
)
WITH_CONDITIONS = "approve with conditions: …"
NOT_BY_MAIL = "Decide in Slack: the card is in your messages with Understudy."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    subject: str
    lead: tuple[str, ...]
    facts: tuple[Fact, ...]
    draft: str
    approve: str
    reject: str
    look: str
    reply: tuple[str, ...]
    closing: str
    footer: tuple[str, ...]


def approval_mail(view: ApprovalMailView) -> tuple[str, str, str]:
    """(subject, HTML, plain text). Pure: the reader's `now` and zone are in the view."""
    words = _words(view)
    html = framed("approval_mail").render(
        title=text(view.card.title),
        preview=words.lead[0] if words.lead else "",
        words=words,
        footer=words.footer,
        links=(),
    )
    return words.subject, html, _plain(view, words)


def _words(view: ApprovalMailView) -> _Words:
    card, link = view.card, view.link
    outcome = view.kind is NoteKind.OUTCOME
    label = OUTCOMES[card.status] if outcome else SUBJECTS[view.kind]
    if view.answer:
        label = "Your answer"
    closing = "" if link or view.tag or outcome else NOT_BY_MAIL
    return _Words(
        subject=text(f"{label}: {card.title}"),
        lead=tuple(text(line) for line in _lead(view) if line),
        facts=facts(card),
        draft="\n".join(draft_lines(card)),
        approve=f"{link}?choice=approve" if link else "",
        reject=f"{link}?choice=reject" if link else "",
        look=link or "",
        reply=_how_to_reply(card.type) if view.tag else (),
        closing=closing,
        footer=_footer(view),
    )


def _how_to_reply(type_: str) -> tuple[str, ...]:
    return (*HOW_TO_REPLY, *((WITH_CONDITIONS,) if takes_conditions(type_) else ()))


def _lead(view: ApprovalMailView) -> tuple[str, ...]:
    card = view.card
    if view.kind is NoteKind.OUTCOME:
        first = (view.answer,) if view.answer else ()
        return (*first, outcome_words(card), *outcome_facts(card))
    if view.kind is NoteKind.CONFIRM and view.heard is not None:
        heard = view.heard
        return (f"You wrote: “{heard.words}”", heard.problem, "Nothing has been decided yet.")
    instead = f"You decide for {card.deciding_for}." if card.deciding_for else ""
    return (f"{card.requester} asks you to decide.", instead, due_words(card))


def _footer(view: ApprovalMailView) -> tuple[str, ...]:
    lines = [f"Understudy wrote this to {text(view.card.reader.name)}."]
    if view.link:
        lines.append("The buttons open a page; nothing is decided before you confirm there.")
    if view.tag:
        lines.append(f"It is meant for you alone. Reply token: {view.tag}")
    return tuple(lines)


def _plain(view: ApprovalMailView, words: _Words) -> str:
    parts = [text(view.card.title), "\n".join(words.lead)]
    parts += [
        f"{fact.label}\n" + "\n".join(f"  {line}" for line in fact.lines) for fact in words.facts
    ]
    if words.draft:
        parts.append(f"The mail that would leave\n\n{words.draft}")
    if words.look:
        parts.append(f"Approve: {words.approve}\n\nReject: {words.reject}")
    if words.reply:
        parts.append("\n".join(words.reply))
    if words.closing:
        parts.append(words.closing)
    parts.append(plain_foot(words.footer))
    return "\n\n".join(part for part in parts if part) + "\n"
