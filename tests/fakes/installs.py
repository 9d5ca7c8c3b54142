"""Slack's installs in memory, behind the InstallGateway port. A test plays the browser: `allow`
answers with the code of whoever sits there. `trouble` holds errors, one per call."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from db.session import refuse_inside_transaction
from services.errors import Forbidden
from services.ports import Clock
from services.types.installs import BOT_SCOPES, BotGrant, GivenInstall

ORIGIN = "https://slack.test"
REFUSED = "Slack doesn't accept this."


@dataclass
class FakeInstall:
    clock: Clock
    lasts: timedelta | None = None
    codes: dict[str, GivenInstall] = field(default_factory=dict)
    refreshes: dict[str, str] = field(default_factory=dict)
    """Refresh token → live, or used."""
    tokens: dict[str, str] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    slow: float = 0
    given: int = 0

    def authorize_url(self, *, state: str, team_id: str | None) -> str:
        query = {"client_id": "1.2", "scope": ",".join(BOT_SCOPES), "state": state}
        team = {"team": team_id} if team_id else {}
        return f"{ORIGIN}/oauth/v2/authorize?{urlencode({**query, 'redirect_uri': 'x', **team})}"

    def app_url(self, *, team_id: str, app_id: str) -> str:
        return f"{ORIGIN}/app_redirect?{urlencode({'app': app_id, 'team': team_id})}"

    def allow(
        self,
        *,
        team_id: str | None = "T0NEW",
        user_id: str = "U0ADA",
        scopes: tuple[str, ...] = BOT_SCOPES,
        org_wide: bool = False,
    ) -> str:
        """The code that the browser brings back."""
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = GivenInstall(
            team_id=None if org_wide else team_id,
            team_name="New Co",
            bot_user_id="U0BOT",
            installer_id=user_id,
            app_id="A1",
            scopes=frozenset(scopes),
            org_wide=org_wide,
            grant=BotGrant(token=""),
        )
        return code

    async def exchange(self, code: str) -> GivenInstall:
        await self._meet(f"exchange {code}")
        given = self.codes.get(code)
        if given is None or given.grant.token:
            raise Forbidden(REFUSED)
        self.codes[code] = replace(given, grant=self.grant())
        return self.codes[code]

    async def refresh(self, refresh_token: str) -> BotGrant:
        await self._meet(f"refresh {refresh_token}")
        if self.refreshes.get(refresh_token) != "live":
            raise Forbidden(REFUSED)
        self.refreshes[refresh_token] = "used"
        return self.grant()

    async def revoke(self, token: str) -> None:
        await self._meet("revoke")
        if self.tokens.get(token) != "live":
            raise Forbidden(REFUSED)
        self.tokens[token] = "revoked"

    def grant(self) -> BotGrant:
        """A fresh token, with what renews it where they end."""
        self.given += 1
        token, refresh = f"xoxb-{self.given}", f"xoxe-{self.given}"
        self.tokens[token] = "live"
        if self.lasts is None:
            return BotGrant(token=token)
        self.refreshes[refresh] = "live"
        ends: datetime = self.clock.now() + self.lasts
        return BotGrant(token=token, refresh_token=refresh, expires_at=ends)

    async def _meet(self, call: str) -> None:
        refuse_inside_transaction()
        self.asked.append(call)
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.trouble:
            raise self.trouble.pop(0)
