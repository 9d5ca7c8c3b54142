"""The pages behind links to drafts, and those that end a kind of mail: plain HTML without scripts,
good on a phone."""

from blocks.approval_facts import text
from blocks.draft_mail import envelope_lines, found_words, leaving_words
from blocks.page import page_css, page_template
from blocks.parts import clean, cut, in_quotes, moment, one_line
from blocks.terms import never_words
from services.types.approval_mails import PageState
from services.types.letters import DraftPage, EndPage
from services.types.views import MailCardView

HEADINGS = {
    PageState.UNKNOWN: "This link leads nowhere",
    PageState.FOREIGN: "This link isn't yours",
    PageState.EXPIRED: "This link has expired",
    PageState.SETTLED: "Already decided",
    PageState.REFUSED: "Nothing was decided",
    PageState.SIGN_IN: "A draft waits for you",
    PageState.SLACK_ONLY: "A draft waits for you",
    PageState.LEAVING: "It is on its way",
    PageState.DONE: "Thank you",
    PageState.TROUBLE: "Try again in a moment",
}
FORM = frozenset({PageState.DECIDE, PageState.WRONG})
QUOTE, QUOTES = 400, 3
GATED = (
    "Your workspace's rules ask for an approval request for this kind of mail. Ask for it on the "
    "card in Slack."
)
OUTCOMES = {
    "approved": "It was approved",
    "done": "It was sent",
    "rejected": "It was rejected",
    "voided": "A newer mail came, so this draft no longer counts",
    "handled": "It was handled by hand",
    "failed": "It could not be sent; the card in Slack says why",
}


def draft_page(page: DraftPage, *, onward: str | None = None) -> str:
    """The whole page; `onward` sends the browser to Slack to sign in."""
    card = page.card
    deciding = card is not None and page.state in FORM
    undo = page.leaves_at is not None and page.state in {PageState.LEAVING, PageState.WRONG}
    form = deciding and page.leaves_at is None
    draft = card.draft if card and (form or page.state is PageState.LEAVING) else None
    return page_template("draft_page.html").render(
        page=page,
        onward=onward,
        css=page_css(),
        heading=HEADINGS.get(page.state) or text(page.title),
        lines=_lines(page),
        findings=found_words(card) if card and form else (),
        who=text(card.contact_name) if card else "",
        asks=_asks(card) if card and form else (),
        draft_label="The mail that would leave" if form else "The mail that leaves",
        envelope=envelope_lines(draft) if draft else (),
        draft=clean(draft.text) if draft else "",
        undo=undo,
        form=form,
        approve=_approve(page) if form else None,
    )


def _lines(page: DraftPage) -> tuple[str, ...]:
    card = page.card
    if card is None:
        return ()
    if page.state is PageState.LEAVING:
        return (leaving_words(card, page.leaves_at),)
    if page.state in FORM:
        stop = never_words(card.verdict_reasons)
        if stop:
            return (f"I can't send this as it stands: {text(stop)}.",)
        return (GATED,) if card.gate is not None else ()
    if card.state == "pending" or page.state is PageState.REFUSED:
        return ()
    outcome = OUTCOMES.get(card.state, "")
    by = f" by {text(card.decided_by)}" if card.decided_by and card.state in OUTCOMES else ""
    when = ""
    if card.decided_at is not None and by:
        when = f", {moment(card.decided_at, card.reader.now, card.reader.timezone)}"
    return (text(card.subject), f"{outcome}{by}{when}.") if outcome else ()


def _asks(card: MailCardView) -> tuple[str, ...]:
    return tuple(in_quotes(cut(one_line(ask.quote), QUOTE)) for ask in card.asks[:QUOTES])


def _approve(page: DraftPage) -> dict[str, str] | None:
    """The button that lets it leave, where there is one."""
    card = page.card
    if card is None or card.gate is not None or never_words(card.verdict_reasons):
        return None
    if found_words(card):
        return {"value": "anyway", "text": "Send anyway"}
    return {"value": "approve", "text": "Approve and send"}


def end_page(page: EndPage) -> str:
    """What a press of the button ends, or that it has ended."""
    lines: tuple[str, ...]
    if not page.known:
        heading, lines = "This link leads nowhere", ("It may be incomplete.",)
    elif page.failed:
        heading, lines = "Nothing was changed", ("I couldn't read that. Open the link again.",)
    elif page.done:
        heading = f"No more mails about {page.what}"
        lines = (
            "What comes in Slack stays as it is.",
            "You can have them again in Slack: /understudy settings.",
        )
    else:
        heading = f"Mails about {page.what}"
        lines = ("They come to you by mail. In Slack nothing changes.",)
    button = f"No more mails about {page.what}" if page.known and not page.done else ""
    return page_template("end_page.html").render(
        heading=heading, lines=lines, button=button, css=page_css()
    )
