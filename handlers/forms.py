"""How the forms on our pages are read; nothing in them is believed."""

from typing import Any

from aiohttp import web

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
