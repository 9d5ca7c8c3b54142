"""What the check of a draft finds, and that it is silent where nothing is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

import pytest

from services.draft_checks import check_draft
from services.offline.draft import write_draft
from services.types.findings import (
    CheckContext,
    EarlierMail,
    Finding,
    FindingKind,
    Recipient,
)
from services.types.model import DraftRequest
from tests.unit.services import draft_check_cases as cases
from tests.unit.services.offline.labelled import TODAY, load
from tests.unit.services.offline.test_story_drafts import MAILS, mail, read, write
from tests.unit.services.strange_cases import ORDINARY, STRANGE

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def context(
    *,
    attachments: int = 0,
    to: tuple[str, ...] = (),
    earlier: tuple[str, ...] = (),
    zone: str = "Europe/Berlin",
) -> CheckContext:
    people = [parseaddr(one) for one in to]
    return CheckContext(
        now=NOW,
        zone=zone,
        recipients=tuple(Recipient(email=email, name=name) for name, email in people),
        attachments=attachments,
        earlier=tuple(
            EarlierMail(
                message_id=UUID(int=at + 1),
                at=NOW - timedelta(days=1, hours=len(earlier) - at),
                who="Rita Rep" if said[0] == ">" else "Carla Rossi",
                ours=said[0] == ">",
                text=None if said == "-" else said[1:],
            )
            for at, said in enumerate(earlier)
        ),
    )


def own_words(*, by_model: bool = True) -> CheckContext:
    """Of what the copilot wrote, to Carla."""
    around = context(to=("carla@acme.test",), earlier=(">See https://maps.example/office.",))
    return replace(around, home="brightpath.test", by_model=by_model)


def kinds(text: str, around: CheckContext) -> list[FindingKind]:
    return [finding.kind for finding in check_draft(text, "Re: it", around)]


ROWS = [
    *[(FindingKind.ATTACHMENT, text, context(), True) for text in cases.ATTACHED],
    *[(FindingKind.ATTACHMENT, text, context(), False) for text in cases.NOT_ATTACHED],
    *[(FindingKind.WEEKDAY, text, context(), True) for text in cases.WRONG_DAY],
    *[(FindingKind.WEEKDAY, text, context(), False) for text in cases.RIGHT_DAY],
    *[
        (FindingKind.NAME, f"{hi}\n\nit is on its way.\n\nRita", context(to=to), True)
        for hi, to in cases.WRONG_NAME
    ],
    *[
        (FindingKind.NAME, f"{hi}\n\nit is on its way.\n\nRita", context(to=to), False)
        for hi, to in cases.RIGHT_NAME
    ],
    *[(FindingKind.TIME, text, context(earlier=said), True) for text, said in cases.UNOFFERED],
    *[(FindingKind.TIME, text, context(earlier=said), False) for text, said in cases.OFFERED],
    *[(FindingKind.FIGURE, text, context(earlier=said), True) for text, said in cases.CONTRADICTED],
    *[(FindingKind.FIGURE, text, context(earlier=said), False) for text, said in cases.CONSISTENT],
    *[(FindingKind.STRANGE, text, own_words(), True) for text in STRANGE],
    *[(FindingKind.STRANGE, text, own_words(), False) for text in ORDINARY],
]


def test_every_check_has_its_tables() -> None:
    counts = {kind: [0, 0] for kind in FindingKind}
    for kind, _, _, found in ROWS:
        counts[kind][found] += 1
    assert all(min(both) >= 15 for both in counts.values()), counts


@pytest.mark.parametrize(("kind", "text", "around", "found"), ROWS)
def test_what_is_found_and_what_is_not(
    kind: FindingKind, text: str, around: CheckContext, *, found: bool
) -> None:
    assert kinds(text, around) == ([kind] if found else [])


def test_a_person_may_write_what_they_like() -> None:
    assert not any(kinds(text, own_words(by_model=False)) for text in STRANGE[:3])


def test_strange_words_in_a_subject_leave_too() -> None:
    (found,) = check_draft(ORDINARY[0], f"Re: {STRANGE[5]}", own_words())
    assert found.sentence == "It speaks of bank details or of a payment."


# ── what the offline model writes is clean ──────────────────────────────────────────────────────
def replying(text: str, sender: str = "Rachel Abara <rachel@northwind.example>") -> CheckContext:
    name, email = parseaddr(sender)
    told = EarlierMail(message_id=UUID(int=1), at=NOW, who=name, ours=False, text=text)
    return CheckContext(
        now=NOW,
        zone="Europe/Berlin",
        recipients=(Recipient(email=email, name=name),),
        earlier=(told,),
        home="brightpath.example",
        by_model=True,
    )


def test_the_storys_own_drafts_are_clean() -> None:
    wishes = (None, "shorter", "longer", "more formal", "friendlier", "ask for a call", "in German")
    for name in MAILS:
        text = mail(name)
        first = write(text).body
        for wish in wishes:
            body = write(text, instruction=wish, previous=first if wish else None).body
            assert check_draft(body, "Re: it", replying(text)) == (), body


@pytest.mark.parametrize("tongues", [1, pytest.param(8, marks=pytest.mark.slow)])
def test_drafts_for_every_labelled_sentence_are_clean(tongues: int) -> None:
    """Each sentence in one language, by turns, or in all of them."""
    checked, languages = 0, ("en", "de", "fr", "es", "it", "nl", "pt", "sv")
    for number, row in enumerate(load()):
        asks = read(row.text, TODAY).asks
        for turn in range(tongues):
            language = languages[(number + turn) % len(languages)]
            body = write_draft(
                DraftRequest(
                    text=row.text,
                    subject="",
                    sender_name="Rachel Abara",
                    author_name="Maya Okafor",
                    company="Brightpath",
                    account_name="Northwind",
                    deal_name=None,
                    stage=None,
                    language=language,
                    today=TODAY,
                    asks=asks,
                )
            ).body
            assert check_draft(body, "Re: it", replying(row.text)) == (), body
            checked += 1
    assert checked > 250 * tongues


def test_customers_own_sentences_are_mostly_clean() -> None:
    """Real sentences of every kind, read as if they were drafts: what is found there is rare."""
    texts = [row.text for row in load()]
    found = [(text, one.sentence) for text in texts for one in check_draft(text, "", context())]
    assert len(found) <= len(texts) // 100, found


# ── what a finding carries ──────────────────────────────────────────────────────────────────────
def only(text: str, around: CheckContext) -> Finding:
    (finding,) = check_draft(text, "Re: it", around)
    return finding


def test_a_contradiction_is_quoted_with_its_source() -> None:
    around = context(
        earlier=("<Thanks. We need licences for 40 users. When can we start?", ">Soon.")
    )
    finding = only("Hi Carla,\n\nwe have set up 45 users for you.\n\nRita", around)
    assert finding.earlier == "We need licences for 40 users."
    assert (finding.said_by, finding.message_id) == ("Carla Rossi", UUID(int=1))
    assert finding.said_at is not None
    assert "45 users" in finding.sentence
    assert "40 users" in finding.sentence


def test_with_something_attached_the_words_are_right() -> None:
    assert check_draft("The report is attached.", "", context(attachments=1)) == ()


def test_what_a_draft_quotes_is_not_its_own_word() -> None:
    quoted = "Will do.\n\nOn Thu, 19 Nov 2026 at 10:00, Carla wrote:\n> The report is attached."
    assert check_draft(quoted, "", context()) == ()


def test_the_year_follows_the_senders_own_day() -> None:
    late = CheckContext(now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC), zone="Asia/Tokyo")
    assert check_draft("The call is on Friday, 1 January.", "", late) == ()
    assert only("The call is on Thursday, 1 January.", late).sentence == "1 January is a Friday."


def test_a_long_mail_is_read_in_no_time_and_tells_few_things() -> None:
    line = "On Friday 3 December we are at it, see you Thursday at 3, 45 users, $55 per user. "
    started = datetime.now(UTC)  # noqa: TID251 - it is the machine's time that counts here
    found = check_draft(line * 200, "", context(earlier=("<We have 40 users. " * 200,)))
    assert (datetime.now(UTC) - started).total_seconds() < 5  # noqa: TID251 - see above
    assert len(found) <= 5


@pytest.mark.parametrize("text", ["", "?", "\n\n", "Hi ,", "(((" * 500, "a." * 5000, "1" * 20000])
def test_nothing_breaks_it(text: str) -> None:
    assert check_draft(text, "", context(to=("Carla Rossi <carla@acme.test>",))) == ()
