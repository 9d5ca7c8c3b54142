"""The services of the copilot's autonomy; one field each."""

from dataclasses import dataclass

from services.autonomy.doings import DoingsService
from services.autonomy.earning.demoting import EarningService
from services.autonomy.earning.promoting import PromotionService
from services.autonomy.earning.views import EarningViews
from services.autonomy.exporting import ExportService
from services.autonomy.handing_out import HandOutService
from services.autonomy.limits import LimitService
from services.autonomy.overview import OverviewService
from services.autonomy.own_texts import OwnTextService
from services.autonomy.recalling import RecallService
from services.autonomy.shadow import ShadowReport


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyServices:
    """What may be done and who says so, what earns it, what is done with it, what people see."""

    limits: LimitService
    recalls: RecallService
    earning: EarningService
    promotions: PromotionService
    earning_views: EarningViews
    own_texts: OwnTextService
    shadow: ShadowReport
    overview: OverviewService
    doings: DoingsService
    export: ExportService
    hand_out: HandOutService
