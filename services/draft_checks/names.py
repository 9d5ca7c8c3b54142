# ruff: noqa: E501, RUF001, SIM905 - a language's words stand on one line, as they are written
"""The greeting names somebody whom the mail doesn't reach: Hi Carla, to Claire."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from services.types.findings import CheckContext, Finding, FindingKind, Recipient

_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|servus|grüezi|bonjour|bonsoir|ch[eè]re?s?|salut|madame|monsieur|hola|estimad[oa]s?|querid[oa]s?|buenos d[ií]as|buenas tardes|ciao|gentile|gentilissim[oa]|egregi[oa]|buongiorno|buonasera|car[oaie]|salve|beste|geachte|hoi|dag|goedemorgen|goedemiddag|lieve|ol[áa]|oi|prezad[oa]s?|car[oa]s?|bom dia|boa tarde|hej|hejsan|bästa|kära|god morgon)\b[ ,]*"
    r"(?P<who>[^\n,:;!.?–—-]*(?:\.(?=\s?\w)[^\n,:;!.?–—-]*)*)(?P<end>[,:;!–—-]|\.?\s*$|\n)",
    re.IGNORECASE,
)
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir madam herr herrn frau dr. dipl ing monsieur madame mademoiselle m mme mlle sr sra srta señor señora señorita senor senora don doña dona signor signora signorina sig sig.ra dott dottor dottoressa dott.ssa ing ingegner avv senhor senhora heer mevrouw mevr meneer de dhr fru fröken le la el il o a".split()
)
# Greeted like this nobody is named.
_ANYBODY = frozenset(
    "team all everyone everybody folks both there again guys colleague colleagues friend friends sir madam sirs crew group board committee department support sales zusammen alle allerseits damen herren kolleginnen kollegen leute tous toutes tout équipe equipe messieurs mesdames collègues todos todas equipo tutti tutte squadra colleghi allemaal allen iedereen collega collega's pessoal turma equipa alla allihopa kollegor gang people partner customer client kunde kundin client cliente klant".split()
)
_JOIN = re.compile(r"\s*(?:,|/|&|\+|\b(?:and|und|et|y|e|en|och)\b)\s*", re.IGNORECASE)
_NICKNAMES = tuple(
    frozenset(names.split())
    for names in (
        "robert rob bob bobby bert", "william will bill billy liam willem wim", "richard rich rick dick",
        "elizabeth liz lizzie beth betty eliza elisabeth lisa elise elsbeth", "katherine catherine kate kathy cathy katie kat cat katharina kathrin katrin catherina",
        "margaret maggie meg peggy greta margarete margarita", "michael mike mick mikey michel michele miguel michal", "james jim jimmy jamie",
        "john jack johnny jon jonathan johann johannes hans jan juan jean joão giovanni", "thomas tom tommy tomas", "anthony tony anton antonio antoine", "edward ed eddie ted ned eduard eduardo",
        "joseph joe joey josef sepp jose josé giuseppe pepe beppe", "charles charlie chuck chas karl carlos carlo", "daniel dan danny dani", "david dave davy", "stephen steven steve stefan stephan esteban stefano",
        "andrew andy drew andreas andré andrea andres", "christopher chris kit christoph cristobal cristoforo", "christine christina chris tina kirsten", "nicholas nick nicolas nico niklas klaus nicola",
        "alexander alex sandy sascha xander alejandro alessandro aleksander", "alexandra alex sandra sasha", "samuel sam sammy", "samantha sam sammie", "matthew matt matthias mateo matteo",
        "patrick pat paddy", "patricia pat patty trish tricia", "jennifer jen jenny", "jessica jess jessie", "rebecca becky becca rebekka", "susan sue susie suzanne susanne", "deborah deb debbie",
        "gregory greg", "timothy tim", "benjamin ben benny", "peter pete pedro pietro pierre", "francis frank francisco paco francesco franz", "frederick fred freddy friedrich federico fritz", "george georg jorge giorgio georges jürgen",
        "henry harry hank heinrich enrico enrique henri", "lawrence larry laurence lorenzo", "leonard leo len lenny leonardo", "philip phil philipp felipe filippo", "raymond ray", "ronald ron ronnie", "theodore ted theo", "victoria vicky vic tori",
        "abigail abby", "barbara barb babs", "dorothy dot dottie", "eleanor ellie nell nora", "emily em emma", "gabriel gabe", "gabrielle gabriella gaby gabi", "jacqueline jackie", "joshua josh", "kenneth ken kenny", "kimberly kim", "natalie nat natasha", "nathan nate nathaniel", "olivia liv", "pamela pam", "penelope penny", "russell russ", "sebastian seb bastian", "theresa terry tess teresa", "valerie val", "vincent vince vincenzo", "walter walt", "zachary zach", "maximilian max", "mohammed mohamed muhammad mo",
    )
)  # fmt: skip
_FOLDS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d"})
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"))
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_MOST = 4
_LEAST = 3
"""Letters that two names must share to be taken for a short form of each other."""
_ROLES = frozenset(
    "info sales support office contact hello team admin billing service help mail kontakt it hr finance accounts purchasing procurement einkauf vertrieb buchhaltung compras ventas noreply".split()
)


def wrong_name(text: str, context: CheckContext) -> Iterator[Finding]:
    """Silent unless the greeting names people, none of them is a recipient, and it is known what
    the recipients are called. A signature isn't looked at."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    match = _GREETING.match(first)
    named = _named(match["who"]) if match else ()
    known = [_names_of(recipient) for recipient in context.recipients]
    if not named or not known or not all(known):
        return
    called = set().union(*known) | _signed(context)
    if any(_is_one(word, called) for name in named for word in name):
        return
    who = " ".join(named[0])
    to = " and ".join(_shown(recipient) for recipient in context.recipients[:2])
    more = len(context.recipients) - 2
    others = f" and {more} more" if more > 0 else ""
    yield Finding(
        kind=FindingKind.NAME,
        sentence=f"It greets {who}, and goes to {to}{others}.",
        quote=first.strip()[:80],
    )


