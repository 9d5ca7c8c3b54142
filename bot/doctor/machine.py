"""This machine and how it is set up: disk, time zones, the address, the model, mails of ours."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from bot.config import Settings
from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward
from bot.processes import StartupError, check_settings
from bot.wiring_mail_decisions import public_url

GIGABYTE = 1_000_000_000
LITTLE, SCARCE = 5 * GIGABYTE, GIGABYTE
PATIENCE = aiohttp.ClientTimeout(total=5)
UNSIGNED = 401


def settings_findings(settings: Settings) -> list[Finding]:
    """What would keep a process from starting."""
    try:
        check_settings(settings, frozenset({"web"}))
    except StartupError as error:
        return [bad(f"settings: {error}", "change it and start again")]
    return [well("settings"), _installing(settings), *_traces(settings)]


def _installing(settings: Settings) -> Finding:
    url = public_url(settings)
    if not (settings.slack_client_id and settings.slack_client_secret):
        return note(
            "adding workspaces: not possible by a browser",
            "set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for /slack/install, if you want that",
        )
    if not url:
        return note("adding workspaces: no address to come back to", "set PUBLIC_URL")
    return well(f"adding workspaces: {url}/slack/install")


def _traces(settings: Settings) -> list[Finding]:
    if not settings.traced:
        return []
    try:
        import opentelemetry.exporter.otlp.proto.http  # noqa: F401, PLC0415 - is it there?
    except ImportError:
        return [
            bad(
                "traces: asked for by OTEL_EXPORTER_OTLP_ENDPOINT, and their packages are missing",
                "pip install 'understudy[otel]'",
            )
        ]
    return [well("traces: sent where OTEL_EXPORTER_OTLP_ENDPOINT says")]


def disk_findings(folder: Path, free: int, *, database: bool) -> list[Finding]:
    """`database`: whether PostgreSQL lies there too. It stops when nothing is left."""
    said = f"disk: {free / GIGABYTE:.1f} GB free under {folder}"
    holds = "the database lies there" if database else "vectors and audit anchors lie there"
    if free < SCARCE:
        return [bad(f"{said}; {holds}", "make room, or move DATA_DIR to a larger disk")]
    if free < LITTLE:
        return [note(f"{said}; {holds}", "plan for more room")]
    return [well(said)]


def zone_findings(zones: tuple[str, ...] = ("Europe/Berlin", "America/New_York")) -> list[Finding]:
    try:
        for name in zones:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return [
            bad(
                "time zones: their data are missing, so nobody's morning is known",
                "pip install tzdata, or install the system's package of that name",
            )
        ]
    return [well("time zones: known")]


def model_findings(settings: Settings) -> list[Finding]:
    if settings.llm_model is None:
        return [note("model: none; rules and templates answer", "set LLM_MODEL to have one write")]
    found = [well(f"model: {settings.llm_model}")]
    local = settings.llm_api_base is not None
    if settings.llm_api_key is None and not local:
        found.append(
            note(
                "model: LLM_API_KEY is not set",
                "set it, unless the provider's own variable holds the key",
            )
        )
    if settings.llm_monthly_budget_usd is None and not local:
        found.append(note("model: nothing limits what it costs", "set LLM_MONTHLY_BUDGET_USD"))
    return found


def vector_findings(settings: Settings, workers: int) -> list[Finding]:
    """`workers` are those that listen to the queue now."""
    if settings.qdrant_url is not None:
        return [well("search: vectors in Qdrant (QDRANT_URL)")]
    if workers > 1:
        return [
            bad(
                f"search: {workers} workers run and vectors lie under DATA_DIR, which one process "
                "alone can open: the others find by exact words only",
                "run Qdrant, set QDRANT_URL for every process, then understudy search rebuild",
            )
        ]
    if settings.embedded:
        return [well("search: vectors under DATA_DIR, held by the one worker")]
    return [
        note(
            "search: vectors lie under DATA_DIR, which one process alone can open",
            "with more than one worker, or run beside a worker, set QDRANT_URL",
        )
    ]


def address_findings(url: str, healthy: int | None, slack: int | None) -> list[Finding]:
    """Answers to /healthz and to an unsigned /slack/events; None where none came."""
    if healthy is None:
        return [
            bad(
                f"address: {url} doesn't answer from here, so Slack and Gmail may not reach it",
                "start understudy web or run, and look at the proxy and the certificate before it",
            )
        ]
    if slack != UNSIGNED:
        return [
            bad(
                f"address: {url}/slack/events answers {slack} to an unsigned request, not 401",
                "let the proxy pass /slack/events on unchanged; this may not be Understudy at all",
            )
        ]
    return [well(f"address: {url} is up, and refuses what Slack has not signed")]


async def check_machine(ward: Ward) -> list[Finding]:
    folder = ward.settings.data_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return [
        *disk_findings(ward.settings.data_dir, free, database=ward.settings.embedded),
        *zone_findings(),
        *model_findings(ward.settings),
    ]


async def check_address(ward: Ward) -> list[Finding]:
    url = public_url(ward.settings)
    if not url:
        return [
            note(
                "address: PUBLIC_URL is not set, so mails hold no links and nobody can install",
                "set it to where Slack reaches this, without a path",
            )
        ]
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        healthy = await _status(http, "GET", f"{url}/healthz")
        slack = await _status(http, "POST", f"{url}/slack/events") if healthy else None
    return address_findings(url, healthy, slack)


async def _status(http: aiohttp.ClientSession, method: str, url: str) -> int | None:
    try:
        async with http.request(method, url, allow_redirects=False) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
