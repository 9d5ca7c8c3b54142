"""`understudy rules show|check|apply`: the approval rules as a file. `check` needs no database, no
server and no Slack, and answers at once."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.approval_rule_text import MAX_BYTES, duration_text, measure_texts
from services.approval_rules import (
    RulesRefused,
    decode_rules,
    parse_rules,
    write_rules,
)
from services.types.approvals import AutoApproval, Band, Risk, Rule, RuleSet, Urgency

if TYPE_CHECKING:
    from bot.config import Settings

FAILED = 2
STDIN = "-"


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "rules"
) -> None:
    """The command's arguments."""
    parser = subparsers.add_parser(name, help="show, check and apply the approval rules")
    verbs = parser.add_subparsers(dest="verb", required=True)
    show = verbs.add_parser("show", help="print the rules in force as a file")
    check = verbs.add_parser("check", help="say what is wrong with a file, line by line")
    apply = verbs.add_parser("apply", help="put a file in force as the next version")
    for verb in (check, apply):
        verb.add_argument("file", metavar="FILE", help="YAML; - reads what comes in")
    for verb in (show, apply):
        verb.add_argument("--workspace", help="Slack team id; the only one is the default")
    apply.add_argument(
        "--based-on",
        type=int,
        metavar="N",
        help="refuse when the rules in force are no longer at version N",
    )


def run(args: argparse.Namespace) -> int:
    try:
        if args.verb == "show":
            return _with_database(args, "")
        text = _read(args.file)
        rules = parse_rules(text, version=1)
    except RulesRefused as refused:
        for fault in refused.faults:
            _say(f"{args.file}:{fault.line}: {fault.sentence}")
        return FAILED
    except OSError as error:
        return _fail(f"{args.file} can't be read ({error.strerror or type(error).__name__}).")
    if args.verb == "check":
        for line in rules_table(rules):
            _say(line)
        return 0
    return _with_database(args, text)


def _read(name: str) -> str:
    # One byte over the limit is enough to be refused, and memory stays bounded.
    if name == STDIN:
        return decode_rules(sys.stdin.buffer.read(MAX_BYTES + 1))
    with Path(name).open("rb") as stream:
        return decode_rules(stream.read(MAX_BYTES + 1))


def _with_database(args: argparse.Namespace, text: str) -> int:
    # Imported here: checking a file needs neither database nor Slack.
    from bot.config import load_settings  # noqa: PLC0415
    from bot.logs import set_up_logs  # noqa: PLC0415
    from bot.processes import StartupError  # noqa: PLC0415
    from services.errors import ServiceError  # noqa: PLC0415

    settings = load_settings()
    set_up_logs("WARNING")
    try:
        return asyncio.run(_run(settings, args, text))
    except (StartupError, ServiceError) as error:
        return _fail(str(error))


async def _run(settings: "Settings", args: argparse.Namespace, text: str) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see _with_database
    from bot.workspaces import choose_workspace  # noqa: PLC0415 - see _with_database
    from services.approvals.rule_sets import RuleSetService  # noqa: PLC0415 - see _with_database

    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        service = RuleSetService(built.database, built.clock, built.ids, built.services.audit)
        before = await service.current_of(tenant_id)
        if args.verb == "show":
            _say(f"# Version {before.version}. To change it: edit, then")
            _say(f"# understudy rules apply FILE --based-on {before.version}")
            sys.stdout.write(write_rules(before))
            return 0
        applied = await service.apply_file(tenant_id, text, based_on=args.based_on)
    if applied.version == before.version:
        _say(f"Nothing differs from version {before.version}, which stays in force.")
    else:
        _say(f"Version {applied.version} is in force. Pending requests are looked at again.")
    return 0


# ── Who decides what, for a terminal ────────────────────────────────────────────────────────────
def rules_table(rules: RuleSet) -> list[str]:
    """A line per band, in columns; then the templates and the urgent channel."""
    rows = [row for rule in rules.rules for row in _rule_rows(rule)]
    lines = _columns([("WHAT", "FROM", "WHO DECIDES", "DUE IN", "THEN"), *rows])
    if not rules.rules:
        lines = ["No rules: an admin decides everything."]
    lines += [_auto_line(auto) for auto in rules.auto_approvals]
    if rules.urgent.second_person is not None:
        sms = ", by SMS too" if rules.urgent.sms else ""
        lines.append(f"Critical: {rules.urgent.second_person} is told as well{sms}.")
    return lines


def _rule_rows(rule: Rule) -> list[tuple[str, ...]]:
    what = rule.type + ("" if rule.risks == frozenset(Risk) else f" ({_risks(rule.risks)} risk)")
    expires = f"expires {duration_text(rule.expires_after)}" if rule.expires_after else "waits"
    then = " → ".join((*rule.escalate, expires))
    rows: list[tuple[str, ...]] = []
    for number, band in enumerate(rule.bands):
        start = _starts(band)
        if number:
            rows.append(("", start, _who(band), "", ""))
        else:
            rows.append((what, "0", _who(band), _sla(rule), then))
    return rows


def _starts(band: Band) -> str:
    """`10 % or 5,000 USD`; of many currencies the first, and how many more there are."""
    told = measure_texts(band.percentage, band.amount)
    kept = told[: len(told) - len(band.amount) + 1]
    more = f" (and {len(told) - len(kept)} more currencies)" if len(told) > len(kept) + 1 else ""
    return " or ".join(kept if more else told) + more


def _who(band: Band) -> str:
    if band.needed == 1 and band.seats == 1:
        return band.approver
    of = f" of {band.seats}" if band.seats > band.needed else ""
    return f"{band.approver}, {band.needed}{of} people"


def _sla(rule: Rule) -> str:
    normal = rule.sla[Urgency.NORMAL]
    critical = rule.sla[Urgency.CRITICAL]
    if normal == critical:
        return duration_text(normal)
    return f"{duration_text(normal)}, critical {duration_text(critical)}"


def _auto_line(auto: AutoApproval) -> str:
    caps = measure_texts(auto.percentage_up_to, auto.amount_up_to)
    told = [f"up to {' and '.join(caps)}"] if caps else []
    if auto.per_member_per_month:
        told.append(f"{auto.per_member_per_month} a month for each member")
    if auto.risks != frozenset(Risk):
        told.append(f"at {_risks(auto.risks)} risk")
    return f"Nobody is asked for a {auto.type} ({auto.name}): {', '.join(told)}."


def _risks(risks: frozenset[Risk]) -> str:
    return "/".join(risk for risk in Risk if risk in risks)


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _fail(sentence: str) -> int:
    sys.stderr.write(f"understudy rules: {sentence}\n")
    return FAILED
