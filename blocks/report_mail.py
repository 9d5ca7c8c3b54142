"""A report as a mail: subject, HTML and its plain twin, from one set of words. Each figure carries
its formula, sample, range and days in a numbered footnote of the same mail."""

from dataclasses import dataclass

from blocks.mail_frame import FootLink, framed, plain_foot
from blocks.report_words import (
    about,
    how_words,
    name_of,
    part_words,
    plain_note,
    shown_parts,
)
from services.types.reports import Figure, ReportLinks, ReportView

NOWHERE = ReportLinks()
STAYS = (
    "Ranges hold at 95 %. A report that was told stays as it was told; what changes later is told "
    "in the next one."
)
FOOT = (
    STAYS,
    "What comes when is up to you: /understudy settings in Slack.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    number: int
    name: str
    lines: tuple[str, ...]
    how: tuple[tuple[str, str], ...]


def report_mail(view: ReportView, links: ReportLinks = NOWHERE) -> tuple[str, str, str]:
    """(subject, HTML, plain text). Pure."""
    report = view.report
    headline = f"{name_of(report)} in figures"
    whose = about(report)
    items = tuple(_item(one, number) for number, one in enumerate(report.figures, 1))
    notes = tuple(plain_note(one) for one in report.notes)
    corrections = tuple(plain_note(one) for one in report.corrections)
    footer = (f"Understudy's report for {plain_note(view.reader.name)}.", *FOOT)
    foot_links = _foot_links(links)
    html = framed("report").render(
        title=headline,
        preview="; ".join(item.lines[0] for item in items[:2] if item.lines),
        about=f"Figures of {whose}",
        headline=headline,
        notes=notes,
        items=items,
        corrections=corrections,
        footer=footer,
        links=foot_links,
    )
    plain = [f"Figures of {whose}\n{headline}", "\n".join(notes), *map(_plain, items)]
    if corrections:
        plain.append("\n".join(["What has changed since the last report", *corrections]))
    plain += ["How each figure is counted", *map(_plain_how, items)]
    plain.append(plain_foot(footer, foot_links))
    return f"{name_of(report)}: Understudy's report", html, "\n\n".join(filter(None, plain)) + "\n"


def _item(figure: Figure, number: int) -> _Item:
    return _Item(number=number, name=figure.name, lines=_lines(figure), how=how_words(figure))


def _lines(figure: Figure) -> tuple[str, ...]:
    shown = shown_parts(figure)
    told = [part_words(one, ":") for one in shown]
    said = tuple(f"{words[:1].upper()}{words[1:]}" for words in told)
    if not said:
        said = (f"Not known: {figure.unknown}" if figure.unknown else "Nothing seen",)
    notes = (plain_note(one) for one in figure.notes)
    return (*said, *(f"{one[:1].upper()}{one[1:]}" for one in notes))


def _plain(item: _Item) -> str:
    return "\n".join([f"{item.name} [{item.number}]", *item.lines])


def _plain_how(item: _Item) -> str:
    told = (f"{name}: {words}" for name, words in item.how)
    return "\n".join([f"[{item.number}] {item.name}", *told])


def _foot_links(links: ReportLinks) -> tuple[FootLink, ...]:
    named = (
        ("Open Slack", links.in_slack),
        ("No more reports by mail", links.unsubscribe),
    )
    return tuple(FootLink(text=text, url=url) for text, url in named if url)
