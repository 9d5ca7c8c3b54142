"""A promise of ours is due, or overdue, and nothing shows that it was kept."""

from collections.abc import Iterator

from services.signals.detectors.seen import on_sale
from services.signals.saying import day
from services.signals.texts import is_suspicious
from services.types.outreach import Found, OutreachFacts, TriggerKind, Vow
from services.types.signals import Evidence, EvidenceSource, SeenText
from services.zones import zone_of

AHEAD, BEHIND = 1, 14
"""Days before and after the day it is due, on the clock of whoever looks after the account."""


def promise_due(known: OutreachFacts) -> Iterator[Found]:
    """The one that presses most."""
    facts, zone = known.facts, zone_of(known.timezone)
    if not on_sale(facts):
        return
    today = facts.now.astimezone(zone).date()
    pressing = [
        vow
        for vow in known.vows
        if -BEHIND <= (vow.due - today).days <= AHEAD and not is_suspicious(None, vow.quote)
    ]
    if not pressing:
        return
    vow = min(pressing, key=lambda one: (one.due, one.at, one.quote))
    mail = next((text for text in facts.texts if text.id == vow.message_id), None)
    when = day(vow.due, facts.now)
    yield Found(
        kind=TriggerKind.PROMISE_DUE,
        key=f"{TriggerKind.PROMISE_DUE}:{vow.message_id}:{vow.due}",
        why=f"{vow.who} promised it by {when}, and nothing shows that it was kept",
        evidence=(_words(vow),),
        subject_id=vow.message_id,
        to=_readers(mail),
        thread_id=vow.conversation_id,
    )


def _words(vow: Vow) -> Evidence:
    return Evidence(
        source=EvidenceSource.MESSAGE,
        source_id=vow.message_id,
        at=vow.at,
        who=vow.who,
        quote=vow.quote,
    )


def _readers(mail: SeenText | None) -> tuple[str, ...]:
    return mail.people if mail is not None else ()
