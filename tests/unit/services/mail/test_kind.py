"""Who wrote a mail: machines are recognised, and people who write about machines are not."""

# ruff: noqa: ISC004 - texts are wrapped inside their tuples

import pytest

from services.mail.kind import classify, classify_text
from services.types.mail import Address, MailKind

ANN = Address(email="ann@customer.example")

HEADERS = [
    ({"auto-submitted": "auto-replied"}, "Hello", "Thanks", MailKind.AUTO_REPLY),
    ({"auto-submitted": "no"}, "Hello", "Can we talk?", MailKind.HUMAN),
    ({"auto-submitted": "auto-generated"}, "Invoice 12", "See attached.", MailKind.LIST),
    ({"x-autoreply": "yes"}, "Pricing", "I am away", MailKind.AUTO_REPLY),
    ({"precedence": "auto_reply"}, "Pricing", "I am away", MailKind.AUTO_REPLY),
    ({"x-auto-response-suppress": "All"}, "Re: x", "Away until Monday", MailKind.AUTO_REPLY),
    ({"precedence": "bulk"}, "Offers", "Buy", MailKind.LIST),
    ({"list-id": "<a.example>"}, "Re: a", "Yes", MailKind.LIST),
    ({"list-unsubscribe": "<https://a.example>"}, "News", "Read", MailKind.LIST),
    ({"x-failed-recipients": "b@c.example"}, "Oops", "Failed", MailKind.BOUNCE),
]


@pytest.mark.parametrize(("headers", "subject", "text", "kind"), HEADERS)
def test_headers_decide_first(headers, subject, text, kind):
    assert classify(headers, subject=subject, text=text, sender=ANN) is kind


SUBJECTS = [
    "Automatic reply: Pricing",
    "Automatische Antwort: Angebot",
    "Abwesenheitsnotiz: Angebot",
    "Réponse automatique : Devis",
    "Respuesta automática: Oferta",
    "Risposta automatica: Offerta",
    "Automatisch antwoord: Offerte",
    "Resposta automática: Proposta",
    "Autosvar: Offert",
    "Automatisk svar: Tilbud",
    "Automaattinen vastaus: Tarjous",
    "Automatyczna odpowiedź: Oferta",
    "Automatická odpověď: Nabídka",
    "自動返信: お見積り",
    "自动回复: 报价",
    "자동 회신: 견적",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_absence_subjects_of_sixteen_languages(subject):
    assert classify({}, subject=subject, text="x", sender=ANN) is MailKind.AUTO_REPLY


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_person_answering_an_absence_note_is_a_person(subject):
    text = "Thanks, so shall we move the call to Tuesday?"
    assert classify({}, subject=f"Re: {subject}", text=text, sender=ANN) is MailKind.HUMAN


TEXTS = [
    (
        "Hello,\n\nI am out of the office until 4 May with limited access to e-mail. For urgent "
        "matters please contact Jo.\n\nBest,\nAnn",
        MailKind.AUTO_REPLY,
    ),
    ("I'm out of the office next week, could we meet the Monday after?", MailKind.HUMAN),
    ("We were on vacation last week, sorry for the delay. The budget is approved.", MailKind.HUMAN),
    (
        "Vielen Dank für Ihre Nachricht. Ich bin derzeit nicht im Büro und ab dem 4.12. wieder "
        "erreichbar. In dringenden Fällen wenden Sie sich an Frau Müller.",
        MailKind.AUTO_REPLY,
    ),
    (
        "Merci pour votre message. Je suis absent du bureau jusqu'au 5 janvier. En cas d'urgence, "
        "veuillez contacter Marie.",
        MailKind.AUTO_REPLY,
    ),
    (
        "Gracias por su mensaje. Estoy de vacaciones hasta el 12 de mayo. Responderé a mi regreso.",
        MailKind.AUTO_REPLY,
    ),
    (
        "Grazie per il messaggio. Sono fuori ufficio fino al 3 giugno. Risponderò al mio rientro.",
        MailKind.AUTO_REPLY,
    ),
    ("Bedankt voor uw bericht. Ik ben afwezig tot 4 december.", MailKind.AUTO_REPLY),
    (
        "Dziękuję za wiadomość. Jestem na urlopie do 4 maja. W pilnych sprawach proszę o kontakt.",
        MailKind.AUTO_REPLY,
    ),
    (
        "お世話になっております。12月4日まで不在にしております。お急ぎの方は鈴木までご連絡ください。",
        MailKind.AUTO_REPLY,
    ),
    ("感谢您的来信。我正在休假,5月4日回来后会尽快回复。", MailKind.AUTO_REPLY),
    (
        "Your message wasn't delivered to bob@x.example because the address couldn't be found.",
        MailKind.BOUNCE,
    ),
    ("Our mails to bob@x.example bounced with 550 5.1.1, can you check?", MailKind.HUMAN),
    (
        "Big news! View in browser https://a.example\nUnsubscribe https://b.example",
        MailKind.LIST,
    ),
    ("Please unsubscribe our old address and send the offer to me.", MailKind.HUMAN),
    (
        "The price works for us.\n\n--\nYou received this message because you are subscribed to "
        "the group.",
        MailKind.HUMAN,
    ),
    ("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", MailKind.CALENDAR),
    (
        "Subject: Invitation: Demo @ Tue Nov 24, 2026 10am\nFrom: a@b.example\n\nWhen: Tuesday",
        MailKind.CALENDAR,
    ),
    ("Thanks for the invitation, I accept. See you Tuesday.", MailKind.HUMAN),
    ("I am currently out of the office and will be back on June 3.", MailKind.AUTO_REPLY),
    ("I no longer work at Acme. Please contact Jo at jo@acme.example.", MailKind.AUTO_REPLY),
    ("Our CFO is out of the office until Monday, so the signature must wait.", MailKind.HUMAN),
    ("Thanks for the proposal. I'm traveling until Friday, will read it then.", MailKind.HUMAN),
    ("Ich bin im Urlaub bis 5.1., danach unterschreiben wir gerne. Passt das?", MailKind.HUMAN),
    ("Jeg er på ferie til og med 4. maj. Ved hastesager kontakt Bo.", MailKind.AUTO_REPLY),
    ("Olen lomalla 4.5. asti. Kiireellisissä asioissa ota yhteyttä Boon.", MailKind.AUTO_REPLY),
    ("", MailKind.HUMAN),
]


@pytest.mark.parametrize(("text", "kind"), TEXTS)
def test_words_alone(text, kind):
    assert classify_text(text) is kind
