"""A recap is due: a meeting has just ended, and nobody of us has written to its guests since."""

from collections.abc import Iterator
from datetime import timedelta

from services.signals.detectors.seen import on_sale, sent
from services.signals.saying import count
from services.signals.texts import is_suspicious
from services.types.outreach import Found, HeldMeeting, OutreachFacts, TriggerKind
from services.types.signals import Evidence, EvidenceSource
from services.zones import zone_of

SOONEST, LATEST = timedelta(hours=1), timedelta(hours=48)
"""After its end."""
LONGEST_TITLE = 80


def recap_due(known: OutreachFacts) -> Iterator[Found]:
    """The meeting that ended last."""
    facts = known.facts
    if not on_sale(facts):
        return
    for meeting in sorted(known.meetings, key=lambda one: one.ends_at, reverse=True):
        since = facts.now - meeting.ends_at
        if not SOONEST <= since <= LATEST or not meeting.guests or _written(known, meeting):
            continue
        yield Found(
            kind=TriggerKind.RECAP_DUE,
            key=f"{TriggerKind.RECAP_DUE}:{meeting.id}",
            why=f"Nobody has written to the guests of {_called(meeting)} since it ended",
            evidence=(_held(known, meeting),),
            subject_id=meeting.id,
            to=meeting.guests,
        )
        return


def _written(known: OutreachFacts, meeting: HeldMeeting) -> bool:
    """Somebody of us has written to one of them, after it or while it ran."""
    return any(
        not set(mail.people).isdisjoint(meeting.guests)
        for mail in sent(known.facts, meeting.starts_at)
    )


def _called(meeting: HeldMeeting) -> str:
    """Its title is somebody's text: one that gives orders to machines isn't repeated."""
    title = meeting.title[:LONGEST_TITLE]
    return f"“{title}”" if title and not is_suspicious(None, title) else "the meeting"


def _held(known: OutreachFacts, meeting: HeldMeeting) -> Evidence:
    zone = zone_of(known.timezone)
    begins, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    when = f"{begins.day} {begins:%b}, {begins:%H:%M} to {ends:%H:%M}"
    who = count(len(meeting.guests), "guest of theirs", "guests of theirs")
    called = _called(meeting)
    return Evidence(
        source=EvidenceSource.MEETING,
        source_id=meeting.id,
        at=meeting.starts_at,
        words=f"{called[:1].upper()}{called[1:]} on {when}, with {who}",
    )
