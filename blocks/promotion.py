"""A higher level to be decided on, what it rests on, and a level that moved."""

from collections.abc import Mapping

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.lint import fitted
from blocks.modals import input_block, modal, text_field
from blocks.own_text import NARROW, at_words
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    count,
    divider,
    moment,
    percent,
    section,
    short,
)
from blocks.values import Target
from services.types.actions import AutonomyLevel
from services.types.autonomy_words import deed, level_words, name_of
from services.types.earning import EvidenceView, Interval, LevelView, PromotionView

_GOOD = {
    AutonomyLevel.SHADOW: "would have been right",
    AutonomyLevel.SUGGEST: "taken up",
    AutonomyLevel.APPROVE: "unchanged",
    AutonomyLevel.UNDO_WINDOW: "not stopped",
}
_DECIDED = {AutonomyLevel.UNDO_WINDOW: "left by themselves", AutonomyLevel.SHADOW: "looked at"}
TOO_FEW = 20
"""Fewer say nothing about a share."""


_AFTER = {
    "approved": "It can be limited or stopped at any time: `/understudy autonomy`.",
    "declined": "Not proposed again for 30 days, and then only on fresh evidence.",
}


# ── The proposal ────────────────────────────────────────────────────────────────────────────────
def promotion_text(view: PromotionView) -> str:
    name = name_of(view.action_type).capitalize()
    return f"{name}: {_wish(view)}"


def _wish(view: PromotionView) -> str:
    them = name_of(view.action_type)
    match view.after:
        case AutonomyLevel.SUGGEST:
            return f"may I suggest {them}?"
        case AutonomyLevel.APPROVE:
            return "may I write them at once, for you to decide on?"
        case AutonomyLevel.UNDO_WINDOW:
            return f"allow them to leave by themselves, {_undo(view.undo_minutes)}?"
        case _:
            return f"allow them to leave without waiting, {_undo(view.undo_minutes)}?"


def _undo(minutes: float) -> str:
    if minutes >= 1:
        return f"with {count(round(minutes), 'minute')} to undo"
    seconds = round(minutes * 60)
    return f"with {count(seconds, 'second')} to undo" if seconds else "with no time to undo"


def promotion_card(view: PromotionView) -> list[Block]:
    """Pending: the figures, what would happen, who decides. Settled: what was decided, by whom."""
    head = section(f"*{promotion_text(view)}*\n{_figures(view)}")
    target = Target(id=view.promotion_id, rev=view.version).encode()
    evidence = button("Evidence", ActionId.PROMOTION_EVIDENCE, target)
    if view.status != "pending":
        quiet = [context(_AFTER[view.status])] if view.status in _AFTER else []
        return [head, section(_settled(view)), actions(evidence), *quiet]
    if not view.mine or view.limit is not None:
        return [head, section(_waits_for(view)), actions(evidence)]
    sure = confirm(
        "Allow it?",
        f"From then on I {deed(view.action_type)} {_consequence(view)}",
        "Allow",
        "Not yet",
    )
    decline = button("Decline…", ActionId.PROMOTION_DECLINE, target)
    return [
        head,
        section(
            f"*I suggest*  One level up: {level_words(view.before)} → {level_words(view.after)}."
        ),
        actions(
            button("Allow", ActionId.PROMOTION_ALLOW, target, style="primary", confirm=sure),
            decline,
            evidence,
        ),
        context(
            "Whatever policy asks a person about still asks. I go back by myself when it stops "
            "holding, and say so."
        ),
    ]


def _figures(view: PromotionView) -> str:
    """`62 decided, 97 % unchanged (at least 91 %), answered within 7 days 0.71 ± 0.05, …`."""
    share = percent(view.share) if view.share is not None else "none"
    parts = [
        f"{view.counted:,} {_DECIDED.get(view.before, 'decided')}",
        f"{share} {_GOOD.get(view.before, 'good')} (at least {percent(view.low)})",
    ]
    if view.success.value is not None:
        parts.append(_success(view.success, view.stated))
    if view.quiet_days:
        what = "undo" if view.before is AutonomyLevel.APPROVE else "incident"
        parts.append(f"no {what} in {view.quiet_days} days")
    return f"{', '.join(parts)}."


def _success(success: Interval, stated: float | None) -> str:
    """`calibrated success 0.71 ± 0.05 (answered within 7 days; of the same mails I say 0.69)`."""
    if stated is None:
        return f"answered within 7 days {interval_words(success)}"
    return (
        f"calibrated success {interval_words(success)} (answered within 7 days; of the same mails "
        f"I say {stated:.2f})"
    )


def _consequence(view: PromotionView) -> str:
    if view.after.acts:
        return f"by myself, {_undo(view.undo_minutes)}. Every one is told on its card."
    return f"at the level “{level_words(view.after)}”. Nothing leaves without a person."


def _waits_for(view: PromotionView) -> str:
    if view.limit is not None:
        return (
            f"Your organisation's limit is “{level_words(view.limit)}”, so this can't be allowed. "
            "An admin can lift it: `/understudy autonomy`."
        )
    able = " or ".join(short(name, 60) for name in view.deciders)
    why = "You decided most of what this rests on. " if view.contributor else ""
    if able:
        return f"{why}{able} can decide on it."
    return (
        f"{why}Nobody here can decide on it: it takes a manager or an admin who didn't decide most "
        "of these. It stays as it is."
    )


def _settled(view: PromotionView) -> str:
    when = ""
    if view.decided_at is not None:
        when = f" {at_words(view.decided_at, view.reader)}"
    who = short(view.decided_by or "Somebody who has left", 60)
    match view.status:
        case "approved":
            return f"*Allowed* by {who}{when}."
        case "declined":
            return f"*Declined* by {who}{when}: {short(view.reason, 300)}"
        case _:
            return f"*Withdrawn by me*{when}. {short(view.reason, 300)}"


