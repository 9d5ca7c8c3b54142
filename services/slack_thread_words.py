"""What is said about following a thread: what people wish for when they name the bot in one, and
what they are told. Pure."""

import re

NOT_THERE = (
    "I'm not in that channel, so I can't read along. Invite me with /invite @Understudy and choose "
    "it once more."
)
NO_RIGHT = (
    "Slack doesn't let me read along here, so I don't follow this thread. An admin can install me "
    "again with the rights I ask for."
)
DIRECT = "I follow threads in channels only: what is said in private stays there."
ENDED = "I no longer follow this thread. What was written until now stays with the account."
_ENDS = re.compile(r"\s*(?:please\s+)?(?:unfollow|stop following|don'?t follow)\b", re.IGNORECASE)
_WISH = re.compile(
    r"\s*(?:please\s+)?(?:follow(?:\s+(?:this|along|it))?(?:\s+thread)?)?\s*(?:for|about)?\s*[:,]?\s*"
    r"(?P<account>.*?)\s*(?:,?\s*please)?\s*[.!?]*\s*\Z",
    re.IGNORECASE | re.DOTALL,
)


def is_end(words: str) -> bool:
    """Whether they wish it to be followed no longer."""
    return bool(_ENDS.match(words))


def wished_account(words: str) -> str:
    """The account's name as they say it; empty where they name none."""
    match = _WISH.match(words[:300])
    return match["account"].strip() if match else ""


def is_to_bot(text: str, bot_user_id: str) -> bool:
    """An order to the bot is no part of what is said to each other."""
    return bool(bot_user_id) and text.lstrip().startswith((f"<@{bot_user_id}>", f"@{bot_user_id}"))


def follows(name: str) -> str:
    return (
        f"I follow this thread for {name} from its first message on: what people write here is "
        "kept with the account. Mention me with unfollow to end that."
    )


def already(name: str) -> str:
    return f"I follow this thread for {name} already. Mention me with unfollow to end that."
