"""The shadow report: what I would have done by myself, beside what people did."""

from blocks.action_ids import CallbackId
from blocks.alert_quality import share_words
from blocks.modals import modal
from blocks.parts import Block, context, count, moment, section, short
from services.types.autonomy_words import type_words
from services.types.shadow import ShadowExample, ShadowLine, ShadowView
from services.types.views import Reader

EXAMPLES, TYPES = 3, 14
_TWO_LINES = 160


def shadow_modal(view: ShadowView) -> Block:
    head = f"*The last {count(view.days, 'day')}*\nWhat I would have done, and what people did."
    blocks = [section(head)]
    if not view.lines:
        blocks.append(section("There is nothing to compare yet."))
    for one in view.lines[:TYPES]:
        blocks.append(section(_figures(one)))
        blocks += [_example(case, view.reader) for case in one.examples[:EXAMPLES]]
    blocks.append(
        context(
            "Agreed: people did within two working days what I would have done, or left it as I "
            "would have. In brackets: 95 % interval."
        )
    )
    return modal("Shadow report", blocks, callback_id=CallbackId.TOLD)


def _figures(one: ShadowLine) -> str:
    later = f" ({one.people_did_later:,} later)" if one.people_did_later else ""
    still = f"\nStill open: {one.still_open:,}" if one.still_open else ""
    return (
        f"*{type_words(one.action_type)}* · agreed {share_words(one.agreement)}\n"
        f"I: {one.would_send:,} sent, {one.would_ask:,} asked, {one.would_stop:,} stopped\n"
        f"People: {one.people_did_alike:,} alike, {one.people_did_otherwise:,} otherwise, "
        f"{one.people_did_nothing:,} nothing{later}{still}"
    )


def _example(one: ShadowExample, reader: Reader) -> Block:
    """Two lines of what I would have written, and of what was sent."""
    theirs = short(one.theirs, _TWO_LINES) if one.theirs.strip() else "nothing"
    when = f", {moment(one.at, reader.now, reader.timezone)}" if one.at else ""
    return context(
        f"{short(one.account, 60)}{when}\nI: {short(one.mine, _TWO_LINES)}\nSent: {theirs}"
    )
