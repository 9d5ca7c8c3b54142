"""Whether something that is shown holds anything active that came from outside."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from tests.security.hostile import EVIL, OURS, PERSON

_ACTIVE = re.compile(r"<([^<>]*)>")
_OURS = re.compile(
    rf"{re.escape(OURS)}[^|]*(\|.*)?|https://[\w.]*slack\.com/[^|]*(\|.*)?|@{PERSON}(\|.*)?"
    r"|!date\^\d+\^.*"
)
_BELLS = re.compile(r"<[!@#]|&amp;lt;|&lt;!channel&gt; &amp;lt;")
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u0000-\u0008\x0b-\x1f\x7f-\x9f]")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"})
_RUNNING = frozenset(
    {"script", "iframe", "object", "embed", "svg", "base", "form", "link", "frame", "applet"}
)
_FETCHING = ("src", "srcset", "background", "poster", "data", "action", "formaction", "xlink:href")


def mrkdwn_faults(text: str) -> Iterator[str]:
    """What Slack would make a mention, a channel or a link of, and we didn't put there."""
    for found in _ACTIVE.findall(text):
        if not _OURS.fullmatch(found):
            yield f"active: <{found[:60]}>"
    if EVIL in "".join(_ACTIVE.findall(text)).partition("|")[0]:
        yield "a link of theirs"
    yield from _unseen(text)


def _unseen(text: str) -> Iterator[str]:
    found = _HIDDEN.search(text)
    if found:
        yield f"a hidden character {found[0]!r}"


def block_faults(value: Any, path: str = "") -> Iterator[str]:
    """The same for anything of Block Kit, however deep."""
    if isinstance(value, (list, tuple)):
        for place, one in enumerate(value):
            yield from block_faults(one, f"{path}[{place}]")
    if not isinstance(value, dict):
        return
    yield from (f"{path}: {one}" for one in _own_faults(value))
    for name, one in value.items():
        if name != "value":
            yield from block_faults(one, f"{path}.{name}")


def _own_faults(value: dict[str, Any]) -> Iterator[str]:
    """Of one element, without what lies in it."""
    kind, text = value.get("type"), value.get("text")
    if kind == "mrkdwn" and isinstance(text, str):
        yield from mrkdwn_faults(text)
    elif kind in ("plain_text", "text") and isinstance(text, str):
        yield from _unseen(text)
    elif kind in ("user", "channel", "broadcast", "usergroup", "markdown"):
        yield f"{kind}, where text is shown letter for letter"
    for name in ("url", "image_url", "thumb_url", "title_link"):
        address = value.get(name)
        if isinstance(address, str) and not address.startswith((OURS, "https://slack.com/")):
            yield f"leads to {address[:60]}"


class _Page(HTMLParser):
    def __init__(self, *, forms: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.forms, self.faults, self.open = forms, [], []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _RUNNING and not (tag == "form" and self.forms):
            self.faults.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith("on"):
                self.faults.append(f"an event: {name}")
            if name in _FETCHING and value:
                self.faults.append(f"fetches: {name}={value[:40]}")
            if name == "href" and not value.startswith((OURS, "mailto:ours@", "#", "/")):
                self.faults.append(f"leads to {value[:60]}")
            if name == "style" and (EVIL in value or "expression" in value or "url(" in value):
                self.faults.append("a style of theirs")
            refreshes = given.get("http-equiv", "").lower() == "refresh"
            if name == "content" and refreshes and not value.endswith(OURS):
                self.faults.append(f"goes on to {value[:60]}")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        elif tag not in _VOID:
            self.faults.append(f"closes <{tag}> that isn't open")

    def handle_comment(self, data: str) -> None:
        if EVIL in data or "onload" in data:
            self.faults.append("a comment of theirs")

    def handle_data(self, data: str) -> None:
        if "style" in self.open and (EVIL in data or "expression" in data):
            self.faults.append("their words in a style")


def html_faults(html: str, *, forms: bool = False) -> list[str]:
    """What a browser or a mail program would run, fetch or follow and that isn't ours."""
    page = _Page(forms=forms)
    page.feed(html)
    page.close()
    return [*page.faults, *(f"still open: {tag}" for tag in page.open)]
