"""Every Slack payload for every part that is registered, spoiled, forged, and in the wrong name:
always an answer, in time, and no decision changed by whom it isn't theirs to change."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from handlers import events
from tests.security.knocking import Knocks
from tests.security.rows import Row, Tally, Trial, not_checked
from tests.security.shown import Json
from tests.security.spoiling import PLAIN, paths, spoil, spoil_string, spoiled
from tests.security.stale import stale_and_forged
from tests.security.world import FORM, JSON, OURS, PATIENCE, Answer, World, open_world
from tests.shared import DATA

TITLE = "Slack payloads"
RECORDED = DATA / "slack" / "bolt-python" / "payloads.json"
DECISIVE = (
    "accounts", "account_owners", "actions", "api_tokens", "approval_requests",
    "approval_rule_sets", "approval_seats", "approval_votes", "concessions", "contacts",
    "conversations", "deals", "delegations", "drafts", "draft_revisions", "earned_levels",
    "edit_habits", "effects", "kill_switches", "level_moves", "mailboxes",
    "personas", "promotions", "tenants", "triggers",
)  # fmt: skip
"""What only those may change whom it concerns; somebody who has no part in any of it never."""
OTHERS_GOALS = """
select md5(string_agg(g::text, ',' order by g.id)) from goals g
where g.created_by is distinct from (select id from members where slack_user_id = 'U0RAY')
"""
"""Whoever likes may set themselves a goal, the colleague of the third case too."""
WRONG_NAMES = (
    ("another workspace's people, with our ids", ("sven", "bea")),
    ("somebody unknown, and somebody who has left", ("nobody", "lea")),
    ("a colleague who has no part in it", ("ray",)),
)


async def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    with tempfile.TemporaryDirectory() as folder:
        async with trial.database() as url, open_world(url, Path(folder)) as world:
            knocks = Knocks(world)
            await stale_and_forged(world, tally)
            if trial.quick:
                knocks.collect()
            else:
                await knocks.look_round(("ada", "vera", "rita"))
            await world.look()
            for case, names in WRONG_NAMES:
                await _in_the_wrong_name(knocks, tally, trial, case, names)
            await _spoiled(knocks, tally, trial)
            await _values(knocks, tally, trial)
            more = await _recorded(knocks, tally, trial)
            await _sample_at_once(knocks, tally, trial)
    return [*tally.rows(), *more]


def _note(tally: Tally, case: str, answer: Answer, what: str) -> None:
    tally.add(case, held=not answer.fault, fault=f"{what}: {answer.fault}")


async def _in_the_wrong_name(
    knocks: Knocks, tally: Tally, trial: Trial, case: str, names: Sequence[str]
) -> None:
    """Every part, pressed by people whom it is none of the business of: nothing of ours moves."""
    world, rng = knocks.world, trial.random("names", case)
    tables = DECISIVE if names == ("ray",) else tuple(await world.stands())
    for _ in range(trial.some(4, 1)):
        before = await _stands(world, tables)
        for kind, part in knocks.every():
            if trial.quick and rng.random() < 0.75:
                continue
            if part in events.SYSTEM:
                continue  # that is Slack's own word, in nobody's name
            name = rng.choice(names)
            answer = await knocks.send(kind, name, knocks.knock(kind, part, name, rng))
            _note(tally, f"{case}: always answered", answer, f"{kind} {part}")
        after = await _stands(world, tables)
        for table in before:
            same = before[table] == after[table]
            tally.add(f"{case}: our tables stay as they are", held=same, fault=table)


async def _stands(world: World, tables: Sequence[str]) -> dict[str, str]:
    """The tables, and what members are: how they like their mails is everybody's own."""
    people = "select md5(string_agg(concat(id, role, active, manager_id, titles, email, enabled_at), ',' order by id)) from members"  # noqa: E501
    found = await world.product.rows(world.ours, people)
    goals = await world.product.rows(world.ours, OTHERS_GOALS)
    return await world.stands(*tables) | {
        "who is what": str(found[0][0]),
        "others' goals": str(goals[0][0]),
    }


