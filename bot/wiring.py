"""The composition root: settings in, a whole runtime out. Tests call it with other settings and
their own adapters; nothing else puts parts together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from bot.adapters.gmail import GmailGateways
from bot.adapters.google_push import Certificates, GooglePushVerifier
from bot.adapters.nano_embeddings import NanoEmbeddings
from bot.adapters.slack import SlackChats, make_session
from bot.adapters.smtp import SmtpSender
from bot.anchors import AnchorBook, anchor_all
from bot.config import Settings
from bot.figures import Figures
from bot.models import language_model
from bot.ops import Check, Health, ops_routes
from bot.slack_app import Authorizer, build_slack_app
from bot.web import build_web
from bot.wiring_alerts import alert_verbs
from bot.wiring_api import api_doors
from bot.wiring_approvals import approval_verbs
from bot.wiring_autonomy import autonomy_verbs, earning_verbs
from bot.wiring_compose import compose_verbs
from bot.wiring_confidence import calibration_verbs
from bot.wiring_goals import goal_verbs
from bot.wiring_habits import habit_verbs
from bot.wiring_learning_views import learning_verbs
from bot.wiring_mail_decisions import act_routes, public_url
from bot.wiring_mailboxes import mailbox_doors, mailbox_verbs
from bot.wiring_outreach import outreach_verbs
from bot.wiring_personas import persona_verbs
from bot.wiring_rollout import rollout_verbs
from bot.wiring_search import embeddings, vector_store
from bot.wiring_services import Parts, build_services, mail_sender
from bot.wiring_sources import source_verbs
from bot.wiring_workspaces import install_doors, install_gateway, workspace_tokens
from db.session import Database, is_disconnect
from handlers import all_routes
from handlers.alert_cards import alert_renderers
from handlers.answers import AnswerDelivery
from handlers.calibration import calibration_renderers
from handlers.cards import CardDelivery
from handlers.compose_jobs import compose_jobs
from handlers.events import Events
from handlers.gmail_push import gmail_push
from handlers.goal_cards import goal_renderers
from handlers.habits_jobs import habit_renderers
from handlers.health_jobs import health_jobs
from handlers.jobs import JobFunction, job_table
from handlers.middleware import Actors
from handlers.outreach_cards import outreach_renderers
from handlers.personas_cards import persona_renderers
from handlers.personas_jobs import persona_jobs
from handlers.privacy_jobs import privacy_jobs
from handlers.promotion_cards import promotion_renderers
from handlers.report_jobs import report_jobs
from handlers.reports import report_renderers
from handlers.rollout_cards import rollout_renderers
from handlers.search_jobs import search_jobs
from handlers.signal_cards import budget_renderers
from handlers.slack import SlackRouters
from handlers.sources_jobs import source_jobs
from handlers.verbs import Verbs
from services.autonomy.earning.rule import STEPS, Steps
from services.bundle import Services
from services.mailbox_access import MailboxAccess
from services.ports import LanguageModel
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
    health: Health
    figures: Figures
    _close: tuple[Callable[[], Awaitable[object]], ...]

    async def close(self) -> None:
        for close in self._close:
            await close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Other adapters than the settings name, or other steps up: what a test hands in."""

    model: LanguageModel | None = None
    gateways: GmailGateways | None = None
    chats: SlackChats | None = None
    steps: Steps = field(default_factory=lambda: STEPS)


