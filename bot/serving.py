"""`understudy run`, `web`, `worker`, `scheduler`."""

import argparse

from bot import loops
from bot.config import load_settings
from bot.logs import set_up_logs
from bot.processes import ALL, try_serving


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    subparsers.add_parser(name, help="start serving; settings come from the environment")


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    set_up_logs(settings.log_level, settings.log_format)
    roles = ALL if args.command == "run" else frozenset({args.command})
    return loops.run(try_serving(settings, roles))
