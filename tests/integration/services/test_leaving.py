"""The end of a membership, wherever it is said, also while its member is deciding."""

import asyncio
from datetime import timedelta

import pytest

from db.models.actions import Action
from db.models.conversations import Conversation
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Database
from db.tenants import get_tenant
from services.errors import Conflict, Forbidden, NotFound, ServiceError
from services.seed_files import SeedFile
from services.seeding import SeedService
from services.types.model import DraftText
from tests.integration.services.rollout_desk import Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = await make_desk(database)
    await desk.set(Member, desk.rita.id, manager_id=desk.mona.id)
    desk.model.drafts.append(DraftText(body="Hello Carla,\nMona", confidence=0.6, reason="asked"))
    return desk


async def _end(desk: Desk, member: Member) -> str:
    return await desk.rollout.members.end(
        desk.actor(desk.ada), member.id, command_id=desk.command()
    )


async def test_open_work_goes_to_the_manager_with_one_message(desk: Desk) -> None:
    await desk.connect(desk.mona)
    await desk.proposed()
    before = len(desk.said_to(desk.mona))
    said = await _end(desk, desk.rita)
    await desk.drain()
    assert said.startswith("Rita Rep's membership has ended.")
    action, draft, box = await desk.action(), await desk.draft(), await desk.box_of(desk.mona)
    assert (action.owner_id, action.status) == (desk.mona.id, "pending")
    assert draft.mailbox_id == box.id
    assert (await desk.revisions())[-1].sender == desk.mona.email
    assert (await desk.state()).responder_id == desk.mona.id
    told = desk.said_to(desk.mona)[before:]
    assert told == ["Rita Rep has left. 1 mail they were answering is yours now."]
    view = await desk.rollout.waiting.handover(desk.tenant, desk.rita.id, desk.mona.id)
    assert view is not None
    assert (view.total, view.accounts, view.deals) == (1, 1, 1)
    await desk.rollout.waiting.open(desk.actor(desk.mona), view.items[0].card_id)
    await desk.drain()
    assert len(desk.said_to(desk.mona)) == before + 2


async def test_nothing_of_theirs_leaves_and_their_mailbox_is_gone(desk: Desk) -> None:
    await desk.approved()
    await _end(desk, desk.rita)
    await desk.drain()
    assert desk.sent == []
    effect, action = await desk.effect(), await desk.action()
    assert effect.status == "cancelled"
    assert (action.status, action.decided_by, action.owner_id) == ("pending", None, desk.mona.id)
    assert "Rita Rep has left" in str(action.decision_reason)
    (box,) = [box for box in await desk.rows(Mailbox) if box.member_id == desk.rita.id]
    assert (box.status, box.credentials) == ("disconnected", None)
    with pytest.raises(ServiceError):
        await desk.approve(desk.rita)


async def test_a_mail_past_the_point_of_no_return_settles_by_itself(desk: Desk) -> None:
    effect = await desk.approved()
    await desk.set(type(effect), effect.id, status="sending", claimed_at=desk.clock.now())
    await _end(desk, desk.rita)
    assert ((await desk.effect()).status, (await desk.action()).owner_id) == (
        "sending",
        desk.rita.id,
    )


@pytest.mark.parametrize("first", ["leave", "approve"])
async def test_a_decision_at_the_same_moment_never_sends(desk: Desk, first: str) -> None:
    await desk.proposed()

    async def approve() -> None:
        try:
            await desk.approve(desk.rita)
        except ServiceError:
            return

    tasks = [_end(desk, desk.rita), approve(), approve(), approve()]
    await asyncio.gather(*(tasks if first == "leave" else tasks[::-1]))
    await desk.drain()
    action = await desk.action()
    assert (action.status, action.owner_id) == ("pending", desk.mona.id)
    assert desk.sent == []


async def test_without_a_manager_an_admin_takes_over_and_the_last_admin_stays(desk: Desk) -> None:
    await desk.set(Member, desk.rita.id, manager_id=None)
    await desk.proposed()
    await _end(desk, desk.rita)
    assert (await desk.action()).owner_id == desk.ada.id
    with pytest.raises(Conflict, match="only admin"):
        await _end(desk, desk.ada)
    assert (await desk.member(desk.ada.id)).active


async def _is_admin_wanted(desk: Desk) -> bool:
    async with desk.database.read(desk.tenant) as tx:
        tenant = await get_tenant(tx)
    return tenant is not None and tenant.admin_wanted


async def test_after_the_only_admins_account_the_next_slack_admin_takes_over(desk: Desk) -> None:
    """Kept as a member, somebody who can't come back would leave nobody in charge for ever."""
    assert await desk.rollout.members.slack_gone(desk.tenant, str(desk.mona.slack_user_id))
    assert not await _is_admin_wanted(desk)
    assert await desk.rollout.members.slack_gone(desk.tenant, str(desk.ada.slack_user_id))
    assert not (await desk.member(desk.ada.id)).active
    assert await _is_admin_wanted(desk)


