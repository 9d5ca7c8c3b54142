"""The urgent channel: who is told, what an SMS says, and that each leaves at most once."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db.models.approvals import ApprovalMail, ApprovalRequest
from db.models.cards import Card
from db.models.tenants import Member
from db.session import Database
from services.approvals.deps import Deps
from services.approvals.requests import RequestService
from services.approvals.rule_sets import RuleSetService
from services.approvals.urgent import (
    JOB,
    NO_GATEWAY,
    NO_PHONE,
    TOO_LATE,
    UNSURE,
    UrgentService,
    second_person,
    text_notes,
    text_of,
)
from services.approvals.views import ApprovalViews
from services.audit import AuditService
from services.errors import Forbidden, InvalidInput, TransientError
from services.members import actor_of
from services.types.approvals import Approver, RequestForm, Urgency
from services.types.people import Role
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.texts import FakeTexts
from tests.shared import VAULT

RULES = """
rules:
  - type: discount
    bands:
      - {from: 0, approver: vp_sales}
    sla: {critical: 2h}
urgent: {second_person: cfo, sms: true}
"""
BAD_PHONES = [None, "", "0151 111", "+49 151 1", "+4915111111112222222", "+١٢٣٤٥٦٧٨"]
PHONES = {"victor": "+491511111111", "cleo": "+491522222222", "rita": None}


@dataclass
class Room:
    database: Database
    tenant: UUID
    people: dict[str, Member]
    deal: UUID
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(make.NOW))
    ids: UuidIds = field(default_factory=UuidIds)
    texts: FakeTexts = field(default_factory=FakeTexts)

    def __post_init__(self) -> None:
        self.audit = AuditService(self.database, self.clock, self.ids, VAULT)
        self.urgent = self.service(self.texts)

    def service(self, texts: FakeTexts | None) -> UrgentService:
        return UrgentService(
            db=self.database, clock=self.clock, ids=self.ids, audit=self.audit, texts=texts
        )

    async def apply(self, rules: str) -> None:
        service = RuleSetService(self.database, self.clock, self.ids, self.audit)
        await service.apply_file(self.tenant, rules, based_on=None)

    async def submit(self, urgency: Urgency = Urgency.CRITICAL) -> UUID:
        deps = Deps(clock=self.clock, ids=self.ids, audit=self.audit, alarm=self.urgent.alarm)
        submitted = await RequestService(self.database, deps).submit(
            actor_of(self.people["rita"]),
            RequestForm(
                type="discount",
                reason="They have a better offer.",
                deal_id=self.deal,
                percentage="22",
                urgency=urgency,
            ),
            command_id=self.ids.new().hex,
        )
        return submitted.request_id

    async def alarm(self, request_id: UUID, *members: str, level: int) -> None:
        """As the time does after a breach."""
        async with self.database.transaction(self.tenant) as tx:
            request = await tx.session.get_one(ApprovalRequest, (self.tenant, request_id))
            request.level = level
            await self.urgent.alarm(tx, request, [self.people[one].id for one in members])

    async def rows(self, model: type) -> list:

        async with self.database.read(self.tenant) as tx:
            return list((await tx.session.execute(select(model))).scalars())

    async def mails(self) -> dict[str, ApprovalMail]:
        names = {member.id: name for name, member in self.people.items()}
        return {names[row.member_id]: row for row in await self.rows(ApprovalMail)}

    async def jobs(self) -> list[UUID]:
        query = text(
            "select convert_from(payload, 'utf8') as body from jobs.pgqueuer "
            "where entrypoint = :kind order by id"
        )
        async with self.database.read(self.tenant) as tx:
            found = await tx.session.execute(query, {"kind": JOB})
            return [UUID(json.loads(row.body)["mail_id"]) for row in found]

    async def run(self) -> None:
        for mail_id in await self.jobs():
            await self.urgent.send(self.tenant, mail_id)

    async def verbs(self) -> list[str]:
        async with self.database.read(self.tenant) as tx:
            found = await tx.session.execute(
                text("select verb from audit_entries order by position")
            )
            return list(found.scalars())


@pytest.fixture
async def room(database: Database) -> Room:
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        people = {
            name: await make.make_member(
                tx, name=f"{name.title()} X", role=role, titles=titles, phone=PHONES.get(name)
            )
            for name, role, titles in (
                ("rita", "rep", []),
                ("victor", "executive", ["vp_sales"]),
                ("cleo", "executive", ["cfo"]),
                ("ada", "admin", []),
            )
        }
        account = await make.make_account(tx, name="Acme Robotics")
        deal = await make.make_deal(tx, account_id=account.id)
    room = Room(database, tenant, people, deal.id)
    await room.apply(RULES)
    return room


# ── who is told ─────────────────────────────────────────────────────────────────────────────────
async def test_a_critical_request_reaches_the_second_person_and_two_phones(room: Room) -> None:
    request_id = await room.submit()
    holders = {card.recipient_id for card in await room.rows(Card) if card.subject_id == request_id}
    assert holders == {room.people[name].id for name in ("rita", "victor", "cleo")}
    await room.run()
    assert dict(room.texts.texts) == {
        "+491511111111": "Acme Robotics: 22 % discount waits for you until 11:30 UTC. Open Slack.",
        "+491522222222": "Acme Robotics: 22 % discount waits for Victor X until 11:30 UTC. "
        "Open Slack.",
    }
    assert {row.status for row in await room.rows(ApprovalMail)} == {"sent"}
    verbs = await room.verbs()
    assert (verbs.count("approval.alarmed"), verbs.count("approval.text_sent")) == (1, 2)
    views = ApprovalViews(room.database, room.clock, figures_of=lambda *_: None)
    card = await views.card(room.tenant, request_id, room.people["cleo"].id)
    assert card is not None
    assert (card.part, card.may_decide) == ("informed", False)


@pytest.mark.parametrize("urgency", [Urgency.HIGH, Urgency.NORMAL])
async def test_what_is_not_critical_alarms_nobody(room: Room, urgency: Urgency) -> None:
    await room.submit(urgency)
    assert await room.jobs() == []
    assert "approval.alarmed" not in await room.verbs()


async def test_without_sms_in_the_rules_no_phone_rings(room: Room) -> None:
    await room.apply(RULES.replace("sms: true", "sms: false"))
    request_id = await room.submit()
    assert await room.jobs() == []
    holders = {card.recipient_id for card in await room.rows(Card) if card.subject_id == request_id}
    assert room.people["cleo"].id in holders


async def test_a_breach_texts_again_and_the_same_alarm_twice_does_not(room: Room) -> None:
    request_id = await room.submit()
    await room.run()
    await room.alarm(request_id, "victor", level=0)
    await room.run()
    assert len(room.texts.texts) == 2
    await room.alarm(request_id, "ada", level=1)
    await room.run()
    assert [to for to, _ in room.texts.texts[2:]] == ["+491522222222"]
    assert (await room.mails())["ada"].note == NO_PHONE


def person(name: str, **changes: object) -> Approver:
    values = {"id": UUID(int=ord(name[0])), "name": name, "role": Role.REP, "titles": frozenset()}
    return Approver(**{**values, **changes})  # type: ignore[arg-type]


def test_the_second_person_is_somebody_else_who_may_hear_it() -> None:
    cfo = frozenset({"cfo"})
    people = [
        person("ann", titles=cfo, active=False),
        person("bob", titles=cfo),
        person("cid", titles=cfo),
        person("dee"),
        person("eve", role=Role.ADMIN),
    ]
    ids = {one.name: one.id for one in people}
    assert second_person("cfo", ids["dee"], [], people) == ids["bob"]
    assert second_person("cfo", ids["dee"], [ids["bob"]], people) == ids["cid"]
    assert second_person("cfo", ids["bob"], [ids["cid"]], people) is None
    assert second_person("admin", ids["dee"], [], people) == ids["eve"]
    assert second_person("manager", ids["dee"], [], people) is None


# ── what it says ────────────────────────────────────────────────────────────────────────────────
def words(**changes: object) -> str:
    values = {
        "account": "Acme",
        "what": "22 % discount",
        "whom": "you",
        "due": make.NOW + timedelta(hours=5),
        "now": make.NOW,
        "timezone": "Europe/Berlin",
    }
    return text_of(**{**values, **changes})  # type: ignore[arg-type]


def test_the_time_is_the_readers_own() -> None:
    assert words() == "Acme: 22 % discount waits for you until 15:30 CET. Open Slack."
    assert "on 22 Nov" in words(due=make.NOW + timedelta(days=1))


def test_it_fits_one_text_and_stays_one_line() -> None:
    text = words(account="A very long name\r\nX-Evil: 1 \u202e" * 20)
    assert len(text) <= 160
    assert text.isprintable()
    assert text.endswith("22 % discount waits for you until 15:30 CET. Open Slack.")
    assert words(account="") == "22 % discount waits for you until 15:30 CET. Open Slack."


async def test_it_carries_no_link_no_token_and_no_reason(room: Room) -> None:
    await room.submit()
    await room.run()
    for _, said in room.texts.texts:
        assert "http" not in said
        assert "better offer" not in said
        assert not any(row.token_hash.hex()[:8] in said for row in await room.rows(ApprovalMail))


# ── at most once ────────────────────────────────────────────────────────────────────────────────
async def test_the_job_twice_sends_once(room: Room) -> None:
    await room.submit()
    await room.run()
    await room.run()
    assert len(room.texts.texts) == 2


async def test_a_lost_answer_is_never_repeated_and_is_visible(room: Room) -> None:
    request_id = await room.submit()
    room.texts.drop_answer = True
    await room.run()
    await room.run()
    assert len(room.texts.texts) == 2
    unsure = [row for row in await room.rows(ApprovalMail) if row.status == "unknown"]
    assert [row.note for row in unsure] == [UNSURE]
    assert "approval.text_unknown" in await room.verbs()
    async with room.database.read(room.tenant) as tx:
        (note,) = await text_notes(tx, request_id)
    assert note.startswith("The urgent text to Victor X did not get through: The connection broke")
    views = ApprovalViews(room.database, room.clock, figures_of=lambda *_: None)
    card = await views.card(room.tenant, request_id, room.people["rita"].id)
    assert card is not None
    assert note in card.history


async def test_a_job_that_died_with_the_claim_is_not_repeated(room: Room) -> None:
    await room.submit()
    (mail_id, *_) = await room.jobs()
    async with room.database.transaction(room.tenant) as tx:
        await tx.session.execute(text("update approval_mails set status = 'sending'"))
    await room.urgent.send(room.tenant, mail_id)
    assert room.texts.texts == []
    assert "unknown" in {row.status for row in await room.rows(ApprovalMail)}


async def test_a_gateway_that_is_away_is_tried_again(room: Room) -> None:
    await room.submit()
    (mail_id, *_) = await room.jobs()
    room.texts.trouble = [TransientError("away")]
    with pytest.raises(TransientError):
        await room.urgent.send(room.tenant, mail_id)
    await room.urgent.send(room.tenant, mail_id)
    assert len(room.texts.texts) == 1


async def test_not_for_ever(room: Room) -> None:
    await room.submit()
    room.clock.move(timedelta(hours=1, seconds=1))
    await room.run()
    assert room.texts.texts == []
    assert {row.note for row in await room.rows(ApprovalMail)} == {TOO_LATE}


@pytest.mark.parametrize("error", [Forbidden("The token is refused."), InvalidInput("Bad number.")])
async def test_a_refusal_is_kept_and_told(room: Room, error: Exception) -> None:
    await room.submit()
    room.texts.trouble = [error]
    await room.run()
    failed = [row for row in await room.rows(ApprovalMail) if row.status == "failed"]
    assert [row.note for row in failed] == [str(error)]
    assert "approval.text_failed" in await room.verbs()


async def test_without_a_gateway_it_says_so(room: Room) -> None:
    await room.submit()
    for mail_id in await room.jobs():
        await room.service(None).send(room.tenant, mail_id)
    assert {row.note for row in await room.rows(ApprovalMail)} == {NO_GATEWAY}


@pytest.mark.parametrize(
    "phone", [None, "", "0151 111", "+49 151 1", "+4915111111112222222", "+١٢٣٤٥٦٧٨"]
)
async def test_only_a_number_in_international_form_is_used(room: Room, phone: str | None) -> None:
    async with room.database.transaction(room.tenant) as tx:
        await tx.session.execute(text("update members set phone = :phone"), {"phone": phone})
    await room.submit()
    await room.run()
    assert room.texts.texts == []
    assert {row.note for row in await room.rows(ApprovalMail)} == {NO_PHONE}


async def test_what_is_decided_by_then_rings_no_phone(room: Room) -> None:
    request_id = await room.submit()
    async with room.database.transaction(room.tenant) as tx:
        await tx.session.execute(
            text("update approval_requests set status = 'withdrawn' where id = :id"),
            {"id": request_id},
        )
    await room.run()
    assert room.texts.texts == []
    assert {row.status for row in await room.rows(ApprovalMail)} == {"none"}


async def test_another_workspaces_text_is_not_found(room: Room) -> None:
    await room.submit()
    other = await make.make_tenant(room.database)
    for mail_id in await room.jobs():
        await room.urgent.send(other, mail_id)
    assert room.texts.texts == []
