"""A workspace that Slack took back: everything meant for it waits until it is connected again.

Cards settle with a reason and are wanted anew on reconnecting; sends stay queued; mail is read on.
An admin is written to, once: by mail, the only way left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from db import actions as action_rows
from db import cards, commands, jobs, members, tenants
from db.models.tenants import Member, Tenant
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import deliver_bumped
from services.errors import ServiceError, TransientError
from services.mail_out import MailOut, Notice
from services.ports import Clock, Ids
from services.types.installs import PausedView
from services.types.mail import Address
from services.types.people import Role
from services.zones import zone_of

log = structlog.get_logger()

NOTICE = "workspace.paused"
REMOVED = "the app was removed"
REVOKED = "the token was revoked"
REFUSED = "Slack no longer accepts the token"

PausedRenderer = Callable[[PausedView], tuple[str, str, str]]
"""Subject, HTML, plain text."""


async def pause(tx: Tx, *, at: datetime, why: str) -> bool:
    """Pause the tenant and have its admins told; False when it is paused already."""
    if not await tenants.set_paused(tx, at=at, why=why):
        return False
    await jobs.enqueue(tx, NOTICE, {"paused_at": at.isoformat()})
    return True


async def go_on(tx: Tx) -> bool:
    """There is a token that works: what waited is wanted again. False when nothing was paused."""
    paused = await tenants.clear_paused(tx)
    if paused:
        for effect in await action_rows.list_open_effects(tx):
            await jobs.enqueue(tx, "effect.run", {"effect_id": effect.id})
    await deliver_bumped(tx, await cards.want_failed(tx))
    return paused


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseNotices:
    """The mail to the admins. `install_url` makes the address that connects a team again; None
    where that isn't set up."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    mail_out: MailOut
    render: PausedRenderer
    install_url: Callable[[str], str] | None

    async def tell(self, tenant_id: UUID, paused_at: str) -> None:
        """The job `workspace.paused`: a mail to every admin, each once, while it is still so."""
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
            admins = [
                member
                for member in await members.list_members(tx)
                if member.active and member.role == Role.ADMIN
            ]
            held = len(await action_rows.list_open_effects(tx))
        if tenant is None or tenant.paused_at is None or tenant.paused_at.isoformat() != paused_at:
            return
        sender = await self.mail_out.address(tenant_id)
        if sender is None or not admins:
            log.warning(
                "a paused workspace, and nobody could be told",
                team=tenant.team_id,
                why=tenant.paused_why,
                admins=len(admins),
            )
            return
        for admin in admins:
            await self._tell(tenant, admin, sender, held)

    async def _tell(self, tenant: Tenant, admin: Member, sender: Address, held: int) -> None:
        name = f"paused.{int((tenant.paused_at or tenant.created_at).timestamp())}.{admin.id}"
        if not await self._claim(tenant.tenant_id, name):
            return
        to = Address(email=admin.email, name=admin.name)
        subject, html, text = self.render(self._view(tenant, admin, held))
        try:
            raw = self.mail_out.write(
                Notice(
                    to=to,
                    subject=subject,
                    text=text,
                    html=html,
                    date=self.clock.now(),
                    name=name,
                ),
                sender,
            )
            await self.mail_out.send(tenant.tenant_id, to=to, raw=raw)
        except TransientError as error:
            if error.ambiguous:
                log.warning("a mail about a pause may have left", reason=str(error))
                return
            async with self.db.transaction(tenant.tenant_id) as tx:
                await commands.drop_command(tx, name)
            raise
        except ServiceError as error:
            log.warning("a mail about a pause could not be sent", reason=str(error))

    async def _claim(self, tenant_id: UUID, name: str) -> bool:
        """Whether this mail is still to be sent; from now on it isn't."""
        async with self.db.transaction(tenant_id) as tx:
            done = await commands.claim_command(
                tx, result_id=self.ids.new(), command_id=name, verb=NOTICE, now=self.clock.now()
            )
            if done is None:
                await self.audit.append(tx, "workspace.pause_told", facts={"mail": name})
        return done is None

    def _view(self, tenant: Tenant, admin: Member, held: int) -> PausedView:
        since = (tenant.paused_at or self.clock.now()).astimezone(zone_of(admin.timezone))
        return PausedView(
            team=tenant.name,
            reader=admin.name,
            why=tenant.paused_why or REFUSED,
            since=f"{since.day} {since:%B %Y at %H:%M}",
            held_sends=held,
            install_url=self.install_url(tenant.team_id) if self.install_url else None,
        )
