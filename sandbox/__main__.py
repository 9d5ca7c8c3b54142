"""`python -m sandbox`: serve until told to stop."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from aiohttp import web

from sandbox.app import build
from sandbox.context import STORY, Settings

_SHUTDOWN_SECONDS = 2.0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bot-url", default="http://127.0.0.1:3000")
    parser.add_argument("--signing-secret", required=True)
    parser.add_argument("--story", type=Path, default=STORY)
    parser.add_argument("--empty", action="store_true", help="team and bot only")
    return parser.parse_args(argv)


async def serve(settings: Settings, *, host: str, port: int) -> None:
    """Listen, say where on stdout, and end cleanly on SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(build(settings), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = int(runner.addresses[0][1])
        shown = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared only
        settings.url = f"http://{shown}:{bound}"
        sys.stdout.write(json.dumps({"url": settings.url, "port": bound}) + "\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


def main(argv: list[str] | None = None) -> None:
    """Entry point."""
    chosen = _arguments(argv)
    settings = Settings(
        bot_url=chosen.bot_url,
        signing_secret=chosen.signing_secret,
        story=chosen.story,
        empty=chosen.empty,
    )
    asyncio.run(serve(settings, host=chosen.host, port=chosen.port))


if __name__ == "__main__":
    main()
