"""The services of these pages, together."""

from dataclasses import dataclass

from services.learning_views.me import MeService
from services.learning_views.person import PersonService
from services.learning_views.team import TeamService
from services.learning_views.to_label import ToLabelService
from services.learning_views.work import WorkService


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningViews:
    me: MeService
    team: TeamService
    work: WorkService
    people: PersonService
    to_label: ToLabelService
