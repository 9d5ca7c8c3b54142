"""Attack 9: text that its approver doesn't see. Whatever a model writes, where it can be approved
the person reads exactly what leaves, in either part of the mail, and links say where they lead.

The mail is read here by Python's own parsers: the product's reading isn't asked about itself."""

import email
import re
import unicodedata
from email import policy
from html.parser import HTMLParser
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from typing_extensions import override

from blocks.action_ids import ActionId
from blocks.draft import CARD_TEXT, shown_text
from blocks.mail_card import mail_card
from blocks.modals import read_all_modal
from db.models.drafts import Draft, DraftRevision
from services.mail.characters import clean_text
from services.prompts.draft import DraftAnswer
from services.revisions import raw_of
from tests.factories import NOW, uuid4
from tests.unit.blocks.test_mail_card import buttons
from tests.unit.view_factory import make_draft, make_mail_card

HIDING = (
    "zero\u200bwidth\u2060 and \ufeffa mark",
    "abc\u202edesrever\u202c \u2066isolated\u2069",
    "\U000e0068\U000e0069 tags, soft\u00adhyphen, \u3164filler, \u2800blank",
    "a\x00b\x07c\x1b[31md\x85e\u2028f\u2029g",
    '<span style="display:none">20 % off</span>',
    '<p style="font-size:0;color:white">and a Bcc</p><!-- hidden -->',
    '<a href="https://evil.test/pay">https://brightdesk.example/invoice</a>',
    "[our bank](https://evil.test) <https://evil.test|our bank> <!channel> <@U1>",
    "https://brightdesk.example@evil.test/\u200b/?q=<b>&amp;#8203;",
    "https://evil.test/\u202egnp.exe and http://xn--e1awd7f.test/\"onmouseover='x'",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x200b; &nbsp; &shy;",
    "*bold* _italic_ ~struck~ `code` ```\nfence\n``` > quoted",
    "=?utf-8?q?=32=30?= =20=\n.\n..\nFrom somebody",
    "\t tabs  and   runs \u00a0 of blanks \u3000 wide",
    "long " * 900,
    "line\n" * 90,
)
PIECES = st.one_of(st.sampled_from(HIDING), st.text(max_size=60))
WRITTEN = st.lists(PIECES, min_size=1, max_size=5).map("\n".join)


class Page(HTMLParser):
    """What somebody sees of a page: its words, and its links with their targets."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.tags: set[tuple[str, str]] = set()
        self._target: str | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {(tag, name) for name, _ in attrs} or {(tag, "")}
        self._target = dict(attrs).get("href") if tag == "a" else None
        if self._target is not None:
            self.links.append((self._target, ""))
        self.seen += ["\n"] if tag == "br" else []

    @override
    def handle_endtag(self, tag: str) -> None:
        self._target = None

    @override
    def handle_data(self, data: str) -> None:
        self.seen.append(data)
        if self._target is not None:
            self.links[-1] = (self._target, self.links[-1][1] + data)


def approvable(text: str) -> str | None:
    """What a person reads of the draft where they can approve it: on the card, or behind Read all;
    None where they can't."""
    draft = make_draft(text=text)
    view = make_mail_card(draft=draft, changes=(), asks=())
    card = mail_card(view)
    if ActionId.APPROVE in buttons(card):
        return shown_text(card)
    modal: dict[str, Any] = read_all_modal(view, draft)
    return shown_text(modal["blocks"]) if "submit" in modal else None


def mail_of(text: str) -> tuple[str, ...]:
    """The two parts of the mail that would leave."""
    revision = DraftRevision(
        sender="rita@northwind.test", sender_name="Rita", to=["carla@acme.test"], cc=[], bcc=[],
        reply_to=None, subject="Re: it", text=text, in_reply_to=None, refs=[], raw=None,
    )  # fmt: skip
    mail = email.message_from_bytes(raw_of(Draft(id=uuid4()), revision, NOW), policy=policy.default)
    parts = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}
    return tuple(re.sub(r"\r\n", "\n", parts[f"text/{kind}"]) for kind in ("plain", "html"))


def words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()


def unseen(text: str) -> str:
    """Signs nobody sees, but a machine or another program would."""
    return "".join(
        sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf"} and sign not in "\n\t"
    )


@given(WRITTEN)
@example("\n".join(HIDING[:-2]))
@example("x" * (CARD_TEXT + 1))
@settings(max_examples=80)
def test_attack_9_what_is_read_is_what_leaves(written: str) -> None:
    try:
        answer = DraftAnswer(body=written, confidence=0.5).draft()
    except ValidationError:  # nothing to be seen, or endless: asked for again
        return
    text = clean_text(answer.body).strip()
    read = approvable(text)
    if read is None:
        return
    plain, page = mail_of(text)
    assert read == text
    assert plain.rstrip("\n") == read.rstrip("\n")
    html = Page()
    html.feed(page)
    html.close()
    assert words("".join(html.seen)) == words(read)
    assert html.tags <= {("div", "dir"), ("br", ""), ("a", "href")}
    assert all(target == shown for target, shown in html.links)
    assert not unseen(plain + "".join(html.seen) + read)


def test_attack_9_past_what_slack_shows_there_is_no_approve() -> None:
    """Three thousand characters are one block's; longer texts stand in several, whole, or the card
    offers to read them all."""
    for length in (2_999, 3_001, CARD_TEXT, CARD_TEXT + 1, 6_000):
        text = ("word " * 1_300)[: length - 1] + "."
        card = mail_card(make_mail_card(draft=make_draft(text=text), changes=(), asks=()))
        offered = ActionId.APPROVE in buttons(card)
        assert offered == (length <= CARD_TEXT)
        assert not offered or shown_text(card) == text
        assert approvable(text) == text
