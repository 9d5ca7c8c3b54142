"""What workspaces gave the app: codes that browsers carry back, bot tokens, refresh tokens."""

import secrets
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.slack.model import ApiError

CODE_SECONDS = 600.0
LASTS = 43_200
ACTIVE = 2


@dataclass(kw_only=True)
class InstallCode:
    """What the browser carries back, once, within ten minutes."""

    team: str
    user: str
    client_id: str
    redirect_uri: str
    scopes: list[str]
    org_wide: bool
    born: float
    used: bool = False


@dataclass(kw_only=True)
class Token:
    """A bot token. `team` is empty for one of a whole organisation."""

    value: str
    team: str
    scopes: list[str]
    ends: float | None = None
    state: str = "live"
    """live, or the error that it meets: token_revoked, token_expired, account_inactive …"""
    used: bool = False


@dataclass(kw_only=True)
class Refresh:
    """What renews a token, once. `gave` is the token it was exchanged for."""

    value: str
    team: str
    scopes: list[str]
    gave: Token | None = None
    state: str = "live"


@dataclass(kw_only=True)
class Grants:
    """`rotation` and the rest are switches of POST /control/slack/oauth."""

    clock: Clock
    rotation: bool = False
    lasts: int = LASTS
    strict: bool = False
    """A used refresh token is worth nothing at once, even if what it gave never arrived."""
    leave_out: list[str] = field(default_factory=list)
    codes: dict[str, InstallCode] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)

    def begin(self, token: str, team: str) -> None:
        """The workspace that the story has installed already."""
        self.tokens[token] = Token(value=token, team=team, scopes=[])

    def installed(self, team: str) -> bool:
        """Whether the app is in that workspace."""
        return any(
            token.team == team and token.state != "account_inactive"
            for token in self.tokens.values()
        )

    def code(self, **about: object) -> str:
        """A fresh code for what the person allowed."""
        value = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(24)}"
        self.codes[value] = InstallCode(born=self.clock.now(), **about)  # type: ignore[arg-type]
        return value

    def redeem(self, value: str, *, client_id: str, redirect_uri: str | None) -> InstallCode:
        """The code's install, once."""
        code = self.codes.get(value)
        if code is None or code.client_id != client_id:
            raise ApiError("invalid_code")
        if code.used:
            raise ApiError("code_already_used")
        if self.clock.now() - code.born > CODE_SECONDS:
            raise ApiError("code_expired")
        if redirect_uri is not None and redirect_uri != code.redirect_uri:
            raise ApiError("bad_redirect_uri")
        code.used = True
        return code

    def give(self, team: str, scopes: list[str]) -> tuple[Token, Refresh | None]:
        """The token of an install: where none ends, a reinstall gets the one there is."""
        if not self.rotation:
            known = next(
                (t for t in self.tokens.values() if t.team == team and self._lives(t)), None
            )
            if known is not None and known.ends is None and team:
                known.scopes = scopes
                return known, None
            return self._token(f"xoxb-{secrets.token_hex(20)}", team, scopes, None), None
        return self._pair(team, scopes)

    def renew(self, value: str) -> tuple[Token, Refresh]:
        """A new pair for a refresh token. One whose answer got lost works until what it gave has
        been used, unless `strict`."""
        old = self.refreshes.get(value)
        if old is None or old.state != "live":
            raise ApiError("invalid_refresh_token")
        if old.gave is not None and (self.strict or old.gave.used):
            raise ApiError("invalid_refresh_token")
        token, refresh = self._pair(old.team, old.scopes)
        old.gave = token
        live = [t for t in self.tokens.values() if t.team == old.team and self._lives(t)]
        for older in live[:-ACTIVE]:
            older.state = "token_revoked"
        return token, refresh

    def of(self, value: str) -> Token:
        """The token a call was made with, or Slack's refusal."""
        token = self.tokens.get(value)
        if token is None:
            raise ApiError("invalid_auth")
        if token.state != "live":
            raise ApiError(token.state)
        if not self._lives(token):
            raise ApiError("token_expired")
        token.used = True
        return token

    def end(self, team: str, state: str, *, refreshes: bool = True) -> None:
        """All tokens of a workspace meet this error from now on."""
        for token in self.tokens.values():
            if token.team == team and token.state == "live":
                token.state = state
        for refresh in self.refreshes.values():
            if refresh.team == team and refreshes:
                refresh.state = state

    def _lives(self, token: Token) -> bool:
        over = token.ends is not None and token.ends <= self.clock.now()
        return token.state == "live" and not over

    def _pair(self, team: str, scopes: list[str]) -> tuple[Token, Refresh]:
        ends = self.clock.now() + self.lasts
        token = self._token(f"xoxe.xoxb-1-{secrets.token_urlsafe(30)}", team, scopes, ends)
        refresh = Refresh(value=f"xoxe-1-{secrets.token_urlsafe(30)}", team=team, scopes=scopes)
        self.refreshes[refresh.value] = refresh
        return token, refresh

    def _token(self, value: str, team: str, scopes: list[str], ends: float | None) -> Token:
        token = Token(value=value, team=team, scopes=scopes, ends=ends)
        self.tokens[value] = token
        return token
