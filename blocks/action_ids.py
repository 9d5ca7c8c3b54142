"""Every action and callback id, and the small values that travel in buttons and modals."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override


class ActionId(StrEnum):
    """Ids of interactive elements. A repeated element carries `#n` after its id."""

    APPROVE = "draft.approve"
    EDIT = "draft.edit"
    REGENERATE = "draft.regenerate"
    REJECT = "draft.reject"
    WHY = "draft.why"
    READ_ALL = "draft.read_all"
    TAKE_OVER = "draft.take_over"
    SHOW_CURRENT = "draft.show_current"
    MORE = "draft.more"
    ASK_APPROVAL = "draft.ask_approval"
    RATE = "feedback.rate"
    LINK = "unsorted.link"
    LEAD = "unsorted.lead"
    IGNORE = "unsorted.ignore"
    SHOULD_HAVE_TOLD = "quiet.should_have_told"
    REFRESH_HOME = "home.refresh"
    DIGEST_NOW = "home.digest"
    OPEN = "open.link"
    APPROVAL_APPROVE = "approval.approve"
    APPROVAL_CONDITIONS = "approval.conditions"
    APPROVAL_REJECT = "approval.reject"
    APPROVAL_MORE = "approval.more"
    APPROVAL_READ_ALL = "approval.read_all"
    APPROVAL_DELEGATE = "approval.delegate"
    APPROVAL_ASK = "approval.ask"
    APPROVAL_ANSWER = "approval.answer"
    APPROVAL_ABOUT = "approval.about"
    APPROVAL_WITHDRAW = "approval.withdraw"
    APPROVAL_RETRY = "approval.retry"
    APPROVAL_SHOW_FRESH = "approval.show_fresh"
    REQUEST = "request.form"
    REQUEST_TYPE = "request.type"
    REQUEST_ACCOUNT = "request.account"
    REQUEST_DEAL = "request.deal"
    DELEGATE_TO = "delegate.to"
    QUEUE = "queue.filter"
    QUEUE_TYPE = "queue.type"
    QUEUE_HOME = "queue.home"
    AWAY = "absence.form"
    BACK = "absence.cancel"
    RULE_EDIT = "rules.edit"
    RULES_TEXT = "rules.text"
    UNDO = "draft.undo"
    WRONG = "feedback.wrong"
    WRONG_MORE = "feedback.wrong_more"
    REVIEW = "feedback.review"
    MAILBOX_CONNECT = "mailbox.connect"
    MAILBOX_DISCONNECT = "mailbox.disconnect"
    MAILBOX_CONNECT_ALL = "mailbox.connect_all"
    MAILBOX_UNDELEGATE = "mailbox.undelegate"
    INTRO_RIGHT = "intro.right"
    INTRO_WRONG = "intro.wrong"
    INTRO_DRAFT = "intro.draft"
    MEMBERS = "members.list"
    MEMBERS_PAGE = "members.page"
    MEMBER_MORE = "member.more"
    MEMBER_CHANGE = "member.change"
    MEMBER_ENABLE = "member.enable"
    MEMBER_END = "member.end"
    MEMBER_REINSTATE = "member.reinstate"
    MEMBER_MANAGER = "member.manager"
    IMPORT = "import.form"
    IMPORT_GROUP = "import.group"
    ENABLE = "enable.choose"
    PREVIEW_PAGE = "preview.page"
    PRESET_CHOOSE = "preset.choose"
    SHADOW = "shadow.switch"
    SETUP_HOW = "setup.how"
    HELD_OPEN = "held.open"
    SETTINGS = "settings.open"
    PAUSE_ALL = "pause.all"
    RESUME_ALL = "pause.end_all"
    RESUME = "pause.end"
    COMPOSE = "compose.new"
    COMPOSE_FORM = "compose.form"
    COMPOSE_ACCOUNT = "compose.account"
    COMPOSE_PICK = "compose.pick"
    COMPOSE_CONFIRM = "compose.confirm"
    CAPTURE_DEAL = "capture.deal"
    CAPTURE_ADD = "capture.add"
    QUALIFY_ACCOUNT = "qualify.account"
    QUALIFY_PICK = "qualify.pick"
    AGENT_CHOOSE = "agent.choose"
    AGENT_RATE = "agent.rate"
    HOME_OPEN = "home.open"
    HOME_DECIDE = "home.decide"
    HOME_SORT = "home.sort"
    HOME_HEALTH = "home.health"
    HOME_STAGE = "home.stage"
    HOME_INDUSTRY = "home.industry"
    HOME_SEARCH = "home.search"
    HOME_CLEAR = "home.clear"
    HOME_PAGE = "home.page"
    HOME_ACCOUNT = "home.account"
    BRIEF = "account.brief"
    HEALTH_WHY = "account.health"
    REQUEST_FOR = "account.request"
    ROLLUP_SHOW = "rollup.show"
    ROLLUP_NEXT = "rollup.next"
    ALERT_DRAFT = "alert.draft"
    ALERT_NOTE = "alert.note"
    ALERT_TAKE = "alert.take"
    ALERT_DONE = "alert.done"
    ALERT_USEFUL = "alert.useful"
    ALERT_FALSE = "alert.false"
    ALERT_SNOOZE = "alert.snooze"
    ALERT_WHY = "alert.why"
    ALERT_OPEN = "alert.open"
    ALERT_SHOW = "alert.show"
    ALERT_NEXT = "alert.next"
    ALERT_QUALITY = "alert.quality"
    ALERT_THRESHOLD = "alert.threshold"
    ALERT_UNDO = "alert.undo"
    ALERT_REPLAY = "alert.replay"
    ALERT_AMOUNT = "alert.amount"
    TRANSCRIPT_ACCOUNT = "transcript.account"
    FOLLOW_CHOOSE = "follow.choose"
    FOLLOW_ACCOUNT = "follow.account"
    BRIEF_ALL = "brief.all"
    BRIEF_SOURCE = "brief.source"
    AUTONOMY_TYPE = "autonomy.type"
    AUTONOMY_MOVES = "autonomy.moves"
    AUTONOMY_LIMIT = "autonomy.limit"
    AUTONOMY_STOP = "autonomy.stop"
    AUTONOMY_RELEASE = "autonomy.release"
    AUTONOMY_ORDER = "autonomy.order"
    AUTONOMY_NARROW = "autonomy.narrow"
    AUTONOMY_WIDEN = "autonomy.widen"
    AUTONOMY_CAP = "autonomy.cap"
    AUTONOMY_SHADOW = "autonomy.shadow"
    DOINGS = "doings.list"
    DOINGS_TURN = "doings.turn"
    DOINGS_TYPE = "doings.type"
    DOINGS_WHICH = "doings.which"
    DOINGS_DAYS = "doings.days"
    DOINGS_ACCOUNT = "doings.account"
    DOINGS_PERSON = "doings.person"
    DOINGS_LEFT_OUT = "doings.left_out"
    DOINGS_ALL = "doings.all"
    DOINGS_STORY = "doings.story"
    DOINGS_EXPORT = "doings.export"
    NARROW_ACCOUNT = "narrow.account"
    PERSONAS = "persona.list"
    PERSONA_NEW = "persona.new"
    PERSONA_OPEN = "persona.open"
    PERSONA_CHANGE = "persona.change"
    PERSONA_SAMPLES = "persona.samples"
    PERSONA_ACTIVATE = "persona.activate"
    PERSONA_DISCARD = "persona.discard"
    PERSONA_ASSIGN = "persona.assign"
    PERSONA_USE = "persona.use"
    PERSONA_LEAVE = "persona.leave"
    PERSONA_DELETE = "persona.delete"
    GOALS = "goals.list"
    GOAL_NEW = "goal.new"
    GOAL_FOR = "goal.for"
    GOAL_OPEN = "goal.open"
    GOAL_ACCEPT = "goal.accept"
    GOAL_TARGET = "goal.target"
    GOAL_DROP = "goal.drop"
    DRAFT_IT = "own.draft"
    LEAVE_IT = "own.leave"
    STOPPED_WHY = "own.stopped_why"
    PROPOSAL_DRAFT = "proposal.draft"
    PROPOSAL_LATER = "proposal.later"
    PROPOSAL_DISMISS = "proposal.dismiss"
    PROPOSAL_WHY = "proposal.why"
    PROPOSAL_OPEN = "proposal.open"
    PROMOTION_ALLOW = "promotion.allow"
    PROMOTION_DECLINE = "promotion.decline"
    PROMOTION_EVIDENCE = "promotion.evidence"


class CallbackId(StrEnum):
    """Ids of modals."""

    EDIT = "draft.edit"
    REGENERATE = "draft.regenerate"
    REJECT = "draft.reject"
    READ_ALL = "draft.read_all"
    WHY = "draft.why"
    TOLD = "told"
    REQUEST = "request.form"
    APPROVAL_APPROVE = "approval.approve"
    APPROVAL_CONDITIONS = "approval.conditions"
    APPROVAL_REJECT = "approval.reject"
    APPROVAL_DELEGATE = "approval.delegate"
    APPROVAL_ASK = "approval.ask"
    APPROVAL_ANSWER = "approval.answer"
    ABSENCE = "absence.form"
    RULE = "rules.edit"
    RULES_TEXT = "rules.text"
    WRONG = "feedback.wrong"
    REVIEW = "feedback.review"
    INTRO_WRONG = "intro.wrong"
    MEMBERS = "members.list"
    MEMBER = "member.change"
    MEMBER_END = "member.end"
    IMPORT = "import.form"
    ENABLE_CHOOSE = "enable.choose"
    ENABLE = "enable.preview"
    PRESET_CHOOSE = "preset.choose"
    PRESET = "preset.apply"
    SHADOW = "shadow.switch"
    SETTINGS = "settings.form"
    COMPOSE = "compose.form"
    CAPTURE_QUALIFY = "capture.qualify"
    CAPTURE_LOG = "capture.log"
    ALERT_FALSE = "alert.false"
    ALERT_NOTE = "alert.note"
    ALERT_THRESHOLD = "alert.threshold"
    ALERT_REPLAY = "alert.replay"
    ALERT_AMOUNT = "alert.amount"
    TRANSCRIPT = "transcript.form"
    FOLLOW = "follow.form"
    AUTONOMY_LIMIT = "autonomy.limit"
    AUTONOMY_NARROW = "autonomy.narrow"
    AUTONOMY_CAP = "autonomy.cap"
    DOINGS = "doings.list"
    PERSONA_SHAPE = "persona.shape"
    PERSONA_VOICE = "persona.voice"
    PERSONA_ASSIGN = "persona.assign"
    GOAL_NEW = "goal.new"
    GOAL_TARGET = "goal.target"
    PROPOSAL_DISMISS = "proposal.dismiss"
    PROMOTION_DECLINE = "promotion.decline"


class FieldId(StrEnum):
    """Block ids of modal inputs; the element inside carries the same id."""

    SUBJECT = "subject"
    TEXT = "text"
    INSTRUCTION = "instruction"
    PRESET = "preset"
    REASON = "reason"
    TYPE = "type"
    ACCOUNT = "account"
    DEAL = "deal"
    PERCENTAGE = "percentage"
    AMOUNT = "amount"
    CURRENCY = "currency"
    URGENCY = "urgency"
    EVIDENCE = "evidence"
    COMPETITOR = "competitor"
    CONDITIONS = "conditions"
    DELEGATE = "delegate"
    TO = "to"
    NOTE = "note"
    QUESTION = "question"
    ANSWER = "answer"
    FIRST = "first"
    LAST = "last"
    BANDS = "bands"
    SLA_LOW = "sla low"
    SLA_NORMAL = "sla normal"
    SLA_HIGH = "sla high"
    SLA_CRITICAL = "sla critical"
    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRES = "expires"
    READ_AT_LEAST = "read_at_least"
    RULES = "rules"
    WRONG = "wrong"
    WORDS = "words"
    REVIEWED = "reviewed"
    OVERALL = "overall"
    ACCURACY = "accuracy"
    TONE = "tone"
    USEFULNESS = "usefulness"
    PEOPLE = "people"
    GROUP = "group"
    ROLE = "role"
    MANAGER = "manager"
    FUNCTION = "function"
    TITLES = "titles"
    WISHES = "wishes"
    QUIET_HOURS = "quiet_hours"
    PROMPTS = "feedback_prompts"
    CONTACT = "contact"
    PURPOSE = "purpose"
    WHERE = "where"
    COMMENT = "comment"
    ALERTS = "alerts"
    THRESHOLD = "threshold"
    SIGNALS = "signals"
    DAYS = "days"
    TITLE = "title"
    HELD = "held"
    LEVEL = "level"
    DAILY_CAP = "daily_cap"
    NAME = "name"
    FORMALITY = "formality"
    AGGRESSIVENESS = "aggressiveness"
    TECHNICAL_DEPTH = "technical_depth"
    RELATIONSHIP_FOCUS = "relationship_focus"
    REGION = "region"
    EXAMPLE_1 = "example_1"
    EXAMPLE_2 = "example_2"
    EXAMPLE_3 = "example_3"
    GOAL_KIND = "goal_kind"
    GOAL_FOR = "goal_for"
    PERIOD = "period"
    TARGET = "target"
    PROPOSALS = "proposals_a_day"


class ShortcutId(StrEnum):
    """Callback ids of the shortcuts in manifest.yml."""

    REQUEST = "request.new"
    REQUEST_FROM_MESSAGE = "request.from_message"
    COMPOSE = "compose.new"
    REPLY = "reply.from_message"
    QUALIFY = "qualify.from_message"
    LOG = "log.from_message"
    TRANSCRIPT = "transcript.from_message"
    FOLLOW = "follow.from_message"


class Target(BaseModel):
    """What a button is about: an opaque id and the revision that was on screen, nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    id: UUID
    rev: int = Field(default=0, ge=0, le=1_000_000_000)

    def encode(self) -> str:
        return self.model_dump_json()


