"""users.threads.* and users.drafts.*"""

from sandbox.gmail import render
from sandbox.gmail.api_messages import changes, page, search
from sandbox.gmail.call import Call
from sandbox.gmail.errors import invalid, not_found
from sandbox.gmail.model import Json, Message


def list_threads(call: Call) -> Json:
    ids = list(dict.fromkeys(m.thread_id for m in search(call)))
    return page(call, "threads", [render.thread(call.mailbox, i) for i in ids])


def _thread(call: Call) -> list[Message]:
    found = call.mailbox.thread(call.ids["id"])
    if not found:
        raise not_found()
    return found


def get_thread(call: Call) -> Json:
    form = call.query.get("format", "full").lower()
    if form == "raw":
        raise invalid("Invalid value at 'format': raw")
    wanted = call.query.getall("metadataHeaders", [])
    messages = _thread(call)
    history = max(m.history_id for m in messages)
    return {
        "id": call.ids["id"],
        "historyId": str(history),
        "messages": [render.full(m, form, wanted) for m in messages],
    }


def _relabel(call: Call, add: set[str], remove: set[str]) -> Json:
    messages = _thread(call)
    for message in messages:
        call.world.store.relabel(call.mailbox, message, add, remove)
    return {"id": call.ids["id"], "messages": [render.brief(m) for m in messages]}


def modify_thread(call: Call) -> Json:
    return _relabel(call, *changes(call))


def trash_thread(call: Call) -> Json:
    return _relabel(call, {"TRASH"}, {"INBOX"})


def untrash_thread(call: Call) -> Json:
    return _relabel(call, set(), {"TRASH"})


def delete_thread(call: Call) -> None:
    for message in _thread(call):
        call.world.store.delete(call.mailbox, message)


def _draft(message: Message) -> Json:
    return {"id": message.draft_id, "message": render.brief(message)}


def list_drafts(call: Call) -> Json:
    found = search(call, lambda m: m.draft_id is not None)
    rows = [{"id": m.draft_id, "message": render.stub(m)} for m in found]
    return page(call, "drafts", rows)


def _content(call: Call) -> tuple[bytes, str | None]:
    message = call.body.get("message", {})
    if not isinstance(message, dict):
        raise invalid("Invalid value at 'draft.message'")
    return call.raw(message), message.get("threadId")


def create_draft(call: Call) -> Json:
    return _draft(call.world.drafts.create(call.mailbox, *_content(call)))


def get_draft(call: Call) -> Json:
    message = call.world.drafts.get(call.mailbox, call.ids["id"])
    form = call.query.get("format", "full").lower()
    return {"id": call.ids["id"], "message": render.full(message, form)}


def update_draft(call: Call) -> Json:
    call.world.drafts.get(call.mailbox, call.ids["id"])
    return _draft(call.world.drafts.update(call.mailbox, call.ids["id"], *_content(call)))


def send_draft(call: Call) -> Json:
    """Sends what stands in the draft, or the content that came with the call."""
    draft_id = str(call.body.get("id", ""))
    message = call.body.get("message")
    replaced = call.media is not None or (isinstance(message, dict) and "raw" in message)
    if not draft_id:
        raise invalid("Invalid draft id")
    call.world.drafts.get(call.mailbox, draft_id)
    raw, thread_id = _content(call) if replaced else (None, None)
    return render.brief(call.world.drafts.send(call.mailbox, draft_id, raw, thread_id))


def delete_draft(call: Call) -> None:
    call.world.drafts.delete(call.mailbox, call.ids["id"])