async def _spoiled(knocks: Knocks, tally: Tally, trial: Trial) -> None:
    """Each part's payload with one thing wrong, from people who may."""
    rng = trial.random("spoiled")
    for _ in range(trial.some(15, 1)):
        for kind, part in knocks.every():
            if trial.quick and rng.random() < 0.5:
                continue
            name = rng.choice(("rita", "ada", "vera", "mona", "sven"))
            whole = knocks.knock(kind, part, name, rng, foreign=rng.random() < 0.2)
            what, payload = spoil(whole, rng)
            answer = await knocks.send(kind, name, payload)
            _note(tally, f"each {kind}, with one thing {what}", answer, part)
        if not trial.quick:
            await knocks.world.settle(3)


async def _values(knocks: Knocks, tally: Tally, trial: Trial) -> None:
    """Values of our own that nearly read: cut, doubled, stirred, with one thing more."""
    rng = trial.random("values")
    for _ in range(trial.some(5, 1)):
        for part in knocks.names()["button"][:: trial.some(1, 9)]:
            name = rng.choice(("rita", "ada", "vera"))
            element = {"type": "button", "action_id": part, "block_id": "b"}
            value = spoil_string(knocks.value(rng), rng)
            answer = await knocks.world.interact(knocks.click(name, element | {"value": value}))
            _note(tally, "each button, with a value that nearly reads", answer, part)


async def _recorded(knocks: Knocks, tally: Tally, trial: Trial) -> list[Row]:
    """Real payloads, told as if they came from our people, every value spoiled in turn."""
    case = "recorded payloads, spoiled"
    if not RECORDED.exists():
        return [not_checked(TITLE, case, "the recorded payloads lie beside the checkout")]
    rng = trial.random("recorded")
    for record in json.loads(_ours(RECORDED.read_text("utf-8"))):
        payload = record["payload"]
        if isinstance(payload, str):
            _note(tally, case, await knocks.world.send(payload.encode(), FORM), record["kind"])
            continue
        changes = [(path, change) for path in paths(payload) for _, change in PLAIN]
        for path, change in rng.sample(changes, min(trial.some(40, 1), len(changes))):
            answer = await _send_recorded(knocks, spoiled(payload, path, change))
            _note(tally, case, answer, f"{record['kind']} {path}")
    return []


async def _send_recorded(knocks: Knocks, payload: Json) -> Answer:
    interactive = {"block_actions", "view_submission", "view_closed", "block_suggestion"}
    shortcuts = {"shortcut", "message_action", "interactive_message"}
    if str(payload.get("type")) in interactive | shortcuts:
        return await knocks.world.interact(payload)
    return await knocks.world.event(payload)


def _ours(text: str) -> str:
    """The recorded payload, from our workspace and our person."""
    for there in ("T111", "T0G9PQBBK"):
        text = text.replace(there, OURS)
    for there in ("W111", "W99999", "U111", "W222"):
        text = text.replace(there, "U0RITA")
    return text


async def _sample_at_once(knocks: Knocks, tally: Tally, trial: Trial) -> None:
    """Sixteen at a time, as Slack would on a busy morning: still each within its three seconds."""
    rng, world = trial.random("at once"), knocks.world
    parts = [one for one in knocks.every() if one[0] in ("button", "modal")]
    for _ in range(trial.some(10, 1)):
        chosen = [(kind, part, rng.choice(("rita", "ada"))) for kind, part in rng.sample(parts, 16)]
        made = [(kind, name, knocks.knock(kind, part, name, rng)) for kind, part, name in chosen]
        for answer in await asyncio.gather(*(knocks.send(*one) for one in made)):
            held = answer.status < 500 and answer.seconds < PATIENCE
            tally.add("sixteen at once: answered in time", held=held, fault=f"{answer.status}")
    answer = await world.send(b"{}", JSON)
    _note(tally, "and the door still answers", answer, "an empty object")
