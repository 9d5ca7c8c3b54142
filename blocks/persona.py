"""A persona's card: what it sounds like, before and after it is activated."""

from blocks.action_ids import ActionId
from blocks.parts import (
    Block,
    actions,
    bold,
    button,
    clean,
    confirm,
    context,
    cut,
    literal,
    quoted,
    rich,
    section,
    short,
)
from blocks.persona_words import names, sounds
from blocks.values import Target
from services.types.personas import NoEffect, PersonaCardView, Samples

MAIL = 1_500
CHAT = 600
NO_EFFECTS = 4
TONE = "Tone only: facts, prices, recipients and policy are the same for every persona."


def persona_text(view: PersonaCardView) -> str:
    return _headline(view).replace("*", "")


def persona_card(view: PersonaCardView) -> list[Block]:
    """One card a person: the samples to look at, then that it holds, at last that it is gone."""
    head = section(f"*{_headline(view)}*")
    if view.state == "deleted":
        return [head, context(_gone(view))]
    if not view.may_change:
        return [head, *_given(view)]
    blocks = [head, context(f"Sounds {sounds(view.dials, view.region)}")]
    if view.waits:
        blocks += _to_look_at(view)
    else:
        blocks += [_buttons(view, active=True), context(_in_use(view))]
    return blocks


def samples_blocks(samples: Samples) -> list[Block]:
    """The two texts, character for character."""
    return [
        rich(bold("A mail"), literal(f"  {cut(clean(samples.subject), 120)}")),
        quoted(literal(cut(clean(samples.mail), MAIL) or "(nothing)")),
        rich(bold("A chat message")),
        quoted(literal(cut(clean(samples.chat), CHAT) or "(nothing)")),
    ]


def no_effect_blocks(found: tuple[NoEffect, ...]) -> list[Block]:
    """What its maker wrote and nobody follows, with the reason."""
    if not found:
        return []
    lines = [
        f"• “{short(one.words, 120)}” {one.why[:1].upper()}{one.why[1:]}."
        for one in found[:NO_EFFECTS]
    ]
    if len(found) > NO_EFFECTS:
        lines.append(f"• and {len(found) - NO_EFFECTS} more")
    return [section("\n".join(["*Without effect*", *lines]))]


def delete_button(view: PersonaCardView) -> Block:
    """Asks, and says what it does to whom."""
    used = (
        f"{names(view.users)} will go on without a persona and hear of it once."
        if view.users
        else "Nobody writes with it."
    )
    return button(
        "Delete",
        ActionId.PERSONA_DELETE,
        _target(view),
        style="danger",
        confirm=confirm(
            f"Delete “{cut(view.name, 40)}”?",
            f"{used} What was written with it stays.",
            "Delete",
            "Cancel",
        ),
    )


def _headline(view: PersonaCardView) -> str:
    name = f"“{short(view.name, 60)}”"
    if view.state == "deleted":
        return f"{name} is gone"
    if not view.may_change:
        return f"I write for you as {name} now" if view.reader_uses else f"{name} isn't yours now"
    if not view.waits:
        return f"{name} is active"
    return {
        "none": f"{name} isn't finished yet",
        "asked": f"{name}: I'm writing two samples",
        "ready": f"{name}: does this sound right?",
        "failed": f"{name}: no samples yet",
    }[view.preview]


def _gone(view: PersonaCardView) -> str:
    who = f"{short(view.removed_by, 60)} deleted it. " if view.removed_by else ""
    return f"{who}Whoever wrote with it goes on without a persona; drafts that exist stay."


def _given(view: PersonaCardView) -> list[Block]:
    if not view.reader_uses:
        return [context("Your drafts sound as they did before. Nothing else is different.")]
    maker = f"Made by {short(view.made_by, 60)}. " if view.made_by else ""
    return [
        context(f"Sounds {sounds(view.dials, view.region)}"),
        *(samples_blocks(view.samples) if view.samples and not view.waits else []),
        actions(
            button("Look at it", ActionId.PERSONA_OPEN, _target(view)),
            button("Write without it", ActionId.PERSONA_LEAVE, _target(view)),
        ),
        context(f"{maker}{TONE}"),
    ]


def _to_look_at(view: PersonaCardView) -> list[Block]:
    """A version that isn't active: what there is to see of it, and what may be done."""
    blocks: list[Block] = []
    if view.preview == "asked":
        blocks.append(section("A mail and a chat message to a made-up customer, in a moment."))
    if view.preview == "failed":
        blocks.append(section(f"{short(view.failure, 300)} Nothing has changed; try it again."))
    if view.samples is not None:
        blocks += samples_blocks(view.samples)
    blocks += no_effect_blocks(view.no_effect)
    return [*blocks, _buttons(view, active=False), context(_quiet(view))]


def _buttons(view: PersonaCardView, *, active: bool) -> Block:
    target = _target(view)
    change = button("Change", ActionId.PERSONA_CHANGE, target)
    if active:
        look = button("Look at it", ActionId.PERSONA_OPEN, target)
        give = button("Who writes with it", ActionId.PERSONA_ASSIGN, target)
        mine = button("Write with it", ActionId.PERSONA_USE, target)
        extra = [give] if view.may_assign else [] if view.reader_uses else [mine]
        return actions(*extra, change, look)
    first = {
        "ready": [button("Activate", ActionId.PERSONA_ACTIVATE, target, style="primary")],
        "asked": [],
    }.get(
        view.preview,
        [
            button(
                "Write samples" if view.preview == "none" else "Try again",
                ActionId.PERSONA_SAMPLES,
                target,
                style="primary",
            )
        ],
    )
    kept = "What is active goes on as it is." if view.active_version else "It was never active."
    sure = confirm("Discard it?", f"The text of this version is lost. {kept}", "Discard", "Cancel")
    discard = button("Discard", ActionId.PERSONA_DISCARD, target, style="danger", confirm=sure)
    return actions(*first, change, discard)


def _quiet(view: PersonaCardView) -> str:
    parts = list[str]()
    if view.samples is not None:
        parts.append(_written_by(view.samples))
    if view.active_version is not None:
        parts.append("Until you activate it, the earlier version goes on.")
    return " ".join([*parts, TONE])


def _written_by(samples: Samples) -> str:
    if not samples.offline:
        return f"Written by {short(samples.model, 60)} to a made-up customer."
    why = short(samples.why, 160) or "No model is configured."
    return (
        f"{why} So rules wrote these: they follow the four dials, not region, examples and own "
        "words."
    )


def _in_use(view: PersonaCardView) -> str:
    if not view.users:
        return f"Nobody writes with it yet. {TONE}"
    return f"I write this way for {names(view.users)}. {TONE}"


def _target(view: PersonaCardView) -> str:
    return Target(id=view.persona_id, rev=view.version).encode()
