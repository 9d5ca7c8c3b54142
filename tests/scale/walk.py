"""A walk through all that is done over and over: every word behind `/understudy` by people of each
role, Home, a mail from its arrival to its answer, a minute's tick and the jobs it brings.

It knows no list of statements: a new command, job, timer or check comes along by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from db import jobs
from handlers import commands
from services.errors import ServiceError
from services.outcomes.kinds import Window
from services.types.people import Actor
from tests.scale.product import Product

REP, ADMIN, EXECUTIVE, MANAGER = 1, 2, 3, 10
PEOPLE = (REP, ADMIN, EXECUTIVE, MANAGER)
WORDS = {
    "brief": "Company 1",
    "health": "Company 1",
    "find": "security report",
    "report": "last week",
    "token": "make laptop",
    "persona": "list",
    "draft": "Company 1",
}
"""What stands behind a word that wants more."""
ONE_BY_ONE = frozenset({"health.daily"})
"""A job that does for each account what another job does for one."""
PROPOSED = """
select a.id from actions a
join messages m on m.tenant_id = $1 and m.id = $2 and m.conversation_id = a.conversation_id
where a.tenant_id = $1 and a.status = 'pending' order by a.created_at desc limit 1
"""


async def walk(product: Product, people: Sequence[int] = PEOPLE) -> None:
    """Everything once. What is refused to somebody is part of it."""
    for number in people:
        await shown_to(product, number)
    await one_mail(product, 1)
    await ticked(product)
    await _by_time(product)


async def shown_to(product: Product, number: int) -> None:
    """Every page the n-th member may open."""
    actor, services = await product.actor(number), product.runtime.services
    await _commands(product, actor)
    await services.home.opened(actor)
    await services.views.home(product.tenant, actor.member_id)
    await services.api.summaries.summary(actor)


async def ticked(product: Product) -> None:
    """A minute has passed: all timers and checks; the jobs they bring wait."""
    await product.runtime.services.sweeps.tick()


async def _commands(product: Product, actor: Actor) -> None:
    for name in commands.NAMES:
        words = f"{name} {WORDS.get(name, '')}".strip()
        key = product.runtime.ids.new().hex
        try:
            await commands.reply(
                product.verbs, actor, words, command_id=key, response_url="http://127.0.0.1:9/"
            )
        except ServiceError as error:
            product.said[f"{name}: {error}"] += 1


async def one_mail(product: Product, company: int) -> UUID:
    """It comes, is read, answered and shown; its draft is approved, leaves, and is counted."""
    action = await proposed(product, company)
    await product.drain(each=3, skip=frozenset({"search.index", "search.find"}))
    await approve(product, action)
    await product.drain(each=3, skip=frozenset({"search.index", "search.find"}))
    return action


async def proposed(product: Product, company: int) -> UUID:
    """A mail came, and its draft is written; returns the action."""
    services = product.runtime.services
    message = await product.take_in(await product.mail(company))
    await services.conversations.process(product.tenant, message)
    action: UUID = await product.ask(PROPOSED, message)
    await services.drafts.compose(product.tenant, action, base_revision=0)
    return action


async def approve(product: Product, action: UUID) -> None:
    await product.runtime.services.actions.approve(
        await product.actor(REP),
        action,
        revision=1,
        surface="slack",
        command_id=product.runtime.ids.new().hex,
    )


async def _by_time(product: Product) -> None:
    """What no person asks for: the jobs a tick brings, and those of the night."""
    services, tenant = product.runtime.services, product.tenant
    now = product.runtime.clock.now()
    await product.drain(each=2, skip=ONE_BY_ONE)
    for window in Window:
        await services.learning.outcomes.sweeps.run(tenant, window)
    await _nightly(product, now)
    await product.drain(each=2, skip=ONE_BY_ONE)


async def _nightly(product: Product, now: datetime) -> None:
    async with product.runtime.database.transaction(product.tenant) as tx:
        for kind in ("calibration.adjust", "search.reconcile"):
            await jobs.enqueue(tx, kind)
        due = (now + timedelta(days=1)).isoformat()
        await jobs.enqueue(tx, "signals.scan", {"due_at": due})
        for action_type in ("send_routine_response", "send_follow_up_email"):
            await jobs.enqueue(tx, "autonomy.weigh", {"action_type": action_type})
