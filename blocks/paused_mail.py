"""The mail that tells an admin that Slack has taken a workspace back; HTML and its plain twin."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from mjml import mjml2html

from services.types.installs import PausedView

BUTTON = "Connect it again"
BY_HAND = "Ask whoever runs Understudy to give it a new Slack token."
CLOSING = "You get this once, because you are Understudy's admin there."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    subject: str
    lines: tuple[str, ...]
    url: str
    button: str = BUTTON
    closing: str = CLOSING


def paused_mail(view: PausedView) -> tuple[str, str, str]:
    """Subject, HTML, plain text."""
    words = _words(view)
    html = _template().render(words=words)
    link = (f"{words.button}: {words.url}",) if words.url else ()
    text = "\n\n".join((*words.lines, *link, words.closing)) + "\n"
    return words.subject, html, text


def _words(view: PausedView) -> _Words:
    one = view.held_sends == 1
    held = f"{view.held_sends} approved {'mail waits' if one else 'mails wait'} with it."
    return _Words(
        subject=f"Understudy is disconnected from {view.team}",
        lines=(
            f"Understudy has had no access to {view.team} in Slack since {view.since}: {view.why}.",
            "Nothing is lost. Mail is still read, but nobody is shown anything and nothing is "
            f"sent. {held if view.held_sends else ''}".rstrip(),
            "Connecting it again resumes all of it where it stopped. Nobody's role changes."
            if view.install_url
            else BY_HAND,
        ),
        url=view.install_url or "",
    )


@cache
def _template() -> Template:
    """MJML becomes HTML once a process; what varies goes in through Jinja, escaped."""
    source = files("blocks").joinpath("paused_mail.mjml").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(mjml2html(source))
