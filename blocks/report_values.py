"""What the buttons of a report carry: which days. Whose, the reader's role says."""

from datetime import date

from blocks.values import Value
from services.types.reports import ReportPeriod


class ReportDays(Value):
    period: ReportPeriod
    first: date
