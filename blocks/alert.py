"""The card about one signal: what, why now with its proof, what I suggest, the actions, and the
quiet line. When it is settled or no longer holds, it says so and offers nothing more."""

from blocks.action_ids import ActionId, numbered
from blocks.alert_words import name_words, severity_words
from blocks.parts import (
    Block,
    actions,
    bold,
    button,
    clean,
    confidence_words,
    context,
    cut,
    in_quotes,
    literal,
    moment,
    money,
    one_line,
    option,
    plain,
    quoted,
    section,
    short,
)
from blocks.terms import excerpt, state_words
from blocks.values import Nap, Target
from services.types.alerts import SNOOZE_WORDS, AlertView, EvidenceLine, Way
from services.types.moments import until_words
from services.types.signals import EvidenceSource, SignalStatus
from services.types.views import Reader

PROOFS = 3
QUOTE = 110
"""Two lines on a phone."""
OPENING = 280
DRAFT_STATES = {
    "pending": "waits for a decision",
    "approved": "is about to leave",
    "done": "has left",
    "handled": "was handled in Gmail",
    "failed": "could not be sent",
}


def alert_text(view: AlertView) -> str:
    """The stand-in for notifications."""
    said = f"{short(view.account_name, 80)}: {name_words(view.name)}"
    if view.status is SignalStatus.CLEARED:
        return f"{said}: no longer"
    return f"{said} ({severity_words(view.severity, view.kind).lower()})"


def alert_card(view: AlertView) -> list[Block]:
    if not view.status.open:
        return [section(f"{_title(view)} · {_end_word(view)}\n{_end(view)}"), *_end_way(view)]
    if view.moved_to is not None:
        return [section(f"{_title(view)}\n{short(view.moved_to, 80)} has this account now.")]
    if view.asleep:
        return [section(f"{_title(view)}\n{_asleep(view)}"), actions(*_primary(view), _why(view))]
    return [
        section(f"{_title(view)}\n{_facts(view)}"),
        section(f"*Why now*  {short(view.why, 400)}" if view.why else "*Why now*"),
        *([proofs(view.evidence[:PROOFS], view.reader)] if view.evidence else []),
        *_suggested(view),
        actions(*_primary(view), *_take(view), _snooze(view), _why(view)),
        context(_quiet(view)),
        _feedback(view),
    ]


def proofs(lines: tuple[EvidenceLine, ...], reader: Reader, length: int = QUOTE) -> Block:
    """The evidence beside one bar: somebody's words or the figure, and where it stands."""
    pieces: list[Block] = []
    for number, line in enumerate(lines):
        one = line.evidence
        said = in_quotes(excerpt(one.quote, "", length)) if one.quote else one.words
        pieces.append(literal(("\n" if number else "") + cut(one_line(said), length + 80)))
        source = _source(line, reader)
        if line.url:
            pieces += [literal("\n"), {"type": "link", "url": line.url, "text": source}]
        elif source:
            pieces.append(bold(f"\n{source}"))
    return quoted(*pieces)


def _source(line: EvidenceLine, reader: Reader) -> str:
    """Whose words, through what and when; nothing for a figure, which says all that itself."""
    one = line.evidence
    if one.source is EvidenceSource.FIGURE:
        return ""
    when = moment(one.at, reader.now, reader.timezone) if one.at else ""
    said = ", ".join(filter(None, (cut(one_line(clean(one.who)), 60), line.source, when)))
    return said or line.source


# ── What ────────────────────────────────────────────────────────────────────────────────────────
def _title(view: AlertView) -> str:
    return f"*{short(view.account_name, 80)}: {name_words(view.name)}*"


def _facts(view: AlertView) -> str:
    """`Critical risk · Renewal, negotiation, $48,000`."""
    facts = [severity_words(view.severity, view.kind)]
    if view.deal is not None:
        deal = view.deal
        amount = money(deal.amount, deal.currency)
        facts.append(f"{short(deal.name, 60)}, {state_words(deal.stage)}, {amount}")
    return " · ".join(facts)


# ── What I suggest ──────────────────────────────────────────────────────────────────────────────
def _suggested(view: AlertView) -> list[Block]:
    if view.draft is not None:
        return _begun(view)
    recommended, sketch = view.recommendation, view.sketch
    if recommended.way is Way.NOTE:
        return [section(f"*I suggest*  {recommended.words}.")]
    if sketch is None:
        return [section(f"*I suggest*  {recommended.words}. {view.no_mail}")]
    who = short(sketch.name, 60) + (f" ({short(sketch.title, 60)})" if sketch.title else "")
    begins = f"{sketch.subject}\n{sketch.opening} {sketch.ask}"
    return [
        section(f"*I suggest*  {recommended.words}, to {who}. It would say:"),
        quoted(literal(cut(clean(begins), OPENING))),
    ]


