"""Deciding on a request: one vote from what was seen, settled once.

Under the request's lock everything is judged anew: the decider, every vote given so far, the deal
or draft the request rests on, the rules. What no longer holds is voided instead, in the same
transaction, and the answer says so (an exception would roll it back).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from db import approval_requests as rows
from db import approval_votes as ballots
from db import jobs
from db.approval_votes import Ballot, BallotSeat, BallotVote
from db.audit import AuditRow
from db.session import Database, Tx
from services.approvals.acting import GONE, OTHER_COMMAND, done_before
from services.approvals.deps import Deps, tell_nobody
from services.approvals.opening import KIND
from services.approvals.recheck import moved, stricter_now
from services.approvals.refused import note_refusal
from services.approvals.reseating import ask_anew
from services.approvals.seats import deciders, seat_for, standing
from services.approvals.sentences import (
    NO_CONDITIONS,
    at_words,
    may_words,
    names_words,
    settled_words,
)
from services.approvals.standing import PREPARING, Moved
from services.approvals.timing import TIMER
from services.approvals.voiding import void, whereabouts
from services.cards import surface_again
from services.counting import count_entry, count_vote
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.characters import clean_text, one_line
from services.types.approvals import Decided, RequestStatus, Seen, Surface, VoteChoice
from services.types.people import Actor

MAX_REASON, MAX_CONDITION, MAX_CONDITIONS = 1_000, 300, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What somebody says, cleaned."""

    actor: Actor
    choice: VoteChoice
    reason: str
    conditions: tuple[str, ...]
    surface: Surface
    seen: Seen
    shown_at: datetime | None
    command_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """The ballot as it counts now: where this vote goes, which others stand, which don't."""

    ballot: Ballot
    seat: BallotSeat
    good: Sequence[BallotVote]
    lapsed: Sequence[BallotVote]


