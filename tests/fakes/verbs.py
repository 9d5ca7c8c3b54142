"""The business as the edge sees it: every call is written down, the answers are set by the test."""

from collections import defaultdict
from typing import Any

from handlers.alert_verbs import AlertVerbs
from handlers.approval_verbs import ApprovalVerbs
from handlers.autonomy_verbs import AutonomyVerbs
from handlers.calibration_verbs import CalibrationVerbs
from handlers.compose_verbs import ComposeVerbs
from handlers.earning_verbs import EarningVerbs
from handlers.goal_verbs import GoalVerbs
from handlers.habits_verbs import HabitVerbs
from handlers.mailbox_verbs import MailboxVerbs
from handlers.me_verbs import LearningVerbs
from handlers.outreach_verbs import OutreachVerbs
from handlers.personas_verbs import PersonaVerbs
from handlers.rollout_verbs import RolloutVerbs
from handlers.sources_verbs import SourceVerbs
from handlers.verbs import Verbs
from services.errors import NotFound
from services.types.ids import MemberId, TenantId
from services.types.people import Actor, Role
from tests.fakes.clock import CountingIds

IDS = CountingIds(9000)
MAYA = Actor(
    tenant_id=TenantId(IDS.new()),
    member_id=MemberId(IDS.new()),
    role=Role.REP,
    name="Maya Lindt",
    timezone="Europe/Berlin",
    slack_user_id="U0MAYA",
)


class Recorder:
    """One service: any verb may be called; `answers` says what comes back, `errors` what goes
    wrong."""

    def __init__(self, name: str, book: "Book") -> None:
        self._name = name
        self._book = book

    def __getattr__(self, verb: str) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            name = f"{self._name}.{verb}"
            self._book.calls.append((name, args, kwargs))
            if self._book.errors[name]:
                raise self._book.errors[name].pop(0)
            answer = self._book.answers.get(name)
            return answer(*args, **kwargs) if callable(answer) else answer

        return call


class Book:
    """What was asked of the business."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.answers: dict[str, Any] = {
            "members.identify": self._identify,
            "inbound.receive": self._receive,
        }
        self.errors: dict[str, list[Exception]] = defaultdict(list)
        self._seen: set[str] = set()

    def _identify(self, team_id: str, slack_user_id: str) -> Actor:
        if (team_id, slack_user_id) != ("T0SANDBOX", "U0MAYA"):
            raise NotFound("This workspace isn't connected to Understudy.")
        return MAYA

    def _receive(self, _tenant_id: Any, *, external_id: str, **_rest: Any) -> bool:
        new = external_id not in self._seen
        self._seen.add(external_id)
        return new

    def named(self, name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        return [(args, kwargs) for verb, args, kwargs in self.calls if verb == name]

    def verbs(self) -> Verbs:
        parts = (
            "actions",
            "feedback",
            "conversations",
            "digests",
            "views",
            "members",
            "cards",
            "inbound",
            "workspaces",
            "undo",
            "agent",
            "home",
            "rollups",
            "finds",
            "health",
            "accounts",
            "own_texts",
            "tokens",
            "coaching",
        )
        rollout = (
            "imports",
            "members",
            "enabling",
            "pauses",
            "waiting",
            "switches",
            "presets",
        )
        approvals = ("requests", "decisions", "carry", "absences", "rules", "reads")
        return Verbs(
            **{part: Recorder(part, self) for part in parts},
            approvals=ApprovalVerbs(
                **{part: Recorder(f"approvals.{part}", self) for part in approvals}
            ),
            mailboxes=MailboxVerbs(
                **{
                    part: Recorder(f"mailboxes.{part}", self)
                    for part in ("endings", "delegation", "readings")
                }
            ),
            outreach=OutreachVerbs(
                **{part: Recorder(f"outreach.{part}", self) for part in ("reads", "deeds")}
            ),
            alerts=AlertVerbs(
                **{
                    part: Recorder(f"alerts.{part}", self)
                    for part in ("reads", "deeds", "rollups", "quality", "thresholds", "amounts")
                }
            ),
            rollout=RolloutVerbs(**{part: Recorder(f"rollout.{part}", self) for part in rollout}),
            personas=PersonaVerbs(
                **{
                    part: Recorder(f"personas.{part}", self)
                    for part in ("making", "giving", "reads")
                }
            ),
            goals=GoalVerbs(
                **{part: Recorder(f"goals.{part}", self) for part in ("reads", "deeds")}
            ),
            learning=LearningVerbs(
                **{
                    part: Recorder(f"learning.{part}", self)
                    for part in ("me", "team", "work", "people", "to_label")
                }
            ),
            calibration=CalibrationVerbs(
                **{part: Recorder(f"calibration.{part}", self) for part in ("pages", "files")}
            ),
            habits=HabitVerbs(
                **{part: Recorder(f"habits.{part}", self) for part in ("deeds", "reads")}
            ),
            reports=Recorder("reports", self),
            earning=EarningVerbs(
                **{part: Recorder(f"earning.{part}", self) for part in ("promotions", "reads")}
            ),
            sources=SourceVerbs(
                **{part: Recorder(f"sources.{part}", self) for part in ("shared", "threads")}
            ),
            autonomy=AutonomyVerbs(
                **{
                    part: Recorder(f"autonomy.{part}", self)
                    for part in ("overview", "doings", "hand_out", "limits", "shadow")
                }
            ),
            compose=ComposeVerbs(
                **{
                    part: Recorder(f"compose.{part}", self)
                    for part in ("mails", "captures", "notes")
                }
            ),
        )
