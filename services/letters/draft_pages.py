"""What stands behind a link to a draft: looking shows and changes nothing; deciding takes the
person the link was made for, on a device where they signed in with Slack, and the very text that
page showed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from db import actions, drafts, members
from db.models.actions import Action, Effect
from db.models.drafts import Draft, DraftRevision
from db.models.tenants import Member
from db.session import Database
from services.devices import DeviceService, KnownDevice
from services.draft_findings import digest_of
from services.errors import Conflict, ServiceError, TransientError
from services.letters.draft_desk import ActionVerbs, UndoVerb
from services.letters.draft_letters import CardReader
from services.letters.links import Links, Purpose, SubjectLink
from services.letters.refusals import Refusals
from services.letters.sign_in import (
    ANOTHER,
    BegunAtSlack,
    LinkOwner,
    LinkSignIn,
    device_cookie,
    foreign_words,
)
from services.members import actor_of
from services.ports import Clock
from services.types.approval_mails import PageState
from services.types.approvals import Surface
from services.types.letters import DraftPage
from services.types.people import LEADS
from services.types.views import MailCardView

LONGEST_REASON = 500
UNKNOWN = "I don't know this link. It may be incomplete: open it from the mail once more."
EXPIRED = "This link has expired. If the draft still waits for you, decide in Slack."
GONE = "This link was made for somebody who is no longer a member."
SIGN_IN_FIRST = "Sign in with Slack on this device first, then decide."
STALE_FORM = "The draft has changed since this page was shown. Nothing was decided."
NOT_YOURS = "This draft is no longer yours to decide."
NO_CHOICE = "Choose what is to happen."
NO_REASON = "Say why, so that the next draft is better."
REJECTED = "Rejected. Nothing was sent."
FOUND = "Something was found in this text. If it is to leave all the same, say so."
PREPARING = "A new text is being written. Open the link again in a moment."
CHOICES = frozenset({"approve", "anyway", "reject", "undo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftForm:
    """The form as it was sent; nothing in it is believed."""

    csrf: str
    choice: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A link that is ours, with everything it is about."""

    link: SubjectLink
    member: Member
    action: Action
    draft: Draft
    current: DraftRevision
    effect: Effect | None
    device: KnownDevice | None

    @property
    def own(self) -> bool:
        return self.device is not None and self.device.member_id == self.member.id

    @property
    def foreign(self) -> bool:
        return self.device is not None and self.device.member_id != self.member.id

    @property
    def shown(self) -> str:
        """What a form on this page decides on. What has been approved before is part of it: a page
        from before an undo must not approve again."""
        before = self.effect.id if self.effect else None
        return f"{self.action.id}|{self.current.number}|{self.current.content_hash}|{before}"

    @property
    def leaves(self) -> Effect | None:
        """What is on its way and can be taken back."""
        queued = self.effect is not None and self.effect.status == "queued"
        return self.effect if queued and self.action.status == "approved" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPages:
    db: Database
    clock: Clock
    links: Links
    devices: DeviceService
    sign_in: LinkSignIn
    card: CardReader
    actions: ActionVerbs
    refusals: Refusals
    undo: UndoVerb

    def knows(self, token: str) -> bool:
        link = self.links.read_subject(token)
        return link is not None and link.purpose is Purpose.DRAFT

    # ── Looking ─────────────────────────────────────────────────────────────────────────────────
    async def look(self, token: str, cookies: Mapping[str, str]) -> DraftPage:
        """The page as it is for whoever asks. Nothing changes."""
        opened = await self._open(token, cookies)
        return opened if isinstance(opened, DraftPage) else await self._page(opened)

    async def _open(self, token: str, cookies: Mapping[str, str]) -> _Opened | DraftPage:
        link = self.links.read_subject(token)
        if link is None or link.purpose is not Purpose.DRAFT:
            return DraftPage(state=PageState.UNKNOWN, sentence=UNKNOWN)
        async with self.db.read(link.tenant_id) as tx:
            member = await members.get_member(tx, link.member_id)
            action = await actions.get_action(tx, link.subject_id)
            draft = await drafts.get_draft(tx, action.draft_id or UUID(int=0)) if action else None
            current = await drafts.get_revision(tx, draft.id, draft.revision) if draft else None
            effect = await actions.newest_effect(tx, link.subject_id)
        if member is None or action is None or draft is None or current is None:
            return DraftPage(state=PageState.UNKNOWN, sentence=UNKNOWN)
        if not member.active:
            await self.devices.revoke(link.tenant_id, member.id)
            return DraftPage(state=PageState.FOREIGN, sentence=GONE)
        cookie = cookies.get(device_cookie(link.tenant_id))
        device = await self.devices.find(link.tenant_id, cookie)
        return _Opened(
            link=link,
            member=member,
            action=action,
            draft=draft,
            current=current,
            effect=effect,
            device=device,
        )

    async def _page(self, opened: _Opened) -> DraftPage:
        if opened.foreign:
            return await self._foreign(opened)
        end = opened.link.expires_at
        if end is not None and end <= self.clock.now():
            return DraftPage(state=PageState.EXPIRED, sentence=EXPIRED)
        card = await self.card(opened.link.tenant_id, opened.action.id, opened.member.id)
        if not opened.own or opened.device is None:
            state = PageState.SIGN_IN if self.sign_in.possible else PageState.SLACK_ONLY
            return DraftPage(state=state, title=_title(card))
        if card is None or not _theirs(opened, card):
            return DraftPage(state=PageState.REFUSED, sentence=NOT_YOURS)
        return self._own_page(opened, opened.device, card)

    def _own_page(self, opened: _Opened, device: KnownDevice, card: MailCardView) -> DraftPage:
        csrf = self.devices.form_token(device, opened.shown)
        if opened.leaves is not None:
            return DraftPage(
                state=PageState.LEAVING,
                title=_title(card),
                card=card,
                csrf=csrf,
                leaves_at=opened.leaves.due_at,
            )
        if opened.action.status != "pending":
            return DraftPage(state=PageState.SETTLED, card=card)
        if opened.draft.status != "ready":
            return DraftPage(state=PageState.SETTLED, sentence=PREPARING, card=card)
        return DraftPage(
            state=PageState.DECIDE,
            title=_title(card),
            card=card,
            csrf=csrf,
        )

    # ── Deciding ────────────────────────────────────────────────────────────────────────────────
    async def decide(self, token: str, cookies: Mapping[str, str], form: DraftForm) -> DraftPage:
        """Do what the form says, to exactly the text it was shown with."""
        opened = await self._open(token, cookies)
        if isinstance(opened, DraftPage):
            return opened
        page = await self._page(opened)
        barred = await self._barred(opened, page, form)
        return barred or await self._do(opened, token, cookies, form)

    async def _barred(self, opened: _Opened, page: DraftPage, form: DraftForm) -> DraftPage | None:
        """Why this form, from this browser, on this link, decides nothing; None when it may."""
        if page.state is PageState.SIGN_IN:
            return await self._refuse(opened, "no device", SIGN_IN_FIRST)
        if page.state not in {PageState.DECIDE, PageState.LEAVING} or opened.device is None:
            return page
        if not self.devices.is_form_token(form.csrf, opened.device, opened.shown):
            if page.state is PageState.LEAVING and form.choice != "undo":
                return page  # sent twice: it shows what came of the first time
            return await self._refuse(opened, "form", STALE_FORM)
        wrong = _wrong(form, page)
        if wrong is not None:
            return _with(page, PageState.WRONG, wrong, form.reason[:LONGEST_REASON])
        return None

    async def _do(
        self, opened: _Opened, token: str, cookies: Mapping[str, str], form: DraftForm
    ) -> DraftPage:
        doing: Mapping[str, Callable[[], Awaitable[str]]] = {
            "approve": lambda: self._approve(opened),
            "anyway": lambda: self._approve(opened),
            "reject": lambda: self._reject(opened, form.reason),
            "undo": lambda: self._undo(opened),
        }
        try:
            sentence = await doing[form.choice]()
        except TransientError as error:
            return DraftPage(state=PageState.TROUBLE, sentence=f"{error} Nothing was decided.")
        except Conflict as error:
            now = await self.look(token, cookies)
            return _with(now, PageState.SETTLED, str(error))
        except ServiceError as error:
            return await self._refuse(opened, "not theirs", str(error))
        now = await self.look(token, cookies)
        if now.state is PageState.LEAVING:
            return now
        return _with(now, PageState.DONE, sentence)

    async def _approve(self, opened: _Opened) -> str:
        await self.actions.approve(
            actor_of(opened.member),
            opened.action.id,
            revision=opened.current.number,
            surface=Surface.LINK.value,
            command_id=self._command(opened, "approve"),
            seen=digest_of(opened.current.findings),
        )
        return "Approved. It is on its way."

    async def _reject(self, opened: _Opened, reason: str) -> str:
        await self.actions.reject(
            actor_of(opened.member),
            opened.action.id,
            revision=opened.current.number,
            reason=reason,
            surface=Surface.LINK.value,
            command_id=self._command(opened, "reject"),
        )
        return REJECTED

    async def _undo(self, opened: _Opened) -> str:
        undone = await self.undo.undo(
            actor_of(opened.member),
            opened.action.id,
            command_id=self._command(opened, "undo"),
            surface=Surface.LINK.value,
        )
        return undone.sentence

    @staticmethod
    def _command(opened: _Opened, verb: str) -> str:
        """The same page sent twice is one command."""
        return f"draft-link:{verb}:{opened.shown}"

    async def _foreign(self, opened: _Opened) -> DraftPage:
        """Somebody else's: they are told whose it is, and nothing of what it is about."""
        await self._note(opened, ANOTHER)
        return DraftPage(state=PageState.FOREIGN, sentence=foreign_words(opened.member.name))

    async def _refuse(self, opened: _Opened, why: str, sentence: str) -> DraftPage:
        await self._note(opened, why)
        return DraftPage(state=PageState.REFUSED, sentence=sentence)

    async def _note(self, opened: _Opened, why: str) -> None:
        await self.refusals.note(
            why,
            tenant_id=opened.link.tenant_id,
            subject_id=opened.action.id,
            actor=actor_of(opened.member) if opened.own else None,
        )

    # ── Signing in ──────────────────────────────────────────────────────────────────────────────
    async def begin(self, token: str, cookies: Mapping[str, str]) -> BegunAtSlack | DraftPage:
        """Send the browser to Slack, for a link that waits for its person."""
        page = await self.look(token, cookies)
        link = self.links.read_subject(token)
        if page.state is not PageState.SIGN_IN or link is None:
            return page
        return await self.sign_in.begin(link.tenant_id, token) or page

    async def owner(self, token: str) -> LinkOwner | str | None:
        """Whose link it is, for whoever signs in to use it."""
        if not self.knows(token):
            return None
        opened = await self._open(token, {})
        if isinstance(opened, DraftPage):
            return opened.sentence
        return LinkOwner(
            tenant_id=opened.link.tenant_id,
            member_id=opened.member.id,
            name=opened.member.name,
            subject_id=opened.action.id,
        )


def _theirs(opened: _Opened, card: MailCardView) -> bool:
    return card.reader_is_responder or opened.member.role in LEADS


def _title(card: MailCardView | None) -> str:
    if card is None:
        return "A draft"
    return f"A draft for {card.account_name or card.contact_name}"


def _wrong(form: DraftForm, page: DraftPage) -> str | None:
    """What is missing in the form; None when it says what is to happen."""
    undoes = page.state is PageState.LEAVING
    if form.choice not in CHOICES or (form.choice == "undo") is not undoes:
        return NO_CHOICE
    if form.choice == "approve" and page.card and page.card.draft and page.card.draft.findings:
        return FOUND
    if form.choice == "reject" and not any(char.isalnum() for char in form.reason):
        return NO_REASON
    return None


def _with(page: DraftPage, state: PageState, sentence: str, reason: str = "") -> DraftPage:
    return DraftPage(
        state=state,
        title=page.title,
        sentence=sentence,
        card=page.card,
        csrf=page.csrf,
        reason=reason,
        leaves_at=page.leaves_at,
    )
