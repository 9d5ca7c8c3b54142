"""What the sender wrote this time, in many tongues; the corpus judged by first and last lines."""

import hashlib
from time import thread_time

import pytest

from services.mail.reply import visible_reply
from tests.shared import DATA

CORPUS = DATA / "email_reply"
QUOTE = "> Older words\n> go on"
ATTRIBUTIONS = [
    "On Mon, Jan 1, 2024 at 10:00 AM Bob Doe <b@x.example> wrote:",
    "On Mon, Jan 1, 2024 at 10:00 AM Bob Doe <\nb@x.example> wrote:",
    "Am Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Bob Doe <b@x.example>:",
    "Le lun. 1 janv. 2024 à 10:00, Bob Doe <b@x.example> a écrit :",
    "El lun, 1 ene 2024 a las 10:00, Bob Doe (<b@x.example>) escribió:",
    "Il giorno lun 1 gen 2024 alle ore 10:00 Bob Doe <b@x.example> ha scritto:",
    "Op ma 1 jan 2024 om 10:00 schreef Bob Doe <b@x.example>:",
    "Em seg., 1 de jan. de 2024 às 10:00, Bob Doe <b@x.example> escreveu:",
    "Den mån 1 jan. 2024 kl 10:00 skrev Bob Doe <b@x.example>:",
    "Den man. 1. jan. 2024 kl. 10.00 skrev Bob Doe <b@x.example>:",
    "ma 1. tammik. 2024 klo 10.00 Bob Doe (b@x.example) kirjoitti:",
    "pon., 1 sty 2024 o 10:00 Bob Doe <b@x.example> napisał(a):",
    "po 1. 1. 2024 v 10:00 odesílatel Bob Doe <b@x.example> napsal:",
    "пн, 1 янв. 2024 г. в 10:00, Bob Doe <b@x.example>:",  # noqa: RUF001 - as Gmail writes it
    "2024年1月1日(月) 10:00 Bob Doe <b@x.example>:",
    "Bob Doe <b@x.example> 于2024年1月1日周一 10:00写道：",  # noqa: RUF001 - as Gmail writes it
    "2024년 1월 1일 (월) 오전 10:00, Bob Doe <b@x.example>님이 작성:",
    "-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: x\n",
    "-----Ursprüngliche Nachricht-----\nVon: Bob\nGesendet: Montag\nAn: Ann\nBetreff: x\n",
    "________________________________\nFrom: Bob <b@x.example>\nSent: Monday\nTo: A\nSubject: x\n",
    "De : Bob <b@x.example>\nEnvoyé : lundi 1 janvier 2024 10:00\nÀ : Ann\nObjet : x\n",
    "Von: Bob <b@x.example>\nGesendet: Montag, 1. Januar 2024 10:00\nAn: Ann\nBetreff: x\n",
    "*From:* Bob <b@x.example>\n*Sent:* Monday\n*To:* Ann\n*Subject:* x\n",
    "Begin forwarded message:\n",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_quotes_are_cut_below_their_attribution(attribution):
    assert visible_reply(f"Yes, that works.\n\n{attribution}\n\n{QUOTE}") == "Yes, that works."


SIGNATURES = [
    "-- \nAnn Doe\nVP Sales",
    "Best regards,\nAnn Doe\nVP Sales\n+1 555 010 0000",
    "Kind regards\n\nAnn",
    "Mit freundlichen Grüßen\nAnna Doe\nTel.: +49 30 0000000",
    "Cordialement,\nAnne",
    "Saludos,\nAna",
    "Cordiali saluti\nAnna",
    "Met vriendelijke groet,\nAnna",
    "Med vänlig hälsning\nAnna",
    "Ystävällisin terveisin\nAnna",
    "Pozdrawiam\nAnna",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Get Outlook for iOS",
    "iPhoneから送信",
    "Ann Doe\nVP Sales | Customer Inc.\nMobile: +1 555 010 0000\nwww.customer.example",
    "This e-mail and any attachments are confidential and intended solely for the addressee.",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signatures_and_law_are_cut(signature):
    own = "We can sign on Friday.\n\nWho sends the contract?"
    assert visible_reply(f"{own}\n\n{signature}") == own


KEPT = [
    "Sent from my desk, it is much easier than the telephone was.",
    "Thanks!",
    "From: Boston\nTo: Paris\nDate: 5 May\n\nIs that trip covered?",
    "We need\n> 50 seats",
    "One thing -- the price -- is open.",
    "Thanks,\nI'll check with finance and come back tomorrow.",
    "Steps:\n\n- Call\n- Write\n- Sign",
    "On Monday at 10:00 we meet, and Bob wrote: we approve the offer.",
    "> only a quote\n> nothing else",
    "---------- Forwarded message ---------\nFrom: B <b@x.example>\nSubject: x\nTo: A\n\nSee this",
]


@pytest.mark.parametrize("text", KEPT)
def test_words_of_a_person_are_never_lost(text):
    assert visible_reply(text) == text


def test_interleaved_answers_keep_own_lines_in_order():
    text = "Hi Bob,\n\n> Price?\n\n100 a seat.\n\n> When?\n\nIn May.\n\n-- \nAnn"
    own = [line for line in visible_reply(text).split("\n") if line]
    assert own == ["Hi Bob,", "100 a seat.", "In May."]


def test_a_postscript_after_the_signature_stays():
    text = "Agreed.\n\nBest regards,\nAnn\n\nPS: we need it by Friday."
    assert [line for line in visible_reply(text).split("\n") if line] == [
        "Agreed.",
        "PS: we need it by Friday.",
    ]


def test_the_gateways_warning_above_a_letter_is_cut():
    banner = "CAUTION: This email originated from outside. Do not click links or attachments."
    assert visible_reply(f"{banner}\n\nHello, please call me.") == "Hello, please call me."


# file: sha256 of the first and of the last own line (first eight digits), as a reader judged them
JUDGED = {
    "alfonsrv/test/emails/begins_with_signature.txt": ("558724fb", "03e61b8a"),
    "alfonsrv/test/emails/caution.txt": ("7ccdb955", "5144d5e6"),
    "alfonsrv/test/emails/caution2.txt": ("dafe7694", "4844966c"),
    "alfonsrv/test/emails/correct_sig.txt": ("5f9baae9", "5f9baae9"),
    "alfonsrv/test/emails/email_1_1.txt": ("9f49fc35", "20099425"),
    "alfonsrv/test/emails/email_1_3.txt": ("6070a870", "f3e9763f"),
    "alfonsrv/test/emails/email_1_4.txt": ("d5df5f5e", "d5df5f5e"),
    "alfonsrv/test/emails/email_1_5.txt": ("35b13745", "fb612ab7"),
    "alfonsrv/test/emails/email_1_6.txt": ("2d158f6e", "2d158f6e"),
    "alfonsrv/test/emails/email_1_7.txt": ("4069a5e4", "4069a5e4"),
    "alfonsrv/test/emails/email_1_8.txt": ("94731e17", "bdd4c45f"),
    "alfonsrv/test/emails/email_2_1.txt": ("6877eb4e", "6877eb4e"),
    "alfonsrv/test/emails/email_2_2.txt": ("c56b35a1", "c56b35a1"),
    "alfonsrv/test/emails/email_2_3.txt": ("86c33993", "86c33993"),
    "alfonsrv/test/emails/email_3_1.txt": ("18236440", "ecbf27de"),
    "alfonsrv/test/emails/email_bullets.txt": ("73733fda", "9ee84306"),
    "alfonsrv/test/emails/email_danish_1.txt": ("5314c607", "f0ac12d8"),
    "alfonsrv/test/emails/email_danish_2.txt": ("766a0619", "0ac9139f"),
    "alfonsrv/test/emails/email_danish_3.txt": ("0a9991d0", "427eb8b6"),
    "alfonsrv/test/emails/email_danish_4.txt": ("0a9991d0", "427eb8b6"),
    "alfonsrv/test/emails/email_danish_5.txt": ("0a9991d0", "427eb8b6"),
    "alfonsrv/test/emails/email_gmail.txt": ("372b6168", "372b6168"),
    "alfonsrv/test/emails/email_headers_no_delimiter.txt": ("52528a94", "52528a94"),
    "alfonsrv/test/emails/email_ja_1_1.txt": ("2d86daac", "2d86daac"),
    "alfonsrv/test/emails/email_ja_1_2.txt": ("ce4c41a9", "6fba91b3"),
    "alfonsrv/test/emails/email_nl_1_1.txt": ("cb9acddc", "af248e1a"),
    "alfonsrv/test/emails/email_nl_1_2.txt": ("7286545e", "7286545e"),
    "alfonsrv/test/emails/email_one_is_not_on.txt": ("8d38578b", "2a89ce72"),
    "alfonsrv/test/emails/email_partial_quote_header.txt": ("dfa00e89", "b3db6b7c"),
    "alfonsrv/test/emails/email_pl_1_1.txt": ("df2cc9ef", "5c5db120"),
    "alfonsrv/test/emails/email_pl_1_2.txt": ("df2cc9ef", "140c1219"),
    "alfonsrv/test/emails/email_pl_1_3.txt": ("df2cc9ef", "5c5db120"),
    "alfonsrv/test/emails/email_sent_from_BlackBerry.txt": ("f00d7af6", "f00d7af6"),
    "alfonsrv/test/emails/email_sent_from_iPhone.txt": ("f00d7af6", "f00d7af6"),
    "alfonsrv/test/emails/email_sent_from_multi_word_mobile_device.txt": ("f00d7af6", "f00d7af6"),
    "alfonsrv/test/emails/email_sent_from_not_signature.txt": ("f00d7af6", "342d7269"),
    "alfonsrv/test/emails/email_sig_delimiter_in_middle_of_line.txt": ("d451d2a7", "248c4730"),
    "alfonsrv/test/emails/email_sv_anon_1.txt": ("20ac4eea", "8bd5b205"),
    "alfonsrv/test/emails/email_swedish_1.txt": ("03ce56ed", "fbb15b75"),
    "alfonsrv/test/emails/email_swedish_2.txt": ("be6f4ab0", "1624496b"),
    "alfonsrv/test/emails/forward.txt": ("11b441d1", "52b1d14a"),
    "alfonsrv/test/emails/greedy_on.txt": ("dfa00e89", "b3db6b7c"),
    "alfonsrv/test/emails/multi_header.txt": ("a61700eb", "a61700eb"),
    "alfonsrv/test/emails/outlook.txt": ("5dbc9fa7", "ae750b89"),
    "alfonsrv/test/emails/pathological.txt": ("7a67b246", "e026c371"),
    "zapier/test/emails/correct_sig.txt": ("5f9baae9", "5f9baae9"),
    "zapier/test/emails/email_1_1.txt": ("9f49fc35", "20099425"),
    "zapier/test/emails/email_1_2.txt": ("bc509447", "71e45b5c"),
    "zapier/test/emails/email_1_3.txt": ("6070a870", "f3e9763f"),
    "zapier/test/emails/email_1_4.txt": ("d5df5f5e", "d5df5f5e"),
    "zapier/test/emails/email_1_5.txt": ("35b13745", "fb612ab7"),
    "zapier/test/emails/email_1_6.txt": ("2d158f6e", "2d158f6e"),
    "zapier/test/emails/email_1_7.txt": ("4069a5e4", "4069a5e4"),
    "zapier/test/emails/email_1_8.txt": ("94731e17", "bdd4c45f"),
    "zapier/test/emails/email_2_1.txt": ("6877eb4e", "6877eb4e"),
    "zapier/test/emails/email_2_2.txt": ("c56b35a1", "c56b35a1"),
    "zapier/test/emails/email_2_3.txt": ("86c33993", "86c33993"),
    "zapier/test/emails/email_BlackBerry.txt": ("f00d7af6", "f00d7af6"),
    "zapier/test/emails/email_bullets.txt": ("73733fda", "9ee84306"),
    "zapier/test/emails/email_gmail.txt": ("372b6168", "372b6168"),
    "zapier/test/emails/email_headers_no_delimiter.txt": ("52528a94", "52528a94"),
    "zapier/test/emails/email_iPhone.txt": ("f00d7af6", "f00d7af6"),
    "zapier/test/emails/email_multi_word_sent_from_my_mobile_device.txt": ("f00d7af6", "f00d7af6"),
    "zapier/test/emails/email_one_is_not_on.txt": ("8d38578b", "2a89ce72"),
    "zapier/test/emails/email_partial_quote_header.txt": ("dfa00e89", "b3db6b7c"),
    "zapier/test/emails/email_sent_from_my_not_signature.txt": ("f00d7af6", "4d35a3b7"),
    "zapier/test/emails/email_sig_delimiter_in_middle_of_line.txt": ("d451d2a7", "248c4730"),
    "zapier/test/emails/greedy_on.txt": ("dfa00e89", "b3db6b7c"),
    "zapier/test/emails/pathological.txt": ("7a67b246", "e026c371"),
}


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus isn't here")
def test_the_corpus_as_a_reader_judged_it():
    right = 0
    for name, expected in JUDGED.items():
        text = (CORPUS / name).read_text(encoding="utf-8", errors="replace")
        lines = [line.strip() for line in visible_reply(text).split("\n") if line.strip()]
        got = tuple(hashlib.sha256(line.encode()).hexdigest()[:8] for line in (lines[0], lines[-1]))
        right += got == expected
    assert right / len(JUDGED) >= 0.95, f"{right} of {len(JUDGED)}"


@pytest.mark.parametrize(
    "unit", ["On 1.1.2024 10:00 ", "a@", "> ", "-", "From: ", "sent from ", " "]
)
def test_time_grows_with_length_and_no_faster(unit):
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit)))[:size]
        started = thread_time()
        visible_reply(text)
        return thread_time() - started

    seconds(10_000)
    small = min(seconds(100_000) for _ in range(3))
    large = min(seconds(800_000) for _ in range(2))
    assert large <= 8 * 4 * max(small, 0.002)


WROTE = "On Mon, 2 Nov 2026 at 10:00, Rita <rita@sell.test> wrote:"


@pytest.mark.parametrize("depth", [1, 10, 100, 1000])
def test_however_deep_the_quotes_the_own_words_come_out(depth):
    levels = range(depth, 0, -1)
    quoted = "\n".join(f"{'>' * level} earlier words of level {level}" for level in levels)
    assert visible_reply(f"Friday works for us.\n\n{WROTE}\n{quoted}") == "Friday works for us."


@pytest.mark.parametrize(
    "words", ["👍", "👍🏽", "🙏🎉", "يناسبنا يوم الخميس.", "מתאים לנו ביום חמישי."]
)
def test_signs_and_right_to_left_words_are_words(words):
    assert visible_reply(f"{words}\n\n{WROTE}\n> hello") == words
