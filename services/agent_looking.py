"""Finding out what a question is about, and what it can be answered from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from db import actions as action_rows
from db import agent as rows
from db import customers, members, overviews, tenants
from db.models.agent import AgentAnswer
from db.models.customers import Account, Contact
from db.models.tenants import Member
from db.session import Database, ReadTx
from db.visibility import may_see
from services.agent_aims import (
    Named,
    addresses,
    company_named,
    domains,
    is_greeting,
    name_grams,
    pick,
    read_aim,
    role_of,
)
from services.agent_context import Asking, account_request, period_of, waiting_source
from services.agent_saying import Saying
from services.agent_text import without_citations
from services.approvals.views import queue_view
from services.barred import why_barred
from services.errors import NotFound, ServiceError
from services.merge import fold, from_json
from services.model_calls import ModelCallService
from services.ports import ChatRef, Clock, LanguageModel
from services.types.account_view import AccountView, Window
from services.types.agent import Aim, AnswerWork, Choice, Said, Turn, Waiting
from services.types.links import permalink
from services.types.people import Actor, Role
from services.types.search import FindView, found_words
from services.visibility import only_of
from services.zones import zone_of

TURNS = 3
CHOICES = 5
WAITING = 10
LOOKED_AT = "looking_at"
"""The preference that remembers which messages the member had before their eyes."""
REMEMBER = timedelta(minutes=15)
WHICH = "Which account do you mean?"
NONE_YET = "You have no accounts here yet, so there is nothing I could look up."
NOT_FOUND = "I know no such account among yours. Which one do you mean?"
GREETING = (
    "Ask me about an account, for example: what changed at {account} this month? "
    "`help` shows what else I do."
)
NO_COMPOSER = (
    "I can't begin a mail from here. What works: the draft on the card of their last mail, and "
    "`/understudy draft` with the account's name."
)
WHO_TO = (
    "Whom should I write to at {account}? I write only to people whose address somebody has "
    "confirmed: {names}. Name one of them."
)
NOBODY = (
    "I know nobody at {account} whose address somebody has confirmed, so there is nobody I may "
    "write to."
)


class Composer(Protocol):
    """Begins a draft on a member's behalf; it waits for their word like any other."""

    async def compose(
        self,
        actor: Actor,
        account_id: UUID,
        contact_id: UUID,
        instruction: str,
        command_id: str,
    ) -> None: ...


class Finder(Protocol):
    """Finds where something was talked about (services.search.finding.SearchService)."""

    async def find(self, actor: Actor, account_id: UUID | None, words: str) -> FindView: ...


class Accounts(Protocol):
    """Views of accounts (services.account_view.service.AccountViewService)."""

    async def view(
        self, actor: Actor, account_id: UUID, window: Window | None = None
    ) -> AccountView: ...


