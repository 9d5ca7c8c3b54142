"""What people think of what we made. The last word of a person stands; the audit keeps the rest."""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import cards, commands, conversations, members
from db import feedback as rows
from db import reviews as review_rows
from db.models.actions import Action
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.analytics.marking import mark
from services.audit import AuditService
from services.cards import touch
from services.errors import Conflict, InvalidInput, NotFound
from services.feedback_history import GONE, target_of, words_view
from services.mail.characters import clean_text
from services.ports import Clock, Ids
from services.types.feedback import WRONG, Once, Review, WordsView, WrongView
from services.types.people import Actor
from services.weighing import want_weighing_of

RATINGS = {-1, 0, 1}
SCORES = range(1, 6)
TARGETS = frozenset({"message", "decision", "conversation"})
WRONG_CARD = "wrong"
MAX_WORDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """One word of feedback on its way into the tables."""

    target: str
    target_id: UUID
    rating: int | None
    reason: str | None
    source: str


@dataclass(frozen=True, slots=True)
class FeedbackService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def rate(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        rating: int | None,
        reason: str | None,
        source: str,
        target: str = "decision",
        once: Once | None = None,
    ) -> bool:
        """Rate what the copilot did about one action, or another text of ours (`target`): -1, 0, 1,
        or None to take it back. Says whether it is worth asking what was wrong: it was bad, and
        nobody has said why. A repeat of a command changes nothing."""
        if rating is not None and rating not in RATINGS:
            raise InvalidInput("A rating is up or down.")
        word = _Word(
            target=_known(target), target_id=action_id, rating=rating, reason=reason, source=source
        )
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, once):
                return False
            await self._require_there(tx, word.target, action_id)
            return await self._set(tx, actor, word)

    async def rate_at(
        self, actor: Actor, *, channel: str, ts: str, rating: int, added: bool
    ) -> None:
        """A reaction on a message: counts when that message is a card that can be rated. A bad one
        is followed by a card that asks what was wrong, once."""
        async with self.db.transaction(actor.tenant_id) as tx:
            card = await cards.get_card_at(tx, channel, ts)
            if card is None or card.kind != "mail":
                return
            word = _Word(
                target="decision",
                target_id=card.subject_id,
                rating=rating if added else None,
                reason=None,
                source="reaction",
            )
            if added:
                if await self._set(tx, actor, word):
                    people = [actor.member_id]
                    await touch(
                        tx, WRONG_CARD, card.subject_id, people, clock=self.clock, ids=self.ids
                    )
                return
            dropped = await rows.drop_feedback(
                tx,
                member_id=actor.member_id,
                target=word.target,
                target_id=word.target_id,
                rating=rating,
            )
            if dropped:
                await self._tell(tx, actor, word)

    async def say_why(
        self, actor: Actor, target_id: UUID, *, what: str, words: str, target: str = "decision"
    ) -> None:
        """What was wrong, in a word of ours and in words of their own. It is a bad rating too,
        whatever stood before."""
        if what and what not in WRONG:
            raise InvalidInput("I don't know this reason.")
        said = "; ".join(part for part in (WRONG.get(what, ""), _own(words)) if part)
        if not said:
            raise InvalidInput("Choose what was wrong, or write it.", field="words")
        await self.rate(actor, target_id, rating=-1, reason=said, source="button", target=target)

    async def review(
        self, actor: Actor, action_id: UUID, review: Review, once: Once | None = None
    ) -> None:
        """A detailed review of a card's draft, of the decision to suggest it, or of the whole
        conversation. The last one stands; a repeat of a command changes nothing."""
        for name, score in review.scores().items():
            if score is not None and score not in SCORES:
                raise InvalidInput("A score is a number from 1 to 5.", field=name)
        target, at = _known(review.target), self.clock.now()
        said = {**review.scores(), "words": _own(review.words)}
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, once):
                return
            member, action = await self._may_say(tx, actor, action_id)
            target_id = target_of(action, target)
            await review_rows.set_review(
                tx,
                review_id=self.ids.new(),
                member_id=member.id,
                target=target,
                target_id=target_id,
                at=at,
                said=said,
            )
            await review_rows.answer_prompt(
                tx, member_id=member.id, target="decision", target_id=action.id, at=at
            )
            await self.audit.append(
                tx,
                "feedback.reviewed",
                actor=actor,
                subject_id=action.id,
                facts={"target": target, "target_id": str(target_id), **said},
            )
            await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)

    async def _repeated(self, tx: Tx, once: Once | None) -> bool:
        if once is None:
            return False
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=once.command_id,
            verb="feedback",
            now=self.clock.now(),
        )
        if done is None:
            await commands.set_command_result(tx, once.command_id, {"digest": once.digest})
        elif done.get("digest") != once.digest:
            raise Conflict("This key was used before, with other words.")
        return done is not None

    async def word(self, actor: Actor, action_id: UUID, target: str, rating: int) -> WordsView:
        """A word on one of an action's three things, and all that was said of them."""
        if rating not in RATINGS:
            raise InvalidInput("A rating is up, down or neither.")
        async with self.db.transaction(actor.tenant_id) as tx:
            member, action = await self._may_say(tx, actor, action_id)
            target_id = target_of(action, _known(target))
            said = _Word(
                target=target, target_id=target_id, rating=rating, reason=None, source="button"
            )
            await self._set(tx, actor, said)
            return await words_view(tx, action, member, self.clock.now())

    async def words(self, actor: Actor, action_id: UUID) -> WordsView:
        """What the actor said about this action so far."""
        async with self.db.read(actor.tenant_id) as tx:
            member, action = await self._may_say(tx, actor, action_id)
            return await words_view(tx, action, member, self.clock.now())

    @staticmethod
    async def _may_say(tx: ReadTx, actor: Actor, action_id: UUID) -> tuple[Member, Action]:
        member = await members.get_member(tx, actor.member_id)
        action = await action_rows.get_action(tx, action_id)
        if action is None or member is None or not member.active:
            raise NotFound(GONE)
        return member, action

    async def _set(self, tx: Tx, actor: Actor, word: _Word) -> bool:
        member, target, about = actor.member_id, word.target, word.target_id
        if word.rating is None:
            await rows.drop_feedback(tx, member_id=member, target=target, target_id=about)
            await self._tell(tx, actor, word)
            return False
        before = await rows.get_feedback(tx, member_id=member, target=target, target_id=about)
        # The same word once more, without a reason, takes no reason back.
        kept = before.reason if before is not None and before.rating == word.rating else None
        reason, at = word.reason or kept, self.clock.now()
        await rows.set_feedback(
            tx,
            feedback_id=self.ids.new(),
            member_id=member,
            target=target,
            target_id=about,
            rating=word.rating,
            reason=reason,
            source=word.source,
            at=at,
        )
        await review_rows.answer_prompt(tx, member_id=member, target=target, target_id=about, at=at)
        # The same word again is no news.
        fresh = before is None or before.rating != word.rating
        if target == "decision" and word.rating < 0 and fresh:
            await want_weighing_of(tx, about)
        await self._tell(tx, actor, word)
        return word.rating < 0 and not reason

    async def _tell(self, tx: Tx, actor: Actor, word: _Word) -> None:
        facts = {"rating": word.rating, "reason": word.reason, "source": word.source}
        if word.target != "decision":
            facts["target"] = word.target
        await self.audit.append(
            tx, "feedback.given", actor=actor, subject_id=word.target_id, facts=facts
        )
        if word.target == "message":
            action = await action_rows.get_action_of_draft(tx, word.target_id)
            if action is not None:
                await mark(tx, action.id, clock=self.clock, ids=self.ids)
        for kind in ("mail", WRONG_CARD):
            await touch(tx, kind, word.target_id, clock=self.clock, ids=self.ids)

    @staticmethod
    async def _require_there(tx: ReadTx, target: str, target_id: UUID) -> None:
        """A text of ours that isn't about an action or a conversation is known where it was made:
        in this tenant, or the word stands beside nothing."""
        found: object = True
        if target == "decision":
            found = await action_rows.get_action(tx, target_id)
        elif target == "conversation":
            found = await conversations.get_conversation(tx, target_id)
        if found is None:
            raise NotFound(GONE)


async def wrong_view(tx: ReadTx, action_id: UUID, member_id: UUID) -> WrongView | None:
    """What the card that asks what was wrong shows: the question, or what was answered."""
    action = await action_rows.get_action(tx, action_id)
    if action is None:
        return None
    said = await rows.get_feedback(tx, member_id=member_id, target="decision", target_id=action_id)
    return WrongView(
        action_id=action_id,
        about=await rows.subject_of(tx, action_id),
        rating=said.rating if said else None,
        reason=said.reason if said else None,
    )


def _known(target: str) -> str:
    if target not in TARGETS:
        raise InvalidInput("I don't know what this is about.")
    return target


def _own(words: str) -> str:
    return clean_text(words).strip()[:MAX_WORDS]
