"""What was kept quiet, and the button that says it shouldn't have been."""

from blocks.action_ids import ActionId, numbered
from blocks.lint import fitted
from blocks.parts import Block, button, context, count, moment, section, short
from blocks.values import Target
from services.types.views import QuietView

SHOWN = 15


def quiet_blocks(view: QuietView) -> list[Block]:
    """Newest first, each with the reason it stayed quiet."""
    if not view.items:
        return [
            section("*Nothing was kept quiet*\nEvery mail of the last seven days became a card.")
        ]
    blocks = [section(f"*{count(view.total, 'mail')} in the last seven days came without a card*")]
    for number, item in enumerate(view.items[:SHOWN]):
        when = moment(item.received_at, view.reader.now, view.reader.timezone)
        account = f", {short(item.account_name, 60)}" if item.account_name else ""
        subject = short(item.subject or "no subject", 120)
        text = (
            f"*{short(item.sender_name, 60)}{account}* · {when}\n"
            f"{subject} · {short(item.reason, 160)}"
        )
        tell = button(
            "Should have told me",
            numbered(ActionId.SHOULD_HAVE_TOLD, number),
            Target(id=item.message_id).encode(),
        )
        if item.should_have_told:
            blocks.append(section(f"{text} · you said I should have told you"))
        else:
            blocks.append(section(text, accessory=tell))
    rest = view.total - min(len(view.items), SHOWN)
    more = [context(f"{count(rest, 'older mail')} not shown.")] if rest > 0 else []
    return fitted([*blocks, *more])
