"""The `understudy` command. Each subcommand is imported when it is asked for: `explain` needs no
database, no server and no Slack, and starts in a fraction of a second."""

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

COMMANDS = {
    "demo": ("bot.demo", "a whole workspace on this machine: embedded database, sandbox, story"),
    "run": ("bot.serving", "web, worker and scheduler in one process"),
    "web": ("bot.serving", "the web process alone"),
    "worker": ("bot.serving", "the job loop alone"),
    "scheduler": ("bot.serving", "the minute's tick alone"),
    "migrate": ("bot.admin", "bring the database's tables up to date"),
    "doctor": ("bot.doctor", "say what is wrong and what to do"),
    "seed": ("bot.seed", "read members, accounts, contacts and deals from CSV files"),
    "account": ("bot.account", "make two accounts one, and take it back"),
    "mailbox": ("bot.mailbox", "connect a Gmail mailbox"),
    "import-meeting": ("bot.meetings", "read transcripts of meetings with an account"),
    "jobs": ("bot.held_jobs", "list held jobs, try them again, or forget them"),
    "search": ("bot.search", "make the index for searching by meaning anew"),
    "rules": ("bot.rules", "show, check and apply the approval rules"),
    "audit": ("bot.admin", "verify the audit chain, or export its entries"),
    "export": ("bot.exporting", "write everything a workspace holds, or all about one person"),
    "erase": ("bot.erasing", "erase somebody, or a whole workspace"),
    "backup": ("bot.backup", "write the embedded database into one file"),
    "restore": ("bot.backup", "read a backup into an empty DATA_DIR"),
    "retention": ("bot.retention", "show and set how long each sort of data is kept"),
    "autonomy": ("bot.autonomy_export", "write what the copilot did by itself and with people"),
    "token": ("bot.token", "make, list and revoke bearer tokens for the HTTP API"),
    "keys": ("bot.admin", "make an encryption key"),
    "simulate-autonomy": (
        "bot.simulate_autonomy",
        "how often trust is earned that is not deserved",
    ),
    "calibration": ("bot.calibration", "score a list of confidences and outcomes"),
    "explain": ("bot.explaining", "say what Understudy makes of a mail or text"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, hand over to the subcommand, return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in arguments if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(
        prog="understudy", description="A sales copilot that lives in Slack and Gmail."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    if name in COMMANDS and arguments and arguments[0] == name:
        module = _imported(COMMANDS[name][0])
        module.add_parser(subparsers, name)
        args = parser.parse_args(arguments)
        return int(module.run(args))
    for command, (_, summary) in COMMANDS.items():
        subparsers.add_parser(command, help=summary, add_help=False)
    parser.parse_args(arguments or ["--help"])
    return 2


def _imported(name: str) -> ModuleType:
    """What is imported stays: the collector needn't walk it while it grows (a fifth of the start's
    processor time), nor later in the middle of somebody's click."""
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
