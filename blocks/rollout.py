"""Before anything changes for anybody: preview, preset and shadow mode, each shown first."""

from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.mail_card import mail_card
from blocks.members import people_or_group
from blocks.modals import input_block, modal
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    divider,
    escape,
    option,
    section,
    short,
)
from blocks.values import PresetChoice, Target
from services.types.approvals import ACTION_WORDS
from services.types.rollout import PresetView, PreviewPerson, PreviewView
from services.types.tenant_settings import PRESET_ALWAYS, PRESET_WORDS, Preset

PEOPLE = 25
CHANGES = 15
ACTING = frozenset({"actions", "context_actions", "input"})
NOBODY = UUID(int=0)
CHANGED = {
    "added": "leaves only after the manager has approved it",
    "removed": "needs no approval request any more",
}
WORKED_OUT = "This is what was worked out for them, with the cards as they would have stood."
NOTHING_YET = "Nothing was worked out for them yet."


# ── Preview and enable ──────────────────────────────────────────────────────────────────────────
def enable_choose_modal() -> Block:
    return modal(
        "Preview and enable",
        [
            section("See first what they would have been shown in the last seven days."),
            *people_or_group(),
            context("Leave both empty for everybody who isn't enabled yet. This sends nothing."),
        ],
        callback_id=CallbackId.ENABLE_CHOOSE,
        submit="Preview",
        close="Cancel",
    )


def preview_modal(view: PreviewView) -> Block:
    """The first page counts, each further one shows a card as it would stand. Nothing in it acts,
    but the button that enables them."""
    body = _overview(view) if view.card is None else _one_card(view)
    # Above a card, which may be long; below the overview.
    blocks = [*body, *_pager(view)] if view.card is None else [*_pager(view), *body]
    enables = view.to_enable > 0
    who = "this person" if view.to_enable == 1 else f"{view.to_enable} people"
    return modal(
        "Preview",
        blocks,
        callback_id=CallbackId.ENABLE,
        target=Target(id=view.selection_id, rev=view.page),
        submit=f"Enable {who}" if enables else None,
        close="Not now" if enables else "Close",
    )


def _overview(view: PreviewView) -> list[Block]:
    total = sum(person.total for person in view.people)
    people = count(len(view.people), "person", "people")
    head = f"*{count(total, 'card')} in seven days for {people}*"
    lines = [_person(person) for person in view.people[:PEOPLE]]
    more = len(view.people) - PEOPLE
    after = (
        "Shadow mode is on: once enabled, they hear from me when it ends."
        if view.shadow
        else "Once enabled, each gets one message that says what waits, then cards as mail comes."
    )
    return [
        section(f"{head}\n{WORKED_OUT if total else NOTHING_YET}"),
        divider(),
        *(section(line) for line in lines),
        *([context(f"and {more} more people")] if more > 0 else []),
        context(after),
    ]


def _person(person: PreviewPerson) -> str:
    marks = [] if person.mailbox else ["no Gmail connected, so nothing is read for them"]
    marks += ["enabled already"] if person.enabled else []
    head = f"*{short(person.name, 80)}*  {count(person.total, 'card')}"
    days = " · ".join(f"{day:%a} {number}" for day, number in person.days)
    return "\n".join(filter(None, (head, days if person.total else "", " · ".join(marks))))


def _one_card(view: PreviewView) -> list[Block]:
    if view.card is None:
        return []
    return [
        context(f"{escape(view.card_of or '')} would have seen this. Its buttons are left out."),
        divider(),
        *read_only(mail_card(view.card)),
    ]


def read_only(blocks: list[Block]) -> list[Block]:
    """The card without anything that acts."""
    return [
        {key: value for key, value in block.items() if key not in {"accessory", "block_id"}}
        for block in blocks
        if block["type"] not in ACTING
    ]


