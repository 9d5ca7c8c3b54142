"""Writing an answer: plain text, nothing a person hasn't to approve, no promise in our name."""

import re
import unicodedata

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.prompts.fence import fenced, rules
from services.prompts.habits import with_habits
from services.prompts.style import with_style
from services.types.model import DraftRequest, DraftText

PROMPT_VERSION = "draft-2"
LONGEST_BODY = 6_000
_LONGEST_PART = 4_000
_MOST_HISTORY = 6
CHAT = "Write it as a chat message: two or three sentences in one paragraph, no signature."

SYSTEM = """You write the answer of {author}, who works at {company}, to a customer's mail.

Rules
- Plain text only: no subject line, no markup, no placeholders, no signature block beyond the name.
- Answer in the language with the code "{language}". Answer what was asked, in the order it was
  asked. What you don't know you say will be found out; you invent no fact, name, date or number.
- Name no price, discount, payment term or contract change, and promise nothing in the company's
  name, unless {author}'s own instruction says so in so many words.
- Plain, short, friendly sentences, and one clear next step. At most 200 words.
- confidence is the probability, from 0 to 1, that a person replies to this mail within seven days.
- reason says in one sentence why you answer this way.

{rules}"""


def plain(text: str) -> str:
    """The text without anything a reader can't see: control, format and private signs."""
    spaced = re.sub(r"\r\n?|[\u2028\u2029\v\f]", "\n", text).replace("\t", " ")
    visible = "".join(
        sign for sign in spaced if sign == "\n" or unicodedata.category(sign)[0] != "C"
    )
    lines = "\n".join(line.rstrip() for line in visible.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


class DraftAnswer(BaseModel):
    """The body of the mail and what its writer expects of it."""

    model_config = ConfigDict(extra="ignore")

    body: str = Field(description="the mail's whole text, plain")
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)
    reason: str = ""

    @field_validator("body")
    @classmethod
    def _readable(cls, value: str) -> str:
        body = plain(value)
        if not body:
            raise ValueError("the body is empty")
        if len(body) > LONGEST_BODY:
            raise ValueError(f"the body is longer than {LONGEST_BODY} characters")
        return body

    def draft(self) -> DraftText:
        """The answer as the business's own value."""
        reason = " ".join(plain(self.reason).split())[:500]
        return DraftText(body=self.body, confidence=self.confidence, reason=reason)


def messages(request: DraftRequest, fence: str) -> list[dict[str, str]]:
    """The conversation that asks for a DraftAnswer."""
    system = SYSTEM.format(
        author=line(request.author_name),
        company=line(request.company),
        language=line(request.language),
        rules=rules(fence),
    )
    styled = with_style(system, request.style, fence)
    return [
        {"role": "system", "content": with_habits(styled, request.habits, fence)},
        {"role": "user", "content": "\n\n".join(_parts(request, fence))},
    ]


def _parts(request: DraftRequest, fence: str) -> list[str]:
    before, after = parts_of(request, fence)
    mail = f"From: {request.sender_name}\nSubject: {request.subject}\n\n{request.text}"
    middle = ["The mail to answer:", fenced(mail, fence)]
    if request.asks:
        asks = "\n".join(f"- {ask.quote}" for ask in request.asks)
        middle += ["What it asks:", fenced(asks, fence, longest=_LONGEST_PART)]
    return [*before, *middle, *after]


def parts_of(request: DraftRequest, fence: str) -> tuple[list[str], list[str]]:
    """What every prompt for a mail says before and after its own matter."""
    parts = [f"Today is {request.today.isoformat()} ({request.today:%A})."]
    about = {
        "account": request.account_name,
        "deal": request.deal_name,
        "stage": request.stage,
    }
    known = "\n".join(f"{name}: {value}" for name, value in about.items() if value)
    if known:
        parts += ["What the team knows:", fenced(known, fence, longest=_LONGEST_PART)]
    for earlier in request.history[-_MOST_HISTORY:]:
        parts += ["Earlier in this conversation:", fenced(earlier, fence, longest=_LONGEST_PART)]
    after: list[str] = []
    if request.previous:
        after += ["Your last draft:", fenced(request.previous, fence, longest=LONGEST_BODY)]
    if request.instruction:
        # The member's own words: an instruction, but still no place for our marks.
        said = request.instruction[:_LONGEST_PART].replace(fence, "")
        after += [f"{line(request.author_name)}'s instruction for this draft: {said}"]
    if request.chat:
        after += [CHAT]
    return parts, after


def line(text: str) -> str:
    """One visible line of it."""
    return " ".join(plain(text).split())[:200]
