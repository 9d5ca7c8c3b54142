"""The inbound edge. Each feature exports its routes; here they become one table."""

from handlers import (
    alert_quality,
    alerts,
    approval_lists,
    approval_rules,
    approvals,
    briefs,
    captures,
    compose,
    drafts,
    feedback,
    health,
    home,
    mailboxes,
    promotions,
    questions,
    quiet,
    requests,
    rollout,
    rollups,
    settings,
    sources,
    unsorted,
)
from handlers.edge import Routes

FEATURES = (
    drafts.ROUTES,
    unsorted.ROUTES,
    quiet.ROUTES,
    feedback.ROUTES,
    home.ROUTES,
    health.ROUTES,
    mailboxes.ROUTES,
    requests.ROUTES,
    approvals.ROUTES,
    approval_lists.ROUTES,
    approval_rules.ROUTES,
    rollout.ROUTES,
    settings.ROUTES,
    compose.ROUTES,
    captures.ROUTES,
    questions.ROUTES,
    rollups.ROUTES,
    alerts.ROUTES,
    alert_quality.ROUTES,
    sources.ROUTES,
    briefs.ROUTES,
    promotions.ROUTES,
)


def all_routes() -> Routes:
    """Every feature's interactive parts together."""
    return Routes(
        clicks={name: handler for part in FEATURES for name, handler in part.clicks.items()},
        views={name: handler for part in FEATURES for name, handler in part.views.items()},
        options={name: handler for part in FEATURES for name, handler in part.options.items()},
        shortcuts={name: handler for part in FEATURES for name, handler in part.shortcuts.items()},
        menus=frozenset().union(*(part.menus for part in FEATURES)),
        adopting=frozenset().union(*(part.adopting for part in FEATURES)),
    )
