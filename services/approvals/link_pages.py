"""What stands behind the link in an approval mail: looking shows and changes nothing; deciding
takes the person the link was made for, on a device where they signed in with Slack."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from db import approval_requests, letters, members, tenants
from db.models.approvals import ApprovalMail, ApprovalRequest
from db.models.tenants import Member
from db.session import Database
from services.approvals.mails import CardReader
from services.approvals.token_use import TokenUse, Wanted
from services.devices import DeviceService, KnownDevice
from services.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TransientError,
)
from services.letters.links import Links
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
from services.types.approval_mails import ActPage, Choice, NoteKind, PageState
from services.types.approval_views import ApprovalCardView
from services.types.approvals import Decided, Surface

LONGEST_REASON = 500
MOST_CONDITIONS = 10
LONGEST_CONDITION = 200
UNKNOWN = "I don't know this link. It may be incomplete: open it from the mail once more."
EXPIRED = "This link has expired. If the request still waits for you, decide in Slack."
USED = "This link has been used; each one works once."
SETTLED = "This request has been settled; there is nothing left to decide."
CHANGED = "What was asked for has changed since this mail, so the link is void."
SIGN_IN_FIRST = "Sign in with Slack on this device first, then decide."
STALE_FORM = "This form is out of date. Open the link again; nothing was decided."
GONE = "This link was made for somebody who is no longer a member."


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForm:
    """The form as it was sent; nothing in it is believed."""

    csrf: str
    choice: str
    preset: str = ""
    reason: str = ""
    conditions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A link that is ours, with everything it is about."""

    mail: ApprovalMail
    request: ApprovalRequest
    member: Member
    device: KnownDevice | None

    @property
    def own(self) -> bool:
        return self.device is not None and self.device.member_id == self.member.id

    @property
    def foreign(self) -> bool:
        return self.device is not None and self.device.member_id != self.member.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ActService:
    db: Database
    clock: Clock
    links: Links
    devices: DeviceService
    card: CardReader
    use: TokenUse
    refusals: Refusals
    sign_in: LinkSignIn

    # ── Looking ─────────────────────────────────────────────────────────────────────────────────
    async def look(self, token: str, cookies: Mapping[str, str], choice: str = "") -> ActPage:
        """The page as it is for whoever asks. Nothing changes."""
        opened = await self._open(token, cookies)
        if isinstance(opened, ActPage):
            return opened
        if opened.foreign:
            return await self._foreign(opened)
        over = self._over(opened)
        if over is not None:
            return await self._closed(opened, *over)
        if not opened.own or opened.device is None:
            state = PageState.SIGN_IN if self.sign_in.possible else PageState.SLACK_ONLY
            return ActPage(state=state, title=await self._title(opened))
        card = await self._card(opened)
        if card is None or not card.may_decide:
            sentence = "This is no longer yours to decide."
            return ActPage(state=PageState.REFUSED, sentence=sentence, card=card)
        return ActPage(
            state=PageState.DECIDE,
            title=card.title,
            card=card,
            csrf=self.devices.form_token(opened.device, str(opened.mail.id)),
            choice=_choice(choice),
        )

    async def _open(self, token: str, cookies: Mapping[str, str]) -> _Opened | ActPage:
        link = self.links.read(token)
        if link is None:
            await self.refusals.note("forged")
            return ActPage(state=PageState.UNKNOWN, sentence=UNKNOWN)
        async with self.db.read(link.tenant_id) as tx:
            known = await tenants.get_tenant(tx) is not None
            mail = await letters.get_letter(tx, ApprovalMail, link.mail_id)
            request = await approval_requests.get_request(tx, mail.request_id) if mail else None
            member = await members.get_member(tx, mail.member_id) if mail else None
        genuine = mail is not None and hmac.compare_digest(mail.token_hash, link.token_hash)
        if mail is None or request is None or member is None or not genuine:
            await self.refusals.note("unknown", tenant_id=link.tenant_id if known else None)
            return ActPage(state=PageState.UNKNOWN, sentence=UNKNOWN)
        if not member.active or mail.kind == NoteKind.OUTCOME.value:
            await self.refusals.note("left", tenant_id=link.tenant_id, mail=mail)
            if not member.active:
                # Should they come back one day, they sign in anew.
                await self.devices.revoke(link.tenant_id, member.id)
            return ActPage(state=PageState.FOREIGN, sentence=GONE)
        cookie = cookies.get(device_cookie(link.tenant_id))
        device = await self.devices.find(link.tenant_id, cookie)
        return _Opened(mail=mail, request=request, member=member, device=device)

    def _over(self, opened: _Opened) -> tuple[PageState, str] | None:
        """Why the link decides nothing any more; None while it does."""
        mail, request = opened.mail, opened.request
        if mail.used_at is not None:
            return PageState.USED, USED
        if request.status != "pending":
            return PageState.SETTLED, SETTLED
        if request.payload_hash != mail.payload_hash:
            return PageState.SETTLED, CHANGED
        if mail.expires_at <= self.clock.now():
            return PageState.EXPIRED, EXPIRED
        return None

    async def _closed(self, opened: _Opened, state: PageState, sentence: str) -> ActPage:
        """Over: its own person sees how it stands, anybody else that it is over."""
        card = await self._card(opened) if opened.own else None
        return ActPage(state=state, sentence=sentence, card=card)

    async def _foreign(self, opened: _Opened) -> ActPage:
        """Somebody else's: they are told whose it is, and nothing of what it is about."""
        other = opened.device.member_id if opened.device else None
        async with self.db.read(opened.mail.tenant_id) as tx:
            who = await members.get_member(tx, other) if other else None
        actor = actor_of(who) if who else None
        await self.refusals.note(
            ANOTHER, tenant_id=opened.mail.tenant_id, mail=opened.mail, actor=actor
        )
        return ActPage(state=PageState.FOREIGN, sentence=foreign_words(opened.member.name))

    async def _card(self, opened: _Opened) -> ApprovalCardView | None:
        mail = opened.mail
        return await self.card(mail.tenant_id, mail.request_id, mail.member_id)

    async def _title(self, opened: _Opened) -> str:
        card = await self._card(opened)
        return card.title if card else "An approval request"

    # ── Deciding ────────────────────────────────────────────────────────────────────────────────
    async def decide(self, token: str, cookies: Mapping[str, str], form: ActForm) -> ActPage:
        """Decide as the form says. Sent again, it shows what came of it the first time."""
        opened = await self._open(token, cookies)
        if isinstance(opened, ActPage):
            return opened
        barred = await self._barred(opened, form)
        if barred is not None:
            return barred
        wanted = _wanted(form)
        if isinstance(wanted, str):
            return await self._again(opened, form, wanted)
        return await self._decide(opened, wanted, form)

    async def _barred(self, opened: _Opened, form: ActForm) -> ActPage | None:
        """Why this form, from this browser, on this link, decides nothing; None when it may. A used
        link may: its repetition gets the first answer."""
        if opened.foreign:
            return await self._foreign(opened)
        if opened.device is None:
            return await self._refuse(opened, "no device", SIGN_IN_FIRST)
        if not self.devices.is_form_token(form.csrf, opened.device, str(opened.mail.id)):
            return await self._refuse(opened, "form", STALE_FORM)
        over = self._over(opened)
        if over is not None and over[0] is not PageState.USED:
            await self._note(opened, over[0].value)
            return await self._closed(opened, *over)
        return None

    async def _decide(self, opened: _Opened, wanted: Wanted, form: ActForm) -> ActPage:
        actor = actor_of(opened.member)
        try:
            decided = await self.use.decide(
                actor, opened.mail, wanted, surface=Surface.LINK, by=Surface.LINK.value
            )
        except InvalidInput as error:
            return await self._again(opened, form, str(error))
        except TransientError as error:
            return ActPage(state=PageState.TROUBLE, sentence=f"{error} Nothing was decided.")
        except Conflict as error:
            await self._note(opened, "settled")
            return await self._closed(opened, PageState.SETTLED, str(error))
        except (Forbidden, NotFound) as error:
            return await self._refuse(opened, "not theirs", str(error))
        return await self._done(opened, decided)

    async def _done(self, opened: _Opened, decided: Decided) -> ActPage:
        state = PageState.DONE if decided.counted else PageState.SETTLED
        card = await self._card(opened)
        return ActPage(
            state=state, title=card.title if card else "", sentence=decided.sentence, card=card
        )

    async def _again(self, opened: _Opened, form: ActForm, sentence: str) -> ActPage:
        """The same form with what was typed and what is missing."""
        card = await self._card(opened)
        return ActPage(
            state=PageState.WRONG,
            title=card.title if card else "",
            sentence=sentence,
            card=card,
            csrf=form.csrf,
            choice=_choice(form.choice),
            reason=form.reason[:LONGEST_REASON],
            conditions=tuple(form.conditions.splitlines()[:MOST_CONDITIONS]),
        )

    async def _refuse(self, opened: _Opened, why: str, sentence: str) -> ActPage:
        await self._note(opened, why)
        return ActPage(state=PageState.REFUSED, sentence=sentence)

    async def _note(self, opened: _Opened, why: str) -> None:
        actor = actor_of(opened.member) if opened.own else None
        await self.refusals.note(
            why, tenant_id=opened.mail.tenant_id, mail=opened.mail, actor=actor
        )

    # ── Signing in ──────────────────────────────────────────────────────────────────────────────
    async def begin(self, token: str, cookies: Mapping[str, str]) -> BegunAtSlack | ActPage:
        """Send the browser to Slack, for a link that still waits."""
        page = await self.look(token, cookies)
        link = self.links.read(token)
        if page.state is not PageState.SIGN_IN or link is None:
            return page
        return await self.sign_in.begin(link.tenant_id, token) or page

    async def owner(self, token: str) -> LinkOwner | str | None:
        """Whose link it is, for whoever signs in to use it; None when it is none of these links, a
        sentence when nobody may use it any more."""
        if self.links.read(token) is None:
            return None
        opened = await self._open(token, {})
        if isinstance(opened, ActPage):
            return opened.sentence
        return LinkOwner(
            tenant_id=opened.mail.tenant_id,
            member_id=opened.member.id,
            name=opened.member.name,
            letter=opened.mail,
        )


def _choice(text: str) -> Choice | None:
    return "approve" if text == "approve" else "reject" if text == "reject" else None


def _wanted(form: ActForm) -> Wanted | str:
    """What the form decides, or what is missing in it."""
    choice = _choice(form.choice)
    if choice is None:
        return "Choose to approve or to reject."
    reason = "; ".join(filter(None, (" ".join(form.preset.split()), " ".join(form.reason.split()))))
    if not any(char.isalnum() for char in reason):
        return "Say why: choose a reason or write one."
    if len(reason) > LONGEST_REASON:
        return f"Keep the reason under {LONGEST_REASON} characters."
    lines = tuple(filter(None, (" ".join(one.split()) for one in form.conditions.splitlines())))
    if lines and choice == "reject":
        return "Conditions go with an approval. Remove them, or approve."
    if len(lines) > MOST_CONDITIONS or any(len(one) > LONGEST_CONDITION for one in lines):
        return f"At most {MOST_CONDITIONS} conditions, one a line."
    return Wanted(choice=choice, reason=reason, conditions=lines)
