"""The composition root: settings in, a whole runtime out. Tests call it with other settings and
their own adapters; nothing else puts parts together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from blocks.email_digest import digest_mail
from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from bot.adapters.gmail import GmailGateways
from bot.adapters.google_push import Certificates, GooglePushVerifier
from bot.adapters.slack import SlackChats, make_session
from bot.adapters.smtp import SmtpSender
from bot.adapters.system_mailbox import SystemMailboxSender
from bot.anchors import AnchorBook, anchor_all
from bot.config import Settings
from bot.models import language_model
from bot.slack_app import Authorizer, build_slack_app
from bot.web import build_web
from bot.wiring_approvals import (
    approval_checks,
    approval_deps,
    approval_services,
    approval_timers,
    approval_verbs,
    text_messages,
)
from bot.wiring_mail_decisions import (
    MailParts,
    act_pages,
    act_routes,
    approval_mails,
    mail_orders,
)
from db.session import Database, Tx, is_disconnect
from handlers import all_routes
from handlers.cards import CardDelivery
from handlers.events import Events
from handlers.gmail_push import gmail_push
from handlers.jobs import JobFunction, job_table
from handlers.middleware import Actors
from handlers.slack import SlackRouters
from handlers.verbs import Verbs
from services.actions import ActionService
from services.analysis import Analyst
from services.approvals.urgent import UrgentService
from services.audit import AuditService
from services.bundle import Services
from services.cards import CardService, touch
from services.conversations import ConversationService
from services.digests import DigestService
from services.draft_following import DraftFollower
from services.drafts import DraftService
from services.effects import EffectService
from services.feedback import FeedbackService
from services.inbound import InboundService
from services.intake import Intake
from services.mail_out import MailOut
from services.mail_sync import MailSync
from services.mailbox_access import MailboxAccess
from services.mailboxes import MailboxService
from services.members import MemberService
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.outcomes import TIMER as OUTCOME_TIMER
from services.outcomes import OutcomeService
from services.overviews import ViewService
from services.ports import LanguageModel
from services.rereading import RereadingService
from services.revisions import Revisions
from services.sorting import SortingService
from services.sweeps import SweepService
from services.tenants import TenantService
from services.vault import Vault

GMAIL_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything one process is made of. `close` gives it all back."""

    settings: Settings
    database: Database
    database_url: str
    clock: DatabaseClock
    ids: TimeOrderedIds
    services: Services
    jobs: Mapping[str, JobFunction]
    chats: SlackChats
    slack: AsyncApp | None
    web: web.Application
    model: LanguageModel
    anchors: AnchorBook
    _close: tuple[Callable[[], Awaitable[object]], ...]

    async def close(self) -> None:
        for close in self._close:
            await close()


async def build(settings: Settings, *, database_url: str, vault: Vault) -> Runtime:
    """Put the process together. Opens no port and starts nothing."""
    database = Database(database_url)
    clock = DatabaseClock()
    ids = TimeOrderedIds(clock)
    session = make_session()
    gateways = GmailGateways(settings.gmail_api_url, clock, timeout=GMAIL_TIMEOUT)
    model = language_model(settings)
    tenants = TenantService(db=database, clock=clock, ids=ids, vault=vault)

    async def token_of(tenant_id: UUID) -> str:
        return (await tenants.workspace(tenant_id)).bot_token

    chats = SlackChats(
        session=session, base_url=settings.slack_api_url, clock=clock, token_of=token_of
    )
    parts = _Parts(
        settings=settings,
        database=database,
        clock=clock,
        ids=ids,
        vault=vault,
        gateways=gateways,
        chats=chats,
        model=model,
        tenants=tenants,
    )
    mails = MailboxAccess(db=database, clock=clock, ids=ids, vault=vault, gateways=gateways)
    sender = _sender(settings, database, mails)
    services = _services(parts, mails, sender, session)
    verbs = _verbs(services)
    cards = CardDelivery(
        cards=services.cards, people=services.members, views=services.views, chats=chats
    )
    events = Events(verbs=verbs, actors=Actors(verbs.members, clock), chats=chats)
    jobs = job_table(services, cards, events)
    slack = _slack(parts, session, verbs, events)
    anchors = AnchorBook(settings.data_dir / "anchors")

    pushed = gmail_push(services.mailboxes, _push_verifier(settings, session))

    async def close_threads() -> None:
        gateways.close()
        if isinstance(sender, SmtpSender):
            sender.close()

    return Runtime(
        settings=settings,
        database=database,
        database_url=database_url,
        clock=clock,
        ids=ids,
        services=services,
        jobs=_with_anchors(jobs, database, services.audit, anchors, clock),
        chats=chats,
        slack=slack,
        web=_web(
            settings,
            database,
            clock,
            slack,
            [web.post("/gmail/push", pushed), *act_routes(settings, services.acts)],
        ),
        model=model,
        anchors=anchors,
        _close=(session.close, close_threads, database.close),
    )


