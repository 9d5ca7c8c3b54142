"""Notes: what people put down about a deal, with where it was said; and what a text proves.

One message gives a deal one note and one proof, however often somebody asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db import commands, customers
from db import notes as rows
from db.models.compose import Capture, Note
from db.models.customers import Account, Deal
from db.session import Database, Tx
from db.visibility import may_see
from services.account_names import accounts_meant
from services.actors import require_member
from services.audit import AuditService
from services.autonomy.learning import kept_from_learning
from services.captures import CARD, GONE, findings_of
from services.cards import touch
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.characters import clean_text
from services.merge import merge, to_json
from services.ports import Clock, Ids
from services.qualifications import account_state, criteria_views
from services.reader import reader_of
from services.search import entries
from services.suspicion import assess
from services.suspicion_audit import note_suspicion
from services.types.compose import QualificationView
from services.types.people import Actor
from services.types.qualification import BANT, MEDDIC, Qualification
from services.types.search import SearchSource
from services.visibility import only_of

LONGEST = 3000


@dataclass(frozen=True, slots=True)
class NoteService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def log(
        self, actor: Actor, capture_id: UUID, deal_id: UUID, *, comment: str, command_id: str
    ) -> str:
        """Put the message down with the deal. Says what stands there now."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, command_id, "note.log")
            if done:
                return str(done["told"])
            capture, account, deal = await self._about(tx, actor, capture_id, deal_id)
            comment = clean_text(comment).strip()[:LONGEST]
            if not (capture.text or comment):
                raise InvalidInput("There is nothing to note yet. Write a word.", field="comment")
            note = self._note(tx, actor, capture, account, deal, kind="log", comment=comment)
            where = f"{account.name} · {deal.name}"
            if await rows.add_note(tx, note):
                told = f"Logged to {where}. It stands in the account's brief."
                await self._record(tx, actor, "note.logged", note)
                if not capture.result.get("suspicious"):
                    # It was put down unread, or the order stands in the comment.
                    found = assess(f"{capture.text}\n{comment}")
                    await note_suspicion(
                        tx, self.audit, found, came_by="note", subject_id=note.id, actor=actor
                    )
            else:
                told = f"This message was logged to {where} before; nothing was added."
            return await self._tell(tx, capture, command_id, told)

    async def qualify(
        self, actor: Actor, capture_id: UUID, deal_id: UUID, *, command_id: str
    ) -> str:
        """Merge what the message proves into the account's qualification."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, command_id, "note.qualify")
            if done:
                return str(done["told"])
            capture, account, deal = await self._about(tx, actor, capture_id, deal_id)
            findings = findings_of(capture.result)
            if not findings:
                raise Conflict("There is nothing to add: I found no proof in this message.")
            if deal.stage in customers.CLOSED:
                raise Conflict(f"{deal.name} is closed, so nothing more is qualified there.")
            held = await kept_from_learning(tx, member_id=actor.member_id, account_id=account.id)
            if held is not None:
                raise Forbidden(f"{held} What is known of {account.name} stays as it is.")
            insights = [str(text) for text in capture.result.get("insights", ())]
            before = await account_state(tx, account.id)
            proved, _ = merge(Qualification(), findings, insights=insights)
            _, changes = merge(before, findings)
            note = self._note(
                tx,
                actor,
                capture,
                account,
                deal,
                kind="qualification",
                qualification=to_json(proved),
            )
            where = f"{account.name} · {deal.name}"
            if not await rows.add_note(tx, note):
                told = f"This message was added to {where} before; nothing changed."
                return await self._tell(tx, capture, command_id, told)
            await self._record(
                tx,
                actor,
                "note.qualified",
                note,
                criteria=[change.criterion.value for change in changes],
            )
            names = ", ".join(change.criterion.value.replace("_", " ") for change in changes)
            told = (
                f"Added to {where}: {names}."
                if names
                else (f"Added to {where} as further proof; what was known stands.")
            )
            return await self._tell(tx, capture, command_id, told)

    async def qualification(
        self, actor: Actor, words: str, *, account_id: UUID | None = None
    ) -> QualificationView | tuple[tuple[UUID, str], ...]:
        """What is known of an account, or the accounts the words may mean."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            only = only_of(member)
            if account_id is not None:
                chosen = await customers.get_account(tx, account_id)
                visible = chosen is not None and await may_see(tx, account_id, only)
                found: Sequence[Account] = [chosen] if chosen is not None and visible else []
            else:
                found = await accounts_meant(tx, words, only)
            if not found:
                raise NotFound(f"I know no account like “{words[:80]}”.")
            if len(found) > 1:
                return tuple((account.id, account.name) for account in found)
            account = found[0]
            state = await account_state(tx, account.id)
            return QualificationView(
                reader=reader_of(member, self.clock),
                account_id=account.id,
                account_name=account.name,
                deals=tuple(d.name for d in await customers.list_open_deals(tx, account.id)),
                known=criteria_views(state),
                gaps=tuple(c for c in (*BANT, *MEDDIC) if not state.get(c).identified),
            )

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _about(
        self, tx: Tx, actor: Actor, capture_id: UUID, deal_id: UUID
    ) -> tuple[Capture, Account, Deal]:
        member = await require_member(tx, actor)
        capture = await rows.lock_capture(tx, capture_id)
        if capture is None or capture.member_id != member.id:
            raise NotFound(GONE)
        deal = await customers.get_deal(tx, deal_id)
        account = await customers.get_account(tx, deal.account_id) if deal else None
        if deal is None or account is None:
            raise InvalidInput("Choose the deal.", field="deal")
        if account.excluded:
            raise InvalidInput(
                f"{account.name} is excluded: nothing is kept about it.", field="deal"
            )
        return capture, account, deal

    def _note(
        self,
        tx: Tx,
        actor: Actor,
        capture: Capture,
        account: Account,
        deal: Deal,
        *,
        kind: str,
        comment: str = "",
        qualification: dict[str, Any] | None = None,
    ) -> Note:
        return Note(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            account_id=account.id,
            deal_id=deal.id,
            author_id=actor.member_id,
            kind=kind,
            text=capture.text[:LONGEST],
            said_by=capture.author,
            comment=comment,
            source_key=capture.source_key,
            permalink=capture.permalink,
            qualification=qualification or {},
        )

    async def _done(self, tx: Tx, command_id: str, verb: str) -> dict[str, Any] | None:
        return await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=command_id,
            verb=verb,
            now=self.clock.now(),
        )

    async def _record(self, tx: Tx, actor: Actor, verb: str, note: Note, **facts: object) -> None:
        await entries.enqueue(tx, SearchSource.NOTE, note.id, note.account_id, at=self.clock.now())
        told = {"deal": str(note.deal_id), "source": note.permalink, **facts}
        await self.audit.append(tx, verb, actor=actor, subject_id=note.id, facts=told)

    async def _tell(self, tx: Tx, capture: Capture, command_id: str, told: str) -> str:
        """Keep what came of it, for a repeat and for the card."""
        await commands.set_command_result(tx, command_id, {"told": told})
        capture.status, capture.result = "done", {**capture.result, "told": told}
        await tx.session.flush()
        await touch(tx, CARD, capture.id, clock=self.clock, ids=self.ids)
        return told