@dataclass(frozen=True, slots=True)
class DecisionService:
    db: Database
    deps: Deps

    async def decide(
        self,
        actor: Actor,
        request_id: UUID,
        *,
        choice: VoteChoice,
        reason: str,
        conditions: tuple[str, ...],
        seen: Seen,
        surface: Surface,
        command_id: str,
        shown_at: datetime | None = None,
    ) -> Decided:
        """Vote from what was `seen`. Conflict: somebody was faster (who and when); Forbidden: not
        this person's (who may). `counted` False: the request was voided instead."""
        word = _Word(
            actor=actor,
            choice=choice,
            reason=_reason(reason),
            conditions=_conditions(choice, conditions),
            surface=surface,
            seen=seen,
            shown_at=shown_at,
            command_id=command_id,
        )
        if surface is Surface.RULE:
            raise InvalidInput("Only people decide.")
        try:
            return await self._decide(word, request_id)
        except Forbidden as error:
            if surface is not Surface.LINK:  # the page behind the link writes down its own
                await self.note_refusal(actor, request_id, why=str(error), surface=surface)
            raise

    async def note_refusal(
        self, actor: Actor, request_id: UUID, *, why: str, surface: Surface
    ) -> None:
        """Somebody tried what isn't theirs to decide."""
        await note_refusal(self.db, self.deps, actor, request_id, why=why, surface=surface)

    async def _decide(self, word: _Word, request_id: UUID) -> Decided:
        actor = word.actor
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await done_before(tx, self.deps, "approval.decide", word.command_id)
            if done is not None:
                return _stored(done)
            if not await ballots.lock_ballot(tx, request_id):
                raise NotFound(GONE)
            ballot = await ballots.get_ballot(tx, request_id, actor.member_id)
            if ballot is None:
                raise NotFound(GONE)
            self._require_open(ballot, actor)
            good, lapsed = standing(ballot)
            seat = self._seat(ballot, good, actor)
            self._require_seen(ballot, word.seen)
            if word.conditions and ballot.action_id is not None:
                # What leaves at once can't be tied to anything that is still to come.
                raise InvalidInput(NO_CONDITIONS, field="conditions")
            change = moved(ballot) or await stricter_now(tx, ballot, self.deps.clock.now())
            if change is not None:
                return await self._void(tx, word, ballot, change)
            count = _Count(ballot=ballot, seat=seat, good=good, lapsed=lapsed)
            return await self._cast(tx, word, count)

    # ── may they ────────────────────────────────────────────────────────────────────────────────
    def _require_open(self, ballot: Ballot, actor: Actor) -> None:
        now, status, at = self.deps.clock.now(), ballot.status, ballot.settled_at
        if status == RequestStatus.PENDING:
            if ballot.expires_at is None or ballot.expires_at > now:
                return
            # The sweep will say so in a moment.
            status, at = RequestStatus.EXPIRED, ballot.expires_at
        by = ballot.people.get(ballot.settled_by) if ballot.settled_by else None
        raise Conflict(
            settled_words(
                status,
                who=by.name if by else None,
                is_reader=ballot.settled_by == actor.member_id,
                when=at_words(at or now, now, actor.timezone),
                reason=ballot.settled_reason,
                template=ballot.auto_template,
            )
        )

    @staticmethod
    def _seat(ballot: Ballot, good: Sequence[BallotVote], actor: Actor) -> BallotSeat:
        """The seat their vote goes to."""
        seat = seat_for(actor.member_id, ballot, good)
        if seat is not None:
            return seat
        who = deciders(
            ballot,
            spoken={vote.seat_id for vote in good},
            voters={vote.member_id for vote in good},
        )
        if any(vote.member_id == actor.member_id for vote in good):
            raise Conflict(f"You have already approved this. Still asked: {names_words(who)}.")
        if actor.member_id == ballot.requester_id:
            raise Forbidden(f"You asked for this yourself. {may_words(who)}")
        raise Forbidden(may_words(who))

    @staticmethod
    def _require_seen(ballot: Ballot, seen: Seen) -> None:
        # The rules too: the vote says which they were, and who clicks must not be able to choose.
        if (seen.payload_hash, seen.rule_version) != (ballot.payload_hash, ballot.rule_version):
            raise Conflict("What you saw is not what this asks for. Look at the card again.")
        if ballot.draft is not None and ballot.draft.draft_status == PREPARING:
            raise Conflict("A new draft is being written. The card will show it in a moment.")

    # ── what follows ────────────────────────────────────────────────────────────────────────────
    async def _void(self, tx: Tx, word: _Word, ballot: Ballot, change: Moved) -> Decided:
        request = await rows.lock_request(tx, ballot.request_id)
        if request is None:
            raise NotFound(GONE)
        fresh = await void(tx, self.deps, request, change.why, reissue=change.reissue)
        follows = await whereabouts(tx, fresh, word.actor.member_id)
        decided = Decided(
            request_id=ballot.request_id,
            status=RequestStatus.VOIDED,
            sentence=f"{request.settled_reason} Your decision doesn't count. {follows}",
            counted=False,
            fresh_id=fresh,
        )
        await ballots.set_answer(tx, word.command_id, _as_answer(decided))
        return decided

    async def _cast(self, tx: Tx, word: _Word, count: _Count) -> Decided:
        """Write the vote and what it settles."""
        ballot, seat, settles = count.ballot, count.seat, _settles(word, count)
        if count.lapsed:
            await ballots.drop_votes(tx, [vote.id for vote in count.lapsed])
        decided = Decided(
            request_id=ballot.request_id,
            status=settles or RequestStatus.PENDING,
            sentence=_sentence(word, count, settles),
            counted=True,
        )
        now, together = self.deps.clock.now(), _together(word, count)
        seconds = _seconds(word.shown_at or ballot.first_shown_at, now)
        vote = ballots.NewVote(
            id=self.deps.ids.new(),
            at=now,
            request_id=ballot.request_id,
            seat_id=seat.id,
            member_id=word.actor.member_id,
            for_id=seat.holder_id if seat.holder_id != word.actor.member_id else None,
            choice=word.choice.value,
            reason=word.reason,
            conditions=word.conditions,
            surface=word.surface.value,
            payload_hash=word.seen.payload_hash,
            rule_version=word.seen.rule_version,
            seconds=seconds,
            hasty=seconds is not None
            and seconds < Decimal(str(ballot.route.get("read_at_least", 0))),
            settles=settles.value if settles else None,
            all_conditions=together,
            timer=TIMER,
            command_id=word.command_id,
            answer=_as_answer(decided),
        )
        entries = self._entries(word, count, vote)
        settled = await ballots.cast_vote(tx, vote, entries)
        if settled != (settles is not None):
            raise RuntimeError("the request changed under its lock")
        await self._tell(tx, count, settles)
        for entry in entries:
            count_entry(tx, entry.verb)
        count_vote(
            tx, choice=vote.choice, surface=vote.surface, seconds=vote.seconds, hasty=vote.hasty
        )
        return decided

    def _entries(self, word: _Word, count: _Count, vote: ballots.NewVote) -> list[AuditRow]:
        subject, tenant = vote.request_id, word.actor.tenant_id
        entries = [
            self.deps.audit.entry(
                tenant,
                "approval.vote_lapsed",
                subject_id=subject,
                facts={"member": str(gone.member_id), "choice": gone.choice},
            )
            for gone in count.lapsed
        ]
        facts = {
            "choice": vote.choice,
            "reason": vote.reason,
            "for": str(vote.for_id) if vote.for_id else None,
            "surface": vote.surface,
            "hash": vote.payload_hash,
            "rule_version": vote.rule_version,
            "seconds": str(vote.seconds) if vote.seconds is not None else None,
            "hasty": vote.hasty,
            "conditions": list(vote.conditions),
        }
        entries.append(
            self.deps.audit.entry(
                tenant, "approval.vote", actor=word.actor, subject_id=subject, facts=facts
            )
        )
        if vote.settles is not None:
            told = {
                "hash": count.ballot.payload_hash,
                "needed": count.ballot.needed,
                "surface": vote.surface,
                "conditions": list(vote.all_conditions),
            }
            verb = f"approval.{vote.settles}"
            entries.append(
                self.deps.audit.entry(
                    tenant, verb, actor=word.actor, subject_id=subject, facts=told
                )
            )
        return entries

    async def _tell(self, tx: Tx, count: _Count, settles: RequestStatus | None) -> None:
        """Jobs, mails, cards: what follows a vote. Cards last, as everywhere."""
        request_id = count.ballot.request_id
        await self.deps.audit.chain_soon(tx)
        if settles is RequestStatus.APPROVED:
            await jobs.enqueue(tx, "approval.carry", {"request_id": request_id})
        if settles is not None and self.deps.notify is not tell_nobody:
            request = await rows.get_request(tx, request_id)
            if request is not None:
                await self.deps.notify(tx, request, [request.requester_id], "outcome")
        if settles is None and count.lapsed:
            seats = [vote.seat_id for vote in count.lapsed]
            if await ask_anew(tx, self.deps, request_id, seats):
                return
        # The outcome reaches the requester afresh: an update in place notifies nobody.
        afresh = [] if settles is None else [count.ballot.requester_id]
        await surface_again(tx, KIND, request_id, afresh, clock=self.deps.clock, ids=self.deps.ids)


