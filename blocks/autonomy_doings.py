"""What the copilot did: a list with filters, and one action's whole story."""

from hashlib import sha256

from blocks.account_select import account_select
from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.autonomy_values import Listed, Turned
from blocks.doing_words import (
    STATUS,
    credit_words,
    decision_words,
    doing_state,
    effect_words,
    judgement_words,
    outcome_words,
    revision_words,
    trigger_words,
)
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    moment,
    option,
    plain,
    section,
    short,
)
from blocks.values import Target
from services.types.actions import AutonomyLevel
from services.types.autonomy_views import (
    SPANS,
    ChainView,
    DoingLine,
    DoingsFilter,
    DoingsView,
    LeftOutLine,
    Which,
)
from services.types.autonomy_words import TYPE_WORDS, level_words, type_words
from services.types.views import Reader

ANY = "any"
SHOWN = 6
"""Rows of one sort in an action's story, the newest."""
_WHICH: dict[str, str] = {
    Which.BY_ITSELF: "By itself",
    Which.WAITS: "Waits",
    Which.APPROVED: "Approved by a person",
    Which.REJECTED: "Rejected",
    Which.UNDONE: "Undone",
    Which.STOPPED: "Never leaves",
    **{level: f"Level: {level_words(level)}" for level in AutonomyLevel},
}


# ── The list ────────────────────────────────────────────────────────────────────────────────────
def listed(chosen: DoingsFilter) -> Listed:
    return Listed(
        type=chosen.action_type,
        which=chosen.which,
        account=chosen.account_id,
        person=chosen.member_id,
        days=chosen.days,
        left_out=chosen.left_out,
    )


def doings_modal(view: DoingsView) -> Block:
    """A page; the filters stand in the window itself, which carries them along."""
    return modal(
        "What I left out" if view.chosen.left_out else "What I did",
        [*_filters(view), *_lines(view), *_turns(view)],
        callback_id=CallbackId.DOINGS,
        target=listed(view.chosen),
    )


def _filters(view: DoingsView) -> list[Block]:
    chosen = view.chosen
    # Slack keeps what was chosen where a block has the same name: what we set must have another.
    mark = sha256(listed(chosen).encode().encode()).hexdigest()[:12]
    kinds: dict[str, str] = dict(TYPE_WORDS)
    days = {str(one): f"Last {one} days" for one in SPANS}
    selects = [
        _select(ActionId.DOINGS_TYPE, "Any kind", kinds, chosen.action_type),
        _select(ActionId.DOINGS_DAYS, None, days, str(chosen.days)),
    ]
    if not chosen.left_out:
        selects.insert(1, _select(ActionId.DOINGS_WHICH, "Any decision", _WHICH, chosen.which))
    account = (chosen.account_id, view.account) if chosen.account_id and view.account else None
    who = [account_select(ActionId.DOINGS_ACCOUNT, account)]
    if view.may_choose_people:
        who.append(_people(view))
    other = "What I did" if chosen.left_out else "What I left out"
    ways = [button(other, ActionId.DOINGS_LEFT_OUT, "0" if chosen.left_out else "1")]
    if listed(chosen) != Listed(left_out=chosen.left_out):
        ways.append(button("Show all", ActionId.DOINGS_ALL, "all"))
    if view.may_export and not chosen.left_out:
        ways.append(button("Export", ActionId.DOINGS_EXPORT, listed(chosen).encode()))
    return [
        actions(*selects, block_id=f"doings.what.{mark}"),
        actions(*who, block_id=f"doings.who.{mark}"),
        actions(*ways),
    ]


def _select(action_id: ActionId, any_: str | None, entries: dict[str, str], chosen: str) -> Block:
    options = [option(any_, ANY)] if any_ else []
    options += [option(name, value) for value, name in entries.items()]
    found = [entry for entry in options if entry["value"] == chosen]
    return {
        "type": "static_select",
        "action_id": action_id,
        "options": options,
        "initial_option": (found or options)[0],
    }


