"""Requests that no client of ours makes: other methods, huge and slow bodies, paths that climb,
headers given twice. And what every answer has to say in its headers."""

import ast
import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

from tests.security.door_cases import Keys, device, draft_link
from tests.security.rows import Tally, Trial
from tests.security.world import FORM, World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO")
HUGE = 3 * 1024 * 1024
INTERNALS = ("Traceback", "site-packages", "sqlalchemy", "asyncpg", "aiohttp/", 'File "', "Python/")
CLIMBING = (
    "/../../../../etc/passwd", "/act/../../metrics/..", "/act/..%2f..%2fmetrics", "/%2e%2e/metrics",
    "//metrics", "/act/%00", "/act/%0d%0aX-Injected:1", "/slack/events/", "/api/v1/../../metrics",
    "/api/v1/learning/%2e%2e/summary", "/api/v1", "/api/v2/learning/summary", "/.env",
    "/.git/config", "/static/../bot/config.py", "/act/" + "a/" * 500,
    "/?x=%ff%fe", "/act/x;y=z", "/ACT/x", "/%",
)  # fmt: skip
PAGES = (
    "/slack/install",
    "/slack/oauth_redirect",
    "/gmail/connect",
    "/gmail/oauth_redirect",
    "/act/x",
)
GUARDED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
}
SECRETS = {
    "signature", "secret", "csrf", "token_hash", "secret_hash", "state_hash", "browser_hash",
}  # fmt: skip


ALLOWED = {"services/letters/links.py"}
"""A token's spelling against itself, once its signature has been found good."""


