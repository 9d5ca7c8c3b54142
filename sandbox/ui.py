"""The browser's side of the sandbox: one page and its static parts, nothing from elsewhere."""

from pathlib import Path
from typing import Final

from aiohttp import web

STATIC: Final = Path(__file__).parent / "static"

# Spelled out rather than guessed: a machine's mime table may call a module text/plain,
# and then no browser runs it.
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

# Mail and messages shown here come from strangers: nothing loads from outside, nothing inline runs.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Revalidated each time, so an updated sandbox never runs half of an old page.
    "Cache-Control": "no-cache",
}


def attach(app: web.Application) -> None:
    """Add `GET /` and `GET /static/…` to the sandbox's application."""
    app.router.add_get("/", _page)
    app.router.add_get(r"/static/{name:[a-z0-9_]+\.(?:js|css|svg)}", _static)


async def _page(_request: web.Request) -> web.StreamResponse:
    return _file("index.html")


async def _static(request: web.Request) -> web.StreamResponse:
    return _file(request.match_info["name"])


def _file(name: str) -> web.StreamResponse:
    path = STATIC / name
    headers = HEADERS | {"Content-Type": CONTENT_TYPES[path.suffix]}
    return web.FileResponse(path, headers=headers)
