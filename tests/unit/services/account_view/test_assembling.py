"""The same rows give the same view, in whatever order they came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.brief_lines import BriefPart, lines_of
from db.account_view import MailRow, TalkRow
from db.models.compose import Note
from db.models.customers import Account
from db.models.meetings import Meeting, SlackPost
from services.account_view.assembling import assemble
from services.account_view.people import canonical, readable_domain
from services.account_view.reading import (
    Asking,
    MailRead,
    MeetingsRead,
    NotesRead,
    Reads,
    SlackRead,
)
from services.account_view.service import ALWAYS, RECENT
from services.mail.believed import happened_at
from services.merge import merge, to_json
from services.types.account_view import AccountView, Window
from services.types.model import Finding
from services.types.qualification import Criterion, Qualification
from tests.unit.view_factory import NOW, make_reader

TALKS = [UUID(int=0x10), UUID(int=0x11)]
ACCOUNT = Account(tenant_id=UUID(int=9), id=UUID(int=8), created_at=NOW, name="Acme", domain="a.b")
TEXTS = [
    "Thanks for the call.",
    "I'll send you the report by Friday.",
    "Here is the report.",
    "We have 40,000 set aside.",
]


@dataclass(frozen=True)
class Mail:
    """A mail as the world has it, before anybody stored it."""

    talk: int
    hours: int
    inbound: bool
    text: str
    value: str
    criterion: Criterion
    confidence: float
    year: int | None
    suspicious: bool


MAILS = st.builds(
    Mail,
    talk=st.integers(0, 1),
    hours=st.integers(0, 40),
    inbound=st.booleans(),
    text=st.sampled_from(TEXTS),
    value=st.sampled_from(["40,000", "50,000", "Dana Reyes"]),
    criterion=st.sampled_from([Criterion.BUDGET, Criterion.NEED, Criterion.CHAMPION]),
    confidence=st.sampled_from([0.5, 0.8]),
    year=st.sampled_from([None, 1970, 2099]),
    suspicious=st.booleans(),
)


def stored(mails: Sequence[Mail]) -> Reads:
    """As they are kept when they come in this order: ids, times of storing, merged states."""
    rows: list[MailRow] = []
    known = {talk: Qualification() for talk in TALKS}
    for number, mail in enumerate(mails):
        finding = Finding(
            criterion=mail.criterion, value=mail.value, confidence=mail.confidence, quote=mail.text
        )
        talk, received = TALKS[mail.talk], NOW - timedelta(hours=mail.hours)
        if mail.inbound:
            known[talk], _ = merge(known[talk], [finding])
        rows.append(
            MailRow(
                id=UUID(int=0x100 + number),
                conversation_id=talk,
                contact_id=None,
                direction="inbound" if mail.inbound else "outbound",
                kind="human",
                proof="pass",
                sender={"name": "Dana" if mail.inbound else "Maya"},
                recipients={},
                subject="",
                text=mail.text,
                sent_at=datetime(mail.year, 1, 1, tzinfo=UTC) if mail.year else None,
                received_at=received,
                created_at=NOW + timedelta(seconds=number),
                analysis={
                    "findings": [
                        {
                            "criterion": mail.criterion.value,
                            "value": mail.value,
                            "confidence": mail.confidence,
                            "quote": mail.text,
                        }
                    ],
                    "suspicious": {"injection": mail.suspicious},
                },
                attachments=0,
                place=("maya@x.example", f"{mail}"),
            )
        )
    heads: dict[UUID, MailRow] = {}
    for row in rows:
        head = heads.get(row.conversation_id)
        if head is None or head.received_at <= row.received_at:
            heads[row.conversation_id] = row
    talks = [
        TalkRow(
            id=talk,
            qualification=to_json(known[talk]),
            head_message_id=head.id,
            last_message_at=head.received_at,
        )
        for talk, head in heads.items()
    ]
    return Reads(mail=MailRead(talks=talks, mails=rows, owed=rows, total=len(rows)))


def meeting(number: int) -> Meeting:
    return Meeting(
        tenant_id=UUID(int=9),
        id=UUID(int=0x200 + number),
        created_at=NOW,
        title=f"Call {number}",
        starts_at=NOW - timedelta(days=number),
        status="scheduled",
        attendees=[],
        cancellations=0,
        moves=0,
        changed_at=NOW,
    )


def post(number: int) -> tuple[SlackPost, str]:
    row = SlackPost(
        tenant_id=UUID(int=9),
        id=UUID(int=0x300 + number),
        created_at=NOW,
        ts=f"17.{number}",
        author="Cole",
        text=f"Post {number}",
        posted_at=NOW - timedelta(hours=number),
    )
    return row, "C1"


def note(number: int) -> Note:
    return Note(
        tenant_id=UUID(int=9),
        id=UUID(int=0x400 + number),
        created_at=NOW - timedelta(hours=number),
        kind="log",
        text=f"Note {number}",
        said_by="",
        comment="",
        source_key=f"{number}",
        permalink=None,
        qualification={},
    )


def view_of(reads: Reads) -> AccountView:
    window = Window(start=NOW - RECENT, end=ALWAYS)
    asking = Asking(account=ACCOUNT, member_id=UUID(int=1), only=None, now=NOW, window=window)
    return assemble(reads, asking, make_reader(), ())


def told(view: AccountView) -> list[str]:
    """Everything a person reads, with the addresses behind it."""
    lines = [line.text for part in BriefPart for line in lines_of(view, part)]
    facts = [(f.name, f.current.value, [e.value for e in f.earlier]) for f in view.facts]
    return [*lines, view.next_step.words, view.next_step.why, *map(str, facts)]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), mails=st.lists(MAILS, max_size=6, unique=True))
def test_the_order_in_which_mails_came_changes_nothing(data: Any, mails: list[Mail]) -> None:
    otherwise = data.draw(st.permutations(mails))
    assert told(view_of(stored(mails))) == told(view_of(stored(otherwise)))


@settings(max_examples=25, deadline=None)
@given(
    meetings=st.permutations(range(3)),
    posts=st.permutations(range(3)),
    notes=st.permutations([0, 1]),
)
def test_nor_does_the_order_of_meetings_posts_and_notes(
    meetings: list[int], posts: list[int], notes: list[int]
) -> None:
    def reads(meetings: Sequence[int], posts: Sequence[int], notes: Sequence[int]) -> Reads:
        return Reads(
            meetings=MeetingsRead(
                meetings=[meeting(n) for n in meetings],
                transcripts=(),
                places={},
                ours=frozenset(),
                own_domains=frozenset(),
            ),
            slack=SlackRead(posts=[post(n) for n in posts], total=3),
            notes=NotesRead(notes=[note(n) for n in notes], proofs=(), authors={}),
        )

    assert view_of(reads(meetings, posts, notes)) == view_of(reads(range(3), range(3), [0, 1]))


def test_the_newest_word_wins_whatever_the_confidence_and_orders_to_machines_are_no_facts() -> None:
    def mail(hours: int, value: str, confidence: float, *, bad: bool = False) -> Mail:
        return Mail(
            talk=0,
            hours=hours,
            inbound=True,
            text="said so",
            value=value,
            criterion=Criterion.BUDGET,
            confidence=confidence,
            year=None,
            suspicious=bad,
        )

    view = view_of(
        stored([mail(3, "40,000", 0.9), mail(2, "50,000", 0.6), mail(1, "0", 0.99, bad=True)])
    )
    (budget,) = view.facts
    assert budget.current.value == "50,000"
    assert [(one.value, one.confidence) for one in budget.earlier] == [("40,000", 0.9)]


@pytest.mark.parametrize(
    ("sent", "believed"),
    [
        (None, NOW),
        (NOW - timedelta(hours=5), NOW - timedelta(hours=5)),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (datetime(2099, 1, 1, tzinfo=UTC), NOW),
    ],
)
def test_a_date_is_believed_as_far_as_it_can_be(sent: datetime | None, believed: datetime) -> None:
    assert happened_at(sent, NOW, NOW) == believed
    assert happened_at(None, datetime(2099, 1, 1, tzinfo=UTC), NOW) == NOW


def test_one_person_behind_many_spellings() -> None:
    assert canonical("Dana+Offers@Acme.test") == "dana@acme.test"
    assert canonical("d.a.na@googlemail.com") == canonical("dana@gmail.com")
    assert canonical("d.ana@acme.test") != canonical("dana@acme.test")
    assert readable_domain("xn--mnchen-3ya.test") == "münchen.test (xn--mnchen-3ya.test)"
    assert readable_domain("acme.test") == "acme.test"
    assert readable_domain("xn--\x00.test") == "xn--\x00.test"
