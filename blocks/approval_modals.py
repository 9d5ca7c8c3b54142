"""Windows around one approval request. Those that decide repeat all that takes effect, and are
bound to what was seen when they were opened."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.approval_effect import effect_blocks, shown_whole
from blocks.approval_words import (
    CONDITION,
    REASON,
    approve_reasons,
    at,
    reject_reasons,
    until,
)
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    clean,
    context,
    cut,
    link_button,
    literal,
    one_line,
    option,
    plain,
    quotations,
    rich,
    section,
    short,
    words,
)
from blocks.terms import sentence
from blocks.values import Asked, Sight, Target
from services.types.approval_views import ApprovalCardView, QuestionView, SeatView

TALK = 1000
TITLE = 200
MOST_CONDITIONS = 10
EXACTLY = "You decide on exactly this. If it changes first, I tell you and nothing is decided."


# ── Deciding ────────────────────────────────────────────────────────────────────────────────────
def approve_modal(view: ApprovalCardView, seen: Sight) -> Block:
    """All that takes effect, and why it is right, from presets."""
    if not shown_whole(view, on_card=False):
        return _unshowable(view)
    return modal(
        "Approve",
        [*_whole(view), *_reason(approve_reasons(view.type)), context(EXACTLY)],
        callback_id=CallbackId.APPROVAL_APPROVE,
        target=seen,
        submit="Approve",
        close="Cancel",
    )


def conditions_modal(view: ApprovalCardView, seen: Sight) -> Block:
    """The same, with what must hold."""
    if not shown_whole(view, on_card=False):
        return _unshowable(view)
    field = text_field(FieldId.CONDITIONS, "", multiline=True, length=MOST_CONDITIONS * CONDITION)
    field["placeholder"] = plain("Two-year term, signed by 15 December", 150)
    return modal(
        "Approve with conditions",
        [
            *_whole(view),
            input_block(FieldId.CONDITIONS, "Conditions, one a line", field),
            *_reason(approve_reasons(view.type)),
            context("The conditions travel with the approval; the requester sees them.", EXACTLY),
        ],
        callback_id=CallbackId.APPROVAL_CONDITIONS,
        target=seen,
        submit="Approve",
        close="Cancel",
    )


def reject_request_modal(view: ApprovalCardView, seen: Sight) -> Block:
    return modal(
        "Reject",
        [
            section(_asked(view)),
            *_reason(reject_reasons(view.type)),
            context("Nothing takes effect. The requester reads your reason."),
        ],
        callback_id=CallbackId.APPROVAL_REJECT,
        target=seen,
        submit="Reject",
        close="Cancel",
    )


def conditions_of(text: str) -> tuple[str, ...]:
    """One condition a line, without marks of a list."""
    lines = (one_line(line).lstrip("•-*· ").strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def reason_in_words(preset: str, text: str) -> str:
    """One reason out of the preset and the person's own words."""
    own = cut(one_line(text), REASON)
    return ": ".join(part for part in (preset, own) if part)


def _whole(view: ApprovalCardView) -> list[Block]:
    return [section(_asked(view)), *effect_blocks(view, whole=True)]


def _asked(view: ApprovalCardView) -> str:
    instead = f"\nYou decide for {short(view.deciding_for, 60)}." if view.deciding_for else ""
    return f"*{short(view.requester, 60)} asks: {short(view.title, TITLE)}*{instead}"


def _reason(presets: tuple[str, ...]) -> list[Block]:
    """Two taps, or own words."""
    choice: Block = {
        "type": "radio_buttons",
        "action_id": FieldId.PRESET,
        "options": [option(text, text) for text in presets],
    }
    own = text_field(FieldId.REASON, "", multiline=False, length=REASON)
    return [
        input_block(FieldId.PRESET, "Why? Choose one, or say it yourself", choice, optional=True),
        input_block(FieldId.REASON, "In your words", own, optional=True),
    ]


def _unshowable(view: ApprovalCardView) -> Block:
    """What can't be shown whole can't be approved."""
    return modal(
        "It can't be shown whole",
        [
            *effect_blocks(view, whole=False)[:20],
            section(
                "It is longer than Slack can show, or holds characters that can't be shown, so it "
                "can't be approved here. Reject it, or ask for a shorter one."
            ),
        ],
        callback_id=CallbackId.TOLD,
    )


