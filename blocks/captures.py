"""What was made of a Slack message: while it is read, what it proves, and where it is noted."""

from blocks.account_select import deal_select
from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.compose import message_blocks
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    bold,
    button,
    confidence_words,
    context,
    cut,
    in_quotes,
    literal,
    local_day,
    one_line,
    plain,
    quoted,
    section,
    short,
)
from blocks.sources import transcript_card, transcript_text
from blocks.terms import criterion_name, sentence, value_words
from blocks.values import Target
from services.types.compose import CaptureKind, CaptureView
from services.types.model import Finding

READING = "*I'm reading it.* This takes a few seconds; close the window if you like, the result then comes as a message."  # noqa: E501 - one sentence to a person
NOTHING = "*I found nothing in it that proves a criterion.* Nothing was changed."
FAILED = (
    "*I couldn't read it: the model doesn't answer.* Nothing was changed; what is known of the "
    "deal stands as it was. Try again in a few minutes."
)
MOST = 10
LABELS, QUOTE = 600, 220


def qualify_modal(view: CaptureView) -> Block:
    """The same window from the first moment to the result."""
    about = message_blocks(view.text, view.author, suspicious=view.suspicious)
    target = Target(id=view.capture_id)
    if view.status == "done":
        said = [section(f"*{short(view.told, 300)}*")]
    elif view.status in ("open", "reading"):
        said = [section(READING)]
    elif view.status == "failed":
        said = [section(FAILED)]
    elif not view.findings:
        said = [section(NOTHING), *_author(view)]
    else:
        return modal(
            "Qualify this",
            [*about, *_findings(view), _deal(view), *_author(view)],
            callback_id=CallbackId.CAPTURE_QUALIFY,
            target=target,
            submit="Add to the deal",
            close="Discard",
        )
    return modal("Qualify this", [*about, *said], callback_id=CallbackId.TOLD, target=target)


def log_modal(view: CaptureView) -> Block:
    """A note with the message, for the deal that is chosen."""
    comment = text_field(FieldId.COMMENT, "", multiline=True, length=1000)
    comment["placeholder"] = plain("What should colleagues know about it?", 150)
    return modal(
        "Log to deal",
        [
            *message_blocks(view.text, view.author),
            _deal(view),
            input_block(FieldId.COMMENT, "Your words", comment, optional=True),
            context("It stands in the account's brief, with who said it and a link to it."),
        ],
        callback_id=CallbackId.CAPTURE_LOG,
        target=Target(id=view.capture_id),
        submit="Log it",
        close="Cancel",
    )


def capture_card(view: CaptureView) -> list[Block]:
    """The result for whoever closed the window."""
    if view.kind is CaptureKind.TRANSCRIPT:
        return transcript_card(view)
    source = f" <{view.permalink}|Open it>" if view.permalink else ""
    head = section(f"*The message by {short(view.author, 60)} you asked me to qualify.*{source}")
    if view.status == "done":
        return [head, section(short(view.told, 300))]
    if view.status == "failed":
        return [head, section(FAILED)]
    if view.status in ("open", "reading"):
        return [head, section("*I'm reading it.*")]
    if not view.findings:
        return [head, section(NOTHING), *_author(view)]
    add = button(
        "Add to the deal",
        ActionId.CAPTURE_ADD,
        Target(id=view.capture_id).encode(),
        style="primary",
    )
    return [head, *_findings(view), actions(add), *_author(view)]


def capture_text(view: CaptureView) -> str:
    """For notifications and screen readers."""
    if view.kind is CaptureKind.TRANSCRIPT:
        return transcript_text(view)
    if view.status == "read" and view.findings:
        names = ", ".join(criterion_name(f.criterion).lower() for f in view.findings[:MOST])
        return f"In the message by {short(view.author, 60)} I found: {names}"
    return f"The message by {short(view.author, 60)} you asked me to qualify"


def _findings(view: CaptureView) -> list[Block]:
    """Each criterion: its value, how sure it is, and the words that prove it."""
    today = local_day(view.reader.now, view.reader.timezone)

    def label(found: Finding) -> str:
        value = value_words(found.value, found.quote, today)
        name = criterion_name(found.criterion)
        return f"{name}{f': {value}' if value else ''}, {confidence_words(found.confidence)}"

    proofs: dict[str, list[str]] = {}
    for found in view.findings[:MOST]:
        proofs.setdefault(one_line(found.quote), []).append(label(found))
    pieces: list[Block] = []
    for quote, labels in proofs.items():
        start = "\n" if pieces else ""
        pieces.append(bold(start + cut("\n".join(labels), LABELS) + "\n"))
        pieces.append(literal(in_quotes(cut(quote, QUOTE))))
    blocks = [section("*What it proves*"), quoted(*pieces)]
    if len(view.findings) > MOST:
        blocks.append(context(f"{len(view.findings) - MOST} more are added with these."))
    return blocks


def _deal(view: CaptureView) -> Block:
    return input_block(FieldId.DEAL, "Deal", deal_select(ActionId.CAPTURE_DEAL, view.deal))


def _author(view: CaptureView) -> list[Block]:
    return [context(sentence("no model is configured: rules read it."))] if view.offline else []
