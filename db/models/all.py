"""Every table, imported once so that the metadata is whole."""

from db.models import (
    actions,
    approvals,
    cards,
    conversations,
    customers,
    directories,
    drafts,
    home,
    mailboxes,
    pacing,
    records,
    rollout,
    tenants,
)

__all__ = [
    "actions",
    "approvals",
    "cards",
    "conversations",
    "customers",
    "directories",
    "drafts",
    "home",
    "mailboxes",
    "pacing",
    "records",
    "rollout",
    "tenants",
]
