"""Who decides on a request: pure, the same for the same input, and never stuck.

A rule's band names the approver; the people come from it, from the bands above it, and from the
admins, in this order. Nobody is asked twice, the requester never. Somebody absent is spoken for by
their delegate, one level deep. Among those who may, whoever has the fewest waiting is asked.
What can't be known (a type without a rule, a currency or a number nobody told) goes to the
strictest approver there is for it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from services.approval_route_words import (
    Choice,
    Demand,
    auto_sentence,
    last_day,
    route_sentence,
    title_words,
)
from services.approval_rule_bands import rank
from services.types.approvals import (
    ADMIN,
    MANAGER,
    Absence,
    Approver,
    Ask,
    AutoApproval,
    Band,
    RequestType,
    Risk,
    Route,
    Rule,
    RuleSet,
    Seat,
    Urgency,
)
from services.types.people import Role

__all__ = ["escalate", "holds", "manages", "risk_of", "route", "title_words"]

NOBODY = "Nobody may decide this yet; an admin has to see to it."
_NO_AUTOS: Mapping[str, int] = MappingProxyType({})
_MANAGING = frozenset({Role.MANAGER, Role.EXECUTIVE, Role.ADMIN})
_DAY = timedelta(days=1)
_HIGH_PERCENTAGE, _SOME_PERCENTAGE = Decimal(20), Decimal(10)
_HIGH_AMOUNT, _SOME_AMOUNT = Decimal(50_000), Decimal(10_000)
_HIGH_REFUND, _SOME_REFUND = Decimal(10_000), Decimal(1_000)
_POOR_HEALTH = 40
_LATE_STAGES = frozenset({"negotiation", "closed_won", "closed_lost"})


def risk_of(
    *,
    type: str,  # noqa: A002 - the word of the rules file
    percentage: Decimal | None,
    amount: Decimal | None,
    health: int | None,
    stage: str | None,
) -> Risk:
    """How much a request puts at stake: its size, the customer's health, how late the deal is.
    A number that can't be right counts as large."""
    refund = type == RequestType.REFUND
    points = max(
        _points(percentage, _SOME_PERCENTAGE, _HIGH_PERCENTAGE),
        _points(
            amount,
            _SOME_REFUND if refund else _SOME_AMOUNT,
            _HIGH_REFUND if refund else _HIGH_AMOUNT,
        ),
    )
    if type not in set(RequestType):
        points = max(points, 1)  # it leaves the house
    if health is not None and health < _POOR_HEALTH:
        points += 1
    if stage in _LATE_STAGES and type != RequestType.REFUND:
        points += 1
    return list(Risk)[min(points, len(Risk) - 1)]


def _points(value: Decimal | None, some: Decimal, high: Decimal) -> int:
    if value is None:
        return 0
    if not _known(value) or value >= high:
        return 2
    return 1 if value >= some else 0


def holds(person: Approver, title: str, *, manages: bool = False) -> bool:
    """Whether a person may (still) sit on a seat of this title. Whose manager somebody is, the
    person alone doesn't tell: a `manager` seat is held by whoever has a manager's role, or
    `manages` the requester or former holder (see `manages`)."""
    if not person.active:
        return False
    if title == ADMIN:
        return person.role is Role.ADMIN
    if title == MANAGER:
        return manages or person.role in _MANAGING
    return title in person.titles


def manages(person_id: UUID, member_id: UUID, people: Sequence[Approver]) -> bool:
    """Whether the person stands somewhere above the member. Managers in a circle end."""
    return any(one.id == person_id for one in _chain(member_id, {one.id: one for one in people}))


def route(
    ask: Ask,
    rules: RuleSet,
    people: Sequence[Approver],
    absences: Sequence[Absence],
    *,
    now: datetime,
    autos_this_month: Mapping[str, int] = _NO_AUTOS,
) -> Route:
    """The rules' answer. `autos_this_month` counts, by template, what was approved for the
    requester without a person. `title` is what the rules demand, also where others fill in."""
    demand = _demand(ask, rules)
    auto = next(
        (one for one in rules.auto_approvals if _fits(one, ask, autos_this_month)),
        None,
    )
    if auto is not None:
        return _route(ask, rules, demand, sentence=auto_sentence(ask, auto), auto=auto)
    band = demand.band
    office = _Office.of(people, absences, now, ask.requester_id)
    choices = office.pick(band.approver, band.seats)
    above = (*(one.approver for one in demand.rule.bands[demand.index :]), ADMIN)
    for title in dict.fromkeys(above):
        choices += office.pick(title, band.needed - len(choices))
    seats = [_seat(choice) for choice in choices]
    empty = max(band.needed - len(seats), 0)
    seats += [Seat(title=band.approver, holder_id=None, why=NOBODY)] * empty
    sentence = route_sentence(ask, demand, choices, empty)
    return _route(ask, rules, demand, sentence=sentence, seats=tuple(seats))


