"""Which workspace a command is for."""

from uuid import UUID

from bot.processes import connect_workspace
from bot.wiring import Runtime
from services.errors import InvalidInput


async def choose_workspace(built: Runtime, team_id: str | None) -> UUID:
    """The named one, or the only one. None yet: made by `auth.test`, if there is a token."""
    known = dict(await built.services.tenants.list_all())
    if not known:
        if built.settings.slack_bot_token is None:
            raise InvalidInput(
                "There is no workspace yet. Add one at /slack/install, or set SLACK_BOT_TOKEN."
            )
        await connect_workspace(built)
        known = dict(await built.services.tenants.list_all())
    if team_id is not None:
        if team_id not in known:
            raise InvalidInput(f"There is no workspace {team_id}. Known: {', '.join(known)}")
        return known[team_id]
    if len(known) > 1:
        raise InvalidInput(f"Several workspaces: name one with --workspace: {', '.join(known)}")
    return next(iter(known.values()))
