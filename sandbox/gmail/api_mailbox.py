"""users.getProfile, labels, history, watch, stop, settings.sendAs."""

from sandbox.gmail import render
from sandbox.gmail.call import Call
from sandbox.gmail.errors import GmailError, invalid, not_found
from sandbox.gmail.model import Change, Json, Label, Mailbox, Watch

_WEEK_MS = 7 * 86_400_000
_KINDS = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


def profile(call: Call) -> Json:
    box = call.mailbox
    return {
        "emailAddress": box.email,
        "messagesTotal": len(box.messages),
        "threadsTotal": len({m.thread_id for m in box.messages.values()}),
        "historyId": str(box.history_id),
    }


def list_labels(call: Call) -> Json:
    return {"labels": [render.label(item) for item in call.mailbox.labels.values()]}


def _label(call: Call) -> Label:
    try:
        return call.mailbox.labels[call.ids["id"]]
    except KeyError:
        raise not_found() from None


def _own_label(call: Call) -> Label:
    label = _label(call)
    if label.kind == "system":
        raise invalid("Invalid label: system labels can't be changed")
    return label


def get_label(call: Call) -> Json:
    return render.label_counts(call.mailbox, _label(call))


def _free_name(call: Call, name: object, but: str = "") -> str:
    if not isinstance(name, str) or not name.strip():
        raise invalid("Label name required")
    taken = {i.name.lower() for i in call.mailbox.labels.values() if i.id != but}
    if name.lower() in taken:
        raise GmailError(409, "Label name exists or conflicts", reason="aborted", status="ABORTED")
    return name


def _apply(call: Call, label: Label) -> Json:
    body = call.body
    if "name" in body:
        label.name = _free_name(call, body["name"], but=label.id)
    label.message_visibility = str(body.get("messageListVisibility", label.message_visibility))
    label.list_visibility = str(body.get("labelListVisibility", label.list_visibility))
    label.color = body.get("color", label.color)
    return render.label(label)


def create_label(call: Call) -> Json:
    name = _free_name(call, call.body.get("name"))
    number = sum(1 for item in call.mailbox.labels.values() if item.kind == "user") + 1
    while f"Label_{number}" in call.mailbox.labels:
        number += 1
    label = Label(id=f"Label_{number}", name=name)
    call.mailbox.labels[label.id] = label
    return _apply(call, label)


def change_label(call: Call) -> Json:
    return _apply(call, _own_label(call))


def delete_label(call: Call) -> None:
    label = _own_label(call)
    for message in list(call.mailbox.messages.values()):
        call.world.store.relabel(call.mailbox, message, (), {label.id})
    del call.mailbox.labels[label.id]


def history(call: Call) -> Json:
    """Records after the start; 404 when the start is older than what is kept."""
    box = call.mailbox
    start_text = call.query.get("startHistoryId", "")
    if not start_text.isdigit():
        raise invalid("Missing or invalid startHistoryId")
    start = int(start_text)
    if not box.history_floor <= start <= box.history_id:
        raise not_found()
    rows = [c for c in box.history if c.id > start and _wanted(call, c)]
    size = call.number("maxResults", 100, 500)
    token = call.query.get("pageToken", "0")
    if not token.isdigit():
        raise invalid("Invalid pageToken")
    offset = int(token)
    out: Json = {"historyId": str(box.history_id)}
    if rows[offset : offset + size]:
        out["history"] = [render.change(c) for c in rows[offset : offset + size]]
    if offset + size < len(rows):
        out["nextPageToken"] = f"{offset + size:020d}"
    return out


def _wanted(call: Call, change: Change) -> bool:
    names = call.query.getall("historyTypes", [])
    unknown = [name for name in names if name not in _KINDS]
    if unknown:
        raise invalid(f"Invalid value at 'history_types': {unknown[0]}")
    label = call.query.get("labelId", "")
    if label and label not in {*change.labels, *change.changed}:
        return False
    return not names or change.kind in {_KINDS[name] for name in names}


def watch(call: Call) -> Json:
    """Turns push on for a week; calling again renews it."""
    topic = call.body.get("topicName")
    if not isinstance(topic, str) or not topic.startswith("projects/") or "/topics/" not in topic:
        raise invalid(f"Invalid topicName does not match projects/*/topics/*: {topic}")
    behaviour = call.body.get("labelFilterBehavior", call.body.get("labelFilterAction", "include"))
    call.mailbox.watch = Watch(
        topic=topic,
        labels=frozenset(call.names("labelIds")),
        exclude=str(behaviour).lower() == "exclude",
        expires_ms=call.world.clock.ms() + _WEEK_MS,
    )
    return {
        "historyId": str(call.mailbox.history_id),
        "expiration": str(call.mailbox.watch.expires_ms),
    }


def stop(call: Call) -> None:
    call.mailbox.watch = None


def send_as(call: Call) -> Json:
    box = call.mailbox
    entries = [_send_as(box, box.email), *(_send_as(box, alias) for alias in box.aliases)]
    if "id" not in call.ids:
        return {"sendAs": entries}
    wanted = call.ids["id"].lower()
    found = next((entry for entry in entries if entry["sendAsEmail"] == wanted), None)
    if found is None:
        raise not_found()
    return found


def _send_as(box: Mailbox, email: str) -> Json:
    """Only an alias carries how far its verification has come."""
    main = email == box.email
    entry: Json = {
        "sendAsEmail": email,
        "displayName": box.name,
        "replyToAddress": "",
        "signature": "",
        "isDefault": main,
    }
    return entry | ({"isPrimary": True} if main else {"verificationStatus": box.aliases[email]})
