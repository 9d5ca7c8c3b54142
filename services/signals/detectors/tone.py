# ruff: noqa: E501 - a language's words stand on one line
"""How friendly a text is: words and the offline rules, in eight languages. Pure.

The tone of a text lies between -1 and 1: friendly words and sentences against sharp ones, damped,
so that one word doesn't turn a text. Thanks and greetings count half: everybody writes them.
"""

import re
from functools import lru_cache

from services.offline.context import ELSEWHERE, OTHERS
from services.offline.signals import find_signals
from services.offline.text import Sentence, sentences
from services.patterns import late
from services.types.model import Sign

_SHARP_SIGNALS = frozenset(
    {Sign.DISSATISFACTION, Sign.ESCALATION, Sign.CANCELLATION, Sign.DEAL_LOST}
)
_WARM_SIGNALS = frozenset({Sign.READY_TO_BUY, Sign.STRONG_INTEREST, Sign.WANTS_MORE})
_RULE, _WORD, _POLITE = 2.0, 1.0, 0.5
_DAMPED = 1.5
_MOST_TEXT, _LONGEST = 20_000, 1_000

_SHARP = late(
    r"\b(?:disappoint\w*|frustrat\w*|unacceptable|unhappy|annoy\w*|upset|angry|worr(?:y|ied|ying)|concern(?:ed|ing)|confus(?:ed|ing)|terrible|awful|poor(?:ly)?|worse|worst|broken|useless|ridiculous|waste|wasted|fail(?:ed|ing|ure)?s?|problem(?:atic|s)?|issues?|still (?:waiting|not|no)|again and again|yet again|once again|no (?:response|answer|reply|progress)|nobody (?:answers|replied|responds)|too (?:slow|late|long|many|expensive)|not (?:acceptable|good enough|what we|working|happy|satisfied|impressed)|doesn't work|isn't working|losing (?:patience|trust|confidence)|patience|overdue|unreliable|unprofessional|regret\w*|furious|fed up|sick of|embarrass\w*|apologi[sz]e to (?:our|my|\w+) customers?|not impressed|ignor(?:es|ed|ing)|promised|"
    r"enttäusch\w*|verärgert|ärgerlich|unzufrieden|inakzeptabel|schlecht\w*|leider|probleme?|funktioniert nicht|immer noch (?:nicht|kein\w*)|zu (?:langsam|spät)|sorgen|unzuverlässig|geduld|wütend|sauer|zum (?:\w+ )?mal|schon wieder|peinlich|"
    r"déçue?s?|mécontent\w*|inacceptable|frustré\w*|problèmes?|ne (?:marche|fonctionne) pas|toujours (?:pas|aucun\w*)|furieux|furieuse|en colère|honteux|encore une fois|trop (?:lent|tard)|inquiets?|inquiète|malheureusement|"
    r"decepcionad\w+|insatisfech\w+|inaceptable|frustrad\w+|problemas?|no funciona|todavía no|demasiado (?:lento|tarde)|muy mal|enfadad\w+|harto|harta|otra vez|preocupad\w+|lamentablemente|"
    r"delus[oiae]|insoddisfatt\w+|inaccettabile|frustrat[oiae]|problemi?|non funziona|ancora (?:non|nessun\w*)|troppo (?:lento|tardi)|arrabbiat\w+|furios\w+|di nuovo|inutile|preoccupat\w+|purtroppo|"
    r"teleurgesteld|ontevreden|onacceptabel|gefrustreerd|problemen|werkt niet|nog steeds (?:niet|geen)|te (?:traag|laat)|boos|woedend|alweer|bezorgd|helaas|"
    r"desapontad\w+|insatisfeit\w+|inaceitável|não funciona|ainda não|muito (?:lento|tarde)|desiludid\w+|zangad\w+|outra vez|já não (?:confio|acredito)|infelizmente|"
    r"besvik\w*|missnöjd\w*|oacceptabelt|frustrera\w*|fungerar inte|fortfarande (?:inte|ingen)|för (?:långsamt|sent)|arg|upprörd|ännu en gång|tyvärr)\b",
    re.IGNORECASE,
)
_WARM = late(
    r"\b(?:great|excellent|love(?:d|ly)?|awesome|amazing|fantastic|wonderful|brilliant|perfect(?:ly)?|happy|glad|pleased|delighted|excited|impress(?:ed|ive)|helpful|appreciate[sd]?|works? (?:well|great|nicely)|looking forward|well done|good (?:news|work|job|call|progress)|smooth(?:ly)?|enjoy(?:ed|ing)?|superb|"
    r"super|toll\w*|prima|ausgezeichnet|hervorragend|begeistert|freue?n? (?:mich|uns)|zufrieden|hilfreich|gefällt|"
    r"parfait|excellent\w*|génial\w*|ravie?s?|contente?s?|super|formidable|enchantée?s?|satisfaite?s?|"
    r"perfecto|excelente|genial|encantad\w+|content\w+|fantástico|estupendo|satisfech\w+|"
    r"perfetto|ottimo|eccellente|felic[ei]|content[oiae]|fantastico|soddisfatt\w+|"
    r"perfect|uitstekend|geweldig|blij|tevreden|fijn|"
    r"perfeito|ótimo|excelente|feliz|satisfeit\w+|"
    r"perfekt|utmärkt|jättebra|glad|nöjd\w*|toppen)\b",
    re.IGNORECASE,
)
_POLITE_WORDS = late(
    r"\b(?:thanks?|thank you|cheers|danke|vielen dank|merci|gracias|grazie|dank je|bedankt|obrigad[oa]|tack)\b",
    re.IGNORECASE,
)
_TURNED = late(
    r"\b(?:not|\w{0,6}n't|no|never|without|nicht|kein\w*|nie|ohne|pas|jamais|sans|nunca|sin|non|senza|niet|geen|zonder|não|sem|inte|ingen|utan|less than|hardly)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_NO_COMPLAINT = late(
    r"\b(?:no|without|not a|any|solved|fixed|resolved|kein\w*|ohne|pas de|aucun|sin|ningún|nessun|geen|sem|inga|utan) (?:\w+ )?$",
    re.IGNORECASE,
)


