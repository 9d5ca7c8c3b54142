"""What a text does, whatever it was called: prices, terms, contracts and commitments.

Deterministic and deliberately suspicious. A sentence that says "we can offer 20 % off" is a price
commitment in any of the four languages, whichever of them the text claims to be in. A miss costs
trust and a false alarm costs one look by a person, so doubt goes to the stricter side; only hard
stops, which nobody can wave through, ask for an assertion in our own name.
"""

import re
import unicodedata

from services.types.actions import ActionType, ContentClass, ContentMatch

CONTENT_VERSION = "content-1"
"""Part of the lineage: whoever changes what a text is found to be gives it another."""
LANGUAGES = frozenset({"en", "de", "fr", "es"})
_LONGEST_QUOTE = 200


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_CURRENCY = (
    r"(?:us\$|[$€£¥₹]|usd|eur|gbp|chf|jpy|cad|aud|dollars?|euros?|pounds?|francs?|franken|"
    r"d[oó]lares|livres|libras)"
)
# Bounded everywhere: the text is somebody else's, and a long run of digits must stay cheap.
_NUMBER = r"(?<!\d)\d[\d.,' ]{0,20}(?:k\b|m\b|mio\b|tsd\b|mille\b|mil\b)?"
_WORD_NUMBER = (
    r"(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|zwanzig|drei(?:ß|ss)ig|"
    r"vierzig|f[uü]nfzig|hundert|tausend|zehn|vingt|trente|quarante|cinquante|cent|mille|dix|"
    r"veinte|treinta|cuarenta|cincuenta|cien|diez)[\s-]{0,2}){1,5}"
)
MONEY = _any(
    rf"(?<![a-z]){_CURRENCY}\s?{_NUMBER}",
    rf"{_NUMBER}\s?{_CURRENCY}(?![a-z])",
    rf"\b{_WORD_NUMBER}\s*(?:thousand |hundred |mil |mille |tausend )?{_CURRENCY}(?![a-z])",
)
_PERCENT = _any(
    r"(?<!\d)\d[\d.,]{0,9}\s?(?:%|percent\b|per cent\b|prozent\b|pour ?cents?\b|por ?ciento\b)",
    rf"\b{_WORD_NUMBER}\s*(?:%|percent\b|per cent\b|prozent\b|pour ?cents?\b|por ?ciento\b)",
)
_DISCOUNT = _any(
    r"\bdiscount\w*",
    r"\brebates?\b",
    r"\b(?:price|cost) (?:cut|reduction)s?\b",
    r"%\s*(?:off|less|cheaper|reduction|rabatt|nachlass|de (?:remise|r[ée]duction|descuento))",
    r"\b(?:percent|per cent) (?:off|less)\b",
    r"\b(?:free of charge|for free|at no (?:extra |additional )?(?:cost|charge)|waived?|"
    r"waiving)\b",
    r"\b(?:one|two|three|six|\d+) (?:months?|weeks?|years?|seats?|users?) free\b",
    r"\brabatt\w*|\bpreisnachl\w+|\bnachlass\b|\bskonto\b|\bkostenlos\w*|\bgratis\b",
    r"\bremises?\b|\brabais\b|\br[ée]ductions?\b|\bgratuit\w*|\bofferts?\b",
    r"\bdescuentos?\b|\brebajas?\b|\bgratuit[oa]s?\b|\bsin (?:coste|costo|cargo)\b",
)
_PRICE = _any(
    r"\bpric(?:e|es|ed|ing)\b|\bquot(?:e|es|ation|ations)\b|\brate card\b|\bfees?\b|\bcosts?\b",
    r"\b(?:per|a) (?:seat|user|license|licence|head)\b|\blist price\b|\binvoices?\b",
    r"\bpreis\w*|preis(?:e|en)?\b|\bkosten\b|\bkostet\b|\bgeb[uü]hr(?:en)?\b|\bpro (?:platz|"
    r"nutzer|lizenz)\b",
    r"\bprix\b|\btarif\w*|\bdevis\b|\bco[uû]t(?:s|e|ent)?\b|\bpar (?:utilisateur|licence|"
    r"poste)\b",
    r"\bprecios?\b|\btarifas?\b|\bcotizaci[oó]n\w*|\bcostes?\b|\bcuestan?\b|\bpor (?:usuario|"
    r"licencia|puesto)\b",
)
_TERMS = _any(
    r"\bnet[\s-]?(?:\d+|thirty|sixty|ninety)\b|\bpayment terms?\b|\bterms of payment\b",
    r"\b(?:contract|commercial|legal|renewal|cancellation|termination) terms?\b|\bour terms\b",
    r"\b(?:notice period|opt[\s-]?out clause|auto-?renew\w*|minimum (?:term|commitment))\b",
    r"\b(?:liability|indemnit\w+|indemnif\w+|warrant(?:y|ies)|exclusivity|service credits?)\b",
    r"\b(?:annual|multi-?year|\w{1,12}-year|\d{1,3}-month) (?:commitment|term|contract)\b|"
    r"\bsla\b",
    r"\bzahlungs(?:ziel|bedingung|frist)\w*|\bk[uü]ndigungsfrist\w*|\bhaftung\w*|"
    r"\bvertragslaufzeit\b|\bkonditionen\b",
    r"\b(?:conditions|d[ée]lais?) de paiement\b|\bpr[ée]avis\b|\bresponsabilit[ée]\b|"
    r"\bconditions (?:commerciales|contractuelles)\b",
    r"\b(?:condiciones|plazos?) de pago\b|\bpreaviso\b|\bcondiciones (?:comerciales|"
    r"contractuales)\b|\bresponsabilidad civil\b",
    r"\b\d+ (?:tage netto|jours nets?|d[ií]as netos?)\b",
)
_CONTRACT = _any(
    r"\bcontract(?:s|ual)?\b|\bagreements?\b|\b(?:msa|dpa|sow)\b|\border forms?\b|\bclauses?\b",
    r"\baddend(?:um|a)\b|\bamendments?\b|\bsection \d+",
    r"\bvertr(?:ag|[aä]ge)\w*|\bklauseln?\b|\bzusatzvereinbarung\w*|\bavv\b",
    r"\bcontrats?\b|\bavenants?\b|\baccord-cadre\b",
    r"\bcontratos?\b|\bcl[aá]usulas?\b|\badendas?\b|\banexos?\b",
)
_CHANGE = _any(
    r"\b(?:chang|amend|modif|remov|strik|struck|delet|extend|waiv|rewrit|redlin|revis|adjust)\w*",
    # "I'll give you an update on the contract" changes nothing.
    r"(?<!\ban )(?<!\bthe )(?<!\bany )\bupdat(?:e|ed|ing)\b(?! (?:you|on|about|regarding))",
    r"\b(?:add|adding|added|drop|dropping|dropped|cancel|cancelling)\b",
    r"\b(?:[aä]nder|ge[aä]ndert|streich|gestrichen|entfern|erg[aä]nz|verl[aä]nger|anpass|"
    r"angepasst)\w*|\bpassen\b",
    r"\b(?:modifi|chang|supprim|retir|ajout|prolong|amend|rev[ou]|adapt)\w*",
    r"\b(?:cambi|elimin|quit(?:ar|amos|o)\b|a[ñn]ad|agreg|prorrog|ampli|ajust|enmend)\w*",
)
# Our own name with a verb that binds, or a statement of what the reader is going to have.
_COMMIT = _any(
    r"\b(?:we|i)(?: can|'ll| will| could| would| are able to|'re able to)? ?(?:also |gladly |"
    r"happily |definitely )?"
    r"(?:offer|give|grant|do|provide|guarantee|promise|commit|agree|accept|lock|drop|cut|match|"
    r"lower|reduce|apply|"
    r"approve|include|waive|change|amend|modify|remove|strike|update|extend|add|honou?r|knock)\b",
    r"\b(?:we|i)(?:'ve| have|'re|'m| are| am)? (?:just |already )?(?:agreed|approved|accepted|"
    r"giving|offering|"
    r"changed|amended|removed|updated|applied|reduced|granting|waiving|happy to (?:offer|give|"
    r"do|accept|agree|waive|"
    r"change|amend|remove|update)|prepared to|willing to|pleased to offer)\b",
    r"\byou(?:'ll| will) have\b|\byou(?:'ll| will| can)? (?:get|receive|pay|only pay)\b|"
    r"\byours? (?:price|rate|"
    r"total) (?:is|will be)\b",
    r"\b(?:for you|just for you|you pay|consider it done|it's a deal|deal at|final (?:price|"
    r"offer)|locked in)\b",
    r"\blet's (?:do|say|go with|agree on|settle (?:on|at))\b|\b(?:legally )?binding\b|"
    r"\bspecial (?:price|offer)\b",
    r"\b(?:will be|has been|have been|is|are) (?:amended|changed|removed|updated|waived|"
    r"modified|extended|reduced|approved|applied|"
    r"struck|deleted)\b",
    r"\b(?:wir|ich) (?:k[oö]nnen?|werden?|bieten?|geben?|gew[aä]hren?|garantieren?|[aä]ndern?|"
    r"streichen?|akzeptieren?|passen|"
    r"machen?|verlängern?|sagen)\b|\b(?:k[oö]nnen|bieten|geben|gew[aä]hren|garantieren|"
    r"[aä]ndern|machen|werden|streichen) wir\b|"
    r"\b(?:kann|biete|gebe|gew[aä]hre|garantiere|[aä]ndere|werde) ich\b|\bsie (?:bekommen|"
    r"erhalten|zahlen)\b",
    r"\b(?:nous|je) (?:vous |te |t')?(?:pouvons|peux|offrons|offre|accordons|accorde|proposons|"
    r"propose|garantissons|garantis|"
    r"acceptons|accepte|modifions|modifie|supprimons|ajoutons|faisons|fais|allons|vais)\b|"
    r"\bvous (?:aurez|payez|paierez|b[ée]n[ée]ficiez)\b",
    r"\b(?:podemos|puedo|ofrecemos|ofrezco|le damos|les damos|te damos|damos|garantizamos|"
    r"garantizo|aceptamos|acepto|"
    r"modificamos|cambiamos|eliminamos|vamos a|haremos|har[eé]|aplicamos)\b|"
    r"\b(?:usted )?(?:pagar[aá]|recibir[aá])n?\b",
)
_PROMISE = _any(
    r"\b(?:we|i)(?:'ll| will| can)? ?(?:hereby )?(?:guarantee|promise|commit (?:to|that|"
    r"ourselves)|warrant)\b",
    r"\bour guarantee\b|\blegally binding\b|\b(?:wir|ich) (?:garantier|versprech|verpflicht)\w+",
    r"\b(?:nous|je) (?:vous )?(?:garanti|promet|nous engageons|m'engage)\w*|\b(?:garantiz|"
    r"promet|nos compromet)\w+",
)
_HEDGE = _any(
    r"\b(?:can ?not|can't|cannot|won't|not able|unable|unfortunately|don't|doesn't)\b",
    r"\b(?:check|ask|find out|clarify|discuss|whether|let me know|get back)\b",
    r"\b(?:kl[aä]r|pr[uü]f|frag|ob wir|leider|nicht)\w*|\b(?:v[ée]rifi|demand|"
    r"malheureusement)\w*|\bne .{1,20} pas\b",
    r"\b(?:consult|pregunt|comprob|desafortunadamente|lamentablemente)\w*|\bno (?:podemos|"
    r"puedo)\b",
)
# What the customer named is theirs: saying it back isn't our price.
_MIRROR = _any(
    r"\byour (?:\w+ ){0,2}(?:budget|spend|target|limit|range|figure)\b|\byou (?:mentioned|said|"
    r"told|named|wrote|have|set aside)\b",
    r"\b(?:ihr|euer|dein)\w* budget\b|\bsie (?:erw[aä]hnt|nannten|sagten|haben)\b",
    r"\b(?:votre|ton) budget\b|\bvous (?:avez|aviez) (?:mentionn|indiqu|parl|dit)\w*",
    r"\b(?:su|tu|vuestro) presupuesto\b|\b(?:mencion|indic|coment)(?:aron|[oó]|aste|aba)\b",
)
_PROPOSAL = _any(
    r"\b(?:attached|enclosed|here)\b.{0,40}\b(?:proposal|offer|quote|quotation)\b",
    r"\b(?:our|the|a|this) (?:commercial )?proposal\b",
    r"\b(?:unser|das|im anhang).{0,30}\bangebot\b|\bnotre (?:proposition|offre)\b|"
    r"\bci-joint.{0,40}(?:proposition|offre|devis)\b",
    r"\b(?:nuestra|adjunto|adjunta).{0,30}(?:propuesta|oferta)\b",
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n{2,}")


def classify_content(text: str, language: str) -> ContentClass:
    """Everything a text amounts to beyond a plain message, with the sentences that show it.

    All four languages' rules run on every text, because a text may mix them; `language` says only
    whether anyone can vouch for what they didn't find.
    """
    sentences = [part for part in _SENTENCE.split(_plain(text)) if part.strip()]
    found: dict[tuple[ActionType, str], ContentMatch] = {}
    for place, sentence in enumerate(sentences):
        following = sentences[place + 1] if place + 1 < len(sentences) else ""
        for action_type in _types(sentence, following):
            quote = sentence.strip()[:_LONGEST_QUOTE]
            found[action_type, quote] = ContentMatch(action_type=action_type, quote=quote)
    known = language.lower().replace("_", "-").partition("-")[0] in LANGUAGES
    return ContentClass(matches=tuple(found.values()), readable=known or not text.strip())


def _plain(text: str) -> str:
    """One spelling for what looks the same: no invisible signs, no full-width digits, no case."""
    folded = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u2018", "'")
    visible = "".join(
        sign for sign in folded if sign in "\n\t" or unicodedata.category(sign) not in {"Cf", "Cc"}
    )
    lines = re.sub(r"(?<!\n)\n(?!\n)", " ", visible)
    return re.sub(r"[ \t]+", " ", lines).lower()


def _types(sentence: str, following: str) -> list[ActionType]:
    money = MONEY.search(sentence) is not None
    discount = _DISCOUNT.search(sentence) is not None
    asserts = _asserts(sentence)
    types: list[ActionType] = []
    if asserts and _CONTRACT.search(sentence) and _CHANGE.search(sentence):
        types.append(ActionType.MODIFY_CONTRACT)
    if asserts and _prices(sentence, following):
        types.append(ActionType.COMMIT_PRICING)
    if _negotiates(sentence):
        types.append(ActionType.NEGOTIATE_TERMS)
    if _PROPOSAL.search(sentence):
        types.append(ActionType.SEND_PROPOSAL)
    if money or discount or _PRICE.search(sentence) or _TERMS.search(sentence):
        types.append(ActionType.DISCUSS_PRICING)
    return types


def _asserts(sentence: str) -> bool:
    """Whether the sentence binds us: ours, not asked, not put off."""
    asks = sentence.rstrip().endswith("?")
    return bool(_COMMIT.search(sentence)) and not asks and not _HEDGE.search(sentence)


def _prices(sentence: str, following: str) -> bool:
    """Whether it names a price of ours. "Better prices are possible. It would be $90." names one
    too, so a price word reaches for a number in the next sentence."""
    if _DISCOUNT.search(sentence):
        return True
    if MONEY.search(sentence):
        return not _MIRROR.search(sentence) or _PRICE.search(sentence) is not None
    if not _PRICE.search(sentence):
        return False
    return bool(_PERCENT.search(sentence) or MONEY.search(following) or _PERCENT.search(following))


def _negotiates(sentence: str) -> bool:
    if _PROMISE.search(sentence):
        return True
    terms, contract = _TERMS.search(sentence), _CONTRACT.search(sentence)
    if terms and (_COMMIT.search(sentence) or _CHANGE.search(sentence)):
        return True
    if contract and _CHANGE.search(sentence):
        return True
    return bool(_COMMIT.search(sentence) and _PRICE.search(sentence))
