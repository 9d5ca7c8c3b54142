"""The mail that tells an admin that Slack has taken a workspace back; HTML and its plain twin."""

from dataclasses import dataclass

from blocks.mail_frame import framed
from blocks.parts import one_line
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
    html = framed("paused_mail").render(
        title=words.subject,
        preview=words.lines[0],
        words=words,
        footer=(words.closing,),
        links=(),
    )
    link = (f"{words.button}: {words.url}",) if words.url else ()
    text = "\n\n".join((*words.lines, *link, words.closing)) + "\n"
    return words.subject, html, text


def _words(view: PausedView) -> _Words:
    one = view.held_sends == 1
    held = f"{view.held_sends} approved {'mail waits' if one else 'mails wait'} with it."
    return _Words(
        subject=f"Understudy is disconnected from {one_line(view.team)}",
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