def _pager(view: PreviewView) -> list[Block]:
    if view.pages <= 1:
        return []

    def to(page: int) -> str:
        return Target(id=view.selection_id, rev=page).encode()

    first = "See the cards" if view.page == 0 else "Next card"
    buttons = []
    if view.page > 0:
        back = "Overview" if view.page == 1 else "Previous card"
        buttons.append(button(back, numbered(ActionId.PREVIEW_PAGE, 0), to(view.page - 1)))
    if view.page < view.pages - 1:
        buttons.append(button(first, numbered(ActionId.PREVIEW_PAGE, 1), to(view.page + 1)))
    where = [context(f"Card {view.page} of {view.pages - 1}")] if view.page else []
    return [*where, actions(*buttons)]


# ── Preset ──────────────────────────────────────────────────────────────────────────────────────
def preset_choose_modal(current: Preset | None) -> Block:
    chosen = current or Preset.STANDARD
    lines = "\n".join(f"• *{name}*: {meaning}" for name, meaning in PRESET_WORDS.values())
    radio: Block = {
        "type": "radio_buttons",
        "action_id": FieldId.PRESET,
        "options": [option(PRESET_WORDS[one][0], one.value) for one in Preset],
        "initial_option": option(PRESET_WORDS[chosen][0], chosen.value),
    }
    return modal(
        "Guardrail preset",
        [
            section(lines),
            input_block(FieldId.PRESET, "How careful shall I be?", radio),
            context(PRESET_ALWAYS),
        ],
        callback_id=CallbackId.PRESET_CHOOSE,
        submit="See what changes",
        close="Cancel",
    )


def preset_apply_modal(view: PresetView) -> Block:
    """What it would change, before it does."""
    name, meaning = PRESET_WORDS[view.preset]
    lines = [f"• {_change_words(change)}" for change in view.changes[:CHANGES]]
    more = len(view.changes) - CHANGES
    lines += [f"and {more} more"] if more > 0 else []
    what = (
        "*What changes in your rules*\n" + "\n".join(lines)
        if lines
        else "Your rules are like this already; nothing in them changes."
    )
    return modal(
        "Guardrail preset",
        [
            section(f"*{name}*\n{meaning}"),
            section(what),
            context(
                f"This becomes version {view.based_on + 1} of the approval rules."
                if lines
                else PRESET_ALWAYS,
                "Rules you have written yourself stay as they are.",
            ),
        ],
        callback_id=CallbackId.PRESET,
        target=PresetChoice(preset=view.preset.value, rev=view.based_on),
        submit=f"Use {name}",
        close="Cancel",
    )


def _change_words(change: str) -> str:
    """`send_proposal added` is a kind of mail that asks for approval from now on."""
    name, _, what = change.partition(" ")
    if name not in ACTION_WORDS or what not in CHANGED:
        return escape(change)
    return f"{ACTION_WORDS[name]}: {CHANGED[what]}"


# ── Shadow mode ─────────────────────────────────────────────────────────────────────────────────
def shadow_modal(*, on: bool, enabled: int) -> Block:
    """What happens when it is switched, from how it stands now."""
    if on:
        text = (
            "*End shadow mode?*\n"
            f"• {count(enabled, 'enabled person gets', 'enabled people get')} one message each "
            "that says what waits, then cards as mail comes.\n"
            "• Drafts written meanwhile appear in their Gmail drafts.\n"
            "• Approved mail leaves. A person still approves each one."
        )
    else:
        text = (
            "*Switch shadow mode on?*\n"
            "• I go on reading, deciding and writing everything down.\n"
            "• Nobody is shown anything they didn't ask for: no cards, no digests.\n"
            "• Nothing leaves, whoever approves it. What is queued asks again later.\n"
            "• No draft appears in anybody's Gmail."
        )
    return modal(
        "Shadow mode",
        [section(text)],
        callback_id=CallbackId.SHADOW,
        target=Target(id=NOBODY, rev=int(not on)),
        submit="End it" if on else "Switch it on",
        close="Cancel",
    )
