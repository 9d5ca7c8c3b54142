"""Opening a request inside the caller's transaction: checked, judged by risk, routed, seated, told.

Used for what members ask for, for gated drafts, and for the fresh request that takes a voided one's
place.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import approval_requests as rows
from db import customers, drafts, jobs
from db.models.approvals import ApprovalRequest, ApprovalSeat
from db.models.customers import Account
from db.models.tenants import Member
from db.session import Tx
from services.analytics.marking import mark
from services.approval_routing import risk_of, route
from services.approvals.deps import Deps
from services.approvals.gated import require_gate
from services.approvals.payload import (
    CheckedForm,
    basis_of,
    check_form,
    clean_reason,
    gated_payload,
)
from services.approvals.people import list_absences, load_people
from services.approvals.rule_sets import current_rules
from services.approvals.timing import arm
from services.approvals.wording import title
from services.cards import touch
from services.draft_findings import require_seen
from services.errors import Conflict, NotFound
from services.types.approvals import (
    Approver,
    Ask,
    RequestForm,
    Risk,
    Route,
    Seat,
    Surface,
    Urgency,
)
from services.types.people import Actor, Role

KIND = "approval"
"""The cards about a request, and the timers."""


async def open_request(
    tx: Tx,
    deps: Deps,
    form: RequestForm,
    requester: Member,
    *,
    actor: Actor | None = None,
    replaces: ApprovalRequest | None = None,
) -> ApprovalRequest:
    """The request, pending with whom the rules name, or approved at once by a template. A fresh
    request in the place of a voided one always waits for a person: one was asked before.

    InvalidInput names the field; Conflict when the same thing is already being asked.
    """
    await rows.lock_asking(tx, requester.id)
    if form.action_id is not None:
        await rows.lock_asking(tx, form.action_id)
    checked, account = await _checked(tx, form, requester)
    now = deps.clock.now()
    await _require_new(tx, checked, requester)
    rules = await current_rules(tx)
    if replaces is not None:
        rules = replace(rules, auto_approvals=())
    people = await load_people(tx)
    risk = risk_of(
        type=checked.type,
        percentage=checked.percentage,
        amount=checked.amount,
        health=account.health if account else None,
        stage=checked.basis.get("stage"),
    )
    found = route(
        _ask(checked, requester.id, form.urgency, risk),
        rules,
        people,
        await list_absences(tx, now),
        now=now,
        autos_this_month=await rows.count_autos(
            tx, requester_id=requester.id, since=_month_began(now, requester.timezone)
        ),
    )
    request = _row(tx, deps, checked, found, requester=requester, urgency=form.urgency, risk=risk)
    request.replaces_id = replaces.id if replaces else None
    seats = [
        _seat_row(tx, deps, request, seat, number=number)
        for number, seat in enumerate(found.seats, start=1)
    ]
    await rows.add_request(tx, request, seats)
    if request.action_id is not None:
        await mark(tx, request.action_id, clock=deps.clock, ids=deps.ids)
    await _record(tx, deps, request, seats, named=checked.title, actor=actor)
    await _begin(tx, deps, request, seats, people)
    return request


async def _require_new(tx: Tx, checked: CheckedForm, requester: Member) -> None:
    """The same effect is asked for once by a requester. Whether somebody already asks for a
    draft's approval, its gate has looked."""
    if checked.action_id is not None:
        return
    same = await rows.find_same(tx, requester_id=requester.id, payload_hash=checked.payload_hash)
    if same is not None:
        raise Conflict(f"You are already asking for this: {checked.title}.")


def routed_to(seats: Sequence[ApprovalSeat]) -> list[UUID]:
    """Whose word is waited for: the delegate's, where the holder is absent."""
    voices = [seat.delegate_id or seat.holder_id for seat in seats]
    return list(dict.fromkeys(voice for voice in voices if voice is not None))


def everybody(request: ApprovalRequest, seats: Sequence[ApprovalSeat]) -> list[UUID]:
    """The requester and all who hold a seat or speak for one."""
    found = [request.requester_id]
    for seat in seats:
        found += [one for one in (seat.holder_id, seat.delegate_id) if one is not None]
    return list(dict.fromkeys(found))


