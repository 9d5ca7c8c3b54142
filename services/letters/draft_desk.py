"""Replies to mails about drafts: let it leave, turn it down, take it back, write it another way.

Who wrote it is certain by then (services/letters/replies). A reply decides on exactly the text its
mail showed; whatever has changed since is refused, and what stands now comes back in the thread.
Everything a reply does goes through the verbs that a click uses.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from db import actions, drafts, letters
from db import mailboxes as mailbox_rows
from db.models.actions import Action
from db.models.drafts import DraftRevision
from db.models.letters import DraftLetter
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.draft_findings import digest_of
from services.errors import ServiceError, TransientError
from services.letters.draft_letters import MOST, CardReader, DraftLetterService, fits_mail
from services.letters.draft_words import Change, Send, TurnDown, Undo, Wish, read_wish
from services.letters.order_words import Unclear
from services.letters.refusals import Refusals
from services.letters.replies import Reply, finish
from services.letters.using import used
from services.mail.characters import one_line
from services.mail.reply import own_text, visible_reply
from services.mail.tokens import without_tokens
from services.members import actor_of
from services.ports import ChatRef, Clock
from services.types.approvals import Surface
from services.types.letters import LetterKind
from services.types.people import Actor
from services.types.undo import Undone

MOST_ASKED_BACK = 3
HEARD = 200
USED_UP = "That mail has decided already, and each one does so once."
EXPIRED = "That mail has expired. If the draft still waits, decide in Slack."
TOO_LONG = (
    "This text is too long to stand whole in a mail, so a reply can't let it leave. Read it on the "
    "page or in Slack, and decide there."
)
ENOUGH = "I still can't tell what you want. Decide on the page or in Slack."
OVER = "This has gone back and forth long enough by mail. Please go on in Slack."
REJECTED = "Rejected. Nothing was sent."
CURRENT = "Here is the current text."


class ActionVerbs(Protocol):
    """The decisions on a proposed action (services/actions)."""

    async def approve(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        surface: str,
        command_id: str,
        seen: str = "",
    ) -> ChatRef | None:
        """`seen` is the digest of the findings that stood before the actor."""
        ...

    async def reject(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        reason: str,
        surface: str,
        command_id: str,
    ) -> None: ...
    async def regenerate(
        self, actor: Actor, action_id: UUID, *, revision: int, instruction: str, command_id: str
    ) -> None: ...


class UndoVerb(Protocol):
    """Takes back what was approved and has not left. Raises Conflict when it has."""

    async def undo(
        self, actor: Actor, action_id: UUID, *, command_id: str, surface: str
    ) -> Undone: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the reply is about, as it stands now."""

    action: Action
    current: DraftRevision
    draft_status: str

    def shows(self, letter: DraftLetter) -> bool:
        """Whether that mail showed what stands there now."""
        return self.current.content_hash == letter.content_hash and (
            self.current.number == letter.revision
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDesk:
    """The desk of mails about drafts."""

    db: Database
    clock: Clock
    letters: DraftLetterService
    actions: ActionVerbs
    card: CardReader
    refusals: Refusals
    undo: UndoVerb

    # ── Whose mail it is ────────────────────────────────────────────────────────────────────────
    async def find(self, tx: ReadTx, token_hash: bytes) -> DraftLetter | None:
        return await letters.find_by_hash(tx, DraftLetter, token_hash)

    def decides(self, mail: DraftLetter) -> bool:
        return mail.kind != LetterKind.ANSWER.value

    async def known(self, tx: ReadTx, member: Member) -> bool:
        """Slack vouched for the address, or Google did when it was connected as their mailbox."""
        if member.slack_user_id is not None:
            return True
        box = await mailbox_rows.mailbox_of_member(tx, member.id)
        return box is not None and box.address == member.email.lower()

    # ── What it says ────────────────────────────────────────────────────────────────────────────
    async def obey(self, reply: Reply[DraftLetter]) -> None:
        case = await self._case(reply.mail)
        if case is None:
            async with self.db.transaction(reply.mail.tenant_id) as tx:
                await finish(tx, reply.event, "refused")
            return
        own = own_text(reply.parsed.text)
        wish = wish_of(reply.parsed.text)
        over = await self._over(reply, wish)
        if over is not None:
            await self._say(reply, case, over, "refused")
            return
        await self._do(reply, case, wish, own)

    async def _do(self, reply: Reply[DraftLetter], case: _Case, wish: Wish, own: str) -> None:
        match wish:
            case Send():
                await self._send(reply, case, wish)
            case TurnDown():
                await self._decide(
                    reply, case, lambda: self._reject(reply, wish.reason), LetterKind.ANSWER
                )
            case Undo():
                await self._undo(reply, case)
            case Change():
                await self._change(reply, case, wish)
            case Unclear():
                await self._ask_back(reply, case, wish, own)

    async def _case(self, letter: DraftLetter) -> _Case | None:
        async with self.db.read(letter.tenant_id) as tx:
            action = await actions.get_action(tx, letter.action_id)
            draft = (
                await drafts.get_draft(tx, action.draft_id) if action and action.draft_id else None
            )
            current = await drafts.get_revision(tx, draft.id, draft.revision) if draft else None
        if action is None or draft is None or current is None:
            return None
        return _Case(action=action, current=current, draft_status=draft.status)

    async def _over(self, reply: Reply[DraftLetter], wish: Wish) -> str | None:
        """Why that mail decides nothing any more; None while it does. What this very reply did
        before a crash is done again, which changes nothing."""
        letter = reply.mail
        if isinstance(wish, Unclear):
            return None
        if letter.expires_at <= self.clock.now():
            why, sentence = "expired", EXPIRED
        elif letter.used_at is not None and not isinstance(wish, Undo):
            if letter.suggestion.get("used_by") == reply.used_by:
                return None
            why, sentence = "used", USED_UP
        else:
            return None
        await self.refusals.note(
            why, tenant_id=letter.tenant_id, mail=letter, actor=actor_of(reply.member)
        )
        return sentence

    # ── Letting it leave ────────────────────────────────────────────────────────────────────────
    async def _send(self, reply: Reply[DraftLetter], case: _Case, wish: Send) -> None:
        letter = reply.mail
        card = await self.card(letter.tenant_id, letter.action_id, letter.member_id)
        pending = case.action.status == "pending" and case.shows(letter)
        if pending and card is not None and not fits_mail(card):
            await self._say(reply, case, TOO_LONG, "refused")
            return
        if pending and not wish.anyway and case.current.findings:
            await self._write(reply, case, LetterKind.FINDINGS, "findings shown")
            return
        seen = digest_of(case.current.findings) if case.shows(letter) else ""
        await self._decide(reply, case, lambda: self._approve(reply, seen), LetterKind.LEAVING)

    async def _approve(self, reply: Reply[DraftLetter], seen: str) -> None:
        letter = reply.mail
        await self.actions.approve(
            actor_of(reply.member),
            letter.action_id,
            revision=letter.revision,
            surface=Surface.REPLY.value,
            command_id=_command(reply),
            seen=seen,
        )

    async def _reject(self, reply: Reply[DraftLetter], reason: str) -> None:
        letter = reply.mail
        await self.actions.reject(
            actor_of(reply.member),
            letter.action_id,
            revision=letter.revision,
            reason=reason,
            surface=Surface.REPLY.value,
            command_id=_command(reply),
        )

    async def _decide(
        self,
        reply: Reply[DraftLetter],
        case: _Case,
        decide: Callable[[], Awaitable[None]],
        then: LetterKind,
    ) -> None:
        """Use the token for a decision, and tell what came of it."""
        try:
            async with used(self.db, self.clock, reply.mail, reply.used_by):
                await decide()
        except TransientError:
            raise
        except ServiceError as error:
            await self._say(reply, case, str(error), "refused")
            return
        said = REJECTED if then is LetterKind.ANSWER else ""
        await self._write(reply, case, then, "decided", said=said)

    async def _undo(self, reply: Reply[DraftLetter], case: _Case) -> None:
        letter = reply.mail
        if case.action.status == "pending":
            await self._say(reply, case, "Nothing of this is on its way.", "refused")
            return
        try:
            undone = await self.undo.undo(
                actor_of(reply.member),
                letter.action_id,
                command_id=_command(reply),
                surface=Surface.REPLY.value,
            )
        except TransientError:
            raise
        except ServiceError as error:
            await self._say(reply, case, str(error), "refused")
            return
        await self._say(reply, await self._case(letter) or case, undone.sentence, "decided")

    # ── Another text ────────────────────────────────────────────────────────────────────────────
    async def _change(self, reply: Reply[DraftLetter], case: _Case, wish: Change) -> None:
        """The next text comes in this thread once it is written, so nothing is answered now."""
        letter = reply.mail
        async with self.db.transaction(letter.tenant_id) as tx:
            last = await letters.last_draft_letter(tx, letter.action_id, letter.member_id)
            ended = last is not None and last.number >= MOST - 2
            if not ended:
                # Before the text is asked for: it may be written sooner than we come back.
                await letters.note_change(tx, letter.id, letter.revision, reply.parsed.message_id)
        if ended:
            await self._say(reply, case, OVER, "refused")
            return
        try:
            await self.actions.regenerate(
                actor_of(reply.member),
                letter.action_id,
                revision=letter.revision,
                instruction=without_tokens(wish.instruction),
                command_id=_command(reply),
            )
        except TransientError:
            raise
        except ServiceError as error:
            await self._say(reply, case, str(error), "refused")
            return
        async with self.db.transaction(letter.tenant_id) as tx:
            await finish(tx, reply.event, "changed")

    # ── Answers ─────────────────────────────────────────────────────────────────────────────────
    async def _ask_back(
        self, reply: Reply[DraftLetter], case: _Case, unclear: Unclear, own: str
    ) -> None:
        """Nothing is decided; the person is asked again, a few times at most."""
        letter = reply.mail
        async with self.db.read(letter.tenant_id) as tx:
            asked = await letters.count_draft_letters(
                tx, letter.action_id, letter.member_id, LetterKind.CONFIRM
            )
        if asked >= MOST_ASKED_BACK:
            await self._write(reply, case, LetterKind.ANSWER, "asked back", said=ENOUGH)
            return
        heard = one_line(without_tokens(own))
        await self._write(
            reply,
            case,
            LetterKind.CONFIRM,
            "asked back",
            said=unclear.problem,
            heard=heard if len(heard) <= HEARD else heard[: HEARD - 1] + "…",
        )

    async def _say(
        self, reply: Reply[DraftLetter], case: _Case, sentence: str, outcome: str
    ) -> None:
        """A sentence; and, where something else waits than that mail showed, what waits now."""
        case = await self._case(reply.mail) or case
        waits = case.action.status == "pending" and case.draft_status == "ready"
        fresh = waits and (not case.shows(reply.mail) or reply.mail.used_at is not None)
        if fresh:
            said = f"{sentence} {CURRENT}" if CURRENT not in sentence else sentence
            await self._write(reply, case, LetterKind.DRAFT, outcome, said=said)
            return
        await self._write(reply, case, LetterKind.ANSWER, outcome, said=sentence)

    async def _write(
        self,
        reply: Reply[DraftLetter],
        case: _Case,
        kind: LetterKind,
        outcome: str,
        **suggestion: str,
    ) -> None:
        letter = reply.mail
        async with self.db.transaction(letter.tenant_id) as tx:
            await self.letters.add(
                tx,
                letter.action_id,
                letter.member_id,
                case.current,
                kind,
                suggestion={"asked": True, **reply.thread, **suggestion},
            )
            await finish(tx, reply.event, outcome)


def wish_of(text: str) -> Wish:
    """What the person wrote this time; words between quoted lines let nothing leave."""
    if not own_text(text).strip():
        return read_wish("")
    return read_wish(visible_reply(text), between_quotes=between_quotes(text))


def between_quotes(text: str) -> bool:
    """Whether own words stand between quoted lines, or both above and below them: a comment on
    parts of what is quoted."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    quoted = [at for at, line in enumerate(lines) if line.startswith(">")]
    if not quoted:
        return False
    own = {line.strip() for line in own_text(text).split("\n")} - {""}
    first, last = quoted[0], quoted[-1]
    above, inside, below = (
        any(line in own for line in part)
        for part in (lines[:first], lines[first:last], lines[last + 1 :])
    )
    return inside or (above and below)


def _command(reply: Reply[DraftLetter]) -> str:
    return f"letter:{reply.event.id}"
