"""Deciding by mail, put together: the mails, the replies to them, the pages behind their links."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from blocks.approval_mail import approval_mail
from bot.adapters.slack_openid import SlackSignIn
from bot.config import Settings
from db.session import Database
from handlers.acting import RETURN_PATH, acting_routes, return_route, sign_in_return
from handlers.installing import install_return
from handlers.letter_pages import LetterDoor
from services.approvals.link_pages import ActService
from services.approvals.mails import ApprovalMailService, CardReader
from services.approvals.orders import OrderService
from services.approvals.token_use import Decider, TokenUse
from services.audit import AuditService
from services.bundle import Services
from services.devices import DeviceService
from services.letters.links import Links
from services.letters.refusals import Refusals
from services.letters.sign_in import LinkSignIn
from services.mail_out import MailOut
from services.members import MemberService
from services.oauth_ports import SignInGateway
from services.ports import Clock, Ids
from services.types.approvals import Surface
from services.vault import Vault

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """What all of it is made from."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids
    vault: Vault
    audit: AuditService
    card: CardReader

    @property
    def links(self) -> Links:
        return Links.of(self.vault)

    @property
    def public_url(self) -> str | None:
        """Where people's browsers find us: PUBLIC_URL, or where we listen when all of Slack is on
        this machine too. Otherwise nowhere, and mails hold no links."""
        return public_url(self.settings)


def public_url(settings: Settings) -> str | None:
    """As MailParts has it, for what isn't about mail."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    local = urlsplit(settings.slack_api_url).hostname in LOOPBACK
    return f"http://127.0.0.1:{settings.port}" if local else None


def approval_mails(parts: MailParts, mail_out: MailOut) -> ApprovalMailService:
    """Its `notify` is what the other approval services write mails by."""
    return ApprovalMailService(
        db=parts.database,
        clock=parts.clock,
        ids=parts.ids,
        audit=parts.audit,
        links=parts.links,
        mail_out=mail_out,
        card=parts.card,
        render=approval_mail,
        public_url=parts.public_url,
    )


def approval_desk(parts: MailParts, notes: ApprovalMailService, decisions: Decider) -> OrderService:
    """Where replies to mails about approvals go."""
    return OrderService(
        db=parts.database,
        clock=parts.clock,
        ids=parts.ids,
        notes=notes,
        use=TokenUse(db=parts.database, clock=parts.clock, decisions=decisions),
        refusals=refusals(parts, Surface.REPLY),
    )


def link_sign_in(
    parts: MailParts, members: MemberService, session: Callable[[], aiohttp.ClientSession]
) -> LinkSignIn:
    """Signing in to use a link, for all kinds of links."""
    links = parts.links
    return LinkSignIn(
        db=parts.database,
        devices=DeviceService(
            db=parts.database,
            clock=parts.clock,
            ids=parts.ids,
            sign=links.sign,
            verify=links.verified,
        ),
        members=members,
        refusals=refusals(parts, Surface.LINK),
        gateway=_sign_in(parts, session),
    )


def act_pages(parts: MailParts, decisions: Decider, sign_in: LinkSignIn) -> ActService:
    return ActService(
        db=parts.database,
        clock=parts.clock,
        links=parts.links,
        devices=sign_in.devices,
        card=parts.card,
        use=TokenUse(db=parts.database, clock=parts.clock, decisions=decisions),
        refusals=refusals(parts, Surface.LINK),
        sign_in=sign_in,
    )


def act_routes(settings: Settings, services: Services) -> list[web.AbstractRouteDef]:
    """The routes of acting from a mail. The way back from Slack is shared: whoever else sends
    browsers there adds a prefix of its own."""
    secure, acts = settings.production, services.acts
    letters = LetterDoor(pages=services.letters.pages, endings=services.letters.endings)
    ways = {
        **sign_in_return(acts, secure=secure, letters=letters),
        **install_return(services.installs, secure=secure),
    }
    return [*acting_routes(acts, secure=secure, letters=letters), return_route(ways)]


def _sign_in(
    parts: MailParts, session: Callable[[], aiohttp.ClientSession]
) -> SignInGateway | None:
    settings, public_url = parts.settings, parts.public_url
    if not settings.slack_client_id or settings.slack_client_secret is None or not public_url:
        return None
    return SlackSignIn(
        session=session,
        api_url=settings.slack_api_url,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        redirect_uri=public_url + RETURN_PATH,
    )


def refusals(parts: MailParts, surface: Surface) -> Refusals:
    return Refusals(db=parts.database, clock=parts.clock, audit=parts.audit, surface=surface)
