"""Members: who is who, and the one-time binding of a Slack user to a member by e-mail."""

from dataclasses import dataclass
from uuid import UUID

from db import members, tenants
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.errors import Forbidden, NotFound
from services.holding import enabled_from
from services.ports import ChatPerson, Chats, Clock, Ids
from services.types.ids import MemberId, TenantId
from services.types.people import Actor, Role

UNKNOWN_WORKSPACE = "This workspace isn't connected to Understudy."
UNKNOWN_MEMBER = (
    "I don't know you yet. Ask an Understudy admin of your workspace to add you with "
    "the e-mail address of your Slack profile."
)
OUTSIDER = "Understudy works for full members of this workspace only, not for guests."
GONE = "Your Understudy membership has been ended. An admin of your workspace can renew it."
BOUND_TO_OTHER = (
    "The member with your e-mail address is already bound to another Slack user. "
    "An admin of your workspace can sort that out."
)


def actor_of(member: Member) -> Actor:
    """The member as the one who acts."""
    return Actor(
        tenant_id=TenantId(member.tenant_id),
        member_id=MemberId(member.id),
        role=Role(member.role),
        name=member.name,
        timezone=member.timezone,
        slack_user_id=member.slack_user_id,
    )


def _belongs(person: ChatPerson, team_id: str) -> bool:
    """A stranger in a shared channel carries another team's id, and possibly anybody's e-mail.
    An answer that names no team is about the workspace whose token asked."""
    return not person.is_outsider and person.team_id in ("", team_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberService:
    """Finds members. After the binding the Slack id is the identity, whatever the e-mail says."""

    db: Database
    clock: Clock
    ids: Ids
    chats: Chats

    async def identify(self, team_id: str, slack_user_id: str) -> Actor:
        """The member behind a Slack user, bound by e-mail at the first meeting.

        Raises NotFound for an unknown workspace and Forbidden, with a kind sentence, for a person
        who is no member: a guest, a bot, a stranger, or somebody no admin has added.
        """
        async with self.db.directory() as directory:
            tenant_id = await tenants.get_tenant_id(directory, team_id)
        if tenant_id is None:
            raise NotFound(UNKNOWN_WORKSPACE)
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member_by_slack_id(tx, slack_user_id)
        if member is None:
            member = await self._bind(tenant_id, team_id, slack_user_id)
        if not member.active:
            raise Forbidden(GONE)
        return actor_of(member)

    async def reach(self, tenant_id: UUID, member_id: UUID) -> Actor:
        """The member with a Slack id, looked up by e-mail when nobody has met them in Slack yet:
        cards have to arrive before the first click."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            tenant = await tenants.get_tenant(tx)
        if member is None or tenant is None:
            raise NotFound("This member isn't there any more.")
        if not member.active:
            raise Forbidden(GONE)
        if member.slack_user_id is None:
            person = await (await self.chats.of(tenant_id)).person_by_email(member.email)
            if person is None:
                raise Forbidden(f"{member.name} has no Slack account under {member.email}.")
            member = await self._bind_person(tenant_id, tenant.team_id, person)
            if member.id != member_id:
                raise Forbidden(BOUND_TO_OTHER)
        return actor_of(member)

    async def admit(self, tenant_id: UUID, email: str) -> Actor | None:
        """The member with this address. Somebody Slack knows as one of the team becomes a rep;
        None for everybody else."""
        address = email.strip().lower()
        async with self.db.read(tenant_id) as tx:
            known = await members.get_member_by_email(tx, address)
            tenant = await tenants.get_tenant(tx)
        if known is not None:
            return actor_of(known)
        person = await (await self.chats.of(tenant_id)).person_by_email(address)
        if person is None or tenant is None:
            return None
        if not _belongs(person, tenant.team_id):
            return None
        async with self.db.transaction(tenant_id) as tx:
            member = Member(
                tenant_id=tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                email=address,
                name=person.name,
                role=Role.REP.value,
                timezone=person.timezone or "UTC",
                slack_user_id=person.user_id,
                enabled_at=await enabled_from(tx, self.clock.now()),
            )
            tx.session.add(member)
            await tx.session.flush()
            return actor_of(member)

    async def list_members(self, tenant_id: UUID) -> tuple[Actor, ...]:
        """All active members, by name."""
        async with self.db.read(tenant_id) as tx:
            return tuple(actor_of(row) for row in await members.list_members(tx) if row.active)

    async def find(self, tenant_id: UUID, member_id: UUID) -> Actor:
        """The member, active or not. NotFound otherwise."""
        async with self.db.read(tenant_id) as tx:
            return actor_of(await self._get(tx, member_id))

    async def prefer(self, actor: Actor, name: str, value: str) -> None:
        """Keep a wish about what the actor is shown; the last one stands."""
        async with self.db.transaction(actor.tenant_id) as tx:
            await members.set_preference(tx, actor.member_id, name, value)

    async def _bind(self, tenant_id: UUID, team_id: str, slack_user_id: str) -> Member:
        chat = await self.chats.of(tenant_id)
        try:
            person = await chat.person(slack_user_id)
        except NotFound as error:
            # Of another workspace, or gone: Slack's own word for it helps nobody.
            raise Forbidden(UNKNOWN_MEMBER) from error
        return await self._bind_person(tenant_id, team_id, person)

    async def _bind_person(self, tenant_id: UUID, team_id: str, person: ChatPerson) -> Member:
        if not _belongs(person, team_id):
            raise Forbidden(OUTSIDER)
        if not person.email:
            raise Forbidden(UNKNOWN_MEMBER)
        async with self.db.transaction(tenant_id) as tx:
            bound = await members.get_member_by_slack_id(tx, person.user_id)
            if bound is not None:
                return bound
            member = await members.get_member_by_email(tx, person.email.strip().lower())
            if member is None:
                raise Forbidden(UNKNOWN_MEMBER)
            claimed = await members.claim_slack_id(tx, member.id, person.user_id, person.timezone)
            await tx.session.refresh(member)
            # Two cards of one member may be on their way at once: the second finds it done.
            if not claimed and member.slack_user_id != person.user_id:
                raise Forbidden(BOUND_TO_OTHER)
            return member

    @staticmethod
    async def _get(tx: ReadTx, member_id: UUID) -> Member:
        member = await members.get_member(tx, member_id)
        if member is None:
            raise NotFound("This member isn't there any more.")
        return member
