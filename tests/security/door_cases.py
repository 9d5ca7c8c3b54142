"""What each route is tried with, and what it has to say to it. A route that isn't here fails the
matrix: add a line to `TABLE` with the route."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

from services.letters.links import Links, Purpose, SubjectLink
from services.letters.sign_in import device_cookie
from tests.security.google_key import Key
from tests.security.world import FORM, JSON, World

PUBLIC = "https://understudy.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One knock: with which credential, and the statuses that are right. `said` must stand in the
    answer, `unsaid` must not."""

    credential: str
    right: frozenset[int]
    path: str = ""
    """Instead of the route's own."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    said: str = ""
    unsaid: str = ""


@dataclass(kw_only=True)
class Keys:
    """The world, and what opens its doors."""

    world: World
    google: Key
    stranger: Key

    @property
    def links(self) -> Links:
        links: Links = self.world.product.services.acts.links
        return links

    async def token(self, name: str, *, days: int = 90) -> Any:
        member = self.world.people[name]
        tokens = self.world.product.services.api.tokens
        return await tokens.make_for(member.tenant_id, member.email, name="matrix", days=days)


Cases = Callable[[Keys, str], Awaitable[list[Try]]]


def _is(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)


async def _open(_keys: Keys, _path: str) -> list[Try]:
    """For everybody: it tells nothing worth keeping from anybody."""
    return [Try(credential="none wanted", right=_is(200)),
            Try(credential="a wrong one is ignored", right=_is(200),
                headers={"Authorization": "Bearer us_x"})]  # fmt: skip


# ── Slack ───────────────────────────────────────────────────────────────────────────────────────
async def _slack_events(keys: Keys, _path: str) -> list[Try]:
    world = keys.world
    command = {"command": "/understudy", "text": "help", "user_id": "U0RITA", "team_id": "T0OURS"}
    body = urlencode(command).encode()
    good = world.signed(body, FORM)
    stamp, mark = "X-Slack-Request-Timestamp", "X-Slack-Signature"
    now = int(good[stamp])
    old, ahead = {}, {}
    for kept, moved in ((old, -301), (ahead, 301)):
        world.product.clock.move(timedelta(seconds=moved))
        kept.update(world.signed(body, FORM))
        world.product.clock.move(timedelta(seconds=-moved))
    wrong = {
        "none": {"Content-Type": FORM},
        "a wrong signature": good | {mark: "v0=" + "0" * 64},
        "another body's": world.signed(body + b" ", FORM),
        "malformed": good | {mark: "v0=é"},
        "malformed: another version": good | {mark: good[mark].replace("v0=", "v1=")},
        "malformed: the time in words": good | {stamp: "yesterday"},
        "malformed: a huge time": good | {stamp: "9" * 400},
        "expired": old,
        "from the future": ahead,
        "the right one at another second": good | {stamp: str(now + 1)},
        "a bearer token instead": {"Authorization": f"Bearer {(await keys.token('ada')).text}"},
    }
    tries = [Try(credential=name, right=_is(401), headers=headers, body=body)
             for name, headers in wrong.items()]  # fmt: skip
    foreign = urlencode(command | {"team_id": "T0THEIRS"}).encode()
    return [
        *tries,
        Try(credential="right", right=_is(200), headers=good, body=body, said="Understudy"),
        Try(credential="replayed within five minutes: the same answer again", right=_is(200),
            headers=good, body=body),
        Try(credential="right, our person in another tenant's name", right=_is(200), body=foreign,
            headers=world.signed(foreign, FORM), unsaid="What Understudy can do"),
    ]  # fmt: skip


async def _install(_keys: Keys, _path: str) -> list[Try]:
    return [Try(credential="none wanted: anybody may begin", right=_is(200)),
            Try(credential="a wrong team is no team", right=_is(200),
                path="/slack/install?team=%00")]  # fmt: skip


async def _slack_return(keys: Keys, path: str) -> list[Try]:
    state, cookies = await begun_install(keys)
    mine = {"Cookie": cookies}
    query = f"{path}?code=c&state="
    good = query + quote(state)
    return [
        Try(credential="none", right=_is(403)),
        Try(credential="wrong", right=_is(410, 403), path=query + "i-" + "x" * 43, headers=mine),
        Try(credential="malformed", right=_is(403, 410), path=query + quote("\0\ud7ff" * 99)),
        Try(credential="another browser's", right=_is(410), path=good),
        Try(credential="right; Slack is away", right=_is(503), path=good, headers=mine),
        Try(credential="replayed", right=_is(410), path=good, headers=mine),
    ]  # fmt: skip


async def begun_install(keys: Keys) -> tuple[str, str]:
    """A state as Slack would bring it back, and the cookie of its browser."""
    async with keys.world.client.get("/slack/install") as response:
        page = await response.text()
        cookie = "; ".join(f"{m.key}={m.value}" for m in response.cookies.values())
    found = page.split("state=", 1)[1].split("&", 1)[0].split('"', 1)[0]
    return found.replace("%3A", ":"), cookie


# ── Gmail ───────────────────────────────────────────────────────────────────────────────────────
async def _push(keys: Keys, _path: str) -> list[Try]:
    good, now = keys.google.token(), 1_600_000_000
    head, claims, _ = good.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    body = json.dumps({"message": {"data": "e30"}}).encode()
    tokens = {
        "none": None,
        "malformed": "x.y.z",
        "malformed: no dots": "x" * 5000,
        "wrong: another key": keys.stranger.token(kid=keys.google.name),
        "wrong: another key, by its own name": keys.stranger.token(),
        "wrong: no signature": f"{head}.{claims}.",
        "wrong: alg none": f"{none}.{claims}.",
        "wrong: another audience": keys.google.token(aud="https://elsewhere.test/gmail/push"),
        "wrong: another issuer": keys.google.token(iss="https://evil.test"),
        "wrong: another service account": keys.google.token(email="x@evil.test"),
        "wrong: an unverified address": keys.google.token(email_verified=False),
        "wrong: verified in words": keys.google.token(email_verified="true"),
        "expired": keys.google.token(iat=now, exp=now + 600),
        "not yet": keys.google.token(iat=4_000_000_000, exp=4_000_000_600),
    }
    tries = [
        Try(credential=name, right=_is(401), body=body,
            headers={"Authorization": f"Bearer {token}"} if token else {})
        for name, token in tokens.items()
    ]  # fmt: skip
    right = {"Authorization": f"Bearer {good}"}
    return [
        *tries,
        Try(credential="wrong: Basic", right=_is(401), headers={"Authorization": "Basic eDp4"}),
        Try(credential="right", right=_is(204), headers=right, body=body),
        Try(credential="replayed: a hint again", right=_is(204), headers=right, body=body),
    ]


async def _connect(keys: Keys, path: str) -> list[Try]:
    links = keys.world.product.services.connecting.links
    own = urlsplit(links.url(keys.world.ours, keys.world.people["rita"].id, "own")).query
    gone = urlsplit(links.url(keys.world.ours, keys.world.people["lea"].id, "own")).query
    system = urlsplit(links.url(keys.world.ours, keys.world.people["rita"].id, "system")).query
    theirs = urlsplit(links.url(keys.world.theirs, keys.world.people["rita"].id, "own")).query
    keys.world.product.clock.move(-timedelta(hours=2))
    old = urlsplit(links.url(keys.world.ours, keys.world.people["rita"].id, "own")).query
    keys.world.product.clock.move(timedelta(hours=2))
    return [
        Try(credential="none", right=_is(400)),
        Try(credential="wrong", right=_is(400), path=f"{path}?{own[:-4]}AAAA"),
        Try(credential="malformed", right=_is(400), path=f"{path}?link=%00%ff{'x' * 3000}"),
        Try(credential="expired", right=_is(410), path=f"{path}?{old}"),
        Try(credential="of a member who has left", right=_is(403), path=f"{path}?{gone}"),
        Try(credential="of a rep, for the workspace's mailbox", right=_is(403),
            path=f"{path}?{system}"),
        Try(credential="our member in another tenant", right=_is(403), path=f"{path}?{theirs}"),
        Try(credential="right", right=_is(302), path=f"{path}?{own}"),
    ]  # fmt: skip


async def _google_return(keys: Keys, path: str) -> list[Try]:
    links = keys.world.product.services.connecting.links
    own = urlsplit(links.url(keys.world.ours, keys.world.people["rita"].id, "own")).query
    async with keys.world.client.get(f"/gmail/connect?{own}", allow_redirects=False) as response:
        state = parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]
        cookie = "; ".join(f"{m.key}={m.value}" for m in response.cookies.values())
    mine, query = {"Cookie": cookie}, f"{path}?code=c&state="
    return [
        Try(credential="none", right=_is(400)),
        Try(credential="wrong", right=_is(400), path=f"{query}{state[:-4]}AAAA", headers=mine),
        Try(credential="malformed", right=_is(400), path=f"{query}%00%ff", headers=mine),
        Try(credential="another browser's", right=_is(400), path=query + state),
        Try(credential="right; Google is away", right=_is(503), path=query + state, headers=mine),
        Try(credential="replayed", right=_is(400), path=query + state, headers=mine),
    ]


# ── Links in mails ──────────────────────────────────────────────────────────────────────────────
def draft_link(keys: Keys, **changes: Any) -> str:
    world = keys.world
    fields = {
        "purpose": Purpose.DRAFT,
        "tenant_id": world.ours,
        "member_id": world.people["rita"].id,
        "subject_id": world.ids["actions"][-1],
        "expires_at": world.product.clock.now() + timedelta(days=1),
    }
    return keys.links.write_subject(SubjectLink(**(fields | changes)))


async def device(keys: Keys, name: str) -> dict[str, str]:
    """A browser that has been signed in as this person before."""
    world, member = keys.world, keys.world.people[name]
    cookie = await world.product.services.acts.devices.add(member.tenant_id, member.id)
    return {"Cookie": f"{device_cookie(member.tenant_id)}={cookie}"}


TEXT = "Here is the report."


async def _look_at_link(keys: Keys, _path: str) -> list[Try]:
    at, now = "/act/", keys.world.product.clock.now()
    good = draft_link(keys)
    theirs = draft_link(keys, subject_id=keys.world.foreign["actions"][0])
    forged = Links(keys=(b"k" * 32,)).write_subject(
        SubjectLink(purpose=Purpose.DRAFT, tenant_id=keys.world.ours,
                    member_id=keys.world.people["rita"].id, subject_id=uuid4(), expires_at=now)
    )  # fmt: skip
    return [
        Try(credential="wrong", right=_is(404), path=f"{at}{good[:-4]}AAAA"),
        Try(credential="signed with another key", right=_is(404), path=at + forged),
        Try(credential="malformed", right=_is(404), path=f"{at}%00%ff"),
        Try(credential="malformed: huge", right=_is(404), path=at + "x" * 6000),
        Try(credential="expired", right=_is(410),
            path=at + draft_link(keys, expires_at=now - timedelta(days=1)), unsaid=TEXT),
        Try(credential="another tenant's subject", right=_is(404), path=at + theirs, unsaid=TEXT),
        Try(credential="right, on no known device", right=_is(200), path=at + good, unsaid=TEXT),
        Try(credential="forwarded to a colleague", right=_is(403), path=at + good, unsaid=TEXT,
            headers=await device(keys, "ray")),
        Try(credential="forwarded into another workspace", right=_is(200), path=at + good,
            unsaid=TEXT, headers=await device(keys, "sven")),
        Try(credential="right, on its person's device", right=_is(200), path=at + good, said=TEXT,
            headers=await device(keys, "rita")),
    ]  # fmt: skip


async def _act_on_link(keys: Keys, _path: str) -> list[Try]:
    good = f"/act/{draft_link(keys)}"
    own, form = await device(keys, "rita"), {"Content-Type": FORM}
    other = await device(keys, "ray")
    async with keys.world.client.get(good, headers=own) as response:
        csrf = (await response.text()).split('name="csrf" value="', 1)[1].split('"', 1)[0]
    right = urlencode({"csrf": csrf, "choice": "approve"}).encode()
    cross = {"Sec-Fetch-Site": "cross-site"}
    tries = {
        "none: no device": (form, right),
        "wrong: no form token": (form | own, b"choice=approve"),
        "wrong: another form token": (form | own, b"choice=approve&csrf=" + b"x" * 60),
        "forwarded: a colleague's device": (form | other, right),
        "from another site's page": (form | own | cross, right),
        "as JSON": (own | {"Content-Type": JSON}, right),
        "malformed": (form | own, b"\xff\x00&&=;" * 50),
    }
    return [
        Try(credential="wrong link", right=_is(404), path="/act/x", headers=form | own, body=right),
        *(Try(credential=name, right=_is(403, 409, 422), path=good, headers=headers, body=body)
          for name, (headers, body) in tries.items()),
        Try(credential="right", right=_is(200), path=good, headers=form | own, body=right),
        Try(credential="replayed: shows what came of it", right=_is(200, 403, 409), path=good,
            headers=form | own, body=right),
    ]  # fmt: skip


# ── The API ─────────────────────────────────────────────────────────────────────────────────────
async def _dead_tokens(keys: Keys) -> dict[str, str]:
    """Tokens that were good once."""
    world = keys.world
    tokens = world.product.services.api.tokens
    revoked = (await keys.token("mona")).text
    for line in await tokens.list_of(world.ours):
        if line.name == "matrix" and line.member == world.people["mona"].name:
            await tokens.revoke_of(world.ours, line.token_id)
    world.product.clock.move(-timedelta(days=2))
    expired = (await keys.token("vera", days=1)).text
    world.product.clock.move(timedelta(days=2))
    gone = "update members set active = :active where id = :id"
    who = world.people["lea"].id
    await world.product.write(world.ours, gone, active=True, id=who)
    left = (await keys.token("lea")).text
    await world.product.write(world.ours, gone, active=False, id=who)
    return {"revoked": revoked, "expired": expired, "of a member who has left": left}


async def _bearer(keys: Keys, path: str, right: frozenset[int], **more: Any) -> list[Try]:
    world = keys.world
    good, theirs = (await keys.token("ada")).text, (await keys.token("bea")).text
    dead = await _dead_tokens(keys)
    last = "A" if good[-1] != "A" else "Q"
    bad: dict[str, Mapping[str, str]] = {
        "none": {},
        "wrong": {"Authorization": f"Bearer us_{'A' * 64}"},
        "wrong: one letter": {"Authorization": f"Bearer {good[:-6]}{last * 6}"},
        "malformed": {"Authorization": "Bearer us_\xe9"},
        "malformed: huge": {"Authorization": f"Bearer us_{'x' * 6000}"},
        "wrong scheme": {"Authorization": f"Basic {good}"},
        "in a cookie": {"Cookie": f"Authorization=Bearer {good}; token={good}"},
        **{name: {"Authorization": f"Bearer {text}"} for name, text in dead.items()},
    }
    asked = f"{path}?access_token={good}&token={good}&Authorization=Bearer%20{good}"
    with_it = {"Authorization": f"Bearer {good}"}
    abroad = {"Authorization": f"Bearer {theirs}", "X-Tenant-ID": str(world.ours)}
    kept = dict(more.pop("headers", {}))
    return [
        *(Try(credential=name, right=_is(401), path=path, headers=kept | dict(headers), **more)
          for name, headers in bad.items()),
        Try(credential="in the query string", right=_is(401), path=asked, headers=kept, **more),
        Try(credential="another tenant's, for ours", right=_is(403), path=path,
            headers=kept | abroad, **more),
        Try(credential="right", right=right, path=path, headers=kept | with_it, **more),
        Try(credential="right, again", right=right, path=path, headers=kept | with_it, **more),
    ]  # fmt: skip


async def _read_api(keys: Keys, path: str) -> list[Try]:
    return await _bearer(keys, path, frozenset({200}))


async def _write_api(keys: Keys, path: str) -> list[Try]:
    """The body names an action of ours: another tenant's token doesn't find it."""
    word = {"target": "decision", "target_id": str(keys.world.ids["actions"][-1]), "rating": 1}
    body, headers = json.dumps(word).encode(), {"Content-Type": JSON}
    theirs = {"Authorization": f"Bearer {(await keys.token('bea')).text}"}
    return [
        *await _bearer(keys, path, frozenset({200, 204, 202}), body=body, headers=headers),
        Try(credential="another tenant's, about ours", right=_is(404), path=path, body=body,
            headers=headers | theirs),
    ]  # fmt: skip


TABLE: Mapping[str, Cases] = {
    "GET /healthz": _open,
    "GET /readyz": _open,
    "GET /metrics": _open,
    "POST /slack/events": _slack_events,
    "GET /slack/install": _install,
    "GET /slack/oauth_redirect": _slack_return,
    "POST /gmail/push": _push,
    "GET /gmail/connect": _connect,
    "GET /gmail/oauth_redirect": _google_return,
    "GET /act/{token}": _look_at_link,
    "POST /act/{token}": _act_on_link,
    "GET /api/v1/learning/summary": _read_api,
    "GET /api/v1/learning/calibration": _read_api,
    "GET /api/v1/learning/stream": _read_api,
    "POST /api/v1/learning/feedback": _write_api,
}