def _settles(word: _Word, count: _Count) -> RequestStatus | None:
    """One no is enough; a yes needs all the distinct people it needs."""
    if word.choice is VoteChoice.REJECT:
        return RequestStatus.REJECTED
    enough = len(count.good) + 1 >= count.ballot.needed
    return RequestStatus.APPROVED if enough else None


def _together(word: _Word, count: _Count) -> tuple[str, ...]:
    """Conditions of all approving votes, in the order they were given."""
    if word.choice is VoteChoice.REJECT:
        return ()
    given = [condition for vote in count.good for condition in vote.conditions]
    return tuple(dict.fromkeys([*given, *word.conditions]))


def _sentence(word: _Word, count: _Count, settles: RequestStatus | None) -> str:
    ballot, seat, voter_id = count.ballot, count.seat, word.actor.member_id
    holder = ballot.people.get(seat.holder_id) if seat.holder_id else None
    instead = f" for {holder.name}" if holder is not None and holder.id != voter_id else ""
    asked = ballot.people.get(ballot.requester_id)
    who = asked.name if asked else "The requester"
    if settles is RequestStatus.REJECTED:
        return f"You rejected this{instead}. {who} sees why."
    if settles is RequestStatus.APPROVED:
        return f"You approved this{instead}. {who} sees it, and it takes effect now."
    spoken = {vote.seat_id for vote in count.good} | {seat.id}
    voters = {vote.member_id for vote in count.good} | {voter_id}
    missing = ballot.needed - len(count.good) - 1
    rest = names_words(deciders(ballot, spoken=spoken, voters=voters))
    return f"Your approval{instead} counts. {missing} more needed, from {rest}."


def _seconds(shown_at: datetime | None, now: datetime) -> Decimal | None:
    if shown_at is None:
        return None
    return max(Decimal(0), Decimal(str(round((now - shown_at).total_seconds(), 3))))


def _reason(text: str) -> str:
    reason = clean_text(text).strip()
    if not any(character.isalnum() for character in reason):
        raise InvalidInput("Say in a few words why.", field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Keep it under {MAX_REASON:,} characters.", field="reason")
    return reason


def _conditions(choice: VoteChoice, given: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(line for text in given if (line := one_line(text))))
    if found and choice is VoteChoice.REJECT:
        raise InvalidInput("Conditions go with an approval only.", field="conditions")
    if len(found) > MAX_CONDITIONS or any(len(line) > MAX_CONDITION for line in found):
        raise InvalidInput(
            f"At most {MAX_CONDITIONS} conditions of {MAX_CONDITION} characters.",
            field="conditions",
        )
    return found


def _as_answer(decided: Decided) -> dict[str, Any]:
    return {
        "request_id": str(decided.request_id),
        "status": decided.status.value,
        "sentence": decided.sentence,
        "counted": decided.counted,
        "fresh_id": str(decided.fresh_id) if decided.fresh_id else None,
    }


def _stored(done: dict[str, Any]) -> Decided:
    if "counted" not in done:
        raise Conflict(OTHER_COMMAND)
    return Decided(
        request_id=UUID(done["request_id"]),
        status=RequestStatus(done["status"]),
        sentence=done["sentence"],
        counted=done["counted"],
        fresh_id=UUID(done["fresh_id"]) if done["fresh_id"] else None,
    )
