# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Words that alone mean nothing, and beside a clear sentence confirm it. Pure.

`We have no budget left` is clear; `purchases are stopped as of today` in the next mail confirms it,
though nobody could rest a signal on it alone.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.text import Sentence, sentences
from services.signals.detectors.tone import sharp_sentences
from services.types.signals import SeenText, SignalName

_MOST_TEXT, _LONGEST = 20_000, 1_000


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


BESIDE: Mapping[SignalName, re.Pattern[str]] = {
    SignalName.BUDGET_TROUBLE: _words(
        r"money|cash|budgets?|spend(?:ing)?|funds?|funding|freeze|frozen|afford|savings?|cuts?|too (?:high|much|expensive)|lay(?:ing)? off|layoffs?|"
        r"haushalt\w*|mittel|geld(?:er)?|einspar\w*|\w*sperre|\w*stopp?|gelée?s?|économies|investissements|trésorerie|dinero|recort\w*|presupuesto|fondos|soldi|fondi|tagli\w*|bezuinig\w*|dinheiro|verbas?|cortes?|orçamento|pengar|spara\w*|besparing\w*"
    ),
    SignalName.CANCELLATION: _words(
        r"leav(?:e|ing)|stop(?:ping|ped)?|end(?:s|ing)?|terminat\w*|notice|export\w*|our data|hand(?:ing)? over|last (?:day|month|invoice)|final invoice|cancel\w*|renew\w*|made up our minds?|decision (?:is|stands)|moving (?:on|away|off)|migrat\w*|"
        r"kündig\w*|vertragsende|beenden|auslaufen|datenexport|résili\w*|résiliation|fin du contrat|arrêt\w*|baja|rescind\w*|finaliz\w*|renov\w*|disdett\w*|recess\w*|rinnov\w*|opzeg\w*|stoppen|beëindig\w*|rescis\w*|cancela\w*|uppsägning\w*|säg\w* upp|avslut\w*"
    ),
    SignalName.READY_TO_BUY: _words(
        r"sign(?:ed|ing|ature)?|contract|order form|paperwork|purchase order|start(?:ing)?|kick-?off|go(?:ing)? live|onboard\w*|invoice us|"
        r"unterschr\w*|unterzeichn\w*|vertrag\w*|auftrag\w*|beauftrag\w*|starten|signer|signons|signé\w*|contrat|commande|bon de commande|firm(?:ar|amos|ado|ato|iamo|a)|contrato|pedido|contratto|ordine|tekenen|getekend|opdracht|assin\w*|skriv\w* (?:på|under)|avtal\w*|beställ\w*"
    ),
    SignalName.EXPANSION: _words(
        r"seats?|licen[cs]\w*|users?|teams?|departments?|sites?|offices?|branch(?:es)?|stations?|locations?|plants?|plan|tier|roll\w* out|(?:wants?|want) (?:the same|in|it too)|\d+ (?:more|extra|additional|further) \w+|"
        r"lizenzen|nutzer|standort\w*|abteilung\w*|licences|utilisateurs|agences?|usuarios|licencias|sedes?|gebruikers|praktijken|vestiging\w*|stabiliment\w*|utenti|altr[ie] \w+|användare|avdelning\w*|utilizadores|filiais"
    ),
    SignalName.PRICING_ASKED: _words(
        r"rates?|pric\w+|costs?|quot\w+|per (?:seat|user|month|year|tool|site)|discounts?|fees?|preise?\w*|kosten|angebot|rabatt|tarif\w*|prix|devis|remise|precios?|costes?|oferta|descuento|prezzo|costi?|preventivo|sconto|prijs|korting|offerte|preços?|custos?|desconto|pris\w*|kostnad\w*|offert"
    ),
}
_ASKING_ONLY = frozenset({SignalName.PRICING_ASKED})


def confirming(name: SignalName, text: SeenText) -> Iterator[str]:
    """The sentences of a text that go with a signal, verbatim."""
    words = text.text[:_MOST_TEXT]
    if name is SignalName.DISSATISFACTION:
        yield from sharp_sentences(words)
        return
    pattern = BESIDE.get(name)
    if pattern is None:
        return
    for sentence in _plain(words):
        if name in _ASKING_ONLY and not sentence.question:
            continue
        if pattern.search(sentence.flat):
            yield sentence.quote


@lru_cache(maxsize=500)
def _plain(text: str) -> tuple[Sentence, ...]:
    return tuple(
        one
        for one in sentences(text)
        if len(one.quote) <= _LONGEST
        and not HYPOTHETICAL.search(one.flat)
        and not ELSEWHERE.search(one.flat)
    )
