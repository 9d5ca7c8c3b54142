"""All services of one process, put together; bot/wiring.py builds the rest around them."""

from dataclasses import dataclass, field
from decimal import Decimal

import aiohttp

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from bot.adapters.gmail import GmailGateways
from bot.adapters.slack import SlackChats
from bot.adapters.smtp import SmtpSender
from bot.adapters.system_mailbox import SystemMailboxSender
from bot.config import Settings
from bot.erasure_book import ErasureBook
from bot.wiring_agent import agent_service
from bot.wiring_alerts import alert_services, alert_timers
from bot.wiring_api import api_services
from bot.wiring_approvals import (
    approval_checks,
    approval_timers,
)
from bot.wiring_autonomy import autonomy_checks, autonomy_services, deciding_service
from bot.wiring_compose import compose_services
from bot.wiring_desks import decision_desks
from bot.wiring_goals import goal_services, goal_timers
from bot.wiring_learning import learning_checks, learning_services, learning_timers
from bot.wiring_letters import draft_letters
from bot.wiring_mail_decisions import (
    MailParts,
    act_pages,
    public_url,
)
from bot.wiring_mailboxes import MailboxParts, gmail_facts, mailbox_services
from bot.wiring_outcomes import outcome_services
from bot.wiring_outreach import outreach_checks, outreach_services, outreach_timers
from bot.wiring_personas import persona_services
from bot.wiring_privacy import privacy_checks, privacy_services
from bot.wiring_rollout import (
    rollout_deps,
    rollout_services,
    rollout_timers,
)
from bot.wiring_search import search_services
from bot.wiring_signals import signal_services
from bot.wiring_sources import source_services
from bot.wiring_summaries import summary_service
from bot.wiring_undo import undo_waits
from bot.wiring_workspaces import install_service, install_url, pause_notices
from db.session import Database
from services.account_moves import AccountMoveService
from services.account_view.service import AccountViewService
from services.actions import ActionService
from services.analysis import Analyst
from services.audit import AuditService
from services.autonomy.earning.rule import STEPS, Steps
from services.autonomy.lineage import lineage_of
from services.bundle import Services
from services.cards import CardService
from services.conversations import ConversationService
from services.draft_following import DraftFollower
from services.drafts import DraftService
from services.effects import EffectService
from services.feedback import FeedbackService
from services.health.recomputing import HealthService
from services.home_filters import HomeService
from services.inbound import InboundService
from services.mail_out import MailOut
from services.mailbox_access import MailboxAccess
from services.members import MemberService
from services.model_calls import ModelCallService
from services.oauth_ports import InstallGateway
from services.offline.model import OfflineModel
from services.overviews import ViewService
from services.ports import Clock, Ids, LanguageModel
from services.rereading import RereadingService
from services.revisions import Revisions
from services.rollups import RollupService
from services.search.ports import Embeddings, VectorStore
from services.sorting import SortingService
from services.sweeps import SweepService
from services.tenants import TenantService
from services.types.model import Lineage
from services.undo import UndoService
from services.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What services and Slack's edge are both made from."""

    settings: Settings
    database: Database
    clock: DatabaseClock
    ids: TimeOrderedIds
    vault: Vault
    gateways: GmailGateways
    chats: SlackChats
    model: LanguageModel
    tenants: TenantService
    vectors: VectorStore
    embeddings: Embeddings
    install_gateway: InstallGateway | None = None
    steps: Steps = field(default_factory=lambda: STEPS)