def tone_of(text: str) -> float:
    """From -1, sharp, to 1, friendly; 0 says nothing either way."""
    warm = sharp = 0.0
    for sentence in _sentences(text):
        one_warm, one_sharp = _weigh(sentence)
        warm, sharp = warm + one_warm, sharp + one_sharp
    return (warm - sharp) / (warm + sharp + _DAMPED)


def sharp_sentences(text: str) -> tuple[str, ...]:
    """The sentences that are sharper than they are friendly, the sharpest first, verbatim."""
    weighed = [(sentence.quote, *_weigh(sentence)) for sentence in _sentences(text)]
    sharp = [(sharp - warm, quote) for quote, warm, sharp in weighed if sharp > warm]
    return tuple(quote for _, quote in sorted(sharp, key=lambda one: (-one[0], one[1])))


@lru_cache(maxsize=500)
def _sentences(text: str) -> tuple[Sentence, ...]:
    return tuple(one for one in sentences(text[:_MOST_TEXT]) if len(one.quote) <= _LONGEST)


@lru_cache(maxsize=4_000)
def _weigh(sentence: Sentence) -> tuple[float, float]:
    """What a sentence has of friendly and of sharp words."""
    flat = sentence.flat
    if ELSEWHERE.search(flat) or OTHERS.search(flat):
        return 0.0, 0.0
    named = {signal.name for signal in find_signals(sentence, None, ())}
    warm = _RULE * bool(named & _WARM_SIGNALS)
    sharp = _RULE * bool(named & _SHARP_SIGNALS)
    for match in _WARM.finditer(flat):
        if _TURNED.search(flat[: match.start()]):
            sharp += _WORD
        else:
            warm += _WORD
    for match in _SHARP.finditer(flat):
        if not _NO_COMPLAINT.search(flat[: match.start()]):
            sharp += _WORD
    return warm + _POLITE * bool(_POLITE_WORDS.search(flat)), sharp
