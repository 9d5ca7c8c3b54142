"""The one table from what went wrong to what the person reads. Nothing else of an error leaves."""

from typing import Any

import structlog
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from blocks.modals import told_modal
from blocks.parts import escape
from handlers.edge import Reply, Surfaces
from services.errors import InvalidInput, ServiceError, TransientError
from services.metrics import ERRORS_TOLD

log = structlog.get_logger(__name__)

UNEXPECTED = (
    "Something went wrong on my side. Nothing was sent, and it has been noted for whoever runs "
    "Understudy. Try again; `/understudy status` shows whether I'm well."
)
NUMBERED = "If you tell them, name {number}: they find it in the log by that."
UNKNOWN_PART = "I don't know this button any more. Nothing was changed. Try `/understudy help`."


def sentence(error: Exception) -> str:
    """What the person is told. Expected errors carry their own sentence."""
    if isinstance(error, TransientError):
        return f"{error} Nothing was lost; try again in a moment."
    if isinstance(error, ServiceError):
        return str(error)
    if isinstance(error, BoltUnhandledRequestError):
        return UNKNOWN_PART
    number = structlog.contextvars.get_contextvars().get("request_id")
    return f"{UNEXPECTED} {NUMBERED.format(number=number)}" if number else UNEXPECTED


def view_answer(error: Exception, view: Any = None) -> dict[str, Any]:
    """The answer to a submitted modal: at the field where one is named, else in its place. Slack
    refuses an error at a field the form doesn't have: it stands at the first one then."""
    if isinstance(error, InvalidInput) and error.field:
        state = view.get("state") if isinstance(view, dict) else None
        values = state.get("values") if isinstance(state, dict) else None
        fields = list(values) if isinstance(values, dict) else []
        field = error.field if error.field in fields or not fields else fields[0]
        return {"response_action": "errors", "errors": {field: str(error)}}
    return {"response_action": "update", "view": told_modal("Not done", sentence(error))}


async def answer(
    error: Exception, body: Any, surfaces: Surfaces, *, passing: bool = False
) -> BoltResponse:
    """Always 200, and always words where the person can see them. Except for an event that failed
    for a passing reason (`passing`: the database went away): nobody waits for words there, a 200
    would promise that it was kept, and Slack sends it again after anything else."""
    _note(error, body)
    payload = body if isinstance(body, dict) else {}
    kind = payload.get("type")
    if kind == "event_callback" and (passing or isinstance(error, TransientError)):
        return BoltResponse(status=503, body="")
    if kind == "view_submission":
        return BoltResponse(status=200, body=view_answer(error, payload.get("view")))
    if kind == "block_suggestion":
        return BoltResponse(status=200, body={"options": []})
    # A sentence may name an account or a person, and is shown as markup here.
    reply = Reply(text=escape(sentence(error))).ephemeral()
    if "command" in payload:
        return BoltResponse(status=200, body=reply)
    response_url = payload.get("response_url")
    if kind != "event_callback" and isinstance(response_url, str):
        try:
            await surfaces.tell(response_url, reply)
        except ServiceError as unheard:
            log.warning("answer_undelivered", reason=str(unheard))
    return BoltResponse(status=200, body="")


def _note(error: Exception, body: Any) -> None:
    kind = body.get("type") if isinstance(body, dict) else None
    expected = isinstance(error, ServiceError | BoltUnhandledRequestError)
    ERRORS_TOLD.labels("refused" if expected else "failed").inc()
    if isinstance(error, ServiceError):
        log.info("refused", kind=kind, error=type(error).__name__, reason=str(error))
    elif isinstance(error, BoltUnhandledRequestError):
        log.warning("unhandled_request", kind=kind)
    else:
        log.error("handler_failed", kind=kind, exc_info=error)