def _people(view: DoingsView) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": ActionId.DOINGS_PERSON,
        "placeholder": plain("Anybody", 150),
        "min_query_length": 0,
    }
    if view.chosen.member_id and view.member:
        element["initial_option"] = option(view.member, str(view.chosen.member_id))
    return element


def _lines(view: DoingsView) -> list[Block]:
    if view.chosen.left_out:
        lines = [_left_out(one, view.reader) for one in view.left_out]
    else:
        lines = [_doing(one, view.reader, number) for number, one in enumerate(view.lines)]
    return lines or [section(f"Nothing in the last {count(view.chosen.days, 'day')}.")]


def _doing(one: DoingLine, reader: Reader, number: int) -> Block:
    account = short(one.account, 60) if one.account else "no account"
    return section(
        f"*{type_words(one.action_type)}* · {account}\n{doing_state(one, reader)}",
        button(
            "Story",
            numbered(ActionId.DOINGS_STORY, number),
            Target(id=one.id).encode(),
            label=f"The story of {type_words(one.action_type)} with {one.account}",
        ),
    )


def _left_out(one: LeftOutLine, reader: Reader) -> Block:
    when = moment(one.at, reader.now, reader.timezone)
    by = f" by {short(one.settled_by, 60)}" if one.settled_by else ""
    return section(
        f"*{trigger_words(one.kind)}* · {short(one.account, 60)}\n"
        f"{STATUS.get(one.status, one.status)}{by}, {when}\n"
        f"{short(one.why_not or one.why, 200)}"
    )


def _turns(view: DoingsView) -> list[Block]:
    ways = []
    if view.newer is not None:
        newer = Turned(after=view.newer).encode()
        ways.append(button("Newer", f"{ActionId.DOINGS_TURN}#newer", newer))
    if view.older is not None:
        older = Turned(before=view.older).encode()
        ways.append(button("Older", f"{ActionId.DOINGS_TURN}#older", older))
    return [actions(*ways)] if ways else []


# ── The story of one ────────────────────────────────────────────────────────────────────────────
def story_modal(view: ChainView) -> Block:
    """From what called for it to what came of it."""
    line, reader = view.line, view.reader
    account = f" · {short(line.account, 60)}" if line.account else ""
    shared = [credit_words(one, reader) for one in view.credits]
    parts = [
        ("What called for it", _cause(view)),
        ("Texts", _some([revision_words(one, reader) for one in view.revisions])),
        ("What policy said", _policy(view)),
        ("Decision", [decision_words(view)]),
        ("What left", _some([effect_words(one, reader) for one in view.effects])),
        ("What came of it", _some([outcome_words(one, reader) for one in view.outcomes])),
        *([("Its part in what happened", _some(shared))] if shared else []),
    ]
    return modal(
        "The story",
        [
            section(f"*{type_words(line.action_type)}*{account}\n{doing_state(line, reader)}"),
            *(
                section("\n".join([f"*{title}*", *(lines or ["Nothing yet."])]))
                for title, lines in parts
            ),
            context(f"In the care of {short(line.owner, 60) or 'nobody'}"),
        ],
        callback_id=CallbackId.TOLD,
    )


def _cause(view: ChainView) -> list[str]:
    reader = view.reader
    lines = [trigger_words(view.line.trigger)]
    if view.mail:
        by = f" from {short(view.mail_from, 60)}" if view.mail_from else ""
        when = f", {moment(view.mail_at, reader.now, reader.timezone)}" if view.mail_at else ""
        lines.append(f"“{short(view.mail, 120)}”{by}{when}")
    if view.trigger_why:
        lines.append(short(view.trigger_why, 300))
    return lines


def _policy(view: ChainView) -> list[str]:
    """Each text's judgement; what was proposed before there were any says its reasons alone."""
    if view.judgements:
        return _some([judgement_words(one, view.reader) for one in view.judgements])
    return [f"• {short(reason, 200)}" for reason in view.reasons[:SHOWN]]


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - SHOWN
    return [f"_{rest:,} before these_", *lines[-SHOWN:]] if rest > 0 else lines
