"""What stands around an answer: its sources, what the reader should know, and the feedback."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from blocks.action_ids import ActionId, numbered
from blocks.found import found_blocks
from blocks.lint import fitted
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    context,
    cut,
    escape,
    one_line,
    section,
    short,
)
from blocks.values import Meant, Rating
from services.types.agent import Choice, Said, Waiting

SOURCES_SHOWN = 12
SOURCE_TITLE = 110


def closing_blocks(
    answer_id: UUID, sources: Sequence[Mapping[str, Any]], note: str = ""
) -> list[Block]:
    """Below the answer's own words, which may fill a message almost by themselves."""
    blocks = [context(source_lines(sources))] if sources else []
    if note:
        blocks.append(context(escape(note)))
    return [*blocks, feedback(answer_id)]


def source_lines(sources: Sequence[Mapping[str, Any]]) -> str:
    """`[1] Dana Reyes, 12 Nov: Seats`, each with the way to it where there is one."""
    lines = [_source_line(one) for one in sources[:SOURCES_SHOWN]]
    rest = len(sources) - SOURCES_SHOWN
    return "\n".join(["*Sources*", *lines, *([f"and {rest} more"] if rest > 0 else [])])


def _source_line(source: Mapping[str, Any]) -> str:
    title = short(str(source["title"]), SOURCE_TITLE)
    url = source.get("url")
    # Our own addresses only: made from ids we stored, and nothing in them is markup.
    linked = f"<{url}|{title.replace('|', '¦')}>" if isinstance(url, str) and url else title
    return f"[{source['number']}] {linked}"


def feedback(answer_id: UUID) -> Block:
    """👍 and 👎 about one answer."""

    def choice(text: str, *, up: bool) -> Block:
        return {
            "text": {"type": "plain_text", "text": text, "emoji": False},
            "value": Rating(id=answer_id, up=up).encode(),
        }

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ActionId.AGENT_RATE,
                "positive_button": choice("Helpful", up=True),
                "negative_button": choice("Not helpful", up=False),
            }
        ],
    }


def said_blocks(answer_id: UUID, said: Said) -> list[Block]:
    """A sentence, with accounts to choose from, a list of what waits, or what was found."""
    if said.found is not None:
        return found_blocks(said.found)
    blocks = [section(escape(said.text))]
    if said.choices:
        blocks.append(actions(*(_choice(answer_id, n, c) for n, c in enumerate(said.choices))))
    blocks += [section(_waiting(one)) for one in said.waiting]
    return fitted(blocks)


def _choice(answer_id: UUID, number: int, choice: Choice) -> Block:
    value = Meant(id=answer_id, account=choice.account_id).encode()
    return button(choice.name, numbered(ActionId.AGENT_CHOOSE, number), value)


def _waiting(one: Waiting) -> str:
    title = short(one.title, 120).replace("|", "¦")
    head = f"*<{one.url}|{title}>*" if one.url else f"*{title}*"
    return f"{head}\n{short(one.why, 140)}" if one.why else head


def markdown(text: str) -> Block:
    """An answer's words where they don't stream; they come sieved (services/agent_text.py)."""
    return {"type": "markdown", "text": text or " "}


def stand_in(text: str) -> str:
    """For notifications and screen readers: the words without their marks."""
    return escape(cut(one_line(clean(text).replace("**", "").replace("_", " ")), 600))
