"""Where the pictures are taken: one office, one window, and what it takes to get them ready."""

import base64
import json
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode

from tests.e2e.browser import Browser
from tests.e2e.rig import Rig
from tests.pictures.png import Picture, decode, encode

MOST = 250_000
DESK, PHONE = (1200, 900), (390, 844)
# Fonts, fades and the live line settle.
SETTLE = 0.6
CALM = """
(document.activeElement || document.body).blur();
for (const one of document.querySelectorAll(".new-pill")) one.hidden = true;
"""
UP = """
(text) => {
  const all = [...document.querySelectorAll(".message")];
  const found = all.filter((one) => one.innerText.includes(text)).at(-1);
  if (!found) return false;
  const scroller = document.querySelector(".message-scroll");
  const top = (node) => node.getBoundingClientRect().top;
  scroller.scrollTop += top(found) - top(scroller) - 6;
  return true;
}
"""


@dataclass(slots=True, kw_only=True)
class Studio:
    office: Rig
    screen: Browser
    folder: Path

    def sit(self, user: str, tab: str = "messages", side: str = "slack", **more: str) -> None:
        """In front of the sandbox, as this person."""
        place = {"me": user, "tab": tab, "side": side, **more}
        self.screen.go(f"{self.office.url}/#{urlencode(place)}")
        if side != "gmail":
            self.screen.sees("Understudy", ".conversation-head h2")

    def up(self, text: str) -> None:
        """The newest message that says so stands at the top."""
        self.screen.sees(text, ".message")
        time.sleep(SETTLE)
        self.screen.script(f"({UP.strip()})({json.dumps(text)})")

    def press(self, text: str, action: str) -> None:
        """This button of the newest message that says so."""
        button = f"one.querySelector('[data-action={json.dumps(action)}]')"
        told = f"one.innerText.includes({json.dumps(text)}) && {button}"
        found = f"[...document.querySelectorAll('.message')].filter((one) => {told}).at(-1)"
        self.screen.script(f"((one) => {button}.click())({found})")

    def use(self, command: str) -> None:
        self.screen.write(".composer textarea", command)
        self.screen.enter()

    def look(self) -> Picture:
        time.sleep(SETTLE)
        # Neither a caret nor the way to what is further down belongs to what is shown.
        self.screen.script(CALM)
        path = self.folder / "raw.png"
        self.screen.picture(str(path))
        data = path.read_bytes()
        path.unlink()
        return decode(data)

    def take(self, name: str, picture: Picture | None = None) -> None:
        data = encode(picture or self.look())
        if len(data) > MOST:
            raise AssertionError(f"{name}.png has {len(data):,} bytes")
        (self.folder / f"{name}.png").write_bytes(data)
        sys.stdout.write(f"{name}.png  {len(data):,} bytes\n")
        sys.stdout.flush()

    def page_of(self, mailbox: str, subject: str) -> str:
        """The newest such mail's HTML, as a page of its own."""
        raw = self.office.until(
            lambda: self.office.sent(mailbox, subject), 30, f"a mail “{subject}”"
        )[-1]["raw"]
        body = message_from_bytes(base64.b64decode(raw), policy=default).get_body(("html",))
        assert body is not None
        encoded = base64.b64encode(body.get_content().encode()).decode()
        return f"data:text/html;charset=utf-8;base64,{encoded}"
