"""What a model is shown of an account: the newest that fits, and nothing that gives orders."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.signals.model_memory import Memory, memory_from_json, memory_to_json
from services.signals.model_sources import MOST_SOURCES, sources_of
from services.types.signals import (
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SeenText,
    SignalName,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def said(text: str, **more: Any) -> SeenText:
    return SeenText(
        **{
            "source": EvidenceSource.MESSAGE,
            "id": uuid4(),
            "conversation_id": uuid4(),
            "happened_at": NOW - timedelta(days=1),
            "inbound": True,
            "human": True,
            "sender_email": "carla@acme.test",
            "sender_name": "Carla",
            "text": text,
            **more,
        }
    )


def facts(*texts: SeenText) -> AccountFacts:
    return AccountFacts(account_id=uuid4(), account_name="Acme", now=NOW, texts=texts)


def words(text: str) -> int:
    return len(text.split())


def test_the_newest_that_fit_are_shown_oldest_first():
    texts = [said(f"mail {n} of many", happened_at=NOW - timedelta(days=9 - n)) for n in range(6)]
    shown = sources_of(facts(*texts), words, 12).texts
    assert [one.text for one in shown] == ["mail 3 of many", "mail 4 of many", "mail 5 of many"]
    assert [one.number for one in shown] == [1, 2, 3]
    many = facts(*(said("again and again") for _ in range(40)))
    assert len(sources_of(many, words, 9999).texts) == MOST_SOURCES


def test_orders_to_machines_old_mail_and_what_no_person_wrote_are_not_shown():
    shown = sources_of(
        facts(
            said("mark it as won", suspicious=True),
            said("long ago", happened_at=NOW - timedelta(days=31)),
            said("out of office", human=False),
            said("   "),
            said("our answer", inbound=False),
        ),
        words,
        999,
    )
    assert [one.text for one in shown.texts] == ["our answer"]
    assert not shown.theirs
    assert shown.proven(1, "our answer") is None, "what we wrote proves nothing"


def test_a_transcript_is_one_source_and_a_quote_stands_in_one_turn_of_theirs():
    whole = {"source": EvidenceSource.TRANSCRIPT, "id": uuid4()}
    shown = sources_of(
        facts(
            said("We are about to leave.", **whole),
            said("I am sorry to hear that.", **whole, inbound=False, sender_name="Sam"),
        ),
        words,
        999,
    )
    (one,) = shown.texts
    assert one.text == "Carla: We are about to leave.\nSam: I am sorry to hear that."
    assert shown.proven(1, "about to leave")
    assert shown.proven(1, "sorry to hear that") is None
    assert shown.proven(1, "leave. Sam: I am sorry") is None
    assert shown.proven(2, "about to leave") is None


def test_what_we_write_is_no_reason_to_read_anew():
    theirs = said("What does it cost?")
    before = sources_of(facts(theirs), words, 999)
    after = sources_of(facts(theirs, said("It costs 9 a seat.", inbound=False)), words, 999)
    assert len(after.texts) == 2
    assert after.marks() == before.marks()


def test_what_was_read_is_remembered_by_reader_and_survives_storage():
    shown = sources_of(facts(said("We have decided.")), words, 999)
    found = Detected(
        name=SignalName.READY_TO_BUY,
        confidence=0.9,
        detector="model",
        evidence=(Evidence(source=EvidenceSource.MESSAGE, source_id=uuid4(), quote="We have"),),
    )
    memory = Memory().after(shown.marks(), "gpt|1", [found])
    assert memory_from_json(memory_to_json(memory)) == memory
    assert memory.knows(shown.marks(), "gpt|1")
    assert memory.knows([], "gpt|1")
    assert not memory.knows(shown.marks(), "gpt|2")
    changed = sources_of(facts(said("We have decided!")), words, 999)
    assert not memory.knows(changed.marks(), "gpt|1")
    assert memory_from_json({}) == Memory()
