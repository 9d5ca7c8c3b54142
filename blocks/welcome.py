"""One message instead of many: what waits when somebody is enabled, comes back, or takes over."""

from blocks.action_ids import ActionId, numbered
from blocks.inbox import unsorted_words
from blocks.parts import Block, button, context, count, moment, section, short
from blocks.terms import excerpt
from blocks.values import Target
from services.types.rollout import HandoverView, HeldItem, WelcomeView
from services.types.views import Reader

WHY = 140
ALERTS = 50
"""Where the numbers of alerts' buttons begin."""
SORT = 99
"""The number of the last button: no mail on the list has it."""


def welcome_card(view: WelcomeView) -> list[Block]:
    """What I do (once), what waits, and a way to open each."""
    blocks = []
    if view.first:
        blocks.append(
            section(
                "*I'm Understudy.* I read your customers' mail, tell you when somebody asks for "
                "something, and draft the answer. You approve it, or it doesn't leave."
            )
        )
    blocks += _alerts(view)
    if view.total or not view.alerts:
        blocks.append(section(f"*{_waits(view.total)}*"))
    blocks += [_item(item, view.reader, number) for number, item in enumerate(view.items)]
    blocks += _rest(view.total, len(view.items))
    quiet = []
    if view.unsorted and view.unsorted_card:
        who = f"{count(view.unsorted, 'mail')} from people I don't know"
        value = Target(id=view.unsorted_card).encode()
        blocks.append(section(who, button("Sort", numbered(ActionId.HELD_OPEN, SORT), value)))
    elif view.unsorted:
        quiet.append(unsorted_words(view.unsorted))
    quiet.append("`/understudy pause` keeps me quiet, `/understudy settings` says how I tell you.")
    return [*blocks, context(*quiet)]


def welcome_text(view: WelcomeView) -> str:
    waits = _waits(view.total) if view.total or not view.alerts else _came(view.alerts_total)
    return f"I'm Understudy. {waits}" if view.first else waits


def _alerts(view: WelcomeView) -> list[Block]:
    """What came of customers' signals meanwhile, before the mails: it was meant to come at once."""
    if not view.alerts:
        return []
    blocks = [section(f"*{_came(view.alerts_total)}*")]
    blocks += [_item(item, view.reader, ALERTS + n) for n, item in enumerate(view.alerts)]
    rest = view.alerts_total - len(view.alerts)
    more = f"{count(rest, 'more alert')}: `/understudy alerts`"
    return [*blocks, context(more)] if rest > 0 else blocks


def _came(number: int) -> str:
    return f"{count(number, 'alert')} came meanwhile"


def handover_card(view: HandoverView) -> list[Block]:
    """What is the reader's now, and what still carries the other one's name."""
    blocks = [section(f"*{handover_text(view)}*")]
    blocks += [_item(item, view.reader, number) for number, item in enumerate(view.items)]
    blocks += _rest(view.total, len(view.items))
    who = short(view.leaver, 80)
    quiet = ["Drafts are written anew in your name. Nothing of theirs leaves any more."]
    if view.total and not view.has_mailbox:
        quiet.insert(0, "*Your Gmail isn't connected*, so you can't send them from here yet.")
    if view.accounts or view.deals:
        owned = f"{count(view.accounts, 'account')} and {count(view.deals, 'open deal')}"
        quiet.append(f"{owned} still name {who} as owner; an admin changes that with a file.")
    return [*blocks, context(*quiet)]


def handover_text(view: HandoverView) -> str:
    who = short(view.leaver, 80)
    if not view.total:
        return f"{who} has left. Nothing they had open needs your word."
    verb = "is" if view.total == 1 else "are"
    return f"{who} has left. {count(view.total, 'mail')} they were answering {verb} yours now."


def _waits(total: int) -> str:
    if not total:
        return "Nothing waits for you. I write when somebody asks for something."
    return f"{count(total, 'mail')} {'waits' if total == 1 else 'wait'} for your word"


def _item(item: HeldItem, reader: Reader, number: int) -> Block:
    came = moment(item.since, reader.now, reader.timezone)
    text = f"*{short(item.title, 120)}* · {came}\n{short(excerpt(item.why, '', WHY), WHY)}"
    value = Target(id=item.card_id).encode()
    return section(text, button("Open", numbered(ActionId.HELD_OPEN, number), value))


def _rest(total: int, listed: int) -> list[Block]:
    """What waits beside those on the list: more of them, or cards that stand here already."""
    if total <= listed:
        return []
    others = f"{count(total - listed, 'more mail')} beside these: " if listed else ""
    return [context(f"{others}`/understudy inbox` lists all that waits.")]
