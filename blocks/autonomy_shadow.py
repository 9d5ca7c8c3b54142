"""The shadow report: what I would have done by myself, beside what people did."""

from blocks.action_ids import CallbackId
from blocks.modals import modal
from blocks.parts import Block, context, count, section, short
from services.types.autonomy_words import type_words
from services.types.shadow import ShadowExample, ShadowLine, ShadowView

EXAMPLES = 3
_TWO_LINES = 160


def shadow_modal(view: ShadowView) -> Block:
    head = f"*The last {count(view.days, 'day')}*\nWhat I would have done, and what people did."
    blocks = [section(head)]
    if not view.lines:
        blocks.append(section("There is nothing to compare yet."))
    for one in view.lines:
        blocks.append(section(_figures(one)))
        blocks += [_example(case) for case in one.examples[:EXAMPLES]]
    blocks.append(
        context("Alike: a person sent what I would have sent. In brackets: 95 % interval.")
    )
    return modal("Shadow report", blocks, callback_id=CallbackId.TOLD)


def _figures(one: ShadowLine) -> str:
    return (
        f"*{type_words(one.action_type)}* · alike {_agreement(one)}\n"
        f"I: {one.would_send:,} sent, {one.would_ask:,} asked, {one.would_stop:,} stopped\n"
        f"People: {one.people_did_alike:,} alike, {one.people_did_otherwise:,} otherwise, "
        f"{one.people_did_nothing:,} nothing"
    )


def _agreement(one: ShadowLine) -> str:
    share = one.agreement
    if share.value is None:
        return "not known yet"
    words = f"{share.value * 100:.0f} % of {share.of:,}"
    if share.low is None or share.high is None:
        return words
    return f"{words} ({share.low * 100:.0f} to {share.high * 100:.0f} %)"


def _example(one: ShadowExample) -> Block:
    theirs = short(one.theirs, _TWO_LINES) if one.theirs.strip() else "nothing"
    return context(f"{short(one.account, 60)}\nI: {short(one.mine, _TWO_LINES)}\nSent: {theirs}")
