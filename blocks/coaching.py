"""What was found about how mails go: lines for pages that list findings, and a finding's own."""

from datetime import date

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.learning_words import counted
from blocks.lint import fitted
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    day,
    local_day,
    section,
    short,
)
from blocks.values import Target
from services.types.coaching import (
    Compared,
    ExampleMail,
    Finding,
    FindingView,
    Opportunity,
    ToTry,
)

FORMULAS = "docs/coaching.md"
NO_PROOF = "Why it is so, figures can't tell: who writes differently may also write to others."
NOTHING_YET = "I haven't looked at your mails yet: I do so each night."
NOTHING_FOUND = "Nothing in your mails stands out beyond what chance explains."
REFUSED = "Understood. I won't show you this for the next 90 days; nothing else changes."
MISSING = 3


# ── Lines for others' pages ─────────────────────────────────────────────────────────────────────
def finding_lines(finding: Finding, number: int = 0) -> list[Block]:
    """What to try, what was seen, and the figures; its page behind the button. `number` tells
    several in one message apart."""
    return [
        section(f"*{finding.advice}*\n{finding.sentence}"),
        context(figures(finding.compared, finding.starts_on, finding.ends_on)),
        actions(mails_button(finding, number)),
    ]


def mails_button(finding: Finding, number: int = 0) -> Block:
    """The way to its page, which has the mails behind it."""
    shown = "Show the mails" if finding.examples else "Show the figures"
    return button(
        shown,
        numbered(ActionId.FINDING_MAILS, number),
        Target(id=finding.id).encode(),
        label=f"{shown}: {finding.advice}",
    )


def to_try_blocks(view: ToTry) -> list[Block]:
    """All of it, or honestly what is missing."""
    lines = [
        block
        for number, finding in enumerate(view.findings)
        for block in finding_lines(finding, number)
    ]
    if not lines:
        lines = [section(NOTHING_YET if view.looked_at is None else NOTHING_FOUND)]
    return [*lines, context(_compared(view))] if view.looked_at else lines


def _compared(view: ToTry) -> str:
    made = count(view.compared, "comparison")
    told = f"{made} made over {count(view.threads, 'thread')} of yours."
    if not view.missing:
        return told
    more = len(view.missing) - MISSING
    rest = f" {more} others lack more." if more > 1 else " One other lacks more." if more else ""
    return f"{told} {' '.join(view.missing[:MISSING])}{rest if more > 0 else ''}"


def opportunity_lines(one: Opportunity, *, named: bool = True) -> list[Block]:
    """What was seen of one rep, why it may matter, the reasons and the figures. `named`: whose it
    is isn't said above."""
    why = ", ".join(f"{short(reason, 60)} ({times})" for reason, times in one.reasons)
    reasons = f"\nReasons given: {why}" if why else ""
    seen = one.sentence
    if named:
        seen = f"*{short(one.member_name, 60)}*: {seen[:1].lower()}{seen[1:]}"
    shared = "" if one.shares else " · numbers only: they don't share their mails"
    return [
        section(f"{seen}\n{one.why}{reasons}"),
        context(figures(one.compared, one.starts_on, one.ends_on) + shared),
    ]


def figures(found: Compared, first: date, last: date) -> str:
    """Difference, interval, on how many accounts, period."""
    over = (count(found.accounts, "account"),) if found.accounts else ()
    span = f"{day(first, last)} to {last.day} {last:%b %Y}"
    return " · ".join((points(found), *over, span))


def points(found: Compared) -> str:
    """'+22 points (+9 to +35)'."""
    effect, low, high = (round(100 * one) for one in (found.effect, found.low, found.high))
    return f"{effect:+d} points ({low:+d} to {high:+d})"


def chance(found: Compared) -> str:
    """How much of what is shown like this is chance, with the statisticians' letter."""
    q = "below 0.001" if found.q < 0.001 else f"{found.q:.3f}"  # noqa: PLR2004 - three digits
    return f"Chance alone would show a difference like this seldom: q is {q}, the limit 0.05."


# ── A finding's page ────────────────────────────────────────────────────────────────────────────
def finding_modal(view: FindingView) -> Block:
    finding = view.finding
    blocks = [
        section(f"*{finding.advice}*\n{finding.sentence}"),
        context(figures(finding.compared, finding.starts_on, finding.ends_on)),
        *_mails(view),
        context(f"{chance(finding.compared)} {NO_PROOF}", f"The formulas: {FORMULAS}"),
        actions(button("Not helpful", ActionId.FINDING_REFUSE, Target(id=finding.id).encode())),
    ]
    return modal("Something to try", fitted(blocks), callback_id=CallbackId.TOLD)


def _mails(view: FindingView) -> list[Block]:
    """The reader's newest mails on each side; why the copilot wrote one is behind its button."""
    made: list[Block] = []
    for first, side in zip((True, False), view.sides, strict=True):
        of = [(number, one) for number, one in enumerate(view.mails) if one.first is first]
        if of:
            share = view.finding.compared.first if first else view.finding.compared.second
            head = f"*Your newest: {side}*\nAnswered: {counted(share)}"
            made += [section(head), *(_mail(view, one, number) for number, one in of)]
    return made


def _mail(view: FindingView, one: ExampleMail, number: int) -> Block:
    sent = day(local_day(one.sent_at, view.timezone), local_day(view.now, view.timezone))
    came = "answered" if one.answered else "not answered"
    about = short(one.subject or "no subject", 80)
    why = (
        button("Why?", numbered(ActionId.WHY, number), Target(id=one.action_id).encode())
        if one.action_id
        else None
    )
    return section(f"{sent}: “{about}”, {short(one.account, 60)}: {came}", why)


def refused_modal() -> Block:
    return modal("Something to try", [section(REFUSED)], callback_id=CallbackId.TOLD)
