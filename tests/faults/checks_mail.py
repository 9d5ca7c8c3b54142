"""What came in and what went out, against the ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import getaddresses
from html import unescape

from tests.faults.evidence import Evidence, Left, Row, bare
from tests.faults.ledger import Ledger, Line
from tests.faults.office import REPS, Office

INPUTS = ("mail", "reply", "again", "hand")
APPROVE = "draft.approve"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A promise that was broken: which, by what; `about` finds its lines in the ledger."""

    promise: str
    what: str
    about: str = ""


def written(ledger: Ledger) -> list[Line]:
    """Mails that the sandbox took; the others never were."""
    return [line for line in ledger.of(*INPUTS) if "id" in line]


def unread(office: Office) -> list[str]:
    """Mails in a rep's mailbox that no row tells of yet."""
    left = {one["id"]: bare(one["message_id"]) for one in _sent(office)}
    rows = office.fetch("select rfc_message_id as it from messages")
    known = {bare(str(row["it"])) for row in rows}
    return [line["subject"] for line in written(office.ledger) if left[line["id"]] not in known]


def _sent(office: Office) -> list[Row]:
    found: list[Row] = office.rig.get("/control/gmail/sent")["sent"]
    return found


def inputs(ledger: Ledger, found: Evidence) -> Iterator[Fault]:
    """Each mail is one row in each workspace it reached; somebody was asked, or it says why not."""
    ids = {one.id: one.message_id for one in found.left}
    asked = Counter(row["message_id"] for row in found.actions.values())
    for line in written(ledger):
        readers = [line["sender"]] if line["what"] == "hand" else line["to"].split(",")
        for tenant in {found.tenant_of(reader) for reader in readers}:
            rows = [
                row
                for row in found.messages
                if bare(row["rfc_message_id"]) == ids[line["id"]] and row["tenant_id"] == tenant
            ]
            if len(rows) != 1:
                yield Fault(
                    promise="lost" if not rows else "doubled",
                    what=f"{line['subject']}: {len(rows)} rows",
                    about=line["subject"],
                )
                continue
            yield from _handled(line, rows[0], asked)


def _handled(line: Line, row: Row, asked: Counter[str]) -> Iterator[Fault]:
    """What became of one row."""
    attention, count = row["attention"], asked[row["id"]]
    if line["what"] == "hand":
        good = attention == "ours" and count == 0
    elif attention == "card":
        good = count == 1
    elif attention == "quiet":
        good = count == 0 and bool(row["quiet"] or row["notes"])
    else:
        good = attention == "unlinked" and count == 0 and line.get("kind") == "stranger"
    if not good:
        why = f"{line['subject']} ({line['what']}): {attention}, {count} actions"
        promise = "doubled" if count > 1 else "lost"
        yield Fault(promise=promise, what=why, about=line["subject"])


def twice(found: Evidence) -> Iterator[Fault]:
    """No draft leaves twice, and no mail is answered twice by the product."""
    for name, key in (("draft", lambda one: one.draft), ("answer to", _answered)):
        groups: dict[str, list[Left]] = defaultdict(list)
        for one in found.of_product():
            groups[key(one)].append(one)
        for value, ones in groups.items():
            if len(ones) > 1 or not value:
                what = f"{name} {value}: left {len(ones)} times from {ones[0].mailbox}"
                yield Fault(promise="doubled", what=what, about=ones[0].mail["Subject"])


def _answered(one: Left) -> str:
    return str(one.mail.get("In-Reply-To", ""))


def authority(ledger: Ledger, found: Evidence) -> Iterator[Fault]:
    """Whatever left was approved on this very revision by a person, as the ledger saw it."""
    presses = ledger.of("press")
    for one in found.of_product():
        action = found.action_of_draft(one.draft)
        if action is None:
            yield Fault(promise="unapproved", what=f"{one.mail['Subject']}: of no action")
            continue
        mine = [p for p in presses if p["subject"] == action["id"] and p["verb"] == APPROVE]
        by = {p["who"] for p in mine if p["rev"] == action["decided_revision"]}
        if action["decided_by"] not in by:
            what = f"{one.mail['Subject']}: {action['decided_by']} of {sorted(by)}"
            yield Fault(promise="unapproved", what=what, about=action["id"])
        yield from _same(one, action, mine, found)


def _same(one: Left, action: Row, presses: list[Line], found: Evidence) -> Iterator[Fault]:
    """What left is what was decided on, letter for letter, and what stood on the card."""
    revision = found.revisions[action["draft_id"], action["decided_revision"]]
    about = action["id"]
    if revision["content_hash"] != action["decided_hash"]:
        yield Fault(promise="changed", what=f"{about}: another hash was decided on", about=about)
    if one.text != revision["text"].strip() or one.mail["Subject"] != revision["subject"]:
        yield Fault(promise="changed", what=f"{about}: left as {one.text!r}", about=about)
    to = [address for _, address in getaddresses(revision["to"])]
    if [address.addr_spec for address in one.mail["To"].addresses] != to:
        yield Fault(promise="changed", what=f"{about}: to {one.mail['To']}", about=about)
    shown = [p["shown"] for p in presses if p["rev"] == action["decided_revision"] and p["shown"]]
    lines = [" ".join(line.split()) for line in one.text.splitlines() if line.strip()]
    for card in (" ".join(unescape(text).split()) for text in shown):
        for line in lines:
            if line not in card:
                yield Fault(promise="changed", what=f"{about}: {line!r} was not shown", about=about)


def foreign(ledger: Ledger, found: Evidence) -> Iterator[Fault]:
    """Nobody sees what belongs to the other workspace, nor decided on it."""
    for line in written(ledger):
        readers = {line["sender"], *line["to"].replace(" ", "").split(",")} & set(REPS)
        homes = {found.tenant_of(reader) for reader in readers}
        for email in found.seen:
            mine = found.tenant_of(_rep_of(email))
            if mine not in homes and found.saying(email, line["subject"].removeprefix("Re: ")):
                what = f"{email} sees {line['subject']}"
                yield Fault(promise="foreign", what=what, about=line["subject"])
    for press in ledger.of("foreign"):
        action = found.actions.get(press["subject"])
        if action is not None and action["decided_by"] == press["who"]:
            what = f"{press['who']} decided on {press['subject']}"
            yield Fault(promise="foreign", what=what, about=press["subject"])


def _rep_of(email: str) -> str:
    """A mailbox of the same workspace."""
    return "felix@harborline.example" if "harborline" in email else "maya@brightpath.example"
