"""Two workspaces side by side with something to decide in each, behind the product's own web
application on a real port: real services, real PostgreSQL, Slack's door and its signature."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from db.models.analytics import ApiToken
from db.models.autonomy import EarnedLevel, Promotion
from db.models.coaching import EditHabit
from db.models.customers import Account
from db.models.goals import Goal
from db.models.outreach import Trigger
from db.models.personas import Persona
from db.models.tenants import Member
from db.session import Tx
from services.ports import ChatTeam
from services.types.actions import ActionType
from tests import factories as make
from tests.attacks.product import FORGET, QUEUED, Product
from tests.security.filling import APPEND_ONLY, TENANT_TABLES

SECRET = "a-signing-secret-of-the-matrix"
OURS, THEIRS = "T0OURS", "T0THEIRS"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATIENCE = 3.0
"""Seconds after which Slack shows a failure."""
UNFORESEEN = {"handler_failed", "Unhandled exception", "Error handling request"}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door said, how long it took, and what broke inside without being foreseen."""

    status: int
    body: Any
    seconds: float
    broken: str = ""

    @property
    def fault(self) -> str:
        """What is wrong with it; empty when nothing is."""
        if self.status >= 500:
            return f"answered {self.status}"
        return self.broken or ("" if self.seconds < PATIENCE else f"took {self.seconds:.1f} s")


@dataclass
class World:
    """`people` by first name; `ids` and `foreign` by table, ours and theirs."""

    product: Product
    client: TestClient[Any, Any]
    ours: UUID
    theirs: UUID
    people: dict[str, Member]
    logs: list[Any]
    ids: dict[str, list[UUID]] = field(default_factory=dict)
    foreign: dict[str, list[UUID]] = field(default_factory=dict)

    def slack_id(self, name: str) -> str:
        return str(self.people[name].slack_user_id)

    def team(self, name: str) -> str:
        return THEIRS if name in ("sven", "bea") else OURS

    # ── knocking ────────────────────────────────────────────────────────────────────────────────
    def signed(self, body: bytes, content_type: str) -> dict[str, str]:
        at = str(int(self.product.clock.now().timestamp()))
        digest = hmac.new(SECRET.encode(), b"v0:%s:%s" % (at.encode(), body), hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
            "Content-Type": content_type,
        }

    async def send(self, body: bytes, content_type: str = FORM) -> Answer:
        """What took too long is asked once more, as Slack would: a busy machine is no slow
        product."""
        answer = await self._send(body, content_type)
        return answer if answer.seconds < PATIENCE else await self._send(body, content_type)

    async def _send(self, body: bytes, content_type: str) -> Answer:
        seen, begun = len(self.logs), time.perf_counter()
        headers = self.signed(body, content_type)
        async with self.client.post("/slack/events", data=body, headers=headers) as response:
            said = await response.text()
        seconds = time.perf_counter() - begun
        broken = [e for e in self.logs[seen:] if e["event"] in UNFORESEEN]
        words = "; ".join(f"{e['event']}: {e.get('exc_info')!r}"[:160] for e in broken)
        try:
            return Answer(response.status, json.loads(said), seconds, words)
        except ValueError:
            return Answer(response.status, said, seconds, words)

    async def interact(self, payload: Any) -> Answer:
        """A click, a submission, a suggestion or a shortcut."""
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def event(self, payload: Any) -> Answer:
        return await self.send(json.dumps(payload).encode(), JSON)

    async def command(self, name: str, words: str, **changes: str) -> Answer:
        form = {
            "command": "/understudy",
            "text": words,
            "user_id": self.slack_id(name),
            "team_id": self.team(name),
            "trigger_id": self.trigger(name),
            "response_url": f"https://hooks.example/{self.slack_id(name)}",
        }
        return await self.send(urlencode(form | changes, errors="surrogatepass").encode())

    def trigger(self, name: str) -> str:
        return f"{self.slack_id(name)}.{next(_numbers)}"

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    async def stands(self, *names: str, tenant: UUID | None = None) -> dict[str, str]:
        """A digest of each table, ours unless another is named. What is only the clerk's record of
        a knock (a command's stored result, an event's row) is a table like the others."""
        return await self.product.stands(tenant or self.ours, *names)

    async def look(self) -> None:
        """Learn which rows there are."""
        for tenant, found in ((self.ours, self.ids), (self.theirs, self.foreign)):
            for name in sorted(set(TENANT_TABLES) - APPEND_ONLY - {"tenants"}):
                rows = await self.product.rows(
                    tenant, f"select id from {name} where tenant_id = :t limit 8", t=tenant
                )
                if rows:
                    found[name] = [row[0] for row in rows]

    async def settle(self, rounds: int = 40) -> None:
        """Jobs are done as by a worker, two seconds between one look and the next: posts in one
        conversation are paced. What can't be done in these rounds is left."""
        product = self.product
        for _ in range(rounds):
            async with product.database.directory() as tx:
                waiting = list(await tx.session.execute(QUEUED))
            if not waiting:
                return
            done = [row.id for row in waiting if await product._run(row)]
            async with product.database.directory() as tx:
                await tx.session.execute(FORGET, {"jobs": done})
            product.clock.move(timedelta(seconds=2))


