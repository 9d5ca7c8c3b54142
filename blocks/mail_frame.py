"""The frame all our mails stand in: one look, light and dark, on a phone and on a desk.

MJML becomes HTML once a process; what varies goes in through Jinja, escaped. The ground is never
pure white and the ink never pure black: programs that turn a mail dark by themselves leave such
colours in peace, and nothing depends on a picture.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from mjml import mjml2html

HERE = "<!-- BODY -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class FootLink:
    """A quiet link at a mail's foot."""

    text: str
    url: str


@cache
def framed(name: str) -> Template:
    """The template `blocks/{name}.mjml` in the frame. It needs `title`, `preview`, `footer` (lines)
    and `links` beside its own."""
    folder = files("blocks")
    frame = folder.joinpath("mail_frame.mjml").read_text(encoding="utf-8")
    body = folder.joinpath(f"{name}.mjml").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(mjml2html(frame.replace(HERE, body)))


def plain_foot(footer: tuple[str, ...], links: tuple[FootLink, ...] = ()) -> str:
    """The same foot in a plain text."""
    lines = [*footer, *(f"{link.text}: {link.url}" for link in links)]
    return "-- \n" + "\n".join(lines)
