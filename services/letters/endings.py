"""Ending a kind of mail by its own link: one POST by the reader's mail program (RFC 8058), without
a login, a cookie or a redirect; or one press of the button on the page behind the link.

The link is signed for one person and one kind of mail and can do nothing else. It never ends: an
old mail must not be harder to get rid of than a new one.
"""

from dataclasses import dataclass
from uuid import UUID

from db import members
from db.session import Database
from services.audit import AuditService
from services.letters.links import Links, Purpose, SubjectLink
from services.types.letters import EndPage
from services.types.preferences import DIGEST_MAIL, DRAFT_MAIL, OFF, REPORT_MAIL

KINDS = {
    Purpose.NO_DIGEST: (DIGEST_MAIL, "the digest"),
    Purpose.NO_DRAFTS: (DRAFT_MAIL, "drafts"),
    Purpose.NO_REPORTS: (REPORT_MAIL, "reports"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndService:
    db: Database
    audit: AuditService
    links: Links

    def read(self, token: str) -> SubjectLink | None:
        """The link, if it ends something."""
        link = self.links.read_subject(token)
        return link if link is not None and link.purpose in KINDS else None

    async def look(self, token: str) -> EndPage:
        """What the link would end, and whether it has ended already. Nothing changes."""
        link = self.read(token)
        if link is None:
            return EndPage(known=False)
        key, what = KINDS[link.purpose]
        async with self.db.read(link.tenant_id) as tx:
            member = await members.get_member(tx, link.member_id)
        if member is None:
            return EndPage(known=False)
        return EndPage(known=True, what=what, done=member.preferences.get(key) == OFF)

    async def end(self, token: str) -> EndPage:
        """No more of this kind of mail to this person; what comes in Slack stays. As often as one
        likes."""
        page = await self.look(token)
        link = self.read(token)
        if link is None or not page.known or page.done:
            return page
        key, what = KINDS[link.purpose]
        await self._prefer_off(link.tenant_id, link.member_id, key)
        return EndPage(known=True, what=what, done=True)

    async def _prefer_off(self, tenant_id: UUID, member_id: UUID, key: str) -> None:
        async with self.db.transaction(tenant_id) as tx:
            await members.set_preference(tx, member_id, key, OFF)
            await self.audit.append(
                tx, "member.unsubscribed", subject_id=member_id, facts={"from": key}
            )
