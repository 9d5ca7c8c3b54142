"""How many words a text has, in SQL. services/reports/words.py says the same in Python."""

A_WORD = 2.5
"""Letters of a language without blanks between its words that count as one word."""
LETTERS = (
    "\\u0e01-\\u0e3a\\u0e40-\\u0e4e"  # Thai
    "\\u3041-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\uff66-\\uff9f"  # Kana
    "\\u3005-\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff"  # Han
    "\\uac00-\\ud7a3"  # Hangul
)
MARKS = (
    "\\u3000-\\u3004\\u3008-\\u3020\\u30fb"
    "\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65"
)
"""Their punctuation: it ends a word, and is none."""
DENSE = 1.05
"""Bytes a letter from which a text is looked at by regular expression, which takes ten times as
long: no text with such letters to speak of has fewer."""


def words_of(text: str) -> str:
    """The expression for a column's words. `text` is a name of ours."""
    blanks = f"translate({text}, E'\\n\\r\\t', '   ')"
    plain = f"cardinality(array_remove(string_to_array({blanks}, ' '), ''))"
    bare = f"regexp_replace({blanks}, '[{LETTERS}{MARKS}]', ' ', 'g')"
    letters = f"(length({text}) - length(regexp_replace({text}, '[{LETTERS}]', '', 'g')))"
    return f"""(case when octet_length({text}) < length({text}) * {DENSE} then {plain}
        else cardinality(array_remove(string_to_array({bare}, ' '), ''))
            + ceil({letters} / {A_WORD})::int end)"""
