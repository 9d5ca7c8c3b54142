"""The services of reports, together."""

from dataclasses import dataclass

from services.reports.mailing import ReportMailer
from services.reports.pages import ReportPages
from services.reports.telling import ReportTeller


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportServices:
    pages: ReportPages
    teller: ReportTeller
    mailer: ReportMailer