class Approval(Target):
    """What an approval is about. `seen` names the findings that stood above the text."""

    seen: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")

    @override
    def encode(self) -> str:
        return self.model_dump_json(exclude=None if self.seen else {"seen"})


class PresetChoice(BaseModel):
    """A preset that was shown, and the version of the rules it was shown against."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: str = Field(pattern=r"^[a-z]{1,20}$")
    rev: int = Field(ge=0, le=1_000_000_000)

    def encode(self) -> str:
        return self.model_dump_json()


class Choice(Target):
    """An entry of an overflow menu: which action, on what."""

    do: ActionId


class Sight(Target):
    """An approval request as it stood before the reader: the decision is bound to it."""

    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    rules: int = Field(ge=0, le=1_000_000_000)


class Asked(Target):
    """A question about an approval request."""

    question: UUID


class Pick(Target):
    """One account of several, for what was taken up before (`id`)."""

    account: UUID


class Wish(BaseModel):
    """What a request form begins with: the type, and the account's name if it is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(pattern=r"^[a-z_]{1,40}$")
    account: str = Field(default="", max_length=200)

    def encode(self) -> str:
        return self.model_dump_json()


class Nap(Target):
    """An alert, and how long it is put off."""

    span: str = Field(pattern=r"^[a-z0-9_]{1,20}$")


