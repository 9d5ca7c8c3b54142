"""Which account a mail belongs to, and who answers it. Exact matches only, by index; the decision
itself is pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from db import linking as lookup
from db.session import ReadTx
from services.mail_domains import PUBLIC_DOMAINS
from services.types.mail import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownContact:
    id: UUID
    account_id: UUID | None
    excluded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    id: UUID
    excluded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the tenant knows of the addresses in one mail. `account` holds accounts by id as well,
    for contacts that were found by address."""

    contacts: Mapping[str, KnownContact] = field(default_factory=dict)
    domains: Mapping[str, Sequence[KnownAccount]] = field(default_factory=dict)
    accounts: Mapping[UUID, KnownAccount] = field(default_factory=dict)
    own_addresses: frozenset[str] = frozenset()
    own_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a mail belongs. `learned` is a person at the account who is not a contact yet."""

    account_id: UUID | None = None
    contact_id: UUID | None = None
    learned: Address | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody's connected mailbox that holds the mail."""

    mailbox_id: UUID
    member_id: UUID | None
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """Who is asked, and from which mailbox the answer leaves."""

    member_id: UUID | None
    mailbox_id: UUID | None


def is_colleague(address: Address, known: Known) -> bool:
    """A member, a connected mailbox, or anybody at the tenant's own mail domain."""
    return address.email in known.own_addresses or (
        address.domain in known.own_domains and address.domain not in PUBLIC_DOMAINS
    )


def decide(parties: Sequence[Address], known: Known) -> Link:
    """The link that the first party who has one gives; colleagues never give any. One excluded
    party keeps the whole mail out."""
    links = [_one(party, known) for party in parties if not is_colleague(party, known)]
    if any(link.excluded for link in links):
        return Link(excluded=True)
    linked = [link for link in links if link.account_id is not None]
    contacts = [link for link in links if link.contact_id is not None]
    # A known person outranks a known domain.
    return next(
        (link for link in linked if link.contact_id is not None),
        (linked or contacts or [Link()])[0],
    )


def _one(party: Address, known: Known) -> Link:
    contact = next((known.contacts[e] for e in spellings(party) if e in known.contacts), None)
    accounts = () if party.domain in PUBLIC_DOMAINS else known.domains.get(party.domain, ())
    account_id = contact.account_id if contact else None
    own = known.accounts.get(account_id) if account_id else None
    if contact and (contact.excluded or (own and own.excluded)):
        return Link(excluded=True)
    if own is not None and contact is not None:
        return Link(account_id=own.id, contact_id=contact.id)
    if any(account.excluded for account in accounts):
        return Link(excluded=True)
    contact_id = contact.id if contact else None
    if len(accounts) != 1:
        return Link(contact_id=contact_id)
    return Link(
        account_id=accounts[0].id,
        contact_id=contact_id,
        learned=None if contact else party,
    )


def spellings(party: Address) -> tuple[str, ...]:
    """The address, and the one behind a plus tag."""
    local, at, domain = party.email.rpartition("@")
    plain = local.partition("+")[0]
    return (party.email,) if plain in ("", local) else (party.email, f"{plain}{at}{domain}")


def all_spellings(parties: Sequence[Address]) -> frozenset[str]:
    return frozenset(email for party in parties for email in spellings(party))


def choose_responder(
    holders: Sequence[Holder], to: Sequence[Address], owner_id: UUID | None
) -> Responder:
    """One responder, however many mailboxes hold the mail: of several the one it was written To,
    then the owner, then whoever had it first. In a single mailbox the owner answers."""
    order = {address.email: place for place, address in enumerate(reversed(to))}
    people = [holder for holder in holders if holder.member_id is not None]
    addressed = [holder for holder in people if holder.address in order]
    pool = addressed or people or list(holders)
    pool = sorted(pool, key=lambda holder: -order.get(holder.address, -1))
    owned = [holder for holder in pool if holder.member_id == owner_id]
    chosen = next(iter(owned or pool), None)
    mailbox_id = chosen.mailbox_id if chosen else None
    if len(people) > 1 and chosen is not None:
        return Responder(member_id=chosen.member_id, mailbox_id=mailbox_id)
    held_by = chosen.member_id if chosen else None
    return Responder(member_id=owner_id or held_by, mailbox_id=mailbox_id)


async def known_of(tx: ReadTx, parties: Sequence[Address]) -> Known:
    """What the tenant knows of these addresses: indexed, whatever the number of contacts."""
    emails = {email for party in parties for email in spellings(party)}
    domains = {party.domain for party in parties}
    contacts = await lookup.list_contacts(tx, emails)
    by_id = {c.account_id for c in contacts if c.account_id is not None}
    accounts = await lookup.list_accounts(tx, by_id, domains - PUBLIC_DOMAINS)
    by_domain: dict[str, dict[UUID, KnownAccount]] = {}
    for row in accounts:
        if row.domain:
            # Two that were merged into one are one account, whatever their domains.
            account = KnownAccount(id=row.id, excluded=row.excluded)
            by_domain.setdefault(row.domain, {})[row.id] = account
    return Known(
        contacts={
            c.email: KnownContact(id=c.id, account_id=c.account_id, excluded=c.excluded)
            for c in contacts
        },
        domains={domain: tuple(found.values()) for domain, found in by_domain.items()},
        accounts={a.named: KnownAccount(id=a.id, excluded=a.excluded) for a in accounts},
        own_addresses=await lookup.list_own_addresses(tx, emails),
        own_domains=await lookup.list_own_domains(tx, domains - PUBLIC_DOMAINS),
    )
