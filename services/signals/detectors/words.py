# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Words that only detectors need; all others are in services/offline."""

import re

CALLED_OFF = re.compile(
    r"\b(?:cancel\w*|call(?:ed)? off|can't make|cannot make|won't be able to (?:make|join|attend)|have to (?:skip|postpone)|postpone\w*|push back|drop) (?:[\w']+ ){0,4}?(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync)\b|"
    r"\b(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync) (?:[\w']+ ){0,4}?(?:cancel\w*|called off|off the calendar|postponed)\b|"
    r"\b(?:termin|besprechung|meeting) (?:[\w']+ ){0,4}?(?:absagen|abgesagt|ausfallen|verschieben|streichen)\b|\b(?:annuler|reporter) (?:\w+ ){0,3}?(?:réunion|rendez-vous|démo)\b|\b(?:cancelar|posponer|aplazar) (?:\w+ ){0,3}?(?:reunión|reunião|llamada|demo)\b|\b(?:annullare|rimandare) (?:\w+ ){0,3}?(?:riunione|incontro|demo)\b|\b(?:afspraak|vergadering) (?:\w+ ){0,3}?(?:annuleren|afzeggen|verzetten)\b|\b(?:ställa in|boka av) (?:\w+ ){0,3}?(?:möte\w*|demo\w*)\b",
    re.IGNORECASE,
)
