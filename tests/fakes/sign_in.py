"""Sign in with Slack in memory. A test plays the browser: `come_back` answers an authorize URL with
the code of whoever sits there. `trouble` holds errors, one per exchange."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from db.session import refuse_inside_transaction
from services.errors import Forbidden
from services.oauth_ports import SignedInPerson

ORIGIN = "https://slack.test/openid/connect/authorize"


@dataclass
class FakeSignIn:
    codes: dict[str, SignedInPerson] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)

    def authorize_url(self, *, state: str, nonce: str, team_id: str) -> str:
        query = {"state": state, "nonce": nonce, "team": team_id, "scope": "openid profile email"}
        return f"{ORIGIN}?{urlencode(query)}"

    def come_back(self, url: str, *, team_id: str, user_id: str, email: str | None = None) -> str:
        """The code that the browser brings back for this person."""
        nonce = parse_qs(urlsplit(url).query)["nonce"][0]
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = SignedInPerson(
            team_id=team_id, user_id=user_id, email=email, nonce=nonce
        )
        return code

    async def exchange(self, code: str) -> SignedInPerson:
        refuse_inside_transaction()
        if self.trouble:
            raise self.trouble.pop(0)
        person = self.codes.pop(code, None)
        if person is None:
            raise Forbidden("Slack doesn't accept this sign-in.")
        return person
