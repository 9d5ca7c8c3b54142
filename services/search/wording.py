"""The words of a find: what is looked for, where, and which words a passage has to hold. Pure."""

import re
from collections.abc import Sequence

LONGEST = 300
MOST_WORDS = 12
_LEAD = re.compile(
    r"^\W*(?:(?:please|can you|could you|would you)\s+)*"
    r"(?:(?:find|search(?: for)?|look (?:up|for)|show me|where|when|who)\b\s*)+"
    r"(?:(?:me|us|out|all|any|every(?:thing|where)?|the|mails?|messages?|notes?|calls?|places?|"
    r"times?|passages?|where|when|who|that|in which|has|have|did|do|does|was|were|is|"
    r"they|we|he|she|somebody|someone|anybody|anyone|people|you|i)\s+)*"
    r"(?:(?:ever|first|last|already|once)\s+)*"
    r"(?:(?:talk(?:s|ed|ing)?|sp(?:eak|oke|oken)|discuss(?:ed|es|ing)?|mention(?:ed|s|ing)?|"
    r"sa(?:y|id|ys)|wr(?:ite|ote|itten)|ask(?:ed|s|ing)?|rais(?:e|ed)|(?:bring|brought) up|"
    r"complain(?:ed|s)?)\b\s*)?"
    r"(?:(?:something|anything|things)\s+)?(?:(?:about|of|for|on|over|regarding)\b\s*)?",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\s+(?:at|with|from|by)\s+(?P<name>\S.{0,80}?)\s*[?.!]*\s*$", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    """a about all also an and any are as at be been but by can could did do does for from had has
    have he her his how i if in into is it its me my no not of on or our she so some than that the
    their them then there these they this to us was we were what when where which who why will with
    would you your der die das und ist ein eine zu von mit für auf im den dem des nicht sie wir ihr
    le la les de des un une et est à pour dans sur que qui el los las y en es por para con il lo di
    che e per""".split()  # noqa: SIM905 - a list of sixty quoted words is unreadable
)
_LONG = 4
_OWN = r"(?:['’]s?)?"  # noqa: RUF001 - as people's phones write it


def sought(text: str) -> str:
    """The words without the wish around them: `find where they talked about SSO?` is `SSO`. When
    nothing else stands there, the words as they are."""
    flat = " ".join(text.split())[:LONGEST].strip()
    rest = _LEAD.sub("", flat, count=1).strip(" ?.!,:;\"'“”„«»")
    return rest or flat


def without_name(words: str, name: str) -> str:
    """The account is known: its name isn't looked for in its own mail. `where did Acme mention SSO`
    is `SSO`."""
    first = name.partition(" ")[0]
    rest = words
    for said in (name, first if len(first) >= _LONG - 1 else ""):
        if said:
            pattern = rf"(?:\b(?:at|with|from|by|in)\s+)?\b{re.escape(said)}{_OWN}(?!\w)"
            rest = re.sub(pattern, " ", rest, flags=re.IGNORECASE)
    return sought(rest) if rest.strip(" ?.!") else words


def split_place(text: str) -> tuple[str, str]:
    """`security review at Acme` is (`security review`, `Acme`); the name is empty without one."""
    found = _WHERE.search(text)
    if found is None or not text[: found.start()].strip():
        return text, ""
    return text[: found.start()].strip(), found["name"].strip(" ?.!\"'“”")


def content_words(words: str) -> tuple[str, ...]:
    """Those that say something, lower case, each once; all of them if none does."""
    found = [word.lower() for word in _WORD.findall(words)]
    telling = [word for word in found if word not in _COMMON and len(word) > 1]
    return tuple(dict.fromkeys(telling or found))[:MOST_WORDS]


def stem(word: str) -> str:
    """Its beginning, as far as inflections leave it alone: `reviews` and `review` are one."""
    return word[:-1] if len(word) > _LONG and word.endswith("s") else word


def query_text(words: Sequence[str], *, every: bool) -> str:
    """PostgreSQL's tsquery: every word, or any. The words come from `content_words`: letters,
    digits and underscores, nothing that its grammar knows."""
    parts = [f"'{stem(word)}':*" if len(word) >= _LONG else f"'{word}'" for word in words]
    return (" & " if every else " | ").join(parts)


def held(words: Sequence[str], passage: str) -> int:
    """How many of the words stand in a passage."""
    there = [found.lower() for found in _WORD.findall(passage)]
    return sum(
        any(one.startswith(stem(word)) if len(word) >= _LONG else one == word for one in there)
        for word in words
    )
