"""Mailboxes on the Home tab, and the card that says pushes fell silent."""

from blocks.action_ids import ActionId, numbered
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    count,
    cut,
    moment,
    one_line,
    option,
    plain,
    section,
    short,
)
from blocks.values import Target
from services.types.mailbox_health import (
    DelegationView,
    MailboxesView,
    MailboxHealth,
    MailboxState,
    PushCardView,
)
from services.types.views import Reader

MINE = 2
NAMED = 8
LISTED = 30
A_BLOCK = 10
CHOICES = 100
FAILURES = 3
ADDRESS = 80

STATES = {
    MailboxState.WELL: "reads new mail as it comes",
    MailboxState.READING: "reads the last 90 days, quietly",
    MailboxState.BEHIND: "has not been read for a while",
    MailboxState.NO_PUSH: "gets no pushes; I look by myself",
    MailboxState.RECONNECT: "has to be connected again",
    MailboxState.DISCONNECTED: "is disconnected",
}
MARKS = {
    MailboxState.WELL: "Working",
    MailboxState.READING: "Reading",
    MailboxState.BEHIND: "Behind",
    MailboxState.NO_PUSH: "No push",
    MailboxState.RECONNECT: "Reconnect",
    MailboxState.DISCONNECTED: "Off",
}
INVITE = (
    "*Connect your Gmail*\nI read mail from your customers, qualify it and put drafts into your "
    "Gmail. Nothing leaves without your word. The last 90 days I read quietly, then I tell you "
    "once what I found."
)


def mailboxes_section(view: MailboxesView, *, invites: bool = True) -> list[Block]:
    """For everybody their own mailbox; for admins everybody's below it. `invites`: whoever has
    none is asked to connect one, unless something above does so already."""
    blocks: list[Block] = []
    if not view.mine and invites:
        blocks += _invitation(view)
    for number, box in enumerate(view.mine[:MINE]):
        blocks += _mine(box, view.reader, number)
    return [*blocks, *_admin(view)]


def push_card(view: PushCardView) -> list[Block]:
    """Mail comes, pushes don't; or they are back."""
    if not view.silent:
        return [section(f"*{push_text(view)}*\nI hear of new mail at once again.")]
    reader, last = view.reader, view.last_push_at
    heard = moment(last, reader.now, reader.timezone) if last else "never"
    boxes = ", ".join(short(address, ADDRESS) for address in view.silent[:5])
    more = f" and {len(view.silent) - 5} more" if len(view.silent) > 5 else ""  # noqa: PLR2004
    return [
        section(
            f"*{push_text(view)}*\nMail came into {boxes}{more} that no push told me of. I found "
            f"it by looking, every {_seconds(view.poll_seconds)}; nothing was lost, it only comes "
            "later."
        ),
        section(
            "Look in Google Cloud at the Pub/Sub subscription: does it still push to this "
            "address, and are its deliveries answered? `understudy doctor` names what I can see."
        ),
        context(f"Last push: {heard}", "This goes away by itself when pushes are back."),
    ]


def push_text(view: PushCardView) -> str:
    return "Gmail's pushes have fallen silent" if view.silent else "Gmail's pushes are back"


def health_line(box: MailboxHealth, reader: Reader) -> str:
    """One mailbox in one line: the state in words, then what proves it."""
    who = f" ({short(box.owner_name, 60)})" if box.owner_name and not box.mine else ""
    own = " · the workspace's own" if box.is_system else ""
    last = box.last_message_at
    mail = f" · last mail {moment(last, reader.now, reader.timezone)}" if last else ""
    name = f"*{short(box.address, ADDRESS)}*{who}{own}"
    return f"{name}\n{MARKS[box.state]}: {STATES[box.state]}{mail}"


def _invitation(view: MailboxesView) -> list[Block]:
    if view.connect_url:
        return [
            section(INVITE),
            actions(_link("Connect Gmail", view.connect_url, 0, primary=True)),
        ]
    if view.not_set_up and view.reader.role == "admin":
        return [section(f"*Connecting Gmail isn't set up yet*\n{short(view.not_set_up, 600)}")]
    return [section("*No Gmail is connected for you yet*\nYour admin has to set it up first.")]


def _mine(box: MailboxHealth, reader: Reader, number: int) -> list[Block]:
    elements: list[Block] = []
    if box.connect_url:
        again = "Connect" if box.state is MailboxState.DISCONNECTED else "Reconnect"
        elements.append(_link(again, box.connect_url, 1 + number, primary=True))
    if box.state is not MailboxState.DISCONNECTED:
        elements.append(_disconnect(box, number))
    reason = f"\n{short(box.reason, 300)}" if box.reason else ""
    blocks = [section(health_line(box, reader) + reason)]
    if elements:
        blocks.append(actions(*elements))
    return [*blocks, context(_facts(box, reader))]


