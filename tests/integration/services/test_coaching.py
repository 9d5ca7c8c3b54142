"""Coaching over real PostgreSQL: a planted difference is found, a missing one isn't, and everybody
sees what is theirs."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from blocks.digest import digest_card
from bot.wiring_coaching import coaching_services
from db import coaching_mails
from db.coaching import get_look
from db.digest_facts import add_digests, digest_row
from db.digests import get_digest
from db.models.coaching import CoachingFinding, CoachingLook, CoachingNight
from db.models.conversations import Conversation, Message
from db.models.customers import Account
from db.models.tenants import Member
from db.session import Database, Tx
from services.audit import AuditService
from services.coaching.news import news_of, still_holds
from services.coaching.nights import REFUSED_FOR
from services.coaching.opportunities import opportunities
from services.coaching.showing import to_try
from services.digest_views import digest_view
from services.errors import NotFound
from services.types.coaching import Sort
from services.types.preferences import SHARE_EXAMPLES
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.services.search.desk import actor_of
from tests.shared import VAULT

NOW = make.NOW
A_DAY = timedelta(days=1)
ASKS, TELLS = "Hello Carla,\nshall we go on?\nRita", "Hello Carla,\nhere is the paper.\nRita"
THREADS, ACCOUNTS = 140, 20


class Office:
    """Rita and Tom are Mona's. What Rita asks is answered in 7 of 10 threads, what she only tells
    in 2; whether Tom asks makes no difference. Of Rita's requests most are turned down."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.ids = database, FrozenClock(NOW), UuidIds()
        audit = AuditService(database, self.clock, self.ids, VAULT)
        self.coaching = coaching_services(database, self.clock, self.ids, audit)
        self.people: dict[str, Member] = {}

    async def begin(self, threads: int = THREADS) -> "Office":
        self.tenant = await make.make_tenant(self.database)
        async with self.database.transaction(self.tenant) as tx:
            mona = await make.make_member(tx, name="Mona", role="manager")
            for name in ("Rita", "Tom", "Uma"):
                self.people[name] = await make.make_member(tx, name=name, manager_id=mona.id)
            self.people["Mona"] = mona
            self.people["Rita"].preferences = {SHARE_EXAMPLES: "on"}
            accounts = [await make.make_account(tx, name=f"Customer {n}") for n in range(ACCOUNTS)]
            for number in range(threads):
                asks, account = number % 2 == 0, accounts[number % 7 + number // 11]
                place = number // 2 % 10
                rita = place < (7 if asks else 2)
                self.write(tx, "Rita", account, number, asks=asks, answered=rita)
                self.write(tx, "Tom", account, number, asks=asks, answered=place < 4)
            if threads:
                await self._requests(tx)
        return self

    def write(self, tx: Tx, who: str, account: Account, number: int, **about: Any) -> UUID:
        """A thread: one mail, and maybe its answer two days later."""
        member, base = self.people[who], {"tenant_id": tx.tenant_id, "created_at": NOW}
        at = about.get("at", NOW - timedelta(days=10 + number % 90, hours=number % 5))
        thread = Conversation(
            **base, id=uuid4(), subject="Next steps", link="linked", account_id=account.id,
            responder_id=member.id, last_message_at=at,
        )  # fmt: skip
        mail = {**base, "conversation_id": thread.id, "kind": "human", "proof": "pass"}
        sent = Message(
            **mail, id=uuid4(), rfc_message_id=uuid4().hex, direction="outbound", attention="ours",
            sender={"email": member.email}, recipients={"to": ["carla@acme.test"]},
            subject="Next steps", text=ASKS if about["asks"] else TELLS, received_at=at,
        )  # fmt: skip
        tx.session.add_all([thread, sent])
        if about["answered"]:
            carla = {"email": "carla@acme.test"}
            reply = {
                "sender": carla,
                "kind": "human",
                "proof": "pass",
                "text": "Yes.",
                **about.get("reply", {}),
            }
            tx.session.add(
                Message(
                    **{**mail, **reply}, id=uuid4(), rfc_message_id=uuid4().hex,
                    direction="inbound", attention="card", received_at=at + 2 * A_DAY,
                )
            )  # fmt: skip
        return sent.id

    async def _requests(self, tx: Tx) -> None:
        action = await make.make_action(tx, await make.make_conversation(tx))
        for who, refused in (("Rita", 11), ("Tom", 1), ("Uma", 1)):
            for number in range(14):
                await make.make_approval_request(
                    tx,
                    requester=self.people[who],
                    action_id=action.id,
                    status="rejected" if number < refused else "approved",
                    settled_at=NOW - A_DAY,
                    settled_reason="Too much: Customer 3 never pays",
                )

    async def night(self) -> None:
        """The tick, and every job that comes of it."""
        await self.coaching.nights.check(self.tenant)
        for _ in range(9):
            async with self.database.read(self.tenant) as tx:
                open_nights = (await tx.session.scalars(
                    select(CoachingNight.id).where(CoachingNight.ended_at.is_(None))
                )).all()  # fmt: skip
            for night_id in open_nights:
                await self.coaching.nights.run(self.tenant, night_id)

    async def count(self, table: type[Any]) -> int:
        async with self.database.read(self.tenant) as tx:
            return (await tx.session.scalar(select(func.count()).select_from(table))) or 0


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database).begin()


