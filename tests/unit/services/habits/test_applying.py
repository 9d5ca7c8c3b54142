"""Rules at work on texts, and when a member is asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.habits.applying import MailAbout, apply_rules
from services.habits.asking import (
    AGAIN_AFTER,
    BETWEEN,
    is_habit,
    may_ask_about,
    may_ask_now,
    the_one_to_ask,
)
from services.habits.finding import edits_of
from services.habits.fitness import unfit
from services.types.habits import Change, HabitRule, Names, Place, Seen
from tests.unit.services.habits.cases import CASES, DANA, TIM, Case, mail

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOPE = "I hope this finds you well."
ABOUT_DANA = MailAbout(names=DANA, language="en")


def rule(change: Change, place: Place, before: str = "", after: str = "", n: int = 1) -> HabitRule:
    return HabitRule(
        id=UUID(int=n), change=change, place=place, before=before, after=after, language="en"
    )


CUT = rule(Change.CUT, Place.BODY, HOPE)


@pytest.mark.parametrize("case", [one for one in CASES if one.same and one.rule])
def test_a_rule_does_to_the_next_mail_what_its_member_did(case: Case) -> None:
    """Learnt from the first mail of each labelled pair, applied to the second."""
    known = {one.key for one in edits_of(*case.second, TIM, case.language)}
    edits = [
        one
        for one in edits_of(*case.first, DANA, case.language)
        if one.key in known and unfit(one.change, one.place, one.before, one.after) is None
    ]
    rules = [
        HabitRule(
            id=UUID(int=number),
            change=one.change,
            place=one.place,
            before=one.before,
            after=one.after,
            language=one.language,
        )
        for number, one in enumerate(edits)
    ]
    about = MailAbout(names=TIM, language=case.language)
    done = apply_rules(case.second[0], rules, about)
    assert done.rule_ids == tuple(one.id for one in rules)
    assert edits_of(done.text, case.second[1], TIM, case.language) == ()
    assert apply_rules(done.text, rules, about).text == done.text, "applied twice it is the same"


def test_everything_else_stays_sign_for_sign() -> None:
    before = f"Hi Dana,\n\n{HOPE} Here are  two\tthings:\n- one\n- two\n\nBest,\nTom"
    assert apply_rules(before, [CUT], ABOUT_DANA).text == before.replace(f"{HOPE} ", "")
    assert apply_rules(before, [], ABOUT_DANA).text == before
    end = rule(Change.REPLACE, Place.SIGN_OFF, "Best", "Cheers")
    assert apply_rules(before, [end], ABOUT_DANA).text == before.replace("Best,", "Cheers,")


def test_hidden_letters_dont_save_a_sentence() -> None:
    for hidden in (HOPE.replace("hope", "ho\u200bpe"), HOPE.replace(" ", "\u00a0"), HOPE.lower()):
        done = apply_rules(mail("en", 0, first=hidden), [CUT], ABOUT_DANA)
        assert done.text == mail("en", 0)


def test_no_rule_empties_a_mail() -> None:
    for text in (f"Hi Dana,\n\n{HOPE}\n\nBest\nTom", HOPE, f"Hi Dana,\n\n{HOPE} Ok.\n\nTom Rep"):
        assert apply_rules(text, [CUT], ABOUT_DANA).text == text
    bare = "Thanks, all is clear.\n\nBest regards"
    assert apply_rules(bare, [rule(Change.CUT, Place.SIGN_OFF, "Best regards")], ABOUT_DANA) == (
        apply_rules(bare, [], ABOUT_DANA)
    )


def test_what_was_asked_for_stays() -> None:
    said = "Our security whitepaper covers encryption at rest."
    text, cut = mail("en", 0, last=said), rule(Change.CUT, Place.BODY, said)
    asked = ("Does your whitepaper cover encryption at rest, and security in general?",)
    kept = MailAbout(names=DANA, language="en", wanted=asked)
    assert apply_rules(text, [cut], kept).text == text
    assert apply_rules(text, [cut], ABOUT_DANA).text == mail("en", 0)


def test_nothing_is_added_twice_or_in_another_language() -> None:
    add = rule(Change.ADD, Place.END, after="Let me know what you think.")
    done = apply_rules(mail("en", 0), [add], ABOUT_DANA)
    assert done.text.count("Let me know what you think.") == 1
    assert apply_rules(done.text, [add], ABOUT_DANA).rule_ids == ()
    german = MailAbout(names=DANA, language="de")
    assert apply_rules(mail("de", 0), [add], german).rule_ids == ()


def test_a_greeting_keeps_whom_it_greets() -> None:
    formal = rule(Change.REPLACE, Place.GREETING, "Sehr geehrte {name},", "Liebe {name},")
    about = MailAbout(names=Names(people=("Tim Lang",), author="Tom Rep"), language="de")
    text = mail("de", 1, greet="Sehr geehrter Herr Lang,")
    assert apply_rules(text, [formal], about).text.startswith("Lieber Herr Lang,")
    bare = rule(Change.REPLACE, Place.GREETING, "Hi {name},", "{name},")
    assert apply_rules("Hi Dana -\n\nall is well.", [bare], ABOUT_DANA).text.startswith("Dana,\n\n")
    back = rule(Change.REPLACE, Place.GREETING, "{name},", "Hi {name},")
    assert apply_rules("Dana,\n\nall is well.", [back], ABOUT_DANA).text.startswith("Hi Dana,\n\n")
    named = rule(Change.REPLACE, Place.GREETING, "Hello,", "Hi {name},")
    assert apply_rules("Hello,\n\nall is well here.", [named], about).rule_ids == ()


@given(st.text(alphabet="Hi Dana,.!\nI hope this finds you well.Best regards ", max_size=200))
def test_no_text_is_broken(text: str) -> None:
    done = apply_rules(text, [CUT], ABOUT_DANA)
    assert bool(done.text.strip()) == bool(text.strip())
    if not done.rule_ids:
        assert done.text == text


# ── Asking ──────────────────────────────────────────────────────────────────────────────────────
def seen(made: int, of: int, threads: int = 3, accounts: int = 2) -> Seen:
    return Seen(made=made, of=of, threads=threads, accounts=accounts)


def test_three_conversations_make_a_habit() -> None:
    assert is_habit(Place.BODY, seen(3, 4))
    assert not is_habit(Place.BODY, seen(9, 9, threads=2))
    assert not is_habit(Place.BODY, seen(3, 7)), "less than half"
    assert not is_habit(Place.BODY, seen(3, 3, accounts=1)), "it may be about the one customer"
    assert is_habit(Place.SIGN_OFF, seen(3, 3, accounts=1))


def test_one_question_a_week_and_none_after_no() -> None:
    assert may_ask_now([], NOW)
    assert not may_ask_now([NOW - timedelta(days=60), NOW - BETWEEN + timedelta(hours=1)], NOW)
    assert may_ask_now([NOW - BETWEEN], NOW)
    assert may_ask_about("seen", None, NOW)
    for status in ("asked", "accepted"):
        assert not may_ask_about(status, NOW - 2 * AGAIN_AFTER, NOW)
    for status in ("declined", "removed"):
        assert not may_ask_about(status, NOW - timedelta(days=179), NOW)
        assert may_ask_about(status, NOW - AGAIN_AFTER, NOW)


def test_the_most_frequent_is_asked_about_first() -> None:
    cut, replaced, often = UUID(int=9), UUID(int=1), UUID(int=2)
    ready = {cut: (Change.CUT, seen(3, 3)), replaced: (Change.REPLACE, seen(3, 3))}
    assert the_one_to_ask({}) is None
    assert the_one_to_ask(ready) == replaced
    assert the_one_to_ask(ready | {often: (Change.CUT, seen(5, 5, threads=5))}) == often
