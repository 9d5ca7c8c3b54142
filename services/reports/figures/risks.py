"""Risks: what went wrong, was stopped, or waits. Counts of all there were, so without a range."""

from dataclasses import dataclass, fields

from services.reports.figures.numbers import Days, count
from services.types.reports import Figure

KEY, NAME = "risks", "Risks"
FORMULA = "Counts of events, each once. Exact, so there is no range; 0 means none was seen."
COUNTED = (
    "Incidents: mails that left other than approved, found by reading them back. Undone: "
    "sends that somebody called off in time. Called not helpful: drafts and decisions. Never "
    "allowed: texts that policy stopped. Everything stopped, types stopped: by an admin's "
    "switch. Demotions: levels of autonomy that fell. Orders to a machine: texts that tried "
    "to give me orders, by mail or otherwise. Undecided: actions proposed in these days that "
    "still wait. Mailboxes lost: that Google refuses now, and since these days. The last two "
    "are as of when the report was made."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The names of the fields are those of `db/report_facts.count_risks`."""

    incidents: int = 0
    undone: int = 0
    disliked: int = 0
    never_allowed: int = 0
    stopped_all: int = 0
    stopped_types: int = 0
    demotions: int = 0
    orders: int = 0
    undecided: int = 0
    mailboxes_lost: int = 0


LABELS = {
    "incidents": "incidents",
    "undone": "undone in time",
    "disliked": "called not helpful",
    "never_allowed": "never allowed",
    "stopped_all": "everything stopped",
    "stopped_types": "types stopped",
    "demotions": "demotions",
    "orders": "texts with orders to a machine",
    "undecided": "undecided",
    "mailboxes_lost": "mailboxes lost",
}


OF_ALL = frozenset({"stopped_all", "stopped_types", "demotions", "orders"})
"""What concerns the whole company and so is nobody's people's."""


def figure(seen: Seen, proposed: int, days: Days, *, whole: bool = True) -> Figure:
    names = [one.name for one in fields(seen) if whole or one.name not in OF_ALL]
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=f"actions proposed: {proposed:,}",
        since=days.first,
        until=days.last,
        parts=tuple(count(LABELS[name], getattr(seen, name)) for name in names),
        told={"incidents": seen.incidents},
    )
