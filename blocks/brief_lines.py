"""The lines of a brief, part by part: what each says, and where it comes from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from blocks.parts import count, day, local_day, moment, money, short
from blocks.terms import criterion_name, due_words, excerpt, sentence, state_words, value_words
from services.types.account_view import (
    AccountView,
    Channel,
    DealLine,
    Deed,
    DeedKind,
    Event,
    Fact,
    Past,
    Person,
    Promise,
    PromiseState,
    Side,
    SignalLine,
    Where,
)

QUOTE = 110
CHANNELS = {
    Channel.MAIL: "mail",
    Channel.MEETING: "meeting",
    Channel.SLACK: "Slack",
    Channel.DEAL: "deal",
    Channel.NOTE: "note",
}
RANKS = {"low": "low", "medium": "medium", "high": "high", "critical": "critical"}
_GREETING = re.compile(
    r"^\s*(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen)|"
    r"liebe[rs]?|sehr geehrte[rs]?|bonjour|bonsoir|cher|chère|hola|buenos días|buenas tardes|"
    r"estimad[oa]s?|ciao|buongiorno|gentile)\b[^\n,:]{0,40}[,:\n]|\w[\w .-]{0,24},\s*\n)\s*",
    re.IGNORECASE,
)
"""What a mail begins with before it says anything."""
_DECIDED = {
    "approved": "approved",
    "done": "approved and sent",
    "rejected": "rejected",
    "voided": "was overtaken on",
    "handled": "handled by hand",
    "failed": "approved, but it failed:",
}


class BriefPart(StrEnum):
    """The parts of the page that can be read on their own."""

    PEOPLE = "people"
    DEALS = "deals"
    KNOWN = "known"
    LATELY = "lately"
    EARLIER = "earlier"
    PROMISES = "promises"
    SIGNALS = "signals"
    WORK = "work"


TITLES: dict[BriefPart, str] = {
    BriefPart.PEOPLE: "People",
    BriefPart.DEALS: "Deals",
    BriefPart.KNOWN: "What is known",
    BriefPart.LATELY: "Lately",
    BriefPart.EARLIER: "Earlier",
    BriefPart.PROMISES: "Open promises",
    BriefPart.SIGNALS: "Signals",
    BriefPart.WORK: "What we did",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of mrkdwn, already escaped. `lead` is what the link to its source is put on."""

    lead: str
    rest: str
    where: Where | None = None
    under: bool = False
    """It belongs to the line before it."""

    @property
    def text(self) -> str:
        url = self.where.url if self.where else None
        # Our own addresses only: made of ids we stored, and nothing in them is markup.
        return f"<{url}|{self.lead.replace('|', '¦')}>{self.rest}" if url else self.lead + self.rest


def lines_of(view: AccountView, part: BriefPart) -> list[Line]:
    """All lines of a part, the most telling first."""
    return list(_LINES[part](view))


# ── Who they are, and where it stands ───────────────────────────────────────────────────────────
def _people(view: AccountView) -> Iterator[Line]:
    for one in view.people:
        yield Line(lead=f"*{short(one.name, 60)}*", rest=_person(one, view), where=one.where)
    if view.people_left_out:
        more = count(view.people_left_out, "more contact")
        yield Line(lead=f"{more} not read here", rest="")


def _person(one: Person, view: AccountView) -> str:
    title = f", {short(one.title, 50)}" if one.title else ""
    parts = [criterion_name(role.name).lower() for role in one.roles]
    parts.append(_contact(one, view))
    parts += ["not confirmed"] if not one.confirmed else []
    parts += ["personal address"] if one.personal else []
    if one.outsider:
        at = f"at {short(one.elsewhere, 40)}" if one.elsewhere else "at another account"
        parts.append(at)
    parts += [one.unreachable] if one.unreachable else []
    parts += [count(len(one.emails), "address", "addresses")] if len(one.emails) > 1 else []
    return f"{title} · {' · '.join(parts)}"


