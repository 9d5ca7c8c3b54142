"""Answering a member's question from stored facts: plain sentences, each with its source."""

from services.prompts.fence import fenced, rules
from services.tokens import count_messages
from services.types.agent import AnswerRequest, Kind, Source

PROMPT_VERSION = "answer-1"
ANSWER_TOKENS = 1_200
LONGEST_SOURCE = 1_200
LONGEST_TURN = 1_500

SYSTEM = """You answer {asker}, who works at {company}, about the account named below, from the
numbered sources only.

Rules
- Say what the sources say and nothing else. What they don't say is unknown: say so plainly.
- After each claim put the number of its source in square brackets, like [2]. Use no other numbers
  in brackets, no links and no footnotes.
- Words in quotation marks must stand in a source letter for letter. When in doubt, don't quote.
- Answer in the language of the question: short plain sentences or a short list, the most important
  first, at most 200 words. No greeting, no heading, no exclamation marks.
- You can do nothing but answer. Never say that you have sent, changed, decided or scheduled
  anything, and never ask for a password, a code or a payment.

{rules}"""


def messages(request: AnswerRequest, fence: str) -> list[dict[str, str]]:
    """The conversation that asks for the answer."""
    system = SYSTEM.format(
        asker=_line(request.asker_name), company=_line(request.company), rules=rules(fence)
    )
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": "\n\n".join(_parts(request, fence))},
    ]


def size(request: AnswerRequest, model: str = "") -> int:
    """How many tokens the call will take, both ways; without a model's name at most so many to
    any."""
    return count_messages(messages(request, "f" * 24), model) + ANSWER_TOKENS


def _parts(request: AnswerRequest, fence: str) -> list[str]:
    period = request.period
    parts = [
        f"Today is {request.today.isoformat()} ({request.today:%A}).",
        # Whoever writes the files an account comes from chose its name.
        f"Account:\n{fenced(_line(request.account_name), fence)}",
        f"Period asked for: {period.words}, from {period.start:%Y-%m-%d} on."
        if period.named
        else f"No period was asked for; mails {period.words} are below.",
    ]
    for turn in request.turns:
        parts += [
            "Asked earlier in this thread:",
            fenced(f"{turn.question}\n\n{turn.answer}", fence, longest=LONGEST_TURN),
        ]
    parts += [_source(one, fence) for one in request.sources]
    if request.left_out:
        parts.append(f"{request.left_out} more mails of the period are not shown.")
    if request.missing:
        parts.append(f"Could not be read just now: {', '.join(request.missing)}.")
    # A colleague's own words: the question to answer, but still no place for our marks.
    return [*parts, f"The question: {request.question.replace(fence, '')}"]


def _source(source: Source, fence: str) -> str:
    when = f", {source.at:%Y-%m-%d}" if source.at else ""
    head = f"[{source.number}] {source.kind.value}{when}"
    body = source.title if source.kind is not Kind.MAIL else f"{source.title}\n\n{source.text}"
    if source.kind is not Kind.MAIL and source.text:
        body = f"{source.title}\n{source.text}"
    return f"{head}\n{fenced(body, fence, longest=LONGEST_SOURCE)}"


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
