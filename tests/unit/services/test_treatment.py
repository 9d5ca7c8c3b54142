"""No table of a workspace is forgotten: each says how it is erased, exported and kept."""

from pathlib import Path

from sqlalchemy import LargeBinary

from db.people import EMPTY, OWN, OWN_MAIL, OWN_WORDS
from db.retention import TAKINGS
from db.traces import UNTOUCHED, places, tenant_tables
from services.privacy.treatment import TREATMENTS
from services.retention.sorts import NEVER, SORTS, days_of
from services.types.privacy import Erase

TABLES = {table.name: table for table in tenant_tables()}
# Bytes that are no secret: mail as Gmail had it, and what proves the chain.
OPEN_BYTES = {
    "draft_revisions.raw",
    "audit_entries.body",
    "audit_links.previous",
    "audit_links.hash",
    "erasures.digest",
}
SECRET_WORDS = ("token_hash", "secret", "credential", "response_url", "verifier", "bot_token")


def test_every_table_has_a_treatment_and_no_other_has() -> None:
    assert TREATMENTS.keys() == TABLES.keys()


def test_what_is_kept_for_a_time_is_taken_after_it() -> None:
    assert TAKINGS.keys() | {"mail", "audit"} == SORTS.keys()
    named = {one.kept for one in TREATMENTS.values()} & SORTS.keys()
    assert named == SORTS.keys() - {"headers"}
    for name, takings in TAKINGS.items():
        for taking in takings:
            kept = TREATMENTS[taking.table].kept
            assert kept == name or (name, kept) == ("headers", "mail")
    for sort in SORTS.values():
        assert sort.allows(sort.days)
        assert sort.least <= sort.most
        assert sort.days != NEVER or sort.forever


def test_a_number_nobody_may_set_counts_as_none() -> None:
    days = days_of({"finds": 1, "answers": 100_000, "mail": 0, "headers": 0, "letters": "many"})
    assert (days["finds"], days["mail"]) == (1, 0)
    assert days["answers"] == SORTS["answers"].days
    assert days["headers"] == SORTS["headers"].days
    assert days["letters"] == SORTS["letters"].days


def test_what_a_treatment_says_is_done() -> None:
    """A table said to be emptied or to lose rows is among the statements that do it, and words
    about people stand in no table that nobody looks at."""
    done = {*EMPTY, *OWN, *OWN_WORDS, "members", "mailboxes", "contacts", "conversations"}
    assert "conversations" in OWN_MAIL
    mail = {"messages", "conversations", "meetings", "search_entries", "account_looks"}
    for name, one in TREATMENTS.items():
        if one.erase in {Erase.OWN, Erase.BLANK}:
            assert name in done, name
        if one.erase is Erase.MAIL:
            assert name in mail
        if name in UNTOUCHED:
            assert one.erase in {Erase.KEYS, Erase.NOTHING}
        elif one.erase is not Erase.NOTHING and name != "search_entries":
            assert name in places() or name in done, name


def test_the_page_for_a_security_team_says_how_long() -> None:
    page = (Path(__file__).parents[3] / "docs" / "security.md").read_text()
    told = [line for line in page.splitlines() if line.startswith("| `")]
    told = [line for line in told if line.split("`")[1] in SORTS]
    assert told == [
        f"| `{one.name}` | {one.what} | {one.days} | {one.least} to {one.most}"
        f"{' or 0' if one.forever else ''} |"
        for one in SORTS.values()
    ]


def test_no_export_has_a_secret() -> None:
    for name, table in TABLES.items():
        one = TREATMENTS[name]
        if one.left_out:
            continue
        for column in table.columns:
            where = f"{name}.{column.name}"
            secret = column.name in one.secrets
            if isinstance(column.type, LargeBinary):
                assert secret or where in OPEN_BYTES, where
            elif any(word in column.name for word in SECRET_WORDS):
                assert secret, where
