"""The business verbs the edge calls, and nothing else of the services. Tests stand in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from handlers.account_verbs import AccountVerbs
from handlers.agent_verbs import AgentVerbs
from handlers.alert_verbs import AlertVerbs
from handlers.approval_verbs import ApprovalVerbs
from handlers.autonomy_verbs import AutonomyVerbs
from handlers.calibration_verbs import CalibrationVerbs
from handlers.coaching_verbs import CoachingVerbs
from handlers.compose_verbs import ComposeVerbs
from handlers.earning_verbs import EarningVerbs
from handlers.goal_verbs import GoalVerbs
from handlers.habits_verbs import HabitVerbs
from handlers.health_verbs import HealthVerbs
from handlers.home_verbs import HomeVerbs
from handlers.mailbox_verbs import MailboxVerbs
from handlers.me_verbs import LearningVerbs
from handlers.outreach_verbs import OutreachVerbs
from handlers.own_text_verbs import OwnTextVerbs
from handlers.personas_verbs import PersonaVerbs
from handlers.report_verbs import ReportVerbs
from handlers.rollout_verbs import RolloutVerbs
from handlers.search_verbs import FindVerbs
from handlers.sources_verbs import SourceVerbs
from handlers.token_verbs import TokenVerbs
from services.ports import ChatPerson, ChatRef
from services.types.approval_views import ApprovalCardView
from services.types.compose import CaptureView
from services.types.feedback import Review, WordsView, WrongView
from services.types.first_reading import IntroView
from services.types.home import HomeView
from services.types.mailbox_health import PushCardView
from services.types.people import Actor
from services.types.rollups import RollupView
from services.types.undo import Undone
from services.types.views import (
    DigestView,
    InboxView,
    MailboxCardView,
    MailCardView,
    QuietView,
    StatusView,
    UnsortedCardView,
    WhyView,
)


class ActionVerbs(Protocol):
    """Decisions on a proposed action. A repeated `command_id` gets the first answer and does
    nothing. Forbidden: not this person's; Conflict: the revision or the state has moved on."""

    async def approve(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        surface: str,
        command_id: str,
        seen: str = "",
    ) -> ChatRef | None:
        """Says where the actor's own card stands, as far as it is known. `seen` names the findings
        that stood before the actor; without them a draft that has some is refused."""
        ...

    async def reject(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        reason: str,
        surface: str,
        command_id: str,
    ) -> None: ...
    async def edit(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        subject: str,
        text: str,
        command_id: str,
    ) -> None: ...
    async def regenerate(
        self, actor: Actor, action_id: UUID, *, revision: int, instruction: str, command_id: str
    ) -> None: ...
    async def take_over(self, actor: Actor, action_id: UUID, *, command_id: str) -> None: ...


class UndoVerbs(Protocol):
    """Calling off what was approved and has not left yet (services.undo.UndoService)."""

    async def undo(self, actor: Actor, action_id: UUID, *, command_id: str, surface: str) -> Undone:
        """Conflict says that it has left, and when."""
        ...


class FeedbackVerbs(Protocol):
    """A member's word on what we made; the last word stands. `rating` None takes it back."""

    async def rate(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        rating: int | None,
        reason: str | None,
        source: str,
        target: str = "decision",
    ) -> bool:
        """Whether it is worth asking what was wrong."""
        ...

    async def say_why(
        self, actor: Actor, target_id: UUID, *, what: str, words: str, target: str = "decision"
    ) -> None: ...
    async def review(self, actor: Actor, action_id: UUID, review: Review) -> None: ...
    async def word(self, actor: Actor, action_id: UUID, target: str, rating: int) -> WordsView:
        """-1, 0 or 1 on the action's message, decision or conversation."""
        ...

    async def words(self, actor: Actor, action_id: UUID) -> WordsView: ...
    async def rate_at(
        self, actor: Actor, *, channel: str, ts: str, rating: int, added: bool
    ) -> None:
        """A reaction on the message at (channel, ts): nothing happens unless it is a card that can
        be rated. Taking back a rating that no longer stands changes nothing."""
        ...


class ConversationVerbs(Protocol):
    """What becomes of mail that belongs to no account, and of mail that was kept quiet."""

    async def link(
        self, actor: Actor, conversation_id: UUID, *, account_id: UUID, command_id: str
    ) -> None: ...
    async def lead(self, actor: Actor, conversation_id: UUID, *, command_id: str) -> None: ...
    async def ignore(self, actor: Actor, conversation_id: UUID, *, command_id: str) -> None: ...
    async def should_have_told_me(
        self, actor: Actor, message_id: UUID, *, command_id: str
    ) -> None: ...


class DigestVerbs(Protocol):
    async def request(self, actor: Actor, *, command_id: str) -> None: ...


