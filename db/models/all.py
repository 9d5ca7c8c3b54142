"""Every table, imported once so that the metadata is whole."""

from db.models import (
    actions,
    agent,
    approvals,
    cards,
    compose,
    conversations,
    customers,
    directories,
    drafts,
    home,
    letters,
    mailboxes,
    pacing,
    records,
    reviews,
    tenants,
)

__all__ = [
    "actions",
    "agent",
    "approvals",
    "cards",
    "compose",
    "conversations",
    "customers",
    "directories",
    "drafts",
    "home",
    "letters",
    "mailboxes",
    "pacing",
    "records",
    "reviews",
    "tenants",
]
