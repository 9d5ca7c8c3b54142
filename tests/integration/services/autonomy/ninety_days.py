"""The ninety days on the whole product, in simulated time: customers write, reps decide, answers
leave, customers reply, and whatever the copilot says in Slack is written down as it was shown."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from db.models.customers import Contact
from db.models.tenants import Member
from services.draft_findings import digest_of
from services.errors import ServiceError
from services.mail.compose import compose
from services.types.mail import Address
from services.types.model import DraftText
from tests import factories as make
from tests.attacks.product import Product
from tests.fakes.mail import FakeMail
from tests.fakes.scripted_model import ScriptedModel
from tests.integration.services.autonomy.ninety_script import (
    ACCOUNTS,
    ANSWER,
    BAD,
    MONDAY,
    REPS,
    Deed,
)
from tests.integration.services.loop import asking

READING = timedelta(seconds=45)
ASIDE = frozenset(
    {
        "audit.chain", "health.recompute", "signals.look", "signals.scan", "signals.scan_account",
        "summaries.make",
    }
)  # fmt: skip
"""No matter of these days."""
GENUINE = "mx.google.com; dmarc=pass header.from={domain}"


@dataclass
class NinetyDays:
    product: Product
    model: ScriptedModel
    tenant: UUID
    reps: list[Member] = field(default_factory=list)
    boxes: list[tuple[UUID, FakeMail]] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, database_url: str, folder: Path) -> "NinetyDays":
        model = ScriptedModel()
        product = await Product.open(
            database_url, folder, model, at=MONDAY + timedelta(hours=7), undo_seconds=60
        )
        product.puts_off = ASIDE
        days = cls(product, model, await make.make_tenant(product.database, name="Brightpath"))
        await days._settle()
        return days

    async def _settle(self) -> None:
        async with self.product.database.transaction(self.tenant) as tx:
            mona = await make.make_member(tx, name="Mona Manager", role="manager")
            ada = await make.make_member(tx, name="Ada Admin", role="admin")
            for name in REPS:
                self.reps.append(await make.make_member(tx, name=name, manager_id=mona.id))
            for number in range(ACCOUNTS):
                owner = self.reps[number % len(REPS)]
                domain = f"customer-{number}.test"
                account = await make.make_account(
                    tx, name=f"Customer {number}", domain=domain, owner_id=owner.id
                )
                await make.make_deal(tx, account_id=account.id, owner_id=owner.id, currency="USD")
                self.contacts.append(
                    await make.make_contact(
                        tx, account_id=account.id, email=f"kim@{domain}", name="Kim Customer"
                    )
                )
        for one in (*self.reps, mona, ada):
            self.product.meet(one)
        self.boxes = [await self.product.connect(self.tenant, rep) for rep in self.reps]
        await self.product.drain()

    # ── a day ───────────────────────────────────────────────────────────────────────────────────
    async def live(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            self.product.clock.at = max(deed.at, self.product.clock.at)
            await self.product.tick()
            await self.product.drain()
            await self._asked(deed)
            await self._decided(deed)
            await self._replied(deed)

    async def _asked(self, deed: Deed) -> None:
        text = BAD if deed.weak else ANSWER
        self.model.extractions = [asking(deed.words)]
        self.model.drafts = [DraftText(body=text, confidence=0.7, reason="asked")]
        await self._write(deed, deed.words, "q")

    async def _write(self, deed: Deed, words: str, sort: str) -> None:
        rep, contact = deed.account % len(REPS), self.contacts[deed.account]
        box, mail = self.boxes[rep]
        thread = f"{deed.day}-{deed.hour}-{deed.account}"
        domain = contact.email.partition("@")[2]
        raw = compose(
            sender=Address(email=contact.email, name=contact.name),
            to=[Address(email=self.reps[rep].email)],
            subject=f"Question {thread}",
            text=words,
            date=self.product.clock.now(),
            message_id=f"<{sort}{thread}@{domain}>",
            headers={"Authentication-Results": GENUINE.format(domain=domain)},
        )
        mail.deliver(raw, at=self.product.clock.now(), thread_id=thread)
        await self.product.services.mailboxes.sync(self.tenant, box)
        await self.product.drain()

    async def _decided(self, deed: Deed) -> None:
        """The rep reads, and does what the script says with whatever waits for them."""
        self.product.clock.move(READING)
        rep = self.reps[deed.account % len(REPS)]
        actor, actions = self.product.actor(self.tenant, rep), self.product.services.actions
        for row in await self._waiting(rep):
            given = {"revision": row.revision, "command_id": f"{deed.does} {row.id} {row.revision}"}
            try:
                if deed.does == "stop":
                    await actions.reject(actor, row.id, reason="Not so.", surface="slack", **given)
                    continue
                if deed.does == "edit":
                    await actions.edit(
                        actor, row.id, subject=row.subject, text=f"{row.text}\n\nBest, me", **given
                    )
                    given["revision"] += 1
                await actions.approve(
                    actor, row.id, surface="slack", seen=digest_of(row.findings), **given
                )
            except ServiceError as refusal:
                self.refused.append(str(refusal))
        self.did[deed.does] += 1
        await self.product.drain()
        self.product.clock.move(timedelta(minutes=6))
        await self.product.drain()

    async def _waiting(self, rep: Member) -> list:
        return await self.product.rows(
            self.tenant,
            "select a.id, d.revision, r.findings, r.subject, r.text from actions a join drafts d "
            "on d.id = a.draft_id join draft_revisions r on r.draft_id = d.id and "
            "r.number = d.revision where a.status = 'pending' and d.status = 'ready' "
            "and a.owner_id = :rep order by a.created_at",
            rep=rep.id,
        )

    async def _replied(self, deed: Deed) -> None:
        if deed.replies and deed.does != "stop":
            self.model.extractions = [asking("nothing of the kind")]
            self.product.clock.move(timedelta(minutes=20))
            await self._write(deed, "Thank you, that helps.", "a")

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    @property
    def sent(self) -> int:
        return sum(len(mail.sent) for _, mail in self.boxes)

    def told(self) -> list[str]:
        """What stands in Slack, message by message, in the order in which it was posted."""
        return [message.text for _, message in sorted(self.product.chat.messages.items())]
