"""The Slack half, attached to the sandbox's application."""

from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.bus import BUS
from sandbox.clock import CLOCK
from sandbox.context import RESETS, SETTINGS
from sandbox.slack import (
    api,
    control,
    files,
    installing,
    openid,
    responses,
    ui_act,
    ui_modal,
    ui_read,
    ui_talk,
    uploads,
)
from sandbox.slack.core import SLACK, Core


async def _running(app: web.Application) -> AsyncIterator[None]:
    await app[SLACK].link.start()
    yield
    await app[SLACK].link.stop()


@web.middleware
async def _known_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Response URLs need our own address; when nobody set it, the first request tells it."""
    settings = request.app[SETTINGS]
    if not settings.url:
        settings.url = str(request.url.origin())
    response: web.StreamResponse = await handler(request)
    return response


def attach(app: web.Application) -> None:
    """Add the Web API, response URLs, the driver and the control routes."""
    app[SLACK] = Core(settings=app[SETTINGS], clock=app[CLOCK], bus=app[BUS])
    app[RESETS].append(app[SLACK].reset)
    app.cleanup_ctx.append(_running)
    app.middlewares.append(_known_address)
    router = app.router
    for verb in ("GET", "POST"):
        router.add_route(verb, "/api/{method}", api.call)
    router.add_get("/openid/connect/authorize", openid.authorize)
    router.add_post("/openid/connect/authorize", openid.choose)
    router.add_get("/oauth/v2/authorize", installing.authorize)
    router.add_post("/oauth/v2/authorize", installing.decide)
    router.add_get("/app_redirect", installing.app_redirect)
    router.add_post("/slack/response/{key}", responses.respond)
    router.add_post("/upload/v1/{key}", uploads.bring)
    router.add_get("/files-pri/{key}/{name}", files.download)
    router.add_get("/files-pri/{key}/download/{name}", files.download)
    router.add_get("/ui/slack/state", ui_read.state)
    router.add_get("/ui/slack/messages", ui_read.messages)
    router.add_get("/ui/slack/home", ui_read.home)
    router.add_get("/ui/slack/modals", ui_read.modals)
    router.add_post("/ui/slack/message", ui_talk.message)
    router.add_post("/ui/slack/edit", ui_talk.edit)
    router.add_post("/ui/slack/delete", ui_talk.delete)
    router.add_post("/ui/slack/command", ui_talk.command)
    router.add_post("/ui/slack/stop", ui_talk.stop)
    router.add_post("/ui/slack/context", ui_talk.context)
    router.add_post("/ui/slack/reaction", ui_talk.reaction)
    router.add_post("/ui/slack/home_opened", ui_talk.home_opened)
    router.add_post("/ui/slack/shortcut", ui_talk.shortcut)
    router.add_post("/ui/slack/action", ui_act.action)
    router.add_post("/ui/slack/options", ui_act.options)
    router.add_post("/ui/slack/submit", ui_modal.submit)
    router.add_post("/ui/slack/close", ui_modal.close)
    _attach_control(router)


def _attach_control(router: web.UrlDispatcher) -> None:
    prefix = "/control/slack"
    router.add_post(f"{prefix}/faults", control.add_fault)
    router.add_delete(f"{prefix}/faults", control.clear_faults)
    router.add_get(f"{prefix}/calls", control.calls)
    router.add_delete(f"{prefix}/calls", control.clear_calls)
    router.add_get(f"{prefix}/deliveries", control.deliveries)
    router.add_delete(f"{prefix}/deliveries", control.clear_deliveries)
    router.add_post(f"{prefix}/deliver", control.deliver)
    router.add_post(f"{prefix}/verify_url", control.verify_url)
    router.add_post(f"{prefix}/emit", control.emit)
    router.add_post(f"{prefix}/retries", control.retries)
    router.add_post(f"{prefix}/streams", control.streams)
    router.add_post(f"{prefix}/sign_in", openid.automatic)
    router.add_post(f"{prefix}/oauth", installing.set_oauth)
    router.add_get(f"{prefix}/tokens", installing.list_tokens)
    router.add_post(f"{prefix}/tokens", installing.set_tokens)
    router.add_post(f"{prefix}/users", control.add_user)
    router.add_post(f"{prefix}/channels", control.add_channel)
    router.add_post(f"{prefix}/channels/{{id}}/archive", control.archive)
    router.add_post("/control/bot-url", control.bot_url)
