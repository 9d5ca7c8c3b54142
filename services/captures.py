"""What people take up from Slack: a message's words, kept until something is made of them.

A form carries the capture's id and none of its text. Reading takes longer than Slack waits, so a
window is opened at once, a job reads, and what it found is shown there; whoever closed the window
gets it as a card.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import commands, customers, jobs, members
from db import compose as compose_rows
from db import linking as lookup
from db import notes as rows
from db.models.compose import Capture
from db.models.customers import Account
from db.session import Database, ReadTx
from db.visibility import may_see
from services.actors import require_member
from services.analysis import Analyst
from services.audit import AuditService
from services.cards import touch
from services.errors import NotFound
from services.linking import decide, known_of
from services.mail.addresses import normal_email
from services.mail.characters import clean_text, one_line
from services.mail.tokens import without_tokens
from services.ports import Chats, Clock, Ids, LanguageModel
from services.reader import reader_of
from services.slack_names import name_in_slack
from services.suspicion import assess
from services.suspicion_audit import note_suspicion
from services.types.compose import CaptureKind, CaptureView, SlackSource
from services.types.links import permalink
from services.types.mail import Address
from services.types.model import ExtractionRequest, Finding
from services.types.people import Actor
from services.types.qualification import Criterion
from services.visibility import only_of

CARD = "capture"
READ = "capture.read"
LONGEST = 12_000
LOOKED_AT = 400
"""Words of a text that may name an account."""
NAME_WORDS = 5
GONE = "This is no longer there. Choose the message once more."
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_DOMAIN = re.compile(r"(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,3}[a-z]{2,12}(?![\w@])", re.IGNORECASE)
_WORD = re.compile(r"[\w&.'\u2019-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Whose matter a text is, by addresses, domains and names that stand in it."""

    account_id: UUID | None = None
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CaptureService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    analyst: Analyst
    chats: Chats

    async def take(
        self, actor: Actor, kind: CaptureKind, source: SlackSource, *, command_id: str
    ) -> UUID:
        """Keep a text that somebody took up. The same command again is the same capture."""
        author = await self._author(actor.tenant_id, source)
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            capture_id = self.ids.new()
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb=f"capture.{kind}",
                now=self.clock.now(),
            )
            if done is not None and done.get("capture_id"):
                return UUID(done["capture_id"])
            # Whoever pastes a mail of ours pastes its tokens.
            text = without_tokens(clean_text(source.text)).strip()[:LONGEST]
            guess = await guess_of(tx, text)
            if guess.account_id and not await may_see(tx, guess.account_id, only_of(member)):
                guess = Guess()
            private = source.channel.startswith("D")
            await rows.add_capture(
                tx,
                Capture(
                    tenant_id=tx.tenant_id,
                    id=capture_id,
                    created_at=self.clock.now(),
                    member_id=member.id,
                    kind=kind.value,
                    text=text,
                    author=author,
                    source_key=source.key or f"capture:{capture_id}",
                    permalink=None if private else _permalink(source),
                    account_id=guess.account_id,
                    contact_id=guess.contact_id,
                ),
            )
            await commands.set_command_result(tx, command_id, {"capture_id": str(capture_id)})
            return capture_id

    async def opened(self, actor: Actor, capture_id: UUID, *, view_id: str) -> None:
        """The window that waits for the result stands open: now it is read."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await rows.settle_capture(
                tx, capture_id, expect=("open",), status="reading", view_id=view_id
            ):
                await jobs.enqueue(tx, READ, {"capture_id": capture_id})

    async def read(self, tenant_id: UUID, capture_id: UUID) -> None:
        """Read the text, once. When the model can't, nothing is found and that is said."""
        async with self.db.read(tenant_id) as reading:
            capture = await rows.get_capture(reading, capture_id)
            member = await members.get_member(reading, capture.member_id) if capture else None
        if capture is None or member is None or capture.status not in rows.WAITING:
            return
        today = self.clock.now().astimezone(ZoneInfo(member.timezone)).date()
        analysis = await self.analyst.analyse(
            tenant_id,
            None,
            ExtractionRequest(
                text=capture.text, subject="", sender_name=capture.author, today=today
            ),
        )
        result = {
            "summary": analysis.summary,
            "suspicious": analysis.suspicion.injection,
            "findings": [asdict(finding) for finding in analysis.findings],
            "insights": list(analysis.extraction.insights),
        }
        async with self.db.transaction(tenant_id) as tx:
            status = "read" if analysis.analysed else "failed"
            if await rows.settle_capture(
                tx, capture_id, expect=rows.WAITING, status=status, result=result
            ):
                await note_suspicion(
                    tx, self.audit, analysis.suspicion, came_by="capture", subject_id=capture_id
                )

    async def show(self, tenant_id: UUID, capture_id: UUID) -> None:
        """The window is closed: the result comes as a card."""
        async with self.db.transaction(tenant_id) as tx:
            capture = await rows.get_capture(tx, capture_id)
            if capture is not None:
                await touch(
                    tx, CARD, capture_id, [capture.member_id], clock=self.clock, ids=self.ids
                )

    async def window(self, tenant_id: UUID, capture_id: UUID) -> str | None:
        """The window that waits, if one was opened."""
        async with self.db.read(tenant_id) as tx:
            capture = await rows.get_capture(tx, capture_id)
            return capture.view_id if capture else None

    async def look(self, actor: Actor, capture_id: UUID) -> CaptureView:
        """What its owner is shown of it."""
        view = await self.card(actor.tenant_id, capture_id, actor.member_id)
        if view is None:
            raise NotFound(GONE)
        return view

    async def card(
        self, tenant_id: UUID, capture_id: UUID, member_id: UUID | None = None
    ) -> CaptureView | None:
        """None when it is gone or somebody else's."""
        async with self.db.read(tenant_id) as tx:
            return await capture_view(tx, capture_id, member_id, self.clock, self.analyst.model)

    async def _author(self, tenant_id: UUID, source: SlackSource) -> str:
        """A member's own name, or what Slack calls whoever wrote it."""
        named = one_line(source.author_name)[:80]
        user = source.author_id or ""
        name = await name_in_slack(self.db, self.chats, tenant_id, user, given=named)
        return name or "somebody"


