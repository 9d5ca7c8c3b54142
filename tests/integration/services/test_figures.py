"""What is counted of a mail on its way from the customer to the customer, on real PostgreSQL; and
what is looked up when somebody asks how things stand."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import structlog
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.config import Settings
from bot.doctor.keys import check_keys
from bot.doctor.models import check_models
from bot.doctor.ward import Ward
from bot.doctor.work import check_work
from bot.figures import Figures
from bot.held_jobs import held_words
from db import jobs
from db.models.mailboxes import Mailbox
from db.models.tenants import Tenant
from services.errors import Conflict
from services.vault import Cell, Vault, generate
from tests.integration.services.loop import Loop
from tests.metric_words import made_up, strangers

HEADERS = text("select headers from jobs.pgqueuer where entrypoint = 'effect.run'")
COUNTED = {
    "understudy_guardrail_verdicts_total": {"verdict": "approval_required"},
    "understudy_decisions_total": {"decision": "approved", "surface": "slack"},
    "understudy_effects_total": {"result": "sent"},
    "understudy_audit_entries_total": {"verb": "effect.done"},
    "understudy_jobs_enqueued_total": {"kind": "effect.run"},
}


def counted() -> dict[str, float]:
    return {
        name: REGISTRY.get_sample_value(name, labels) or 0.0 for name, labels in COUNTED.items()
    }


async def told(figures: Figures) -> tuple[str, dict[str, float]]:
    """The text, and its samples of what was looked up, by name and labels."""
    raw = (await figures.text()).decode()
    samples = {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(raw)
        for sample in family.samples
    }
    return raw, samples


async def test_a_mail_is_counted_on_its_way_once_each_and_by_words_of_ours(loop: Loop) -> None:
    before, others = counted(), made_up()
    with structlog.contextvars.bound_contextvars(request_id="7f3a12", actor=str(loop.rita.id)):
        await loop.approved()
        with pytest.raises(Conflict):
            await loop.approve()
    async with loop.database.directory() as tx:
        (row,) = await tx.session.execute(HEADERS)
    assert row.headers == {"request_id": "7f3a12", "actor": str(loop.rita.id)}
    await loop.drain()
    assert len(loop.sent) == 1
    more = {name: now - before[name] for name, now in counted().items()}
    assert more == dict.fromkeys(COUNTED, 1)
    figures = Figures(database=loop.database, clock=loop.clock, budget_usd=10)
    await figures.visit()
    raw, samples = await told(figures)
    assert strangers(raw, others) == []
    assert samples["understudy_workspaces active"] == 1
    assert samples["understudy_mailboxes connected"] == 1
    assert samples["understudy_effects_open queued"] == 0
    assert samples["understudy_model_budget_used_ratio"] == 0


async def test_how_things_stand_is_looked_up_and_survives_a_database_that_is_gone(
    loop: Loop,
) -> None:
    now = loop.clock.now()
    await loop.set(
        Mailbox,
        loop.box.id,
        watch_expires_at=now - timedelta(hours=1),
        push_silent_since=now,
        synced_at=now - timedelta(hours=2),
    )
    async with loop.database.transaction(loop.tenant) as tx:
        await jobs.enqueue(tx, "mailbox.sync", {"mailbox_id": uuid4()})
        await tx.session.execute(text("update tenants set paused_at = :now"), {"now": now})
        await loop.audit.append(tx, "member.paused")
    figures = Figures(database=loop.database, clock=loop.clock)
    loop.clock.move(timedelta(seconds=600))
    await figures.visit()
    _, samples = await told(figures)
    assert samples["understudy_jobs_due mailbox.sync"] == 1
    assert samples["understudy_jobs_oldest_due_seconds mailbox.sync"] >= 0
    assert [
        samples[f"understudy_mailboxes {one}"] for one in ("watch_ended", "push_silent", "late")
    ] == [1, 1, 1]
    assert samples["understudy_workspaces paused"] == 1
    assert samples["understudy_mail_sync_age_seconds"] == 7800
    assert samples["understudy_audit_unchained_age_seconds"] == 600
    assert samples["understudy_database_up"] == 1
    gone = cast("Any", SimpleNamespace(directory=_gone))
    _, blind = await told(Figures(database=gone, clock=loop.clock))
    assert blind["understudy_database_up"] == 0
    assert "understudy_timers_due" not in blind


def _gone() -> None:
    raise OSError("no database here")


async def test_the_doctors_statements_run(loop: Loop) -> None:
    """Secrets under a key that is not given any more; a queue that nobody listens to."""
    old, new = Vault.parse(generate("k1")), Vault.parse(generate("k2"))
    cell = Cell(tenant_id=loop.tenant, table="tenants", column="bot_token", row=loop.tenant)
    async with loop.database.transaction(loop.tenant) as tx:
        tenant = await tx.session.get_one(Tenant, loop.tenant)
        tenant.bot_token = old.seal(b"xoxb-1", cell)
    ward = Ward(
        settings=Settings(llm_model="gpt-4o", llm_monthly_budget_usd=10),
        built=cast("Any", SimpleNamespace(database=loop.database, clock=loop.clock)),
        vault=new,
        workspaces=[],
    )
    said = [one.says for one in await check_keys(ward, "T1", loop.tenant)]
    assert any("the key k1 is not in ENCRYPTION_KEYS" in one for one in said)
    (budget,) = await check_models(ward, "T1", loop.tenant)
    assert budget.says == "model: $0.00 of this month's $10.00 are used"
    work = [one.says for one in await check_work(ward)]
    assert work[0].startswith("scheduler: no tick ever")
    assert work[1].startswith("worker: none listens")


async def test_held_jobs_are_listed_tried_again_as_fresh_ones_and_forgotten(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        await jobs.enqueue(tx, "mailbox.watch", {"mailbox_id": loop.box.id})
        await jobs.enqueue(tx, "search.index", dedupe_key="one")
    (watch, _, body), (_, _, _) = await loop.queued()
    async with loop.database.directory() as tx:
        await tx.session.execute(text("update jobs.pgqueuer set status = 'failed'"))
    async with loop.database.directory() as tx:
        held = await jobs.list_held(tx)
    assert [(one.kind, one.many) for one in held] == [("mailbox.watch", 1), ("search.index", 1)]
    assert "    1  mailbox.watch            T1           since 20" in held_words(
        held, {str(loop.tenant): "T1"}
    )
    async with loop.database.directory() as tx:
        assert await jobs.retry_held(tx, "mailbox.watch") == 1
    ((again, kind, same),) = await loop.queued()
    assert (kind, same) == ("mailbox.watch", body)
    assert again > watch
    async with loop.database.directory() as tx:
        assert await jobs.drop_held(tx, "search.index") == 1
        assert await jobs.retry_held(tx, None) == 0
    assert held_words([], {}) == "No job is held."
