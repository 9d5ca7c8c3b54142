"""What Slack's OAuth brings: people who sign in, and workspaces that add the app. Ports like those
of services/ports.py, under the same rules."""

from dataclasses import dataclass
from typing import Protocol

from services.types.installs import BotGrant, GivenInstall


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInPerson:
    """Who Slack says signed in. `nonce` is the one their sign-in was begun with."""

    team_id: str
    user_id: str
    email: str | None
    nonce: str | None


class SignInGateway(Protocol):
    """Sign in with Slack (OpenID Connect)."""

    def authorize_url(self, *, state: str, nonce: str, team_id: str) -> str:
        """Where to send the browser; it comes back to our redirect address with `state`."""
        ...

    async def exchange(self, code: str) -> SignedInPerson:
        """Who is behind the code. Forbidden: Slack doesn't accept it (used, old, not ours)."""
        ...


class InstallGateway(Protocol):
    """Installing into workspaces (OAuth v2), and renewing the tokens that end."""

    def authorize_url(self, *, state: str, team_id: str | None) -> str:
        """Where to send the browser; it comes back to our redirect address with `state`."""
        ...

    def app_url(self, *, team_id: str, app_id: str) -> str:
        """Where the app is, in that workspace."""
        ...

    async def exchange(self, code: str) -> GivenInstall:
        """What the code stands for. Forbidden: Slack doesn't accept it (used, old, not ours);
        InvalidInput: it doesn't accept us."""
        ...

    async def refresh(self, refresh_token: str) -> BotGrant:
        """A new token. Forbidden: this one renews nothing any more; InvalidInput: Slack doesn't
        accept us."""
        ...

    async def revoke(self, token: str) -> None:
        """Give a token back that we don't want."""
        ...
