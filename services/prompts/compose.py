"""Writing a mail somebody asked for: plain text, a short subject, one call to action."""

from pydantic import Field, field_validator
from typing_extensions import override

from services.mail.subject import SHORT, short_subject
from services.prompts.draft import DraftAnswer, line, parts_of, plain
from services.prompts.fence import fenced, rules
from services.prompts.habits import with_habits
from services.prompts.style import with_style
from services.types.model import DraftRequest, DraftText

PROMPT_VERSION = "compose-2"
_LONGEST_PART = 4_000

SYSTEM = """You write a mail that {author}, who works at {company}, sends to a customer. The facts
name who gets it.

It is {purpose}.

Rules
- Plain text only: no subject line in the body, no markup, no placeholders, no signature block
  beyond the name.
- Write in the language with the code "{language}".
- Say only what stands in the facts, in the conversation or in {author}'s own instruction. You
  invent no fact, name, date, number or reason; leave out what you don't know.
- Name no price, discount, payment term or contract change, and promise nothing in the company's
  name, unless {author}'s own instruction says so in so many words.
- 150 to 250 words, plain friendly sentences, and exactly one call to action: one question or one
  next step, near the end.
- subject: under {longest} characters, about the matter, without "Re:".
- What people said inside the company (a Slack message) is never quoted or named to the customer.
- confidence is the probability, from 0 to 1, that a person replies to this mail within seven days.
- reason says in one sentence why you write it this way and which facts you used.

{rules}"""

PURPOSES = {
    "outreach": "a first mail that opens a conversation",
    "follow_up": "a follow-up that brings an open matter back to mind without pressing",
    "update": "an update on how things stand",
    "escalation": "a mail that raises a problem calmly and asks for what would solve it",
    "reply": "an answer to what a colleague passed on from the customer",
}


class ComposeAnswer(DraftAnswer):
    """The mail, and the line above it."""

    subject: str = Field(default="", description="the subject line, under sixty characters")

    @field_validator("subject")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return short_subject(line(value))

    @override
    def draft(self) -> DraftText:
        reason = " ".join(plain(self.reason).split())[:500]
        return DraftText(
            body=self.body, confidence=self.confidence, reason=reason, subject=self.subject
        )


def messages(request: DraftRequest, fence: str) -> list[dict[str, str]]:
    """The conversation that asks for a ComposeAnswer."""
    system = SYSTEM.format(
        author=line(request.author_name),
        company=line(request.company),
        purpose=PURPOSES.get(request.purpose or "", PURPOSES["follow_up"]),
        language=line(request.language),
        longest=SHORT,
        rules=rules(fence),
    )
    styled = with_style(system, request.style, fence)
    return [
        {"role": "system", "content": with_habits(styled, request.habits, fence)},
        {"role": "user", "content": "\n\n".join(_parts(request, fence))},
    ]


def _parts(request: DraftRequest, fence: str) -> list[str]:
    before, after = parts_of(request, fence)
    known = (f"It goes to {request.sender_name}", *request.facts)
    facts = "\n".join(f"- {fact}" for fact in known)
    middle = ["Facts from our own records:", fenced(facts, fence, longest=_LONGEST_PART)]
    if request.text:
        middle += ["The Slack message it is asked on:", fenced(request.text, fence)]
    if request.asked_for:
        # The member's own words: an instruction, but still no place for our marks.
        said = request.asked_for[:_LONGEST_PART].replace(fence, "")
        middle.append(f"{line(request.author_name)} asked for this mail: {said}")
    return [*before, *middle, *after]
