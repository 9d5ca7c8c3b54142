"""The services of earned autonomy; one field each."""

from dataclasses import dataclass

from services.autonomy.earning.demoting import EarningService
from services.autonomy.earning.promoting import PromotionService
from services.autonomy.earning.views import EarningViews


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningServices:
    earning: EarningService
    promotions: PromotionService
    views: EarningViews