async def test_what_was_planted_is_found_and_shown_to_whom_it_concerns(office: Office) -> None:
    await office.night()
    rita, tom, mona = (office.people[name] for name in ("Rita", "Tom", "Mona"))
    async with office.database.read(office.tenant) as tx:
        hers, his = await to_try(tx, rita.id), await to_try(tx, tom.id)
        led, led_by_nobody = await opportunities(tx, mona.id), await opportunities(tx, rita.id)
    (found,) = hers.findings
    assert (found.pattern, found.mine) == ("question", True)
    assert (found.compared.first.part, found.compared.first.of) == (49, 70)
    assert (found.compared.second.part, found.compared.second.of) == (14, 70)
    assert found.compared.low > 0.2
    assert found.compared.q < 0.05
    assert "answered in 49 of 70 (70 %)" in found.sentence
    assert hers.threads == THREADS
    assert hers.missing
    assert his.findings == ()
    assert his.compared == hers.compared

    await _the_digest_tells_of_it_once(office)
    practice, requests = led.found
    assert {one.member_name for one in led.found} == {"Rita"}
    assert led.reps == 3
    assert (practice.sort, requests.sort) == (Sort.PRACTICE, Sort.REQUEST)
    assert (requests.compared.first.part, requests.compared.second.part) == (11, 2)
    assert requests.reasons == (("Too much", 11),)
    assert not requests.good
    assert len(requests.examples) == 3
    assert requests.shares
    assert "Customer" not in json.dumps([str(one) for one in (hers, led)])
    assert led_by_nobody.found == ()


async def _the_digest_tells_of_it_once(office: Office) -> None:
    """Rita's, not Tom's; no second time, and not when it has been called not helpful meanwhile."""
    rita, tom = office.people["Rita"], office.people["Tom"]
    day = NOW.date()
    async with office.database.transaction(office.tenant) as tx:
        assert await news_of(tx, {rita.id: day, tom.id: day}) == {rita.id: "question"}
        row = digest_row(
            digest_id=office.ids.new(), now=NOW, member_id=rita.id, day=day, request="daily",
            since=NOW, mailed=False,
        )  # fmt: skip
        row["content"] |= {"tip": "question"}
        await add_digests(tx, [row])
        for later in (0, 1, 30):
            assert await news_of(tx, {rita.id: day + timedelta(days=later)}) == {}
        digest = await get_digest(tx, row["id"])
        assert digest is not None
        view = await digest_view(tx, digest, rita, office.clock, NOW)
        assert "mails with a question were answered in 49 of 70" in view.tip
        assert "question" in json.dumps(digest_card(view))
        assert await still_holds(tx, rita.id, "length") is None


