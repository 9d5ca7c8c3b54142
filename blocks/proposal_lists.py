"""`/understudy proposals`, and the windows of a proposal."""

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.alert import proofs
from blocks.lint import fitted
from blocks.modals import input_block, modal, text_field
from blocks.parts import Block, button, context, count, moment, section, short
from blocks.proposal import KIND_WORDS, proposal_card, said_of
from blocks.values import Target
from services.types.outreach import ProposalLine, ProposalsView, ProposalView, TriggerStatus
from services.types.views import Reader

LONG_QUOTE = 500
LEFT_DAYS = 14


# ── The list ────────────────────────────────────────────────────────────────────────────────────
def proposals_text(view: ProposalsView) -> str:
    return count(view.open_total, "open proposal") if view.open_total else "No open proposals"


def proposals_blocks(view: ProposalsView) -> list[Block]:
    """What is open, and what was decided against, with the reason."""
    head = section(
        f"*{proposals_text(view)}*" + ("" if view.open_total else "\nNothing is suggested now.")
    )
    lines = [_open_line(line, view.reader, number) for number, line in enumerate(view.open)]
    return fitted(
        [head, *lines, *_more(view.open_total - len(view.open), "open one"), *_left(view)]
    )


def _left(view: ProposalsView) -> list[Block]:
    if not view.left:
        return [context(f"In the last {LEFT_DAYS} days I decided against nothing.")]
    return [
        section(f"*What I decided not to do, and why*\nOf the last {LEFT_DAYS} days."),
        *(section(_left_line(line, view.reader)) for line in view.left),
        *_more(view.left_total - len(view.left), "one"),
    ]


def _more(rest: int, what: str) -> list[Block]:
    return [context(f"{count(rest, f'more {what}')} after these.")] if rest > 0 else []


def _open_line(line: ProposalLine, reader: Reader, number: int) -> Block:
    states = {
        TriggerStatus.FOUND: f"Waits: {short(line.why_not, 160)}" if line.why_not else "Waits.",
        TriggerStatus.SCHEDULED: "The mail is begun.",
    }
    said = "\n".join(filter(None, (_what(line), states.get(line.status, ""), _whose(line, reader))))
    if line.status is TriggerStatus.FOUND:
        return section(said)
    value = Target(id=line.trigger_id).encode()
    return section(
        said,
        button(
            "Open",
            numbered(ActionId.PROPOSAL_OPEN, number),
            value,
            label=f"Open: {line.account_name}",
        ),
    )


def _left_line(line: ProposalLine, reader: Reader) -> str:
    why = short(line.why_not, 240) or "Not useful."
    return "\n".join(filter(None, (_what(line), why, _whose(line, reader))))


def _what(line: ProposalLine) -> str:
    return said_of(line.account_name, line.kind, line.why)


def _whose(line: ProposalLine, reader: Reader) -> str:
    whose = f"{short(line.member, 60)}, " if line.member else ""
    return f"_{whose}{moment(line.at, reader.now, reader.timezone)}_"


# ── Windows ─────────────────────────────────────────────────────────────────────────────────────
def proposal_modal(view: ProposalView) -> Block:
    return modal("Proposal", proposal_card(view), callback_id=CallbackId.TOLD)


def proposal_why_modal(view: ProposalView) -> Block:
    """Everything it stands on, and what would end it."""
    blocks = [
        section(
            f"*{short(view.account_name, 80)}: {KIND_WORDS[view.kind]}*\n"
            f"{short(view.why, 400) or 'What it stood on may no longer be read.'}"
        ),
        *(
            proofs(view.evidence[start : start + 4], view.reader, LONG_QUOTE)
            for start in range(0, len(view.evidence), 4)
        ),
        section(
            f"*I suggest*  {view.suggestion}. To whom is chosen by rule, among the account's "
            "confirmed contacts."
        ),
        section(
            "*It ends*  By itself, as soon as it no longer holds: they write, or one of us does."
        ),
        context(
            "Not useful keeps this kind away from this account for 30 days. How many proposals you "
            "get a day: /understudy settings"
        ),
    ]
    return modal("Why this proposal", blocks, callback_id=CallbackId.TOLD)


def not_useful_modal(target: Target) -> Block:
    words = text_field(FieldId.WORDS, "", multiline=True, length=500)
    return modal(
        "Not useful",
        [
            input_block(FieldId.WORDS, "Why not?", words, optional=True),
            context("I leave this kind alone at this account for 30 days."),
        ],
        callback_id=CallbackId.PROPOSAL_DISMISS,
        target=target,
        submit="Not useful",
        close="Cancel",
    )