def _contact(one: Person, view: AccountView) -> str:
    """When each side last wrote; where older mail wasn't looked into, never is not said."""
    reader = view.reader
    if one.wrote_at is None and one.reached_at is None:
        if Channel.MEETING in one.channels:
            return "seen in a meeting only"
        return "no contact yet" if view.people_since is None else f"no contact {_since(view)}"
    wrote = f"wrote {moment(one.wrote_at, reader.now, reader.timezone)}" if one.wrote_at else ""
    never = "never wrote" if view.people_since is None else f"hasn't written {_since(view)}"
    ours = (
        f"we wrote {moment(one.reached_at, reader.now, reader.timezone)}"
        if one.reached_at
        else "we never wrote"
        if view.people_since is None
        else ""
    )
    return ", ".join(filter(None, (wrote or never, ours)))


def _since(view: AccountView) -> str:
    since = view.people_since or view.reader.now
    return f"since {moment(since, view.reader.now, view.reader.timezone)}"


def _deals(view: AccountView) -> Iterator[Line]:
    for deal in view.deals:
        yield Line(lead=short(deal.name, 80), rest=_deal(deal, view), where=deal.where)


def _deal(deal: DealLine, view: AccountView) -> str:
    today = _today(view)
    parts = [short(state_words(deal.stage), 30), money(deal.amount, deal.currency)]
    parts += [f"closes {day(deal.close_date, today)}"] if deal.close_date else []
    was = [f"{_field(one)} before: {_was(one, today)}" for one in deal.facts if one.earlier]
    return f": {', '.join(parts)}" + (f" ({'; '.join(was)})" if was else "")


def _field(fact: Fact) -> str:
    return fact.name.replace("_", " ")


def _was(fact: Fact, today: date) -> str:
    said = [_value(fact.name, one.value, today) for one in fact.earlier[:2]]
    return ", ".join(said)


def _value(field: str, value: str, today: date) -> str:
    if field == "close_date":
        try:
            return day(date.fromisoformat(value), today)
        except ValueError:
            return short(value, 20)
    return short(state_words(value), 30)


def _known(view: AccountView) -> Iterator[Line]:
    """Each criterion that is known, the words that prove it, and what was said before."""
    today = _today(view)
    for fact in view.facts if view.open_deals else ():
        said = fact.current
        value = short(value_words(said.value, said.quote, today), 80)
        quote = excerpt(said.quote, said.value, QUOTE) if said.quote else ""
        proof = f" “{short(quote, QUOTE)}”" if quote else ""
        who = f" {short(said.who, 40)}, {_when(said.at, view)}" if said.who else ""
        before = [
            f"{short(one.value, 40)} ({_when(one.at, view)}, {CHANNELS[one.channel]})"
            for one in fact.earlier[:2]
        ]
        was = f" (before: {'; '.join(before)})" if before else ""
        rest = f"{f': {value}' if value else ':'}{was}{proof}{f' ·{who}' if who else ''}"
        yield Line(lead=criterion_name(fact.name), rest=rest, where=said.where)


# ── What happened ───────────────────────────────────────────────────────────────────────────────
def _lately(view: AccountView) -> Iterator[Line]:
    for event in view.events:
        yield _event(event, view)
    if view.events_left_out:
        more = "at least " if view.events_more else ""
        yield Line(lead=f"{more}{count(view.events_left_out, 'more mail')} not read here", rest="")
    if view.posts_left_out:
        posts = count(view.posts_left_out, "more Slack message")
        yield Line(lead=f"{posts} not read here", rest="")


def _event(event: Event, view: AccountView) -> Line:
    words = short(excerpt(_words(event), "", 140), 140)
    rest = f" · {CHANNELS[event.channel]} · {short(event.who, 50)} {event.did}"
    when = moment(event.at, view.reader.now, view.reader.timezone)
    return Line(lead=when, rest=f"{rest}: {words}" if words else rest, where=event.where)


def _words(event: Event) -> str:
    if event.channel is not Channel.NOTE:
        # Whose words they are is said in front of them.
        unsigned = event.text.rstrip().removesuffix(f"\n{event.who.partition(' ')[0]}")
        said = sentence(_GREETING.sub("", unsigned)) or event.text
        return event.summary or said or event.subject
    words = f"{event.said_by}: {event.text}" if event.said_by and event.text else event.text
    return " · ".join(filter(None, (event.subject, words)))