async def test_a_finding_has_a_page_for_its_reader_and_goes_when_it_doesn_t_help(
    office: Office,
) -> None:
    await office.night()
    rita, tom = office.people["Rita"], office.people["Tom"]
    async with office.database.read(office.tenant) as tx:
        (found,) = (await to_try(tx, rita.id)).findings
    page = await office.coaching.pages.page(actor_of(rita), found.id)
    assert len(page.mails) == found.examples == 10
    assert {one.first for one in page.mails} == {True, False}
    assert page.mails[0].account.startswith("Customer")
    with pytest.raises(NotFound):
        await office.coaching.pages.page(actor_of(tom), found.id)
    await office.coaching.pages.refuse(actor_of(rita), found.id)
    await office.coaching.pages.refuse(actor_of(rita), found.id)
    async with office.database.read(office.tenant) as tx:
        assert (await to_try(tx, rita.id)).findings == ()
    office.clock.move(REFUSED_FOR + A_DAY)
    async with office.database.transaction(office.tenant) as tx:
        for table in ("messages", "conversations"):  # as if they had gone on writing
            column = "received_at" if table == "messages" else "last_message_at"
            await tx.session.execute(
                text(f"update {table} set {column} = {column} + interval '91 days'")
            )
    await office.night()
    async with office.database.read(office.tenant) as tx:
        assert [one.id for one in (await to_try(tx, rita.id)).findings] == [found.id]


async def test_once_a_night_and_what_no_longer_holds_goes(office: Office) -> None:
    await office.night()
    await office.night()
    assert await office.count(CoachingNight) == 1
    assert (await office.count(CoachingLook), await office.count(CoachingFinding)) == (5, 1)
    rita, tom = office.people["Rita"], office.people["Tom"]
    async with office.database.transaction(office.tenant) as tx:
        await tx.session.execute(text("update messages set text = 'x' where direction='outbound'"))
        (await tx.session.get_one(Member, (office.tenant, tom.id))).active = False
    async with office.database.read(office.tenant) as tx:
        assert (await to_try(tx, tom.id)).looked_at is None
        assert all(one.member_id != tom.id for one in (await opportunities(tx, rita.id)).found)
    office.clock.move(A_DAY)
    await office.night()
    assert await office.count(CoachingFinding) == 0
    async with office.database.read(office.tenant) as tx:
        assert await get_look(tx, tom.id) is None
        assert (await to_try(tx, rita.id)).findings == ()


async def test_another_workspace_sees_nothing_and_one_rep_in_trouble_stops_nobody(
    office: Office,
) -> None:
    other = await make.make_tenant(office.database)
    await office.coaching.nights.check(other)  # nobody is there yet
    async with office.database.read(other) as tx:
        assert (await tx.session.scalars(select(CoachingNight))).all() == []
    async with office.database.transaction(office.tenant) as tx:
        conversation = await make.make_conversation(tx, responder_id=office.people["Tom"].id)
        account = await make.make_account(tx, name="Broken")
        conversation.account_id, conversation.last_message_at = account.id, NOW
        await make.make_message(tx, conversation, recipients={"to": 7})
    await office.night()
    async with office.database.read(other) as tx:
        rita, mona = office.people["Rita"].id, office.people["Mona"].id
        assert (await to_try(tx, rita)).looked_at is None
        assert (await opportunities(tx, mona)).found == ()
    async with office.database.read(office.tenant) as tx:
        night = (await tx.session.scalars(select(CoachingNight))).one()
        assert (night.looked, night.failed) == (4, 1)
        assert len((await to_try(tx, rita)).findings) == 1


async def test_what_counts_as_an_answer_and_whose_mail_it_was(database: Database) -> None:
    """The copilot's mails go by their outcome; what machines, liars and unfinished weeks bring
    doesn't count."""
    office = await Office(database).begin(threads=0)
    uma = office.people["Uma"]
    async with office.database.transaction(office.tenant) as tx:
        account = await make.make_account(tx, name="Umbra GmbH")
        box = await make.make_mailbox(tx, member=uma)
        replies: list[dict[str, Any]] = [
            {},
            {"kind": "auto_reply"},
            {"proof": "fail"},
            {"sender": {"email": "somebody@northwind.test"}},
            {"analysis": {"suspicious": {"injection": True}}},
            {"kind": "bounce"},
        ]
        for number, reply in enumerate(replies):
            office.write(tx, "Uma", account, number, asks=True, answered=True, reply=reply)
        office.write(tx, "Uma", account, 9, asks=True, answered=True, at=NOW - 3 * A_DAY)
        for number, status in enumerate(("expired", "positive", "ambiguous")):
            sent = office.write(tx, "Uma", account, number, asks=False, answered=True)
            await tx.session.flush()
            message = await tx.session.get_one(Message, (tx.tenant_id, sent))
            conversation = await tx.session.get_one(
                Conversation, (tx.tenant_id, message.conversation_id)
            )
            draft = await make.make_draft(tx, conversation)
            await make.make_revision(tx, draft, author="model")
            action = await make.make_action(tx, conversation, draft_id=draft.id, status="done")
            await make.make_effect(
                tx, action, status="done", result={"gmail_message_id": f"g{number}"}
            )
            await make.make_outcome(tx, action, status=status, edited=number == 1)
            await make.make_place(tx, message, box, gmail=f"g{number}", thread="t")
    await office.night()
    async with office.database.read(office.tenant) as tx:
        look = await get_look(tx, uma.id)
    assert look is not None
    (asked,) = look.counts["question"].values()
    # Answered; by a machine, a liar, a colleague not. The copilot's: one expired, one positive.
    assert asked == [4, 1, 2, 1]
    assert list(look.counts["edited"].values()) == [[1, 1, 1, 0]]
    assert [one[1] for one in look.examples["edited"] if one[1]]


