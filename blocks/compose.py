"""The form for a mail, and the choice of its account."""

from uuid import UUID

from blocks.account_select import account_select
from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    confirm,
    context,
    cut,
    literal,
    option,
    plain,
    quoted,
    section,
    short,
)
from blocks.values import Pick, Target
from services.types.compose import ComposeFormView, ContactChoice, MailPurpose

NEW = "new"
SOURCE = 700
OFFERED = 3
"""People whom the form offers to confirm."""
PURPOSES: dict[MailPurpose, str] = {
    MailPurpose.FOLLOW_UP: "Follow up",
    MailPurpose.OUTREACH: "Get in touch for the first time",
    MailPurpose.UPDATE: "Tell how things stand",
    MailPurpose.ESCALATION: "Raise a problem",
    MailPurpose.REPLY: "Answer what the message says",
}


def compose_modal(view: ComposeFormView) -> Block:
    """Account, person, purpose and a word of what for. Choosing an account fills in its people."""
    account = input_block(
        FieldId.ACCOUNT, "Account", account_select(ActionId.COMPOSE_ACCOUNT, view.account)
    )
    blocks = [*_source(view), {**account, "dispatch_action": True}]
    if view.account is not None:
        blocks += _people(view, view.account)
    words = text_field(FieldId.INSTRUCTION, clean(view.instruction), multiline=True, length=2000)
    words["placeholder"] = plain("A nudge about the pilot; mention the webinar on Thursday", 150)
    blocks += [
        input_block(FieldId.PURPOSE, "What is it for?", _purposes(view)),
        input_block(FieldId.INSTRUCTION, "What should it say?", words, optional=True),
        context("Nothing is sent: the draft comes to you as a card, and you decide there."),
    ]
    return modal(
        "Draft a reply" if view.source else "Write a mail",
        blocks,
        callback_id=CallbackId.COMPOSE,
        target=Target(id=view.capture_id),
        submit="Draft it",
        close="Cancel",
    )


def contact_block(account_id: UUID) -> str:
    """The block that asks for the person; another account is another block, so that Slack doesn't
    keep what was chosen before."""
    return f"{FieldId.CONTACT}#{account_id}"


def message_blocks(text: str, author: str, *, suspicious: bool = False) -> list[Block]:
    """The Slack message something is made of, as it was written."""
    shown = cut(clean(text), SOURCE)
    blocks = [quoted(literal(shown or "(no words)")), context(f"{short(author, 60)}, in Slack")]
    if suspicious:
        blocks.append(
            section("*Part of this message gives orders to a machine.* I follow none of them.")
        )
    return blocks


def account_choice(accounts: tuple[tuple[UUID, str], ...], capture_id: UUID) -> list[Block]:
    """Several accounts fit: one button each."""
    buttons = [
        button(
            name,
            numbered(ActionId.COMPOSE_PICK, number),
            Pick(id=capture_id, account=account_id).encode(),
        )
        for number, (account_id, name) in enumerate(accounts[:10])
    ]
    return [section("*Several accounts fit. Which one?*"), actions(*buttons)]


def form_button(view: ComposeFormView) -> list[Block]:
    """For where no form can be opened at once."""
    name = f" to {short(view.account[1], 60)}" if view.account else ""
    target = Target(id=view.capture_id).encode()
    if view.account:
        target = Pick(id=view.capture_id, account=view.account[0]).encode()
    form = button("Open the form", ActionId.COMPOSE_FORM, target, style="primary")
    return [section(f"*A mail{name}*\nI need to know to whom, and what for."), actions(form)]


def _source(view: ComposeFormView) -> list[Block]:
    if not view.source:
        return []
    return message_blocks(view.source, view.author, suspicious=view.suspicious)


def _people(view: ComposeFormView, account: tuple[UUID, str]) -> list[Block]:
    """Who can be chosen, and who can't and why."""
    can = [person for person in view.contacts if person.barred is None]
    blocks: list[Block] = []
    if can:
        blocks.append(_contact(view, can, account[0]))
    else:
        blocks.append(section(f"*Nobody at {short(account[1], 60)} is a confirmed contact yet.*"))
    observed = [person for person in view.contacts if person.observed]
    blocks += [_observed(person, number) for number, person in enumerate(observed[:OFFERED])]
    others = [p for p in view.contacts if p.barred is not None and not p.observed]
    others += observed[OFFERED:]
    if others:
        names = "; ".join(f"{short(p.name, 40)}: {p.barred}" for p in others[:5])
        more = f"; and {len(others) - 5} more" if len(others) > 5 else ""  # noqa: PLR2004 - a line
        blocks.append(context(f"Can't be written to. {names}{more}"))
    if view.thread is not None:
        blocks.append(_where(view.thread, account[0]))
    return blocks


def _contact(view: ComposeFormView, can: list[ContactChoice], account_id: UUID) -> Block:
    options = [option(_person(person), str(person.id)) for person in can[:100]]
    element: Block = {
        "type": "static_select",
        "action_id": FieldId.CONTACT,
        "placeholder": plain("Choose a person", 150),
        "options": options,
    }
    chosen = next((o for o in options if o["value"] == str(view.chosen)), None)
    if chosen is not None:
        element["initial_option"] = chosen
    block = input_block(FieldId.CONTACT, "To", element)
    return {**block, "block_id": contact_block(account_id)}


def _person(person: ContactChoice) -> str:
    return f"{person.name}, {person.title}" if person.title else person.name


def _observed(person: ContactChoice, number: int) -> Block:
    """Learned from mail: somebody who knows them may vouch for them."""
    who = f"{short(person.name, 60)} ({short(person.email, 80)})"
    return section(
        f"{who} is not confirmed yet: I know them only from mail.",
        button(
            "Confirm",
            numbered(ActionId.COMPOSE_CONFIRM, number),
            Target(id=person.id).encode(),
            confirm=confirm(
                "Confirm this person?",
                f"{person.name} ({person.email}) can then be written to by everyone here.",
                "Confirm",
                "Not now",
            ),
        ),
    )


def _where(thread: tuple[UUID, str], account_id: UUID) -> Block:
    new = option("As a new mail", NEW)
    element: Block = {
        "type": "radio_buttons",
        "action_id": FieldId.WHERE,
        "options": [new, option(f"In the thread “{thread[1]}”", str(thread[0]))],
        "initial_option": new,
    }
    block = input_block(FieldId.WHERE, "Where?", element)
    return {**block, "block_id": f"{FieldId.WHERE}#{account_id}"}


def _purposes(view: ComposeFormView) -> Block:
    offered = {p: name for p, name in PURPOSES.items() if view.source or p != MailPurpose.REPLY}
    return {
        "type": "static_select",
        "action_id": FieldId.PURPOSE,
        "options": [option(name, purpose) for purpose, name in offered.items()],
        "initial_option": option(offered[view.purpose], view.purpose),
    }
