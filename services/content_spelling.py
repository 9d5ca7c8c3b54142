# ruff: noqa: RUF001 - look-alike letters are its subject
"""One spelling for what looks the same: a price that a person reads is a price, however it is
written. Pure."""

import re
import unicodedata

# Cyrillic and Greek letters that look like a Latin one in most fonts; both cases, since capitals
# look alike more often.
_ALIKE = str.maketrans(
    {
        **dict(zip("аеорсухіјѕһԁӏԛԝвкмнт", "aeopcyxijshdlqwbkmht", strict=True)),
        **dict(zip("АЕОРСУХІЈЅВКМНТЗ", "AEOPCYXIJSBKMHT3", strict=True)),
        **dict(zip("αεορτυνικχγ", "aeoptuvikxy", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        "ı": "i",
        "ɡ": "g",
        "\u2019": "'",
        "\u2018": "'",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\u066a": "%",
    }
)
_QUOTE_MARKS = re.compile(r"(?m)^[ \t]*(?:>[ \t]?){1,20}")
_ONE_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
_BLANKS = re.compile(r"[ \t]+")
# Three letters or more, or two digits or more, each alone: `p r i c e`, `d-i-s-c`, `2 0`.
_SPACED_LETTERS = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*]){2,40}[^\W\d_](?![^\W_])")
_SPACED_DIGITS = re.compile(r"(?<![\w.,:/])\d(?: \d){1,12}(?![\w:/])")
# An abbreviated currency ends no sentence: `Fr. 300`, `Rs. 500`.
_SHORT_CURRENCY = re.compile(r"\b(s?fr|rs)\. ?(?=\d)")
# A letter O among digits is a zero: `2O %`.
_LETTER_ZERO = re.compile(r"(?<=\d)o(?=[\d %])")


def plain_spelling(text: str) -> str:
    """Lower case; no invisible signs, full-width digits, look-alike letters, quote marks or spaced
    out words; a line goes on in the next, a blank line ends it."""
    folded = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    visible = "".join(
        sign
        for sign in folded
        if sign in "\n\t" or unicodedata.category(sign) not in {"Cf", "Cc", "Mn"}
    )
    lines = _ONE_LINE_BREAK.sub(" ", _QUOTE_MARKS.sub("", visible))
    words = _BLANKS.sub(" ", lines).lower()
    words = _SPACED_LETTERS.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), words)
    words = _SPACED_DIGITS.sub(lambda found: found[0].replace(" ", ""), words)
    words = _SHORT_CURRENCY.sub(lambda found: "rs " if found[1] == "rs" else "chf ", words)
    return _LETTER_ZERO.sub("0", words)
