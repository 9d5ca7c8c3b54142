"""Decisions on what isn't there any more, or isn't theirs; and, so that these can fail, the same
decision by the one who may, on what is there."""

from typing import Any

from blocks.values import Approval, Sight, Target
from tests.security.knocking import Knocks
from tests.security.rows import Tally
from tests.security.world import World

DECIDED = "select status from {table} where id = :id"
DRAFT = "a draft that changed since, or is another's"
REQUEST = "an approval whose hash, rules or person is another"


async def stale_and_forged(world: World, tally: Tally) -> None:
    await _drafts(world, tally)
    await _requests(world, tally)


async def _status(world: World, table: str, row: Any) -> str:
    found = await world.product.rows(world.ours, DECIDED.format(table=table), id=row)
    return str(found[0][0])


async def _drafts(world: World, tally: Tally) -> None:
    action = world.ids["actions"][0]
    knocks = Knocks(world)

    async def press(name: str, part: str, value: str) -> str:
        element = {"type": "button", "action_id": part, "block_id": "b", "value": value}
        await world.interact(knocks.click(name, element))
        return await _status(world, "actions", action)

    good = Target(id=action, rev=1)
    others = [*world.foreign["actions"], *world.ids["approval_requests"]]
    tries = [
        *(("rita", Approval(id=action, rev=rev)) for rev in (0, 2, 999)),
        *((name, Approval(id=action, rev=1)) for name in ("ray", "lea", "sven", "bea", "vera")),
        *(("rita", Approval(id=other, rev=1)) for other in others),
    ]
    for name, value in tries:
        status = await press(name, "draft.approve", value.encode())
        tally.add(DRAFT, held=status == "pending", fault=f"{name} {value}: {status}")
    for name in ("ray", "lea", "sven", "bea"):
        view = {"callback_id": "draft.reject", "private_metadata": good.encode()}
        values = {
            "reason": {"reason": {"type": "plain_text_input", "value": "no"}},
            "preset": {"preset": {"type": "static_select", "selected_option": {"value": "tone"}}},
        }
        await world.interact(knocks.submit(name, view, values))
        status = await _status(world, "actions", action)
        tally.add(DRAFT, held=status == "pending", fault=f"{name} rejects: {status}")
    status = await press("rita", "draft.approve", Approval(id=action, rev=1).encode())
    tally.add(
        "control: the rep's own approval of what stands there counts",
        held=status == "approved",
        fault=status,
    )


async def _requests(world: World, tally: Tally) -> None:
    request = world.ids["approval_requests"][0]
    knocks = Knocks(world)

    async def decide(name: str, seen: Sight, choice: str = "approve") -> str:
        view = {"callback_id": f"approval.{choice}", "private_metadata": seen.encode()}
        values = {"reason": {"reason": {"type": "plain_text_input", "value": "It is fair."}}}
        await world.interact(knocks.submit(name, view, values))
        return await _status(world, "approval_requests", request)

    good = Sight(id=request, rev=1, hash="a" * 64, rules=1)
    changes = ({"hash": "b" * 64}, {"rules": 7}, {"id": world.foreign["approval_requests"][0]})
    wrong = [
        *(("vera", good.model_copy(update=change)) for change in changes),
        *((name, good) for name in ("rita", "ray", "lea", "sven", "bea", "mona", "ada")),
    ]
    for name, seen in wrong:
        for choice in ("approve", "reject", "conditions"):
            status = await decide(name, seen, choice)
            tally.add(REQUEST, held=status == "pending", fault=f"{name} {choice}: {status}")
    status = await decide("vera", good)
    tally.add(
        "control: the approval of whose seat it is counts", held=status == "approved", fault=status
    )
