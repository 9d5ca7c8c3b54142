"""A word about what the copilot made, said over HTTP: the same words as on a card, by the same
rules, about what is one's own to judge."""

from dataclasses import dataclass
from uuid import UUID

from db import actions as rows
from db.models.actions import Action
from db.session import Database, ReadTx
from services.actors import require_member
from services.errors import InvalidInput, NotFound
from services.feedback import MAX_WORDS, FeedbackService
from services.feedback_history import GONE
from services.mail.characters import clean_text
from services.types.feedback import Once, Review
from services.types.people import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`target` message: the id is a draft's; decision: an action's; conversation: its own. The
    rating is -1, 0 or 1, or with `detailed` a score from 1 to 5."""

    target: str
    target_id: UUID
    rating: int
    detailed: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayingService:
    db: Database
    feedback: FeedbackService

    async def say(self, actor: Actor, said: Said, once: Once | None = None) -> None:
        """NotFound where it isn't there or not the actor's to judge, which look the same; Conflict
        when the command's id was used for other words."""
        words = clean_text(said.comment).strip()
        if len(words) > MAX_WORDS:
            raise InvalidInput(f"A comment has at most {MAX_WORDS} characters.", field="comment")
        async with self.db.read(actor.tenant_id) as tx:
            action = await self._action(tx, actor, said)
        if said.detailed:
            review = Review(target=said.target, overall=said.rating, words=words)
            await self.feedback.review(actor, action.id, review, once)
            return
        await self.feedback.rate(
            actor,
            said.target_id,
            rating=said.rating,
            reason=words or None,
            source="command",
            target=said.target,
            once=once,
        )

    @staticmethod
    async def _action(tx: ReadTx, actor: Actor, said: Said) -> Action:
        """What was done about it. Reps judge what was theirs to decide; a conversation's last
        action says whose it is."""
        member = await require_member(tx, actor)
        match said.target:
            case "decision":
                action = await rows.get_action(tx, said.target_id)
            case "message":
                action = await rows.get_action_of_draft(tx, said.target_id)
            case "conversation":
                action = await rows.newest_action(tx, said.target_id)
            case _:
                raise InvalidInput("A target is message, decision or conversation.", field="target")
        mine = action is not None and member.id in {action.owner_id, action.decided_by}
        if action is None or action.status == "held" or not (mine or member.role != Role.REP):
            raise NotFound(GONE)
        return action