def ask_of(request: ApprovalRequest) -> Ask:
    """What routing must know of a request, as it was when it was made."""
    return Ask(
        type=request.type,
        requester_id=request.requester_id,
        urgency=Urgency(request.urgency),
        risk=Risk(request.risk),
        percentage=request.percentage,
        amount=request.amount,
        currency=request.currency,
    )


def _ask(checked: CheckedForm, requester_id: UUID, urgency: Urgency, risk: Risk) -> Ask:
    return Ask(
        type=checked.type,
        requester_id=requester_id,
        urgency=urgency,
        risk=risk,
        percentage=checked.percentage,
        amount=checked.amount,
        currency=checked.currency,
    )


# ── What is asked ───────────────────────────────────────────────────────────────────────────────
async def _checked(
    tx: Tx, form: RequestForm, requester: Member
) -> tuple[CheckedForm, Account | None]:
    if form.action_id is not None:
        return await _gated(tx, form, requester, form.action_id)
    # Held until the end: what the request rests on can't move before it is there to be voided.
    deal = await rows.hold_deal(tx, form.deal_id)
    if form.deal_id is not None and deal is None:
        raise NotFound("This deal is no longer there.")
    account_id = form.account_id or (deal.account_id if deal else None)
    account = await customers.get_account(tx, account_id)
    if form.account_id is not None and account is None:
        raise NotFound("This account is no longer there.")
    return check_form(form, deal, account), account


async def _gated(
    tx: Tx, form: RequestForm, requester: Member, action_id: UUID
) -> tuple[CheckedForm, Account | None]:
    """A draft that needs a request: exactly its current revision. The size of the deal is what
    bands by amount are judged by."""
    held = await rows.hold_draft(tx, action_id)
    if held is None:
        raise NotFound("This draft is no longer there.")
    action, draft = held
    revision = await drafts.get_revision(tx, draft.id, draft.revision)
    if action.status != "pending" or draft.status != "ready" or revision is None:
        raise Conflict("This draft is not waiting to be sent.")
    if form.revision is not None and form.revision != draft.revision:
        raise Conflict("The draft has changed since this card was shown.")
    gate = await require_gate(tx, requester, action, draft, revision)
    require_seen(revision.findings, form.seen)
    deal = await rows.hold_deal(tx, action.deal_id)
    account = await customers.get_account(tx, action.account_id)
    checked = CheckedForm(
        type=gate,
        account_id=action.account_id,
        deal_id=deal.id if deal else None,
        action_id=action.id,
        percentage=None,
        amount=deal.amount if deal else None,
        currency=deal.currency if deal else "USD",
        reason=clean_reason(form.reason),
        evidence=form.evidence,
        competitor=form.competitor,
        payload=gated_payload(
            action_type=gate,
            action_id=action.id,
            draft_id=draft.id,
            revision=draft.revision,
            content_hash=revision.content_hash,
        ),
        basis=basis_of(deal),
        title=title(
            gate,
            account=account.name if account else None,
            percentage=None,
            amount=None,
            currency="USD",
            subject=revision.subject,
        ),
    )
    return checked, account


# ── The rows ────────────────────────────────────────────────────────────────────────────────────
def _row(
    tx: Tx,
    deps: Deps,
    checked: CheckedForm,
    found: Route,
    *,
    requester: Member,
    urgency: Urgency,
    risk: Risk,
) -> ApprovalRequest:
    auto, now = found.auto, deps.clock.now()
    return ApprovalRequest(
        tenant_id=tx.tenant_id,
        id=deps.ids.new(),
        created_at=now,
        type=checked.type,
        status="approved" if auto else "pending",
        urgency=urgency.value,
        risk=risk.value,
        requester_id=requester.id,
        account_id=checked.account_id,
        deal_id=checked.deal_id,
        action_id=checked.action_id,
        percentage=checked.percentage,
        amount=checked.amount,
        currency=checked.currency,
        reason=checked.reason,
        evidence=checked.evidence,
        competitor=checked.competitor,
        payload=dict(checked.payload),
        payload_hash=checked.payload_hash,
        basis=dict(checked.basis),
        rule_version=found.rule_version,
        rule_id=found.rule_id,
        route=route_facts(found),
        route_sentence=found.sentence,
        needed=found.needed,
        due_at=now + found.sla,
        expires_at=now + found.expires_after if found.expires_after else None,
        auto_template=auto.name if auto else None,
        settled_at=now if auto else None,
        settled_surface=Surface.RULE.value if auto else None,
        carry_status="queued" if auto else "none",
    )


