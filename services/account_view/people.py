"""The stakeholder map: who is there, in which part, and when each side last wrote. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.mail_domains import PUBLIC_DOMAINS
from services.seniority import seniority_of
from services.types.account_view import Channel, Fact, Person, Role, RowKind, Where
from services.types.actions import Seniority
from services.types.qualification import Criterion

PARTS = (Criterion.CHAMPION, Criterion.ECONOMIC_BUYER, Criterion.AUTHORITY)
_RANK = (
    Seniority.C_SUITE,
    Seniority.VICE_PRESIDENT,
    Seniority.DIRECTOR,
    Seniority.MANAGER,
    Seniority.STAFF,
    Seniority.UNKNOWN,
)
_DOTLESS = {"gmail.com", "googlemail.com"}
_NAMED = 2
"""A name of two words says who it is; a first name alone may be anybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A contact's row. `outsider`: of another account, whose name is `elsewhere` where it may be
    told."""

    id: UUID
    email: str
    name: str
    title: str | None
    confirmed: bool
    excluded: bool = False
    undeliverable: bool = False
    outsider: bool = False
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """The last word one way between us and an address, and the mail that says so."""

    email: str
    inbound: bool
    at: datetime
    name: str
    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody who took part in a meeting."""

    email: str
    name: str
    where: Where


def canonical(email: str) -> str:
    """One spelling of what reaches one person: no plus-tag; no dots where the provider ignores
    them."""
    local, at, domain = email.strip().lower().rpartition("@")
    plain = local.partition("+")[0] or local
    if domain in _DOTLESS:
        plain, domain = plain.replace(".", ""), "gmail.com"
    return f"{plain}{at}{domain}"


def readable_domain(domain: str | None) -> str | None:
    """`münchen.example (xn--mnchen-3ya.example)`: as people write it, and as it really is, because
    letters of another alphabet may look like ours."""
    if not domain or "xn--" not in domain:
        return domain
    try:
        return f"{domain.encode('ascii').decode('idna')} ({domain})"
    except UnicodeError:
        return domain


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trail:
    """What is known of one canonical address beside its contacts."""

    wrote: Contacted | None = None
    reached: Contacted | None = None
    guest: Seen | None = None


def people_of(
    known: Sequence[Known],
    contacted: Iterable[Contacted],
    seen: Iterable[Seen],
    facts: Mapping[str, Fact],
    ours: frozenset[str],
) -> tuple[Person, ...]:
    """Everybody once, whoever matters most first. `ours`: canonical addresses of our own side."""
    trails = _trails(contacted, seen)
    persons: dict[str, list[Known]] = {}
    for contact in sorted(known, key=lambda one: (one.outsider, not one.confirmed, one.email)):
        persons.setdefault(canonical(contact.email), []).append(contact)
    found = [
        _person(rows, trails.get(address, _Trail()), facts) for address, rows in persons.items()
    ]
    for address, trail in trails.items():
        # Whom we only ever wrote to in copy is nobody we could say anything about.
        if address not in persons and address not in ours and (trail.wrote or trail.guest):
            found.append(_stranger(address, trail))
    return tuple(sorted(found, key=_order))


def _trails(contacted: Iterable[Contacted], seen: Iterable[Seen]) -> dict[str, _Trail]:
    trails: dict[str, _Trail] = {}
    for one in sorted(contacted, key=lambda one: (one.at, str(one.message_id))):
        trail = trails.get(address := canonical(one.email), _Trail())
        trails[address] = replace(trail, wrote=one) if one.inbound else replace(trail, reached=one)
    for guest in sorted(seen, key=lambda one: (one.email, one.name, str(one.where.id))):
        trail = trails.get(address := canonical(guest.email), _Trail())
        trails[address] = replace(trail, guest=guest)
    return trails


def _person(rows: Sequence[Known], trail: _Trail, facts: Mapping[str, Fact]) -> Person:
    first = rows[0]
    title = next((one.title for one in rows if one.title), None)
    name = next((one.name for one in rows if one.name), "")
    return Person(
        name=name or first.email,
        emails=tuple(sorted({one.email for one in rows})),
        title=title,
        seniority=seniority_of(title),
        roles=_roles(name, facts),
        wrote_at=trail.wrote.at if trail.wrote else None,
        reached_at=trail.reached.at if trail.reached else None,
        channels=_channels(trail),
        confirmed=any(one.confirmed for one in rows),
        where=Where(kind=RowKind.CONTACT, id=first.id),
        personal=all(_personal(one.email) for one in rows),
        elsewhere=next((one.elsewhere for one in rows if one.elsewhere), None),
        outsider=first.outsider,
        unreachable=_unreachable(rows),
    )


def _stranger(address: str, trail: _Trail) -> Person:
    """Somebody who took part and is nobody's contact: no one has said who they are."""
    wrote, guest = trail.wrote, trail.guest
    where = guest.where if guest else None
    if wrote is not None:
        where = Where(kind=RowKind.MESSAGE, id=wrote.message_id)
    if where is None:
        raise ValueError("a stranger was seen somewhere")
    email = wrote.email if wrote else address
    return Person(
        name=(wrote.name if wrote else "") or (guest.name if guest else "") or email,
        emails=(email,),
        title=None,
        seniority=Seniority.UNKNOWN,
        roles=(),
        wrote_at=wrote.at if wrote else None,
        reached_at=trail.reached.at if trail.reached else None,
        channels=_channels(trail),
        confirmed=False,
        where=where,
        personal=_personal(address),
    )


def _channels(trail: _Trail) -> tuple[Channel, ...]:
    mail = (Channel.MAIL,) if trail.wrote or trail.reached else ()
    return (*mail, Channel.MEETING) if trail.guest else mail


def _personal(email: str) -> bool:
    return email.rpartition("@")[2] in PUBLIC_DOMAINS


def _unreachable(rows: Sequence[Known]) -> str:
    if all(one.excluded for one in rows):
        return "excluded"
    return "mail comes back" if all(one.undeliverable for one in rows) else ""


def _roles(name: str, facts: Mapping[str, Fact]) -> tuple[Role, ...]:
    """The parts that the qualification's current words name this person in."""
    if len(name.split()) < _NAMED:
        return ()
    wanted, found = f" {' '.join(name.casefold().split())} ", []
    for part in PARTS:
        fact = facts.get(part.value)
        if fact is not None and wanted in f" {_plain(fact.current.value)} ":
            said = fact.current
            found.append(Role(name=part.value, quote=said.quote, where=said.where))
    return tuple(found)


def _plain(text: str) -> str:
    kept = "".join(char if char.isalnum() or char in "-'" else " " for char in text.casefold())
    return " ".join(kept.split())


def _order(person: Person) -> tuple[bool, int, int, float, str, str]:
    last = max((at for at in (person.wrote_at, person.reached_at) if at), default=None)
    return (
        person.outsider,
        -len(person.roles),
        _RANK.index(person.seniority),
        -last.timestamp() if last else 0.0,
        person.name,
        person.emails[0],
    )
