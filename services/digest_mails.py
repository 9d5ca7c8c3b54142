"""The digest's mail: rendered and sent by its job, once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from db import digests, members, tenants
from db.models.cards import Digest
from db.models.tenants import Member
from db.session import Database
from services.audit import AuditService
from services.errors import ServiceError
from services.holding import reachable
from services.letters.leaving import NO_ADDRESS, died_on_the_way, hand_over
from services.letters.links import Links, Purpose, SlackLink, SubjectLink, no_slack_link
from services.mail_out import MailOut, Notice
from services.overviews import ViewService
from services.ports import Clock
from services.types.mail import Address
from services.types.preferences import read_preferences
from services.types.views import DigestLinks, DigestView

log = structlog.get_logger()

MAIL = "digest.mail"
TURNED_OFF = "Its reader wants no digests by mail."
LEFT = "They are no longer a member."
HELD_BACK = "Its reader gets nothing unasked right now."
CARD = "digest"
DAILY = "daily"

DigestRenderer = Callable[[DigestView, DigestLinks], tuple[str, str, str]]
"""Subject, HTML, plain text."""
ApprovalLink = Callable[[UUID, UUID, UUID], Awaitable[str | None]]
"""Tenant, request, member → a link to decide on it, for this member alone."""
LINK_LASTS_DAYS = 7


async def no_approval_link(_tenant: UUID, _request: UUID, _member: UUID) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMailer:
    """`links` and `public_url` are None where people's browsers don't find us: then the mail has no
    buttons."""

    db: Database
    clock: Clock
    audit: AuditService
    views: ViewService
    mail_out: MailOut
    render: DigestRenderer
    links: Links | None = None
    public_url: str | None = None
    approval_link: ApprovalLink = no_approval_link
    in_slack: SlackLink = no_slack_link

    async def send(self, tenant_id: UUID, digest_id: UUID) -> None:
        """Send it, once: claimed before, settled after. A mail that may have left is never sent
        again."""
        async with self.db.read(tenant_id) as tx:
            row = await digests.get_digest(tx, digest_id)
            member = await members.get_member(tx, row.member_id) if row else None
            tenant = await tenants.get_tenant(tx)
        if row is None or member is None or row.mail_status not in {"queued", "sending"}:
            return
        settle = partial(self._settle, tenant_id, digest_id)
        if row.mail_status == "sending":
            await died_on_the_way(settle)
            return
        why = await self._why_not(row, member)
        if why is not None:
            await settle("queued", "none", why)
            return
        if await settle("queued", "sending"):
            await self._send(row, member, tenant.team_id if tenant else "")

    async def _why_not(self, row: Digest, member: Member) -> str | None:
        """Why no mail leaves; None when one does. What changed since the morning counts: a wish, a
        pause. A digest somebody asked for comes all the same."""
        if not member.active:
            return LEFT
        if row.request == DAILY and not await self._reachable(member):
            return HELD_BACK
        if not read_preferences(member.preferences).digest_mail:
            return TURNED_OFF
        address = await self.mail_out.address(member.tenant_id)
        return None if address is not None else NO_ADDRESS

    async def _reachable(self, member: Member) -> bool:
        async with self.db.read(member.tenant_id) as tx:
            return await reachable(tx, member.id, CARD, self.clock.now())

    async def _send(self, row: Digest, member: Member, team_id: str) -> None:
        settle = partial(self._settle, row.tenant_id, row.id)
        to = Address(email=member.email, name=member.name)
        sender = await self.mail_out.address(row.tenant_id)
        view = await self.views.digest(row.tenant_id, row.id)
        if sender is None or view is None:
            await settle("sending", "none", NO_ADDRESS)
            return
        links = await self._links(row, member, view, team_id)
        subject, html, text = self.render(view, links)
        notice = Notice(
            to=to,
            subject=subject,
            text=text,
            html=html,
            date=self.clock.now(),
            name=f"digest.{row.id}",
            unsubscribe=links.unsubscribe or None,
        )
        try:
            raw = self.mail_out.write(notice, sender)
        except ServiceError as error:
            await settle("sending", "failed", str(error))
            return
        await hand_over(lambda: self.mail_out.send(row.tenant_id, to=to, raw=raw), settle)

    async def _links(
        self, row: Digest, member: Member, view: DigestView, team_id: str
    ) -> DigestLinks:
        in_slack = self.in_slack(team_id, member.dm_channel) if member.dm_channel else ""
        if self.links is None or self.public_url is None:
            return DigestLinks(in_slack=in_slack)
        pages: dict[UUID, str] = {}
        for item in view.waiting:
            pages[item.action_id] = self._url(row, Purpose.DRAFT, item.action_id)
        for asked in view.approvals:
            url = await self.approval_link(row.tenant_id, asked.request_id, member.id)
            pages |= {asked.request_id: url} if url else {}
        unsubscribe = self._url(row, Purpose.NO_DIGEST, member.id)
        return DigestLinks(pages=pages, unsubscribe=unsubscribe, in_slack=in_slack)

    def _url(self, row: Digest, purpose: Purpose, subject_id: UUID) -> str:
        if self.links is None:
            return ""
        ends = self.clock.now() + timedelta(days=LINK_LASTS_DAYS)
        link = SubjectLink(
            purpose=purpose,
            tenant_id=row.tenant_id,
            member_id=row.member_id,
            subject_id=subject_id,
            expires_at=ends if purpose is Purpose.DRAFT else None,
        )
        return self.links.url(self.public_url, link) or ""

    async def _settle(
        self, tenant_id: UUID, digest_id: UUID, expect: str, status: str, note: str | None = None
    ) -> bool:
        async with self.db.transaction(tenant_id) as tx:
            moved = await digests.settle_mail(
                tx, digest_id, expect=expect, status=status, note=note
            )
            if moved and status in {"sent", "failed", "unknown"}:
                await self.audit.append(
                    tx, f"digest.mail_{status}", subject_id=digest_id, facts={"note": note}
                )
        if moved and status in {"failed", "unknown"}:
            log.warning("a digest's mail", digest_id=str(digest_id), status=status, note=note)
        return moved
