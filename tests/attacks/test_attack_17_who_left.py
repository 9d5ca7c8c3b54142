"""Attack 17: somebody who leaves is kept in Slack as a guest, to finish a thing or two; or keeps a
token of the API for the day on which they are a member again. They can go on clicking and calling;
they are nobody's approver any more, and what opened a door then opens none later.

That Slack's word for it is heard: tests/unit/handlers/test_rollout.py."""

import pytest

from db.session import Database
from services.api.tokens import TokenService
from services.errors import ServiceError
from services.vault import Vault, generate
from tests.integration.audited import audited
from tests.integration.services.rollout_desk import make_desk


async def test_attack_17_who_is_made_a_guest_decides_nothing_and_nothing_of_theirs_leaves(
    database: Database,
) -> None:
    desk = await make_desk(database)
    await desk.approved()
    gone = str(desk.rita.slack_user_id)
    assert await desk.rollout.members.slack_gone(desk.tenant, gone, as_guest=True)
    await desk.drain()
    assert desk.sent == []
    action, rita = await desk.action(), await desk.member(desk.rita.id)
    assert (action.status, action.decided_by, rita.active) == ("pending", None, False)
    with pytest.raises(ServiceError):
        await desk.approve(desk.rita)
    (left,) = await audited(desk.database, desk.tenant, "member.left")
    assert "they are a guest in Slack now" in left["facts"].values()


async def test_attack_17_a_token_ends_with_its_membership_and_for_good(database: Database) -> None:
    desk = await make_desk(database)
    tokens = TokenService(
        db=database,
        clock=desk.clock,
        ids=desk.ids,
        audit=desk.audit,
        vault=Vault.parse(generate()),
    )
    made = await tokens.make_for(desk.tenant, desk.rita.email, name="script", days=90)
    assert await tokens.authenticate(made.text)
    members, ada = desk.rollout.members, desk.actor(desk.ada)
    await members.end(ada, desk.rita.id, command_id=desk.command())
    assert await tokens.authenticate(made.text) is None
    await members.reinstate(ada, desk.rita.id, command_id=desk.command())
    assert await tokens.authenticate(made.text) is None
    (line,) = await tokens.list_of(desk.tenant)
    assert line.ended
