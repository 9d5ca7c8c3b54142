"""Workspaces, put together: installing into them, their tokens, and what happens when Slack takes
one back."""

from collections.abc import Callable
from urllib.parse import quote

import aiohttp
from aiohttp import web

from blocks.paused_mail import paused_mail
from bot.adapters.slack_install import SlackInstall
from bot.config import Settings
from db.session import Database
from handlers.acting import RETURN_PATH
from handlers.installing import INSTALL_PATH, install_routes
from services.audit import AuditService
from services.installs import InstallService
from services.mail_out import MailOut
from services.oauth_ports import InstallGateway
from services.ports import ChatGateway, Clock, Ids
from services.tenants import TenantService
from services.vault import Vault
from services.workspace_pause import PauseNotices
from services.workspace_tokens import WorkspaceTokens


def install_gateway(
    settings: Settings,
    clock: Clock,
    session: Callable[[], aiohttp.ClientSession],
    public_url: str | None,
) -> SlackInstall | None:
    """None where the app's own credentials aren't set: then nothing is installed or renewed."""
    if not settings.slack_client_id or settings.slack_client_secret is None:
        return None
    return SlackInstall(
        session=session,
        api_url=settings.slack_api_url,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        redirect_uri=public_url + RETURN_PATH if public_url else None,
        clock=clock,
    )


def workspace_tokens(
    *, db: Database, clock: Clock, ids: Ids, vault: Vault, gateway: InstallGateway | None
) -> WorkspaceTokens:
    audit = AuditService(db, clock, ids, vault)
    return WorkspaceTokens(db=db, clock=clock, ids=ids, vault=vault, audit=audit, gateway=gateway)


def install_service(
    *,
    db: Database,
    clock: Clock,
    tenants: TenantService,
    gateway: InstallGateway | None,
    public_url: str | None,
    chat_with: Callable[[str], ChatGateway],
) -> InstallService:
    """Without an address of our own a browser couldn't come back."""
    return InstallService(
        db=db,
        clock=clock,
        tenants=tenants,
        gateway=gateway if public_url else None,
        chat_with=chat_with,
    )


def pause_notices(
    *,
    db: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    mail_out: MailOut,
    install_url: Callable[[str], str] | None,
) -> PauseNotices:
    return PauseNotices(
        db=db,
        clock=clock,
        ids=ids,
        audit=audit,
        mail_out=mail_out,
        render=paused_mail,
        install_url=install_url,
    )


def install_url(settings: Settings, public_url: str | None) -> Callable[[str], str] | None:
    """The address that connects a certain team again."""
    if not public_url or not settings.slack_client_id or settings.slack_client_secret is None:
        return None
    return lambda team_id: f"{public_url}{INSTALL_PATH}?team={quote(team_id)}"


def install_doors(settings: Settings, installs: InstallService) -> list[web.AbstractRouteDef]:
    return install_routes(installs, secure=settings.production)
