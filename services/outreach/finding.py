"""What calls for something to be done about one account, at one moment. Pure: the same facts give
the same, however often they are looked at."""

from services.outreach.kinds import KINDS
from services.types.outreach import Found, OutreachFacts


def find(known: OutreachFacts) -> tuple[Found, ...]:
    """At most one of each kind, the most valuable first."""
    if known.facts.lifecycle == "churned":
        return ()
    found = (one for rule in KINDS for one in rule(known))
    return tuple(sorted(found, key=lambda one: (one.kind.rank, one.key)))
