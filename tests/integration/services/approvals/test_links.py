"""/act/{token} over real HTTP: looking changes nothing, deciding takes the link's own person."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.web import build_web
from db.models.approvals import ApprovalRequest, Device, SignIn
from db.models.approvals import ApprovalSeat as Seat
from db.models.customers import Deal
from db.models.tenants import Member
from db.session import Database
from handlers.acting import acting_routes, return_route, sign_in_return
from services.approvals.token_use import Decider
from services.errors import Conflict, TransientError
from services.letters.links import Link
from services.letters.sign_in import device_cookie
from services.ports import ChatPerson
from services.types.approvals import Decided, Seen, Surface, VoteChoice
from tests import factories as make
from tests.integration.services.approvals.mail_desk import MailDesk, link_of

REASON = "They renew early"
SCANNER = {"User-Agent": "Mail-Scanner/1.0", "Sec-Fetch-Site": "none"}


@dataclass
class Page:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def says(self) -> str:
        """What a person reads."""
        bare = re.sub(r"<style>.*?</style>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(bare).split())

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, self.says
        return html.unescape(found[1])


@dataclass
class Browser:
    """Somebody's browser: keeps its cookies, follows nothing by itself."""

    session: aiohttp.ClientSession
    base: str
    desk: MailDesk
    calls: list[str] = field(default_factory=list)

    async def open(self, path: str, method: str = "GET", **kwargs) -> Page:
        url = self.base + path
        async with self.session.request(method, url, allow_redirects=False, **kwargs) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))

    async def look(self, token: str, query: str = "") -> Page:
        return await self.open(f"/act/{token}{query}")

    async def send(self, token: str, query: str = "", **fields: str) -> Page:
        return await self.open(f"/act/{token}{query}", "POST", data=fields)

    async def begin(self, token: str, query: str = "") -> str:
        """Press Sign in with Slack; the address the page leads on to."""
        page = await self.send(token, query, do="sign_in")
        found = re.search(r'href="([^"]+)" rel="noreferrer"', page.text)
        assert found, page.says
        return html.unescape(found[1])

    async def come_back(self, url: str, code: str, state: str = "") -> Page:
        given = parse_qs(urlsplit(url).query)
        params = {"state": state or given["state"][0], "code": code}
        return await self.open("/slack/oauth_redirect", params=params)

    async def sign_in(self, token: str, name: str = "victor", query: str = "") -> Page:
        """The whole way round through Slack, as this person."""
        url = await self.begin(token, query)
        person = self.desk.people[name]
        code = self.desk.sign_in.come_back(
            url, team_id=await self.desk.team_id(), user_id=person.slack_user_id
        )
        return await self.come_back(url, code)

    async def decide(self, token: str, choice: str = "approve", **fields: str) -> Page:
        page = await self.look(token, f"?choice={choice}")
        given = {"do": "decide", "csrf": page.field("csrf"), "choice": choice, "reason": REASON}
        return await self.send(token, **(given | fields))


@pytest.fixture
async def desk(database: Database) -> MailDesk:
    return await MailDesk(database).open()


@pytest.fixture
async def server(desk: MailDesk) -> AsyncIterator[TestServer]:
    async with _served(desk) as server:
        yield server


def _served(desk: MailDesk, *, secure: bool = False) -> TestServer:
    async def ready() -> bool:
        return True

    ways = sign_in_return(desk.acts, secure=secure)
    routes = [*acting_routes(desk.acts, secure=secure), return_route(ways)]
    return TestServer(
        build_web(
            slack=None, signing_secret=None, clock=desk.clock, ready=ready, extra_routes=routes
        )
    )


@pytest.fixture
async def browsers(desk: MailDesk, server: TestServer) -> AsyncIterator[list[Browser]]:
    """Two people's browsers."""
    made = [
        Browser(
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)),
            str(server.make_url("")).rstrip("/"),
            desk,
        )
        for _ in range(2)
    ]
    yield made
    for browser in made:
        await browser.session.close()


