import pytest

from services.mail.parse import parse
from services.mail.reply import visible_reply

MAILS = (
    (
        "bounce",
        "postmaster@acme.example",
        "N\u00e3o \u00e9 poss\u00edvel entregar: Proposta",
        "Falha.",
    ),
    (
        "bounce",
        "gw@acme.example",
        "Message rejected: Offer",
        "Your message was rejected.\n550 5.7.1",
    ),
    ("auto_reply", "tom@acme.example", "Otomatik yan\u0131t: Teklif", "\u0130zindeyim."),
    ("auto_reply", "tom@acme.example", "Read: Offer", "Your message was read on Monday."),
    ("list", "events@b.example", "Webinar", "Save your seat.\n\nUnsubscribe here."),
    ("list", "x@es.example", "Novedades", "Noticias.\n\nDarse de baja: https://es.example/b"),
    ("calendar", "tom@acme.example", "New Time Proposed: Call", "Tom has proposed a new time."),
    (
        "human",
        "tom@acme.example",
        "Auto reply",
        "We want it off. Can you switch off the auto reply?",
    ),
    (
        "human",
        "tom@acme.example",
        "Newsletter",
        "Do you offer a newsletter with unsubscribe links?",
    ),
    ("human", "tom@acme.example", "Offer", "I'm out of office tomorrow. Could you call Ben?"),
)


@pytest.mark.parametrize(("kind", "sender", "subject", "text"), MAILS)
def test_kind_by_words_alone(kind: str, sender: str, subject: str, text: str) -> None:
    raw = f"From: {sender}\nTo: lena@vendor.example\nSubject: {subject}\n\n{text}\n"
    assert parse(raw.encode()).kind.value == kind


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("In our tool\n> total > 100\nand it fails.", "In our tool\n> total > 100\nand it fails."),
        (
            "Fine.\n\n---- On Mon, 03 Mar 2025 09:12 Lena <l@v.example> wrote ----\n\n> Hi\n> x",
            "Fine.",
        ),
        ("> How many?\n\n50.\n\n> When?\n\nIn May.", "50.\n\nIn May."),
        ("Fine.\n\n&nbsp;\n", "Fine."),
    ],
)
def test_own_words_only(body: str, seen: str) -> None:
    assert visible_reply(body) == seen