def _earlier(view: AccountView) -> Iterator[Line]:
    """A week or a month is a line each; on its own page each of its lines."""
    for past in view.past:
        for line in past.lines:
            channel = f" · {CHANNELS[line.channel]}" if line.channel else ""
            text = short(excerpt(line.text, "", 160), 160)
            yield Line(lead=past_words(past, view), rest=f"{channel} · {text}", where=line.where)


def past_words(past: Past, view: AccountView) -> str:
    today = _today(view)
    if past.period == "month":
        return f"{past.starts_on:%B}" + (
            "" if past.starts_on.year == today.year else f" {past.starts_on.year}"
        )
    last = past.ends_on - timedelta(days=1)
    return f"{past.starts_on.day} {past.starts_on:%b} to {last.day} {last:%b}"


# ── What is owed, what shows, what was done ─────────────────────────────────────────────────────
def _promises(view: AccountView) -> Iterator[Line]:
    for one in view.promises:
        if one.state is not PromiseState.KEPT:
            yield _promise(one, view)
    for one in view.promises:
        if one.state is PromiseState.KEPT:
            yield _promise(one, view)


def _promise(one: Promise, view: AccountView) -> Line:
    who = short(one.who, 40)
    said = {
        Side.ASKED: f"{who} asks",
        Side.OURS: f"We promised ({who})",
        Side.THEIRS: f"{who} promised",
    }[one.side]
    due = f" · {due_words(one.due, _today(view))}" if one.due else ""
    state = " · kept" if one.state is PromiseState.KEPT else due
    when = _when(one.at, view)
    rest = f": “{short(excerpt(one.quote, '', QUOTE), QUOTE)}” · {when}{state}"
    return Line(lead=said, rest=rest, where=one.kept_by or one.where)


def _signals(view: AccountView) -> Iterator[Line]:
    """A signal, and under it its evidence."""
    for one in view.signals:
        yield Line(
            lead=f"*{sentence(short(one.words, 60))}*", rest=_signal(one, view), where=one.where
        )
        for proof in one.proofs:
            words = short(excerpt(proof.words, "", QUOTE), QUOTE)
            quoted = f"“{words}”" if proof.quoted else words
            who = f" · {short(proof.who, 40)}" if proof.who else ""
            # A figure says its own dates.
            when = f", {_when(proof.at, view)}" if proof.at and proof.quoted else ""
            yield Line(lead=quoted, rest=f"{who}{when}", where=proof.where, under=True)


def _signal(one: SignalLine, view: AccountView) -> str:
    why = f": {short(one.why, 160)}" if one.why else ""
    if one.settled:
        when = f" {_when(one.settled_at, view)}" if one.settled_at else ""
        return f"{why} · {one.settled}{when}"
    return f"{why} · {RANKS[one.severity]}, since {_when(one.raised_at, view)}"


def _work(view: AccountView) -> Iterator[Line]:
    for deed in view.deeds:
        lead = _when(deed.at, view)
        yield Line(lead=lead, rest=f" · {_deed(deed)}", where=deed.where)


def _deed(deed: Deed) -> str:
    what = short(deed.what, 100)
    by = short(deed.by, 40)
    if deed.kind is DeedKind.DECISION:
        because = f": {short(deed.reason, 80)}" if deed.reason else ""
        return f"{by or 'Somebody'} {_DECIDED.get(deed.status, deed.status)} {what}{because}"
    if deed.kind is DeedKind.GRANT:
        tied = "; ".join(short(one, 60) for one in deed.conditions[:3])
        return f"granted: {what}" + (f", on condition: {tied}" if tied else "")
    return f"{what}: {deed.status}" + (f" by {by}" if by else "")


def _when(at: datetime, view: AccountView) -> str:
    return moment(at, view.reader.now, view.reader.timezone)


def _today(view: AccountView) -> date:
    return local_day(view.reader.now, view.reader.timezone)


_LINES = {
    BriefPart.PEOPLE: _people,
    BriefPart.DEALS: _deals,
    BriefPart.KNOWN: _known,
    BriefPart.LATELY: _lately,
    BriefPart.EARLIER: _earlier,
    BriefPart.PROMISES: _promises,
    BriefPart.SIGNALS: _signals,
    BriefPart.WORK: _work,
}
