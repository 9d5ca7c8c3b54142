"""A sentence is enough to tell a language; a word may not be."""

import pytest

from services.mail.language import detect

SENTENCES = [
    ("Can we meet next week?", "en"),
    ("Guten Tag, können wir uns nächste Woche treffen?", "de"),
    ("Pouvez-vous nous envoyer votre offre ?", "fr"),
    ("¿Puede enviarnos la oferta para el lunes?", "es"),
    ("Grazie mille, ci sentiamo lunedì per il contratto.", "it"),
    ("Kunt u ons de offerte sturen? Alvast bedankt.", "nl"),
    ("Obrigado, você pode enviar a proposta?", "pt"),
    ("Tack, kan ni skicka er offert till oss?", "sv"),
    ("Mange tak, kunne I sende os jeres tilbud i næste uge?", "da"),
    ("Takk, kunne dere sende oss tilbudet deres etter helgen? Det hadde vært noe.", "no"),
    ("Kiitos, voisitteko lähettää meille tarjouksen?", "fi"),
    ("Dziękuję, czy możemy dostać ofertę?", "pl"),
    ("Děkuji, můžete nám poslat nabídku?", "cs"),
    ("お見積りをお願いします。", "ja"),
    ("请把报价发给我们。", "zh"),
    ("견적을 보내 주세요.", "ko"),
    ("Спасибо, пришлите предложение.", "ru"),
    ("Ok", "und"),
    ("", "und"),
    ("12345 https://a.example", "und"),
]


@pytest.mark.parametrize(("text", "code"), SENTENCES)
def test_languages_are_told_apart(text, code):
    assert detect(text) == code
