"""The card about one proposal: what, why now with its proof, what I suggest, the actions, and the
quiet line. When it is settled or no longer holds, it says so and offers nothing more."""

from blocks.action_ids import ActionId, numbered
from blocks.alert import proofs
from blocks.goal_words import named
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    context,
    cut,
    literal,
    moment,
    option,
    plain,
    quoted,
    section,
    short,
)
from blocks.values import Nap, Target
from services.types.moments import until_words
from services.types.outreach import LATER_WORDS, ProposalView, TriggerKind, TriggerStatus

PROOFS = 2
OPENING = 280
KIND_WORDS: dict[TriggerKind, str] = {
    TriggerKind.RENEWAL_WINDOW: "a renewal comes up",
    TriggerKind.BUYING_SIGNAL: "they want to buy",
    TriggerKind.PROMISE_DUE: "a promise of ours is due",
    TriggerKind.RECAP_DUE: "a recap is due",
    TriggerKind.FOLLOW_UP_DUE: "no answer to our mail",
    TriggerKind.SILENCE: "gone quiet",
    TriggerKind.STAGE_STUCK: "a deal stands still",
}


def proposal_text(view: ProposalView) -> str:
    """The stand-in for notifications."""
    said = f"{short(view.account_name, 80)}: {KIND_WORDS[view.kind]}"
    return said if view.status is TriggerStatus.PROPOSED else f"{said} ({_end_word(view)})"


def proposal_card(view: ProposalView) -> list[Block]:
    if view.status is not TriggerStatus.PROPOSED:
        return [section(f"{_title(view)} · {_end_word(view)}\n{_end(view)}"), *_end_way(view)]
    if view.moved_to is not None:
        return [section(f"{_title(view)}\n{short(view.moved_to, 80)} has this account now.")]
    if view.asleep:
        return [section(f"{_title(view)}\n{_asleep(view)}"), actions(*_primary(view), _why(view))]
    return [
        section(f"{said_of(view.account_name, view.kind, view.why)}."),
        *([proofs(view.evidence[:PROOFS], view.reader)] if view.evidence else []),
        *_suggested(view),
        actions(*_primary(view), _later(view), _not_useful(view), _why(view)),
        context(_quiet(view)),
    ]


def _title(view: ProposalView) -> str:
    return f"*{short(view.account_name, 80)}: {KIND_WORDS[view.kind]}*"


def said_of(account: str, kind: TriggerKind, why: str) -> str:
    """`*Arden* hasn't answered our mail of 24 Nov`: the account's name once."""
    who, told = f"*{short(account, 80)}*", why.rstrip(".")
    if told.startswith(f"{account} "):
        return f"{who} {short(told.removeprefix(account).strip(), 300)}"
    return f"{who}: {short(told, 300) or KIND_WORDS[kind]}"


# ── What I suggest ──────────────────────────────────────────────────────────────────────────────
def _suggested(view: ProposalView) -> list[Block]:
    sketch = view.sketch
    if sketch is None:
        return [section(f"*I suggest*  {view.suggestion}. Nobody there can be written to now.")]
    who = short(sketch.name, 60) + (f" ({short(sketch.title, 60)})" if sketch.title else "")
    begins = f"{sketch.subject}\n{sketch.opening} {sketch.ask}"
    return [
        section(f"*I suggest*  {view.suggestion}, to {who}. It would say:"),
        quoted(literal(cut(clean(begins), OPENING))),
    ]


# ── The actions ─────────────────────────────────────────────────────────────────────────────────
def target_of(view: ProposalView) -> Target:
    return Target(id=view.trigger_id, rev=view.version)


def _primary(view: ProposalView) -> list[Block]:
    if view.sketch is None:
        return []
    value = target_of(view).encode()
    return [button("Draft it", ActionId.PROPOSAL_DRAFT, value, style="primary")]


def _later(view: ProposalView) -> Block:
    options = [
        option(words, Nap(id=view.trigger_id, rev=view.version, span=span.value).encode())
        for span, words in LATER_WORDS.items()
    ]
    return {
        "type": "static_select",
        "action_id": ActionId.PROPOSAL_LATER,
        "placeholder": plain("Not now", 20),
        "options": options,
    }


def _not_useful(view: ProposalView) -> Block:
    return button("Not useful", ActionId.PROPOSAL_DISMISS, target_of(view).encode())


def _why(view: ProposalView) -> Block:
    return button("Why", ActionId.PROPOSAL_WHY, target_of(view).encode())


def _quiet(view: ProposalView) -> str:
    reader = view.reader
    parts = [f"Found {moment(view.found_at, reader.now, reader.timezone)}"]
    parts += [f"serves: {named(view.goal)}"] if view.goal else []
    parts.append("drafting sends nothing: you approve the mail first")
    return " · ".join(parts)


# ── The end ─────────────────────────────────────────────────────────────────────────────────────
def _asleep(view: ProposalView) -> str:
    reader, until = view.reader, view.put_off_until or view.reader.now
    when = until_words(until, reader.now, reader.timezone)
    return f"Put off until {when}. It comes back then, if it still holds."


def _end_word(view: ProposalView) -> str:
    return {
        TriggerStatus.FOUND: "waits",
        TriggerStatus.PROPOSED: "open",
        TriggerStatus.SCHEDULED: "being written",
        TriggerStatus.ACTED: "done",
        TriggerStatus.DECLINED: "left alone",
        TriggerStatus.DISMISSED: "not useful",
        TriggerStatus.LAPSED: "over",
    }[view.status]


def _end(view: ProposalView) -> str:
    reader = view.reader
    when = moment(view.settled_at, reader.now, reader.timezone) if view.settled_at else ""
    who, why = short(view.settled_by or "", 60), short(view.why_not, 300)
    match view.status:
        case TriggerStatus.SCHEDULED:
            begun = f"{short(view.drafted_by, 60)} has" if view.drafted_by else "I have"
            return f"{begun} begun the mail. It waits on its own card."
        case TriggerStatus.DISMISSED:
            said = f"{who or 'Somebody'} said so, {when}" + (f": {why}" if why else "")
            return f"{said.rstrip('.')}. I leave this alone here for 30 days."
        case TriggerStatus.ACTED:
            return f"{', '.join(filter(None, (who, when)))}: {why}" if who or when else why
        case _:
            return f"{why or 'It no longer holds.'} Nothing is left to do."


def _end_way(view: ProposalView) -> list[Block]:
    if view.status in (TriggerStatus.SCHEDULED, TriggerStatus.ACTED) and view.draft_id is not None:
        value = Target(id=view.draft_id).encode()
        words = "Open the draft" if view.status is TriggerStatus.SCHEDULED else "Open the mail"
        return [actions(button(words, numbered(ActionId.HOME_OPEN, 0), value))]
    return []