def _facts(box: MailboxHealth, reader: Reader) -> str:
    now, zone = reader.now, reader.timezone
    facts = []
    if box.connected_at:
        facts.append(f"Connected {moment(box.connected_at, now, zone)}")
    if box.via == "delegation":
        facts.append("opened by the workspace's service account")
    looked = moment(box.synced_at, now, zone) if box.synced_at else "not yet"
    facts.append(f"last looked {looked}")
    if not box.pushes:
        facts.append(f"no pushes are set up, I look every {_seconds(box.poll_seconds)}")
    elif box.state is not MailboxState.DISCONNECTED:
        heard = moment(box.push_seen_at, now, zone) if box.push_seen_at else "none yet"
        facts.append(f"last push {heard}")
        ends = box.watch_expires_at
        facts.append(f"watch until {moment(ends, now, zone)}" if ends else "no watch yet")
    return " · ".join(facts)


def _admin(view: MailboxesView) -> list[Block]:
    blocks: list[Block] = []
    if view.silent_since:
        since = moment(view.silent_since, view.reader.now, view.reader.timezone)
        blocks.append(section(f"*Gmail's pushes are silent* since {since}; I look by myself."))
    if view.system_missing:
        blocks += _system(view)
    if view.delegation:
        blocks += _delegation(view.delegation)
    return [*blocks, *_others(view)]


def _others(view: MailboxesView) -> list[Block]:
    """One line each, those that need somebody first; ending one of them is a choice from a list."""
    if not view.others:
        return []
    order = list(MailboxState)
    worst = sorted(view.others, key=lambda box: order.index(box.state))
    lines = [f"• {health_line(box, view.reader)}".replace("\n", " · ") for box in worst[:LISTED]]
    if len(worst) > LISTED:
        lines.append(f"and {len(worst) - LISTED} more")
    head = section(f"*Mailboxes of this workspace* ({len(worst)})")
    pages = [section("\n".join(lines[at : at + A_BLOCK])) for at in range(0, len(lines), A_BLOCK)]
    elements: list[Block] = [
        _link(f"Reconnect {box.address}", box.connect_url, 10 + number)
        for number, box in enumerate(worst[:LISTED])
        if box.connect_url and box.is_system
    ]
    open_ = [box for box in worst if box.state is not MailboxState.DISCONNECTED][:CHOICES]
    if open_:
        elements.append(
            {
                "type": "static_select",
                "action_id": numbered(ActionId.MAILBOX_DISCONNECT, 9),
                "placeholder": plain("Disconnect a mailbox", 150),
                "options": [
                    option(box.address, Target(id=box.mailbox_id).encode()) for box in open_
                ],
                "confirm": _sure("that mailbox"),
            }
        )
    return [head, *pages, *([actions(*elements)] if elements else [])]


def _system(view: MailboxesView) -> list[Block]:
    text = (
        "*A mailbox for the workspace*\nDigests, approval mails and notices leave from a mailbox "
        "of its own, never from anybody's. Without one they come by Slack only."
    )
    if view.system_connect_url is None:
        return [section(text)]
    return [section(text, _link("Connect it", view.system_connect_url, 90))]


def _delegation(view: DelegationView) -> list[Block]:
    waiting = len(view.connectable)
    names = ", ".join(short(name, 40) for name in view.connectable[:NAMED])
    more = f" and {waiting - NAMED} more" if waiting > NAMED else ""
    lines = [
        (
            "*Connected by the workspace's service account*: "
            f"{count(view.connected, 'mailbox', 'mailboxes')}"
        ),
        f"{short(view.client_email, 120)}, client ID {short(view.client_id, 40)}",
    ]
    if waiting:
        lines.append(f"Could be connected in one go: {names}{more}.")
    lines += [
        f"• {short(address, ADDRESS)}: {short(why, 400)}"
        for address, why in view.failures[:FAILURES]
    ]
    elements: list[Block] = []
    if waiting:
        elements.append(
            button(
                "Connect all members",
                ActionId.MAILBOX_CONNECT_ALL,
                "all",
                confirm=confirm(
                    "Connect all members?",
                    f"I will read the Gmail of {count(waiting, 'member')} from now on. They "
                    "aren't asked; tell them first.",
                    "Connect",
                    "Cancel",
                ),
            )
        )
    elements.append(
        button(
            "Remove the account",
            ActionId.MAILBOX_UNDELEGATE,
            "remove",
            style="danger",
            confirm=confirm(
                "Remove the service account?",
                "All mailboxes it opens are disconnected at once. What I have read stays.",
                "Remove",
                "Cancel",
            ),
        )
    )
    return [section("\n".join(lines)), actions(*elements)]


def _link(text: str, url: str, number: int, *, primary: bool = False) -> Block:
    """A button that leads to our own page; what it means is in its signed address."""
    element = button(text, numbered(ActionId.MAILBOX_CONNECT, number), "connect")
    element["url"] = url
    return {**element, "style": "primary"} if primary else element


def _disconnect(box: MailboxHealth, number: int) -> Block:
    return button(
        "Disconnect",
        numbered(ActionId.MAILBOX_DISCONNECT, number),
        Target(id=box.mailbox_id).encode(),
        confirm=_sure(cut(one_line(box.address), ADDRESS)),
    )


def _sure(what: str) -> Block:
    return confirm(
        "Disconnect this mailbox?",
        f"I stop reading {what} and give Google's permission back. What I have read stays; drafts "
        "I put there stay in Gmail, and I can't send them any more.",
        "Disconnect",
        "Cancel",
    )


def _seconds(seconds: float) -> str:
    whole = round(seconds)
    return "minute" if whole == 60 else f"{whole} seconds"  # noqa: PLR2004 - a minute