@pytest.fixture
def browser(browsers: list[Browser]) -> Browser:
    return browsers[0]


@pytest.fixture
async def token(desk: MailDesk) -> str:
    return link_of(await desk.write_to("victor"))


# ── Looking ─────────────────────────────────────────────────────────────────────────────────────
async def test_a_scanner_that_fetches_every_link_decides_nothing(
    desk: MailDesk, browser: Browser, token: str
):
    before = await _state(desk)
    for query in ("", "?choice=approve", "?choice=reject&reason=x&csrf=y&do=decide"):
        for method in ("GET", "HEAD", "GET"):
            page = await browser.open(f"/act/{token}{query}", method, headers=SCANNER)
            assert page.status == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert (await browser.open(f"/act/{token}", method)).status == 405
    assert await _state(desk) == before
    assert await desk.untouched()
    # And for the person signed in nothing happens by looking either.
    await browser.sign_in(token)
    for method in ("GET", "HEAD"):
        page = await browser.open(f"/act/{token}?choice=approve", method)
        assert page.status == 200
    assert await desk.untouched()


async def _state(desk: MailDesk) -> tuple:
    asked, (mail,) = await desk.asked(), await desk.mails()
    return asked.status, mail.used_at, mail.status, await desk.rows(Device), await desk.refused()


async def test_without_a_device_only_the_title_is_told(browser: Browser, token: str):
    page = await browser.look(token)
    assert "10 % discount for Acme" in page.says
    assert "Sign in with Slack" in page.says
    for secret in ("They have a better offer", "Rita", "VP of sales", "csrf", "Approve"):
        assert secret not in page.text


async def test_with_a_device_everything_is_shown(browser: Browser, token: str):
    back = await browser.sign_in(token)
    assert (back.status, back.headers["Location"]) == (303, f"/act/{token}")
    page = await browser.look(token, "?choice=reject")
    assert page.status == 200
    for words in ("They have a better offer", "Rita Example asks you", "VP of sales", "Too much"):
        assert words in page.says
    assert 'value="reject" required checked' in page.text
    assert 'value="approve" required checked' not in page.text


@pytest.mark.parametrize(("chosen", "kept"), [("reject", "?choice=reject"), ("x&y", "")])
async def test_the_mails_choice_survives_signing_in(
    browser: Browser, token: str, chosen: str, kept: str
):
    back = await browser.sign_in(token, query=f"?choice={chosen}")
    assert back.headers["Location"] == f"/act/{token}{kept}"


async def test_the_page_is_kept_nowhere_and_framed_nowhere(browser: Browser, token: str):
    for page in (await browser.look(token), await browser.look("x"), await browser.sign_in(token)):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Frame-Options"] == "DENY"
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script-src" not in policy
        assert "<script" not in page.text


async def test_what_people_write_stays_words(database: Database):
    desk = await MailDesk(database).open(reason="<script>alert(1)</script>")
    token = link_of(await desk.write_to("victor"))
    async with _served(desk) as server:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            browser = Browser(session, str(server.make_url("")).rstrip("/"), desk)
            await browser.sign_in(token)
            page = await browser.look(token)
            assert "<script" not in page.text
            assert "<script>alert(1)</script>" in page.says or "alert(1)" in page.text
            wrong = await browser.decide(token, reason='"><script>x</script>', choice="none")
            assert wrong.status == 422
            assert "<script" not in wrong.text


