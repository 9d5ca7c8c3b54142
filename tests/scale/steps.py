"""What is timed: the product's own verbs, each with what has to be ready before it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db.session import raw_connection
from services.analytics.marking import mark_days
from services.digests import DigestService
from services.learning_views.bundle import LearningViews
from services.outcomes.kinds import Window
from services.reports.periods import span_of
from services.types.reports import ReportPeriod
from tests.scale.product import Product
from tests.scale.walk import ADMIN, EXECUTIVE, MANAGER, REP, approve, proposed

Ready = Callable[[Product, int], Awaitable[Any]]
Timed = Callable[[Product, Any], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`ready` gets the number of the round; what it returns is handed to `timed`."""

    name: str
    timed: Timed
    ready: Ready | None = None
    per: str = ""
    """What it does as much of as there is: the ratio is of the time for one of these."""
    count: str = ""
    """How many there are, in SQL ($1 is the workspace)."""


async def _forget_pages(product: Product) -> None:
    """Figures that are kept for five minutes are made anew."""
    async with product.runtime.database.transaction(product.tenant) as tx:
        connection = await raw_connection(tx)
        await connection.execute("delete from learning_pages where tenant_id = $1", tx.tenant_id)


def _of(number: int) -> Ready:
    async def ready(product: Product, _round: int) -> Any:
        await _forget_pages(product)
        return await product.actor(number)

    return ready


def _views(product: Product) -> LearningViews:
    return product.runtime.services.learning.views


async def _home(product: Product, actor: Any) -> object:
    return await product.runtime.services.views.home(product.tenant, actor.member_id)


async def _report(product: Product, actor: Any) -> object:
    """As the job counts it, nothing kept."""
    member = await product.member(int(actor.slack_user_id[1:]))
    reports = product.runtime.services.learning.reports
    first = product.runtime.clock.now().date().replace(day=1)
    span = span_of(ReportPeriod.MONTH, first)
    return await reports.pages.maker.get(product.tenant, member, span)


async def _mail(product: Product, number: int) -> Any:
    return await product.mail(_company(product, number))


def _company(product: Product, number: int) -> int:
    """One of member 1's accounts, each round another; not the one with the long history."""
    return 1 + product.size.members * (1 + number % 40)


async def _taken_in(product: Product, number: int) -> UUID:
    return await product.take_in(await product.mail(_company(product, number)))


async def _waiting(product: Product, number: int) -> UUID:
    return await proposed(product, _company(product, number))


async def _pushed(product: Product, number: int) -> UUID:
    """Approved, its draft in Gmail, and its effect queued."""
    action = await _waiting(product, number)
    draft = await product.ask(
        "select draft_id from actions where tenant_id = $1 and id = $2", action
    )
    await product.runtime.services.drafts.push(product.tenant, draft)
    await approve(product, action)
    effect: UUID = await product.ask(
        "select id from effects where tenant_id = $1 and action_id = $2", action
    )
    return effect


async def _card(product: Product, number: int) -> UUID:
    """A card that wants to be delivered."""
    action = await _waiting(product, number)
    card: UUID = await product.ask(
        "select id from cards where tenant_id = $1 and subject_id = $2", action
    )
    return card


async def _marked(product: Product, number: int) -> Any:
    day = product.runtime.clock.now().date() - timedelta(days=2 + number)
    async with product.runtime.database.transaction(product.tenant) as tx:
        runtime = product.runtime
        await mark_days(tx, [day], clock=runtime.clock, ids=runtime.ids)
    return day


async def _expired(product: Product, number: int) -> int:
    """A hundred predictions whose windows have just closed."""
    now = product.runtime.clock.now()
    async with product.runtime.database.transaction(product.tenant) as tx:
        connection = await raw_connection(tx)
        await connection.execute(
            "update outcomes set window_ends_at = $2 where tenant_id = $1 and id in (select id "
            "from outcomes where tenant_id = $1 and status = 'pending' and kind = "
            "'email_engagement' and window_ends_at > $2 order by window_ends_at limit 20)",
            tx.tenant_id,
            now - timedelta(seconds=1),
        )
    return number


async def _chain(product: Product, _number: int) -> None:
    async with product.runtime.database.transaction(product.tenant) as tx:
        for _ in range(20):
            await product.runtime.services.audit.append(tx, "scale.measured", facts={})


async def _tick(product: Product, _none: Any) -> None:
    await product.runtime.services.sweeps.tick()


async def _digest(product: Product, actor: Any) -> object:
    digests: DigestService = product.runtime.services.digests
    key = product.runtime.ids.new().hex
    await digests.request(actor, command_id=key)
    digest = await product.ask(
        "select id from digests where tenant_id = $1 and member_id = $2 "
        "order by created_at desc limit 1",
        actor.member_id,
    )
    return await product.runtime.services.views.digest(product.tenant, digest)


async def _none(_product: Product, _number: int) -> None:
    return None


async def _account(product: Product, company: int) -> UUID:
    found: UUID = await product.ask(
        "select id from accounts where tenant_id = $1 and name = $2", f"Company {company}"
    )
    return found


