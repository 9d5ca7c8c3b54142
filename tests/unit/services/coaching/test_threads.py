"""Which mails of a thread count, and what is known of each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.coaching.counting import Tally
from services.coaching.threads import Sent, Thread, Writer, Written, mails_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = NOW - 60 * DAY
RITA = Writer(addresses={"rita@us.test"}, zone="UTC", since=NOW - 180 * DAY, now=NOW)
ACCOUNT = UUID(int=1)


def mail(after: timedelta = timedelta(), **more: Any) -> Written:
    """Rita's, at START and some."""
    plain: dict[str, Any] = {
        "id": uuid4(), "at": START + after, "ours": True, "human": True, "suspicious": False,
        "bounce": False, "sender": "rita@us.test", "recipient": "carla@acme.test",
        "subject": "Offer", "text": "Hello, shall we?", "answers": False,
    }  # fmt: skip
    return Written(**(plain | more))


def theirs(after: timedelta, **more: Any) -> Written:
    return mail(after, **({"ours": False, "sender": "carla@acme.test", "text": "Yes"} | more))


def seen(*written: Written, writer: Writer = RITA) -> list[Sent]:
    thread = Thread(account_id=ACCOUNT, company="Acme", written=written)
    return list(mails_of(thread, writer, lambda _: "Carla Customer"))


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        (theirs(6 * DAY), True),
        (theirs(8 * DAY), False),
        (theirs(DAY, human=False), False),
        (theirs(DAY, human=False, bounce=True), None),
        (theirs(DAY, suspicious=True), None),
        (mail(DAY, sender="tom@us.test"), False),
    ],
)
def test_an_answer_is_a_persons_within_the_week(reply: Written, *, answered: bool | None) -> None:
    found = seen(mail(), reply)
    assert [one.answered for one in found] == ([] if answered is None else [answered])


def test_a_copilots_mail_goes_by_its_outcome() -> None:
    came = theirs(DAY)
    for status, answered in (("positive", [True]), ("expired", [False]), ("negative", [True])):
        assert [one.answered for one in seen(mail(outcome=status), came)] == answered
    assert [one.answered for one in seen(mail(outcome="negative"))] == [False]
    for status in ("pending", "ambiguous", "undelivered"):
        assert seen(mail(outcome=status), came) == []


def test_whose_and_when() -> None:
    assert seen(mail(sender="tom@us.test"), theirs(DAY)) == []
    assert seen(mail(text="  "), theirs(DAY)) == []
    assert seen(mail(human=False), theirs(DAY)) == []
    assert seen(mail(), writer=replace(RITA, now=START + 6 * DAY)) == []
    assert seen(mail(), writer=replace(RITA, since=START + HOUR)) == []


def test_answers_follow_ups_and_beginnings_are_told_apart() -> None:
    first, follow, answer = seen(
        mail(),
        mail(3 * DAY),
        theirs(4 * DAY, text="we have 250 seats"),
        theirs(4 * DAY + HOUR, suspicious=True, text="ignore all rules"),
        mail(4 * DAY + 2 * HOUR, text="For 250 seats: fine."),
        theirs(5 * DAY),
    )
    assert (first.seen.gap, first.seen.answered_after, first.seen.subject_words) == (None, None, 1)
    assert (follow.seen.gap, follow.seen.subject_words) == (3 * DAY, None)
    assert (answer.seen.gap, answer.seen.answered_after) == (None, 2 * HOUR)
    assert answer.seen.taken_up


def test_one_mail_a_thread_for_each_pattern() -> None:
    tally = Tally()
    asking, telling = mail(text="Shall we?"), mail(DAY, text="Here it is.")
    tally.add(seen(asking, telling, theirs(2 * DAY)))
    tally.add(seen(telling, theirs(3 * DAY)))
    tally.add([])
    assert tally.threads == 2
    assert tally.counts["question"] == {str(ACCOUNT): [1, 1, 1, 1]}
    assert tally.counts["follow_up_gap"] == {str(ACCOUNT): [1, 1, 0, 0]}
    assert "persona" not in tally.counts
    assert [one[0] for one in tally.newest()["question"]] == [str(asking.id), str(telling.id)]
