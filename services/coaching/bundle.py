"""Coaching, as the rest of the product is given it."""

from dataclasses import dataclass

from services.coaching.nights import CoachingNights
from services.coaching.pages import CoachingService


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingServices:
    nights: CoachingNights
    pages: CoachingService
