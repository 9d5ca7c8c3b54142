"""What admins turn for the tenant, and what each member wishes for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db import actions, commands, jobs, mailboxes, members, tenants
from db.session import Database, ReadTx
from services.approvals.rule_sets import changes, current_rules
from services.card_views import reader_of
from services.errors import Conflict, InvalidInput
from services.home_cards import touch_homes
from services.presets import fits, with_preset
from services.reach import in_shadow, still_paused
from services.rollout.deps import RolloutDeps, require_admin, require_member, told_before
from services.rollout.waiting import GREET
from services.types.people import Actor, Role
from services.types.rollout import Preferences, PresetView, SettingsView, TenantSwitches
from services.types.tenant_settings import SHADOW, Preset, read_settings

ON, OFF = "on", "off"
QUIET_HOURS = ("", "18:00-08:00", "19:00-07:00", "20:00-09:00")
"""What may be chosen."""
SHADOW_BEGINS = (
    "Shadow mode is on. I read, decide and write everything down; nobody is shown anything they "
    "didn't ask for, and nothing leaves."
)
SHADOW_ENDS = (
    "Shadow mode is off. Enabled people each get one message that says what waits, and drafts "
    "appear in their Gmail. A person still approves every mail."
)


def preferences_of(stored: Mapping[str, Any]) -> Preferences:
    """Wishes as types; what nobody has said is the default."""
    quiet = stored.get("quiet_hours")
    return Preferences(
        digest_slack=stored.get("digest_slack") != OFF,
        digest_mail=stored.get("digest_mail") != OFF,
        draft_mail=stored.get("draft_mail") != OFF,
        feedback_prompts=stored.get("feedback_prompts") != OFF,
        quiet_hours=quiet if isinstance(quiet, str) else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchService:
    db: Database
    deps: RolloutDeps

    async def settings(self, actor: Actor) -> SettingsView:
        """The actor's own wishes, and for admins the tenant's switches."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            return SettingsView(
                reader=reader_of(member, self.deps.clock),
                preferences=preferences_of(member.preferences),
                paused_until=still_paused(member, self.deps.clock.now()),
                enabled=member.enabled_at is not None,
                has_mailbox=await mailboxes.mailbox_of_member(tx, member.id) is not None,
                tenant=await _switches(tx) if member.role == Role.ADMIN else None,
            )

    async def prefer(self, actor: Actor, wanted: Preferences, *, command_id: str) -> str:
        """Keep the actor's wishes."""
        if wanted.quiet_hours not in QUIET_HOURS:
            raise InvalidInput("Choose one of these hours.", field="quiet_hours")
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "preferences", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            member = await require_member(tx, actor)
            before = preferences_of(member.preferences)
            for name in ("digest_slack", "digest_mail", "draft_mail", "feedback_prompts"):
                value = ON if getattr(wanted, name) else OFF
                await members.set_preference(tx, member.id, name, value)
            await members.set_preference(tx, member.id, "quiet_hours", wanted.quiet_hours)
            if before != wanted:
                await self.deps.audit.append(
                    tx, "member.preferences", actor=actor, subject_id=member.id
                )
            sentence = "Saved. This is how I'll tell you things from now on."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def preset(self, actor: Actor, preset: Preset) -> PresetView:
        """What choosing it would change."""
        async with self.db.read(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            rules = await current_rules(tx)
            tenant = await tenants.get_tenant(tx)
            return PresetView(
                preset=preset,
                current=read_settings(tenant.settings).preset if tenant else None,
                based_on=rules.version,
                changes=tuple(changes(rules, with_preset(rules, preset))),
            )

    async def set_shadow(self, actor: Actor, *, on: bool, command_id: str) -> str:
        """Watch only, or be seen again. A claim in flight is waited for, as by the kill switch."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "shadow", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            await require_admin(tx, actor)
            # Every claim holds this row while it looks at the settings.
            await actions.lock_kill_switch(tx)
            if in_shadow(await tenants.get_tenant(tx)) == on:
                raise Conflict(f"Shadow mode is {ON if on else OFF} already.")
            await tenants.set_setting(tx, SHADOW, on)
            await self.deps.audit.append(
                tx, "shadow.on" if on else "shadow.off", actor=actor, subject_id=tx.tenant_id
            )
            sentence = SHADOW_BEGINS if on else SHADOW_ENDS
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            if not on:
                await jobs.enqueue(tx, GREET, {})
            await touch_homes(tx, [actor.member_id], now=self.deps.clock.now())
            return sentence


async def _switches(tx: ReadTx) -> TenantSwitches:
    tenant = await tenants.get_tenant(tx)
    settings = read_settings(tenant.settings if tenant else {})
    rules = await current_rules(tx)
    everybody = [member for member in await members.list_members(tx) if member.active]
    return TenantSwitches(
        shadow=settings.shadow,
        stopped=await actions.kill_switch_engaged(tx),
        preset=settings.preset,
        preset_fits=settings.preset is not None and fits(rules, settings.preset),
        rules_version=rules.version,
        members=len(everybody),
        waiting=sum(member.enabled_at is None for member in everybody),
    )
