"""What all pages behind our links share: how a form is read, and how a page is guarded."""

from typing import Any

from aiohttp import web

from blocks.approval_page import content_policy

LARGEST = 64 * 1024


async def form_of(request: web.Request) -> dict[str, str] | None:
    """The fields of a form that is one; None for anything else."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    if (request.content_length or 0) > LARGEST:
        return None
    try:
        fields: Any = await request.post()
    except (ValueError, LookupError, web.HTTPRequestEntityTooLarge):
        return None
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def same_site(request: web.Request) -> bool:
    """Whether a form comes from a page of ours, as far as the browser says."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def guarded(html: str, status: int) -> web.Response:
    response = web.Response(text=html, content_type="text/html", status=status)
    guard(response)
    return response


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
