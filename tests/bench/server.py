"""The servers under measurement, each in a process of its own: `python -m tests.bench.server KIND`.

`product` is the product's own web process, as `understudy web` starts it. `default` and `direct`
are Bolt with nothing but an ack: as it comes, and with process_before_response. Their settings come
from the environment the parent gives; all run on the product's event loop.
"""

import asyncio
import re
import sys
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import loops
from bot.config import Settings
from bot.logs import set_up_logs
from bot.processes import WEB, serve

ANY = re.compile(r".*")


async def _authorize(**_who: Any) -> AuthorizeResult:
    """Without this Bolt would call auth.test, and there is no Slack here."""
    return AuthorizeResult(
        enterprise_id=None, team_id="T0BENCH", bot_user_id="U0BOT", bot_token="xoxb-bench"
    )


async def _ack_only(ack: Any) -> None:
    await ack()


def bare_bolt(secret: str, *, direct: bool) -> web.Application:
    """Bolt and an ack, nothing else."""
    app = AsyncApp(signing_secret=secret, authorize=_authorize, process_before_response=direct)
    app.command(ANY)(_ack_only)
    app.action(ANY)(_ack_only)
    return app.web_app(path="/slack/events")


async def _listen(application: web.Application, port: int) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    kind, settings = sys.argv[1], Settings()
    if kind == "product":
        set_up_logs(settings.log_level)
        loops.run(serve(settings, frozenset({WEB})))
        return
    if settings.slack_signing_secret is None:
        raise SystemExit("SLACK_SIGNING_SECRET is missing")
    secret = settings.slack_signing_secret.get_secret_value()
    loops.run(_listen(bare_bolt(secret, direct=kind == "direct"), settings.port))


if __name__ == "__main__":
    main()