@dataclass(frozen=True, slots=True)
class Looking:
    """`composer` is None where drafts can't be begun from a question, `finder` where nothing can be
    looked for."""

    db: Database
    clock: Clock
    model: LanguageModel
    offline: LanguageModel
    calls: ModelCallService
    accounts: Accounts
    composer: Composer | None = None
    finder: Finder | None = None

    async def keep(self, actor: Actor, seen: Sequence[ChatRef]) -> None:
        value = "|".join([self.clock.now().isoformat(), *spelled(seen)])
        async with self.db.transaction(actor.tenant_id) as tx:
            await members.set_preference(tx, actor.member_id, LOOKED_AT, value)

    async def prepare(self, work: AnswerWork) -> Said | Saying:
        if self.finder is not None and read_aim(work.question) is Aim.FIND:
            return await self._find(self.finder, work)
        async with self.db.read(work.tenant_id) as tx:
            member = await members.get_member(tx, work.member_id)
            if member is None or not member.active:
                raise NotFound("The member isn't there any more.")
            answer = await rows.get_answer(tx, work.answer_id)
            thread = await rows.list_thread(tx, answer) if answer else ()
            earlier = [one for one in thread if one.question_ts < work.question_ts]
            account = await self._account(tx, work, member, earlier)
            if isinstance(account, Said):
                return account
            tenant = await tenants.get_tenant(tx)
            drafting = read_aim(work.question) is Aim.DRAFT
            if drafting and self.composer is None:
                return Said(text=NO_COMPOSER)
            contacts = await customers.list_contacts(tx, account.id)
            to = await _recipient(tx, account, contacts, work.question) if drafting else None
        if isinstance(to, Said):
            return to
        if to is not None and self.composer is not None:
            return await self._draft(self.composer, work, member, account, to)
        asking = Asking(
            member=member,
            company=tenant.name if tenant else "",
            question=work.question,
            now=self.clock.now(),
            turns=_turns(earlier, account.id),
        )
        return await self._saying(work, asking, account)

    async def _saying(self, work: AnswerWork, asking: Asking, account: Account) -> Said | Saying:
        """What an answer is made from: the account's view, read for the period that is asked for.
        Nothing is read twice: the view reads for itself, outside this transaction."""
        period = period_of(asking)
        actor = _actor(work, asking.member)
        window = Window(start=period.start, end=period.end)
        view = await self.accounts.view(actor, account.id, window)
        request = account_request(asking, view, period)
        return Saying(work.tenant_id, account.id, request, self.model, self.offline, self.calls)

    # ── Which account ───────────────────────────────────────────────────────────────────────────
    async def _account(
        self, tx: ReadTx, work: AnswerWork, member: Member, earlier: Sequence[AgentAnswer]
    ) -> Account | Said:
        """The one account that is meant: named, chosen, spoken of before in the thread, or before
        the member's eyes. Only those the member may see are ever looked at."""
        only = only_of(member)
        if work.account_id is not None:
            return await self._visible(tx, [work.account_id], only) or Said(text=NOT_FOUND)
        named = await _named(tx, work.question, only)
        if len(named) > 1:
            return Said(text=WHICH, choices=_choices(named))
        if not named and read_aim(work.question) is Aim.WAITING:
            return await self._personal(tx, member)
        aside = _aside(work.question) if not named else None
        if aside is not None:
            return await self._ask_back(tx, only, text=aside)
        hints: list[UUID | None] = [one.account_id for one in named]
        hints = hints or [one.account_id for one in reversed(earlier)]
        if not any(hints):
            hints = [await rows.account_of_card(tx, channel, ts) for channel, ts in work.seen]
        found = await self._visible(tx, hints, only)
        if found is not None:
            return found
        return await self._ask_back(tx, only, text=WHICH)

    @staticmethod
    async def _ask_back(tx: ReadTx, only: UUID | None, *, text: str) -> Said:
        """Nothing says which account is meant: offer those where something happened lately."""
        recent = await rows.list_recent_accounts(tx, only, CHOICES)
        if not recent:
            return Said(text=NONE_YET)
        if text == GREETING:
            return Said(text=GREETING.format(account=recent[0].name))
        choices = tuple(Choice(account_id=one.id, name=one.name) for one in recent)
        return Said(text=text, choices=choices)

    @staticmethod
    async def _visible(
        tx: ReadTx, account_ids: Sequence[UUID | None], only: UUID | None
    ) -> Account | None:
        """The first of them that the member may see."""
        for account_id in account_ids:
            account = await customers.get_account(tx, account_id)
            if account is not None and await may_see(tx, account.id, only):
                return account
        return None

    # ── Answers without a model ─────────────────────────────────────────────────────────────────
    async def _personal(self, tx: ReadTx, member: Member) -> Said:
        """What waits for the asker: their drafts, then their approvals."""
        actions = await action_rows.list_actions_waiting(tx, WAITING, owner_id=member.id)
        lines, zone = [], zone_of(member.timezone)
        for action in actions:
            source = await waiting_source(tx, action, member.id, zone)
            account = await customers.get_account(tx, action.account_id)
            name = account.name if account else "No account"
            why = source.text.partition("\n")[0]
            lines.append(Waiting(title=f"{name} · {source.who}", why=why, url=source.url))
        queue = await queue_view(tx, member, self.clock, "mine", limit=WAITING)
        for item in queue.items:
            url = permalink(item.channel, item.ts) if item.channel and item.ts else None
            lines.append(Waiting(title=item.title, why=f"{item.requester} asks you", url=url))
        if not lines:
            return Said(text="Nothing waits for you.")
        count = len(actions) + queue.total
        waits = "1 thing waits" if count == 1 else f"{count} things wait"
        return Said(text=f"{waits} for you.", waiting=tuple(lines))

    async def _find(self, finder: Finder, work: AnswerWork) -> Said:
        """Where something was talked about: in the account that is named, else everywhere the asker
        may see. The words found are the answer; no model is asked."""
        async with self.db.read(work.tenant_id) as tx:
            member = await members.get_member(tx, work.member_id)
            if member is None or not member.active:
                raise NotFound("The member isn't there any more.")
            named = await _named(tx, work.question, only_of(member))
        account_id = work.account_id
        if account_id is None and len(named) > 1:
            return Said(text=WHICH, choices=_choices(named))
        if account_id is None and named:
            account_id = named[0].account_id
        try:
            view = await finder.find(_actor(work, member), account_id, work.question)
        except ServiceError as refusal:
            return Said(text=str(refusal))
        return Said(text=found_words(view), found=view)

    @staticmethod
    async def _draft(
        composer: Composer, work: AnswerWork, member: Member, account: Account, to: Contact
    ) -> Said:
        try:
            await composer.compose(
                _actor(work, member), account.id, to.id, work.question, f"agent:{work.answer_id}"
            )
        except ServiceError as refusal:
            return Said(text=str(refusal))
        name = to.name or to.email
        return Said(
            text=f"I'm drafting a mail to {name}, {account.name}. It comes here as a card, and "
            "nothing leaves without your word."
        )


