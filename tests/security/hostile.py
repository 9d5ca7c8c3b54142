"""Text as an attacker would write it, and values of any of the product's types filled with it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.types.actions import ActionType, AutonomyLevel
from services.types.approvals import RequestType
from services.types.people import Function
from tests.attacks.product import TUESDAY

EVIL = "evil.test"
OURS = "https://ours.test/x?a=1&b=2"
PERSON = "U0GOOD"
MRKDWN = (
    "<!channel> now",
    "<!here|here> <!subteam^S0EVIL>",
    "<@U0EVIL> pays",
    "<#C0EVIL|general>",
    f"<https://{EVIL}/?q=1|Click here>",
    f"<mailto:boss@{EVIL}|boss>",
    "&lt;!channel&gt; &amp;lt;@U0EVIL&amp;gt;",
    "a|b> <!channel> <",
    "\u202e<!channel>\u202c \u200b<\u200b!here>",
    "x\n<!channel>\r<@U0EVIL>\u2028<!here>",
    f"[click](https://{EVIL}/?q=1) ![x](https://{EVIL}/p.png)",
    "<" * 40 + "!channel" + ">" * 40,
)
HTML = (
    "<script>alert(1)</script>",
    f'"><img src="https://{EVIL}/p.png" onerror=alert(1)>',
    "' onmouseover='alert(1)",
    f"javascript:alert(1)//https://{EVIL}",
    f"</style></title></textarea><iframe src=//{EVIL}>",
    f"{{{{ 7*7 }}}}{{% raw %}}<mj-include path='/etc/passwd'/><mj-raw><b>{EVIL}</b></mj-raw>",
    f"<a href=https://{EVIL}>x</a>",
    f"url(https://{EVIL}/p.css);expression(alert(1))",
    "<!-- --><svg/onload=alert(1)>",
)
HEADERS = (
    f"x\r\nBcc: thief@{EVIL}",
    f"x\nBcc: thief@{EVIL}\n\nbody",
    f"x\rBcc: thief@{EVIL}",
    f"x\x0bBcc: thief@{EVIL}\x0c\x1c\x85\u2028Bcc: thief@{EVIL}",
    f"=?utf-8?q?x=0D=0ABcc:_thief@{EVIL}?=",
    f'a" <thief@{EVIL}>, "b',
    "x\x00y",
)
CELLS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "x;=1",
    "x\t=1",
    'x";=1',
    "|calc",
    "%0A=1",
)
TERMINAL = ("\x1b[2J\x1b]0;owned\x07", "\x9b31mred", "\x1b]8;;https://evil.test\x07x", "\x08\x7f\r")
ALL = (*MRKDWN, *HTML, *HEADERS, *CELLS, *TERMINAL)

LINKS = ("url", "link", "href", "onward", "again", "in_slack", "unsubscribe", "pages")
KEYS: dict[str, tuple[str, ...]] = {
    "zone": ("Europe/Berlin", "America/New_York", "UTC"),
    "timezone": ("Europe/Berlin", "America/New_York", "UTC"),
    "slack_user_id": (PERSON,),
    "payload_hash": ("0" * 64,),
    "HabitLine.status": ("asked", "accepted", "declined", "removed"),
    "GoalMoment.what": ("made", "proposed", "target", "settled"),
    "RequestFormView.type": tuple(RequestType),
    "MemberLine.function": tuple(Function),
    "DoingsFilter.action_type": tuple(ActionType),
    "TypeLine.action_type": tuple(ActionType),
    "level": tuple(AutonomyLevel),
    # A colleague's own words are orders by nature.
    "AnswerRequest.question": ("What did they say?",),
    "DraftRequest.instruction": ("Shorter, please.",),
    "DraftRequest.asked_for": ("A short thank you.",),
    "DraftRequest.previous": ("Thanks for your mail.",),
}
"""What looks like text and is a word of our own, by the name of its field (or its view and field):
nobody outside can write it."""
OF_OURS = frozenset(
    [
        "DealView.stage",
        "AlertDraft.status",
        "Deed.status",
        "GoalDeed.status",
        "OutcomeLine.status",
        "Said.status",
        "LevelView.action_type",
        "DoingLine.action_type",
        "EvidenceView.action_type",
        "Key.action_type",
        "PromotionView.action_type",
        "ShadowLine.action_type",
        "JudgementLine.decision",
        "JudgementLine.verdict",
        "MoveLine.before",
        "MoveLine.after",
        "PendingPromotion.after",
        "QueueView.type",
        "Rule.type",
        "AutoApproval.type",
        "GateView.type",
        "Band.approver",
        "Rule.escalate",
        "UrgentChannel.second_person",
        "Finding.advice",
        "Finding.sentence",
        "Opportunity.sentence",
        "Opportunity.why",
        "ToTry.missing",
        "FindingView.sides",
        "Event.did",
        "GoalDeed.effect",
        "GoalDeed.outcome",
        "OpenOutcome.kind",
        "ToLabel.kind",
        "Said.outcome",
        "ExampleView.outcome",
        "Firing.outcome",
        "Fact.name",
        "Person.role",
        "Person.unreachable",
        "Figure.name",
        "FindView.note",
        "SignalLine.settled",
        "EvidenceView.shares",
        "ContactChoice.barred",
        "OwnView.stopped_because",
        "ProposalView.suggestion",
        "NoEffect.why",
        "Recommendation.words",
        "AnswerPeriod.words",
        "Period.words",
        "AnswerRequest.missing",
        "DoingLine.status",
        "Role.name",
        "NumberedText.sort",
        "SummaryEntry.key",
        "Entry.key",
        "DraftRequest.author_name",
        "NewsItem.channel",
        "NewsItem.ts",
        "FoundPassage.channel",
    ]
)
"""Sentences and ids that code of ours (or Slack) chose; each was looked up where it is made."""
_WORDS = ("", "words", "0" * 64)
_NEVER_NONE = ("size", "of", "rev", "days")
_DEEPEST = 7


class Maker:
    """Makes a value of any type the views are made of. Text is hostile, except what can only be
    ours: zones, addresses of our pages, ids of people in Slack."""

    def __init__(self, dice: random.Random, texts: Sequence[str] = ALL, *, deepest: int = _DEEPEST):
        self.dice, self.texts, self.deepest = dice, texts, deepest

    def of(self, hint: Any, name: str = "", depth: int = 0) -> Any:
        origin, inside = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            return self._one_of(inside, name, depth)
        if origin is Literal:
            return self.dice.choice(inside)
        if origin is not None:
            return self._many(origin, inside, name, depth)
        if hint is Any:
            return self._text(name)
        if isinstance(hint, type):
            return self._plain(hint, name, depth)
        raise TypeError(f"nothing is known of {hint}")

    def _one_of(self, choices: tuple[Any, ...], name: str, depth: int) -> Any:
        given = [one for one in choices if one is not NoneType]
        if NoneType in choices and (depth > self.deepest or self.dice.random() < 0.2):
            return None
        return self.of(self.dice.choice(given), name, depth)

    def _many(self, origin: Any, inside: tuple[Any, ...], name: str, depth: int) -> Any:
        if origin is tuple and inside[-1:] != (Ellipsis,):
            return tuple(self.of(one, name, depth + 1) for one in inside)
        size = 0 if depth > self.deepest else self.dice.choice((0, 1, 1, 2, 3))
        if issubclass(origin, Mapping):
            if isinstance(inside[0], type) and issubclass(inside[0], Enum):
                return {key: self.of(inside[1], name, depth + 1) for key in inside[0]}
            return {
                self.of(inside[0], name, depth + 1): self.of(inside[1], name, depth + 1)
                for _ in range(size)
            }
        items = [self.of(inside[0], name, depth + 1) for _ in range(size)]
        if issubclass(origin, (set, frozenset)):
            return origin(items)
        return items if origin is list else tuple(items)

    def _plain(self, hint: type, name: str, depth: int) -> Any:
        dice = self.dice
        if issubclass(hint, Enum):
            return dice.choice(list(hint))
        simple: dict[type, Any] = {
            bool: lambda: dice.random() < 0.5,
            int: lambda: dice.choice((1, 2, 3, 7, 40) if name in _NEVER_NONE else (0, 1, 2, 3, 7)),
            float: lambda: dice.choice((0.0, 0.1, 0.5, 0.9, 1.0)),
            Decimal: lambda: Decimal(dice.choice(("0", "0.5", "48000", "1250.50"))),
            str: lambda: self._text(name),
            bytes: lambda: self._text(name).encode("utf-8", "surrogatepass"),
            UUID: lambda: UUID(int=dice.getrandbits(128), version=4),
            datetime: lambda: TUESDAY + timedelta(minutes=dice.randrange(-90_000, 9_000)),
            date: lambda: TUESDAY.date() + timedelta(days=dice.randrange(-60, 60)),
            time: lambda: time(9, 30),
            timedelta: lambda: timedelta(minutes=dice.choice((1, 30, 600, 5_000))),
        }
        if hint in simple:
            return simple[hint]()
        if is_dataclass(hint) or issubclass(hint, BaseModel):
            return self._built(hint, depth)
        raise TypeError(f"nothing is known of {hint}")

    def _built(self, hint: Any, depth: int) -> Any:
        hints, owner = get_type_hints(hint), hint.__name__
        if issubclass(hint, BaseModel):
            return self._model(hint, hints, depth)
        deep = depth > self.deepest
        names = [
            one.name
            for one in fields(hint)
            if one.init and not (deep and (one.default, one.default_factory) != (MISSING, MISSING))
        ]
        return hint(**{one: self.of(hints[one], _key(owner, one), depth + 1) for one in names})

    def _model(self, hint: type[BaseModel], hints: Mapping[str, Any], depth: int) -> Any:
        """What travels in a button: text there has a pattern, and words of ours that fit it."""
        values = {name: self.of(hints[name], name, depth + 1) for name in hint.model_fields}
        for word in _WORDS:
            try:
                return hint(**values)
            except ValidationError as error:
                values |= {str(one["loc"][0]): word for one in error.errors()}
        return hint(**values)

    def _text(self, name: str) -> str:
        if name in KEYS:
            return self.dice.choice(KEYS[name])
        if name in OF_OURS:
            return "words of ours"
        if name.endswith(LINKS):
            return OURS
        return self.dice.choice(self.texts)


def _key(owner: str, name: str) -> str:
    whole = f"{owner}.{name}"
    return whole if whole in KEYS or whole in OF_OURS else name
