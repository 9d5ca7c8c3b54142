"""Addresses that lead a person to where something stands."""

from urllib.parse import quote


def permalink(channel: str, ts: str) -> str:
    """Slack's own address of a message; slack.com finds the reader's workspace."""
    return f"https://slack.com/archives/{channel}/p{ts.replace('.', '')}"


def gmail_link(address: str, thread_id: str) -> str:
    """A thread in the mailbox it lies in, whichever account the browser is signed in to first."""
    return f"https://mail.google.com/mail/u/?authuser={quote(address)}#all/{quote(thread_id)}"
