"""/act/{token} for drafts and for ending a kind of mail, over real HTTP: looking changes nothing,
deciding takes the link's own person and the text the page showed; one click ends a kind of mail."""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.web import build_web
from db.models.actions import Action
from db.models.tenants import Member, Tenant
from db.session import Database
from handlers.acting import acting_routes, return_route, sign_in_return
from handlers.letter_pages import LetterDoor
from services.approvals.link_pages import ActService
from services.letters.links import Links, Purpose, SubjectLink
from services.types.approvals import Surface
from services.types.model import DraftText
from services.undo_waits import UndoWaits
from services.vault import Vault, generate
from tests import factories as make
from tests.integration.services.letters.post import Post, link_of, make_post

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def post(database: Database) -> Post:
    return await make_post(database)


class Browser:
    """Somebody's browser: keeps its cookies, follows nothing by itself."""

    def __init__(self, session: aiohttp.ClientSession, base: str, post: Post) -> None:
        self.session, self.base, self.post = session, base, post

    async def open(self, path: str, method: str = "GET", **given: object) -> tuple[int, str]:
        url = self.base + path
        async with self.session.request(method, url, allow_redirects=False, **given) as answer:
            self.headers, self.text = dict(answer.headers), await answer.text()
            return answer.status, says(self.text)

    async def look(self, token: str) -> tuple[int, str]:
        return await self.open(f"/act/{token}")

    async def send(self, token: str, **fields: str) -> tuple[int, str]:
        return await self.open(f"/act/{token}", "POST", data=fields)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]*)"', self.text)
        assert found, self.text
        return html.unescape(found[1])

    async def sign_in(self, token: str, member: Member | None = None) -> tuple[int, str]:
        """The whole way round through Slack, as this person, and back at the link."""
        await self.send(token, do="sign_in")
        url = html.unescape(re.search(r'href="([^"]+)" rel="noreferrer"', self.text)[1])
        async with self.post.database.read(self.post.tenant) as tx:
            team = (await tx.session.get_one(Tenant, self.post.tenant)).team_id
        person = member or self.post.rita
        code = self.post.sign_in.come_back(url, team_id=team, user_id=person.slack_user_id)
        state = parse_qs(urlsplit(url).query)["state"][0]
        came = await self.open("/slack/oauth_redirect", params={"state": state, "code": code})
        return await self.look(token) if came[0] == 303 else came

    async def decide(self, token: str, choice: str, **fields: str) -> tuple[int, str]:
        await self.look(token)
        return await self.send(token, csrf=self.csrf, choice=choice, **fields)


def says(text: str) -> str:
    """What a person reads."""
    bare = re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


@pytest.fixture
async def browser(post: Post) -> AsyncIterator[Browser]:
    acts = ActService(
        db=post.database,
        clock=post.clock,
        links=post.links,
        devices=post.pages.devices,
        card=None,
        use=None,
        refusals=post.refusals(Surface.LINK),
        sign_in=post.pages.sign_in,
    )
    letters = LetterDoor(pages=post.pages, endings=post.endings)

    async def ready() -> bool:
        return True

    web = build_web(
        slack=None,
        signing_secret=None,
        clock=post.clock,
        ready=ready,
        extra_routes=[
            *acting_routes(acts, secure=False, letters=letters),
            return_route(sign_in_return(acts, secure=False, letters=letters)),
        ],
    )
    jar = aiohttp.CookieJar(unsafe=True)  # the test server has no name
    async with TestServer(web) as server, aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(session, str(server.make_url("")).rstrip("/"), post)


async def test_looking_shows_a_title_and_changes_nothing(post: Post, browser: Browser):
    token = link_of(await post.told())
    for method in ("GET", "HEAD", "GET"):
        status, words = await browser.open(f"/act/{token}", method)
        assert status == 200
    assert "A draft for Acme Sign in with Slack once" in words
    assert "security report" not in words
    assert browser.headers["Cache-Control"] == "no-store"
    assert browser.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in browser.headers["Content-Security-Policy"]
    assert (await post.action()).status == "pending"


async def test_what_i_never_do_can_be_approved_neither_there_nor_by_a_reply(
    post: Post, browser: Browser
):
    words = "Hello Carla,\n\nwe can offer you 20 % off.\n\nBest regards\nRita Rep"
    post.model.drafts = [DraftText(body=words, confidence=0.9, reason="asked")]
    mail = await post.told()
    await browser.sign_in(link_of(mail))
    await browser.decide(link_of(mail), "approve")
    assert "I never commit to a price." in says(browser.text)
    await post.reply(mail, "approve")
    await post.drain()
    assert ((await post.action()).status, post.sent) == ("pending", [])
    assert "action.approved" not in await post.verbs()


async def test_its_person_reads_approves_and_takes_back(post: Post, browser: Browser):
    object.__setattr__(post.actions, "waits", UndoWaits(approved=timedelta(minutes=5)))
    token = link_of(await post.told())
    _, words = await browser.sign_in(token)
    assert (await post.revisions())[-1].text.split("\n")[0] in words
    assert "“Could you send me the security report by Friday?”" in words
    page = browser.csrf
    await browser.decide(token, "approve")
    _, words = await browser.send(token, csrf=page, choice="approve")
    action, effect = await post.action(), await post.effect()
    assert (action.status, action.decided_surface) == ("approved", "link")
    assert f"Leaves at {effect.due_at:%H:%M}." in words
    _, words = await browser.decide(token, "undo")
    assert "Undone. Nothing was sent" in words
    assert (await post.action()).status == "pending"
    # The page of before, sent again, doesn't let it leave again.
    status, _ = await browser.send(token, csrf=page, choice="approve")
    assert status == 403
    assert (await post.action()).status == "pending"


