"""Two workspaces as their people have them: what their admins bring in, one customer of both, and
what each may see."""

import json

from tests.e2e.browser import Browser
from tests.e2e.rig import Process, Rig

BRIGHT, HARBOR = "T0BRGHTPTH", "T0HARBRLN"
MAYA, SAM, FELIX, CARLA = "U0MAYAOKA", "U0SAMLIND", "U0FELIXWE", "U0CARLAME"
CUSTOMER = "lea@meridianfreight.example"
MEMBERS = "email,name,role,timezone\n"
HARBOR_FILES = {
    "members.csv": MEMBERS + "felix@harborline.example,Felix Weiss,rep,Europe/Berlin\n",
    "accounts.csv": "name,domain,industry,owner_email\n"
    "Meridian Freight,meridianfreight.example,Logistics,felix@harborline.example\n",
    "contacts.csv": f"email,name,title,account\n{CUSTOMER},Lea Brandt,Buyer,Meridian Freight\n",
}
BRIGHT_FILES = {
    "members.csv": MEMBERS + "maya@brightpath.example,Maya Okafor,rep,America/New_York\n",
    "accounts.csv": "name,domain,industry,owner_email\n"
    "Meridian,meridianfreight.example,Freight,maya@brightpath.example\n"
    "Tidewater Secret Project,tidewater.example,Ports,maya@brightpath.example\n",
    "contacts.csv": f"email,name,title,account\n{CUSTOMER},Lea Brandt,Buyer,Meridian\n",
}
MAILBOXES = {
    "maya@brightpath.example": BRIGHT,
    "felix@harborline.example": HARBOR,
    "understudy@harborline.example": HARBOR,
}


def set_up(made: Rig) -> None:
    """What their admins do after the install: people, accounts, mailboxes; out of shadow. Side by
    side, since each command is a process of its own."""
    made.db.fetch("update tenants set settings = settings - 'shadow'")
    running = []
    for team, contents in {BRIGHT: BRIGHT_FILES, HARBOR: HARBOR_FILES}.items():
        folder = made.folder / team
        folder.mkdir()
        for name, content in contents.items():
            (folder / name).write_text(content)
        paths = (str(folder / name) for name in contents)
        running.append(made.start(f"seed-{team}", "bot", "seed", "--workspace", team, *paths))
    finished(made, running)
    running = []
    for email, team in MAILBOXES.items():
        if email not in made.mailboxes():
            made.post("/control/gmail/mailboxes", {"email": email, "name": email})
        path = made.folder / f"{email}.json"
        path.write_text(json.dumps(made.get(made.credentials_path(email))))
        words = ["mailbox", "add", email, "--credentials", str(path), "--workspace", team]
        system = ["--system"] if email.startswith("understudy@") else []
        running.append(made.start(f"mailbox-{email}", "bot", *words, *system))
    finished(made, running)


def finished(made: Rig, running: list[Process]) -> None:
    for process in running:
        process.first_line()
        assert process.ended(90) == 0, process.tail()
        made.processes.remove(process)


# ── On their screens ────────────────────────────────────────────────────────────────────────────
def add(office: Rig, screen: Browser, who: str, team: str) -> None:
    """Our page, Slack's, ours again, and into Slack."""
    screen.go(f"{office.bot_url}/slack/install")
    screen.click("Add to Slack", "a.button")
    screen.sees("wants to be installed")
    screen.click(who, "label")
    screen.click("Allow")
    screen.sees(f"{team} is connected")
    screen.click("Open Understudy in Slack", "a.button")


def arrive(office: Rig, bright: Browser, harbor: Browser) -> None:
    """Maya and Felix at their Homes; then the customer of both writes to each."""
    bright.go(f"{office.url}/?team={BRIGHT}&me={MAYA}&tab=home&side=slack")
    harbor.go(f"{office.url}/?team={HARBOR}&me={FELIX}&tab=home&side=slack")
    bright.sees("Tidewater Secret Project", ".home")
    harbor.sees("Meridian Freight", ".home")
    maya, felix = "maya@brightpath.example", "felix@harborline.example"
    office.write(CUSTOMER, maya, "Trailer rates", "Could you send me the rates for trailers?")
    office.write(CUSTOMER, felix, "Berth slots", "Could you send me the free berth slots?")
    bright.sees("rates for trailers", ".home")
    harbor.sees("free berth slots", ".home")