async def test_what_belongs_to_no_account_stays_private(desk: Desk) -> None:
    await desk.set(Conversation, desk.conversation.id, link="unlinked", responder_id=desk.rita.id)
    await _end(desk, desk.rita)
    assert (await desk.state()).responder_id == desk.rita.id


async def test_slack_deactivates_somebody_once(desk: Desk, database: Database) -> None:
    other = await make_desk(database)
    await desk.proposed()
    gone = str(desk.rita.slack_user_id)
    assert not await other.rollout.members.slack_gone(other.tenant, gone)
    assert await desk.rollout.members.slack_gone(desk.tenant, gone)
    assert not await desk.rollout.members.slack_gone(desk.tenant, gone)
    assert (await desk.verbs()).count("member.left") == 1
    assert not await desk.rollout.members.slack_gone(desk.tenant, "UNOBODY")


async def test_a_file_ends_it_too_and_brings_back_without_enabling(desk: Desk) -> None:
    await desk.proposed()
    seeds = SeedService(
        db=desk.database,
        clock=desk.clock,
        ids=desk.ids,
        audit=desk.audit,
        farewell=desk.rollout.members.farewell,
    )

    async def seed(active: str) -> None:
        data = f"email,active\n{desk.rita.email},{active}\n".encode()
        await seeds.seed(desk.tenant, [SeedFile(label="m", stem="members", data=data)])

    await seed("no")
    assert (await desk.action()).owner_id == desk.mona.id
    rita = await desk.member(desk.rita.id)
    assert (rita.active, rita.enabled_at) == (False, None)
    await seed("yes")
    rita = await desk.member(desk.rita.id)
    assert (rita.active, rita.enabled_at) == (True, None)


async def test_reinstated_they_get_nothing_until_they_are_enabled(desk: Desk) -> None:
    await _end(desk, desk.rita)
    with pytest.raises(Conflict):
        await _end(desk, desk.rita)
    command = desk.command()
    members, ada = desk.rollout.members, desk.actor(desk.ada)
    for _ in range(2):
        said = await members.reinstate(ada, desk.rita.id, command_id=command)
    assert "until you enable them" in said
    rita = await desk.member(desk.rita.id)
    assert (rita.active, rita.enabled_at) == (True, None)
    assert ("digest", desk.rita.id) not in await desk.timers()


async def test_only_admins_of_this_tenant_end_a_membership(desk: Desk, database: Database) -> None:
    other = await make_desk(database)
    for actor, error in ((desk.actor(desk.mona), Forbidden), (other.actor(other.ada), NotFound)):
        with pytest.raises(error):
            await desk.rollout.members.end(actor, desk.rita.id, command_id=desk.command())
    with pytest.raises(Forbidden):
        await desk.rollout.members.reinstate(
            desk.actor(desk.cole), desk.rita.id, command_id=desk.command()
        )
    assert (await desk.member(desk.rita.id)).active


async def test_roles_titles_and_managers_change_within_reason(desk: Desk) -> None:
    members, ada = desk.rollout.members, desk.actor(desk.ada)

    async def change(member: Member, **given: object) -> str:
        wanted = {
            "role": "rep", "function": "sales", "titles": (), "manager_id": None,
            "command_id": desk.command(),
        }  # fmt: skip
        return await members.change(ada, member.id, **(wanted | given))  # type: ignore[arg-type]

    await change(desk.cole, role="manager", titles=("cfo", "vp_sales"), manager_id=desk.mona.id)
    cole = await desk.member(desk.cole.id)
    assert (cole.role, cole.titles, cole.manager_id) == (
        "manager", ["vp_sales", "cfo"], desk.mona.id,
    )  # fmt: skip
    with pytest.raises(ServiceError, match="own manager"):
        await change(desk.mona, role="manager", manager_id=desk.cole.id)
    with pytest.raises(Conflict, match="only admin"):
        await change(desk.ada, role="rep")
    with pytest.raises(ServiceError, match="role"):
        await change(desk.cole, role="king")
    with pytest.raises(Forbidden):
        await members.list(desk.actor(desk.cole))
    view = await members.list(ada)
    assert [line.name for line in view.lines] == [
        "Ada Admin", "Cole League", "Mona Manager", "Rita Rep",
    ]  # fmt: skip
    assert view.lines[3].mailbox == "connected"


async def test_a_draft_still_being_written_is_written_for_the_heir(desk: Desk) -> None:
    await desk.write()
    await desk.drain(skip=("draft.compose",))
    await _end(desk, desk.rita)
    desk.clock.move(timedelta(seconds=1))
    await desk.drain()
    (draft,) = await desk.rows(Draft)
    (action,) = await desk.rows(Action)
    assert (action.owner_id, draft.status, draft.revision) == (desk.mona.id, "ready", 1)
