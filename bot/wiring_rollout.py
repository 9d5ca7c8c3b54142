"""Bringing people in, pausing and settings, put together."""

from db.session import Database
from handlers.rollout_verbs import RolloutVerbs
from services.approvals.rule_sets import RuleSetService
from services.audit import AuditService
from services.holding import NIGHT_TIMER
from services.ports import Chats, Clock, Ids
from services.rollout.bundle import RolloutServices
from services.rollout.deps import ArmDigest, EndMailbox, RolloutDeps
from services.rollout.enabling import EnablingService, MailCards
from services.rollout.importing import ImportService
from services.rollout.leaving import Farewell
from services.rollout.membership import MembershipService
from services.rollout.pausing import TIMER, PauseService
from services.rollout.switches import SwitchService
from services.rollout.waiting import WaitingService
from services.sweeps import TimerHandler


def rollout_deps(
    clock: Clock, ids: Ids, audit: AuditService, *, arm_digest: ArmDigest, end_mailbox: EndMailbox
) -> RolloutDeps:
    return RolloutDeps(
        clock=clock, ids=ids, audit=audit, arm_digest=arm_digest, end_mailbox=end_mailbox
    )


def rollout_services(
    database: Database, deps: RolloutDeps, chats: Chats, cards: MailCards
) -> RolloutServices:
    waiting = WaitingService(db=database, deps=deps)
    farewell = Farewell(deps=deps)
    return RolloutServices(
        imports=ImportService(db=database, deps=deps, chats=chats),
        members=MembershipService(db=database, deps=deps, farewell=farewell),
        enabling=EnablingService(db=database, deps=deps, chats=chats, cards=cards),
        pauses=PauseService(db=database, deps=deps, waiting=waiting),
        waiting=waiting,
        switches=SwitchService(db=database, deps=deps),
    )


def rollout_timers(services: RolloutServices) -> dict[str, TimerHandler]:
    return {TIMER: services.pauses.over, NIGHT_TIMER: services.pauses.morning}


def rollout_verbs(services: RolloutServices, rules: RuleSetService) -> RolloutVerbs:
    return RolloutVerbs(
        imports=services.imports,
        members=services.members,
        enabling=services.enabling,
        pauses=services.pauses,
        waiting=services.waiting,
        switches=services.switches,
        presets=rules,
    )