async def build(
    settings: Settings,
    *,
    database_url: str,
    vault: Vault,
    clock: DatabaseClock | None = None,
    others: Others | None = None,
) -> Runtime:
    """Put the process together. Opens no port and starts nothing. `clock` is another one than the
    database's where weeks pass in seconds."""
    others = others or Others()
    database = Database(database_url)
    clock = clock or DatabaseClock()
    ids = TimeOrderedIds(clock)
    session = make_session()
    gateways = others.gateways or GmailGateways(
        settings.gmail_api_url, clock, timeout=GMAIL_TIMEOUT
    )
    model = others.model or language_model(settings)
    tenants = TenantService(db=database, clock=clock, ids=ids, vault=vault)

    installing = install_gateway(settings, clock, lambda: session, public_url(settings))
    tokens = workspace_tokens(db=database, clock=clock, ids=ids, vault=vault, gateway=installing)
    chats = others.chats or SlackChats(
        session=session, base_url=settings.slack_api_url, clock=clock, tokens=tokens
    )
    vectors, embedder = vector_store(settings), embeddings(settings, clock)
    parts = Parts(
        settings=settings,
        database=database,
        clock=clock,
        ids=ids,
        vault=vault,
        gateways=gateways,
        chats=chats,
        model=model,
        tenants=tenants,
        vectors=vectors,
        embeddings=embedder,
        install_gateway=installing,
        steps=others.steps,
    )
    mails = MailboxAccess(db=database, clock=clock, ids=ids, vault=vault, gateways=gateways)
    sender = mail_sender(settings, database, mails)
    services = build_services(parts, mails, sender, session)
    verbs = verbs_of(services)
    cards = CardDelivery(
        cards=services.cards,
        people=services.members,
        views=services.views,
        more={
            **rollout_renderers(services.rollout.imports, services.rollout.waiting),
            **budget_renderers(services.signals.budget),
            **alert_renderers(services.alerts.views, services.alerts.thresholds),
            **persona_renderers(services.personas.views),
            **goal_renderers(services.goals.views),
            **outreach_renderers(services.outreach.views),
            **promotion_renderers(services.autonomy.earning_views),
            **calibration_renderers(services.learning.calibration_pages),
            **habit_renderers(services.learning.habits.views),
            **report_renderers(services.learning.reports.pages),
        },
        chats=chats,
    )
    events = Events(verbs=verbs, actors=Actors(verbs.members, clock), chats=chats)
    answers = AnswerDelivery(answers=services.agent, chats=chats)
    jobs = {
        **job_table(services, cards, events, answers),
        **compose_jobs(services.compose.captures, chats),
        **source_jobs(services.sources, services.compose.captures, chats, chats),
        **search_jobs(services.search, chats),
        **report_jobs(services.learning.reports, chats),
        **health_jobs(services.health),
        **privacy_jobs(services.privacy, chats),
        **persona_jobs(services.personas.previews),
    }
    slack = _slack(parts, session, verbs, events)
    health = Health({"database": _database_check(database)})
    figures = Figures(database=database, clock=clock, budget_usd=settings.llm_monthly_budget_usd)
    anchors = AnchorBook(settings.data_dir / "anchors")

    pushed = gmail_push(services.mailboxes, _push_verifier(settings, session))

    async def close_threads() -> None:
        gateways.close()
        vectors.close()
        if isinstance(embedder, NanoEmbeddings):
            embedder.close()
        if isinstance(sender, SmtpSender):
            sender.close()

    return Runtime(
        settings=settings,
        database=database,
        database_url=database_url,
        clock=clock,
        ids=ids,
        services=services,
        jobs=_with_anchors(jobs, database, services, anchors, clock),
        chats=chats,
        slack=slack,
        web=_web(
            settings,
            ops_routes(health, figures.text if settings.metrics_port is None else None),
            clock,
            slack,
            [
                web.post("/gmail/push", pushed),
                *act_routes(settings, services),
                *install_doors(settings, services.installs),
                *mailbox_doors(settings, services),
            ],
            parts=api_doors(services.api, clock),
        ),
        model=model,
        anchors=anchors,
        health=health,
        figures=figures,
        _close=(session.close, close_threads, database.close),
    )


def _web(
    settings: Settings,
    ops: Sequence[web.AbstractRouteDef],
    clock: DatabaseClock,
    slack: AsyncApp | None,
    doors: Sequence[web.AbstractRouteDef],
    *,
    parts: Mapping[str, web.Application],
) -> web.Application:
    signing = settings.slack_signing_secret
    return build_web(
        slack=slack,
        signing_secret=signing.get_secret_value() if signing else None,
        clock=clock,
        extra_routes=doors,
        parts=parts,
        ops=ops,
    )


def _database_check(database: Database) -> Check:
    """Whether it can be asked. That it is migrated is looked at before anything starts."""

    async def check() -> str | None:
        async with database.directory():
            return None

    return check


def verbs_of(services: Services) -> Verbs:
    """What the edge may ask of the services."""
    return Verbs(
        accounts=services.accounts,
        goals=goal_verbs(services.goals),
        learning=learning_verbs(services.learning.views),
        reports=services.learning.reports.pages,
        own_texts=services.autonomy.own_texts,
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
        undo=services.undo,
        mailboxes=mailbox_verbs(services),
        rollout=rollout_verbs(services.rollout, services.approvals.rules),
        compose=compose_verbs(services.compose),
        agent=services.agent,
        home=services.home,
        rollups=services.rollups,
        alerts=alert_verbs(services.alerts),
        sources=source_verbs(services.sources),
        finds=services.search.finds,
        health=services.health,
        autonomy=autonomy_verbs(services.autonomy),
        personas=persona_verbs(services.personas),
        outreach=outreach_verbs(services.outreach),
        earning=earning_verbs(services.autonomy),
        tokens=services.api.tokens,
        coaching=services.learning.coaching.pages,
        calibration=calibration_verbs(services.learning.calibration_pages, services.autonomy),
        habits=habit_verbs(services.learning.habits),
    )


def _slack(
    parts: Parts, session: aiohttp.ClientSession, verbs: Verbs, events: Events
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


def _with_anchors(
    jobs: dict[str, JobFunction],
    database: Database,
    services: Services,
    anchors: AnchorBook,
    clock: DatabaseClock,
) -> dict[str, JobFunction]:
    """The minute's tick also follows the database's clock, keeps the daily anchors and forgets the
    queue's old log."""
    tick = jobs["tick"]

    async def with_anchors(tenant_id: UUID | None, payload: Mapping[str, Any]) -> None:
        await clock.follow(database)
        await tick(tenant_id, payload)
        await anchor_all(database, services.audit, anchors, clock.now())
        await services.privacy.retention.take_queue()

    return {**jobs, "tick": with_anchors}
