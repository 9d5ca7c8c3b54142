"""`understudy run`, `web`, `worker`, `scheduler`."""

import argparse
import asyncio
import sys

from pydantic import ValidationError

from bot.config import Settings
from bot.logs import set_up_logs
from bot.processes import ALL, try_serving


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    subparsers.add_parser(name, help="start serving; settings come from the environment")


def run(args: argparse.Namespace) -> int:
    try:
        settings = Settings()
    except ValidationError as error:
        return _invalid(error)
    set_up_logs(settings.log_level)
    roles = ALL if args.command == "run" else frozenset({args.command})
    return asyncio.run(try_serving(settings, roles))


def _invalid(error: ValidationError) -> int:
    """The settings' faults in words, without the values: they may be secrets."""
    set_up_logs("INFO")
    for fault in error.errors(include_input=False, include_url=False):
        name = ".".join(str(part) for part in fault["loc"]).upper()
        print(f"{name}: {fault['msg']}", file=sys.stderr)  # noqa: T201 - for a person
    return 2
