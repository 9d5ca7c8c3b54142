# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables that only signals need, beside those of services/offline."""

import re

from services.offline.rules import Rule, rule

MORE = "wants more"
_NOT = r"\b(?:not|\w{0,6}n't|no longer|never|fewer|less|instead of|cancel\w*|kein\w*|nicht|pas|non|niet|inte|não)\b"
EXPANSION: tuple[Rule, ...] = (
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
LEAVING: tuple[Rule, ...] = (
    rule(
        0.9,
        r"\b(?:decided|chosen|plan(?:ning)?|going|intend|voted|agreed|prefer|want) (?:\w+ ){0,2}?(?:not|against) (?:to |be )?(?:renew\w*|continu\w+|extend\w*|stay\w*|prolong\w*)\b|\b(?:switch(?:ing|ed)?|mov(?:e|ing|ed)|chang(?:e|ing|ed)) to (?:another|a different|a new) (?:provider|vendor|supplier|tool|platform|solution)\b|\b(?:let|letting) (?:the |our )?(?:contract|subscription|agreement|licen[cs]es?) (?:expire|lapse|run out)\b|\b(?:last|final) (?:month|term|year) with you\b|"
        r"\bnicht (?:zu )?verlängern\b|\b(?:wechseln|umsteigen) (?:\w+ ){0,3}?(?:zu|auf) (?:einem|einen|eine) anderen\b|\bne (?:pas )?(?:souhaitons |voulons |allons )?(?:pas )?(?:renouveler|reconduire)\b|\bno (?:vamos a )?renovar\b|\bnon (?:vogliamo |intendiamo )?rinnov\w+\b|\bniet (?:te )?verlengen\b|\bnão (?:vamos )?renovar\b|\binte förnya\b",
        r"\b(?:salesforce|hubspot|old|legacy|former|previous|meeting|call)\b",
        name="cancellation",
    ),
)
CALLED_OFF = re.compile(
    r"\b(?:cancel\w*|call(?:ed)? off|can't make|cannot make|won't be able to (?:make|join|attend)|have to (?:skip|postpone)|postpone\w*|push back|drop) (?:[\w']+ ){0,4}?(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync)\b|"
    r"\b(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync) (?:[\w']+ ){0,4}?(?:cancel\w*|called off|off the calendar|postponed)\b|"
    r"\b(?:termin|besprechung|meeting) (?:[\w']+ ){0,4}?(?:absagen|abgesagt|ausfallen|verschieben|streichen)\b|\b(?:annuler|reporter) (?:\w+ ){0,3}?(?:réunion|rendez-vous|démo)\b|\b(?:cancelar|posponer|aplazar) (?:\w+ ){0,3}?(?:reunión|reunião|llamada|demo)\b|\b(?:annullare|rimandare) (?:\w+ ){0,3}?(?:riunione|incontro|demo)\b|\b(?:afspraak|vergadering) (?:\w+ ){0,3}?(?:annuleren|afzeggen|verzetten)\b|\b(?:ställa in|boka av) (?:\w+ ){0,3}?(?:möte\w*|demo\w*)\b",
    re.IGNORECASE,
)