@asynccontextmanager
async def open_world(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[World]:
    """The world, ready to be knocked at; logs are caught, not printed."""
    with capture_logs() as logs:
        product = await Product.open(
            database_url, folder, None, slack_signing_secret=SECRET, **settings
        )
        ours, our_people = await _workspace(product, OURS, _OUR_PEOPLE)
        theirs, their_people = await _workspace(product, THEIRS, _THEIR_PEOPLE)
        async with TestClient(TestServer(product.runtime.web)) as client:
            world = World(
                product=product,
                client=client,
                ours=ours,
                theirs=theirs,
                people=our_people | their_people,
                logs=logs,
            )
            for number in range(3):
                await _something_to_decide(world, ours, "rita", number)
            await _something_to_decide(world, theirs, "sven", 0)
            await world.settle()
            await world.look()
            # Somebody Slack knows and we don't.
            world.people["nobody"] = Member(name="Nobody", slack_user_id="U0NOBODY")
            yield world
        await product.close()


_OUR_PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "mona": {"role": "manager"},
    "rita": {"role": "rep", "manager": "mona"},
    "ray": {"role": "rep"},
    "vera": {"role": "executive", "titles": ["vp_sales"]},
    "ada": {"role": "admin"},
    "lea": {"role": "manager", "active": False},
}
"""Rita looks after the accounts. Ray is a colleague of hers who has no part in anything; Lea has
left."""
_THEIR_PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "bea": {"role": "admin", "titles": ["vp_sales"]},
    "sven": {"role": "rep", "manager": "bea"},
}


async def _workspace(
    product: Product, team: str, people: Mapping[str, Mapping[str, Any]]
) -> tuple[UUID, dict[str, Member]]:
    info = ChatTeam(team_id=team, name=team.title(), bot_user_id=f"{team}BOT")
    tenant = await product.services.tenants.ensure_from_slack(info, f"xoxb-{team}")
    made: dict[str, Member] = {}
    async with product.database.transaction(tenant) as tx:
        for name, fields in people.items():
            more = dict(fields)
            leader = more.pop("manager", None)
            made[name] = await make.make_member(
                tx,
                name=f"{name.title()} Example",
                email=f"{name}@{team.lower()}.test",
                slack_user_id=f"U0{name.upper()}",
                manager_id=made[leader].id if leader else None,
                **more,
            )
    for member in made.values():
        product.meet(member)
    await product.services.digests.arm(tenant)
    return tenant, made


