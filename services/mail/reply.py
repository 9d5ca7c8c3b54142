"""What the sender wrote this time."""


def visible_reply(text: str) -> str:
    kept = [line for line in text.split("\n") if not line.startswith(">")]
    return "\n".join(kept).strip("\n") or text
