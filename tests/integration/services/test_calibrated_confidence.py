"""The calibrated confidence: where it is shown, where it asks a person, and the page about it."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from db.cards import get_card_of
from db.models.exports import AutonomyExport
from db.session import Database
from services.audit import AuditService
from services.autonomy.earning.calibrated import success_of
from services.autonomy.lineage import lineage_of
from services.calibration.service import CalibrationService
from services.confidence.pages import CalibrationPages
from services.errors import Conflict, Forbidden
from services.ports import ChatPerson
from services.types.calibration import Key
from services.types.calibration_views import CARD, FILE
from services.types.earning import Came, Case
from tests import factories as make
from tests.fakes.clock import UuidIds
from tests.integration.services.desk_world import Desk, make_desk
from tests.integration.services.outreach_desk import Counted
from tests.integration.services.own_desk import ANSWERS, OwnLoop, make_own
from tests.integration.services.taught import HALVED, count, teach
from tests.shared import VAULT

SAID, SHOWN = 0.6, 0.3
"""What the loop's model states of a reply, and what HALVED makes of it."""


def lineage(loop: OwnLoop) -> str:
    return lineage_of(loop.model.name)


# ── shown, and asking ───────────────────────────────────────────────────────────────────────────
async def test_what_experience_takes_down_asks_a_person_and_is_what_is_shown(
    database: Database,
) -> None:
    loop, other = await make_own(database, "autonomous"), await make_own(database, "autonomous")
    await teach(database, loop.tenant, ANSWERS, lineage(loop))
    await count(database, loop.tenant, ANSWERS, lineage(loop), predicted="0.6", positive=11, of=41)
    action = await loop.waits()
    judgement = await loop.judgement()
    assert (judgement.decision, judgement.rules, judgement.would) == ("asked", ["unsure"], "send")
    assert (action.confidence, action.calibrated) == (Decimal("0.6"), Decimal("0.3"))
    card = await loop.card()
    assert card.confidence == SHOWN
    why = await loop.views.why(loop.actor(loop.rita), action.id)
    assert (why.confidence, why.stated) == (SHOWN, SAID)
    assert (why.came_true.part, why.came_true.of) == (11, 41)

    # The card never changes its mind, whatever is learned later. And what has come to where it
    # belongs is low, but no longer doubtful.
    arrived = replace(HALVED, knots=(0.0, *[0.2] * 10), apart=False)
    await teach(database, loop.tenant, ANSWERS, lineage(loop), arrived)
    assert (await loop.card()).confidence == SHOWN
    await loop.waits()
    assert ((await loop.judgement()).decision, (await loop.card()).confidence) == ("queued", 0.2)

    # Nobody else's experience counts, nor that of another lineage.
    await teach(database, other.tenant, ANSWERS, "another")
    await other.waits()
    assert (await other.judgement()).decision == "queued"
    assert (await other.card()).confidence == SAID


async def test_it_is_looked_at_again_when_it_would_leave(database: Database) -> None:
    loop = await make_own(database, "undo_window")
    await loop.waits()
    assert (await loop.judgement()).decision == "queued"
    await teach(database, loop.tenant, ANSWERS, lineage(loop))
    await loop.drain()
    assert loop.sent == []
    card = await loop.card()
    assert (card.state, card.confidence) == ("pending", SAID)
    assert card.note == "Not sent: I have been too sure of mails like this one."
    # A person may send it all the same: what is doubted is asked, not stopped.
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1


# ── the page ────────────────────────────────────────────────────────────────────────────────────
def pages_of(desk: Desk) -> CalibrationPages:
    ids = UuidIds()
    audit = AuditService(desk.database, desk.clock, ids, VAULT)
    moves = CalibrationService(db=desk.database, clock=desk.clock, ids=ids, audit=audit)
    return CalibrationPages(
        db=desk.database, clock=desk.clock, ids=ids, lineage=lambda: "today", calibration=moves
    )


