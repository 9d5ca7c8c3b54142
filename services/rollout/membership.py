"""The list of members: what each may do, whose manager is whom, and when a membership ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db import commands, members, tenants
from db import rollout as rows
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_admin
from services.approval_routing import title_words
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.home_cards import touch_homes
from services.reach import in_shadow, still_paused
from services.reader import reader_of
from services.rollout.deps import RolloutDeps, told_before
from services.rollout.leaving import AS_GUEST, BY_ADMIN, BY_SLACK, Farewell, reinstate
from services.types.approvals import TITLES
from services.types.people import Actor, Function, Role
from services.types.rollout import MemberLine, MemberState, MembersView

PAGE = 12
NOT_THERE = "This member isn't there any more."
LAST_ADMIN = (
    "This is the only admin. Make somebody else an admin first, or nobody could change anything."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipService:
    db: Database
    deps: RolloutDeps
    farewell: Farewell

    async def list(self, actor: Actor, offset: int = 0) -> MembersView:
        """One page of all members, for admins."""
        async with self.db.read(actor.tenant_id) as tx:
            admin = await require_admin(tx, actor)
            now = self.deps.clock.now()
            page, total, names = await rows.page_members(tx, offset=max(offset, 0), limit=PAGE)
            boxes = await rows.mailbox_status_by_member(tx)
            return MembersView(
                reader=reader_of(admin, self.deps.clock),
                lines=tuple(
                    _line(one, names.get(one.manager_id or one.id), boxes.get(one.id), now)
                    for one in page
                ),
                offset=max(offset, 0),
                total=total,
                waiting=len(await rows.list_waiting_members(tx)),
                shadow=in_shadow(await tenants.get_tenant(tx)),
            )

    async def line(self, actor: Actor, member_id: UUID) -> MemberLine:
        """One member, for the form that changes them."""
        async with self.db.read(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            member = await _member(tx, member_id)
            manager = await members.get_member(tx, member.manager_id) if member.manager_id else None
            boxes = await rows.mailbox_status_by_member(tx)
            name = manager.name if manager else None
            return _line(member, name, boxes.get(member.id), self.deps.clock.now())

    async def options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        """Active members whose name or address holds what was typed, for choosing a manager."""
        wanted = text.strip().casefold()
        async with self.db.read(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            found = [
                member
                for member in await members.list_members(tx)
                if member.active and wanted in f"{member.name} {member.email}".casefold()
            ]
        return tuple((member.id, f"{member.name}, {member.role}") for member in found[:100])

    async def change(
        self,
        actor: Actor,
        member_id: UUID,
        *,
        role: str,
        function: str,
        titles: tuple[str, ...],
        manager_id: UUID | None,
        command_id: str,
    ) -> str:
        """What this member may do and whose they are; open approvals follow by the sweep."""
        wanted = _checked(role, function, titles)
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "member.change", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            admins = await rows.lock_admins(tx)
            await require_admin(tx, actor)
            member = await members.lock_member(tx, member_id)
            if member is None or not member.active:
                raise NotFound(NOT_THERE)
            if member.role == Role.ADMIN and role != Role.ADMIN and set(admins) == {member.id}:
                raise Conflict(LAST_ADMIN)
            await _require_manager(tx, member, manager_id)
            before = {name: getattr(member, name) for name in (*wanted, "manager_id")}
            for name, value in {**wanted, "manager_id": manager_id}.items():
                setattr(member, name, value)
            await tx.session.flush()
            changed = {
                name: {"from": _plain(old), "to": _plain(getattr(member, name))}
                for name, old in before.items()
                if old != getattr(member, name)
            }
            sentence = f"{member.name} is as you wanted."
            if changed:
                await self.deps.audit.append(
                    tx, "member.changed", actor=actor, subject_id=member.id, facts=changed
                )
                await touch_homes(tx, [member.id], now=self.deps.clock.now())
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def end(self, actor: Actor, member_id: UUID, *, command_id: str) -> str:
        """End somebody's membership."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "member.end", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            admins = await rows.lock_admins(tx)
            await require_admin(tx, actor)
            member = await _member(tx, member_id)
            if set(admins) == {member.id}:
                raise Conflict(LAST_ADMIN)
            if member.id == actor.member_id:
                raise Forbidden("Ask another admin to end your own membership.")
            if not await self.farewell.end(tx, member.id, why=BY_ADMIN, by=actor):
                raise Conflict(f"{member.name}'s membership has ended already.")
            sentence = (
                f"{member.name}'s membership has ended. Nothing leaves in their name any more; "
                "what they had open is with their manager."
            )
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def reinstate(self, actor: Actor, member_id: UUID, *, command_id: str) -> str:
        """Bring somebody back. They get nothing until they are enabled, and connect Gmail anew."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "member.reinstate", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            await require_admin(tx, actor)
            member = await members.lock_member(tx, member_id)
            if member is None:
                raise NotFound(NOT_THERE)
            if member.active:
                raise Conflict(f"{member.name} is a member.")
            reinstate([member])
            await tx.session.flush()
            await self.deps.audit.append(tx, "member.reinstated", actor=actor, subject_id=member.id)
            sentence = f"{member.name} is a member again, and gets nothing until you enable them."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def slack_gone(
        self, tenant_id: UUID, slack_user_id: str, *, as_guest: bool = False
    ) -> bool:
        """Slack says that this account was deactivated, or is a guest's now: who leaves is often
        kept as one. After the only admin, the first Slack admin who opens the app takes over, as
        after an install that left nobody in charge."""
        async with self.db.transaction(tenant_id) as tx:
            admins = await rows.lock_admins(tx)
            member = await members.get_member_by_slack_id(tx, slack_user_id)
            if member is None:
                return False
            ended = await self.farewell.end(tx, member.id, why=AS_GUEST if as_guest else BY_SLACK)
            if ended and set(admins) == {member.id}:
                await tenants.want_admin(tx, wanted=True)
            return ended


def _checked(role: str, function: str, titles: tuple[str, ...]) -> dict[str, Any]:
    if role not in {one.value for one in Role}:
        raise InvalidInput("I don't know this role.", field="role")
    if function not in {one.value for one in Function}:
        raise InvalidInput("I don't know this function.", field="function")
    if not set(titles) <= set(TITLES):
        known = ", ".join(title_words(title) for title in TITLES)
        raise InvalidInput(f"I know these titles: {known}.", field="titles")
    return {"role": role, "function": function, "titles": [t for t in TITLES if t in titles]}


async def _require_manager(tx: ReadTx, member: Member, manager_id: UUID | None) -> None:
    """Active, and nowhere below the member: a chain of managers must end."""
    seen = {member.id}
    next_id = manager_id
    while next_id is not None:
        if next_id in seen:
            raise InvalidInput("That would make them their own manager.", field="manager")
        seen.add(next_id)
        manager = await members.get_member(tx, next_id)
        if next_id == manager_id and (manager is None or not manager.active):
            raise InvalidInput("This member isn't active any more.", field="manager")
        next_id = manager.manager_id if manager else None


async def _member(tx: ReadTx, member_id: UUID) -> Member:
    member = await members.get_member(tx, member_id)
    if member is None:
        raise NotFound(NOT_THERE)
    return member


def _line(member: Member, manager: str | None, mailbox: str | None, now: datetime) -> MemberLine:
    return MemberLine(
        member_id=member.id,
        name=member.name,
        email=member.email,
        role=Role(member.role),
        function=member.function,
        titles=tuple(member.titles),
        manager=manager if member.manager_id else None,
        manager_id=member.manager_id,
        state=state_of(member, now),
        paused_until=member.paused_until,
        mailbox=mailbox,
        in_slack=member.slack_user_id is not None,
    )


def state_of(member: Member, now: datetime) -> MemberState:
    if not member.active:
        return "left"
    if member.enabled_at is None:
        return "waiting"
    return "paused" if still_paused(member, now) else "enabled"


def _plain(value: Any) -> Mapping[str, Any] | list[Any] | str | None:
    return value if value is None or isinstance(value, list) else str(value)
