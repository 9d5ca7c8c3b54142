"""The list of personas, and the page of one with how it goes."""

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    context,
    count,
    cut,
    divider,
    literal,
    percent,
    quoted,
    section,
    short,
)
from blocks.persona import delete_button, no_effect_blocks, samples_blocks
from blocks.persona_words import names, sounds
from blocks.values import Target
from services.types.alerts import Share
from services.types.personas import (
    PersonaCardView,
    PersonaFigures,
    PersonaLine,
    PersonaListView,
    PersonaPageView,
)

ENOUGH = 20
"""Of fewer a share says nothing."""
QUOTE = 300


def list_modal(view: PersonaListView) -> Block:
    return modal("Personas", list_blocks(view), callback_id=CallbackId.TOLD)


def list_blocks(view: PersonaListView) -> list[Block]:
    """The reader's own first, then what they may look after."""
    new = button("New persona", ActionId.PERSONA_NEW, "new", style="primary")
    if view.own is None:
        blocks = [section("*I write for you without a persona.*\nPlain, short and friendly.", new)]
    else:
        head = f"*I write for you as “{short(view.own.name, 60)}”.*"
        line = sounds(view.own.dials, view.own.region)
        leave = button("Write without it", ActionId.PERSONA_LEAVE, _line_target(view.own))
        blocks = [section(f"{head}\nSounds {line}"), actions(new, leave)]
    blocks.append(divider())
    if not view.lines:
        blocks.append(
            section(
                "There are none yet. A persona is a way to sound: four dials, a region, a few "
                "texts of yours. You see samples before it is used."
            )
        )
    blocks += [_line(line, number) for number, line in enumerate(view.lines)]
    if view.total > len(view.lines):
        blocks.append(context(f"{view.total - len(view.lines)} more are not shown."))
    who = "You see everybody's." if view.leads else "You see your own, and what you write with."
    return [*blocks, context(f"{who} A persona changes the tone of drafts and nothing else.")]


def page_modal(view: PersonaPageView) -> Block:
    """How it sounds, who writes with it, how it goes."""
    card = view.card
    blocks = [
        section(f"*{short(card.name, 60)}*\n{_standing(card)}"),
        section(f"*Sounds*  {sounds(card.dials, card.region)}"),
        *_own_words(view),
        *no_effect_blocks(card.no_effect),
        divider(),
        section(f"*I write this way for*\n{names(card.users, most=12) or 'nobody yet'}"),
        section(figures_words(view.figures)),
    ]
    if card.samples is not None:
        blocks += [divider(), *samples_blocks(card.samples)]
    if card.may_change:
        blocks += [divider(), _page_buttons(card)]
    return modal("A persona", blocks, callback_id=CallbackId.TOLD)


def figures_words(figures: PersonaFigures) -> str:
    """What became of its drafts, with how many that rests on."""
    if not figures.drafts:
        return "*How it goes*\nNothing has been written with it yet."
    decided = figures.unchanged.of
    undone = f", {figures.undone:,} undone" if figures.undone else ""
    shares = (
        ("Sent as written", figures.unchanged),
        ("Sent after a change", figures.edited),
        ("Rejected", figures.rejected),
        ("Answered within 7 days", figures.answered),
    )
    head = f"{count(figures.drafts, 'draft')}, {decided or 'none'} decided on{undone}"
    known = [f"{what}: {_share(share)}" for what, share in shares if share.of]
    return "\n".join(["*How it goes*", head, *(known or ["Too few to tell."])])


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None or share.of < ENOUGH:
        return f"{share.part:,} of {share.of:,}, too few to tell"
    return (
        f"{share.part:,} of {share.of:,} ({percent(share.value)}, {share.low * 100:.0f} to "
        f"{percent(share.high)})"
    )


def _standing(card: PersonaCardView) -> str:
    made = f"Made by {short(card.made_by, 60)}. " if card.made_by else ""
    if card.active_version is None:
        return f"{made}Not active yet."
    if card.waits:
        return f"{made}Active; a change waits to be looked at."
    return f"{made}Active."


def _own_words(view: PersonaPageView) -> list[Block]:
    blocks: list[Block] = []
    if view.instructions:
        blocks += [
            section("*In its maker's words*"),
            quoted(literal(cut(clean(view.instructions), QUOTE))),
        ]
    if view.examples:
        blocks.append(context(f"{count(len(view.examples), 'example')} of how it is to sound"))
    return blocks


def _page_buttons(card: PersonaCardView) -> Block:
    target = Target(id=card.persona_id, rev=card.version).encode()
    elements = [button("Change", ActionId.PERSONA_CHANGE, target)]
    if card.waits and card.preview == "ready":
        first = button("Activate", ActionId.PERSONA_ACTIVATE, target, style="primary")
        elements.insert(0, first)
    elif card.waits and card.preview != "asked":
        elements.insert(0, button("Write samples", ActionId.PERSONA_SAMPLES, target))
    if card.active_version is not None and not card.reader_uses:
        elements.append(button("Write with it", ActionId.PERSONA_USE, target))
    if card.active_version is not None and card.may_assign:
        elements.append(button("Who writes with it", ActionId.PERSONA_ASSIGN, target))
    return actions(*elements, delete_button(card))


def _line(line: PersonaLine, number: int) -> Block:
    state = "not active yet" if line.state == "draft" else "active"
    if line.state == "active" and line.waits:
        state = "active, a change waits"
    used = f"for {names(line.users, most=3)}" if line.users else "used by nobody"
    return section(
        f"*{short(line.name, 60)}*  {state}, {used}\n{sounds(line.dials, line.region)}",
        button(
            "Open",
            numbered(ActionId.PERSONA_OPEN, number),
            _line_target(line),
            label=f"Open {line.name}",
        ),
    )


def _line_target(line: PersonaLine) -> str:
    return Target(id=line.persona_id).encode()
