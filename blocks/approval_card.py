"""The card about one approval request: for who decides, who asked, and who looks on."""

from datetime import date

from blocks.action_ids import ActionId
from blocks.approval_effect import effect_blocks, shown_whole
from blocks.approval_words import (
    REASON,
    TYPES,
    URGENCIES,
    at,
    due_words,
    named,
    settled_words,
    takes_conditions,
    until,
)
from blocks.lint import fits
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    day,
    local_day,
    money,
    overflow,
    quotations,
    section,
    short,
)
from blocks.terms import health_words, leaving_words, sentence, state_words
from blocks.values import Asked, Choice, Sight, Target, Wish
from services.types.approval_views import ApprovalCardView, QuestionView, SeatView
from services.types.approvals import CarryStatus, RequestStatus, Risk

TITLE = 150
TOO_LONG = "It can't be shown here whole; read all of it before you decide."
QUESTIONS = 3
"""Questions, and voices, that the card shows; its window has them all."""
CONDITIONS = 10
REASON_ON_CARD = 200


def approval_card(view: ApprovalCardView) -> list[Block]:
    """What is asked, why, what will take effect, the actions, the quiet line."""
    if view.status != RequestStatus.PENDING:
        return settled_card(view)
    if view.part == "requester":
        return _asked_card(view)
    if view.may_decide:
        return _deciding_card(view)
    return _watching_card(view)


def approval_card_text(view: ApprovalCardView) -> str:
    """The stand-in for notifications and screen readers."""
    what = short(view.title, TITLE)
    if view.status != RequestStatus.PENDING:
        return f"{what}: {settled_words(view)}"
    if view.part == "requester":
        return f"You asked: {what}. {sentence(_holder_words(view))}"
    again = "Reminder: " if view.reminded and view.may_decide else ""
    return f"{again}{short(view.requester, 60)} asks: {what}, {due_words(view).strip('*')}"


def sight(view: ApprovalCardView) -> Sight:
    """What a decision from this card is bound to."""
    return Sight(id=view.request_id, hash=view.seen.payload_hash, rules=view.seen.rule_version)


# ── Who decides ─────────────────────────────────────────────────────────────────────────────────
def _deciding_card(view: ApprovalCardView) -> list[Block]:
    head = [section(f"*{_headline(view)}*"), context(_standing(view), *_handed(view))]
    why = [quotations(proofs)] if (proofs := _proofs(view)) else []
    talk = _talk(view)
    whole = shown_whole(view, on_card=True)
    effect = effect_blocks(view, whole=False)
    quiet = context(*_quiet_lines(view))
    if whole:
        closing = [actions(*_decisions(view, whole=True)), quiet]
        blocks = [*head, *why, *_facts(view), *effect, *talk, *closing]
        if fits(blocks):
            return blocks
    closing = [section(TOO_LONG), actions(*_decisions(view, whole=False)), quiet]
    blocks = [*head, *why, *_facts(view), *effect, *talk, *closing]
    return blocks if fits(blocks) else [*head, *closing]


def _headline(view: ApprovalCardView) -> str:
    return f"{short(view.requester, 60)} asks: {short(view.title, TITLE)}"


def _standing(view: ApprovalCardView) -> str:
    parts = ["reminder"] if view.reminded else []
    parts += [due_words(view), URGENCIES[view.urgency]]
    parts += ["high risk"] if view.risk == Risk.HIGH else []
    if view.deciding_for:
        parts.append(f"you decide for {short(view.deciding_for, 60)}")
    if view.replaces:
        parts.append("in place of a request that became void")
    return sentence(" · ".join(part for part in parts if part))


def _handed(view: ApprovalCardView) -> list[str]:
    """How it came to who has it now, unless the policy says just that."""
    last = view.history[-1] if view.history else ""
    return [short(last, REASON)] if last and last not in view.policy else []


def _proofs(view: ApprovalCardView) -> list[tuple[str, str]]:
    """The requester's words, once: where they are what takes effect, they stand there."""
    told = {line.after for line in view.effect}
    proofs = [] if view.reason in told else [(view.reason, "Why")]
    if view.evidence.strip():
        proofs.append((view.evidence, "Evidence"))
    return [(words, label) for words, label in proofs if words.strip()]


def _facts(view: ApprovalCardView) -> list[Block]:
    """The customer in two lines: what they are worth, how they are, what they already got."""
    lines = [line for line in (_customer(view), _deal(view), _earlier(view)) if line]
    return [section("\n".join(lines))] if lines else []


def _customer(view: ApprovalCardView) -> str:
    facts = view.customer
    if facts is None:
        return ""
    today = local_day(view.reader.now, view.reader.timezone)
    worth = (
        f"{money(facts.value, facts.currency)} in open and won deals"
        if facts.value is not None
        else "worth not known"
    )
    parts = [worth, health_words(facts.health)]
    parts += [short(state_words(facts.lifecycle), 40)] if facts.lifecycle else []
    if facts.renewal_date:
        parts.append(f"renews {day(date.fromisoformat(facts.renewal_date), today)}")
    parts += [f"competitor {short(facts.competitor, 60)}"] if facts.competitor.strip() else []
    return f"*{short(facts.name, 60)}*: {' · '.join(parts)}"


