"""The services of outreach, one field each."""

from dataclasses import dataclass

from services.outreach.checking import OutreachCheckService
from services.outreach.proposals import ProposalService
from services.outreach.views import ProposalViews


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachServices:
    checks: OutreachCheckService
    proposals: ProposalService
    views: ProposalViews
