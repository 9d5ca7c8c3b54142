# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables that only signals need, beside those of services/offline."""

import re

from services.offline.rules import Rule, rule
from services.types.model import SignalKind

MORE = "wants more"
_NOT = r"\b(?:not|\w{0,6}n't|no longer|never|fewer|less|instead of|cancel\w*|kein\w*|nicht|pas|non|niet|inte|não)\b"
EXPANSION: tuple[Rule, ...] = (
    rule(
        0.8,
        r"\badd(?:ing)? (?:another |a further )?\d+ (?:\w+ )?(?:seats?|users?|licen[cs]es?|people|sites?|accounts?)\b|\b(?:wants?|want) in (?:now|too|as well)\b|\b(?:team|department|colleagues|office|shift|group|unit) (?:also )?wants? (?:the same|it too|in)\b|\b(?:go|move|upgrade|step) up to the (?:\w+ ){1,2}(?:plan|tier|package|edition)\b|\b(?:use|using|have|take) (?:it|this|you) (?:there|for them|in \w+) (?:too|as well)\b|"
        r"\b(?:estendere|ampliare|extender|ampliar|étendre|élargir|erweitern|ausweiten|uitbreiden|alargar|utöka)\b.{0,40}\b(?:anche|también|aussi|auch|ook|também|också|a|auf|à|naar|till|au|aux|al|allo|alla)\b|\b(?:sarebbero|serían|ce serait|wären) (?:altr[ie]|otr[oa]s|d'autres|weitere) \w+|\b\d+ (?:extra|weitere|zusätzliche|autres|otr[oa]s|altr[ie]|fler|ytterligare|mais) \w+",
        _NOT,
        name=MORE,
    ),
    rule(
        0.85,
        r"\b(?:add(?:ing)?|need|buy|order|want|require|get|purchase|like|for|take) (?:\w+ ){0,3}?(?:another|additional|extra|more|\d+ (?:more|additional|extra|further|new)) (?:\w+ ){0,2}?(?:seats?|licen[cs]es?|users?|accounts?|workspaces?|modules?|units?|sites?)\b|\b(?:increase|double|triple|raise|extend|expand) (?:our|the) (?:\w+ ){0,2}?(?:seats?|licen[cs]es?|plan|subscription|contract|number of (?:seats|users|licen[cs]es))\b",
        _NOT,
        name=MORE,
    ),
    rule(
        0.8,
        r"\b(?:roll(?:ing)? (?:it|this|you|\w+) out|rollout|expand(?:ing)?|extend(?:ing)?|scale|scaling) (?:\w+ ){0,3}?(?:to|across|into|company-?wide|globally) ?(?:\w+ ){0,3}?(?:teams?|departments?|offices?|regions?|countries|company|sites?|subsidiar\w+|business units?|organi[sz]ation|europe|globally|group|plants?)?|\b(?:other|another|second|more|further|our (?:\w+ )?) ?(?:teams?|departments?|offices?|subsidiar\w+|business units?|sites?|regions?) (?:also |now |too )?(?:want|wants|would like|is asking|are asking|asked|is interested|are interested|need|needs)\b|\bupgrad(?:e|ing) (?:to|our|the)\b",
        _NOT,
        name=MORE,
    ),
    rule(
        0.8,
        r"\b(?:weitere|zusätzliche|mehr) (?:\w+ )?(?:lizenzen|nutzer|benutzer|plätze|standorte|arbeitsplätze)\b|\bauf (?:weitere|andere|alle) (?:teams|abteilungen|standorte|länder) (?:aus\w+|erweitern)|\b(?:licences|utilisateurs|postes|licencias|usuarios|licenze|utenti|licenças) (?:supplémentaires|de plus|adicionales|más|aggiuntiv[ei]|in più|adicionais)\b|\b(?:extra|meer) (?:licenties|gebruikers)\b|\b(?:fler|ytterligare) (?:licenser|användare)\b",
        _NOT,
        name=MORE,
    ),
)
FURTHER: tuple[tuple[SignalKind, Rule], ...] = (
    (
        SignalKind.RISK,
        rule(
            0.9,
            r"\b(?:decided|chosen|plan(?:ning)?|going|intend|voted|agreed|prefer|want) (?:\w+ ){0,2}?(?:not|against) (?:to |be )?(?:renew\w*|continu\w+|extend\w*|stay\w*|prolong\w*)\b|\b(?:switch(?:ing|ed)?|mov(?:e|ing|ed)|chang(?:e|ing|ed)) to (?:another|a different|a new) (?:provider|vendor|supplier|tool|platform|solution)\b|\b(?:let|letting) (?:the |our )?(?:contract|subscription|agreement|licen[cs]es?) (?:expire|lapse|run out)\b|\b(?:last|final) (?:month|term|year) with you\b|"
            r"\bnicht (?:zu )?verlängern\b|\b(?:wechseln|umsteigen) (?:\w+ ){0,3}?(?:zu|auf) (?:einem|einen|eine) anderen\b|\bne (?:pas )?(?:souhaitons |voulons |allons )?(?:pas )?(?:renouveler|reconduire)\b|\bno (?:vamos a )?renovar\b|\bnon (?:vogliamo |intendiamo )?rinnov\w+\b|\bniet (?:te )?verlengen\b|\bnão (?:vamos )?renovar\b|\binte förnya\b|\bdar(?:me|nos)? de baja\b|\bsäger (?:\w+ ){0,2}?upp\b|\bsagt upp\b",
            r"\b(?:salesforce|hubspot|old|legacy|former|previous|meeting|call)\b",
            name="cancellation",
        ),
    ),
    (
        SignalKind.RISK,
        rule(
            0.85,
            r"\b(?:recort\w*|congel\w*|agotad\w*|gelé\w*|gekürzt|gestrichen|eingefroren|bloque\w*|tagliat\w*|cut|cutting|frozen|freez\w+|froze|geschrapt|bevroren|fryst\w*|cortad\w*|suspended|stopped)\b.{0,30}\b(?:budgets?|presupuesto|orçamento|bilancio|mittel|haushalt\w*|fondos|funds?|(?:new )?spend(?:ing)?|investissements|investimenti)\b|\b(?:investissements|investimenti|mittel|fondos|spend(?:ing)?|presupuesto|orçamento)\b.{0,25}\b(?:gelé\w*|congel\w*|gesperrt|gestrichen|gekürzt|recort\w*|frozen|bloccat\w*|suspenso)\b|"
            r"\b(?:no|any) money (?:left|for)|\bshort of (?:cash|money|funds)\b|\bfreeze on (?:all )?(?:new )?(?:spend(?:ing)?|purchas\w+|investment\w*)\b|\bno (?:tenemos|hay) (?:el )?dinero\b|\bkeine (?:mittel|gelder)\b|\bpas (?:d'argent|les moyens)\b|\bgeen geld\b|\binga pengar\b|\bsem dinheiro\b|\bnon abbiamo (?:i )?(?:soldi|fondi)\b|\b(?:inköpsstopp|haushaltssperre|ausgabenstopp|bestelstop|investitionsstopp)\b|\bbudget\b.{0,20}\b(?:gone|is gone)\b",
            r"\b(?:your (?:price|costs?)|cut (?:our )?(?:time|churn)|helps? us)\b",
            name="budget cut",
        ),
    ),
    (
        SignalKind.BUYING,
        rule(
            0.88,
            r"\bhaben uns für (?:sie|euch|ihr \w+) entschieden\b|\b(?:queremos|vamos a) (?:firmar|contratar)\b|\b(?:adelante|avanzamos) con (?:vosotros|ustedes|la propuesta)\b|\bandiamo avanti con voi\b|\b(?:abbiamo deciso|decidimos) (?:di )?(?:avançar|procedere|firmare|partire)\b|\bdecidimos avançar\b|\bnous (?:avons décidé de|allons|voulons|souhaitons) (?:signer|vous choisir|travailler avec vous|avancer avec vous)\b|\bnous vous avons choisis?\b|\bwe (?:gaan voor jullie|kiezen voor jullie|nemen (?:het|jullie) (?:aanbod|voorstel) aan)\b|\bvi (?:har bestämt oss för er|vill skriva på|väljer er|kör på)\b|\bwir (?:unterschreiben|unterzeichnen|beauftragen sie)\b",
            r"\b(?:nicht|kein\w*|pas|non|niet|não|inte|falls|wenn|sobald|si|se|als|om|quando|cuando)\b",
            name="ready to buy",
        ),
    ),
)
# Anger at somebody else is none at us.
ABOUT_OTHERS = re.compile(
    r"\b(?:our|the|my) (?:\w+ )?(?:carrier|landlord|bank|courier|airline|couriers|phone company|internet provider|(?:previous|former|old|last) (?:vendor|supplier|provider|tool|system|software|agency))\b|\b(?:notre|nos) (?:ancien\w*|précédent\w*)|\bunser\w* (?:alte\w*|früher\w*|vorherig\w*|bisherig\w*)|\b(?:nuestr[oa]|el) (?:anterior|antigu[oa])\b|\b(?:il nostro|la nostra) (?:vecchi[oa]|precedente)\b|\bonze (?:vorige|oude)\b|\b(?:o nosso|a nossa) (?:antig[oa]|anterior)\b|\bvår(?:t)? (?:förra|gamla)\b",
    re.IGNORECASE,
)
CALLED_OFF = re.compile(
    r"\b(?:cancel\w*|call(?:ed)? off|can't make|cannot make|won't be able to (?:make|join|attend)|have to (?:skip|postpone)|postpone\w*|push back|drop) (?:[\w']+ ){0,4}?(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync)\b|"
    r"\b(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync) (?:[\w']+ ){0,4}?(?:cancel\w*|called off|off the calendar|postponed)\b|"
    r"\b(?:termin|besprechung|meeting) (?:[\w']+ ){0,4}?(?:absagen|abgesagt|ausfallen|verschieben|streichen)\b|\b(?:annuler|reporter) (?:\w+ ){0,3}?(?:réunion|rendez-vous|démo)\b|\b(?:cancelar|posponer|aplazar) (?:\w+ ){0,3}?(?:reunión|reunião|llamada|demo)\b|\b(?:annullare|rimandare) (?:\w+ ){0,3}?(?:riunione|incontro|demo)\b|\b(?:afspraak|vergadering) (?:\w+ ){0,3}?(?:annuleren|afzeggen|verzetten)\b|\b(?:ställa in|boka av) (?:\w+ ){0,3}?(?:möte\w*|demo\w*)\b",
    re.IGNORECASE,
)
