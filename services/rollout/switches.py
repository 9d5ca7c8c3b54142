"""What admins turn for the tenant, and what each member wishes for themselves."""

from dataclasses import dataclass
from uuid import UUID

from db import actions, commands, jobs, mailboxes, members, tenants, timers
from db.session import Database, ReadTx, Tx
from services.actors import require_admin, require_member
from services.approvals.rule_sets import changes, current_rules
from services.errors import Conflict, InvalidInput
from services.holding import NIGHT_TIMER
from services.home_cards import touch_homes
from services.presets import fits, with_preset
from services.reach import in_shadow, still_paused
from services.reader import reader_of
from services.rollout.deps import RolloutDeps, told_before
from services.rollout.waiting import GREET
from services.types.people import Actor, Role
from services.types.preferences import (
    DAILY_CAP,
    FEEDBACK_PROMPTS,
    MOST_A_DAY,
    MOST_A_WEEK,
    MOST_PROPOSALS,
    NIGHTS,
    PROPOSALS_A_DAY,
    QUIET_HOURS,
    Preferences,
    changed_words,
    read_preferences,
)
from services.types.rollout import PresetView, SettingsView, TenantSwitches
from services.types.tenant_settings import SHADOW, Preset, read_settings

SHADOW_BEGINS = (
    "Shadow mode is on. I read, decide and write everything down; nobody is shown anything they "
    "didn't ask for, and nothing leaves."
)
SHADOW_ENDS = (
    "Shadow mode is off. Enabled people each get one message that says what waits, and drafts "
    "appear in their Gmail. A person still approves every mail."
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
                preferences=read_preferences(member.preferences),
                paused_until=still_paused(member, self.deps.clock.now()),
                enabled=member.enabled_at is not None,
                has_mailbox=await mailboxes.mailbox_of_member(tx, member.id) is not None,
                tenant=await _switches(tx) if member.role == Role.ADMIN else None,
            )

    async def prefer(self, actor: Actor, wanted: Preferences, *, command_id: str) -> str:
        """Keep the actor's wishes."""
        if wanted.quiet_hours not in ("", *NIGHTS):
            raise InvalidInput("Choose one of these hours.", field=QUIET_HOURS)
        if not 0 <= wanted.feedback_prompts <= MOST_A_WEEK:
            raise InvalidInput("Choose one of these.", field=FEEDBACK_PROMPTS)
        if not 0 <= wanted.daily_cap <= MOST_A_DAY:
            raise InvalidInput("Choose one of these.", field=DAILY_CAP)
        if not 0 <= wanted.proposals_a_day <= MOST_PROPOSALS:
            raise InvalidInput("Choose one of these.", field=PROPOSALS_A_DAY)
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "preferences", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            member = await require_member(tx, actor)
            changed = changed_words(read_preferences(member.preferences), wanted)
            for key, word in changed.items():
                await members.set_preference(tx, member.id, key, word)
            if QUIET_HOURS in changed:
                await self._another_night(tx, member.id)
            if changed:
                await self.deps.audit.append(
                    tx, "member.preferences", actor=actor, subject_id=member.id
                )
            sentence = "Saved. This is how I'll tell you things from now on."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def _another_night(self, tx: Tx, member_id: UUID) -> None:
        """What these hours have held back is looked at anew with the next tick, and the morning's
        digest waits for their end."""
        await timers.set_timer(tx, NIGHT_TIMER, member_id, self.deps.clock.now())
        member = await members.lock_member(tx, member_id)
        if member is not None and member.enabled_at is not None:
            await self.deps.arm_digest(tx, member)

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
                raise Conflict(f"Shadow mode is {'on' if on else 'off'} already.")
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
        alert_amount=settings.alert_amount,
        waiting=sum(member.enabled_at is None for member in everybody),
    )
