"""Words in languages with blanks between them and without."""

import pytest

from services.reports.words import count_words, new_words

SAMPLES = {
    "Dear Ada,\n\nthe report  is\there.": 6,
    "Grüße aus Köln, ça va": 5,
    "Добрый день, Анна": 3,
    "": 0,
    "  \n\t ": 0,
    "お世話になっております。資料をお送りします。": 8,
    "报告已经发送给您\uff0c请查收。": 5,
    "ขอบคุณสำหรับอีเมล": 7,
    "안녕하세요 보고서를 보냅니다": 6,
    "見積書は Understudy から 3 times": 5 + 1,
    "Please see 見積書 attached to this mail, with all that was said before": 12 + 2,
}


@pytest.mark.parametrize(("text", "words"), SAMPLES.items())
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_what_was_moved_was_not_written_again() -> None:
    assert new_words("one two three", "three two one") == 0
    assert new_words("one two", "one two two  five\nsix") == 3
    assert new_words("one two three", "") == 0
    assert new_words("資料をお送りします。", "資料をお送りします。") == 0
    # Ten new letters are four words.
    assert new_words("資料です。", "資料です。明日お電話いたします") == 4