async def test_who_reads_what_and_who_takes_back(database: Database) -> None:
    desk = await make_desk(database)
    pages, key = pages_of(desk), Key(action_type=ANSWERS, kind="email_engagement", lineage="today")
    assert (await pages.page(desk.actor("Rita"))).kinds == ()
    move = await teach(database, desk.tenant, ANSWERS, "today")
    await count(database, desk.tenant, ANSWERS, "today", predicted="0.8", positive=1, of=3)
    await count(database, desk.tenant, ANSWERS, "before", predicted="0.8", positive=25, of=41)

    for name, leads, admin in (("Rita", False, False), ("Mona", True, False), ("Dana", True, True)):
        view = await pages.page(desk.actor(name))
        assert (view.leads, view.admin) == (leads, admin)
        (kind,) = view.kinds
        assert (kind.summary.n, kind.earlier) == (3, 41)
        assert kind.summary.threshold == HALVED.threshold
    otto = replace(desk.actor("Dana"), tenant_id=desk.elsewhere, member_id=desk.otto.id)
    assert (await pages.page(otto)).kinds == ()

    for name in ("Rita", "Mona", "Eve"):
        with pytest.raises(Forbidden):
            await pages.adjustments(desk.actor(name), key)
        with pytest.raises(Forbidden):
            await pages.take_back(desk.actor(name), move, command_id=f"c-{name}")
    (shown,) = (await pages.adjustments(desk.actor("Dana"), key)).summary.moves
    assert (shown.undoable, shown.after.scale) == (True, HALVED.scale)
    view = await pages.take_back(desk.actor("Dana"), move, command_id="c1")
    assert (view.summary.scale, view.summary.moves[0].undone_by) == (1.0, "Dana Admin")
    assert view.summary.paused_until is not None
    assert (await pages.take_back(desk.actor("Dana"), move, command_id="c1")).summary.scale == 1.0
    with pytest.raises(Conflict):
        await pages.take_back(desk.actor("Dana"), move, command_id="c2")

    # The charts: a card for whoever leads, shown to nobody else.
    with pytest.raises(Forbidden):
        await pages.show_charts(desk.actor("Rita"))
    await pages.show_charts(desk.actor("Mona"))
    mona, rita = desk.people["Mona"], desk.people["Rita"]
    async with database.read(desk.tenant) as tx:
        assert await get_card_of(tx, kind=CARD, subject_id=mona.id, recipient_id=mona.id)
    assert await pages.card(desk.tenant, mona.id, mona.id) is not None
    assert await pages.card(desk.tenant, rita.id, rita.id) is None


async def test_the_page_costs_the_same_after_a_million_outcomes(database: Database) -> None:
    desk = await make_desk(database)
    pages, asked = pages_of(desk), []
    await pages.page(desk.actor("Dana"))  # what was left out is kept from here on
    for lineage_, of in (("today", 10), ("before", 1_000_000)):
        await count(database, desk.tenant, ANSWERS, lineage_, predicted="0.3", positive=3, of=of)
        with Counted(database) as counted:
            await pages.page(desk.actor("Dana"))
        asked.append(counted.number)
    assert asked[0] == asked[1]
    assert asked[0] <= 12


async def test_an_admin_gets_it_as_a_file(database: Database) -> None:
    desk = await make_desk(database)
    await teach(database, desk.tenant, ANSWERS, "today")
    await count(database, desk.tenant, ANSWERS, "today", predicted="0.8", positive=25, of=41)
    dana, hand_out = desk.people["Dana"], desk.services.hand_out
    assert dana.slack_user_id is not None
    desk.chat.people[dana.slack_user_id] = ChatPerson(
        user_id=dana.slack_user_id, team_id="T", email=None, name="Dana", timezone=None
    )
    with pytest.raises(Forbidden):
        await hand_out.request_other(desk.actor("Mona"), FILE, command_id="c0")
    for _ in range(2):
        await hand_out.request_other(desk.actor("Dana"), FILE, command_id="c1")
    async with database.read(desk.tenant) as tx:
        (export_id,) = await tx.session.scalars(select(AutonomyExport.id))
    await hand_out.run(desk.tenant, export_id)
    await hand_out.run(desk.tenant, export_id)
    ((name, data),) = desk.chat.uploads.values()
    assert name == "understudy-calibration-2026-11-21.csv"
    (line,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert (line["action_type"], line["outcomes"], line["stated"]) == (ANSWERS, "41", "0.8")
    assert (line["shown_today"], line["came_true"], line["shift"]) == ("0.4", "0.6098", "-0.1")
    assert "one line a tenth" in desk.chat.shared[0][2]


# ── what a higher level rests on ────────────────────────────────────────────────────────────────
async def test_success_is_what_came_beside_what_is_said_of_the_same_mails(
    database: Database,
) -> None:
    tenant, cases = await make.make_tenant(database), []
    await teach(database, tenant, ANSWERS, "today")
    async with database.transaction(tenant) as tx:
        conversation = await make.make_conversation(tx)
        for came, status in (
            (Came.UNCHANGED, "positive"),
            (Came.UNCHANGED, "expired"),
            (Came.LEFT, "positive"),
            (Came.EDITED, "positive"),
            (Came.UNCHANGED, "ambiguous"),
        ):
            action = await make.make_action(tx, conversation, type=ANSWERS)
            answered = {"positive": True, "expired": False}.get(status)
            await make.make_outcome(
                tx,
                action,
                action_type=ANSWERS,
                lineage="today",
                status=status,
                score=None if answered is None else Decimal(answered),
                predicted=Decimal("0.8"),
                edited=came is Came.EDITED,
            )
            cases.append(Case(action_id=action.id, at=make.NOW, came=came, answered=answered))
        cases.append(Case(action_id=uuid4(), at=make.NOW, came=Came.UNCHANGED, answered=None))
    async with database.read(tenant) as tx:
        found = await success_of(tx, ANSWERS, cases, make.NOW)
    assert found.share.of == 3
    assert found.share.value == pytest.approx(2 / 3)
    assert found.stated == pytest.approx(0.4)
    async with database.read(await make.make_tenant(database)) as tx:
        assert (await success_of(tx, ANSWERS, cases, make.NOW)).stated is None
