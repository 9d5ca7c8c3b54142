"""`/understudy`: one command, a few words behind it. Answered in the ack, for the asker only."""

from collections.abc import Awaitable, Callable

from blocks.help import help_blocks
from blocks.parts import escape, unescape
from blocks.quiet import quiet_blocks
from blocks.status import status_blocks
from blocks.waiting import waiting_answer, waiting_words
from handlers.alerts import alerts_wanted
from handlers.api_tokens import token_wanted
from handlers.approval_lists import approvals_wanted
from handlers.autonomy import autonomy_wanted
from handlers.briefs import brief_wanted
from handlers.calibration import calibration_wanted
from handlers.captures import qualify_wanted
from handlers.compose import draft_wanted
from handlers.edge import Reply
from handlers.find import find_wanted
from handlers.goals import goals_wanted
from handlers.habits import rules_wanted
from handlers.health import health_wanted
from handlers.me import me_wanted
from handlers.outreach import proposals_wanted
from handlers.personas import persona_wanted
from handlers.reports import report_asked, report_wanted
from handlers.requests import request_wanted
from handlers.rollout import members_wanted
from handlers.settings import pause_wanted, resume_wanted, settings_wanted
from handlers.team import team_wanted
from handlers.verbs import Verbs
from handlers.words import first_word, nearest
from services.metrics import FEATURE_USES
from services.types.people import Actor

COMMAND = "/understudy"
Command = Callable[[Verbs, Actor, str, str], Awaitable[Reply]]
LaterCommand = Callable[[Verbs, Actor, str, str, str], Awaitable[Reply]]
"""One that is answered again when the worker is done: the last word is Slack's way back."""


async def reply(
    verbs: Verbs, actor: Actor, text: str, *, command_id: str, response_url: str = ""
) -> Reply:
    """What the words ask for; a word that is nearly right counts."""
    # Slack sends what people type with & < > as entities.
    word, rest = first_word(unescape(text))
    name = nearest(word.lower(), NAMES) if word else "help"
    if name is None:
        return Reply(
            text=f"I don't know “{escape(word[:40])}”. I know: {', '.join(NAMES)}.",
            blocks=help_blocks(unknown=word[:40]),
        )
    FEATURE_USES.labels(name, "command").inc()
    if name in LATER and (response_url or name not in COMMANDS):
        return await LATER[name](verbs, actor, rest, command_id, response_url)
    return await COMMANDS[name](verbs, actor, rest, command_id)


async def help_wanted(_verbs: Verbs, _actor: Actor, _rest: str, _command_id: str) -> Reply:
    return Reply(text="What Understudy can do for you", blocks=help_blocks())


async def inbox_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.views.inbox(actor)
    decide = await verbs.approvals.reads.queue(actor, "mine")
    return Reply(text=waiting_words(decide.total, view), blocks=waiting_answer(decide, view))


async def quiet_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.views.quiet(actor)
    return Reply(text=f"{view.total} kept quiet", blocks=quiet_blocks(view))


async def status_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    return Reply(text="Status", blocks=status_blocks(await verbs.views.status(actor)))


async def digest_wanted(verbs: Verbs, actor: Actor, _rest: str, command_id: str) -> Reply:
    await verbs.digests.request(actor, command_id=command_id)
    return Reply(text="I'm putting your digest together; it arrives here in a moment.")


COMMANDS: dict[str, Command] = {
    "help": help_wanted,
    "brief": brief_wanted,
    "health": health_wanted,
    "inbox": inbox_wanted,
    "alerts": alerts_wanted,
    "proposals": proposals_wanted,
    "draft": draft_wanted,
    "qualify": qualify_wanted,
    "quiet": quiet_wanted,
    "status": status_wanted,
    "digest": digest_wanted,
    "request": request_wanted,
    "approvals": approvals_wanted,
    "pause": pause_wanted,
    "resume": resume_wanted,
    "persona": persona_wanted,
    "rules": rules_wanted,
    "settings": settings_wanted,
    "members": members_wanted,
    "autonomy": autonomy_wanted,
    "goals": goals_wanted,
    "me": me_wanted,
    "team": team_wanted,
    "calibration": calibration_wanted,
    "report": report_wanted,
}
LATER: dict[str, LaterCommand] = {
    "find": find_wanted,
    "token": token_wanted,
    "report": report_asked,
}
"""What the direct message knows too stands in COMMANDS as well; the other words are a question
there, answered in its thread."""
NAMES = tuple(dict.fromkeys((*COMMANDS, *LATER)))