# ── Deciding ────────────────────────────────────────────────────────────────────────────────────
async def test_deciding_and_doing_it_again(desk: MailDesk, browser: Browser, token: str):
    await browser.sign_in(token)
    desk.clock.move(timedelta(seconds=90))
    page = await browser.look(token)
    fields = {"do": "decide", "csrf": page.field("csrf"), "choice": "approve", "reason": REASON}
    first = await browser.send(token, **fields, conditions="Six months\nPaid yearly")
    assert first.status == 200
    assert "You approved this." in first.says
    asked = await desk.asked()
    assert (asked.status, asked.settled_surface, asked.conditions) == (
        "approved",
        "link",
        ["Six months", "Paid yearly"],
    )
    (vote,) = await desk.votes()
    assert (vote.surface, vote.reason, vote.seconds) == ("link", REASON, 90)
    # The same form once more, and the other choice: what came of it the first time.
    again = await browser.send(token, **fields)
    other = await browser.send(token, **(fields | {"choice": "reject"}))
    assert [again.status, other.status] == [200, 200]
    assert "You approved this." in again.says
    assert "You approved this." in other.says
    assert len(await desk.votes()) == 1
    page = await browser.look(token)
    assert page.status == 410
    assert "This link has been used" in page.says
    assert "Victor Example approved this" in page.says


async def test_a_thumb_that_trembles_decides_once(desk: MailDesk, browser: Browser, token: str):
    await browser.sign_in(token)
    page = await browser.look(token)
    base = {"do": "decide", "csrf": page.field("csrf"), "reason": REASON}
    pages = await asyncio.gather(
        *(
            browser.send(token, choice=choice, **base)
            for choice in ("approve", "reject", "approve", "reject", "approve")
        )
    )
    assert {page.status for page in pages} == {200}
    assert len({page.says for page in pages}) == 1
    assert len(await desk.votes()) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"choice": ""}, "Choose to approve or to reject"),
        ({"choice": "maybe"}, "Choose to approve or to reject"),
        ({"reason": " ", "preset": ""}, "Say why"),
        ({"reason": "x" * 600}, "under 500"),
        ({"choice": "reject", "conditions": "paid yearly"}, "go with an approval"),
        ({"conditions": "\n".join("abcdefghijkl")}, "At most 10"),
    ],
)
async def test_a_form_that_is_wrong_comes_back(
    desk: MailDesk, browser: Browser, token: str, fields: dict[str, str], words: str
):
    await browser.sign_in(token)
    page = await browser.decide(token, **fields)
    assert page.status == 422
    assert words in page.says
    assert await desk.untouched()
    good = await browser.send(
        token, do="decide", csrf=page.field("csrf"), choice="approve", preset="Strategic account"
    )
    assert good.status == 200
    assert (await desk.votes())[0].reason == "Strategic account"


class Stumbling:
    """Fails first, then decides."""

    def __init__(self, inner: Decider) -> None:
        self.inner = inner
        self.trouble: list[Exception] = [TransientError("The database is away."), RuntimeError("x")]

    async def decide(self, *args, **kwargs) -> Decided:
        if self.trouble:
            raise self.trouble.pop(0)
        return await self.inner.decide(*args, **kwargs)


async def test_a_failure_uses_nothing_up(database: Database):
    desk = await MailDesk(database, wrap=Stumbling).open()
    token = link_of(await desk.write_to("victor"))
    async with _served(desk) as server:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            browser = Browser(session, str(server.make_url("")).rstrip("/"), desk)
            await browser.sign_in(token)
            for _ in range(2):
                page = await browser.decide(token)
                assert page.status == 503
                assert "othing was decided" in page.says
                assert await desk.untouched()
            assert (await browser.decide(token)).status == 200
            assert (await desk.asked()).status == "approved"


