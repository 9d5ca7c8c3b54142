"""All services of one process, one field each; bot/wiring.py builds it, tests build it with fakes
at the ports."""

from dataclasses import dataclass

from services.account_moves import AccountMoveService
from services.account_view.service import AccountViewService
from services.actions import ActionService
from services.agent import AgentService
from services.analytics.counting import CountingService
from services.api.bundle import ApiServices
from services.approvals.absences import AbsenceService
from services.approvals.carry import CarryService
from services.approvals.decisions import DecisionService
from services.approvals.gated import GatedSends
from services.approvals.link_pages import ActService
from services.approvals.mails import ApprovalMailService
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.approvals.rule_sets import RuleSetService
from services.approvals.timers import ApprovalTimers
from services.approvals.urgent import UrgentService
from services.approvals.vacancies import VacancyService
from services.approvals.views import ApprovalViews
from services.audit import AuditService
from services.autonomy.bundle import AutonomyServices
from services.calibration.service import CalibrationService
from services.captures import CaptureService
from services.cards import CardService
from services.coaching.bundle import CoachingServices
from services.compose import ComposeService
from services.confidence.pages import CalibrationPages
from services.conversations import ConversationService
from services.digests import DigestService
from services.draft_following import DraftFollower
from services.drafts import DraftService
from services.effects import EffectService
from services.feedback import FeedbackService
from services.first_reading import FirstReadingService
from services.goals.bundle import GoalServices
from services.habits.bundle import HabitServices
from services.health.recomputing import HealthService
from services.home_filters import HomeService
from services.inbound import InboundService
from services.installs import InstallService
from services.learning_views.bundle import LearningViews
from services.letters.draft_letters import DraftLetterService
from services.letters.draft_pages import DraftPages
from services.letters.endings import EndService
from services.letters.replies import ReplyService
from services.mailbox_connect import MailboxConnectService
from services.mailbox_delegation import DelegationService
from services.mailbox_ending import MailboxEndingService
from services.mailbox_watch import WatchService
from services.mailboxes import MailboxService
from services.meetings.keeping import MeetingReader
from services.meetings.shared_files import SharedFileService
from services.meetings.transcripts import TranscriptService
from services.members import MemberService
from services.notes import NoteService
from services.outcomes.bundle import OutcomeServices
from services.outreach.bundle import OutreachServices
from services.overviews import ViewService
from services.personas.bundle import PersonaServices
from services.privacy.bundle import PrivacyServices
from services.reports.bundle import ReportServices
from services.rereading import RereadingService
from services.rollout.bundle import RolloutServices
from services.rollups import RollupService
from services.search.bundle import SearchServices
from services.signals.bundle import AlertServices, SignalServices
from services.slack_threads import ThreadService
from services.sorting import SortingService
from services.summaries.service import SummaryService
from services.sweeps import SweepService
from services.tenants import TenantService
from services.undo import UndoService
from services.workspace_pause import PauseNotices


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalServices:
    requests: RequestService
    decisions: DecisionService
    rechecker: Rechecker
    timers: ApprovalTimers
    absences: AbsenceService
    carry: CarryService
    vacancies: VacancyService
    reads: ApprovalViews
    rules: RuleSetService
    gated: GatedSends
    urgent: UrgentService


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterServices:
    """Mails about drafts; the replies to all our mails; the pages behind their links."""

    drafts: DraftLetterService
    replies: ReplyService
    pages: DraftPages
    endings: EndService


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeServices:
    mails: ComposeService
    captures: CaptureService
    notes: NoteService


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceServices:
    """What is known beside the mail: meetings, what was said in them, followed Slack threads."""

    meetings: MeetingReader
    transcripts: TranscriptService
    shared: SharedFileService
    threads: ThreadService


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningServices:
    """What is predicted and what came of it; what is learnt from that; what people see of it."""

    outcomes: OutcomeServices
    calibration: CalibrationService
    calibration_pages: CalibrationPages
    counting: CountingService
    coaching: CoachingServices
    habits: HabitServices
    views: LearningViews
    reports: ReportServices


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    accounts: AccountViewService
    actions: ActionService
    acts: ActService
    agent: AgentService
    alerts: AlertServices
    api: ApiServices
    approval_mails: ApprovalMailService
    approvals: ApprovalServices
    audit: AuditService
    autonomy: AutonomyServices
    cards: CardService
    connecting: MailboxConnectService
    compose: ComposeServices
    conversations: ConversationService
    delegation: DelegationService
    digests: DigestService
    drafts: DraftService
    effects: EffectService
    feedback: FeedbackService
    first_readings: FirstReadingService
    follower: DraftFollower
    goals: GoalServices
    health: HealthService
    home: HomeService
    inbound: InboundService
    mailbox_endings: MailboxEndingService
    installs: InstallService
    learning: LearningServices
    letters: LetterServices
    mailboxes: MailboxService
    members: MemberService
    moves: AccountMoveService
    outreach: OutreachServices
    pause_notices: PauseNotices
    privacy: PrivacyServices
    personas: PersonaServices
    rereading: RereadingService
    rollout: RolloutServices
    rollups: RollupService
    signals: SignalServices
    search: SearchServices
    sorting: SortingService
    summaries: SummaryService
    sources: SourceServices
    sweeps: SweepService
    tenants: TenantService
    undo: UndoService
    views: ViewService
    watches: WatchService
