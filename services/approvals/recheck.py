"""Whether pending requests still hold, and what happens to those that don't.

A request rests on a deal, or on a draft, and on rules. When one of them changes, the job
`approvals.recheck` looks at the requests concerned; a decision looks once more by itself, so that
nothing depends on how soon the job runs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import approval_requests as rows
from db import approval_votes as ballots
from db import jobs
from db.approval_votes import Ballot
from db.models.approvals import ApprovalRequest
from db.session import Database, ReadTx, Tx
from services.approval_routing import route
from services.approval_rules import gated_types, stricter
from services.approvals.deps import Deps
from services.approvals.opening import ask_of
from services.approvals.people import list_absences, load_people
from services.approvals.rule_sets import current_rules
from services.approvals.standing import PREPARING, STRICTER, Moved, deal_moved, draft_moved
from services.approvals.voiding import void
from services.types.approvals import (
    Absence,
    Approver,
    RequestStatus,
    RequestType,
    Route,
    RuleSet,
)

JOB = "approvals.recheck"
PAGE = 500
NOBODY = UUID(int=0)


async def deals_changed(tx: Tx, deal_ids: Collection[UUID]) -> None:
    """Call it in the transaction that changed stage, amount, currency or close date of deals, after
    they are written: the pending requests that rest on them are looked at again."""
    for deal_id in await rows.list_asked_deals(tx, sorted(deal_ids)):
        await jobs.enqueue(tx, JOB, {"deal_id": deal_id})


async def draft_changed(tx: Tx, action_id: UUID) -> None:
    """Call it in the transaction that wrote a new revision of an action's draft, or ended it."""
    await jobs.enqueue(tx, JOB, {"action_id": action_id})


async def rules_changed(tx: Tx) -> None:
    """Call it in the transaction that applied another version of the rules."""
    await jobs.enqueue(tx, JOB)


def moved(ballot: Ballot) -> Moved | None:
    """What the request rests on has changed; None when it stands."""
    if ballot.payload.get("action"):
        change = draft_moved(ballot.payload, ballot.draft)
        if change is not None:
            return change
    return deal_moved(ballot.basis, ballot.deal)


async def stricter_now(tx: Tx, ballot: Ballot, now: datetime) -> Moved | None:
    """Rules newer than those the request was last judged by, if they ask for more. What is found
    not stricter is remembered, so that the next decision needn't look."""
    if ballot.newest_rules <= max(ballot.rule_version, int(ballot.route.get("judged", 0))):
        return None
    request = await rows.get_request(tx, ballot.request_id)
    if request is None:
        return None
    scene = await _Scene.load(tx, now)
    change = scene.judge(request)
    if change is None:
        await rows.set_judged(tx, [ballot.request_id], scene.rules.version)
    return change


@dataclass(frozen=True, slots=True)
class _Scene:
    """The rules as they stand, and who there is to route to."""

    rules: RuleSet
    people: Sequence[Approver]
    absences: Sequence[Absence]
    now: datetime

    @classmethod
    async def load(cls, tx: ReadTx, now: datetime) -> "_Scene":
        return cls(
            await current_rules(tx), await load_people(tx), await list_absences(tx, now), now
        )

    def judge(self, request: ApprovalRequest) -> Moved | None:
        gated = request.type not in set(RequestType)
        if gated and request.type not in gated_types(self.rules):
            why = "The rules no longer ask for this approval."
            return Moved(why=why, reissue=False)
        fresh = route(ask_of(request), self.rules, self.people, self.absences, now=self.now)
        return Moved(why=STRICTER, reissue=True) if stricter(_old_route(request), fresh) else None


def _old_route(request: ApprovalRequest) -> Route:
    """What the rules demanded when the request was routed, as far as strictness goes."""
    facts = request.route
    return Route(
        rule_id=request.rule_id,
        rule_version=request.rule_version,
        title=str(facts.get("title", "")),
        seats=(),
        needed=request.needed,
        sentence=request.route_sentence,
        sla=request.due_at - request.created_at,
        remind_before=(),
        escalate=tuple(facts.get("escalate", ())),
        expires_after=None,
        read_at_least=request.due_at - request.due_at,
    )


@dataclass(frozen=True, slots=True)
class Rechecker:
    """The job `approvals.recheck`. Safe to repeat: it acts on pending requests that don't hold."""

    db: Database
    deps: Deps

    async def recheck(
        self, tenant_id: UUID, *, deal_id: UUID | None = None, action_id: UUID | None = None
    ) -> int:
        """Void and reissue what no longer holds, of one deal, of one action, or by the rules of
        all; how many those were."""
        voided, after, scene = 0, NOBODY, None
        if deal_id is None and action_id is None:
            # Once: counting what waits for whom is dear, and rules newer than these bring a job
            # of their own.
            async with self.db.read(tenant_id) as tx:
                scene = await _Scene.load(tx, self.deps.clock.now())
        while True:
            async with self.db.read(tenant_id) as tx:
                page = await rows.list_pending(
                    tx, deal_id=deal_id, action_id=action_id, after=after, limit=PAGE
                )
            if not page:
                return voided
            after = page[-1].id
            suspects = [one.id for one in page]
            if scene is not None:
                suspects = await self._by_rules(tenant_id, scene, page)
            for request_id in suspects:
                voided += await self._look(tenant_id, request_id)

    async def _by_rules(
        self, tenant_id: UUID, scene: _Scene, page: Sequence[ApprovalRequest]
    ) -> list[UUID]:
        """Those the present rules ask more for. The others are marked as judged, all at once."""
        version = scene.rules.version
        unjudged = [
            one for one in page if max(one.rule_version, one.route.get("judged", 0)) < version
        ]
        strict = {one.id for one in unjudged if scene.judge(one) is not None}
        fine = [one.id for one in unjudged if one.id not in strict]
        if fine:
            async with self.db.transaction(tenant_id) as tx:
                await rows.set_judged(tx, fine, version)
        return sorted(strict)

    async def _look(self, tenant_id: UUID, request_id: UUID) -> bool:
        """One request under its lock: voided, or left as it is."""
        async with self.db.transaction(tenant_id) as tx:
            if not await ballots.lock_ballot(tx, request_id):
                return False
            ballot = await ballots.get_ballot(tx, request_id, NOBODY)
            if ballot is None or ballot.status != RequestStatus.PENDING:
                return False
            if ballot.draft is not None and ballot.draft.draft_status == PREPARING:
                return False  # the new revision will ask again
            change = moved(ballot) or await stricter_now(tx, ballot, self.deps.clock.now())
            if change is None:
                return False
            request = await rows.lock_request(tx, request_id)
            if request is None:
                return False
            await void(tx, self.deps, request, change.why, reissue=change.reissue)
            return True
