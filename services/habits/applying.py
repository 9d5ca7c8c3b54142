# ruff: noqa: RUF001 - apostrophes as people type them are what is compared
"""A member's rules applied to a text that was written for them. Pure, and without any model.

Only the words of a rule change, never a recipient, a figure or the verdict: what is left is judged
like any text. No rule empties a mail, and none takes away what was asked for in so many words.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from services.autonomy.earning.cases import LONGEST
from services.habits.greetings import greeted, greeting_template, same_greeting
from services.habits.letter import Letter, Piece, letter_of
from services.habits.sameness import plain, template, words_of
from services.types.habits import Change, HabitRule, Names, Place

WANTED_SHARE = 0.6
"""A sentence most of whose telling words were asked for answers somebody: it stays."""
_TELLING = 4
"""Letters; shorter words tell nothing of what a sentence is about."""
_LEAST_LEFT = 2
_COMMON_WORDS = (
    "that this these those with from have will would could should your yours about there "
    "their been were what when which please thank thanks know more here just also very "
    "much dass diese dieser dieses eine einen einem einer ihre ihren ihnen ihrem sich "
    "wird werden haben oder aber auch noch bitte danke vous votre vos nous notre avec "
    "pour dans cette merci bien plus sont para como este esta estos usted ustedes gracias "
    "sobre todo nosotros puede"
)
_COMMON = frozenset(_COMMON_WORDS.split())


Same = Callable[[str], str]
"""A sentence as it is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAbout:
    """What is known of one mail: whom it names, its language, and what was asked for in it by its
    customer or its member."""

    names: Names
    language: str
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The text, and which rules changed it."""

    text: str
    rule_ids: tuple[UUID, ...]


def apply_rules(text: str, rules: Sequence[HabitRule], mail: MailAbout) -> Applied:
    """One rule after the other, each on what the last one left."""
    if not rules or len(text) > LONGEST:
        return Applied(text=text, rule_ids=())
    letter = letter_of(text, mail.names.author)
    done = list[UUID]()

    @cache
    def same(sentence: str) -> str:
        return plain(template(sentence, mail.names, mail.language))

    for rule in rules:
        changed = _applied(letter, rule, mail, same)
        if changed is not None and _says_something(changed) and changed.text() != letter.text():
            letter = letter_of(changed.text(), mail.names.author)
            done.append(rule.id)
    return Applied(text=letter.text() if done else text, rule_ids=tuple(done))


def _says_something(letter: Letter) -> bool:
    return any(len(words_of(one.text)) >= _LEAST_LEFT for one in letter.body)


def _applied(letter: Letter, rule: HabitRule, mail: MailAbout, same: Same) -> Letter | None:
    match rule.place:
        case Place.GREETING:
            return _greeting(letter, rule)
        case Place.SIGN_OFF:
            return _sign_off(letter, rule)
        case Place.PHRASE:
            return _phrase(letter, rule, mail)
        case Place.BEGINNING | Place.END:
            return _added(letter, rule, mail, same)
        case Place.BODY:
            return _sentence(letter, rule, mail, same)


def _greeting(letter: Letter, rule: HabitRule) -> Letter | None:
    standing = letter.greeting
    if standing is None:
        return None
    if same_greeting(greeting_template(standing)) != same_greeting(rule.before):
        return None
    if rule.change is Change.CUT:
        return replace(letter, greeting=None, gap="")
    fresh = greeted(rule.after, standing)
    return replace(letter, greeting=fresh) if fresh else None


def _sign_off(letter: Letter, rule: HabitRule) -> Letter | None:
    if not letter.sign_off or plain(letter.sign_off) != plain(rule.before):
        return None
    if rule.change is Change.REPLACE:
        return replace(letter, sign_off=rule.after)
    tail = letter.tail.lstrip(" ,.!;")
    # Only with a name below it does a mail stay signed.
    return replace(letter, sign_off="", tail=tail.lstrip("\n")) if tail.strip() else None


def _sentence(letter: Letter, rule: HabitRule, mail: MailAbout, same: Same) -> Letter | None:
    sought = plain(rule.before)
    body = list[Piece]()
    for piece in letter.body:
        if same(piece.text) != sought or is_wanted(piece.text, mail.wanted):
            body.append(piece)
        elif rule.change is Change.REPLACE:
            body.append(replace(piece, text=rule.after))
        elif body:
            # The wider of the two gaps stays: a paragraph doesn't run into the next one.
            gap = max(body[-1].after, piece.after, key=_width)
            body[-1] = replace(body[-1], after=gap)
    if body:
        body[-1] = replace(body[-1], after="")
    return replace(letter, body=tuple(body))


def _width(blanks: str) -> tuple[int, int]:
    return blanks.count("\n"), len(blanks)


def _phrase(letter: Letter, rule: HabitRule, mail: MailAbout) -> Letter | None:
    found = re.compile(rf"(?<!\w){_spoken(rule.before)}(?!\w)", re.IGNORECASE)
    body = list[Piece]()
    for piece in letter.body:
        stands = plain(rule.after) in plain(piece.text) or is_wanted(piece.text, mail.wanted)
        said = piece.text if stands else found.sub(lambda m: _cased(rule.after, m), piece.text)
        body.append(replace(piece, text=said))
    return replace(letter, body=tuple(body))


def _spoken(phrase: str) -> str:
    """The phrase however its blanks and apostrophes are written."""
    return r"\s+".join(re.escape(word).replace("'", "['’‘]") for word in phrase.split())


def _cased(phrase: str, match: re.Match[str]) -> str:
    return phrase[:1].upper() + phrase[1:] if match.group()[:1].isupper() else phrase


def _added(letter: Letter, rule: HabitRule, mail: MailAbout, same: Same) -> Letter | None:
    """At the end in a paragraph of its own; in the rule's language only, and never twice."""
    if rule.language != mail.language or not letter.body:
        return None
    if any(same(one.text) == plain(rule.after) for one in letter.body):
        return None
    if rule.place is Place.BEGINNING:
        return replace(letter, body=(Piece(text=rule.after, after=" "), *letter.body))
    *rest, last = letter.body
    return replace(letter, body=(*rest, replace(last, after="\n\n"), Piece(text=rule.after)))


def is_wanted(sentence: str, wanted: Iterable[str]) -> bool:
    """Whether somebody asked for what this sentence says: most of its telling words are theirs."""
    telling = set(_telling(sentence))
    if not telling:
        return False
    return any(len(telling & set(_telling(one))) >= WANTED_SHARE * len(telling) for one in wanted)


def _telling(text: str) -> list[str]:
    return [one for one in words_of(text) if len(one) >= _TELLING and one not in _COMMON]