def build_services(
    parts: Parts,
    mails: MailboxAccess,
    sender: SmtpSender | SystemMailboxSender,
    session: aiohttp.ClientSession,
) -> Services:
    settings, database, clock, ids = parts.settings, parts.database, parts.clock, parts.ids
    vault, model, chats, tenants = parts.vault, parts.model, parts.chats, parts.tenants
    offline, lineage = OfflineModel(), _lineage(model)
    audit = AuditService(database, clock, ids, vault)
    outcomes = outcome_services(database, clock, ids, audit)
    mail_out = MailOut(sender=sender)
    gmail = gmail_facts(settings, clock, vault, public_url(settings))
    calls = _model_calls(settings, database, clock, ids)
    accounts = AccountViewService(database, clock)
    views = ViewService(database, clock, model, mail_out, gmail, calls.budget_usd)
    by_mail = MailParts(
        settings=settings,
        database=database,
        clock=clock,
        ids=ids,
        vault=vault,
        audit=audit,
        card=views.approval_card,
    )
    by_post = draft_letters(by_mail, mail_out, views.mail_card)
    revisions = Revisions(clock, ids, by_post.ready)
    follower = DraftFollower(database, clock, ids, audit, revisions, mails)
    waits = undo_waits(settings)
    deciding = deciding_service(clock, ids, audit, waits)
    drafts = DraftService(
        database, clock, ids, revisions, follower, mails, model, offline, calls, deciding
    )
    analyst = Analyst(model, offline, calls)
    members = MemberService(db=database, clock=clock, ids=ids, chats=chats)
    inbound = InboundService(db=database, clock=clock, ids=ids)
    actions = ActionService(database, clock, ids, audit, revisions, waits)
    undo = UndoService(db=database, clock=clock, ids=ids, audit=audit, mails=mails)
    desks = decision_desks(
        by_mail,
        by_post,
        mail_out,
        mails=mails,
        views=views,
        members=members,
        actions=actions,
        undo=undo,
        waits=waits,
        asked=outcomes.opening.request_opened,
        session=lambda: session,
    )
    approvals, digests = desks.approvals, desks.digests

    compose = compose_services(database, clock, ids, audit, analyst=analyst, chats=chats)
    alerts = alert_services(database, clock, ids, audit, composer=compose.mails)
    outreach = outreach_services(database, clock, ids, audit, composer=compose.mails)
    health = HealthService(database, clock, ids, audit)
    search = search_services(
        database, clock, ids, store=parts.vectors, model=parts.embeddings, calls=calls
    )
    agent = agent_service(
        database,
        clock,
        ids,
        audit,
        models=(model, offline),
        calls=calls,
        accounts=accounts,
        composer=compose.mails,
        finder=search.search,
    )

    autonomy = autonomy_services(
        database,
        clock,
        ids,
        audit,
        chats=chats,
        lineage=lineage,
        waits=waits,
        steps=parts.steps,
    )
    signals = signal_services(database, clock, ids, model=model, calls=calls, tell=alerts.alerts)
    summaries = summary_service(database, clock, ids, models=(model, offline), calls=calls)
    effects = EffectService(
        database, clock, ids, audit, mails, drafts, follower, outcomes.opening, deciding.hours
    )
    boxes = mailbox_services(
        MailboxParts(
            settings=settings,
            database=database,
            clock=clock,
            ids=ids,
            vault=vault,
            audit=audit,
            access=mails,
            orders=desks.letters.replies.receive,
            public_url=by_mail.public_url,
            session=lambda: session,
        ),
        gmail,
    )
    rollout = rollout_services(
        database,
        rollout_deps(clock, ids, audit, arm_digest=digests.schedule, end_mailbox=boxes.endings.end),
        chats,
        views,
    )
    learning = learning_services(by_mail, mail_out, lineage, outcomes)
    goals = goal_services(database, clock, ids, audit)
    privacy = privacy_services(
        database,
        clock,
        ids,
        audit,
        vault=vault,
        book=ErasureBook(settings.data_dir / "erasures"),
        end_mailbox=boxes.endings.end,
        forget_vectors=search.index.forget,
    )
    return Services(
        accounts=accounts,
        actions=actions,
        agent=agent,
        alerts=alerts,
        api=api_services(database, clock, ids, audit, vault=vault),
        acts=act_pages(by_mail, approvals.decisions, desks.sign_in),
        approval_mails=desks.notes,
        approvals=approvals,
        audit=audit,
        autonomy=autonomy,
        sources=source_services(
            database, clock, ids, audit, analyst=analyst, chats=chats, mails=mails
        ),
        compose=compose,
        cards=CardService(db=database, clock=clock, ids=ids),
        connecting=boxes.connecting,
        conversations=ConversationService(
            database, clock, ids, audit, outcomes.signals, analyst, deciding
        ),
        delegation=boxes.delegation,
        digests=digests,
        drafts=drafts,
        effects=effects,
        feedback=FeedbackService(database, clock, ids, audit),
        first_readings=boxes.readings,
        follower=follower,
        goals=goals,
        health=health,
        home=HomeService(db=database, clock=clock, ids=ids),
        inbound=inbound,
        installs=install_service(
            db=database,
            clock=clock,
            tenants=tenants,
            gateway=parts.install_gateway,
            public_url=by_mail.public_url,
            chat_with=chats.with_token,
        ),
        learning=learning,
        letters=desks.letters,
        mailbox_endings=boxes.endings,
        mailboxes=boxes.mailboxes,
        members=members,
        moves=AccountMoveService(database, clock, ids, audit, alerts.alerts),
        privacy=privacy,
        personas=persona_services(
            database, clock, ids, audit, models=(model, offline), calls=calls
        ),
        outreach=outreach,
        pause_notices=pause_notices(
            db=database,
            clock=clock,
            ids=ids,
            audit=audit,
            mail_out=mail_out,
            install_url=install_url(settings, by_mail.public_url),
        ),
        rereading=RereadingService(database, mails, clock),
        rollout=rollout,
        rollups=RollupService(db=database, clock=clock, ids=ids),
        signals=signals,
        search=search,
        sorting=SortingService(database, clock, ids, audit),
        summaries=summaries,
        sweeps=SweepService(
            database,
            clock,
            {
                digests.TIMER: digests.due,
                summaries.TIMER: summaries.due,
                **approval_timers(approvals),
                **rollout_timers(rollout),
                **alert_timers(alerts),
                **goal_timers(goals),
                **outreach_timers(outreach),
                **learning_timers(learning),
            },
            (
                *approval_checks(approvals),
                inbound.recover,
                digests.arm,
                summaries.arm,
                signals.scans.due,
                signals.budget.check,
                alerts.alerts.follow,
                boxes.watches.check,
                boxes.forgetting.check,
                search.index.check,
                health.check,
                *outreach_checks(outreach),
                *autonomy_checks(autonomy),
                *learning_checks(learning),
                *privacy_checks(privacy),
            ),
        ),
        tenants=tenants,
        undo=undo,
        views=views,
        watches=boxes.watches,
    )


def _lineage(model: LanguageModel) -> Lineage:
    return lambda: lineage_of(model.name)


def _model_calls(
    settings: Settings, database: Database, clock: Clock, ids: Ids
) -> ModelCallService:
    budget = settings.llm_monthly_budget_usd
    return ModelCallService(
        database, clock, ids, Decimal(str(budget)) if budget is not None else None
    )


def mail_sender(
    settings: Settings, database: Database, mails: MailboxAccess
) -> SmtpSender | SystemMailboxSender:
    if settings.smtp_url is not None and settings.mail_from is not None:
        return SmtpSender(settings.smtp_url.get_secret_value(), settings.mail_from)
    return SystemMailboxSender(database, mails)
