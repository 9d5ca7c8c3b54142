# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Finds the customer's own budget: amounts they can spend, and money they say is there or gone."""

import re

from services.offline.context import ELSEWHERE, HYPOTHETICAL, PAST, YOURS
from services.offline.money import find_amount
from services.offline.rules import Rule, best, rule
from services.patterns import late
from services.types.model import Sign

# Words that make an amount in the same sentence a budget.
_STRONG = late(
    r"\bbudget(?:s|ed|ary)?\b(?! (?:airline|hotel|option|version|tier))|\bbudgett\w*|\b(?:allocated|earmarked|set aside|ring-?fenced|put aside)\b|"
    r"\b(?:can|able to|willing to|prepared to|happy to|authori[sz]ed to|allowed to|plan(?:ning)? to|ready to|looking to|expect to|want to|intend to|going to) (?:spend|invest|pay|commit|go up to|go as high as)\b|"
    r"\b(?:spend|spending|price|cost|investment) (?:limit|cap|ceiling|envelope)\b|"
    r"\bspending (?:authority|is capped)\b|\b(?:we|i) have (?:up to |about |around |roughly |approximately |some |about )?(?=[\d$€£a-z ]{1,25}(?:to spend|available|for this|to work with|set aside|approved|in the))|"
    r"\bfunds? (?:of|are|available)\b|\bthere(?:'s| is| are)\b.{0,40}\bavailable (?:for|this|in)\b|\bfunding (?:of|is|has been) (?:approved|secured|available)?|\bapproved (?:spend|funding|capex|opex)\b|"
    r"\b(?:our )?(?:ceiling|upper limit|price range|spending range|cap) (?:is|of|for this is)\b|\bcan't (?:go|spend) (?:above|over|beyond|more than|past)\b|"
    r"\bcannot (?:go|spend|exceed)\b|\b(?:to spend|to invest)\b|\b(?:signed off|approved|released|freed up|secured) (?:on )?(?:about |around |up to |roughly )?(?=[$€£\d]|usd|eur|gbp|chf)|"
    r"\bmax(?:imum)?(?: of)? (?=[$€£\d])|\bup to (?=[$€£\d]).{0,40}\b(?:available|approved|a year|per year|for this|for the project)\b|"
    # German, French, Spanish, Italian, Dutch, Portuguese, Swedish
    r"\bbudget(?:rahmen|iert)\b|\b(?:ausgeben|investieren|bereitgestellt|eingeplant|veranschlagt|"
    r"zur verfügung|freigegeben)\b|\bprésupuesto\b|\bpresupuest\w*|\bdestinad\w*|\bgastar\b|"
    r"\b(?:contamos con|disposons|disposer|enveloppe|débloqué|alloué\w*|dépenser|prévu)\b|\b(?:disponemos|"
    r"invertir|asignad\w*)\b|\b(?:stanziat\w*|spendere|disponiamo|investire)\b|\b(?:besteden|"
    r"uitgeven|beschikbaar|gereserveerd|uittrekken)\b|\borçament\w*|\b(?:verba|gastar|reservad\w*|"
    r"dispomos)\b|\bbudget(?:en|erat)?\b|\b(?:avsatt|lägga|spendera|till förfogande)\b",
    re.IGNORECASE,
)
_WEAK = late(
    r"\b(?:we|i|we're|we are|i'm|our (?:cfo|ceo|board|team|company))\b.{0,50}\b(?:thinking|somewhere between|looking at|considering|aiming|comfortable (?:with|at|around)|target(?:ing)?|"
    r"go up to|do|stretch to|afford|contemplating|expecting (?:to be )?(?:around|about|at)|hoping to (?:stay|keep))\b|"
    r"\b(?:ballpark|in the (?:range|region|neighbou?rhood|area) of|keep (?:it|this) (?:under|below)|stay (?:under|below|within)|must (?:not exceed|stay under)|has to stay (?:under|below))\b",
    re.IGNORECASE,
)
_OTHER_MONEY = late(
    r"\b(?:raised|series [a-e]\b|seed round|funding round|valuation|revenues?|turnover|profits?|our arr\b|arr (?:is|of|grew)|mrr|"
    r"we (?:currently |now |already |still )?(?:pay|are paying|spent|lost|lose|save|saved|waste|wasted|sell|make|made|generate|earn|bill)|we're (?:currently )?paying|(?:it|that|this|which) (?:costs?|is costing) us|"
    r"costs? us|cost(?:s|ing) (?:the company|our)|fined?|penalt(?:y|ies)|invoice|discount|refund|salary|salaries|ad budget|ad spend|clients' budgets?|customers' budgets?|manage budgets|"
    r"(?:government|federal|national|city|state|eu) budget|budget (?:report|reports|reporting|planning|tool|module|meeting|forecast(?:ing)?|season|software|spreadsheet|template)|umsatz|chiffre d'affaires|levée de fonds|"
    r"facturación|ingresos|fatturato|omzet|faturamento|omsättning|pipeline (?:of|is|worth)|deals? (?:worth|of)|contracts? worth)\b",
    re.IGNORECASE,
)
_CURRENT = late(r"\b(?:budget|to spend|set aside|allocated|earmarked)\b", re.IGNORECASE)
_OUR_BUDGET = late(
    r"\bbudget (?:is|of|for|stands|remains|at|has|tops)\b|\bset aside\b", re.IGNORECASE
)
_CEILING = late(
    r"\b(?:more than|beyond|above|over|exceed|past|higher than|mehr als|über|plus de|más de|"
    r"più di|meer dan|mais (?:de|que)|mer än|dépasser|superar|superare)\b",
    re.IGNORECASE,
)