# ── Who may not ─────────────────────────────────────────────────────────────────────────────────
async def test_a_form_from_elsewhere_decides_nothing(
    desk: MailDesk, browsers: list[Browser], token: str
):
    mine, other = browsers
    await mine.sign_in(token)
    await other.sign_in(token)
    csrf = (await mine.look(token)).field("csrf")
    good = {"do": "decide", "csrf": csrf, "choice": "approve", "reason": REASON}
    # Another device's form, none, a forged one, another site's, and no form at all.
    assert (await other.send(token, **good)).status == 403
    for wrong in ("", "x", csrf[:-2] + "AA", (await other.look(token)).field("csrf")):
        assert (await mine.send(token, **(good | {"csrf": wrong}))).status == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert (await mine.open(f"/act/{token}", "POST", data=good, headers=cross)).status == 403
    assert (await mine.open(f"/act/{token}", "POST", json=good)).status == 403
    assert (await mine.open(f"/act/{token}", "POST", data=b"\xff" * 100)).status == 403
    assert await desk.untouched()
    # A form of one link is worth nothing on another.
    second = link_of(await desk.write_to("victor", kind="reminder"))
    assert (await mine.send(second, **good)).status == 403
    assert await desk.untouched()
    assert {fact["why"] for fact in await desk.refused()} == {"form"}


async def test_a_forwarded_link_cant_act(desk: MailDesk, browsers: list[Browser], token: str):
    """Attack 3: Rita has Victor's mail, and signs in as herself."""
    victor, rita = browsers
    assert (await rita.send(token, do="decide", choice="approve", reason=REASON)).status == 403
    back = await rita.sign_in(token, "rita")
    assert back.status == 403
    assert "was made for Victor Example" in back.says
    assert "Acme" not in back.says
    assert await desk.rows(Device) == []
    assert await desk.untouched()
    facts = await desk.refused()
    assert [fact["why"] for fact in facts] == ["no device", "another person"]
    assert {fact["made_for"] for fact in facts} == {str(desk.people["victor"].id)}
    await victor.sign_in(token)
    assert (await victor.decide(token)).status == 200


async def test_another_persons_device_is_told_whose_link_it_is(
    desk: MailDesk, browsers: list[Browser], token: str
):
    other, _ = browsers
    await desk.change((await desk.rows(Seat))[0], holder_id=desk.people["dana"].id)
    danas = link_of(await desk.write_to("dana"))
    await desk.change((await desk.rows(Seat))[0], holder_id=desk.people["victor"].id)
    await other.sign_in(danas, "dana")
    for page in (
        await other.look(token),
        await other.send(token, do="decide", csrf="x", choice="approve", reason=REASON),
        await other.send(token, do="sign_in"),
    ):
        assert page.status == 403
        assert "was made for Victor Example and works for nobody else" in page.says
        assert "Acme" not in page.text
    assert await desk.untouched()
    assert {fact["why"] for fact in await desk.refused()} == {"another person"}


async def test_links_that_are_none(desk: MailDesk, browser: Browser, token: str):
    (mail,) = await desk.mails()
    made = desk.links.read(token)
    others = [
        "x",
        token[:-1],
        token[:-4] + "AAAA",
        token.replace(".", "-"),
        "%00%ff",
        "a" * 5000,
        # Signed by us, but of no mail: another secret, another mail, another tenant's.
        desk.links.write(Link(tenant_id=desk.tenant, mail_id=mail.id, secret=b"x" * 32)),
        desk.links.write(Link(tenant_id=desk.tenant, mail_id=desk.ids.new(), secret=made.secret)),
        desk.links.write(Link(tenant_id=desk.ids.new(), mail_id=mail.id, secret=made.secret)),
    ]
    for other in others:
        for method in ("GET", "HEAD", "POST"):
            page = await browser.open(
                f"/act/{other}", method, data={} if method == "POST" else None
            )
            assert page.status == 404, other
            assert "Acme" not in page.text
    assert await desk.untouched()
    assert {fact["why"] for fact in await desk.refused()} == {"unknown"}


