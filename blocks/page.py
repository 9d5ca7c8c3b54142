"""What our pages in the browser have in common: one style, no scripts, good on a phone and in the
dark."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

HERE = "<!-- BODY -->"


@cache
def content_policy() -> str:
    """No scripts, no frames, no pictures, forms to ourselves only, our own style by its hash."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def page_css() -> Markup:
    """The style, to stand in the page."""
    return Markup(_css())  # noqa: S704 - our own file


@cache
def page_template(name: str) -> Template:
    """One of our own templates in the frame they share, which needs `heading` and `css`, and takes
    `onward`: where the browser goes at once. Whatever is put into it is escaped."""
    folder = files("blocks")
    frame = folder.joinpath("page_frame.html").read_text(encoding="utf-8")
    body = folder.joinpath(name).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(frame.replace(HERE, body))


@cache
def _css() -> str:
    return files("blocks").joinpath("page.css").read_text(encoding="utf-8")
