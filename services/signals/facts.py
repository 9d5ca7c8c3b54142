"""Loads what is known of an account for detectors, at one moment."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from db import customers
from db import signal_facts as rows
from db.session import ReadTx
from services.errors import NotFound
from services.mail_domains import PUBLIC_DOMAINS
from services.signals.people import Sides, addresses_of, contacts_seen
from services.signals.texts import posts_seen, texts_of_mails, transcripts_seen
from services.types.signals import AccountFacts, SeenDeal, SeenMeeting, SeenText

WINDOW = timedelta(days=180)
DISTRIBUTION = timedelta(days=540)
"""How far back other deals tell how long a stage takes."""
LARGE = 0.75


async def facts_of(tx: ReadTx, account_id: UUID, now: datetime) -> AccountFacts:
    """Some dozen bounded statements, whatever the account's size. Raises NotFound when there is no
    such account, or it is excluded."""
    account = await customers.get_account(tx, account_id)
    if account is None or account.excluded:
        raise NotFound("This account is gone.")
    since = now - WINDOW
    mails = await rows.list_mails(tx, account_id, since=since, now=now)
    contacts = await rows.list_contacts(tx, account_id)
    emails = {email for mail in mails for email in addresses_of(mail)}
    domains = {email.rpartition("@")[2] for email in emails} - PUBLIC_DOMAINS
    sides = Sides(
        ours=await rows.list_ours(tx, emails, domains),
        others=await rows.list_others(tx, emails, account_id),
        contacts=frozenset(one.email for one in contacts),
        domain=account.domain if account.domain not in PUBLIC_DOMAINS else None,
    )
    meetings = await rows.list_meetings(tx, account_id, since=since, now=now)
    texts: list[SeenText] = [
        *texts_of_mails(mails, sides, now),
        *transcripts_seen(
            await rows.list_transcripts(tx, account_id, since=since), contacts, sides, now
        ),
        *posts_seen(await rows.list_posts(tx, account_id, since=since), contacts, now),
    ]
    texts.sort(key=lambda text: (text.happened_at, text.id))
    champions = await rows.list_champions(tx, account_id)
    return AccountFacts(
        account_id=account_id,
        account_name=account.name,
        now=now,
        texts=tuple(texts),
        contacts=contacts_seen(
            contacts, texts, champions, whole=len(mails) < rows.MOST_MESSAGES, now=now
        ),
        deals=await _deals(tx, account_id, now),
        meetings=tuple(
            SeenMeeting(
                id=one.id,
                title=one.title,
                starts_at=one.starts_at,
                status=one.status,
                cancellations=one.cancellations,
                moves=one.moves,
                changed_at=min(one.changed_at, now),
                message_ids=(one.message_id,) if one.message_id else (),
            )
            for one in meetings
        ),
        lifecycle=account.lifecycle,
        renewal_date=account.renewal_date,
    )


async def _deals(tx: ReadTx, account_id: UUID, now: datetime) -> tuple[SeenDeal, ...]:
    found = await rows.list_deals(tx, account_id)
    open_ones = [row.Deal for row in found if row.Deal.stage not in customers.CLOSED]
    if not open_ones:
        return tuple(_deal(row, (), now, big=False) for row in found)
    stages = {deal.stage for deal in open_ones}
    spells = await rows.list_spells(tx, stages, account_id, since=now - DISTRIBUTION)
    large = await rows.large_amounts(tx, LARGE)
    return tuple(
        _deal(
            row,
            [length for stage, length in spells if stage == row.Deal.stage],
            now,
            big=row.Deal.amount is not None
            and row.Deal.currency in large
            and row.Deal.amount >= large[row.Deal.currency],
        )
        for row in found
    )


def _deal(row: Any, spells: Sequence[timedelta], now: datetime, *, big: bool) -> SeenDeal:
    deal = row.Deal
    return SeenDeal(
        id=deal.id,
        name=deal.name,
        stage=deal.stage,
        amount=deal.amount,
        currency=deal.currency,
        close_date=deal.close_date,
        first_close_date=_day(row.first_close_date),
        close_date_moves=row.moves,
        stage_since=min(row.stage_since, now) if row.stage_since else None,
        stage_days=tuple(length / timedelta(days=1) for length in spells),
        big=big,
    )


def _day(stored: str | None) -> date | None:
    try:
        return date.fromisoformat(stored) if stored else None
    except ValueError:
        return None
