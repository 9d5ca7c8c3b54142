"""Job kind → what it does. The payload's ids are strings; the verbs take UUIDs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from handlers.account_jobs import account_jobs
from handlers.answers import AnswerDelivery
from handlers.autonomy_jobs import autonomy_jobs
from handlers.cards import CardDelivery
from handlers.events import Events
from handlers.learning_jobs import learning_jobs
from handlers.mailbox_jobs import mailbox_jobs
from handlers.outreach_jobs import outreach_jobs
from handlers.rollout_jobs import rollout_jobs
from handlers.signal_jobs import signal_jobs
from handlers.summary_jobs import summary_jobs
from handlers.workspace_jobs import workspace_jobs
from services.bundle import Services

JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def job_table(
    services: Services, cards: CardDelivery, events: Events, answers: AnswerDelivery
) -> dict[str, JobFunction]:
    """Every job this product knows, by kind."""
    of_tenants = (
        account_jobs(services.moves),
        autonomy_jobs(services.autonomy),
        learning_jobs(services.learning),
        mailbox_jobs(services),
        outreach_jobs(services.outreach),
        rollout_jobs(services.rollout),
        signal_jobs(services.signals),
        summary_jobs(services.summaries),
        workspace_jobs(services),
    )
    return {
        "card.deliver": _of_tenant(cards.deliver),
        "agent.answer": _of_tenant(answers.answer),
        **{kind: _of_tenant(run) for jobs in of_tenants for kind, run in jobs.items()},
        **_mail_jobs(services),
        **_draft_jobs(services),
        **_time_jobs(services),
        **_decision_mail_jobs(services),
        **_approval_jobs(services),
        **_event_jobs(services, events),
    }


def _decision_mail_jobs(services: Services) -> dict[str, JobFunction]:
    async def send(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.approval_mails.send(tenant, UUID(payload["mail_id"]))

    async def obey(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.letters.replies.run(tenant, UUID(payload["event_id"]))

    async def letter(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.letters.drafts.send(tenant, UUID(payload["letter_id"]))

    return {
        "approval.mail": _of_tenant(send),
        "approval.order": _of_tenant(obey),
        "draft.letter": _of_tenant(letter),
    }


def _mail_jobs(services: Services) -> dict[str, JobFunction]:
    async def sync(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.mailboxes.sync(tenant, UUID(payload["mailbox_id"]))

    async def poll(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        await services.mailboxes.poll()

    async def process(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.conversations.process(tenant, UUID(payload["message_id"]))

    async def reread(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.rereading.reread(tenant, UUID(payload["message_id"]))

    return {
        "mailbox.sync": _of_tenant(sync),
        "mailboxes.poll": poll,
        "message.process": _of_tenant(process),
        "message.reread": _of_tenant(reread),
    }


def _draft_jobs(services: Services) -> dict[str, JobFunction]:
    async def compose(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.drafts.compose(
            tenant,
            UUID(payload["action_id"]),
            base_revision=int(payload["base_revision"]),
            instruction=payload.get("instruction"),
            fresh=bool(payload.get("fresh", False)),
        )

    async def push(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.drafts.push(tenant, UUID(payload["draft_id"]))

    async def check(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.follower.check(tenant, UUID(payload["draft_id"]))

    async def withdraw(tenant: UUID, payload: Mapping[str, Any]) -> None:
        mailbox = payload.get("mailbox_id")
        await services.drafts.withdraw(
            tenant,
            draft_id=UUID(payload["draft_id"]),
            mailbox_id=UUID(mailbox) if mailbox else None,
            gmail_draft_id=payload.get("gmail_draft_id"),
        )

    async def effect(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.effects.run(tenant, UUID(payload["effect_id"]))

    async def undo(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.undo.stop(tenant, UUID(payload["effect_id"]))

    return {
        "draft.compose": _of_tenant(compose),
        "draft.push": _of_tenant(push),
        "draft.check": _of_tenant(check),
        "draft.withdraw": _of_tenant(withdraw),
        "effect.run": _of_tenant(effect),
        "effect.undo": _of_tenant(undo),
    }


def _time_jobs(services: Services) -> dict[str, JobFunction]:
    async def tick(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        await services.sweeps.tick()

    async def chain(tenant: UUID, _payload: Mapping[str, Any]) -> None:
        await services.audit.chain(tenant)

    async def digest_mail(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.digests.mail(tenant, UUID(payload["digest_id"]))

    return {
        "tick": tick,
        "audit.chain": _of_tenant(chain),
        "digest.mail": _of_tenant(digest_mail),
    }


def _approval_jobs(services: Services) -> dict[str, JobFunction]:
    async def recheck(tenant: UUID, payload: Mapping[str, Any]) -> None:
        deal, action = payload.get("deal_id"), payload.get("action_id")
        await services.approvals.rechecker.recheck(
            tenant,
            deal_id=UUID(deal) if deal else None,
            action_id=UUID(action) if action else None,
        )

    async def carry(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.approvals.carry.run(tenant, UUID(payload["request_id"]))

    async def unsent(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.approvals.gated.unsent(
            tenant,
            UUID(payload["request_id"]),
            str(payload["why"]),
            carried_at=payload.get("carried_at"),
        )

    async def regate(tenant: UUID, _payload: Mapping[str, Any]) -> None:
        await services.approvals.gated.show_gates(tenant)

    async def sms(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.approvals.urgent.send(tenant, UUID(payload["mail_id"]))

    return {
        "approvals.recheck": _of_tenant(recheck),
        "approvals.regate": _of_tenant(regate),
        "approval.carry": _of_tenant(carry),
        "approval.unsent": _of_tenant(unsent),
        "approval.sms": _of_tenant(sms),
    }


def _event_jobs(services: Services, events: Events) -> dict[str, JobFunction]:
    async def finish(tenant: UUID, payload: Mapping[str, Any]) -> None:
        async def act(body: Mapping[str, Any]) -> None:
            await events.again(tenant, body)

        await services.inbound.finish(tenant, UUID(payload["event_id"]), act)

    return {"inbound.finish": _of_tenant(finish)}


def _of_tenant(run: Callable[[UUID, Mapping[str, Any]], Awaitable[None]]) -> JobFunction:
    """A job that makes no sense without a tenant."""

    async def entry(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        if tenant is None:
            raise ValueError("this job needs a tenant")
        await run(tenant, payload)

    return entry
