"""A contract comes up for renewal: told once in each of three windows."""

from collections.abc import Iterator

from services.signals.saying import day
from services.types.outreach import Found, OutreachFacts, TriggerKind
from services.types.signals import Evidence, EvidenceSource
from services.zones import zone_of

WINDOWS = (30, 60, 90)
"""Days before the date."""


def renewal_window(known: OutreachFacts) -> Iterator[Found]:
    facts = known.facts
    if facts.renewal_date is None or facts.lifecycle == "churned":
        return
    today = facts.now.astimezone(zone_of(known.timezone)).date()
    left = (facts.renewal_date - today).days
    window = next((one for one in WINDOWS if 0 <= left <= one), None)
    if window is None:
        return
    when = day(facts.renewal_date, facts.now)
    yield Found(
        kind=TriggerKind.RENEWAL_WINDOW,
        key=f"{TriggerKind.RENEWAL_WINDOW}:{facts.account_id}:{facts.renewal_date}:{window}",
        why=f"The contract renews on {when}",
        evidence=(
            Evidence(
                source=EvidenceSource.FIGURE,
                words=f"The account's renewal date: {when}",
            ),
        ),
        subject_id=facts.account_id,
    )
