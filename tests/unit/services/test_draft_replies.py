"""Replies to a draft's mail as mailers really write them: only what was written this time counts,
and nothing leaves by what stands in a quotation."""

import pytest

from services.letters.draft_desk import wish_of
from services.letters.draft_words import Change, Send, Undo
from services.letters.order_words import Unclear
from services.mail.parse import parse
from services.types.mail import MailKind

ATTRIBUTION = "On Sat, 21 Nov 2026 at 09:30, Understudy <copilot@b.example> wrote:"
OURS = "A draft for Carla waits for you\n\nOr answer this mail:\nsend\nshorter, mention the pilot\n"
QUOTED = "\n".join(f"> {line}" for line in OURS.splitlines())


def mail(body: str, content_type: str = "text/plain", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: rita@b.example\r\nTo: copilot@b.example\r\nSubject: Re: Draft\r\n{more}"
        f"Content-Type: {content_type}; charset=utf-8\r\n\r\n{body}"
    ).encode()


def gmail_html(own: str) -> str:
    return (
        f'<div dir="auto">{own}</div><br><div class="gmail_quote">'
        f'<div dir="ltr" class="gmail_attr">'
        f"{ATTRIBUTION.replace('<', '&lt;').replace('>', '&gt;')}<br></div>"
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">'
        f"<div>{OURS.replace(chr(10), '<br>')}</div></blockquote></div>"
    )


OUTLOOK = (
    '<div>{own}</div><div id="divRplyFwdMsg"><hr><b>From:</b> Understudy &lt;copilot@b.example&gt;'
    "<br><b>Sent:</b> Saturday, November 21, 2026 9:30 AM<br><b>To:</b> Rita &lt;rita@b.example&gt;"
    "<br><b>Subject:</b> Draft</div><div>" + OURS.replace("\n", "<br>") + "</div>"
)
FORWARDED = "---------- Forwarded message ---------\nFrom: Understudy\nSubject: Draft\n\n"
SIGNATURE = "\n\n-- \nRita Rep\nBrightpath, Head of Sales\n+1 555 0100"


@pytest.mark.parametrize(
    ("body", "content_type", "wish"),
    [
        # Above the quotation, below it, and with what signatures and phones add.
        (f"send\n\n{ATTRIBUTION}\n{QUOTED}\n", "text/plain", Send()),
        (f"{ATTRIBUTION}\n{QUOTED}\n\nsend\n", "text/plain", Send()),
        (f"send{SIGNATURE}\n\n{ATTRIBUTION}\n{QUOTED}\n", "text/plain", Send()),
        (f"undo\n\nSent from my iPhone\n\n{ATTRIBUTION}\n{QUOTED}\n", "text/plain", Undo()),
        (f"shorter{SIGNATURE}\n\n{ATTRIBUTION}\n{QUOTED}\n", "text/plain", Change("shorter")),
        # HTML alone.
        (gmail_html("send"), "text/html", Send()),
        (gmail_html("Shorter, please"), "text/html", Change("Shorter, please")),
        (OUTLOOK.format(own="send it"), "text/html", Send()),
        (gmail_html("&#x1F44D;"), "text/html", None),
        (gmail_html(""), "text/html", None),
        # Right to left.
        (gmail_html('<div dir="rtl">أرسلها</div>'), "text/html", Send()),
        (gmail_html('<div dir="rtl">קצר יותר</div>'), "text/html", Change("קצר יותר")),
        # Only quoted, and quoted a hundred times.
        (f"{ATTRIBUTION}\n{QUOTED}\n", "text/plain", None),
        ("".join(f"{'>' * depth} send\n" for depth in range(1, 101)), "text/plain", None),
        (
            "ok\n\n" + "".join(f"{'>' * depth} send\n" for depth in range(1, 101)),
            "text/plain",
            None,
        ),
        # Between the lines: a comment lets nothing leave.
        ("> Hello Carla,\nsend\n> the report is on its way.\nthanks\n", "text/plain", None),
        (
            "> Hello Carla,\nDear Carla\n> the report is on its way.\nit is attached\n",
            "text/plain",
            Change,
        ),
        # A forwarded one brings words of others.
        (
            f"FYI\n\n{FORWARDED}send\n",
            "text/plain",
            None,
        ),
    ],
)
def test_only_own_words_count(body: str, content_type: str, wish: object):
    found = wish_of(parse(mail(body, content_type)).text)
    if wish is None:
        assert isinstance(found, Unclear)
    elif isinstance(wish, type):
        assert isinstance(found, wish)
    else:
        assert found == wish


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<sales.b.example>"},
    ],
)
def test_what_answers_by_itself_is_no_person(headers: dict[str, str]):
    assert parse(mail("send", **headers)).kind is not MailKind.HUMAN