async def test_another_tenants_link_and_device(
    desk: MailDesk, browser: Browser, token: str, database: Database
):
    """Somebody of another workspace, signed in there, on a link of this one."""
    other = MailDesk(database, vault=desk.vault, sign_in=desk.sign_in)
    await other.open()
    theirs = link_of(await other.write_to("victor"))
    url = await browser.begin(theirs)
    code = desk.sign_in.come_back(
        url,
        team_id=await other.team_id(),
        user_id=other.people["victor"].slack_user_id,
    )
    assert (await browser.come_back(url, code)).status == 303
    page = await browser.look(token)
    assert "Sign in with Slack" in page.says
    # Their cookie under our name is theirs all the same.
    ours = device_cookie(desk.tenant)
    cookie = await other.devices.add(other.tenant, other.people["victor"].id)
    for method in ("GET", "POST"):
        answer = await browser.open(f"/act/{token}", method, headers={"Cookie": f"{ours}={cookie}"})
        assert "csrf" not in answer.text
    assert await desk.untouched()
    # And signing in there for a link of ours makes no device of ours.
    url = await browser.begin(token)
    code = desk.sign_in.come_back(
        url,
        team_id=await other.team_id(),
        user_id=desk.people["victor"].slack_user_id,
    )
    back = await browser.come_back(url, code)
    assert back.status == 403
    assert "another workspace" in back.says
    assert await desk.rows(Device) == []


# ── Too late ────────────────────────────────────────────────────────────────────────────────────
async def test_an_expired_link(desk: MailDesk, browser: Browser, token: str):
    await browser.sign_in(token)
    csrf = (await browser.look(token)).field("csrf")
    (mail,) = await desk.mails()
    await desk.change(mail, expires_at=desk.clock.now())
    good = {"do": "decide", "csrf": csrf, "choice": "approve", "reason": REASON}
    for page in (await browser.look(token), await browser.send(token, **good)):
        assert page.status == 410
        assert "has expired" in page.says
    assert await desk.untouched()
    assert [fact["why"] for fact in await desk.refused()] == ["expired"]


async def test_a_settled_request(desk: MailDesk, browsers: list[Browser], token: str):
    browser, stranger = browsers
    await browser.sign_in(token)
    csrf = (await browser.look(token)).field("csrf")
    await desk.change(
        await desk.asked(),
        status="rejected",
        settled_at=desk.clock.now(),
        settled_by=desk.people["dana"].id,
        settled_surface="slack",
        settled_reason="Too much",
    )
    good = {"do": "decide", "csrf": csrf, "choice": "approve", "reason": REASON}
    for page in (await browser.look(token), await browser.send(token, **good)):
        assert page.status == 409
        assert "Dana Example rejected this" in page.says
        assert "Too much" in page.says
    page = await stranger.look(token)
    assert page.status == 409
    assert "Dana" not in page.text
    assert "Acme" not in page.text
    assert await desk.votes() == []


async def test_a_deal_that_moved_voids_instead(desk: MailDesk, browser: Browser, token: str):
    await browser.sign_in(token)
    page = await browser.look(token)
    (deal,) = await desk.rows(Deal)
    await desk.change(deal, stage="negotiation")
    good = {"do": "decide", "csrf": page.field("csrf"), "choice": "approve", "reason": REASON}
    first, again = await browser.send(token, **good), await browser.send(token, **good)
    assert [first.status, again.status] == [409, 409]
    assert "doesn't count" in first.says
    assert "doesn't count" in again.says
    assert await desk.votes() == []


async def test_the_same_token_by_mail_and_by_link_decides_once(desk: MailDesk, browser: Browser):
    await desk.connect()
    mail = await desk.write_to("victor")
    token = link_of(mail)
    await browser.sign_in(token)
    csrf = (await browser.look(token)).field("csrf")
    await desk.reply(mail, "Reject because it is too much")
    good = {"do": "decide", "csrf": csrf, "choice": "approve", "reason": REASON}
    page = await browser.send(token, **good)
    assert "You rejected this." in page.says
    assert [(vote.choice, vote.surface) for vote in await desk.votes()] == [("reject", "reply")]