def _web(
    settings: Settings,
    database: Database,
    clock: DatabaseClock,
    slack: AsyncApp | None,
    doors: Sequence[web.AbstractRouteDef],
) -> web.Application:
    async def ready() -> bool:
        try:
            async with database.directory():
                return True
        except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
            return False

    signing = settings.slack_signing_secret
    return build_web(
        slack=slack,
        signing_secret=signing.get_secret_value() if signing else None,
        clock=clock,
        ready=ready,
        extra_routes=doors,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
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


def _services(
    parts: _Parts,
    mails: MailboxAccess,
    sender: SmtpSender | SystemMailboxSender,
    session: aiohttp.ClientSession,
) -> Services:
    settings, database, clock, ids = parts.settings, parts.database, parts.clock, parts.ids
    vault, model, chats, tenants = parts.vault, parts.model, parts.chats, parts.tenants
    offline = OfflineModel()
    audit = AuditService(database, clock, ids)
    outcomes = OutcomeService(clock, ids, audit)
    revisions = Revisions(clock, ids)
    budget = settings.llm_monthly_budget_usd
    calls = ModelCallService(
        database, clock, ids, Decimal(str(budget)) if budget is not None else None
    )
    follower = DraftFollower(database, clock, ids, audit, revisions, mails)
    drafts = DraftService(database, clock, ids, revisions, follower, mails, model, offline, calls)
    mail_out = MailOut(sender=sender)
    views = ViewService(database, clock, model, mail_out)
    digests = DigestService(database, clock, ids, audit, views, mail_out, digest_mail)
    members = MemberService(db=database, clock=clock, ids=ids, chats=chats)
    by_mail = MailParts(
        settings=settings,
        database=database,
        clock=clock,
        ids=ids,
        vault=vault,
        audit=audit,
        card=views.approval_card,
    )
    notes = approval_mails(by_mail, mail_out)
    urgent = UrgentService(
        db=database,
        clock=clock,
        ids=ids,
        audit=audit,
        texts=text_messages(settings, lambda: session),
    )
    deps = approval_deps(clock, ids, audit, notify=notes.notify, alarm=urgent.alarm)
    approvals = approval_services(
        database, deps, urgent, undo=timedelta(seconds=settings.undo_seconds)
    )
    inbound = InboundService(db=database, clock=clock, ids=ids)
    orders = mail_orders(by_mail, notes, approvals.decisions, mails)

    async def touched(
        tx: Tx, kind: str, subject_id: UUID, recipient_ids: Sequence[UUID] | None
    ) -> object:
        return await touch(tx, kind, subject_id, recipient_ids, clock=clock, ids=ids)

    return Services(
        actions=ActionService(
            database, clock, ids, audit, revisions, timedelta(seconds=settings.undo_seconds)
        ),
        acts=act_pages(by_mail, approvals.decisions, members, lambda: session),
        approval_mails=notes,
        approval_orders=orders,
        approvals=approvals,
        audit=audit,
        cards=CardService(db=database, clock=clock, ids=ids),
        conversations=ConversationService(
            database, clock, ids, audit, outcomes, Analyst(model, offline, calls)
        ),
        digests=digests,
        drafts=drafts,
        effects=EffectService(database, clock, ids, audit, mails, drafts, follower, outcomes),
        feedback=FeedbackService(database, clock, ids, audit),
        follower=follower,
        inbound=inbound,
        mailboxes=MailboxService(
            db=database,
            clock=clock,
            ids=ids,
            vault=vault,
            access=mails,
            mail_sync=MailSync(
                db=database,
                clock=clock,
                intake=Intake(clock=clock, ids=ids),
                touch=touched,
                orders=orders.receive,
            ),
            touch=touched,
            topic=settings.gmail_topic,
        ),
        members=members,
        outcomes=outcomes,
        rereading=RereadingService(database, mails),
        sorting=SortingService(database, clock, ids, audit),
        sweeps=SweepService(
            database,
            clock,
            {
                OUTCOME_TIMER: outcomes.window_closed,
                digests.TIMER: digests.due,
                **approval_timers(approvals),
            },
            (*approval_checks(approvals), inbound.recover),
        ),
        tenants=tenants,
        views=views,
    )


def _verbs(services: Services) -> Verbs:
    return Verbs(
        actions=services.actions,
        feedback=services.feedback,
        conversations=services.sorting,
        digests=services.digests,
        views=services.views,
        members=services.members,
        cards=services.cards,
        inbound=services.inbound,
        workspaces=services.tenants,
        approvals=approval_verbs(services.approvals),
    )


def _slack(
    parts: _Parts, session: aiohttp.ClientSession, verbs: Verbs, events: Events
) -> AsyncApp | None:
    settings, clock, chats = parts.settings, parts.clock, parts.chats
    signing = settings.slack_signing_secret
    if signing is None and settings.slack_app_token is None:
        return None
    return build_slack_app(
        authorizer=Authorizer(parts.tenants, clock),
        routers=SlackRouters(
            verbs=verbs,
            routes=all_routes(),
            actors=events.actors,
            surfaces=chats,
            is_passing=is_disconnect,
            events=events,
        ),
        # Socket Mode carries no signatures; Bolt only wants the argument.
        signing_secret=signing.get_secret_value() if signing else "socket-mode",
        client=AsyncWebClient(base_url=settings.slack_api_url, session=session),
    )


def _push_verifier(settings: Settings, session: aiohttp.ClientSession) -> GooglePushVerifier | None:
    if settings.gmail_push_audience is None:
        return None
    return GooglePushVerifier(
        audience=settings.gmail_push_audience,
        service_account=settings.gmail_push_service_account,
        certificates=Certificates(url=settings.gmail_push_certs_url, session=lambda: session),
    )


def _sender(
    settings: Settings, database: Database, mails: MailboxAccess
) -> SmtpSender | SystemMailboxSender:
    if settings.smtp_url is not None and settings.mail_from is not None:
        return SmtpSender(settings.smtp_url.get_secret_value(), settings.mail_from)
    return SystemMailboxSender(database, mails)


def _with_anchors(
    jobs: dict[str, JobFunction],
    database: Database,
    audit: AuditService,
    anchors: AnchorBook,
    clock: DatabaseClock,
) -> dict[str, JobFunction]:
    """The minute's tick also follows the database's clock and keeps the daily anchors."""
    tick = jobs["tick"]

    async def with_anchors(tenant_id: UUID | None, payload: Mapping[str, Any]) -> None:
        await clock.follow(database)
        await tick(tenant_id, payload)
        await anchor_all(database, audit, anchors, clock.now())

    return {**jobs, "tick": with_anchors}