def _actor(work: AnswerWork, member: Member) -> Actor:
    return Actor(
        tenant_id=work.tenant_id,  # type: ignore[arg-type]  # the same uuid under its own name
        member_id=member.id,  # type: ignore[arg-type]  # see above
        role=Role(member.role),
        name=member.name,
        timezone=member.timezone,
        slack_user_id=member.slack_user_id,
    )


def _aside(question: str) -> str | None:
    """What to say to words that are about none of the accounts at hand: a kind word, or another
    company's name, which is never answered with this one's facts."""
    if is_greeting(question):
        return GREETING
    return NOT_FOUND if company_named(question) else None


async def _named(tx: ReadTx, question: str, only: UUID | None) -> Sequence[Named]:
    grams = name_grams(question)
    wanted = domains(question)
    known = {
        one.id: Named(account_id=one.id, name=one.name, domain=one.domain)
        for one in await rows.find_named(tx, grams=grams, domains=wanted, only=only)
    }
    for account_id, name, domain in await rows.find_parts(
        tx, grams=grams, domains=wanted, only=only
    ):
        # Asked for by the name it had before it became part of another.
        part = Named(account_id=account_id, name=name, domain=domain)
        known.setdefault(account_id, part)
    people = await rows.find_people(tx, grams=grams, addresses=addresses(question), only=only)
    for account, contact in people:
        known[account.id] = Named(
            account_id=account.id,
            name=account.name,
            domain=account.domain,
            contacts=(contact.name or contact.email,),
        )
    return pick(question, known.values())


def _choices(named: Sequence[Named]) -> tuple[Choice, ...]:
    return tuple(Choice(account_id=one.account_id, name=one.name) for one in named[:CHOICES])


async def _recipient(
    tx: ReadTx, account: Account, contacts: Sequence[Contact], question: str
) -> Contact | Said:
    """Whom a draft goes to: a confirmed contact who is named, or whom their own mails show in the
    role that is named. A model is never asked."""
    able = [c for c in contacts if why_barred(c, account_excluded=account.excluded) is None]
    if not able:
        return Said(text=NOBODY.format(account=account.name))
    said = question.lower()
    by_name = [c for c in able if c.email in said or (c.name and c.name.lower() in said)]
    by_name = by_name or [
        c for c in able if c.name and c.name.split()[0].lower() in name_grams(question)
    ]
    if len(by_name) == 1:
        return by_name[0]
    role = role_of(question)
    if role is not None and not by_name:
        from_mails = fold(
            from_json(one.qualification)
            for one in await overviews.list_account_conversations(tx, account.id)
        )
        shown = " ".join(from_mails.get(role).values).lower()
        in_role = [c for c in able if c.name and c.name.lower() in shown]
        if len(in_role) == 1:
            return in_role[0]
    names = ", ".join(c.name or c.email for c in (by_name or able)[:8])
    return Said(text=WHO_TO.format(account=account.name, names=names))


def _turns(earlier: Sequence[AgentAnswer], account_id: UUID) -> tuple[Turn, ...]:
    """The last few turns of the thread that were about the same account."""
    told = [one for one in earlier if one.text and one.account_id in (None, account_id)]
    return tuple(
        Turn(question=one.question, answer=without_citations(one.text)) for one in told[-TURNS:]
    )


# ── What the member looks at ────────────────────────────────────────────────────────────────────
def spelled(seen: Sequence[ChatRef]) -> list[str]:
    return [f"{one.channel}/{one.ts}" for one in seen[:5]]


def remembered(member: Member, now: datetime) -> list[str]:
    """What they looked at last, if that was just now."""
    stored = member.preferences.get(LOOKED_AT)
    if not isinstance(stored, str):
        return []
    at, *seen = stored.split("|")
    try:
        fresh = now - datetime.fromisoformat(at) < REMEMBER
    except ValueError:
        return []
    return seen if fresh else []
