"""What a person changed in a text of the copilot's, change by change. Pure and deterministic.

Sentences are compared, not signs. A text written anew shows no habit, a sentence that only moved is
no change, and what was put in the middle belongs to that one mail.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from services.autonomy.earning.cases import LONGEST, rewritten
from services.habits.greetings import greeting_template, same_greeting
from services.habits.letter import Letter, letter_of
from services.habits.sameness import key_of, plain, template, words_of
from services.mail.characters import clean_text
from services.types.habits import Change, Edit, Names, Place

ALIKE = 0.5
"""Two sentences of which half the words are the same are one sentence, changed."""
MOST_EDITS = 8
"""More than these in one mail, and it was worked over; nothing in it is a habit."""
MOST_SENTENCES, MOST_WORDS = 150, 60
"""Of a mail, and of a sentence that is compared with another one."""
PHRASE = (2, 5)
"""How many words a phrase has that is replaced by another."""


def edits_of(before: str, after: str, names: Names, language: str) -> tuple[Edit, ...]:
    """The changes from the copilot's text to the person's, each once."""
    before, after = clean_text(before), clean_text(after)
    if not before.strip() or not after.strip() or max(len(before), len(after)) > LONGEST:
        return ()
    if rewritten(before, after):
        return ()
    ours, theirs = letter_of(before, names.author), letter_of(after, names.author)
    if max(len(ours.body), len(theirs.body)) > MOST_SENTENCES:
        return ()
    found = [
        *_greeting(ours, theirs, language),
        *_sign_off(ours, theirs, language),
        *_body(_Body(ours, names, language), _Body(theirs, names, language)),
    ]
    once = tuple({one.key: one for one in found}.values())
    return once if len(once) <= MOST_EDITS else ()


def offers(text: str, names: Names, language: str) -> frozenset[str]:
    """What could be changed in this text, as `Edit.sought` names it."""
    letter = letter_of(text, names.author)
    found = {_sought(Place.GREETING, same_greeting(greeting_template(letter.greeting)))}
    found.add(_sought(Place.SIGN_OFF, plain(letter.sign_off)))
    for sentence in _Body(letter, names, language).templates:
        found.add(_sought(Place.BODY, plain(sentence)))
        words = words_of(sentence)
        for size in range(PHRASE[0], PHRASE[1] + 1):
            for at in range(len(words) - size + 1):
                found.add(_sought(Place.PHRASE, " ".join(words[at : at + size])))
    return frozenset(found)


def _sought(place: Place, same: str) -> str:
    return key_of(place.value, same)


def _edit(
    change: Change,
    place: Place,
    before: str,
    after: str,
    *,
    language: str,
    same: tuple[str, str] | None = None,
) -> Edit:
    was, now = same or (plain(before), plain(after))
    # Whatever is added fits one language only; the rest is bound to what stands there.
    spoken = language if change is Change.ADD else ""
    return Edit(
        change=change,
        place=place,
        before=before,
        after=after,
        language=language,
        key=key_of(change.value, place.value, was, now, spoken),
        sought="" if change is Change.ADD else _sought(place, was),
    )


def _greeting(ours: Letter, theirs: Letter, language: str) -> Iterator[Edit]:
    if ours.greeting is None:
        return
    was = greeting_template(ours.greeting)
    if theirs.greeting is None:
        yield _edit(
            Change.CUT, Place.GREETING, was, "", language=language, same=(same_greeting(was), "")
        )
        return
    named = theirs.greeting.name.strip()
    if named and plain(named) != plain(ours.greeting.name):
        return  # whom one greets is of that mail
    now = greeting_template(theirs.greeting)
    same = (same_greeting(was), same_greeting(now))
    if same[0] != same[1]:
        yield _edit(Change.REPLACE, Place.GREETING, was, now, language=language, same=same)


def _sign_off(ours: Letter, theirs: Letter, language: str) -> Iterator[Edit]:
    was, now = ours.sign_off, theirs.sign_off
    if not was or plain(was) == plain(now):
        return
    if not now and any(plain(line) == plain(was) for line in theirs.text().splitlines()):
        return  # it stands above a long signature
    change = Change.REPLACE if now else Change.CUT
    yield _edit(change, Place.SIGN_OFF, was, now, language=language)


class _Body:
    """The sentences of one letter as templates, and as they are compared."""

    def __init__(self, letter: Letter, names: Names, language: str) -> None:
        self.language = language
        self.templates = [template(one.text, names, language) for one in letter.body]
        self.same = [plain(one) for one in self.templates]

    def __len__(self) -> int:
        return len(self.same)


def _body(ours: _Body, theirs: _Body) -> Iterator[Edit]:
    matcher = SequenceMatcher(None, ours.same, theirs.same, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            continue
        gone, new = list(range(i1, i2)), list(range(j1, j2))
        for i, j in _pairs(ours, theirs, gone, new):
            gone.remove(i)
            new.remove(j)
            yield from _changed(ours.templates[i], theirs.templates[j], ours.language)
        yield from _cut(ours, theirs, gone)
        yield from _added(ours, theirs, new)


def _pairs(
    ours: _Body, theirs: _Body, gone: Sequence[int], new: Sequence[int]
) -> list[tuple[int, int]]:
    """Sentences that were changed rather than dropped and written, the likest first."""
    alike = sorted(
        (
            (-_likeness(ours.same[i], theirs.same[j]), i, j)
            for i in gone
            for j in new
            if _likeness(ours.same[i], theirs.same[j]) >= ALIKE
        ),
    )
    pairs, left, right = list[tuple[int, int]](), set[int](), set[int]()
    for _, i, j in alike:
        if i not in left and j not in right:
            pairs.append((i, j))
            left.add(i)
            right.add(j)
    return pairs


def _likeness(one: str, other: str) -> float:
    words, others = one.split(), other.split()
    if max(len(words), len(others)) > MOST_WORDS:
        return 0.0
    return SequenceMatcher(None, words, others, autojunk=False).ratio()


def _cut(ours: _Body, theirs: _Body, gone: Sequence[int]) -> Iterator[Edit]:
    there = Counter(theirs.same)
    for i in gone:
        if not there[ours.same[i]]:
            yield _edit(Change.CUT, Place.BODY, ours.templates[i], "", language=ours.language)


def _added(ours: _Body, theirs: _Body, new: Sequence[int]) -> Iterator[Edit]:
    there = Counter(ours.same)
    for j in new:
        place = {0: Place.BEGINNING, len(theirs) - 1: Place.END}.get(j)
        if place is not None and not there[theirs.same[j]]:
            yield _edit(Change.ADD, place, "", theirs.templates[j], language=ours.language)


def _changed(before: str, after: str, language: str) -> Iterator[Edit]:
    """One phrase for another, or the whole sentence; a word more or less is nobody's habit."""
    was, now = words_of(before), words_of(after)
    codes = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    differing = [one for one in codes if one[0] != "equal"]
    if len(differing) == 1:
        what, i1, i2, j1, j2 = differing[0]
        if what != "replace":
            return
        least, most = PHRASE
        if i2 - i1 < least:
            # One word alone says too little: the next one is taken along.
            left, right = (0, 1) if i2 < len(was) and j2 < len(now) else (1, 0)
            i1, j1, i2, j2 = max(i1 - left, 0), max(j1 - left, 0), i2 + right, j2 + right
        if least <= i2 - i1 <= most and j2 - j1 <= most:
            said = " ".join(was[i1:i2]), " ".join(now[j1:j2])
            yield _edit(Change.REPLACE, Place.PHRASE, said[0], said[1], language=language)
        return
    if differing:
        yield _edit(Change.REPLACE, Place.BODY, before, after, language=language)
