"""Whose clock says what: this machine's, PostgreSQL's (which all processes follow), Slack's and
Google's. Slack's signatures are good for five minutes; timers go by PostgreSQL's."""

import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from sqlalchemy import text

from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward

OFF, WRONG = timedelta(seconds=3), timedelta(seconds=60)
"""The Date header counts whole seconds, and the way here takes a moment."""
PATIENCE = aiohttp.ClientTimeout(total=5)


def clock_findings(offsets: Mapping[str, timedelta]) -> list[Finding]:
    """`offsets`: whose clock → PostgreSQL's minus theirs."""
    found = []
    for whose, offset in offsets.items():
        size, way = abs(offset), "ahead of" if offset > timedelta() else "behind"
        says = f"clock: PostgreSQL's is {size.total_seconds():.0f} s {way} {whose}"
        remedy = "set both machines by NTP (chrony, systemd-timesyncd)"
        if size > WRONG:
            found.append(bad(f"{says}; signatures and timers go by it", remedy))
        elif size > OFF:
            found.append(note(says, remedy))
    agreed = ", ".join(offsets)
    return found or [well(f"clock: PostgreSQL's agrees with {agreed}")]


def silence_findings(silent: Collection[str]) -> list[Finding]:
    """`silent`: who didn't answer from here, Slack or Google."""
    return [
        bad(
            f"network: {name} can't be reached from here, so nothing is read or shown",
            f"let this machine reach {host} by HTTPS, or set its proxy",
        )
        for name, host in (("Slack", "slack.com"), ("Google", "gmail.googleapis.com"))
        if name in silent
    ]


def date_of(header: str | None, theirs: datetime) -> timedelta | None:
    """How far `theirs` is from what a Date header says; None without a readable one."""
    try:
        return theirs - parsedate_to_datetime(header or "").astimezone(UTC)
    except (TypeError, ValueError):
        return None


async def check_clocks(ward: Ward) -> list[Finding]:
    async with ward.built.database.directory() as tx:
        theirs = (await tx.session.execute(text("select clock_timestamp()"))).scalar_one()
    machine = datetime.now(UTC)  # noqa: TID251 - this machine's clock is what is looked at
    began = time.monotonic()
    offsets, silent = {"this machine's": theirs - machine}, set[str]()
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        for name, url in (
            ("Slack", ward.settings.slack_api_url + "api.test"),
            ("Google", ward.settings.gmail_api_url),
        ):
            header = await _date(http, url)
            if header is None:
                silent.add(name)
            offset = date_of(header, theirs + timedelta(seconds=time.monotonic() - began))
            if offset is not None:
                offsets[f"{name}'s"] = offset
    return [*silence_findings(silent), *clock_findings(offsets)]


async def _date(http: aiohttp.ClientSession, url: str) -> str | None:
    """What the answer says it is; "" without a word of it, None without an answer."""
    try:
        async with http.get(url, allow_redirects=False) as answer:
            return answer.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