_CUT = r"(?:gekürzt|gestrichen|halbiert|eingefroren|gesperrt|gestoppt|réduit\w*|coupé\w*|gelé\w*|suspendu\w*|bloqué\w*|divisé\w*|recortad\w*|recorte\w*|quitado|retirado|acabado|congelad\w*|congelado|reducid\w*|bloquead\w*|suspendid\w*|tagliat\w*|ridott\w*|dimezzat\w*|bloccat\w*|congelat\w*|sospes\w*|gehalveerd|gekort|bevroren|geschrapt|stopgezet|opgeschort|cortad\w*|reduzid\w*|suspens\w*|halverat\w*|fryst\w*|stoppa(?:d|de|t|ts)|neddrag\w*|skurits)"
_FUNDS = r"(?:budgets?|budget\w*|ausgaben|mittel|gelder|investitionen|einkäufe|beschaffung\w*|haushalt\w*|dépenses|achats|crédits|investissements|presupuesto|gastos|compras|fondos|inversiones|acquisti|spese|fondi|investimenti|uitgaven|aankopen|middelen|orçamento|despesas|verbas?|fundos|inköp\w*|utgifter\w*|medel|investeringar\w*)"
_TOOL = r"\b(?:with your|your (?:tool|software|product|platform|system)|mit ihr\w*|votre outil|vuestra herramienta|helps?|hilft|customers?'?|clients?'?)\b"

