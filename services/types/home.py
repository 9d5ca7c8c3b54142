"""What App Home shows."""

from dataclasses import dataclass

from services.types.approval_views import QueueView
from services.types.mailbox_health import MailboxesView
from services.types.views import InboxView, Reader, StatusView


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """App Home (kind `home`, subject: the member)."""

    reader: Reader
    inbox: InboxView
    accounts: tuple[tuple[str, str, int | None], ...]
    """Name, lifecycle or stage in words, health."""
    status: StatusView
    approvals: QueueView | None = None
    notices: tuple[str, ...] = ()
    mailboxes: MailboxesView | None = None
