"""A workspace's Slack: whether its token works, and which rights the app was given there."""

from collections.abc import Collection
from uuid import UUID

from bot.config import Settings
from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward
from bot.wiring_mail_decisions import public_url
from db import actions, tenants
from services.errors import ServiceError
from services.types.installs import BOT_SCOPES

GOES_WITH = {
    "app_mentions:read": "following threads by a mention",
    "assistant:write": "prompts and the stop button in its direct message",
    "channels:history": "followed threads in public channels",
    "commands": "/understudy and the shortcuts",
    "files:read": "transcripts by Add to account",
    "files:write": "files in the direct message (Export)",
    "groups:history": "followed threads in private channels",
    "im:history": "questions in its direct message",
    "reactions:read": "👍 and 👎 on cards",
    "usergroups:read": "importing a user group",
    "users:read": "who is who, and importing people",
    "users:read.email": "finding members by their address",
}
CORE = frozenset({"chat:write", "im:write", "commands", "users:read", "users:read.email"})
"""Without these most of it doesn't work; without another one a part is missing."""


def may_renew(settings: Settings) -> bool:
    return bool(settings.slack_client_id) and settings.slack_client_secret is not None


def scope_findings(
    granted: Collection[str], url: str | None, team: str, *, installable: bool
) -> list[Finding]:
    """`granted` as Slack tells with every answer; empty where it tells nothing."""
    if not granted:
        return [note("Slack didn't say which scopes the app has", "compare them by hand", team)]
    missing = [scope for scope in BOT_SCOPES if scope not in granted]
    if not missing:
        return [well("Slack: all scopes are there", team)]
    where = f"{url}/slack/install" if url and installable else "its page at api.slack.com/apps"
    lost = "; ".join(f"{one} ({GOES_WITH.get(one, 'cards')})" for one in missing)
    says = f"Slack: scopes are missing: {lost}"
    remedy = f"bring the app's scopes up to manifest.yml and install it again at {where}"
    serious = not CORE.isdisjoint(missing)
    return [(bad if serious else note)(says, remedy, team)]


async def check_slack(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    """Paused is told before Slack is asked: asking would only be refused again."""
    async with ward.built.database.read(tenant_id) as tx:
        tenant = await tenants.get_tenant(tx)
        waiting = len(await actions.list_open_effects(tx))
        stopped = await actions.kill_switch_engaged(tx)
    found = []
    if stopped:
        found.append(
            bad(
                "the kill switch is on: nothing leaves",
                "an admin resumes by /understudy autonomy, once the reason for it is gone",
                team,
            )
        )
    if tenant is not None and tenant.paused_at is not None:
        paused = bad(
            f"paused since {tenant.paused_at:%Y-%m-%d %H:%M} UTC: {tenant.paused_why}; "
            f"{waiting} sends wait",
            "connect it again at /slack/install, or start with a new SLACK_BOT_TOKEN",
            team,
        )
        return [*found, paused]
    if tenant is not None and tenant.bot_grant is not None and not may_renew(ward.settings):
        ends = bad(
            "its Slack token ends within half a day and can't be renewed",
            "set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET",
            team,
        )
        return [*found, ends]
    try:
        told = await ward.built.chats.told_of(tenant_id)
    except ServiceError as error:
        refused = bad(f"Slack: {error}", "install the app again, or look at status.slack.com", team)
        return [*found, refused]
    installable = may_renew(ward.settings)
    return [
        *found,
        well(f"Slack answers for {told.name}", team),
        *scope_findings(told.scopes, public_url(ward.settings), team, installable=installable),
    ]
