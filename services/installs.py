"""Installing into a workspace by OAuth: a browser is sent to Slack and comes back once.

The state that goes along is kept as a hash, works once however many copies return at the same
moment, only in the browser that began it, and for ten minutes. What Slack gives is looked at before
anything is stored; what we don't want is given back.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from db import installs as rows
from db.models.directories import InstallState
from db.session import Database
from services.errors import Conflict, Forbidden, InvalidInput, ServiceError, TransientError
from services.oauth_ports import InstallGateway
from services.ports import ChatGateway, ChatPerson, Clock
from services.tenants import TenantService
from services.types.installs import (
    BOT_SCOPES,
    NEEDED_SCOPES,
    GivenInstall,
    InstallPage,
    InstallStep,
)

log = structlog.get_logger()

LASTS = timedelta(minutes=10)
STATE_PREFIX = "install."
COOKIE_PREFIX = "understudy_install_"
SECRET_BYTES = 32
TEAM_ID = re.compile(r"T[A-Z0-9]{1,30}")
NOT_SET_UP = (
    "Whoever runs Understudy here has to set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and PUBLIC_URL "
    "first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallBegun:
    """The page that leads to Slack, and what to leave in the browser."""

    page: InstallPage
    cookie_name: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What the browser brought back. `cookies` are all it has for us."""

    state: str
    code: str
    error: str
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallService:
    """`gateway` is None where client id, secret or our own address aren't set. `chat_with` speaks
    with a token that no tenant has yet."""

    db: Database
    clock: Clock
    tenants: TenantService
    gateway: InstallGateway | None
    chat_with: Callable[[str], ChatGateway]

    async def begin(self, team_id: str = "") -> InstallBegun | InstallPage:
        """Begin an install, into one certain workspace where one is named."""
        if self.gateway is None:
            return InstallPage(step=InstallStep.NOT_SET_UP, sentence=NOT_SET_UP)
        wanted = team_id if TEAM_ID.fullmatch(team_id) else None
        state, cookie = STATE_PREFIX + _secret(), _secret()
        now = self.clock.now()
        async with self.db.directory() as tx:
            await rows.drop_old_install_states(tx, now)
            await rows.add_install_state(
                tx,
                InstallState(
                    state_hash=_hash(state),
                    browser_hash=_hash(cookie),
                    team_id=wanted,
                    expires_at=now + LASTS,
                ),
            )
        url = self.gateway.authorize_url(state=state, team_id=wanted)
        page = InstallPage(step=InstallStep.OFFER, url=url)
        return InstallBegun(page=page, cookie_name=cookie_name(state), cookie=cookie)

    async def finish(self, returned: Returned) -> InstallPage:
        """Back from Slack. Whatever came along, the state is used up with it."""
        gateway = self.gateway
        if gateway is None:
            return InstallPage(step=InstallStep.NOT_SET_UP, sentence=NOT_SET_UP)
        begun = await self._take_back(returned)
        if begun is None:
            return InstallPage(step=InstallStep.UNKNOWN)
        if returned.error or not returned.code:
            denied = returned.error in {"", "access_denied"}
            return InstallPage(
                step=InstallStep.DENIED if denied else InstallStep.REFUSED,
                detail=() if denied else (f"Slack says: {returned.error[:80]}",),
            )
        at = self.clock.now()
        try:
            given = await gateway.exchange(returned.code)
        except (Forbidden, InvalidInput) as error:
            return InstallPage(step=InstallStep.REFUSED, sentence=str(error))
        except TransientError as error:
            return InstallPage(step=InstallStep.TROUBLE, sentence=str(error))
        return await self._given(gateway, given, begun.team_id, at)

    async def _given(
        self, gateway: InstallGateway, given: GivenInstall, wanted: str | None, at: datetime
    ) -> InstallPage:
        team_id = given.team_id
        if given.org_wide or team_id is None:
            await self._give_back(gateway, given)
            return InstallPage(step=InstallStep.ORG_WIDE, team=given.team_name)
        # An answer that names no scopes leaves it at what was asked for.
        missing = tuple(s for s in BOT_SCOPES if given.scopes and s not in given.scopes)
        step = None
        if wanted is not None and team_id != wanted:
            step = InstallStep.OTHER_WORKSPACE
        elif any(scope in NEEDED_SCOPES for scope in missing):
            step = InstallStep.TOO_LITTLE
        if step is not None:
            # In a workspace that has us already it may be the very token it works with.
            if await self.tenants.find(team_id) is None:
                await self._give_back(gateway, given)
            return InstallPage(
                step=step,
                team=given.team_name,
                detail=missing if step is InstallStep.TOO_LITTLE else (),
            )
        done = await self._store(given, team_id, at)
        log.info("installed", team=team_id, step=done.value)
        return InstallPage(
            step=done,
            team=given.team_name,
            url=gateway.app_url(team_id=team_id, app_id=given.app_id),
            detail=missing,
        )

    async def _store(self, given: GivenInstall, team_id: str, at: datetime) -> InstallStep:
        installer = await self._installer(given)
        try:
            return await self.tenants.install(given, team_id, installer, at=at)
        except Conflict:
            # Two installs of one new workspace at once: the other one was faster, so it is known.
            return await self.tenants.install(given, team_id, installer, at=at)

    async def _installer(self, given: GivenInstall) -> ChatPerson | None:
        """Who installed it, as Slack tells it to the new token. Not knowing makes nobody admin."""
        if not given.installer_id:
            return None
        try:
            return await self.chat_with(given.grant.token).person(given.installer_id)
        except ServiceError as error:
            log.warning("the installer could not be looked up", reason=str(error))
            return None

    async def _give_back(self, gateway: InstallGateway, given: GivenInstall) -> None:
        try:
            await gateway.revoke(given.grant.token)
        except ServiceError as error:
            log.warning("an unwanted token could not be given back", reason=str(error))

    async def _take_back(self, returned: Returned) -> rows.BegunInstall | None:
        cookie = returned.cookies.get(cookie_name(returned.state), "")
        if not returned.state.startswith(STATE_PREFIX) or not cookie:
            return None
        async with self.db.directory() as tx:
            return await rows.use_install_state(
                tx,
                state_hash=_hash(returned.state),
                browser_hash=_hash(cookie),
                now=self.clock.now(),
            )


def cookie_name(state: str) -> str:
    """A cookie for each install: two tabs that install at once don't take each other's."""
    return COOKIE_PREFIX + hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:16]


def _secret() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).rstrip(b"=").decode()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(b"understudy install|" + secret.encode("utf-8", "replace")).digest()
