"""Everything about connected mailboxes, put together: connecting, reading, pushes, ending."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
from aiohttp import web

from bot.adapters.google_consent import GoogleConsent
from bot.config import GMAIL_API_URL, Settings
from db.session import Database, Tx
from handlers.connecting import RETURN_PATH, connect_routes
from handlers.mailbox_verbs import MailboxVerbs
from services.audit import AuditService
from services.bundle import Services
from services.cards import touch
from services.first_reading import FirstReadingService
from services.intake import Intake
from services.letters.links import Links
from services.mail_sync import MailSync, Orders
from services.mailbox_access import MailboxAccess
from services.mailbox_connect import ConnectLinks, MailboxConnectService
from services.mailbox_delegation import DelegationService
from services.mailbox_ending import MailboxEndingService
from services.mailbox_health import GmailFacts
from services.mailbox_watch import WatchService
from services.mailboxes import MailboxService
from services.never_label import Forgetting
from services.ports import Clock, Ids
from services.suppression import Suppression
from services.vault import Vault

GOOGLE_AUTH_URL = "https://accounts.google.com/o/oauth2/v2/auth"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
GOOGLE_REVOKE_URL = "https://oauth2.googleapis.com/revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxParts:
    """What all of it is made from."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids
    vault: Vault
    audit: AuditService
    access: MailboxAccess
    orders: Orders
    public_url: str | None
    session: Callable[[], aiohttp.ClientSession]

    async def touched(
        self, tx: Tx, kind: str, subject_id: UUID, recipient_ids: Sequence[UUID] | None
    ) -> object:
        return await touch(tx, kind, subject_id, recipient_ids, clock=self.clock, ids=self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxServices:
    mailboxes: MailboxService
    connecting: MailboxConnectService
    endings: MailboxEndingService
    delegation: DelegationService
    watches: WatchService
    readings: FirstReadingService
    forgetting: Forgetting


def google_urls(settings: Settings) -> tuple[str, str, str]:
    """Consent page, token endpoint, revocation: as set, else Google's own, else on the origin that
    serves Gmail's API where that isn't Google's."""
    parts = urlsplit(settings.gmail_api_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    own = settings.gmail_api_url == GMAIL_API_URL
    return (
        settings.google_auth_url or (GOOGLE_AUTH_URL if own else f"{origin}/o/oauth2/v2/auth"),
        settings.google_token_url or (GOOGLE_TOKEN_URL if own else f"{origin}/token"),
        settings.google_revoke_url or (GOOGLE_REVOKE_URL if own else f"{origin}/revoke"),
    )


def gmail_facts(
    settings: Settings, clock: Clock, vault: Vault, public_url: str | None
) -> GmailFacts:
    """What people are told of the set-up, and the links they connect by."""
    links = Links.of(vault)
    given = (
        ("GOOGLE_CLIENT_ID", settings.google_client_id),
        ("GOOGLE_CLIENT_SECRET", settings.google_client_secret),
        ("PUBLIC_URL", public_url),
    )
    missing = tuple(name for name, value in given if not value)
    return GmailFacts(
        links=ConnectLinks(
            clock=clock,
            sign=links.sign,
            verify=links.verified,
            public_url=public_url,
            configured=not missing,
        ),
        pushes=settings.gmail_topic is not None,
        poll_seconds=settings.gmail_poll_seconds,
        missing=missing,
        redirect=(public_url or "PUBLIC_URL") + RETURN_PATH,
    )


def mailbox_services(parts: MailboxParts, facts: GmailFacts) -> MailboxServices:
    database, clock, ids, audit = parts.database, parts.clock, parts.ids, parts.audit
    access, vault, touched = parts.access, parts.vault, parts.touched
    forgetting = Forgetting(db=database, clock=clock, ids=ids, audit=audit)
    mailboxes = MailboxService(
        db=database,
        clock=clock,
        ids=ids,
        vault=vault,
        access=access,
        mail_sync=MailSync(
            db=database,
            clock=clock,
            intake=Intake(clock=clock, ids=ids, erased=Suppression(vault).among),
            touch=touched,
            forgetting=forgetting,
            orders=parts.orders,
        ),
        touch=touched,
        audit=audit,
    )
    consent = _consent(parts)
    endings = MailboxEndingService(
        db=database,
        clock=clock,
        ids=ids,
        audit=audit,
        access=access,
        touch=touched,
        revoke=consent.revoke,
    )
    return MailboxServices(
        mailboxes=mailboxes,
        connecting=_connecting(parts, facts, consent, mailboxes),
        endings=endings,
        delegation=DelegationService(
            db=database,
            clock=clock,
            ids=ids,
            audit=audit,
            access=access,
            mailboxes=mailboxes,
            endings=endings,
            touch=touched,
        ),
        watches=WatchService(
            db=database,
            clock=clock,
            ids=ids,
            access=access,
            touch=touched,
            topic=parts.settings.gmail_topic,
        ),
        readings=FirstReadingService(db=database, clock=clock, ids=ids, audit=audit),
        forgetting=forgetting,
    )


def mailbox_verbs(services: Services) -> MailboxVerbs:
    return MailboxVerbs(
        endings=services.mailbox_endings,
        delegation=services.delegation,
        readings=services.first_readings,
    )


def mailbox_doors(settings: Settings, services: Services) -> list[web.AbstractRouteDef]:
    return connect_routes(services.connecting, secure=settings.production)


def _consent(parts: MailboxParts) -> GoogleConsent:
    settings = parts.settings
    auth_url, token_url, revoke_url = google_urls(settings)
    secret = settings.google_client_secret
    return GoogleConsent(
        session=parts.session,
        clock=parts.clock,
        client_id=settings.google_client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        auth_url=auth_url,
        token_url=token_url,
        revoke_url=revoke_url,
        redirect_uri=(parts.public_url or "") + RETURN_PATH,
    )


def _connecting(
    parts: MailboxParts, facts: GmailFacts, consent: GoogleConsent, mailboxes: MailboxService
) -> MailboxConnectService:
    if facts.links is None:
        raise RuntimeError("links are always made here")
    return MailboxConnectService(
        db=parts.database,
        clock=parts.clock,
        ids=parts.ids,
        vault=parts.vault,
        links=facts.links,
        consent=None if facts.missing else consent,
        gateways=parts.access.gateways,
        mailboxes=mailboxes,
    )
