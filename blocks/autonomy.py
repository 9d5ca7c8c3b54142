"""The page of the copilot's autonomy: what acts by itself, what waits, what never happens. Made for
a phone: two short lines a kind of action."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, numbered
from blocks.autonomy_values import Listed, OwnLimit
from blocks.autonomy_words import because_words, evidence_words, narrowed_words, totals_words
from blocks.doing_words import since_words
from blocks.lint import fitted
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    count,
    section,
    short,
)
from blocks.values import Named
from services.types.autonomy_views import AutonomyView, Because, NarrowingLine, Standing, TypeLine
from services.types.autonomy_words import level_words, type_words
from services.types.people import Role
from services.types.views import Reader

TITLES = {
    Standing.ACTS: "Acts by itself",
    Standing.WAITS: "Waits for a person",
    Standing.RESTS: "Rests",
}
NARROWINGS = 10


def autonomy_text(view: AutonomyView) -> str:
    return "Everything is stopped" if view.stopped else "What I may do by myself"


def autonomy_blocks(view: AutonomyView, *, told: str = "") -> list[Block]:
    """For executives the totals alone. `told`: what was just done, above everything."""
    done = [section(f"*{short(told, 300)}*")] if told else []
    head = [*done, *_head(view), context(totals_words(view.totals))]
    if not view.types:
        return head
    groups = [block for standing in TITLES for block in _group(view, standing)]
    return fitted([*head, _ways(view), *groups, *_never(view.types), *_own(view)])


# ── Head ────────────────────────────────────────────────────────────────────────────────────────
def _head(view: AutonomyView) -> list[Block]:
    if view.stopped:
        return [_stopped(view)]
    told = "*What I may do by myself*"
    if view.shadow:
        told += "\nShadow mode is on: nothing is shown, nothing leaves."
    if not view.may_change:
        return [section(told)]
    sure = confirm(
        "Stop everything?",
        "Nothing leaves for anybody until an admin resumes it. What waits to leave asks anew. Mail "
        "that is being sent this very second may still leave.",
        "Stop everything",
        "Cancel",
    )
    stop = button("Stop everything", ActionId.PAUSE_ALL, "autonomy", style="danger", confirm=sure)
    return [section(told, stop)]


def _stopped(view: AutonomyView) -> Block:
    since = ""
    if view.stopped_since is not None:
        since = f" since {since_words(view.stopped_since, view.reader)}"
    by = f" by {short(view.stopped_by, 60)}" if view.stopped_by else ""
    told = f"*Everything is stopped{since}{by}*\nNothing leaves for anybody."
    if not view.may_change:
        return section(told)
    sure = confirm(
        "Resume?",
        "What may leave by itself leaves again. What was stopped meanwhile asks anew.",
        "Resume",
        "Cancel",
    )
    return section(told, button("Resume", ActionId.RESUME_ALL, "autonomy", confirm=sure))


def _ways(view: AutonomyView) -> Block:
    ways = [button("What I did", ActionId.DOINGS, Listed().encode())]
    if view.may_narrow:
        ways.append(button("Narrow…", ActionId.AUTONOMY_NARROW, OwnLimit().encode()))
    if view.reader.role in (Role.ADMIN, Role.MANAGER):
        ways.append(button("Shadow report", ActionId.AUTONOMY_SHADOW, "30"))
    if view.may_change:
        ways.append(button("Export", ActionId.DOINGS_EXPORT, Listed().encode()))
    return actions(*ways)


# ── Kinds of action ─────────────────────────────────────────────────────────────────────────────
def _group(view: AutonomyView, standing: Standing) -> list[Block]:
    lines = [one for one in view.types if one.standing is standing]
    if not lines:
        return []
    return [context(f"*{TITLES[standing]}*"), *(_type(one, view.reader) for one in lines)]


def _type(one: TypeLine, reader: Reader) -> Block:
    name = type_words(one.action_type)
    told = [f"*{name}* · {'stopped' if one.stopped else level_words(one.level)}"]
    told += _reasons(one, reader)
    if one.pending is not None:
        told.append(f"_Proposed: {level_words(one.pending.after)}. A manager decides._")
    return section(
        "\n".join(told),
        button(
            "Details",
            f"{ActionId.AUTONOMY_TYPE}#{one.action_type}",
            Named(name=one.action_type).encode(),
            label=f"Details of {name}",
        ),
    )


def _reasons(one: TypeLine, reader: Reader) -> list[str]:
    """Because of what, and on what evidence: one line where there is nothing to tell yet."""
    # The head says it for all.
    because = [] if one.because is Because.EVERYTHING_STOPPED else [because_words(one, reader)]
    if one.evidence is None:
        return because
    known = evidence_words(one.evidence, one.earned)
    if one.because is Because.ASKS and not one.evidence.decided:
        return because
    if one.evidence.decided:
        return [*because, known]
    return ["; ".join([*because, known[:1].lower() + known[1:]])] if because else []


def _never(types: Sequence[TypeLine]) -> list[Block]:
    """No button: there is nothing to decide."""
    names = [type_words(one.action_type) for one in types if one.standing is Standing.NEVER]
    return [section(f"*Never, whoever asks:* {', '.join(names).lower()}")] if names else []


# ── A member's own limits ───────────────────────────────────────────────────────────────────────
def _own(view: AutonomyView) -> list[Block]:
    if not view.may_narrow:
        return []
    cap = "As many leave by themselves as policy allows"
    if view.daily_cap is not None:
        cap = f"At most {view.daily_cap:,} a day leave by themselves in your name"
    edit = button("Change", ActionId.AUTONOMY_CAP, "cap", label="Change the daily cap")
    shown = view.narrowings[:NARROWINGS]
    rest = len(view.narrowings) - len(shown)
    return [
        context("*Your own limits*"),
        section(cap, edit),
        *(_narrowing(one, number) for number, one in enumerate(shown)),
        *([context(f"{count(rest, 'more limit')} of yours.")] if rest > 0 else []),
        section(
            "Quiet hours are in your settings.",
            button("Settings", ActionId.SETTINGS, "autonomy"),
        ),
    ]


def _narrowing(one: NarrowingLine, number: int) -> Block:
    value = OwnLimit(account=one.account_id, type=one.action_type).encode()
    told = narrowed_words(one)
    return section(
        told,
        button("Remove", numbered(ActionId.AUTONOMY_WIDEN, number), value, label=f"Remove: {told}"),
    )