async def capture_view(
    tx: ReadTx, capture_id: UUID, member_id: UUID | None, clock: Clock, model: LanguageModel
) -> CaptureView | None:
    """What is shown of a capture; None when it is gone or somebody else's."""
    capture = await rows.get_capture(tx, capture_id)
    if capture is None or member_id not in (None, capture.member_id):
        return None
    member = await members.get_member(tx, capture.member_id)
    account = await customers.get_account(tx, capture.account_id)
    if member is None:
        return None
    return CaptureView(
        reader=reader_of(member, clock),
        capture_id=capture.id,
        kind=CaptureKind(capture.kind),
        status=capture.status,  # type: ignore[arg-type]  # the column's check knows the same words
        text=capture.text,
        author=capture.author,
        permalink=capture.permalink,
        deal=await _deal(tx, account),
        account_name=account.name if account else None,
        findings=findings_of(capture.result),
        summary=str(capture.result.get("summary", "")),
        suspicious=bool(capture.result.get("suspicious")),
        offline=model.offline,
        told=str(capture.result.get("told", "")),
    )


def findings_of(result: dict[str, Any]) -> tuple[Finding, ...]:
    """The findings of a stored reading; of a text that gives orders to a machine, none count."""
    if result.get("suspicious"):
        return ()
    return tuple(
        Finding(
            criterion=Criterion(found["criterion"]),
            value=str(found["value"]),
            confidence=float(found["confidence"]),
            quote=str(found["quote"]),
        )
        for found in result.get("findings", ())
    )


async def _deal(tx: ReadTx, account: Account | None) -> tuple[UUID, str] | None:
    deal = await lookup.find_open_deal(tx, account.id) if account else None
    return (deal.id, f"{account.name} · {deal.name}") if account and deal else None


def _permalink(source: SlackSource) -> str | None:
    """The message's address, where what Slack sent can stand in one."""
    fits = re.fullmatch(r"[A-Z0-9]{2,20}", source.channel) and re.fullmatch(
        r"\d{6,12}\.\d{1,6}", source.ts
    )
    if not fits:
        return None
    return permalink(source.channel, source.ts)


async def guess_of(tx: ReadTx, text: str) -> Guess:
    """Addresses first, then domains, by the rules mail is linked by; then names, letter by letter.
    Nothing that is excluded."""
    addresses = [e for found in _EMAIL.findall(text[:LONGEST]) if (e := normal_email(found))]
    named = [domain.lower() for domain in _DOMAIN.findall(text[:LONGEST])]
    # A site stands under its mail domain: www.acme.com is acme.com.
    domains = [
        f"somebody@{d}" for name in named for d in (name, name.partition(".")[2]) if "." in d
    ]
    parties = [Address(email=email) for email in dict.fromkeys([*addresses, *domains])][:20]
    if parties:
        link = decide(parties, await known_of(tx, parties))
        if link.excluded:
            return Guess()
        if link.account_id is not None:
            return Guess(account_id=link.account_id, contact_id=link.contact_id)
    names = _names(text)
    people = [c for c in await compose_rows.list_people_named(tx, names) if not c.excluded]
    found = [a for a in await compose_rows.list_accounts_named(tx, names) if not a.excluded]
    of_them = [p for p in people if len(found) != 1 or p.account_id == found[0].id]
    person = of_them[0] if len(of_them) == 1 else None
    if len(found) == 1:
        return Guess(account_id=found[0].id, contact_id=person.id if person else None)
    if person is None or found:
        return Guess()
    account = await customers.get_account(tx, person.account_id)
    if account is None or account.excluded:
        return Guess()
    return Guess(account_id=account.id, contact_id=person.id)


def _names(text: str) -> list[str]:
    """Runs of words that begin with a capital: what may be a name."""
    words = _WORD.findall(text)[:LOOKED_AT]
    runs = {
        " ".join(words[at : at + length]).rstrip(".,'\u2019")
        for at in range(len(words))
        if words[at][:1].isupper() or words[at][:1].isdigit()
        for length in range(1, NAME_WORDS + 1)
    }
    return sorted(run for run in runs if len(run) > 1)


def suspicion_of(text: str) -> dict[str, Any]:
    """What a draft's source keeps of a text that gives orders to a machine."""
    found = assess(text) if text else None
    return {"suspicious": True, "why": found.why} if found and found.injection else {}