async def test_link_reply_and_slack_at_once_decide_once(desk: MailDesk, browser: Browser):
    """Two may decide, in three ways, fifteen times at the same moment."""
    await desk.connect()
    async with desk.database.transaction(desk.tenant) as tx:
        asked = await tx.session.get(ApprovalRequest, (desk.tenant, desk.request))
        await make.make_seat(tx, asked, holder=desk.people["dana"], number=2)
    mail = await desk.write_to("victor")
    token = link_of(mail)
    await browser.sign_in(token)
    form = {"do": "decide", "csrf": (await browser.look(token)).field("csrf"), "reason": REASON}
    work, desk.work = desk.work, _nobody_works
    await desk.reply(mail, "Reject because it is too much")
    desk.work = work

    async def in_slack(number: int) -> str:
        try:
            decided = await desk.use.decisions.decide(
                desk.actor("dana"),
                desk.request,
                choice=VoteChoice.REJECT if number % 2 else VoteChoice.APPROVE,
                reason=REASON,
                conditions=(),
                seen=Seen(payload_hash=asked.payload_hash, rule_version=asked.rule_version),
                surface=Surface.SLACK,
                command_id=f"click-{number}",
            )
        except Conflict as late:
            return str(late)
        return decided.sentence

    async def by_link(number: int) -> str:
        page = await browser.send(token, choice="reject" if number % 2 else "approve", **form)
        assert page.status in {200, 409}, page.says
        return page.says

    told = await asyncio.gather(
        *(in_slack(number) for number in range(7)),
        *(by_link(number) for number in range(7)),
        desk.work(),
    )
    asked = await desk.asked()
    (vote,) = await desk.votes()
    assert asked.status == {"approve": "approved", "reject": "rejected"}[vote.choice]
    assert (asked.settled_by, asked.settled_surface) == (vote.member_id, vote.surface)
    for words in told[:-1]:
        assert "approved" in words or "rejected" in words, words
    assert (await desk.events())[-1].status == "done"


async def _nobody_works() -> None:
    """The worker is busy."""


# ── Signing in ──────────────────────────────────────────────────────────────────────────────────
async def test_a_device_is_made_once_and_serves_other_links(
    desk: MailDesk, browser: Browser, token: str
):
    await browser.sign_in(token)
    reminder = link_of(await desk.write_to("victor", kind="reminder"))
    assert "csrf" in (await browser.look(reminder)).text
    (device,) = await desk.rows(Device)
    assert device.member_id == desk.people["victor"].id
    assert device.expires_at == desk.clock.now() + timedelta(days=90)


@pytest.mark.parametrize("how", ["expired", "revoked", "left", "forged"])
async def test_a_device_that_counts_no_more(desk: MailDesk, browser: Browser, token: str, how: str):
    await browser.sign_in(token)
    csrf = (await browser.look(token)).field("csrf")
    (device,) = await desk.rows(Device)
    if how == "expired":
        await desk.change(device, expires_at=desk.clock.now())
    elif how == "revoked":
        assert await desk.devices.revoke(desk.tenant, desk.people["victor"].id) == 1
    elif how == "left":
        await desk.change(desk.people["victor"], active=False)
    else:
        await desk.change(device, secret_hash=b"another")
    good = {"do": "decide", "csrf": csrf, "choice": "approve", "reason": REASON}
    assert (await browser.send(token, **good)).status == 403
    if how == "left":
        await desk.change(desk.people["victor"], active=True)
        assert (await browser.send(token, **good)).status == 403
    assert await desk.untouched()


