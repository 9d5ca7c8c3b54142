"""The comparisons, written down before any figure was seen. Pure.

One table: what is compared, where the line runs, how both sides are called and what to try. The
lines are round and the same for everybody; none was moved to make a difference come out. Whatever
lies between two sides takes no part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from services.coaching.attributes import Attributes

NOON = 12.0
FRIDAY = 4
LONG = 120
MANY = 3
SOON = timedelta(hours=4)
PATIENT = timedelta(days=4)
SUBJECT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """`name` is what it looks at, to its reader. `side` says on which side a mail is: True the
    first, False the second, None neither. The words complete "… were answered in 41 of 90 threads";
    `first_advice` is given where the first side was answered more often, `second_advice` where the
    second was."""

    key: str
    name: str
    side: Callable[[Attributes], bool | None]
    first: str
    second: str
    first_advice: str
    second_advice: str

    def advice(self, effect: float) -> str:
        return self.first_advice if effect > 0 else self.second_advice


def _one_or_many(seen: Attributes) -> bool | None:
    return {1: True}.get(seen.questions, False if seen.questions >= MANY else None)


def _edited(seen: Attributes) -> bool | None:
    return seen.edited


def _short(seen: Attributes) -> bool | None:
    return None if seen.words is None or seen.words == 0 else seen.words <= LONG


def _soon(seen: Attributes) -> bool | None:
    return None if seen.answered_after is None else seen.answered_after <= SOON


def _followed_soon(seen: Attributes) -> bool | None:
    return None if seen.gap is None else seen.gap <= PATIENT


def _short_subject(seen: Attributes) -> bool | None:
    return None if not seen.subject_words else seen.subject_words <= SUBJECT


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        key="morning",
        name="the time of day",
        side=lambda seen: seen.hour < NOON,
        first="mails sent before noon by the sender's clock",
        second="those sent later",
        first_advice="When it can wait until the morning, schedule it for then.",
        second_advice="Try the afternoon for what isn't urgent.",
    ),
    Pattern(
        key="weekday",
        name="the weekday",
        side=lambda seen: seen.weekday < FRIDAY,
        first="mails sent from Monday to Thursday",
        second="those sent from Friday to Sunday",
        first_advice="Keep what isn't urgent for Monday to Thursday.",
        second_advice="Try a Friday for what isn't urgent.",
    ),
    Pattern(
        key="length",
        name="the length",
        side=_short,
        first=f"mails of up to {LONG} words",
        second="longer ones",
        first_advice=f"Try to stay under {LONG} words.",
        second_advice="Take the room to say what the reader needs.",
    ),
    Pattern(
        key="question",
        name="asking or not",
        side=lambda seen: seen.questions > 0,
        first="mails with a question",
        second="those without one",
        first_advice="End with a question they can answer in a line.",
        second_advice="Try leaving the question out where nothing has to be answered.",
    ),
    Pattern(
        key="one_question",
        name="the number of questions",
        side=_one_or_many,
        first="mails with one question",
        second=f"those with {MANY} or more",
        first_advice="Ask the one thing you need most, and keep the others for later.",
        second_advice="Ask all you need to know in one mail.",
    ),
    Pattern(
        key="response_time",
        name="how soon you answer",
        side=_soon,
        first="answers sent within four hours",
        second="later ones",
        first_advice="Answer what you can the same half day, even if only to say when you will.",
        second_advice="There is no need to hurry an answer: take the time it needs.",
    ),
    Pattern(
        key="follow_up_gap",
        name="how soon you follow up",
        side=_followed_soon,
        first="follow-ups sent within four days",
        second="later ones",
        first_advice="Follow up within four days.",
        second_advice="Give them longer than four days before you follow up.",
    ),
    Pattern(
        key="first_name",
        name="the greeting",
        side=lambda seen: seen.by_name,
        first="mails that greet the recipient by their first name",
        second="those that don't",
        first_advice="Greet people by their first name, where that is the custom.",
        second_advice="Try a more formal greeting.",
    ),
    Pattern(
        key="company",
        name="naming the company",
        side=lambda seen: seen.company,
        first="mails that name the recipient's company",
        second="those that don't",
        first_advice="Say what it means for their company, by its name.",
        second_advice="Try leaving their company's name out.",
    ),
    Pattern(
        key="taken_up",
        name="taking up what they wrote",
        side=lambda seen: seen.taken_up,
        first="answers that take up a figure or words of the mail before",
        second="those that don't",
        first_advice="Take up a figure or a phrase of theirs.",
        second_advice="Try answering in your own words instead of repeating theirs.",
    ),
    Pattern(
        key="subject",
        name="the subject's length",
        side=_short_subject,
        first=f"new threads with a subject of up to {SUBJECT} words",
        second="those with a longer one",
        first_advice=f"Keep the subject to {SUBJECT} words.",
        second_advice="Let the subject say more of what it is about.",
    ),
    Pattern(
        key="persona",
        name="your persona",
        side=lambda seen: seen.persona,
        first="drafts written with a persona",
        second="those written without one",
        first_advice="Write with a persona: `/understudy persona`.",
        second_advice="Try going without your persona for a while: `/understudy persona`.",
    ),
    Pattern(
        key="edited",
        name="changing drafts",
        side=_edited,
        first="drafts that were changed before they left",
        second="those that left as they were",
        first_advice="Take the minute to put the draft into your own words.",
        second_advice="The draft may do as it is: change what is wrong and leave the rest.",
    ),
)

BY_KEY = {one.key: one for one in PATTERNS}