def route_facts(found: Route) -> dict[str, Any]:
    """What stays of a route besides its columns: the periods as seconds, and what it demands."""
    return {
        "title": found.title,
        "sla": int(found.sla.total_seconds()),
        "remind_before": [int(one.total_seconds()) for one in found.remind_before],
        "escalate": list(found.escalate),
        "expires_after": int(found.expires_after.total_seconds()) if found.expires_after else None,
        "read_at_least": found.read_at_least.total_seconds(),
    }


def _seat_row(
    tx: Tx, deps: Deps, request: ApprovalRequest, seat: Seat, *, number: int
) -> ApprovalSeat:
    now = request.created_at
    chain = []
    if seat.delegate_id is not None:
        chain.append(chain_link(seat.holder_id, seat.delegate_id, seat.why, now, by=None))
    return ApprovalSeat(
        tenant_id=tx.tenant_id,
        id=deps.ids.new(),
        created_at=now,
        request_id=request.id,
        number=number,
        waiting=request.status == "pending",
        title=seat.title,
        holder_id=seat.holder_id,
        delegate_id=seat.delegate_id,
        chain=chain,
    )


def chain_link(
    source: UUID | None, target: UUID | None, why: str, at: datetime, *, by: UUID | None
) -> dict[str, Any]:
    """One link of a seat's chain. `by` is None where a rule did it."""
    return {
        "from": str(source) if source else None,
        "to": str(target) if target else None,
        "why": why,
        "at": at.isoformat(),
        "by": str(by) if by else None,
    }


# ── What follows ────────────────────────────────────────────────────────────────────────────────
async def _record(
    tx: Tx,
    deps: Deps,
    request: ApprovalRequest,
    seats: Sequence[ApprovalSeat],
    *,
    named: str,
    actor: Actor | None,
) -> None:
    told = {
        "title": named,
        "payload": request.payload,
        "hash": request.payload_hash,
        "rule": request.rule_id,
        "rule_version": request.rule_version,
        "policy": request.route_sentence,
        "needed": request.needed,
        "requester": str(request.requester_id),
        "asked": [
            {"title": s.title, "holder": s.holder_id, "delegate": s.delegate_id} for s in seats
        ],
        "replaces": str(request.replaces_id) if request.replaces_id else None,
    }
    await deps.audit.append(
        tx, "approval.submitted", actor=actor, subject_id=request.id, facts=told
    )
    if request.auto_template is not None:
        await deps.audit.append(
            tx,
            "approval.auto_approved",
            subject_id=request.id,
            facts={"template": request.auto_template, "hash": request.payload_hash},
        )


async def _begin(
    tx: Tx,
    deps: Deps,
    request: ApprovalRequest,
    seats: Sequence[ApprovalSeat],
    people: Sequence[Approver],
) -> None:
    """Timer or effect, then who is told; cards last, as everywhere."""
    voices = routed_to(seats)
    recipients = everybody(request, seats)
    if request.status == "pending":
        await arm(tx, request)
        if any(seat.holder_id is None for seat in seats):
            admins = [one.id for one in people if one.role is Role.ADMIN and one.active]
            recipients += admins
            voices += [one for one in admins if one != request.requester_id]
        await deps.notify(tx, request, list(dict.fromkeys(voices)), "request")
        if request.urgency == Urgency.CRITICAL:
            await deps.alarm(tx, request, list(dict.fromkeys(voices)))
    else:
        await jobs.enqueue(tx, "approval.carry", {"request_id": request.id})
    await touch(tx, KIND, request.id, recipients, clock=deps.clock, ids=deps.ids)


def _month_began(now: datetime, timezone: str) -> datetime:
    local = now.astimezone(ZoneInfo(timezone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