class ViewReads(Protocol):
    """What is shown. A card's view is None when its subject is gone or not for this member."""

    async def mail_card(
        self, tenant_id: UUID, action_id: UUID, member_id: UUID
    ) -> MailCardView | None: ...
    async def approval_card(
        self, tenant_id: UUID, request_id: UUID, member_id: UUID
    ) -> ApprovalCardView | None: ...
    async def capture_card(
        self, tenant_id: UUID, capture_id: UUID, member_id: UUID
    ) -> CaptureView | None: ...
    async def rollup(self, tenant_id: UUID, member_id: UUID) -> RollupView | None: ...
    async def unsorted_card(self, tenant_id: UUID, member_id: UUID) -> UnsortedCardView | None: ...
    async def mailbox_card(
        self, tenant_id: UUID, mailbox_id: UUID, member_id: UUID
    ) -> MailboxCardView | None: ...
    async def wrong_card(
        self, tenant_id: UUID, action_id: UUID, member_id: UUID
    ) -> WrongView | None: ...
    async def intro_card(
        self, tenant_id: UUID, reading_id: UUID, member_id: UUID
    ) -> IntroView | None: ...
    async def push_card(self, tenant_id: UUID, member_id: UUID) -> PushCardView | None: ...
    async def home(self, tenant_id: UUID, member_id: UUID) -> HomeView | None: ...
    async def digest(self, tenant_id: UUID, digest_id: UUID) -> DigestView | None: ...
    async def inbox(self, actor: Actor) -> InboxView: ...
    async def quiet(self, actor: Actor) -> QuietView: ...
    async def status(self, actor: Actor) -> StatusView: ...
    async def why(self, actor: Actor, action_id: UUID) -> WhyView: ...
    async def account_options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        """Accounts whose name matches what was typed, the best first; at most a hundred."""
        ...


class RollupVerbs(Protocol):
    """Mails that came in a burst (services.rollups.RollupService)."""

    async def show(self, actor: Actor, action_id: UUID | None) -> None:
        """Give this one a card of its own; None: the next few."""
        ...


class MemberVerbs(Protocol):
    async def identify(self, team_id: str, slack_user_id: str) -> Actor: ...
    async def prefer(self, actor: Actor, name: str, value: str) -> None:
        """Keep a wish about what the actor is shown; the last one stands."""
        ...


class CardVerbs(Protocol):
    """Where people's cards stand (services.cards.CardService)."""

    async def adopt(self, actor: Actor, card_id: UUID, ref: ChatRef) -> None: ...
    async def place(self, actor: Actor, kind: str, subject_id: UUID) -> ChatRef | None: ...
    async def refresh(
        self, actor: Actor, kind: str, subject_id: UUID, *, create: bool = False
    ) -> None: ...


class InboundVerbs(Protocol):
    """What arrives once, however often it is sent (services.inbound.InboundService)."""

    async def receive(
        self, tenant_id: UUID, *, scope: str, source: str, external_id: str, body: dict[str, object]
    ) -> bool: ...
    async def done(self, tenant_id: UUID, *, scope: str, source: str, external_id: str) -> None: ...


class WorkspaceVerbs(Protocol):
    """The workspace itself: whose it is, who begins it, and that Slack took our access back."""

    async def find(self, team_id: str) -> UUID | None: ...
    async def admin_is_wanted(self, team_id: str) -> UUID | None:
        """The team's tenant, while it waits for the first Slack admin to open the app."""
        ...

    async def claim_admin(self, tenant_id: UUID, team_id: str, person: ChatPerson) -> bool: ...
    async def disconnect(self, team_id: str, *, at: datetime, why: str) -> bool:
        """False when the present token came after that moment: old news."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """All the edge may ask for, one field a service."""

    actions: ActionVerbs
    feedback: FeedbackVerbs
    conversations: ConversationVerbs
    digests: DigestVerbs
    views: ViewReads
    members: MemberVerbs
    cards: CardVerbs
    inbound: InboundVerbs
    workspaces: WorkspaceVerbs
    approvals: ApprovalVerbs
    undo: UndoVerbs
    mailboxes: MailboxVerbs
    rollout: RolloutVerbs
    compose: ComposeVerbs
    agent: AgentVerbs
    home: HomeVerbs
    rollups: RollupVerbs
    alerts: AlertVerbs
    sources: SourceVerbs
    finds: FindVerbs
    health: HealthVerbs
    accounts: AccountVerbs
    autonomy: AutonomyVerbs
    personas: PersonaVerbs
    goals: GoalVerbs
    own_texts: OwnTextVerbs
    outreach: OutreachVerbs
    earning: EarningVerbs
    tokens: TokenVerbs
    learning: LearningVerbs
    coaching: CoachingVerbs
    calibration: CalibrationVerbs
    habits: HabitVerbs
    reports: ReportVerbs
