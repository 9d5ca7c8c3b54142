"""`/understudy team`: how a team's drafts fared, week by week, and its people compared fairly."""

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.charts import Series, bar_chart, columns, left_out, line_chart
from blocks.learning_values import Page
from blocks.learning_words import (
    UNKNOWN,
    answers,
    counted,
    days_words,
    fates,
    health_words,
    took,
)
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    clock_time,
    context,
    count,
    percent,
    section,
    short,
)
from blocks.values import Target
from services.intervals import share_of
from services.types.team import Person, Place, TeamPage, Week

TREND = {
    "more": "rising over 12 weeks",
    "fewer": "falling over 12 weeks",
    "same": "no clear trend over 12 weeks",
    "unknown": "too few weeks for a trend",
}
TOLD = {
    "above": "*above the others*",
    "below": "*below the others*",
    "same": "can't be told apart from the others",
    "few": "too few to compare",
}


def team_text(view: TeamPage) -> str:
    then = view.spans.answers
    return f"{_whose(view)}: {then.answered:,} of {then.resolved:,} mails answered"


def team_blocks(view: TeamPage) -> list[Block]:
    """As a message: what there is to decide and to do above the charts, which are long."""
    foot = context(_foot(view))
    return [*_figures(view), *_people(view), *_ways(view), *_charts(view), foot]


def team_modal(view: TeamPage) -> Block:
    """In a window, where there are no charts: the weeks as lines."""
    blocks = [*_figures(view), *_weeks(view), *_people(view), *_ways(view)]
    blocks.append(context(_foot(view)))
    return modal(_whose(view), blocks, callback_id=CallbackId.TOLD)


def weeks_modal(view: TeamPage) -> Block:
    """The numbers behind the charts, with what a chart has no room for."""
    return modal("Week by week", _weeks(view), callback_id=CallbackId.TOLD)


def _whose(view: TeamPage) -> str:
    return "The workspace" if view.whole else "Your team"


# ── The figures ─────────────────────────────────────────────────────────────────────────────────
def _figures(view: TeamPage) -> list[Block]:
    spans, now = view.spans, view.spans.now
    if not view.members:
        none = "Nobody reports to you yet: who leads whom is in the members' file."
        return [section(f"*{_whose(view)}*\n{none}")]
    people = count(view.members, "person", "people")
    head = f"*{_whose(view)}* · {people}, {count(now.proposed, 'draft')} in {spans.days} days"
    lines = fates(spans, mine=False)
    lines.append(f"• Time to decide: {took(now.seconds, now.timed)}")
    lines.append(f"• Time to answer: {took(now.answer_seconds, now.answers_timed)}")
    if view.accounts:
        health = f"average health {health_words(view.health)}"
        lines.append(f"• {count(view.accounts, 'account')}, {health}")
    when = days_words(spans.first, spans.last)
    back = [f"*What came back* · {when}", *answers(spans)]
    back.append(f"• Trend: {TREND[view.trend]}")
    return [section("\n".join([head, *lines])), section("\n".join(back))]


def _names(weeks: tuple[Week, ...]) -> list[str]:
    return [f"{week.begins.day} {week.begins:%b}" for week in weeks]


def _answered(weeks: tuple[Week, ...]) -> list[float | None]:
    """In per cent; a week that isn't over yet, or without a mail, is unknown."""
    shares = [
        share_of(week.figures.answered, week.figures.resolved).value if week.over else None
        for week in weeks
    ]
    return [None if share is None else round(share * 100, 1) for share in shares]


def _unchanged(weeks: tuple[Week, ...]) -> list[float | None]:
    shares = [share_of(week.figures.unchanged, week.figures.decided).value for week in weeks]
    return [None if share is None else round(share * 100, 1) for share in shares]


def _charts(view: TeamPage) -> list[Block]:
    """At most two, as Slack has it."""
    names = _names(view.weeks)
    whose: list[Series] = [(_whose(view), _answered(view.weeks))]
    fate: list[Series] = [(_whose(view), _unchanged(view.weeks))]
    found = [
        line_chart("Answered, by the week it was proposed", names, whose, y_label="Per cent"),
        bar_chart("Sent unchanged, of those decided", names, fate, y_label="Per cent"),
    ]
    blocks = [chart for chart in found if chart is not None]
    if any(week.figures.proposed for week in view.weeks):
        table = button("As a table", ActionId.TEAM_WEEKS, "team")
        blocks.insert(0, section("*Week by week*", table))
    missing = left_out(names, whose)
    if blocks and missing:
        blocks.append(context(f"Not drawn, because unknown: answers of {', '.join(missing)}."))
    return blocks


