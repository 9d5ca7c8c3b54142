"""Mails about drafts: who is written to, with a token of their own, each at most once.

All mails about one draft to one person are one thread. The first comes to those who want it, the
others only because they wrote back. The job renders and sends what is true when it runs.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from db import actions, drafts, jobs, letters, members, tenants
from db.models.actions import Action
from db.models.drafts import Draft, DraftRevision
from db.models.letters import DraftLetter
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.audit import AuditService
from services.errors import ServiceError
from services.letters.leaving import (
    NO_ADDRESS,
    died_on_the_way,
    hand_over,
    reply_address,
    system_address,
)
from services.letters.links import (
    Links,
    Purpose,
    SlackLink,
    SubjectLink,
    code_hash,
    no_slack_link,
    reply_code,
    unknown_hash,
)
from services.mail.characters import clean_text
from services.mail.tokens import reply_tag
from services.mail_out import MailOut, Notice
from services.ports import Clock, Ids
from services.reach import holds_back, quiet_until
from services.types.letters import DraftMailView, LetterKind
from services.types.mail import Address
from services.types.preferences import read_preferences
from services.types.views import MailCardView

log = structlog.get_logger()

LETTER = "draft.letter"
LASTS = timedelta(days=30)
# So long Slack may take to find somebody it has not met yet, before they are written to instead.
BEFORE_SLACK = timedelta(minutes=2)
# A thread ends somewhere: two machines may talk.
MOST = 24
LARGEST_TEXT = 60_000
"""Bytes of a text that stand whole in a mail: longer mails are clipped by those who show them."""
MOVED_ON = "It was decided or rewritten before the mail left."
NOT_WANTED = "Its reader wants no mail about drafts, or has it in Slack."
NO_MEMBER = "They are no longer a member, or no longer asked."

CardReader = Callable[[UUID, UUID, UUID], Awaitable[MailCardView | None]]
"""Tenant, action, member → the card as this member sees it."""
DraftMailRenderer = Callable[[DraftMailView], tuple[str, str, str]]
"""Subject, HTML, plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outgoing:
    """A letter whose turn it is, with everything its text is made of."""

    letter: DraftLetter
    member: Member
    card: MailCardView
    shown: DraftRevision
    leaves_at: datetime | None
    sender: Address
    replies_to: str | None
    team_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLetterService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    links: Links
    mail_out: MailOut
    card: CardReader
    render: DraftMailRenderer
    public_url: str | None
    in_slack: SlackLink = no_slack_link

    # ── In the transaction that makes one necessary ─────────────────────────────────────────────
    async def ready(self, tx: Tx, action: Action, _draft: Draft, revision: DraftRevision) -> None:
        """A text waits. It goes by mail to a responder who wants that, once; and again whenever
        they asked by mail for exactly this next text."""
        member = await members.get_member(tx, action.owner_id) if action.owner_id else None
        if member is None or not member.active:
            return
        asked = await letters.asked_for_change(tx, action.id, member.id, revision.number - 1)
        if asked is not None:
            # Under the wish itself: Gmail names our mails anew, so the first one's name may be one
            # that nobody's mailbox knows.
            given = {"asked": True, "in_reply_to": asked.get("asked_in")}
            await self.add(tx, action.id, member.id, revision, LetterKind.DRAFT, suggestion=given)
            return
        first = await letters.last_draft_letter(tx, action.id, member.id) is None
        chosen = read_preferences(member.preferences).draft_mail
        if not first or not _may_want(member):
            return
        now = self.clock.now()
        ends = quiet_until(member, now)
        after = ends - now if ends else None if chosen else BEFORE_SLACK
        await self.add(tx, action.id, member.id, revision, LetterKind.DRAFT, after=after)

    async def add(
        self,
        tx: Tx,
        action_id: UUID,
        member_id: UUID,
        revision: DraftRevision,
        kind: LetterKind,
        *,
        suggestion: Mapping[str, Any] | None = None,
        after: timedelta | None = None,
    ) -> bool:
        """One more letter of the thread; False when it has come to its end. `suggestion`: what it
        answers, and `asked` for one that its reader is waiting for."""
        last = await letters.last_draft_letter(tx, action_id, member_id)
        number = last.number + 1 if last else 0
        if number >= MOST:
            return False
        now = self.clock.now()
        letter = DraftLetter(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            action_id=action_id,
            member_id=member_id,
            kind=kind.value,
            number=number,
            status="queued",
            token_hash=unknown_hash(),
            revision=revision.number,
            content_hash=revision.content_hash,
            expires_at=now + LASTS,
            suggestion=dict(suggestion or {}),
        )
        if not await letters.add_draft_letter(tx, letter):
            return False
        await jobs.enqueue(tx, LETTER, {"letter_id": letter.id}, after=after)
        return True

    # ── The job ─────────────────────────────────────────────────────────────────────────────────
    async def send(self, tenant_id: UUID, letter_id: UUID) -> None:
        """Send the letter, once: claimed before, settled after."""
        async with self.db.read(tenant_id) as tx:
            letter = await letters.get_letter(tx, DraftLetter, letter_id)
        if letter is None or letter.status not in letters.ON_ITS_WAY:
            return
        settle = partial(self._settle, letter)
        if letter.status == "sending":
            await died_on_the_way(settle)
            return
        outgoing = await self._outgoing(letter)
        if isinstance(outgoing, str):
            await settle("queued", "none", outgoing)
            return
        secret = self.links.new_secret()
        to = Address(email=outgoing.member.email, name=outgoing.member.name)
        try:
            raw = self._write(outgoing, to, secret)
        except ServiceError as error:
            await settle("queued", "failed", str(error))
            return
        token_hash = code_hash(reply_code(secret))
        async with self.db.transaction(tenant_id) as tx:
            claimed = await letters.claim_letter(
                tx,
                DraftLetter,
                letter.id,
                token_hash,
                revision=outgoing.shown.number,
                content_hash=outgoing.shown.content_hash,
            )
        if claimed:
            await hand_over(lambda: self.mail_out.send(tenant_id, to=to, raw=raw), settle)

    async def _outgoing(self, letter: DraftLetter) -> _Outgoing | str:
        """What is needed to write it, or why it isn't written."""
        sender = await self.mail_out.address(letter.tenant_id)
        if sender is None:
            return NO_ADDRESS
        card = await self.card(letter.tenant_id, letter.action_id, letter.member_id)
        async with self.db.read(letter.tenant_id) as tx:
            member = await members.get_member(tx, letter.member_id)
            action = await actions.get_action(tx, letter.action_id)
            if card is None or member is None or action is None or not member.active:
                return NO_MEMBER
            if not letter.suggestion.get("asked"):
                unwanted = await self._unwanted(tx, letter, action, member)
                if unwanted is not None:
                    return unwanted
            # What it shows is what its token decides on, also when that is newer than what it was
            # wanted for.
            number = card.draft.revision if card.draft else letter.revision
            shown = await drafts.get_revision(tx, action.draft_id or UUID(int=0), number)
            if shown is None:
                return MOVED_ON
            effect = await actions.newest_effect(tx, action.id)
            tenant = await tenants.get_tenant(tx)
            replies_to = await system_address(tx)
        queued = effect is not None and effect.status == "queued"
        return _Outgoing(
            letter=letter,
            member=member,
            card=card,
            shown=shown,
            leaves_at=effect.due_at if effect is not None and queued else None,
            sender=sender,
            replies_to=replies_to,
            team_id=tenant.team_id if tenant else "",
        )

    async def _unwanted(
        self, tx: ReadTx, letter: DraftLetter, action: Action, member: Member
    ) -> str | None:
        """Why nobody needs this letter that nobody asked for; None while somebody does."""
        draft = await drafts.get_draft(tx, action.draft_id) if action.draft_id else None
        current = draft is not None and (draft.revision, draft.status) == (letter.revision, "ready")
        if action.status != "pending" or not current or action.owner_id != member.id:
            return MOVED_ON
        if not _may_want(member):
            return NOT_WANTED
        tenant = await tenants.get_tenant(tx)
        if tenant is None:
            return NOT_WANTED
        return holds_back(member, tenant, "mail", self.clock.now())

    def _write(self, outgoing: _Outgoing, to: Address, secret: bytes) -> bytes:
        letter, card = outgoing.letter, outgoing.card
        kind, given = LetterKind(letter.kind), letter.suggestion
        decides = kind is not LetterKind.ANSWER
        code = reply_code(secret) if decides and outgoing.replies_to else None
        link = self._link(letter, Purpose.DRAFT, letter.action_id)
        subject, html, text = self.render(
            DraftMailView(
                kind=kind,
                card=card,
                link=link or "",
                in_slack=self._in_slack(outgoing),
                tag=reply_tag(code) if code else "",
                heard=str(given.get("heard") or ""),
                said=str(given.get("said") or ""),
                leaves_at=outgoing.leaves_at,
                whole=fits_mail(card),
            )
        )
        domain = outgoing.sender.email.rpartition("@")[2]
        root = f"draft.{letter.action_id.hex}.{letter.member_id.hex}"
        first = letter.number == 0
        answers = given.get("in_reply_to")
        notice = Notice(
            to=to,
            subject=subject if first else f"Re: {subject}",
            text=text,
            html=html,
            date=self.clock.now(),
            name=root if first else f"letter.{letter.id.hex}",
            reply_to=reply_address(outgoing.replies_to, code),
            in_reply_to=str(answers) if answers else None if first else f"<{root}@{domain}>",
            references=() if first else (f"<{root}@{domain}>",),
            unsubscribe=self._link(letter, Purpose.NO_DRAFTS, letter.member_id),
        )
        return self.mail_out.write(notice, outgoing.sender)

    def _link(self, letter: DraftLetter, purpose: Purpose, subject_id: UUID) -> str | None:
        link = SubjectLink(
            purpose=purpose,
            tenant_id=letter.tenant_id,
            member_id=letter.member_id,
            subject_id=subject_id,
            expires_at=letter.expires_at if purpose is Purpose.DRAFT else None,
        )
        return self.links.url(self.public_url, link)

    def _in_slack(self, outgoing: _Outgoing) -> str:
        channel = outgoing.member.dm_channel
        return self.in_slack(outgoing.team_id, channel) if channel else ""

    async def _settle(
        self, letter: DraftLetter, expect: str, status: str, note: str | None = None
    ) -> bool:
        sent_at = self.clock.now() if status in {"sent", "unknown"} else None
        async with self.db.transaction(letter.tenant_id) as tx:
            moved = await letters.settle_letter(
                tx, DraftLetter, letter.id, expect=expect, status=status, note=note, sent_at=sent_at
            )
            if moved and status in {"sent", "failed", "unknown"}:
                facts: Mapping[str, object] = {
                    "letter": str(letter.id),
                    "kind": letter.kind,
                    "to": str(letter.member_id),
                    "note": note,
                }
                await self.audit.append(
                    tx, f"draft.mail_{status}", subject_id=letter.action_id, facts=facts
                )
        if moved and status in {"failed", "unknown"}:
            log.warning("a draft's mail", letter_id=str(letter.id), status=status, note=note)
        return moved


def fits_mail(card: MailCardView) -> bool:
    """Whether the text stands in a mail whole, nothing cut and nothing hidden: what can't be read
    can't be decided on."""
    if card.draft is None:
        return True
    text = card.draft.text
    return len(text.encode()) <= LARGEST_TEXT and clean_text(text) == text


def _may_want(member: Member) -> bool:
    """Who chose it; and, as long as they chose nothing, who has no account in Slack."""
    chosen = read_preferences(member.preferences).draft_mail
    return member.slack_user_id is None if chosen is None else chosen
