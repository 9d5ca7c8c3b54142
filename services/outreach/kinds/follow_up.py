"""A follow-up is due: our last mail left the turn with them, and they have had their time."""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from services.account_view.promise_words import DONE
from services.offline.asks import find_ask
from services.offline.text import sentences
from services.signals.detectors.absence import expected_back
from services.signals.detectors.reply_drift import answers
from services.signals.detectors.seen import (
    Rhythm,
    days_written,
    figure,
    on_sale,
    sent,
    workdays,
    written,
)
from services.signals.saying import count, day, span
from services.signals.texts import is_suspicious
from services.types.outreach import Found, OutreachFacts, TriggerKind
from services.types.signals import AccountFacts, Evidence, SeenText

LEAST = 3.0
"""Working days that anybody has to answer in."""
FEWEST_ANSWERS = 3
MOST_UNANSWERED = 2
"""Who has left two mails of ours unanswered is silent: another kind, and another mail."""
OLDEST = timedelta(days=45)
_MEETING = timedelta(days=14)


def follow_up_due(known: OutreachFacts) -> Iterator[Found]:
    facts = known.facts
    mail = _last(facts)
    if mail is None or not on_sale(facts) or _in_touch(facts, mail):
        return
    turn = _turn(mail)
    if turn is None or is_suspicious(None, turn):
        return
    waited, limit = workdays(mail.happened_at, facts.now), LEAST
    usual = _usual(facts)
    if usual is not None:
        limit = usual.limit(LEAST)
    if waited < limit:
        return
    yield Found(
        kind=TriggerKind.FOLLOW_UP_DUE,
        key=f"{TriggerKind.FOLLOW_UP_DUE}:{mail.id}",
        why=f"{_who(facts, mail)} hasn't answered our mail of {day(mail.happened_at, facts.now)}",
        evidence=(_ours(mail, turn), *_pace(facts, mail, usual)),
        subject_id=mail.id,
        to=mail.people,
        thread_id=mail.conversation_id,
    )


def _last(facts: AccountFacts) -> SeenText | None:
    """Our last mail to them, when nobody who got it has written since."""
    ours = sent(facts)
    if not ours or not ours[-1].people:
        return None
    mail = ours[-1]
    since = written(facts, mail.happened_at)
    if any(text.sender_email in mail.people for text in since):
        return None
    in_thread = [text for text in since if text.conversation_id == mail.conversation_id]
    return None if in_thread else mail


def _in_touch(facts: AccountFacts, mail: SeenText) -> bool:
    """They said when they will be back, we meet, it is long ago, or more mail would only nag."""
    of_them = [text for text in facts.texts if text.inbound]
    heard = written(facts)
    waiting = sent(facts, heard[-1].happened_at if heard else None)
    return (
        facts.now - mail.happened_at > OLDEST
        or len(days_written(waiting)) > MOST_UNANSWERED
        or expected_back(facts, of_them) is not None
        or any(
            one.status == "scheduled" and mail.happened_at < one.starts_at < facts.now + _MEETING
            for one in facts.meetings
        )
    )


def _turn(mail: SeenText) -> str | None:
    """The words of it that leave the turn with them: what it asks, or what it hands over."""
    read = sentences(mail.text)
    asked = [one for one in read if find_ask(one, mail.happened_at.date())]
    if asked:
        return asked[-1].quote
    return next((one.quote for one in read if DONE.search(one.flat)), None)


def _usual(facts: AccountFacts) -> Rhythm | None:
    """How long they take to answer, in working days."""
    took = sorted(one.took for one in answers(facts))
    if len(took) < FEWEST_ANSWERS:
        return None
    return Rhythm(middle=median(took), long=took[min(int(len(took) * 0.9), len(took) - 1)])


def _who(facts: AccountFacts, mail: SeenText) -> str:
    """By name, whoever of them wrote last; else the account."""
    named = [one for one in facts.contacts if one.email in mail.people and one.name]
    if len(named) == 1:
        return named[0].name
    return facts.account_name


def _ours(mail: SeenText, quote: str) -> Evidence:
    return Evidence(
        source=mail.source,
        source_id=mail.id,
        at=mail.happened_at,
        who=mail.sender_name or mail.sender_email,
        quote=quote,
    )


def _pace(facts: AccountFacts, mail: SeenText, usual: Rhythm | None) -> Iterator[Evidence]:
    if usual is None:
        return
    told = [one.text for one in answers(facts)]
    words = f"They usually answer within {span(max(usual.middle, 1 / 24))}"
    yield figure(f"{words} (median of {count(len(told), 'answer')})", told, mail.happened_at)
