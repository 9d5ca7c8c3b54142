"""The account view on real PostgreSQL: every source, each failing alone, and whose it is."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import event, text

from blocks.brief import brief_blocks
from blocks.brief_lines import BriefPart, lines_of
from blocks.lint import faults
from db.models.compose import Note
from db.models.conversations import Conversation
from db.models.customers import Account, DealChange
from db.models.meetings import Meeting, SlackPost, SlackThread, Transcript
from db.models.signals import Signal
from db.models.summaries import Summary
from services.account_view.service import AccountViewService
from services.errors import NotFound
from services.types.account_view import Channel, Part, PromiseState, RowKind, Side
from services.types.qualification import Criterion
from tests import factories as make
from tests.integration.services.loop import Loop, make_loop
from tests.integration.services.test_views import BUDGET, told

QUESTIONS = 30
"""What one view may ask altogether; who is there and how long one may wait comes on top."""


async def add(loop: Loop, *rows: Any) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        for row in rows:
            tx.session.add(row)
            await tx.session.flush()


def base(loop: Loop, **changes: Any) -> dict[str, Any]:
    return {
        "tenant_id": loop.tenant,
        "id": uuid4(),
        "created_at": loop.clock.now(),
        "account_id": loop.account.id,
    } | changes


def rows_of(loop: Loop) -> list[Any]:
    """One row of everything beside mail."""
    now, post, meeting = loop.clock.now(), uuid4(), uuid4()
    thread = SlackThread(
        **base(loop), channel="C0DEALS", thread_ts="17.1", permalink=None, last_at=now
    )
    plain = base(loop)
    del plain["account_id"]
    said = SlackPost(
        **plain | {"id": post},
        thread_id=thread.id,
        ts="17.2",
        author="Cole",
        text="Legal is looking at the DPA.",
        posted_at=now - timedelta(hours=1),
    )
    held = Meeting(
        **base(loop) | {"id": meeting},
        uid="kickoff@acme.test",
        title="Kick-off",
        starts_at=now - timedelta(days=2),
        source="invitation",
        attendees=[
            {"email": "Nina@acme.test", "name": "Nina Guest", "status": "accepted"},
            {"email": loop.rita.email, "name": "Rita", "status": "accepted"},
        ],
        changed_at=now - timedelta(days=3),
    )
    finding = {
        "criterion": "budget",
        "value": "30,000 USD",
        "confidence": 0.95,
        "quote": "thirty thousand",
    }
    script = Transcript(
        **base(loop),
        meeting_id=meeting,
        sha256="a" * 64,
        file_name="kick-off.vtt",
        turns=[{"at": 1, "speaker": "Nina", "text": "We have thirty thousand."}],
        analysis={"findings": [finding], "summary": "Nina named a budget."},
    )
    moved = DealChange(
        **plain | {"id": uuid4()},
        deal_id=loop.deal.id,
        field="stage",
        before="initial",
        after="discovery",
    )
    signal = Signal(
        **base(loop),
        kind="risk",
        name="competitor_named",
        severity="high",
        confidence=0.8,
        threshold=0.7,
        why="Rivalsoft was named twice",
        evidence=[
            {"source": "slack_post", "source_id": str(post), "quote": "Legal is looking"},
            {"source": "figure", "of": [], "words": "twice in a week"},
        ],
        raised_at=now,
        seen_at=now,
    )
    week = Summary(
        **base(loop),
        period="week",
        starts_on=date(2026, 10, 5),
        ends_on=date(2026, 10, 12),
        source_hash="x",
        lines=[{"channel": "mail", "text": "They compared vendors.", "sources": []}],
        made_at=now,
    )
    note = Note(
        **base(loop),
        kind="log",
        text="Nina likes us.",
        said_by="Cole",
        source_key="D1:1",
        permalink="https://slack.com/archives/D1/p1",
        author_id=loop.rita.id,
    )
    return [thread, said, held, script, moved, signal, week, note]


async def test_one_view_over_everything_with_the_place_of_each_line(loop: Loop) -> None:
    await told(loop)
    await add(loop, *rows_of(loop))
    heard: list[str] = []
    event.listen(
        loop.database.engine.sync_engine, "before_cursor_execute", lambda *t: heard.append(t[2])
    )
    view = await loop.accounts.brief(loop.actor(loop.rita), " acme ")
    assert view.missing == ()
    asked = [one for one in heard if not one.startswith(("select set_config", "set "))]
    assert len(asked) <= QUESTIONS, f"{len(asked)} statements"
    assert {one.channel for one in view.events} == set(Channel)
    assert [one.at for one in view.events] == sorted((o.at for o in view.events), reverse=True)
    assert view.owners == (("owner", "Rita Rep"),)
    # The mail is newer than the meeting: it wins, and what was said before stays visible.
    budget = view.fact(Criterion.BUDGET)
    assert budget is not None
    assert (budget.current.value, budget.current.quote) == ("40,000 USD", BUDGET)
    assert [(one.value, one.channel) for one in budget.earlier] == [("30,000 USD", "meeting")]
    (stage,) = view.deals[0].facts
    assert (stage.current.value, stage.earlier[0].value) == ("discovery", "initial")
    assert [(one.name, one.confirmed) for one in view.people] == [
        ("Carla Customer", True),
        ("Nina Guest", False),
    ]
    (asked,) = view.promises
    assert (asked.side, asked.state) == (Side.ASKED, PromiseState.OPEN)
    assert view.signals[0].proofs[0].where is not None
    assert view.signals[0].proofs[0].where.url == "https://slack.com/archives/C0DEALS/p172"
    assert view.past[0].lines[0].text == "They compared vendors."
    assert view.next_step.words == "Decide on the answer to Carla Customer."
    # Every line of the page leads to where it comes from, or to what is stored.
    actor, sourceless = loop.actor(loop.rita), []
    for part in BriefPart:
        for line in lines_of(view, part):
            if line.where is None:
                sourceless.append(line.text)
            elif not line.where.url:
                stored = await loop.accounts.stored(
                    actor, view.account_id, line.where.kind, line.where.id
                )
                assert stored.text
    assert sourceless == ["twice in a week"], "a figure says itself"
    blocks = brief_blocks(view)
    assert faults(blocks, text="x") == []


async def test_a_source_that_is_down_is_named_and_the_rest_stands(
    loop: Loop, owner_url: str
) -> None:
    await told(loop)
    await add(loop, *rows_of(loop))
    rita, account = loop.actor(loop.rita), loop.account.id
    whole = await loop.accounts.view(rita, account)
    owner = await asyncpg.connect(owner_url)
    try:
        for table in ("signals", "slack_posts"):
            await owner.execute(f"alter table {table} rename to {table}_gone")
        view = await loop.accounts.view(rita, account)
        for table in ("signals", "slack_posts"):
            await owner.execute(f"alter table {table}_gone rename to {table}")
        async with owner.transaction():
            # Somebody holds a table: the view doesn't wait for it.
            await owner.execute("lock table notes in access exclusive mode")
            impatient = AccountViewService(loop.database, loop.clock, statement_ms=400)
            assert Part.NOTES in (await impatient.view(rita, account)).missing
    finally:
        await owner.close()
    assert view.missing == (Part.SLACK, Part.SIGNALS)
    assert view.events == tuple(one for one in whole.events if one.channel is not Channel.SLACK)
    assert (view.people, view.facts, view.promises) == (whole.people, whole.facts, whole.promises)
    said = "I couldn't read the Slack threads about them and the signals just now"
    assert said in str(brief_blocks(view))
    again = await loop.accounts.view(rita, account)
    assert again == whole, "and nothing of it was kept"


async def test_members_see_their_accounts_and_another_tenant_nothing(loop: Loop) -> None:
    await told(loop)
    account, row = loop.account.id, RowKind.ACCOUNT
    other = await make_loop(loop.database)
    for stranger in (loop.actor(loop.cole), other.actor(other.rita)):
        with pytest.raises(NotFound):
            await loop.accounts.view(stranger, account)
        with pytest.raises(NotFound):
            await loop.accounts.name(stranger, account)
        with pytest.raises(NotFound):
            await loop.accounts.stored(stranger, account, row, account)
    view = await loop.accounts.view(loop.actor(loop.mona), account)
    (mail,) = [one for one in view.events if one.channel is Channel.MAIL]
    assert mail.where.url is None, "it lies in Rita's mailbox, not in Mona's"
    stored = await loop.accounts.stored(
        loop.actor(loop.mona), account, mail.where.kind, mail.where.id
    )
    assert BUDGET in stored.text
    # Another account's row isn't told under this one's name.
    async with loop.database.transaction(loop.tenant) as tx:
        near = await make.make_account(tx, name="Globex", owner_id=loop.rita.id)
    with pytest.raises(NotFound):
        await loop.accounts.stored(loop.actor(loop.rita), near.id, mail.where.kind, mail.where.id)


async def test_a_conversation_that_is_linked_anew_moves_with_all_that_is_known(
    loop: Loop,
) -> None:
    await told(loop)
    async with loop.database.transaction(loop.tenant) as tx:
        near = await make.make_account(tx, name="Globex", owner_id=loop.rita.id)
    await loop.set(Conversation, loop.conversation.id, account_id=near.id)
    rita = loop.actor(loop.rita)
    before, after = (
        await loop.accounts.view(rita, loop.account.id),
        await loop.accounts.view(rita, near.id),
    )
    assert (before.events, before.facts, before.promises) == ((), (), ())
    assert after.fact(Criterion.BUDGET) is not None
    assert [(one.name, one.outsider, one.elsewhere) for one in after.people] == [
        ("Carla Customer", True, "Acme")
    ]


async def test_people_as_they_are(loop: Loop) -> None:
    """Plus-tags, personal addresses, a shared domain, a domain in other letters."""
    domain = "xn--mnchen-3ya.test"
    async with loop.database.transaction(loop.tenant) as tx:
        await make.make_account(tx, name="Acme South", domain=domain, owner_id=loop.rita.id)
        await make.make_account(tx, name="Acme Secret", domain=domain, owner_id=loop.cole.id)
        for email, name in (
            (f"uwe@{domain}", "Uwe Klein"),
            (f"uwe+offers@{domain}", ""),
            ("uwe.klein@gmail.com", "Uwe Klein"),
        ):
            await make.make_contact(
                tx, account_id=loop.account.id, email=email, name=name, status="observed"
            )
    await loop.set(Account, loop.account.id, domain=domain)
    await loop.write("Hello", sender={"email": f"uwe+x@{domain}", "name": "Uwe"}, contact_id=None)
    view = await loop.accounts.view(loop.actor(loop.rita), loop.account.id)
    assert view.domain == f"münchen.test ({domain})"
    assert view.sharing == ("Acme South",), "and no word of what isn't hers to see"
    uwe = [(one.emails, one.personal, one.never_wrote) for one in view.people if "Uwe" in one.name]
    assert sorted(uwe) == [
        (("uwe+offers@xn--mnchen-3ya.test", "uwe@xn--mnchen-3ya.test"), False, False),
        (("uwe.klein@gmail.com",), True, True),
    ]


async def test_a_wrong_clock_puts_no_mail_out_of_its_place(loop: Loop) -> None:
    for year in (1970, 2099):
        await loop.write(f"Mail of {year}.", sent_at=datetime(year, 1, 1, tzinfo=UTC))
    view = await loop.accounts.view(loop.actor(loop.rita), loop.account.id)
    assert [one.text for one in view.events] == ["Mail of 2099.", "Mail of 1970."]
    assert all(abs(one.at - loop.clock.now()) < timedelta(minutes=1) for one in view.events)


FILL = text(
    """
    with talk as (
        insert into conversations (tenant_id, id, created_at, subject, account_id, responder_id,
                                   link, qualification, version, last_message_at)
        select :tenant, gen_random_uuid(), :now, 'Talk', :account, :member, 'linked', '{}', 1,
               cast(:now as timestamptz) - n * interval '90 minutes'
        from generate_series(1, cast(:talks as int)) n
        returning id, last_message_at
    )
    insert into messages (tenant_id, id, created_at, conversation_id, rfc_message_id, direction,
                          kind, proof, sender, recipients, subject, refs, text, language,
                          received_at, attention, analysis, notes, attachments, body_sha256)
    select :tenant, gen_random_uuid(), :now, talk.id, gen_random_uuid()::text,
           case n % 2 when 0 then 'inbound' else 'outbound' end, 'human', 'pass',
           '{"email": "carla@acme.test", "name": "Carla"}', '{"to": ["rita@northwind.test"]}',
           'Talk', '[]', 'I will send you the report tomorrow.', 'en',
           last_message_at - n * interval '3 minutes', 'quiet', '{}', '[]', '[]', ''
    from talk cross join generate_series(0, 4) n
    """
)


async def fill(loop: Loop, talks: int) -> float:
    """So many conversations of five mails; how long a view takes then, in seconds."""
    async with loop.database.transaction(loop.tenant) as tx:
        await tx.session.execute(
            FILL,
            {
                "tenant": loop.tenant,
                "now": loop.clock.now(),
                "account": loop.account.id,
                "member": loop.rita.id,
                "talks": talks,
            },
        )
        await tx.session.execute(text("analyze conversations, messages"))
    best = 60.0
    for _ in range(5):
        started = time.perf_counter()
        view = await loop.accounts.view(loop.actor(loop.rita), loop.account.id)
        best = min(best, time.perf_counter() - started)
    assert view.missing == ()
    assert len(view.events) <= 60
    return best


async def test_a_busy_account_is_read_in_bounds_and_what_is_left_out_is_counted(
    loop: Loop,
) -> None:
    await fill(loop, 400)
    view = await loop.accounts.view(loop.actor(loop.rita), loop.account.id)
    assert len(view.events) == 60
    assert view.events_left_out == 1_000 - 60, "five of each of the newest 200 conversations"
    assert view.events_more
    assert "at least 940 more mails" in str(lines_of(view, BriefPart.LATELY)[-1].text)
    assert view.people_since is not None, "further back nobody looked, so nobody says never"


@pytest.mark.slow
async def test_time_stays_flat_at_fifty_thousand_mails(loop: Loop) -> None:
    little = await fill(loop, 100)
    much = await fill(loop, 10_000)
    sys_out = f"500 mails: {little * 1000:.0f} ms, 50,500 mails: {much * 1000:.0f} ms"
    assert much < 2.5 * little + 0.02, sys_out