def _deal(view: ApprovalCardView) -> str:
    deal = view.deal
    if deal is None:
        return ""
    today = local_day(view.reader.now, view.reader.timezone)
    parts = [short(state_words(deal.stage), 30), money(deal.amount, deal.currency)]
    parts += [f"closes {day(deal.close_date, today)}"] if deal.close_date else []
    return f"*{short(deal.name, 60)}*: {' · '.join(parts)}"


def _earlier(view: ApprovalCardView) -> str:
    if view.customer is None or not view.customer.granted_before:
        return ""
    given = "; ".join(short(line, 90) for line in view.customer.granted_before[:3])
    return f"Granted before: {given}"


def _decisions(view: ApprovalCardView, *, whole: bool) -> list[Block]:
    value = sight(view).encode()
    reject = button("Reject", ActionId.APPROVAL_REJECT, value, style="danger")
    more = overflow(ActionId.APPROVAL_MORE, _entries(view))
    if not whole:
        read = button("Read all", ActionId.APPROVAL_READ_ALL, value, style="primary")
        return [read, reject, more]
    approve = button("Approve", ActionId.APPROVAL_APPROVE, value, style="primary")
    under = button("Approve with conditions", ActionId.APPROVAL_CONDITIONS, value)
    return [approve, *([under] if takes_conditions(view.type) else []), reject, more]


def _entries(view: ApprovalCardView) -> list[tuple[str, str]]:
    entries = [("Delegate", ActionId.APPROVAL_DELEGATE)] if view.may_delegate else []
    if view.may_decide:
        entries.append(("Ask a question", ActionId.APPROVAL_ASK))
    entries.append(("Why me, and the policy", ActionId.APPROVAL_ABOUT))
    if view.customer is not None and view.customer.account_id is not None:
        entries.append(("Brief on the account", ActionId.BRIEF))
    return [(text, Choice(id=view.request_id, do=do).encode()) for text, do in entries]


def _quiet_lines(view: ApprovalCardView) -> list[str]:
    """The policy, and who else must agree."""
    lines = [short(view.policy, REASON)]
    voices = _voices(view)
    if voices:
        lines.append(voices)
    if view.expires_at:
        lines.append(f"Without a decision it ends {until(view.expires_at, view.reader)}.")
    return [line for line in lines if line]


def _voices(view: ApprovalCardView) -> str:
    """Who has spoken, and who else is asked; nothing where one voice is enough."""
    done = [seat for seat in view.seats if seat.choice and seat.voter and seat.at]
    if view.needed < 2 and not done:  # noqa: PLR2004 - one voice
        return ""
    said = [
        f"{short(seat.voter or '', 60)} {_verb(seat)} {at(seat.at, view.reader)}"
        for seat in done[-QUESTIONS:]
        if seat.at
    ]
    # Whoever doesn't decide reads above who has it.
    others = [one for one in view.deciders if view.may_decide and one != view.reader.name]
    parts = [f"{view.needed} must agree" if view.needed > 1 else "", *said]
    parts += [f"also asked: {named(others, 'and')}"] if others else []
    return sentence(" · ".join(part for part in parts if part))


def _verb(seat: SeatView) -> str:
    return "approved" if seat.choice == "approve" else "rejected"


# ── Questions ───────────────────────────────────────────────────────────────────────────────────
def _talk(view: ApprovalCardView) -> list[Block]:
    """The last questions and their answers."""
    said: list[tuple[str, str]] = []
    for question in view.questions[-QUESTIONS:]:
        when = at(question.asked_at, view.reader)
        answered = question.answer is not None
        open_ = "" if answered else "; no answer yet"
        said.append((question.question, f"{question.asked_by} asked {when}{open_}"))
        if question.answer is not None:
            said.append((question.answer, f"{question.answered_by or 'Somebody'} answered"))
    return [quotations(said)] if said else []


def _unanswered(view: ApprovalCardView) -> list[QuestionView]:
    return [question for question in view.questions if question.answer is None]


# ── Who asked, and who looks on ─────────────────────────────────────────────────────────────────
def _asked_card(view: ApprovalCardView) -> list[Block]:
    told = [f"*You asked: {short(view.title, TITLE)}*", sentence(_holder_words(view))]
    head = section("\n".join([*told, *_handed(view)]))
    answers = [
        button(
            "Answer" if number == 0 else f"Answer question {number + 1}",
            ActionId.APPROVAL_ANSWER if number == 0 else f"{ActionId.APPROVAL_ANSWER}#{number}",
            Asked(id=view.request_id, question=question.id).encode(),
            style="primary" if number == 0 else None,
        )
        for number, question in enumerate(_unanswered(view)[-QUESTIONS:])
    ]
    withdraw = button(
        "Withdraw",
        ActionId.APPROVAL_WITHDRAW,
        Target(id=view.request_id).encode(),
        confirm=confirm(
            "Withdraw the request?",
            "Nobody decides on it any more. You can ask anew at any time.",
            "Withdraw",
            "Keep it",
        ),
    )
    effect, closing = effect_blocks(view, whole=False), context(*_quiet_lines(view))
    blocks = [head, *effect, *_talk(view), actions(*answers, withdraw), closing]
    return blocks if fits(blocks) else [head, *_talk(view), actions(*answers, withdraw), closing]


