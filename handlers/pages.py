"""How our pages leave: kept nowhere, framed nowhere, telling nobody where one came from."""

from aiohttp import web

from blocks.page import content_policy


def guard(response: web.StreamResponse) -> None:
    """Kept nowhere, framed nowhere, told to nobody it links to."""
    response.headers.update(
        {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": content_policy(),
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        }
    )


def keep_cookie(
    response: web.StreamResponse, name: str, value: str, *, path: str, age: int, secure: bool
) -> None:
    """Leave something in the browser that no script reads and no other site's form brings along."""
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=path,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
