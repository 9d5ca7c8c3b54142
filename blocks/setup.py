"""The first-run checklist on an admin's Home tab."""

from blocks.action_ids import ActionId, numbered
from blocks.parts import Block, actions, button, link_button, section, short
from services.types.setup import SetupStep, SetupView, Step

NAMES = {
    Step.GMAIL: "Gmail",
    Step.MEMBERS: "Members and roles",
    Step.CUSTOMERS: "Accounts and deals",
    Step.PRESET: "Guardrail preset",
    Step.SHADOW: "Shadow mode",
    Step.ENABLE: "Enabled people",
}
ACTIONS = {
    Step.GMAIL: ActionId.SETUP_HOW,
    Step.MEMBERS: ActionId.IMPORT,
    Step.CUSTOMERS: ActionId.SETUP_HOW,
    Step.PRESET: ActionId.PRESET_CHOOSE,
    Step.SHADOW: ActionId.SHADOW,
    Step.ENABLE: ActionId.ENABLE,
}
LINK = 90
"""The number of the link button: no other on the Home tab has it."""


def setup_section(view: SetupView, *, connect_url: str | None = None) -> list[Block]:
    """Each step done or missing, with one sentence and one button; one line when all is done.
    `connect_url`: where this admin connects a Gmail, while that is missing."""
    if view.complete:
        return [section("Setup is complete.", button("Members", ActionId.MEMBERS, "setup"))]
    done = len(view.steps) - view.missing
    missing = next(step for step in view.steps if not step.done)
    return [
        section(f"*Setting up, {done} of {len(view.steps)} done*"),
        *(
            _step(step, number, connect_url, first=step is missing)
            for number, step in enumerate(view.steps)
        ),
        actions(button("Members", ActionId.MEMBERS, "setup")),
    ]


def _step(step: SetupStep, number: int, connect_url: str | None, *, first: bool) -> Block:
    mark = "✓ Done" if step.done else "○ To do"
    text = f"*{NAMES[step.step]}*  {mark}\n{short(step.sentence, 200)}"
    if step.button is None:
        return section(text)
    if step.step is Step.GMAIL and connect_url:
        return section(text, link_button(step.button, connect_url, LINK))
    action = numbered(ACTIONS[step.step], number)
    style = "primary" if first else None
    return section(text, button(step.button, action, step.step.value, style=style))
