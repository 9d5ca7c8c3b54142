"""All kinds of triggers, the most valuable first."""

from collections.abc import Callable, Iterator

from services.outreach.kinds.follow_up import follow_up_due
from services.outreach.kinds.promise import promise_due
from services.outreach.kinds.recap import recap_due
from services.outreach.kinds.renewal import renewal_window
from services.outreach.kinds.signalled import buying_signal, silence, stage_stuck
from services.types.outreach import Found, OutreachFacts

Rule = Callable[[OutreachFacts], Iterator[Found]]

KINDS: tuple[Rule, ...] = (
    renewal_window,
    buying_signal,
    promise_due,
    recap_due,
    follow_up_due,
    silence,
    stage_stuck,
)
