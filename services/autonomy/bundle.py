"""The services by which people limit the copilot; one field each."""

from dataclasses import dataclass

from services.autonomy.limits import LimitService
from services.autonomy.recalling import RecallService


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitServices:
    limits: LimitService
    recalls: RecallService
