"""A workspace's mailboxes: read lately, pushes coming, and where mails of our own leave from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward
from db import overviews
from db.models.mailboxes import Mailbox

QUIET_TOO_LONG = timedelta(minutes=15)


def mailbox_findings(
    boxes: Sequence[Mailbox], now: datetime, team: str, *, pushes: bool, smtp: bool
) -> list[Finding]:
    open_boxes = [one for one in boxes if one.status != "disconnected"]
    found = [said for box in open_boxes for said in _of_box(box, now, team, pushes=pushes)]
    if not boxes:
        found.append(
            bad("no mailbox", "connect one in App Home, or by understudy mailbox add EMAIL", team)
        )
    if not smtp and not any(one.is_system for one in open_boxes):
        found.append(
            note(
                "no system mailbox and no SMTP_URL: digests and approvals come in Slack only",
                "understudy mailbox add EMAIL --credentials FILE --system, or set SMTP_URL and "
                "MAIL_FROM",
                team,
            )
        )
    return found


def _of_box(box: Mailbox, now: datetime, team: str, *, pushes: bool) -> list[Finding]:
    if box.status != "connected":
        because = f" ({box.reconnect_reason.rstrip('.')})" if box.reconnect_reason else ""
        return [
            bad(
                f"{box.address}: {box.status}{because}",
                "connect it again in App Home, or by understudy mailbox add",
                team,
            )
        ]
    if box.synced_at is None or now - box.synced_at > QUIET_TOO_LONG:
        read = [
            bad(
                f"{box.address}: not read for a while",
                "see that understudy run, or worker and scheduler, are up",
                team,
            )
        ]
    else:
        read = [well(f"{box.address}: read lately", team)]
    return [*read, *(_pushes(box, now, team) if pushes else [])]


def _pushes(box: Mailbox, now: datetime, team: str) -> list[Finding]:
    """What keeps Gmail from telling of new mail; the poll brings it all the same."""
    found = []
    if box.watch_trouble:
        found.append(
            bad(f"{box.address}: {box.watch_trouble}", "put that right in Google Cloud", team)
        )
    if box.watch_expires_at is not None and box.watch_expires_at < now:
        found.append(
            bad(
                f"{box.address}: Gmail's watch has ended, so mail is found a minute later",
                "a worker renews it every day: see its log for this mailbox, then connect it again",
                team,
            )
        )
    if box.push_silent_since is not None:
        found.append(
            bad(
                f"{box.address}: mail comes that no push told of; polling goes on",
                "look at the Pub/Sub subscription: where does it push to, and what is it answered?",
                team,
            )
        )
    return found


async def check_mailboxes(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    async with ward.built.database.read(tenant_id) as tx:
        boxes = await overviews.list_mailboxes(tx)
    return mailbox_findings(
        boxes,
        ward.built.clock.now(),
        team,
        pushes=ward.settings.gmail_topic is not None,
        smtp=ward.settings.smtp_url is not None,
    )