async def test_reject_needs_a_reason(post: Post, browser: Browser):
    token = link_of(await post.told())
    await browser.sign_in(token)
    status, words = await browser.decide(token, "reject")
    assert (status, "Say why" in words) == (422, True)
    status, words = await browser.decide(token, "reject", reason="She has it already")
    assert (status, (await post.action()).status) == (200, "rejected")
    assert "Rejected. Nothing was sent." in words
    status, words = await browser.look(token)
    assert status == 409
    assert "It was rejected by Rita Rep" in words


async def test_a_forwarded_link_does_nothing_for_somebody_else(post: Post, browser: Browser):
    token = link_of(await post.told())
    status, words = await browser.sign_in(token, post.cole)
    assert (status, "made for Rita Rep" in words) == (403, True)
    status, _ = await browser.send(token, csrf="x", choice="approve")
    assert status == 403
    assert (await post.action()).status == "pending"


async def test_a_page_of_another_text_decides_nothing(post: Post, browser: Browser):
    token = link_of(await post.told())
    await browser.sign_in(token)
    await browser.look(token)
    old, action = browser.csrf, await post.action()
    await post.actions.edit(
        post.actor(post.rita),
        action.id,
        revision=1,
        subject="Re: Security questions",
        text="Other words.",
        command_id="edit",
    )
    status, words = await browser.send(token, csrf=old, choice="approve")
    assert (status, "has changed since this page" in words) == (403, True)
    assert (await post.action()).status == "pending"


async def test_what_leaves_before_the_undo_is_said_honestly(post: Post, browser: Browser):
    object.__setattr__(post.actions, "waits", UndoWaits(approved=timedelta(minutes=5)))
    token = link_of(await post.told())
    await browser.sign_in(token)
    await browser.decide(token, "approve")
    page = browser.csrf
    post.clock.move(timedelta(minutes=6))
    await post.drain()
    assert len(post.sent) == 1
    status, words = await browser.send(token, csrf=page, choice="undo")
    assert (status, "It was sent by Rita Rep" in words) == (409, True)


@pytest.mark.parametrize("case", ["tampered", "other keys", "expired", "left", "other tenant"])
async def test_links_that_are_none(post: Post, browser: Browser, case: str):
    token = link_of(await post.told())
    link = post.links.read_subject(token)
    expected = 404
    if case == "tampered":
        token = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    elif case == "other keys":
        token = Links.of(Vault.parse(generate())).write_subject(link)
    elif case == "expired":
        post.clock.move(timedelta(days=31))
        expected = 410
    elif case == "left":
        await post.set(Member, post.rita.id, active=False)
        expected = 403
    else:
        other = await make.make_tenant(post.database)
        token = post.links.write_subject(
            SubjectLink(
                purpose=Purpose.DRAFT,
                tenant_id=other,
                member_id=link.member_id,
                subject_id=link.subject_id,
            )
        )
    status, words = await browser.look(token)
    assert status == expected
    assert "security report" not in words
    assert (await post.rows(Action))[0].status == "pending"


# ── One click ───────────────────────────────────────────────────────────────────────────────────
def _ending(post: Post, purpose: Purpose = Purpose.NO_DIGEST) -> str:
    return post.links.write_subject(
        SubjectLink(
            purpose=purpose,
            tenant_id=post.tenant,
            member_id=post.rita.id,
            subject_id=post.rita.id,
        )
    )


async def _wishes(post: Post) -> dict[str, str]:
    return next(m for m in await post.rows(Member) if m.id == post.rita.id).preferences


@pytest.mark.parametrize("encoding", ["form", "multipart"])
async def test_one_post_ends_the_digest_without_login_cookie_or_redirect(
    post: Post, browser: Browser, encoding: str
):
    token = _ending(post)
    data: object = ONE_CLICK
    if encoding == "multipart":
        data = aiohttp.FormData(default_to_multipart=True)
        data.add_field("List-Unsubscribe", "One-Click")
    # As a mail provider's server does it, from anywhere.
    status, _ = await browser.open(
        f"/act/{token}", "POST", data=data, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert status == 200
    assert "Set-Cookie" not in browser.headers
    assert await _wishes(post) == {"draft_mail": "on", "digest_mail": "off"}
    status, _ = await browser.open(f"/act/{token}", "POST", data=ONE_CLICK)
    assert status == 200
    assert "member.unsubscribed" in await post.verbs()
    assert (await post.verbs()).count("member.unsubscribed") == 1


async def test_looking_ends_nothing_and_the_button_does(post: Post, browser: Browser):
    token = _ending(post, Purpose.NO_DRAFTS)
    for method in ("GET", "HEAD"):
        status, words = await browser.open(f"/act/{token}", method)
        assert status == 200
    await browser.open(f"/act/{token}", "POST", data={"other": "thing"})
    assert await _wishes(post) == {"draft_mail": "on"}
    _, words = await browser.look(token)
    assert "Mails about drafts" in words
    _, words = await browser.send(token, **ONE_CLICK)
    assert "No more mails about drafts What comes in Slack stays" in words
    assert await _wishes(post) == {"draft_mail": "off"}


async def test_an_ending_decides_nothing_else_and_a_forged_one_nothing_at_all(
    post: Post, browser: Browser
):
    await post.told()
    token = _ending(post)
    await browser.send(token, choice="approve", csrf="x", do="decide")
    assert (await post.action()).status == "pending"
    status, _ = await browser.send(token[:-3] + "AAA", **ONE_CLICK)
    assert status == 404
    assert await _wishes(post) == {"draft_mail": "on"}
