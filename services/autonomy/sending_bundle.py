"""What happens with the texts the copilot writes by itself, as far as the edge asks for it."""

from dataclasses import dataclass

from services.autonomy.own_texts import OwnTextService
from services.autonomy.shadow import ShadowReport


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingServices:
    own_texts: OwnTextService
    shadow: ShadowReport
