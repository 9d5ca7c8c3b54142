"""What a mail card says where the mail answers nothing: somebody asked for it."""

from blocks.parts import moment, one_line, short
from blocks.terms import excerpt
from services.types.views import ComposedView, MailCardView

KINDS = {
    "outreach": "a first mail",
    "follow_up": "a follow-up",
    "update": "an update",
    "escalation": "a mail that raises a problem",
    "reply": "an answer to a Slack message",
}
TWO_LINES = 80


def kind_words(composed: ComposedView) -> str:
    """`a follow-up you asked for, in the thread “Pilot”`; of my own accord only `a follow-up`."""
    kind = KINDS.get(composed.purpose, "a mail")
    thread = f", in the thread “{short(composed.thread, 60)}”" if composed.thread else ""
    return f"{kind}{'' if composed.started else ' you asked for'}{thread}"


def asked_proofs(composed: ComposedView) -> list[tuple[str, str]]:
    """The words it was asked with, the alert or the Slack message it was asked on."""
    proofs = []
    if composed.alert:
        proofs.append((excerpt(composed.alert, "", TWO_LINES), "The alert"))
    elif composed.instruction.strip() and not composed.why_now:
        proofs.append((excerpt(composed.instruction, "", TWO_LINES), "In your words"))
    if composed.source.strip():
        proofs.append((excerpt(composed.source, "", TWO_LINES), "The Slack message"))
    return proofs


def recipient_words(view: MailCardView, composed: ComposedView) -> str:
    """Who gets it, and when they last wrote."""
    who = short(view.contact_title or view.contact_email, 60)
    if composed.heard_at is not None:
        wrote = moment(composed.heard_at, view.reader.now, view.reader.timezone)
        return f"{who}, last wrote {one_line(wrote)}"
    first = "first mail to this person" if view.first_contact else "hasn't written yet"
    return f"{who}, {first}"