_NO_MONEY: tuple[Rule, ...] = (
    rule(
        0.82,
        rf"\b{_FUNDS}\b.{{0,35}}\b{_CUT}\b|\b{_CUT}\b.{{0,25}}\b{_FUNDS}\b|\b\w*(?:ausgaben|haushalts|bestell|investitions|bestedings|uitgaven|aankoop|inköps)(?:sperre|stopp?)\b",
        rf"{_TOOL}|\b(?:report|zeit|temps|tiempo)\b",
        name=Sign.BUDGET_CUT,
    ),
    rule(
        0.82,
        r"\b(?:kein\w*|pas|plus|aucun\w*|non|sin|sem|não|geen|inga|inget|ingen|no (?:hay|tenemos|habrá|queda))\b (?:[\w']+ ){0,3}?(?:geld|mittel|d'argent|argent|moyens|dinero|fondos|fondi|soldi|middelen|dinheiro|verbas?|fundos|pengar|medel)\b|\b(?:money|cash|budgets?|funds) (?:is|are) (?:\w+ )?(?:tight|short|scarce|gone)\b|\b(?:the|our) (?:money|funds) for (?:[\w']+ ){1,4}?(?:is|are) (?:gone|spent|used up)\b|\b(?:not|\w{0,6}n't) (?:yet )?(?:been )?(?:released|freed up|approved) (?:the |any |our )?(?:funds|money|budget)\b|\bfund(?:ing|rais\w+)\b.{0,20}\b(?:fell through|failed|collapsed)\b|\b(?:not sure|doubt|don't think|don't know if) (?:[\w']+ ){0,3}?(?:can|could) (?:still )?(?:pay for|afford)\b",
        rf"{_TOOL}|\b(?:problem\w*|issue|problème|problema)\b",
        name=Sign.NO_BUDGET,
    ),
    rule(
        0.78,
        r"\b(?:told|asked|forced|instructed|under orders) to (?:\w+ )?(?:cut|reduce|save|lower)\b.{0,20}\b(?:costs?|spend\w*|expenses|money|budgets?)\b|\b(?:have|has|need|had) to save (?:money|wherever|everywhere|on everything)\b|\bmüssen (?:\w+ ){0,3}?(?:sparen|einsparen)\b|\b(?:faire des économies|se serrer la ceinture)\b|\b(?:tenemos|hay) que (?:\w+ )?(?:ahorrar|apretarnos)\b|\bdobbiamo (?:\w+ )?(?:risparmiare|tirare la cinghia)\b|\bmoeten (?:\w+ ){0,2}?bezuinigen\b|\b(?:temos|precisamos) (?:de|que) (?:\w+ )?(?:poupar|economizar)\b|\bmåste (?:\w+ ){0,2}?spara(?: pengar| in)?\b|\b(?:tenemos que|hay que|dobbiamo|temos de|temos que|nous devons|måste|moeten|müssen) (?:\w+ )?(?:reducir|recortar|ridurre|tagliare|reduzir|cortar|réduire) (?:i |os |les |nos |la |il )?(?:gastos|costes|costos|costi|spese|custos|despesas|coûts|dépenses|budget)\s*[.!]?$",
        rf"{_TOOL}|\b(?:time|zeit|temps|tiempo|tempo|tijd|tid|hours|stunden)\b",
        name=Sign.BUDGET_CUT,
    ),
    rule(
        0.85,
        r"\b(?:recort\w*|congel\w*|agotad\w*|gelé\w*|gekürzt|gestrichen|eingefroren|bloque\w*|tagliat\w*|cut|cutting|frozen|freez(?:e|es|ing)|froze|geschrapt|bevroren|fryst\w*|cortad\w*|suspended|stopped)\b.{0,30}\b(?:budgets?|presupuesto|orçamento|bilancio|mittel|haushalt\w*|fondos|funds?|(?:new )?spend(?:ing)?|investissements|investimenti)\b|\b(?:investissements|investimenti|mittel|fondos|spend(?:ing)?|presupuesto|orçamento)\b.{0,25}\b(?:gelé\w*|congel\w*|gesperrt|gestrichen|gekürzt|recort\w*|frozen|bloccat\w*|suspenso)\b|"
        r"\b(?:no|any) money (?:left|for)|\bshort of (?:cash|money|funds)\b|\bfreeze on (?:all )?(?:new )?(?:spend(?:ing)?|purchas\w+|investment\w*)\b|\b(?:froze|frozen|stopped|suspended|halted|banned) (?:all |any )?(?:\w+ ){0,2}?(?:purchas\w+|spend(?:ing)?|buying|investments?)\b|\bno (?:tenemos|hay) (?:el )?dinero\b|\bkeine (?:mittel|gelder)\b|\bpas (?:d'argent|les moyens)\b|\bgeen geld\b|\binga pengar\b|\bsem dinheiro\b|\bnon abbiamo (?:i )?(?:soldi|fondi)\b|\b(?:inköpsstopp|haushaltssperre|ausgabenstopp|bestelstop|investitionsstopp)\b|\bbudget\b.{0,20}\b(?:gone|is gone)\b",
        r"\b(?:your (?:price|costs?)|cut (?:our )?(?:time|churn)|helps? us)\b",
        name=Sign.BUDGET_CUT,
    ),
    rule(
        0.85,
        r"\b(?:no\b|zero\b|without (?:a|any)?|lack of|haven't got (?:a|any|the)|(?:have|got) no|not have (?:a|any|the|enough|much|sufficient)|\w{0,6}n't have (?:a |any |the |enough |much |sufficient )?(?:\w+ )?)\s?(?:\w+ )?(?:budget|funding|funds|money)\b(?! (?:issue|problem|constraint|concern|limit)s?)",
        name=Sign.NO_BUDGET,
    ),
    rule(
        0.85,
        r"\b(?:budgets?|funding|spending|spend)\b.{0,40}\b(?:frozen|froze|freeze|cut|cuts|slashed|reduced|gone|exhausted|used up|on hold|withdrawn|pulled|shrunk|shrank|halved|evaporated|reallocated|dried up|run out|already spent|fully spent|under pressure|very tight|extremely tight|too tight|been spent|disappeared|cancel+ed|denied|rejected|declined|not (?:been )?approved|not available|unavailable|not there)\b",
        name=Sign.BUDGET_CUT,
    ),
    rule(
        0.85,
        r"\b(?:froze|frozen|freezing|cut|cutting|slashed|reduced|lost|pulled|reduce|slash|halved|trimmed|spent|used up|exhausted|blown|run out of|ran out of|out of|rejected|denied)\b.{0,25}\b(?:budgets?|funding|funds|money)\b",
        r"\b(?:cut|reduce|cutting|reducing) (?:our )?(?:time|costs|churn)",
        name=Sign.BUDGET_CUT,
    ),
    rule(
        0.8,
        r"\b(?:spending|hiring and spending|purchasing|procurement|investment|cost) (?:freeze|stop|ban)\b|\bcost[- ]cutting\b|\bbudget (?:cuts?|freeze|constraints?|pressure|review)\b",
        name=Sign.BUDGET_CUT,
    ),
    rule(
        0.75,
        r"\bbudget\b.{0,20}\b(?:hasn't|has not|isn't|is not|wasn't|was not|won't be|not yet|yet to be)\b.{0,20}\b(?:approved|allocated|confirmed|released|set|available|there|defined)\b|\b(?:not|\w{0,6}n't) (?:been )?budgeted\b|\bunbudgeted\b",
        name=Sign.NO_BUDGET,
    ),
    rule(
        0.75,
        r"\b(?:can't|cannot|couldn't|can not|unable to) (?:afford|justify (?:the|this) (?:cost|price|spend|expense))\b",
        name=Sign.NO_BUDGET,
    ),
    rule(
        0.8,
        r"\bkein(?:e|en)? (?:\w+ )?(?:budget|mittel|geld)\b|\bbudget\b.{0,30}\b(?:eingefroren|gestrichen|gekürzt|aufgebraucht|gesperrt|ausgeschöpft|erschöpft)\b|\b(?:pas|plus|aucun) (?:de |du )?(?:\w+ )?budget\b|\bbudget\b.{0,30}\b(?:gelé|coupé|épuisé|réduit)\b|\b(?:no|sin) (?:\w+ )?presupuesto\b|\bno (?:tenemos|hay|contamos con) (?:el |un |ningún )?presupuesto\b|\bpresupuesto\b.{0,30}\b(?:congelad|recortad|agotad)o\b|\b(?:nessun|non abbiamo(?: un| il)?|non c'è) budget\b|\bbudget\b.{0,30}\b(?:congelato|tagliato|esaurito|bloccato)\b|\bgeen (?:\w+ )?budget\b|\bbudget\b.{0,30}\b(?:bevroren|geschrapt|op)\b|\b(?:não temos|sem) (?:o |um |nenhum )?orçamento\b|\borçamento\b.{0,30}\b(?:congelado|cortado|esgotado)\b|\bingen budget\b|\bbudgeten\b.{0,30}\b(?:fryst|slut|struken|neddragen)\b",
        name=Sign.BUDGET_CUT,
    ),
)
_MONEY_THERE: tuple[Rule, ...] = (
    rule(
        0.75,
        r"\b(?:budget|funding|funds|money|spend)\b.{0,30}\b(?:has been|have been|is|are|was|got|just got|already) (?:now |already |been |finally |fully |all )*(?:approved|allocated|secured|signed off|confirmed|in place|available|released|set aside|there|earmarked|ring-?fenced|agreed|cleared)\b",
        r"\b(?:once|when|if|until|as soon as|after|not|\w{0,6}n't|unless|whether|assuming)\b",
    ),
    rule(
        0.7,
        r"\b(?:we|i) (?:now |already |do |finally |just )*(?:have|got|secured|received|have secured|'ve got|'ve secured) (?:the |a |an |some |dedicated |approved |our |enough |sufficient |healthy )*(?:\w+ )?(?:budget|funding)\b(?! (?:review|meeting|cut|constraint|freeze|issue|problem|question|approval (?:process|cycle)))",
        r"\b(?:not|\w{0,6}n't|no|if|once|limited|small|tight)\b",
    ),
    rule(
        0.7,
        r"\b(?:approved|signed off(?: on)?|released|allocated|secured|earmarked) (?:the|our|a|this) (?:\w+ )?budget\b",
        r"\b(?:once|when|if|until|as soon as|after|not|\w{0,6}n't|unless|before|has to|have to|must|needs? to|needs?)\b",
    ),
    rule(
        0.6,
        r"\b(?:budget|money|cost|price|funding)\b (?:(?:isn't|won't be|is not|shouldn't be|will not be) (?:really )?(?:a|an|the|any) |is no )(?:problem|issue|object|constraint|concern|obstacle|blocker)\b",
    ),
    rule(
        0.7,
        r"\b(?:das )?budget (?:ist|wurde) (?:bereits |schon |nun )?(?:freigegeben|genehmigt|bewilligt|vorhanden|gesichert)\b|\ble budget (?:est|a été) (?:déjà )?(?:validé|approuvé|alloué|débloqué)\b|\bel presupuesto (?:está|ha sido|ya está|fue) (?:ya )?aprobado\b|\bil budget è (?:stato |già )*(?:approvato|stanziato)\b|\bhet budget is (?:al |reeds )?(?:goedgekeurd|vrijgegeven|rond)\b|\bo orçamento (?:já )?(?:está|foi) aprovado\b|\bbudgeten är (?:redan )?(?:godkänd|klar|beviljad)\b",
        r"\b(?:nicht|pas|no|non|niet|não|inte|sobald|wenn|dès que|cuando|zodra|quando|när)\b",
    ),
)
_OUR_SIZE = late(r"\b\d[\d.,]*\s?k?\s*(?:ARR|ACV|TCV)\b", re.IGNORECASE)


