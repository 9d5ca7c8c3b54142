"""The services of bringing people in, one field each."""

from dataclasses import dataclass

from services.rollout.enabling import EnablingService
from services.rollout.importing import ImportService
from services.rollout.membership import MembershipService
from services.rollout.pausing import PauseService
from services.rollout.switches import SwitchService
from services.rollout.waiting import WaitingService


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutServices:
    imports: ImportService
    members: MembershipService
    enabling: EnablingService
    pauses: PauseService
    waiting: WaitingService
    switches: SwitchService