def _begun(view: AlertView) -> list[Block]:
    draft = view.draft
    if draft is None:
        return []
    state = DRAFT_STATES.get(draft.status, draft.status)
    if not draft.text:
        return [section(f"*The mail to {short(draft.to, 60)}* is being written.")]
    said = excerpt(f"{draft.subject}: {one_line(draft.text)}", "", OPENING)
    return [section(f"*The mail to {short(draft.to, 60)}* {state}."), quoted(literal(said))]


# ── The actions ─────────────────────────────────────────────────────────────────────────────────
def _target(view: AlertView) -> str:
    return Target(id=view.signal_id, rev=view.version).encode()


def _primary(view: AlertView) -> list[Block]:
    if view.draft is not None:
        if not view.draft.mine:
            return []
        value = Target(id=view.draft.action_id).encode()
        return [button("Open the draft", numbered(ActionId.HOME_OPEN, 0), value, style="primary")]
    if view.recommendation.way is Way.NOTE:
        return [button("Write the note", ActionId.ALERT_NOTE, _target(view), style="primary")]
    if view.sketch is None:
        return []
    return [button("Draft it", ActionId.ALERT_DRAFT, _target(view), style="primary")]


def _take(view: AlertView) -> list[Block]:
    """Somebody takes it; then it can be done in another way than the one I suggest: a call."""
    if view.status is SignalStatus.RAISED:
        return [button("I'm on it", ActionId.ALERT_TAKE, _target(view))]
    return [button("Done", ActionId.ALERT_DONE, _target(view))]


def _snooze(view: AlertView) -> Block:
    options = [
        option(words, Nap(id=view.signal_id, rev=view.version, span=span.value).encode())
        for span, words in SNOOZE_WORDS.items()
    ]
    return {
        "type": "static_select",
        "action_id": ActionId.ALERT_SNOOZE,
        "placeholder": plain("Snooze", 20),
        "options": options,
    }


def _why(view: AlertView) -> Block:
    return button("Why", ActionId.ALERT_WHY, _target(view))


def _feedback(view: AlertView) -> Block:
    chosen = "You find it useful" if view.rating == 1 else "Useful"
    return actions(
        button(chosen, ActionId.ALERT_USEFUL, _target(view)),
        button("False alarm", ActionId.ALERT_FALSE, _target(view)),
    )


def _quiet(view: AlertView) -> str:
    reader = view.reader
    parts = [confidence_words(view.confidence).capitalize()]
    parts.append(f"raised {moment(view.raised_at, reader.now, reader.timezone)}")
    if view.acknowledged_by and view.acknowledged_at:
        when = moment(view.acknowledged_at, reader.now, reader.timezone)
        parts.append(f"{short(view.acknowledged_by, 60)} took it {when}")
    if view.shared_with:
        parts.append(f"also shown to {short(', '.join(view.shared_with[:3]), 120)}")
    return " · ".join(parts)


# ── The end ─────────────────────────────────────────────────────────────────────────────────────
def _asleep(view: AlertView) -> str:
    reader, until = view.reader, view.snoozed_until or view.reader.now
    who = short(view.snoozed_by or "Somebody", 60)
    when = until_words(until, reader.now, reader.timezone)
    return f"{who} has put it off until {when}. It comes back then, if it still holds."


def _end_word(view: AlertView) -> str:
    reader = view.reader
    when = f", {moment(view.settled_at, reader.now, reader.timezone)}" if view.settled_at else ""
    return {
        SignalStatus.CLEARED: f"over{when}",
        SignalStatus.ACTED: "acted on",
        SignalStatus.DISMISSED: "false alarm",
    }.get(view.status, "over")


def _end(view: AlertView) -> str:
    reader = view.reader
    when = moment(view.settled_at, reader.now, reader.timezone) if view.settled_at else ""
    who, why = short(view.settled_by or "Somebody", 60), short(view.settled_why, 300)
    if view.status is SignalStatus.CLEARED:
        reason = f": {why.rstrip('.')}." if why else "."
        waits = view.draft is not None and view.draft.status == "pending"
        left = "The mail begun for it still waits." if waits else "Nothing is left to do."
        return f"It no longer holds{reason} {left}"
    if view.status is SignalStatus.ACTED:
        return f"{who}, {when}: {why or 'acted on it'}."
    return f"{who} called it a false alarm, {when}" + (f": {why}" if why else ".")


def _end_way(view: AlertView) -> list[Block]:
    """What it was for stays one click away: whether the mail is answered stands on its own card."""
    told = (SignalStatus.ACTED, SignalStatus.CLEARED)
    if view.status in told and view.draft is not None and view.draft.mine:
        value = Target(id=view.draft.action_id).encode()
        return [actions(button("Open the mail", numbered(ActionId.HOME_OPEN, 0), value))]
    return []
