"""What a member wants to be told, by which way and when, read from `members.preferences`: the one
place that knows how it is stored. What can't be read is as good as nothing said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from services.types.signals import Severity

DIGEST_MAIL = "digest_mail"
DIGEST_SLACK = "digest_slack"
DRAFT_MAIL = "draft_mail"
FEEDBACK_PROMPTS = "feedback_prompts"
QUIET_HOURS = "quiet_hours"
ALERTS = "alerts"
DAILY_CAP = "daily_cap"
PROPOSALS_A_DAY = "proposals_a_day"
STREAKS = "streaks"
SHARE_EXAMPLES = "share_examples"
REPORT_MAIL = "report_mail"
REPORT_SLACK = "report_slack"
"""The keys."""
ON, OFF = "on", "off"
A_WEEK = 2
MOST_A_WEEK = 10
A_DAY, MOST_A_DAY = 10, 50
"""Mails that leave by themselves: how many unless said otherwise, and at most."""
USUAL_PROPOSALS, MOST_PROPOSALS = 5, 20
"""The same of proposals of outreach."""
NIGHTS = ("18:00-08:00", "19:00-07:00", "20:00-09:00")
"""Quiet hours that may be chosen: each from an evening to the next morning."""


class AlertWish(StrEnum):
    """Which alerts a member wants as they come; every other one waits for the digest."""

    CRITICAL = "critical"
    HIGH = "high"
    DIGEST = "digest"

    @property
    def at_once(self) -> tuple[Severity, ...]:
        return {
            AlertWish.CRITICAL: (Severity.CRITICAL,),
            AlertWish.HIGH: (Severity.CRITICAL, Severity.HIGH),
            AlertWish.DIGEST: (),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`draft_mail` is None while the member has said nothing: then drafts come by mail only to
    somebody Slack doesn't reach. `feedback_prompts`: how many questions a week they put up with.
    `quiet_hours`: one of NIGHTS, on the member's clock; empty for none. `daily_cap`: how many mails
    a day may leave by themselves in their name. `proposals_a_day`: how many new proposals of
    outreach. `report_mail`, `report_slack`: the week or month, for those who lead people or run the
    company; what can't be mailed comes in Slack. `streaks`: they want to see days in a row;
    `share_examples`: whoever leads them may read the mails behind their figures. Both only by their
    own word."""

    digest_mail: bool = True
    digest_slack: bool = True
    draft_mail: bool | None = None
    feedback_prompts: int = A_WEEK
    quiet_hours: str = ""
    alerts: AlertWish = AlertWish.CRITICAL
    daily_cap: int = A_DAY
    proposals_a_day: int = USUAL_PROPOSALS
    streaks: bool = False
    share_examples: bool = False
    report_mail: bool = True
    report_slack: bool = False

    @property
    def night(self) -> tuple[time, time] | None:
        """When it is quiet: from, until."""
        if not self.quiet_hours:
            return None
        begins, _, ends = self.quiet_hours.partition("-")
        return time.fromisoformat(begins), time.fromisoformat(ends)


def read_preferences(stored: Mapping[str, Any]) -> Preferences:
    night = stored.get(QUIET_HOURS)
    return Preferences(
        digest_mail=stored.get(DIGEST_MAIL) != OFF,
        digest_slack=stored.get(DIGEST_SLACK) != OFF,
        draft_mail={ON: True, OFF: False}.get(str(stored.get(DRAFT_MAIL))),
        feedback_prompts=_number(stored.get(FEEDBACK_PROMPTS), A_WEEK, MOST_A_WEEK),
        quiet_hours=night if night in NIGHTS else "",
        alerts=next((one for one in AlertWish if one == stored.get(ALERTS)), AlertWish.CRITICAL),
        daily_cap=_number(stored.get(DAILY_CAP), A_DAY, MOST_A_DAY),
        proposals_a_day=_number(stored.get(PROPOSALS_A_DAY), USUAL_PROPOSALS, MOST_PROPOSALS),
        streaks=stored.get(STREAKS) == ON,
        share_examples=stored.get(SHARE_EXAMPLES) == ON,
        report_mail=stored.get(REPORT_MAIL) != OFF,
        report_slack=stored.get(REPORT_SLACK) == ON,
    )


def changed_words(before: Preferences, wanted: Preferences) -> dict[str, str]:
    """What is to be stored, by key. What nobody has chosen stays unsaid: others read more out of
    that than off."""
    words = {
        key: ON if getattr(wanted, key) else OFF
        for key in (
            DIGEST_MAIL,
            DIGEST_SLACK,
            DRAFT_MAIL,
            REPORT_MAIL,
            REPORT_SLACK,
            STREAKS,
            SHARE_EXAMPLES,
        )
        if bool(getattr(wanted, key)) != bool(getattr(before, key))
    }
    if wanted.feedback_prompts != before.feedback_prompts:
        words[FEEDBACK_PROMPTS] = str(wanted.feedback_prompts)
    if wanted.quiet_hours != before.quiet_hours:
        words[QUIET_HOURS] = wanted.quiet_hours
    if wanted.alerts != before.alerts:
        words[ALERTS] = wanted.alerts.value
    if wanted.daily_cap != before.daily_cap:
        words[DAILY_CAP] = str(wanted.daily_cap)
    if wanted.proposals_a_day != before.proposals_a_day:
        words[PROPOSALS_A_DAY] = str(wanted.proposals_a_day)
    return words


def _number(said: Any, usual: int, most: int) -> int:
    word = str(said)
    if word == OFF:
        return 0
    return min(int(word), most) if word.isascii() and word.isdigit() else usual
