"""Characters of mail: which ones a person can see, and how bytes in any charset become text."""

import codecs
import re

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")

# What a reader can't see but a machine would read: controls, zero widths, direction overrides,
# fillers that look blank, tag characters and the variation selectors used to smuggle text.
# U+FE0F stays: it only says "draw this as an emoji".
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0e"
    "\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MANY_EMPTY = re.compile(r"\n{4,}")

# Names seen in real mail that Python doesn't know, and names whose usual meaning is wider.
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-8-i": "iso8859_8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
    "big5": "big5hkscs",
}
# Not charsets of mail: slow on long input, or an escape language of Python's own.
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})


def clean_text(text: str) -> str:
    """The text as a person sees it: format and control characters gone, lines ended by \\n."""
    return _UNSEEN.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """The same for values that stand on one line: headers, names, subjects."""
    return " ".join(_UNSEEN.sub("", _LINE_END.sub(" ", text)).split())


def trim(text: str) -> str:
    """No blanks at line ends, at most two empty lines in a row, none around the whole."""
    tidy = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_EMPTY.sub("\n\n\n", tidy).strip("\n")


def hidden_characters(text: str) -> str | None:
    """A note when the text carries characters nobody can see; None when it doesn't."""
    plain = _LINE_END.sub("\n", text)
    if _DIRECTION.search(plain):
        return "Characters that turn the reading direction were removed."
    found = _UNSEEN.search(plain.lstrip("\ufeff").replace("\xad", ""))
    return "Invisible characters were removed." if found else None


def charset_codec(charset: str) -> str | None:
    """Python's codec for a charset named in a mail; None when there is none to trust."""
    wanted = charset.strip().strip("\"'").lower().partition("*")[0]
    wanted = _ALIASES.get(wanted, wanted)
    try:
        name = codecs.lookup(wanted).name
        b"a".decode(name, "replace")  # base64, zlib and their like are codecs too, and refuse
    except (LookupError, ValueError):
        return None
    return None if name in _REFUSED else name


def decode(data: bytes, charset: str | None) -> tuple[str, str | None]:
    """Text from bytes whatever they are; the second value says what had to be guessed."""
    codec = charset_codec(charset) if charset else None
    unknown = (
        f"The charset {one_line(charset)[:40]!r} is unknown." if charset and not codec else None
    )
    if codec in {None, "cp1252"}:
        # Mail that says ASCII, Latin-1 or nothing is often UTF-8; the reverse hardly ever is.
        try:
            return data.decode("utf-8-sig"), unknown
        except UnicodeDecodeError:
            pass
    for candidate in (codec, "utf-8", "cp1252"):
        if candidate is None:
            continue
        try:
            text = data.decode(candidate)
        except (UnicodeError, ValueError):
            continue
        wrong = candidate != codec and codec is not None
        return text, f"The text isn't in the charset it names ({codec})." if wrong else unknown
    return data.decode(codec or "latin-1", errors="replace"), "Some bytes fit no charset."
