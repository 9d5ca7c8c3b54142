"""Members as admins see them: the list, one member's form, and importing from Slack."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
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
    overflow,
    plain,
    section,
    short,
)
from blocks.values import Choice, Target
from services.types.approvals import TITLE_WORDS, TITLES
from services.types.moments import until_words
from services.types.people import Function, Role
from services.types.rollout import ALREADY, ImportLine, ImportView, MemberLine, MembersView

PAGE = 12
ROLES = {
    Role.REP: "Rep: answers mail, decides on their own drafts",
    Role.MANAGER: "Manager: decides on their people's drafts too",
    Role.EXECUTIVE: "Executive: decides on approvals only",
    Role.ADMIN: "Admin: everything, and these settings",
}
WITH_FUNCTION = (Role.REP, Role.MANAGER)
FUNCTIONS = {
    Function.SALES: "Sales",
    Function.ONBOARDING: "Onboarding",
    Function.SUPPORT: "Support",
    Function.SUCCESS: "Customer success",
}
MAILBOXES = {
    "connected": "Gmail connected",
    "reconnect": "Gmail must be connected again",
    "disconnected": "Gmail disconnected",
}
SKIPPED_SHOWN, ADDED_SHOWN = 20, 40
NO_ONE = UUID(int=0)


# ── The list ────────────────────────────────────────────────────────────────────────────────────
def members_modal(view: MembersView) -> Block:
    """Who is here, a page at a time; each with what can be done."""
    waiting = (
        f"{view.waiting} of them {'is' if view.waiting == 1 else 'are'} not enabled yet."
        if view.waiting
        else "All active ones are enabled."
    )
    blocks = [
        section(f"*{count(view.total, 'member')}.* {waiting}"),
        actions(
            button("Import from Slack", ActionId.IMPORT, "members"),
            button("Preview and enable", ActionId.ENABLE, "members"),
        ),
        *([context("Shadow mode is on: nobody is told anything.")] if view.shadow else []),
        divider(),
        *(_line(line, view, n) for n, line in enumerate(view.lines)),
        *_pager(view),
    ]
    return modal("Members", blocks, callback_id=CallbackId.MEMBERS)


def _line(line: MemberLine, view: MembersView, number: int) -> Block:
    titles = [TITLE_WORDS.get(title, title).removeprefix("a ").removeprefix("the ")
              for title in line.titles]  # fmt: skip
    what = line.role.value.capitalize()
    # What executives and admins do here has no function of its own.
    what += f", {FUNCTIONS[Function(line.function)]}" if line.role in WITH_FUNCTION else ""
    what += f" ({', '.join(titles)})" if titles else ""
    how = [_state(line, view), MAILBOXES.get(line.mailbox or "", "no Gmail yet")]
    how += [f"reports to {short(line.manager, 60)}"] if line.manager else []
    text = f"*{short(line.name, 80)}*  {short(what, 160)}\n{' · '.join(how)}"
    return section(text, overflow(numbered(ActionId.MEMBER_MORE, number), _choices(line)))


def _state(line: MemberLine, view: MembersView) -> str:
    if line.state == "paused" and line.paused_until:
        until = until_words(line.paused_until, view.reader.now, view.reader.timezone)
        return f"paused until {until}"
    return {"enabled": "enabled", "waiting": "*not enabled*", "left": "has left"}.get(
        line.state, line.state
    )


def _choices(line: MemberLine) -> list[tuple[str, str]]:
    def choice(text: str, do: ActionId) -> tuple[str, str]:
        return text, Choice(id=line.member_id, do=do).encode()

    if line.state == "left":
        return [choice("Reinstate", ActionId.MEMBER_REINSTATE)]
    enable = [choice("Preview and enable", ActionId.MEMBER_ENABLE)]
    return [
        choice("Change role or manager", ActionId.MEMBER_CHANGE),
        *(enable if line.state == "waiting" else []),
        choice("End membership", ActionId.MEMBER_END),
    ]


def _pager(view: MembersView) -> list[Block]:
    last = view.offset + len(view.lines)
    if view.total <= len(view.lines):
        return []
    back = Target(id=NO_ONE, rev=max(view.offset - PAGE, 0)).encode()
    on = Target(id=NO_ONE, rev=last).encode()
    buttons = [
        *([button("Previous", numbered(ActionId.MEMBERS_PAGE, 0), back)] if view.offset else []),
        *([button("Next", numbered(ActionId.MEMBERS_PAGE, 1), on)] if last < view.total else []),
    ]
    return [context(f"{view.offset + 1} to {last} of {view.total}"), actions(*buttons)]


# ── One member ──────────────────────────────────────────────────────────────────────────────────
def member_modal(line: MemberLine) -> Block:
    """Role, function, titles, manager."""
    titles = [(TITLE_WORDS[title].partition(" ")[2], title) for title in TITLES]
    held = [option(text, value) for text, value in titles if value in line.titles]
    boxes: Block = {
        "type": "checkboxes",
        "action_id": FieldId.TITLES,
        "options": [option(text, value) for text, value in titles],
    }
    chosen = (line.manager_id, line.manager) if line.manager_id and line.manager else None
    return modal(
        line.name,
        [
            section(f"*{short(line.name, 80)}*\n{short(line.email, 120)}"),
            input_block(FieldId.ROLE, "Role", _select(FieldId.ROLE, ROLES, line.role)),
            input_block(
                FieldId.FUNCTION, "Function", _select(FieldId.FUNCTION, FUNCTIONS, line.function)
            ),
            input_block(
                FieldId.TITLES,
                "Approval titles",
                {**boxes, "initial_options": held} if held else boxes,
                optional=True,
            ),
            input_block(FieldId.MANAGER, "Manager", _manager(chosen), optional=True),
            context("Open approvals follow the change within a minute or two."),
        ],
        callback_id=CallbackId.MEMBER,
        target=Target(id=line.member_id),
        submit="Save",
        close="Cancel",
    )


def member_end_modal(line: MemberLine) -> Block:
    """What the end of a membership does, before it is done."""
    who = short(line.name, 80)
    heir = short(line.manager, 80) if line.manager else "an admin"
    return modal(
        "End membership",
        [
            section(
                f"*End {who}'s membership?*\n"
                f"• Their Gmail is disconnected, and what they had queued doesn't leave.\n"
                f"• Open drafts and conversations go to {heir}, in one message.\n"
                "• Approvals that wait for them go to others who may decide.\n"
                "• Accounts and deals keep their name as owner until you change that."
            ),
            context("You can reinstate them later. They then connect Gmail anew."),
        ],
        callback_id=CallbackId.MEMBER_END,
        target=Target(id=line.member_id),
        submit="End membership",
        close="Keep",
    )


# ── Importing ───────────────────────────────────────────────────────────────────────────────────
def import_modal() -> Block:
    """Whom, as what, for whom. Nobody hears of it."""
    return modal(
        "Import from Slack",
        [
            section("Importing messages nobody. They become members, and you enable them later."),
            *people_or_group(),
            input_block(FieldId.ROLE, "Their role", _select(FieldId.ROLE, ROLES, Role.REP)),
            input_block(FieldId.MANAGER, "Their manager", _manager(None), optional=True),
            context(
                "Guests, bots and people of other workspaces are left out. Members stay as they "
                "are."
            ),
        ],
        callback_id=CallbackId.IMPORT,
        submit="Import",
        close="Cancel",
    )


def people_or_group() -> list[Block]:
    """Whom an admin means."""
    people: Block = {
        "type": "multi_users_select",
        "action_id": FieldId.PEOPLE,
        "placeholder": plain("People", 150),
    }
    group: Block = {
        "type": "external_select",
        "action_id": ActionId.IMPORT_GROUP,
        "placeholder": plain("A user group", 150),
        "min_query_length": 0,
    }
    return [
        input_block(FieldId.PEOPLE, "People", people, optional=True),
        input_block(FieldId.GROUP, "Or a user group", group, optional=True),
    ]


def import_card(view: ImportView) -> list[Block]:
    """What became of each of them."""
    if view.status == "queued":
        return [section(f"*Looking up {escape(view.source)}*\nThe result comes here.")]
    blocks = [section(f"*{import_text(view)}*\n{_names(view.added, view)}")]
    if view.note:
        kept = "What was imported until then stays." if view.added else "Nobody was imported."
        blocks.append(section(f"I had to stop: {short(view.note, 200)} {kept}"))
    left = [line for line in view.skipped if line.why != ALREADY]
    if left:
        lines = [
            f"• {short(line.name or 'Somebody', 60)}: {short(line.why or '', 120)}"
            for line in left[:SKIPPED_SHOWN]
        ]
        more = len(left) - SKIPPED_SHOWN
        lines += [f"and {more} more"] if more > 0 else []
        blocks.append(
            section("\n".join((f"*{count(len(left), 'person', 'people')} left out*", *lines)))
        )
    known = len(view.skipped) - len(left)
    if known:
        stay = "is a member already and stays as they are"
        blocks.append(
            context(
                f"1 {stay}." if known == 1 else f"{known} are members already and stay as they are."
            )
        )
    if view.added:
        blocks.append(
            actions(
                button("Preview and enable", ActionId.ENABLE, "import", style="primary"),
                button("Members", ActionId.MEMBERS, "import"),
            )
        )
        blocks.append(context("Nobody has been told. They hear from me once you enable them."))
    return blocks


def import_text(view: ImportView) -> str:
    if view.status == "queued":
        return "Importing from Slack"
    return f"Imported {count(len(view.added), 'member')} from Slack"


def _names(lines: Sequence[ImportLine], view: ImportView) -> str:
    if not lines:
        return "Nobody new."
    names = ", ".join(short(line.name, 60) for line in lines[:ADDED_SHOWN])
    more = f" and {len(lines) - ADDED_SHOWN} more" if len(lines) > ADDED_SHOWN else ""
    return f"{names}{more}, as {view.role.value}."


# ── Elements ────────────────────────────────────────────────────────────────────────────────────
def _select(field: FieldId, words: dict[Any, str], chosen: str) -> Block:
    return {
        "type": "static_select",
        "action_id": field,
        "options": [option(text, value) for value, text in words.items()],
        "initial_option": option(words[chosen], chosen),
    }


def _manager(chosen: tuple[UUID, str] | None) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": ActionId.MEMBER_MANAGER,
        "placeholder": plain("A member", 150),
        "min_query_length": 0,
    }
    if chosen is not None:
        element["initial_option"] = option(chosen[1], str(chosen[0]))
    return element
