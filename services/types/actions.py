"""Actions the copilot may propose, and the answers policy gives to them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from typing_extensions import override

from services.types.mail import SenderProof
from services.types.qualification import Stage


class ActionType(StrEnum):
    """Everything the copilot may want to do. A type without a row in the guardrail table fails
    the tests; a type that isn't here at all needs an approval."""

    SEND_FOLLOW_UP_EMAIL = "send_follow_up_email"
    SEND_ROUTINE_RESPONSE = "send_routine_response"
    SCHEDULE_MEETING = "schedule_meeting"
    QUALIFY_CONVERSATION = "qualify_conversation"
    PROGRESS_EARLY_STAGE = "progress_early_stage"
    SEND_PROPOSAL = "send_proposal"
    DISCUSS_PRICING = "discuss_pricing"
    NEGOTIATE_TERMS = "negotiate_terms"
    PROGRESS_PAST_EVALUATION = "progress_past_evaluation"
    CONTACT_C_SUITE = "contact_c_suite"
    COMMIT_PRICING = "commit_pricing"
    MODIFY_CONTRACT = "modify_contract"
    STRATEGIC_DECISION = "strategic_decision"
    INITIATE_EXECUTIVE_RELATIONSHIP = "initiate_executive_relationship"


class Verdict(StrEnum):
    """What policy says of an action. Compares by strictness, not by spelling."""

    AUTONOMOUS = "autonomous"
    APPROVAL_REQUIRED = "approval_required"
    HARD_STOP = "hard_stop"

    @property
    def strictness(self) -> int:
        return _STRICTNESS[self.value]

    # A str sorts alphabetically, and "approval_required" < "autonomous" would be a silent hole.
    @override
    def __lt__(self, other: str) -> bool:
        return self.strictness < Verdict(other).strictness

    @override
    def __le__(self, other: str) -> bool:
        return self.strictness <= Verdict(other).strictness

    @override
    def __gt__(self, other: str) -> bool:
        return self.strictness > Verdict(other).strictness

    @override
    def __ge__(self, other: str) -> bool:
        return self.strictness >= Verdict(other).strictness


_STRICTNESS = {"autonomous": 0, "approval_required": 1, "hard_stop": 2}


class AutonomyLevel(StrEnum):
    """How far an action type is trusted, from nothing to everything its guardrails allow."""

    OFF = "off"
    SHADOW = "shadow"
    SUGGEST = "suggest"
    APPROVE = "approve"
    UNDO_WINDOW = "undo_window"
    AUTONOMOUS = "autonomous"

    @property
    def rank(self) -> int:
        return list(AutonomyLevel).index(self)

    @property
    def acts(self) -> bool:
        """Whether something may leave without a person having decided on it."""
        return self in (AutonomyLevel.UNDO_WINDOW, AutonomyLevel.AUTONOMOUS)


class Seniority(StrEnum):
    """How high a recipient stands. UNKNOWN is treated as if it might be high."""

    STAFF = "staff"
    MANAGER = "manager"
    DIRECTOR = "director"
    VICE_PRESIDENT = "vice_president"
    UNKNOWN = "unknown"
    C_SUITE = "c_suite"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionContext:
    """What is known around an action when it is judged.

    `first_contact`: neither side has written to the other yet; an answer to their mail is none.
    `sender_proof`: of the mail that triggered the action; None when no mail did.
    `suspicious`: the text behind the action tries to give orders to a machine.
    `doubtful`: the check of the draft found something that a person should look at.
    `unsure`: what is stated of such texts is being corrected, and too little is left of what was
    stated of this one (only asked of what would leave by itself).
    `recipient_barred`: the recipient isn't a confirmed contact, is excluded, or mail comes back.
    `negative_sentiment`: the customer is unhappy, by the mail behind the action or by an open
    signal. `outside_hours`: it is night or a day off where the one it would leave from works.
    """

    stage: Stage | None = None
    amount: Decimal | None = None
    currency: str | None = None
    first_contact: bool = False
    recipient_seniority: Seniority = Seniority.UNKNOWN
    sender_proof: SenderProof | None = None
    suspicious: bool = False
    doubtful: bool = False
    unsure: bool = False
    recipient_barred: bool = False
    negative_sentiment: bool = False
    outside_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentMatch:
    """A sentence that makes a text more than what it was declared to be."""

    action_type: ActionType
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentClass:
    """What a text does, whatever its author called it. `readable` is False when it is written in
    a language the classifier doesn't know: such a text can't be cleared."""

    matches: tuple[ContentMatch, ...] = ()
    readable: bool = True

    @property
    def types(self) -> tuple[ActionType, ...]:
        return tuple(dict.fromkeys(match.action_type for match in self.matches))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailResult:
    """The verdict, the type it was given for, and why: `reasons` are sentences for people,
    strictest first; `rules` are their names, in the same order, for the audit. `types` is all that
    the action amounts to, by its declaration, its text and its recipient."""

    verdict: Verdict
    action_type: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    types: tuple[str, ...] = ()


BY_MAIL, BY_PERSON, BY_TRIGGER = "mail ", "asked ", "outreach "
"""How `Action.trigger` begins, by what brought the action about; the id of it stands behind: a mail
that came, somebody's wish, a trigger of outreach."""
