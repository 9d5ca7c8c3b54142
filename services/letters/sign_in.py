"""Signing in with Slack to use a link in a mail, whatever the link is about: the browser becomes a
device of the link's person, or nothing at all."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from db import members, tenants
from db.models.approvals import ApprovalMail
from db.session import Database
from services.devices import DeviceService, ReturnedSignIn
from services.errors import Forbidden, ServiceError, TransientError
from services.letters.refusals import Refusals
from services.members import MemberService, actor_of
from services.oauth_ports import SignInGateway
from services.types.approval_mails import ActPage, PageState

ANOTHER = "another person"
SIGN_IN_OVER = "This sign-in is over. Open the link in your mail again."
NOT_SIGNED_IN = "You didn't sign in, so nothing was decided. Open the link again to try it."


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunAtSlack:
    """Where to send the browser, and what to leave in it."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInHere:
    """The browser is a device now: back to the link."""

    tenant_id: UUID
    link: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOwner:
    """Whose link it is, and what it is about."""

    tenant_id: UUID
    member_id: UUID
    name: str
    letter: ApprovalMail | None = None
    subject_id: UUID | None = None


Owner = Callable[[str], Awaitable[LinkOwner | str | None]]
"""A link's token → whose it is; None: no link of this kind; a sentence: nobody may use it."""


def device_cookie(tenant_id: UUID) -> str:
    """One cookie a workspace: a browser may know several."""
    return f"understudy_device_{tenant_id.hex[:12]}"


def foreign_words(name: str) -> str:
    return f"This link was made for {name} and works for nobody else."


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSignIn:
    """`gateway` is None when no Slack client is configured: then links only show."""

    db: Database
    devices: DeviceService
    members: MemberService
    refusals: Refusals
    gateway: SignInGateway | None

    @property
    def possible(self) -> bool:
        return self.gateway is not None

    async def begin(self, tenant_id: UUID, token: str) -> BegunAtSlack | None:
        """Send the browser to Slack; None when nobody can sign in here."""
        if self.gateway is None:
            return None
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
        begun = await self.devices.begin(tenant_id, token)
        url = self.gateway.authorize_url(
            state=begun.state, nonce=begun.nonce, team_id=tenant.team_id if tenant else ""
        )
        return BegunAtSlack(url=url, cookie=begun.cookie)

    async def finish(
        self, *, state: str, code: str, cookie: str | None, owners: Sequence[Owner]
    ) -> SignedInHere | ActPage:
        """The browser comes back from Slack. `owners` know whose links there are."""
        returned = await self.devices.come_back(state, cookie)
        if returned is None or self.gateway is None:
            await self.refusals.note("sign-in state")
            return ActPage(state=PageState.REFUSED, sentence=SIGN_IN_OVER)
        if not code:
            return ActPage(state=PageState.REFUSED, sentence=NOT_SIGNED_IN)
        owner: LinkOwner | str | None = None
        for ask in owners:
            owner = owner or await ask(returned.link)
        if not isinstance(owner, LinkOwner):
            return ActPage(state=PageState.UNKNOWN, sentence=owner or SIGN_IN_OVER)
        return await self._welcome(owner, returned, code)

    async def _welcome(
        self, owner: LinkOwner, returned: ReturnedSignIn, code: str
    ) -> SignedInHere | ActPage:
        tenant_id = returned.tenant_id
        try:
            member_id = await self._identify(tenant_id, code, returned.nonce)
        except TransientError as error:
            return ActPage(state=PageState.TROUBLE, sentence=str(error))
        except ServiceError as error:
            await self._refuse("sign-in", owner)
            return ActPage(state=PageState.REFUSED, sentence=str(error))
        if (tenant_id, member_id) != (owner.tenant_id, owner.member_id):
            await self._refuse(ANOTHER, owner, member_id)
            return ActPage(state=PageState.FOREIGN, sentence=foreign_words(owner.name))
        cookie = await self.devices.add(tenant_id, member_id)
        return SignedInHere(tenant_id=tenant_id, link=returned.link, cookie=cookie)

    async def _identify(self, tenant_id: UUID, code: str, nonce: str) -> UUID:
        """The member who signed in: of this very workspace, and in answer to this very sign-in."""
        if self.gateway is None:
            raise Forbidden(SIGN_IN_OVER)
        person = await self.gateway.exchange(code)
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
        if tenant is None or person.team_id != tenant.team_id:
            raise Forbidden("You signed in to another workspace than the one this link is from.")
        if person.nonce != nonce:
            raise Forbidden(SIGN_IN_OVER)
        return (await self.members.identify(person.team_id, person.user_id)).member_id

    async def _refuse(self, why: str, owner: LinkOwner, member_id: UUID | None = None) -> None:
        async with self.db.read(owner.tenant_id) as tx:
            who = await members.get_member(tx, member_id) if member_id else None
        await self.refusals.note(
            why,
            tenant_id=owner.tenant_id,
            mail=owner.letter,
            subject_id=owner.subject_id,
            actor=actor_of(who) if who else None,
        )