def find_shortage(statement: str) -> tuple[Rule, re.Match[str]] | None:
    """A sentence saying that the money is missing: a risk, and no identified budget."""
    if HYPOTHETICAL.search(statement) or ELSEWHERE.search(statement):
        return None
    return best(_NO_MONEY, statement)


def find_budget(statement: str, whole: str) -> tuple[str, float] | None:
    """The budget a sentence states: what to note, and how sure that is."""
    if ELSEWHERE.search(whole) or HYPOTHETICAL.search(whole):
        return None
    source = statement or _presupposed(whole)
    if not source:
        return None
    amount = _amount(source)
    if amount is not None:
        return amount
    if find_shortage(source):
        return None
    there = best(_MONEY_THERE, source)
    return (there[1].group().strip(), there[0].confidence) if there else None


def _presupposed(question: str) -> str:
    """'Is our budget of $50k enough?' asks, and still tells the budget."""
    found = re.search(
        r"\b(?:our|my|the) (?:\w+ )?budget (?:of|is|at) [^?]+|\bunser(?:em)? budget von [^?]+|"
        r"\bnotre budget de [^?]+|\bnuestro presupuesto de [^?]+",
        question,
        re.IGNORECASE,
    )
    return found.group() if found and find_amount(found.group(), bare=True) else ""


def _amount(source: str) -> tuple[str, float] | None:
    strong = _STRONG.search(source)
    amount = find_amount(source, bare=bool(strong))
    if amount is None:
        sized = _OUR_SIZE.search(source)
        if sized and _WEAK.search(source):
            return sized.group(), 0.65
        return None
    if _OTHER_MONEY.search(source) and not _CURRENT.search(source):
        return None
    if re.search(_OTHER_MONEY.pattern + r".{0,3}", source, re.IGNORECASE) and not strong:
        return None
    if YOURS.search(source) and not _OUR_BUDGET.search(source):
        return None
    return _graded(source, amount, strong=bool(strong))


def _graded(source: str, amount: str, *, strong: bool) -> tuple[str, float] | None:
    if PAST.search(source) and not re.search(
        r"\bthis (?:year|quarter)|\bnow\b", source, re.IGNORECASE
    ):
        return None
    short = best(_NO_MONEY, source)
    if short is not None and not _CEILING.search(source):
        return None
    if strong:
        return amount, 0.9
    return (amount, 0.65) if _WEAK.search(source) else None
