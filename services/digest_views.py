"""What a digest tells: one member's day, from a handful of statements."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from db import digest_facts, overviews
from db.digest_facts import Happened
from db.models.cards import Digest
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import ReadTx
from services.analytics.figures import figures
from services.approvals.views import queue_view
from services.coaching.news import still_holds
from services.goals.views import goals_behind
from services.inbox import inbox_view
from services.intervals import share_of
from services.learning_views.spans import OVER
from services.ports import Clock
from services.reader import reader_of
from services.signals.alert_views import alerts_of
from services.types.learning import Learned
from services.types.own_texts import OwnSent
from services.types.views import DigestApproval, DigestView

APPROVALS_SHOWN = 5
HAPPENED_SHOWN = 20
ALERTS_SHOWN = 8
ONE_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


async def digest_view(
    tx: ReadTx, row: Digest, member: Member, clock: Clock, since: datetime
) -> DigestView:
    inbox = await inbox_view(tx, member, clock)
    happened = await digest_facts.list_happened(tx, member.id, since, HAPPENED_SHOWN)
    queue = await queue_view(tx, member, clock, "mine", limit=APPROVALS_SHOWN)
    _, quiet = await overviews.list_quiet(tx, member.id, since, 1)
    boxes = await overviews.list_mailboxes(tx, member.id)
    alerts = await alerts_of(tx, member, clock, ALERTS_SHOWN)
    return DigestView(
        reader=reader_of(member, clock),
        day=row.day,
        waiting=inbox.items,
        sent=tuple(_line(one) for one in happened if one.what == "sent" and not one.by_rule),
        answered=tuple(_line(one) for one in happened if one.what == "answered"),
        quiet=quiet,
        unsorted=inbox.unsorted,
        approvals=tuple(
            DigestApproval(
                request_id=item.request_id,
                title=item.title,
                why=f"{item.requester} asks",
                due_at=item.due_at,
            )
            for item in queue.items
        ),
        alerts=_alerts(boxes, happened),
        since=since,
        total=inbox.total,
        signals=alerts.lines,
        signals_total=alerts.total if alerts.lines else 0,
        goals=await goals_behind(tx, member, since),
        by_myself=tuple(
            OwnSent(account=one.account or "", person=_person(one), at=one.at)
            for one in happened
            if one.by_rule
        ),
        learned=await _learned(tx, member, row.day),
        tip=await _tip(tx, row, member),
    )


async def _tip(tx: ReadTx, row: Digest, member: Member) -> str:
    """What was new in their figures when the digest was made, as it stands now."""
    pattern = row.content.get("tip")
    found = await still_holds(tx, member.id, str(pattern)) if pattern else None
    return f"{found.sentence} {found.advice}" if found else ""


async def _learned(tx: ReadTx, member: Member, day: date) -> Learned | None:
    """Of the seven days before: one day is too few to say anything by. Answers are those of the
    last seven whose mails have all had their time, or there would be no silence among them."""
    sums = (await figures(tx, [member.id], day - A_WEEK, day - ONE_DAY))[None]
    last = day - OVER * ONE_DAY
    then = (await figures(tx, [member.id], last - A_WEEK + ONE_DAY, last))[None]
    if not sums.decided and not then.resolved:
        return None
    share = share_of(then.answered, then.resolved)
    return Learned(
        decided=sums.decided,
        unchanged=sums.unchanged,
        answered=share.part,
        ended=share.of,
        low=share.low,
        high=share.high,
    )


def _line(one: Happened) -> str:
    return " · ".join(filter(None, (one.account, _person(one)))) or one.subject


def _person(one: Happened) -> str:
    sender = one.sender or {}
    return str(sender.get("name") or sender.get("email") or one.contact or "")


def _alerts(boxes: Sequence[Mailbox], happened: Sequence[Happened]) -> tuple[str, ...]:
    """What needs the member beside their mail."""
    again = [
        f"{box.address} must be connected again." for box in boxes if box.status == "reconnect"
    ]
    unsure = [
        f"{_line(one)}: I can't tell whether it left. Look in Gmail's Sent folder."
        for one in happened
        if one.what == "unsure"
    ]
    return (*again, *unsure)