def _weeks(view: TeamPage) -> list[Block]:
    """As narrow as a phone."""
    if not any(week.figures.proposed for week in view.weeks):
        return []
    rows = [
        [
            name,
            f"{week.figures.proposed:,}",
            UNKNOWN if kept is None else percent(kept / 100),
            f"{week.figures.answered:,} of {week.figures.resolved:,}" if week.over else UNKNOWN,
        ]
        for name, week, kept in zip(
            _names(view.weeks), view.weeks, _unchanged(view.weeks), strict=True
        )
    ]
    return [
        section(
            "By the Monday they begin with. *As is*: sent unchanged, of those decided on. "
            "*Answered*: of mails whose 7 days are over."
        ),
        columns(("Week", "Drafts", "As is", "Answered"), rows),
        context("Answers are unknown until all mails of a week have had their 7 days."),
    ]


# ── People ──────────────────────────────────────────────────────────────────────────────────────
def _people(view: TeamPage) -> list[Block]:
    if not view.total:
        return []
    if not view.names:
        return [context("Single people's figures are for whoever leads them.")]
    places = {place.member_id: place for place in view.comparison.places}
    blocks = [section(f"*Person by person* · answered\n{_order(view)}")]
    blocks += [
        section(
            _person(one, places[one.member_id], apart=view.comparison.differs),
            button(
                "Open",
                numbered(ActionId.PERSON, number),
                Target(id=one.member_id).encode(),
                label=f"{one.name}'s figures",
            ),
        )
        for number, one in enumerate(view.people)
    ]
    blocks += _turns(view)
    notes = []
    best = view.comparison.best
    if best is not None:
        who = "the first of them" if best.people == 1 else f"the first {best.people} of them"
        notes.append(
            f"The best tenth, {who}: {counted(best.share)}; part of being first is luck, without "
            f"it about {percent(best.drawn)}."
        )
    if view.silent:
        notes.append(f"{count(view.silent, 'person', 'people')} had no draft.")
    return [*blocks, *([context(" ".join(notes))] if notes else [])]


def _order(view: TeamPage) -> str:
    average = f"All together: {counted(view.comparison.average)}."
    placed = [one for one in view.comparison.places if one.told != "few"]
    if not placed:
        return f"{average} Nobody has 10 mails yet whose time is over, so nobody is compared."
    if len(placed) == 1:
        return f"{average} Only one has 10 mails whose time is over, so nobody is compared."
    if not view.comparison.differs:
        return "People differ by no more than chance makes them, so they stand by name."
    apart = any(one.told in ("above", "below") for one in placed)
    word = "" if apart else " Nobody can be told apart from the others."
    return (
        f"{average} Ordered by what each share is at least; one of few mails counts as nearer to "
        f"the average.{word}"
    )


def _person(one: Person, place: Place, *, apart: bool) -> str:
    """Where nobody is told apart, that stands above them once."""
    told = f" · {TOLD[place.told]}" if apart or place.told == "few" else ""
    share = counted(place.share) if place.share.of else "no mail whose time is over"
    drafts = one.figures
    parts = [count(drafts.proposed, "draft")]
    if drafts.decided:
        parts.append(f"{drafts.unchanged:,} of {drafts.decided:,} unchanged")
    return f"*{short(one.name, 60)}* · {share}{told}\n{' · '.join(parts)}"


def _turns(view: TeamPage) -> list[Block]:
    pages = -(-view.total // view.size)
    if pages < 2:  # noqa: PLR2004 - a list that fits
        return []
    first = view.page * view.size + 1
    ways = []
    for words, to in (("Back", view.page - 1), ("Next", view.page + 1)):
        if 0 <= to < pages:
            name = f"{ActionId.TEAM_TURN}#{words.lower()}"
            value = Page(page=to).encode()
            ways.append(button(words, name, value, label=f"{words} in the list of people"))
    last = first + len(view.people) - 1
    return [context(f"{first:,} to {last:,} of {view.total:,}"), actions(*ways)]


# ── Below ───────────────────────────────────────────────────────────────────────────────────────
def _ways(view: TeamPage) -> list[Block]:
    ways = []
    if view.to_label:
        words = f"What came of {count(view.to_label, 'mail')}?"
        ways.append(button(words, ActionId.TO_LABEL, Page().encode(), style="primary"))
    if view.members:
        ways.append(button("Where work goes", ActionId.TEAM_WORK, "team"))
    if view.names and view.members:
        ways.append(button("To talk about", ActionId.TEAM_COACHING, "team"))
    ways.append(button("How it's counted", ActionId.HOW_COUNTED, "team"))
    return [actions(*ways)]


def _foot(view: TeamPage) -> str:
    seen = "You and admins see this" if view.reader.role == "manager" else "Admins see this"
    if not view.names:
        seen = "Executives and admins see these totals"
    as_of = f"As of {clock_time(view.as_of or view.reader.now, view.reader.timezone)}."
    return f"{seen}; nobody is ranked in public. {as_of}"