def escalate(
    step: str,
    *,
    holder_id: UUID | None,
    requester_id: UUID,
    title: str,
    taken: Collection[UUID],
    people: Sequence[Approver],
    absences: Sequence[Absence],
    now: datetime,
) -> Seat:
    """Who gets a seat that nobody decided on in time: the manager of the holder (of the requester
    where there is no holder), a title, or an admin; an admin where the step has nobody.

    `taken` names everyone who has a voice on the request. When there is nobody else, the seat
    comes back as it was: same title and holder, a delegate only where the holder is absent now.
    """
    office = _Office.of(people, absences, now, requester_id)
    office.taken |= {*taken, *([holder_id] if holder_id else [])}
    office.below = holder_id or requester_id
    holder = office.people.get(holder_id) if holder_id else None
    late = f"{holder.name} didn't decide in time" if holder else "Nobody had it"
    for wanted in dict.fromkeys((step, ADMIN)):
        found = office.pick(wanted, 1)
        if found:
            up = title_words(wanted) if holder is None or wanted != MANAGER else "a manager above"
            return _seat(found[0], f"{late}, so it goes to {up}")
    if holder is None or not holder.active:
        return Seat(title=title, holder_id=None, why=NOBODY)
    office.taken -= {holder.id}
    stays = office.choice(title, holder)
    return Seat(
        title=title,
        holder_id=holder.id,
        delegate_id=stays.delegate_id if stays else None,
        why=f"There is nobody else to ask, so it stays with {holder.name}.",
    )


# ── What the rules demand ───────────────────────────────────────────────────────────────────────
def _demand(ask: Ask, rules: RuleSet) -> Demand:
    """The rule and the band that hold for the ask; `doubt` says why it is the strictest one."""
    of_type = [rule for rule in rules.rules if rule.type == ask.type]
    if not of_type:
        return Demand(rule=_nobodys_rule(ask.type), index=0, doubt="type")
    fitting = next((rule for rule in of_type if ask.risk in rule.risks), None)
    if fitting is None:
        strictest = max(of_type, key=lambda rule: _strength(rule.bands[-1]))
        return Demand(rule=strictest, index=len(strictest.bands) - 1, doubt="risk")
    index = _reached(fitting, ask)
    if index is None:
        return Demand(rule=fitting, index=len(fitting.bands) - 1, doubt="size")
    return Demand(rule=fitting, index=index)


def _strength(band: Band) -> tuple[int, int]:
    return rank(band.approver), band.needed


def _reached(rule: Rule, ask: Ask) -> int | None:
    """The highest band that any measure reaches; None when one that counts isn't known."""
    reached = 0
    if any(band.percentage for band in rule.bands):
        if not _known(ask.percentage):
            return None
        for index, band in enumerate(rule.bands):
            if band.percentage is not None and (ask.percentage or 0) >= band.percentage:
                reached = max(reached, index)
    named = {currency for band in rule.bands for currency in band.amount}
    if named:
        if not _known(ask.amount) or ask.currency not in named:
            return None
        for index, band in enumerate(rule.bands):
            limit = band.amount.get(ask.currency)
            if limit is not None and (ask.amount or 0) >= limit:
                reached = max(reached, index)
    return reached


def _known(value: Decimal | None) -> bool:
    return value is not None and value.is_finite() and value >= 0


def _nobodys_rule(type_: str) -> Rule:
    """What holds for a type that no rule names: an admin decides."""
    return Rule(
        id=f"{type_}-without-rule",
        type=type_,
        risks=frozenset(Risk),
        bands=(Band(approver=ADMIN, percentage=Decimal(0)),),
        sla=dict.fromkeys(Urgency, _DAY),
        remind_before=(timedelta(hours=1),),
        escalate=(ADMIN,),
        expires_after=7 * _DAY,
    )


def _fits(auto: AutoApproval, ask: Ask, so_far: Mapping[str, int]) -> bool:
    """Whether the ask is within every cap of the template."""
    if auto.type != ask.type or ask.risk not in auto.risks:
        return False
    if auto.per_member_per_month and so_far.get(auto.name, 0) >= auto.per_member_per_month:
        return False
    if auto.percentage_up_to is not None and not (
        ask.percentage is not None
        and _known(ask.percentage)
        and ask.percentage <= auto.percentage_up_to
    ):
        return False
    if not auto.amount_up_to:
        return auto.percentage_up_to is not None or auto.per_member_per_month > 0
    limit = auto.amount_up_to.get(ask.currency)
    return (
        limit is not None and ask.amount is not None and _known(ask.amount) and ask.amount <= limit
    )