async def _something_to_decide(world: World, tenant: UUID, owner: str, number: int) -> None:
    """A draft that waits for its rep, an approval that waits for a seat, a signal, a proposed
    level, a goal, a habit: each with its cards."""
    rep = world.people[owner]
    seat = world.people["vera" if tenant == world.ours else "bea"]
    async with world.product.database.transaction(tenant) as tx:
        account = await make.make_account(tx, name=f"Acme {owner} {number}", owner_id=rep.id)
        deal = await make.make_deal(tx, account_id=account.id, owner_id=rep.id, currency="USD")
        contact = await make.make_contact(tx, account_id=account.id)
        box = await make.make_mailbox(tx, address=f"box{number}.{rep.email}", member_id=rep.id)
        thread = await make.make_conversation(
            tx,
            account_id=account.id,
            deal_id=deal.id,
            responder_id=rep.id,
            responder_mailbox_id=box.id,
        )
        message = await make.make_message(tx, thread, contact_id=contact.id)
        await make.make_place(tx, message, box, gmail=f"g{number}{owner}", thread=f"t{number}")
        draft = await make.make_draft(tx, thread, message_id=message.id, mailbox_id=box.id)
        await make.make_revision(tx, draft, sender=rep.email)
        action = await make.make_action(tx, thread, draft_id=draft.id, owner_id=rep.id)
        request = await make.make_approval_request(
            tx, requester=rep, account_id=account.id, deal_id=deal.id
        )
        await make.make_seat(tx, request, holder=seat)
        signal = await make.make_signal(tx, account)
        unsorted = await make.make_conversation(tx, link="unlinked", responder_id=rep.id)
        await make.make_message(tx, unsorted, attention="unlinked")
        shown = [
            ("mail", action.id, rep),
            ("approval", request.id, seat),
            ("alert", signal.id, rep),
        ]
        shown += await _learned(tx, world, rep, account, number)
        for kind, subject, reader in shown:
            await make.make_card(
                tx, kind=kind, subject_id=subject, recipient_id=reader.id, wanted_rev=1
            )


Shown = tuple[str, UUID, Member]


async def _learned(tx: Tx, world: World, rep: Member, account: Account, number: int) -> list[Shown]:
    """What the copilot has found out by itself, and asks about."""
    now, sort = world.product.clock.now(), list(ActionType)[number].value
    row = {"tenant_id": tx.tenant_id, "created_at": now}
    admin = next(
        one
        for one in world.people.values()
        if one.role == "admin" and one.tenant_id == tx.tenant_id
    )
    promotion = Promotion(id=uuid4(), action_type=sort, before="suggest", after="approve", **row)
    trigger = Trigger(
        id=uuid4(), kind="silence", key=f"silence {account.id}", account_id=account.id,
        member_id=rep.id, why="Nothing was heard for 19 days.", purpose="check_in",
        action_type="send_follow_up", status="proposed", seen_at=now, proposed_at=now, **row,
    )  # fmt: skip
    goal = Goal(
        id=uuid4(), kind="activity", scope="member", member_id=rep.id, status="proposed",
        starts_on=now.date(), ends_on=now.date() + timedelta(days=90), proposed=20, **row,
    )  # fmt: skip
    habit = EditHabit(
        id=uuid4(), member_id=rep.id, key=f"{number:064}", change="replace", before="Dear",
        after="Hello", place="greeting", status="asked", times=3, asked_at=now, **row,
    )  # fmt: skip
    persona = Persona(id=uuid4(), name=f"Voice {number}", name_key=f"voice{number}", **row)
    level = EarnedLevel(id=uuid4(), action_type=sort, earned="suggest", since=now, **row)
    token = ApiToken(
        id=uuid4(), member_id=rep.id, name="reports", token_hash=uuid4().hex,
        expires_at=now + timedelta(days=9), **row,
    )  # fmt: skip
    tx.session.add_all([promotion, trigger, goal, habit, persona, level, token])
    await tx.session.flush()
    return [
        ("promotion", promotion.id, admin),
        ("proposal", trigger.id, rep),
        ("goal", goal.id, rep),
        ("habit", habit.id, rep),
    ]
