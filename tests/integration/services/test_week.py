"""A week with lost, doubled and late pushes and two deaths a day: every mail is handled once."""

import random
from collections import Counter

import pytest

from tests.integration.audited import assert_tells_of_nobody
from tests.integration.services.week import Week

ELSEWHERE = frozenset(
    {
        "search.index", "search.reconcile", "signals.look", "signals.scan", "signals.scan_account",
        "outreach.scan", "outreach.check", "summaries.make", "coaching.find",
    }
)  # fmt: skip
"""What looks at mail that has been handled already: most of a day's work."""


@pytest.mark.parametrize(
    ("seed", "hours", "mails"),
    [
        pytest.param(5, 12, 2, id="a working day"),
        pytest.param(5, 48, 2, id="two days"),
        pytest.param(3, 7 * 24, 2, id="a week"),
        pytest.param(11, 7 * 24, 8, id="a busy week"),
    ],
)
@pytest.mark.slow
async def test_every_mail_of_a_week_is_handled_once(
    runtime_url: str, seed: int, hours: int, mails: int
) -> None:
    """The working day from five to five without the jobs that read what was handled; the longer
    ones with every job. What `make test` has of it is the fault lab's minute (tests/faults/)."""
    dice = random.Random(seed)  # noqa: S311 - chances that can be repeated
    aside = frozenset() if hours > 24 else ELSEWHERE
    week = await Week(runtime_url, dice, aside=aside).open()
    try:
        await week.live(hours, mails)
        await check(week)
        assert week.deaths == 2 * max(1, hours // 24)
    finally:
        await week.close()


async def check(week: Week) -> None:
    stored = await week.rows("select rfc_message_id, attention, id from messages")
    known = Counter(row.rfc_message_id.strip("<>") for row in stored)
    wanted = {key.strip("<>"): copies for key, copies in week.delivered.items()}
    assert not wanted.keys() - known.keys(), "nothing is lost"
    assert set(known.values()) == {1}, "nothing is kept twice"
    assert "new" not in {row.attention for row in stored}, "every mail was looked at"
    places = await week.rows(
        "select m.rfc_message_id as key from mailbox_messages p join messages m "
        "on m.tenant_id = p.tenant_id and m.id = p.message_id"
    )
    lying = Counter(row.key.strip("<>") for row in places)
    assert {key: lying[key] for key in wanted} == wanted, "each copy was found where it lies"
    proposed = await week.rows(
        "select convert_from(body, 'utf8')::jsonb -> 'facts' ->> 'message' as message "
        "from audit_entries where verb = 'action.proposed'"
    )
    assert proposed
    assert max(Counter(row.message for row in proposed).values()) == 1, "asked once a mail"
    assert set(week.posted().values()) == {1}, "no card stands twice"
    open_actions = await week.rows(
        "select conversation_id, count(*) as n from actions where status = 'pending' group by 1"
    )
    assert {row.n for row in open_actions} == {1}
    drafts = [d for box in week.drafts() for d in box]
    assert len(drafts) == len(set(drafts)) == len(open_actions), "one draft in Gmail for each"
    assert week.sent() == 0, "nothing left without a word"
    assert not await week.rows("select 1 from inbound_events where status = 'received'")
    assert not await week.rows("select 1 from jobs.pgqueuer where status = 'failed'")
    assert {kind for kind, _ in week.refused} <= {"draft.withdraw"}, week.refused
    report = await week.runtime.services.audit.verify(week.tenant, None)
    assert report.whole
    await assert_tells_of_nobody(week.runtime.database, week.tenant)
    assert week.pushes()["dropped"] > 0, "the week was no test of lost pushes"
