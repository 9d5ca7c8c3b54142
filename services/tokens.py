"""How many tokens a text is to a model, counted before it is asked, without asking anybody.

For OpenAI's models the count is exact: their two vocabularies lie beside litellm in this
installation and are read from there, at first use and only when such a model is configured. Nobody
else publishes what we could count with offline (litellm's file for Claude is that of a model long
gone and counts too low), so the others get an estimate that is meant to be too high: a request that
was counted must fit.
"""

import base64
import importlib.util
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import tiktoken
from tiktoken.model import encoding_name_for_model

_FOLDER = "litellm_core_utils/tokenizers"
_LETTERS = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_CONTRACTED = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
_BEFORE = r"[^\r\n\p{L}\p{N}]?"
_CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_O200K = (
    rf"{_BEFORE}{_LETTERS}+{_CONTRACTED}|{_BEFORE}{_UPPER}{_CONTRACTED}|\p{{N}}{{1,3}}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Name → its file, and how a text is cut before the vocabulary is looked up. The files are named by
# the digest of the address they were published at.
_VOCABULARIES = {
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        _CL100K,
    ),
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        _O200K,
    ),
}
# The estimate. Common words are a token each and the rest pieces of three or four letters; of what
# isn't ASCII most vocabularies know less the more bytes a sign takes; a run of letters that is no
# word (a key, base64) has no vocabulary at all.
_LETTERS_PER_TOKEN, _BLANKS_PER_TOKEN = 3, 4
_NO_WORD = re.compile(r"[A-Za-z0-9+/=_-]{25,}")
_NO_LETTERS, _NO_SIGNS = re.compile(r"[^A-Za-z]+"), re.compile(r"[A-Za-z\s]+|[^\x00-\x7f]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_THREE_BYTES, _FOUR_BYTES = 0x800, 0x10000
_PER_MESSAGE = 4
"""What each message of a conversation costs beside its words."""


def count(text: str, model: str) -> int:
    """Tokens of the text to this model (`gpt-4o`, `openai/gpt-4o`, or several, by comma: then the
    most it is to any of them). Exact where the vocabulary is here, else an upper estimate."""
    return max((_count(text, name.strip()) for name in model.split(",")), default=0)


def count_messages(messages: Sequence[dict[str, str]], model: str) -> int:
    """Tokens of a conversation that is about to be sent."""
    return sum(count(message["content"], model) + _PER_MESSAGE for message in messages)


def prepare(model: str) -> None:
    """Read the vocabulary now, in a thread of the caller's choice: half a second."""
    for name in model.split(","):
        _count("", name.strip())


def cut(text: str, tokens: int, model: str) -> str:
    """The beginning of the text that fits; the whole text where it does."""
    size = count(text, model)
    while size > tokens:
        # A little more is cut than the share says: tokens are not all of one length.
        text = text[: max(len(text) * tokens // size - 8, 0)].rstrip()
        size = count(text, model)
    return text


def estimate(text: str) -> int:
    """What a text is at most to a vocabulary we don't have."""
    rest, lumps = _NO_WORD.sub(" ", text), 0
    if len(rest) < len(text):
        lumps = sum(len(found.group()) for found in _NO_WORD.finditer(text))
    letters = len(_NO_LETTERS.sub("", rest))
    signs = len(_NO_SIGNS.sub("", rest))
    foreign = sum(map(_weight, _ASCII.sub("", rest)))
    words = len(rest.split())
    # A blank goes with the word that follows it; line breaks and more blanks don't.
    blanks = max(rest.count(" ") + rest.count("\t") - words, 0) // _BLANKS_PER_TOKEN
    pieces = -(-(letters + words) // _LETTERS_PER_TOKEN)
    return lumps + pieces + signs + foreign + blanks + text.count("\n")


def _weight(sign: str) -> int:
    code = ord(sign)
    return 1 if code < _THREE_BYTES else 2 if code < _FOUR_BYTES else 4


def _count(text: str, model: str) -> int:
    encoding = _encoding(_vocabulary(model))
    return estimate(text) if encoding is None else len(encoding.encode_ordinary(text))


@lru_cache(maxsize=64)
def _vocabulary(model: str) -> str:
    """The name of the model's vocabulary; empty when it is none of OpenAI's."""
    provider, _, name = model.rpartition("/")
    if provider.partition("/")[0] not in ("", "openai", "azure", "openrouter"):
        return ""
    try:
        return encoding_name_for_model(name)
    except KeyError:
        return ""


@lru_cache(maxsize=len(_VOCABULARIES) + 1)
def _encoding(name: str) -> tiktoken.Encoding | None:
    """None without a vocabulary, or where this installation of litellm has no such file."""
    file, pattern = _VOCABULARIES.get(name, ("", ""))
    package = importlib.util.find_spec("litellm") if file else None
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder) / _FOLDER / file
        if path.is_file():
            return tiktoken.Encoding(
                name, pat_str=pattern, mergeable_ranks=_ranks(path), special_tokens={}
            )
    return None


def _ranks(path: Path) -> dict[bytes, int]:
    lines = (line.split() for line in path.read_bytes().splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}
