"""Identifiers. All are UUIDs made by the Ids port; the names keep them apart for the checker."""

from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
MemberId = NewType("MemberId", UUID)
MailboxId = NewType("MailboxId", UUID)
AccountId = NewType("AccountId", UUID)
ContactId = NewType("ContactId", UUID)
DealId = NewType("DealId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
DraftId = NewType("DraftId", UUID)
RevisionId = NewType("RevisionId", UUID)
ActionId = NewType("ActionId", UUID)
EffectId = NewType("EffectId", UUID)
OutcomeId = NewType("OutcomeId", UUID)
CardId = NewType("CardId", UUID)
ApprovalRequestId = NewType("ApprovalRequestId", UUID)
