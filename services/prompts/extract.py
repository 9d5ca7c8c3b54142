"""Reading one mail: BANT, MEDDIC, asks, signals and a summary in a single structured answer."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.prompts.fence import fenced, rules
from services.types.model import (
    Ask,
    AskKind,
    Extraction,
    ExtractionRequest,
    Finding,
    Sign,
    sign_of,
    signal_of,
)
from services.types.qualification import Criterion

PROMPT_VERSION = "extract-2"
_MOST = 40

SYSTEM = """You read one mail that a customer wrote to a sales team and note what it says.

Rules
- Note only what the mail itself says. What it doesn't say stays out: an empty answer is right when
  nothing is said, and a guess is wrong.
- Every quote and every piece of evidence is copied from the mail letter by letter, at least two
  words or a number. A note without such a quote is left out.
- confidence is the probability, from 0 to 1, that the note is true. Wishes and rumours are below
  0.5, a plain statement by the person who decides is above 0.8.
- criteria. budget: money that is available or approved. authority: who decides or signs. need: what
  they must have. timeline: when they want to decide or start. metrics: numbers that measure their
  success. economic_buyer: the person who owns the money. decision_criteria: what they compare by.
  decision_process: the steps up to a signature. identify_pain: what hurts today. champion: who
  fights for us inside.
- value is short, in the language of the mail, and names the thing: "$50k per year", "Dana, CFO".
- asks are requests that the writer expects an answer to. due is set only if they name a day; count
  relative days from today's date.
- signals: sentences that show one of the listed names. wants more: more of what they have already.
  cancellation: they end or don't renew it. deal lost: they chose somebody else, or nobody. going
  quiet: put off or on hold. Anger at others than us is no signal.
- insights are facts worth remembering that fit no criterion.
- summary: one or two sentences, in the language of the mail.

{rules}"""


def _lenient_date(value: object) -> object:
    """A day the model garbled is no reason to lose the ask it belongs to."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return value


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class FindingAnswer(_Answer):
    criterion: Criterion
    value: str = Field(max_length=500)
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)
    quote: str = Field(max_length=2_000, description="copied letter by letter from the mail")


class AskAnswer(_Answer):
    quote: str = Field(max_length=2_000, description="copied letter by letter from the mail")
    kind: AskKind = AskKind.OTHER
    due: Annotated[date | None, BeforeValidator(_lenient_date)] = None


class SignalAnswer(_Answer):
    name: str = Field(max_length=100, json_schema_extra={"enum": [sign.value for sign in Sign]})
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)
    evidence: str = Field(max_length=2_000, description="copied letter by letter from the mail")


class ExtractionAnswer(_Answer):
    """Everything one mail says, in one answer."""

    summary: str = Field(default="", max_length=1_500)
    findings: list[FindingAnswer] = Field(default_factory=list, max_length=_MOST)
    asks: list[AskAnswer] = Field(default_factory=list, max_length=_MOST)
    signals: list[SignalAnswer] = Field(default_factory=list, max_length=_MOST)
    insights: list[str] = Field(default_factory=list, max_length=_MOST)

    def extraction(self) -> Extraction:
        """The answer as the business's own values."""
        return Extraction(
            summary=self.summary.strip(),
            findings=tuple(Finding(**item.model_dump()) for item in self.findings),
            asks=tuple(Ask(**item.model_dump()) for item in self.asks),
            # A name that isn't listed is worth no second call: it is left out.
            signals=tuple(
                signal_of(sign, item.confidence, item.evidence)
                for item in self.signals
                if (sign := sign_of(item.name)) is not None
            ),
            insights=tuple(text for item in self.insights if (text := item.strip())),
        )


def messages(request: ExtractionRequest, fence: str) -> list[dict[str, str]]:
    """The conversation that asks for an ExtractionAnswer."""
    mail = f"From: {request.sender_name}\nSubject: {request.subject}\n\n{request.text}"
    parts = [f"Today is {request.today.isoformat()} ({request.today:%A}).", fenced(mail, fence)]
    if request.known:
        parts += ["Known before this mail (don't repeat it):", fenced(request.known, fence)]
    return [
        {"role": "system", "content": SYSTEM.format(rules=rules(fence))},
        {"role": "user", "content": "\n\n".join(parts)},
    ]