def _route(
    ask: Ask,
    rules: RuleSet,
    demand: Demand,
    *,
    sentence: str,
    seats: tuple[Seat, ...] = (),
    auto: AutoApproval | None = None,
) -> Route:
    rule = demand.rule
    return Route(
        rule_id=rule.id,
        rule_version=rules.version,
        title=demand.band.approver,
        seats=seats,
        needed=demand.band.needed if auto is None else 0,
        sentence=sentence,
        sla=rule.sla[ask.urgency],
        remind_before=rule.remind_before,
        escalate=rule.escalate,
        expires_after=rule.expires_after,
        read_at_least=rule.read_at_least,
        auto=auto,
    )


# ── People ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(slots=True, kw_only=True)
class _Office:
    """Who is there now. `taken` grows with every choice: nobody speaks twice."""

    people: Mapping[UUID, Approver]
    away: Mapping[UUID, Absence]
    below: UUID
    """Whose manager is meant by `manager`."""
    taken: set[UUID] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        people: Sequence[Approver],
        absences: Sequence[Absence],
        now: datetime,
        requester_id: UUID,
    ) -> "_Office":
        away: dict[UUID, Absence] = {}
        # Of two absences at once the one that began last counts, whatever order they come in.
        for one in sorted(
            (one for one in absences if one.starts_at <= now < one.ends_at),
            key=lambda one: (one.starts_at, one.ends_at, str(one.delegate_id)),
        ):
            away[one.member_id] = one
        return cls(
            people={one.id: one for one in people},
            away=away,
            below=requester_id,
            taken={requester_id},
        )

    def pick(self, title: str, most: int) -> list[Choice]:
        """Up to so many people for seats of this title, the least loaded first."""
        found: list[Choice] = []
        while len(found) < most:
            free = [choice for one in self._holders(title) if (choice := self.choice(title, one))]
            if not free:
                break
            # The nearest manager is asked, however much they have to do.
            best = free[0] if title == MANAGER else min(free, key=_order)
            if title == MANAGER:
                best.direct = best.holder.id == self.people[self.below].manager_id
            else:
                best.among = len({choice.voice.id for choice in free})
            found.append(best)
            self.taken |= {best.holder.id, best.voice.id}
        return found

    def choice(self, title: str, holder: Approver) -> Choice | None:
        """The holder, or their delegate while they are away; None when neither can speak."""
        if not holder.active or holder.id in self.taken:
            return None
        absence = self.away.get(holder.id)
        if absence is None:
            return Choice(title=title, holder=holder, voice=holder)
        delegate = self.people.get(absence.delegate_id) if absence.delegate_id else None
        if (
            delegate is None
            or not delegate.active
            or delegate.id in self.taken
            or delegate.id in self.away
        ):
            return None
        return Choice(title=title, holder=holder, voice=delegate, until=last_day(absence.ends_at))

    def _holders(self, title: str) -> list[Approver]:
        if title == MANAGER:
            return _chain(self.below, self.people)
        if title == ADMIN:
            return [one for one in self.people.values() if one.role is Role.ADMIN]
        return [one for one in self.people.values() if title in one.titles]


def _chain(member_id: UUID, people: Mapping[UUID, Approver]) -> list[Approver]:
    """The managers above a member, the nearest first; a circle ends where it closes."""
    found: dict[UUID, Approver] = {}
    at = people.get(member_id)
    while at is not None and at.manager_id is not None:
        at = people.get(at.manager_id)
        if at is None or at.id in found or at.id == member_id:
            break
        found[at.id] = at
    return list(found.values())


def _order(choice: Choice) -> tuple[int, bool, str, str, str]:
    """Least load, then in person, then by name and id."""
    voice, holder = choice.voice, choice.holder
    return voice.load, choice.delegated, voice.name, str(voice.id), str(holder.id)


def _seat(choice: Choice, why: str = "") -> Seat:
    told, name = [why] if why else [], choice.voice.name
    if choice.delegated:
        told.append(f"{choice.holder.name} is away until {choice.until}, so {name} decides")
    elif choice.among > 1:
        told.append(f"{name} has the fewest waiting")
    elif why:
        told[0] += f", {name}"
    else:
        up = "the next manager up" if not choice.direct else title_words(choice.title)
        told.append(f"{name} is {up}")
    return Seat(
        title=choice.title,
        holder_id=choice.holder.id,
        delegate_id=choice.delegate_id,
        why="; ".join(told) + ".",
    )
