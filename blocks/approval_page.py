"""The page behind the link in an approval mail: plain HTML without scripts, good on a phone."""

from blocks.approval_facts import draft_lines, due_words, facts, outcome_facts, outcome_words, text
from blocks.approval_words import approve_reasons, reject_reasons, takes_conditions
from blocks.page import page_css, page_template
from services.types.approval_mails import ActPage, PageState

HEADINGS = {
    PageState.UNKNOWN: "This link leads nowhere",
    PageState.FOREIGN: "This link isn't yours",
    PageState.EXPIRED: "This link has expired",
    PageState.USED: "This link has been used",
    PageState.SETTLED: "Already settled",
    PageState.REFUSED: "Nothing was decided",
    PageState.SIGN_IN: "A request waits for you",
    PageState.SLACK_ONLY: "A request waits for you",
    PageState.DONE: "Thank you",
    PageState.TROUBLE: "Try again in a moment",
}
FORM = frozenset({PageState.DECIDE, PageState.WRONG})


def act_page(page: ActPage, *, onward: str | None = None) -> str:
    """The whole page; `onward` sends the browser to Slack to sign in."""
    card = page.card
    return page_template("approval_page.html").render(
        page=page,
        onward=onward,
        css=page_css(),
        heading=HEADINGS.get(page.state) or text(page.title),
        form=card is not None and page.state in FORM,
        asks=f"{card.requester} asks you to decide." if card else "",
        due=due_words(card) if card else "",
        outcome=tuple(filter(None, (text(card.title), outcome_words(card), *outcome_facts(card))))
        if card
        else (),
        facts=facts(card) if card else (),
        draft="\n".join(draft_lines(card)) if card else "",
        approve=approve_reasons(card.type) if card else (),
        reject=reject_reasons(card.type) if card else (),
        tied=card is not None and takes_conditions(card.type),
    )