async def _look(product: Product) -> None:
    account = await _account(product, 1)
    await product.runtime.jobs["signals.look"](product.tenant, {"account_id": str(account)})


async def _health(product: Product) -> None:
    await product.runtime.services.health.recompute(product.tenant, await _account(product, 1))


STEPS = (
    Step(
        name="linking and keeping a mail",
        ready=_mail,
        timed=lambda p, arrival: p.take_in(arrival),
    ),
    Step(
        name="a mail is read (message.process)",
        ready=_taken_in,
        timed=lambda p, message: p.runtime.services.conversations.process(p.tenant, message),
    ),
    Step(
        name="a click: approve",
        ready=_waiting,
        timed=approve,
    ),
    Step(
        name="an effect is claimed and sent (Gmail in memory)",
        ready=_pushed,
        timed=lambda p, effect: p.runtime.services.effects.run(p.tenant, effect),
    ),
    Step(
        name="a card: claimed, rendered, settled",
        ready=_card,
        timed=lambda p, card: p.runtime.jobs["card.deliver"](p.tenant, {"card_id": str(card)}),
    ),
    Step(name="App Home, rep", ready=_of(REP), timed=_home),
    Step(name="App Home, manager of ten", ready=_of(MANAGER), timed=_home),
    Step(
        name="App Home, executive (of all)",
        ready=_of(EXECUTIVE),
        timed=_home,
        per="action decided in 30 days",
        count="select count(*) from actions where tenant_id = $1 and decided_at > now() - "
        "interval '30 days'",
    ),
    Step(
        name="/understudy inbox",
        ready=_of(REP),
        timed=lambda p, actor: p.runtime.services.views.inbox(actor),
    ),
    Step(
        name="/understudy me",
        ready=_of(REP),
        timed=lambda p, actor: _views(p).me.page(actor),
    ),
    Step(
        name="/understudy team, manager of ten",
        ready=_of(MANAGER),
        timed=lambda p, actor: _views(p).team.page(actor),
    ),
    Step(
        name="/understudy team, admin (of all)",
        ready=_of(ADMIN),
        timed=lambda p, actor: _views(p).team.page(actor),
        per="member",
        count="select count(*) from members where tenant_id = $1",
    ),
    Step(
        name="/understudy calibration",
        ready=_of(ADMIN),
        timed=lambda p, actor: p.runtime.services.learning.calibration_pages.page(actor),
    ),
    Step(name="a month's report, manager of ten", ready=_of(MANAGER), timed=_report),
    Step(
        name="a month's report of the whole company",
        ready=_of(EXECUTIVE),
        timed=_report,
        per="action of two months",
        count="select count(*) from actions where tenant_id = $1 and created_at > now() - "
        "interval '60 days'",
    ),
    Step(
        name="API summary, manager",
        ready=_of(MANAGER),
        timed=lambda p, actor: p.runtime.services.api.summaries.summary(actor),
    ),
    Step(
        name="account view, any account",
        ready=_of(REP),
        timed=lambda p, actor: p.runtime.services.accounts.brief(
            actor, f"Company {_company(p, 7)}"
        ),
    ),
    Step(
        name="account view, the account with the history",
        ready=_of(REP),
        timed=lambda p, actor: p.runtime.services.accounts.brief(actor, "Company 1"),
    ),
    Step(
        name="find by words, one account",
        ready=_of(REP),
        timed=lambda p, actor: p.search.find(actor, None, "security report at Company 1"),
    ),
    Step(
        name="find by words, all a rep may see",
        ready=_of(REP),
        timed=lambda p, actor: p.search.find(actor, None, "project7"),
    ),
    Step(
        name="find by words, all there is (admin)",
        ready=_of(ADMIN),
        timed=lambda p, actor: p.search.find(actor, None, "project7"),
    ),
    Step(name="a digest: made and shown", ready=_of(REP), timed=_digest),
    Step(
        name="a day counted anew",
        ready=_marked,
        timed=lambda p, day: p.runtime.services.learning.counting.count(p.tenant, day),
        per="action of a day",
        count="select count(*) from actions where tenant_id = $1 and created_at > now() - "
        "interval '5 days'",
    ),
    Step(
        name="windows that closed (20 predictions)",
        ready=_expired,
        timed=lambda p, _: p.runtime.services.learning.outcomes.sweeps.run(p.tenant, Window.WEEK),
    ),
    Step(
        name="lost work, all sorts",
        ready=_none,
        timed=lambda p, _: p.runtime.services.sweeps.recover(p.tenant),
    ),
    Step(name="a minute's tick", ready=_none, timed=_tick),
    Step(
        name="chaining 20 audit entries",
        ready=_chain,
        timed=lambda p, _: p.runtime.services.audit.chain(p.tenant),
    ),
    Step(
        name="a type's evidence weighed",
        ready=_none,
        timed=lambda p, _: p.runtime.services.autonomy.earning.weigh(
            p.tenant, "send_routine_response"
        ),
    ),
    Step(
        name="an account looked at for signals",
        ready=_none,
        timed=lambda p, _: _look(p),
    ),
    Step(
        name="an account's health",
        ready=_none,
        timed=lambda p, _: _health(p),
    ),
)
