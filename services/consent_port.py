"""Connecting somebody's Google account, as the business needs it; beside services/ports."""

from dataclasses import dataclass
from typing import Protocol

from services.ports import MailboxCredentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody has granted at Google. `scopes` is None when the answer names none."""

    credentials: MailboxCredentials
    scopes: frozenset[str] | None


class ConsentGateway(Protocol):
    """Google's consent page and the token endpoint behind it (OAuth 2, code flow with PKCE)."""

    @property
    def scope(self) -> str:
        """What is asked for, and nothing beyond it."""
        ...

    def authorize_url(self, *, state: str, challenge: str, login_hint: str | None) -> str:
        """Where to send the browser; it comes back to our redirect address with `state`."""
        ...

    async def exchange(self, code: str, verifier: str) -> Consent:
        """What the code grants. Forbidden: Google doesn't accept it (used, old, not ours)."""
        ...

    async def revoke(self, token: str) -> None:
        """Give the grant back. A token that Google no longer knows is as good as revoked."""
        ...
