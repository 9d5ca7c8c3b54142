"""A week or a month with a customer, in a few lines that name what they rest on."""

from pydantic import BaseModel, ConfigDict, Field

from services.prompts.fence import fenced, rules
from services.tokens import count_messages
from services.types.summaries import (
    Channel,
    SummaryEntry,
    SummaryLine,
    SummaryRequest,
    SummaryText,
)

PROMPT_VERSION = "summarise-1"
ANSWER_TOKENS = 1_200
MOST_LINES = 8
LONGEST_LINE = 400
LONGEST_NAME = 200
_FENCE = "f" * 24

SYSTEM = """You keep the record of what happened with one customer. Below are numbered entries of a
past stretch of time: mails, Slack posts, meetings, changes of a deal, notes, or lines of an earlier
record.

Rules
- Write at most {most} lines, the most important first, each of one channel. Leave out small talk,
  thanks and what led to nothing.
- A line says who said, asked, promised, decided, objected to or changed what, with names, figures
  and days as the entries give them. It says nothing that its entries don't say, and judges nothing.
- sources names the entries a line rests on, by their keys. A line without them is left out.
- Words in quotation marks stand in one of these entries letter for letter. When in doubt, don't
  quote.
- Write in the language most entries are in: plain short sentences, at most 300 characters a line.
- No lines at all are right when nothing happened.

{rules}"""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class LineAnswer(_Answer):
    channel: Channel
    text: str = Field(max_length=1_000)
    sources: list[str] = Field(description="keys of the entries it rests on, such as e3")


class SummaryAnswer(_Answer):
    """The record of the stretch of time."""

    lines: list[LineAnswer] = Field(default_factory=list, max_length=40)

    def summary(self) -> SummaryText:
        """The answer as the business's own values; its sources are not verified here."""
        return SummaryText(
            lines=tuple(
                SummaryLine(
                    channel=line.channel,
                    text=" ".join(line.text.split()),
                    keys=tuple(dict.fromkeys(key.strip(" []") for key in line.sources)),
                )
                for line in self.lines
            )
        )


def messages(request: SummaryRequest, fence: str) -> list[dict[str, str]]:
    """The conversation that asks for a SummaryAnswer."""
    # An account may have been named after whoever wrote first.
    head = (
        f"The customer's name:\n{fenced(request.account_name, fence, longest=LONGEST_NAME)}\n"
        f"From {request.start.isoformat()} to before {request.end.isoformat()}."
    )
    entries = [_entry(entry, fence) for entry in request.entries]
    system = SYSTEM.format(most=MOST_LINES, rules=rules(fence))
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": "\n\n".join([head, *entries])},
    ]


def size(request: SummaryRequest, model: str) -> int:
    """How many tokens the call will take, both ways."""
    return count_messages(messages(request, _FENCE), model) + ANSWER_TOKENS


def entry_text(entry: SummaryEntry) -> str:
    """An entry as it stands in the prompt, to be counted."""
    return _entry(entry, _FENCE)


def _entry(entry: SummaryEntry, fence: str) -> str:
    side = "theirs" if entry.inbound else "ours"
    sort = "earlier record" if entry.condensed else side
    head = f"[{entry.key}] {entry.channel.value}, {entry.day.isoformat()}, {sort}"
    # Names and subjects are their writer's choice as much as the words are.
    body = "\n".join(part for part in (entry.who, entry.title, entry.text) if part)
    return f"{head}\n{fenced(body, fence)}"
