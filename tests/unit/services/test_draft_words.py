"""What replies to a draft's mail mean, as tables: what lets it leave, and all that must not."""

import time

import pytest

from services.letters import draft_words as words
from services.letters.draft_words import Change, Send, TurnDown, Undo, read_wish
from services.letters.order_words import QUESTION, QUOTED, Unclear
from services.mail.reply import own_text, visible_reply


@pytest.mark.parametrize(
    "text",
    [
        "send",
        "Send",
        "SEND!",
        "Send it.",
        "send it now please",
        "ok send it",
        "OK, send it",
        "Yes, send it, thanks",
        "Looks good, send it",
        "Perfect. Send.",
        "approve",
        "Approved.",
        "Approve because it says what we agreed",
        "go ahead",
        "send 👍",
        "👍 send",
        "Hi,\nsend it",
        "Hello Understudy,\n\nSend as is.",
        "Schick es ab, danke",
        "bitte senden",
        "Genehmigt",
        "Envoie, merci",
        "Envíalo, por favor",
        "أرسلها",
        "\u200fأرسل\u200f",
        "שלח",
    ],
)
def test_these_let_it_leave(text: str):
    assert read_wish(text) == Send()


@pytest.mark.parametrize(
    "text", ["send anyway", "Send it anyway.", "OK, send anyway please", "Senden trotzdem"]
)
def test_these_let_it_leave_in_spite_of_findings(text: str):
    assert read_wish(text) == Send(anyway=True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("👍", words.EMOJI),
        ("👍🏽👍🏽", words.EMOJI),
        ("❤️", words.EMOJI),
        ("...", words.EMOJI),
        ("send 👎🏽", words.HELD),
        ("send ❌", words.HELD),
        ("🚫 send", words.HELD),
        ("~~send~~", words.HELD),
        ("", QUOTED),
        ("> send", QUOTED),
        ("ok", words.NODDED),
        ("OK thanks", words.NODDED),
        ("yes", words.NODDED),
        ("Looks good to me!", words.NODDED),
        ("sounds good", words.NODDED),
        ("Perfekt, danke", words.NODDED),
        ("نعم شكرا", words.NODDED),
        ("send?", QUESTION),
        ("Should I send it?", QUESTION),
        ("Why did she ask for this?", QUESTION),
        ("send it tomorrow at 9", words.TIMED),
        ("Send it, but mention the pilot first", words.MORE),
        ("send it if Mona agrees", words.TIED),
        ("Send only once legal has looked", words.TIED),
        ("approve with conditions: only if they pay", words.TIED),
        ("don't send it yet", words.HELD),
        ("Please do not send this before Monday", words.HELD),
        ("wait", words.HELD),
        ("Not yet", words.HELD),
        ("no", words.NO_REASON),
        ("reject", words.NO_REASON),
        ("Abgelehnt.", words.NO_REASON),
        ("x" * 2_001, words.TOO_LONG),
    ],
)
def test_these_let_nothing_happen(text: str, problem: str):
    found = read_wish(text)
    assert isinstance(found, Unclear)
    assert found.problem == problem


@pytest.mark.parametrize(
    "text",
    [
        "shorter, mention the pilot",
        "Shorter",
        "Can you make it shorter?",
        "Could you mention the pilot, please?",
        "Please add that we will send the report on Friday",
        "Don't mention the price",
        "no bullet points",
        "kürzer, und erwähne den Piloten",
        "plus court",
        "más corto",
        "اجعلها أقصر واذكر المشروع التجريبي",
        "קצר יותר",
        "短くして",
        "Tell her I approve of the idea in general but want a call",
    ],
)
def test_these_are_wishes_about_the_text(text: str):
    assert read_wish(text) == Change(instruction=text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reject because she has it already", "she has it already"),
        ("Rejected: wrong person", "wrong person"),
        ("Abgelehnt, weil er schon antwortete", "er schon antwortete"),
    ],
)
def test_a_no_has_its_reason(text: str, reason: str):
    assert read_wish(text) == TurnDown(reason)


@pytest.mark.parametrize(
    "text", ["undo", "Undo please", "stop!", "cancel it", "don't send it", "rückgängig"]
)
def test_these_take_it_back(text: str):
    assert read_wish(text) == Undo()


QUOTE = "On Sat, 21 Nov 2026 at 09:30, Understudy wrote:\n> Or answer this mail: send\n> shorter\n"
DEEP = "".join(f"{'>' * depth} send it\n" for depth in range(1, 101))


@pytest.mark.parametrize(
    ("mail", "wish"),
    [
        (f"send\n\n{QUOTE}", Send()),
        (f"{QUOTE}\nsend\n", Send()),
        (f"shorter\n\nBest regards\nRita Rep\n\n{QUOTE}", Change("shorter")),
        (f"send it\n\n-- \nRita Rep\nHead of Sales, Brightpath\n+1 555 0100\n\n{QUOTE}", Send()),
        (f"send\n\nSent from my iPhone\n\n{QUOTE}", Send()),
        (QUOTE, Unclear(problem=QUOTED)),
        (f"shorter\n\nOn Sat, 21 Nov 2026 at 09:30, Understudy wrote:\n{DEEP}", Change("shorter")),
        (DEEP, Unclear(problem=QUOTED)),
    ],
)
def test_only_what_was_written_this_time_counts(mail: str, wish: object):
    own = own_text(mail)
    assert read_wish(visible_reply(mail) if own else "") == wish


@pytest.mark.parametrize("text", ["send", "Send it. And fix the date"])
def test_between_quotes_nothing_is_sent(text: str):
    assert isinstance(read_wish(text, between_quotes=True), Unclear)
    assert read_wish("name the date", between_quotes=True) == Change("name the date")


@pytest.mark.parametrize(
    "text", ["," * 2_000 + "x", "ok " * 600 + "x", "please, " * 240 + "x", "k" * 1_999]
)
def test_no_text_takes_long(text: str):
    started = time.thread_time()
    read_wish(text)
    assert time.thread_time() - started < 0.5