class Named(BaseModel):
    """A sort of signal, by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z_]{1,40}$")

    def encode(self) -> str:
        return self.model_dump_json()


OF = Literal["decision", "message", "conversation"]


class Rating(Target):
    """A feedback button: up or down, on what."""

    up: bool
    of: OF = "decision"

    @override
    def encode(self) -> str:
        return self.model_dump_json(exclude={"of"} if self.of == "decision" else None)


class Fault(Target):
    """What was wrong with something of ours."""

    of: OF = "decision"
    what: str = Field(default="", pattern=r"^[a-z]{0,20}$")


class Meant(Target):
    """An account a question may have meant: `id` is the question's."""

    account: UUID


class BriefPage(Target):
    """A page of one part of an account's brief. `turn`: in the window it was clicked in."""

    part: str = Field(pattern=r"^[a-z]{1,20}$")
    page: int = Field(default=0, ge=0, le=10_000)
    turn: bool = False


class SourceOf(Target):
    """A stored row behind a line of an account's brief, and the page the line stands on, if any."""

    account: UUID
    kind: str = Field(pattern=r"^[a-z_]{1,20}$")
    part: str = Field(default="", pattern=r"^[a-z]{0,20}$")
    page: int = Field(default=0, ge=0, le=10_000)


def numbered(action_id: ActionId, number: int) -> str:
    """The id of the n-th such element of one message; ids in a message are unique."""
    return f"{action_id}#{number}"


def plain_id(action_id: str) -> str:
    """The id without its number."""
    return action_id.partition("#")[0]


class StoppedWhy(Target):
    """Why something that was leaving by itself was stopped, in a word of ours."""

    what: str = Field(pattern=r"^[a-z]{1,20}$")
