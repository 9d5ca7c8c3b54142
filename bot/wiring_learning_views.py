"""The pages that say how it goes, put together."""

from db.session import Database
from handlers.me_verbs import LearningVerbs
from services.learning_views.bundle import LearningViews
from services.learning_views.kept import SumKeeper
from services.learning_views.me import MeService
from services.learning_views.person import PersonService
from services.learning_views.team import TeamService
from services.learning_views.to_label import ToLabelService
from services.learning_views.work import WorkService
from services.outcomes.labelling import LabelService
from services.ports import Clock, Ids


def learning_views(
    database: Database, clock: Clock, ids: Ids, *, labels: LabelService
) -> LearningViews:
    sums = SumKeeper(db=database, clock=clock, ids=ids)
    return LearningViews(
        me=MeService(db=database, clock=clock, sums=sums),
        team=TeamService(db=database, clock=clock, sums=sums),
        work=WorkService(db=database, clock=clock, ids=ids),
        people=PersonService(db=database, clock=clock, sums=sums),
        to_label=ToLabelService(db=database, clock=clock, labels=labels),
    )


def learning_verbs(services: LearningViews) -> LearningVerbs:
    """What the edge may ask of them."""
    return LearningVerbs(
        me=services.me,
        team=services.team,
        work=services.work,
        people=services.people,
        to_label=services.to_label,
    )