async def test_every_look_up_goes_by_an_index(database: Database) -> None:
    office = await Office(database).begin(threads=0)
    async with office.database.read(office.tenant) as tx:
        await tx.session.execute(text("set local enable_seqscan = off"))
        for statement in (
            coaching_mails._THREADS,
            coaching_mails._MESSAGES,
            coaching_mails._COPILOTS,
            coaching_mails._DEEDS,
        ):
            rows = await tx.session.execute(
                text(f"explain {statement.text}"),
                {
                    "tenant": office.tenant, "member": office.people["Rita"].id, "most": 9,
                    "since": NOW, "now": NOW, "threads": [uuid4()], "long": 9,
                },
            )  # fmt: skip
            plan = "\n".join(rows.scalars())
            assert "Seq Scan on" not in plan, plan


async def test_deeds_count_once_an_account_and_only_what_could_have_been_done(
    database: Database,
) -> None:
    office = await Office(database).begin(threads=0)
    uma, late = office.people["Uma"], NOW - 5 * A_DAY
    async with database.transaction(office.tenant) as tx:
        accounts = [await make.make_account(tx, name=f"Umbra {n}") for n in range(4)]
        # Taken up at once, after two days, never; cleared by itself within the day; still young.
        for account, fields in zip(
            accounts,
            (
                {"acknowledged_at": late + A_DAY / 2, "status": "acknowledged"},
                {"acknowledged_at": late + 2 * A_DAY, "status": "acknowledged"},
                {},
                {"settled_at": late + A_DAY / 2, "status": "cleared"},
            ),
            strict=True,
        ):
            signal = await make.make_signal(tx, account, raised_at=late, **fields)
            await make.make_card(
                tx, kind="alert", subject_id=signal.id, recipient_id=uma.id, first_shown_at=late
            )
        young = await make.make_signal(tx, accounts[0], name="gone_quiet", raised_at=NOW)
        await make.make_card(
            tx, kind="alert", subject_id=young.id, recipient_id=uma.id, first_shown_at=NOW
        )
        warned = [{"kind": "figure", "sentence": "s", "quote": "q"}]
        for account, status, authors in (
            (accounts[0], "done", ("model",)),
            (accounts[0], "done", ("model",)),
            (accounts[1], "done", ("model", "member")),
            (accounts[2], "rejected", ("model",)),
        ):
            conversation = await make.make_conversation(tx, account_id=account.id)
            draft = await make.make_draft(tx, conversation)
            for author in authors:
                findings = warned if author == "model" else []
                await make.make_revision(tx, draft, author=author, findings=findings)
            await make.make_action(
                tx, conversation, draft_id=draft.id, status=status, owner_id=uma.id,
                decided_by=uma.id, decided_at=late,
                decision_reason="the tone is wrong; says Umbra" if status == "rejected" else None,
            )  # fmt: skip
    await office.night()
    async with database.read(office.tenant) as tx:
        look = await get_look(tx, uma.id)
    assert look is not None
    counted = {key: (one["part"], one["of"]) for key, one in look.deeds.items()}
    assert counted == {
        "alert:cancellation": (2, 3),
        "draft:send_routine_response": (1, 3),
        "warning:figure": (1, 2),
    }
    assert look.deeds["draft:send_routine_response"]["reasons"] == {"Wrong tone": 1}
