"""What a team's decisions go into, in a window behind its page."""

from blocks.action_ids import CallbackId
from blocks.learning_words import counted, took
from blocks.modals import modal
from blocks.parts import Block, clock_time, context, count, escape, section, short
from services.intervals import share_of
from services.learning_views.seasons import WEEKS
from services.types.autonomy_words import type_words
from services.types.work import WorkPage

DAYS = ("", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
KINDS = 6
ABSENT = (
    "Not here, because nothing I read says it: satisfaction (CSAT, NPS), churn prevented, hours "
    "worked. The time of day is in what reps may try."
)


def work_modal(view: WorkPage) -> Block:
    blocks = [_kinds(view), *_done(view), _weekday(view), *_alike(view)]
    as_of = f"As of {clock_time(view.as_of, view.reader.timezone)}. {ABSENT}"
    return modal("Where work goes", [*blocks, context(as_of)], callback_id=CallbackId.TOLD)


def _kinds(view: WorkPage) -> Block:
    """Decisions, not hours: a card may lie open through lunch."""
    head = f"*What is decided on* · {view.days} days, shares of decisions, not of hours"
    if not view.decided:
        return section(f"{head}\nNothing was decided.")
    lines = [
        f"• {escape(type_words(name))}: {counted(share_of(one.decided, view.decided))}; "
        f"from shown to decided {took(one.seconds, one.timed)}"
        for name, one in view.types[:KINDS]
        if one.decided
    ]
    if view.accounts:
        told = ", ".join(f"{short(name, 60)} {number:,}" for _, name, number in view.accounts)
        lines.append(f"• Most on: {told}; of {view.of_accounts:,} on an account")
    return section("\n".join([head, *lines]))


def _done(view: WorkPage) -> list[Block]:
    lines = [f"• Conversations handled: {view.conversations:,}"]
    if view.proposals:
        share = share_of(view.taken_up, view.proposals)
        lines.append(f"• Proposals of mine that were taken up: {counted(share)}")
    return [section("\n".join([f"*Done* · {view.days} days", *lines]))]


def _weekday(view: WorkPage) -> Block:
    head = "*By weekday* · mails proposed on it, UTC, the last half year"
    best = view.weekday
    if best is not None:
        name, others = DAYS[best.weekday], best.others
        told = f"{name} are answered most: {counted(best.share)}; other days {counted(others)}."
        return section(f"{head}\n{told} That may be what was sent on them, not the day.")
    if view.weeks < WEEKS:
        weeks = f"{count(view.weeks, 'week')} so far, {WEEKS} are needed"
        return section(f"{head}\nUnknown: {weeks} whose mails have had their 7 days.")
    return section(f"{head}\nNo weekday stands out beyond chance.")


def _alike(view: WorkPage) -> list[Block]:
    if not view.unchanged_kinds:
        return []
    lines = [
        f"• {escape(type_words(name))}: {counted(share)} sent unchanged"
        for name, share in view.unchanged_kinds
    ]
    ask = (
        "Each waits for a person. Your admin can look at `/understudy autonomy`: once it is "
        "earned they leave by themselves, with time to undo."
    )
    return [section("\n".join(["*What could do without a look*", *lines, ask]))]
