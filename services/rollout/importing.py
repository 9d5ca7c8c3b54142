"""Members out of Slack: chosen by an admin, looked up one by one by a job, and told nothing.

Slack lets us ask about some hundred people a minute, so a large group takes a while. The import's
row keeps what became of each person: a job that comes again goes on where the last one stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from db import commands, jobs, members, seeding, tenants
from db import rollout as rows
from db.models.rollout import MemberImport
from db.models.tenants import Member
from db.session import Database, Tx
from services.actors import require_admin
from services.cards import touch
from services.errors import Forbidden, InvalidInput, NotFound
from services.home_cards import touch_homes
from services.ports import ChatGateway, ChatGroup, ChatPerson, Chats
from services.rollout.deps import RolloutDeps, id_of, told_before
from services.types.people import Actor, Role
from services.types.rollout import ALREADY, ImportLine, ImportView

JOB = "members.import"
CARD = "import"
REMEMBER = timedelta(minutes=1)
MOST_OPTIONS = 100

ELSEWHERE = "from another workspace"
NO_EMAIL = "Slack shows no e-mail address"
UNKNOWN = "Slack doesn't know them any more"
ENDED = "was a member before; choose Reinstate in the list of members"
NOBODY = "Choose people, or a user group."


@dataclass(slots=True)
class _Remembered:
    until: datetime
    groups: tuple[ChatGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportService:
    """`run` is the job."""

    db: Database
    deps: RolloutDeps
    chats: Chats
    known: dict[UUID, _Remembered] = field(default_factory=dict)

    async def groups(self, actor: Actor, text: str) -> tuple[tuple[str, str], ...]:
        """User groups whose name holds what was typed. Slack is asked once a minute at most: an
        admin types faster than it answers."""
        now = self.deps.clock.now()
        async with self.db.read(actor.tenant_id) as tx:
            await require_admin(tx, actor)
        kept = self.known.get(actor.tenant_id)
        if kept is None or kept.until <= now:
            chat = await self.chats.of(actor.tenant_id)
            kept = _Remembered(until=now + REMEMBER, groups=await chat.groups())
            self.known[actor.tenant_id] = kept
        wanted = text.strip().casefold()
        found = [one for one in kept.groups if wanted in f"{one.name} @{one.handle}".casefold()]
        return tuple((one.group_id, _group_words(one)) for one in found[:MOST_OPTIONS])

    async def start(
        self,
        actor: Actor,
        *,
        user_ids: Sequence[str],
        group_id: str | None,
        role: str,
        manager_id: UUID | None,
        command_id: str,
    ) -> UUID:
        """Have these people looked up. The same command again starts nothing."""
        if not user_ids and not group_id:
            raise InvalidInput(NOBODY, field="people")
        if role not in {one.value for one in Role}:
            raise InvalidInput("I don't know this role.", field="role")
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "members.import", command_id)
            if done is not None:
                return id_of(done)
            await require_admin(tx, actor)
            manager = await members.get_member(tx, manager_id) if manager_id else None
            if manager_id is not None and (manager is None or not manager.active):
                raise InvalidInput("This member isn't active any more.", field="manager")
            row = MemberImport(
                tenant_id=tx.tenant_id,
                id=self.deps.ids.new(),
                created_at=self.deps.clock.now(),
                requested_by=actor.member_id,
                role=role,
                manager_id=manager_id,
                user_ids=list(dict.fromkeys(user_ids)),
                group_id=group_id,
            )
            await rows.add_import(tx, row)
            await jobs.enqueue(tx, JOB, {"import_id": row.id})
            await commands.set_command_result(tx, command_id, {"id": str(row.id)})
            await touch(
                tx, CARD, row.id, [actor.member_id], clock=self.deps.clock, ids=self.deps.ids
            )
            return row.id

    async def run(self, tenant_id: UUID, import_id: UUID) -> None:
        """Look up whoever is left. A TransientError of Slack's comes again and goes on here."""
        async with self.db.read(tenant_id) as tx:
            row = await rows.get_import(tx, import_id)
        if row is None or row.status != "queued":
            return
        chat = await self.chats.of(tenant_id)
        try:
            wanted, name = await self._wanted(chat, row)
            told = {str(one["user"]) for one in row.results}
            for user_id in wanted:
                if user_id in told:
                    continue
                try:
                    person = await chat.person(user_id)
                except NotFound:
                    person = None
                if not await self._take(tenant_id, import_id, user_id, person):
                    return
        except (Forbidden, NotFound, InvalidInput) as refusal:
            await self._settle(tenant_id, import_id, "failed", note=str(refusal))
            return
        await self._settle(tenant_id, import_id, "done", group_name=name)

    async def view(self, tenant_id: UUID, import_id: UUID, reader_id: UUID) -> ImportView | None:
        """The import's card, for who asked for it."""
        async with self.db.read(tenant_id) as tx:
            row = await rows.get_import(tx, import_id)
        if row is None or row.requested_by != reader_id:
            return None
        lines = [
            ImportLine(name=str(one.get("name") or one["user"]), why=_text(one.get("why")))
            for one in row.results
        ]
        return ImportView(
            import_id=row.id,
            status=row.status,  # type: ignore[arg-type]  # the column's check knows these words
            source=row.group_name or "the people you chose",
            role=Role(row.role),
            added=tuple(line for line in lines if line.why is None),
            skipped=tuple(line for line in lines if line.why is not None),
            note=row.note,
        )

    # ── one by one ──────────────────────────────────────────────────────────────────────────────
    @staticmethod
    async def _wanted(chat: ChatGateway, row: MemberImport) -> tuple[list[str], str | None]:
        people, name = list(row.user_ids), None
        if row.group_id:
            people += await chat.group_members(row.group_id)
            named = {group.group_id: group.name for group in await chat.groups()}
            name = named.get(row.group_id)
        return list(dict.fromkeys(people)), name

    async def _take(
        self, tenant_id: UUID, import_id: UUID, user_id: str, person: ChatPerson | None
    ) -> bool:
        """Settle one person; False when the import is over."""
        async with self.db.transaction(tenant_id) as tx:
            # As a seed does: nobody else makes members of this tenant meanwhile.
            await seeding.lock_seed(tx)
            row = await rows.lock_import(tx, import_id)
            if row is None or row.status != "queued":
                return False
            if user_id in {str(one["user"]) for one in row.results}:
                return True
            admin = await members.get_member(tx, row.requested_by)
            if admin is None or not admin.active or admin.role != Role.ADMIN:
                row.status, row.note = "failed", "Whoever asked for this is no longer an admin."
                await tx.session.flush()
                return False
            why = await self._why_not(tx, person)
            if why is None and person is not None:
                await self._add(tx, row, person)
            result = {"user": user_id, "name": person.name if person else "", "why": why}
            row.results = [*row.results, result]
            await tx.session.flush()
            return True

    @staticmethod
    async def _why_not(tx: Tx, person: ChatPerson | None) -> str | None:
        if person is None:
            return UNKNOWN
        tenant = await tenants.get_tenant(tx)
        if person.is_outsider:
            return person.outsider or "not of the team"
        if tenant is None or person.team_id not in ("", tenant.team_id):
            return ELSEWHERE
        known = await members.get_member_by_slack_id(tx, person.user_id)
        if known is None and person.email:
            known = await members.get_member_by_email(tx, person.email)
        if known is not None:
            return ALREADY if known.active else ENDED
        return None if person.email else NO_EMAIL

    async def _add(self, tx: Tx, row: MemberImport, person: ChatPerson) -> None:
        member = Member(
            tenant_id=tx.tenant_id,
            id=self.deps.ids.new(),
            created_at=self.deps.clock.now(),
            email=person.email or "",
            name=person.name or (person.email or "").partition("@")[0],
            role=row.role,
            timezone=person.timezone or "UTC",
            slack_user_id=person.user_id,
            manager_id=row.manager_id,
        )
        await seeding.add_row(tx, member)
        await seeding.flush(tx)
        facts = {"import": str(row.id), "by": str(row.requested_by), "role": row.role}
        await self.deps.audit.append(tx, "member.imported", subject_id=member.id, facts=facts)

    async def _settle(
        self,
        tenant_id: UUID,
        import_id: UUID,
        status: str,
        *,
        note: str | None = None,
        group_name: str | None = None,
    ) -> None:
        async with self.db.transaction(tenant_id) as tx:
            row = await rows.lock_import(tx, import_id)
            if row is None or row.status != "queued":
                return
            row.status, row.note, row.group_name = status, note, group_name
            await tx.session.flush()
            added = sum(one["why"] is None for one in row.results)
            facts = {"status": status, "added": added, "skipped": len(row.results) - added}
            await self.deps.audit.append(tx, "import.settled", subject_id=row.id, facts=facts)
            await touch(tx, CARD, row.id, clock=self.deps.clock, ids=self.deps.ids)
            await touch_homes(tx, [row.requested_by], now=self.deps.clock.now())


def _group_words(group: ChatGroup) -> str:
    size = f", {group.size} people" if group.size is not None else ""
    return f"{group.name} (@{group.handle}{size})"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