def _holder_words(view: ApprovalCardView) -> str:
    """`Dana Reyes (VP of sales) has it until tomorrow 10:42.`"""
    holders = [_holder(seat) for seat in view.seats if seat.choice is None and _speaker(seat)]
    if not holders:
        return "nobody holds it at the moment; the admins have been told."
    have = "have" if len(holders) > 1 else "has"
    when = until(view.due_at, view.reader)
    if view.overdue:
        return f"{named(holders, 'and')} {have} it; it was due {when}."
    return f"{named(holders, 'and')} {have} it until {when}."


def _speaker(seat: SeatView) -> str | None:
    return seat.delegate or seat.holder


def _holder(seat: SeatView) -> str:
    return f"{_speaker(seat)} ({seat.title})" if not seat.delegate else f"{seat.delegate}"


def _watching_card(view: ApprovalCardView) -> list[Block]:
    """For who has spoken already, once had it, or oversees it."""
    own = next((s for s in view.seats if s.voter == view.reader.name and s.at), None)
    told = sentence(_holder_words(view))
    if own is not None and own.at is not None:
        told = f"You {_verb(own)} this {at(own.at, view.reader)}. {told}"
    text = "\n".join([f"*{_headline(view)}*", told, *_handed(view)])
    more = overflow(ActionId.APPROVAL_MORE, _entries(view))
    return [section(text, more), context(*_quiet_lines(view))]


# ── Settled ─────────────────────────────────────────────────────────────────────────────────────
def settled_card(view: ApprovalCardView) -> list[Block]:
    """A few lines: who settled it, when, how, and what came of it."""
    lines = [f"*{short(view.title, TITLE)}*", f"{settled_words(view)}{_said(view)}"]
    if view.status == RequestStatus.APPROVED and view.conditions:
        lines.append("Conditions:")
        lines += [f"• {short(text, REASON_ON_CARD)}" for text in view.conditions[:CONDITIONS]]
    blocks = [section("\n".join(lines))]
    blocks += _carried(view) if view.status == RequestStatus.APPROVED else []
    if view.hasty and view.own_seconds is not None:
        blocks.append(context(f"You decided {view.own_seconds:.0f} s after it reached you."))
    step = _next_step(view)
    if view.undo is not None and view.undo.allowed:
        step = button("Undo", ActionId.UNDO, Target(id=view.undo.action_id).encode())
    return [*blocks, actions(step)] if step else blocks


def _said(view: ApprovalCardView) -> str:
    """Their reasons, in their words."""
    if view.status not in {RequestStatus.APPROVED, RequestStatus.REJECTED}:
        return ""
    wanted = "approve" if view.status == RequestStatus.APPROVED else "reject"
    said = [seat.reason for seat in view.seats if seat.choice == wanted and seat.reason.strip()]
    said = said or ([view.settled_reason] if view.settled_reason else [])
    return "".join(f" “{short(text, REASON_ON_CARD)}”" for text in dict.fromkeys(said))


def _carried(view: ApprovalCardView) -> list[Block]:
    note = short(view.carry_note or "", REASON)
    match view.carry_status:
        case CarryStatus.QUEUED:
            return [context("It takes effect in a moment.")]
        case CarryStatus.DONE:
            return [context(note or _in_effect(view))]
        case CarryStatus.FAILED:
            help_ = "" if view.may_retry else " The admins have been told and can try again."
            return [section(f"*It hasn't taken effect.* {note}{help_}")]
    return []


def _in_effect(view: ApprovalCardView) -> str:
    if view.undo is not None and view.undo.leaves_at > view.reader.now:
        return f"The mail {leaving_words(view.undo, view.reader)}."
    if view.draft is not None:
        return "The mail is on its way; its own card says when it has left."
    changed = [
        f"{short(line.label, 80)}: {short(line.before, 60)} → {short(line.after, 60)}"
        for line in view.effect
        if line.before
    ]
    return f"In effect. {'; '.join(changed)}" if changed else "In effect."


def _next_step(view: ApprovalCardView) -> Block | None:
    target = Target(id=view.request_id)
    if view.may_retry and view.carry_status == CarryStatus.FAILED:
        return button("Try again", ActionId.APPROVAL_RETRY, target.encode(), style="primary")
    if view.replaced_by is not None:
        fresh = Target(id=view.replaced_by).encode()
        return button("Show the fresh request", ActionId.APPROVAL_SHOW_FRESH, fresh)
    if view.status == RequestStatus.EXPIRED and view.part == "requester" and view.type in TYPES:
        name = view.customer.name[:200] if view.customer else ""
        return button("Ask again", ActionId.REQUEST, Wish(type=view.type, account=name).encode())
    return None