async def test_a_state_comes_back_once_and_to_its_own_browser(
    desk: MailDesk, browsers: list[Browser], token: str
):
    mine, other = browsers
    url = await mine.begin(token)
    user, team = desk.people["victor"].slack_user_id, await desk.team_id()

    def code() -> str:
        return desk.sign_in.come_back(url, team_id=team, user_id=user)

    # A link with a foreign state and code would sign Victor in as the attacker, or the other way.
    assert (await other.come_back(url, code())).status == 403
    await other.begin(token)
    assert (await other.come_back(url, code())).status == 403
    for state in (
        "",
        "act.",
        "act.x",
        "install.x",
        parse_qs(urlsplit(url).query)["state"][0] + "A",
    ):
        query = {"state": state, "code": code()}
        assert (await mine.open("/slack/oauth_redirect", params=query)).status == 403
    again = await mine.begin(token)
    assert (
        await mine.come_back(again, desk.sign_in.come_back(again, team_id=team, user_id=user))
    ).status == 303
    assert (await mine.come_back(again, code())).status == 403
    assert len(await desk.rows(Device)) == 1
    assert sum(row.used_at is not None for row in await desk.rows(SignIn)) == 1


async def test_a_sign_in_that_took_too_long(desk: MailDesk, browser: Browser, token: str):
    url = await browser.begin(token)
    desk.clock.move(timedelta(minutes=11))
    code = desk.sign_in.come_back(
        url, team_id=await desk.team_id(), user_id=desk.people["victor"].slack_user_id
    )
    assert (await browser.come_back(url, code)).status == 403
    assert await desk.rows(Device) == []


async def test_slack_says_no_or_nothing(desk: MailDesk, browser: Browser, token: str):
    url = await browser.begin(token)
    page = await browser.come_back(url, "")
    assert (page.status, "didn't sign in" in page.says) == (403, True)
    url = await browser.begin(token)
    assert (await browser.come_back(url, "made-up")).status == 403
    url = await browser.begin(token)
    desk.sign_in.trouble.append(TransientError("Slack can't sign you in just now."))
    assert (await browser.come_back(url, "x")).status == 503
    assert await desk.rows(Device) == []


async def test_an_answer_to_another_sign_in_is_none(desk: MailDesk, browser: Browser, token: str):
    """A code that was stolen from another sign-in carries another nonce."""
    first, second = await browser.begin(token), await browser.begin(token)
    stolen = desk.sign_in.come_back(
        first, team_id=await desk.team_id(), user_id=desk.people["victor"].slack_user_id
    )
    assert (await browser.come_back(second, stolen)).status == 403
    assert await desk.rows(Device) == []


async def test_an_unbound_member_is_bound_by_the_usual_rules(
    desk: MailDesk, browser: Browser, token: str
):
    await desk.change(desk.people["victor"], slack_user_id=None)
    team = await desk.team_id()
    desk.chat.people = {
        user: ChatPerson(
            user_id=user,
            team_id=team,
            email="victor@brightpath.example",
            name="Victor",
            timezone="UTC",
            is_outsider=outsider,
        )
        for user, outsider in (("UGUEST", True), ("UREAL", False))
    }
    for user, status in (("UGUEST", 403), ("UREAL", 303)):
        url = await browser.begin(token)
        code = desk.sign_in.come_back(url, team_id=await desk.team_id(), user_id=user)
        assert (await browser.come_back(url, code)).status == status
    (bound,) = [m for m in await desk.rows(Member) if m.id == desk.people["victor"].id]
    assert bound.slack_user_id == "UREAL"


async def test_without_a_slack_client_people_decide_in_slack(database: Database):
    desk = await MailDesk(database, sign_in=None).open()
    token = link_of(await desk.write_to("victor"))
    async with _served(desk) as server, aiohttp.ClientSession() as session:
        browser = Browser(session, str(server.make_url("")).rstrip("/"), desk)
        page = await browser.look(token)
        assert (page.status, "Decide in Slack" in page.says) == (200, True)
        assert "Decide in Slack" in (await browser.send(token, do="sign_in")).says


async def test_cookies_are_for_this_site_alone(desk: MailDesk, token: str):
    async with _served(desk, secure=True) as server, aiohttp.ClientSession() as session:
        browser = Browser(session, str(server.make_url("")).rstrip("/"), desk)
        page = await browser.send(token, do="sign_in")
        cookie = page.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/slack/oauth_redirect"):
        assert part in cookie
    assert token not in page.text.split("href=")[1]
