"""Transcripts of every program say who said what; a file that is none says so."""

import pytest

from services.errors import InvalidInput
from services.meetings.transcript_text import read_transcript, spoken_text

ZOOM = """WEBVTT

1
00:00:03.210 --> 00:00:06.000
Dana Reyes: Thanks for coming.

2
00:00:06.100 --> 00:00:08.000
Dana Reyes: What would
500 seats cost?

3
00:00:09.000 --> 00:00:10.000
Maya Lindt: I'll send it today.
"""
TEAMS = """\ufeffWEBVTT - Review

STYLE
::cue { color: red }

NOTE written by a machine: nobody

0b1c/12-0
00:00:03.2 --> 00:01:06.000 align:start position:0%
<v Reyes, Dana>We&#39;d <i>want</i> &lt;more&gt;.</v>

0b1c/12-1
00:01:07.000 --> 00:01:09.000
<v.loud Maya Lindt>Sure.</v> <v Reyes, Dana>Good.</v>
"""
MEET = """Review - Transcript

00:00:00

Dana Reyes: Hello.
Maya Lindt: Hi: how are you?
So am I.

00:05:10

Dana Reyes: Fine.
"""
OTTER = """Dana Reyes  0:03
What does it cost?

Maya Lindt  1:00:09
Depends: on seats.
"""


def said(text: str, name: str = "call.vtt") -> list[tuple[float | None, str, str]]:
    return [(t.at, t.speaker, t.text) for t in read_transcript(text.encode(), name)]


def test_zooms_cues_name_the_speaker_and_run_on() -> None:
    assert said(ZOOM) == [
        (3.21, "Dana Reyes", "Thanks for coming. What would 500 seats cost?"),
        (9.0, "Maya Lindt", "I'll send it today."),
    ]


def test_teams_marks_voices_and_notes_are_nobodys_words() -> None:
    assert said(TEAMS) == [
        (3.2, "Reyes, Dana", "We'd want <more>."),
        (67.0, "Maya Lindt", "Sure."),
        (67.0, "Reyes, Dana", "Good."),
    ]


def test_meet_and_others_write_lines() -> None:
    assert said(MEET, "a.TXT")[-3:] == [
        (0.0, "Dana Reyes", "Hello."),
        (None, "Maya Lindt", "Hi: how are you? So am I."),
        (310.0, "Dana Reyes", "Fine."),
    ]
    assert said(OTTER, "a.txt") == [
        (3.0, "Dana Reyes", "What does it cost?"),
        (3609.0, "Maya Lindt", "Depends: on seats."),
    ]
    stamped = "[00:01:02] Dana: One.\n[00:01:40] Maya: Two.\n(01:50) Dana: Three."
    assert said(stamped, "a.txt") == [
        (62.0, "Dana", "One."),
        (100.0, "Maya", "Two."),
        (110.0, "Dana", "Three."),
    ]


def test_bare_paragraphs_have_no_speaker() -> None:
    text = "We met on Tuesday.\n\nNext step: they send the contract.\n\nThey want 500 seats.\n"
    assert [t[1:] for t in said(text, "notes.txt")] == [
        ("", "We met on Tuesday."),
        ("", "Next step: they send the contract."),
        ("", "They want 500 seats."),
    ]


def test_cues_without_names_or_empty_lines_are_read() -> None:
    text = (
        "WEBVTT\n1\n00:01.000 --> 00:02.000\none\n2\n00:02.000 --> 00:03.000\ntwo <00:02.5>three\n"
    )
    assert said(text) == [(1.0, "", "one"), (2.0, "", "two three")]


def test_other_encodings_are_read() -> None:
    assert (
        read_transcript("Müller: Grüße\nMüller: Ja".encode("utf-16"), "a.txt")[0].speaker
        == "Müller"
    )
    assert "Grüße" in read_transcript("Müller: Grüße".encode("cp1252"), "a.txt")[0].text


def test_whom_to_leave_out_is_left_out() -> None:
    turns = read_transcript(ZOOM.encode(), "a.vtt")
    assert spoken_text(turns, frozenset({"maya lindt"})) == (
        "Dana Reyes: Thanks for coming. What would 500 seats cost?"
    )


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.vtt", "is empty"),
        (b" \n", "a.txt", "is empty"),
        (b"WEBVTT\n\nNOTE only a note\n", "a.vtt", "holds no words"),
        (b"PK\x03\x04\x00\x00", "a.txt", "holds no text"),
        (bytes(range(1, 32)) * 9, "a.vtt", "holds no text"),
        (b"x" * 2_000_001, "a.txt", "larger than 2 MB"),
        (b"words", "a.docx", "neither a .vtt nor a .txt"),
        (b"words", "../../etc/passwd", "neither a .vtt nor a .txt"),
    ],
)
def test_what_is_no_transcript_is_told(data: bytes, name: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_transcript(data, name)


@pytest.mark.timeout(20)
def test_nothing_takes_for_ever() -> None:
    for text in ("a:" * 900_000, "<v " * 600_000, "00:00:00 " * 200_000, "\n\n" * 900_000 + "x"):
        read_transcript(text.encode(), "a.txt")
    with pytest.raises(InvalidInput):
        read_transcript(b"00:00:01.000 --> " * 100_000, "a.vtt")


def test_words_under_another_name_are_never_the_last_speakers() -> None:
    text = "Sync\nAttendees\n\n00:00:00\nDana Reyes: We compared you.\nTom Berg: How did it go?\n\n"
    text += "00:05:00\nDana Reyes: Fine.\nThis transcript was computer generated.\n"
    turns = read_transcript(text.encode(), "meet.txt")
    assert not [one for one in turns if one.speaker == "Dana Reyes" and "How did" in one.text]