def decline_modal(target: Target) -> Block:
    return modal(
        "Decline",
        [
            input_block(
                FieldId.REASON, "Why?", text_field(FieldId.REASON, "", multiline=True, length=500)
            ),
            context("I won't propose it for 30 days, and then only on fresh evidence."),
        ],
        callback_id=CallbackId.PROMOTION_DECLINE,
        target=target,
        submit="Decline",
        close="Cancel",
    )


# ── What it rests on ────────────────────────────────────────────────────────────────────────────
def evidence_modal(view: EvidenceView) -> Block:
    """Conditions, what became of the cases, shares, answers, what was left out, examples."""
    when = moment(view.at, view.reader.now, view.reader.timezone)
    parts = [
        section(
            f"*{name_of(view.action_type).capitalize()}: {level_words(view.after)}?*\n"
            f"As it stood {when}: {count(view.counted, 'case')}, at least {percent(view.low)} "
            "good, sure to 99 % however often one looks."
        ),
        section("\n".join(f"• {short(one.words, 240)}" for one in view.conditions)),
        divider(),
        section(f"*What became of them*\n{_list(view.by) or 'Nothing yet.'}"),
        section(f"*The most from one*\n{_shares(view.shares)}"),
        section(f"*Answered within 7 days*\n{_answers(view)}"),
        section(f"*Left out*\n{_list(_left_out(view.left_out)) or 'Nothing.'}"),
    ]
    if view.examples:
        lines = "\n".join(
            f"• {short(one.account or 'no account', 60)}: {short(one.subject or 'no subject', 80)}"
            f" · {short(one.who or 'nobody', 40)}, "
            f"{moment(one.at, view.reader.now, view.reader.timezone)}"
            for one in view.examples
        )
        parts.append(section(f"*To look at*\n{lines}"))
    return modal("Evidence", fitted(parts), callback_id=CallbackId.TOLD)


def _list(of: Mapping[str, int]) -> str:
    ordered = sorted(of.items(), key=lambda one: (-one[1], one[0]))
    return "\n".join(f"• {number:,} {short(name, 80)}" for name, number in ordered)


def _left_out(of: Mapping[str, int]) -> dict[str, int]:
    """`19 more from one week than count`."""
    return {_room(name): number for name, number in of.items()}


def _room(name: str) -> str:
    enough, of, whose = name.partition("enough of one ")
    return f"more from one {whose} than count" if of and not enough else name


def _shares(shares: Mapping[str, float]) -> str:
    return " · ".join(f"{name} {percent(share)}" for name, share in shares.items()) or "Unknown."


def _answers(view: EvidenceView) -> str:
    lines = [
        f"• unchanged: {_of(view.success)}",
        *([f"• what I say of these, calibrated: {view.stated:.2f}"] if view.stated else []),
        f"• edited, apart: {_of(view.edited)}",
        f"• your own mails: {_of(view.baseline)}",
    ]
    left = ", ".join(
        f"{number:,} {short(name, 40)}" for name, number in view.success_left_out.items()
    )
    return "\n".join([*lines, f"• left out: {left}"] if left else lines)


def _of(one: Interval) -> str:
    """`0.71 ± 0.05 of 140`; of a handful, how many there are."""
    if one.value is None or one.of < TOO_FEW:
        return f"too few to tell ({one.of:,})" if one.of else "not known yet"
    return f"{interval_words(one)} of {one.of:,}"


# ── A level that moved ──────────────────────────────────────────────────────────────────────────
def level_text(view: LevelView) -> str:
    does = deed(view.action_type)
    if view.after.rank > view.before.rank:
        if view.after.acts:
            return f"From now on I {does} by myself, {_undo(view.undo_minutes)}."
        return f"{name_of(view.action_type).capitalize()} are at “{level_words(view.after)}” now."
    if view.after.acts:
        return f"There is time to undo again when I {does}: {_undo(view.undo_minutes)[5:]}."
    if view.before.acts:
        return f"I no longer {does} by myself."
    return f"{name_of(view.action_type).capitalize()} are at “{level_words(view.after)}” now."


def level_card(view: LevelView) -> list[Block]:
    names = f" ({', '.join(short(name, 40) for name in view.names)})" if view.names else ""
    why = short(view.why, 400)
    why = f"{why[:-1]}{names}." if names and why.endswith(".") else f"{why}{names}"
    then = _then(view)
    who = f"By {short(view.who, 60)}" if view.who else "By itself"
    moved = f"{level_words(view.before)} → {level_words(view.after)}"
    narrow = f" · {NARROW}" if view.after.acts and view.after.rank > view.before.rank else ""
    return [
        section(f"*{level_text(view)}*\n{why}{f' {then}' if then else ''}"),
        context(f"{who} {at_words(view.at, view.reader)} · {moved}{narrow}"),
    ]


def _then(view: LevelView) -> str:
    if view.before.acts and not view.after.acts:
        if view.after is AutonomyLevel.APPROVE:
            return "They wait for your decision again, also those that were about to leave."
        return "Those that were about to leave wait for your decision."
    if view.after.acts and not view.before.acts:
        return "Each one is told on its card, and anybody concerned may undo it."
    return ""


# ── Words ───────────────────────────────────────────────────────────────────────────────────────
def interval_words(one: Interval) -> str:
    """`0.71 ± 0.05`, or that it isn't known."""
    return "not known yet" if one.value is None else f"{one.value:.2f} ± {one.half_width:.2f}"