# ── What goes between the two sides ─────────────────────────────────────────────────────────────
def delegate_modal(view: ApprovalCardView) -> Block:
    who: Block = {
        "type": "external_select",
        "action_id": ActionId.DELEGATE_TO,
        "placeholder": plain("A colleague", 150),
        "min_query_length": 0,
    }
    note = text_field(FieldId.NOTE, "", multiline=True, length=TALK)
    return modal(
        "Delegate",
        [
            section(_asked(view)),
            input_block(FieldId.TO, "Who decides instead?", who),
            input_block(FieldId.NOTE, "A word to them", note, optional=True),
            context("They can't hand it on. You may still decide, and the clock keeps running."),
        ],
        callback_id=CallbackId.APPROVAL_DELEGATE,
        target=Target(id=view.request_id),
        submit="Delegate",
        close="Cancel",
    )


def question_modal(view: ApprovalCardView) -> Block:
    field = text_field(FieldId.QUESTION, "", multiline=True, length=TALK)
    return modal(
        "Ask a question",
        [
            section(_asked(view)),
            input_block(FieldId.QUESTION, f"Your question to {cut(view.requester, 60)}", field),
            context(
                f"The answer lands on the card. It stays due {until(view.due_at, view.reader)}."
            ),
        ],
        callback_id=CallbackId.APPROVAL_ASK,
        target=Target(id=view.request_id),
        submit="Ask",
        close="Cancel",
    )


def answer_modal(view: ApprovalCardView, question: QuestionView) -> Block:
    field = text_field(FieldId.ANSWER, "", multiline=True, length=TALK)
    return modal(
        "Answer",
        [
            section(f"*{short(view.title, TITLE)}*"),
            quotations([(question.question, f"{question.asked_by} asks")]),
            input_block(FieldId.ANSWER, "Your answer", field),
            context("Everybody who decides on it sees your answer."),
        ],
        callback_id=CallbackId.APPROVAL_ANSWER,
        target=Asked(id=view.request_id, question=question.id),
        submit="Answer",
        close="Cancel",
    )


# ── Why me ──────────────────────────────────────────────────────────────────────────────────────
def about_modal(view: ApprovalCardView) -> Block:
    """The policy, who was asked and why, and the requester's words whole."""
    lines = [f"• {_seat(seat, view)}" for seat in view.seats]
    blocks = [
        section(f"*{short(view.title, TITLE)}*"),
        section(f"*Who decides, and why*\n{short(view.policy, REASON)}"),
        section("\n".join(lines)) if lines else section("• Nobody holds it."),
    ]
    if view.history:
        handed = "\n".join(f"• {short(line, REASON)}" for line in view.history[-10:])
        blocks.append(section(f"*How it came here*\n{handed}"))
    asked = f"*{short(view.requester, 60)} asked {at(view.created_at, view.reader)}*"
    blocks += [section(asked), _said(view.reason)]
    if view.evidence.strip():
        blocks += [section("*Evidence*"), _said(view.evidence)]
    if view.customer and view.customer.granted_before:
        given = "\n".join(f"• {short(line, 120)}" for line in view.customer.granted_before)
        blocks.append(section(f"*Granted before*\n{given}"))
    ends = (
        f"without a decision it ends {until(view.expires_at, view.reader)}"
        if view.expires_at
        else "it waits until somebody decides"
    )
    quiet = f"due {until(view.due_at, view.reader)} · {ends} · risk {view.risk.value}"
    return modal(
        "Why me, and the policy", [*blocks, context(sentence(quiet))], callback_id=CallbackId.WHY
    )


def _seat(seat: SeatView, view: ApprovalCardView) -> str:
    """`Dana Reyes (VP of sales) approved yesterday at 17:05: “Strategic account”`"""
    who = f"{short(seat.holder or 'Nobody', 60)} ({short(seat.title, 60)})"
    instead = f", {short(seat.delegate, 60)} decides for them" if seat.delegate else ""
    if seat.choice is None or seat.at is None:
        return f"{who}{instead}: not yet"
    verb = "approved" if seat.choice == "approve" else "rejected"
    said = f": “{short(seat.reason, 120)}”" if seat.reason.strip() else ""
    voter = f"{short(seat.voter or 'Somebody', 60)} {verb} {at(seat.at, view.reader)}{said}"
    return voter if seat.voter == seat.holder else f"{voter}, on the seat of {who}"


def _said(text: str) -> Block:
    return rich(literal(cut(clean(text), 2900) or "(nothing)"))


# ── What became of it ───────────────────────────────────────────────────────────────────────────
def outcome_modal(title: str, text: str, link: str | None = None) -> Block:
    """A sentence, and the way to what counts now."""
    blocks = [words(text)]
    if link:
        blocks.append(actions(link_button("Open the fresh request", link)))
    return modal(title, blocks, callback_id=CallbackId.TOLD)
