"""The services of /api, one field each."""

from dataclasses import dataclass

from services.api.saying import SayingService
from services.api.summary import SummaryService
from services.api.tokens import TokenService
from services.api.watching import FiguresWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServices:
    saying: SayingService
    summaries: SummaryService
    tokens: TokenService
    watch: FiguresWatch