def _named(who: str) -> tuple[tuple[str, ...], ...]:
    """The people a greeting names, each as their words without titles; none when it greets
    anybody, a title alone or a whole sentence."""
    people = []
    for part in _JOIN.split(who):
        words = [word.rstrip(".") for word in _WORD.findall(part)]
        if any(word.lower() in _ANYBODY for word in words) or len(words) > _MOST:
            return ()
        kept = [word for word in words if word.lower() not in _TITLES]
        if any(word[:1].islower() for word in kept):
            return ()
        if kept:
            people.append(tuple(kept))
    return tuple(people)


def _names_of(recipient: Recipient) -> set[str]:
    """All they may be called; nothing when only a mailbox of many is known."""
    local, _, domain = recipient.email.lower().partition("@")
    parts = [part for part in re.split(r"[^\w]+|_|\d+", local.partition("+")[0]) if part]
    from_name = {form for word in _WORD.findall(recipient.name) for form in _forms(word)}
    spoken = "@" not in recipient.name and bool(from_name)
    if not spoken and (len(parts) < 2 or set(parts) & _ROLES):  # noqa: PLR2004 - a first and a last name
        return set()
    company = {form for label in domain.split(".")[:-1] for form in _forms(label)}
    return from_name | {form for part in parts for form in _forms(part)} | company | {local}


def _signed(context: CheckContext) -> set[str]:
    """What people on the other side call themselves at the end of their mails."""
    found: set[str] = set()
    for mail in context.earlier:
        if mail.ours or not mail.text:
            continue
        ends = [line for line in mail.text.split("\n") if line.strip()][-4:]
        words: Iterable[str] = (word for line in ends for word in _WORD.findall(line))
        found |= {form for word in words if word[:1].isupper() for form in _forms(word)}
        found |= {form for word in _WORD.findall(mail.who) for form in _forms(word)}
    return found


def _forms(word: str) -> set[str]:
    """Without accents, umlauts in both spellings; the parts of a double name too."""
    lowered = word.lower().rstrip(".").replace("’", "'")
    spelt = lowered
    for letter, pair in _UMLAUTS:
        spelt = spelt.replace(letter, pair)
    whole = {_plain(lowered), _plain(spelt)}
    return whole | {part for one in whole for part in re.split(r"['.-]", one) if len(part) > 1}


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.translate(_FOLDS))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _is_one(word: str, called: set[str]) -> bool:
    forms = _forms(word)
    if forms & called or any(len(form) == 1 for form in forms):
        return True  # the name itself, or an initial
    for form in forms:
        if any(_short_of(form, name) or _short_of(name, form) for name in called):
            return True
        if any(form in name for name in called if len(form) > _LEAST):
            return True  # jsmith@ is Smith
    return any(forms & nick and called & nick for nick in _NICKNAMES)


def _short_of(short: str, name: str) -> bool:
    return len(short) >= _LEAST and name.startswith(short)


def _shown(recipient: Recipient) -> str:
    return recipient.name.strip() or recipient.email