async def odd_requests(keys: Keys, tally: Tally, routes: list[str], trial: Trial) -> None:
    world = keys.world
    paths = sorted({route.split(" ")[1].replace("{token}", "x") for route in routes})
    await _methods(world, tally, paths, {route.replace("{token}", "x") for route in routes})
    await _sizes(world, tally, paths)
    for path in CLIMBING:
        status, said = await _raw(world, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
        held = status in (301, 400, 401, 404) and "root:" not in said and "understudy_" not in said
        tally.add("a path that climbs or is malformed opens nothing", held=held,
                  fault=f"{path}: {status}")  # fmt: skip
    await _headers(keys, tally)
    await _answers(keys, tally, paths)
    await _slow(world, tally, trial.some(200, 20))
    for where in _plain_compares():
        tally.add("secrets are compared in constant time", held=False, fault=where)
    tally.add("secrets are compared in constant time", held=True)


async def _methods(world: World, tally: Tally, paths: list[str], known: set[str]) -> None:
    for path in paths:
        for method in METHODS:
            served = f"{method} {path}" in known
            if served or (
                method == "HEAD" and path in ("/healthz", "/readyz", "/metrics", "/act/x")
            ):
                continue
            status, said = await _raw(world, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n")
            held = status in (400, 401, 403, 404, 405) and not _tells(said)
            tally.add("another method is refused", held=held, fault=f"{method} {path}: {status}")


async def _sizes(world: World, tally: Tally, paths: list[str]) -> None:
    """Three megabytes at each, as one body and in chunks that never say how many are to come."""
    before = await world.stands()

    async def chunks() -> Iterator[bytes]:
        for _ in range(HUGE // 65536):
            yield b"x" * 65536

    for path in paths:
        for body in (io.BytesIO(b"x" * HUGE), chunks()):
            try:
                async with world.client.post(
                    path, data=body, headers={"Content-Type": FORM}
                ) as got:
                    status = got.status
            except (ConnectionError, OSError):
                status = 413  # hung up on in the middle of it
            tally.add("a huge body is refused, or left unread", held=200 < status < 500,
                      fault=f"{path}: {status}")  # fmt: skip
    tally.add("a huge body changes nothing", held=before == await world.stands())


async def _headers(keys: Keys, tally: Tally) -> None:
    world, path = keys.world, "/api/v1/learning/summary"
    good = (await keys.token("ada")).text
    bearer, case = f"Authorization: Bearer {good}", "an odd header opens nothing"
    for name, lines, right in (
        ("two of the same", f"{bearer}\r\n{bearer}", (401,)),
        ("two, the second good", f"Authorization: Bearer us_x\r\n{bearer}", (401,)),
        ("folded", f"Authorization:\r\n Bearer {good}", (400, 401)),
        ("a foreign tenant's name", f"{bearer}\r\nX-Tenant-ID: {world.theirs}", (403,)),
        ("two tenants' names", f"{bearer}\r\nX-Tenant-ID: {world.ours}\r\nX-Tenant-ID: x", (403,)),
        ("forwarded for", "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1", (401,)),
        ("another path in a header", "X-Original-URL: /healthz\r\nX-Rewrite-URL: /healthz", (401,)),
        ("another method in a header", "X-HTTP-Method-Override: DELETE", (401,)),
        ("20,000 letters", "X-Long: " + "x" * 20_000, (400, 401)),
        ("a thousand headers", "\r\n".join(f"X-{n}: 1" for n in range(1000)), (400, 401)),
        ("both lengths", "Content-Length: 5\r\nTransfer-Encoding: chunked", (400, 401)),
        ("a negative length", "Content-Length: -1", (400,)),
        ("two lengths", "Content-Length: 1\r\nContent-Length: 2", (400,)),
    ):
        status, said = await _raw(world, f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n")
        held = status in right and not _tells(said)
        tally.add(case, held=held, fault=f"{name}: {status} {said[:80]!r}")
    for host in ("evil.test", "", "x" * 5000, "127.0.0.1@evil.test", "a b"):
        asked = f"GET /slack/install HTTP/1.1\r\nHost: {host}\r\n\r\n"
        status, said = await _raw(world, asked)
        held = status in (200, 400) and "evil.test" not in said
        tally.add("the Host header is never believed", held=held, fault=f"{host[:30]}: {status}")


async def _answers(keys: Keys, tally: Tally, paths: list[str]) -> None:
    world = keys.world
    pages = [(path, {}) for path in PAGES]
    pages.append((f"/act/{draft_link(keys)}", await device(keys, "rita")))
    for path, headers in pages:
        async with world.client.get(path, headers=headers) as got:
            kept = {name: got.headers.get(name) for name in GUARDED}
            policy = got.headers.get("Content-Security-Policy", "")
            cookies = [str(one) for one in got.headers.getall("Set-Cookie", [])]
        tally.add(
            "pages are kept, framed and sniffed by nobody",
            held=kept == GUARDED,
            fault=f"{path}: {kept}",
        )
        held = "default-src 'none'" in policy and "unsafe-inline' script" not in policy
        tally.add("pages run no script and load nothing", held=held, fault=f"{path}: {policy}")
        for cookie in cookies:
            held = all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax"))
            tally.add("cookies: HttpOnly, Secure, SameSite", held=held, fault=f"{path}: {cookie}")
    for path in [*paths, "/nowhere"]:
        async with world.client.get(path, allow_redirects=False) as got:
            sniffed = got.headers.get("X-Content-Type-Options") == "nosniff"
            named = "aiohttp" in got.headers.get("Server", "")
            crossed = "Access-Control-Allow-Origin" in got.headers
        tally.add("every answer forbids sniffing", held=sniffed, fault=path)
        tally.add("no answer names what it runs on", held=not named, fault=path)
        tally.add("no answer lets other sites' pages read it", held=not crossed, fault=path)


async def _slow(world: World, tally: Tally, many: int) -> None:
    """Connections that say they will send something, and then say no more."""
    host, port = world.client.host, world.client.port
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"
    writers = []
    for _ in range(many):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(head)
        writers.append(writer)
    async with asyncio.timeout(20), world.client.get("/readyz") as got:
        held = got.status == 200
    tally.add(f"{many} bodies that never end hold up nobody else", held=held)
    for writer in writers:
        writer.close()


async def _raw(world: World, asked: str) -> tuple[int, str]:
    """One request, byte by byte as it stands: its status (400 when hung up on), and what came."""
    reader, writer = await asyncio.open_connection(world.client.host, world.client.port)
    writer.write(asked.encode("utf-8", "surrogateescape"))
    said = b""
    try:
        async with asyncio.timeout(10):
            said = await reader.readuntil(b"\r\n\r\n")
            said += await asyncio.wait_for(reader.read(4000), 0.05)
    except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    text = said.decode("utf-8", "replace")
    return (int(text.split(" ", 2)[1]) if text.startswith("HTTP/") else 400), text


def _tells(said: str) -> bool:
    """Internals in the body. What isn't HTTP at all is answered by the server library, in its own
    name."""
    return any(word in said.partition("\r\n\r\n")[2] for word in INTERNALS)


def _plain_compares() -> Iterator[str]:
    """Where something secret is compared with == in Python: how long that takes tells how much of
    it was right."""
    root = Path(__file__).resolve().parents[2]
    for folder in ("bot", "handlers", "services"):
        for file in sorted((root / folder).rglob("*.py")):
            if str(file.relative_to(root)) in ALLOWED:
                continue
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                    names = {_last(part) for part in (node.left, *node.comparators)}
                    if names & SECRETS:
                        yield f"{file.relative_to(root)}:{node.lineno}"


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
