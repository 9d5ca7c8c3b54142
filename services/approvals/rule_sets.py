"""A tenant's approval rules: read, and replaced by the next version. No version ever changes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from db import approval_rule_sets as rows
from db import commands, jobs, members
from db.models.approvals import ApprovalRuleSet
from db.session import Database, ReadTx, Tx
from db.tenants import set_setting
from services.actors import require_member
from services.approval_rules import (
    DEFAULT_TEXT,
    REQUESTS,
    RulesRefused,
    gated_types,
    parse_rules,
    write_rules,
)
from services.audit import AuditService
from services.errors import Conflict, Forbidden
from services.ports import Clock, Ids
from services.presets import with_preset
from services.types.approvals import ADMIN, Band, Risk, Rule, RuleSet, Urgency
from services.types.people import Actor, Role
from services.types.tenant_settings import PRESET, Preset

log = structlog.get_logger()

FIRST = 1
RECHECK = "approvals.recheck"
REGATE = "approvals.regate"
DEFAULT, FILE, MODAL = "default", "file", "modal"
APPLY = "rules.apply"
_ONE_DAY = timedelta(days=1)


async def current_rules(tx: ReadTx) -> RuleSet:
    """The rules in force. The defaults are version 1 until an admin applies others."""
    row = await rows.get_newest_rule_set(tx)
    return _parsed(DEFAULT_TEXT, FIRST) if row is None else _of_row(row)


def _of_row(row: ApprovalRuleSet) -> RuleSet:
    try:
        return _parsed(row.text, row.version)
    except RulesRefused as refused:
        # Stored by a version of ours that knew other words. Nothing loosens by it: admins decide.
        log.exception("rules_unreadable", version=row.version, reason=str(refused))
        return _only_admins(row)


@lru_cache(maxsize=256)
def _parsed(text: str, version: int) -> RuleSet:
    return parse_rules(text, version=version)


def _only_admins(row: ApprovalRuleSet) -> RuleSet:
    """Every type that had rules is decided by an admin."""
    rules = tuple(
        Rule(
            id=type_,
            type=type_,
            risks=frozenset(Risk),
            bands=(Band(approver=ADMIN, percentage=Decimal(0)),),
            sla=dict.fromkeys(Urgency, _ONE_DAY),
            remind_before=(timedelta(hours=1),),
            escalate=(ADMIN,),
            expires_after=7 * _ONE_DAY,
        )
        for type_ in (*REQUESTS, *row.gated_types)
    )
    return RuleSet(version=row.version, rules=rules)


def changes(old: RuleSet, new: RuleSet) -> list[str]:
    """What differs, in short words, for the audit and for whoever applied it."""
    before, after = ({rule.id: rule for rule in one.rules} for one in (old, new))
    found = [f"{name} added" for name in after if name not in before]
    found += [f"{name} removed" for name in before if name not in after]
    for name, rule in after.items():
        differs = _differences(before[name], rule) if name in before else []
        found += [f"{name}: {', '.join(differs)}"] if differs else []
    olds, news = ({auto.name: auto for auto in one.auto_approvals} for one in (old, new))
    found += [f"template {name} added" for name in news if name not in olds]
    found += [f"template {name} removed" for name in olds if name not in news]
    found += [
        f"template {name} changed"
        for name, auto in news.items()
        if name in olds and replace(olds[name], line=0) != replace(auto, line=0)
    ]
    return found + (["urgent channel"] if old.urgent != new.urgent else [])


def _differences(old: Rule, new: Rule) -> list[str]:
    def bands(rule: Rule) -> list[Band]:
        return [replace(band, line=0) for band in rule.bands]

    parts: dict[str, tuple[Any, Any]] = {
        "bands": (bands(old), bands(new)),
        "sla": (old.sla, new.sla),
        "reminders": (old.remind_before, new.remind_before),
        "escalation": (old.escalate, new.escalate),
        "expiry": (old.expires_after, new.expires_after),
        "reading time": (old.read_at_least, new.read_at_least),
    }
    return [name for name, (before, after) in parts.items() if before != after]


@dataclass(frozen=True, slots=True)
class RuleSetService:
    """Implements RuleVerbs; `apply_file` serves the command line."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def current(self, actor: Actor) -> RuleSet:
        return await self.current_of(actor.tenant_id)

    async def current_of(self, tenant_id: UUID) -> RuleSet:
        async with self.db.read(tenant_id) as tx:
            return await current_rules(tx)

    async def apply(
        self, actor: Actor, text: str, *, based_on: int, source: str, command_id: str
    ) -> RuleSet:
        """The next version. RulesRefused tells every fault; Conflict: somebody was faster."""
        wanted = parse_rules(text, version=based_on + 1)
        async with self.db.transaction(actor.tenant_id) as tx:
            if (applied := await self._told_before(tx, command_id)) is not None:
                return applied
            await self._require_admin(tx, actor)
            applied = await self._apply(tx, wanted, based_on=based_on, source=source, actor=actor)
            await commands.set_command_result(tx, command_id, {"version": applied.version})
            return applied

    async def apply_preset(
        self, actor: Actor, preset: Preset, *, based_on: int, command_id: str
    ) -> RuleSet:
        """The next version is what the preset makes of the present one. Where nothing differs the
        choice alone is kept."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if (applied := await self._told_before(tx, command_id)) is not None:
                return applied
            await self._require_admin(tx, actor)
            wanted = with_preset(await current_rules(tx), preset)
            applied = await self._apply(tx, wanted, based_on=based_on, source=MODAL, actor=actor)
            await set_setting(tx, PRESET, preset.value)
            facts = {"preset": preset.value, "version": applied.version}
            await self.audit.append(tx, "preset.chosen", actor=actor, facts=facts)
            await commands.set_command_result(tx, command_id, {"version": applied.version})
            return applied

    async def apply_file(self, tenant_id: UUID, text: str, *, based_on: int | None) -> RuleSet:
        """The same from the command line, by whoever runs this installation. Without `based_on`
        the file replaces whatever is in force."""
        wanted = parse_rules(text, version=FIRST)
        async with self.db.transaction(tenant_id) as tx:
            if based_on is None:
                based_on = (await current_rules(tx)).version
            return await self._apply(tx, wanted, based_on=based_on, source=FILE, actor=None)

    async def _apply(
        self, tx: Tx, wanted: RuleSet, *, based_on: int, source: str, actor: Actor | None
    ) -> RuleSet:
        now = self.clock.now()
        old = await current_rules(tx)
        if old.version != based_on:
            raise await self._overtaken(tx, actor)
        text = write_rules(wanted)
        if text == write_rules(old):
            return old
        if old.version == FIRST:
            # What the defaults said while they were in force stays readable, whatever we ship next.
            await rows.add_rule_set(
                tx,
                row_id=self.ids.new(),
                version=FIRST,
                source=DEFAULT,
                text=DEFAULT_TEXT,
                gated_types=gated_types(old),
                applied_by=None,
                now=now,
            )
        row_id = self.ids.new()
        added = await rows.add_rule_set(
            tx,
            row_id=row_id,
            version=old.version + 1,
            source=source,
            text=text,
            gated_types=gated_types(wanted),
            applied_by=actor.member_id if actor else None,
            now=now,
        )
        if not added:
            raise await self._overtaken(tx, actor)
        applied = _parsed(text, old.version + 1)
        facts = {
            "version": applied.version,
            "based_on": based_on,
            "source": source,
            "changes": changes(old, applied),
            "gated": list(gated_types(applied)),
        }
        await self.audit.append(tx, "rules.applied", actor=actor, subject_id=row_id, facts=facts)
        await jobs.enqueue(tx, RECHECK, {})
        if set(gated_types(old)) != set(gated_types(applied)):
            await jobs.enqueue(tx, REGATE, {})
        return applied

    async def _told_before(self, tx: Tx, command_id: str) -> RuleSet | None:
        """What the command applied when it was carried out before; None: it is ours to do."""
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=command_id,
            verb=APPLY,
            now=self.clock.now(),
        )
        return None if done is None else await self._stored(tx, done)

    async def _stored(self, tx: Tx, done: dict[str, Any]) -> RuleSet:
        """What a repeated command applied the first time."""
        row = await rows.get_rule_set(tx, int(done.get("version") or 0))
        return await current_rules(tx) if row is None else _of_row(row)

    async def _require_admin(self, tx: Tx, actor: Actor) -> None:
        member = await require_member(tx, actor)
        if member.role != Role.ADMIN:
            names = list(await rows.list_admin_names(tx))
            who = f" Ask {' or '.join(names[:5])}." if names else ""
            raise Forbidden(f"Only an admin may change the approval rules.{who}")

    async def _overtaken(self, tx: Tx, actor: Actor | None) -> Conflict:
        """The error that says who was faster."""
        row = await rows.get_newest_rule_set(tx)
        if row is None:
            return Conflict(f"These are the default rules, version {FIRST}. Nothing was changed.")
        by = await members.get_member(tx, row.applied_by) if row.applied_by else None
        who = by.name if by else "Somebody with the command line"
        at = _moment(row.created_at, actor.timezone if actor else "UTC")
        return Conflict(
            f"{who} applied version {row.version} {at}. Nothing was changed: look at the rules "
            "as they are now and try again."
        )


def _moment(value: datetime, timezone: str) -> str:
    """`on 21 Nov at 10:42 UTC`."""
    try:
        there = value.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        there = value.astimezone(UTC)
    return f"on {there.day} {there:%b} at {there:%H:%M %Z}"
