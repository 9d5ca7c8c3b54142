"""What people of twelve mails, two calls and some posts said, and what somebody may look for in
them: a small labelled set. Every text is written for it; `about` names the texts that answer."""

TEXTS: dict[str, str] = {
    "soc2": "Before we sign, our CISO has to see your SOC 2 report. Could you also send the latest "
    "penetration test?",
    "vendor_check": "Our infosec team runs a vendor assessment on everybody who touches customer "
    "data. Expect a questionnaire with about 200 questions next week.",
    "sso": "Single sign-on with Okta is a must for us, and we want SCIM so that people who leave "
    "lose access the same day.",
    "price": "The number you quoted is above what we had in mind. Is there room if we commit for "
    "three years?",
    "budget_cut": "Finance has frozen all new spending until the end of the quarter, so I can't "
    "promise anything right now.",
    "budget_ok": "Good news: the money is approved, 120,000 for this year, and I hold the line.",
    "competitor": "We are also looking at Brightpath. Their demo was slick, and they come in "
    "cheaper.",
    "dpa": "Legal sent back the data processing agreement with red lines on liability and on where "
    "the data is stored. They want EU hosting.",
    "outage": "Yesterday's downtime cost us half a day. This is the third time this month, and my "
    "boss asks whether we picked the wrong vendor.",
    "champion_leaves": "I wanted you to hear it from me: Friday is my last day. Priya takes over "
    "the project from me.",
    "api": "Your REST endpoint returns 429 after fifty calls. What is the rate limit, and can it "
    "be raised for the nightly import?",
    "training": "We have forty agents who have never used such a tool. Do you offer onboarding "
    "sessions, maybe recorded?",
    "renewal": "Our contract ends in March. Before we extend it I would like to see the usage "
    "figures of the last year.",
    "lunch": "It was lovely to meet you in Porto. The restaurant you picked was a treat.",
    "german_security": "Unser Sicherheitsteam braucht noch die Liste der Unterauftragsverarbeiter, "
    "bevor die Prüfung abgeschlossen werden kann.",
    "french_price": "Le tarif proposé dépasse notre enveloppe. Pouvez-vous faire un geste "
    "commercial ?",
    "spanish_go_live": "Queremos estar en producción antes del 15 de enero, así que la migración "
    "tiene que empezar ya.",
    "call_timeline": "Dana: If we don't go live before the season starts in April, there is no "
    "point in buying this year.",
    "call_decider": "Omar: At the end of the day Helena signs. I can recommend, she decides.",
    "post_refund": "They ask for their money back for February because of the broken exports.",
    "post_expansion": "The Lisbon office heard about the pilot and wants twenty seats as well.",
    "note_metrics": "They lose about 30 hours a week on copying orders by hand; that is the number "
    "to quote.",
    "integration": "Does it talk to Salesforce? All our opportunities live there, and nobody will "
    "type things in twice.",
    "holiday": "I'm back on the 6th. For anything urgent, call the front desk.",
}

ABOUT: dict[str, frozenset[str]] = {
    "security review": frozenset({"soc2", "vendor_check", "german_security"}),
    "penetration test": frozenset({"soc2"}),
    "login with Okta": frozenset({"sso"}),
    "discount": frozenset({"price", "french_price"}),
    "they think it is too expensive": frozenset({"price", "french_price", "competitor"}),
    "no budget": frozenset({"budget_cut", "french_price"}),
    "budget approved": frozenset({"budget_ok"}),
    "other vendors they compare us with": frozenset({"competitor"}),
    "GDPR and data residency": frozenset({"dpa", "german_security"}),
    "complaints about reliability": frozenset({"outage"}),
    "our contact is leaving the company": frozenset({"champion_leaves"}),
    "rate limits of the API": frozenset({"api"}),
    "training for their people": frozenset({"training"}),
    "contract extension": frozenset({"renewal"}),
    "when do they want to go live": frozenset({"call_timeline", "spanish_go_live"}),
    "who makes the decision": frozenset({"call_decider"}),
    "refund": frozenset({"post_refund"}),
    "more seats": frozenset({"post_expansion"}),
    "how much time they waste today": frozenset({"note_metrics"}),
    "CRM integration": frozenset({"integration"}),
    "Sicherheitsprüfung": frozenset({"soc2", "vendor_check", "german_security"}),
    "Preisnachlass": frozenset({"price", "french_price"}),
}
"""Questions nobody's words answer: nothing is the right answer."""
NOWHERE: tuple[str, ...] = (
    "office dog",
    "blockchain tokens",
    "parking permits",
    "football results",
    "wedding invitation",
)
