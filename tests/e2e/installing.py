"""Installing as a person does it in a browser: our page, Slack's, and back; each install with the
cookies of a browser of its own."""

import re
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.e2e.rig import Rig

BUTTON = re.compile(r'class="button" href="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Page:
    status: int
    url: str
    text: str

    @property
    def button(self) -> str:
        """Where its button leads."""
        found = BUTTON.search(self.text)
        assert found, self.text
        return unescape(found[1])


class Window:
    """A browser without scripts: it follows links and redirects, and keeps cookies."""

    def __init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def go(self, url: str, **form: str) -> Page:
        try:
            with self._opener.open(url, urlencode(form).encode() if form else None) as answer:
                return Page(status=answer.status, url=answer.url, text=answer.read().decode())
        except HTTPError as refused:
            with refused:
                return Page(status=refused.code, url=refused.url, text=refused.read().decode())


def install(rig: Rig, team: str, user: str, path: str = "/slack/install") -> Page:
    """This person adds the app to their workspace; the page they end on."""
    window = Window()
    offer = window.go(f"{rig.bot_url}{path}")
    assert offer.status == 200, offer.text
    return window.go(offer.button, who=f"{team}/{user}", do="allow")
